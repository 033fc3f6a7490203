"""The playground: what every control does, that it trains as Network.train does, and that nothing grows or breaks.

Mouse and keys are events at the places where things are drawn, in a figure without a screen; the slow tests use a real
window, and a browser.
"""

import importlib.util
import re
import shlex

from backstage import command_line, picture, report, training
from backstage.playground import window
from backstage.tables import reader

import numpy as np
import PIL.Image
import pytest
from helpers import quick_and_slow, same
from matplotlib.backend_bases import KeyEvent, MouseEvent, ResizeEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import activation
import dataset
import playground
import your_data
from network1 import Network

AT_ONCE = {"learning_rate": 0.3, "momentum": 0.0, "weight_decay": 0.0, "batch_size": None}  # and where they begin
BEGINNING = {"noise": 0.1, "test_share": 0.5, "activation": "tanh", "loss": None, "seed": 0}
PIXEL = 0.008  # of the large map, in the plane: the mouse knows no parts of one
SMALL = ("--samples", "40", "--hidden-nodes", "3")
QUICK = ["weight_decay", "batch_size", "noise", "activation", "loss"]


@pytest.fixture(autouse=True, scope="module")
def _looks():
    with picture.style():
        yield


def playground_of(*arguments):
    return playground.Playground(playground.read_options([*map(str, arguments)]))


class Canvas(FigureCanvasAgg):
    """Like a window's, it does not draw at once when it is told to draw at leisure."""

    def draw_idle(self):
        pass


class Hand:
    """A hand on the mouse and the keys of a playground; drawn: whether its figure has been drawn, as on a screen."""

    def __init__(self, *arguments, drawn=False):
        self.playground = playground_of(*arguments)
        self.figure = Figure(dpi=50 if drawn else 100)  # few pixels are drawn fast
        self.canvas = Canvas(self.figure)
        self.window = window.Window(self.playground, self.figure)
        if drawn:
            self.canvas.draw()

    @property
    def network(self):
        return self.playground.network

    def copies(self):
        return [parameter.copy() for parameter in self.network.parameters]

    def key(self, *keys):
        for key in keys:
            self.canvas.callbacks.process("key_press_event", KeyEvent("key_press_event", self.canvas, key))

    def mouse(self, what, place, button=None, step=0):
        event = MouseEvent(f"{what}_event", self.canvas, *place, button=button, step=step)
        self.canvas.callbacks.process(event.name, event)

    def click(self, place, button=1):
        self.mouse("button_press", place, button)
        self.mouse("button_release", place, button)

    def point_at(self, place):
        self.mouse("motion_notify", place)

    def wheel(self, place, step):
        self.mouse("scroll", place, step=step)

    def tick(self, times=1):
        for _ in range(times):
            self.window.tick()

    def press(self, words):
        """Click the button with these words."""
        self.click(middle_of(next(text for text, _ in self.window.buttons if text.get_text() == words)))

    def turn(self, words, sign):
        """Click the minus or the plus in the row with these words, or the first right of the words in their row."""
        label = next(text for text in self.figure.texts if text.get_text() == words)
        x, y = middle_of(label)
        signs = [middle_of(text) for text, _ in self.window.buttons if text.get_text() == sign]
        self.click(min((place for place in signs if place[0] > x), key=lambda place: (abs(place[1] - y), place[0])))

    def turn_nodes(self, layer, sign):
        """Click the minus or the plus above a hidden layer."""
        x = self.on_node(layer, 0)[0] + (25 if sign == "+" else -25) * self.figure.dpi / 100
        signs = [middle_of(text) for text, _ in self.window.buttons if text.get_text() == sign]
        self.click(min(signs, key=lambda place: abs(place[0] - x)))

    def said(self):
        """All words in the figure."""
        return [text.get_text() for text in self.figure.findobj(type(self.window.info)) if text.get_text()]

    def info(self):
        return self.window.info.get_text()

    def on(self, *inches):
        return self.window.maps.axes.transData.transform(inches)

    def on_node(self, layer, j):
        x, y, side = self.window.maps.nodes[layer][j]
        return self.on(x + side / 2, y + side / 2)

    def on_weight(self, layer, i, j):
        """The place on the line of a weight that is farthest from all other lines."""
        drawn = self.window.maps
        paths = [path.interpolated(10).vertices for path in drawn.lines[layer].get_paths()]
        own = paths.pop(i * len(drawn.nodes[layer + 1]) + j)
        apart = [np.hypot(*(np.concatenate(paths) - place).T).min() if paths else 1.0 for place in own]
        return self.on(*own[np.argmax(apart)])

    def in_plane(self, x1, x2):
        return self.on(*self.window.maps.on(self.window.maps.answer, np.array([x1, x2])))

    def on_point(self, i):
        return self.in_plane(*self.playground.points[i])

    def notes(self):
        """What is written at the nodes: {(layer, j): words}."""
        said = {}
        for note in self.window.notes:
            x, y = note.get_position()
            [place] = [
                (layer, j)
                for layer, nodes in enumerate(self.window.maps.nodes)
                for j, (left, bottom, side) in enumerate(nodes)
                if left - 1e-6 <= x <= left + side + 1e-6 and bottom < y < bottom + side
            ]
            assert place not in said
            said[place] = note.get_text()
        return said


def middle_of(text):
    return text.get_window_extent().get_points().mean(axis=0)


def trained(hand, epochs):
    """The parameters that Network.train reaches from the same first weights, with the settings of a playground."""
    options, (X, Y) = hand.playground.options, hand.playground.parts[0]
    network = first_network(hand.playground)
    network.train(
        X, Y, epochs, options.learning_rate, options.momentum, options.batch_size, weight_decay=options.weight_decay
    )
    return network.parameters


def first_network(play):
    options, shape = play.options, [len(play.options.inputs), *play.options.hidden_nodes, play.targets.shape[1]]
    last = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}.get(options.loss, "sigmoid")
    last = "linear" if play.numbers else last if options.loss else "softmax"
    return Network(shape, [options.activation] * (len(shape) - 2) + [last], options.loss, rng=options.seed)


def changed(play):
    """The settings that are not the first ones, by their names."""
    return {
        name: getattr(play.options, name)
        for name, first in play.options.defaults.items()
        if getattr(play.options, name) != first
    }


# Controls: what a click or a key changes, and what it leaves.


@pytest.mark.parametrize("start", quick_and_slow(["space"], ["button"]))
def test_play_and_pause(start):
    hand = Hand(*SMALL)
    first, begin, end = hand.copies(), *((("key", " "),) * 2 if start == "space" else (("press", "play"),) * 2)
    hand.tick(2)
    assert same(hand.copies(), first)
    getattr(hand, begin[0])(begin[1])
    assert "pause" in hand.said()
    hand.tick(3)
    epoch = hand.playground.epoch
    assert epoch >= 3
    assert not same(hand.copies(), first)
    assert f"epoch {epoch} " in hand.window.state.get_text()
    getattr(hand, end[0])(end[1])
    assert "pause" not in hand.said()
    hand.tick(2)
    assert hand.playground.epoch == epoch


