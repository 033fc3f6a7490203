"""The data sets of the collection.

Every function that makes one returns inputs X and targets Y with one sample a row, so that both go into a network as
they are: numbers, or where it is letters, whole numbers that say which. Whatever is random is drawn from the
np.random.Generator handed in.

Run:  python dataset.py
"""

import itertools
import math
import os
import warnings

import numpy as np

TRUTH_FUNCTIONS = {
    "and": lambda ones, n_inputs: ones == n_inputs,
    "or": lambda ones, n_inputs: ones > 0,
    "nand": lambda ones, n_inputs: ones < n_inputs,
    "nor": lambda ones, n_inputs: ones == 0,
    "xor": lambda ones, n_inputs: ones % 2 == 1,
    "xnor": lambda ones, n_inputs: ones % 2 == 0,
}
MAX_INPUTS = 20  # a table of 2**20 rows takes 176 MB

IMAGE_LABELS = ("solid", "horizontal", "vertical", "diagonal", "none")

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
DIGITS, NAMES = os.path.join(FOLDER, "digits.csv"), os.path.join(FOLDER, "names.txt")
DIGITS_TESTS, DIGITS_TRAINING = ("random", "last"), 1437  # how the test is chosen; images for the training

LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the dot begins and ends a name
NAMES_TEST = 512  # how many of the names are the test
FACTS = "abcdefghij0123456789"  # the ten letters and ten digits of which facts makes its texts


def truth_table(function, n_inputs=2):
    """All combinations of n_inputs zeros and ones, and what a logical function makes of them.

    Parameters: function is one of "and", "or", "nand", "nor", "xor", "xnor". For more than two inputs
    xor is the parity: 1 where the number of ones is odd. n_inputs is 1 to 20.
    Returns: X (2**n_inputs, n_inputs), counting up in binary, and Y (2**n_inputs, 1).
    Raises ValueError for any other function or number of inputs.
    """
    if function not in TRUTH_FUNCTIONS:
        raise ValueError(f"function {function!r} is not one of {', '.join(TRUTH_FUNCTIONS)}")
    if not isinstance(n_inputs, (int, np.integer)) or not 1 <= n_inputs <= MAX_INPUTS:
        raise ValueError(
            f"n_inputs is {n_inputs}, but must be a whole number from 1 to {MAX_INPUTS}: "
            "the table has 2**n_inputs rows and has to fit in memory"
        )
    rows = np.arange(2**n_inputs)[:, np.newaxis]
    X = (rows >> np.arange(n_inputs)[::-1]) & 1  # (rows, n_inputs): the binary digits of the row's number
    ones = X.sum(axis=1, keepdims=True)
    return X.astype(float), TRUTH_FUNCTIONS[function](ones, n_inputs).astype(float)


def image_label(image):
    """The name of a black-and-white 2x2 image, one of IMAGE_LABELS.

    Parameters: image holds 4 pixels, 0 (white) or 1 (black): top left, top right, bottom left, bottom right.
    """
    top_left, top_right, bottom_left, bottom_right = image
    if top_left == top_right == bottom_left == bottom_right:
        return "solid"
    if top_left == top_right and bottom_left == bottom_right:
        return "horizontal"
    if top_left == bottom_left and top_right == bottom_right:
        return "vertical"
    if top_left == bottom_right and top_right == bottom_left:
        return "diagonal"
    return "none"


def image2x2(vertical_only=False):
    """The sixteen black-and-white images of 2x2 pixels.

    Returns: X (16, 4), a pixel a column: top left, top right, bottom left, bottom right; 0 is white,
    1 is black. Y (16, 4) with a 1 in the column of the label: solid, horizontal, vertical, diagonal;
    the row of an image that is none of these is all 0. With vertical_only=True, Y (16, 1) is 1 for the
    two vertical lines.
    """
    X = np.array(list(itertools.product([0.0, 1.0], repeat=4)))
    labels = [image_label(image) for image in X]
    wanted = ["vertical"] if vertical_only else IMAGE_LABELS[:-1]
    Y = np.array([[float(label == name) for name in wanted] for label in labels])
    return X, Y


