"""convolution.py and digits.py: the convolution by its definition, its limits, its gradients, and the digits read."""

import argparse
import re

from backstage import command_line, picture, plot

import numpy as np
import pytest
from helpers import load, same, set_parameters

import autodiff
import check_backward
import convolution
import dataset
import digits
from gradient_check import numerical_gradients, relative_error
from network1 import Network

SIZES = [1, 2, 3, 4, 7, 8]


def problem(size, kernels=4, samples=5, side=8, seed=0, real=False):
    """Images and targets, random or digits whose lower half is blank, and parameters whose biases are random too."""
    rng = np.random.default_rng(seed)
    X, Y = rng.uniform(-1, 1, (samples, side**2)), np.eye(10)[rng.integers(0, 10, samples)]
    if real:
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


@pytest.mark.parametrize("size", SIZES)
def test_forward_is_what_loops_give(size):
    X, _, parameters = problem(size, kernels=2, samples=2)
    for own, looped in zip(convolution.forward(X, parameters), by_loops(X, parameters), strict=True):
        np.testing.assert_allclose(own, looped, rtol=1e-12, atol=1e-12)


def test_shapes():
    X, Y, parameters = problem(3, kernels=16)
    assert [array.shape for array in parameters] == [(3, 3, 16), (16,), (144, 10), (10,)]
    shapes = [array.shape for array in convolution.forward(X, parameters)]
    assert shapes == [(5, 6, 6, 16), (5, 6, 6, 16), (5, 3, 3, 16), (5, 10), (5, 10)]
    _, gradients = convolution.backward(X, Y, parameters)
    assert [gradient.shape for gradient in gradients] == [parameter.shape for parameter in parameters]


def test_images_of_another_size():
    X, _, parameters = problem(3, kernels=2, samples=2, side=5)
    for own, looped in zip(convolution.forward(X, parameters), by_loops(X, parameters), strict=True):
        np.testing.assert_allclose(own, looped, rtol=1e-12, atol=1e-12)


def gradient_error(X, Y, parameters, weight_decay):
    _, gradients = convolution.backward(X, Y, parameters, weight_decay)
    losses = lambda changed: convolution.backward(X, Y, changed, weight_decay)[0]  # noqa: E731
    return relative_error(gradients, numerical_gradients(losses, parameters))


@pytest.mark.parametrize("real", [False, True], ids=["random", "blank"])
@pytest.mark.parametrize("size", SIZES)
def test_gradients_against_finite_differences(size, real):
    """On blank paper too, where all four of 2x2 positions are equal, with and without weight decay."""
    X, Y, parameters = problem(size, kernels=3, real=real)
    _, a1, p1, *_ = convolution.forward(X, parameters)
    equal = np.all([quarter == p1 for quarter in convolution.quarters(a1)], axis=0) & (p1 > 0)
    assert np.any(equal) == (real and size <= 3)
    for weight_decay in (0.0, 0.3):
        assert gradient_error(X, Y, parameters, weight_decay) < 1e-7


def test_the_check_sees_a_factor_of_1_001():
    X, Y, parameters = problem(3)
    _, gradients = convolution.backward(X, Y, parameters)
    expected = numerical_gradients(lambda changed: convolution.backward(X, Y, changed)[0], parameters)
    for i in range(4):
        wrong = [1.001 * gradient if i == j else gradient for j, gradient in enumerate(gradients)]
        assert relative_error(wrong, expected) > 1e-6


@pytest.mark.parametrize("real", [False, True], ids=["random", "blank"])
@pytest.mark.parametrize("size", SIZES)
def test_gradients_equal_autodiff(size, real):
    X, Y, parameters = problem(size, real=real)
    loss, gradients = convolution.backward(X, Y, parameters)
    found, tracked = autodiff.differentiate(convolution.forward, "cross_entropy", X, Y, parameters)
    assert loss == pytest.approx(found.value, rel=1e-12)
    for gradient, array in zip(gradients, tracked, strict=True):
        np.testing.assert_allclose(gradient, array.gradient, rtol=0, atol=1e-12)


def equals_network(network, seen, X, Y, parameters):
    """The last layer, and its gradients, are those of a Network that gets what stands before it."""
    own_loss, gradients = convolution.backward(X, Y, parameters)
    loss, others = network.backward(seen, Y)
    assert own_loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(convolution.forward(X, parameters)[-1], network.outputs(seen), atol=1e-12)
    return zip(gradients[-len(others) :], others, strict=True)


