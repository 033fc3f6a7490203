"""Let a single node find its own weights: for AND and OR it does, for XOR it cannot.

The node adds up its inputs times their weights, plus a bias, and passes the sum through a sigmoid: a step
with rounded edges, whose slope tells in which direction to change the weights. The loss says how wrong
the outputs are; gradient descent changes every weight a little in the direction in which it falls.

New compared with nudge.py: all weights and the bias are found at once by descending the loss; formulas give
the derivatives, so that nothing has to be tried.

Run:  python perceptron.py
Try:  python perceptron.py --function and --predict 1 1
      python perceptron.py --function xor
"""

import numpy as np

import dataset
from activation import sigmoid


def initialize(n_inputs, rng):
    """First parameters: weights drawn from a normal distribution, and a bias of 0."""
    W1 = rng.normal(0, 0.5, (n_inputs, 1))
    b1 = np.zeros(1)
    return [W1, b1]


def forward(X, parameters):
    """The sum z and the output a of the only node, for every sample."""
    W1, b1 = parameters
    z1 = X @ W1 + b1  # (samples, 1)
    a1 = sigmoid(z1)
    return z1, a1


def backward(X, Y, parameters):
    """The loss (mean squared error) and its derivative with respect to every parameter."""
    z1, a1 = forward(X, parameters)
    loss = np.mean((a1 - Y) ** 2)
    da1 = 2 * (a1 - Y) / Y.size  # (samples, 1)
    dz1 = da1 * sigmoid.derivative(z1, a1)
    dW1 = X.T @ dz1  # (inputs, 1)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1]


def train(X, Y, parameters, epochs, learning_rate):
    """Gradient descent: change the parameters in place, and yield the loss of every epoch."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def why_no_line(z):
    """Why one node cannot do XOR, shown with its sums z (samples, 1) for 00, 01, 10 and 11."""
    from backstage import report

    ends, middle = report.three_digits(z[0] + z[3]), report.three_digits(z[1] + z[2])
    zeros = "0" * (int(np.log2(len(z))) - 2)  # of the other inputs, if there are more than two
    weights = "the last two weights" if zeros else "all the weights"
    return f"""
A node says 1 on one side of a straight line, where its sum z is above 0, and 0 on the other.
For any weights z({zeros}00) + z({zeros}11) = z({zeros}01) + z({zeros}10), since both are 2 * bias + {weights};
here: {ends} = {middle}. XOR needs one of them below 0 and the other above:
no straight line separates it. A hidden layer does: see xor.py."""


def describe(when, X, Y, parameters):
    """Print the weights, the bias, and what the node says about every sample."""
    from backstage import report

    W1, b1 = parameters
    print(f"{when}: weights {report.three_digits(W1[:, 0])}, bias {report.three_digits(b1)}")
    report.truth_table(X, Y, forward(X, parameters)[-1])
    print()


def conclude(function, X, Y, parameters):
    """Print how the training ended, and where it could not end well, why."""
    from backstage import report

    z, outputs = forward(X, parameters)
    no_line = function in ("xor", "xnor") and X.shape[1] > 1
    report.verdict(Y, outputs, advice=not no_line)
    if no_line:
        print(why_no_line(z))


def ask(inputs, parameters):
    """Print what the node says about any inputs, whether they were trained on or not."""
    _, answer = forward(np.array([inputs]), parameters)
    print(f"for {' '.join(f'{x:g}' for x in inputs)} it says {answer[0, 0]:.3f}")


def start(options, rng):
    """The samples X, Y and the first parameters."""
    X, Y = dataset.truth_table(options.function, options.inputs)
    return X, Y, initialize(options.inputs, rng)


def solved(X, Y, parameters):
    """Whether every output is within 0.1 of its target."""
    return np.all(np.abs(forward(X, parameters)[-1] - Y) < 0.1)


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.table_parser(__file__, __doc__, dataset.TRUTH_FUNCTIONS, "or", 1000, learning_rate=5.0)
    parser.option("--predict", None, "then ask about X", ["--sweep"], type=command_line.number, nargs="+", metavar="X")
    options = parser.parse_args(arguments)
    if options.predict and len(options.predict) != options.inputs:
        parser.error(f"--predict got {len(options.predict)} numbers, but the network has {options.inputs} inputs")
    if options.sweep:
        return training.sweep(options, start, train, solved)
    X, Y, parameters = start(options, np.random.default_rng(options.seed))
    draw = plot.truth_table(forward, Y)
    describe("before", X, Y, parameters)
    steps = train(X, Y, parameters, options.epochs, options.learning_rate)
    watch = training.watched(steps, parameters, options, draw)  # Ctrl-C ends the training, not the program
    report.losses(watch.losses)
    describe("\nafter", X, Y, parameters)
    conclude(options.function, X, Y, parameters)
    if options.predict:
        ask(options.predict, parameters)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
