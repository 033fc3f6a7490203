"""Activations: their formulas, ranges and derivatives, and that no z between ±1e300 breaks them."""

import math

import numpy as np
import pytest

import activation

ELEMENTWISE = [function for function in activation.FUNCTIONS if function is not activation.softmax]
TYPES = [np.float16, np.float32, np.float64]
Z = np.linspace(-5, 5, 200)  # does not hold 0, the kink of relu, leaky_relu and step
INF, FAR = math.inf, 1e300
OF = {  # by its definition; its range; the values at -1e300 and 1e300, and the slopes there: where it ends
    "step": (lambda z: 0 if z < 0 else 1, (0, 1), (0, 1), (0, 0)),
    "linear": (lambda z: z, (-INF, INF), (-FAR, FAR), (1, 1)),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), (0, 1), (0, 1), (0, 0)),
    "tanh": (lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)), (-1, 1), (-1, 1), (0, 0)),
    "relu": (lambda z: z if z > 0 else 0, (0, INF), (0, FAR), (0, 1)),
    "leaky_relu": (lambda z: z if z > 0 else z / 100, (-INF, INF), (-1e298, FAR), (0.01, 1)),
    "softplus": (lambda z: math.log(1 + math.exp(z)), (0, INF), (0, FAR), (0, 1)),
    "gaussian": (lambda z: math.exp(-(z**2)), (0, 1), (0, 0), (0, 0)),
}


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_formula_and_derivative(f):
    expected = [OF[f.__name__][0](z) for z in Z]
    np.testing.assert_allclose(f(Z), expected, rtol=1e-13, atol=1e-15)
    assert [f(z) for z in Z.tolist()] == pytest.approx(expected, rel=1e-13, abs=1e-15)  # of a single number too
    np.testing.assert_allclose(f.derivative(Z, f(Z)), (f(Z + 1e-6) - f(Z - 1e-6)) / 2e-6, atol=1e-8)
    assert "Range" in f.__doc__


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_where_it_ends(f):
    """1e-308, the least that sigmoid gives, is as good as 0."""
    z, (_, _, ends, slopes) = np.array([-FAR, FAR]), OF[f.__name__]
    np.testing.assert_allclose(f(z), ends, rtol=1e-15, atol=2e-308)
    np.testing.assert_allclose(f.derivative(z, f(z)), slopes, rtol=1e-15, atol=2e-308)


def test_slopes_at_the_kinks():
    for f, slope in ((activation.relu, 0), (activation.leaky_relu, 0.01)):
        assert f.derivative(np.zeros(1), f(np.zeros(1))) == slope
    assert activation.step(np.zeros(1)) == 1


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("f", activation.FUNCTIONS)
def test_extreme_values_are_finite_and_of_the_same_type(f, dtype):
    """In every shape; z stays as it is. Warnings are errors here, so an overflow that ends well is found too."""
    most = 1e300 if dtype == np.float64 else np.finfo(dtype).max / 10
    z = np.array([0, 1e-7, -1e-7, 1, -1, 30, -30, 800, -800, most, -most, -2], dtype=dtype)
    low, high = OF.get(f.__name__, (None, (0, 1)))[1]
    for shape in ((12,), (3, 4), (2, 1, 6)):
        before = z.reshape(shape).copy()
        a = f(z.reshape(shape))
        results = [a] if f is activation.softmax else [a, f.derivative(before, a)]
        assert all(np.isfinite(result).all() for result in results)
        assert {(result.shape, result.dtype) for result in results} == {(shape, np.dtype(dtype))}
        assert np.all((low <= a) & (a <= high))
        assert not np.shares_memory(a, z)
        assert np.array_equal(z, before.ravel())
    assert f(np.array([[1, -2, 3]])).dtype == float


def test_small_values_keep_their_digits():
    """Far out on the left the outputs are tiny, but not rounded to 0."""
    z = np.array([-30.0, -300.0, -700.0])
    np.testing.assert_allclose(activation.sigmoid(z), np.exp(z), rtol=1e-12)
    np.testing.assert_allclose(activation.softplus(z), np.exp(z), rtol=1e-12)
    np.testing.assert_allclose(activation.sigmoid(np.float32([-30, -80])), np.exp([-30, -80]), rtol=1e-5)
    np.testing.assert_allclose(activation.gaussian(np.array([20.0, -20.0])), math.exp(-400), rtol=1e-12)
    assert activation.tanh(1e-300) == 1e-300


def test_softmax_is_a_share_for_each_class():
    z = np.random.default_rng(0).normal(0, 3, (50, 4))
    a = activation.softmax(z)
    np.testing.assert_allclose(a, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), rtol=1e-13)
    np.testing.assert_allclose(activation.softmax(z + 700), a, rtol=1e-11)  # only differences count
    with pytest.raises(ValueError, match="softmax has no elementwise derivative"):
        activation.softmax.derivative(z, a)


@pytest.mark.parametrize("row", [[1e3, -1e3], [-1e3, -1e3, -1e3], [1e3, 999.0, -1e3], [0, 1e-300, 800, FAR, -FAR]])
def test_softmax_of_extreme_sums(row):
    """Every row has its own largest sum, and is as if it were alone."""
    a = activation.softmax(np.array([row, row[::-1], [1 - z / FAR for z in row]]))
    np.testing.assert_allclose(a.sum(axis=1), 1, rtol=1e-15)
    assert np.array_equal(a[0], a[1][::-1])
    assert np.array_equal(a[0], activation.softmax(np.array(row)))


def test_named():
    assert all(activation.named(f.__name__) is activation.named(f) is f for f in activation.FUNCTIONS)
    for wrong in ("nonsense", "", "Sigmoid", None, 3, len, np.tanh):
        with pytest.raises(ValueError, match="is not one of step, linear, sigmoid, tanh, relu"):
            activation.named(wrong)
