"""The gradient check: the right gradients pass, every planted mistake is found, and the check itself is right."""

import itertools

import numpy as np
import pytest
from helpers import same
from numpy.random import default_rng

import dataset
import gradient_check
from gradient_check import MISTAKES, backward, check, numerical_gradients, relative_error

X, Y = dataset.truth_table("xor")


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_right_gradients_pass_and_every_mistake_is_found(hidden_nodes):
    for seed in range(10):
        assert check(backward, hidden_nodes, default_rng(seed)) < 1e-7
        for name, mistake in MISTAKES.items():
            assert check(mistake, hidden_nodes, default_rng(seed)) > 1e-3, name


def test_a_factor_of_1_001_is_found_in_the_network_of_the_generator():
    seen = []

    def scaled(X, Y, parameters):
        seen.append([parameter.copy() for parameter in parameters])
        loss, gradients = backward(X, Y, parameters)
        return loss, [1.001 * gradient for gradient in gradients]

    for seed in (1, 2):
        assert check(scaled, 3, default_rng(seed)) > 1e-4
        assert same(seen[-1], gradient_check.initialize(3, default_rng(seed)))


def test_first_parameters():
    """The biases are rows, and no number is 0 by chance."""
    first, other = (gradient_check.initialize(3, default_rng(seed)) for seed in (1, 2))
    assert [array.shape for array in first] == [(2, 3), (1, 3), (3, 1), (1, 1)]
    for array, another in zip(first, other, strict=True):
        assert np.all((array != 0) & (np.abs(array) <= 1) & (array != another))


# Of dW1, db1, dW2 and db2, those that are wrong in the order of MISTAKES.
WRONG = ["dW1 db1", "dW1 db1 dW2 db2", "db1 db2", "dW1 db1 dW2 db2", "db1 db2", "dW1 db1"]


def test_every_mistake_is_another():
    parameters = gradient_check.initialize(4, default_rng(0))
    right, *found = [function(X, Y, parameters)[1] for function in (backward, *MISTAKES.values())]
    for one, other in itertools.combinations(found, 2):
        assert relative_error(one, other) > 1e-3
    for gradients, wrong in zip(found, WRONG, strict=True):
        for name, own, other in zip(("dW1", "db1", "dW2", "db2"), gradients, right, strict=True):
            assert (relative_error([own], [other]) > 1e-3) == (name in wrong)


@pytest.mark.parametrize("function", [backward, *MISTAKES.values()])
def test_only_the_gradients_are_wrong(function):
    """The loss is the right one, nothing is changed, and in a stack of networks each is as it is alone."""
    networks = [gradient_check.initialize(4, default_rng(seed)) for seed in range(3)]
    stacked = gradient_check.stack(networks)
    before = [parameter.copy() for parameter in stacked]
    losses, together = function(X, Y, stacked)
    assert same(stacked, before)
    assert [gradient.shape for gradient in together] == [parameter.shape for parameter in stacked]
    assert np.array_equal(losses, backward(X, Y, stacked)[0])
    for i, network in enumerate(networks):
        loss, alone = function(X, Y, network)
        assert loss == pytest.approx(losses[i], rel=1e-13)
        assert same(network, [parameter[i] for parameter in stacked])
        for own, gradients in zip(alone, together, strict=True):
            np.testing.assert_allclose(gradients[i], own, rtol=1e-13, atol=1e-16)


def test_numerical_gradients_of_a_known_function():
    """The sum of p³ has the derivative 3p²; the parameters are the same afterwards, to the last bit."""
    rng = default_rng(0)
    parameters = [rng.normal(size=(2, 3)), rng.normal(size=4), np.array([[1e-9]])]
    before = [parameter.copy() for parameter in parameters]
    gradients = numerical_gradients(lambda arrays: sum(np.sum(array**3) for array in arrays), parameters)
    assert same(parameters, before)
    for gradient, parameter in zip(gradients, parameters, strict=True):
        np.testing.assert_allclose(gradient, 3 * parameter**2, atol=1e-9)


@pytest.mark.parametrize(("a", "b", "expected"), [
    ([[1.0, 2.0]], [[1.0, 2.0]], 0),
    ([[1.0, 2.0]], [[-1.0, -2.0]], 1),
    ([[1.0], [0.0]], [[0.0], [1.0]], np.sqrt(2) / 2),
    ([[0.0]], [[0.0]], 0),
    ([[0.0]], [[5.0]], 1),
    ([[3e-9]], [[1e-9]], 0.5),  # relative: the size of the numbers does not matter
])  # fmt: skip
def test_relative_error(a, b, expected):
    assert relative_error(a, b) == relative_error(b, a) == pytest.approx(expected)


def test_wrong_programs_learn_too():
    """The lesson: with 4 hidden nodes all networks learn with the right code, and with a wrong one most as well."""
    learnt = []
    for function in (backward, gradient_check.averaged_biases, gradient_check.no_hidden_derivative):
        parameters = gradient_check.stack([gradient_check.initialize(4, default_rng(seed)) for seed in range(10)])
        list(gradient_check.train(X, Y, parameters, 3000, 2.0, function))
        learnt.append(np.sum(gradient_check.solved(X, Y, parameters)))
    right, most, none = learnt
    assert (right, none) == (10, 0)
    assert most >= 8