@pytest.mark.parametrize("way", quick_and_slow(["button"], ["key"]))
def test_one_epoch(way):
    hand = Hand(*SMALL, "--momentum", 0.5, "--batch-size", 7)
    for epoch in (1, 2):
        hand.key("right") if way == "key" else hand.press("one epoch")
        assert hand.playground.epoch == epoch
        assert [row[0] for row in hand.playground.history] == list(range(epoch + 1))
        assert same(hand.network.parameters, trained(hand, epoch))


@pytest.mark.parametrize("way", quick_and_slow(["button"], ["key"]))
def test_start_again(way):
    hand = Hand(*SMALL, "--momentum", 0.5)
    first = hand.copies()
    hand.key("right", "right")
    assert not same(hand.network.parameters, first)
    hand.key("r") if way == "key" else hand.press("start again")
    assert same(hand.network.parameters, first)
    assert [row[0] for row in hand.playground.history] == [0]
    hand.key("right")
    assert same(hand.network.parameters, trained(hand, 1))  # so nothing is left of the last steps


def test_another_seed():
    hand = Hand(*SMALL)
    hand.key("n")
    assert changed(hand.playground)["seed"] == 1
    assert same(hand.network.parameters, Network([2, 3, 2], ["tanh", "softmax"], rng=1).parameters)
    hand.press("another seed")
    hand.turn("seed", "−")
    assert hand.playground.options.seed == 1
    hand.turn("seed", "−")
    assert same(hand.network.parameters, Network([2, 3, 2], ["tanh", "softmax"], rng=0).parameters)


def test_learning_rate_by_keys():
    hand = Hand(*SMALL)
    hand.key("right")
    learnt = hand.copies()
    for key, rate in (("up", 1.0), ("up", 3.0), ("down", 1.0), ("down", 0.3), ("down", 0.1)):
        hand.key(key)
        assert hand.playground.options.learning_rate == rate
    assert same(hand.network.parameters, learnt)
    X, Y = hand.playground.parts[0]
    expected = [p - 0.1 * g for p, g in zip(learnt, hand.network.backward(X, Y)[1], strict=True)]
    hand.key("right")
    assert same(hand.network.parameters, expected)


def choices_on(name, first, way):
    """What a setting goes through from its first value on."""
    values = [*range(40)] if name == "seed" else [*playground.CHOICES[name]]
    first = "cross_entropy" if name == "loss" else first
    return values[values.index(first) + 1 :] if way == 1 else values[: values.index(first)][::-1]


def through(name, sign, most):
    """Click a setting's minus or plus to its end, at most so often, and check after each click what it did."""
    hand = Hand(*SMALL)
    hand.key("right", "right")
    learnt, points, first = hand.copies(), hand.playground.points, (AT_ONCE | BEGINNING)[name]
    expected = choices_on(name, first, 1 if sign == "+" else -1)
    for value in [*expected, *(expected[-1:] if name != "seed" else ())][:most]:
        hand.turn(name.replace("_", " "), sign)
        assert getattr(hand.playground.options, name) == value
        assert changed(hand.playground).keys() - {"samples", "hidden_nodes"} <= {name}
        shown = re.sub("[ _]", "", str(f"{value:g}" if isinstance(value, float) else "all" if value is None else value))
        assert shown in [re.sub(r"\s", "", words) for words in hand.said()]
        assert same(hand.network.parameters, learnt) == (name in AT_ONCE)
        assert (hand.playground.epoch == 2) == (name in AT_ONCE)
        if name not in AT_ONCE:
            assert same(hand.network.parameters, first_network(hand.playground).parameters)
            assert hand.network.activation_names() == first_network(hand.playground).activation_names()
            assert hand.network.loss_name == first_network(hand.playground).loss_name
        if name != "noise":
            assert hand.playground.points is points
    if name in AT_ONCE:
        hand.key("right")
        network = Network([2, 3, 2], ["tanh", "softmax"])
        network.weights, network.biases = learnt[::2], learnt[1::2]
        network.rng = np.random.default_rng(0)
        [network.rng.normal(size=W.shape) for W in network.weights]  # where the generator stands by now
        options = hand.playground.options
        batch, steps = options.batch_size or 20, [np.zeros_like(parameter) for parameter in learnt]
        for step, before, last in zip(steps, trained_first(hand, 1), trained_first(hand, 2), strict=True):
            step += last - before if options.momentum else 0
        if name != "momentum":
            network.epoch(*hand.playground.parts[0], options.learning_rate, 0.0, batch, steps, options.weight_decay)
            assert same(hand.network.parameters, network.parameters)
    return hand


def trained_first(hand, epochs):
    network = Network([2, 3, 2], ["tanh", "softmax"], rng=0)
    network.train(*hand.playground.parts[0], epochs, 0.3)
    return network.parameters


@pytest.mark.parametrize("name", quick_and_slow(QUICK, [name for name in AT_ONCE | BEGINNING if name not in QUICK]))
def test_a_setting(name):
    """One click on the plus, or where there is no more on the minus."""
    through(name, "−" if name in ("batch_size",) else "+", most=1)


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["−", "+"])
@pytest.mark.parametrize("name", [*AT_ONCE, *BEGINNING])
def test_a_setting_to_its_end(name, sign):
    through(name, sign, most=50)


def test_momentum_acts_at_once():
    """From the first step with it on; the steps before it are not known to it."""
    hand = Hand(*SMALL)
    hand.key("right")
    hand.turn("momentum", "+")
    momentum = hand.playground.options.momentum
    parameters, steps = hand.copies(), [0.0] * 4
    for _ in range(3):
        hand.key("right")
        X, Y = hand.playground.parts[0]
        gradients = hand.network.backward(X, Y, parameters)[1]
        steps = [momentum * step - 0.3 * gradient for step, gradient in zip(steps, gradients, strict=True)]
        parameters = [parameter + step for parameter, step in zip(parameters, steps, strict=True)]
    assert all(np.allclose(p, q, rtol=1e-12) for p, q in zip(hand.network.parameters, parameters, strict=True))


def test_a_value_between_the_choices():
    """One that only the command line can give has neighbours, too."""
    hand = Hand(*SMALL, "--learning-rate", 0.2, "--batch-size", 7)
    hand.key("up")
    assert hand.playground.options.learning_rate == 0.3
    hand.turn("batch size", "+")
    assert hand.playground.options.batch_size == 10
    assert playground.neighbour((1, 2, None), 100, 1) is None
    assert playground.neighbour((1, 2, None), 100, -1) == 2


