"""A network with two inputs as maps: every node is a small picture of what it answers over the plane of the inputs.

Every weight is a smooth line, blue where positive, orange where negative, as wide as it is large; the large map is the
answer, with the samples on it. Maps draws once what does not change; its update() changes the rest.
"""

import functools

from backstage import labels
from backstage.labels import BLUE, GREY, ORANGE, sign_colour

import numpy as np

MANY = ("#009E73", "#CC79A7", "#E0B81E", "#444444", "#56B4E9", "#882255", "#8C6D1F", "#AAAAAA")  # none means a sign
MOST = 16  # nodes of a layer that are shown
STEPS = 33  # of colour: bands are easier to read than a gradual change, and make small files


@functools.cache
def sign_map(steps=17):
    """The colours between orange (lowest), white, and blue (highest)."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("sign", [ORANGE, "white", BLUE], N=steps)


@functools.cache
def class_map(colour, steps=17):
    """The colours between white, where an output of a class is 0, and the colour of the class, where it is 1."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("class", ["white", colour], N=steps)


def class_colours(n_classes):
    """The colours of classes: of two those of the signs, where 1 is blue; of more none of them."""
    return (ORANGE, BLUE) if n_classes <= 2 else MANY[:n_classes]


def grid(low, high, points=60):
    """The points of a square, one a row (points * points, 2), to ask a network about each of them."""
    line = np.linspace(low, high, points)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def edge(x, y, size):
    """The edge of a square with a corner at x, y: the x of its five points, and the y."""
    return [x, x + size, x + size, x, x], [y, y, y + size, y + size, y]


def outline(axes, x, y, size, **line):
    """Draw the edge of a square with a corner at x, y."""
    return axes.plot(*edge(x, y, size), **line)


def smooth_line(start, end, points=24):
    """A line from the right of one node to the left of another, level at both ends: (points, 2)."""
    along = np.linspace(0, 1, points)[:, np.newaxis]
    (x0, y0), (x1, y1) = start, end
    return np.hstack([x0 + (x1 - x0) * along, y0 + (y1 - y0) * along**2 * (3 - 2 * along)])


def smooth_lines(starts, ends):
    """A line from each of the starts to each of the ends, to put on axes."""
    from matplotlib.collections import LineCollection

    return LineCollection([smooth_line(start, end) for start in starts for end in ends], zorder=1)


def framed_image(axes, x, y, side):
    """An empty image with a frame; made straight, which takes a third of the time of imshow and plot."""
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D

    axes.add_line(Line2D(*edge(x, y, side), color=GREY, linewidth=0.8, zorder=3))
    how = {"extent": (x, x + side, y, y + side), "origin": "lower", "interpolation": "bilinear", "zorder": 2}
    image = AxesImage(axes, cmap=sign_map(STEPS), **how)
    image.set_data(np.zeros((2, 2)))
    image.set_clip_path(axes.patch)
    return axes.add_image(image)


def likeliest(answers):
    """The colours (points, 3) of what several outputs, answers (points, classes), say: the paler the less sure.

    The surest are still paler than samples of the same class.
    """
    from matplotlib.colors import to_rgb

    n_classes = answers.shape[1]
    colours = np.array([to_rgb(colour) for colour in class_colours(n_classes)])
    sure = (answers.max(axis=1, keepdims=True) - 1 / n_classes) / (1 - 1 / n_classes)
    return 1 + 0.6 * np.round(10 * np.clip(sure, 0, 1)) / 10 * (colours[answers.argmax(axis=1)] - 1)


def classes(Y):
    """Whether targets Y (samples, outputs) tell classes, and not a number."""
    return Y.shape[1] > 1 or np.isin(Y, (0, 1)).all()


def right(outputs, Y):
    """Whether outputs say what the targets Y do, both (samples, outputs), or True where they are no classes."""
    if Y.shape[1] > 1:
        return outputs.argmax(axis=1) == Y.argmax(axis=1)
    if not classes(Y):
        return np.full(len(Y), True)
    return np.abs(outputs - Y)[:, 0] < 0.5 - 1e-9  # a half is wrong, also where it is rounded


def middles(forward, shape, ends):
    """The values that are drawn white, for the inputs and for each layer of a network.

    A sum of 0 tells what a layer's is: a sigmoid, which is between 0 and 1, makes a half of it, a tanh 0.
    """
    from_zero = forward(
        np.zeros((1, shape[0])),
        [np.zeros(size) for nodes in zip(shape[:-1], shape[1:], strict=True) for size in (nodes, nodes[1])],
    )
    return [sum(ends) / 2, *(0.5 if a.max() > 0 else 0.0 for a in from_zero[1::2])]


