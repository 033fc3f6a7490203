"""Recognise vertical lines in images of 2x2 pixels, with weights set by hand.

A node multiplies each input by a weight, adds the products up, and passes the sum through an
activation. Here that is a step: the node fires (1) where its sum is at least 0, else it does not (0).
One hidden node looks for a black line on the left, the other for one on the right; the output node
fires if either of them does. Nobody trained this network: its weights were thought out.

New compared with an ordinary program: there is no rule with an "if", only weights and an activation.
Even the threshold is a weight, called the bias: that of one more input, which is always 1.

Run:  python 2x2_image_predefined_1.py
Try:  python 2x2_image_predefined_1.py --grey-range 0.19 --sets 1000
      python 2x2_image_predefined_1.py --grey-range 0.3
"""

import numpy as np

import dataset
from activation import step

LEFT_LINE = [+1, -1,
             +1, -1]  # fmt: skip
RIGHT_LINE = [-1, +1,
              -1, +1]  # fmt: skip

# With grey range g a line scores at least 2 - 4g, any other image at most 1 + g. The threshold
# keeps them apart as long as 1 + g < 1.2 < 2 - 4g, which is for every g below 0.2.
THRESHOLD = 1.2


def initialize():
    """The weights, set by hand; the last row of each is the bias, the weight of the constant input 1."""
    W1 = np.array([[*LEFT_LINE, -THRESHOLD], [*RIGHT_LINE, -THRESHOLD]]).T  # (4 pixels + 1, 2 nodes)
    W2 = np.array([[1, 1, -0.5]]).T  # (2 nodes + 1, 1 output): fires if at least one node does
    return [W1, W2]


def with_one(inputs):
    """Put an input that is always 1 behind the others."""
    return np.column_stack([inputs, np.ones(len(inputs))])  # (samples, inputs + 1)


def weighted_sum(inputs, W):
    """For each input, its value times its weights; all added up: (samples, nodes).

    This is the matrix product inputs @ W, written out once to be seen.
    """
    total = np.zeros((len(inputs), W.shape[1]))  # (samples, nodes)
    for i in range(len(W)):
        total += inputs[:, [i]] * W[i]
    return total


def forward(X, parameters):
    """Everything from the images to the answer: sums z and outputs a of both layers."""
    W1, W2 = parameters
    z1 = weighted_sum(with_one(X), W1)  # (samples, 2)
    a1 = step(z1)
    z2 = weighted_sum(with_one(a1), W2)  # (samples, 1)
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
