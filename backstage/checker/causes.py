"""Why a derivative is wrong: the mistakes that people make, tried until one gives the numbers that were found.

Each is told in words, with the value that a program has which makes it. Where a line does the work of several, the
mistake may be in any of them: so the wrong values of one step are carried on through the right steps behind it.
"""

import itertools

import numpy as np


class Quantity:
    """An array of the program, such as z1: value, and truth, the derivative of the loss with respect to it, or None."""

    def __init__(self, value, truth, key):
        self.value, self.truth, self.key = value, truth, key


class Layer:
    """A layer: its number, W, what goes into it (left), and z and a, which are Quantities; a may be None.

    activation: the function that makes a from z, if it is one of the functions given. now: what W has become by the
    time of the line that is looked at, or None.
    """

    def __init__(self, number, W, left, z, a, functions):
        self.number, self.W, self.left, self.z, self.a, self.now = number, W, left, z, a, None
        elementwise = a is not None and z.value.shape == a.value.shape
        known = [f for f in functions if elementwise and close(f(z.value), a.value)]
        self.activation = known[0] if known else None
        self.others = [f for f in functions if f is not self.activation and f.__name__ not in ("softmax", "step")]

    @property
    def left_name(self):
        return f"a{self.number - 1}" if self.number > 1 else "X"

    @property
    def da(self):
        """The derivative with respect to a, or None where the loss is computed from z."""
        return self.a.truth if self.a else None

    def slope(self):
        """The derivative of the activation, or None where it is not known or not elementwise."""
        if self.activation and self.activation.__name__ != "softmax":
            return self.activation.derivative(self.z.value, self.a.value)
        if self.activation is None and self.da is not None and self.da.shape == self.z.truth.shape and np.all(self.da):
            return self.z.truth / self.da
        return None


class Data:
    """What the causes are looked for in: the layers, X, Y, and the right derivatives by their names."""

    def __init__(self, layers, X, Y, truths):
        self.layers, self.X, self.Y, self.truths = layers, X, Y, truths
        self.samples, self.outputs = Y.shape


def differs(value, other):
    """Where two arrays of one shape differ by more than rounding: an array of truth values."""
    return ~(np.abs(value - other) <= 1e-6 * np.abs(other).max(initial=1e-9))


def close(value, other):
    """Whether two arrays have the same shape and numbers, up to rounding."""
    value, other = np.asarray(value), np.asarray(other)
    return value.shape == other.shape and bool(np.isfinite(value).all()) and not differs(value, other).any()


def ratio(value, other):
    """The constant c with value = c * other, or None."""
    value, other = np.asarray(value), np.asarray(other)
    if value.shape != other.shape or not np.any(other) or not np.isfinite(value).all() or not np.isfinite(other).all():
        return None
    c = float(np.sum(value * other) / np.sum(other * other))
    return c if c and close(value, c * other) else None


SAMPLES = "the number of samples"


def constants(data):
    """The constant factors that people get wrong: the number, what is above and below in words, simple ones first."""
    others = {SAMPLES: data.samples}
    if data.outputs > 2:
        others["the number of outputs"] = data.outputs
    found = []
    for twos, *powers in itertools.product((0, 1, -1, 2, -2), repeat=1 + len(others)):
        number = 2.0**twos * np.prod([float(n) ** power for n, power in zip(others.values(), powers, strict=True)])
        above = [name for name, power in zip(others, powers, strict=True) for _ in range(power)]
        below = [name for name, power in zip(others, powers, strict=True) for _ in range(-power)]
        words = f"the factor {2 ** abs(twos)}"
        if data.outputs == 2 and abs(twos) == 1:
            words += " (or the number of outputs, which is 2 as well)"
        above, below = [words] * (twos > 0) + above, [words] * (twos < 0) + below
        found.append((number, above, below))
    return sorted(found, key=lambda each: len(each[1]) + len(each[2]))


def factor(c, data):
    """A constant factor in words; nothing for 1, and None where it is no factor that people get wrong."""
    if abs(abs(c) - 1) < 1e-6:
        return "wrong sign" if c < 0 else ""
    sign = "wrong sign, and " if c < 0 else ""
    for number, above, below in constants(data):
        if abs(abs(c) / number - 1) < 1e-6:
            words = [f"too large by {' times '.join(above)}"] if above else []
            words += [f"too small by {' times '.join(below)}"] if below else []
            kind = ": sum instead of mean" if SAMPLES in above and not below else ""
            kind = ": mean instead of sum" if SAMPLES in below and not above else kind
            return f"{sign}{' and '.join(words)}{kind}"
    return None