def test_a_kernel_as_large_as_the_image_is_a_dense_layer():
    X, Y, (K, bK, W2, b2) = problem(8, kernels=6)
    network = Network([64, 6, 10], ["relu", "softmax"])
    set_parameters(network, [K.reshape(64, 6), bK, W2, b2])
    for own, other in equals_network(network, X, X, Y, [K, bK, W2, b2]):
        np.testing.assert_allclose(own.reshape(other.shape), other, rtol=0, atol=1e-12)


def test_a_kernel_of_one_pixel():
    """It scales and shifts every pixel alike; what comes after is a layer on the largest of every 2x2 pixels."""
    X, Y, (K, bK, W2, b2) = problem(1, kernels=2)
    each = np.maximum(X.reshape(-1, 8, 8, 1) * K[0, 0] + bK, 0)
    largest = each.reshape(-1, 4, 2, 4, 2, 2).max(axis=(2, 4)).reshape(len(X), -1)
    network = Network([32, 10], ["softmax"])
    set_parameters(network, [W2, b2])
    for own, other in equals_network(network, largest, X, Y, [K, bK, W2, b2]):
        np.testing.assert_allclose(own, other, rtol=0, atol=1e-12)


def test_what_is_moved_is_seen_moved():
    """The sums of a moved image are those of the image, moved; and a kernel is not flipped."""
    X, _, parameters = problem(3)
    X = np.pad(X.reshape(-1, 8, 8)[:, 1:-1, 1:-1], [(0, 0), (1, 1), (1, 1)], constant_values=-1).reshape(-1, 64)
    moved = 2 * dataset.moved((X + 1) / 2, X)[0] - 1
    z, (up, down, left, right) = (
        convolution.slide(X, parameters[0]),
        np.split(convolution.slide(moved, parameters[0]), 4),
    )
    for one, other in ((up[:, :-1], z[:, 1:]), (down[:, 1:], z[:, :-1])):
        np.testing.assert_allclose(one, other, atol=1e-12)
    for one, other in ((left[:, :, :-1], z[:, :, 1:]), (right[:, :, 1:], z[:, :, :-1])):
        np.testing.assert_allclose(one, other, atol=1e-12)
    corner = np.zeros((3, 3, 1))
    corner[0, 2] = 1  # the upper right pixel of what it sees
    assert np.array_equal(convolution.slide(X, corner)[..., 0], X.reshape(-1, 8, 8)[:, :6, 2:])


def test_the_template_is_that_of_the_first_chapter():
    first = load("2x2_image_predefined_1")
    assert np.array_equal(convolution.LEFT_LINE.ravel(), first.LEFT_LINE)
    assert np.array_equal(digits.LEFT_LINE, convolution.LEFT_LINE)
    assert first.THRESHOLD == convolution.THRESHOLD
    X, _ = dataset.image2x2_set(3, 0.3, np.random.default_rng(0))
    scores = first.forward(X, first.initialize())[0][:, 0] + first.THRESHOLD
    slid = convolution.slide(X, convolution.LEFT_LINE[:, :, np.newaxis])
    assert slid.shape == (48, 1, 1, 1)
    np.testing.assert_allclose(slid.ravel(), scores, atol=1e-12)


