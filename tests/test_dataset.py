"""Data sets by their definitions: truth tables, images, polynomials, noisy XOR, spirals and digits."""

import csv
import itertools
import math
import time
import warnings

import numpy as np
import pytest

import dataset

TRUTH = {
    "and": all,
    "or": any,
    "nand": lambda row: not all(row),
    "nor": lambda row: not any(row),
    "xor": lambda row: sum(row) % 2 == 1,
    "xnor": lambda row: sum(row) % 2 == 0,
}


@pytest.mark.parametrize("n_inputs", range(1, 7))
@pytest.mark.parametrize("function", TRUTH)
def test_truth_table(function, n_inputs):
    """All rows, counting up in binary; xor is the parity, 1 where the number of ones is odd."""
    X, Y = dataset.truth_table(function, n_inputs)
    rows = list(itertools.product([0, 1], repeat=n_inputs))
    assert X.tolist() == [list(row) for row in rows]
    assert Y.tolist() == [[TRUTH[function](row)] for row in rows]
    assert X.dtype == Y.dtype == float


def test_truth_table_has_two_inputs_by_default():
    assert dataset.truth_table("xor")[1].ravel().tolist() == [0, 1, 1, 0]


def label_by_definition(image):
    """The label of 2x2 pixels, from the lines that are equal to each other."""
    rows, columns = np.reshape(image, (2, 2)), np.reshape(image, (2, 2)).T
    if len(set(image)) == 1:
        return "solid"
    if all(len(set(row)) == 1 for row in rows):
        return "horizontal"
    if all(len(set(column)) == 1 for column in columns):
        return "vertical"
    return "diagonal" if np.array_equal(rows[0], 1 - rows[1]) else "none"


def test_image_labels():
    X, Y = dataset.image2x2()
    assert len({tuple(image) for image in X}) == 16
    for image, y in zip(X, Y, strict=True):
        label = label_by_definition(image)
        assert dataset.image_label(image) == label
        assert y.tolist() == [label == name for name in ("solid", "horizontal", "vertical", "diagonal")]
    assert Y.sum(axis=0).tolist() == [2, 2, 2, 2]
    assert np.sum(Y.sum(axis=1) == 0) == 8


def test_vertical_only():
    X, Y = dataset.image2x2(vertical_only=True)
    assert Y.shape == (16, 1)
    assert X[Y[:, 0] == 1].tolist() == [[0, 1, 0, 1], [1, 0, 1, 0]]


@pytest.mark.parametrize("vertical_only", [False, True])
@pytest.mark.parametrize("grey_range", [0, 0.1, 0.2, 0.5])
def test_grey_images(grey_range, vertical_only):
    """White lies from 0 to the range and black from 1 minus it to 1, both used up to their ends."""
    X, Y = dataset.image2x2_set(100, grey_range, np.random.default_rng(0), vertical_only)
    images, labels = dataset.image2x2(vertical_only)
    black = np.tile(images, (100, 1)) == 1
    assert X.shape == (1600, 4)
    assert np.array_equal(Y, np.tile(labels, (100, 1)))
    away = np.where(black, 1 - X, X)
    assert np.all((away >= 0) & (away <= grey_range))
    assert away[black].max() == pytest.approx(grey_range, rel=0.01)
    assert away[~black].max() == pytest.approx(grey_range, rel=0.01)
    assert away.mean() == pytest.approx(grey_range / 2, rel=0.05)


@pytest.mark.parametrize(("coefficients", "definition"), [
    ([1, 0, 15, 0], lambda x: x**3 + 15 * x),
    ([1, 0, -15, 0], lambda x: x**3 - 15 * x),
    ([2, -1], lambda x: 2 * x - 1),
    ([7], lambda x: 7 + 0 * x),
])  # fmt: skip
def test_polynomial(coefficients, definition):
    x = np.linspace(-5, 5, 12).reshape(-1, 2)
    values = dataset.polynomial(coefficients, x)
    assert values.shape == x.shape
    np.testing.assert_allclose(values, definition(x), rtol=1e-13)


def test_noisy_xor_without_noise_is_xor():
    X, Y = dataset.noisy_xor(400, 0, np.random.default_rng(0))
    table, targets = dataset.truth_table("xor")
    for x, y in zip(X, Y, strict=True):
        row = table.tolist().index(x.tolist())
        assert y.tolist() == [1 - targets[row, 0], targets[row, 0]]
    assert len({tuple(x) for x in X}) == 4
    assert np.array_equal(dataset.noisy_xor_best(X), Y.argmax(axis=1))