def test_layers_and_nodes():
    hand = Hand(*SMALL)
    steps = [("layers", "−", []), ("layers", "−", []), ("layers", "+", [4]), ("layers", "+", [4, 4])]
    steps += [(2, "+", [4, 5]), (1, "−", [3, 5]), ("layers", "+", [3, 5, 5]), ("layers", "+", [3, 5, 5])]
    for what, sign, expected in steps:
        hand.turn(what, sign) if what == "layers" else hand.turn_nodes(what, sign)
        assert hand.playground.options.hidden_nodes == expected
        assert hand.network.shape == [2, *expected, 2]
        assert [len(nodes) for nodes in hand.window.maps.nodes] == hand.network.shape
        assert same(hand.network.parameters, first_network(hand.playground).parameters)


@pytest.mark.slow
def test_nodes_to_their_end():
    hand = Hand(*SMALL, "--hidden-nodes", 2, 2, 2)
    for layer in (1, 2, 3):
        for sign, ends in (("−", [1, 1]), ("+", [*range(2, 13), 12, 12])):
            for nodes in ends:
                hand.turn_nodes(layer, sign)
                assert hand.network.shape[layer] == nodes


def test_data():
    """Each of them, as dataset.py makes it, with the network and the loss that go with it."""
    hand = Hand(*SMALL, "--noise", 0.05, "--data", "circle", "--loss", "mean_squared_error")
    for data, draw in dataset.PLANE.items():
        hand.press(data)
        X, Y = draw(40, 0.05, np.random.default_rng(0))
        assert np.array_equal(hand.playground.points, X)
        assert np.array_equal(hand.playground.targets, Y)
        assert hand.network.shape == [2, 3, Y.shape[1]]
        assert hand.network.loss_name == ("mean_squared_error" if Y.shape[1] == 1 else "cross_entropy")
        assert hand.network.activation_names()[-1] == ("linear" if Y.shape[1] == 1 else "softmax")
        assert [len(part) for part, _ in hand.playground.parts] == [len(X) - len(X) // 2, len(X) // 2]
        shown = [len(points.get_offsets()) for points, _ in hand.window.maps.samples]
        assert shown == [len(part) for part, _ in hand.playground.parts]
        hand.key("right")
        assert hand.playground.epoch == min(1, len(X))


def test_test_share():
    """The points of the test are among no batch, and the more there are, the more of the same."""
    hand = Hand("--samples", 50, "--test-share", 0.0)
    before, share = np.zeros(50, bool), 0.0
    for share in playground.CHOICES["test_share"][1:4]:
        hand.turn("test share", "+")
        (X, Y), (X_test, Y_test) = hand.playground.parts
        assert len(X_test) == len(Y_test) == round(50 * share) == 50 - len(X)
        assert np.all(hand.playground.test[before])
        assert np.array_equal(X_test, hand.playground.points[hand.playground.test])
        assert np.array_equal(Y, hand.playground.targets[~hand.playground.test])
        before = hand.playground.test


DEFINITIONS = {
    "x1": lambda x1, x2: x1, "x2": lambda x1, x2: x2, "x1x1": lambda x1, x2: x1**2, "x2x2": lambda x1, x2: x2**2,
    "x1x2": lambda x1, x2: x1 * x2, "sinx1": lambda x1, x2: np.sin(x1 * np.pi),
    "sinx2": lambda x1, x2: np.sin(x2 * np.pi),
}  # fmt: skip


@pytest.mark.parametrize("names", quick_and_slow([["x1x2", "sinx2"]], [list(DEFINITIONS)[2:]]), ids=["two", "all"])
def test_inputs(names):
    """Each goes in and out again, in the order of the panel; the last one stays."""
    hand = Hand(*SMALL)
    points = hand.playground.points
    for name in names:
        hand.press(name)
        assert hand.playground.options.inputs[-1] == name
        X = hand.playground.parts[0][0]
        assert X.shape[1] == hand.network.shape[0] == len(hand.playground.options.inputs)
        assert np.allclose(X[:, -1], DEFINITIONS[name](*points[~hand.playground.test].T))
    for name in ["x1", "x2", *names[:-1]]:
        hand.press(name)
        assert name not in hand.playground.options.inputs
    for _ in range(2):
        assert hand.playground.options.inputs == names[-1:]
        assert hand.network.shape == [1, 3, 2]
        hand.press(names[-1])


# Points: painted and removed.


@pytest.mark.parametrize("data", quick_and_slow(["four-spirals", "line"], ["empty"]))
def test_a_click_adds_a_point(data):
    """Of the class that the keys chose, the second at first, or with the right button of the next."""
    clicks = {
        "empty": [("", 1, [0, 1]), ("", 3, [1, 0]), ("1", 1, [1, 0]), ("", 3, [0, 1]), ("2", 1, [0, 1])],
        "four-spirals": [
            ("3", 1, [0, 0, 1, 0]),
            ("4", 1, [0, 0, 0, 1]),
            ("4", 3, [1, 0, 0, 0]),
            ("6", 1, [0, 1, 0, 0]),
        ],
        "line": [("", 1, [1]), ("", 3, [-1])],
    }
    hand = Hand("--data", data, "--samples", 8)
    for (key, button, target), height in zip(clicks[data], (-0.9, -0.7, 0.8, 0.9, 1.0), strict=False):
        a_click(hand, key, button, target, (0.95, height))


def a_click(hand, key, button, target, place):
    """Click, and check that exactly this point is new."""
    n, test, before = len(hand.playground.points), hand.playground.test, hand.copies()
    hand.key(*key)
    hand.click(hand.in_plane(*place), button)
    assert hand.playground.points[n:] == pytest.approx(np.array([place]), abs=PIXEL)
    assert hand.playground.targets[n:].tolist() == [target]
    assert hand.playground.test.tolist() == [*test, False]
    X, Y = hand.playground.parts[0]
    assert np.array_equal(X[-1:], hand.playground.points[n:])
    assert Y[-1].tolist() == target
    assert same(hand.network.parameters, before)  # the training goes on with one point more
    shown = hand.window.maps.samples[0][0].get_offsets()[-1]
    assert hand.on(*shown) == pytest.approx(hand.in_plane(*place), abs=1)


@pytest.mark.slow
def test_dragging_paints():
    """A row of points, as far apart as told, and only while the button is down, and on the map."""
    hand = Hand("--data", "empty")
    way = np.linspace(-1, 1, 21)
    hand.mouse("motion_notify", hand.in_plane(0, 0))
    hand.mouse("button_press", middle_of(hand.window.buttons[0][0]), 1)
    hand.mouse("motion_notify", hand.in_plane(0, 0), 1)  # it began on a control
    assert len(hand.playground.points) == 0
    hand.mouse("button_press", hand.in_plane(-1, 0.5), 1)
    for x in way[1:]:
        hand.mouse("motion_notify", hand.in_plane(x, 0.5), 1)
    hand.mouse("button_release", hand.in_plane(1, 0.5), 1)
    painted = hand.playground.points
    hand.mouse("motion_notify", hand.in_plane(0, -0.5))
    hand.click(hand.on(-0.5, 1.5))
    assert hand.playground.points is painted
    assert 20 <= len(painted) <= 21
    assert np.diff(painted[:, 0]).min() > 0.04
    assert painted[:, 1] == pytest.approx(np.full(len(painted), 0.5), abs=PIXEL)
    assert np.abs(painted[:, :1] - way).min(axis=1).max() < PIXEL
    hand.click(hand.in_plane(*(painted[3] + 0.01)))
    assert hand.playground.points is painted  # there is one already


@pytest.mark.parametrize("key", quick_and_slow(["x"], ["delete", "backspace"]))
def test_removing_a_point(key):
    hand = Hand("--data", "clouds", "--samples", 12, "--noise", 0.3)
    points, targets, test = hand.playground.points, hand.playground.targets, hand.playground.test
    hand.key(key)  # nothing is pointed at
    assert hand.playground.points is points
    hand.point_at(hand.on_point(5))
    hand.key(key)
    rest = np.arange(12) != 5
    assert np.array_equal(hand.playground.points, points[rest])
    assert np.array_equal(hand.playground.targets, targets[rest])
    assert np.array_equal(hand.playground.test, test[rest])
    assert np.array_equal(hand.playground.parts[0][0], points[rest & ~test])
    assert sum(len(marked.get_offsets()) for marked, _ in hand.window.maps.samples) == 11
    hand.key(key)
    assert len(hand.playground.points) == 11


@pytest.mark.parametrize("data", quick_and_slow(["line"], ["xor"]))
def test_removing_all_points(data):
    hand = Hand("--data", data, "--samples", 4)
    for _ in range(4):
        hand.point_at(hand.on_point(0))
        hand.key("x")
    assert len(hand.playground.points) == 0
    hand.key("right", "left", " ")
    hand.tick()
    assert hand.playground.epoch == 0


# Looking inside, and changing weights by hand.


def test_the_wheel():
    hand = Hand(*SMALL)
    for (layer, i, j), step in (((0, 1, 2), 1), ((0, 0, 0), -3), ((1, 2, 1), 2)):
        expected = hand.copies()
        expected[2 * layer][i, j] += 0.1 * step
        hand.wheel(hand.on_weight(layer, i, j), step)
        assert same(hand.network.parameters, expected)
        assert hand.info().startswith(f"W{layer + 1}[{i}, {j}] = {expected[2 * layer][i, j]:+.4g} ")
    for (layer, j), step in (((1, 2), -1), ((2, 0), 4)):
        expected = hand.copies()
        expected[2 * layer - 1][j] += 0.1 * step
        hand.wheel(hand.on_node(layer, j), step)
        assert same(hand.network.parameters, expected)
    X, Y = hand.playground.parts[0]
    assert hand.playground.history == [(0, hand.network.loss(X, Y), hand.network.loss(*hand.playground.parts[1]))]
    expected = hand.copies()
    for place in (hand.on_node(0, 1), hand.on_point(3), hand.on(5, -0.3)):
        hand.wheel(place, 1)
        assert same(hand.network.parameters, expected)


def test_the_wheel_of_one_output():
    """The large map is the output node then."""
    hand = Hand("--data", "line", "--samples", 4)
    bias = hand.network.biases[-1][0]
    hand.wheel(hand.in_plane(1, 1), 1)
    assert hand.network.biases[-1][0] == pytest.approx(bias + 0.1)


def test_pointing_at_a_weight():
    """Its value, and the derivative of the loss that is shown, which is that without weight decay."""
    hand = Hand(*SMALL, "--weight-decay", 0.1)
    hand.key("right", "right")
    _, gradients = hand.network.backward(*hand.playground.parts[0])
    for layer, i, j in [(0, i, j) for i in range(2) for j in range(3)] + [(1, i, j) for i in range(3) for j in (0, 1)]:
        hand.point_at(hand.on_weight(layer, i, j))
        said = re.fullmatch(r"W(\d)\[(\d), (\d)\] = (\S+) +the derivative of the loss: (\S+) +wheel: .*", hand.info())
        assert [int(number) for number in said.groups()[:3]] == [layer + 1, i, j]
        assert float(said[4]) == pytest.approx(hand.network.weights[layer][i, j], rel=1e-3)
        assert float(said[5]) == pytest.approx(gradients[2 * layer][i, j], rel=1e-2)
    hand.point_at(hand.on(-0.1, 5))
    assert "derivative" not in hand.info()


@pytest.mark.parametrize("arguments", [SMALL, ("--data", "line", "--samples", 20, "--hidden-nodes", 3, 2)])
def test_pointing_at_a_node(arguments):
    """The formula, reckoned with its numbers, gives what forward does."""
    hand = Hand(*arguments, "--inputs", "x1", "x1x2", "sinx2")
    hand.key("right")
    hand.network.biases[0][:] = [0.25, -0.5, 1.5]
    x = hand.playground.inputs(np.array([[0.3, -0.8]]))
    results = hand.network.forward(x)
    values = dict(zip(("x1", "x1x2", "sinx2"), x[0], strict=True))
    for layer, a in enumerate(results[1::2], start=1):
        values |= {f"a{layer}[{j}]": value for j, value in enumerate(a[0])}
    for layer in range(1, len(hand.network.shape)):
        for j in range(hand.network.shape[layer]):
            if (layer, j) == (3, 0):  # the large map, where there is no point near
                hand.point_at(hand.in_plane(1.05, 1.05))
            else:
                hand.point_at(hand.on_node(layer, j))
            first, second = re.sub(r"\n(?!a\d)", " ", hand.info()).split("\n")
            name, formula = first.split(" = ")
            terms = re.findall(r"([+-][\d.e+-]+)(?: ([a-z]\S*))?", formula)
            assert name == f"z{layer}[{j}]"
            assert len(terms) == hand.network.shape[layer - 1] + 1
            z = sum(float(number) * (values[what] if what else 1) for number, what in terms)
            assert z == pytest.approx(results[2 * layer - 2][0, j], abs=0.02)
            applied = re.match(rf"a{layer}\[{j}\] = (\w+)\(z{layer}", second)
            function = getattr(activation, applied[1])
            assert function(results[2 * layer - 2])[0, j] == results[2 * layer - 1][0, j]
    hand.point_at(hand.on_node(0, 1))
    assert hand.info() == "an input: x1x2"


@pytest.mark.parametrize("loss", quick_and_slow(["cross_entropy"], ["binary_cross_entropy", "mean_squared_error"]))
def test_pointing_at_a_point(loss):
    """Its values, and the derivatives of its own loss with respect to the sums, at every node."""
    hand = Hand(*SMALL, "--loss", loss, drawn=loss == "cross_entropy")
    hand.key("right")
    hand.point_at(hand.on_point(17))
    x, y = hand.playground.points[[17]], hand.playground.targets[[17]]
    dz, small = {}, 1e-6
    for layer in (1, 2):  # by its definition: a change of the bias is one of the sum
        for j in range(hand.network.shape[layer]):
            losses = []
            for change in (small, -small):
                hand.network.biases[layer - 1][j] += change
                losses.append(hand.network.loss(x, y))
                hand.network.biases[layer - 1][j] -= change
            dz[layer, j] = (losses[0] - losses[1]) / (2 * small)
    notes = hand.notes()
    for layer, values in enumerate([x, *hand.network.forward(x)[1::2]]):
        for j, value in enumerate(values[0]):
            said = notes.pop((layer, j)).split("\n")
            assert said[0] == f"a {value:.2f}"
            assert [float(words.removeprefix("dz ")) for words in said[1:]] == pytest.approx(
                [dz[layer, j]] if layer else [], rel=0.06, abs=1e-7
            )
    assert not notes
    assert f"{hand.network.loss(x, y):.4g}" in hand.info()
    assert hand.window.ring.get_offsets()[0] == pytest.approx(hand.window.maps.on(hand.window.maps.answer, x)[0])
    hand.point_at(hand.on(-0.1, 5))
    assert not hand.notes()
    assert len(hand.window.ring.get_offsets()) == 0


@pytest.mark.parametrize("loss", quick_and_slow(["cross_entropy"], ["mean_squared_error"]))
def test_one_step_slowly(loss):
    """Values come from left to right, the loss, derivatives from right to left; then every parameter makes its step."""
    hand = Hand(*SMALL, "--hidden-nodes", 3, 2, "--loss", loss)
    hand.key("right")
    first, (x, y) = hand.copies(), (hand.playground.points[[11]], hand.playground.targets[[11]])
    loss_before, gradients = hand.network.backward(x, y)
    values = [x[0], *(a[0] for a in hand.network.forward(x)[1::2])]
    hand.point_at(hand.on_point(11))
    said = []
    for stage in range(8):
        hand.press("one step slowly") if stage in (0, 3) else hand.key("left")
        said.append(hand.info())
        notes = hand.notes()
        forward, back = min(stage, 3), max(0, stage - 4)  # the last layer with values; layers with derivatives
        assert notes == {
            (layer, j): f"a {value:.2f}" + f"\ndz {gradients[2 * layer - 1][j]:+.2g}" * (layer > 3 - back)
            for layer in range(forward + 1)
            for j, value in enumerate(values[layer])
        }
        assert same(hand.network.parameters, first)
    hand.key("left")
    said.append(hand.info())
    expected = [parameter - 0.3 * gradient for parameter, gradient in zip(first, gradients, strict=True)]
    assert same(hand.network.parameters, expected)
    rules = ["one step with", "z1 = X @ W1", "z2 = a1 @ W2", "z3 = a2 @ W3", f"{loss_before:.4g}"]
    rules += ["back: dz3", "back: dz2", "back: dz1", f"the loss is now {hand.network.loss(x, y):.4g}"]
    for what, rule in zip(said, rules, strict=True):
        assert rule in what.replace("\n", " ")
    assert hand.network.loss(x, y) < loss_before
    hand.key("left")
    assert hand.window.stage is None
    assert same(hand.network.parameters, expected)
    assert hand.playground.epoch == 1
    assert hand.playground.history[-1][1] == hand.network.loss(*hand.playground.parts[0])


def test_slow_steps_go_on_alone():
    """By the clock, each stage in its time, and playing ends where they begin."""
    hand = Hand(*SMALL)
    hand.key(" ")
    hand.tick()
    hand.key("left")
    assert not hand.window.playing
    assert "pause" not in hand.said()
    hand.tick()
    assert hand.window.stage == 0
    stages = []
    for _ in range(8):
        hand.window.due = 0
        hand.tick()
        stages.append(hand.window.stage)
    assert stages == [1, 2, 3, 4, 5, 6, 6, 6]
    hand.key("left")
    assert hand.window.stage is None
    assert hand.playground.epoch == 1


@pytest.mark.parametrize("setting", [("--momentum", 0.9), ("--weight-decay", 0.1)])
def test_a_slow_step_does_what_it_says(setting):
    """The words of the last stage are the rule that was followed."""
    hand = Hand(*SMALL, *setting)
    hand.key("right", "right")
    first, (x, y) = hand.copies(), hand.playground.sample(0)
    gradients = hand.network.backward(x, y)[1]
    hand.key(*["left"] * 7)
    words = " ".join(hand.info().split())
    plain = same(hand.network.parameters, [p - 0.3 * g for p, g in zip(first, gradients, strict=True)])
    assert not plain
    rules = {
        "--momentum": "the step: step = momentum * step - learning rate * dW, W += step,",
        "--weight-decay": "the step: dW += weight decay * W, W -= learning rate * dW,",
    }
    assert words.startswith(rules[setting[0]])


# The training.

TRAININGS = {
    "plain": (),
    "momentum": ("--momentum", 0.9),
    "batches": ("--batch-size", 7, "--seed", 3),
    "decay": ("--weight-decay", 0.01, "--hidden-nodes"),
    "all": ("--momentum", 0.5, "--batch-size", 10, "--weight-decay", 0.003, "--activation", "relu", "--seed", 5),
    "squared": ("--loss", "mean_squared_error", "--momentum", 0.9, "--batch-size", 20),
    "binary": ("--loss", "binary_cross_entropy", "--weight-decay", 0.03, "--hidden-nodes", 4, 4),
    "numbers": ("--data", "curve", "--inputs", "x1", "sinx1", "--learning-rate", 0.1, "--batch-size", 16),
    "four": ("--data", "four-spirals", "--test-share", 0.0, "--activation", "softplus"),
}


@pytest.mark.parametrize("name", quick_and_slow(["all", "binary"], sorted(TRAININGS.keys() - {"all", "binary"})))
def test_it_trains_as_the_network_does(name):
    """To the last bit, by the clock."""
    hand = Hand("--samples", 60, *TRAININGS[name])
    hand.key(" ")
    hand.tick(14)
    assert hand.playground.epoch > 14  # more than one epoch in a picture
    assert same(hand.network.parameters, trained(hand, hand.playground.epoch))
    epoch, *losses = hand.playground.history[-1]
    assert epoch == hand.playground.epoch
    assert losses == [
        hand.network.loss(X, Y) if len(X) else pytest.approx(np.nan, nan_ok=True) for X, Y in hand.playground.parts
    ]


def test_a_training_that_diverges_in_the_middle_of_a_picture(monkeypatch):
    """What is told is about the epochs before it."""
    hand, calls = Hand(*SMALL), []

    def one_epoch(X, Y):
        calls.append(len(X))
        if len(calls) == 3:
            raise training.Diverged("too far")

    hand.playground.epoch = 100  # so that a picture has many
    monkeypatch.setattr(hand.playground, "one_epoch", one_epoch)
    hand.key(" ")
    hand.tick()
    assert not hand.window.playing
    assert hand.info().startswith("too far")
    assert hand.playground.epoch == hand.playground.history[-1][0] == 102
    assert hand.window.state.get_text().startswith("epoch 102 ")


@pytest.mark.parametrize("data", quick_and_slow(["line"], ["curve"]))
def test_a_training_that_diverges(data):
    """It pauses and says so, with the weights of before, and goes on with a lower learning rate."""
    hand = Hand("--data", data, "--samples", 40, "--activation", "relu", "--learning-rate", 1e4)
    hand.key(" ")
    ticks = 0
    while hand.window.playing and ticks < 500:
        hand.tick()
        ticks += 1
    assert not hand.window.playing
    assert hand.info().startswith(f"the weights grew without end in epoch {hand.playground.epoch + 1}: try a lower")
    assert "pause" not in hand.said()
    assert all(np.abs(parameter).max() < 1e9 for parameter in hand.network.parameters)
    assert same(hand.network.parameters, trained(hand, hand.playground.epoch))
    assert hand.playground.history[-1][0] == hand.playground.epoch
    hand.playground.options.learning_rate = 0.01
    hand.key("r", "right")
    assert hand.playground.epoch == 1


def test_what_is_told():
    """Every number of the state is that of its definition."""
    hand = Hand("--noise", 0.3, "--samples", 90, "--test-share", 0.3, "--data", "clouds")
    hand.key("right", "right", "right")
    numbers = [float(number) for number in re.findall(r"[\d.]+(?:e-\d+)?", hand.window.state.get_text())]
    expected = [3]
    for X, Y in hand.playground.parts:
        expected.append(hand.network.loss(X, Y))
    for X, Y in hand.playground.parts:
        expected.append(100 * np.mean(hand.network.outputs(X).argmax(axis=1) == Y.argmax(axis=1)))
    (_, Y), (_, Y_test) = hand.playground.parts
    commonest = 0 if Y[:, 0].sum() > Y[:, 1].sum() else 1
    expected.append(100 * np.mean(Y_test[:, commonest]))
    assert numbers == pytest.approx(expected, rel=0.006)


# What must not grow.


def test_the_history_is_bounded():
    hand = Hand("--samples", 4, "--hidden-nodes", 1)
    play = hand.playground
    for _ in range(1500):
        play.epoch += 1
        play.measure()
    epochs = [row[0] for row in play.history]
    assert 250 <= len(epochs) <= 500
    assert (epochs[0], epochs[-1]) == (0, 1500)
    assert epochs == sorted(set(epochs))


def test_nothing_is_left_behind():
    """There are as many artists after pictures, looks, points and changes as before."""
    hand = Hand(*SMALL)
    hand.key("r")
    before = len(hand.figure.findobj())
    hand.key(" ")
    playing = len(hand.figure.findobj())
    hand.tick(3)
    for place in (hand.on_point(3), hand.on_weight(0, 1, 1), hand.on_node(1, 1), hand.on_point(4), hand.on(-0.1, 5)):
        hand.point_at(place)
    hand.tick()
    assert len(hand.figure.findobj()) == playing
    hand.click(hand.in_plane(0, 0))
    hand.point_at(hand.on(-0.1, 5))
    hand.key(" ", "left", "left", "r", "up")
    assert len(hand.figure.findobj()) == before
    assert len(hand.figure.axes) == 1


def colours(canvas):
    return np.asarray(canvas.buffer_rgba()).astype(int).copy()


@pytest.mark.slow
def test_no_ghosts():
    """What is drawn bit by bit is what would be drawn anew, also after it was drawn anew with notes at the nodes."""
    hand = Hand(*SMALL, drawn=True)
    hand.key("right")
    hand.point_at(hand.on_point(3))
    hand.canvas.draw()
    hand.click(hand.in_plane(0, 0))
    for place in (hand.on_point(4), hand.on_weight(0, 1, 1), hand.on(-0.1, 5)):
        hand.point_at(place)
    bit_by_bit = colours(hand.canvas)
    hand.canvas.draw()
    assert np.array_equal(bit_by_bit, colours(hand.canvas))


@pytest.mark.parametrize("size", quick_and_slow([(18, 11)], [(8, 4)]), ids=str)
def test_another_size_of_the_window(size):
    """Everything stands at the same share of it, also what is drawn anew after a change."""
    hand = Hand(*SMALL)

    def places():
        texts = hand.figure.findobj(type(hand.window.info))
        shares = [middle / hand.figure.bbox.size for middle in map(middle_of, texts)]
        images = [
            image.get_window_extent().get_points() / hand.figure.bbox.size for image in hand.window.maps.axes.images
        ]
        return [(text.get_text(), text.get_ha(), share) for text, share in zip(texts, shares, strict=True)], images

    texts, images = places()
    hand.figure.set_size_inches(size)
    hand.key("r")
    texts_then, images_then = places()
    assert images_then == pytest.approx(np.array(images))
    for (words, align, share), (_, _, then) in zip(texts, texts_then, strict=True):
        if align == "center":
            assert then == pytest.approx(share, abs=0.03), words


# Anything at any time.

KEYS = [" ", "right", "left", "up", "down", "r", "n", "x", "delete", "backspace", *"12345678", "q", "escape", None, "S"]


def play_at_random(seed, events, *arguments):
    rng, hand = np.random.default_rng(seed), Hand(*arguments, drawn=True)
    wide, high = hand.canvas.get_width_height()
    for _ in range(events):
        kind, place = rng.integers(12), rng.uniform(-0.05, 1.05, 2) * (wide, high)
        button = int(rng.choice([1, 1, 1, 2, 3]))
        if kind < 2:
            hand.key(KEYS[rng.integers(len(KEYS))])
        elif kind == 2:
            hand.click(middle_of(hand.window.buttons[rng.integers(len(hand.window.buttons))][0]), button)
        elif kind == 3:
            hand.click(place, button)
        elif kind == 4:
            hand.wheel(place, int(rng.integers(-3, 4)))
        elif kind == 5:
            hand.mouse("button_press", place, button)
            for _ in range(3):
                hand.mouse("motion_notify", rng.uniform(-0.05, 1.05, 2) * (wide, high), button)
            if rng.integers(4):
                hand.mouse("button_release", place, button)
        elif kind == 6 and len(hand.playground.points):
            hand.point_at(hand.on_point(rng.integers(len(hand.playground.points))))
        elif kind == 7 and not rng.integers(10):
            hand.figure.set_size_inches(rng.uniform(3, 20, 2))
            hand.canvas.callbacks.process("resize_event", ResizeEvent("resize_event", hand.canvas))
            hand.canvas.draw()
            wide, high = hand.canvas.get_width_height()
        elif kind == 8:
            hand.point_at(place)
        elif kind == 9 and hand.window.stage is not None:
            hand.window.due = 0
            hand.tick()
        else:
            hand.tick()
        assert all(np.isfinite(parameter).all() for parameter in hand.network.parameters)
        assert len(hand.playground.history) <= 501
        assert len(hand.figure.axes) == 1
    return hand


def test_random_events(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    play_at_random(0, 6, "--samples", 40)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--data", "line", "--samples", 4, "--hidden-nodes", 12, 12, 12),
        ("--data", "curve", "--learning-rate", 1e6, "--activation", "relu", "--momentum", 0.9),
        ("--data", "four-spirals", "--learning-rate", 1e50, "--hidden-nodes", 5),
        ("--data", "empty"),
    ],
    ids=["xor", "line", "diverging", "diverging fast", "empty"],
)
def test_many_random_events(arguments, tmp_path, monkeypatch):
    """Two thousand of them in all."""
    monkeypatch.chdir(tmp_path)
    play_at_random(1, 400, *arguments)