def test_training_is_the_steps_in_their_order():
    """Batch after batch, the last one smaller; the loss is the mean over the samples, each before its step."""
    X, Y, parameters = problem(3, samples=7)
    by_hand, expected = [parameter.copy() for parameter in parameters], []
    for _ in range(2):
        total = 0
        for rows in (slice(0, 3), slice(3, 6), slice(6, 7)):
            loss, gradients = convolution.backward(X[rows], Y[rows], by_hand, 0.01)
            total += loss * len(X[rows])
            by_hand = [parameter - 0.1 * gradient for parameter, gradient in zip(by_hand, gradients, strict=True)]
        expected.append(total / 7)
    seen = []
    losses = convolution.train(X, Y, parameters, 2, 0.1, 3, 0.01, lambda p, losses: seen.append(len(losses)))
    np.testing.assert_allclose(losses, expected, rtol=1e-13)
    assert seen == [1, 2]
    assert same(parameters, by_hand)
    whole = [parameter.copy() for parameter in parameters]
    assert convolution.train(X, Y, parameters, 3, 0.1) == convolution.train(X, Y, whole, 3, 0.1, 7)
    assert len(convolution.train(X, Y, parameters, 9, 0.1, watch=lambda p, losses: len(losses) == 4)) == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, Y, p: (X[:, :60], Y, p), "X has 60 columns, which make no square image: 49 or 64 would"),
        (lambda X, Y, p: (X[:, :4], Y, p), "kernels of 3x3 do not fit into images of 2x2 pixels"),
        (lambda X, Y, p: (X[0], Y, p), "X has shape .* needs two dimensions"),
        (lambda X, Y, p: (X, Y[:-1], p), "X has 5 rows, but Y has 4"),
        (lambda X, Y, p: (X, Y[:, :9], p), "the network has 10 outputs, but Y has 9 columns"),
        (lambda X, Y, p: (X, Y * 0, p), "cross_entropy needs rows of Y that add up to 1"),
        (lambda X, Y, p: (X, Y.argmax(axis=1)[:, np.newaxis], p), "the network has 10 outputs, but Y has 1 columns"),
        (lambda X, Y, p: (X, 2 * Y, p), "cross_entropy needs targets from 0 to 1"),
        (lambda X, Y, p: (X, Y, [p[0][:2], *p[1:]]), r"K has shape \(2, 3, 4\), but needs \(size, size, kernels\)"),
        (lambda X, Y, p: (X, Y, [p[0][:, :, 0], *p[1:]]), r"K has shape \(3, 3\), but needs"),
        (lambda X, Y, p: (X, Y, [p[0][:, :, :0], *p[1:]]), r"K has shape \(3, 3, 0\), but needs"),
        (lambda X, Y, p: (X, Y, [p[0], p[1][:2], *p[2:]]), r"there are 4 kernels, but their biases have shape \(2,\)"),
        (lambda X, Y, p: (X, Y, [*p[:2], p[2][:-1], p[3]]), r"W2 has shape \(35, 10\), but needs \(36, 10\): 9 places"),
        (lambda X, Y, p: (X, Y, [*p[:3], p[3][:3]]), r"W2 has shape \(36, 10\), but needs \(36, 3\)"),
        (lambda X, Y, p: (X, Y, [*p[:3], p[3][:, np.newaxis]]), r"b2 has shape \(10, 1\), but needs \(outputs,\)"),
        (lambda X, Y, p: (X, Y, p[:3]), "the parameters must be four arrays"),
        (lambda X, Y, p: (X, Y, [p[0].tolist(), *p[1:]]), "the parameters must be four arrays"),
    ],
)
def test_what_does_not_fit(change, message):
    X, Y, parameters = change(*problem(3))
    with pytest.raises(ValueError, match=message):
        convolution.train(X, Y, parameters, 1, 0.1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": -1}, "epochs is -1"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1, but must be a finite number, not below 0"),
        ({"weight_decay": np.inf}, "weight_decay is inf"),
        ({"learning_rate": 1e200, "epochs": 9}, "the loss became nan in epoch .: try a lower learning rate"),
    ],
)
def test_settings_that_make_no_sense(settings, message):
    with pytest.raises(ValueError, match=message):
        convolution.train(*problem(3), **({"epochs": 1, "learning_rate": 0.1} | settings))


@pytest.mark.parametrize("pixels", [60, 63])
def test_no_pixels_are_left_out(pixels):
    """Nowhere are images that are not square taken for smaller ones."""
    X, _, parameters = problem(3)
    for function in (convolution.forward, lambda X, parameters: convolution.loss_on(X, np.eye(10)[:5], parameters)):
        with pytest.raises(ValueError, match=f"size {pixels}"):
            function(X[:, :pixels], parameters)


def test_no_kernel_is_larger_than_the_image():
    with pytest.raises(ValueError, match="kernels of 9x9 do not fit into images of 8x8 pixels"):
        convolution.initialize(9, 4, np.random.default_rng(0))


def printed_by(name, arguments, capsys):
    load(name).main([*arguments.split(), "--no-figure"])
    return capsys.readouterr().out


def test_the_edge_is_spoken_of(capsys):
    words = "note: of 5x5 positions the last row and column have no partners"
    assert words in printed_by("convolution", "--kernel-size 4 --epochs 1", capsys)
    assert "note" not in printed_by("convolution", "--epochs 1", capsys)


@pytest.mark.parametrize("name", ["digits", "convolution"])
@pytest.mark.parametrize("more", ["", "--test last --moved"])
def test_a_sweep_tests_on_the_same_rows(name, more, capsys):
    """A sweep over two seeds gives the two accuracies that the script gives for them."""
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