@pytest.mark.parametrize("noise", [0.1, 0.2, 0.5])
def test_noisy_xor_scatters_as_told(noise):
    """The same generator without noise gives the corners, around which the points lie normally."""
    X, Y = dataset.noisy_xor(20_000, noise, np.random.default_rng(1))
    corners = np.random.default_rng(1).integers(0, 2, (20_000, 2))
    assert np.array_equal(Y.argmax(axis=1), corners[:, 0] ^ corners[:, 1])
    assert np.std(X - corners) == pytest.approx(noise, rel=0.03)
    assert np.abs(np.mean(X - corners, axis=0)).max() < 4 * noise / math.sqrt(20_000)
    assert np.allclose(Y.mean(axis=0), 0.5, atol=0.02)


@pytest.mark.parametrize("noise", [0.1, 0.2, 0.5])
def test_the_best_of_noisy_xor(noise):
    """The nearest corner is right where both coordinates are on their side of 1/2, or both are not."""
    X, Y = dataset.noisy_xor(20_000, noise, np.random.default_rng(2))
    right_side = 0.5 * (1 + math.erf(0.5 / noise / math.sqrt(2)))
    expected = right_side**2 + (1 - right_side) ** 2
    assert np.mean(dataset.noisy_xor_best(X) == Y.argmax(axis=1)) == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("arms", range(2, 9))
def test_spirals_without_noise(arms):
    """Along every arm the radius grows from 0 to 1 and the angle by 4; the arms start at equal distances."""
    X, Y = dataset.spirals(50, arms, 0, np.random.default_rng(0))
    assert X.shape == (50 * arms, 2)
    assert Y.shape == (50 * arms, arms)
    for arm in range(arms):
        points = X[Y[:, arm] == 1]
        radius = np.linspace(0, 1, 50)
        np.testing.assert_allclose(np.hypot(*points.T), radius, atol=1e-14)
        turned = np.unwrap(np.arctan2(points[1:, 0], points[1:, 1]))
        np.testing.assert_allclose(turned - turned[0], 4 * (radius[1:] - radius[1]), atol=1e-12)
        begin = (turned[0] - 4 * radius[1]) % (2 * np.pi)
        assert math.isclose(math.cos(begin - 2 * np.pi * arm / arms), 1, abs_tol=1e-12)


def test_spirals_noise_is_on_the_angle():
    smooth, _ = dataset.spirals(5000, 2, 0, np.random.default_rng(0))
    noisy, _ = dataset.spirals(5000, 2, 0.2, np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*noisy.T), np.hypot(*smooth.T), atol=1e-14)
    far = np.hypot(*smooth.T) > 0
    turned = np.arctan2(*noisy[far].T) - np.arctan2(*smooth[far].T)
    turned = (turned + np.pi) % (2 * np.pi) - np.pi
    assert np.std(turned) == pytest.approx(0.2, rel=0.05)


def test_xor_clouds_are_noisy_xor_around_zero():
    X, Y = dataset.xor_clouds(1000, 0.2, np.random.default_rng(0))
    corners, targets = dataset.noisy_xor(1000, 0.2, np.random.default_rng(0))
    assert np.array_equal(X, corners - 0.5)
    assert np.array_equal(Y, targets)
    product = X.prod(axis=1)  # positive where both coordinates are on the same side of 0, which is class 0
    assert np.array_equal(dataset.noisy_xor_best(corners), (product < 0).astype(int))


@pytest.mark.parametrize("noise", [0, 0.1, 0.4])
def test_clouds(noise):
    """Two places, equally likely, and around them the points lie normally; x1 + x2 = 0 separates them."""
    X, Y = dataset.clouds(20_000, noise, np.random.default_rng(1))
    places = np.where(Y[:, 1:] == 1, 0.5, -0.5)
    assert np.std(X - places) == pytest.approx(noise, rel=0.03)
    assert np.abs(np.mean(X - places, axis=0)).max() <= 4 * noise / math.sqrt(20_000)
    assert np.allclose(Y.mean(axis=0), 0.5, atol=0.02)
    right = np.mean((X.sum(axis=1) > 0) == Y[:, 1])
    expected = 0.5 * (1 + math.erf(1 / noise / 2)) if noise else 1  # the sum is 1 off, its scatter is noise * sqrt(2)
    assert right == pytest.approx(expected, abs=0.01)


