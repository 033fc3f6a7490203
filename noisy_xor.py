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

import dataset
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


def loss_on(X, Y, parameters):
    """The loss on any samples, those of a test set too."""
    return cross_entropy(forward(X, parameters)[2], Y)


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


def train(X, Y, parameters, epochs, learning_rate):
    """Gradient descent: change the parameters in place, and yield the loss of every epoch."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def accuracy(X, Y, parameters):
    """The share of samples whose most likely class is the right one."""
    return np.mean(forward(X, parameters)[-1].argmax(axis=1) == Y.argmax(axis=1))


def compare(training_accuracy, test_accuracy, best):
    """Print how good the network is where it was trained, where it was not, and how good it could be at most."""
    print(f"\naccuracy on the training set: {training_accuracy:.2%}")
    print(f"accuracy on the test set:     {test_accuracy:.2%}")
    print(f"the best any classifier can:  {best:.2%} of the same test set")


def test_set(options, rng):
    """Samples drawn like those of the training, and the best accuracy that any classifier can have on them."""
    X, Y = dataset.noisy_xor(options.test_samples, options.noise, rng)
    return X, Y, np.mean(dataset.noisy_xor_best(X) == Y.argmax(axis=1))


def behind(options, parameters, rng):
    """How many percentage points the network stays behind the best possible on a test set."""
    X, Y, best = test_set(options, rng)
    return {"percentage points behind the best possible": 100 * (best - accuracy(X, Y, parameters))}


def start(options, rng):
    """The samples X, Y and the first parameters."""
    X, Y = dataset.noisy_xor(options.samples, options.noise, rng)
    return X, Y, initialize(options.hidden_nodes, rng)


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.parser(__file__, __doc__, epochs=600, learning_rate=1.0)
    parser.option("--hidden-nodes", 7)
    parser.option("--noise", 0.2)
    parser.option("--samples", 2000, "training samples", type=command_line.whole_in_range(1, 10**6))
    parser.option("--test-samples", 5000, "test samples", type=command_line.whole_in_range(1, 10**6))
    options = parser.parse_args(arguments)
    if options.sweep:
        return training.sweep(options, start, train, measure=behind)
    rng = np.random.default_rng(options.seed)
    X, Y, parameters = start(options, rng)
    X_test, Y_test, best = test_set(options, rng)
    draw = plot.classes(forward, (X, Y), (X_test, Y_test))
    steps = train(X, Y, parameters, options.epochs, options.learning_rate)
    watch = training.watched(steps, parameters, options, draw, test=(loss_on, X_test, Y_test))
    report.losses(watch.losses, test=watch.test_losses)
    compare(accuracy(X, Y, parameters), accuracy(X_test, Y_test, parameters), best)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
