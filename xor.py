"""Train a network with one hidden layer until it can do XOR, with gradients written by hand.

XOR is 1 where exactly one of its two inputs is 1 (with more inputs: where the number of ones is odd).
The output node cannot do it from the inputs alone, but it can from what the hidden nodes make of them.
backward() is the chain rule: read it beside forward(), from its last line up. Every d… is the derivative of
the loss with respect to the name behind the d.

New compared with perceptron.py: a hidden layer, and the chain rule to train it.

Run:  python xor.py
Try:  python xor.py --hidden-nodes 2 --sweep 100
      python xor.py --weights same
      python xor.py --function xnor --inputs 3
"""

import numpy as np

import dataset
from activation import sigmoid

FIRST_WEIGHTS = {"zero": (0, 0), "same": (0.5, 0), "tiny": (0, 0.001), "normal": (0, 0.5)}  # mean, scale


def initialize(n_inputs, hidden_nodes, rng, weights="normal"):
    """First parameters: weights drawn from a normal distribution, one of FIRST_WEIGHTS; biases 0."""
    mean, scale = FIRST_WEIGHTS[weights]
    W1 = rng.normal(mean, scale, (n_inputs, hidden_nodes))
    b1 = np.zeros(hidden_nodes)
    W2 = rng.normal(mean, scale, (hidden_nodes, 1))
    b2 = np.zeros(1)
    return [W1, b1, W2, b2]


def forward(X, parameters):
    """The sums z and the outputs a of both layers; the last, a2, is the answer of the network."""
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (samples, hidden)
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2  # (samples, 1)
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    """The loss (mean squared error) and its derivative with respect to every parameter."""
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size  # (samples, 1)
    dz2 = da2 * sigmoid.derivative(z2, a2)
    dW2 = a1.T @ dz2  # (hidden, 1)
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T  # (samples, hidden)
    dz1 = da1 * sigmoid.derivative(z1, a1)
    dW1 = X.T @ dz1  # (inputs, hidden)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]


def train(X, Y, parameters, epochs, learning_rate):
    """Gradient descent: change the parameters in place, and yield the loss of every epoch."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def notice_equal_nodes(W1):
    """Say so where all hidden nodes look at the inputs with the same weights."""
    if W1.shape[1] > 1 and np.allclose(W1, W1[:, :1]):
        print("the hidden nodes are all equal: they started so, stayed so, and do the work of a single one")


def start(options, rng):
    """The samples X, Y and the first parameters."""
    X, Y = dataset.truth_table(options.function, options.inputs)
    return X, Y, initialize(options.inputs, options.hidden_nodes or 2 * options.inputs, rng, options.weights)


def solved(X, Y, parameters):
    """Whether every output is within 0.1 of its target."""
    return np.all(np.abs(forward(X, parameters)[-1] - Y) < 0.1)


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.table_parser(__file__, __doc__, dataset.TRUTH_FUNCTIONS, "xor", 2000, learning_rate=4.5)
    parser.option("--hidden-nodes", None, "(default: two for each input)")
    weights = "the first weights: all 0, all 0.5, random of size 0.001, random of size 0.5"
    parser.option("--weights", "normal", weights, choices=FIRST_WEIGHTS)
    options = parser.parse_args(arguments)
    if options.sweep:
        return training.sweep(options, start, train, solved)
    X, Y, parameters = start(options, np.random.default_rng(options.seed))
    draw = plot.truth_table(forward, Y)
    steps = train(X, Y, parameters, options.epochs, options.learning_rate)
    watch = training.watched(steps, parameters, options, draw)  # Ctrl-C ends the training, not the program
    outputs = forward(X, parameters)[-1]
    report.losses(watch.losses)
    report.truth_table(X, Y, outputs)
    report.verdict(Y, outputs)
    notice_equal_nodes(parameters[0])
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