def test_circle():
    """Without noise the classes are apart; the points fill the disc, whose area grows with the square, and the ring."""
    X, Y = dataset.circle(20_000, 0, np.random.default_rng(1))
    radius, inside = np.hypot(*X.T), Y[:, 1] == 1
    assert np.mean(inside) == pytest.approx(0.5, abs=0.02)
    assert 0.449 < radius[inside].max() <= 0.45
    assert np.mean(radius[inside] < 0.225) == pytest.approx(0.25, abs=0.02)
    assert 0.65 <= radius[~inside].min() < 0.651
    assert 0.949 < radius[~inside].max() <= 0.95
    for part in (X[inside], X[~inside]):
        assert np.abs(np.mean(np.sign(part), axis=0)).max() < 0.05  # as many on every side
    noisy, targets = dataset.circle(20_000, 0.1, np.random.default_rng(1))
    assert np.array_equal(targets, Y)
    assert np.std(noisy - X) == pytest.approx(0.1, rel=0.03)


VALUES = {
    "line": lambda x1, x2: (x1 + x2) / 2,
    "curve": lambda x1, x2: (math.sin(math.pi * x1) + x2) / 2,
}


@pytest.mark.parametrize("name", VALUES)
def test_numbers_over_a_square(name):
    make = getattr(dataset, name)
    X, Y = make(5000, 0, np.random.default_rng(2))
    assert Y.shape == (5000, 1)
    assert [y for (y,) in Y.tolist()] == pytest.approx([VALUES[name](*x) for x in X.tolist()], abs=1e-12)
    assert X.min() == pytest.approx(-1, abs=0.001)
    assert X.max() == pytest.approx(1, abs=0.001)
    assert np.abs(X.mean(axis=0)).max() < 0.05
    noisy, targets = make(5000, 0.3, np.random.default_rng(2))
    assert np.array_equal(noisy, X)
    assert np.std(targets - Y) == pytest.approx(0.3, rel=0.05)
    assert abs(np.mean(targets - Y)) < 4 * 0.3 / math.sqrt(5000)


@pytest.mark.parametrize("name", dataset.PLANE)
def test_points_of_the_plane(name):
    """Around (0, 0), about as many as asked for, with a 1 for the class, or one number."""
    X, Y = dataset.PLANE[name](400, 0.1, np.random.default_rng(0))
    assert X.dtype == Y.dtype == float
    assert X.shape == (0 if name == "empty" else 400, 2)
    assert len(Y) == len(X)
    assert np.abs(X).max(initial=0) < 1.5
    assert Y.shape[1] == {"line": 1, "curve": 1, "four-spirals": 4}.get(name, 2)
    if Y.shape[1] > 1:
        assert np.array_equal(Y, np.eye(Y.shape[1])[Y.argmax(axis=1)])
    for n_samples in range(4, 9):
        X, Y = dataset.PLANE[name](n_samples, 0.0, np.random.default_rng(0))
        assert n_samples - 4 < len(X) <= n_samples or name == "empty"


