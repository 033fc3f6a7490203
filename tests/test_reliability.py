"""Luck, counted: the networks of reliability.py are those of xor.py, and its table says what xor.py does."""

import re

import numpy as np
import pytest
from helpers import same, without_rows

import dataset
import reliability
import xor

X, Y = dataset.truth_table("xor")


def initialize_as_xor(hidden_nodes, scale, seed):
    """What xor.initialize draws, whose weights have a scale of 0.5, brought to another scale."""
    W1, b1, W2, b2 = xor.initialize(2, hidden_nodes, np.random.default_rng(seed))
    return [W1 * (scale / 0.5), b1, W2 * (scale / 0.5), b2]


def solved_by_xor(hidden_nodes, scale, seed, epochs):
    """Whether xor.train alone solves XOR from a seed, at the learning rate that both scripts have by default."""
    parameters = initialize_as_xor(hidden_nodes, scale, seed)
    xor.train(X, Y, parameters, epochs, 4.5)
    return xor.solved(X, Y, parameters)


def table(capsys, *arguments):
    """What the script prints: the heading, and the rows as numbers."""
    reliability.main(["--no-figure", *arguments])
    heading, *rows = capsys.readouterr().out.splitlines()
    return heading, [tuple(float(number) for number in row.split()) for row in rows]


@pytest.mark.parametrize("hidden_nodes", [1, 2, 8])
@pytest.mark.parametrize("seed", range(3))
def test_first_weights_are_those_of_xor(hidden_nodes, seed):
    drawn = reliability.initialize(hidden_nodes, 0.5, np.random.default_rng(seed))
    assert [array.shape for array in drawn] == [(2, hidden_nodes), (1, hidden_nodes), (hidden_nodes, 1), (1, 1)]
    assert same(without_rows(drawn), xor.initialize(2, hidden_nodes, np.random.default_rng(seed)))


@pytest.mark.parametrize("scale", [0.01, 0.1, 1, 2, 5])
def test_another_scale_makes_the_same_weights_larger_or_smaller(scale):
    drawn = reliability.initialize(4, scale, np.random.default_rng(0))
    for own, other in zip(without_rows(drawn), initialize_as_xor(4, scale, 0), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-15)


def test_a_stack_holds_every_network():
    networks = [reliability.initialize(3, 0.5, np.random.default_rng(seed)) for seed in range(4)]
    stacked = reliability.stack(networks)
    for i, network in enumerate(networks):
        assert same([array[i] for array in stacked], network)


@pytest.mark.parametrize("hidden_nodes", [1, 2, 4])
def test_loss_and_gradients_of_every_network_are_those_of_xor(hidden_nodes):
    rng = np.random.default_rng(0)
    networks = [[rng.normal(size=a.shape) for a in reliability.initialize(hidden_nodes, 1, rng)] for _ in range(4)]
    losses, gradients = reliability.backward(X, Y, reliability.stack(networks))
    assert losses.shape == (4,)
    for i, network in enumerate(networks):
        loss, expected = xor.backward(X, Y, without_rows(network))
        assert losses[i] == pytest.approx(loss, rel=1e-13)
        for own, other in zip(without_rows([gradient[i] for gradient in gradients]), expected, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize(("hidden_nodes", "scale"), [(2, 0.5), (4, 0.5), (4, 2)])
def test_networks_trained_at_once_end_as_each_does_alone(hidden_nodes, scale):
    seeds = range(4)
    drawn = [reliability.initialize(hidden_nodes, scale, np.random.default_rng(seed)) for seed in seeds]
    parameters = reliability.stack(drawn)
    reliability.train(X, Y, parameters, 400, 4.5)
    found = reliability.solved(X, Y, parameters)
    for seed in seeds:
        alone = initialize_as_xor(hidden_nodes, scale, seed)
        xor.train(X, Y, alone, 400, 4.5)
        assert found[seed] == xor.solved(X, Y, alone)
        for own, other in zip(without_rows([array[seed] for array in parameters]), alone, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-8, atol=1e-10)


def test_solved_means_within_a_tenth_in_every_output():
    """Targets are set at a distance from the outputs of one network: of every sample, or of a single one."""
    networks = [reliability.initialize(4, 0.5, np.random.default_rng(seed)) for seed in range(3)]
    parameters = reliability.stack(networks)
    outputs = reliability.forward(X, parameters)[-1][1]
    for far in (np.ones((4, 1)), *np.eye(4)[:, :, np.newaxis]):
        for distance, expected in ((0.09, True), (-0.09, True), (0.11, False), (-0.11, False)):
            assert reliability.solved(X, outputs + distance * far, parameters)[1] == expected


def test_the_table_says_what_xor_does(capsys):
    """Every row counts the seeds that xor.py solves; 220 epochs are so few that the learning rate matters too."""
    _, rows = table(capsys, "--seed", "3", "--seeds", "3", "--epochs", "220")
    assert [(nodes, scale) for nodes, scale, _ in rows] == reliability.SETTINGS
    for nodes, scale, solved in rows:
        assert solved == sum(solved_by_xor(int(nodes), scale, seed, 220) for seed in range(3, 6)), (nodes, scale)
    assert {solved for _, _, solved in rows} == {0, 1, 2, 3}


def test_the_heading_says_of_how_many(capsys):
    for seeds in (1, 3):
        heading, rows = table(capsys, "--seeds", str(seeds), "--epochs", "1")
        assert re.search(rf"solved, of {seeds}$", heading)
        assert all(solved == 0 for _, _, solved in rows)  # after a single step


def test_the_settings_differ_and_hold_those_of_xor():
    """Hidden nodes are counted with the first weights of xor.py, and their size with two numbers of hidden nodes."""
    assert len(set(reliability.SETTINGS)) == len(reliability.SETTINGS)
    _, scale = xor.FIRST_WEIGHTS["normal"]
    assert {nodes for nodes, size in reliability.SETTINGS if size == scale} >= {1, 2, 3, 4}
    for nodes in (2, 4):
        assert len([size for number, size in reliability.SETTINGS if number == nodes]) >= 5


@pytest.mark.parametrize("option", ["--seeds", "--epochs"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "nan", ""])
def test_bad_options(option, value, capsys):
    with pytest.raises(SystemExit) as ended:
        reliability.main(["--no-figure", option, value])
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert printed.out == ""
    assert re.fullmatch(rf"reliability\.py: error: argument {option}: .+\n", printed.err)