class Maps:
    """The picture of one network in a part of a figure, measured in inches.

    place: left, bottom, width and height of the part, as shares of the figure. shape: inputs, nodes of each hidden
    layer, outputs. names: of the inputs. ends: the lowest and the highest value in the plane. middles: for the inputs
    and for each layer the value that is white. values: whether the numbers are written where there is room. lift: the
    share of the free height that is below the answer. size: width and height in inches, else what place makes of it.
    """

    def __init__(self, figure, place, shape, names, ends, middles, values=False, points=64, lift=0.5, size=None):
        self.axes = figure.add_axes(place)
        self.shape, self.ends, self.middles, self.values, self.points = shape, ends, middles, values, points
        self.lift = lift
        self.wide, self.high = size or np.multiply(place[2:], figure.get_size_inches())
        self.axes.set(xlim=(0, self.wide), ylim=(0, self.high))
        self.axes.axis("off")
        self.axes.set_navigate(False)  # no zoom in it
        self.grid = grid(*ends, points)
        self.nodes, self.answer = self.layout()
        self.images = [[self.image(*node) for node in layer] for layer in self.nodes]
        self.large = self.images[-1][0] if shape[-1] == 1 else self.image(*self.answer)
        self.lines = [self.weights(layer) for layer in range(len(shape) - 1)]
        if shape[-1] > 1:
            colours = class_colours(shape[-1])
            for (x, y, side), image, colour in zip(self.nodes[-1], self.images[-1], colours, strict=False):
                outline(self.axes, x - 0.03, y - 0.03, side + 0.06, color=colour, linewidth=3)
                image.set_cmap(class_map(colour))
        self.samples, self.texts = [], []
        for (x, y, side), name in zip(self.nodes[0], names, strict=True):
            size, gap = (10, 0.06) if len(names) <= 4 else (8, 0.03)
            self.text(x + side / 2, y - gap, name, ha="center", va="top", fontsize=size, color=GREY)
        for layer, nodes in enumerate(shape):
            if nodes > MOST:
                x, y, side = self.nodes[layer][-1]
                self.text(x + side / 2, y - 0.05, f"{MOST} of {nodes}", ha="center", va="top", fontsize=9, color=GREY)
        x, y, side = self.answer
        self.title = self.text(x, y + side + 0.083, "the answer", fontsize=12, weight="bold")  # as on axes

    def layout(self):
        """The lower left corner and the side of every node, in layers, and of the answer: that of a single output."""
        side = min(0.66 * self.high, 0.37 * self.wide)
        answer = (self.wide - side - 0.03, (self.high - side) * self.lift, side)
        columns = [min(nodes, MOST) for nodes in self.shape]
        if columns[-1] == 1:
            columns.pop()
        step = (answer[0] - 0.1) / len(columns)
        layers = []
        for layer, nodes in enumerate(columns):
            pitch = min(1.4, (self.high - 0.3) / nodes)
            side = min(0.78 * pitch, 0.8, 0.6 * step)
            top = self.high / 2 + pitch * (nodes - 1) / 2
            x = 0.03 + step * (layer + (0.25 if layer == 1 and len(columns) == 2 else 0))  # leaves room for values
            layers.append([(x, top - pitch * node - side / 2, side) for node in range(nodes)])
        return (layers if self.shape[-1] > 1 else [*layers, [answer]]), answer

    def image(self, x, y, side):
        """An empty map with a frame."""
        return framed_image(self.axes, x, y, side)

    def text(self, x, y, words, **how):
        return self.axes.text(x, y, words, zorder=5, **how)

    def weights(self, layer):
        """The lines of a layer's weights between the nodes that are shown."""
        starts = [(x + side, y + side / 2) for x, y, side in self.nodes[layer]]
        ends = [(x, y + side / 2) for x, y, side in self.nodes[layer + 1]]
        return self.axes.add_collection(smooth_lines(starts, ends))

    def on(self, place, X):
        """Where points X (samples, 2) of the plane are on the map at a place, in inches."""
        x, y, side = place
        low, high = self.ends
        return (X - low) / (high - low) * side + (x, y)

    def inches(self, event):
        """Where an event of the mouse was, in inches."""
        return self.axes.transData.inverted().transform((event.x, event.y))

    def plane(self, event):
        """The point of the plane that is under the mouse, or None beside the answer."""
        left, bottom, side = self.answer
        low, high = self.ends
        point = low + (high - low) * (self.inches(event) - (left, bottom)) / side
        return point if np.all((low <= point) & (point <= high)) else None

    def find(self, event):
        """What is under the mouse: ("node", layer, j), where layer 0 is the inputs, ("weight", layer, i, j) or None."""
        x, y = self.inches(event)
        for layer, places in enumerate(self.nodes):
            for j, (left, bottom, side) in enumerate(places):
                if left <= x <= left + side and bottom <= y <= bottom + side:
                    return "node", layer, j
        for layer, lines in enumerate(self.lines):
            hit, found = lines.contains(event)
            if hit:
                return "weight", layer, *divmod(int(found["ind"][0]), len(self.nodes[layer + 1]))
        return None

    def note(self, layer, j, words):
        """Write words at the right edge of a node, or at the left one of the answer; returns the text."""
        x, y, side = self.nodes[layer][j]
        right = x + side if (x, y, side) != self.answer else x  # beside the answer the picture ends
        patch = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": GREY, "linewidth": 0.5}
        return self.text(right, y + side / 2, words, ha="center", va="center", fontsize=8, bbox=patch)

    def mark(self, X, Y, marker="o", on_nodes=False):
        """Put samples X (samples, 2) with their targets Y (samples, outputs) on the large map, and small on the nodes.

        Targets of one output that are not all 0 or 1 are numbers, in the colours of the map.
        """
        if not classes(Y):
            colours = sign_map(STEPS)(self.share_of_scale(Y[:, 0], len(self.shape) - 1))
        else:
            numbers = Y.argmax(axis=1) if Y.shape[1] > 1 else Y[:, 0].astype(int)
            colours = np.array(class_colours(Y.shape[1]))[numbers]
        few = len(X) <= 16
        size, width = (120, 2.2) if few else (30, 0.8) if len(X) <= 500 else (16, 0.6)
        for place in (node for layer in self.nodes[1:] for node in layer):
            if on_nodes and place != self.answer:
                self.axes.scatter(*self.on(place, X).T, s=9, c=colours, zorder=4, edgecolors="white", linewidths=0.6)
        points = self.on(self.answer, X)
        points = self.axes.scatter(*points.T, s=size, c=colours, marker=marker, zorder=4, linewidths=width)
        self.samples.append((points, Y))

    def reach(self, layer):
        """How far from the middle of a layer its colour is full, or may be further, in a hidden layer."""
        low, high = self.ends
        return (high - low) / 2 if layer == 0 else 0.5 if self.middles[layer] == 0.5 else 1.0

    def share_of_scale(self, values, layer):
        return 0.5 + (values - self.middles[layer]) / (2 * self.reach(layer))

    def update(self, parameters, answers, outputs=()):
        """Show what the parameters do.

        answers: the inputs, a1, a2, … at the points of self.grid, each (points², nodes); outputs: the network's for
        each set of samples that was marked.
        """
        last = len(answers) - 1
        for layer, (images, values) in enumerate(zip(self.images, answers, strict=True)):
            middle = self.middles[layer]
            for node, image in enumerate(images):
                reach = self.reach(layer)
                if layer < last:
                    reach = max(reach, np.abs(values[:, node] - middle).max())
                image.set_data(values[:, node].reshape(self.points, self.points))
                image.set_clim(middle - reach, middle + reach)
        if self.shape[-1] > 1:
            self.large.set_data(likeliest(answers[-1]).reshape(self.points, self.points, 3))
        for lines, W in zip(self.lines, parameters[::2], strict=True):
            shown = np.round(W[:MOST, :MOST].ravel(), 9)  # a 0 that was rounded has no sign
            widest = 6 if shown.size <= 32 else 4
            lines.set_linewidths(0.4 + widest * np.abs(shown) / max(np.abs(W).max(), 1e-9))
            lines.set_colors([sign_colour(weight) for weight in shown])
        for (points, Y), said in zip(self.samples, outputs, strict=True):
            points.set_edgecolors(np.where(right(said, Y), "white" if classes(Y) else GREY, "black"))
        if self.values:
            self.write(parameters)

    def write(self, parameters):
        """Write the values of weights and biases, those of a layer only if there is room for all of them."""
        while self.texts:
            self.texts.pop().remove()
        squares = [(x, y, x + side, y + side) for layer in self.nodes for x, y, side in layer]
        paths = [[path.interpolated(3).vertices for path in lines.get_paths()] for lines in self.lines]
        every = np.concatenate([path for layer in paths for path in layer])
        for layer, (W, b) in enumerate(zip(parameters[::2], parameters[1::2], strict=True)):
            if W.size > 16:
                continue
            below = [np.array([[x + side / 2, y - 0.1]]) for x, y, side in self.nodes[layer + 1]]
            self.texts += labels.values(self.axes, below, [every] * len(below), b, squares, "bias ")
            along = [np.concatenate([np.add(path[4:-4], (0, up)) for up in (0, 0.1, -0.1)]) for path in paths[layer]]
            self.texts += labels.values(self.axes, along, labels.others(paths[layer]), W.ravel(), squares)
