"""What is said and shown is so: the test is not the training, right is right, and a colour means what the key says."""

import re

from backstage import plot, report
from backstage.picture import BLUE, ORANGE

import numpy as np
import pytest
from helpers import drawn_by, load
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

import linear
import perceptron
import your_data

BY_HEART = {  # so few samples that they are learnt by heart, which helps with no others
    "noisy_xor": "--samples 20 --noise 0.5 --hidden-nodes 50 --epochs 200 --test-samples 500",
    "spirals": "--samples 10 --noise 1 --epochs 200",
    "2x2_image_recognition": "--sets 1 --grey-range 0.4 --epochs 300",
    "digits": "--samples 50",
    "convolution": "--samples 50",
}


@pytest.mark.parametrize("name", BY_HEART)
def test_the_test_is_not_the_training(name, capsys):
    """In what is printed at the end, in the losses on the way, and in what --sweep measures."""
    arguments = ["--no-figure", *BY_HEART[name].split()]
    load(name).main(arguments)
    printed = capsys.readouterr().out
    shares = re.findall(r"(training|test|fresh) .*: +([\d.]+)(%| of (\d+))", printed)
    training, test = (float(n) / (float(samples or 100) / 100) for _, n, _, samples in shares[:2])
    assert training > test + 5
    if "test loss" in printed:
        *_, last = re.findall(r"^ +\d+  (\S+) +(\S+)$", printed, re.MULTILINE)
        assert float(last[1]) > 2 * float(last[0])
    load(name).main([*arguments, "--sweep", "1"])
    measured = float(re.search(r"mean (\S+),", capsys.readouterr().out)[1])
    assert measured > 2 if name == "noisy_xor" else measured < training - 5  # it measures points behind the best


@pytest.mark.parametrize("kind", ["classes", "numbers"])
@pytest.mark.parametrize("parts", [[], ["--k-fold", "4"]])
def test_the_test_rows_have_no_say_in_the_training(kind, parts, tmp_path, monkeypatch):
    """No row is trained on and tested on, and the scaling is that of the rows for training, without the others."""
    rows, trainings, tests = np.random.default_rng(0).normal(size=(40, 2)).cumsum(axis=0), [], []
    path = tmp_path / "table.csv"
    path.write_text(
        "".join(f"{x},{y},{'ab'[i % 2] if kind == 'classes' else x + y}\n" for i, (x, y) in enumerate(rows))
    )
    train, predict = your_data.train, your_data.predict
    monkeypatch.setattr(your_data, "train", lambda *given: trainings.append(given) or train(*given))
    monkeypatch.setattr(your_data, "predict", lambda *given: tests.append(given) or predict(*given))
    your_data.main([str(path), "--epochs", "2", "--no-figure", *parts])
    assert len(trainings) == len(tests) == (4 if parts else 1)
    for (X, Y, _, _, scales, *_), (_, used, X_test) in zip(trainings, tests, strict=True):
        both = np.concatenate([X, X_test])
        np.testing.assert_allclose(both[np.lexsort(both.T)], rows[np.lexsort(rows.T)])
        assert used is scales
        np.testing.assert_allclose([scales["x_mean"], scales["x_spread"]], [X.mean(axis=0), X.std(axis=0)])
        if kind == "numbers":
            np.testing.assert_allclose([scales["y_mean"], scales["y_spread"]], [Y.mean(axis=0), Y.std(axis=0)])


@pytest.mark.parametrize(
    ("off", "verdict"),
    [(0.09, "solved"), (0.11, "nearly solved"), (0.49, "on a plateau"), (0.51, "on a plateau"), (0.9, "stuck: 2 of 2")],
)
def test_what_is_printed_as_right_is_right(off, verdict, capsys):
    Y = np.array([[0.0], [1.0]])
    report.truth_table(np.eye(2), Y, np.abs(Y - off))
    assert re.findall("right|not yet", capsys.readouterr().out) == 2 * ["right" if off < 0.1 else "not yet"]
    report.verdict(Y, np.abs(Y - off))
    assert capsys.readouterr().out.startswith(verdict)


CURVES = {"training": [0.5, 0.3]}


def key_of(figure):
    """The colour that the key gives to each word; that of white marks is the colour of their edge."""
    return {line.get_label(): to_hex(line.get_markeredgecolor()) for line in figure.legends[0].get_lines()}


def test_colours_of_errors():
    """The strip of the error is blue where the network is above the target, here at the right, and orange below it."""
    X = np.linspace(-1, 1, 21).reshape(-1, 1)
    figure = drawn_by(plot.approximation(linear.forward, X, -X), [np.ones((1, 1)), np.zeros(1)], CURVES, 2)
    strip = next(axes for axes in figure.axes if axes.get_title(loc="left") == "error")
    ends = {to_hex(part.get_facecolor()[0]).upper(): part.get_paths()[0].vertices[:, 1] for part in strip.collections}
    assert {colour: (y.min(), y.max()) for colour, y in ends.items()} == {BLUE: (0, 2), ORANGE: (-2, 0)}


def test_colours_of_samples():
    """The edge of a sample says whether the answer there is wrong, its colour what the answer should be."""
    Y = np.array([[0], [0], [1], [1]])
    parameters = [np.array([[0.0], [5.0]]), np.array([-2.5])]  # it repeats the second input
    figure = drawn_by(plot.truth_table(perceptron.forward, Y), parameters, CURVES, 2)
    (samples,), key = figure.findobj(PathCollection), key_of(figure)
    assert [to_hex(edge) for edge in samples.get_edgecolors()] == ["#ffffff", key["wrong"], key["wrong"], "#ffffff"]
    assert [to_hex(face) for face in samples.get_facecolors()] == [key["0"], key["0"], key["1"], key["1"]]
