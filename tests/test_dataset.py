"""Data sets by their definitions: truth tables, images, polynomials, points in the plane, and digits."""

import csv
import itertools
import math
import re

import numpy as np
import pytest
from helpers import same
from numpy.random import default_rng

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


# Top left, top right, bottom left, bottom right.
DRAWN = {"solid": ["0000", "1111"], "horizontal": ["0011", "1100"], "vertical": ["0101", "1010"]}
DRAWN["diagonal"] = ["0110", "1001"]


def test_the_sixteen_images():
    X, Y = dataset.image2x2()
    assert len({tuple(image) for image in X}) == len(X) == 16
    for image, y in zip(X, Y, strict=True):
        drawn = "".join(f"{pixel:g}" for pixel in image)
        assert y.tolist() == [drawn in drawings for drawings in DRAWN.values()]
        labels = [label for label, drawings in DRAWN.items() if drawn in drawings]
        assert dataset.image_label(image) == (labels[0] if labels else "none")
    assert same(dataset.image2x2(vertical_only=True), [X, Y[:, [2]]])


@pytest.mark.parametrize("vertical_only", [False, True])
@pytest.mark.parametrize("grey_range", [0, 0.1, 0.2, 0.5])
def test_grey_images(grey_range, vertical_only):
    """White lies from 0 to the range and black from 1 minus it to 1, both used up to their ends."""
    X, Y = dataset.image2x2_set(100, grey_range, default_rng(0), vertical_only)
    images, labels = dataset.image2x2(vertical_only)
    black = np.tile(images, (100, 1)) == 1
    assert np.array_equal(Y, np.tile(labels, (100, 1)))
    away = np.where(black, 1 - X, X)
    assert np.all((away >= 0) & (away <= grey_range))
    assert away[black].max() == pytest.approx(grey_range, rel=0.01)
    assert away[~black].max() == pytest.approx(grey_range, rel=0.01)
    assert away.mean() == pytest.approx(grey_range / 2, rel=0.05)


def test_polynomial():
    x = np.linspace(-5, 5, 12).reshape(-1, 2)
    for coefficients, values in (([1, 0, -15, 0], x**3 - 15 * x), ([2, -1], 2 * x - 1), ([7], 7 + 0 * x)):
        np.testing.assert_allclose(dataset.polynomial(coefficients, x), values, rtol=1e-13)


def test_noisy_xor_without_noise_is_xor():
    X, Y = dataset.noisy_xor(20_000, 0, default_rng(0))
    table, targets = dataset.truth_table("xor")
    for corner, (target,) in zip(table, targets, strict=True):
        there = np.all(corner == X, axis=1)
        assert np.mean(there) == pytest.approx(0.25, abs=0.02)
        assert np.all(Y[there] == [1 - target, target])
    assert same(dataset.xor_clouds(20_000, 0, default_rng(0)), [X - 0.5, Y])


def test_the_best_of_noisy_xor_is_the_class_of_the_nearest_corner():
    X, _ = dataset.noisy_xor(1000, 0.5, default_rng(2))
    table, targets = dataset.truth_table("xor")
    nearest = [np.argmin(np.sum((table - x) ** 2, axis=1)) for x in X]
    assert np.array_equal(dataset.noisy_xor_best(X), targets[nearest, 0])


def test_clouds_without_noise_are_two_places():
    X, Y = dataset.clouds(20_000, 0, default_rng(1))
    assert np.array_equal(X, np.where(Y[:, 1:] == 1, [0.5, 0.5], [-0.5, -0.5]))
    assert np.mean(Y, axis=0) == pytest.approx([0.5, 0.5], abs=0.02)


def test_circle_without_noise():
    """The classes are apart; the points fill the disc, whose area grows with the square, and the ring."""
    X, Y = dataset.circle(20_000, 0, default_rng(1))
    radius, inside = np.hypot(*X.T), Y[:, 1] == 1
    assert np.mean(inside) == pytest.approx(0.5, abs=0.02)
    assert 0.449 < radius[inside].max() <= 0.45
    assert np.mean(radius[inside] < 0.225) == pytest.approx(0.25, abs=0.02)
    assert 0.65 <= radius[~inside].min() < 0.651
    assert 0.949 < radius[~inside].max() <= 0.95
    for part in (X[inside], X[~inside]):
        assert np.abs(np.mean(np.sign(part), axis=0)).max() < 0.05  # as many on every side


VALUES = {"line": lambda x1, x2: (x1 + x2) / 2, "curve": lambda x1, x2: (math.sin(math.pi * x1) + x2) / 2}


@pytest.mark.parametrize("name", VALUES)
def test_numbers_over_a_square_without_noise(name):
    X, Y = dataset.PLANE[name](5000, 0, default_rng(2))
    np.testing.assert_allclose(Y, [[VALUES[name](*x)] for x in X.tolist()], atol=1e-12)
    assert [X.min(), X.max()] == pytest.approx([-1, 1], abs=0.001)
    assert np.abs(X.mean(axis=0)).max() < 0.05