@np.errstate(all="ignore")
def find(kind, layer, value, truth, data):
    """The causes, in words, that explain a wrong value, the likeliest first.

    kind: the derivative with respect to what it is, "z", "a", "W", "b" or something else; layer: its Layer, or None.
    """
    found = [] if np.any(value) or not np.any(truth) else ["it is 0 everywhere"]
    if value.ndim == 2 and close(value.T, truth):
        found.append("transposed")
    c = ratio(value, truth)
    if c is not None:
        words = factor(c, data)
        found += [words if words is not None or value.size == 1 else f"{c:.6g} times what it should be"]
    c = ratio(truth - value, layer.W) if kind == "W" and value.shape == truth.shape else None
    if c is not None:
        W = f"W{layer.number}"
        found.append(f"the loss has a penalty on {W} (regularization), whose derivative, {c:.4g} * {W}, is missing")
    mistakes = {"z": wrong_dz, "a": wrong_da, "W": wrong_dW, "b": wrong_db}
    tried = list(mistakes[kind](layer, data)) if kind else []
    found += [words for words, other in tried if close(value, other)]
    found += [f"this is {name}" for name, right in data.truths.items() if right is not truth and close(value, right)]
    for words, other in tried:
        c = ratio(value, other)
        if c is not None and factor(c, data):
            found.append(f"{words}; and {factor(c, data)}")
    if value.shape != truth.shape:
        found.append(f"it has the shape {value.shape}, and needs {truth.shape}, with {data.samples} samples")
    return [words for words in found if words]


# Each of these gives pairs: a mistake in words, and the value of the derivative that it leads to.


def product(left, right):
    """left @ right as the only item of a list, which is empty where they do not fit."""
    return [left @ right] if left.ndim == right.ndim == 2 and left.shape[1] == right.shape[0] else []


def wrong_db(layer, data):
    k, dz = layer.number, layer.z.truth
    yield f"not summed over the samples: it is dz{k}.sum(axis=0)", dz
    yield "summed to one number: sum over the samples only, with axis=0", dz.sum()
    yield "summed over the wrong axis: the samples are axis 0", dz.sum(axis=1)
    yield "over the wrong axis, and mean instead of sum", dz.mean(axis=1)
    yield "one number, and mean instead of sum", dz.mean()
    if layer.da is not None:
        yield f"da{k} instead of dz{k}", layer.da.sum(axis=0)
    for words, tried in wrong_dz(layer, data):
        yield words, tried.sum(axis=0)


def wrong_dW(layer, data):
    k, dz, left = layer.number, layer.z.truth, layer.left
    others = [("X", data.X)]
    for other in data.layers:
        others += [(f"z{other.number}", other.z.value)]
        others += [(f"a{other.number}", other.a.value)] if other.a else []
    for name, other in others:
        right = layer.left_name if name != layer.left_name else "what goes into the layer"
        if len(other) == len(dz) and not close(other, left):
            yield f"{name} instead of {right}", other.T @ dz
    if layer.da is not None:
        yield f"da{k} instead of dz{k}", left.T @ layer.da
    for other in data.layers:
        if other is not layer:
            yield f"dz{other.number} instead of dz{k}", left.T @ other.z.truth
    for one, two in ((left, dz), (left, dz.T), (left.T, dz.T), (dz, left), (dz, left.T)):
        for tried in product(one, two):
            yield f"transposed: it is {layer.left_name}.T @ dz{k}", tried
    for words, tried in wrong_dz(layer, data):
        yield words, left.T @ tried


def wrong_da(layer, data):
    k = layer.number + 1
    if layer is data.layers[-1]:
        yield "the loss itself, not its derivative", (layer.a.value - data.Y) ** 2
        if not close(layer.z.value, layer.a.value):
            yield f"z{layer.number} instead of a{layer.number}", 2 * (layer.z.value - data.Y) / data.Y.size
        yield from other_losses(layer, data, [1])
        return
    above = data.layers[layer.number]
    dz, W = above.z.truth, above.W
    if above.now is not None:
        words = f"W{k} was already updated: first all derivatives, and the step where backward is called"
        yield words, dz @ above.now.T
    if above.da is not None:
        yield f"da{k} instead of dz{k}", above.da @ W.T
    for one, two in ((dz, W), (dz.T, W.T), (dz.T, W), (W, dz), (W, dz.T)):
        for tried in product(one, two):
            yield f"transposed: it is dz{k} @ W{k}.T", tried
    for other in data.layers:
        for tried in [*product(dz, other.W), *product(dz, other.W.T)] if other is not above else []:
            yield f"W{other.number} instead of W{k}", tried
    if dz.shape[1] in (1, layer.z.value.shape[1]):
        yield f"dz{k} instead of da{k - 1}, which goes back through W{k}", dz + np.zeros_like(layer.z.value)
    yield f"dW{k} instead of W{k}", dz @ (above.left.T @ dz).T
    for words, tried in wrong_dz(above, data):
        yield words, tried @ W.T


