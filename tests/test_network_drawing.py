"""Networks drawn as maps: where everything stands, and what its colours and widths say."""

import itertools

from backstage import network_drawing, picture, plot
from backstage.network_drawing import BLUE, MOST, ORANGE

import numpy as np
import pytest
from helpers import apart, assert_words_have_room, drawn_by, quick_and_slow
from matplotlib.colors import to_rgb

from network1 import Network

QUICK = [[2, 1], [2, 20, 1], [2, 15, 4], [2, 16, 16, 16, 8]]
SLOW = [[2, 2, 1], [2, 6, 1], [2, 3, 3, 3, 1], [2, 2], [2, 8, 8, 8], [2, 16, 16, 16, 1]]
CORNERS = network_drawing.grid(0, 1, points=2)
XOR = np.array([[0], [1], [1], [0]])


def maps_of(shape, parameters=None, **how):
    """The maps of a network on a page as the scripts have it; with parameters, answers are a half everywhere."""
    names, middles = ["input 1", "input 2"], [0.5] * len(shape)
    drawn = network_drawing.Maps(picture.page(), plot.AS_MAPS, shape, names, (0, 1), middles, **how)
    if parameters:
        drawn.update(parameters, [np.full((len(drawn.grid), nodes), 0.5) for nodes in shape])
    return drawn


def colours(values):
    return [to_rgb(value if isinstance(value, str) else value[:3]) for value in values]


@pytest.mark.parametrize("shape", QUICK + SLOW, ids=str)
def test_squares_have_room(shape):
    drawn = maps_of(shape)
    layers = [*drawn.nodes, [drawn.answer]] if shape[-1] > 1 else drawn.nodes
    assert layers[-1] == [drawn.answer]
    squares = [(x, y, x + side, y + side) for layer in layers for x, y, side in layer]
    assert all(0 < left < right < drawn.wide for left, _, right, _ in squares)
    assert all(0 < bottom < top < drawn.high for _, bottom, _, top in squares)
    assert all(apart(one, other, distance=0.05) for one, other in itertools.combinations(squares, 2))
    assert all(x0 + side0 < x1 for ((x0, _, side0), *_), ((x1, _, _), *_) in itertools.pairwise(layers))
    assert [len(nodes) for nodes in drawn.nodes] == [min(nodes, MOST) for nodes in shape]
    assert ("16 of 20" in [text.get_text() for text in drawn.axes.texts]) == (20 in shape)


@pytest.mark.parametrize("shape", quick_and_slow(QUICK, SLOW), ids=str)
def test_words_have_room(shape):
    """No word of a whole picture is over another one, or cut off, also where the loss is small and epochs are many."""
    network, curves = Network(shape, rng=1), {"training": np.geomspace(1, 1.234e-05, 20000)}
    samples = CORNERS, np.eye(shape[-1])[np.arange(4) % shape[-1]]
    draw = plot.classes(network.forward, samples, samples)
    if shape[-1] == 1:
        draw = plot.truth_table(network.forward, XOR, "binary cross entropy")
    assert_words_have_room(drawn_by(draw, [10 * p - 3.333 for p in network.parameters], curves, 20000))


def test_lines_are_weights():
    """The widest line is that of the largest weight, blue is positive and orange negative; a rounded 0 is thin."""
    W1, W2 = np.array([[1.0, -4.0, 2.0], [-3.0, 1e-17, -0.5]]), np.array([[0.1], [-0.3], [0.2]])
    drawn = maps_of([2, 3, 1], [W1, np.zeros(3), W2, np.zeros(1)])
    for lines, W in zip(drawn.lines, (W1, W2), strict=True):
        assert np.array_equal(np.argsort(lines.get_linewidths()), np.argsort(np.abs(W), axis=None))
        assert colours(lines.get_colors()) == colours(BLUE if weight > 0 else ORANGE for weight in W.flat)
    line = drawn.lines[0].get_paths()[1].vertices  # from the first input to the second node
    (x0, y0, side0), (x1, y1, side1) = drawn.nodes[0][0], drawn.nodes[1][1]
    assert line[0] == pytest.approx([x0 + side0, y0 + side0 / 2])
    assert line[-1] == pytest.approx([x1, y1 + side1 / 2])


