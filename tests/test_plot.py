"""What is on the pictures: the numbers, words that can be read, colours that mean one thing, and axes that stay."""

import argparse

from backstage import picture, plot
from backstage.picture import BLUE, ORANGE, sign_colour

import numpy as np
import pytest
from helpers import apart, assert_words_have_room, drawn_by, load, quick_and_slow, random_parameters, words_on
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.text import Text

import activation
import dataset
from network1 import Network

SHAPES = [[3, 17, 1], [2, 4, 1], [2, 1], [2, 2, 1], [2, 3, 3, 1], [2, 8, 8, 1], [2, 30, 1], [3, 6, 1], [3, 3, 1]]
SHAPES += [[1, 4, 1], [3, 6, 6, 6, 1], [4, 3, 5, 2, 1], [3, 30, 1], [20, 2, 1], [3, 1], [20, 17, 1]]
CURVES = {"training": [0.3, 0.2, 0.1]}
HELD_BACK = {"training": [0.5, 0.4, 0.3, 0.2, 0.1], "held back": [0.6, 0.5, 0.4, 0.5, 0.6]}


@pytest.fixture
def drawn_from(monkeypatch, capsys):
    """A function that gives what a script draws with some arguments."""

    def run(name, *arguments):
        figures = []

        def show(options, draw, watch=None, states=((),)):
            state = (watch.parameters, watch.curves(), len(watch.losses)) if watch else states[-1]
            figures.append(drawn_by(draw, *state))

        monkeypatch.setattr(picture, "show", show)
        load(name).main([*arguments])
        return figures[0]

    return run


def truth_table(shape, seed, epoch=3):
    """The picture of a network with random weights that learns XOR, in an epoch of three."""
    parameters = random_parameters(shape, np.random.default_rng(seed))
    draw = plot.truth_table(Network(shape).forward, dataset.truth_table("xor", shape[0])[1])
    return drawn_by(draw, parameters, CURVES, epoch)


def cubic(curves, epoch, size=1.0):
    """The picture of a curve that is approximated, by a network with random weights of a size."""
    x = np.linspace(-5, 5, 20)[:, np.newaxis]
    parameters = [size * parameter for parameter in random_parameters([1, 5, 1], np.random.default_rng(0))]
    forward = Network([1, 5, 1], ["tanh", "linear"]).forward
    return drawn_by(plot.approximation(forward, x / 5, x**3 / 100, x, x**3), parameters, curves, epoch), parameters


def said_on(figure):
    return [text.get_text() for text in words_on(figure)]


def numbers_on(figure):
    """The values of weights, and of biases, that are written on a figure: boxes by text."""
    return {text: box for text, box in words_on(figure).items() if str(text.get_color()) in (BLUE, ORANGE)}


@pytest.mark.parametrize("seed", quick_and_slow([0], [1, 2]))
@pytest.mark.parametrize("shape", quick_and_slow(SHAPES[:2], SHAPES[2:]), ids=str)
def test_values_are_over_nothing(shape, seed):
    """No value is over another word, or over another weight's line, but where a circle hides that; nor is the loss.

    How many nodes are not shown is said.
    """
    figure = truth_table(shape, seed)
    assert_words_have_room(figure)
    assert [said for said in said_on(figure) if " of " in said] == [f"16 of {nodes}" for nodes in shape if nodes > 16]
    axes = figure.axes[0]
    lines = [path.interpolated(5).vertices for found in axes.findobj(LineCollection) for path in found.get_paths()]
    nodes = np.concatenate([found.get_offsets() for found in axes.findobj(PathCollection)])
    for text, box in numbers_on(figure).items():
        if np.abs(nodes - text.get_position()).max(axis=1).min() < 1e-9:
            continue  # a bias in a node
        left, bottom, right, top = axes.transData.inverted().transform(np.reshape(box, (2, 2))).ravel()
        hidden = sum(((left < x) & (x < right) & (bottom < y) & (y < top)).any() for x, y in (line.T for line in lines))
        assert hidden <= (0 if text.get_text().startswith("bias") else 1), text  # 1: its own
    loss = figure.axes[-1].get_window_extent().extents
    assert all(text.axes is not axes or apart(box, loss) for text, box in words_on(figure).items())
    assert max(line[:, 0].max() for line in lines) < axes.transData.inverted().transform(loss[:2])[0]


