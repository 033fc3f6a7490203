"""Many networks at once, in reliability.py and gradient_check.py, are those of xor.py; and luck, counted."""

import numpy as np
import pytest
from helpers import same, without_rows
from numpy.random import default_rng

import dataset
import gradient_check
import reliability
import xor

X, Y = dataset.truth_table("xor")
LESSONS = [reliability, gradient_check]


def drawn_by(lesson, hidden_nodes, seeds):
    """The first parameters of a network for each seed."""
    scale = [0.5] if lesson is reliability else []
    return [lesson.initialize(hidden_nodes, *scale, default_rng(seed)) for seed in seeds]


def initialize_as_xor(hidden_nodes, scale, seed):
    """What xor.initialize draws, whose weights have a scale of 0.5, brought to another scale."""
    W1, b1, W2, b2 = xor.initialize(2, hidden_nodes, default_rng(seed))
    return [W1 * (scale / 0.5), b1, W2 * (scale / 0.5), b2]


@pytest.mark.parametrize("scale", [0.5, 0.01, 5])
@pytest.mark.parametrize("hidden_nodes", [1, 2, 8])
def test_first_weights_are_those_of_xor_made_larger_or_smaller(hidden_nodes, scale):
    drawn = reliability.initialize(hidden_nodes, scale, default_rng(3))
    assert [array.shape for array in drawn] == [(2, hidden_nodes), (1, hidden_nodes), (hidden_nodes, 1), (1, 1)]
    for own, other in zip(without_rows(drawn), initialize_as_xor(hidden_nodes, scale, 3), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-15)


@pytest.mark.parametrize("hidden_nodes", [1, 2, 4])
@pytest.mark.parametrize("lesson", LESSONS)
def test_loss_and_gradients_of_every_network_are_those_of_xor(lesson, hidden_nodes):
    rng = default_rng(0)
    networks = [[rng.normal(size=a.shape) for a in drawn] for drawn in drawn_by(lesson, hidden_nodes, range(4))]
    stacked = lesson.stack(networks)
    losses, gradients = lesson.backward(X, Y, stacked)
    assert losses.shape == (4,)
    for i, network in enumerate(networks):
        assert same([array[i] for array in stacked], network)
        loss, expected = xor.backward(X, Y, without_rows(network))
        assert losses[i] == pytest.approx(loss, rel=1e-13)
        for own, other in zip(without_rows([gradient[i] for gradient in gradients]), expected, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("lesson", LESSONS)
def test_networks_trained_at_once_end_as_each_does_alone(lesson):
    """With 2 hidden nodes not all of them learn."""
    networks = drawn_by(lesson, 2, range(5))
    parameters = lesson.stack(networks)
    how = [gradient_check.backward] if lesson is gradient_check else []
    losses = np.array(list(lesson.train(X, Y, parameters, 400, 4.5, *how)))
    near = 0.4 if lesson is gradient_check else 0.1
    found = []
    for i, network in enumerate(map(without_rows, networks)):
        np.testing.assert_allclose(losses[:, i], list(xor.train(X, Y, network, 400, 4.5)), rtol=1e-8)
        found.append(np.all(np.abs(xor.forward(X, network)[-1] - Y) < near))
        for own, other in zip(without_rows([array[i] for array in parameters]), network, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-8, atol=1e-10)
    assert lesson.solved(X, Y, parameters).tolist() == found
    assert 0 < sum(found) < 5


@pytest.mark.parametrize(("lesson", "near"), [(reliability, 0.1), (gradient_check, 0.4)])
def test_solved_means_near_in_every_output(lesson, near):
    """Targets are set at a distance from the outputs of one network: of every sample, or of a single one."""
    networks = drawn_by(lesson, 4, range(3))
    outputs = lesson.forward(X, networks[1])[-1]
    for far in (np.ones((4, 1)), *np.eye(4)[:, :, np.newaxis]):
        for distance in (near - 0.01, near + 0.01):
            for sign in (1, -1):
                found = lesson.solved(X, outputs + sign * distance * far, lesson.stack(networks))
                assert found[1] == (distance < near)


def test_the_table_says_what_xor_does(capsys):
    """Every row counts the seeds that xor.py solves; 220 epochs are so few that the learning rate matters too."""
    reliability.main(["--no-figure", "--seed", "3", "--seeds", "3", "--epochs", "220"])
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.endswith("solved, of 3")
    rows = [tuple(float(number) for number in row.split()) for row in rows]
    assert [(nodes, scale) for nodes, scale, _ in rows] == reliability.SETTINGS
    for nodes, scale, count in rows:
        networks = [initialize_as_xor(int(nodes), scale, seed) for seed in range(3, 6)]
        for parameters in networks:
            list(xor.train(X, Y, parameters, 220, 4.5))
        assert count == sum(xor.solved(X, Y, parameters) for parameters in networks), (nodes, scale)
    assert {count for _, _, count in rows} == {0, 1, 2, 3}
