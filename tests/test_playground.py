"""The playground: what every control does and what one sees, that it trains as Network.train does, and never breaks."""

import ast
import importlib.util
import itertools
import re
import shlex

from backstage import command_line, picture
from backstage.playground import window

import numpy as np
import pytest
from helpers import apart, quick_and_slow, same
from matplotlib.backend_bases import KeyEvent, MouseEvent, ResizeEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

import activation
import dataset
import playground
import your_data
from network1 import Network

SMALL = ("--samples", "40", "--hidden-nodes", "3")
AT_ONCE = {"learning_rate": 0.3, "momentum": 0.0, "weight_decay": 0.0, "batch_size": None}  # and where they begin
AT_ONCE |= {"speed": None, "stop": "never"}
BEGINNING = {"noise": 0.1, "test_share": 0.5, "activation": "tanh", "loss": "cross_entropy", "seed": 1} | AT_ONCE
NODES = r"\d+ nodes?"  # what is written above a hidden layer


@pytest.fixture(autouse=True, scope="module")
def _looks():
    with picture.style():
        yield


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def playground_of(*arguments):
    return playground.Playground(playground.read_options([*map(str, arguments)]))


def middle_of(artist):
    return artist.get_window_extent().get_points().mean(axis=0)


def nearest(places, place):
    """The one of places, or of tuples that begin with one, that is nearest to a place."""
    return min(places, key=lambda other: np.hypot(*np.subtract(other[0] if len(other) > 2 else other, place)))


class Hand:
    """A hand on mouse and keys of a playground, and an eye, without a screen; drawn: whether it was drawn as on one."""

    def __init__(self, *arguments, drawn=False):
        self.play = playground_of(*arguments)
        self.figure = Figure(dpi=50 if drawn else 100)  # few pixels are drawn fast
        self.canvas = FigureCanvasAgg(self.figure)
        self.canvas.draw_idle = lambda: None  # as that of a window, which does not draw at once
        self.window = window.Window(self.play, self.figure)
        if drawn:
            self.canvas.draw()

    @property
    def maps(self):
        return self.window.maps

    def copies(self):
        return [parameter.copy() for parameter in self.play.network.parameters]

    def tick(self, times):
        for _ in range(times):
            self.window.tick()

    def key(self, *keys):
        for key in keys:
            self.canvas.callbacks.process("key_press_event", KeyEvent("key_press_event", self.canvas, key))

    def mouse(self, what, place, button=None, step=0):
        event = MouseEvent(f"{what}_event", self.canvas, *place, button=button, step=step)
        self.canvas.callbacks.process(event.name, event)

    def point_at(self, place):
        self.mouse("motion_notify", place)

    def click(self, place, button=1):
        self.mouse("button_press", place, button)
        self.mouse("button_release", place, button)

    def press(self, *button):
        self.click(self.at(*button))

    def at(self, words, sign=None, nth=0):
        """Where a button with these words is, the nth, or the minus or the plus beside these words."""
        places = [middle_of(text) for text in self.figure.texts if re.fullmatch(words, text.get_text())]
        signs = [middle_of(text) for text in self.figure.texts if text.get_text() == sign]
        return nearest(signs, places[nth]) if sign else places[nth]

    def said(self):
        return [text.get_text() for text in self.figure.findobj(Text) if text.get_text()]

    def info(self):
        return " ".join(self.window.info.get_text().split())

    def on(self, inches):
        return self.maps.axes.transData.transform(inches)

    def on_node(self, layer, j):
        x, y, side = self.maps.nodes[layer][j]
        return self.on((x + side / 2, y + side / 2))

    def on_weight(self, layer, i, j):
        """The place on the line of a weight that is farthest from all other lines."""
        paths = [path.interpolated(10).vertices[20:-20] for path in self.maps.lines[layer].get_paths()]
        own = paths.pop(i * len(self.maps.nodes[layer + 1]) + j)
        return self.on(max(own, key=lambda place: np.hypot(*(np.concatenate(paths) - place).T).min()))

    def on_point(self, i=None, place=None):
        """Where a point of the playground is, or a place of the plane."""
        (low, high), (*corner, side) = self.maps.ends, self.maps.answer
        place = np.array(self.play.points[i] if place is None else place)
        return self.on(corner + side * (place - low) / (high - low))

    def marks(self):
        """What is seen of each point: its place on the screen, whether it is square, its colour and its edge."""
        seen = []
        for drawn in self.figure.findobj(PathCollection):
            faces, edges = ([*map(to_hex, colours)] for colours in (drawn.get_facecolors(), drawn.get_edgecolors()))
            square, places = len(drawn.get_paths()[0]) < 8, self.on(np.array(drawn.get_offsets()))
            seen += zip(places, [square] * len(places), faces, edges, strict=False)
        return seen

    def notes(self):
        """What is written at the nodes: {(layer, j): words}."""
        nodes = [(self.on_node(i, j), i, j) for i, nodes in enumerate(self.maps.nodes) for j in range(len(nodes))]
        texts = [text for text in self.maps.axes.texts if re.match(r"a -?\d", text.get_text())]
        said = {nearest(nodes, self.on(text.get_position()))[1:]: text.get_text() for text in texts}
        assert len(said) == len(texts)
        return said


def first_network(play):
    """The network with which a playground has to begin, told anew from its settings, and steps of 0."""
    options, shape = play.options, [len(play.options.inputs), *play.options.hidden_nodes, play.targets.shape[1]]
    last = {None: "softmax", "cross_entropy": "softmax"}.get(options.loss, "sigmoid")
    activations = [options.activation] * (len(shape) - 2) + ["linear" if play.numbers else last]
    network = Network(shape, activations, options.loss, rng=options.seed)
    return network, [np.zeros_like(parameter) for parameter in network.parameters]


def is_new(play):
    """Whether a playground has the network with which it has to begin, to the last bit."""
    ours, theirs = play.network, first_network(play)[0]
    about = [(network.shape, network.activation_names(), network.loss_name) for network in (ours, theirs)]
    return about[0] == about[1] and same(ours.parameters, theirs.parameters) and len(play.history) == 1


def train_along(network, steps, play):
    """An epoch of another network with the settings that a playground has now."""
    options, (X, Y) = play.options, play.parts[0]
    how = options.learning_rate, options.momentum, options.batch_size or len(X)
    network.epoch(X, Y, *how, steps, options.weight_decay)


def losses(play):
    return [play.network.loss(X, Y) if len(X) else np.nan for X, Y in play.parts]


def settings_of(options):
    return {name: getattr(options, name) for name in playground.SETTINGS}