SCATTERED = ["noisy_xor", "xor_clouds", "clouds", "circle", "line", "curve"]


@pytest.mark.parametrize("noise", [0.1, 0.5])
@pytest.mark.parametrize("name", SCATTERED)
def test_noise_is_normal_and_as_large_as_told(name, noise):
    """The same generator without noise gives the places, or the numbers, around which it is."""
    exact, noisy = (getattr(dataset, name)(20_000, size, default_rng(1)) for size in (0, noise))
    scattered = 1 if name in VALUES else 0  # of X and Y
    assert np.array_equal(exact[1 - scattered], noisy[1 - scattered])
    off = noisy[scattered] - exact[scattered]
    assert np.std(off, axis=0) == pytest.approx(noise, rel=0.03)
    assert np.abs(off.mean(axis=0)).max() < 4 * noise / math.sqrt(20_000)
    assert np.mean(np.abs(off) < noise) == pytest.approx(math.erf(math.sqrt(0.5)), abs=0.01)


@pytest.mark.parametrize("how", [{}, {"turn": 7}])
@pytest.mark.parametrize("arms", range(2, 9))
def test_spirals(arms, how):
    """Along every arm the radius grows from 0 to 1 and the angle by 4, or as told; the noise is on the angle."""
    X, Y = dataset.spirals(50, arms, 0, default_rng(0), **how)
    assert Y.shape == (50 * arms, arms)
    radius = np.linspace(0, 1, 50)
    for arm in range(arms):
        angle = 2 * np.pi * arm / arms + how.get("turn", 4) * radius
        expected = np.transpose([radius * np.sin(angle), radius * np.cos(angle)])
        np.testing.assert_allclose(X[Y[:, arm] == 1], expected, atol=1e-12)
    smooth, noisy = (dataset.spirals(5000, arms, noise, default_rng(0), **how)[0] @ [1j, 1] for noise in (0, 0.2))
    np.testing.assert_allclose(np.abs(noisy), np.abs(smooth), atol=1e-14)
    assert np.std(np.angle(noisy[smooth != 0] / smooth[smooth != 0])) == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("name", dataset.PLANE)
def test_points_of_the_plane(name):
    """Around (0, 0), about as many as asked for, with a 1 for the class, or one number; drawn from the generator."""
    make = dataset.PLANE[name]
    X, Y = make(400, 0.1, default_rng(0))
    assert X.dtype == Y.dtype == float
    assert X.shape == (0 if name == "empty" else 400, 2)
    assert Y.shape == (len(X), {"line": 1, "curve": 1, "four-spirals": 4}.get(name, 2))
    assert np.abs(X).max(initial=0) < 1.5
    if Y.shape[1] > 1:
        assert np.array_equal(Y, np.eye(Y.shape[1])[Y.argmax(axis=1)])
    for n_samples in range(4, 9):
        assert n_samples - 4 < len(make(n_samples, 0.0, default_rng(0))[0]) <= n_samples or name == "empty"
    assert same(make(400, 0.1, default_rng(0)), [X, Y])
    assert np.array_equal(make(400, 0.1, default_rng(1))[0], X) == (name == "empty")


def test_digits_are_those_of_the_file():
    """Cell by cell; the numbers of each digit are those that the source gives for its test part."""
    X, Y = dataset.digits()
    with open(dataset.DIGITS, newline="") as file:
        _, *rows = csv.reader(file)
    assert X.dtype == Y.dtype == float
    assert [[f"{16 * pixel:g}" for pixel in image] for image in X] == [row[:-1] for row in rows]
    assert np.array_equal(Y, np.eye(10)[[int(row[-1]) for row in rows]])
    assert Y.sum(axis=0).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def edited(folder, old, new):
    """The path of a file like that of the digits, in which something is replaced everywhere."""
    path = folder / "digits.csv"
    with open(dataset.DIGITS, encoding="utf-8") as file:
        path.write_text(file.read().replace(old, new), encoding="utf-8")
    return path


FIRST = "\n0,0,5,13"  # the cells with which the first row begins
DAMAGED = ["0,0,x,13", "0,0,5,17", "0,0,-5,13", "0,0,5.5,13", "0,0,nan,13", "0,0,,13", "0,5,13", "å,0,5,13"]


@pytest.mark.parametrize(
    ("old", "new"), [*((FIRST, f"\n{cells}") for cells in DAMAGED), (",9\n", ",10\n"), ("\n", ",0\n")]
)
def test_digits_from_a_damaged_file(old, new, tmp_path):
    path = edited(tmp_path, old, new)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))}"):
        dataset.digits(path)


