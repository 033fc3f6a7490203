"""Recognise vertical lines again, with the bias as a number of its own.

The network is the one of 2x2_image_predefined_1.py, and so is every output, to the last bit. But here
the input that is always 1 is gone: a node adds its bias directly, z = X @ W + b. That is how networks
are written everywhere, and in every script from here on.

New compared with 2x2_image_predefined_1.py: the bias stands on its own.

Run:  python 2x2_image_predefined_2.py
Try:  python 2x2_image_predefined_2.py --grey-range 0.3 --sets 10
"""

import numpy as np

import dataset
from activation import step

LEFT_LINE = [+1, -1,
             +1, -1]  # fmt: skip
RIGHT_LINE = [-1, +1,
              -1, +1]  # fmt: skip
THRESHOLD = 1.2  # between the highest score of another image, 1 + g, and the lowest of a line, 2 - 4g


def initialize():
    """The weights and biases, set by hand."""
    W1 = np.array([LEFT_LINE, RIGHT_LINE], dtype=float).T  # (4 pixels, 2 nodes)
    b1 = np.array([-THRESHOLD, -THRESHOLD])  # (2 nodes,)
    W2 = np.array([[1.0], [1.0]])  # (2 nodes, 1 output)
    b2 = np.array([-0.5])  # (1 output,): fires if at least one of the nodes does
    return [W1, b1, W2, b2]


def weighted_sum(inputs, W):
    """For each input, its value times its weights; all added up: (samples, nodes).

    This is the matrix product inputs @ W, written out as in 2x2_image_predefined_1.py.
    """
    total = np.zeros((len(inputs), W.shape[1]))  # (samples, nodes)
    for i in range(len(W)):
        total += inputs[:, [i]] * W[i]
    return total


def forward(X, parameters):
    """Everything from the images to the answer: sums z and outputs a of both layers."""
    W1, b1, W2, b2 = parameters
    z1 = weighted_sum(X, W1) + b1  # (samples, 2)
    a1 = step(z1)
    z2 = weighted_sum(a1, W2) + b2  # (samples, 1)
    a2 = step(z2)
    return z1, a1, z2, a2


def main(arguments=None):
    from backstage import command_line, picture, plot, report

    options = command_line.image_parser(__file__, __doc__).parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    X, Y = dataset.image2x2_set(options.sets, options.grey_range, rng, vertical_only=True)
    parameters = initialize()
    z1, _, _, a2 = forward(X, parameters)
    report.images(X, Y, z1 + THRESHOLD, THRESHOLD, a2)
    picture.show(options, plot.templates(parameters))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