@pytest.mark.parametrize("way", quick_and_slow(["key"], ["button"]))
def test_play_pause_and_start_again(way):
    hand = Hand(*SMALL, "--momentum", 0.5, "--batch-size", 7)
    play, before, press = hand.play, 0, hand.key if way == "key" else hand.press
    keys = {"play": " ", "pause": " ", "one epoch": "right", "start again": "r"}
    buttons = keys if way == "key" else {name: name for name in keys}
    for playing in (False, True, False):
        hand.tick(4)
        assert playing == (play.epoch - before >= 4) == (play.epoch != before) == ("pause" in hand.said())
        before = play.epoch
        press(buttons["pause" if playing else "play"])
    press(buttons["pause"])
    press(buttons["start again"])
    assert (play.options.seed, is_new(play)) == (0, True)
    network, steps = first_network(play)
    for epoch in (0, 1, 2):  # nothing is left of the last steps
        assert [row[0] for row in play.history] == list(range(epoch + 1))
        press(buttons["one epoch"])
        train_along(network, steps, play)
        assert same(hand.copies(), network.parameters)
    if way == "key":
        hand.key("n")
    else:
        hand.press("seed", "+")
    assert (play.options.seed, is_new(play)) == (1, True)


def check(hand, name, value, *button):
    """Press a button, and see that this setting has this value and no other has changed, and what follows from it."""
    before, learnt, points = settings_of(hand.play.options), [*hand.copies(), hand.play.epoch], hand.play.points
    hand.press(*button)
    assert settings_of(hand.play.options) == before | {name: value}
    assert same([*hand.copies(), hand.play.epoch], learnt) if name in AT_ONCE else is_new(hand.play)
    assert (hand.play.points is points) == (name not in ("noise", "data") or before[name] == value)
    none = "evermore" if name == "speed" else "all"
    words = f"{value:g}" if isinstance(value, float) else str(value).replace("_", "")
    shown = [none if value is None else words]
    hidden = [f"{nodes}node{'s' * (nodes > 1)}" for nodes in hand.play.options.hidden_nodes]
    shown = [str(len(hidden)), *hidden] + ([] if isinstance(value, list) else shown)
    assert {*shown} <= {re.sub(r"\s", "", words) for words in hand.said()}


QUICK = [("batch_size", "−"), ("seed", "−"), *((name, "+") for name in ("weight_decay", "noise", "activation", "loss"))]
SLOW = [(name, sign) for name in BEGINNING for sign in "−+" if (name, sign) not in QUICK]


@pytest.mark.parametrize("setting", quick_and_slow(QUICK, SLOW), ids="".join)
def test_a_setting(setting, request):
    """Its minus or plus, once, and where there is time to its end and once more."""
    hand, (name, sign) = Hand(*SMALL, "--seed", 1), setting
    hand.key("right", "right")
    values = [*({"seed": range(9)} | playground.CHOICES)[name]]
    begin = values.index(BEGINNING[name])
    values = values[begin + 1 :] if sign == "+" else values[:begin][::-1]
    values += values[-1:] if setting != ("seed", "+") else []
    for value in values if request.config.getoption("--slow") else values[:1]:
        check(hand, name, value, name.replace("_", " "), sign)


def test_what_acts_at_once():
    """From the next epoch on, after all that was learnt; also a value between the choices has neighbours."""
    hand = Hand(*SMALL, "--learning-rate", 0.2, "--batch-size", 150)
    network, steps = first_network(hand.play)
    hand.key("up", "up", "down")  # to 0.3, 1 and back
    assert hand.play.options.learning_rate == 0.3
    turns = [("batch size", "+", None), *(("batch size", "−", n) for n in (100, 50, 20, 10)), ("momentum", "+", 0.5)]
    turns += [("weight decay", "+", 0.0001), ("learning rate", "−", 0.1)]
    for *button, value in [*turns, ("momentum", "−", 0.0), ("momentum", "+", 0.5)]:
        check(hand, button[0].replace(" ", "_"), value, *button)
        if value == 0:  # nothing goes on
            steps = [0 * step for step in steps]
        hand.key("right")
        train_along(network, steps, hand.play)
        assert same(hand.copies(), network.parameters)


def test_a_button_at_its_end_changes_nothing():
    hand = Hand(*SMALL)
    hand.key("right")
    before, learnt = settings_of(hand.play.options), [*hand.copies(), hand.play.epoch]
    hand.press("loss", "−")  # which is the first of its choices, although no option said so
    assert settings_of(hand.play.options) == before
    assert same([*hand.copies(), hand.play.epoch], learnt)


def test_layers_and_nodes():
    hand = Hand("--samples", 40, "--hidden-nodes", 1, 12)
    steps = [(NODES, "−", 0, [1, 12]), (NODES, "+", 1, [1, 12]), (NODES, "+", 0, [2, 12]), (NODES, "−", 1, [2, 11])]
    steps += [("layers", "+", [2, 11, 11])] * 2 + [("layers", "−", hidden) for hidden in ([2, 11], [2], [], [])]
    for *button, hidden in [*steps, ("layers", "+", [4])]:
        check(hand, "hidden_nodes", hidden, *button)
        assert [len(nodes) for nodes in hand.maps.nodes] == [2, *hidden, 2]


def test_data_and_test_share():
    """Points as dataset.py makes them, whatever the seed; those of the test are in no batch, and are ever more."""
    hand = Hand(*SMALL, "--noise", 0.05, "--seed", 3, "--loss", "mean_squared_error", "--test-share", 0.1)
    hand.press("line")  # which leaves the loss to what comes
    for data, draw in reversed(dataset.PLANE.items()):
        check(hand, "data", data, data)
        assert same([hand.play.points, hand.play.targets], draw(40, 0.05, np.random.default_rng(0)))
        assert [text.get_text() for text in hand.figure.texts if text.get_color() == "white"] == [data, "x1", "x2"]
        assert len(hand.marks()) == len(hand.play.points)
    for share in (0.2, 0.3):
        before = hand.play.test
        check(hand, "test_share", share, "test share", "+")
        test = hand.play.test
        assert (test.sum(), np.all(test[before])) == (40 * share, True)
        for part, of in zip(hand.play.parts, (~test, test), strict=True):
            assert same(part, [hand.play.points[of], hand.play.targets[of]])
    assert np.array_equal(playground_of(*SMALL, "--test-share", 0.3).test, test)


