"""Networks drawn as maps: where everything stands, and what its colours and widths say."""

import itertools

from backstage import network_drawing, picture, plot

import numpy as np
import pytest
from helpers import apart, assert_words_have_room, drawn_by
from matplotlib.colors import to_rgb

from network1 import Network

SHAPES = [[2, 1], [2, 2, 1], [2, 6, 1], [2, 20, 1], [2, 3, 3, 3, 1], [2, 2], [2, 15, 4], [2, 8, 8, 8]]
SHAPES += [[2, 16, 16, 16, 8], [2, 16, 16, 16, 1]]
CORNERS = network_drawing.grid(0, 1, points=2)
XOR = np.array([[0], [1], [1], [0]])


def maps_of(shape, **how):
    """The maps of a network of a shape, on a page as the scripts have it."""
    return network_drawing.Maps(
        picture.page(), plot.AS_MAPS, shape, ["input 1", "input 2"], (0, 1), [0.5] * len(shape), **how
    )


def updated(drawn, parameters):
    """The maps, with parameters and answers that are all a half."""
    drawn.update(parameters, [np.full((len(drawn.grid), nodes), 0.5) for nodes in drawn.shape])
    return drawn


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_squares_have_room(shape):
    drawn = maps_of(shape)
    layers = [*drawn.nodes, [drawn.answer]] if shape[-1] > 1 else drawn.nodes
    assert layers[-1] == [drawn.answer]
    squares = [(x, y, x + side, y + side) for layer in layers for x, y, side in layer]
    for left, bottom, right, top in squares:
        assert 0 < left < right < drawn.wide
        assert 0 < bottom < top < drawn.high
    for one, other in itertools.combinations(squares, 2):
        assert apart(one, other, distance=0.05)
    assert [len(nodes) for nodes in drawn.nodes] == [min(nodes, network_drawing.MOST) for nodes in shape]
    said = [text.get_text() for text in drawn.axes.texts]
    assert ("16 of 20" in said) == (20 in shape)
    assert all(x0 + side0 < x1 for ((x0, _, side0), *_), ((x1, _, _), *_) in itertools.pairwise(layers))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_words_have_room(shape):
    """No word of a whole picture is over another one, or cut off, also where the loss is small and epochs are many."""
    forward, parameters = Network(shape, rng=1).forward, [10 * p - 3.333 for p in Network(shape, rng=1).parameters]
    curves = {"training": np.geomspace(1, 1.234e-05, 20000)}
    if shape[-1] == 1:
        draw = plot.truth_table(forward, XOR, "binary cross entropy")
    else:
        Y = np.eye(shape[-1])[[0, 1, 0, 1]]
        draw = plot.classes(forward, (CORNERS, Y), (CORNERS, Y))
    assert_words_have_room(drawn_by(draw, parameters, curves, 20000))


def test_lines_are_weights():
    """The widest line is that of the largest weight, blue is positive and orange negative; a rounded 0 is thin."""
    W1, W2 = np.array([[1.0, -4.0, 2.0], [-3.0, 1e-17, -0.5]]), np.array([[0.1], [-0.3], [0.2]])
    drawn = updated(maps_of([2, 3, 1]), [W1, np.zeros(3), W2, np.zeros(1)])
    for lines, W in zip(drawn.lines, (W1, W2), strict=True):
        widths = np.reshape(lines.get_linewidths(), W.shape)
        assert np.array_equal(np.argsort(widths, axis=None), np.argsort(np.abs(W), axis=None))
        for colour, weight in zip(lines.get_colors(), W.flat, strict=True):
            assert to_rgb(colour[:3]) == to_rgb(network_drawing.BLUE if weight > 0 else network_drawing.ORANGE)
    line = drawn.lines[0].get_paths()[1].vertices  # from the first input to the second node
    (x0, y0, side0), (x1, y1, side1) = drawn.nodes[0][0], drawn.nodes[1][1]
    assert line[0] == pytest.approx([x0 + side0, y0 + side0 / 2])
    assert line[-1] == pytest.approx([x1, y1 + side1 / 2])


