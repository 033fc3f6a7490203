"""Train a network with one hidden layer until it can do XOR, with gradients written by hand.

XOR is 1 where exactly one of its two inputs is 1 (with more inputs: where the number of ones is odd).
The output node cannot do it from the inputs alone, but it can from what the hidden nodes make of them.
backward() is the chain rule: read it beside forward(), one d… line for each line there, from the last
to the first.

New compared with perceptron.py: a hidden layer, and the chain rule to train it.

Run:  python xor.py
Try:  python xor.py --hidden-nodes 2 --sweep 100
      python xor.py --weights same
      python xor.py --function xnor --inputs 3
"""

import numpy as np

import command_line
import dataset
import experiment
import plot
from activation import sigmoid

SCALES = {"zero": 0.0, "same": 0.0, "tiny": 0.001, "normal": 0.5}  # of the first weights; same: all are 0.5


def initialize(n_inputs, hidden_nodes, rng, scale=0.5):
    """First parameters: weights drawn from a normal distribution of this scale, biases 0."""
    W1 = rng.normal(0, scale, (n_inputs, hidden_nodes))
    b1 = np.zeros(hidden_nodes)
    W2 = rng.normal(0, scale, (hidden_nodes, 1))
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
    parser = command_line.truth_table_parser(__doc__, epochs=2000, learning_rate=5.0, function="xor")
    parser.option("--hidden-nodes", None, "(default: two for each input)", type=command_line.NODES)
    parser.option(
        "--weights",
        "normal",
        "the first weights: all 0, all 0.5, random of size 0.001, random of size 0.5",
        choices=SCALES,
    )
    parser.option(
        "--reliability",
        None,
        "train N seeds for each of many settings, and draw the share solved",
        type=command_line.whole_number,
    )
    options = parser.parse_args(arguments)
    X, Y = dataset.truth_table(options.function, options.inputs)
    hidden_nodes = options.hidden_nodes or 2 * options.inputs

    def start(rng, hidden_nodes=hidden_nodes, scale=SCALES[options.weights]):
        parameters = initialize(options.inputs, hidden_nodes, rng, scale)
        if options.weights == "same":
            for W in parameters[::2]:
                W[:] = 0.5
        return X, Y, parameters

    def solved(X, Y, parameters):
        return experiment.within_a_tenth(Y, forward(X, parameters)[-1])

    if options.reliability:
        rows = experiment.reliability(train, start, solved, options)
        return plot.picture(options, "xor_reliability", lambda figure: plot.reliability(figure, rows))
    if options.sweep:
        return experiment.sweep(train, start, solved, options)

    def draw(figure, parameters, losses, epoch):
        plot.truth_table_run(figure, forward, parameters, losses, epoch, Y)

    _, _, parameters = start(np.random.default_rng(options.seed))
    run = experiment.run(train, X, Y, parameters, options, plot.live(options, "xor", draw))
    outputs = forward(X, parameters)[-1]
    experiment.print_losses(run.losses)
    experiment.print_truth_table(X, Y, outputs)
    print(experiment.verdict(Y, outputs))
    if hidden_nodes > 1 and np.ptp(parameters[0], axis=1).max() == 0:
        print("the hidden nodes are all equal: they started so, stayed so, and do the work of a single one")
    plot.picture(options, "xor", draw, run)
    return run.status


if __name__ == "__main__":
    command_line.run(main)