def test_inputs():
    """Each goes in and out again, in the order of the panel; the last one stays."""
    hand, (x1, x2) = Hand(*SMALL), np.random.default_rng(0).uniform(-1, 1, (2, 5))
    steps = [("sinx2", ["x1", "x2", "sinx2"]), ("x1x2", ["x1", "x2", "x1x2", "sinx2"]), ("x1", ["x2", "x1x2", "sinx2"])]
    for name, inputs in [*steps, ("x2", ["x1x2", "sinx2"]), ("x1x2", ["sinx2"]), ("sinx2", ["sinx2"])]:
        check(hand, "inputs", inputs, name)
    play = playground_of("--inputs", "x1", "x2", "x1x1", "x2x2", "x1x2", "sinx1", "sinx2")
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(np.pi * x1), np.sin(np.pi * x2)]
    assert np.allclose(play.inputs(np.transpose([x1, x2])).T, expected)


CLICKS = [("3", 1, [0, 0, 1, 0]), ("4", 1, [0, 0, 0, 1]), ("", 3, [1, 0, 0, 0]), ("6", 1, [0, 0, 0, 1])]  # key, button


@pytest.mark.parametrize(("data", "clicks"), [("four-spirals", CLICKS), ("line", [("", 1, [1]), ("", 3, [-1])])])
def test_a_click_adds_a_point(data, clicks):
    """Of the class that the keys chose, the second at first, or with the right button of the next."""
    hand = Hand("--data", data, "--samples", 8)
    for (key, button, target), height in zip(clicks, (-0.9, -0.7, 0.8, 0.9), strict=False):
        play, first, test, place = hand.play, hand.copies(), hand.play.test, hand.on_point(place=(0.95, height))
        hand.key(*key)
        hand.click(place, button)
        assert play.points[-1] == pytest.approx([0.95, height], abs=0.008)  # a pixel of the mouse
        assert (play.targets[-1].tolist(), play.test.tolist()) == (target, [*test, False])
        assert same([part[-1] for part in play.parts[0]], [play.points[-1], play.targets[-1]])
        assert same(hand.copies(), first)  # the training goes on
        assert nearest(hand.marks(), place)[0] == pytest.approx(place, abs=1.5)
        assert play.command() in hand.said()


def test_code_has_a_name_that_is_free(folder):
    """A program that the reader may have changed since is left as it is."""
    hand = Hand(*SMALL)
    hand.key("c")
    (folder / "my_network.py").write_text("changed")
    hand.key("c")
    assert (folder / "my_network.py").read_text() == "changed"
    assert "forward" in (folder / "my_network2.py").read_text("utf-8")


def test_the_brush_and_undo():
    """The class on the brush has an edge; strokes and what was removed come back, the last one first."""
    hand = Hand("--data", "four-spirals", "--samples", 8)
    play, states = hand.play, []

    def brush():
        dots = [text for text in hand.figure.texts if text.get_text() == "●"]
        return [i for i, dot in enumerate(dots) if dot.get_bbox_patch().get_edgecolor()[3]]

    assert brush() == [1]
    hand.key("3")
    assert brush() == [2]
    hand.click(hand.at("●", nth=3))
    assert brush() == [3]
    for place in (0.9, 0.8):
        states.append([play.points, play.targets, play.test])
        hand.click(hand.on_point(place=(place, -0.9)))
        assert play.targets[-1].tolist() == [0, 0, 0, 1]
    states.append([play.points, play.targets, play.test])
    hand.point_at(hand.on_point(2))
    hand.key("x")
    hand.click(hand.on_point(4))  # where there is a point, none is added
    for state, undo in zip(states[::-1], ("u", "ctrl+z", None), strict=True):
        hand.key(undo) if undo else hand.press("undo")
        assert same([play.points, play.targets, play.test], state)
        assert same(play.parts[0], [state[0][~state[2]], state[1][~state[2]]])
        assert len(hand.marks()) == len(state[0])
    assert "painted" not in play.command()
    hand.key("u")
    assert (len(play.points), hand.info()[:24]) == (8, "there is nothing to undo")


@pytest.mark.slow
def test_dragging_paints():
    """A row of points, as far apart as told, and only while the button is down, and on the map."""
    hand, row = Hand("--data", "empty"), [(x, 0.5) for x in np.linspace(-1, 1, 21)]
    plane = [hand.on_point(place=place) for place in [*row, (-0.69, 0.5), (0, -0.5)]]  # the first again, another
    drag = [("button_press", plane[0]), *(("motion_notify", place) for place in plane[1:21])]
    drag += [("button_release", plane[20]), ("motion_notify", plane[-1])]
    drag += [("button_press", hand.at("play")), ("motion_notify", plane[-1])]  # begins on a control
    for what, place in [*drag, ("button_press", hand.on((-0.5, 1.5))), ("button_press", plane[21])]:
        hand.mouse(what, place, None if what == "motion_notify" else 1)
    assert hand.play.points == pytest.approx(np.array(row), abs=0.008)


@pytest.mark.parametrize("key", quick_and_slow(["x"], ["delete", "backspace"]))
def test_removing_points(key):
    hand = Hand("--data", "circle", "--samples", 8)
    play = hand.play
    hand.key(key)  # nothing is pointed at
    rest = [np.delete(array, 3, axis=0) for array in (play.points, play.targets, play.test)]
    hand.point_at(hand.on_point(3))  # of another class than the one before
    hand.key(key, key)
    assert same([play.points, play.targets, play.test], rest)
    assert same(play.parts[0], [rest[0][~rest[2]], rest[1][~rest[2]]])
    assert (len(hand.marks()), play.command()[-9:]) == (7, " painted)")
    while len(play.points):
        hand.point_at(hand.on_point(0))
        hand.key(key)
    hand.key("right", "left", " ")
    hand.tick(1)
    assert (play.epoch, "pause" in hand.said()) == (0, False)


@pytest.mark.parametrize("data", ["clouds", "line"])
def test_what_is_drawn(data):
    """Each map is what its node answers to the plane; the curves are the losses, in one scale that is told."""
    hand = Hand(*SMALL, "--data", data, "--inputs", "x2", "x1x2")
    hand.key("right", "right", "right")
    play, line = hand.play, np.linspace(*hand.maps.ends, hand.maps.points)
    point = np.array([[line[20], line[3]]])
    images = {image.get_extent()[::2]: image.get_array()[3, 20] for image in hand.maps.axes.images}
    for nodes, values in zip(hand.maps.nodes, play.answers(point), strict=True):
        assert [images.pop(tuple(node[:2])) for node in nodes] == pytest.approx(values[0])
    [other] = images.values()  # the targets, or of several outputs the answer: more blue than red for the second class
    target = play.targets[np.hypot(*(play.points - point).T).argmin(), 0]
    assert other == target if play.numbers else (other[2] > other[0]) == (values.argmax() == 1)
    lines = {(len(line.get_xdata()), line.get_linestyle()): line.get_ydata() for line in hand.maps.axes.lines}
    told, frame = float(re.search("loss, 0 to (.*); test dashed", " ".join(hand.said()))[1]), lines[3, "-"]
    heights = np.subtract([lines[4, "-"], lines[4, "--"]], min(frame)) / np.ptp(frame)
    assert heights == pytest.approx(np.transpose(play.history)[1:] / told, rel=0.05)


