"""Read handwritten digits with small templates that slide over the image: a convolution.

It begins with the template of 2x2_image_predefined_1.py: a vertical line, set by hand. Slid over a digit, it scores
high wherever a stroke ends to its right. A kernel is such a template with weights that are learnt: 16 of 3x3
pixels, each of which looks at all 36 positions. Of every 2x2 positions the largest output goes on: that something is
there counts, and less where exactly. A last layer makes probabilities of the ten digits of it.

New compared with digits.py: the same few weights are used at every position, so that what was learnt in one place of
the image is known in all others. With the biases there are 1,610 of them instead of 4,810.

Run:  python convolution.py
Try:  python convolution.py --moved
      python convolution.py --test last --sweep 20
      python convolution.py --slide --figure sliding.gif
"""

import functools
import math

import numpy as np

import dataset
from activation import relu, softmax
from network1 import cross_entropy, penalized

LEFT_LINE = np.array([[+1, -1],
                      [+1, -1]])  # fmt: skip
THRESHOLD = 1.2


def initialize(kernel_size, kernels, rng, side=8, classes=10):
    """First parameters for images of side x side pixels: normal weights of scale 1/√inputs, biases 0."""
    places = math.ceil((side - kernel_size + 1) / 2) ** 2  # of 2x2 positions
    K = rng.normal(0, 1 / kernel_size, (kernel_size, kernel_size, kernels))
    bK = np.zeros(kernels)
    W2 = rng.normal(0, 1 / np.sqrt(places * kernels), (places * kernels, classes))
    b2 = np.zeros(classes)
    return [K, bK, W2, b2]


@functools.cache
def seen(pixels, size):
    """The numbers of the pixels that a kernel sees of a square image at each position: (positions, size * size)."""
    side = math.isqrt(pixels)
    image = np.arange(pixels).reshape(side, side)
    return np.lib.stride_tricks.sliding_window_view(image, (size, size)).reshape(-1, size * size)


def patches(X, size):
    """Everything that a kernel sees of square images X (samples, pixels): (samples * positions, size * size)."""
    return np.take(X, seen(X.shape[1], size), axis=1).reshape(-1, size * size)


def slide(X, K):
    """The weighted sum of every kernel at every position: (samples, positions down, positions across, kernels)."""
    size, _, kernels = K.shape
    positions = math.isqrt(X.shape[1]) - size + 1
    sums = patches(X, size) @ K.reshape(-1, kernels)  # a patch is a sample now, and a kernel a node
    return sums.reshape(len(X), positions, positions, kernels)


def quarters(a):
    """Of every 2x2 positions the upper left, upper right, lower left and lower right one."""
    odd = a.shape[1] % 2
    even = np.pad(a, [(0, 0), (0, odd), (0, odd), (0, 0)]) if odd else a  # with zeros: no output of a relu is below 0
    return [even[:, row::2, column::2] for row in (0, 1) for column in (0, 1)]


def spread(p, positions):
    """Every value at each of its 2x2 positions."""
    return p.repeat(2, axis=1).repeat(2, axis=2)[:, :positions, :positions]


def forward(X, parameters):
    """The sums z and the outputs a of both layers, and p1, the largest a1 of every 2x2 positions."""
    K, bK, W2, b2 = parameters
    z1 = slide(X, K) + bK  # (samples, 6, 6, kernels)
    a1 = relu(z1)
    upper_left, upper_right, lower_left, lower_right = quarters(a1)
    upper, lower = np.maximum(upper_left, upper_right), np.maximum(lower_left, lower_right)
    p1 = np.maximum(upper, lower)  # (samples, 3, 3, kernels)
    z2 = p1.reshape(len(X), -1) @ W2 + b2  # (samples, 10)
    a2 = softmax(z2)
    return z1, a1, p1, z2, a2


