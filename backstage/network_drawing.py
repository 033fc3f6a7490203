"""A network as a drawing: its nodes as maps or circles, its weights as lines.

With two inputs every node is a map, a small picture of what it answers over the plane of the inputs; the large map is
the answer, with the samples on it. Maps draws once what does not change; its update() changes the rest. With any other
number of inputs the nodes are circles. Every weight is a line, blue where positive, orange where negative, and as wide
as the weight is large. All places and sizes are in inches, and so are the units of the axes that are written on.
"""

import functools

from backstage.picture import BLUE, GREY, ORANGE, sign_colour

import numpy as np

NOWHERE = np.empty((0, 2))  # no points
# Of classes: none means a sign, colour-blind readers can tell all of them apart, and a black edge is seen on each.
MANY = ("#7744AA", "#77DDAA", "#EEBB44", "#116644", "#CCAAFF", "#885500", "#119999", "#779955")
MOST = 16  # nodes of a layer that are shown
STEPS = 33  # of colour: bands are easier to read than a gradual change, and make small files


@functools.cache
def colour_map(*colours, steps=17):
    """The colours between some that are given."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("", [*colours], N=steps)


def sign_map(steps=17):
    """The colours between orange (lowest), white, and blue (highest)."""
    return colour_map(ORANGE, "white", BLUE, steps=steps)


def class_colours(n_classes):
    """The colours of classes: of two those of the signs, where 1 is blue; of more none of them."""
    return (ORANGE, BLUE) if n_classes <= 2 else MANY[:n_classes]


def grid(low, high, points):
    """The points of a square, one a row (points * points, 2), to ask a network about each of them."""
    line = np.linspace(low, high, points)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def edge(x, y, size):
    """The edge of a square with a corner at x, y: the x of its five points, and the y."""
    return [x, x + size, x + size, x, x], [y, y, y + size, y + size, y]


def outline(axes, x, y, size, **line):
    """Draw the edge of a square with a corner at x, y; made straight, which takes less time than plot."""
    from matplotlib.lines import Line2D

    axes.add_line(Line2D(*edge(x, y, size), **line))


def smooth_lines(starts, ends, points=24):
    """A line from the right of each of the starts to the left of each of the ends, level at both, to put on axes."""
    from matplotlib.collections import LineCollection

    along = np.linspace(0, 1, points)[:, np.newaxis]
    rise = along**2 * (3 - 2 * along)
    pairs = [(start, end) for start in starts for end in ends]
    lines = [np.hstack([x0 + (x1 - x0) * along, y0 + (y1 - y0) * rise]) for (x0, y0), (x1, y1) in pairs]
    return LineCollection(lines, zorder=1)


def show_weights(lines, shares, widest):
    """Give lines the colours of weights and their widths; shares: the weights as shares of the largest one."""
    shares = np.round(shares, 9)  # a 0 that was rounded has no sign
    lines.set_linewidths(0.4 + widest * np.abs(shares))
    lines.set_colors([sign_colour(share) for share in shares])


def empty_image(axes, x, y, side):
    """An image with nothing on it yet; made straight, which takes a third of the time of imshow."""
    from matplotlib.image import AxesImage

    how = {"extent": (x, x + side, y, y + side), "origin": "lower", "interpolation": "bilinear", "zorder": 2}
    image = AxesImage(axes, cmap=sign_map(STEPS), **how)
    image.set_data(np.zeros((2, 2)))
    image.set_clip_path(axes.patch)
    return axes.add_image(image)


def likeliest(answers):
    """The colours (…, 3) of what several outputs, answers (…, classes), say: the paler the less sure.

    The surest are still paler than samples of the same class. All are colours of the outputs' own maps, too.
    """
    from matplotlib.colors import to_rgb

    n_classes = answers.shape[-1]
    colours = np.array([to_rgb(colour) for colour in class_colours(n_classes)])
    sure = (answers.max(axis=-1, keepdims=True) - 1 / n_classes) / (1 - 1 / n_classes)
    return 1 + np.round(10 * np.clip(sure, 0, 1)) / 16 * (colours[answers.argmax(axis=-1)] - 1)


def finer(values, times=3):
    """Values on a grid (points, points, …) with others between them, so that a border between two is a smooth line."""
    for _ in range(2):  # downwards, then across
        places = np.arange(times * (len(values) - 1) + 1) / times
        before, share = places.astype(int), (places % 1).reshape(-1, *[1] * (values.ndim - 1))
        after = np.minimum(before + 1, len(values) - 1)
        values = np.swapaxes((1 - share) * values[before] + share * values[after], 0, 1)
    return values


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
                image.set_cmap(colour_map("white", colour))
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
        outline(self.axes, x, y, side, color=GREY, linewidth=0.8, zorder=3)
        return empty_image(self.axes, x, y, side)

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
        """How far from a layer's middle value its colour is full; in a hidden layer it may be further."""
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
            self.large.set_data(likeliest(finer(answers[-1].reshape(self.points, self.points, -1))))
        for lines, W in zip(self.lines, parameters[::2], strict=True):
            shown = np.round(W[:MOST, :MOST].ravel(), 4)  # as they are written: a 0 there has no sign here
            show_weights(lines, shown / max(np.abs(W).max(), 1e-9), 6 if shown.size <= 32 else 4)
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
            self.texts += write_values(self.axes, below, [every] * len(below), b, squares, "bias ")
            along = [np.concatenate([np.add(path[4:-4], (0, up)) for up in (0, 0.1, -0.1)]) for path in paths[layer]]
            self.texts += write_values(self.axes, along, others(paths[layer]), W.ravel(), squares)


