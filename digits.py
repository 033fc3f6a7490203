"""Read handwritten digits: real images, and a network that finds its own templates.

In 2x2_image_predefined_1.py a template of 2x2 pixels was set by hand, so that a node scores high where it fits. Here
each of 64 hidden nodes has a weight for each of 8x8 pixels, which is a template too, but a learnt one. The digits were
written by several people, so it matters which of them are the test: some drawn at random, or the last ones of the
file, which are, as far as one can see, mostly by other hands than those of the training.

New compared with spirals.py: images that people made, and the question which test is honest.

Run:  python digits.py
Try:  python digits.py --test last
      python digits.py --moved
      python digits.py --samples 100 --epochs 100
      python digits.py --weight-decay 0.01
"""

import numpy as np

import dataset
from network1 import Network

LEFT_LINE = np.array([[+1, -1],
                      [+1, -1]])  # fmt: skip  # the template of 2x2_image_predefined_1.py


def train(X, Y, network, epochs, learning_rate, batch_size, weight_decay):
    """The loop over the epochs, which network1 has."""
    return network.steps(X, Y, epochs, learning_rate, batch_size=batch_size, weight_decay=weight_decay)


def start(options, rng):
    """The samples X, Y and a new network. The pixels are moved to -1 (white) … 1 (black)."""
    X, Y, _, _ = dataset.digits_apart(options.test, rng)
    shape = [X.shape[1], *options.hidden_nodes, Y.shape[1]]
    return 2 * X[: options.samples] - 1, Y[: options.samples], Network(shape, loss="cross_entropy", rng=rng)


def test_set(options):
    """The test images that belong to those of start, for the same seed."""
    X, Y = dataset.digits_test(options.test, options.seed, options.moved)
    return 2 * X - 1, Y


def test_right(options, network, rng):
    """How many of the test images the network gets right, and how many one constant answer does, in percent."""
    from backstage import report

    X, Y = test_set(options)
    return report.test_right(network.outputs(X), Y)


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    parser = command_line.digits_parser(__file__, __doc__, dataset.DIGITS_TESTS, dataset.DIGITS_TRAINING, epochs=40)
    parser.option("--hidden-nodes", [64], "for each hidden layer", nargs="+")
    options = parser.parse_args(arguments)
    how = {"batch_size": options.batch_size, "weight_decay": options.weight_decay}
    with command_line.in_a_line():  # a file of digits that is damaged is no fault of the program
        X_test, Y_test = test_set(options)
    if options.sweep:
        return training.sweep(options, start, train, measure=test_right, **how)
    X, Y, network = start(options, np.random.default_rng(options.seed))
    draw = plot.digits(network.forward, LEFT_LINE, X_test, Y_test, report.loss_name(options.weight_decay))
    steps = train(X, Y, network, options.epochs, options.learning_rate, **how)
    watch = training.watched(steps, network.parameters, options, draw, test=(network.loss, X_test, Y_test))
    outputs = network.outputs(X_test)
    report.losses(watch.losses, options.weight_decay, test=watch.test_losses)
    report.digits(X_test, Y_test, outputs)
    report.digits_test(network.parameters, Y, network.outputs(X), Y_test, outputs)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