def test_how_points_look():
    """Round to train on, square for the test; in the colour of their class; with a black edge where it is wrong."""
    hand = Hand("--data", "clouds", "--samples", 60, "--noise", 0.4)
    hand.key("right", "right")
    marks, classes = hand.marks(), hand.play.targets.argmax(axis=1)
    wrong = hand.play.network.outputs(hand.play.points).argmax(axis=1) != classes
    assert 0 < wrong.sum() < 60
    for i in range(60):
        place, *look = nearest(marks, hand.on_point(i))
        assert place == pytest.approx(hand.on_point(i), abs=0.1)
        assert look == [hand.play.test[i], ("#d55e00", "#0072b2")[classes[i]], ("#ffffff", "#000000")[int(wrong[i])]]


@pytest.mark.parametrize("arguments", [SMALL, ("--data", "line", "--samples", 20, "--hidden-nodes", 3, 2)])
def test_looking_inside_and_the_wheel(arguments):
    """A weight's value and the derivative of the loss that is shown; a node's formula, reckoned with its numbers."""
    hand = Hand(*arguments, "--inputs", "x1", "x1x2", "sinx2", "--weight-decay", 0.1)
    hand.key("right")
    network, x = hand.play.network, hand.play.inputs(np.array([[0.3, -0.8]]))
    values = dict(zip(("x1", "x1x2", "sinx2"), x[0], strict=True))

    def wheel(place, step, parameter=0, index=()):
        expected = hand.copies()
        expected[parameter][index] += 0.1 * step if index else 0
        hand.mouse("scroll", place, step=step)
        assert same(hand.copies(), expected)
        assert hand.play.history[1:] == [(1, *losses(hand.play))]
        hand.point_at(place)
        return hand.info()

    for layer, W in enumerate(network.weights):
        for i, j in np.ndindex(W.shape):
            said = wheel(hand.on_weight(layer, i, j), (1, -3, 2)[(i + j) % 3], 2 * layer, (i, j))
            said = re.match(r"W(\d)\[(\d), (\d)\] = (\S+) the derivative of the loss: (\S+) ", said).groups()
            slope = network.backward(*hand.play.parts[0])[1][2 * layer][i, j]
            assert [*map(float, said)] == pytest.approx([layer + 1, i, j, W[i, j], slope], rel=0.01)
    for layer, b in enumerate(network.biases, start=1):
        for j in range(len(b)):
            large = network.shape[layer:] == [1]  # the large map, where there is no point near
            place = hand.on_point(place=(1.05, 1.05)) if large else hand.on_node(layer, j)
            said = wheel(place, 3 - 2 * j, 2 * layer - 1, (j,))
            z, a = network.forward(x)[2 * layer - 2 : 2 * layer]
            *place, formula, applied = re.match(r"z(\d)\[(\d)\] = (.*) a\1\[\2\] = (\w+)\(z\1", said).groups()
            terms = re.findall(r"([+-][\d.e+-]+)(?: ([a-z]\S*))?", formula)
            total = sum(float(number) * (values[what] if what else 1) for number, what in terms)
            assert (place, len(terms)) == ([str(layer), str(j)], network.shape[layer - 1] + 1)
            assert total == pytest.approx(z[0, j], abs=0.02)
            assert getattr(activation, applied)(z)[0, j] == a[0, j]
        values |= {f"a{layer}[{j}]": value for j, value in enumerate(a[0])}
    assert [wheel(place, 1) for place in (hand.on_point(3), hand.on_node(0, 1))][1] == "an input: x1x2"
    assert "=" not in wheel(hand.on((5, -0.3)), 1)


@pytest.mark.parametrize("data", ["clouds", "curve"])
def test_what_is_pointed_at_stands_out(data):
    """A node has an edge, and the large map shows its own; a weight has one, and the map shows what it hands on."""
    hand = Hand(*SMALL, "--data", data)
    hand.key("right")
    maps, large, answer = hand.maps, hand.maps.large, np.array(hand.maps.large.get_array())
    for layer, j in ((0, 1), (1, 2)):
        hand.point_at(hand.on_node(layer, j))
        own, (x, y, side) = maps.images[layer][j], maps.nodes[layer][j]
        assert np.array_equal(large.get_array().data, own.get_array().data)
        assert (large.get_clim(), maps.title.get_text()) == (own.get_clim(), ["x2", "a1[2]"][layer])
        edge = hand.window.halo.get_xydata()
        assert np.all(edge.min(axis=0) < (x, y))
        assert np.all(edge.max(axis=0) > (x + side, y + side))
    hand.point_at(hand.on_weight(1, 2, 0))
    weight, path = hand.play.network.weights[1][2, 0], maps.lines[1].get_paths()[2 * len(maps.nodes[2])]
    np.testing.assert_allclose(large.get_array(), weight * maps.images[1][2].get_array())
    assert np.array_equal(hand.window.halo.get_xydata(), path.vertices)
    assert hand.window.halo.get_linewidth() > maps.lines[1].get_linewidths()[2 * len(maps.nodes[2])]
    hand.point_at(hand.on((5, -0.3)))
    assert np.array_equal(large.get_array(), answer)
    assert (len(hand.window.halo.get_xdata()), maps.title.get_text()) == (0, "the answer")


HOW = [("cross_entropy", 0.0, 0.0), ("mean_squared_error", 0.9, 0.1), ("binary_cross_entropy", 0.5, 0.0)]