def test_values_are_those_of_the_parameters():
    parameters = [np.array([[1.5, -2.5], [3.5, 4.5]]), np.array([-0.25, 0.75]), np.array([[6.5], [-7.5]]), np.zeros(1)]
    drawn = maps_of([2, 2, 1], parameters, values=True)
    drawn.update(parameters, [np.zeros((len(drawn.grid), nodes)) for nodes in (2, 2, 1)])  # the old ones go
    seen = [text for text in drawn.axes.texts if text.get_text()[-1:].isdigit() and "input" not in text.get_text()]
    words = ["+1.5", "-2.5", "+3.5", "+4.5", "+6.5", "-7.5", "bias -0.25", "bias +0.75", "bias +0"]
    assert sorted(text.get_text() for text in seen) == sorted(words)
    assert all(text.get_color() == (ORANGE if "-" in text.get_text() else BLUE) for text in seen)
    for j, words in enumerate(["bias -0.25", "bias +0.75"]):  # each at its own node
        (text,) = [text for text in seen if text.get_text() == words]
        x, y, side = drawn.nodes[1][j]
        assert text.get_position() == pytest.approx((x + side / 2, y - 0.1))


def test_values_in_a_network_of_circles_stand_on_their_lines():
    figure, W1, W2 = picture.page(), np.array([[1.0, -2.0], [3.0, 4.0], [5.0, -6.0]]), np.array([[7.0], [-8.0]])
    network_drawing.circles(figure, plot.AS_MAPS, [W1, np.zeros(2), W2, np.zeros(1)], ["abc", "", "d"])
    (lines,) = figure.axes[0].collections[:1]
    places = {text.get_text(): text.get_position() for text in figure.axes[0].texts}
    for weight, path in zip([*W1.flat, *W2.flat], lines.get_paths(), strict=True):
        assert np.abs(path.vertices - places[f"{weight:+g}"]).max(axis=1).min() < 0.05


def test_samples_stand_where_they_belong_and_wrong_ones_have_black_edges():
    drawn = maps_of([2, 4, 1])
    drawn.mark(CORNERS, XOR)
    said = np.array([[0.1], [0.9], [0.4], [0.6]])  # the last two are wrong
    drawn.update(Network([2, 4, 1], rng=0).parameters, [np.zeros((64**2, nodes)) for nodes in (2, 4, 1)], [said])
    points = drawn.samples[0][0]
    assert colours(points.get_edgecolors()) == colours(["white", "white", "black", "black"])
    assert colours(points.get_facecolors()) == colours([ORANGE, BLUE, BLUE, ORANGE])
    x, y, side = drawn.answer
    assert np.asarray(points.get_offsets()) == pytest.approx(np.array([x, y]) + side * CORNERS)


@pytest.mark.parametrize(
    ("outputs", "Y", "expected"),
    [
        ([[0.1], [0.9], [0.6], [0.4]], [[0], [1], [0], [1]], [True, True, False, False]),
        ([[0.5], [0.5], [0.5 - 1e-16], [0.5 + 1e-16]], [[0], [1], [0], [1]], [False] * 4),  # a half is no answer
        ([[0.4, 0.3, 0.3], [0.4, 0.3, 0.3]], [[1, 0, 0], [0, 0, 1]], [True, False]),
        ([[-3.0], [2.5]], [[7.0], [0.3]], [True, True]),  # numbers are no classes
    ],
)
def test_right(outputs, Y, expected):
    assert network_drawing.right(np.array(outputs), np.array(Y)).tolist() == expected


