"""Play with a network: turn a knob while it trains, and see it answer.

Every node is a small map of what it answers over the plane of x1 and x2, every weight a line, blue if positive, orange
if negative, as wide as it is large. The large map is the answer, with the points on it: round ones to train on, square
ones for the test, with a black edge where the answer is wrong. Point at a weight, a node or a point to look inside.
A change of the network or of how points are drawn begins anew; whatever else you change acts at once.
h tells what mouse and keys do; c writes the network that you see as a program of its own.

New compared with check_backward.py: you change it while it learns. The training is that of network1.py.

Run:  python playground.py
Try:  python playground.py --data spirals --hidden-nodes 8 8 --learning-rate 0.1 --momentum 0.9
      python playground.py --data circle --hidden-nodes --inputs x1x1 x2x2
      python playground.py --data circle --stop all_right --code my_network.py
      python playground.py --browser
"""

import os
import shlex
import time

from backstage import Refused, command_line, files, picture, training
from backstage.playground import code, explanations, window
from backstage.playground.options import playground_parser
from backstage.tables import reader

import numpy as np

import activation
import dataset
from network1 import NEEDS, Network

# What can go into the network, made of the two coordinates of a point.
INPUTS = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1x1": lambda x1, x2: x1 * x1,
    "x2x2": lambda x1, x2: x2 * x2,
    "x1x2": lambda x1, x2: x1 * x2,
    "sinx1": lambda x1, x2: np.sin(np.pi * x1),
    "sinx2": lambda x1, x2: np.sin(np.pi * x2),
}
# What the minus and the plus of a setting go through.
CHOICES = {
    "noise": (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5),
    "test_share": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0),
    "momentum": (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99),
    "weight_decay": (0.0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
    "batch_size": (1, 2, 5, 10, 20, 50, 100, None),
    "speed": (1, 2, 5, 10, 20, 50, 100, None),
    "stop": ("never", "all_right", "test_loss_rises"),
    "activation": tuple(activation.HIDDEN),
    "loss": ("cross_entropy", "binary_cross_entropy", "mean_squared_error"),
    "layers": (0, 1, 2, 3),
    "nodes": tuple(range(1, 13)),
}
SETTINGS = (
    "data", "noise", "samples", "test_share", "inputs", "hidden_nodes", "activation", "loss", "learning_rate",
    "momentum", "weight_decay", "batch_size", "speed", "stop", "seed",
)  # fmt: skip
AT_ONCE = ("learning_rate", "momentum", "weight_decay", "batch_size", "speed", "stop")


def neighbour(choices, value, way):
    """The choice after value (way 1) or before it (-1), or value itself at an end; value need not be a choice."""
    if value not in choices:
        choices = sorted([*choices, value], key=lambda choice: np.inf if choice is None else choice)
    return choices[min(max(choices.index(value) + way, 0), len(choices) - 1)]


def share_right(network, X, Y):
    """The share of the samples whose class the network tells, nan where there is none."""
    return np.mean(network.outputs(X).argmax(axis=1) == Y.argmax(axis=1)) if len(X) else np.nan