def image2x2_set(n_sets, grey_range, rng, vertical_only=False):
    """n_sets times the sixteen images, with white and black replaced by shades of grey.

    Parameters: grey_range g is 0 to 0.5: a white pixel becomes a number from 0 to g, a black one from
    1 - g to 1, each equally likely. rng is the np.random.Generator that draws them.
    Returns: X (16 * n_sets, 4) and Y as image2x2 does.
    Raises ValueError for a grey_range outside 0 to 0.5: a black pixel might be lighter than a white one.
    """
    if not (isinstance(n_sets, (int, np.integer)) and n_sets >= 1):
        raise ValueError(f"n_sets is {n_sets}, but must be a whole number of at least 1")
    if not 0 <= grey_range <= 0.5:
        raise ValueError(
            f"grey_range is {grey_range}, but must be 0 to 0.5: above that, black may be lighter than white"
        )
    X, Y = image2x2(vertical_only)
    X, Y = np.tile(X, (n_sets, 1)), np.tile(Y, (n_sets, 1))
    grey = rng.uniform(0, grey_range, X.shape)
    return np.where(X == 1, 1 - grey, grey), Y


def polynomial(coefficients, x):
    """The values of a polynomial, the highest power first: [1, 0, 15, 0] is x³ + 15x.

    Parameters: coefficients is a list of at least one finite number; x is an array of any shape.
    Returns: an array in the shape of x.
    """
    coefficients = np.asarray(coefficients, dtype=float)
    if coefficients.ndim != 1 or coefficients.size == 0 or not np.all(np.isfinite(coefficients)):
        raise ValueError(f"coefficients must be a list of one or more finite numbers, but are {coefficients}")
    return np.polyval(coefficients, x)


def _check_samples(name, n_samples, noise):
    if not (isinstance(n_samples, (int, np.integer)) and n_samples >= 1):
        raise ValueError(f"{name} is {n_samples}, but must be a whole number of at least 1")
    if not (noise >= 0 and np.isfinite(noise)):
        raise ValueError(f"noise is {noise}, but must be a finite number, not below 0")


def noisy_xor(n_samples, noise, rng):
    """Points scattered around the four corners of the XOR table.

    Parameters: noise is the standard deviation of the normal scatter in each direction; rng draws it, and
    which corner a sample belongs to.
    Returns: X (n_samples, 2), and Y (n_samples, 2) with a 1 in the column of the class: XOR of the corner
    is 0 or 1. No classifier does better than to name the class of the nearest corner: noisy_xor_best(X).
    """
    _check_samples("n_samples", n_samples, noise)
    corners = rng.integers(0, 2, (n_samples, 2))
    X = corners + rng.normal(0, noise, (n_samples, 2))
    return X, np.eye(2)[corners[:, 0] ^ corners[:, 1]]


def noisy_xor_best(X):
    """The class (samples,) that the best possible classifier gives to points of noisy_xor, for any noise.

    With the same scatter around all four corners, equally likely, the class whose two corners are more
    likely changes exactly where one of the coordinates passes 1/2.
    """
    return (X[:, 0] > 0.5).astype(int) ^ (X[:, 1] > 0.5).astype(int)


def spirals(n_per_class, n_classes, noise, rng, turn=4):
    """Points on spirals that wind around each other, one spiral for each class.

    As in the CS231n case study: along arm j the radius grows from 0 to 1 while the angle turns by 4 radians,
    about two thirds of a full turn, or by another angle. The arms start at equal distances around the circle.
    Parameters: n_classes is 2 to 8; noise is the standard deviation, in radians, of the normal noise on the
    angle, drawn from rng; turn is that angle, in radians.
    Returns: X (n_per_class * n_classes, 2) and Y (n_per_class * n_classes, n_classes) with a 1 in the column
    of the class.
    """
    _check_samples("n_per_class", n_per_class, noise)
    if not (isinstance(n_classes, (int, np.integer)) and 2 <= n_classes <= 8):
        raise ValueError(f"n_classes is {n_classes}, but must be a whole number from 2 to 8")
    arm = np.repeat(np.arange(n_classes), n_per_class)
    radius = np.tile(np.linspace(0, 1, n_per_class), n_classes)
    angle = 2 * np.pi * arm / n_classes + turn * radius + noise * rng.normal(size=arm.size)
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]), np.eye(n_classes)[arm]


def xor_clouds(n_samples, noise, rng):
    """noisy_xor with the middle of its corners at 0."""
    X, Y = noisy_xor(n_samples, noise, rng)
    return X - 0.5, Y


