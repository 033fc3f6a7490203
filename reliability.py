"""Count how many of a hundred starts learn XOR: with more or fewer hidden nodes, from small or large first weights.

The first weights are drawn at random, and from some of them the training does not get there: it stays on a
plateau, or it gets stuck with an answer on the wrong side. How often that happens is a matter of the number
of hidden nodes and of the size of the first weights, and can be counted.

New compared with gradient_check.py: the program is right, and what is left is luck, which is measured.

Run:  python reliability.py
Try:  python reliability.py --seeds 1000
      python reliability.py --epochs 20000
"""

import numpy as np

import dataset
from activation import sigmoid

# Hidden nodes, and the scale of the first weights.
SETTINGS = [(nodes, 0.5) for nodes in range(1, 9)]
SETTINGS += [(nodes, scale) for nodes in (2, 4) for scale in (0.01, 0.1, 1, 2, 5)]


def initialize(hidden_nodes, scale, rng):
    """First parameters of one network, drawn as in xor.py."""
    W1 = rng.normal(0, scale, (2, hidden_nodes))
    b1 = np.zeros((1, hidden_nodes))
    W2 = rng.normal(0, scale, (hidden_nodes, 1))
    b2 = np.zeros((1, 1))
    return [W1, b1, W2, b2]


def stack(networks):
    """The parameters of many networks in the form of one: all W1 in one array (networks, rows, columns), and so on."""
    return [np.stack(arrays) for arrays in zip(*networks, strict=True)]


def transpose(matrices):
    """Rows and columns exchanged, in each of a stack of matrices."""
    return np.swapaxes(matrices, -1, -2)


def forward(X, parameters):
    """The sums z and the outputs a of both layers of all networks, each (networks, samples, nodes)."""
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (networks, samples, hidden)
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2  # (networks, samples, 1)
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    """The loss (mean squared error) of every network, and its derivative with respect to every parameter."""
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2, axis=(-2, -1))
    da2 = 2 * (a2 - Y) / Y.size  # (networks, samples, 1)
    dz2 = da2 * sigmoid.derivative(z2, a2)
    dW2 = transpose(a1) @ dz2  # (networks, hidden, 1)
    db2 = dz2.sum(axis=-2, keepdims=True)
    da1 = dz2 @ transpose(W2)  # (networks, samples, hidden)
    dz1 = da1 * sigmoid.derivative(z1, a1)
    dW1 = X.T @ dz1  # (networks, 2, hidden)
    db1 = dz1.sum(axis=-2, keepdims=True)
    return loss, [dW1, db1, dW2, db2]


def train(X, Y, parameters, epochs, learning_rate):
    """Gradient descent for all networks at once: change the parameters in place, and yield their losses."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def solved(X, Y, parameters):
    """For each network, whether every output is within 0.1 of its target: (networks,)."""
    return np.all(np.abs(forward(X, parameters)[-1] - Y) < 0.1, axis=(-2, -1))


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.parser(__file__, __doc__)
    parser.option("--seeds", 100, "train this many networks with each setting", type=command_line.MANY)
    parser.option("--epochs", 2000)
    parser.option("--learning-rate", 4.5)
    options = parser.parse_args(arguments)
    X, Y = dataset.truth_table("xor")
    seeds = range(options.seed, options.seed + options.seeds)
    print(f"hidden nodes  first weights  solved, of {options.seeds}")
    rows = []
    for hidden_nodes, scale in SETTINGS:
        report.progress(f"{hidden_nodes} hidden nodes, first weights of scale {scale}")
        parameters = stack([initialize(hidden_nodes, scale, np.random.default_rng(seed)) for seed in seeds])
        training.run(train(X, Y, parameters, options.epochs, options.learning_rate))
        found = solved(X, Y, parameters)
        rows.append((hidden_nodes, scale, np.mean(found)))
        report.progress("")
        print(f"{hidden_nodes:12}  {scale:13g}  {np.sum(found):6}")
    picture.show(options, plot.reliability(rows))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
