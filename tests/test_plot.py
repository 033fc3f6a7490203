"""What is on the pictures: words that can be read, colours that mean one thing, and axes that stay."""

import argparse

from backstage import network_drawing, picture, plot

import numpy as np
import pytest
from helpers import apart, assert_words_have_room, drawn_by, load, quick_and_slow, random_parameters, words_on
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb

import dataset
from network1 import Network

SHAPES = [[3, 6, 1], [3, 3, 1], [1, 4, 1], [3, 6, 6, 6, 1], [4, 3, 5, 2, 1], [3, 30, 1], [20, 2, 1], [3, 1]]
MAPS = [[2, 1], [2, 4, 1], [2, 2, 1], [2, 3, 3, 1], [2, 8, 8, 1]]
CURVES = {"training": [0.3, 0.2, 0.1]}


def scripts_figure(name, *arguments):
    """What a script draws with some arguments."""
    figures, show = [], picture.show
    try:
        picture.show = lambda options, draw, watch=None, states=((),): figures.append(
            drawn_by(draw, *((watch.parameters, watch.curves(), len(watch.losses)) if watch else states[-1]))
        )
        load(name).main([*arguments])
    finally:
        picture.show = show
    return figures[0]


def truth_table(shape, seed, curves=CURVES):
    """The picture of a network with random weights that learns XOR."""
    parameters = random_parameters(shape, np.random.default_rng(seed))
    draw = plot.truth_table(Network(shape).forward, dataset.truth_table("xor", shape[0])[1])
    return drawn_by(draw, parameters, curves, len(curves["training"]))


def numbers_on(figure):
    """The values of weights, and of biases, that are written on a figure: boxes by text."""
    return {
        text: box
        for text, box in words_on(figure).items()
        if str(text.get_color()) in (network_drawing.BLUE, network_drawing.ORANGE)
    }


@pytest.mark.parametrize("seed", quick_and_slow([0], [1, 2]))
@pytest.mark.parametrize(
    "shape",
    quick_and_slow([[3, 6, 1], [2, 4, 1]], [shape for shape in SHAPES + MAPS if shape not in ([3, 6, 1], [2, 4, 1])]),
    ids=str,
)
def test_values_are_over_nothing(shape, seed):
    """No value is over another word, or over another weight's line, but where a circle hides that; nor is the loss."""
    figure = truth_table(shape, seed)
    assert_words_have_room(figure)
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
    for text, box in words_on(figure).items():
        assert text.axes is not axes or apart(box, loss), text
    assert max(line[:, 0].max() for line in lines) < axes.transData.inverted().transform(loss[:2])[0]


@pytest.mark.parametrize(("name", "expected"), [("xor", 17), ("network1", 13), ("perceptron", 3)])
def test_values_that_have_room_are_there(name, expected, capsys):
    """Of XOR with two inputs all weights and biases, with three those of the output and the biases."""
    assert len(numbers_on(scripts_figure(name))) == expected


def test_the_weights_set_by_hand_are_all_there():
    for name, expected in (("2x2_image_predefined_1", 13), ("2x2_image_predefined_2", 13)):
        figure = drawn_by(plot.templates(load(name).initialize()))
        assert_words_have_room(figure)
        assert len(numbers_on(figure)) == expected


@pytest.mark.parametrize("shape", quick_and_slow([], [[2, 30, 1], [3, 30, 1], [20, 17, 1]]), ids=str)
def test_what_is_not_shown_is_said(shape):
    said = [text.get_text() for text in words_on(truth_table(shape, 0))]
    assert [text for text in said if " of " in text] == [f"16 of {nodes}" for nodes in shape if nodes > 16]
    digits = plot.digits(Network([64, 64, 10]).forward, np.eye(2), np.zeros((1, 64)), np.eye(10)[:1], "loss")
    figure = drawn_by(digits, Network([64, 64, 10]).parameters, CURVES, 3)
    assert "learnt: 20 of 64 nodes" in [text.get_text() for text in words_on(figure)]


@pytest.mark.parametrize(
    ("n_wrong", "expected"), [(0, "wrong: 0 of 40"), (15, "wrong: 15 of 40"), (40, "15 of 40 wrong")]
)
def test_how_many_were_wrong(n_wrong, expected):
    Y = np.eye(10)[[1] * n_wrong + [0] * (40 - n_wrong)]
    draw = plot.digits(lambda X, _: [np.eye(10)[[0] * len(X)]], np.eye(2), np.zeros((40, 64)), Y, "loss")
    figure = drawn_by(draw, Network([64, 64, 10]).parameters, CURVES, 3)
    assert_words_have_room(figure)
    assert expected in [text.get_text() for text in words_on(figure)]