@pytest.mark.parametrize("name", ["digits", "convolution"])
def test_weight_decay_is_in_the_loss_of_the_training(name, capsys):
    losses = []
    for decay in ("0", "0.01"):
        printed = printed_by(name, f"--epochs 1 --samples 100 --weight-decay {decay}", capsys)
        losses.append([float(number) for number in re.search(r"\n +1  (\S+) +(\S+)\n", printed).groups()])
        assert ("the first one has the weight decay in it" in printed) == (decay != "0")
    assert losses[1][0] > losses[0][0] + 0.05


def test_all_losses_are_on_the_picture():
    """Those of a test that is lower than the training's too."""
    curves = {"training": [1.0, 0.5], "test": [3.0, 0.01]}
    with picture.style():
        axes = picture.page().add_axes([0, 0, 1, 1])
        plot.learning_curve(axes, curves)
        low, high = axes.get_ylim()
    assert low < 0.01 < 3 < high


def test_the_check_of_a_backward_pass(tmp_path):
    """check_backward.py finds every line of convolution.py right, and of the exercise of its chapter, changed."""
    names = ["dz2", "dW2", "db2", "dp1", "da1", "dz1", "dK", "dbK"]
    path = convolution.__file__
    assert [(found.name, found.verdict) for found in check_backward.check(path)] == [(name, "right") for name in names]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    start, end = text.index("    upper_left, upper_right"), text.index("    z2 = p1")
    text = text[:start] + "    p1 = sum(quarters(a1)) / 4\n" + text[end:]
    start, end = text.index("    largest ="), text.index("    dz1 = da1")
    text = text[:start] + "    da1 = spread(dp1, a1.shape[1]) / 4\n" + text[end:]
    (tmp_path / "mean.py").write_text(text, encoding="utf-8")
    found = check_backward.check(str(tmp_path / "mean.py"))
    assert [(each.name, each.verdict) for each in found] == [(name, "right") for name in names]


@pytest.mark.parametrize(("name", "parameters"), [("digits", 4810), ("convolution", 1610)])
def test_how_many_weights(name, parameters, capsys):
    K, bK, W2, b2 = convolution.initialize(3, 16, np.random.default_rng(0))
    assert (K.size + bK.size, W2.size + b2.size) == (160, 1450)
    printed = printed_by(name, "--epochs 1 --samples 50", capsys)
    assert f"weights and biases: {parameters}\n" in printed
    assert "accuracy on 50 training images" in printed
    assert "accuracy on 360 test images" in printed
    assert "accuracy on 1440 test images" in printed_by(name, "--epochs 1 --samples 50 --moved", capsys)


SLIDE_ALONE = ["--epochs 3", "--learning-rate 1", "--sweep 2", "--live", "--samples 5", "--batch-size 3", "--moved"]
SLIDE_ALONE += ["--weight-decay 1", "--kernels 3", "--kernel-size 2"]


@pytest.mark.parametrize("other", SLIDE_ALONE)
def test_slide_trains_nothing(other, capsys):
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: convolution.main(["--slide", *other.split()]))
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"convolution.py: error: --slide does not go with {other.split()[0]}")


def test_slide_with_its_seed(capsys):
    first, second = (printed_by("convolution", f"--slide --test last --seed {seed}", capsys) for seed in (1, 1))
    assert first == second
    assert "epoch" not in first
    assert re.search(r"it fires, with a score of at least 1.2, at \d+ of 49 positions", first)


# Mean of test images right over the seeds from 0 on, in percent, and what it must at least be.
REACHED = [
    ("digits", "", 97.3),
    ("digits", "--test last", 91.5),
    ("convolution", "", 97.7),
    ("convolution", "--test last", 94.0),
    ("convolution", "--moved", 65.0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "arguments", "least"), REACHED)
def test_accuracy(name, arguments, least, capsys):
    printed = printed_by(name, f"--sweep 20 {arguments}", capsys)
    assert float(re.search(r"mean (\S+),", printed)[1]) >= least


@pytest.mark.slow
def test_the_dense_network_does_not_know_what_is_moved(capsys):
    assert 40 < float(re.search(r"mean (\S+),", printed_by("digits", "--sweep 20 --moved", capsys))[1]) < 50


def test_accuracy_of_two_seeds(capsys):
    """In short what the slow test says: far above what is got for nothing, which is about 10%."""
    for name, least in (("digits", 96.0), ("convolution", 97.0)):
        printed = printed_by(name, "--sweep 2 --epochs 15", capsys)
        assert float(re.search(r"mean (\S+),", printed)[1]) >= least