def circles(figure, place, parameters, names, values=True):
    """Draw a network in a part of a figure, and return whether the biases stand in its nodes.

    place: left, bottom, width and height of the part, as shares of the figure. parameters is [W1, b1, W2, b2, …], or
    [W1, W2, …] where the last row of each W is the bias: it is drawn as a node that is always 1. names has a list of
    names for each layer of nodes, the inputs first. values: whether those of weights are written where there is room,
    and those of biases in nodes that are large.
    """
    from matplotlib.collections import LineCollection

    axes, (wide, high) = figure.add_axes(place), np.multiply(place[2:], figure.get_size_inches())
    axes.set(xlim=(0, wide), ylim=(0, high))  # inches
    axes.axis("off")
    separate = np.ndim(parameters[1]) == 1
    weights = parameters[::2] if separate else parameters
    sizes = [len(W) for W in weights] + [weights[-1].shape[1]]
    room = [0.25 + 0.1 * max(map(len, names[end])) for end in (0, -1)]
    places, radius = layout([min(size, MOST) for size in sizes], wide, high, room)
    shown = [W[:MOST, :MOST] for W in weights]
    paths = [
        [np.linspace(start, end, 60) for start in starts for end in ends[: W.shape[1]]]
        for W, starts, ends in zip(shown, places, places[1:], strict=False)
    ]
    every, largest = [path for layer in paths for path in layer], max(0.01, *(np.abs(W).max() for W in weights))
    lines = axes.add_collection(LineCollection(every, zorder=1))
    show_weights(lines, np.concatenate([W.ravel() for W in shown]) / largest, min(5, 40 / max(map(len, places))))
    boxes = [around(node, (2 * radius, 2 * radius)) for layer in places for node in layer]
    boxes += [[-1, high, wide + 1, high + 1], [-1, -1, wide + 1, 0]]  # above and below the axes
    for layer, nodes in enumerate(places):
        axes.scatter(*np.transpose(nodes), s=(144 * radius) ** 2, c="white", edgecolors=GREY, zorder=2)
        if not separate and layer < len(weights):
            axes.text(*nodes[-1], "1", ha="center", va="center")
        if sizes[layer] > MOST:
            x, y = nodes[-1] - (0, radius + 0.03)
            axes.text(x, y, f"{MOST} of {sizes[layer]}", ha="center", va="top", fontsize=10, color=GREY)
        name_nodes(axes, nodes, names[layer], radius, layer / len(weights), every, boxes)
    biases = separate and values and radius > 0.2
    for layer, W in enumerate(shown if values else ()):
        if biases:
            inside = [node[np.newaxis] for node in places[layer + 1]]  # where there is always room
            write_values(axes, inside, [NOWHERE] * len(inside), parameters[2 * layer + 1], [], size=9)
        if W.size <= 24:
            along = [path[6:-6] for path in paths[layer]]
            write_values(axes, along, others(paths[layer]), W.ravel(), boxes)
    return biases


