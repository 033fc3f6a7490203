"""Let a single linear node find a straight line, y = slope * x + intercept.

So far the targets were 0 and 1; now they are any numbers, and the network approximates a function. For
a straight line one node with a linear activation is enough: its weight becomes the slope, its bias the
intercept. The loss is a bowl with one lowest point, so every start ends at the same place.

New compared with network1.py: the network approximates a function; here its weights can be read.

Run:  python linear.py
Try:  python linear.py --slope -3 --intercept 100
      python linear.py --learning-rate 1.1
"""

import numpy as np

import dataset
from activation import linear


def initialize(rng):
    """First parameters: one weight drawn from a normal distribution, and a bias of 0."""
    W1 = rng.normal(0, 1, (1, 1))
    b1 = np.zeros(1)
    return [W1, b1]


def forward(X, parameters):
    """The sum z and the output a of the only layer."""
    W1, b1 = parameters
    z1 = X @ W1 + b1  # (samples, 1)
    a1 = linear(z1)
    return z1, a1


def backward(X, Y, parameters):
    """The loss (mean squared error) and its derivative with respect to every parameter."""
    z1, a1 = forward(X, parameters)
    loss = np.mean((a1 - Y) ** 2)
    da1 = 2 * (a1 - Y) / Y.size  # (samples, 1)
    dz1 = da1 * linear.derivative(z1, a1)
    dW1 = X.T @ dz1  # (1, 1)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1]


def train(X, Y, parameters, epochs, learning_rate):
    """Gradient descent: change the parameters in place, and yield the loss of every epoch."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def line(x, options):
    """The line that is sought: y for every x."""
    return dataset.polynomial([options.slope, options.intercept], x)


def compare(parameters, options):
    """Print what the network found: its weight is the slope of the line, its bias the intercept."""
    W1, b1 = parameters
    print(f"\nslope     {W1[0, 0]:12.7f}   sought {options.slope:g}")
    print(f"intercept {b1[0]:12.7f}   sought {options.intercept:g}")


def start(options, rng):
    """The samples X, Y and the first parameters."""
    X = np.linspace(-1, 1, 20).reshape(-1, 1)  # (samples, 1)
    return X, line(X, options), initialize(rng)


def solved(X, Y, parameters):
    """Whether slope and intercept are within a millionth of the largest target: at x = ±1 their errors add up."""
    return np.all(np.abs(forward(X, parameters)[-1] - Y) < 1e-6 * max(1, np.abs(Y).max()))


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.parser(__file__, __doc__, epochs=50, learning_rate=0.5)
    parser.option("--slope", 2.0, "a of y = a x + b", type=command_line.number, metavar="A")
    parser.option("--intercept", -1.0, "b of y = a x + b", type=command_line.number, metavar="B")
    options = parser.parse_args(arguments)
    if options.sweep:
        return training.sweep(options, start, train, solved)
    X, Y, parameters = start(options, np.random.default_rng(options.seed))
    draw = plot.approximation(forward, X, Y)
    steps = train(X, Y, parameters, options.epochs, options.learning_rate)
    watch = training.watched(steps, parameters, options, draw)  # Ctrl-C ends the training, not the program
    report.losses(watch.losses)
    compare(parameters, options)
    report.goal(solved(X, Y, parameters), "both within a millionth of the largest target (or of 1)", watch.losses)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
