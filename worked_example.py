"""One training step of a small network, with every number on paper.

Two inputs, two hidden nodes h1 and h2, two outputs o1 and o2, eight weights: the example that Matt Mazur
worked out by hand in "A Step by Step Backpropagation Example" (2015), here with every line computed by
the formulas of xor.py. z is the sum before the sigmoid ("net" in the article), a the output after it
("out"), d… the derivative of the loss. As in the article the biases are not trained.

New compared with xor.py: nothing but the numbers, one training step from the inputs to the new weights.

Run:  python worked_example.py
Try:  python worked_example.py --published
      python worked_example.py --steps 10000 --train-biases
      python worked_example.py --inputs 1 0 --targets 0 1 --learning-rate 10
"""

import re

import numpy as np

from activation import sigmoid

SHEET = """
hidden nodes: weighted sum of the inputs, then sigmoid
z_h1 = x1 * w1 + x2 * w2 + b_h1
z_h2 = x1 * w3 + x2 * w4 + b_h2
a_h1 = 1 / (1 + e^-z_h1)
a_h2 = 1 / (1 + e^-z_h2)
outputs: the same from the hidden nodes
z_o1 = a_h1 * w5 + a_h2 * w6 + b_o1
z_o2 = a_h1 * w7 + a_h2 * w8 + b_o2
a_o1 = 1 / (1 + e^-z_o1)
a_o2 = 1 / (1 + e^-z_o2)
loss: half the sum of the squares, for two outputs the mean squared error
E = ((a_o1 - y1)² + (a_o2 - y2)²) / 2
back through the outputs: the derivative after the sigmoid, before it, of the weights
da_o1 = a_o1 - y1
da_o2 = a_o2 - y2
dz_o1 = da_o1 * a_o1 * (1 - a_o1)
dz_o2 = da_o2 * a_o2 * (1 - a_o2)
dw5 = dz_o1 * a_h1
dw6 = dz_o1 * a_h2
dw7 = dz_o2 * a_h1
dw8 = dz_o2 * a_h2
back through the hidden nodes: each reaches the loss through both outputs
da_h1 = dz_o1 * w5 + dz_o2 * w7
da_h2 = dz_o1 * w6 + dz_o2 * w8
dz_h1 = da_h1 * a_h1 * (1 - a_h1)
dz_h2 = da_h2 * a_h2 * (1 - a_h2)
dw1 = dz_h1 * x1
dw2 = dz_h1 * x2
dw3 = dz_h2 * x1
dw4 = dz_h2 * x2
"""
STEP = "the step: against the derivative\n" + "\n".join(f"new w{i} = w{i} - rate * dw{i}" for i in range(1, 9))
PUBLISHED = {  # as the article prints them
    "a_h1": 0.593269992, "a_h2": 0.596884378, "a_o1": 0.75136507, "a_o2": 0.772928465, "E": 0.298371109,
    "dz_o1": 0.138498562, "dw5": 0.082167041, "da_h1": 0.036350306, "dw1": 0.000438568,
    "new w1": 0.149780716, "new w2": 0.19956143, "new w3": 0.24975114, "new w4": 0.29950229,
    "new w5": 0.35891648, "new w6": 0.408666186, "new w7": 0.511301270, "new w8": 0.561370121,
    "E after one step": 0.291027924, "a_o1 after 10,000": 0.015912196, "a_o2 after 10,000": 0.984065734,
}  # fmt: skip


def initialize():
    """The article's parameters: W1 holds w1 w3 over w2 w4, a column for each hidden node; W2 w5 w7 over w6 w8."""
    W1 = np.array([[0.15, 0.25],
                   [0.20, 0.30]])  # fmt: skip
    b1 = np.array([0.35, 0.35])
    W2 = np.array([[0.40, 0.50],
                   [0.45, 0.55]])  # fmt: skip
    b2 = np.array([0.60, 0.60])
    return [W1, b1, W2, b2]


def forward(X, parameters):
    """The sums z and the outputs a of both layers."""
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (1, 2)
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2  # (1, 2)
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    """The loss (mean squared error) and its derivative with respect to every parameter."""
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size  # (1, 2)
    dz2 = da2 * sigmoid.derivative(z2, a2)
    dW2 = a1.T @ dz2  # (2, 2)
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T  # (1, 2)
    dz1 = da1 * sigmoid.derivative(z1, a1)
    dW1 = X.T @ dz1  # (2, 2)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]


def train(X, Y, parameters, epochs, learning_rate, biases=False):
    """Gradient descent on the weights, and with biases=True on the biases too; yield the loss of every epoch."""
    every = 1 if biases else 2  # [W1, b1, W2, b2]: every second one is a matrix of weights
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters[::every], gradients[::every]):
            parameter -= learning_rate * gradient