def colours_of_the_key(figure):
    """The colours that the strip below a figure explains, by words."""
    handles = zip(figure.legends[0].get_lines(), figure.legends[0].get_texts(), strict=True)
    return {text.get_text(): to_rgb(line.get_color()) for line, text in handles}


def classes(n_classes):
    """The picture of a network that is sure of the classes 0, 1, … of as many points."""
    X, Y = np.arange(2 * n_classes).reshape(n_classes, 2) / 10, np.eye(n_classes)
    network = Network([2, n_classes], ["softmax"], rng=0)
    return drawn_by(plot.classes(network.forward, (X, Y)), network.parameters, CURVES, 3)


def test_class_1_is_blue_and_0_orange():
    """In the strip, on the map, and in the frames of the outputs; so it is in a truth table."""
    blue, orange = to_rgb(network_drawing.BLUE), to_rgb(network_drawing.ORANGE)
    for figure in (classes(2), truth_table([2, 2, 1], 0)):
        key = colours_of_the_key(figure)
        assert (key["0"], key["1"]) == (orange, blue)
        assert (key["below 0"], key["above 0"]) == (orange, blue)
    points = [found for found in classes(2).axes[0].collections if len(found.get_offsets()) == 2][-1]
    assert [to_rgb(colour[:3]) for colour in points.get_facecolors()] == [orange, blue]


@pytest.mark.parametrize("n_classes", quick_and_slow([2, 4], [3, 5, 6, 7, 8]))
def test_every_class_is_explained(n_classes):
    """Each has a colour of its own, and more than two none of a sign."""
    figure = classes(n_classes)
    assert_words_have_room(figure)
    key = colours_of_the_key(figure)
    own = [key[str(i)] for i in range(n_classes)]
    assert len(set(own)) == n_classes
    assert n_classes == 2 or not {to_rgb(network_drawing.BLUE), to_rgb(network_drawing.ORANGE)} & set(own)


def cubic(curves, epoch, size=1.0):
    """The picture of a curve that is approximated, by a network with random weights of a size."""
    x = np.linspace(-5, 5, 20)[:, np.newaxis]
    parameters = [size * parameter for parameter in random_parameters([1, 5, 1], np.random.default_rng(0))]
    forward = Network([1, 5, 1], ["tanh", "linear"]).forward
    return drawn_by(plot.approximation(forward, x, x**3), parameters, curves, epoch), parameters


def test_shares_have_the_colours_of_their_weights():
    figure, parameters = cubic(CURVES, 3)
    thin = [line for line in figure.axes[0].lines if line.get_linewidth() == 1]
    assert [line.get_color() for line in thin] == [
        network_drawing.sign_colour(weight) for weight in parameters[2].ravel()
    ]
    others = {line.get_color() for line in figure.axes[0].lines if line not in thin}
    assert not others & {network_drawing.BLUE, network_drawing.ORANGE}


@pytest.mark.slow
def test_axes_stay_while_a_picture_moves():
    """Whatever the weights are: those of y, of the error, and of the loss."""
    curves = {"training": [0.9, 0.5, 0.1, 0.01]}
    ranges = [
        [(axes.get_xlim(), axes.get_ylim()) for axes in cubic(curves, epoch, size=10.0**epoch)[0].axes]
        for epoch in range(1, 5)
    ]
    assert all(each == ranges[0] for each in ranges)


@pytest.mark.parametrize(("epochs", "scale"), [(1, "linear"), (2000, "linear"), (2001, "log"), (7000, "log")])
def test_epochs_of_a_long_training_are_on_a_log_axis(epochs, scale):
    """The axis says so. The end of a linear one is the end of the training."""
    axes = cubic({"training": np.geomspace(1, 0.1, epochs)}, epochs)[0].axes[-1]
    assert axes.get_xscale() == scale
    assert ("log axis" in axes.get_xlabel()) == (scale == "log")
    assert axes.get_xlim()[1] == max(epochs, 2)