@pytest.mark.parametrize("shape", [[2, 4, 1], [3, 3, 1]], ids=str)
def test_values_come_in_the_end(shape):
    """They would flicker while a picture moves."""
    assert not numbers_on(truth_table(shape, 0, epoch=2))
    assert numbers_on(truth_table(shape, 0, epoch=3))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [(0, "wrong: 0 of 40"), pytest.param(15, "wrong: 15 of 40", marks=pytest.mark.slow), (40, "the first 15 wrong")],
)
def test_digits_that_went_wrong(wrong, expected):
    Y = np.eye(10)[[1] * wrong + [0] * (40 - wrong)]
    draw = plot.digits(lambda X, _: [np.eye(10)[[0] * len(X)]], np.eye(2), np.zeros((40, 64)), Y, "loss")
    figure = drawn_by(draw, Network([64, 64, 10]).parameters, CURVES, 3)
    assert_words_have_room(figure)
    assert {expected, "learnt: 20 of 64 nodes"} <= {*said_on(figure)}
    assert said_on(figure).count("1 as 0") == min(wrong, 15)


def colours_of_the_key(figure):
    """The colours that the strip below a figure explains, by words."""
    handles = zip(figure.legends[0].get_lines(), figure.legends[0].get_texts(), strict=True)
    return {text.get_text(): to_rgb(line.get_color()) for line, text in handles}


def classes(n_classes):
    """The picture of a network that is sure of the classes 0, 1, … of as many points."""
    X, Y = np.arange(2 * n_classes).reshape(n_classes, 2) / 10, np.eye(n_classes)
    network = Network([2, n_classes], ["softmax"], rng=0)
    return drawn_by(plot.classes(network.forward, (X, Y)), network.parameters, CURVES, 3)


@pytest.mark.parametrize("n_classes", quick_and_slow([2, 4], [3, 5, 6, 7, 8]))
def test_every_class_is_explained(n_classes):
    """The points have the colours that the strip says; more classes than two have none of a sign."""
    figure = classes(n_classes)
    assert_words_have_room(figure)
    key = colours_of_the_key(figure)
    own = [key[str(i)] for i in range(n_classes)]
    assert len(set(own)) == n_classes
    assert n_classes == 2 or not {to_rgb(BLUE), to_rgb(ORANGE)} & set(own)
    points = [found for found in figure.axes[0].collections if len(found.get_offsets()) == n_classes][-1]
    assert [to_rgb(colour[:3]) for colour in points.get_facecolors()] == own


@pytest.mark.parametrize("figure", [lambda: classes(2), lambda: truth_table([2, 2, 1], 0)])
def test_class_1_is_blue_and_0_orange(figure):
    """As what is above 0, and what is below."""
    key = colours_of_the_key(figure())
    assert key["1"] == key["above 0"] == to_rgb(BLUE)
    assert key["0"] == key["below 0"] == to_rgb(ORANGE)


def test_an_approximation_shows_target_network_error_and_loss():
    """In the units of the reader; the share of each hidden node in the colour of its weight, no other line in one."""
    figure, parameters = cubic(CURVES, 2)
    upper, lower, loss = figure.axes
    x = np.linspace(-5, 5, 20)
    _, a1, _, answer = Network([1, 5, 1], ["tanh", "linear"]).forward(x[:, np.newaxis] / 5, parameters)
    shares = [line for line in upper.lines if line.get_linewidth() == 1]
    assert [line.get_color() for line in shares] == [sign_colour(weight) for weight in parameters[2].ravel()]
    for line, share in zip(shares, (100 * a1 * parameters[2].T).T, strict=True):
        assert line.get_ydata() == pytest.approx(share)
    target, network = [line for line in upper.lines if line not in shares]
    assert not {target.get_color(), network.get_color()} & {BLUE, ORANGE}
    assert target.get_ydata() == pytest.approx(x**3)
    assert network.get_ydata() == pytest.approx(100 * answer[:, 0])
    above, below = (part.get_datalim(lower.transData) for part in lower.collections)
    error = 100 * answer[:, 0] - x**3
    assert (below.y0, above.y1) == pytest.approx((error.min(), error.max()))
    assert loss.lines[0].get_xydata().tolist() == [[1, 0.3], [2, 0.2]]
    assert loss.get_title(loc="left") == "loss 0.2"