@pytest.mark.parametrize("make", [
    lambda rng: dataset.image2x2_set(3, 0.2, rng),
    lambda rng: dataset.noisy_xor(50, 0.2, rng),
    lambda rng: dataset.spirals(50, 3, 0.2, rng),
    *(lambda rng, make=make: make(50, 0.2, rng) for name, make in dataset.PLANE.items() if name != "empty"),
])  # fmt: skip
def test_same_seed_same_data(make):
    first, again, other = (make(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_digits_are_those_of_the_file():
    """Cell by cell; the numbers of each digit are those that the source gives for its test part."""
    X, Y = dataset.digits()
    with open(dataset.DIGITS, newline="") as file:
        _, *rows = csv.reader(file)
    assert X.dtype == Y.dtype == float
    assert (X.shape, Y.shape) == ((1797, 64), (1797, 10))
    assert [[f"{16 * pixel:g}" for pixel in image] for image in X] == [row[:-1] for row in rows]
    assert np.array_equal(Y, np.eye(10)[[int(row[-1]) for row in rows]])
    assert Y.sum(axis=0).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (X.min(), X.max()) == (0, 1)


def test_digits_are_read_fast():
    times = []
    for _ in range(5):
        began = time.perf_counter()
        dataset.digits()
        times.append(time.perf_counter() - began)
    assert min(times) < 0.03


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace("\n0,0,5,13", "\n0,0,x,13", 1), "line 2, column 3: 'x' is not a whole number"),
        (lambda text: text.replace("\n0,0,5,13", "\n0,0,5,17", 1), "line 2, column 4: '17' .* from 0 to 16"),
        (lambda text: text.replace("\n0,0,5,13", "\n0,0,-5,13", 1), "line 2, column 3: '-5'"),
        (lambda text: text.replace("\n0,0,5,13", "\n0,0,5.5,13", 1), r"line 2, column 3: '5\.5'"),
        (lambda text: text.replace("\n0,0,5,13", "\n0,0,,13", 1), "line 2, column 3: ''"),
        (lambda text: text.replace("\n0,0,5,13", "\n0,5,13", 1), "line 2: it has 64 cells, but needs 65"),
        (lambda text: text.replace("\n0,0,5,13", "\nå,0,5,13", 1), "line 2, column 1: 'å'"),
        (lambda text: text.rstrip("\n")[:-1] + "10\n", "line 1798, column 65: '10' .* from 0 to 9"),
        (lambda text: text.partition("\n")[0] + "\n", "line 2: it ends here"),
        (lambda text: "", "line 1: it ends here"),
        (lambda text: text.partition("\n")[2], "line 1: it has numbers where the names of the columns should stand"),
        (lambda text: text.replace("\n0,0,5,13", '\n"0",0,5,13', 1), "line 2, column 1: '\"0\"'"),
        (lambda text: text.replace("\n0,0,5,13", "\n٣,0,5,13", 1), "line 2, column 1: '٣'"),
        (lambda text: text.replace("\n0,0,5,13", "\n\n 0,0,5,x", 1), "line 3, column 4: 'x'"),
    ],
)
def test_digits_from_a_damaged_file(change, message, tmp_path):
    """File, line and column are named, whatever numpy says to it."""
    path = tmp_path / "digits.csv"
    with open(dataset.DIGITS, encoding="utf-8") as file:
        path.write_text(change(file.read()), encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        with pytest.raises(ValueError, match=f"^.*digits.csv, {message}"):
            dataset.digits(path)
    assert told == []


def test_blanks_and_empty_lines_do_no_harm(tmp_path):
    path = tmp_path / "digits.csv"
    with open(dataset.DIGITS, encoding="utf-8") as file:
        path.write_text(file.read().replace("\n0,0,5,13", "\n\n 0, 0,5,13", 1), encoding="utf-8")
    assert all(np.array_equal(one, other) for one, other in zip(dataset.digits(path), dataset.digits(), strict=True))


def as_set(X):
    return {image.tobytes() for image in X}


@pytest.mark.parametrize("test", dataset.DIGITS_TESTS)
def test_digits_apart(test):
    """No image is in both parts (none is twice in the file), and each keeps its digit."""
    X, Y = dataset.digits()
    X_training, Y_training, X_test, Y_test = dataset.digits_apart(test, np.random.default_rng(5))
    assert (len(X_training), len(X_test)) == (1437, 360)
    assert len(as_set(X)) == 1797
    assert as_set(X_training) | as_set(X_test) == as_set(X)
    digit = {image.tobytes(): label for image, label in zip(X, Y.argmax(axis=1), strict=True)}
    for images, labels in ((X_training, Y_training), (X_test, Y_test)):
        assert [digit[image.tobytes()] for image in images] == labels.argmax(axis=1).tolist()
    assert np.array_equal(X_test, X[1437:]) == (test == "last")
    again, *_ = dataset.digits_apart(test, np.random.default_rng(5))
    other, _, other_test, _ = dataset.digits_apart(test, np.random.default_rng(6))
    assert np.array_equal(X_training, again)
    assert not np.array_equal(X_training, other)  # in another order at least
    assert (as_set(other_test) == as_set(X_test)) == (test == "last")


def test_moved():
    """Pixel by pixel: what was at a row and a column is one further up, down, left and right."""
    rng = np.random.default_rng(0)
    X, Y = rng.uniform(0.1, 1, (3, 25)), np.eye(3)
    moved, labels = dataset.moved(X, Y)
    assert np.array_equal(labels, np.concatenate([Y] * 4))
    expected = np.zeros((4, 3, 5, 5))
    for part, (down, right) in enumerate([(-1, 0), (1, 0), (0, -1), (0, 1)]):
        for sample, row, column in np.ndindex(3, 5, 5):
            if 0 <= row + down < 5 and 0 <= column + right < 5:
                expected[part, sample, row + down, column + right] = X[sample, 5 * row + column]
    assert np.array_equal(moved, expected.reshape(12, 25))


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: dataset.truth_table("nonsense"), "function 'nonsense' is not one of and, or, nand, nor, xor, xnor"),
    (lambda: dataset.truth_table("XOR"), "is not one of"),
    (lambda: dataset.truth_table("xor", 0), "n_inputs is 0"),
    (lambda: dataset.truth_table("xor", -1), "n_inputs is -1"),
    (lambda: dataset.truth_table("xor", 40), "n_inputs is 40, .* has to fit in memory"),
    (lambda: dataset.truth_table("xor", 2.0), r"n_inputs is 2\.0, but must be a whole number"),
    (lambda: dataset.image2x2_set(1, 0.51, RNG), r"grey_range is 0\.51, but must be 0 to 0\.5"),
    (lambda: dataset.image2x2_set(1, -0.01, RNG), r"grey_range is -0\.01"),
    (lambda: dataset.image2x2_set(1, math.nan, RNG), "grey_range is nan"),
    (lambda: dataset.image2x2_set(0, 0.1, RNG), "n_sets is 0"),
    (lambda: dataset.image2x2_set(1.5, 0.1, RNG), r"n_sets is 1\.5"),
    (lambda: dataset.polynomial([], RNG), "coefficients must be a list of one or more finite numbers"),
    (lambda: dataset.polynomial([1, math.nan], RNG), "coefficients must be"),
    (lambda: dataset.polynomial([[1, 2]], RNG), "coefficients must be"),
    (lambda: dataset.polynomial(3, RNG), "coefficients must be"),
    (lambda: dataset.noisy_xor(0, 0.2, RNG), "n_samples is 0"),
    (lambda: dataset.noisy_xor(1.5, 0.2, RNG), r"n_samples is 1\.5"),
    (lambda: dataset.noisy_xor(5, -0.1, RNG), r"noise is -0\.1"),
    (lambda: dataset.noisy_xor(5, math.nan, RNG), "noise is nan"),
    (lambda: dataset.noisy_xor(5, math.inf, RNG), "noise is inf"),
    (lambda: dataset.clouds(0, 0.2, RNG), "n_samples is 0"),
    (lambda: dataset.clouds(5, -0.1, RNG), r"noise is -0\.1"),
    (lambda: dataset.circle(1.5, 0.2, RNG), r"n_samples is 1\.5"),
    (lambda: dataset.circle(5, math.nan, RNG), "noise is nan"),
    (lambda: dataset.line(0, 0.2, RNG), "n_samples is 0"),
    (lambda: dataset.line(5, math.inf, RNG), "noise is inf"),
    (lambda: dataset.curve(0, 0.2, RNG), "n_samples is 0"),
    (lambda: dataset.curve(5, -1, RNG), "noise is -1"),
    (lambda: dataset.xor_clouds(0, 0.2, RNG), "n_samples is 0"),
    (lambda: dataset.spirals(0, 3, 0.2, RNG), "n_per_class is 0"),
    (lambda: dataset.spirals(5, 1, 0.2, RNG), "n_classes is 1, but must be a whole number from 2 to 8"),
    (lambda: dataset.spirals(5, 9, 0.2, RNG), "n_classes is 9"),
    (lambda: dataset.spirals(5, 2.5, 0.2, RNG), r"n_classes is 2\.5"),
    (lambda: dataset.spirals(5, 3, -1, RNG), "noise is -1"),
    (lambda: dataset.digits_apart("first", RNG), "test 'first' is not one of random, last"),
    (lambda: dataset.moved(np.zeros((2, 60)), np.eye(2)), "X has 60 columns, which make no square image"),
    (lambda: dataset.moved(np.zeros((3, 64)), np.eye(2)), "X has 3 rows, but Y has 2"),
    (lambda: dataset.moved(np.full((2, 64), -1), np.eye(2)), "X has values from -1 to -1, but needs 0"),
])  # fmt: skip
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
