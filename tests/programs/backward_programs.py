"""Programs with a backward pass, right and wrong, as text: what a check of backward passes has to tell apart.

BASES are plain right programs, one derivative a line. MISTAKES are bases with one mistake in them, TWO with two.
RIGHT are right programs written in as many ways as people write them. Nothing is run here.
"""

from typing import NamedTuple

FUNCTIONS = {
    "linear": "return z",
    "sigmoid": "return 1 / (1 + np.exp(-z))",
    "tanh": "return np.tanh(z)",
    "relu": "return np.maximum(0, z)",
    "softplus": "return np.log1p(np.exp(-np.abs(z))) + np.maximum(0, z)",
    "softmax": "e = np.exp(z - z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)",
    "leaky_relu": "return np.where(z > 0, z, 0.01 * z)",
    "gaussian": "return np.exp(-(z**2))",
    "swish": "return z / (1 + np.exp(-z))",
    "softsign": "return z / (1 + np.abs(z))",
    "elu": "return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)",
}


def functions(*names):
    """The import of numpy, and the functions with these names, in the order of FUNCTIONS."""
    texts = [f"def {name}(z):\n    {body}\n" for name, body in FUNCTIONS.items() if name in names]
    return "\n\n".join(["import numpy as np\n", *texts])


def initialize(*shape):
    """The function that draws the first parameters of a network of this shape."""
    lines = ["\n\ndef initialize(rng):"]
    for layer, (inputs, nodes) in enumerate(zip(shape[:-1], shape[1:], strict=True), start=1):
        lines.append(f"    W{layer} = rng.normal(0, 0.8, ({inputs}, {nodes}))")
        lines.append(f"    b{layer} = np.zeros({nodes})")
    names = [f"{kind}{layer}" for layer in range(1, len(shape)) for kind in "Wb"]
    return "\n".join([*lines, f"    return [{', '.join(names)}]\n"])


def forward(*activations):
    """The forward pass through layers with these activations."""
    layers = range(1, len(activations) + 1)
    lines = ["\n\ndef forward(X, parameters):", f"    {', '.join(f'W{i}, b{i}' for i in layers)} = parameters"]
    for layer, activation in zip(layers, activations, strict=True):
        before = f"a{layer - 1}" if layer > 1 else "X"
        lines.append(f"    z{layer} = {before} @ W{layer} + b{layer}")
        lines.append(f"    a{layer} = {activation}(z{layer})")
    return "\n".join([*lines, f"    return {', '.join(f'z{i}, a{i}' for i in layers)}\n"])


def head(shape, *activations, more=()):
    """All of a program that comes before its backward pass; more are functions that only backward needs."""
    return functions(*activations, *more) + initialize(*shape) + forward(*activations) + "\n\n"


def replaced(text, *changes):
    """The text after changes (old, new), where every old has to be there exactly once."""
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} is there {text.count(old)} times, not once")
        text = text.replace(old, new)
    return text