# The command that is shown.


def random_settings(rng, files=()):
    """Arguments of the command line, and a few turns after it."""
    given = []
    for name in ("noise", "test_share", "learning_rate", "momentum", "weight_decay", "batch_size", "activation"):
        value = playground.CHOICES[name][rng.integers(len(playground.CHOICES[name]))]
        if rng.integers(2) and value is not None:
            given += [f"--{name.replace('_', '-')}", value]
    if rng.integers(2):
        given += ["--hidden-nodes", *rng.integers(1, 13, rng.integers(4))]
    if rng.integers(2):
        given += ["--inputs", *rng.permutation(list(playground.INPUTS))[: rng.integers(1, 8)]]
    data = str(rng.choice([*dataset.PLANE]))
    given += ["--samples", rng.integers(4, 30), "--data", data, "--seed", rng.integers(100)]
    if data not in ("line", "curve") and rng.integers(2):
        given += ["--loss", rng.choice(playground.CHOICES["loss"])]
    return given


def settings_of(options):
    return {name: getattr(options, name) for name in playground.SETTINGS}


def parsed(command):
    python, script, *arguments = shlex.split(command)
    assert (python, script) == ("python", "playground.py")
    return playground.read_options(arguments)


@pytest.mark.parametrize("seed", quick_and_slow(range(2), range(2, 60)))
def test_the_command_begins_with_the_same_settings(seed):
    rng = np.random.default_rng(seed)
    play = playground_of(*random_settings(rng))
    for _ in range(10):
        name, way = rng.choice(["layers", "loss", "noise", "batch_size", "weight_decay", "seed"]), rng.choice([1, -1])
        play.turn(str(name), int(way))
        play.toggle(str(rng.choice([*playground.INPUTS])))
        if not rng.integers(4):
            play.choose(str(rng.choice([*dataset.PLANE])))
        again = parsed(play.command())
        assert settings_of(again) == settings_of(play.options)
    again = playground.Playground(again)
    assert same([again.points, *again.network.parameters], [play.points, *play.network.parameters])