def backward(X, Y, parameters, weight_decay=0.0):
    """The loss (cross-entropy) and its derivative with respect to every parameter."""
    K, _, W2, _ = parameters
    z1, a1, p1, z2, a2 = forward(X, parameters)
    loss = cross_entropy(z2, a2, Y)
    dz2 = (a2 - Y) / len(Y)  # (samples, 10)
    dW2 = p1.reshape(len(X), -1).T @ dz2  # (9 * kernels, 10)
    db2 = dz2.sum(axis=0)
    dp1 = (dz2 @ W2.T).reshape(p1.shape)  # (samples, 3, 3, kernels)
    largest = a1 == spread(p1, a1.shape[1])
    share = dp1 / sum(quarters(largest))  # where several are equal, as on blank paper, each gets a share
    da1 = largest * spread(share, a1.shape[1])  # (samples, 6, 6, kernels)
    dz1 = da1 * relu.derivative(z1, a1)
    dK = (patches(X, len(K)).T @ dz1.reshape(-1, K.shape[-1])).reshape(K.shape)  # (3, 3, kernels)
    dbK = dz1.sum(axis=0).sum(axis=(0, 1))  # over the samples, then the positions: faster than all at once
    return penalized(loss, [dK, dbK, dW2, db2], parameters, weight_decay)


def train(X, Y, parameters, epochs, learning_rate, batch_size=None, weight_decay=0.0):
    """Gradient descent in mini-batches: change the parameters in place, and yield the loss of every epoch.

    The batches are taken as the samples stand, the same in every epoch: they have to be in random order.
    """
    size = batch_size or len(X)
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(X), size):
            batch = slice(first, first + size)
            loss, gradients = backward(X[batch], Y[batch], parameters, weight_decay)
            total += loss * len(X[batch])
            for parameter, gradient in zip(parameters, gradients):
                parameter -= learning_rate * gradient
        yield total / len(X)


def loss_on(X, Y, parameters):
    """The loss on any images, those of a test too."""
    return cross_entropy(*forward(X, parameters)[-2:], Y)


def test_set(options):
    """The test images that belong to those of start, for the same seed."""
    X, Y = dataset.digits_test(options.test, options.seed, options.moved)
    return 2 * X - 1, Y


def test_right(options, parameters, rng):
    """How many of the test images are right, and how many one constant answer gets right, in percent."""
    from backstage import report

    X, Y = test_set(options)
    return report.test_right(forward(X, parameters)[-1], Y)


def start(options, rng):
    """The samples X, Y and the first parameters. The pixels are moved to -1 (white) … 1 (black)."""
    X, Y, _, _ = dataset.digits_apart(options.test, rng)
    parameters = initialize(options.kernel_size, options.kernels, rng)
    return 2 * X[: options.samples] - 1, Y[: options.samples], parameters


def slide_template(options, image):
    """Slide the template set by hand over an image, and show where it fires; with --slide in a picture too."""
    from backstage import picture, plot, report

    report.odd_edge(9 - options.kernel_size)
    scores = slide(image[np.newaxis], LEFT_LINE[:, :, np.newaxis])[0, :, :, 0]  # (7, 7)
    report.sliding(image.reshape(8, 8), scores, THRESHOLD)
    if options.slide:
        draw = plot.sliding(image.reshape(8, 8), LEFT_LINE, scores, THRESHOLD)
        picture.show(options, draw, states=[(position,) for position in range(scores.size)])


def read_options(arguments):
    from backstage import command_line

    parser = command_line.digits_parser(__file__, __doc__, dataset.DIGITS_TESTS, dataset.DIGITS_TRAINING, epochs=20)
    parser.option("--kernels", 16, "how many templates are learnt", type=command_line.NODES)
    parser.option("--kernel-size", 3, "their pixels across, 1 to 8", type=command_line.whole_in_range(1, 8))
    words = "only the template set by hand, over a digit; a .gif or an .html moves"
    parser.only_option("--slide", False, words, ("seed", "test", "figure"), action="store_true")
    return parser.parse_args(arguments)


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    options = read_options(arguments)
    how = {"batch_size": options.batch_size, "weight_decay": options.weight_decay}
    with command_line.in_a_line():  # a file of digits that is damaged is no fault of the program
        X_test, Y_test = test_set(options)
    if options.sweep:
        return training.sweep(options, start, train, measure=test_right, **how)
    X, Y, parameters = start(options, np.random.default_rng(options.seed))
    slide_template(options, (X_test[0] + 1) / 2)
    if options.slide:
        return
    draw = plot.convolution(forward, X_test, Y_test, report.loss_name(options.weight_decay))
    steps = train(X, Y, parameters, options.epochs, options.learning_rate, **how)
    watch = training.watched(steps, parameters, options, draw, test=(loss_on, X_test, Y_test))
    outputs = forward(X_test, parameters)[-1]
    report.losses(watch.losses, options.weight_decay, test=watch.test_losses)
    report.digits(X_test, Y_test, outputs)
    report.digits_test(parameters, Y, forward(X, parameters)[-1], Y_test, outputs)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
