"""Train a network with two hidden layers to name what a grey image of 2x2 pixels shows.

There are four outputs, one for each label: solid, horizontal, vertical, diagonal. Each is a probability
of its own; where none reaches 0.5 the answer is "none". The network is trained on grey versions of the
sixteen images and then asked about fresh ones that it has never seen.

New compared with xor.py: a third layer (the chain rule goes one layer further), several outputs, a loss
made for probabilities (cross-entropy), and images that are not part of the training.

Run:  python 2x2_image_recognition.py
Try:  python 2x2_image_recognition.py --grey-range 0.35
      python 2x2_image_recognition.py --hidden-nodes 8 4 --sweep 4
"""

import numpy as np

import dataset
from activation import sigmoid, softplus, tanh


def initialize(n_inputs, hidden_nodes, n_outputs, rng):
    """First parameters for two hidden layers: normal weights of scale 1/√inputs, biases 0."""
    nodes1, nodes2 = hidden_nodes
    W1 = rng.normal(0, 1 / np.sqrt(n_inputs), (n_inputs, nodes1))
    b1 = np.zeros(nodes1)
    W2 = rng.normal(0, 1 / np.sqrt(nodes1), (nodes1, nodes2))
    b2 = np.zeros(nodes2)
    W3 = rng.normal(0, 1 / np.sqrt(nodes2), (nodes2, n_outputs))
    b3 = np.zeros(n_outputs)
    return [W1, b1, W2, b2, W3, b3]


def forward(X, parameters):
    """The sums z and the outputs a of all three layers; X has pixels from 0 (white) to 1 (black)."""
    W1, b1, W2, b2, W3, b3 = parameters
    z1 = (2 * X - 1) @ W1 + b1  # (samples, hidden 1); the pixels are moved to -1 … 1
    a1 = tanh(z1)
    z2 = a1 @ W2 + b2  # (samples, hidden 2)
    a2 = tanh(z2)
    z3 = a2 @ W3 + b3  # (samples, 4)
    a3 = sigmoid(z3)
    return z1, a1, z2, a2, z3, a3


def backward(X, Y, parameters):
    """The loss (cross-entropy, mean over the samples) and its derivative with respect to every parameter."""
    _, _, W2, _, W3, _ = parameters
    z1, a1, z2, a2, z3, a3 = forward(X, parameters)
    loss = np.sum(softplus(z3) - Y * z3) / len(Y)  # = -sum(Y log a3 + (1 - Y) log(1 - a3)) / samples
    dz3 = (a3 - Y) / len(Y)  # (samples, 4): the slope of the sigmoid cancels
    dW3 = a2.T @ dz3  # (hidden 2, 4)
    db3 = dz3.sum(axis=0)
    da2 = dz3 @ W3.T  # (samples, hidden 2)
    dz2 = da2 * tanh.derivative(z2, a2)
    dW2 = a1.T @ dz2  # (hidden 1, hidden 2)
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T  # (samples, hidden 1)
    dz1 = da1 * tanh.derivative(z1, a1)
    dW1 = (2 * X - 1).T @ dz1  # (4, hidden 1)
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2, dW3, db3]


def train(X, Y, parameters, epochs, learning_rate):
    """Gradient descent: change the parameters in place, and yield the loss of every epoch."""
    for _ in range(epochs):
        loss, gradients = backward(X, Y, parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def right(X, Y, parameters):
    """For every image, whether all four outputs are on the side of 0.5 where they should be. (samples,)"""
    return np.all((forward(X, parameters)[-1] >= 0.5) == Y, axis=1)


def fresh(options, rng):
    """Images that are not part of the training, as grey as those that are."""
    return dataset.image2x2_set(200, options.grey_range, rng)


def fresh_right(options, parameters, rng):
    """How many fresh images the network gets right, in percent."""
    return {"fresh samples right, percent": 100 * np.mean(right(*fresh(options, rng), parameters))}


def start(options, rng):
    """The samples X, Y and the first parameters."""
    X, Y = dataset.image2x2_set(options.sets, options.grey_range, rng)
    return X, Y, initialize(X.shape[1], options.hidden_nodes, Y.shape[1], rng)


def solved(X, Y, parameters):
    """Whether every image is right."""
    return np.all(right(X, Y, parameters))


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.image_parser(__file__, __doc__, sets=32, grey_range=0.2, epochs=1500, learning_rate=1.0)
    parser.option("--hidden-nodes", [16, 8], "of the two hidden layers", nargs=2)
    options = parser.parse_args(arguments)
    if options.sweep:
        return training.sweep(options, start, train, solved, stop=False, measure=fresh_right)
    rng = np.random.default_rng(options.seed)
    X, Y, parameters = start(options, rng)
    X_new, Y_new = fresh(options, rng)
    draw = plot.labelled_images(forward, X_new[:16])
    steps = train(X, Y, parameters, options.epochs, options.learning_rate)
    watch = training.watched(steps, parameters, options, draw)  # Ctrl-C ends the training, not the program
    report.losses(watch.losses)
    report.labelled_images(X_new[:16], forward(X_new[:16], parameters)[-1], dataset.IMAGE_LABELS)
    print(f"\ntraining images right: {np.sum(right(X, Y, parameters))} of {len(X)}")
    print(f"fresh images right:    {np.sum(right(X_new, Y_new, parameters))} of {len(X_new)}")
    print(f"always saying none:    {np.sum(~Y_new.any(axis=1))} of {len(X_new)}")
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