def test_the_command_of_a_file(tmp_path):
    """Also after a noise was chosen for other points, and with blanks in its name."""
    path = tmp_path / "my points.csv"
    path.write_text("a,b,kind\n1,2,x\n3,5,y\n4,4,x\n0,1,y\n")
    play = playground_of("--data", path)
    assert "noise" in play.turn("noise", 1)
    assert settings_of(parsed(play.command())) == settings_of(play.options)
    play.choose("xor")
    play.turn("noise", 1)
    play.choose(str(path))
    again = playground.Playground(parsed(play.command()))
    assert np.array_equal(again.points, play.points)
    play.add([0.0, 0.0], 1)
    assert play.command().endswith("(save the points that you painted)")


@pytest.mark.parametrize("rate", [0.1234567, 1e-7, 123456.75])
def test_the_command_has_all_digits(rate):
    play = playground_of("--learning-rate", rate)
    assert parsed(play.command()).learning_rate == rate


def test_the_command_is_shown():
    hand = Hand(*SMALL)
    hand.key("up", "n")
    assert hand.playground.command() in hand.said()
    hand.click(hand.in_plane(1, 1))
    assert hand.playground.command() in hand.said()


# Saving.


def own_file(folder):
    """A table in units of its own, whose columns are no x1 and x2."""
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.uniform(1000, 5000, 30), rng.uniform(-0.002, 0.001, 30)]).round(6)
    kinds = [("setosa", "versi color", "virginica")[i % 3] for i in range(30)]
    rows = [f"{x!r},{y!r},{kind}" for (x, y), kind in zip(X.tolist(), kinds, strict=True)]
    (folder / "own.csv").write_text("\n".join(["mass,length,kind", *rows, ""]))
    return X, kinds