def test_the_loss_has_its_own_name(drawn_from):
    figure = drawn_from("network1", "--function", "and", "--loss", "binary_cross_entropy", "--epochs", "2")
    assert "loss: binary cross entropy" in said_on(figure)


def test_axes_stay_while_a_picture_moves():
    """Whatever the weights are: those of y, of the error, and of the loss."""
    figures = [cubic({"training": [0.9, 0.5, 0.1, 0.01]}, epoch, size=10.0**epoch)[0] for epoch in (1, 2, 4)]
    first, *others = [[(axes.get_xlim(), axes.get_ylim()) for axes in figure.axes] for figure in figures]
    assert others == [first, first]


@pytest.mark.parametrize(("epochs", "scale"), [(1, "linear"), (2000, "linear"), (2001, "log"), (7000, "log")])
def test_epochs_of_a_long_training_are_on_a_log_axis(epochs, scale):
    """The axis says so. The end of a linear one is the end of the training; a single epoch is a point that is seen."""
    axes = cubic({"training": np.geomspace(1, 0.1, epochs)}, epochs)[0].axes[-1]
    assert axes.get_xscale() == scale
    assert ("log axis" in axes.get_xlabel()) == (scale == "log")
    assert axes.get_xlim()[1] == max(epochs, 2)
    (dot,) = [line.get_xydata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert dot.tolist() == pytest.approx([epochs, 0.1 if epochs > 1 else 1])
    assert axes.viewLim.y0 < dot[1] < axes.viewLim.y1
    assert axes.viewLim.x0 < dot[0] <= axes.viewLim.x1


@pytest.mark.parametrize("low", [0.5, 0.2, 0.02, 0.007, 0.005, 1e-6])
def test_the_axis_of_a_loss_has_numbers(low):
    axes = cubic({"training": np.geomspace(0.6, low, 50)}, 50)[0].axes[-1]
    assert sum(axes.viewLim.y0 <= place <= axes.viewLim.y1 for place in axes.get_yticks()) >= 2


def test_no_error_has_no_colour():
    """A line that is found to the last digit has none of the colours of a sign."""
    X = np.linspace(-1, 1, 20)[:, np.newaxis]
    draw = plot.approximation(Network([1, 1], ["linear"]).forward, X, 2 * X)
    figure = drawn_by(draw, [np.array([[2.0]]), np.zeros(1)], CURVES, 3)
    assert not any(part.get_linewidths().any() for part in figure.axes[1].collections)
    assert {"error", "above 0", "below 0"} <= {*said_on(figure)}


def test_lines_lead_to_a_step_from_all_it_is_made_of():
    """Also from the first column of autodiff.py's picture to the second."""
    rows = [(1, "W1", 0, 0, []), (2, "W2", 0, 0, []), (3, "add #1, #2", 0, 0, [1, 2]), (4, "exp #3", 0, 0, [3])]
    first, second = drawn_by(plot.tape(rows)).axes
    assert not first.lines
    assert len(second.lines) == 1
    (across,) = [found.get_segments() for found in second.collections if found.get_segments()]
    assert [(line[0, 1], line[-1, 1]) for line in across] == [(0, 0), (-1, 0)]


@pytest.mark.parametrize("kept", quick_and_slow([3], [1, 5]))
def test_the_kept_epoch_is_marked_and_classes_are_counted(kept):
    Y, outputs = np.eye(3)[[0, 1, 2, 2]], np.eye(3)[[0, 2, 2, 2]]
    table = argparse.Namespace(classes=["a", "b", "c"], target="d")
    axes, counts = drawn_by(plot.your_data(HELD_BACK, kept, outputs, Y, table)).axes
    assert [kept, kept] in [list(line.get_xdata()) for line in axes.lines]
    assert [text.xy[0] for text in axes.texts if text.get_text().strip() == "kept"] == [kept]
    written = {text.get_position(): (text.get_text(), text.get_color()) for text in counts.texts}
    assert [written[taken, actual][0] for actual in range(3) for taken in range(3)] == list("100001002")
    assert written[2, 2][1] == "white"  # in the darkest cell
    (table_of_counts,) = counts.images
    right, wrong = (table_of_counts.cmap(table_of_counts.norm(count))[:3] for count in (2, -2))
    assert (right, wrong) == (to_rgb(BLUE), to_rgb(ORANGE))
    assert table_of_counts.get_array().tolist() == [[1, 0, 0], [0, 0, -1], [0, 0, 2]]
    assert "taken for" in counts.get_xlabel()
    table.classes = ["great spotted woodpecker", "northern saw-whet owl", "common kingfisher", "mountain bluebird"]
    assert_words_have_room(drawn_by(plot.your_data(HELD_BACK, kept, np.eye(4), np.eye(4), table)))


def test_the_kept_epoch_is_the_one_that_is_printed(drawn_from, capsys):
    axes, _ = drawn_from("your_data").axes
    (kept,) = [text.xy[0] for text in axes.texts if text.get_text().strip() == "kept"]
    assert f"kept: the weights after epoch {kept:g}, " in capsys.readouterr().out


def test_the_worked_example_has_its_numbers(drawn_from):
    """Values in blue, derivatives in orange, and no word over another."""
    figure = drawn_from("worked_example")
    assert_words_have_room(figure)
    said = {line: text.get_color() for text in words_on(figure) for line in text.get_text().split("\n")}
    assert {line for line in said if line.startswith("b = ")} == {"b = 0.35", "b = 0.6"}
    assert (said["w5 = 0.4"], said["dw5 = 0.0822"]) == (BLUE, ORANGE)
    assert (said["a = 0.7514"], said["dz = 0.138"]) == (BLUE, ORANGE)


def test_shares_are_drawn_as_bars_and_lines():
    """Of reliability.py, gradient_check.py and 2x2_image_recognition.py."""
    rows = [(2, 0.5, 0.8), (4, 0.5, 1.0), (2, 0.1, 0.1), (4, 0.1, 0.2)]
    left, right = drawn_by(plot.reliability(rows)).axes
    assert [patch.get_height() for patch in left.patches] == [80, 100]
    assert [line.get_xydata().tolist() for line in right.lines] == [[[0.1, 20], [0.5, 100]], [[0.1, 10], [0.5, 80]]]
    left, right = drawn_by(plot.mistakes([("none", 1e-10, [0.2, 0.3]), ("some", 0.5, [0.4, 0.6])])).axes
    assert left.collections[0].get_offsets()[:, 0].tolist() == [0.5, 1e-10]
    assert [to_rgb(colour[:3]) for colour in left.collections[0].get_facecolors()] == [to_rgb(ORANGE), to_rgb(BLUE)]
    assert [patch.get_width() for patch in right.patches] == [40, 20, 60, 30]  # 2 hidden nodes, then 4, from below
    says = np.array([[0.1, 0.9, 0.4, 0.6]])
    patches = drawn_by(plot.labelled_images(lambda X, _: [says], np.eye(4)[:1]), [], CURVES, 3).axes[1].patches
    assert [patch.get_height() / 0.9 for patch in patches] == pytest.approx(says[0])
    assert [to_rgb(patch.get_facecolor()[:3]) == to_rgb(BLUE) for patch in patches] == [False, True, False, True]


def test_curves_of_activations_and_of_a_weight(drawn_from):
    z = np.linspace(-4, 4, 401)
    _, function, slope = drawn_by(plot.activations([activation.tanh])).axes[0].lines
    assert function.get_ydata() == pytest.approx(np.tanh(z))
    assert slope.get_ydata() == pytest.approx(1 - np.tanh(z) ** 2)
    left, right = drawn_by(plot.nudge(lambda X, Y, weight: weight**2, 0, 0, [2.0, 1.0, 0.5])).axes
    whole, change, ends, tangent = (line.get_xydata() for line in left.lines)
    assert (whole[:, 1], change.tolist()) == (pytest.approx(whole[:, 0] ** 2), [[2, 4], [3, 4], [3, 9]])
    assert ends.tolist() == [[2, 4], [3, 9]]
    assert {"the loss changes by 5", "the slope at the first weight: 4"} <= {*said_on(left.figure)}
    assert np.diff(tangent[:, 1]) / np.diff(tangent[:, 0]) == pytest.approx(4)
    assert right.lines[-1].get_xydata().tolist() == [[2, 4], [1, 1], [0.5, 0.25]]


@pytest.mark.parametrize("position", quick_and_slow([4], [0, 8]))
def test_a_template_slides(position):
    """It fires where the score reaches the threshold, which is marked for the positions passed."""
    scores = np.array([[2.0, 0, 0], [0, 1.2, 0], [0, 0, 1.1]])
    image, _, scored = drawn_by(plot.sliding(np.eye(4), np.eye(2), scores, 1.2), position).axes
    assert np.sum(scored.images[0].get_array() > 0) == 1 + (position >= 4) + (position >= 8)
    fired = scored.lines[-1].get_xydata().tolist()
    assert fired == [[0.5, 0.5], [1.5, 1.5]][: 1 + (position >= 4)]
    assert (min(image.lines[0].get_xdata()), min(image.lines[0].get_ydata())) == (position % 3, position // 3)


# How many values of weights and biases have room: all of XOR with two inputs, with three the output's and the biases.
VALUES = {"xor": 17, "network1": 13, "perceptron": 3, "2x2_image_predefined_1": 13, "2x2_image_predefined_2": 13}
DRAWN = ["cubic --epochs 2500", "2x2_image_recognition --epochs 20", "activation", "dataset", "your_data", "autodiff"]
DRAWN += ["digits --epochs 3", "convolution --epochs 2", "convolution --slide", "spirals --epochs 20", "worked_example"]
DRAWN += ["reliability --seeds 2 --epochs 20", "gradient_check --seeds 1 --epochs 20", "noisy_xor --epochs 20"]
DRAWN += ["next_letter --steps 20", "next_letter --steps 1 --letters 1", "attention --steps 20"]
DRAWN += ["attention --pairs 11 --steps 1", "transformer --steps 20", "transformer --steps 3 --heads 1"]
DRAWN += ["nudge", "nudge --weight 2 --steps 1", "nudge --weight 1.5", "network1", "2x2_image_predefined_1"]


@pytest.mark.parametrize("command", quick_and_slow(["linear", *(name for name in VALUES if name not in DRAWN)], DRAWN))
def test_one_style(command, drawn_from):
    """Words have room; titles stand at the left, the upper ones at one height; the strip is at the lower left."""
    figure = drawn_from(*command.split())
    assert_words_have_room(figure)
    assert command not in VALUES or len(numbers_on(figure)) == VALUES[command]
    assert not any(axes.get_title() for axes in figure.axes)
    titles = [text for text in figure.findobj(Text) if text.get_weight() == "bold" and text.get_text()]
    assert {axes.get_title(loc="left") for axes in figure.axes} - {""} <= {text.get_text() for text in titles}
    bottoms = [text.get_window_extent().y0 for text in titles]
    assert not [bottom for bottom in bottoms if max(bottoms) - 15 < bottom < max(bottoms) - 2]
    strips = [legend.get_window_extent() for legend in figure.legends]
    assert all(strip.y0 < 20 and strip.y1 < 60 for strip in strips)
