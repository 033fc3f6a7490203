"""How to know that a gradient is right, and why "it learns" does not prove it.

The derivative of the loss is how much the loss changes when a parameter changes a little. So change each
parameter a little, up and down, and look: that is slow, but it knows nothing of backward(), and so cannot
repeat a mistake that is made there. If the two agree to seven digits, backward() is right. Then the mistakes
that people make are put in one by one: the check finds every one of them, although most of these programs
still learn XOR.

New compared with worked_example.py: the derivatives are compared with what they claim to be.

Run:  python gradient_check.py
Try:  python gradient_check.py --list
      python gradient_check.py --mistake averaged_biases --seeds 0
"""

import numpy as np

import dataset
from activation import sigmoid

LEARNING_RATE = 2.0


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


# The network is that of xor.py. But a hundred of them can be trained at once, because numpy multiplies stacks of
# matrices as it does matrices: every W may be (networks, inputs, nodes) and every b (networks, 1, nodes). For that
# a1.T is written transpose(a1), which leaves the networks where they are, and sum(axis=0) is sum(axis=-2), the last
# axis but one, where the samples are; the sum is then brought into the shape of b.


def stack(networks):
    """The parameters of many networks in the form of one: all W1 in one array (networks, rows, columns), and so on."""
    return [np.stack(arrays) for arrays in zip(*networks, strict=True)]


def transpose(matrices):
    """Rows and columns exchanged, in a matrix or in each of a stack."""
    return np.swapaxes(matrices, -1, -2)


def initialize(hidden_nodes, rng):
    """First parameters of one network; the biases are random too, so that no gradient is 0 by chance."""
    W1 = rng.uniform(-1, 1, (2, hidden_nodes))
    b1 = rng.uniform(-1, 1, (1, hidden_nodes))
    W2 = rng.uniform(-1, 1, (hidden_nodes, 1))
    b2 = rng.uniform(-1, 1, (1, 1))
    return [W1, b1, W2, b2]


def forward(X, parameters):
    """The sums z and the outputs a of both layers; the last, a2, is the answer of the network."""
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1  # (samples, hidden), or with (networks, …) in front, as all that follows
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2  # (samples, 1)
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    """The loss (mean squared error, of each network) and its derivative with respect to every parameter."""
    _, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2, axis=(-2, -1))
    da2 = 2 * (a2 - Y) / Y.size  # (samples, 1)
    dz2 = da2 * sigmoid.derivative(z2, a2)
    dW2 = transpose(a1) @ dz2  # (hidden, 1)
    db2 = dz2.sum(axis=-2).reshape(b2.shape)
    da1 = dz2 @ transpose(W2)  # (samples, hidden)
    dz1 = da1 * sigmoid.derivative(z1, a1)
    dW1 = X.T @ dz1  # (2, hidden)
    db1 = dz1.sum(axis=-2).reshape(b1.shape)
    return loss, [dW1, db1, dW2, db2]


# The mistakes. Four programs compute dz2 and dz1 in their own way, and end as backward does; two change its result.


def finish(X, Y, parameters, a1, a2, dz1, dz2):
    """The loss, and the derivatives of the parameters that follow from dz1 and dz2."""
    _, b1, _, b2 = parameters
    loss = np.mean((a2 - Y) ** 2, axis=(-2, -1))
    db1, db2 = dz1.sum(axis=-2).reshape(b1.shape), dz2.sum(axis=-2).reshape(b2.shape)
    return loss, [X.T @ dz1, db1, transpose(a1) @ dz2, db2]


def updated_weights(X, Y, parameters):
    _, _, W2, _ = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / Y.size * sigmoid.derivative(z2, a2)
    W2 = W2 - LEARNING_RATE * transpose(a1) @ dz2
    dz1 = dz2 @ transpose(W2) * sigmoid.derivative(z1, a1)
    return finish(X, Y, parameters, a1, a2, dz1, dz2)


def derivative_of_output(X, Y, parameters):
    _, _, W2, _ = parameters
    _, a1, _, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / Y.size * sigmoid(a2) * (1 - sigmoid(a2))
    dz1 = dz2 @ transpose(W2) * sigmoid(a1) * (1 - sigmoid(a1))
    return finish(X, Y, parameters, a1, a2, dz1, dz2)