def train_like_the_article(X, Y, parameters, epochs, learning_rate):
    """What the article's last numbers come from: the hidden error goes back through weights already updated."""
    W1, _, W2, _ = parameters
    for _ in range(epochs):
        z1, a1, z2, a2 = forward(X, parameters)
        yield np.mean((a2 - Y) ** 2)
        dz2 = (a2 - Y) * sigmoid.derivative(z2, a2)
        W2 -= learning_rate * a1.T @ dz2
        dz1 = dz2 @ W2.T * sigmoid.derivative(z1, a1)  # the mistake: this W2 is the new one
        W1 -= learning_rate * X.T @ dz1


def quantities(X, Y, parameters, learning_rate):
    """Every number of one step by its name in the SHEET, and the weights after the step as "new w1" to "new w8"."""
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss, (dW1, db1, dW2, db2) = backward(X, Y, parameters)  # with one sample db is dz
    named = {"E": float(loss), "rate": learning_rate}
    for pattern, values in (
        ("x{}", X), ("y{}", Y), ("b_h{}", b1), ("z_h{}", z1), ("a_h{}", a1), ("b_o{}", b2), ("z_o{}", z2),
        ("a_o{}", a2), ("da_o{}", a2 - Y), ("dz_o{}", db2), ("da_h{}", db2 @ W2.T), ("dz_h{}", db1),
        ("w{}", [W1.T, W2.T]), ("dw{}", [dW1.T, dW2.T]),
    ):  # fmt: skip
        named |= {pattern.format(i): float(value) for i, value in enumerate(np.ravel(values), start=1)}
    return named | {f"new w{i}": named[f"w{i}"] - learning_rate * named[f"dw{i}"] for i in range(1, 9)}


def print_sheet(sheet, named):
    """Print every line of a sheet as formula, numbers and result; a line without a formula is a heading."""
    for line in sheet.strip().splitlines():
        name, _, formula = line.partition(" = ")
        if not formula:
            print(f"\n{line}")
            continue
        numbers = re.sub(r"[a-z]+_?[a-z]*\d|rate", lambda match: f"{named[match[0]]:.9g}", formula)
        print(f"  {name} = {formula}\n  {'':{len(name)}} = {numbers}\n  {'':{len(name)}} = {named[name]:.12f}")


def print_published():
    """Print the article's numbers beside ours, and where they differ what they come from."""
    X, Y, rate = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]]), 0.5
    ours, article = quantities(X, Y, initialize(), rate), {}
    for values, descent in ((ours, train), (article, train_like_the_article)):
        for epochs, ends in ((1, ["E after one step"]), (10_000, ["a_o1 after 10,000", "a_o2 after 10,000"])):
            parameters = initialize()
            list(descent(X, Y, parameters, epochs, rate))  # to the end
            results = [backward(X, Y, parameters)[0]] if epochs == 1 else forward(X, parameters)[-1][0]
            values |= zip(ends, results, strict=True)
    print("quantity               article           here")
    for name, printed in PUBLISHED.items():
        other = name in article
        note = f"   with the mistake {article[name]:.12f}" if other else ""
        print(f"{name:18}  {printed:.9f} {ours[name]:.12f}{note}")
    print("""
All but the last three agree to every digit printed. Those three do not follow from the article's own
algorithm: they come out when the error of the hidden layer is computed from output weights that were
already updated. All derivatives belong to the same weights, so compute them all before changing any.""")


def main(arguments=None):
    from backstage import command_line, picture, plot, training

    parser = command_line.parser(__file__, __doc__, seeded=False)
    parser.option("--inputs", [0.05, 0.10], "the inputs", type=command_line.number, nargs=2, metavar="X")
    parser.option("--targets", [0.01, 0.99], "the targets", type=command_line.number, nargs=2, metavar="Y")
    parser.option("--learning-rate", 0.5)
    parser.option("--steps", 1, "how many training steps; the first is shown in full", type=command_line.whole_number)
    parser.option("--train-biases", False, "train the biases as well", action="store_true")
    parser.only_option("--published", False, "the article's printed numbers beside these", action="store_true")
    options = parser.parse_args(arguments)
    if options.published:
        return print_published()
    X, Y, parameters = np.array([options.inputs]), np.array([options.targets]), initialize()
    named = quantities(X, Y, parameters, options.learning_rate)
    print_sheet(SHEET, named)
    print_sheet(STEP, named)
    training.run(train(X, Y, parameters, options.steps, options.learning_rate, options.train_biases))
    loss, outputs = backward(X, Y, parameters)[0], forward(X, parameters)[-1][0]
    print(f"\nafter {options.steps} step{'s' * (options.steps > 1)}: E = {loss:.12g}")
    print(f"outputs {outputs[0]:.9f} {outputs[1]:.9f}, targets {Y[0, 0]:g} {Y[0, 1]:g}")
    picture.show(options, plot.worked_example(named))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