# Two layers, and the mean squared error of one output.
SIGMOID = (
    head([2, 4, 1], "sigmoid", "sigmoid")
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size
    dz2 = da2 * a2 * (1 - a2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * a1 * (1 - a1)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
"""
)

# Two layers, and the mean squared error of three outputs.
LINEAR = (
    head([2, 5, 3], "tanh", "linear")
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size
    dz2 = da2
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * (1 - a1**2)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
"""
)

# Two layers and three classes.
SOFTMAX = (
    head([4, 6, 3], "relu", "softmax")
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = -np.sum(Y * np.log(a2)) / len(Y)
    dz2 = (a2 - Y) / len(Y)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * (z1 > 0)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
"""
)

# Three layers and two outputs, each a probability of its own.
BINARY = (
    head([3, 5, 4, 2], "tanh", "tanh", "sigmoid", more=["softplus"])
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2, W3, b3 = parameters
    z1, a1, z2, a2, z3, a3 = forward(X, parameters)
    loss = np.sum(softplus(z3) - Y * z3) / len(Y)
    dz3 = (a3 - Y) / len(Y)
    dW3 = a2.T @ dz3
    db3 = dz3.sum(axis=0)
    da2 = dz3 @ W3.T
    dz2 = da2 * (1 - a2**2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * (1 - a1**2)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2, dW3, db3]
"""
)

# Three layers and three classes; W2 is square, so that it can be transposed without anybody noticing.
SOFTPLUS = (
    head([3, 4, 4, 3], "softplus", "sigmoid", "softmax")
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2, W3, b3 = parameters
    z1, a1, z2, a2, z3, a3 = forward(X, parameters)
    loss = -np.mean(np.sum(Y * np.log(a3), axis=1))
    dz3 = (a3 - Y) / len(Y)
    dW3 = a2.T @ dz3
    db3 = dz3.sum(axis=0)
    da2 = dz3 @ W3.T
    dz2 = da2 * a2 * (1 - a2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * sigmoid(z1)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2, dW3, db3]
"""
)

# Three layers, and the mean squared error of two outputs.
RELU = (
    head([2, 4, 3, 2], "relu", "softplus", "linear", more=["sigmoid"])
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2, W3, b3 = parameters
    z1, a1, z2, a2, z3, a3 = forward(X, parameters)
    loss = np.mean((a3 - Y) ** 2)
    da3 = 2 * (a3 - Y) / Y.size
    dz3 = da3
    dW3 = a2.T @ dz3
    db3 = dz3.sum(axis=0)
    da2 = dz3 @ W3.T
    dz2 = da2 * sigmoid(z2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * (z1 > 0)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2, dW3, db3]
"""
)

LOOP_FORWARD = """

def forward(X, parameters):
    results, a = [], X
    for W, b in zip(parameters[::2], parameters[1::2]):
        z = a @ W + b
        a = sigmoid(z)
        results += [z, a]
    return results


"""
# The layers are a loop, and there are two outputs.
LOOP = (
    functions("sigmoid")
    + initialize(2, 4, 3, 2)
    + LOOP_FORWARD
    + """\
def backward(X, Y, parameters):
    results = forward(X, parameters)
    weights, z, a = parameters[::2], results[::2], [X, *results[1::2]]
    loss = np.mean((a[-1] - Y) ** 2)
    da = 2 * (a[-1] - Y) / Y.size
    gradients = []
    for layer in reversed(range(len(weights))):
        dz = da * a[layer + 1] * (1 - a[layer + 1])
        dW = a[layer].T @ dz
        db = dz.sum(axis=0)
        da = dz @ weights[layer].T
        gradients = [dW, db, *gradients]
    return loss, gradients
"""
)

BASES = {
    "sigmoid": SIGMOID,
    "linear": LINEAR,
    "softmax": SOFTMAX,
    "binary": BINARY,
    "softplus": SOFTPLUS,
    "relu": RELU,
    "loop": LOOP,
}


class Mistake(NamedTuple):
    """A base with one mistake.

    changes are (old, new), each old exactly once in the base. lines are the texts one of which has to be called
    wrong first, each exactly once in the changed program, and name is the derivative that it computes, or None where
    it is no derivative's line. One of causes has to be in the reason. further are verdicts of other derivatives.
    """

    base: str
    changes: list
    lines: tuple
    name: str | None
    causes: tuple
    further: dict

    @property
    def text(self):
        return replaced(BASES[self.base], *self.changes)


def wrong(base, old, new, *causes, line=None, **further):
    """A mistake in one line, which computes the derivative that its first word says.

    line is that line where new is not: where new is several lines, or is what makes an untouched line wrong.
    """
    line = (line or new).strip()
    return Mistake(base, [(f"    {old}\n", f"    {new}\n")], (line,), line.split()[0], causes, further)


def returned(base, new, *causes, old="[dW1, db1, dW2, db2]", **further):
    """A mistake in what is handed back, though every derivative is right."""
    line = f"return loss, {new}"
    return Mistake(base, [(f"return loss, {old}", line)], (line,), None, causes, further)


THREE = "[dW1, db1, dW2, db2, dW3, db3]"
STEP = """\
for parameter, gradient in zip(parameters, [dW1, db1, dW2, db2]):
        parameter -= 0.1 * gradient
    return loss, [dW1, db1, dW2, db2]"""

MISTAKES = [
    # Two layers, sigmoid and sigmoid, mean squared error.
    wrong("sigmoid", "dW2 = a1.T @ dz2", "dW2 = dz2.T @ a1", "transposed", dz2="right", db2="right", da1="right"),
    wrong("sigmoid", "da1 = dz2 @ W2.T", "da1 = dz2 @ W2", "transposed", dz2="right", dW2="right", db2="right"),
    wrong("sigmoid", "dW1 = X.T @ dz1", "dW1 = dz1.T @ X", "transposed", dz1="right"),
    wrong("sigmoid", "dW1 = X.T @ dz1", "dW1 = X @ dz1", "transposed", dz1="right"),
    wrong(
        "sigmoid",
        "da2 = 2 * (a2 - Y) / Y.size",
        "da2 = 2 * (Y - a2) / Y.size",
        "wrong sign",
        **dict.fromkeys(["dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1"], "follows"),
    ),
    wrong(
        "sigmoid",
        "dz2 = da2 * a2 * (1 - a2)",
        "dz2 = -da2 * a2 * (1 - a2)",
        "wrong sign",
        da2="right",
        dW2="follows",
        dW1="follows",
    ),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = -dz1.sum(axis=0)", "wrong sign", dz1="right", dW1="right"),
    wrong("sigmoid", "dW1 = X.T @ dz1", "dW1 = -X.T @ dz1", "wrong sign", dz1="right", db1="right"),
    wrong("sigmoid", "da1 = dz2 @ W2.T", "da1 = -dz2 @ W2.T", "wrong sign", dW2="right", dz1="follows", db1="follows"),
    wrong("sigmoid", "da2 = 2 * (a2 - Y) / Y.size", "da2 = (a2 - Y) / Y.size", "factor 2", dz2="follows"),
    wrong("sigmoid", "da2 = 2 * (a2 - Y) / Y.size", "da2 = 4 * (a2 - Y) / Y.size", "factor 2", dz2="follows"),
    wrong("sigmoid", "dW2 = a1.T @ dz2", "dW2 = 2 * a1.T @ dz2", "factor 2", dz2="right", db2="right", dW1="right"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = 0.5 * da1 * a1 * (1 - a1)", "factor 2", da1="right"),
    wrong(
        "sigmoid",
        "da2 = 2 * (a2 - Y) / Y.size",
        "da2 = 2 * (a2 - Y)",
        "sum instead of mean",
        "number of samples",
        dz2="follows",
    ),
    wrong("sigmoid", "da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (a2 - Y) / len(Y) ** 2", "number of samples"),
    wrong("sigmoid", "db2 = dz2.sum(axis=0)", "db2 = dz2.mean(axis=0)", "mean instead of sum", da1="right"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = dz1.mean(axis=0)", "mean instead of sum", dW1="right"),
    wrong(
        "sigmoid",
        "dW2 = a1.T @ dz2",
        "dW2 = a1.T @ dz2 / len(X)",
        "number of samples",
        "mean instead of sum",
        db2="right",
    ),
    wrong("sigmoid", "dW1 = X.T @ dz1", "dW1 = X.T @ dz1 / len(X)", "number of samples", "mean instead of sum"),
    wrong("sigmoid", "dz2 = da2 * a2 * (1 - a2)", "dz2 = da2", "left out", da2="right", dW2="follows"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1", "left out", da1="right", dW1="follows", db1="follows"),
    wrong("sigmoid", "dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * z2 * (1 - z2)", "z2 instead of a2"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * z1 * (1 - z1)", "z1 instead of a1"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * X * (1 - X)", "X instead of a1"),
    wrong(
        "sigmoid",
        "dz2 = da2 * a2 * (1 - a2)",
        "dz2 = da2 * sigmoid(a2) * (1 - sigmoid(a2))",
        "already activated",
        da2="right",
        da1="follows",
    ),
    wrong(
        "sigmoid",
        "dz1 = da1 * a1 * (1 - a1)",
        "dz1 = da1 * sigmoid(a1) * (1 - sigmoid(a1))",
        "already activated",
        da1="right",
    ),
    wrong("sigmoid", "dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * (1 - a2**2)", "tanh"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * (1 - a1**2)", "tanh"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * (z1 > 0)", "relu"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * (a1 > 0)", "relu", "left out"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * sigmoid(z1)", "a1 in the place of", "softplus"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * a1 * (1 + a1)", "no known cause", "wrong sign"),
    wrong("sigmoid", "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * a1**3", "no known cause", dW1="follows"),
    wrong("sigmoid", "dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * a2**3", "no known cause", dW2="follows"),
    wrong("sigmoid", "dW2 = a1.T @ dz2", "dW2 = z1.T @ dz2", "z1 instead of a1", db2="right", dW1="right"),
    wrong("sigmoid", "dW2 = a1.T @ dz2", "dW2 = X.T @ dz2", "X instead of a1", db2="right", dW1="right"),
    wrong("sigmoid", "dW2 = a1.T @ dz2", "dW2 = a1.T @ da2", "da2 instead of dz2", db2="right", dW1="right"),
    wrong("sigmoid", "da1 = dz2 @ W2.T", "da1 = da2 @ W2.T", "da2 instead of dz2", dW2="right", dW1="follows"),
    wrong("sigmoid", "db2 = dz2.sum(axis=0)", "db2 = da2.sum(axis=0)", "da2 instead of dz2", da1="right"),
    wrong("sigmoid", "dW1 = X.T @ dz1", "dW1 = X.T @ da1", "da1 instead of dz1", db1="right"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = da1.sum(axis=0)", "da1 instead of dz1", dW1="right"),
    wrong("sigmoid", "da1 = dz2 @ W2.T", "da1 = dz2 @ W1.T", "W1 instead of W2", "shape", dW2="right"),
    wrong(
        "sigmoid",
        "da1 = dz2 @ W2.T",
        "W2 -= 0.1 * dW2\n    da1 = dz2 @ W2.T",
        "already updated",
        line="da1 = dz2 @ W2.T",
        dW2="right",
        dz1="follows",
    ),
    wrong(
        "sigmoid",
        "da1 = dz2 @ W2.T",
        "W2 = W2 - 0.1 * dW2\n    da1 = dz2 @ W2.T",
        "already updated",
        line="da1 = dz2 @ W2.T",
        dW2="right",
        dz1="follows",
    ),
    wrong("sigmoid", "db2 = dz2.sum(axis=0)", "db2 = dz2", "not summed", dz2="right", da1="right"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = dz1", "not summed", dz1="right", dW1="right"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = dz1.sum()", "one number", dz1="right"),
    wrong("sigmoid", "db2 = dz2.sum(axis=0)", "db2 = dz2.sum(axis=1)", "axis", dz2="right"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = dz1.sum(axis=1)", "axis", dz1="right"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = dz1.sum(axis=0, keepdims=True)", "shape", "keepdims"),
    wrong("sigmoid", "db1 = dz1.sum(axis=0)", "db1 = np.zeros_like(b1)", "no known cause", "zero", "0"),
    returned("sigmoid", "[dW2, db2, dW1, db1]", "order", dW1="right", dW2="right"),
    returned("sigmoid", "[dW1, dW2, db1, db2]", "order", dW1="right", dW2="right"),
    returned("sigmoid", "[db1, dW1, db2, dW2]", "order"),
    returned("sigmoid", "[dW1, db1, dW2]", "missing", dW1="right", dW2="right"),
    returned("sigmoid", "[dW1, db1]", "missing"),
    returned("sigmoid", "[dW1, db1, dW2.ravel(), db2]", "shape"),
    returned("sigmoid", "[dW1, db1, dW2, db2[0]]", "shape", "one number"),
    Mistake(
        "sigmoid",
        [("return loss, [dW1, db1, dW2, db2]", STEP)],
        ("parameter -= 0.1 * gradient", "return loss, [dW1, db1, dW2, db2]"),
        None,
        ("changed",),
        {"dW1": "right"},
    ),
    Mistake(
        "sigmoid",
        [("return loss, [dW1", "W1 -= 0.1 * dW1\n    return loss, [dW1")],
        ("W1 -= 0.1 * dW1", "return loss, [dW1, db1, dW2, db2]"),
        None,
        ("changed",),
        {"dW1": "right"},
    ),
    wrong(
        "sigmoid",
        "da2 = 2 * (a2 - Y) / Y.size\n    dz2 = da2 * a2 * (1 - a2)",
        "dz2 = (a2 - Y) / len(Y)",
        "another loss",
        "cross-entropy",
        dW2="follows",
        dW1="follows",
    ),
    wrong(
        "sigmoid",
        "da2 = 2 * (a2 - Y) / Y.size\n    dz2 = da2 * a2 * (1 - a2)",
        "dz2 = 2 * (a2 - Y) / Y.size",
        "left out",
        dW2="follows",
    ),
    wrong(
        "sigmoid",
        "da1 = dz2 @ W2.T\n    dz1 = da1 * a1 * (1 - a1)",
        "dz1 = dz2 @ W2.T",
        "left out",
        dW2="right",
        dW1="follows",
    ),
    wrong(
        "sigmoid",
        "loss = np.mean((a2 - Y) ** 2)",
        "loss = -np.mean(Y * np.log(a2) + (1 - Y) * np.log(1 - a2))",
        "another loss",
        "squared error",
        line="da2 = 2 * (a2 - Y) / Y.size",
    ),
    # Two layers, tanh and linear, mean squared error of three outputs.
    wrong(
        "linear",
        "da2 = 2 * (a2 - Y) / Y.size",
        "da2 = 2 * (a2 - Y) / len(Y)",
        "number of outputs",
        dz2="follows",
        dW2="follows",
        db1="follows",
    ),
    wrong("linear", "da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (a2 - Y)", "sum instead of mean"),
    wrong("linear", "da2 = 2 * (a2 - Y) / Y.size", "da2 = (a2 - Y) / Y.size", "factor 2"),
    wrong("linear", "da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (a2 - Y) / Y.shape[1]", "number of samples"),
    wrong("linear", "da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (Y - a2) / Y.size", "wrong sign", dW1="follows"),
    wrong("linear", "dz2 = da2", "dz2 = da2 * (1 - a2**2)", "tanh", da2="right"),
    wrong("linear", "dz2 = da2", "dz2 = da2 * a2 * (1 - a2)", "sigmoid", da2="right"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * a1 * (1 - a1)", "sigmoid", da1="right", dW1="follows"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (1 - z1**2)", "z1 instead of a1"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (1 - np.tanh(a1) ** 2)", "already activated"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1", "left out"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (a1**2 - 1)", "wrong sign"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (1 + a1**2)", "no known cause", "wrong sign"),
    wrong("linear", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * np.cos(z1)", "no known cause", dW1="follows"),
    wrong("linear", "da1 = dz2 @ W2.T", "da1 = dz2 @ W2", "transposed", dW2="right"),
    wrong("linear", "da1 = dz2 @ W2.T", "da1 = W2 @ dz2.T", "transposed", dW2="right"),
    wrong("linear", "da1 = dz2 @ W2.T", "da1 = dz2.T @ W2.T", "transposed", dW2="right"),
    wrong("linear", "dW2 = a1.T @ dz2", "dW2 = a1 @ dz2", "transposed", dz2="right"),
    wrong("linear", "dW2 = a1.T @ dz2", "dW2 = dz2.T @ a1", "transposed", db2="right"),
    wrong("linear", "db2 = dz2.sum(axis=0)", "db2 = dz2.sum()", "one number", dW2="right"),
    wrong("linear", "db2 = dz2.sum(axis=0)", "db2 = dz2.sum(axis=1)", "axis", dW2="right"),
    wrong("linear", "db1 = dz1.sum(axis=0)", "db1 = np.sum(dz1)", "one number", dW1="right"),
    wrong("linear", "db1 = dz1.sum(axis=0)", "db1 = np.mean(dz1, axis=0)", "mean instead of sum", dW1="right"),
    wrong("linear", "db2 = dz2.sum(axis=0)", "db2 = dz2", "not summed", dW2="right"),
    wrong("linear", "dW2 = a1.T @ dz2", "dW2 = a1.T @ dz2 / len(Y)", "number of samples", "mean instead of sum"),
    wrong("linear", "dW2 = a1.T @ dz2", "dW2 = a1.T @ dz2 * len(Y)", "number of samples", "sum instead of mean"),
    wrong("linear", "dW2 = a1.T @ dz2", "dW2 = z1.T @ dz2", "z1 instead of a1"),
    wrong("linear", "dW1 = X.T @ dz1", "dW1 = X.T @ da1", "da1 instead of dz1", db1="right"),
    wrong(
        "linear",
        "da1 = dz2 @ W2.T",
        "W2 = W2 - 0.1 * dW2\n    da1 = dz2 @ W2.T",
        "already updated",
        line="da1 = dz2 @ W2.T",
    ),
    wrong(
        "linear",
        "loss = np.mean((a2 - Y) ** 2)",
        "loss = np.sum((a2 - Y) ** 2)",
        "mean instead of sum",
        line="da2 = 2 * (a2 - Y) / Y.size",
        dz2="follows",
    ),
    wrong(
        "linear",
        "loss = np.mean((a2 - Y) ** 2)",
        "loss = np.mean((a2 - Y) ** 2) / 2",
        "factor 2",
        line="da2 = 2 * (a2 - Y) / Y.size",
        dz2="follows",
    ),
    wrong(
        "linear",
        "loss = np.mean((a2 - Y) ** 2)",
        "loss = np.mean(np.abs(a2 - Y))",
        "another loss",
        "squared error",
        line="da2 = 2 * (a2 - Y) / Y.size",
    ),
    wrong(
        "linear",
        "loss = np.mean((a2 - Y) ** 2)",
        "loss = np.mean((a2 - Y) ** 2) + 0.1 * np.sum(W1**2)",
        "no known cause",
        "penalty",
        "regular",
        "decay",
        "another loss",
        line="dW1 = X.T @ dz1",
        dz1="right",
        db1="right",
    ),
    returned("linear", "[dW2, db2, dW1, db1]", "order"),
    returned("linear", "[dW1, db1, dW2.T, db2]", "shape", "transposed"),
    # Two layers, relu and softmax.
    wrong(
        "softmax",
        "dz2 = (a2 - Y) / len(Y)",
        "dz2 = a2 - Y",
        "number of samples",
        "sum instead of mean",
        dW2="follows",
        dW1="follows",
    ),
    wrong("softmax", "dz2 = (a2 - Y) / len(Y)", "dz2 = (Y - a2) / len(Y)", "wrong sign", db2="follows"),
    wrong("softmax", "dz2 = (a2 - Y) / len(Y)", "dz2 = (a2 - Y) * a2 * (1 - a2) / len(Y)", "cancels", db2="follows"),
    wrong("softmax", "dz2 = (a2 - Y) / len(Y)", "dz2 = (a2 - Y) / Y.size", "number of outputs", "number of classes"),
    wrong("softmax", "dz2 = (a2 - Y) / len(Y)", "dz2 = 2 * (a2 - Y) / len(Y)", "factor 2"),
    wrong("softmax", "dz2 = (a2 - Y) / len(Y)", "dz2 = (z2 - Y) / len(Y)", "z2 instead of a2"),
    wrong(
        "softmax",
        "dz2 = (a2 - Y) / len(Y)",
        "da2 = -Y / a2 / len(Y)\n    dz2 = da2 * a2 * (1 - a2)",
        "no known cause",
        "softmax",
        "diagonal",
        "each output",
        line="dz2 = da2 * a2 * (1 - a2)",
        da2="right",
        dW2="follows",
    ),
    wrong(
        "softmax",
        "loss = -np.sum(Y * np.log(a2)) / len(Y)",
        "loss = np.mean((a2 - Y) ** 2)",
        "another loss",
        "cross-entropy",
        line="dz2 = (a2 - Y) / len(Y)",
    ),
    wrong("softmax", "dz1 = da1 * (z1 > 0)", "dz1 = da1", "left out", dz2="right", dW1="follows"),
    wrong("softmax", "dz1 = da1 * (z1 > 0)", "dz1 = np.maximum(0, da1)", "the sign of da1"),
    wrong("softmax", "dz1 = da1 * (z1 > 0)", "dz1 = da1 * a1", "no known cause", "already activated", "relu"),
    wrong("softmax", "dz1 = da1 * (z1 > 0)", "dz1 = da1 * a1 * (1 - a1)", "sigmoid"),
    wrong("softmax", "dz1 = da1 * (z1 > 0)", "dz1 = da1 * (1 - a1**2)", "tanh"),
    wrong("softmax", "dz1 = da1 * (z1 > 0)", "dz1 = da1 * (z1 < 0)", "no known cause", "sign", "relu"),
    wrong("softmax", "da1 = dz2 @ W2.T", "da1 = dz2 @ W2", "transposed", dW2="right", db2="right"),
    wrong("softmax", "dW1 = X.T @ dz1", "dW1 = dz1.T @ X", "transposed", db1="right"),
    wrong("softmax", "db2 = dz2.sum(axis=0)", "db2 = dz2.mean(axis=0)", "mean instead of sum"),
    wrong("softmax", "db2 = dz2.sum(axis=0)", "db2 = dz2.sum(axis=1)", "axis"),
    wrong("softmax", "db1 = dz1.sum(axis=0)", "db1 = dz1.sum()", "one number"),
    wrong(
        "softmax",
        "da1 = dz2 @ W2.T",
        "W2 -= 0.1 * dW2\n    da1 = dz2 @ W2.T",
        "already updated",
        line="da1 = dz2 @ W2.T",
    ),
    returned("softmax", "[dW1, dW2, db1, db2]", "order"),
    # Three layers, tanh, tanh and sigmoid, binary cross-entropy.
    wrong(
        "binary",
        "dz3 = (a3 - Y) / len(Y)",
        "dz3 = a3 - Y",
        "number of samples",
        "sum instead of mean",
        da2="follows",
        dW1="follows",
    ),
    wrong("binary", "dz3 = (a3 - Y) / len(Y)", "dz3 = (a3 - Y) / Y.size", "number of outputs", dW3="follows"),
    wrong("binary", "dz3 = (a3 - Y) / len(Y)", "dz3 = (Y - a3) / len(Y)", "wrong sign", db3="follows"),
    wrong("binary", "dz3 = (a3 - Y) / len(Y)", "dz3 = (a3 - Y) / len(Y) * a3 * (1 - a3)", "cancels"),
    wrong("binary", "dz3 = (a3 - Y) / len(Y)", "dz3 = 2 * (a3 - Y) / len(Y)", "factor 2"),
    wrong(
        "binary",
        "dz3 = (a3 - Y) / len(Y)",
        "dz3 = 2 * (a3 - Y) / Y.size * a3 * (1 - a3)",
        "another loss",
        "cancels",
        "squared error",
    ),
    wrong("binary", "dz3 = (a3 - Y) / len(Y)", "dz3 = (z3 - Y) / len(Y)", "z3 instead of a3"),
    wrong("binary", "dz2 = da2 * (1 - a2**2)", "dz2 = da2", "left out", dW3="right", da1="follows", db1="follows"),
    wrong("binary", "dz2 = da2 * (1 - a2**2)", "dz2 = da2 * a2 * (1 - a2)", "sigmoid"),
    wrong("binary", "dz2 = da2 * (1 - a2**2)", "dz2 = da2 * (1 - z2**2)", "z2 instead of a2"),
    wrong("binary", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (1 - np.tanh(a1) ** 2)", "already activated", da1="right"),
    wrong("binary", "dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (1 - a2**2)", "a2 instead of a1"),
    wrong("binary", "dW3 = a2.T @ dz3", "dW3 = a1.T @ dz3", "a1 instead of a2"),
    wrong("binary", "dW3 = a2.T @ dz3", "dW3 = z2.T @ dz3", "z2 instead of a2", da2="right"),
    wrong("binary", "dW2 = a1.T @ dz2", "dW2 = X.T @ dz2", "X instead of a1", da1="right"),
    wrong("binary", "dW2 = a1.T @ dz2", "dW2 = a1.T @ da2", "da2 instead of dz2", db2="right"),
    wrong("binary", "da2 = dz3 @ W3.T", "da2 = dz3 @ W3", "transposed", dW3="right"),
    wrong("binary", "da1 = dz2 @ W2.T", "da1 = da2 @ W2.T", "da2 instead of dz2", dz1="follows", dW2="right"),
    wrong("binary", "db2 = dz2.sum(axis=0)", "db2 = da2.sum(axis=0)", "da2 instead of dz2", dW2="right"),
    wrong("binary", "db3 = dz3.sum(axis=0)", "db3 = dz3.mean(axis=0)", "mean instead of sum", da2="right"),
    wrong("binary", "db3 = dz3.sum(axis=0)", "db3 = dz3", "not summed"),
    wrong("binary", "db2 = dz2.sum(axis=0)", "db2 = dz2.sum(axis=1)", "axis"),
    wrong(
        "binary",
        "da2 = dz3 @ W3.T",
        "W3 -= 0.1 * dW3\n    da2 = dz3 @ W3.T",
        "already updated",
        line="da2 = dz3 @ W3.T",
        dz2="follows",
        db1="follows",
    ),
    wrong(
        "binary",
        "da1 = dz2 @ W2.T",
        "W2 = W2 - 0.1 * dW2\n    da1 = dz2 @ W2.T",
        "already updated",
        line="da1 = dz2 @ W2.T",
        da2="right",
    ),
    returned("binary", "[dW3, db3, dW2, db2, dW1, db1]", "order", old=THREE),
    returned("binary", "[dW1, db1, dW2, db2]", "missing", old=THREE),
    # Three layers, softplus, sigmoid and softmax.
    wrong("softplus", "dW2 = a1.T @ dz2", "dW2 = dz2.T @ a1", "transposed", db2="right", da1="right"),
    wrong("softplus", "da1 = dz2 @ W2.T", "da1 = dz2 @ W2", "transposed", dW2="right", dz1="follows"),
    wrong("softplus", "da1 = dz2 @ W2.T", "da1 = da2 @ W2.T", "da2 instead of dz2", dz1="follows"),
    wrong("softplus", "dz1 = da1 * sigmoid(z1)", "dz1 = da1 * sigmoid(a1)", "already activated", da1="right"),
    wrong("softplus", "dz1 = da1 * sigmoid(z1)", "dz1 = da1 * a1 * (1 - a1)", "sigmoid", da1="right"),
    wrong("softplus", "dz1 = da1 * sigmoid(z1)", "dz1 = da1", "left out", da1="right"),
    wrong("softplus", "dz1 = da1 * sigmoid(z1)", "dz1 = da1 * (z1 > 0)", "relu", da1="right"),
    wrong("softplus", "dz1 = da1 * sigmoid(z1)", "dz1 = da1 * sigmoid(z2)", "z2 instead of z1", da1="right"),
    wrong("softplus", "dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * sigmoid(z2)", "a2 in the place of", "softplus"),
    wrong("softplus", "dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * a1 * (1 - a1)", "a1 instead of a2"),
    wrong("softplus", "dW3 = a2.T @ dz3", "dW3 = a1.T @ dz3", "a1 instead of a2", da2="right"),
    wrong("softplus", "dz3 = (a3 - Y) / len(Y)", "dz3 = a3 * (1 - a3) * (a3 - Y) / len(Y)", "cancels"),
    wrong("softplus", "dz3 = (a3 - Y) / len(Y)", "dz3 = Y - a3 / len(Y)", "no known cause", "sign"),
    wrong("softplus", "db1 = dz1.sum(axis=0)", "db1 = dz1.mean(axis=0)", "mean instead of sum", dW1="right"),
    returned("softplus", "[dW1, db1, dW3, db3, dW2, db2]", "order", old=THREE),
    # Three layers, relu, softplus and linear, mean squared error.
    wrong("relu", "da3 = 2 * (a3 - Y) / Y.size", "da3 = 2 * (a3 - Y) / len(Y)", "number of outputs", dz3="follows"),
    wrong("relu", "dz3 = da3", "dz3 = da3 * a3 * (1 - a3)", "sigmoid", da3="right"),
    wrong("relu", "dz2 = da2 * sigmoid(z2)", "dz2 = da2 * sigmoid(a2)", "already activated", da2="right"),
    wrong("relu", "dz2 = da2 * sigmoid(z2)", "dz2 = da2 * (z2 > 0)", "relu", da2="right"),
    wrong("relu", "dz2 = da2 * sigmoid(z2)", "dz2 = da2 * sigmoid(z2) * (1 - sigmoid(z2))", "sigmoid", da2="right"),
    wrong("relu", "dz1 = da1 * (z1 > 0)", "dz1 = da1 * sigmoid(z1)", "softplus", da1="right"),
    wrong("relu", "dz1 = da1 * (z1 > 0)", "dz1 = da1 * (da1 > 0)", "the sign of da1"),
    wrong("relu", "dW3 = a2.T @ dz3", "dW3 = z2.T @ dz3", "z2 instead of a2", db3="right"),
    wrong("relu", "dW2 = a1.T @ dz2", "dW2 = z1.T @ dz2", "z1 instead of a1", db2="right"),
    # The layers as a loop. The mistake is made in every layer.
    wrong("loop", "    da = dz @ weights[layer].T", "    da = dz @ weights[layer]", "transposed"),
    wrong("loop", "    dW = a[layer].T @ dz", "    dW = dz.T @ a[layer]", "transposed"),
    wrong("loop", "    dz = da * a[layer + 1] * (1 - a[layer + 1])", "    dz = da", "left out"),
    wrong(
        "loop",
        "    dz = da * a[layer + 1] * (1 - a[layer + 1])",
        "    dz = da * z[layer] * (1 - z[layer])",
        "instead of a",
    ),
    wrong("loop", "    dz = da * a[layer + 1] * (1 - a[layer + 1])", "    dz = da * (1 - a[layer + 1] ** 2)", "tanh"),
    wrong("loop", "    db = dz.sum(axis=0)", "    db = dz.mean(axis=0)", "mean instead of sum"),
    wrong("loop", "    db = dz.sum(axis=0)", "    db = dz.sum()", "one number"),
    wrong("loop", "da = 2 * (a[-1] - Y) / Y.size", "da = 2 * (a[-1] - Y) / len(Y)", "number of outputs"),
    wrong("loop", "da = 2 * (a[-1] - Y) / Y.size", "da = 2 * (Y - a[-1]) / Y.size", "wrong sign"),
    wrong("loop", "da = 2 * (a[-1] - Y) / Y.size", "da = (a[-1] - Y) / Y.size", "factor 2"),
    wrong("loop", "    da = dz @ weights[layer].T", "    da = da @ weights[layer].T", "da instead of dz"),
    Mistake(
        "loop",
        [("gradients = [dW, db, *gradients]", "gradients += [dW, db]")],
        ("return loss, gradients",),
        None,
        ("order",),
        {},
    ),
]


class Two(NamedTuple):
    """A base with two mistakes; both lines, given as (text, name), have to be called wrong."""

    base: str
    changes: list
    lines: list

    @property
    def text(self):
        return replaced(BASES[self.base], *self.changes)


def both(base, *changes):
    """Two mistakes, each in a line that computes the derivative that its first word says."""
    lines = [(new.strip(), new.split()[0]) for _, new in changes]
    return Two(base, [(f"    {old}\n", f"    {new}\n") for old, new in changes], lines)


TWO = [
    both(
        "sigmoid",
        ("da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (Y - a2) / Y.size"),
        ("db1 = dz1.sum(axis=0)", "db1 = dz1.mean(axis=0)"),
    ),
    both(
        "sigmoid",
        ("dz2 = da2 * a2 * (1 - a2)", "dz2 = da2"),
        ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1"),
    ),
    both(
        "sigmoid",
        ("dW2 = a1.T @ dz2", "dW2 = z1.T @ dz2"),
        ("da1 = dz2 @ W2.T", "da1 = da2 @ W2.T"),
    ),
    # The two wrong signs cancel in dW2.
    both(
        "sigmoid",
        ("da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (Y - a2) / Y.size"),
        ("dW2 = a1.T @ dz2", "dW2 = -a1.T @ dz2"),
    ),
    both(
        "linear",
        ("da2 = 2 * (a2 - Y) / Y.size", "da2 = (a2 - Y) / Y.size"),
        ("dz1 = da1 * (1 - a1**2)", "dz1 = da1 * (1 - z1**2)"),
    ),
    both(
        "linear",
        ("db2 = dz2.sum(axis=0)", "db2 = dz2.sum()"),
        ("dW1 = X.T @ dz1", "dW1 = dz1.T @ X"),
    ),
    both(
        "softmax",
        ("dz2 = (a2 - Y) / len(Y)", "dz2 = (a2 - Y) * a2 * (1 - a2) / len(Y)"),
        ("dz1 = da1 * (z1 > 0)", "dz1 = da1"),
    ),
    both(
        "softmax",
        ("dW2 = a1.T @ dz2", "dW2 = a1.T @ dz2 / len(X)"),
        ("dW1 = X.T @ dz1", "dW1 = X.T @ dz1 / len(X)"),
    ),
    both(
        "binary",
        ("dz3 = (a3 - Y) / len(Y)", "dz3 = a3 - Y"),
        ("dz2 = da2 * (1 - a2**2)", "dz2 = da2 * a2 * (1 - a2)"),
    ),
    both(
        "binary",
        ("db3 = dz3.sum(axis=0)", "db3 = dz3.mean(axis=0)"),
        ("db1 = dz1.sum(axis=0)", "db1 = dz1.mean(axis=0)"),
    ),
    both(
        "softplus",
        ("da1 = dz2 @ W2.T", "da1 = dz2 @ W2"),
        ("dz1 = da1 * sigmoid(z1)", "dz1 = da1 * sigmoid(a1)"),
    ),
    both(
        "relu",
        ("dW3 = a2.T @ dz3", "dW3 = -a2.T @ dz3"),
        ("dz2 = da2 * sigmoid(z2)", "dz2 = da2 * (z2 > 0)"),
    ),
]


# From here on the right programs. Most keep the beginning of a base and have a backward of their own.


def beginning(base):
    """All of a base that comes before its backward."""
    return BASES[base][: BASES[base].index("def backward(")]


TWO_SIGMOIDS, TANH_LINEAR, RELU_SOFTMAX, THREE_BINARY = map(beginning, ["sigmoid", "linear", "softmax", "binary"])

DA2 = "    da2 = 2 * (a2 - Y) / Y.size\n"
MEAN = "loss = np.mean((a2 - Y) ** 2)\n"


def with_loss(loss, *da2):
    """The base with a linear output, with another loss and the lines of its derivative."""
    return replaced(LINEAR, (MEAN, f"{loss}\n"), (DA2, "".join(f"    {line}\n" for line in da2)))


def with_probabilities(loss, *dz3):
    """The base with two probabilities, with another loss and the lines down to dz3."""
    old = "loss = np.sum(softplus(z3) - Y * z3) / len(Y)\n    dz3 = (a3 - Y) / len(Y)\n"
    return replaced(BINARY, (old, "\n    ".join([loss, *dz3]) + "\n"))


def with_classes(*lines):
    """The base with three classes, with other lines from the loss down to dz2."""
    old = "loss = -np.sum(Y * np.log(a2)) / len(Y)\n    dz2 = (a2 - Y) / len(Y)\n"
    return replaced(SOFTMAX, (old, "\n    ".join(lines) + "\n"))


def with_hidden(activation, slope, shape=(2, 4, 1), more=()):
    """A network whose hidden layer has another activation; slope is its derivative, as written in dz1."""
    backward = replaced(SIGMOID[len(TWO_SIGMOIDS) :], ("dz1 = da1 * a1 * (1 - a1)", f"dz1 = da1 * {slope}"))
    return head(shape, activation, "sigmoid", more=more) + backward


IN_ANOTHER_ORDER = {
    "the loss is computed last": replaced(
        SIGMOID, (f"    {MEAN}", ""), ("    return loss, [dW1", f"    {MEAN}    return loss, [dW1")
    ),
    "all dz come first and then all dW": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    dz2 = 2 * (a2 - Y) / Y.size * a2 * (1 - a2)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    dW1 = X.T @ dz1
    dW2 = a1.T @ dz2
    db1 = dz1.sum(axis=0)
    db2 = dz2.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
""",
    "the weights are updated after everything is computed from them, in copies": replaced(
        SIGMOID, ("    db1 = dz1.sum(axis=0)\n", "    db1 = dz1.sum(axis=0)\n    W2 = W2 - 0.1 * dW2\n")
    ),
    "forward is part of backward": functions("sigmoid")
    + initialize(2, 4, 1)
    + """

def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size
    dz2 = da2 * a2 * (1 - a2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * a1 * (1 - a1)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
""",
    "forward is part of backward and has no functions": "import numpy as np\n"
    + initialize(2, 4, 1)
    + """

def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    a1 = np.tanh(X @ W1 + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2 + b2)))
    loss = ((a2 - Y) ** 2).mean()
    dz2 = (a2 - Y) * a2 * (1 - a2) * 2 / Y.size
    dW2 = a1.T @ dz2
    db2 = dz2.sum(0)
    dz1 = (1 - a1 * a1) * (dz2 @ W2.T)
    dW1 = X.T @ dz1
    db1 = dz1.sum(0)
    return loss, [dW1, db1, dW2, db2]
""",
    "forward is called twice, and only its last result is taken": replaced(
        SIGMOID,
        ("z1, a1, z2, a2 = forward(X, parameters)\n    ", "_, a1, *_ = forward(X, parameters)\n    "),
        ("    loss = np", "    a2 = forward(X, parameters)[-1]\n    loss = np"),
    ),
}

OTHER_ALGEBRA = {
    "one line for da2 and dz2": replaced(
        SIGMOID, (DA2, ""), ("dz2 = da2 * a2 * (1 - a2)", "dz2 = 2 / Y.size * (a2 - Y) * a2 * (1 - a2)")
    ),
    "one line for da1 and dz1": replaced(
        SIGMOID, ("    da1 = dz2 @ W2.T\n", ""), ("dz1 = da1 * a1", "dz1 = (dz2 @ W2.T) * a1")
    ),
    "the slope is a1 - a1**2": replaced(
        SIGMOID,
        ("dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * (a2 - a2**2)"),
        ("da1 * a1 * (1 - a1)", "(a1 - a1**2) * da1"),
    ),
    "the slope is computed from z1": replaced(
        SIGMOID, ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * np.exp(-z1) / (1 + np.exp(-z1)) ** 2")
    ),
    "the slope calls sigmoid anew": replaced(
        SIGMOID, ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * sigmoid(z1) * (1 - sigmoid(z1))")
    ),
    "the slope of tanh is 1 / cosh**2": replaced(LINEAR, ("da1 * (1 - a1**2)", "da1 / np.cosh(z1) ** 2")),
    "the slope of tanh is a product": replaced(LINEAR, ("da1 * (1 - a1**2)", "da1 * (1 - a1) * (1 + a1)")),
    "two signs cancel": replaced(
        SIGMOID,
        ("da2 = 2 * (a2 - Y) / Y.size", "da2 = -2 * (Y - a2) / Y.size"),
        ("da1 * a1 * (1 - a1)", "-da1 * a1 * (a1 - 1)"),
    ),
    "two factors cancel": replaced(SIGMOID, ("da2 = 2 * (a2 - Y) / Y.size", "da2 = (a2 - Y) / (0.5 * Y.size)")),
    "the mean is taken by numpy": replaced(
        SIGMOID, ("dW2 = a1.T @ dz2", "dW2 = len(X) * np.mean(a1[:, :, np.newaxis] * dz2[:, np.newaxis, :], axis=0)")
    ),
    "np.dot": replaced(
        SIGMOID,
        ("dW2 = a1.T @ dz2", "dW2 = np.dot(a1.T, dz2)"),
        ("da1 = dz2 @ W2.T", "da1 = np.dot(dz2, W2.T)"),
        ("dW1 = X.T @ dz1", "dW1 = np.dot(X.T, dz1)"),
    ),
    "the method dot": replaced(
        LINEAR,
        ("dW2 = a1.T @ dz2", "dW2 = a1.T.dot(dz2)"),
        ("da1 = dz2 @ W2.T", "da1 = dz2.dot(W2.T)"),
        ("dW1 = X.T @ dz1", "dW1 = dz1.T.dot(X).T"),
    ),
    "np.einsum": replaced(
        LINEAR,
        ("dW2 = a1.T @ dz2", 'dW2 = np.einsum("sh,so->ho", a1, dz2)'),
        ("db2 = dz2.sum(axis=0)", 'db2 = np.einsum("so->o", dz2)'),
        ("da1 = dz2 @ W2.T", 'da1 = np.einsum("so,ho->sh", dz2, W2)'),
        ("dW1 = X.T @ dz1", 'dW1 = np.einsum("si,sh->ih", X, dz1)'),
    ),
    "np.matmul, np.transpose and np.multiply": replaced(
        LINEAR,
        ("dW2 = a1.T @ dz2", "dW2 = np.matmul(np.transpose(a1), dz2)"),
        ("dz1 = da1 * (1 - a1**2)", "dz1 = np.multiply(da1, np.subtract(1, np.square(a1)))"),
        ("db1 = dz1.sum(axis=0)", "db1 = np.add.reduce(dz1, axis=0)"),
    ),
    "np.tensordot": replaced(
        LINEAR,
        ("dW2 = a1.T @ dz2", "dW2 = np.tensordot(a1, dz2, axes=(0, 0))"),
        ("da1 = dz2 @ W2.T", "da1 = np.tensordot(dz2, W2, axes=(1, 1))"),
    ),
    "the bias is a weight of ones": replaced(
        SIGMOID,
        ("db2 = dz2.sum(axis=0)", "db2 = np.ones(len(X)) @ dz2"),
        ("db1 = dz1.sum(axis=0)", "db1 = np.ones((1, len(X))).dot(dz1)[0]"),
    ),
    "weights and biases come from one product": replaced(
        LINEAR,
        (
            "dW2 = a1.T @ dz2\n    db2 = dz2.sum(axis=0)\n",
            "d2 = np.hstack([a1, np.ones((len(X), 1))]).T @ dz2\n    dW2, db2 = d2[:-1], d2[-1]\n",
        ),
    ),
    "sums of outer products": replaced(
        LINEAR,
        ("dW2 = a1.T @ dz2", "dW2 = sum(np.outer(a, dz) for a, dz in zip(a1, dz2))"),
        ("dW1 = X.T @ dz1", "dW1 = np.sum([np.outer(x, dz) for x, dz in zip(X, dz1)], axis=0)"),
        ("db1 = dz1.sum(axis=0)", "db1 = sum(dz1)"),
    ),
    "every number by itself": replaced(
        LINEAR,
        (
            "dW2 = a1.T @ dz2\n",
            """dW2 = np.empty_like(W2)
    for i in range(W2.shape[0]):
        for j in range(W2.shape[1]):
            dW2[i, j] = np.sum(a1[:, i] * dz2[:, j])
""",
        ),
        ("db2 = dz2.sum(axis=0)", "db2 = np.array([dz2[:, j].sum() for j in range(len(b2))])"),
    ),
    "np.add.at": replaced(
        LINEAR,
        (
            "db1 = dz1.sum(axis=0)",
            "db1 = np.zeros_like(b1)\n    np.add.at(db1, np.tile(np.arange(len(b1)), len(X)), dz1.ravel())",
        ),
    ),
    "the relu's slope is a copy with zeros": replaced(
        SOFTMAX, ("dz1 = da1 * (z1 > 0)", "dz1 = da1.copy()\n    dz1[z1 <= 0] = 0")
    ),
    "the relu's slope is np.where": replaced(SOFTMAX, ("da1 * (z1 > 0)", "np.where(a1 > 0, da1, 0)")),
    "the relu's slope is np.heaviside": replaced(SOFTMAX, ("da1 * (z1 > 0)", "da1 * np.heaviside(z1, 0)")),
    "the relu's slope is a sign": replaced(SOFTMAX, ("da1 * (z1 > 0)", "da1 * np.sign(a1)")),
}

OTHER_FORMS = {
    "no names for the gradients": replaced(
        SIGMOID,
        ("    dW2 = a1.T @ dz2\n    db2 = dz2.sum(axis=0)\n", ""),
        ("    dW1 = X.T @ dz1\n    db1 = dz1.sum(axis=0)\n", ""),
        ("[dW1, db1, dW2, db2]", "[X.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)]"),
    ),
    "two names in one line": replaced(
        SIGMOID,
        ("    dW2 = a1.T @ dz2\n    db2 = dz2.sum(axis=0)\n", "    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)\n"),
        ("    dW1 = X.T @ dz1\n    db1 = dz1.sum(axis=0)\n", "    dW1 = X.T @ dz1; db1 = dz1.sum(axis=0)\n"),
    ),
    "two names for one value": replaced(LINEAR, (f"{DA2}    dz2 = da2\n", "    dz2 = da2 = 2 * (a2 - Y) / Y.size\n")),
    "two steps for one name": replaced(
        SIGMOID,
        ("    da1 = dz2 @ W2.T\n", ""),
        ("dz1 = da1 * a1 * (1 - a1)", "dz1 = dz2 @ W2.T\n    dz1 *= a1 * (1 - a1)"),
    ),
    "three steps for one name": replaced(
        SIGMOID, (DA2, "    da2 = a2 - Y\n    da2 = 2 * da2\n    da2 = da2 / Y.size\n")
    ),
    "changed in place under another name": replaced(
        SIGMOID, ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1\n    dz1 *= a1\n    dz1 *= 1 - a1")
    ),
    "changed in place by numpy": replaced(
        SIGMOID,
        ("dz1 = da1 * a1 * (1 - a1)", "np.multiply(da1, a1 * (1 - a1), out=da1)\n    dz1 = da1"),
        (DA2, "    da2 = a2 - Y\n    np.divide(da2, Y.size / 2, out=da2)\n"),
    ),
    "written into arrays made before": replaced(
        SIGMOID,
        (f"    {MEAN}", f"    {MEAN}    dW1, db1, dW2, db2 = [np.empty_like(parameter) for parameter in parameters]\n"),
        ("dW2 = a1.T @ dz2", "dW2[:] = a1.T @ dz2"),
        ("db2 = dz2.sum(axis=0)", "db2[:] = dz2.sum(axis=0)"),
        ("dW1 = X.T @ dz1", "np.matmul(X.T, dz1, out=dW1)"),
        ("db1 = dz1.sum(axis=0)", "dz1.sum(axis=0, out=db1)"),
    ),
    "a line goes over several": replaced(
        SIGMOID,
        (
            "dz2 = da2 * a2 * (1 - a2)",
            "dz2 = (  # the chain rule\n        da2\n        * a2\n        * (1 - a2)  # the slope\n    )",
        ),
        ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 \\\n        * a1 * (1 - a1)"),
    ),
    "names are reused for each layer": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da = 2 * (a2 - Y) / Y.size
    dz = da * a2 * (1 - a2)
    dW2 = a1.T @ dz
    db2 = dz.sum(axis=0)
    da = dz @ W2.T
    dz = da * a1 * (1 - a1)
    dW1 = X.T @ dz
    db1 = dz.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
""",
    "one name for everything": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    W2 = parameters[2]
    z1, a1, z2, a2 = forward(X, parameters)
    d = a2 - Y
    loss = np.sum(d**2) / d.size
    d *= 2
    d /= Y.size
    d *= a2
    d *= 1 - a2
    gradients = [a1.T @ d, d.sum(axis=0)]
    d = d @ W2.T
    d *= a1 * (1 - a1)
    return loss, [X.T @ d, d.sum(axis=0)] + gradients
""",
    "words for names": functions("tanh", "softmax")
    + initialize(3, 5, 3)
    + """

def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    hidden = tanh(X @ W1 + b1)
    logits = hidden @ W2 + b2
    return hidden, logits


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    hidden, logits = forward(X, parameters)
    probabilities = softmax(logits)
    loss = -np.sum(Y * np.log(probabilities)) / len(X)
    dlogits = (probabilities - Y) / len(X)
    dW2 = hidden.T @ dlogits
    db2 = dlogits.sum(axis=0)
    dhidden = dlogits @ W2.T
    dhidden *= 1 - hidden**2
    dW1 = X.T @ dhidden
    db1 = dhidden.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
""",
    "names that are not those of the notation": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    W2 = parameters[2]
    z1, a1, z2, a2 = forward(X, parameters)
    error = a2 - Y
    cost = np.mean(error**2)
    delta2 = 2 * error / Y.size * a2 * (1 - a2)
    delta1 = delta2 @ W2.T * a1 * (1 - a1)
    grad_W1, grad_b1 = X.T @ delta1, delta1.sum(axis=0)
    grad_W2, grad_b2 = a1.T @ delta2, delta2.sum(axis=0)
    return cost, [grad_W1, grad_b1, grad_W2, grad_b2]
""",
    "d-names of other things": replaced(
        SIGMOID,
        (
            f"    {MEAN}",
            f"    {MEAN}    data, distance = len(X), np.abs(a2 - Y).max()\n    delta = 0 * distance + data\n",
        ),
    ),
    "parameters by their number": replaced(
        SIGMOID, ("W1, b1, W2, b2 = parameters\n    z1, a1, z2, a2 = f", "W2 = parameters[2]\n    z1, a1, z2, a2 = f")
    ),
    "only the weights that are needed": replaced(
        SIGMOID,
        ("W1, b1, W2, b2 = parameters\n    z1, a1, z2, a2 = f", "_, _, W2, _ = parameters\n    z1, a1, z2, a2 = f"),
    ),
    "a float and a tuple are returned": replaced(
        SIGMOID, ("return loss, [dW1, db1, dW2, db2]", "return float(loss), (dW1, db1, dW2, db2)")
    ),
    "the result has a name": replaced(
        SIGMOID,
        (
            "return loss, [dW1, db1, dW2, db2]",
            "gradients = [dW1, db1, dW2, db2]\n    result = loss, gradients\n    return result",
        ),
    ),
    "the gradients are in a dictionary": replaced(
        SIGMOID,
        ("dW2 = a1.T @ dz2", 'd = {}\n    d["W2"] = a1.T @ dz2'),
        ("db2 = dz2.sum(axis=0)", 'd["b2"] = dz2.sum(axis=0)'),
        ("dW1 = X.T @ dz1", 'd["W1"] = X.T @ dz1'),
        ("db1 = dz1.sum(axis=0)", 'd["b1"] = dz1.sum(axis=0)'),
        ("[dW1, db1, dW2, db2]", '[d[name] for name in ("W1", "b1", "W2", "b2")]'),
    ),
    "inside with and if": replaced(
        LINEAR,
        (DA2, f'    with np.errstate(over="ignore"):\n    {DA2}'),
        (
            "    dz2 = da2\n",
            "    if Y.shape[1] == a2.shape[1]:\n        dz2 = da2\n    else:\n        raise ValueError\n",
        ),
        ("    da1 = dz2 @ W2.T\n", "    assert dW2.shape == W2.shape\n    da1 = dz2 @ W2.T\n"),
    ),
    "inside try": replaced(
        LINEAR,
        ("    da1 = dz2 @ W2.T\n", "    try:\n        da1 = dz2 @ W2.T\n    finally:\n        done = True\n"),
    ),
    "it prints what it does": replaced(
        SIGMOID, ("    da1 = dz2 @ W2.T\n", '    print("dW2", dW2.shape)\n    da1 = dz2 @ W2.T\n')
    ),
    "a docstring and comments": replaced(
        SIGMOID,
        (
            "def backward(X, Y, parameters):\n",
            '''def backward(X, Y, parameters):
    """The loss and its derivatives.

    dz2 = da2 would be wrong here; da2 = (a2 - Y) too.
    """
    # da1 = dz2 @ W2
''',
        ),
        ("    dW2 = a1.T @ dz2\n", "\n    # dW2 = a1 @ dz2\n    dW2 = a1.T @ dz2  # (hidden, outputs)\n\n"),
    ),
    "type hints": replaced(
        SIGMOID,
        (
            "def backward(X, Y, parameters):\n",
            """\
def backward(
    X: np.ndarray, Y: np.ndarray, parameters: list[np.ndarray]
) -> tuple[float, list[np.ndarray]]:
""",
        ),
        ("dz2 = da2", "dz2: np.ndarray = da2"),
        (f"    {MEAN}", f"    loss: float\n    {MEAN}"),
    ),
    "a further argument with a default": replaced(
        SIGMOID,
        ("def backward(X, Y, parameters):", "def backward(X, Y, parameters, scale=2):"),
        ("da2 = 2 *", "da2 = scale *"),
    ),
    "other names for the arguments": replaced(
        LINEAR,
        (
            "def backward(X, Y, parameters):\n    W1, b1, W2, b2 = parameters\n",
            "def backward(inputs, targets, params):\n    W1, b1, W2, b2 = params\n",
        ),
        ("a2 = forward(X, parameters)\n", "a2 = forward(inputs, params)\n"),
        (MEAN, "loss = np.mean((a2 - targets) ** 2)\n"),
        (DA2, "    da2 = 2 * (a2 - targets) / targets.size\n"),
        ("dW1 = X.T", "dW1 = inputs.T"),
    ),
    "tabs, and a comment with other letters": "# Rückwärts: ∂loss/∂W\n" + SIGMOID.replace("    ", "\t"),
    "lines that end as on Windows": SIGMOID.replace("\n", "\r\n"),
}

LOOPS = {
    "over the samples": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    dW1 = np.zeros_like(W1)
    db1 = np.zeros_like(b1)
    dW2 = np.zeros_like(W2)
    db2 = np.zeros_like(b2)
    loss = 0.0
    for x, y in zip(X, Y):
        z1, a1, z2, a2 = forward(x, parameters)
        loss += np.sum((a2 - y) ** 2) / Y.size
        da2 = 2 * (a2 - y) / Y.size
        dz2 = da2 * a2 * (1 - a2)
        dW2 += np.outer(a1, dz2)
        db2 += dz2
        da1 = W2 @ dz2
        dz1 = da1 * a1 * (1 - a1)
        dW1 += np.outer(x, dz1)
        db1 += dz1
    return loss, [dW1, db1, dW2, db2]
""",
    "over the samples, divided at the end": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    loss, dW1, db1, dW2, db2 = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(X)):
        x, y = X[i : i + 1], Y[i : i + 1]
        z1, a1, z2, a2 = forward(x, parameters)
        loss = loss + np.mean((a2 - y) ** 2)
        dz2 = 2 * (a2 - y) / y.size * a2 * (1 - a2)
        dz1 = dz2 @ W2.T * a1 * (1 - a1)
        dW2 = dW2 + a1.T @ dz2
        db2 = db2 + dz2[0]
        dW1 = dW1 + x.T @ dz1
        db1 = db1 + dz1[0]
    gradients = [dW1, db1, dW2, db2]
    return loss / len(X), [gradient / len(X) for gradient in gradients]
""",
    "over the samples, one gradient for each kept": TWO_SIGMOIDS
    + """\
def of_one(x, y, parameters):
    W2 = parameters[2]
    z1, a1, z2, a2 = forward(x, parameters)
    dz2 = 2 * (a2 - y) * a2 * (1 - a2)
    dz1 = W2 @ dz2 * a1 * (1 - a1)
    return np.mean((a2 - y) ** 2), [np.outer(x, dz1), dz1, np.outer(a1, dz2), dz2]


def backward(X, Y, parameters):
    losses, gradients = zip(*[of_one(x, y, parameters) for x, y in zip(X, Y)])
    return np.mean(losses), [np.mean(arrays, axis=0) / Y.shape[1] for arrays in zip(*gradients)]
""",
    "over the outputs": replaced(
        LINEAR,
        (
            "    da1 = dz2 @ W2.T\n",
            """\
    da1 = np.zeros_like(a1)
    for output in range(Y.shape[1]):
        da1 += dz2[:, output, np.newaxis] * W2[:, output]
""",
        ),
    ),
    "over the layers, in lists": functions("sigmoid")
    + initialize(2, 4, 3, 2)
    + """

def forward(X, parameters):
    z, a = [None], [X]
    for layer in range(len(parameters) // 2):
        z.append(a[-1] @ parameters[2 * layer] + parameters[2 * layer + 1])
        a.append(sigmoid(z[-1]))
    return z, a


def backward(X, Y, parameters):
    z, a = forward(X, parameters)
    layers = len(parameters) // 2
    da, dz, dW, db = ([None] * (layers + 1) for _ in range(4))
    loss = np.mean((a[layers] - Y) ** 2)
    da[layers] = 2 * (a[layers] - Y) / Y.size
    for layer in range(layers, 0, -1):
        dz[layer] = da[layer] * a[layer] * (1 - a[layer])
        dW[layer] = a[layer - 1].T @ dz[layer]
        db[layer] = dz[layer].sum(axis=0)
        da[layer - 1] = dz[layer] @ parameters[2 * (layer - 1)].T
    return loss, [gradient for pair in zip(dW[1:], db[1:]) for gradient in pair]
""",
    "over the layers, the list turned round at the end": functions("sigmoid")
    + initialize(2, 4, 3, 2)
    + LOOP_FORWARD
    + """\
def backward(X, Y, parameters):
    a = [X] + forward(X, parameters)[1::2]
    loss = ((a[-1] - Y) ** 2).sum() / Y.size
    dz = 2 * (a[-1] - Y) / Y.size * a[-1] * (1 - a[-1])
    gradients = []
    layer = len(parameters) // 2
    while layer > 0:
        layer -= 1
        W = parameters[2 * layer]
        gradients.append(dz.sum(axis=0))
        gradients.append(a[layer].T @ dz)
        dz = (dz @ W.T) * a[layer] * (1 - a[layer])
    return loss, gradients[::-1]
""",
    "over the layers, with activations in a list": functions("sigmoid", "tanh", "softplus")
    + initialize(2, 4, 3, 2)
    + """

ACTIVATIONS = [tanh, softplus, sigmoid]
SLOPES = {tanh: lambda z, a: 1 - a**2, softplus: lambda z, a: sigmoid(z), sigmoid: lambda z, a: a * (1 - a)}


def forward(X, parameters):
    results, a = [], X
    for W, b, f in zip(parameters[::2], parameters[1::2], ACTIVATIONS):
        z = a @ W + b
        a = f(z)
        results += [z, a]
    return results


def backward(X, Y, parameters):
    results = forward(X, parameters)
    weights, z, a = parameters[::2], results[::2], [X, *results[1::2]]
    loss = np.sum(softplus(z[-1]) - Y * z[-1]) / len(Y)
    dz = (a[-1] - Y) / len(Y)
    gradients = []
    for layer in reversed(range(len(weights))):
        gradients = [a[layer].T @ dz, dz.sum(axis=0), *gradients]
        if layer > 0:
            da = dz @ weights[layer].T
            dz = da * SLOPES[ACTIVATIONS[layer - 1]](z[layer - 1], a[layer])
    return loss, gradients
""",
    "a function that calls itself": functions("sigmoid")
    + initialize(2, 4, 3, 2)
    + '''

def down(a, parameters, Y):
    """The loss, the gradients of these layers, and da of the layer below."""
    if not parameters:
        return np.mean((a - Y) ** 2), [], 2 * (a - Y) / Y.size
    W, b, *above = parameters
    out = sigmoid(a @ W + b)
    loss, gradients, da = down(out, above, Y)
    dz = da * out * (1 - out)
    return loss, [a.T @ dz, dz.sum(axis=0), *gradients], dz @ W.T


def backward(X, Y, parameters):
    loss, gradients, _ = down(X, parameters, Y)
    return loss, gradients
''',
}

HELPERS = {
    "a function for a layer": TWO_SIGMOIDS
    + '''\
def through_layer(dz, a, W):
    """dW, db, and da of the layer below."""
    return a.T @ dz, dz.sum(axis=0), dz @ W.T


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    dz2 = 2 * (a2 - Y) / Y.size * a2 * (1 - a2)
    dW2, db2, da1 = through_layer(dz2, a1, W2)
    dz1 = da1 * a1 * (1 - a1)
    dW1, db1, _ = through_layer(dz1, X, W1)
    return loss, [dW1, db1, dW2, db2]
''',
    "a function inside backward": TWO_SIGMOIDS
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)

    def sums(dz, a):
        dW = a.T @ dz
        db = dz.sum(axis=0)
        return dW, db

    loss = np.mean((a2 - Y) ** 2)
    dz2 = 2 * (a2 - Y) / Y.size * a2 * (1 - a2)
    dW2, db2 = sums(dz2, a1)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    dW1, db1 = sums(dz1, X)
    return loss, [dW1, db1, dW2, db2]
""",
    "functions for the loss and the slope": replaced(
        SIGMOID,
        (
            "def backward(",
            """def error(a, Y):
    return np.mean((a - Y) ** 2), 2 * (a - Y) / Y.size


def slope(a):
    return a * (1 - a)


def backward(""",
        ),
        (f"    {MEAN}{DA2}", "    loss, da2 = error(a2, Y)\n"),
        ("dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * slope(a2)"),
        ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * slope(a1)"),
    ),
    "a function with its derivative": replaced(
        SIGMOID,
        ("\n\ndef initialize", "\n\nsigmoid.derivative = lambda z, a: a * (1 - a)\n\n\ndef initialize"),
        ("dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * sigmoid.derivative(z2, a2)"),
        ("dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * sigmoid.derivative(z1, a1)"),
    ),
    "functions as lambdas": replaced(
        SIGMOID,
        ("def sigmoid(z):\n    return 1 /", "sigmoid = lambda z: 1 /"),
        ("\n\ndef initialize", "\n\nslope = lambda a: a * (1 - a)\n\n\ndef initialize"),
        ("dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * slope(a2)"),
    ),
    "a global constant": replaced(
        SIGMOID,
        ("import numpy as np\n", "import numpy as np\n\nSCALE = 0.5\n"),
        (MEAN, "loss = SCALE * np.mean((a2 - Y) ** 2)\n"),
        ("da2 = 2 *", "da2 = 2 * SCALE *"),
    ),
    "numpy by its whole name": SIGMOID.replace("import numpy as np", "import numpy").replace("np.", "numpy."),
    "names imported from numpy": replaced(
        SIGMOID.replace("np.", ""), ("import numpy as np", "from numpy import exp, mean, zeros")
    ),
    "a class for a layer": TWO_SIGMOIDS
    + """\
class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, a):
        self.before = a
        self.a = sigmoid(a @ self.W + self.b)
        return self.a

    def backward(self, da):
        dz = da * self.a * (1 - self.a)
        self.dW = self.before.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    first, second = Layer(W1, b1), Layer(W2, b2)
    a2 = second.forward(first.forward(X))
    loss = np.mean((a2 - Y) ** 2)
    da1 = second.backward(2 * (a2 - Y) / Y.size)
    first.backward(da1)
    return loss, [first.dW, first.db, second.dW, second.db]
""",
    "forward hands on a dictionary": functions("sigmoid")
    + initialize(2, 4, 1)
    + """

def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    cache = {"a0": X}
    cache["a1"] = sigmoid(X @ W1 + b1)
    cache["a2"] = sigmoid(cache["a1"] @ W2 + b2)
    return cache


def backward(X, Y, parameters):
    W2 = parameters[2]
    cache = forward(X, parameters)
    a1, a2 = cache["a1"], cache["a2"]
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size
    dz2 = da2 * a2 * (1 - a2)
    dW2 = cache["a1"].T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * a1 * (1 - a1)
    dW1 = cache["a0"].T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
""",
}

LOSSES = {
    "sum of squares": with_loss("loss = np.sum((a2 - Y) ** 2)", "da2 = 2 * (a2 - Y)"),
    "half the sum of squares": with_loss("loss = 0.5 * np.sum((a2 - Y) ** 2)", "da2 = a2 - Y"),
    "mean over the samples of the sum of squares": with_loss(
        "loss = np.mean(np.sum((a2 - Y) ** 2, axis=1))", "da2 = 2 * (a2 - Y) / len(Y)"
    ),
    "half the mean over the samples": with_loss(
        "loss = np.sum((a2 - Y) ** 2) / (2 * len(Y))", "da2 = (a2 - Y) / X.shape[0]"
    ),
    "root of the mean square": with_loss("loss = np.sqrt(np.mean((a2 - Y) ** 2))", "da2 = (a2 - Y) / (Y.size * loss)"),
    "square of the norm": with_loss("loss = np.linalg.norm(a2 - Y) ** 2 / Y.size", "da2 = 2 / Y.size * (a2 - Y)"),
    "product with itself": with_loss("loss = np.vdot(a2 - Y, a2 - Y) / Y.size", "da2 = (a2 - Y) / Y.size * 2"),
    "mean absolute error": with_loss("loss = np.mean(np.abs(a2 - Y))", "da2 = np.sign(a2 - Y) / Y.size"),
    "Huber's loss": with_loss(
        "error = np.abs(a2 - Y)\n    loss = np.mean(np.where(error < 1, error**2 / 2, error - 0.5))",
        "da2 = np.clip(a2 - Y, -1, 1) / Y.size",
    ),
    "logarithm of cosh": with_loss("loss = np.mean(np.log(np.cosh(a2 - Y)))", "da2 = np.tanh(a2 - Y) / Y.size"),
    "fourth power": with_loss("loss = np.mean((a2 - Y) ** 4)", "da2 = 4 * (a2 - Y) ** 3 / Y.size"),
    "outputs that count differently": with_loss(
        "share = np.array([1.0, 2.0, 0.5])\n    loss = np.mean(share * (a2 - Y) ** 2)",
        "da2 = 2 * share * (a2 - Y) / Y.size",
    ),
    "a penalty for large weights": replaced(
        LINEAR,
        (MEAN, "loss = np.mean((a2 - Y) ** 2)\n    loss += 0.01 * np.sum(W1**2) + 0.01 * np.sum(W2**2)\n"),
        ("dW2 = a1.T @ dz2", "dW2 = a1.T @ dz2 + 0.02 * W2"),
        ("dW1 = X.T @ dz1", "dW1 = X.T @ dz1\n    dW1 += 0.02 * W1"),
    ),
    "a penalty added at the end, in a loop": replaced(
        LINEAR,
        (
            "return loss, [dW1, db1, dW2, db2]",
            """gradients = [dW1, db1, dW2, db2]
    for parameter, gradient in zip(parameters, gradients):
        loss += 0.05 * np.sum(np.abs(parameter))
        gradient += 0.05 * np.sign(parameter)
    return loss, gradients""",
        ),
    ),
    "a penalty for large outputs of the hidden layer": replaced(
        LINEAR,
        (MEAN, "loss = np.mean((a2 - Y) ** 2) + 0.1 * np.sum(a1**2) / len(X)\n"),
        ("da1 = dz2 @ W2.T", "da1 = dz2 @ W2.T + 0.2 * a1 / len(X)"),
    ),
    "binary cross-entropy from a": with_probabilities(
        "loss = -np.sum(Y * np.log(a3) + (1 - Y) * np.log(1 - a3)) / len(Y)", "dz3 = (a3 - Y) / len(Y)"
    ),
    "binary cross-entropy and the derivative of a": with_probabilities(
        "loss = -np.sum(Y * np.log(a3) + (1 - Y) * np.log(1 - a3)) / len(Y)",
        "da3 = (a3 - Y) / (a3 * (1 - a3)) / len(Y)",
        "dz3 = da3 * a3 * (1 - a3)",
    ),
    "binary cross-entropy and the derivative of a in two terms": with_probabilities(
        "loss = -np.mean(Y * np.log(a3) + (1 - Y) * np.log(1 - a3))",
        "da3 = -(Y / a3 - (1 - Y) / (1 - a3)) / Y.size",
        "dz3 = da3 * a3 * (1 - a3)",
    ),
    "binary cross-entropy, a mean over everything": with_probabilities(
        "loss = np.mean(softplus(z3) - Y * z3)", "dz3 = (a3 - Y) / Y.size"
    ),
    "binary cross-entropy with logaddexp": with_probabilities(
        "loss = np.sum(np.logaddexp(0, z3) - Y * z3) / len(Y)", "dz3 = (sigmoid(z3) - Y) / len(Y)"
    ),
    "binary cross-entropy kept from the logarithm of 0": with_probabilities(
        "p = np.clip(a3, 1e-12, 1 - 1e-12)",
        "loss = -np.sum(Y * np.log(p) + (1 - Y) * np.log(1 - p)) / len(Y)",
        "dz3 = (a3 - Y) / len(Y)",
    ),
    "mean squared error of probabilities": with_probabilities(
        "loss = np.mean((a3 - Y) ** 2)", "da3 = 2 * (a3 - Y) / Y.size", "dz3 = da3 * a3 * (1 - a3)"
    ),
    "cross-entropy from the shares of the right classes": with_classes(
        "loss = -np.mean(np.log(np.sum(Y * a2, axis=1)))", "dz2 = (a2 - Y) / len(Y)"
    ),
    "cross-entropy with the number of the class": with_classes(
        "classes = Y.argmax(axis=1)",
        "rows = np.arange(len(Y))",
        "loss = -np.log(a2[rows, classes]).mean()",
        "dz2 = a2.copy()",
        "dz2[rows, classes] -= 1",
        "dz2 /= len(Y)",
    ),
    "cross-entropy from z": with_classes(
        "below = z2 - z2.max(axis=1, keepdims=True)",
        "log_a2 = below - np.log(np.exp(below).sum(axis=1, keepdims=True))",
        "loss = -np.sum(Y * log_a2) / len(Y)",
        "dz2 = (np.exp(log_a2) - Y) / len(Y)",
    ),
    "cross-entropy kept from the logarithm of 0": with_classes(
        "loss = -np.mean(np.sum(Y * np.log(np.clip(a2, 1e-15, 1)), axis=1))", "dz2 = (a2 - Y) / len(X)"
    ),
    "cross-entropy as a sum": with_classes("loss = -np.sum(Y * np.log(a2))", "dz2 = a2 - Y"),
    "cross-entropy and softmax's whole matrix": with_classes(
        "loss = -np.sum(Y * np.log(a2)) / len(Y)",
        "da2 = -Y / a2 / len(Y)",
        "J = np.einsum('si,ij->sij', a2, np.eye(a2.shape[1])) - np.einsum('si,sj->sij', a2, a2)",
        "dz2 = np.einsum('si,sij->sj', da2, J)",
    ),
    "cross-entropy and softmax's matrix for each sample": with_classes(
        "loss = -np.sum(Y * np.log(a2)) / len(Y)",
        "da2 = -Y / a2 / len(Y)",
        "dz2 = np.zeros_like(z2)",
        "for row, a in enumerate(a2):",
        "    dz2[row] = (np.diag(a) - np.outer(a, a)) @ da2[row]",
    ),
    "cross-entropy and softmax's matrix multiplied out": with_classes(
        "loss = -np.sum(Y * np.log(a2)) / len(Y)",
        "da2 = -Y / a2 / len(Y)",
        "dz2 = a2 * (da2 - np.sum(da2 * a2, axis=1, keepdims=True))",
    ),
    "mean squared error after softmax": with_classes(
        "loss = np.mean((a2 - Y) ** 2)",
        "da2 = 2 * (a2 - Y) / Y.size",
        "dz2 = a2 * (da2 - np.sum(da2 * a2, axis=1, keepdims=True))",
    ),
}

ACTIVATIONS = {
    "gaussian": with_hidden("gaussian", "-2 * z1 * a1"),
    "leaky relu": with_hidden("leaky_relu", "np.where(z1 > 0, 1, 0.01)"),
    "swish": with_hidden("swish", "(a1 + sigmoid(z1) * (1 - a1))"),
    "softsign": with_hidden("softsign", "(1 - np.abs(a1)) ** 2"),
    "elu": with_hidden("elu", "np.where(z1 > 0, 1, a1 + 1)"),
    "softplus, from a": with_hidden("softplus", "(1 - np.exp(-a1))"),
    "sine": replaced(LINEAR, ("a1 = tanh(z1)", "a1 = np.sin(z1)"), ("da1 * (1 - a1**2)", "da1 * np.cos(z1)")),
    "square": replaced(LINEAR, ("a1 = tanh(z1)", "a1 = z1**2"), ("da1 * (1 - a1**2)", "da1 * 2 * z1")),
    "softmax with a temperature": replaced(
        SOFTMAX,
        ("a2 = softmax(z2)", "a2 = softmax(z2 / 2)"),
        ("dz2 = (a2 - Y) / len(Y)", "dz2 = (a2 - Y) / 2 / len(Y)"),
    ),
    "relu in place": functions("softmax")
    + initialize(4, 6, 3)
    + """

def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    a1 = X @ W1
    a1 += b1
    a1[a1 < 0] = 0
    z2 = a1 @ W2
    z2 += b2
    return a1, softmax(z2)


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    a1, a2 = forward(X, parameters)
    loss = -np.sum(Y * np.log(a2)) / len(Y)
    dz2 = (a2 - Y) / len(Y)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    da1[a1 == 0] = 0
    dz1 = da1
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]
""",
}

TINY = "def initialize(rng):\n    return [rng.normal(0, 0.8, (2, 4)), rng.normal(0, 0.8, (4, 2))]\n"

ARCHITECTURES = {
    "one layer": head([3, 1], "sigmoid")
    + """\
def backward(X, Y, parameters):
    W1, b1 = parameters
    z1, a1 = forward(X, parameters)
    loss = np.mean((a1 - Y) ** 2)
    da1 = 2 * (a1 - Y) / Y.size
    dz1 = da1 * a1 * (1 - a1)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1]
""",
    "four layers": head([2, 4, 3, 3, 2], "tanh", "sigmoid", "relu", "linear")
    + """\
def backward(X, Y, parameters):
    W1, b1, W2, b2, W3, b3, W4, b4 = parameters
    z1, a1, z2, a2, z3, a3, z4, a4 = forward(X, parameters)
    loss = np.mean((a4 - Y) ** 2)
    da4 = 2 * (a4 - Y) / Y.size
    dz4 = da4
    dW4 = a3.T @ dz4
    db4 = dz4.sum(axis=0)
    da3 = dz4 @ W4.T
    dz3 = da3 * (z3 > 0)
    dW3 = a2.T @ dz3
    db3 = dz3.sum(axis=0)
    da2 = dz3 @ W3.T
    dz2 = da2 * a2 * (1 - a2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * (1 - a1**2)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2, dW3, db3, dW4, db4]
""",
    "no biases": functions("tanh")
    + "\n\n"
    + TINY
    + """

def backward(X, Y, parameters):
    W1, W2 = parameters
    a1 = tanh(X @ W1)
    a2 = a1 @ W2
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size
    dW2 = a1.T @ da2
    da1 = da2 @ W2.T
    dz1 = da1 * (1 - a1**2)
    dW1 = X.T @ dz1
    return loss, [dW1, dW2]
""",
    "biases are rows": replaced(
        SIGMOID,
        ("b1 = np.zeros(4)", "b1 = np.zeros((1, 4))"),
        ("b2 = np.zeros(1)", "b2 = np.zeros((1, 1))"),
        ("db1 = dz1.sum(axis=0)", "db1 = dz1.sum(axis=0, keepdims=True)"),
        ("db2 = dz2.sum(axis=0)", "db2 = np.sum(dz2, axis=0, keepdims=True)"),
    ),
    "one output, divided by the number of samples": replaced(
        SIGMOID, ("da2 = 2 * (a2 - Y) / Y.size", "da2 = 2 * (a2 - Y) / len(Y)")
    ),
    "a step over a layer": replaced(
        head([3, 4, 4, 2], "tanh", "tanh", "sigmoid", more=["softplus"]) + BINARY[len(THREE_BINARY) :],
        ("a2 = tanh(z2)", "a2 = a1 + tanh(z2)"),
        ("dz2 = da2 * (1 - a2**2)", "dz2 = da2 * (1 - np.tanh(z2) ** 2)"),
        ("da1 = dz2 @ W2.T", "da1 = dz2 @ W2.T + da2"),
    ),
    "a step over a layer, in two lines": replaced(
        head([3, 4, 4, 2], "tanh", "tanh", "sigmoid", more=["softplus"]) + BINARY[len(THREE_BINARY) :],
        ("a2 = tanh(z2)", "a2 = a1 + tanh(z2)"),
        ("dz2 = da2 * (1 - a2**2)", "dz2 = da2 * (1 - (a2 - a1) ** 2)"),
        ("da1 = dz2 @ W2.T", "da1 = dz2 @ W2.T\n    da1 += da2"),
    ),
    "the inputs are moved first": replaced(
        SIGMOID, ("z1 = X @ W1 + b1", "z1 = (2 * X - 1) @ W1 + b1"), ("dW1 = X.T @ dz1", "dW1 = (2 * X - 1).T @ dz1")
    ),
    "the inputs are moved in backward": replaced(
        SIGMOID,
        ("z1, a1, z2, a2 = forward(X, parameters)", "X = (X - 0.5) * 2\n    z1, a1, z2, a2 = forward(X, parameters)"),
    ),
    "minus the bias": replaced(
        SIGMOID, ("X @ W1 + b1", "X @ W1 - b1"), ("db1 = dz1.sum(axis=0)", "db1 = -dz1.sum(axis=0)")
    ),
}

PROGRAMS = {
    "trains at the top": SIGMOID
    + """

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
parameters = initialize(np.random.default_rng(0))
for epoch in range(20):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients):
        parameter -= 2 * gradient
print("loss", loss)
print(forward(X, parameters)[-1])
""",
    "trains in main": SIGMOID
    + """

def main():
    raise SystemExit("only where it is run")


if __name__ == "__main__":
    main()
""",
    "the first parameters are at the top": "import numpy as np\n\nrng = np.random.default_rng(1)\n"
    + "parameters = [rng.normal(size=(2, 3)), np.zeros(3), rng.normal(size=(3, 1)), np.zeros(1)]\n"
    + SIGMOID[SIGMOID.index("\n\ndef sigmoid") : SIGMOID.index("\n\ndef initialize")]
    + SIGMOID[SIGMOID.index("\n\ndef forward") :],
    "initialize takes the sizes": replaced(
        SIGMOID,
        ("def initialize(rng):", "def initialize(n_inputs, hidden_nodes, n_outputs, rng):"),
        ("(2, 4)", "(n_inputs, hidden_nodes)"),
        ("np.zeros(4)", "np.zeros(hidden_nodes)"),
        ("(4, 1)", "(hidden_nodes, n_outputs)"),
        ("np.zeros(1)", "np.zeros(n_outputs)"),
    ),
    "the activation is imported from this collection": replaced(
        SIGMOID[SIGMOID.index("\n\ndef initialize") :],
        ("\n\ndef initialize", "import numpy as np\n\nfrom activation import sigmoid\n\n\ndef initialize"),
        ("dz2 = da2 * a2 * (1 - a2)", "dz2 = da2 * sigmoid.derivative(z2, a2)"),
    ),
}

GIVEN = {  # what has to be told to the check
    "one output, divided by the number of samples": {"shape": [2, 4, 1]},
    "mean squared error of probabilities": {"targets": "binary"},
    "mean squared error after softmax": {"targets": "classes"},
    "the first parameters are at the top": {"shape": [2, 3, 1]},
    "initialize takes the sizes": {"shape": [3, 5, 2]},
    "four layers": {"shape": [2, 4, 3, 3, 2], "targets": "numbers"},
    "fourth power": {"seed": 1},
}

KINDS = [
    {f"base {name}": text for name, text in BASES.items()},
    IN_ANOTHER_ORDER,
    OTHER_ALGEBRA,
    OTHER_FORMS,
    LOOPS,
    HELPERS,
    LOSSES,
    ACTIVATIONS,
    ARCHITECTURES,
    PROGRAMS,
]
RIGHT = [(name, text, GIVEN.get(name, {})) for kind in KINDS for name, text in kind.items()]