def in_units(play):
    return play.points * play.scale + play.middle


@pytest.mark.parametrize(
    "arguments",
    quick_and_slow(
        [(*SMALL, "--inputs", "x2", "x1x2", "sinx1"), ("--data", "own.csv")],
        [
            SMALL,
            ("--data", "own.csv", "--inputs", "x1x1", "x2"),
            ("--data", "four-spirals", "--samples", 40, "--loss", "binary_cross_entropy"),
        ],
    ),
    ids=["derived", "own", "plain", "own derived", "four"],
)
def test_what_is_saved(arguments, tmp_path, monkeypatch, capsys):
    """The points come back, and the network says the same in your_data.py."""
    monkeypatch.chdir(tmp_path)
    X, kinds = own_file(tmp_path)
    hand = Hand(*arguments)
    if "own.csv" in arguments:
        assert in_units(hand.playground) == pytest.approx(X)
        assert hand.playground.points.min(axis=0) == pytest.approx([-1, -1])
        assert hand.playground.points.max(axis=0) == pytest.approx([1, 1])
        assert [hand.playground.classes[i] for i in hand.playground.targets.argmax(axis=1)] == kinds
    hand.key("right", "right")
    hand.click(hand.in_plane(0.95, -0.95))
    hand.key("s")
    play, network = hand.playground, Network.load("playground.npz")
    assert "playground.csv" in hand.info()
    assert "playground.npz" in hand.info()
    assert same(network.parameters, hand.network.parameters)
    assert (network.activation_names(), network.loss_name) == (hand.network.activation_names(), hand.network.loss_name)
    again = playground_of("--data", "playground.csv")
    assert in_units(again) == pytest.approx(in_units(play), rel=1e-9)
    assert again.classes == play.classes
    assert np.array_equal(again.targets, play.targets)
    assert (again.names == ["mass", "length"]) == ("own.csv" in arguments)
    capsys.readouterr()
    your_data.main(["--load", "playground.npz", "playground.csv"])
    heading, *said = capsys.readouterr().out.splitlines()
    outputs = hand.network.outputs(play.inputs(play.points))
    assert heading == "target  probability"
    assert [line.rsplit("  ", 1)[0] for line in said] == [play.classes[i] for i in outputs.argmax(axis=1)]
    assert [float(line.rsplit("  ", 1)[1]) for line in said] == pytest.approx(outputs.max(axis=1), abs=6e-4)


