"""Let a few hidden nodes add up to a curve: the cubic x³ + 15x, or any polynomial up to degree three.

Each hidden node bends once, the output node adds the bends up. Inputs and targets are scaled before the
training, to a mean of 0 and a standard deviation of 1: unscaled, the targets of ±200 would push the
weights so far in one step that the hidden nodes are flat everywhere, and a flat node has no gradient.

New compared with linear.py: hidden nodes, which add up to any curve; inputs and targets are scaled; the
steps have momentum, so that they gather speed where the loss falls slowly.

Run:  python cubic.py
Try:  python cubic.py --coefficients 1 0 -15 0
      python cubic.py --hidden-nodes 2
      python cubic.py --momentum 0
"""

import numpy as np

import command_line
import dataset
import experiment
import plot
from activation import linear, tanh


def initialize(hidden_nodes, rng):
    """First parameters, all random: with biases of 0 every hidden node would bend at the same place."""
    W1 = rng.normal(0, 2, (1, hidden_nodes))
    b1 = rng.normal(0, 1, hidden_nodes)
    W2 = rng.normal(0, 1 / np.sqrt(hidden_nodes), (hidden_nodes, 1))
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


@np.errstate(over="ignore", invalid="ignore")  # watch tells in words when a loss is no longer finite
def train(X, Y, parameters, epochs, learning_rate, momentum=0.97, watch=experiment.watch_loss):
    """Gradient descent with momentum: change the parameters in place, and return the loss of every epoch."""
    experiment.check_training(X, Y, parameters, epochs, learning_rate, momentum)
    velocities = [np.zeros_like(parameter) for parameter in parameters]
    losses = []
    for epoch in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        losses.append(loss)
        if watch(epoch, loss):
            break
        for parameter, gradient, velocity in zip(parameters, gradients, velocities, strict=True):
            velocity *= momentum
            velocity -= learning_rate * gradient
            parameter += velocity
    return losses


def main(arguments=None):
    parser = command_line.parser(__doc__, epochs=7000, learning_rate=0.1)
    parser.option(
        "--coefficients",
        [1.0, 0.0, 15.0, 0.0],
        "of x³, x², x and 1",
        type=command_line.number,
        nargs=4,
        metavar=tuple("ABCD"),
    )
    parser.option("--hidden-nodes", 8, "the number of hidden nodes", type=command_line.NODES)
    parser.option(
        "--momentum", 0.97, "the share of the last step that goes on", type=command_line.momentum, metavar="M"
    )
    options = parser.parse_args(arguments)
    x = np.linspace(-5, 5, 100).reshape(-1, 1)  # (samples, 1)
    y = dataset.polynomial(options.coefficients, x)
    spread = y.std() or 1.0  # a constant has no spread to divide by
    X, Y = (x - x.mean()) / x.std(), (y - y.mean()) / spread

    def start(rng):
        return X, Y, initialize(options.hidden_nodes, rng)

    def train_as_told(X, Y, parameters, epochs, learning_rate, watch):
        return train(X, Y, parameters, epochs, learning_rate, options.momentum, watch)

    def error(X, Y, parameters):
        return np.sqrt(np.mean((forward(X, parameters)[-1] - Y) ** 2))  # in standard deviations of the target

    def solved(X, Y, parameters):
        return error(X, Y, parameters) <= 0.01

    if options.sweep:
        return experiment.sweep(train_as_told, start, solved, options, stop=False)

    def draw(figure, parameters, losses, epoch):
        plot.approximation(figure, forward, parameters, losses, epoch, X, Y, (x, y.mean(), spread))

    _, _, parameters = start(np.random.default_rng(options.seed))
    run = experiment.run(train_as_told, X, Y, parameters, options, plot.live(options, "cubic", draw))
    experiment.print_losses(run.losses)
    share = error(X, Y, parameters)
    print(f"\nroot mean square error: {share * spread:.3g}, which is {share:.2%} of the target's standard deviation")
    advice = "more --epochs or --hidden-nodes"
    print("solved: at most 1%" if share <= 0.01 else experiment.not_there_yet(run.losses, advice))
    plot.picture(options, "cubic", draw, run)
    return run.status


if __name__ == "__main__":
    command_line.run(main)
