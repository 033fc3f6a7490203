"""Let a few hidden nodes add up to a curve: the cubic x³ + 15x, or any polynomial up to degree three.

Each hidden node bends once, the output node adds the bends up. Inputs and targets are scaled before the
training, to a mean of 0 and a standard deviation of 1: unscaled, the targets of ±200 would make the steps
so large that soon most hidden nodes are flat everywhere, and a flat node has no gradient.

New compared with linear.py: hidden nodes, which add up to any curve; inputs and targets are scaled; the
steps have momentum, so that they gather speed where the loss falls slowly.

Run:  python cubic.py
Try:  python cubic.py --coefficients 1 0 -15 0
      python cubic.py --hidden-nodes 2
      python cubic.py --momentum 0
"""

import numpy as np

import dataset
from activation import linear, tanh


def initialize(hidden_nodes, rng):
    """First parameters: every hidden node bends at a place of its own, more or less sharply, and has no share yet."""
    W1 = rng.uniform(1, 2, (1, hidden_nodes))
    b1 = -W1[0] * np.linspace(-1, 1, hidden_nodes)  # z1 is 0, where tanh is steepest, at these places
    W2 = np.zeros((hidden_nodes, 1))  # zeros do no harm here: the nodes differ already
    b2 = np.zeros(1)
    return [W1, b1, W2, b2]


def forward(X, parameters):
    """The sums z and the outputs a of both layers; the last, a2, is the answer of the network."""
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (samples, hidden)
    a1 = tanh(z1)
    z2 = a1 @ W2 + b2  # (samples, 1)
    a2 = linear(z2)
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    """The loss (mean squared error) and its derivative with respect to every parameter."""
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size  # (samples, 1)
    dz2 = da2 * linear.derivative(z2, a2)
    dW2 = a1.T @ dz2  # (hidden, 1)
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T  # (samples, hidden)
    dz1 = da1 * tanh.derivative(z1, a1)
    dW1 = X.T @ dz1  # (1, hidden)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]


def train(X, Y, parameters, epochs, learning_rate, momentum=0.95):
    """Gradient descent with momentum: change the parameters in place, and yield the loss of every epoch."""
    steps = [np.zeros_like(parameter) for parameter in parameters]
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient, step in zip(parameters, gradients, steps):
            step *= momentum
            step -= learning_rate * gradient
            parameter += step


def curve(coefficients):
    """A hundred points of the polynomial, x and y, each (samples, 1)."""
    x = np.linspace(-5, 5, 100).reshape(-1, 1)
    return x, dataset.polynomial(coefficients, x)


def scaled(values):
    """The values moved to a mean of 0 and divided by their standard deviation, if they have one."""
    return (values - values.mean()) / (values.std() or 1.0)


def error(X, Y, parameters):
    """The root mean square error, in standard deviations of the target."""
    return np.sqrt(np.mean((forward(X, parameters)[-1] - Y) ** 2))


def start(options, rng):
    """The samples X, Y and the first parameters."""
    x, y = curve(options.coefficients)
    return scaled(x), scaled(y), initialize(options.hidden_nodes, rng)


def solved(X, Y, parameters):
    """Whether the error is at most 1% of the target's standard deviation."""
    return error(X, Y, parameters) <= 0.01


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.parser(__file__, __doc__, epochs=7000, learning_rate=0.1)
    powers, letters = "of x³, x², x and 1", ("A", "B", "C", "D")
    parser.option("--coefficients", [1.0, 0.0, 15.0, 0.0], powers, type=command_line.number, nargs=4, metavar=letters)
    parser.option("--hidden-nodes", 8)
    parser.option("--momentum", 0.95)
    options = parser.parse_args(arguments)
    if options.sweep:
        return training.sweep(options, start, train, solved, stop=False, momentum=options.momentum)
    X, Y, parameters = start(options, np.random.default_rng(options.seed))
    x, y = curve(options.coefficients)
    draw = plot.approximation(forward, X, Y, x, y)
    steps = train(X, Y, parameters, options.epochs, options.learning_rate, options.momentum)
    watch = training.watched(steps, parameters, options, draw)  # Ctrl-C ends the training, not the program
    report.losses(watch.losses)
    share = error(X, Y, parameters)
    print(f"\nroot mean square error: {share * y.std():.3g}, which is {share:.2%} of the target's standard deviation")
    report.goal(solved(X, Y, parameters), "at most 1%", watch.losses, "more --epochs or --hidden-nodes")
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