def test_values_are_those_of_the_parameters():
    parameters = [np.array([[1.5, -2.5], [3.5, 4.5]]), np.array([-0.25, 0.75]), np.array([[6.5], [-7.5]]), np.zeros(1)]
    drawn = updated(maps_of([2, 2, 1], values=True), parameters)
    said = sorted(text.get_text() for text in drawn.texts)
    weights = ["+1.5", "-2.5", "+3.5", "+4.5", "+6.5", "-7.5"]
    assert said == sorted([*weights, "bias -0.25", "bias +0.75", "bias +0"])
    for text in drawn.texts:
        assert text.get_color() == (network_drawing.ORANGE if "-" in text.get_text() else network_drawing.BLUE)
    assert len(updated(drawn, parameters).texts) == len(said)  # the old ones are gone


def test_wrong_samples_have_black_edges():
    drawn = maps_of([2, 4, 1])
    drawn.mark(CORNERS, XOR)
    said = np.array([[0.1], [0.9], [0.4], [0.6]])  # the last two are wrong
    parameters = Network([2, 4, 1], rng=0).parameters
    drawn.update(parameters, [np.zeros((len(drawn.grid), nodes)) for nodes in (2, 4, 1)], [said])
    points = drawn.samples[0][0]
    assert [to_rgb(edge[:3]) for edge in points.get_edgecolors()] == [(1, 1, 1)] * 2 + [(0, 0, 0)] * 2
    orange, blue = to_rgb(network_drawing.ORANGE), to_rgb(network_drawing.BLUE)
    assert [to_rgb(face[:3]) for face in points.get_facecolors()] == [orange, blue, blue, orange]
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


def test_likeliest_colours():
    """The colour is that of the likeliest class, and the paler the less sure; where all are equal it is white."""
    for n_classes in range(2, 9):
        sure = network_drawing.likeliest(np.eye(n_classes))
        for colour, own in zip(sure, network_drawing.class_colours(n_classes), strict=True):
            away = 1 - np.array(to_rgb(own))
            assert np.allclose((1 - colour) / np.linalg.norm(1 - colour), away / np.linalg.norm(away))
            assert np.all(colour >= to_rgb(own))  # a sample stands out
            assert colour.min() < 0.81
        assert network_drawing.likeliest(np.full((1, n_classes), 1 / n_classes)) == pytest.approx(np.ones((1, 3)))
        half = network_drawing.likeliest(0.5 * np.eye(n_classes)[:1] + 0.5 / n_classes)
        assert half[0] == pytest.approx((1 + sure[0]) / 2)


def test_a_colour_has_one_meaning():
    """Of two classes the second is blue, as a 1 is; more classes have colours that are no sign, all different."""
    assert network_drawing.class_colours(2) == (network_drawing.ORANGE, network_drawing.BLUE)
    for n_classes in range(3, 9):
        colours = network_drawing.class_colours(n_classes)
        assert len(set(colours)) == n_classes
        assert not {network_drawing.BLUE, network_drawing.ORANGE} & {*colours}


def test_white_is_where_a_node_is_undecided():
    """A half for a sigmoid, 0 for a tanh and a relu, whatever the weights are: so it stays while they change."""
    network = Network([2, 3, 3, 3, 1], ["tanh", "relu", "sigmoid", "sigmoid"], rng=0)
    for scale in (0.01, 1, 100):
        parameters = [scale * parameter for parameter in network.parameters]
        drawn = plot.as_maps(picture.page(), network.forward, parameters, (CORNERS, XOR), (-1, 3))
        assert drawn.middles == [1.0, 0.0, 0.0, 0.5, 0.5]
        for images, middle in zip(drawn.images, drawn.middles, strict=True):
            for image in images:
                low, high = image.get_clim()
                assert (low + high) / 2 == pytest.approx(middle)


def test_a_map_is_what_the_node_answers():
    network = Network([2, 2, 1], rng=0)
    drawn = plot.as_maps(picture.page(), network.forward, network.parameters, (CORNERS, XOR), (-0.25, 1.25))
    seen = drawn.images[1][0].get_array()
    assert drawn.images[1][0].origin == "lower"
    for row, column in ((0, 0), (10, 60), (63, 5)):
        point = -0.25 + 1.5 / 63 * np.array([[column, row]])  # the first input to the right, the second upwards
        assert seen[row, column] == pytest.approx(network.forward(point)[1][0, 0])
    assert drawn.large is drawn.images[-1][0]