def clouds(n_samples, noise, rng):
    """Points scattered around two places, (-1/2, -1/2) and (1/2, 1/2), which a straight line can separate.

    Parameters: noise is the standard deviation of the normal scatter in each direction; rng draws it.
    Returns: X (n_samples, 2), and Y (n_samples, 2) with a 1 in the column of the class.
    """
    _check_samples("n_samples", n_samples, noise)
    cloud = rng.integers(0, 2, n_samples)
    return cloud[:, np.newaxis] - 0.5 + rng.normal(0, noise, (n_samples, 2)), np.eye(2)[cloud]


def circle(n_samples, noise, rng):
    """Points in a disc of radius 0.45, and on a ring around it, 0.65 to 0.95 from the middle.

    Parameters: noise is the standard deviation of the normal scatter in each direction; rng draws it.
    Returns: X (n_samples, 2), and Y (n_samples, 2) with a 1 in the column of the class: 1 is inside.
    """
    _check_samples("n_samples", n_samples, noise)
    inside = rng.integers(0, 2, n_samples)
    share, angle = rng.uniform(0, 1, (2, n_samples))
    radius = np.where(inside, 0.45 * np.sqrt(share), 0.65 + 0.3 * share)  # the root spreads them evenly in the disc
    X = np.column_stack([radius * np.cos(angle * 2 * np.pi), radius * np.sin(angle * 2 * np.pi)])
    return X + rng.normal(0, noise, X.shape), np.eye(2)[inside]


def line(n_samples, noise, rng):
    """Numbers that rise evenly over a square: y = (x1 + x2) / 2.

    Parameters: noise is the standard deviation of the normal noise on y; rng draws it, and where the points are.
    Returns: X (n_samples, 2) from -1 to 1, and Y (n_samples, 1).
    """
    _check_samples("n_samples", n_samples, noise)
    X = rng.uniform(-1, 1, (n_samples, 2))
    return X, X.mean(axis=1, keepdims=True) + rng.normal(0, noise, (n_samples, 1))


def curve(n_samples, noise, rng):
    """Numbers that go up and down over a square: y = (sin(pi x1) + x2) / 2. Otherwise as line."""
    _check_samples("n_samples", n_samples, noise)
    X = rng.uniform(-1, 1, (n_samples, 2))
    y = (np.sin(np.pi * X[:, :1]) + X[:, 1:]) / 2
    return X, y + rng.normal(0, noise, y.shape)