@pytest.mark.parametrize(
    "name", quick_and_slow(["linear"], ["noisy_xor", "xor", "cubic", "digits", "convolution", "your_data"])
)
def test_a_single_epoch_can_be_seen(name, capsys):
    """Its losses are points inside of the axes."""
    axes = next(axes for axes in scripts_figure(name, "--epochs", "1").axes if axes.get_ylabel().startswith("loss"))
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(dots) == (2 if name in ("noisy_xor", "digits", "convolution", "your_data") else 1)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    for dot in dots:
        (x,), (y,) = dot.get_data()
        assert left < x < right
        assert low < y < high


TABLE = argparse.Namespace(classes=["a", "b", "c"], target="d")


@pytest.mark.parametrize("kept", [1, 3, 5])
def test_the_kept_epoch_is_marked(kept):
    curves = {"training": [0.5, 0.4, 0.3, 0.2, 0.1], "held back": [0.6, 0.5, 0.4, 0.5, 0.6]}
    Y = np.eye(3)[[0, 1, 2, 2]]
    axes, table = drawn_by(plot.your_data(curves, kept, Y, Y, TABLE)).axes
    line = next(line for line in axes.lines if len(set(line.get_xdata())) == 1 and len(line.get_xdata()) == 2)
    assert set(line.get_xdata()) == {kept}
    words = [text for text in axes.texts if text.get_text().strip() == "kept"]
    assert [text.xy[0] for text in words] == [kept]
    assert {text.get_text(): text.get_color() for text in table.texts}["2"] == "white"  # the darkest cell


def test_long_names_of_classes_have_room():
    names = ["great spotted woodpecker", "northern saw-whet owl", "common kingfisher", "mountain bluebird"]
    table = argparse.Namespace(classes=names, target="kind")
    curves, Y = {"training": [0.5, 0.4], "held back": [0.6, 0.5]}, np.eye(4)
    assert_words_have_room(drawn_by(plot.your_data(curves, 2, Y, Y, table)))


def test_the_kept_epoch_is_the_one_that_is_printed(monkeypatch, capsys):
    kept = []
    monkeypatch.setattr(plot, "your_data", lambda curves, epoch, *_: kept.append(epoch))
    monkeypatch.setattr(picture, "show", lambda *_: None)
    load("your_data").main([])
    assert f"kept: the weights after epoch {kept[0]}, " in capsys.readouterr().out


def test_the_worked_example_has_its_biases():
    script = load("worked_example")
    named = script.quantities(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]), script.initialize(), 0.5)
    figure = drawn_by(plot.worked_example(named))
    said = [line for text in words_on(figure) for line in text.get_text().split("\n")]
    assert sorted(line for line in said if line.startswith("b = ")) == ["b = 0.35", "b = 0.35", "b = 0.6", "b = 0.6"]
    assert_words_have_room(figure)


DRAWN = [
    *(("linear",), ("cubic", "--epochs", "2500"), ("2x2_image_recognition", "--epochs", "20"), ("activation",)),
    *(("dataset",), ("digits", "--epochs", "3"), ("convolution", "--epochs", "2"), ("your_data",), ("perceptron",)),
    *(("reliability", "--seeds", "2", "--epochs", "20"), ("gradient_check", "--seeds", "1", "--epochs", "20")),
    *(("noisy_xor", "--epochs", "20"), ("spirals", "--epochs", "20"), ("xor",), ("autodiff",)),
    *(("convolution", "--slide"), ("nudge",), ("nudge", "--weight", "2", "--steps", "1"), ("nudge", "--weight", "1.5")),
    *(("network1",), ("worked_example",)),
]


@pytest.mark.parametrize("command", quick_and_slow(DRAWN[:1], DRAWN[1:]), ids=" ".join)
def test_one_style(command, capsys):
    """Words have room; titles stand at the left, the upper ones at one height; the strip is at the lower left."""
    figure = scripts_figure(*command)
    assert_words_have_room(figure)
    titles = [text for axes in figure.axes for text in (axes._left_title,) if text.get_text()]
    titles += [text for axes in figure.axes for text in axes.texts if text.get_weight() == "bold"]
    assert {text.get_weight() for text in titles} == {"bold"}
    assert not any(axes.get_title() for axes in figure.axes)
    bottoms = sorted(text.get_window_extent().y0 for text in titles)
    assert len([bottom for bottom in bottoms if bottom > bottoms[-1] - 15 and bottom < bottoms[-1] - 2]) == 0
    for legend in figure.legends:
        _, bottom, _, top = legend.get_window_extent().extents
        assert bottom < 20
        assert top < 60
