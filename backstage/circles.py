"""A network of any number of inputs as circles: every weight is a line, blue or orange, as wide as it is large."""

from backstage import labels
from backstage.labels import GREY, sign_colour
from backstage.maps import MOST

import numpy as np


def network(figure, place, parameters, names, values=True):
    """Draw a network in a part of a figure, and return whether the biases stand in its nodes.

    place: left, bottom, width and height of the part, as shares of the figure. parameters is [W1, b1, W2, b2, …], or
    [W1, W2, …] where the last row of each W is the bias: it is drawn as a node that is always 1. names has a list of
    names for each layer of nodes, the inputs first. values: whether those of weights are written where there is room,
    and those of biases in nodes that are large.
    """
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
    draw_lines(axes, every, np.concatenate([W.ravel() for W in shown]) / largest, max(map(len, places)))
    boxes = [labels.around(node, (2 * radius, 2 * radius)) for layer in places for node in layer]
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
            labels.values(axes, inside, [labels.NOWHERE] * len(inside), parameters[2 * layer + 1], [], size=9)
        if W.size <= 24:
            along = [path[6:-6] for path in paths[layer]]
            labels.values(axes, along, labels.others(paths[layer]), W.ravel(), boxes)
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


def draw_lines(axes, paths, shares, tallest):
    """Draw weights, as shares of the largest one, in a network whose tallest layer has so many nodes."""
    from matplotlib.collections import LineCollection

    colours = [sign_colour(share) for share in np.round(shares, 9)]  # a 0 that was rounded has no sign
    widths = 0.4 + min(5, 40 / tallest) * np.abs(shares)
    axes.add_collection(LineCollection(paths, colors=colours, linewidths=widths, zorder=1))


def name_nodes(axes, nodes, names, radius, along, paths, boxes):
    """Write the names of a layer: beside the first (along 0) and the last (along 1), else where they hide least."""
    for node, name in zip(nodes, names, strict=False):
        if along in (0, 1):
            x, align = node[0] + (-1.4, 1.4)[along == 1] * radius, ("right", "left")[along == 1]
            axes.text(x, node[1], name, fontsize=11, ha=align, va="center")
            continue
        near, size = node + [[side, up] for up in (0.33, -0.33) for side in (0, 0.4, 0.7)], (len(name) / 12, 0.2)
        best = near[labels.free(near, size, np.concatenate(paths), boxes).argmax()]
        boxes.append(labels.around(best, size))
        axes.text(*best, name, fontsize=11, ha="center", va="center")