def test_blanks_and_empty_lines_do_no_harm(tmp_path):
    assert same(dataset.digits(edited(tmp_path, FIRST, "\n\n 0, 0,5,13")), dataset.digits())


def as_set(*arrays):
    return {row.tobytes() for row in np.hstack(arrays)}


@pytest.mark.parametrize("test", dataset.DIGITS_TESTS)
def test_digits_apart(test):
    """No image is in both parts (none is twice in the file), and each keeps its digit."""
    X, Y = dataset.digits()
    X_training, Y_training, X_test, Y_test = dataset.digits_apart(test, default_rng(5))
    assert (len(X_training), len(X_test), len(as_set(X))) == (1437, 360, 1797)
    assert as_set(X_training, Y_training) | as_set(X_test, Y_test) == as_set(X, Y)
    assert np.array_equal(X_test, X[1437:]) == (test == "last")
    assert same(dataset.digits_apart(test, default_rng(5)), [X_training, Y_training, X_test, Y_test])
    other, _, other_test, _ = dataset.digits_apart(test, default_rng(6))
    assert not np.array_equal(X_training, other)  # in another order at least
    assert (as_set(other_test) == as_set(X_test)) == (test == "last")


def test_moved():
    """Pixel by pixel: what was at a row and a column is one further up, down, left and right."""
    X, Y = default_rng(0).uniform(0.1, 1, (3, 25)), np.eye(3)
    moved, labels = dataset.moved(X, Y)
    assert np.array_equal(labels, np.concatenate([Y] * 4))
    expected = np.zeros((4, 3, 5, 5))
    for part, (down, right) in enumerate([(-1, 0), (1, 0), (0, -1), (0, 1)]):
        for sample, row, column in np.ndindex(3, 5, 5):
            if 0 <= row + down < 5 and 0 <= column + right < 5:
                expected[part, sample, row + down, column + right] = X[sample, 5 * row + column]
    assert np.array_equal(moved, expected.reshape(12, 25))


RNG = default_rng(0)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: dataset.truth_table("XOR"), "function 'XOR' is not one of and, or, nand, nor, xor, xnor"),
    (lambda: dataset.truth_table("xor", 0), "n_inputs is 0"),
    (lambda: dataset.truth_table("xor", 40), "n_inputs is 40, .* has to fit in memory"),
    (lambda: dataset.truth_table("xor", 2.0), r"n_inputs is 2\.0, but must be a whole number"),
    (lambda: dataset.image2x2_set(1, 0.51, RNG), r"grey_range is 0\.51, but must be 0 to 0\.5"),
    (lambda: dataset.image2x2_set(1, -0.01, RNG), r"grey_range is -0\.01"),
    (lambda: dataset.image2x2_set(1, math.nan, RNG), "grey_range is nan"),
    (lambda: dataset.image2x2_set(0, 0.1, RNG), "n_sets is 0"),
    (lambda: dataset.image2x2_set(1.5, 0.1, RNG), r"n_sets is 1\.5"),
    *((lambda c=c: dataset.polynomial(c, RNG), "coefficients must be") for c in ([], [1, math.nan], [[1, 2]], 3)),
    (lambda: dataset.spirals(5, 1, 0.2, RNG), "n_classes is 1, but must be a whole number from 2 to 8"),
    (lambda: dataset.spirals(5, 9, 0.2, RNG), "n_classes is 9"),
    (lambda: dataset.spirals(5, 2.5, 0.2, RNG), r"n_classes is 2\.5"),
    (lambda: dataset.digits_apart("first", RNG), "test 'first' is not one of random, last"),
    (lambda: dataset.moved(np.zeros((2, 60)), np.eye(2)), "X has 60 columns, which make no square image"),
    (lambda: dataset.moved(np.zeros((3, 64)), np.eye(2)), "X has 3 rows, but Y has 2"),
    (lambda: dataset.moved(np.full((2, 64), -1), np.eye(2)), "X has values from -1 to -1, but needs 0"),
    (lambda: dataset.moved(np.full((2, 64), 2), np.eye(2)), "X has values from 2 to 2, but needs 0"),
])  # fmt: skip
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("n_samples", "noise", "message"), [
    (0, 0.2, "n_(samples|per_class) is 0, but must be a whole number of at least 1"),
    (1.5, 0.2, r"n_(samples|per_class) is 1\.5"),
    (5, -0.1, r"noise is -0\.1, but must be a finite number"),
    (5, math.nan, "noise is nan"),
    (5, math.inf, "noise is inf"),
])  # fmt: skip
@pytest.mark.parametrize("name", [*SCATTERED, "spirals"])
def test_bad_numbers_of_samples_and_noise(name, n_samples, noise, message):
    with pytest.raises(ValueError, match=message):
        getattr(dataset, name)(n_samples, *([3] if name == "spirals" else []), noise, RNG)