# Points in the plane for playground.py, around (0, 0): each is called as line is.
PLANE = {
    "xor": xor_clouds,
    "circle": circle,
    "clouds": clouds,
    "spirals": lambda n_samples, noise, rng: spirals(max(1, n_samples // 2), 2, noise, rng, turn=7),
    "four-spirals": lambda n_samples, noise, rng: spirals(max(1, n_samples // 4), 4, noise, rng),
    "line": line,
    "curve": curve,
    "empty": lambda n_samples, noise, rng: (np.empty((0, 2)), np.empty((0, 2))),
}


def digits(path=DIGITS):
    """Handwritten digits as images of 8x8 pixels, in the order of the file.

    They are the test part of the "Optical Recognition of Handwritten Digits" data of E. Alpaydin and C. Kaynak, 1998;
    data/README.md says more. A row of the file has 64 pixels from 0 (white) to 16 (black), row by row, and the digit.
    Returns: X (1797, 64) from 0 to 1, and Y (1797, 10) with a 1 in the column of the digit.
    Raises ValueError, with the file and the place in it, for anything else in the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # with which numpy would make 5 of 5.5
            numbers = np.loadtxt(path, dtype=int, delimiter=",", skiprows=1, ndmin=2)  # int is read six times as fast
    except (ValueError, DeprecationWarning) as error:
        raise ValueError(f"{path}: {error}") from None
    if numbers.shape != (1797, 65):
        raise ValueError(f"{path} has {numbers.shape} numbers below its header, but needs (1797, 65)")
    most = np.array([16] * 64 + [9])
    odd = np.argwhere((numbers < 0) | (numbers > most))
    if len(odd):
        row, column = odd[0]
        holds = f"{numbers[row, column]} is not a whole number from 0 to {most[column]}"
        raise ValueError(f"{path}, line {row + 2}, column {column + 1}: {holds}")  # the header is line 1
    return numbers[:, :-1] / 16, np.eye(10)[numbers[:, -1]]


def digits_apart(test, rng):
    """The digits in two parts: four fifths to train on, in random order, and one fifth for the test.

    Parameters: test is "random" for test rows that rng draws, or "last" for the last fifth of the file.
    Returns: X (1437, 64) and Y (1437, 10) for the training, X_test (360, 64) and Y_test (360, 10).
    Raises ValueError for any other test.
    """
    if test not in DIGITS_TESTS:
        raise ValueError(f"test {test!r} is not one of {', '.join(DIGITS_TESTS)}")
    X, Y = digits()
    rows = rng.permutation(len(X))
    if test == "last":
        rows = np.concatenate([rows[rows < DIGITS_TRAINING], np.arange(DIGITS_TRAINING, len(X))])
    learnt, kept = rows[:DIGITS_TRAINING], rows[DIGITS_TRAINING:]
    return X[learnt], Y[learnt], X[kept], Y[kept]


def digits_test(test, seed, shifted=False):
    """The test part of digits_apart for a new generator of this seed; if shifted, moved in all four directions.

    Returns: X (360, 64) and Y (360, 10), or four times as many rows.
    """
    _, _, X, Y = digits_apart(test, np.random.default_rng(seed))
    return moved(X, Y) if shifted else (X, Y)


def moved(X, Y):
    """Square images four times: moved by one pixel up, down, left and right. What moves in is white.

    Parameters: X (samples, pixels) from 0 (white) to 1 (black), Y (samples, outputs).
    Returns: X (4 * samples, pixels) and Y (4 * samples, outputs), first all that are moved up, and so on.
    Raises ValueError where the images are not square, have other values, or are not as many as the rows of Y.
    """
    X, Y = np.asarray(X), np.asarray(Y)
    side = math.isqrt(X.shape[1])
    if side**2 != X.shape[1]:
        raise ValueError(f"X has {X.shape[1]} columns, which make no square image")
    if len(X) != len(Y):
        raise ValueError(f"X has {len(X)} rows, but Y has {len(Y)}")
    if not (X.min() >= 0 and X.max() <= 1):
        raise ValueError(f"X has values from {X.min():g} to {X.max():g}, but needs 0 (white) to 1 (black)")
    images = np.pad(X.reshape(-1, side, side), [(0, 0), (1, 1), (1, 1)])  # with a white edge all around
    corners = [(2, 1), (0, 1), (1, 2), (1, 0)]  # the row and column at which the moved image begins
    parts = [images[:, row : row + side, column : column + side].reshape(X.shape) for row, column in corners]
    return np.concatenate(parts), np.tile(Y, (4, 1))


def names():
    """First names of the US Census of 1990, of small letters, already in random order; data/README.md says more.

    Returns: a list of 5163 words. The first NAMES_TEST of them are the test.
    """
    with open(NAMES, encoding="ascii") as file:
        return file.read().split()


def in_numbers(text, alphabet):
    """The place of every letter of a text in the alphabet."""
    return [alphabet.index(letter) for letter in text]


def windows(words, letters, alphabet=LETTERS):
    """For every letter of every word, and for the dot behind it, so many letters before it.

    Parameters: words are made of letters of the alphabet, which begins with the dot. Where a word has not begun yet
    the letter before is a dot.
    Returns: X (samples, letters) and Y (samples,), places in the alphabet.
    """
    X, Y = [], []
    for word in words:
        signs = in_numbers("." * letters + word + ".", alphabet)
        for i in range(letters, len(signs)):
            X.append(signs[i - letters : i])
            Y.append(signs[i])
    return np.array(X), np.array(Y)


def rows(words, places, alphabet=LETTERS):
    """Every word as a row, after a dot, and beneath each letter the one that comes next; in the end that is the dot.

    Parameters: words are made of letters of the alphabet, which begins with the dot, and have fewer letters than there
    are places.
    Returns: X and Y (words, places), places in the alphabet. Behind the end of a word X is 0, and Y is -1: there is
    nothing to predict.
    Raises ValueError for a word that is too long.
    """
    X, Y = np.zeros((len(words), places), dtype=int), np.full((len(words), places), -1)
    for i, word in enumerate(words):
        signs = in_numbers(f".{word}.", alphabet)
        if len(signs) > places + 1:
            raise ValueError(f"{word!r} has {len(word)} letters, but {places} places have room for {places - 1}")
        X[i, : len(signs) - 1], Y[i, : len(signs) - 1] = signs[:-1], signs[1:]
    return X, Y


def counted(words, test, alphabet=LETTERS):
    """The losses on a test of those who only count in the words which letter follows which.

    They know how often each letter comes, then after which one before it (pairs), after which two (triples), and after
    which three (fours). Where something was seen too rarely they trust the shorter counts, and how far they do so is
    chosen on the test itself, in their favour.
    Returns: a dictionary of four losses.
    """
    X, Y = windows(words, 3, alphabet)
    X_test, Y_test = windows(test, 3, alphabet)
    shares, losses = np.full((len(Y_test), len(alphabet)), 1 / len(alphabet)), {}
    for before, name in enumerate(("how often each letter comes", "counted pairs", "counted triples", "counted fours")):
        powers = len(alphabet) ** np.arange(before)
        counts = np.zeros((len(alphabet) ** before, len(alphabet)))
        np.add.at(counts, (X[:, 3 - before :] @ powers, Y), 1)
        found = counts[X_test[:, 3 - before :] @ powers]  # (test samples, alphabet)
        tried = [(found + trust * shares) / (found.sum(axis=1, keepdims=True) + trust) for trust in (1, 3, 5, 10, 20)]
        shares = min(tried, key=lambda shares: -np.mean(np.log(shares[np.arange(len(Y_test)), Y_test])))
        losses[name] = -np.mean(np.log(shares[np.arange(len(Y_test)), Y_test]))
    return losses


def facts(texts, pairs, rng):
    """Texts of pairs, c7a2f9c7…: in each text every letter has a digit, the same wherever the letter comes again.

    Parameters: rng draws the letters of each text, and which digit belongs to which letter there.
    Returns: X and Y (texts, 2 * pairs), places in FACTS. Y is the digit where a letter comes that was there before, and
    elsewhere -1: nobody can know it.
    """
    letters = rng.integers(0, 10, (texts, pairs))
    digit_of = rng.integers(10, 20, (texts, 10))
    digits = np.take_along_axis(digit_of, letters, axis=1)  # (texts, pairs)
    X, Y = np.empty((texts, 2 * pairs), dtype=int), np.full((texts, 2 * pairs), -1)
    X[:, ::2], X[:, 1::2] = letters, digits
    for i in range(1, pairs):
        again = np.any(letters[:, :i] == letters[:, [i]], axis=1)
        Y[again, 2 * i] = digits[again, i]
    return X, Y


def as_samples(name, values, dtype=np.float64, way=""):
    """values as an array with a sample a row, (rows, columns), of which none is missing.

    Raises ValueError for what is no such array, or would become other numbers, in the words of whoever handed it in:
    name is what they call it, and way what makes such an array of it.
    """
    if hasattr(values, "toarray"):
        raise ValueError(f"{name} is a sparse matrix, but {name}.toarray() is an array")
    try:
        found = np.ma.asarray(values)
        complex_or_date = found.dtype.kind in "cmM"
        odd = np.ma.getmaskarray(found) | complex_or_date
        if odd.any():
            raise ValueError(f"{found.data[odd][0]} is {found.dtype if complex_or_date else 'masked'}")
        with np.errstate(over="ignore"):  # what float32 cannot hold is inf in it, which is told below
            values = np.asarray(values, dtype=dtype)
    except Exception as error:  # a table or a tensor of another library raises what it likes
        raise ValueError(f"{name} does not hold numbers only: {error}") from None
    if values.ndim != 2:
        raise ValueError(f"{name} has shape {values.shape}, but needs two dimensions: a sample a row{way}")
    if len(values) == 0:
        raise ValueError(f"{name} has no rows, so there is no sample")
    finite = np.isfinite(values)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise ValueError(f"{name} holds {values[row, column]} in row {row}, column {column}")
    return values


def main(arguments=None):
    """Print a truth table and the sixteen images with their labels, and draw the images."""
    from backstage import command_line, picture, plot, report

    options = command_line.parser(__file__, __doc__).parse_args(arguments)
    X, Y = truth_table("xor")
    for x, y in zip(X, Y, strict=True):
        print(f"xor of {x[0]:.0f} and {x[1]:.0f} is {y[0]:.0f}")
    X, Y = image2x2()
    report.labelled_images(X, Y, IMAGE_LABELS)
    grey, _ = image2x2_set(1, 0.3, np.random.default_rng(options.seed))
    labels = [image_label(image) for image in X]
    picture.show(options, plot.datasets(X, grey, labels))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
