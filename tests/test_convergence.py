"""Every trainable script reaches what it promises, for every seed, with its own default settings."""

import argparse
import re

from backstage import training

import pytest
from helpers import load, quick_and_slow


def sweep(capsys, script, seeds, *arguments):
    """What --sweep prints: the seeds solved, or None, and the mean and the lowest and highest measured, or Nones."""
    load(script).main(["--sweep", str(seeds), "--no-figure", *arguments])
    printed = capsys.readouterr().out
    solved = re.search(r"solved: (\d+) of (\d+) seeds", printed)
    measured = re.search(r"mean (\S+), from (\S+) to (\S+)", printed)
    assert not solved or int(solved[2]) == seeds
    return int(solved[1]) if solved else None, *(map(float, measured.groups()) if measured else (None,) * 3)


def until_solved(capsys, script, seeds, epochs, learning_rate, momentum=None, **options):
    """The number of seeds solved where every training ends as soon as it is: a tenth of the time."""
    options = argparse.Namespace(seed=0, sweep=seeds, epochs=epochs, learning_rate=learning_rate, **options)
    settings = {} if momentum is None else {"momentum": momentum}
    script = load(script)
    training.sweep(options, script.start, script.train, script.solved, **settings)
    return int(re.search(r"solved: (\d+) of \d+ seeds", capsys.readouterr().out)[1])


@pytest.mark.parametrize("function", ["and", "or", "nand", "nor"])
@pytest.mark.parametrize("inputs", ["2", "3"])
def test_perceptron_solves_what_a_line_separates(capsys, function, inputs):
    if inputs == "2":
        assert sweep(capsys, "perceptron", 20, "--function", function)[0] == 20
    else:
        assert sweep(capsys, "perceptron", 2, "--function", function, "--inputs", inputs, "--epochs", "3000")[0] == 2


def test_perceptron_never_solves_what_no_line_separates(capsys):
    assert sweep(capsys, "perceptron", 10, "--function", "xor")[0] == 0
    assert sweep(capsys, "perceptron", 5, "--function", "xnor")[0] == 0


@pytest.mark.parametrize(("function", "inputs"), [("xor", "2"), ("xor", "3"), ("xnor", "2")])
def test_xor(capsys, function, inputs):
    assert sweep(capsys, "xor", 20, "--function", function, "--inputs", inputs)[0] == 20


def test_xor_with_two_hidden_nodes_gets_stuck_for_some_seeds(capsys):
    assert 10 <= sweep(capsys, "xor", 20, "--hidden-nodes", "2")[0] <= 19


def test_network1(capsys):
    assert sweep(capsys, "network1", 20)[0] == 20


def test_linear(capsys):
    assert sweep(capsys, "linear", 20)[0] == 20
    assert sweep(capsys, "linear", 5, "--slope", "-3", "--intercept", "100")[0] == 5


CUBICS = quick_and_slow(["1 0 15 0", "1 0 -15 0"], ["5.95 4.27 -6.2 17.87"])


@pytest.mark.parametrize("coefficients", CUBICS)
def test_cubic_gets_there(capsys, coefficients):
    options = {"coefficients": [float(text) for text in coefficients.split()], "hidden_nodes": 8}
    assert until_solved(capsys, "cubic", 20, 7000, 0.1, momentum=0.95, **options) == 20


@pytest.mark.parametrize("coefficients", CUBICS[1:])
def test_cubic_is_there_at_the_end(capsys, coefficients):
    assert sweep(capsys, "cubic", 1, "--coefficients", *coefficients.split())[0] == 1


def test_recognition_gets_all_training_images_right(capsys):
    options = {"sets": 32, "grey_range": 0.2, "hidden_nodes": [16, 8]}
    assert until_solved(capsys, "2x2_image_recognition", 20, 1500, 1.0, **options) == 20


def test_recognition_of_fresh_images(capsys):
    solved, _, lowest, _ = sweep(capsys, "2x2_image_recognition", 3)
    assert solved == 3
    assert lowest >= 99.9


@pytest.mark.slow
def test_noisy_xor(capsys):
    """In the mean within half a point of the best that any classifier can do on the same samples."""
    _, behind, _, highest = sweep(capsys, "noisy_xor", 4, "--seed", "3")
    assert behind <= 0.5
    assert highest <= 1.5


@pytest.mark.slow
def test_spirals(capsys):
    _, mean, lowest, _ = sweep(capsys, "spirals", 20)
    assert mean >= 99.0
    assert lowest >= 97.5
