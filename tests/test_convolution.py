"""convolution.py and digits.py: the convolution by its definition, its gradients, its training, and the digits read."""

import argparse
import re

from backstage import command_line, picture, plot

import numpy as np
import pytest
from helpers import load, quick_and_slow, same

import autodiff
import convolution
import dataset
import digits
from gradient_check import numerical_gradients, relative_error

SIZES = [1, 2, 3, 4, 7, 8]


def problem(size, kernels=3, samples=5, side=8, blank=False):
    """Images and targets, random or digits whose lower half is blank, and parameters whose biases are random too."""
    rng = np.random.default_rng(0)
    X, Y = rng.uniform(-1, 1, (samples, side**2)), np.eye(10)[rng.integers(0, 10, samples)]
    if blank:
        X, Y = dataset.digits()
        X, Y = 2 * X[:samples] - 1, Y[:samples]
        X[:, 32:] = -1
    parameters = convolution.initialize(size, kernels, rng, side)
    for bias in parameters[1::2]:
        bias[:] = rng.normal(0, 0.3, bias.shape)
    return X, Y, parameters


def by_loops(X, parameters):
    """What forward gives, position by position and kernel by kernel."""
    K, bK, W2, b2 = parameters
    side, size, kernels = int(len(X[0]) ** 0.5), len(K), len(bK)
    positions = side - size + 1
    places = -(-positions // 2)
    z1 = np.empty((len(X), positions, positions, kernels))
    p1 = np.full((len(X), places, places, kernels), -np.inf)
    z2 = np.tile(b2, (len(X), 1))
    for sample, row, column, kernel in np.ndindex(z1.shape):
        image = X[sample].reshape(side, side)
        total = bK[kernel]
        for i, j in np.ndindex(size, size):
            total += image[row + i, column + j] * K[i, j, kernel]
        z1[sample, row, column, kernel] = total
        place = sample, row // 2, column // 2, kernel
        p1[place] = max(p1[place], total, 0)
    for sample, row, column, kernel in np.ndindex(p1.shape):
        z2[sample] += p1[sample, row, column, kernel] * W2[(row * places + column) * kernels + kernel]
    powers = np.exp(z2)
    return z1, np.maximum(z1, 0), p1, z2, powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("size", "side"), [*((size, 8) for size in SIZES), (3, 5)])