def wrong_dz(layer, data):
    k, last, dz = layer.number, layer is data.layers[-1], layer.z.truth
    da = layer.da if last or layer.da is not None else data.layers[k].z.truth @ data.layers[k].W.T
    slope = layer.slope()
    if last and layer.a:
        yield from wrong_end(layer, data, slope)
    if slope is not None and da is not None:
        for words, tried in wrong_slopes(layer, data, slope):
            if np.shape(tried) in ((), (len(da), 1), da.shape):
                yield words, da * tried
        for words, tried in wrong_da(layer, data):
            if tried.shape == da.shape:
                yield words, tried * slope
        yield f"da{k} is left out", slope
        a = layer.a.value if layer.a else slope
        for tried in (da - a**2, da * a - a, da * a - (1 - a)):
            yield "brackets are missing: what is subtracted has to be times the rest", tried
        yield f"the sign of da{k} instead of that of z{k}", da * (da > 0)
    if last and layer.a:
        yield from other_losses(layer, data, [slope] if slope is not None else [])
        linear = close(layer.z.value, layer.a.value)
        other = "half the squared error, mean over the samples" if linear else "cross-entropy after sigmoid or softmax"
        yield ANOTHER_LOSS.format(other), (layer.a.value - data.Y) / data.samples
    for other in data.layers:
        if other is not layer and other.z.truth.shape == dz.shape:
            yield f"dz{other.number} instead of dz{k}", other.z.truth


def wrong_end(layer, data, slope):
    """What goes wrong where softmax or sigmoid meet a cross-entropy, and dz is as simple as a - Y."""
    k, z, a, Y = layer.number, layer.z.value, layer.a.value, data.Y
    if ratio(layer.z.truth, a - Y) is not None and not close(z, a):
        words = "the derivative of the activation is applied, but it cancels against the logarithm"
        yield words, layer.z.truth * (a * (1 - a) if slope is None else slope)
        yield f"z{k} instead of a{k}", (z - Y) / data.samples
    elif data.outputs > 1 and np.all(a > 0) and not np.allclose(a.sum(axis=1), 1) and layer.activation is None:
        words = f"right after a softmax, but that is none: each row of a{k} has to add up to 1"
        yield words, (a - Y) / data.samples


def wrong_slopes(layer, data, slope):
    """Pairs of a mistake in words and what then stands in the place of the activation's derivative."""
    k, z, a, f = layer.number, layer.z.value, layer.a.value, layer.activation
    name = f"the derivative of the activation{f' {f.__name__}' if f else ''}"
    yield f"{name} is left out", 1.0
    yield f"{name} is taken twice", slope * slope
    yield f"a{k} in the place of {name}", a
    yield f"1 - a{k} in the place of {name}", 1 - a
    yield f"(1 - a{k})² in the place of {name}", (1 - a) ** 2
    if f:
        yield f"{name} is taken at z{k} instead of a{k}", f.derivative(z, z)
        yield f"{name} is taken at the already activated value", f.derivative(a, f(a))
    for g in layer.others:
        for tried in (g.derivative(z, a), g.derivative(z, g(z)), g.derivative(a, g(a)), g.derivative(z, z)):
            yield f"the derivative of {g.__name__}, but the activation is {f.__name__ if f else 'another'}", tried
    for other in data.layers if f else ():
        if other is not layer and other.a:
            words = f"z{other.number} instead of z{k}, or a{other.number} instead of a{k}"
            yield words, f.derivative(other.z.value, other.a.value)
    if f:
        yield f"X instead of a{k}", f.derivative(data.X, data.X)


ANOTHER_LOSS = "this is the derivative of another loss, {}; the one returned is not that"


def other_losses(layer, data, slopes):
    """The derivatives of losses that people use with respect to the last a, each times every one of the slopes."""
    a, Y = layer.a.value, data.Y
    losses = {
        "the mean squared error": 2 * (a - Y) / Y.size,
        "the mean absolute error": np.sign(a - Y) / Y.size,
        "binary cross-entropy": (a - Y) / (a * (1 - a)) / data.samples,
        "cross-entropy": -Y / a / data.samples,
    }
    for name, da in losses.items():
        for slope in slopes:
            yield ANOTHER_LOSS.format(name), da * slope