@pytest.mark.parametrize(("loss", "momentum", "decay"), HOW)
def test_one_step_slowly(loss, momentum, decay):
    """Values come forward, derivatives back, then the step; each formula, reckoned as it stands, gives what is done."""
    hand = Hand("--hidden-nodes", 3, 2, "--loss", loss, "--momentum", momentum, "--weight-decay", decay)
    zero, play = hand.copies(), hand.play
    hand.key("right")
    first, network = hand.copies(), play.network
    i = np.flatnonzero(~play.test[1:] & (np.diff(play.targets[:, 0]) != 0))[-1] + 1  # not of the class before it
    (x, y), place = play.sample(i), hand.on_point(i)
    loss_before, gradients = network.backward(x, y)
    a = [x, *network.forward(x)[1::2]]
    known = {"X": x, "Y": y} | {name: getattr(activation, name) for name in ("tanh", "sigmoid", "softmax")}
    known |= {f"{kind}{layer}": first[2 * layer - (kind == "W") - 1] for kind in "Wb" for layer in (1, 2, 3)}

    def noted(forward, back):
        """What is written at the nodes: values up to a layer, derivatives at so many of the last ones."""
        return {
            (layer, j): f"a {value:.2f}" + f"\ndz {gradients[2 * layer - 1][j]:+.2g}" * (layer > 3 - back)
            for layer in range(forward + 1)
            for j, value in enumerate(a[layer][0])
        }

    hand.point_at(place)
    point = f"x1 = {x[0, 0]:.2f}, x2 = {x[0, 1]:.2f}, target {y[0].tolist()}"
    assert re.search(rf"{re.escape(point)}.* {loss_before:.4g}", hand.info())
    assert hand.notes() == noted(3, 3)
    assert hand.on(np.array(hand.window.ring.get_offsets()))[0] == pytest.approx(place)
    for stage in range(8):
        hand.press("one step slowly") if stage in (0, 3) else hand.key("left")
        assert hand.notes() == noted(min(stage, 3), max(0, stage - 4))
        assert same(hand.copies(), first)
        if stage in (0, 4):
            assert (point, f"{loss_before:.4g} ")[stage // 4] in hand.info()
            continue
        formulas = hand.info().partition(": ")[2].partition(", where")[0]
        for result, formula in re.findall(r"(a\d|z\d|dz\d) = (.+?)(?:, (?=a\d = )|$)", formulas):
            known[result] = eval(formula, {"__builtins__": {}}, known)
        assert known[result][0] == pytest.approx(a[stage][0] if stage < 4 else gradients[15 - 2 * stage])
        assert result == (f"a{stage}" if stage < 4 else f"dz{8 - stage}")
    hand.key("left")
    rule = hand.info().partition("the step: ")[2].partition(", and so for b")[0].replace(", ", "; ")
    for parameter, before, earlier, gradient in zip(network.parameters, first, zero, gradients, strict=True):
        known = {"W": before.copy(), "dW": gradient, "step": before - earlier, "momentum": momentum}
        known |= {"learning_rate": 0.3, "weight_decay": decay if parameter.ndim == 2 else 0.0}
        exec(re.sub(r"(learning|weight) ", r"\1_", rule), known)
        assert parameter == pytest.approx(known["W"])
    assert f"the loss is now {network.loss(x, y):.4g}" in hand.info()
    assert play.history[1:] == [(1, *losses(play))]


def test_slow_steps_go_on_alone(monkeypatch):
    """By the clock, each stage in its time; playing ends where they begin, and anything else ends them."""
    hand = Hand(*SMALL)
    hand.point_at(hand.on_point(np.argmax(hand.play.test)))  # it is not trained on
    assert "kept for the test" in hand.info()
    hand.key(" ", "left")
    hand.tick(1)
    assert (len(hand.notes()), "pause" in hand.said(), "kept for the test" in hand.info()) == (2, False, False)
    monkeypatch.setattr(window, "SLOW", -1)
    hand.key("left")
    first = hand.copies()
    for stage in range(9):
        assert (len(hand.notes()), same(hand.copies(), first)) == ((5, 7)[stage > 0], stage < 5)
        hand.tick(1)
    for ending in ("left", "r", "right", "up"):
        hand.key(ending)
        assert not hand.notes()
        hand.key("left")
        assert len(hand.notes()) == 2


def test_a_slow_step_can_be_left_and_gone_on_from():
    """At its stage, whatever was looked at meanwhile; with other weights, or at another point, it begins anew."""
    hand = Hand(*SMALL)
    hand.point_at(hand.on_point(i := np.argmin(hand.play.test)))
    hand.key("left", "left", "left", "left")
    said, notes = hand.info(), hand.notes()
    for leave in (" ", "up", "h"):
        hand.key(leave)
        assert (hand.notes(), hand.play.epoch, "pause" in hand.said()) == ({}, 0, False)
        hand.point_at(hand.on_node(1, 1))
        hand.point_at(hand.on_point(np.flatnonzero(~hand.play.test)[-1]))
        hand.point_at(hand.on((5, -0.3)))
        hand.press("one step slowly")
        assert (hand.info(), hand.notes()) == (said, notes)
    hand.key("left")
    assert "back: dz2" in hand.info()
    hand.key(" ", "right", "left")
    assert "one step with one point" in hand.info()
    hand.key("left", " ")
    hand.point_at(hand.on_point(np.flatnonzero(~hand.play.test)[-1]))
    hand.key("left")
    assert ("one step with one point" in hand.info(), hand.window.sample != i) == (True, True)


def test_the_speed():
    """So many epochs for each picture, if a picture does not take too long; without a choice ever more of them."""
    hand = Hand(*SMALL, "--speed", 5)
    hand.key(" ")
    hand.tick(3)
    assert hand.play.epoch == 15
    hand.key("+")
    hand.tick(1)
    assert (hand.play.epoch, hand.play.options.speed) == (25, 10)
    hand.key("-", "-")
    hand.tick(1)
    assert (hand.play.epoch, hand.play.options.speed) == (27, 2)


STOPS = [("--data", "spirals", "--stop", "all_right"), ("--data", "clouds", "--noise", 5, "--stop", "test_loss_rises")]


@pytest.mark.parametrize("arguments", STOPS)
def test_it_stops_by_itself(arguments):
    """In the picture after which it holds, and not before; with no points for the test no loss of theirs rises."""
    hand = Hand(*arguments, "--samples", 60, "--hidden-nodes", 8, "--learning-rate", 1, "--momentum", 0.9, "--speed", 2)
    play = hand.play

    def holds():
        if arguments[-1] == "all_right":
            return np.all(play.network.predict(play.parts[0][0]) == play.parts[0][1].argmax(axis=1))
        losses = [loss for _, _, loss in play.history]
        return play.epoch - play.history[np.argmin(losses)][0] > max(50, play.epoch / 5) and losses[-1] > min(losses)

    hand.key(" ")
    for _ in range(300):
        assert ("pause" in hand.said()) == (not holds())
        if holds():
            break
        hand.tick(1)
    assert holds()
    assert "stops: " in hand.window.state.get_text()
    alone = playground_of(*shlex.split(play.command())[2:])
    alone.play_alone(300)
    assert alone.epoch == play.epoch
    assert not playground_of(*arguments, "--test-share", 0, "--noise", 9).reason_to_stop()


CODE = [("--hidden-nodes", 5, 4, "--data", "own.csv", "--inputs", "x2", "x1x2", "sinx1"), ("--data", "line")]
CODE += [("--activation", name, "--inputs", *playground.INPUTS) for name in playground.CHOICES["activation"]]
CODE += [("--loss", "binary_cross_entropy", "--learning-rate", 1e4, "--hidden-nodes"), ("--data", "empty")]


@pytest.mark.parametrize("arguments", quick_and_slow(CODE[:3], CODE[3:]), ids=lambda words: words[1])
def test_the_network_as_code(arguments, folder, capsys):
    """The program needs numpy alone, says the same as the network, for points as they stand in the file, and runs."""
    own_file(folder)
    hand = Hand(*SMALL[:2] if "own.csv" not in arguments else (), *arguments, "--code", "net.py")
    hand.key("right", "right", "c")
    code = (folder / "net.py").read_text("utf-8")
    play, points, found = hand.play, np.random.default_rng(0).uniform(-1, 1, (50, 2)), {}
    exec(compile(code, "net.py", "exec"), found)
    outputs = found["forward"](points * play.scale + play.middle)
    np.testing.assert_allclose(outputs, play.network.outputs(play.inputs(points)), rtol=1e-12, atol=1e-12)
    assert re.findall(r"import (.*)", code) == ["numpy as np"]
    assert max(map(len, code.splitlines())) <= 120 + len(play.command())
    assert "python net.py" in hand.info()
    said = [ast.literal_eval(line.partition(" -> ")[2]) for line in capsys.readouterr().out.splitlines()]
    assert [[*row.values()] for row in said] == found["forward"](found["points"]).round(3).tolist()


ALL = ("--momentum", 0.5, "--batch-size", 10, "--weight-decay", 0.003, "--activation", "relu", "--seed", 5)
BINARY = ("--loss", "binary_cross_entropy", "--weight-decay", 0.03, "--hidden-nodes", 4, 4)
NUMBERS = ("--data", "curve", "--inputs", "x1", "sinx1", "--learning-rate", 0.1, "--batch-size", 16)


@pytest.mark.parametrize("settings", quick_and_slow([ALL, BINARY], [NUMBERS]))
def test_it_trains_as_the_network_does(settings):
    """To the last bit, by the clock."""
    hand = Hand("--samples", 60, *settings)
    hand.key(" ")
    hand.tick(14)
    assert hand.play.epoch > 14  # more than one epoch in a picture
    options, (network, _) = hand.play.options, first_network(hand.play)
    how = options.learning_rate, options.momentum, options.batch_size
    network.train(*hand.play.parts[0], hand.play.epoch, *how, weight_decay=options.weight_decay)
    assert same(hand.copies(), network.parameters)
    assert hand.play.history[-1] == (hand.play.epoch, *losses(hand.play))


@pytest.mark.parametrize("data", quick_and_slow(["line"], ["curve"]))
def test_a_training_that_diverges(data):
    """It pauses and says so, with the weights of before, and goes on with a lower learning rate."""
    hand = Hand("--data", data, *SMALL, "--activation", "relu", "--learning-rate", 1e4, "--momentum", 0.5)
    play, (network, steps) = hand.play, first_network(hand.play)
    play.epoch = 100  # so that it happens in the middle of a picture
    hand.key(" ")
    hand.tick(100)
    assert (play.epoch > 100, "pause" in hand.said()) == (True, False)
    assert hand.info().startswith(f"the weights grew without end in epoch {play.epoch + 1}: try a lower")
    assert play.history[-1] == (play.epoch, *losses(play))
    for _ in range(play.epoch - 100):
        train_along(network, steps, play)
    play.options.learning_rate = 1e-9
    hand.key("right")
    train_along(network, steps, play)
    assert same(hand.copies(), network.parameters)


@pytest.mark.parametrize("data", [("spirals", "--test-share", 0.3), ("spirals", "--test-share", 0), ("curve",)])
def test_what_is_told(data):
    hand = Hand("--noise", 0.3, "--samples", 90, "--data", *data)
    hand.key("right", "right", "right")
    play, state = hand.play, hand.window.state.get_text()
    parts = [(X, Y) for X, Y in play.parts if len(X)]
    if play.numbers:
        shares = [np.mean((play.targets - play.targets.mean()) ** 2)]
    else:
        shares = [100 * np.mean(play.network.outputs(X).argmax(axis=1) == Y.argmax(axis=1)) for X, Y in parts]
        shares.append(100 * np.mean(parts[-1][1][:, parts[0][1].sum(axis=0).argmax()]))
    numbers = [float(number) for number in re.findall(r"\d[\d.]*(?:e-\d+)?", state)]
    assert numbers == pytest.approx([3, *losses(play)[: len(parts)], *shares], rel=0.006)
    assert state.count("–") == (2 if 0 in data else 0)


def test_the_history_is_bounded():
    play = playground_of(*SMALL)
    for epoch in range(1, 751):
        play.epoch = epoch
        play.measure()
        assert play.history[-1][0] == epoch
    epochs = [row[0] for row in play.history]
    assert (250 <= len(epochs) <= 500, epochs) == (True, sorted({0, *epochs}))


@pytest.mark.slow
def test_it_looks_as_matplotlib_draws_it():
    """Maps and words that were put straight into the pixels are where they would be without that."""
    hand, seen = Hand(*SMALL, drawn=True), []
    hand.point_at(hand.on_node(1, 1))
    for fast in (True, False):
        pixels = np.array(hand.canvas.buffer_rgba(), float)[..., :3]
        seen.append(pixels.reshape(34, 10, 62, 10, 3).mean(axis=(1, 3)))  # squares of 10 pixels
        if fast:
            for image in hand.maps.axes.images:
                del image.make_image
            del hand.canvas.get_renderer().draw_text
            hand.canvas.draw()
    assert 0 < np.abs(seen[0] - seen[1]).mean() < 2  # of 255


@pytest.mark.parametrize("drawn", quick_and_slow([False], [True]))
def test_nothing_is_left_behind(drawn):
    """As many artists as before, and the picture that is drawn bit by bit is the one that would be drawn anew."""
    hand, numbers = Hand(*SMALL, drawn=drawn), []
    for _ in range(2):
        hand.key("r")
        numbers.append(len(hand.figure.findobj()))
        hand.point_at(hand.on_point(3))
        hand.canvas.draw() if drawn else None
        hand.click(hand.on_point(place=(0, 0)))
        hand.key(" ")
        hand.tick(1)
        for place in (hand.on_weight(0, 1, 1), hand.on_node(1, 1), hand.on_point(4), hand.on((-0.1, 5))):
            hand.point_at(place)
        hand.key("left", "left", "right")
    assert numbers[0] == numbers[1]
    if drawn:
        pictures = [np.array(hand.canvas.buffer_rgba()), hand.canvas.draw(), np.array(hand.canvas.buffer_rgba())]
        assert np.array_equal(pictures[0], pictures[2])


FULL = ("--data", "four-spirals", "--hidden-nodes", 12, 12, 12, "--activation", "leaky_relu", "--momentum", 0.95)
FULL += ("--loss", "binary_cross_entropy", "--weight-decay", 0.0001, "--stop", "test_loss_rises", "--speed", 100)
FULL += ("--inputs", *playground.INPUTS, "--noise", 0.05, "--batch-size", 100, "--learning-rate", 0.003)
NARROW, *OTHERS = (900, 600), (1024, 700), (1366, 768), (1920, 1080), (2560, 1440), (1500, 600)


@pytest.mark.parametrize("arguments", [FULL, (*SMALL, "--data", "curve")])
@pytest.mark.parametrize("size", quick_and_slow([NARROW], OTHERS), ids=str)
def test_another_size_of_the_window(size, arguments):
    """Letters, lines and points grow with it; no word is over another one, or cut off, or too small to be read."""
    hand = Hand(*arguments)
    before = hand.figure.dpi
    hand.figure.set_size_inches(np.divide(size, before), forward=False)
    hand.canvas.callbacks.process("resize_event", ResizeEvent("resize_event", hand.canvas))
    grown = min(np.divide(size, (1240, 680)))
    assert (hand.figure.dpi / before, hand.canvas.get_width_height()) == (pytest.approx(grown), size)
    for keys in (["r", "right"], ["h"], ["left", "left", "left", "left"]):
        hand.key(*keys)
        hand.window.state.set_text("right: 100.0% in training, 100.0% on the test (always the commonest class: 100.0%)")
        texts = [text for text in hand.figure.texts if text.get_color() != "white"]  # of what is chosen, over a button
        texts += [text for text in hand.maps.axes.texts if text.get_text() and not text.get_bbox_patch()]
        places = {text: text.get_window_extent(hand.canvas.get_renderer()).extents for text in texts}
        assert min(text.get_fontsize() for text in texts) * hand.figure.dpi / 72 > 8  # pixels
        assert all(min(place) >= 0 and place[2] <= size[0] and place[3] <= size[1] for place in places.values())
        for one, other in itertools.combinations(texts, 2):
            assert apart(places[one], places[other]), (one, other)


KEYS = [" ", "right", "left", "up", "down", *"rnxusch+-12345678q", "delete", "backspace", "ctrl+z", "escape", None, "S"]
RANDOM = [("--samples", 40), ("--data", "line", "--samples", 4, "--hidden-nodes", 12, 12, 12), ("--data", "empty")]
RANDOM += [("--data", "curve", "--learning-rate", 1e6, "--activation", "relu", "--momentum", 0.9)]
RANDOM += [("--data", "four-spirals", "--learning-rate", 1e6, "--hidden-nodes", 5)]


@pytest.mark.parametrize("arguments", quick_and_slow(RANDOM[:1], RANDOM[1:]))
def test_anything_at_any_time(arguments, request, monkeypatch):
    monkeypatch.setattr(window, "SLOW", -1)  # the clock goes on with slow steps at once
    rng, hand, times = np.random.default_rng(1), Hand(*arguments, drawn=True), request.config.getoption("--slow") * 500
    kinds = ["button_press", "button_release", "motion_notify", "scroll", "key", "tick", "resize"]
    for what in rng.choice(kinds, times or 6, p=[0.2, 0.15, 0.2, 0.1, 0.18, 0.15, 0.02]):
        places = [rng.uniform(-0.05, 1.05, 2) * hand.figure.bbox.size, middle_of(rng.choice(hand.figure.texts))]
        places += [hand.on_point(rng.integers(len(hand.play.points)))] if len(hand.play.points) else []
        if what == "key":
            hand.key(KEYS[rng.integers(len(KEYS))])
        elif what == "tick":
            hand.tick(1)
        elif what == "resize":
            hand.figure.set_size_inches(rng.uniform(3, 20, 2))
            hand.canvas.callbacks.process("resize_event", ResizeEvent("resize_event", hand.canvas))
            hand.canvas.draw()
        else:
            hand.mouse(what, rng.choice(places), int(rng.choice([1, 1, 1, 2, 3])), int(rng.integers(-3, 4)))
        assert all(np.isfinite(parameter).all() for parameter in hand.copies())
        assert (len(hand.play.history) <= 501, len(hand.figure.axes)) == (True, 1)


def parsed(command):
    return playground.read_options(shlex.split(command.removeprefix("python playground.py")))


@pytest.mark.parametrize("seed", quick_and_slow(range(2), range(2, 60)))
def test_the_command_begins_with_the_same_settings(seed):
    rng, rate = np.random.default_rng(seed), [0.1234567, 123456.75, 1e-7, 3.0][seed % 4]
    play, names = playground_of("--samples", 30 + seed, "--learning-rate", rate), ["seed", *playground.CHOICES]
    for _ in range(20):
        play.turn(rng.choice([name for name in names if name not in ("nodes", "learning_rate")]), rng.choice([1, -1]))
        play.toggle(str(rng.choice([*playground.INPUTS])))
        if not rng.integers(8):
            play.choose(str(rng.choice([*dataset.PLANE])))
        assert settings_of(parsed(play.command())) == settings_of(play.options)
    again = playground.Playground(parsed(play.command()))
    assert same([again.points, again.test], [play.points, play.test])
    assert same(again.network.parameters, play.network.parameters)


def test_noise_is_for_points_that_are_drawn(folder):
    """Not for painted ones, nor for those of a file, which here has an odd name, and a column of one value."""
    (folder / "my points 1.0").write_text("a,b,kind\n1,2,x\n3,2,y\n4,2,x\n0,2,y\n")
    points = (play := playground_of("--data", "my points 1.0")).points
    assert np.isfinite(points).all()
    for data, way in (("my points 1.0", -1), ("xor", 1), ("my points 1.0", 1)):
        play.choose(data)
        said = play.turn("noise", way)
        assert ("noise" in said, play.options.noise) == (data != "xor", 0.1 if way == -1 else 0.15)
    assert same([playground.Playground(parsed(play.command())).points, points], [play.points, play.points])
    play.choose("xor")
    play.add((0, 1.1), 1)
    before = settings_of(play.options), len(play.points)
    assert play.turn("noise", 1)
    assert (settings_of(play.options), len(play.points)) == before
    play.choose("circle")
    assert "painted" not in play.command()


OWN = np.array([[1000, -0.0005], [4999, 0.0009], [1234.5, -0.0017], [3100, 0.0002], [2500, 0.0001], [1800, -0.002]])
KINDS = ["setosa", "versi color", "virginica"] * 2


def own_file(folder):
    lines = [f"{x},{y},{kind}\n" for (x, y), kind in zip(OWN.tolist(), KINDS, strict=True)]
    (folder / "own.csv").write_text("".join(["mass,length,kind\n", *lines]))


def test_an_own_file(folder):
    """Its numbers are brought to -1 to 1; what one reads are its own names and units."""
    own_file(folder)
    hand, low, high = Hand("--data", "own.csv"), OWN.min(axis=0), OWN.max(axis=0)
    assert hand.play.points == pytest.approx(2 * (OWN - low) / (high - low) - 1)
    assert [hand.play.classes[i] for i in hand.play.targets.argmax(axis=1)] == KINDS
    downwards = sorted(hand.figure.findobj(Text), key=lambda text: -middle_of(text)[1])
    assert [text.get_text() for text in downwards if text.get_text() in KINDS] == hand.play.classes
    ends = {f"{low[0] + (high - low)[0] * (end + 1) / 2:.3g}" for end in hand.maps.ends}
    assert {"own.csv", *ends} <= {*hand.said()}
    hand.point_at(hand.on_node(0, 1))
    assert hand.info() == "an input: length"


SAVED = [(*SMALL, "--inputs", "x2", "x1x2", "sinx1"), ("--data", "own.csv"), ("--data", "curve", "--samples", 20)]
SAVED_SLOW = [("--data", "own.csv", "--inputs", "x1x1", "x2"), ("--data", "four-spirals", "--samples", 40)]


@pytest.mark.parametrize("arguments", quick_and_slow(SAVED, SAVED_SLOW))
def test_what_is_saved(arguments, folder, capsys):
    """The points come back, and the network says the same in your_data.py."""
    own_file(folder)
    play = (hand := Hand(*arguments)).play
    hand.key("right", "right")
    hand.click(hand.on_point(place=(0.95, -0.95)))
    hand.key("s")
    assert re.search(r"playground\.csv.* playground\.npz", hand.info())
    assert same(Network.load("playground.npz").parameters, hand.copies())
    your_data.main(["--load", "playground.npz", "playground.csv"])
    said = [line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines()]
    outputs = play.network.outputs(play.inputs(play.points))
    if play.numbers:  # which --data does not take, but only classes
        assert [float(number) for (number,) in said[1:]] == pytest.approx(outputs[:, 0], rel=1e-4)
        table = np.loadtxt("playground.csv", delimiter=",", skiprows=1)
        assert (table.tolist(), "--data" in hand.info()) == (np.hstack([play.points, play.targets]).tolist(), False)
        return
    assert [name for name, _ in said] == ["target", *(play.classes[i] for i in outputs.argmax(axis=1))]
    assert [float(probability) for _, probability in said[1:]] == pytest.approx(outputs.max(axis=1), abs=6e-4)
    again = playground_of("--data", "playground.csv")
    assert (again.names, again.classes, again.targets.tolist()) == (play.names, play.classes, play.targets.tolist())
    assert again.points * again.scale + again.middle == pytest.approx(play.points * play.scale + play.middle, rel=1e-9)


def test_where_nothing_can_be_saved(folder):
    (folder / "playground.npz").mkdir()
    hand = Hand(*SMALL)
    hand.press("save")
    assert (hand.info()[:16], [*folder.iterdir()]) == ("playground.npz: ", [folder / "playground.npz"])


REFUSED = ["--noise 0.2 --data good.csv", "--samples 20 --data good.csv", "--data nowhere.csv"]
REFUSED += ["--data line --loss cross_entropy", "--hidden-nodes 4 4 4 4", "--hidden-nodes 0", "--hidden-nodes 13"]
REFUSED += ["--noise -1", "--noise nan", "--samples 3", "--samples 2001", "--test-share 1.5", "--inputs x3", "--inputs"]
REFUSED += ["--activation softmax", "--learning-rate 0", "--momentum 1", "--weight-decay 2", "--batch-size 0"]
REFUSED += ["--seconds 4", "--seconds 61", "--seconds 9 --browser", "--figure x.png --browser", "--browser --no-figure"]
REFUSED += ["--browser", "--figure nowhere/x.png", "something", "--speed 0", "--stop now", "--code net.txt"]


@pytest.mark.parametrize("line", REFUSED)
def test_bad_options(line, folder, monkeypatch, capsys):
    """What is refused is named, mostly by the last word of each line, and nothing is written."""
    found = importlib.util.find_spec  # tornado is not
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: name != "tornado" and found(name, *more))
    (folder / "good.csv").write_text("1,2,x\n2,3,y\n3,4,x\n4,6,y\n")
    more = [] if "--figure" in line or "--browser" in line else ["--no-figure"]
    with pytest.raises(SystemExit) as end:
        command_line.run(lambda: playground.main([*line.split(), *more]))
    printed = capsys.readouterr()
    assert (printed.out, end.value.code) == ("", 2)
    more = {"--browser": "needs tornado: .* install tornado", "--data line --loss cross_entropy": ".*line are numbers"}
    assert re.fullmatch(f".*error: .*{re.escape(line.split()[-1])}.*{more.get(line, '')}.*\n", printed.err)
    assert [path.name for path in folder.iterdir()] == ["good.csv"]


@pytest.mark.parametrize("file", quick_and_slow([None], ["x.gif", "x.html", "x.png"]))
def test_it_plays_alone(file, folder, monkeypatch, capsys):
    """What is printed, and the last state in a file, is that after as many pictures in the window."""
    told, update = [], window.Window.update
    monkeypatch.setattr(window.Window, "update", lambda self: (update(self), told.append(self.state.get_text())))
    arguments = [*SMALL, "--seconds", "5", "--test-share", "0.3", *(["--figure", file] if file else ["--no-figure"])]
    assert playground.main(arguments) is None
    about, *state, command = capsys.readouterr().out.splitlines()[:4]
    play = playground_of(*SMALL, "--test-share", 0.3)
    for _ in range(5 * picture.FRAMES_PER_SECOND):
        play.play(np.inf)
    assert about.startswith("28 points to train on, 12 for the test; network 2-3-2:")
    assert ["\n".join(state), command] == [play.state(), play.command()]
    assert [path.name for path in folder.iterdir()] == [file] * bool(file)
    assert (len(told), {*told[-1:]} <= {play.state()}) == ({None: 0, "x.gif": 40, "x.html": 40, "x.png": 1}[file], True)
