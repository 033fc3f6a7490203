"""Activations: their formulas, ranges and derivatives, and that no z between ±1e300 breaks them."""

import math

import numpy as np
import pytest

import activation

ELEMENTWISE = [function for function in activation.FUNCTIONS if function is not activation.softmax]
EXTREME = [0.0, 1e-300, -1e-300, 1.0, -1.0, 30.0, -30.0, 800.0, -800.0, 1e300, -1e300]
Z = np.linspace(-5, 5, 200)  # does not hold 0, the kink of relu, leaky_relu and step

BY_DEFINITION = {
    "step": lambda z: 0 if z < 0 else 1,
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)),
    "relu": lambda z: z if z > 0 else 0,
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "gaussian": lambda z: math.exp(-(z**2)),
}

# The values at -1e300 and 1e300, and the slopes there: where every function ends.
ENDS = {
    "step": (0, 1, 0, 0),
    "linear": (-1e300, 1e300, 1, 1),
    "sigmoid": (0, 1, 0, 0),
    "tanh": (-1, 1, 0, 0),
    "relu": (0, 1e300, 0, 1),
    "leaky_relu": (-1e298, 1e300, 0.01, 1),
    "softplus": (0, 1e300, 0, 1),
    "gaussian": (0, 0, 0, 0),
}
RANGE = {
    "step": (0, 1),
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, math.inf),
    "softplus": (0, math.inf),
    "gaussian": (0, 1),
}


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_formula(f):
    np.testing.assert_allclose(f(Z), [BY_DEFINITION[f.__name__](z) for z in Z], rtol=1e-13, atol=1e-15)
    assert f.__doc__
    assert "Range" in f.__doc__


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_derivative_against_centred_differences(f):
    expected = (f(Z + 1e-6) - f(Z - 1e-6)) / 2e-6
    np.testing.assert_allclose(f.derivative(Z, f(Z)), expected, atol=1e-8)


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_extreme_values_are_finite_and_raise_no_warning(f):
    """Warnings are errors in these tests, so an overflow that ends well is found too."""
    z = np.array(EXTREME)
    a = f(z)
    assert np.all(np.isfinite(a))
    assert np.all(np.isfinite(f.derivative(z, a)))
    low, high = RANGE.get(f.__name__, (-math.inf, math.inf))
    assert np.all((low <= a) & (a <= high))


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_where_it_ends(f):
    z = np.array([-1e300, 1e300])
    low, high, low_slope, high_slope = ENDS[f.__name__]
    np.testing.assert_allclose(f(z), [low, high], rtol=1e-15)
    np.testing.assert_allclose(f.derivative(z, f(z)), [low_slope, high_slope], rtol=1e-15)


def test_small_values_keep_their_digits():
    """Far out on the left the outputs are tiny, but not rounded to 0."""
    z = np.array([-30.0, -300.0, -700.0])
    np.testing.assert_allclose(activation.sigmoid(z), np.exp(z), rtol=1e-12)
    np.testing.assert_allclose(activation.softplus(z), np.exp(z), rtol=1e-12)
    np.testing.assert_allclose(activation.gaussian(np.array([20.0, -20.0])), math.exp(-400), rtol=1e-12)
    assert activation.tanh(1e-300) == 1e-300


@pytest.mark.parametrize("f", activation.FUNCTIONS)
def test_shape_and_type_are_kept_and_z_is_not_changed(f):
    for shape in ((3,), (2, 3), (2, 1, 4)):
        z = np.arange(math.prod(shape), dtype=float).reshape(shape) - 1.5
        before = z.copy()
        a = f(z)
        assert a.shape == shape
        assert a.dtype == float
        assert a is not z
        assert np.array_equal(z, before)
    assert f(np.array([[1, -2, 3]])).dtype == float


def test_softmax_is_a_share_for_each_class():
    z = np.random.default_rng(0).normal(0, 3, (50, 4))
    a = activation.softmax(z)
    np.testing.assert_allclose(a, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), rtol=1e-13)
    np.testing.assert_allclose(activation.softmax(z + 700), a, rtol=1e-11)  # only differences count
    two = np.column_stack([np.zeros(50), z[:, 0]])
    np.testing.assert_allclose(activation.softmax(two)[:, 1], activation.sigmoid(z[:, 0]), rtol=1e-13)


@pytest.mark.parametrize("row", [[1000.0, -1000.0], [-1000.0, -1000.0, -1000.0], [1000.0, 999.0, -1000.0], EXTREME])
def test_softmax_of_extreme_sums(row):
    a = activation.softmax(np.array([row, row[::-1]]))
    assert np.all((a >= 0) & (a <= 1))
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=1e-15)
    assert np.array_equal(a[0], a[1][::-1])


def test_softmax_of_rows_far_apart():
    """Every row has its own largest sum."""
    a = activation.softmax(np.array([[1000.0, 999.0], [-1000.0, -1001.0], [0.0, -1.0]]))
    np.testing.assert_allclose(a[1:], a[:2], rtol=1e-15)


def test_softmax_has_no_elementwise_derivative():
    z = np.zeros((2, 3))
    with pytest.raises(ValueError, match="softmax has no elementwise derivative"):
        activation.softmax.derivative(z, activation.softmax(z))


def test_named():
    for f in activation.FUNCTIONS:
        assert activation.named(f.__name__) is f
        assert activation.named(f) is f


@pytest.mark.parametrize("wrong", ["nonsense", "", "Sigmoid", None, 3, len, np.tanh])
def test_named_refuses_what_is_no_activation(wrong):
    with pytest.raises(ValueError, match="is not one of step, linear, sigmoid, tanh, relu"):
        activation.named(wrong)