def test_numbers_that_are_saved(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    hand = Hand("--data", "curve", "--samples", 20)
    hand.key("right", "s")
    your_data.main(["--load", "playground.npz", "playground.csv"])
    heading, *said = capsys.readouterr().out.splitlines()
    outputs = hand.network.outputs(hand.playground.points)[:, 0]
    assert heading == "target"
    assert [float(line) for line in said] == pytest.approx(outputs, rel=1e-4)
    table = reader.read_table("playground.csv")
    assert np.array_equal(table.X, hand.playground.points)
    assert np.array_equal(table.Y, hand.playground.targets)
    if "for --data playground.csv" in hand.info():
        again = playground_of("--data", "playground.csv")
        assert np.array_equal(again.targets, hand.playground.targets)


def test_where_nothing_can_be_saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "playground.npz").mkdir()
    hand = Hand(*SMALL)
    hand.key("s")
    assert hand.info().startswith("playground.npz: ")
    assert [path.name for path in tmp_path.iterdir()] == ["playground.npz"]


# Options that do not fit.


def ended(arguments, capsys):
    """What the script prints that ends with these arguments, and its status."""
    with pytest.raises(SystemExit) as end:
        command_line.run(lambda: playground.main([*map(str, arguments)]))
    return capsys.readouterr(), end.value.code