def layout(sizes, wide, high, room):
    """The places of the nodes, in layers, and their radius, in inches. room: beside the first and the last layer."""
    pitches = [min(1.0, (high - 0.75) / max(n - 1, (max(sizes) - 1) / 1.6, 1)) for n in sizes]  # of small layers larger
    columns = np.linspace(room[0], wide - room[1], len(sizes))
    places = [
        [np.array([x, high / 2 + ((n - 1) / 2 - i) * pitch]) for i in range(n)]
        for x, n, pitch in zip(columns, sizes, pitches, strict=True)
    ]
    return places, min(0.22, 0.38 * min(pitches))


def name_nodes(axes, nodes, names, radius, along, paths, boxes):
    """Write the names of a layer: beside the first (along 0) and the last (along 1), else where they hide least."""
    for node, name in zip(nodes, names, strict=False):
        if along in (0, 1):
            x, align = node[0] + (-1.4, 1.4)[along == 1] * radius, ("right", "left")[along == 1]
            axes.text(x, node[1], name, fontsize=11, ha=align, va="center")
            continue
        near, size = node + [[side, up] for up in (0.33, -0.33) for side in (0, 0.4, 0.7)], (len(name) / 12, 0.2)
        best = near[free(near, size, np.concatenate(paths), boxes).argmax()]
        boxes.append(around(best, size))
        axes.text(*best, name, fontsize=11, ha="center", va="center")


def around(middle, size):
    """The box (left, bottom, right, top) of a size (width, height) around a point."""
    return [*(middle - np.divide(size, 2)), *(middle + np.divide(size, 2))]


def free(places, size, points, boxes):
    """How far a label of a size (width, height) is from points and boxes, with its middle at each of places (n, 2)."""
    gaps = [(np.abs(places[:, np.newaxis] - points) - np.divide(size, 2)).max(axis=2).min(axis=1, initial=np.inf)]
    for left, bottom, right, top in boxes:
        middle, both = ((left + right) / 2, (bottom + top) / 2), np.add(size, (right - left, top - bottom)) / 2
        gaps.append((np.abs(places - middle) - both).max(axis=1))
    return np.min(gaps, axis=0)


def room(labels, boxes):
    """A place for each of the labels, at the same step of its own for all of them if that can be; [] if one has none.

    labels: for each the places (n, 2) of its middle that are good, its size, and points (m, 2) that it must not hide.
    boxes (left, bottom, right, top) stay free as well, and so do the other labels.
    """
    clear = [free(places, size, points, boxes) for places, size, points in labels]
    for gap in (0.06, 0.01):
        for step in [*np.flatnonzero(np.min(clear, axis=0) >= gap), None]:  # None: each its own
            found, taken = [], []
            for (places, size, _), gaps in zip(labels, clear, strict=True):
                chosen = slice(None) if step is None else slice(step, step + 1)
                gaps = np.minimum(gaps[chosen], free(places[chosen], size, NOWHERE, taken))
                if gaps.max() < gap:
                    break
                found.append(places[chosen][gaps.argmax()])
                taken.append(around(found[-1], size))
            else:
                return found
    return []


def others(paths):
    """For each of the paths (points, 2) the points of all others."""
    return [np.concatenate([NOWHERE, *paths[:i], *paths[i + 1 :]]) for i in range(len(paths))]


def write_values(axes, places, hidden, numbers, boxes, name="", size=10):
    """Write numbers in the colours of their signs on axes in inches, and return the texts: none if one has no room.

    places, hidden: for each number the places that are good for it, and the points that it must not hide. boxes get
    those of the texts.
    """
    numbers = [round(number, 4) + 0 for number in numbers]
    words = [f"{name}{round(n, 2) if abs(n) < 1 else n:+.{3 if abs(n) >= 99.5 else 2}g}" for n in numbers]
    sizes = [(0.63 * size * len(text) / 72, 1.1 * size / 72) for text in words]  # about, in inches
    found = room(list(zip(places, sizes, hidden, strict=True)), boxes)
    boxes += [around(place, size) for place, size in zip(found, sizes, strict=False)]
    how = {"ha": "center", "va": "center", "fontsize": size, "zorder": 5}
    patch = {"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none"}
    return [
        axes.text(*place, text, color=sign_colour(number), bbox=patch, **how)
        for place, text, number in zip(found, words, numbers, strict=False)
    ]
