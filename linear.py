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

import command_line
import dataset
import experiment
import plot
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


@np.errstate(over="ignore", invalid="ignore")  # watch tells in words when a loss is no longer finite
def train(X, Y, parameters, epochs, learning_rate, watch=experiment.watch_loss):
    """Gradient descent: change the parameters in place, and return the loss of every epoch."""
    experiment.check_training(X, Y, parameters, epochs, learning_rate)
    losses = []
    for epoch in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        losses.append(loss)
        if watch(epoch, loss):
            break
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= learning_rate * gradient
    return losses


def main(arguments=None):
    parser = command_line.parser(__doc__, epochs=100, learning_rate=0.5)
    parser.option("--slope", 2.0, "a of y = a x + b", type=command_line.number, metavar="A")
    parser.option("--intercept", -1.0, "b of y = a x + b", type=command_line.number, metavar="B")
    options = parser.parse_args(arguments)
    X = np.linspace(-1, 1, 20).reshape(-1, 1)  # (samples, 1)
    Y = dataset.polynomial([options.slope, options.intercept], X)

    def start(rng):
        return X, Y, initialize(rng)

    def solved(X, Y, parameters):
        W1, b1 = parameters
        return abs(W1[0, 0] - options.slope) < 1e-6 and abs(b1[0] - options.intercept) < 1e-6

    if options.sweep:
        return experiment.sweep(train, start, solved, options)

    def draw(figure, parameters, losses, epoch):
        plot.approximation(figure, forward, parameters, losses, epoch, X, Y)

    _, _, parameters = start(np.random.default_rng(options.seed))
    run = experiment.run(train, X, Y, parameters, options, plot.live(options, "linear", draw))
    W1, b1 = parameters
    experiment.print_losses(run.losses)
    print(f"\nslope     {W1[0, 0]:12.7f}   sought {options.slope:g}")
    print(f"intercept {b1[0]:12.7f}   sought {options.intercept:g}")
    print(
        "solved: both within 0.000001"
        if solved(X, Y, parameters)
        else experiment.not_there_yet(run.losses, "more --epochs")
    )
    plot.picture(options, "linear", draw, run)
    return run.status


if __name__ == "__main__":
    command_line.run(main)