def no_output_derivative(X, Y, parameters):
    _, _, W2, _ = parameters
    z1, a1, _, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / Y.size
    dz1 = dz2 @ transpose(W2) * sigmoid.derivative(z1, a1)
    return finish(X, Y, parameters, a1, a2, dz1, dz2)


def no_hidden_derivative(X, Y, parameters):
    _, _, W2, _ = parameters
    _, a1, z2, a2 = forward(X, parameters)
    dz2 = 2 * (a2 - Y) / Y.size * sigmoid.derivative(z2, a2)
    dz1 = dz2 @ transpose(W2)
    return finish(X, Y, parameters, a1, a2, dz1, dz2)


def untrained_biases(X, Y, parameters):
    loss, (dW1, db1, dW2, db2) = backward(X, Y, parameters)
    return loss, [dW1, 0 * db1, dW2, 0 * db2]


def averaged_biases(X, Y, parameters):
    loss, (dW1, db1, dW2, db2) = backward(X, Y, parameters)
    return loss, [dW1, db1 / len(Y), dW2, db2 / len(Y)]


MISTAKES = {
    "hidden error from already updated weights": updated_weights,
    "sigmoid's derivative taken at the activated value": derivative_of_output,
    "biases never trained": untrained_biases,
    "output derivative left out": no_output_derivative,
    "bias gradient averaged, weights summed": averaged_biases,
    "hidden derivative left out": no_hidden_derivative,
}
CONCLUSION = """
learnt: in the end every output is within 0.4 of its target
Most of the wrong programs learn all the same. Learning proves nothing; the check does."""


def check(backward, hidden_nodes, rng):
    """The relative error of the gradients of backward for XOR, in one network with random parameters."""
    X, Y = dataset.truth_table("xor")
    parameters = initialize(hidden_nodes, rng)
    expected = numerical_gradients(lambda parameters: np.mean((forward(X, parameters)[-1] - Y) ** 2), parameters)
    return relative_error(backward(X, Y, parameters)[1], expected)


def train(X, Y, parameters, epochs, learning_rate, backward):
    """Gradient descent with a backward that may be wrong: change the parameters in place, and yield the losses."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def solved(X, Y, parameters):
    """For each network, whether every output is within 0.4 of its target: (networks,)."""
    return np.all(np.abs(forward(X, parameters)[-1] - Y) < 0.4, axis=(-2, -1))


def read_options(arguments):
    from backstage import command_line

    parser = command_line.parser(__file__, __doc__)
    names = [function.__name__ for function in MISTAKES.values()]
    parser.option("--mistake", None, "only this one (default: all)", choices=names)
    parser.option("--seeds", 100, "train N networks with each mistake, 0 for none", type=command_line.MANY_OR_NONE)
    parser.option("--epochs", 2000)
    rate = "the size of a step; the first mistake always takes 2"
    parser.option("--learning-rate", LEARNING_RATE, rate)
    parser.only_option("--list", False, "name the mistakes, and stop", action="store_true")
    return parser.parse_args(arguments)


def programs(options):
    """The right program, and those with the mistakes that were asked for, by their names."""
    chosen = {name: mistake for name, mistake in MISTAKES.items() if options.mistake in (None, mistake.__name__)}
    return {"none: the gradients as they should be": backward, **chosen}


def main(arguments=None):
    from backstage import picture, plot, report, training

    options, rows = read_options(arguments), []
    if options.list:
        print("\n".join(f"{function.__name__:22} {name}" for name, function in MISTAKES.items()))
        return
    X, Y = dataset.truth_table("xor")
    seeds = range(options.seed, options.seed + options.seeds)
    report.mistakes_heading(options.seeds)
    for name, function in programs(options).items():
        error = max(check(function, nodes, np.random.default_rng(options.seed)) for nodes in (2, 4))
        shares = []
        for hidden_nodes in (2, 4) if seeds else ():
            parameters = stack([initialize(hidden_nodes, np.random.default_rng(seed)) for seed in seeds])
            training.run(train(X, Y, parameters, options.epochs, options.learning_rate, function))
            shares.append(np.mean(solved(X, Y, parameters)))
        rows.append((name, error, shares))
        report.mistake(name, error, shares)
    if seeds:
        print(CONCLUSION)
    picture.show(options, plot.mistakes(rows))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
