"""Every trainable script reaches what it promises, from every seed, with its own default settings."""

import re

from backstage import training

import numpy as np
import pytest
from helpers import load

import dataset
import your_data


def plain_and_slow(rows):
    """Rows of a test's parameters, each with its last number: seeds for every day, and those for --slow."""
    plain = [(*row, few) for *row, few, _ in rows]
    return plain + [pytest.param(*row, many, marks=pytest.mark.slow) for *row, _, many in rows]


def sweep(capsys, command, seeds):
    """What --sweep prints: the seeds solved, or None, and the mean, lowest and highest measured, or None."""
    name, *arguments = command.split()
    load(name).main([*arguments, "--sweep", str(seeds), "--no-figure"])
    printed = capsys.readouterr().out
    solved = re.search(rf"^solved: (\d+) of {seeds} seeds", printed)
    measured = re.search(r"mean (\S+), from (\S+) to (\S+)", printed)
    return int(solved[1]) if solved else None, [float(number) for number in measured.groups()] if measured else None


SOLVED = [
    *((f"perceptron --function {function}", 10, 200) for function in ("and", "or", "nand", "nor")),
    *((f"perceptron --function {function} --inputs 3 --epochs 3000", 2, 100) for function in ("and", "nor")),
    ("xor", 10, 1000),
    ("xor --function xnor", 5, 100),
    ("xor --inputs 3", 3, 200),
    ("network1", 5, 200),
    ("linear", 10, 200),
    ("linear --slope -3 --intercept 100", 5, 100),
    ("cubic", 1, 100),
    ("cubic --coefficients 1 0 -15 0", 1, 100),
]
MEASURED = [  # the bounds of the mean and of each seed, in percent right
    ("2x2_image_recognition", (99.9, 100), (99.9, 100), 2, 100),
    ("noisy_xor", (-1.5, 0.5), (-1.5, 1.5), 2, 20),  # points behind the best that any classifier can do there
    ("spirals", (99, 100), (97.5, 100), 2, 20),
    ("digits", (97.3, 100), (0, 100), 2, 20),
    ("digits --test last", (91.5, 100), (0, 100), 2, 20),
    ("convolution", (97.7, 100), (0, 100), 2, 20),
    ("convolution --test last", (94, 100), (0, 100), 1, 20),
    ("digits --moved", (40, 50), (0, 100), 1, 20),  # the dense network does not know what is moved
    ("convolution --moved", (65, 100), (0, 100), 1, 20),
]


@pytest.mark.parametrize(("command", "seeds"), plain_and_slow(SOLVED))
def test_solved_in_the_end(command, seeds, capsys):
    assert sweep(capsys, command, seeds)[0] == seeds


@pytest.mark.parametrize("command", ["cubic", "cubic --coefficients 1 0 -15 0", "2x2_image_recognition"])
def test_solved_on_the_way(command, monkeypatch, capsys):
    """From more seeds, as each training ends where it is solved: a tenth of the time."""
    whole = training.sweep
    monkeypatch.setattr(training, "sweep", lambda *given, stop, measure=None, **how: whole(*given, **how))
    assert sweep(capsys, command, 5)[0] == 5


NOT_SOLVED = [  # the seeds, and how many of them at least and at most are solved all the same
    ("perceptron --function xor", 4, 0, 0),  # which no line separates
    pytest.param("perceptron --function xnor", 10, 0, 0, marks=pytest.mark.slow),  # nor this
    ("xor --hidden-nodes 2", 10, 5, 9),  # which get stuck from some seeds
    ("perceptron --epochs 100", 4, 0, 0),  # too early, as all that follow
    ("xor --epochs 150", 4, 0, 0),
    ("network1 --epochs 200", 4, 0, 0),
    ("linear --epochs 20", 4, 0, 0),
    ("cubic --epochs 120", 4, 0, 0),
]


@pytest.mark.parametrize(("command", "seeds", "least", "most"), NOT_SOLVED)
def test_what_is_not_solved_is_not_called_so(command, seeds, least, most, capsys):
    assert least <= sweep(capsys, command, seeds)[0] <= most


@pytest.mark.parametrize(("command", "mean", "each", "seeds"), plain_and_slow(MEASURED))
def test_samples_that_were_not_in_the_training(command, mean, each, seeds, capsys):
    solved, (found, lowest, highest) = sweep(capsys, command, seeds)
    assert solved in (None, seeds)
    assert mean[0] <= found <= mean[1]
    assert each[0] <= lowest <= highest <= each[1]


@pytest.mark.parametrize("seeds", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_iris(seeds, capsys):
    for seed in range(seeds):
        your_data.main(["--k-fold", "5", "--seed", str(seed), "--no-figure"])
    assert np.mean([float(mean) for mean in re.findall(r"^mean (\S+),", capsys.readouterr().out, re.M)]) >= 95


def test_classes_in_700_rows(capsys, tmp_path):
    """Points of noisy XOR, which are told apart: from 500 rows on the steps are larger by default."""
    X, Y = dataset.noisy_xor(700, 0.1, np.random.default_rng(0))
    rows = [f"{x},{y},{'ab'[target]}" for (x, y), target in zip(X, Y.argmax(axis=1), strict=True)]
    (tmp_path / "table.csv").write_text("\n".join(rows), encoding="utf-8")
    your_data.main([str(tmp_path / "table.csv"), "--epochs", "30", "--no-figure"])
    assert float(re.search(r"on the test rows: accuracy ([\d.]+)%", capsys.readouterr().out)[1]) >= 99
