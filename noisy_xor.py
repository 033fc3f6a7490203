"""Tell two classes of scattered points apart, and ask about points that were not in the training.

The points lie around the corners of the XOR table, and their clouds overlap: no classifier can get all of
them right. Each class has an output of its own, and softmax turns the two sums into probabilities that add
up to 1. Cross-entropy is the loss that fits: minus the logarithm of what the right class was given.

New compared with cubic.py: classes, with softmax and cross-entropy; a test set, drawn like the training
set but never trained on.

Run:  python noisy_xor.py
Try:  python noisy_xor.py --noise 0.1
      python noisy_xor.py --samples 30 --hidden-nodes 50 --test-samples 1000
"""

import numpy as np

import command_line
import dataset
import experiment
import plot
from activation import softmax, tanh


def initialize(hidden_nodes, rng):
    """First parameters: weights drawn from a normal distribution of scale 1/√inputs, biases 0."""
    W1 = rng.normal(0, 1 / np.sqrt(2), (2, hidden_nodes))
    b1 = np.zeros(hidden_nodes)
    W2 = rng.normal(0, 1 / np.sqrt(hidden_nodes), (hidden_nodes, 2))
    b2 = np.zeros(2)
    return [W1, b1, W2, b2]


def forward(X, parameters):
    """The sums z and the outputs a of both layers; the last, a2, holds the probability of each class."""
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (samples, hidden)
    a1 = tanh(z1)
    z2 = a1 @ W2 + b2  # (samples, 2)
    a2 = softmax(z2)
    return z1, a1, z2, a2


def cross_entropy(z2, Y):
    """-sum(Y log softmax(z2)), mean over the samples, from z2: the logarithm of a2 could be that of a rounded 0."""
    below = z2 - z2.max(axis=1, keepdims=True)
    return np.sum(Y * (np.log(np.exp(below).sum(axis=1, keepdims=True)) - below)) / len(Y)


def backward(X, Y, parameters):
    """The loss (cross-entropy) and its derivative with respect to every parameter."""
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = cross_entropy(z2, Y)
    dz2 = (a2 - Y) / len(Y)  # (samples, 2): the derivatives of softmax and logarithm, multiplied out
    dW2 = a1.T @ dz2  # (hidden, 2)
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T  # (samples, hidden)
    dz1 = da1 * tanh.derivative(z1, a1)
    dW1 = X.T @ dz1  # (2, hidden)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]


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


def accuracy(X, Y, parameters):
    """The share of samples whose most likely class is the right one."""
    return np.mean(forward(X, parameters)[-1].argmax(axis=1) == Y.argmax(axis=1))


def main(arguments=None):
    parser = command_line.parser(__doc__, epochs=600, learning_rate=1.0)
    parser.option("--hidden-nodes", 7, "the number of hidden nodes", type=command_line.NODES)
    parser.option("--noise", 0.2, "how far the points scatter", type=command_line.in_range(0, 10), metavar="D")
    parser.option("--samples", 2000, "training samples", type=command_line.whole_in_range(1, 10**6))
    parser.option("--test-samples", 5000, "test samples", type=command_line.whole_in_range(1, 10**6))
    options = parser.parse_args(arguments)

    def start(rng):
        X, Y = dataset.noisy_xor(options.samples, options.noise, rng)
        return X, Y, initialize(options.hidden_nodes, rng)

    def test_set(rng):
        X, Y = dataset.noisy_xor(options.test_samples, options.noise, rng)
        return X, Y, np.mean(dataset.noisy_xor_best(X) == Y.argmax(axis=1))

    def behind(parameters, rng):
        X_test, Y_test, best = test_set(rng)
        return 100 * (best - accuracy(X_test, Y_test, parameters))

    if options.sweep:
        return experiment.sweep(
            train, start, None, options, measure=behind, what="percentage points behind the best possible"
        )

    rng = np.random.default_rng(options.seed)
    X, Y, parameters = start(rng)
    X_test, Y_test, best = test_set(rng)
    test_losses = []

    def show(parameters, losses):
        test_losses.append(cross_entropy(forward(X_test, parameters)[2], Y_test))
        if live:
            live(parameters, losses)

    def draw(figure, parameters, losses, epoch):
        plot.classes_run(figure, lambda X: forward(X, parameters), losses, epoch, (X, Y), (X_test, Y_test), test_losses)

    live = plot.live(options, "noisy_xor", draw)
    run = experiment.run(train, X, Y, parameters, options, show)
    experiment.print_losses(run.losses, test=test_losses)
    print(f"\naccuracy on the training set: {accuracy(X, Y, parameters):.2%}")
    print(f"accuracy on the test set:     {accuracy(X_test, Y_test, parameters):.2%}")
    print(f"the best any classifier can:  {best:.2%} of the same test set")
    plot.picture(options, "noisy_xor", draw, run)
    return run.status


if __name__ == "__main__":
    command_line.run(main)
