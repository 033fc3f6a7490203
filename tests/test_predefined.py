"""The two networks with weights set by hand, at every corner of the grey range that they must stand."""

import itertools

import numpy as np
import pytest
from helpers import load

import dataset

first, second = load("2x2_image_predefined_1"), load("2x2_image_predefined_2")
IMAGES, TARGETS = dataset.image2x2(vertical_only=True)


def corners(grey_range):
    """The sixteen images with each pixel at either end of its range, X (16 * 16, 4), and their targets."""
    grey = np.array(list(itertools.product([0, grey_range], repeat=4)))
    X = [np.where(image == 1, 1 - grey, grey) for image in IMAGES]
    return np.concatenate(X), np.repeat(TARGETS, 16, axis=0)


def answers(script, X, parameters=None):
    return script.forward(X, parameters or script.initialize())[-1]


def test_both_give_the_same_to_the_last_bit():
    rng = np.random.default_rng(0)
    for X in (rng.uniform(0, 1, (2000, 4)), rng.normal(0, 10, (2000, 4)), IMAGES, corners(0.2)[0]):
        for one, two in zip(first.forward(X, first.initialize()), second.forward(X, second.initialize()), strict=True):
            assert np.array_equal(one, two)


def test_right_at_every_corner_exactly_below_two_tenths():
    """Just above, a line scores as little, 2 - 4g, as one or three black pixels can, 1 + g: both kinds go wrong."""
    for grey_range in (0, 0.1, 0.19, 0.2 - 1e-9):
        X, Y = corners(grey_range)
        assert np.array_equal(answers(first, X), Y)
    X, Y = corners(0.2 + 1e-9)
    wrong = answers(first, X) != Y
    assert np.any(wrong & (Y == 1))
    assert np.any(wrong & (Y == 0))


def test_weights_that_look_as_plausible_fail():
    """+1 -2 over +1 -2 with a threshold of 1: one-pixel images can fail at any g above 0, one set in 16 does at 0.2."""
    W1 = np.array([[1, -2, 1, -2], [-2, 1, -2, 1]], dtype=float).T
    alternative = [W1, np.array([-1.0, -1.0]), *second.initialize()[2:]]
    X, Y = corners(0.01)
    assert np.any(answers(second, X, alternative) != Y)
    sets = 20_000
    X, Y = dataset.image2x2_set(sets, 0.2, np.random.default_rng(0), vertical_only=True)
    wrong = np.any((answers(second, X, alternative) != Y).reshape(sets, 16), axis=1)
    assert np.mean(wrong) == pytest.approx(1 / 16, abs=0.01)
    assert np.array_equal(answers(second, X), Y)