def test_forward_is_what_loops_give(size, side):
    X, _, parameters = problem(size, kernels=2, samples=2, side=side)
    for own, looped in zip(convolution.forward(X, parameters), by_loops(X, parameters), strict=True):
        np.testing.assert_allclose(own, looped, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("blank", [False, True], ids=["random", "blank"])
@pytest.mark.parametrize("size", quick_and_slow(SIZES[2:], SIZES[:2]))
def test_gradients_are_those_of_the_tape_and_with_weight_decay_of_finite_differences(size, blank):
    """On blank paper too, where all four of 2x2 positions are equal and above 0: each gets its share."""
    X, Y, parameters = problem(size, blank=blank)
    _, a1, p1, *_ = convolution.forward(X, parameters)
    equal = np.all([quarter == p1 for quarter in convolution.quarters(a1)], axis=0) & (p1 > 0)
    assert np.any(equal) == (blank and size <= 3)
    loss, gradients = convolution.backward(X, Y, parameters)
    taped_loss, tracked = autodiff.differentiate(convolution.loss_on, X, Y, parameters)
    assert loss == pytest.approx(taped_loss.value, rel=1e-12)
    for gradient, taped in zip(gradients, tracked, strict=True):
        np.testing.assert_allclose(gradient, taped.gradient, rtol=0, atol=1e-12)
    decayed, gradients = convolution.backward(X, Y, parameters, 0.3)
    assert decayed == pytest.approx(loss + 0.15 * sum(np.sum(W**2) for W in parameters[::2]), rel=1e-12)
    expected = numerical_gradients(lambda changed: convolution.backward(X, Y, changed, 0.3)[0], parameters)
    for gradient, by_differences in zip(gradients, expected, strict=True):
        assert relative_error([gradient], [by_differences]) < 1e-7


def test_the_template_is_that_of_the_first_chapter():
    first = load("2x2_image_predefined_1")
    assert convolution.LEFT_LINE.ravel().tolist() == digits.LEFT_LINE.ravel().tolist() == first.LEFT_LINE
    assert first.THRESHOLD == convolution.THRESHOLD


def test_training_is_the_steps_in_their_order():
    """Batch after batch, the last one smaller; the loss is the mean over the samples, each before its step."""
    X, Y, parameters = problem(3, samples=40)
    by_hand, whole, others = ([parameter.copy() for parameter in parameters] for _ in range(3))
    steps = convolution.train(X, Y, parameters, 9, 0.1, 16, 0.01)
    for _ in range(2):
        total = 0
        for rows in (slice(0, 16), slice(16, 32), slice(32, 40)):
            loss, gradients = convolution.backward(X[rows], Y[rows], by_hand, 0.01)
            total += loss * len(X[rows])
            by_hand = [parameter - 0.1 * gradient for parameter, gradient in zip(by_hand, gradients, strict=True)]
        assert next(steps) == pytest.approx(total / 40, rel=1e-13)
        assert same(parameters, by_hand)
    assert list(convolution.train(X, Y, whole, 3, 0.1)) == list(convolution.train(X, Y, others, 3, 0.1, 40))


def test_images_that_are_not_square_are_not_taken_for_smaller_ones():
    X, _, parameters = problem(3)
    with pytest.raises(ValueError, match="size 60"):
        convolution.forward(X[:, :60], parameters)


def printed_by(name, arguments, capsys):
    load(name).main([*arguments.split(), "--no-figure"])
    return capsys.readouterr().out


def test_the_edge_is_spoken_of(capsys):
    printed = printed_by("convolution", "--kernel-size 4 --epochs 1 --samples 50", capsys)
    assert "note: of 5x5 positions the last row and column have no partners" in printed


ROWS = [("digits", ""), ("convolution", "--test last --moved"), ("digits", "--test last --moved"), ("convolution", "")]


@pytest.mark.parametrize("choice", quick_and_slow(ROWS[:2], ROWS[2:]), ids=" ".join)
def test_a_sweep_tests_on_the_same_rows(choice, capsys):
    """A sweep over two seeds gives the two accuracies that the script gives for them."""
    name, more = choice
    line = f"--epochs 2 --samples 300 {more}"
    printed = [printed_by(name, f"{line} --seed {seed}", capsys) for seed in (6, 7)]
    alone = [re.search(r"accuracy on \d+ test images: +(\S+)%", text)[1] for text in printed]
    low, high = sorted(alone, key=float)
    assert low != high
    assert f"from {low} to {high}\n" in printed_by(name, f"{line} --seed 6 --sweep 2", capsys)


@pytest.mark.parametrize("name", ["digits", "convolution"])
@pytest.mark.parametrize("test", dataset.DIGITS_TESTS)
def test_no_image_is_trained_and_tested_on(name, test):
    """What start and test_set take for a seed is together the whole file, with nothing twice."""
    settings = {"kernels": 2, "kernel_size": 3, "hidden_nodes": [2], "samples": None, "moved": False}
    options = argparse.Namespace(seed=3, test=test, **settings)
    X, _, _ = load(name).start(options, np.random.default_rng(options.seed))
    X_test, _ = load(name).test_set(options)
    parts = [{image.tobytes() for image in images} for images in (X, X_test, 2 * dataset.digits()[0] - 1)]
    assert (len(parts[0]), len(parts[1])) == (1437, 360)
    assert parts[0] | parts[1] == parts[2]


@pytest.mark.parametrize(("name", "parameters"), [("digits", 4810), ("convolution", 1610)])
def test_what_is_printed_of_weights_losses_and_images(name, parameters, capsys):
    """The weight decay is in the loss of the training, and it is said so."""
    printed = printed_by(name, "--epochs 1 --samples 50", capsys)
    assert f"weights and biases: {parameters}\n" in printed
    assert "accuracy on 50 training images" in printed
    assert "accuracy on 360 test images" in printed
    decayed = printed_by(name, "--epochs 1 --samples 50 --moved --weight-decay 0.01", capsys)
    assert "accuracy on 1440 test images" in decayed
    without, within = (float(re.search(r"\n +1  (\S+) ", text)[1]) for text in (printed, decayed))
    assert within > without + 0.05
    assert ["the first one has the weight decay in it" in text for text in (printed, decayed)] == [False, True]
    assert "note" not in printed


def test_all_losses_are_on_the_picture():
    """Those of a test that is lower than the training's too."""
    with picture.style():
        axes = picture.page().add_axes([0, 0, 1, 1])
        plot.learning_curve(axes, {"training": [1.0, 0.5], "test": [3.0, 0.01]})
        low, high = axes.get_ylim()
    assert low < 0.01 < 3 < high


@pytest.mark.slow
def test_the_check_of_a_backward_pass(tmp_path, examined):
    """check_backward.py finds every line of convolution.py right, and of the exercise of its chapter, changed."""
    with open(convolution.__file__, encoding="utf-8") as file:
        text = file.read()
    for start, end, mean in (
        ("    upper_left, upper_right", "    z2 = p1", "    p1 = sum(quarters(a1)) / 4\n"),
        ("    largest =", "    dz1 = da1", "    da1 = spread(dp1, a1.shape[1]) / 4\n"),
    ):
        text = text[: text.index(start)] + mean + text[text.index(end) :]
    (tmp_path / "mean.py").write_text(text, encoding="utf-8")
    for path in (convolution.__file__, str(tmp_path / "mean.py")):
        verdicts = [(found.name, found.verdict) for found in examined(path)[0]]
        verdicts = [row for row in verdicts if row[0] != "da1"]  # where it is made of a mask it is not always judged
        assert verdicts == [(name, "right") for name in ("dz2", "dW2", "db2", "dp1", "dz1", "dK", "dbK")]


TRAINING = ["--epochs 3", "--learning-rate 1", "--sweep 2", "--live", "--samples 5", "--batch-size 3", "--moved"]


@pytest.mark.parametrize("other", [*TRAINING, "--weight-decay 1", "--kernels 3", "--kernel-size 2"])
def test_slide_trains_nothing(other, capsys):
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: convolution.main(["--slide", *other.split()]))
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"convolution.py: error: --slide does not go with {other.split()[0]}")


def test_slide_shows_where_the_template_fires(capsys):
    printed = printed_by("convolution", "--slide --test last --seed 1", capsys)
    assert "epoch" not in printed
    X, _ = dataset.digits_test("last", 1)
    image = X[0].reshape(8, 8)
    scores = image[:-1, :-1] + image[1:, :-1] - image[:-1, 1:] - image[1:, 1:]
    assert f"it fires, with a score of at least 1.2, at {np.sum(scores >= 1.2)} of 49 positions" in printed
