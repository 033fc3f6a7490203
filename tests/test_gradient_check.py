"""The gradient check: the right gradients pass, every planted mistake is found, and the check itself is right."""

import numpy as np
import pytest
from helpers import same, without_rows

import dataset
import gradient_check
import xor
from gradient_check import MISTAKES, backward, check, numerical_gradients, relative_error

X, Y = dataset.truth_table("xor")
SEEDS = range(10)


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_the_right_gradients_pass(hidden_nodes):
    for seed in SEEDS:
        assert check(backward, hidden_nodes, np.random.default_rng(seed)) < 1e-7


@pytest.mark.parametrize("hidden_nodes", [2, 4])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_mistake_is_found(mistake, hidden_nodes):
    for seed in SEEDS:
        assert check(MISTAKES[mistake], hidden_nodes, np.random.default_rng(seed)) > 1e-3


def test_the_network_that_is_checked_comes_from_the_generator():
    seen = []

    def looks(X, Y, parameters):
        seen.append([parameter.copy() for parameter in parameters])
        return backward(X, Y, parameters)

    for seed in (1, 2):
        check(looks, 3, np.random.default_rng(seed))
        assert same(seen[-1], gradient_check.initialize(3, np.random.default_rng(seed)))


def test_a_factor_of_1_001_is_found():
    def scaled(*arguments):
        loss, gradients = backward(*arguments)
        return loss, [1.001 * gradient for gradient in gradients]

    assert check(scaled, 4, np.random.default_rng(0)) > 1e-4


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_first_parameters(hidden_nodes):
    """They come from the generator handed in; the biases are rows, and no number is 0 by chance."""
    first, again, other = (gradient_check.initialize(hidden_nodes, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert [array.shape for array in first] == [(2, hidden_nodes), (1, hidden_nodes), (hidden_nodes, 1), (1, 1)]
    assert same(first, again)
    for array, another in zip(first, other, strict=True):
        assert np.all((array != 0) & (np.abs(array) <= 1) & (array != another))


def test_a_stack_holds_every_network():
    networks = [gradient_check.initialize(3, np.random.default_rng(seed)) for seed in range(5)]
    stacked = gradient_check.stack(networks)
    assert [array.shape for array in stacked] == [(5, 2, 3), (5, 1, 3), (5, 3, 1), (5, 1, 1)]
    for i, network in enumerate(networks):
        assert same([array[i] for array in stacked], network)


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_the_right_gradients_are_those_of_xor(hidden_nodes):
    """Its arrays may hold many networks, (networks, 1, nodes) for biases; for one network they are xor's."""
    rng = np.random.default_rng(0)
    networks = [gradient_check.initialize(hidden_nodes, rng) for _ in range(3)]
    losses, together = backward(X, Y, gradient_check.stack(networks))
    assert losses.shape == (3,)
    for i, parameters in enumerate(networks):
        loss, alone = backward(X, Y, parameters)
        expected_loss, expected = xor.backward(X, Y, without_rows(parameters))
        np.testing.assert_allclose([loss, losses[i]], expected_loss, rtol=1e-13)
        for own, stacked, other in zip(alone, together, expected, strict=True):
            np.testing.assert_allclose(own.reshape(other.shape), other, rtol=1e-13, atol=1e-16)
            np.testing.assert_allclose(stacked[i], own, rtol=1e-13, atol=1e-16)


def test_every_mistake_is_another():
    parameters = gradient_check.initialize(4, np.random.default_rng(0))
    found = [function(X, Y, parameters)[1] for function in (backward, *MISTAKES.values())]
    for i in range(len(found)):
        for j in range(i):
            assert relative_error(found[i], found[j]) > 1e-3
    names = {mistake.__name__ for mistake in MISTAKES.values()} | set(MISTAKES)
    assert len(names) == 2 * len(MISTAKES) == 12


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_mistake_changes_the_parameters(mistake):
    """Only the gradients are wrong: the loss is that of the right program, for one network and for a stack."""
    networks = [gradient_check.initialize(4, np.random.default_rng(seed)) for seed in range(3)]
    for parameters in (networks[0], gradient_check.stack(networks)):
        before = [parameter.copy() for parameter in parameters]
        loss, gradients = MISTAKES[mistake](X, Y, parameters)
        assert [gradient.shape for gradient in gradients] == [parameter.shape for parameter in parameters]
        assert same(parameters, before)
        assert np.array_equal(loss, backward(X, Y, parameters)[0])


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_the_same_in_a_stack(mistake):
    networks = [gradient_check.initialize(4, np.random.default_rng(seed)) for seed in range(3)]
    _, together = MISTAKES[mistake](X, Y, gradient_check.stack(networks))
    for i, parameters in enumerate(networks):
        for own, stacked in zip(MISTAKES[mistake](X, Y, parameters)[1], together, strict=True):
            np.testing.assert_allclose(stacked[i], own, rtol=1e-13, atol=1e-16)


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


def trained(function, hidden_nodes, seeds, epochs, learning_rate):
    """A stack of networks, one for each seed, after a training with a backward that may be wrong."""
    networks = [gradient_check.initialize(hidden_nodes, np.random.default_rng(seed)) for seed in seeds]
    parameters = gradient_check.stack(networks)
    gradient_check.train(X, Y, parameters, epochs, learning_rate, function)
    return parameters


def count_solved(*how):
    return np.sum(gradient_check.solved(X, Y, trained(*how)))


def test_networks_trained_at_once_end_as_each_does_alone():
    """As xor.train says; with 2 hidden nodes not all of them learn."""
    together = trained(backward, 2, range(5), 600, 5.0)
    found = gradient_check.solved(X, Y, together)
    alone = []
    for seed in range(5):
        parameters = without_rows(gradient_check.initialize(2, np.random.default_rng(seed)))
        xor.train(X, Y, parameters, 600, 5.0)
        alone.append(np.abs(xor.forward(X, parameters)[-1] - Y).max() < 0.4)
        for own, other in zip(together, parameters, strict=True):
            np.testing.assert_allclose(own[seed].reshape(other.shape), other, rtol=1e-8, atol=1e-10)
        if seed < 3:
            assert count_solved(backward, 2, [seed], 600, 5.0) == alone[-1]
    assert found.tolist() == alone
    assert 0 < sum(alone) < 5
    assert count_solved(backward, 4, range(5), 1, 1.0) == 0


def test_solved_means_within_four_tenths_in_every_output():
    """Targets are set at a distance from the outputs of one network: of every sample, or of a single one."""
    networks = [gradient_check.initialize(4, np.random.default_rng(seed)) for seed in range(3)]
    outputs = gradient_check.forward(X, networks[1])[-1]
    for far in (np.ones((4, 1)), *np.eye(4)[:, :, np.newaxis]):
        for distance, expected in ((0.39, True), (-0.39, True), (0.41, False), (-0.41, False)):
            targets = outputs + distance * far
            assert gradient_check.solved(X, targets, gradient_check.stack(networks))[1] == expected
            assert gradient_check.solved(X, targets, networks[1]) == expected


def test_wrong_programs_learn_too():
    """The lesson: with 4 hidden nodes all networks learn with the right code, and with a wrong one most as well."""
    assert count_solved(backward, 4, range(10), 3000, 2.0) == 10
    assert count_solved(gradient_check.averaged_biases, 4, range(10), 3000, 2.0) >= 8
    assert count_solved(gradient_check.no_hidden_derivative, 4, range(10), 3000, 2.0) == 0
