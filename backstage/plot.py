"""What is on the pictures. Blue is positive, orange negative, everywhere.

A function here that takes neither a figure nor axes gives what picture.show takes: a draw(figure) or, for a training,
a draw(figure, parameters, curves, epoch). forward is always forward(X, parameters), which gives z1, a1, z2, a2, ….
"""

import textwrap

from backstage import maps, report
from backstage.maps import BLUE, GREY, ORANGE, grid, outline, sign_colour, sign_map

import numpy as np

CLASSES = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F", "#595959")
MARKERS = "os^Dv<>P"
AS_MAPS = (0.01, 0.03, 0.72, 0.94)  # the part of a picture where a network is drawn as maps; its loss stands beside
PIXELS = ("top left", "top right", "bottom left", "bottom right")


def network(axes, parameters, names=()):
    """Draw a network: a line for every weight, blue if positive, orange if negative, wider if larger.

    parameters is [W1, b1, W2, b2, …], or [W1, W2, …] where the last row of each W is the bias: it is drawn
    as a node that is always 1. names has a list of names for each layer of nodes, the inputs first.
    The values are written where they fit.
    """
    from matplotlib.collections import LineCollection

    separate = np.ndim(parameters[1]) == 1
    weights, biases = (parameters[::2], parameters[1::2]) if separate else (parameters, None)
    sizes = [len(W) for W in weights] + [weights[-1].shape[1]]
    tall, largest = max(sizes), max(0.01, *(np.abs(W).max() for W in weights))
    gap = [tall / max(n, tall / 1.6) for n in sizes]  # small layers are spread, but not over everything
    places = [[(x, ((n - 1) / 2 - i) * gap[x]) for i in range(n)] for x, n in enumerate(sizes)]
    few = tall <= 6
    for layer, W in enumerate(weights):
        lines = [(places[layer][i], places[layer + 1][j]) for i, j in np.ndindex(W.shape)]
        widths = [0.3 + min(5, 25 / tall) * abs(w) / largest for w in W.flat]
        axes.add_collection(
            LineCollection(lines, colors=[sign_colour(w) for w in W.flat], linewidths=widths, alpha=0.8, zorder=1)
        )
        if W.size <= 12:
            for (i, j), (start, end), w in zip(np.ndindex(W.shape), lines, W.flat, strict=True):
                stagger = (j + (i % 2) / 2) / W.shape[1]  # so that values do not meet
                along = (0.4 if layer else 0.22) + 0.5 * stagger
                x, y = np.add(np.multiply(start, 1 - along), np.multiply(end, along))
                note(axes, x, y, f"{round(w, 4) + 0:.3g}", sign_colour(w))
    for layer, nodes in enumerate(places):
        axes.scatter(*np.transpose(nodes), s=min(500, 5000 / tall), c="white", edgecolors=GREY, zorder=2)
        before = weights[layer - 1].shape[1] if layer else sizes[0] - (biases is None)
        for i, (x, y) in enumerate(nodes):
            if i >= before:
                axes.text(x, y, "1", ha="center", va="center", fontsize=10, zorder=3)
            elif layer and separate and few:
                bias = biases[layer - 1][i]
                note(axes, x, y - 0.045 * tall - 0.14, f"{round(bias, 4) + 0:+.3g}", sign_colour(bias))
    last = len(places) - 1
    for layer, labels in enumerate(names):
        for (x, y), name in zip(places[layer], labels, strict=False):
            if layer in (0, last):
                side, align = (-16, "right") if layer == 0 else (16, "left")
                axes.annotate(name, (x, y), (side, 0), textcoords="offset points", ha=align, va="center")
            else:
                note(axes, x, y + 0.045 * tall + 0.18, name)
    axes.set(xlim=(-0.15, last + 0.15), ylim=(-tall / 2 - 0.1, tall / 2 + 0.1))
    axes.axis("off")


def templates(parameters):
    """The network with weights set by hand, which looks for vertical lines."""

    def draw(figure):
        names = [PIXELS, ["line on the left", "line on the right"], ["a line"]]
        network(figure.add_axes([0.14, 0.02, 0.76, 0.96]), parameters, names)

    return draw