class Playground:
    """A network in training, its points, and the settings.

    Attributes: options, the settings, which are those of the command line; points (samples, 2) and targets (samples,
    outputs); test (samples,), whether a point is kept for the test; parts, X and Y of the training and of the test;
    network; epoch, how many it was trained; history, of the epoch and the loss of both parts.
    """

    def __init__(self, options):
        self.options, self.sources, self.choice_of_inputs = options, [*dataset.PLANE], INPUTS
        if options.data not in dataset.PLANE:
            self.sources.append(options.data)
            self.table = reader.read_points(options.data, ignore=[*INPUTS][2:])
        self.new_points()

    def new_points(self):
        """Take the points that the options name, the same for the same options, and begin anew."""
        options, self.painted = self.options, False
        self.names, self.middle, self.scale = ["x1", "x2"], np.zeros(2), np.ones(2)
        if options.data in dataset.PLANE:
            draw, rng = dataset.PLANE[options.data], np.random.default_rng(0)
            self.points, self.targets = draw(options.samples, options.noise, rng)
            self.classes = [str(i) for i in range(self.targets.shape[1])]
        else:  # brought to -1 to 1
            X, self.targets = self.table.X, self.table.Y
            self.names, self.classes = self.table.columns, self.table.classes
            self.middle, self.scale = (X.max(axis=0) + X.min(axis=0)) / 2, np.ptp(X, axis=0) / 2
            self.scale[self.scale == 0] = 1
            self.points = (X - self.middle) / self.scale
        self.numbers = self.targets.shape[1] == 1  # and no classes
        if self.numbers and options.loss:
            raise Refused(f"the loss {options.loss} is for classes, but the targets of {options.data} are numbers")
        self.choose_test()

    def choose_test(self):
        """Keep a share of the points for the test, and begin anew."""
        self.earlier = []  # points, to come back to
        order = np.random.default_rng(0).permutation(len(self.points))
        self.test = order < round(self.options.test_share * len(self.points))
        self.restart()

    def restart(self):
        """Begin anew with the first weights of this seed."""
        options = self.options
        loss = options.loss or ("mean_squared_error" if self.numbers else "cross_entropy")
        shape = [len(options.inputs), *options.hidden_nodes, self.targets.shape[1]]
        last = "linear" if self.numbers else NEEDS.get(loss, "sigmoid")
        self.network = Network(shape, [options.activation] * (len(shape) - 2) + [last], loss, rng=options.seed)
        self.steps = [np.zeros_like(parameter) for parameter in self.network.parameters]
        self.epoch, self.history = 0, []
        self.divide()

    def inputs(self, points):
        """What goes into the network for points (samples, 2): (samples, inputs)."""
        return np.column_stack([INPUTS[name](*points.T) for name in self.options.inputs])

    def divide(self):
        """Put the points into those to train on and those of the test, X and Y of each, and measure."""
        self.parts = [(self.inputs(self.points[of]), self.targets[of]) for of in (~self.test, self.test)]
        self.measure()

    def measure(self):
        """Note the losses, and forget every second note where there are many."""
        losses = [self.network.loss(X, Y) if len(X) else np.nan for X, Y in self.parts]
        self.history = [row for row in self.history if row[0] < self.epoch] + [(self.epoch, *losses)]
        if len(self.history) > 500:
            self.history = self.history[::2]

    @training.quiet
    def one_epoch(self, X, Y):
        """Train for one epoch, with Network.epoch.

        Raises training.Diverged where that leads to huge or no numbers, and leaves the weights as they were.
        """
        options, arrays = self.options, self.network.parameters + self.steps
        before, size = [array.copy() for array in arrays], options.batch_size or len(X)
        self.network.epoch(X, Y, options.learning_rate, options.momentum, size, self.steps, options.weight_decay)
        if not all(np.abs(array).max() < 1e9 for array in arrays):
            for array, earlier in zip(arrays, before, strict=True):
                array[:] = earlier
            raise training.Diverged(
                f"the weights grew without end in epoch {self.epoch + 1}: try a lower learning rate"
            )

    def play(self, seconds):
        """Train until the next picture: at the speed chosen, or one epoch at first, then ever more.

        seconds: after which it is time for one; a chosen speed may take twenty times as long.
        """
        epochs = self.options.speed or 1 + self.epoch // 10
        end = time.monotonic() + seconds * (20 if self.options.speed else 1)
        try:
            for _ in range(epochs if len(self.parts[0][0]) else 0):
                self.one_epoch(*self.parts[0])
                self.epoch += 1
                if time.monotonic() >= end:
                    break
        finally:
            self.measure()

    def play_alone(self, pictures):
        """Train as long as for so many pictures, or until it stops by itself."""
        for _ in range(pictures):
            if not self.reason_to_stop():
                self.play(np.inf)

    def reason_to_stop(self):
        """Why the training stops by itself, or "". A loss that wavers is no reason, but one that was lower for long."""
        stop = self.options.stop
        if stop == "all_right" and not self.numbers and share_right(self.network, *self.parts[0]) == 1:
            return "every point to train on is right"
        if stop == "test_loss_rises" and len(self.parts[1][0]):
            epoch, _, lowest = min(self.history, key=lambda row: row[2])
            if self.history[-1][2] > lowest and self.epoch - epoch > max(50, self.epoch // 5):
                return f"the loss on the test was lowest in epoch {epoch}"
        return ""

    def step(self, i):
        """Train with the point with the number i alone."""
        self.one_epoch(*self.sample(i))
        self.measure()

    def turn(self, name, way, layer=None):
        """Take the next choice of a setting, upwards (way 1) or downwards (-1); layer: the one whose nodes change."""
        options, hidden, before = self.options, [*self.options.hidden_nodes], {**vars(self.options)}
        if name == "noise" and (self.painted or options.data not in dataset.PLANE):
            return "noise is for points that are drawn, not for those of a file or painted ones: choose others first"
        if name == "layers":
            options.hidden_nodes = [*hidden, *(hidden[-1:] or [4])][: neighbour(CHOICES[name], len(hidden), way)]
        elif name == "nodes":
            hidden[layer] = neighbour(CHOICES[name], hidden[layer], way)
            options.hidden_nodes = hidden
        elif name == "seed":
            options.seed = max(0, options.seed + way)
        elif name == "loss":
            loss = neighbour(CHOICES[name], self.network.loss_name, way)
            if not self.numbers and loss != self.network.loss_name:
                options.loss = loss
        else:
            setattr(options, name, neighbour(CHOICES[name], getattr(options, name), way))
        if name not in AT_ONCE and vars(options) != before:
            {"noise": self.new_points, "test_share": self.choose_test}.get(name, self.restart)()
        if not options.momentum:  # so that nothing of earlier steps goes on when there is some again
            self.steps = [np.zeros_like(step) for step in self.steps]
        return ""

    def choose(self, data):
        """Take other points, with the loss that goes with them."""
        self.options.data, self.options.loss = data, None
        self.new_points()

    def toggle(self, name):
        """Put one of INPUTS in, or leave it out, unless it is the only one."""
        chosen = {*self.options.inputs} ^ {name}
        self.options.inputs = [name for name in INPUTS if name in chosen] or self.options.inputs
        self.restart()

    def add(self, point, label):
        """Put a point to train on into the plane: of a class; or if targets are numbers 1, or -1 for label 0."""
        n_outputs = self.targets.shape[1]
        target = [2.0 * (label % 2) - 1] if self.numbers else np.eye(n_outputs)[label % n_outputs]
        self.points, self.targets = np.vstack([self.points, point]), np.vstack([self.targets, target])
        self.test, self.painted = np.append(self.test, False), True
        self.divide()

    def remember(self):
        """Keep the points as they are now for undo."""
        self.earlier.append((self.points, self.targets, self.test, self.painted))

    def undo(self):
        """Go back to the points that were remembered last, if there have been others since."""
        while self.earlier and self.earlier[-1][0] is self.points:
            self.earlier.pop()
        if not self.earlier:
            return "there is nothing to undo: no point was painted or removed"
        self.points, self.targets, self.test, self.painted = self.earlier.pop()
        return self.divide()

    def remove(self, i):
        """Take the point with the number i away."""
        self.remember()
        self.points, self.targets = np.delete(self.points, i, axis=0), np.delete(self.targets, i, axis=0)
        self.test, self.painted = np.delete(self.test, i), True
        self.divide()

    def answers(self, points):
        """The inputs, and the outputs of every layer, at points (samples, 2) of the plane."""
        X = self.inputs(points)
        return [X, *self.network.forward(X)[1::2]]

    def sample(self, i):
        """The point with the number i as a part of its own, X (1, inputs) and Y (1, outputs)."""
        return self.inputs(self.points[[i]]), self.targets[[i]]

    def trace(self, i):
        """The values of the point with the number i in all layers, the inputs too; dz of each layer; the loss."""
        loss, gradients = self.network.backward(*self.sample(i))
        return [a[0] for a in self.answers(self.points[[i]])], gradients[1::2], loss  # of one sample, db is dz

    def nudge(self, kind, layer, *place, change):
        """Add to a weight (layer, i, j), counted from 0, or to the bias of a node (layer, j), where 0 is the inputs."""
        if kind == "weight":
            self.network.weights[layer][place] += change
        elif kind == "node" and layer > 0:
            self.network.biases[layer - 1][place] += change
        self.measure()

    def look(self, kind, layer, *place):
        """What there is to say about a weight or a node, which are counted as in nudge."""
        network = self.network
        if kind == "weight":
            X, Y = self.parts[0]
            slope = network.backward(X, Y)[1][2 * layer][place] if len(X) else 0.0
            return explanations.weight(layer + 1, place, network.weights[layer][place], slope)
        if layer == 0:
            return f"an input: {self.input_names()[place[0]]}"
        names = self.input_names() if layer == 1 else [f"a{layer - 1}[{i}]" for i in range(network.shape[layer - 1])]
        weights, bias = network.weights[layer - 1][:, place[0]], network.biases[layer - 1][place[0]]
        return explanations.node(layer, place[0], names, weights, bias, network.activation_names()[layer - 1])

    def tell(self, i, stage=None):
        """What there is to say about the point with the number i, or at a stage of a slow step with it."""
        where = "x1 = {:.2f}, x2 = {:.2f}, target {}".format(*self.points[i], self.targets[i].round(2).tolist())
        if self.test[i]:
            where += ", kept for the test"
        loss, names = self.network.loss(*self.sample(i)), self.network.activation_names()
        if stage is None:
            return f"a point: {where}\nforward its values a, back the derivatives dz of its loss, which is {loss:.4g}"
        momentum, decay = self.options.momentum, self.options.weight_decay
        return explanations.slow_step(names, self.network.loss_name, where, loss, momentum, decay)[stage]

    def input_names(self):
        """The names of what goes in; the two coordinates of a file have their own."""
        return [{"x1": self.names[0], "x2": self.names[1]}.get(name, name) for name in self.options.inputs]

    def shown(self, name):
        """The value of a setting in words."""
        known = {"layers": len(self.options.hidden_nodes), "loss": self.network.loss_name}
        value = known.get(name, getattr(self.options, name, None))
        if value is None:
            return "ever more" if name == "speed" else "all"
        return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")

    def targets_on(self, grid):
        """The target of the nearest point at each point of a grid (points², 2): (points²,)."""
        return self.targets[((grid[:, np.newaxis] - self.points) ** 2).sum(axis=2).argmin(axis=1), 0]

    def about(self):
        """What is trained on what."""
        network = self.network
        names = ", ".join(network.activation_names())
        parts = f"{len(self.parts[0][0])} points to train on, {len(self.parts[1][0])} for the test"
        return f"{parts}; network {'-'.join(map(str, network.shape))}: {names}; {network.loss_name.replace('_', ' ')}"

    def state(self):
        """How far the training is, and how good the answers are, beside what one gets for nothing."""
        words = "epoch {}     loss: {:.3g} in training, {:.3g} on the test".format(*self.history[-1])
        if self.numbers and len(self.points):
            words += f"\nalways answering the mean: {self.targets.var():.3g}"
        elif len(self.points):
            right, (_, Y), (_, Y_test) = [share_right(self.network, X, Y) for X, Y in self.parts], *self.parts
            counted = Y_test if len(Y_test) else Y
            commonest = counted[:, Y.sum(axis=0).argmax()].mean()  # of those trained on, as often as in the test
            words += "\nright: {:.1%} in training, {:.1%} on the test (always the commonest class: {:.1%})".format(
                *right, commonest
            )
        reason = self.reason_to_stop()
        return words.replace("nan%", "–").replace("nan", "–") + (f"\nstops: {reason}" if reason else "")

    def command(self):
        """The command that begins with these settings."""
        words = ["python", "playground.py"]
        for name, default in self.options.defaults.items():
            value = getattr(self.options, name)
            of_a_file = self.options.data not in dataset.PLANE and name in ("noise", "samples")
            if value != default and not of_a_file:
                values = value if isinstance(value, list) else [value]
                words.append(f"--{name.replace('_', '-')}")
                words += [str(value).removesuffix(".0") if isinstance(value, float) else str(value) for value in values]
        return shlex.join(words) + ("     (save the points that you painted)" if self.painted else "")

    def write_code(self):
        """Write the network as it is now as a program of its own; without --code under a name that is free."""
        free = (f"my_network{n}.py" for n in ("", *range(2, 1000)) if not os.path.exists(f"my_network{n}.py"))
        file = self.options.code or next(free)
        files.write(file, code.program(self).encode("utf-8", "backslashreplace"))
        return f"the network as a program of its own: python {file}"

    def save(self):
        """Write the points and the network into the current folder, for --data, and for your_data.py --load."""
        own = dict(zip(("x1", "x2"), zip(self.names, self.middle, self.scale, strict=True), strict=True))
        columns, mean, spread = zip(*(own.get(name, (name, 0.0, 1.0)) for name in self.options.inputs), strict=True)
        notes = {"x_mean": np.array(mean), "x_spread": np.array(spread), "y_mean": 0.0, "y_spread": 1.0}
        notes |= {"columns": columns, "texts": [""] * len(columns), "target": "target"}
        classes = [] if self.numbers else self.classes
        self.network.save("playground.npz", **notes, classes=np.array(classes, dtype=str))
        derived = [name for name in self.options.inputs if name not in own]
        X = np.column_stack(
            [self.points * self.scale + self.middle, *(INPUTS[name](*self.points.T) for name in derived)]
        )
        y = self.targets[:, 0].tolist() if self.numbers else [classes[i] for i in self.targets.argmax(axis=1)]
        rows = [[*x, label] for x, label in zip(X.tolist(), y, strict=True)]
        files.write_table("playground.csv", [[*self.names, *derived, "target"], *rows])
        again = "" if self.numbers else " (for --data playground.csv)"
        return f"saved: the points in playground.csv{again}, the network in playground.npz"


def read_options(arguments):
    parser = playground_parser(__file__, __doc__, dataset.PLANE, INPUTS, CHOICES)
    options = parser.parse_args(arguments)
    if len(options.hidden_nodes) > CHOICES["layers"][-1]:
        parser.error(f"--hidden-nodes takes at most three numbers, but here are {len(options.hidden_nodes)}")
    drawn = all(getattr(options, name) == parser.get_default(name) for name in ("noise", "samples"))
    if options.data not in dataset.PLANE and not drawn:
        parser.error(f"--noise and --samples make points, but those of {options.data} are there already")
    options.defaults = {name: parser.get_default(name) for name in SETTINGS}
    return options


def main(arguments=None):
    options = read_options(arguments)
    playground = Playground(options)
    status = window.show(playground, options)
    pictures = options.seconds * picture.FRAMES_PER_SECOND
    if status is None:  # no window: it plays alone
        playground.play_alone(pictures)
    for words in (playground.about(), playground.state(), playground.command()):
        print(words)
    if options.code:
        print(playground.write_code())
    if status is None:
        playground.restart()
        window.record(playground, options, pictures)
    return status


if __name__ == "__main__":
    command_line.run(main)