def rows(header, *lines):
    return "\n".join([header, *lines, ""])


FILES = {
    "three.csv": rows("a,b,c,kind", "1,2,3,x", "2,3,4,y", "3,4,5,x", "4,5,7,y"),
    "one.csv": rows("a,kind", "1,x", "2,y", "3,x", "4,y"),
    "nine.csv": rows("a,b,kind", *(f"{i},{i * i},k{i % 9}" for i in range(18))),
    "text.csv": rows("a,b,kind", "1,one,x", "2,two,y", "3,three,x", "4,four,y"),
    "good.csv": rows("a,b,kind", "1,2,x", "2,3,y", "3,4,x", "4,6,y"),
}
REFUSED = {
    "--data nowhere.csv": "nowhere.csv",
    "--data three.csv": "three.csv.*3 columns",
    "--data one.csv": "one.csv.*1 column",
    "--data nine.csv": "nine.csv.*9 classes",
    "--data text.csv": "text.csv, line 2, column 'b'",
    "--data good.csv --noise 0.2": "--noise",
    "--data good.csv --samples 20": "--samples",
    "--loss cross_entropy --data line": "cross_entropy.*line.*numbers",
    "--hidden-nodes 4 4 4 4": "--hidden-nodes.*three",
    "--hidden-nodes 13": "'13'.*12",
    "--hidden-nodes 0": "'0'",
    "--noise -1": "'-1'",
    "--noise nan": "'nan'",
    "--samples 3": "'3'",
    "--samples 2001": "'2001'",
    "--test-share 1.5": "'1.5'",
    "--inputs x3": "x3",
    "--inputs": "--inputs",
    "--activation softmax": "softmax",
    "--learning-rate 0": "'0'",
    "--momentum 1": "'1'",
    "--weight-decay 2": "'2'",
    "--batch-size 0": "'0'",
    "--seconds 4": "'4'",
    "--seconds 61": "'61'",
    "--browser --figure x.png": "--browser.*--figure",
    "--browser --no-figure": "--browser.*--no-figure",
    "--browser --seconds 3": "--browser|--seconds",
    "--figure x.txt": "x.txt",
    "--figure nowhere/x.png": "nowhere/x.png",
    "something": "something",
}


@pytest.mark.parametrize("line", REFUSED)
def test_bad_options(line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    more = [] if "--figure" in line or "--browser" in line else ["--no-figure"]
    printed, status = ended([*line.split(), *more], capsys)
    assert status == 2
    assert printed.out == ""
    assert re.search(f"error: .*{REFUSED[line]}", printed.err)
    assert printed.err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_a_browser_without_tornado(monkeypatch, capsys):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "tornado" else find_spec(name, *more)
    )
    printed, status = ended(["--browser"], capsys)
    assert (printed.out, status) == ("", 2)
    assert re.fullmatch(r".*error: --browser needs tornado: .* install tornado\n", printed.err)


# A picture in a file.


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["gif", "png"])
def test_a_picture(suffix, tmp_path, capsys):
    """Its last state is the one that is printed, which is that of as many pictures in the window."""
    told = []

    class Noting(window.Window):
        def update(self):
            super().update()
            told.append(self.state.get_text())

    file = tmp_path / f"x.{suffix}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window, "Window", Noting)
        assert playground.main([*SMALL, "--seconds", "5", "--figure", str(file)]) is None
    about, *state, command, _, last = capsys.readouterr().out.splitlines()
    assert last == f"picture: {file}"
    assert about.startswith("20 points to train on, 20 for the test; network 2-3-2:")
    assert "\n".join(state) == told[-1]
    assert command == "python playground.py --samples 40 --hidden-nodes 3"
    play = playground_of(*SMALL)
    states = []
    for _ in range(5 * picture.FRAMES_PER_SECOND):
        play.play(np.inf)
        states.append(play.state())
    assert told == (states if suffix == "gif" else states[-1:])
    with PIL.Image.open(file) as shown:
        assert getattr(shown, "n_frames", 1) == len(told)


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "mean_squared_error"])
def test_the_formulas_of_a_slow_step(loss):
    """Reckoned as they stand, each gives what forward and backward do."""
    last = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}.get(loss, "linear")
    network = Network([2, 3, 4, 2], ["tanh", "relu", last], loss, rng=1)
    X, Y = np.array([[0.3, -0.7]]), np.array([[0.0, 1.0]])
    value, gradients = network.backward(X, Y)
    names = {"X": X, "Y": Y} | {name: getattr(activation, name) for name in ("tanh", "relu", "linear", "softmax")}
    names |= {
        f"{kind}{layer}": p
        for layer in (1, 2, 3)
        for kind, p in zip("Wb", network.parameters[2 * layer - 2 :], strict=False)
    }
    names["sigmoid"] = activation.sigmoid
    said = report.slow_step(network.activation_names(), loss, "here", value)
    assert len(said) == 9
    assert said[0] == "one step with one point: here"
    assert said[4].startswith(f"the loss of this point: {value:.4g} ")
    for words in said[1:4] + said[5:8]:
        formulas = words.partition(": ")[2].partition(", where")[0]
        for formula in re.split(r", (?=a\d = )", formulas):
            name, what = formula.split(" = ")
            names[name] = eval(what, {"__builtins__": {}}, names)
    for layer, a in enumerate(network.forward(X)[1::2], start=1):
        assert np.array_equal(names[f"a{layer}"], a)
        assert names[f"dz{layer}"][0] == pytest.approx(gradients[2 * layer - 1])
