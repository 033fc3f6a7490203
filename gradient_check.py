"""How to know that a gradient is right, and why "it learns" does not prove it.

The derivative of the loss is how much the loss changes when a parameter changes a little. So change each
parameter a little, up and down, and look: that is slow, but nothing can go wrong in it. If backward()
agrees to seven digits it is right. Then the mistakes that people make are put in one by one: the check
finds every one of them, although most of these programs still learn XOR.

New compared with worked_example.py: the derivatives are compared with what they claim to be.

Run:  python gradient_check.py
Try:  python gradient_check.py --list
      python gradient_check.py --mistake averaged_biases --seeds 0
"""

import numpy as np

import command_line
import dataset
import experiment
import plot
from activation import sigmoid


def numerical_gradients(loss, parameters, step=1e-5):
    """The derivative of loss(parameters) with respect to every number in the parameters, by trying.

    Centred finite differences, (loss(p + step) - loss(p - step)) / (2 step); the error is of the order of
    step². parameters is a list of float arrays, changed while it works and put back.
    """
    gradients = []
    for parameter in parameters:
        gradient = np.empty_like(parameter)
        for index in np.ndindex(parameter.shape):
            value = parameter[index]
            parameter[index] = value + step
            above = loss(parameters)
            parameter[index] = value - step
            below = loss(parameters)
            parameter[index] = value
            gradient[index] = (above - below) / (2 * step)
        gradients.append(gradient)
    return gradients


def relative_error(gradients, expected):
    """How far two lists of arrays are apart, from 0 (the same) to 1: |a - b| / (|a| + |b|), taken as vectors."""
    a, b = (np.concatenate([np.ravel(array) for array in arrays]) for arrays in (gradients, expected))
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-300))


# The network is that of xor.py. To train many of them at once every array may have one axis more in front:
# W (networks, inputs, nodes), b (networks, 1, nodes). So T swaps the last two axes, and sums keep theirs.


def T(array):
    return np.swapaxes(array, -1, -2)


def total(dz):
    return dz.sum(axis=-2, keepdims=True)  # over the samples


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (samples, hidden)
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2  # (samples, 1)
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def right(X, Y, parameters, learning_rate):
    """none: the gradients as they should be"""
    z1, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y) * sigmoid.derivative(z2, a2)
    dz1 = dz2 @ T(parameters[2]) * sigmoid.derivative(z1, a1)
    return [T(X) @ dz1, total(dz1), T(a1) @ dz2, total(dz2)]


def updated_weights(X, Y, parameters, learning_rate):
    """hidden error from already updated weights"""
    z1, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y) * sigmoid.derivative(z2, a2)
    W2 = parameters[2] - learning_rate * T(a1) @ dz2
    dz1 = dz2 @ T(W2) * sigmoid.derivative(z1, a1)
    return [T(X) @ dz1, total(dz1), T(a1) @ dz2, total(dz2)]


def derivative_of_output(X, Y, parameters, learning_rate):
    """sigmoid's derivative taken at the activated value"""
    _, a1, _, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y) * sigmoid(a2) * (1 - sigmoid(a2))
    dz1 = dz2 @ T(parameters[2]) * sigmoid(a1) * (1 - sigmoid(a1))
    return [T(X) @ dz1, total(dz1), T(a1) @ dz2, total(dz2)]


def untrained_biases(X, Y, parameters, learning_rate):
    """biases never trained"""
    z1, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y) * sigmoid.derivative(z2, a2)
    dz1 = dz2 @ T(parameters[2]) * sigmoid.derivative(z1, a1)
    return [T(X) @ dz1, 0 * total(dz1), T(a1) @ dz2, 0 * total(dz2)]


def no_output_derivative(X, Y, parameters, learning_rate):
    """output derivative left out"""
    z1, a1, _, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y)
    dz1 = dz2 @ T(parameters[2]) * sigmoid.derivative(z1, a1)
    return [T(X) @ dz1, total(dz1), T(a1) @ dz2, total(dz2)]


def averaged_biases(X, Y, parameters, learning_rate):
    """bias gradient averaged, weights summed"""
    z1, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y) * sigmoid.derivative(z2, a2)
    dz1 = dz2 @ T(parameters[2]) * sigmoid.derivative(z1, a1)
    return [T(X) @ dz1, total(dz1) / len(Y), T(a1) @ dz2, total(dz2) / len(Y)]


