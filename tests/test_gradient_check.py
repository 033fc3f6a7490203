"""The gradient check: the right gradients pass, every planted mistake is found, and the check itself is right."""

import numpy as np
import pytest

import dataset
import gradient_check
import xor
from gradient_check import MISTAKES, check, count_solved, numerical_gradients, relative_error, right

X, Y = dataset.truth_table("xor")
SEEDS = range(10)


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_the_right_gradients_pass(hidden_nodes):
    for seed in SEEDS:
        assert check(right, hidden_nodes, np.random.default_rng(seed), 1.0) < 1e-7


@pytest.mark.parametrize("hidden_nodes", [2, 4])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_found(mistake, hidden_nodes):
    for seed in SEEDS:
        assert check(mistake, hidden_nodes, np.random.default_rng(seed), 1.0) > 1e-3


def test_a_factor_of_1_001_is_found():
    def scaled(*arguments):
        return [1.001 * gradient for gradient in right(*arguments)]

    assert check(scaled, 4, np.random.default_rng(0), 1.0) > 1e-4


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_the_right_gradients_are_those_of_xor(hidden_nodes):
    """Its arrays may hold many networks, (networks, 1, nodes) for biases; for one network they are xor's."""
    rng = np.random.default_rng(0)
    networks = [gradient_check.initialize(hidden_nodes, rng) for _ in range(3)]
    together = right(X, Y, [np.stack(arrays) for arrays in zip(*networks, strict=True)], 1.0)
    for i, parameters in enumerate(networks):
        alone = right(X, Y, parameters, 1.0)
        W1, b1, W2, b2 = parameters
        _, expected = xor.backward(X, Y, [W1, b1[0], W2, b2[0]])
        for own, stacked, other in zip(alone, together, expected, strict=True):
            np.testing.assert_allclose(own.reshape(other.shape), other, rtol=1e-13, atol=1e-16)
            np.testing.assert_allclose(stacked[i], own, rtol=1e-13, atol=1e-16)


def test_every_mistake_is_another():
    parameters = gradient_check.initialize(4, np.random.default_rng(0))
    found = [backward(X, Y, parameters, 1.0) for backward in (right, *MISTAKES)]
    for i in range(len(found)):
        for j in range(i):
            assert relative_error(found[i], found[j]) > 1e-3
    names = {mistake.__name__ for mistake in MISTAKES} | {mistake.__doc__ for mistake in MISTAKES}
    assert len(names) == 2 * len(MISTAKES) == 12


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_mistake_changes_the_parameters(mistake):
    parameters = gradient_check.initialize(4, np.random.default_rng(0))
    before = [parameter.copy() for parameter in parameters]
    gradients = mistake(X, Y, parameters, 1.0)
    assert [gradient.shape for gradient in gradients] == [parameter.shape for parameter in parameters]
    assert all(np.array_equal(a, b) for a, b in zip(parameters, before, strict=True))


def test_numerical_gradients_of_a_known_function():
    """The sum of p³ has the derivative 3p²; the parameters are the same afterwards, to the last bit."""
    rng = np.random.default_rng(0)
    parameters = [rng.normal(size=(2, 3)), rng.normal(size=4)]
    before = [parameter.copy() for parameter in parameters]
    found = numerical_gradients(lambda parameters: sum(np.sum(p**3) for p in parameters), parameters)
    for gradient, parameter, old in zip(found, parameters, before, strict=True):
        np.testing.assert_allclose(gradient, 3 * parameter**2, rtol=1e-7, atol=1e-9)
        assert np.array_equal(parameter, old)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0]], 0),
        ([[1.0, 2.0]], [[-1.0, -2.0]], 1),
        ([[1.0], [0.0]], [[0.0], [1.0]], np.sqrt(2) / 2),
        ([[0.0]], [[0.0]], 0),
        ([[0.0]], [[5.0]], 1),
        ([[3e-9]], [[1e-9]], 0.5),  # relative: the size of the numbers does not matter
    ],
)
def test_relative_error(a, b, expected):
    a, b = [np.array(array) for array in a], [np.array(array) for array in b]
    assert relative_error(a, b) == pytest.approx(expected)
    assert relative_error(b, a) == relative_error(a, b)


def test_count_solved():
    """Networks trained all at once end as each would alone, as xor.train says; with 2 hidden nodes not all do."""
    alone = []
    for seed in range(5):
        W1, b1, W2, b2 = gradient_check.initialize(2, np.random.default_rng(seed))
        parameters = [W1, b1[0], W2, b2[0]]
        xor.train(X, Y, parameters, 600, 5.0)
        alone.append(np.abs(xor.forward(X, parameters)[-1] - Y).max() < 0.4)
        if seed < 3:
            assert count_solved(right, 2, 1, seed, 600, 5.0) == alone[-1]
    assert count_solved(right, 2, 5, 0, 600, 5.0) == sum(alone)
    assert 0 < sum(alone) < 5
    assert count_solved(right, 4, 5, 0, 1, 1.0) == 0


def test_wrong_programs_learn_too():
    """The lesson: with 4 hidden nodes all networks learn with the right code, and with a wrong one most as well."""
    assert count_solved(right, 4, 10, 0, 3000, 2.0) == 10
    assert count_solved(gradient_check.averaged_biases, 4, 10, 0, 3000, 2.0) >= 8
    assert count_solved(gradient_check.no_hidden_derivative, 4, 10, 0, 3000, 2.0) == 0