def note(axes, x, y, text, colour="black"):
    """Write a small text on a white patch, centred on the point."""
    patch = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    axes.text(x, y, text, ha="center", va="center", fontsize=9, color=colour, bbox=patch, zorder=3)


def learning_curve(axes, curves, epoch=None, what="loss: mean squared error"):
    """Draw losses on a log axis up to an epoch; curves is a dictionary of them by name, all but the first dashed."""
    losses = next(iter(curves.values()))
    epoch = epoch or len(losses)
    for (name, values), colour in zip(curves.items(), (BLUE, GREY), strict=False):
        style = {"linestyle": "-"} if values is losses else {"linestyle": "--", "linewidth": 1.5}
        axes.plot(np.arange(1, epoch + 1), np.maximum(values[:epoch], 1e-300), color=colour, label=name, **style)
    if len(curves) > 1:
        axes.legend(frameon=False)
    axes.set(yscale="log", xlabel="epoch", ylabel=what)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.set_xlim(0, len(losses) + 1)
    low, high = max(min(map(min, curves.values())), 1e-300), max(1e-300, *map(max, curves.values()))
    axes.set_ylim(min(0.7 * low, high / 10), 1.5 * high)
    if len(losses) > epoch:
        axes.plot(epoch, losses[epoch - 1], "o", color=BLUE)
    axes.set_title(f"epoch {epoch}: loss {losses[epoch - 1]:.2g}")


def approximation(forward, X, Y, x=None, y=None):
    """A network that approximates a function of one variable: the curve, what is left, and the loss.

    x and y are X and Y before they were scaled, if they were. The share of each hidden node is drawn as a thin line.
    """
    x, y = (X, Y) if x is None else (x, y)
    scale = y.std() / (Y.std() or 1)

    def unscaled(values):
        return y.mean() + scale * (values - Y.mean())

    def draw(figure, parameters, curves, epoch):
        answers = forward(X, parameters)
        predicted = unscaled(answers[-1])
        upper, lower = figure.add_axes([0.09, 0.42, 0.5, 0.5]), figure.add_axes([0.09, 0.11, 0.5, 0.2])
        if len(parameters) > 2:
            shares = answers[1] * parameters[2].T  # (samples, hidden)
            lines = upper.plot(x, unscaled(shares), color=ORANGE, linewidth=1, alpha=0.6)
            lines[0].set_label("share of a hidden node")
        upper.plot(x, y, color=GREY, linewidth=6, alpha=0.35, label="target")
        upper.plot(x, predicted, color=BLUE, label="network")
        room = 0.25 * np.ptp(y) + 1e-9
        upper.set(ylabel="y", ylim=(np.min(y) - room, np.max(y) + room), title="target and network")
        upper.legend(frameon=False, fontsize=10)
        lower.axhline(0, color=GREY, linewidth=1)
        lower.plot(x, predicted - y, color=ORANGE, linewidth=1.5)
        reach = 10 ** np.ceil(np.log10(np.abs(predicted - y).max() + 1e-300))  # in tens, so that it seldom changes
        lower.set(xlabel="x", ylabel="error", ylim=(-reach, reach), yticks=[-reach, 0, reach])
        lower.yaxis.set_major_formatter("{x:g}")
        lower.yaxis.set_label_coords(-0.14, 0.5)
        learning_curve(figure.add_axes([0.72, 0.11, 0.26, 0.81]), curves, epoch)

    return draw