def no_hidden_derivative(X, Y, parameters, learning_rate):
    """hidden derivative left out"""
    _, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / len(Y) * sigmoid.derivative(z2, a2)
    dz1 = dz2 @ T(parameters[2])
    return [T(X) @ dz1, total(dz1), T(a1) @ dz2, total(dz2)]


MISTAKES = (updated_weights, derivative_of_output, untrained_biases, no_output_derivative, averaged_biases,
            no_hidden_derivative)  # fmt: skip


def initialize(hidden_nodes, rng):
    """First parameters for one network; the biases are random too, so that no gradient is 0 by chance."""
    shapes = ((2, hidden_nodes), (1, hidden_nodes), (hidden_nodes, 1), (1, 1))
    return [rng.uniform(-1, 1, shape) for shape in shapes]


def check(backward, hidden_nodes, rng, learning_rate):
    """The relative error of the gradients of backward for XOR, at random parameters."""
    X, Y = dataset.truth_table("xor")
    parameters = initialize(hidden_nodes, rng)
    expected = numerical_gradients(lambda parameters: np.mean((forward(X, parameters)[-1] - Y) ** 2), parameters)
    return relative_error(backward(X, Y, parameters, learning_rate), expected)


def count_solved(backward, hidden_nodes, n_seeds, seed, epochs, learning_rate):
    """Train n_seeds networks at once on XOR: how many end with every output within 0.4 of its target."""
    X, Y = dataset.truth_table("xor")
    starts = [initialize(hidden_nodes, np.random.default_rng(seed + i)) for i in range(n_seeds)]
    parameters = [np.stack(arrays) for arrays in zip(*starts, strict=True)]  # (networks, …, …)
    steady = np.zeros(n_seeds, dtype=int)  # how often in a row a network was found solved
    for epoch in range(epochs + 1):
        if epoch % 250 == 0 or epoch == epochs:
            experiment.progress(f"{backward.__doc__}, {hidden_nodes} hidden nodes: {epoch} of {epochs} epochs")
            off = np.abs(forward(X, parameters)[-1] - Y).max(axis=(1, 2))  # (networks,)
            if epoch == epochs:
                break
            steady = np.where(off < 0.1, steady + 1, 0)
            going = steady < 5
            parameters, steady = [array[going] for array in parameters], steady[going]
        for parameter, gradient in zip(parameters, backward(X, Y, parameters, learning_rate), strict=True):
            parameter -= learning_rate * gradient
    experiment.progress("")
    return n_seeds - int(np.sum(off >= 0.4))


def main(arguments=None):
    names = [mistake.__name__ for mistake in MISTAKES]
    parser = command_line.parser(__doc__)
    parser.option("--mistake", None, "only this one (default: all)", choices=names)
    parser.add_argument("--list", action="store_true", help="name the mistakes, and stop")
    parser.option("--seeds", 100, "train this many networks with each mistake, 0 for none", type=command_line.seed)
    parser.option("--epochs", 10_000, "how often to go over all samples", type=command_line.whole_number)
    parser.option("--learning-rate", 1.0, "the size of a step", type=command_line.positive, metavar="RATE")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(f"{mistake.__name__:22} {mistake.__doc__}" for mistake in MISTAKES))
        return
    chosen = [right, *(mistake for mistake in MISTAKES if options.mistake in (None, mistake.__name__))]
    print(f"{'':51}relative error    {'XOR learnt, of ' + str(options.seeds) if options.seeds else ''}".rstrip())
    print(f"{'mistake':51}of the gradient   {'2 hidden  4 hidden' if options.seeds else ''}".rstrip())
    rows = []
    for backward in chosen:
        error = max(
            check(backward, nodes, np.random.default_rng(options.seed), options.learning_rate) for nodes in (2, 4)
        )
        solved = [count_solved(backward, nodes, options.seeds, options.seed, options.epochs, options.learning_rate)
                  for nodes in (2, 4) if options.seeds]  # fmt: skip
        rows.append((backward.__doc__, error, solved))
        says = "right" if error < 1e-7 else "wrong"
        print(f"{backward.__doc__:51}{error:7.0e} {says:9} {''.join(f'{n:8}  ' for n in solved)}".rstrip())
    if options.seeds:
        print("\nlearnt: in the end every output is within 0.4 of its target")
        print("Most of the wrong programs learn all the same. Learning proves nothing; the check does.")
    plot.picture(options, "gradient_check", lambda figure: plot.mistakes(figure, rows, options.seeds))


if __name__ == "__main__":
    command_line.run(main)