@pytest.mark.parametrize("n_classes", range(2, 9))
def test_classes_have_colours_of_their_own(n_classes):
    """Of two the second is blue, as a 1 is; of more none is a sign. The paler the less sure, where all are equal white.

    A sample stands out of the surest.
    """
    own, sure = network_drawing.class_colours(n_classes), network_drawing.likeliest(np.eye(n_classes))
    assert own == (ORANGE, BLUE) if n_classes == 2 else len({*own} - {ORANGE, BLUE}) == n_classes
    for colour, away in zip(sure, 1 - np.array(colours(own)), strict=True):
        assert (1 - colour) / np.linalg.norm(1 - colour) == pytest.approx(away / np.linalg.norm(away))
        assert np.all(1 - colour <= 0.7 * away)
        assert colour.min() < 0.81
    assert network_drawing.likeliest(np.full((1, n_classes), 1 / n_classes)) == pytest.approx(np.ones((1, 3)))
    half = network_drawing.likeliest(0.5 * np.eye(n_classes)[:1] + 0.5 / n_classes)
    assert half[0] == pytest.approx((1 + sure[0]) / 2)


# What colours, as shares of light, become without one of three kinds of cones (Machado, Oliveira, Fernandes 2009).
BLIND = {
    "none": np.eye(3),
    "red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])


@pytest.mark.parametrize("cone", BLIND)
@pytest.mark.parametrize(("n_classes", "least"), [(2, 40), (3, 40), (4, 40), (5, 30), (8, 20)])
def test_colour_blind_readers_tell_classes_apart(n_classes, least, cone):
    """As distances in CIELAB, in which 2 is just seen by people who look for it; half of them for the pale maps."""
    for share, enough in ((1, least), (10 / 16, least / 2)):
        light = (1 + share * (np.array(colours(network_drawing.class_colours(n_classes))) - 1) + 0.055) / 1.055
        light = np.clip(light**2.4 @ np.transpose(BLIND[cone]), 0, 1) @ XYZ.T / XYZ.sum(axis=1)
        x, y, z = np.cbrt(light).T  # near black it would be another curve
        lab = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
        distances = np.linalg.norm(lab[:, np.newaxis] - lab, axis=2)
        assert distances[np.triu_indices(n_classes, 1)].min() > enough


def test_a_black_edge_is_seen_on_every_class():
    """As for the parts of a page: a contrast of at least 3."""
    light = ((np.array(colours(network_drawing.MANY)) + 0.055) / 1.055) ** 2.4 @ XYZ[1]
    assert light.min() + 0.05 > 3 * 0.05


def test_a_border_between_classes_is_a_smooth_line():
    """Values between those of a grid lie on straight lines, and the grid's own stay."""
    values = np.random.default_rng(0).normal(size=(4, 4, 2))
    more = network_drawing.finer(values, 5)
    assert np.array_equal(more[::5, ::5], values)
    assert more[7, 13] == pytest.approx(
        0.24 * values[1, 2] + 0.36 * values[1, 3] + 0.16 * values[2, 2] + 0.24 * values[2, 3]
    )


def test_white_is_where_a_node_is_undecided():
    """A half for a sigmoid, 0 for a tanh and a relu, whatever the weights are: so it stays while they change."""
    network = Network([2, 3, 3, 3, 1], ["tanh", "relu", "sigmoid", "sigmoid"], rng=0)
    for scale in (0.01, 1, 100):
        parameters = [scale * parameter for parameter in network.parameters]
        drawn = plot.as_maps(picture.page(), network.forward, parameters, (CORNERS, XOR), (-1, 3))
        for images, middle in zip(drawn.images, [1.0, 0.0, 0.0, 0.5, 0.5], strict=True):
            assert [np.mean(image.get_clim()) for image in images] == pytest.approx([middle] * len(images))
            assert all(image.get_clim()[1] >= image.get_array().max() for image in images)  # in its full colour


def test_a_map_is_what_the_node_answers():
    network = Network([2, 2, 1], rng=0)
    drawn = plot.as_maps(picture.page(), network.forward, network.parameters, (CORNERS, XOR), (-0.25, 1.25))
    for layer, image in enumerate((drawn.images[1][0], drawn.large)):
        assert image.origin == "lower"
        for row, column in ((0, 0), (10, 60), (63, 5)):
            point = -0.25 + 1.5 / 63 * np.array([[column, row]])  # the first input to the right, the second upwards
            assert image.get_array()[row, column] == pytest.approx(network.forward(point)[2 * layer + 1][0, 0])