def labelled_images(forward, X):
    """The loss, and fresh 2x2 images X (16, 4) with the four outputs as bars beside each."""

    def draw(figure, parameters, curves, epoch):
        learning_curve(figure.add_axes([0.09, 0.11, 0.27, 0.8]), curves, epoch, "loss: cross-entropy")
        axes = figure.add_axes([0.4, 0.02, 0.59, 0.96])
        draw_images(axes, X, 4, wide=2.2)
        for i, output in enumerate(forward(X, parameters)[-1]):
            x, y = 2.2 * (i % 4) + 1.05, -1.35 * (i // 4)
            places = x + 0.2 * np.arange(4)
            axes.plot([x, x + 0.8], [y, y], color=GREY, linewidth=1)
            axes.bar(places + 0.1, output, 0.16, y, color=[BLUE if value >= 0.5 else GREY for value in output])
            for place, letter in zip(places, "shvd", strict=True):
                axes.text(place + 0.1, y - 0.04, letter, ha="center", va="top", fontsize=10)

    return draw


def images(figure, X, titles):
    """Draw 2x2 images X (samples, 4) in rows of eight, each with its title under it."""
    axes = figure.add_axes([0.01, 0.01, 0.98, 0.98])
    draw_images(axes, X, 8, wide=1.15)
    for i, title in enumerate(titles):
        axes.text(1.15 * (i % 8) + 0.45, -1.35 * (i // 8) - 0.07, title, ha="center", va="top", fontsize=11)


def draw_images(axes, X, columns, wide):
    """Draw 2x2 images X (samples, 4) of size 0.9 in rows, one for every wide, the first row at y = 0."""
    for i, pixels in enumerate(X):
        x, y = wide * (i % columns), -1.35 * (i // columns)
        extent = (x, x + 0.9, y, y + 0.9)
        axes.imshow(pixels.reshape(2, 2), extent=extent, cmap="Greys", vmin=0, vmax=1)
        outline(axes, x, y, 0.9, color="black", linewidth=1)
    rows = -(-len(X) // columns)
    axes.set(xlim=(-0.05, wide * columns - 0.2), ylim=(-1.35 * (rows - 1) - 0.4, 0.95))
    axes.axis("off")


def truth_table(forward, Y, loss="mean squared error"):
    """A network trained on a truth table; with two inputs as maps.

    The points are blue where the target, in Y (samples, 1), is 1, and orange where it is 0; loss is its name.
    """

    def draw(figure, parameters, curves, epoch):
        n_inputs = len(parameters[0])
        if n_inputs != 2:
            names = [[f"input {i + 1}" for i in range(n_inputs)]] + [[]] * (len(parameters) // 2 - 1) + [["output"]]
            network(figure.add_axes([0.1, 0.03, 0.42, 0.94]), parameters, names)
            learning_curve(figure.add_axes([0.7, 0.14, 0.27, 0.74]), curves, epoch, f"loss: {loss}")
            return
        corners = grid(0, 1, points=2)[[0, 2, 1, 3]]  # the truth table counts the last input up first
        if len(parameters) == 2:
            figure.set_size_inches(10, 4.5)
        ended = epoch == len(next(iter(curves.values())))  # while it moves, numbers would flicker
        drawn = as_maps(figure, forward, parameters, (corners, Y), (-0.25, 1.25), values=ended)
        if len(parameters) == 2:
            apart = maps.right(forward(corners, parameters)[-1], Y).all()
            drawn.title.set_text("the line found" if apart else "no line separates the colours")
        loss_beside(figure, drawn, curves, epoch, f"loss: {loss}")

    return draw


def as_maps(figure, forward, parameters, samples, ends, values=False):
    """Draw a network with two inputs as maps, and leave room at the right; returns the maps.Maps.

    samples: a pair X (samples, 2), Y (samples, outputs), on the answer. ends: the lowest and the highest value of the
    inputs. values: whether those of the weights are written.
    """
    X, Y = samples
    shape = [2, *(len(b) for b in parameters[1::2])]
    middles = maps.middles(forward, shape, ends)
    drawn = maps.Maps(figure, AS_MAPS, shape, ["input 1", "input 2"], ends, middles, values)
    drawn.mark(X, Y, on_nodes=len(X) <= 16)
    answers = [drawn.grid, *forward(drawn.grid, parameters)[1::2]]
    drawn.update(parameters, answers, [forward(X, parameters)[-1]])
    return drawn


def loss_beside(figure, drawn, curves, epoch, what):
    """The learning curve in a narrow form, as high as the answer at its left."""
    _, y, side = drawn.answer
    high = figure.get_size_inches()[1]
    axes = figure.add_axes([0.835, AS_MAPS[1] + y / high, 0.13, side / high])
    learning_curve(axes, curves, epoch, what)
    axes.set_title(axes.get_title().replace(": ", ":\n"))
    axes.set_xticks([0, len(next(iter(curves.values())))])
    axes.tick_params(labelsize=10)
    axes.yaxis.set_label_coords(-0.52, 0.5)  # in one place, however long the numbers are


def worked_example(named):
    """The 2-2-2 network of worked_example.py: forward values in blue, derivatives flowing back in orange."""

    def draw(figure):
        axes = figure.add_axes([0, 0, 1, 0.93])
        places = {f"{kind}{i}": (x, 1.5 * (2 - i)) for x, kind in enumerate(("x", "h", "o")) for i in (1, 2)}
        edges = [(f"{a}{i}", f"{b}{j}") for a, b in ("xh", "ho") for j in (1, 2) for i in (1, 2)]
        for i, (start, end) in enumerate(edges, start=1):
            (x0, y0), (x1, y1) = places[start], places[end]
            rise = y1 - y0
            axes.plot([x0, x1], [y0, y1], color=GREY, linewidth=1, zorder=1)
            arrows = ((x1, y1, -1, BLUE), (x0, y0, 1, ORANGE))  # forward arrives at the end, back at the start
            for x, y, way, colour in arrows:
                tip, tail = ((x + way * far, y + way * far * rise) for far in (0.09, 0.2))
                axes.annotate("", tip, tail, arrowprops={"arrowstyle": "->", "color": colour, "lw": 2})
            along = 0.36 if y0 == y1 else 0.3
            x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
            note(axes, x, y + 0.07, f"w{i} = {named[f'w{i}']:.3g}", BLUE)
            note(axes, x, y - 0.07, f"dw{i} = {named[f'dw{i}']:.3g}", ORANGE)
        for name, (x, y) in places.items():
            axes.scatter(x, y, s=1400, c="white", edgecolors=GREY, zorder=2)
            axes.text(x, y, name, ha="center", va="center", zorder=3)
            value = named[name] if name[0] == "x" else named[f"a_{name}"]
            note(axes, x, y + 0.24, f"{'' if name[0] == 'x' else 'a = '}{value:.4g}", BLUE)
            if name[0] != "x":
                note(axes, x, y - 0.24, f"dz = {named[f'dz_{name}']:.3g}", ORANGE)
        words = f"forward: values (blue)      back: derivatives of the loss E = {named['E']:.4g} (orange)"
        figure.text(0.5, 0.97, words, ha="center", va="top")
        axes.set(xlim=(-0.2, 2.25), ylim=(-0.45, 1.9))
        axes.axis("off")

    return draw


def tape(rows):
    """The steps from the weights to a loss in two columns, each with its derivative, and with arcs inside a column.

    rows: number, how it was made, value, derivative, and the numbers of what it was made from.
    """

    def draw(figure):
        half = (len(rows) + 1) // 2
        for column, part in enumerate((rows[:half], rows[half:])):
            axes = figure.add_axes([0.5 * column, 0.02, 0.5, 0.9])
            places = {row[0]: -i for i, row in enumerate(part)}
            for number, made, _, gradient, sources in part:
                y = places[number]
                axes.text(0, y, f"#{number}  {made}", va="center", color=BLUE)
                axes.text(0.98, y, report.three_digits(gradient), va="center", ha="right", color=ORANGE)
                for start in (places[source] for source in sources if source in places):
                    turn = np.linspace(0, np.pi, 30)
                    wide = 0.04 + 0.015 * abs(y - start)
                    axes.plot(
                        -0.03 - wide * np.sin(turn), (y + start) / 2 + (start - y) / 2 * np.cos(turn), color=GREY, lw=1
                    )
            axes.set(xlim=(-0.3, 1), ylim=(0.7 - half, 0.7))
            axes.axis("off")
        words = "forward, from 1 on: how it was made (blue)      back, to 1: the derivative of the loss (orange)"
        figure.text(0.5, 0.97, words, ha="center", va="top")

    return draw


def mistakes(rows):
    """The rows (mistake, relative error, [share learnt with 2, with 4 hidden nodes]) of gradient_check.py as bars."""

    def draw(figure):
        upwards = rows[::-1]  # the first row on top
        left = figure.add_axes([0.33, 0.13, 0.3, 0.78])
        names, errors = [textwrap.fill(row[0], 27) for row in upwards], [row[1] for row in upwards]
        left.barh(names, errors, left=1e-12, color=[BLUE if error < 1e-7 else ORANGE for error in errors])
        left.axvline(1e-7, color=GREY, linewidth=1)
        left.text(1e-7, len(rows) - 0.3, " 1e-7", fontsize=10)
        left.set(xscale="log", xlim=(1e-12, 2), xlabel="relative error of the gradient", title="what the check says")
        if not rows[0][2]:
            return
        axes = figure.add_axes([0.68, 0.13, 0.29, 0.78])
        places = np.arange(len(rows))
        for i, (nodes, shift, colour) in enumerate(((2, 0.2, CLASSES[5]), (4, -0.2, BLUE))):
            shares = [100 * row[2][i] for row in upwards]
            axes.barh(places + shift, shares, height=0.38, color=colour, label=f"{nodes} hidden")
        axes.set(yticks=[], xlim=(0, 104), ylim=(-0.6, len(rows) + 0.5), xlabel="networks that learn XOR, percent")
        axes.set_title("what training says")
        axes.legend(frameon=False, fontsize=10, ncols=2, loc="upper right")
        left.set_ylim(-0.6, len(rows) + 0.5)

    return draw


def reliability(rows):
    """The rows (hidden nodes, scale of the first weights, share solved) of reliability.py."""

    def draw(figure):
        left, right = figure.subplots(1, 2, sharey=True)
        shares = {(nodes, scale): 100 * share for nodes, scale, share in rows}
        nodes = sorted({nodes for nodes, _ in shares})
        scales = sorted({scale for _, scale in shares})
        left.bar(nodes, [shares[n, 0.5] for n in nodes], color=[BLUE if n in (2, 4) else CLASSES[5] for n in nodes])
        left.set(xticks=nodes, xlabel="hidden nodes", ylabel="seeds solved, percent", title="more nodes help")
        for n, marker in ((4, "o-"), (2, "s--")):
            right.plot(scales, [shares[n, scale] for scale in scales], marker, color=BLUE, label=f"{n} hidden nodes")
        right.set(xscale="log", xlabel="scale of the first weights", ylim=(0, 105))
        right.set_title("so do weights of medium size")
        right.legend(frameon=False)

    return draw


def classes(forward, training, test=None):
    """A network that tells classes apart, as maps, with the samples of the test, or else of the training; the losses.

    training and test are pairs X (samples, 2), Y (samples, classes).
    """
    X, Y = test or training
    every = np.concatenate([training[0], X])
    middle = every.mean().round(1)
    reach = 1.05 * np.abs(every - middle).max()

    def draw(figure, parameters, curves, epoch):
        drawn = as_maps(figure, forward, parameters, (X[:1000], Y[:1000]), (middle - reach, middle + reach))
        drawn.title.set_text("the answer, and the test set" if test else "the answer")
        loss_beside(figure, drawn, curves, epoch, "loss: cross-entropy")

    return draw


def squares(axes, images, columns, titles=(), signed=False):
    """Draw square images (n, side, side) in rows, each with its title under it.

    They are ink, from -1 (white) to 1 (black), or signed: weights, blue where positive, orange where negative, the
    strongest of each image in full colour.
    """
    high = 1.3 if len(titles) else 1.1
    for i, image in enumerate(images):
        x, y = 1.1 * (i % columns), -high * (i // columns)
        most = np.abs(image).max() or 1 if signed else 1
        cmap = sign_map() if signed else "Greys"
        axes.imshow(image, extent=(x, x + 1, y, y + 1), cmap=cmap, vmin=-most, vmax=most)
        outline(axes, x, y, 1, color=GREY, linewidth=0.5)
    for i, title in enumerate(titles):
        axes.text(1.1 * (i % columns) + 0.5, -high * (i // columns) - 0.03, title, ha="center", va="top", fontsize=10)
    rows = -(-len(images) // columns)
    axes.set(xlim=(-0.02, 1.1 * columns - 0.08), ylim=(-high * (rows - 1) - high + 0.98, 1.02), anchor="N")
    axes.axis("off")


def digits(forward, template, X, Y, loss):
    """The template set by hand, those of the first hidden nodes, the test images that went wrong, and the losses.

    template (2, 2); X (samples, 64), from -1 to 1, and Y (samples, 10): the test images. loss: its name.
    """

    def draw(figure, parameters, curves, epoch):
        axes = figure.add_axes([0.1, 0.65, 0.2, 0.25])
        squares(axes, [template], 1, signed=True)
        axes.set_title("set by hand")
        learning_curve(figure.add_axes([0.1, 0.1, 0.21, 0.44]), curves, epoch, loss)
        axes = figure.add_axes([0.35, 0.02, 0.36, 0.88])
        squares(axes, parameters[0].T[:20].reshape(-1, 8, 8), 4, signed=True)
        axes.set_title(f"learnt: {min(20, len(parameters[1]))} of {len(parameters[1])} hidden nodes")
        wrong_digits(figure.add_axes([0.75, 0.02, 0.24, 0.88]), X, Y, forward(X, parameters)[-1], 5, 3)

    return draw


def wrong_digits(axes, X, Y, outputs, rows, columns):
    """Draw the first of the test images that went wrong, with what the network says; X, Y and outputs as in digits."""
    said, actual = outputs.argmax(axis=1), Y.argmax(axis=1)
    wrong = np.flatnonzero(said != actual)
    shown = wrong[: rows * columns]
    squares(axes, X[shown].reshape(-1, 8, 8), columns, [f"{actual[i]} as {said[i]}" for i in shown])
    axes.set_title(f"wrong: {len(wrong)} of {len(X)}{', the first:' if len(wrong) > len(shown) else ''}")


def convolution(forward, X, Y, loss):
    """The first test image with what the first kernels see in it, the losses, and the test images that went wrong.

    X (samples, 64), from -1 to 1, and Y (samples, 10): the test images. loss: its name.
    """

    def draw(figure, parameters, curves, epoch):
        answers = forward(X, parameters)
        axes = figure.add_axes([0.1, 0.61, 0.21, 0.29])
        squares(axes, X[:1].reshape(1, 8, 8), 1)
        axes.set_title("an image")
        learning_curve(figure.add_axes([0.1, 0.1, 0.21, 0.39]), curves, epoch, loss)
        kernels, maps = (np.moveaxis(array, -1, 0)[:16] for array in (parameters[0], answers[1][0]))
        for column in range(4):
            axes = figure.add_axes([0.36 + 0.16 * column, 0.26, 0.14, 0.64])
            numbers = range(len(kernels))[column::4]
            pairs = [image for i in numbers for image in (kernels[i], maps[i])]
            titles = [words for i in numbers for words in (f"kernel {i + 1}", f"up to {maps[i].max():.1f}")]
            squares(axes, pairs, 2, titles, signed=True)
        words = f"{len(kernels)} of {len(parameters[1])} kernels, each with what it sees in the image"
        figure.text(0.67, 0.92, words, ha="center", fontsize=13)
        wrong_digits(figure.add_axes([0.36, 0.0, 0.62, 0.18]), X, Y, answers[-1], 1, 8)

    return draw


def sliding(image, template, scores, threshold):
    """A template that slides over an image, and its scores at the positions passed so far, the last one included.

    image (pixels, pixels), template (size, size), scores (positions, positions). draw takes the number of the position.
    """

    def draw(figure, position):
        figure.set_size_inches(10, 4.6)
        row, column = divmod(position, len(scores))
        passed = np.arange(scores.size).reshape(scores.shape) <= position
        panels = [
            ("the image", image, "Greys", (0, 1), [0.02, 0.04, 0.4, 0.84]),
            ("the template", template, sign_map(), (-1, 1), [0.44, 0.4, 0.12, 0.48]),
            ("its score at each position", np.where(passed, scores, 0), sign_map(), (-2, 2), [0.58, 0.04, 0.4, 0.84]),
        ]
        for title, values, colours, (low, high), place in panels:
            axes = figure.add_axes(place, anchor="N")
            size = len(values)
            axes.imshow(values, cmap=colours, vmin=low, vmax=high, extent=(0, size, size, 0))
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
            axes.spines[:].set_color(GREY)
            if values is not template:
                wide = len(template) if values is image else 1
                outline(axes, column, row, wide, color=CLASSES[2], linewidth=4)  # the position
        fired = np.argwhere(passed & (scores >= threshold)) + 0.5
        axes.plot(fired[:, 1], fired[:, 0], "o", color="white")
        score = scores[row, column]
        words = f"score {score:.2f}: it fires" if score >= threshold else f"score {score:.2f}"
        figure.text(0.5, 0.35, words, ha="center", va="center")
        figure.text(0.5, 0.22, f"dots: it fires,\nfrom {threshold:g} on", ha="center", va="center", color=GREY)

    return draw


def your_data(curves, outputs, Y, table):
    """The losses, and the test rows: a confusion table for classes, else the output against the target."""

    def draw(figure):
        axes = figure.add_axes([0.09, 0.12, 0.33, 0.78])
        learning_curve(axes, curves, what="loss")
        axes = figure.add_axes([0.56, 0.16, 0.42, 0.72])
        if table.classes:
            n_classes = len(table.classes)
            counts = np.zeros((n_classes, n_classes), dtype=int)
            np.add.at(counts, (Y.argmax(axis=1), outputs.argmax(axis=1)), 1)
            axes.imshow(counts, cmap="Blues", vmax=1.3 * counts.max())
            if n_classes <= 12:
                for (i, j), count in np.ndenumerate(counts):
                    axes.text(j, i, count, ha="center", va="center")
                axes.set_xticks(range(n_classes), table.classes, rotation=20 if n_classes > 3 else 0)
                axes.set_yticks(range(n_classes), table.classes, rotation=90 if n_classes < 5 else 0, va="center")
            axes.set(xlabel="taken for", ylabel="actual class", title="test rows")
        else:
            axes.scatter(Y, outputs, s=14, color=BLUE, alpha=0.6)
            ends = [min(Y.min(), outputs.min()), max(Y.max(), outputs.max())]
            axes.plot(ends, ends, color=GREY, linewidth=1)
            axes.set(xlabel=f"{table.target}, actual", ylabel="network", title="test rows")

    return draw


def activations(functions):
    """Activations (blue) with their derivatives (orange, dashed)."""

    def draw(figure):
        figure.set_size_inches(10, 5)
        z = np.linspace(-4, 4, 401)
        for i, function in enumerate(functions):
            axes = figure.add_axes([0.05 + 0.24 * (i % 4), 0.56 - 0.48 * (i // 4), 0.2, 0.36])
            a = function(z)
            axes.axhline(0, color=GREY, linewidth=0.5)
            axes.plot(z, a, color=BLUE)
            axes.plot(z, function.derivative(z, a), "--", color=ORANGE)
            axes.set(title=function.__name__, ylim=(-1.3, 2.2), xticks=[-4, 0, 4], yticks=[-1, 0, 1, 2])
            axes.tick_params(labelsize=10)
        words = "z, from -4 to 4        solid: the activation a        dashed: its derivative da/dz"
        figure.text(0.5, 0.005, words, ha="center")

    return draw


def datasets(X, grey, labels):
    """The sixteen images, black and white above, grey below."""

    def draw(figure):
        figure.set_size_inches(10, 6.4)
        upper, lower = figure.subfigures(2, 1)
        images(upper, X, labels)
        images(lower, grey, labels)

    return draw
