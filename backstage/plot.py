"""What is on the pictures. Blue is positive, orange negative, everywhere.

Every function here without a figure or axes, except looks_of and round_up, gives what picture.show takes: a
draw(figure) or, for a training, a draw(figure, parameters, curves, epoch). forward is always forward(X, parameters),
which gives z1, a1, z2, a2, ….
"""

import textwrap
from itertools import pairwise

from backstage import network_drawing, report
from backstage.network_drawing import grid, outline, sign_map
from backstage.picture import BLUE, GREY, INK, ORANGE, SIGNS, WRONG, key, sign_colour

import numpy as np

BESIDE = (0.835, 0.21, 0.135, 0.71)
AS_MAPS = (0.005, 0.11, 0.695, 0.88)  # the part of a picture where a network is drawn; its loss stands beside
PIXELS = ("top left", "top right", "bottom left", "bottom right")
PALE, MIDDLE, GREEN = "#C8C8C8", "#8C8C8C", "#009E73"
LONG = 2000  # epochs: the axis of a longer training is logarithmic, as most happens at its start
WEIGHTS = "weights", SIGNS
LOSSES = (INK, "-"), (GREY, "--")


def templates(parameters):
    """The network with weights set by hand, which looks for vertical lines."""

    def draw(figure):
        names = [PIXELS, ["line on the left", "line on the right"], ["a line"]]
        biases = network_drawing.circles(figure, (0.01, 0.09, 0.98, 0.9), parameters, names)
        key(figure, WEIGHTS, ("biases in the nodes" if biases else "", {}))

    return draw


def note(axes, x, y, text, colour="black"):
    """Write a small text on a white patch, centred on the point."""
    patch = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    axes.text(x, y, text, ha="center", va="center", fontsize=10, color=colour, bbox=patch, zorder=3)


def learning_curve(axes, curves, epoch=None, what="loss: mean squared error"):
    """Draw losses on a log axis up to an epoch; curves is a dictionary of them by name, all but the first dashed.

    The epochs are on a log axis too where they are more than LONG.
    """
    losses = next(iter(curves.values()))
    epoch, long = epoch or len(losses), len(losses) > LONG
    for values, (colour, line) in zip(curves.values(), LOSSES, strict=False):
        values = np.maximum(values[:epoch], 1e-300)
        axes.plot(np.arange(1, epoch + 1), values, line, color=colour)
        axes.plot(epoch, values[-1], "o", color=colour, markersize=5, clip_on=False)  # seen also where it is alone
    axes.set(yscale="log", ylabel=what, title=f"loss {losses[epoch - 1]:.2g}")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set(xscale="log" if long else "linear", xlabel=f"epoch {epoch}" + "\n(log axis)" * long)
    axes.set(xlim=(1 if long else 0, max(len(losses), 2)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    low, high = max(min(map(min, curves.values())), 1e-300), max(1e-300, *map(max, curves.values()))
    axes.set_ylim(min(0.7 * low, high / 10), 1.5 * high)
    if high < 100 * low:  # else there might be a single number
        axes.yaxis.get_major_locator().set_params(subs=(1, 2, 5))
    if not long:
        axes.xaxis.get_major_locator().set_params(integer=True)


def looks_of(curves):
    """How the curves look, for the key, if there is more than one of them."""
    return ("loss", dict(zip(curves, LOSSES, strict=False))) if len(curves) > 1 else ("", {})


def round_up(value):
    """The smallest number that is not below value, of 1, 2 and 5 times powers of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return power * next(step for step in (1, 2, 5, 10) if step * power >= value)


def approximation(forward, X, Y, x=None, y=None):
    """A network that approximates a function of one variable: the curve, what is left, and the loss.

    x and y are X and Y before they were scaled, if they were. The share of each hidden node is drawn as a thin line,
    in the colour of its weight in the output.
    """
    x, y = (X, Y) if x is None else (x, y)
    scale = y.std() / (Y.std() or 1)

    def unscaled(values):
        return y.mean() + scale * (values - Y.mean())

    def draw(figure, parameters, curves, epoch):
        answers = forward(X, parameters)
        predicted = unscaled(answers[-1])
        upper, lower = figure.add_axes([0.1, 0.46, 0.5, 0.46]), figure.add_axes([0.1, 0.21, 0.5, 0.14])
        hidden = len(parameters) > 2
        signs_of = "weights of the hidden nodes, error" if hidden else "error"
        if hidden:
            shares, signs = answers[1] * parameters[2].T, parameters[2][:, 0]  # (samples, hidden), (hidden,)
            for share, sign in zip(unscaled(shares).T, signs, strict=True):
                upper.plot(x, share, color=sign_colour(sign), linewidth=1, alpha=0.8)
        upper.plot(x, y, color=PALE, linewidth=6, zorder=0)
        upper.plot(x, predicted, color=INK)
        room = 0.25 * np.ptp(y) + 1e-9
        upper.set(ylabel="y", ylim=(np.min(y) - room, np.max(y) + room), title="target and network")
        error = (predicted - y)[:, 0]
        for colour, side in ((BLUE, np.maximum), (ORANGE, np.minimum)):
            lower.fill_between(x[:, 0], side(error, 0), color=colour, linewidth=0)
        lower.axhline(0, color=GREY, linewidth=0.5)
        last = scale * np.sqrt(next(iter(curves.values()))[-1])  # of the training: so the axis stays while it moves
        reach = round_up(max(4 * last, 0.005 * np.ptp(y), 1e-9))
        lower.set(xlabel="x", ylim=(-reach, reach), yticks=[-reach, 0, reach], xlim=upper.get_xlim(), title="error")
        lower.yaxis.set_major_formatter("{x:g}")
        learning_curve(figure.add_axes([0.76, 0.21, 0.215, 0.71]), curves, epoch)
        key(figure, ("", {"target": (PALE, "-"), "network": (INK, "-")}), (signs_of, SIGNS))

    return draw


def labelled_images(forward, X):
    """The loss, and fresh 2x2 images X (16, 4) with the four outputs as bars beside each."""

    def draw(figure, parameters, curves, epoch):
        learning_curve(figure.add_axes([0.11, 0.21, 0.15, 0.71]), curves, epoch, "loss: cross-entropy")
        axes = figure.add_axes([0.31, 0.1, 0.68, 0.82], anchor="NW", title="fresh images, and what the outputs say")
        draw_images(axes, X, 4, wide=2.4, high=1.55)
        for i, output in enumerate(forward(X, parameters)[-1]):
            x, y = 2.4 * (i % 4) + 1.0, -1.55 * (i // 4)
            places = x + 0.14 + 0.28 * np.arange(4)
            axes.plot([x, x + 1.12], [y, y], color=GREY, linewidth=1)
            colours = [BLUE if value >= 0.5 else PALE for value in output]
            axes.bar(places, 0.9 * np.maximum(output, 0.05), 0.22, y, color=colours)  # a 0 is seen, too
            for place, letter in zip(places, "shvd", strict=True):
                axes.text(place, y - 0.04, letter, ha="center", va="top")
        words = "s solid, h horizontal, v vertical, d diagonal: "
        key(figure, (words, {"yes": (BLUE, "s"), "no": (PALE, "s")}))

    return draw


def draw_images(axes, X, columns, wide, high=1.35):
    """Draw 2x2 images X (samples, 4) of size 0.9 in rows, one for every wide and high, the first row at y = 0."""
    for i, pixels in enumerate(X):
        x, y = wide * (i % columns), -high * (i // columns)
        extent = (x, x + 0.9, y, y + 0.9)
        axes.imshow(pixels.reshape(2, 2), extent=extent, cmap="Greys", vmin=0, vmax=1)
        outline(axes, x, y, 0.9, color="black", linewidth=1)
    rows = -(-len(X) // columns)
    axes.set(xlim=(-0.05, wide * columns - 0.2), ylim=(-high * (rows - 1) - 0.4, 0.95))
    axes.axis("off")


def truth_table(forward, Y, loss="mean squared error"):
    """A network trained on a truth table; with two inputs as maps.

    The points are blue where the target, in Y (samples, 1), is 1, and orange where it is 0; loss: the name of the loss.
    """

    def draw(figure, parameters, curves, epoch):
        n_inputs = len(parameters[0])
        ended = epoch == len(next(iter(curves.values())))  # while it moves, numbers would flicker
        if n_inputs != 2:
            names = [[f"input {i + 1}" for i in range(n_inputs)]] + [[]] * (len(parameters) // 2 - 1) + [["output"]]
            biases = network_drawing.circles(figure, AS_MAPS, parameters, names, values=ended)
            key(figure, WEIGHTS, ("biases in the nodes" if biases else "", {}))
            learning_curve(figure.add_axes(BESIDE), curves, epoch, f"loss: {loss}")
            return
        corners = grid(0, 1, points=2)[[0, 2, 1, 3]]  # the truth table counts the last input up first
        if len(parameters) == 2 and not figure.canvas.required_interactive_framework:  # a window keeps its size
            figure.set_size_inches(7.5, 3.6)
        drawn = as_maps(figure, forward, parameters, (corners, Y), (-0.25, 1.25), values=ended)
        key(figure, WEIGHTS, ("answers, targets", {"1": (BLUE, "o"), "0": (ORANGE, "o")} | WRONG))
        if len(parameters) == 2:
            apart = network_drawing.right(forward(corners, parameters)[-1], Y).all()
            drawn.title.set_text("the line found" if apart else "no line separates them")
        loss_beside(figure, drawn, curves, epoch, f"loss: {loss}")

    return draw


def as_maps(figure, forward, parameters, samples, ends, values=False):
    """Draw a network with two inputs as maps, and leave room at the right; returns the network_drawing.Maps.

    samples: a pair X (samples, 2), Y (samples, outputs), on the answer. ends: the lowest and the highest value of the
    inputs. values: whether those of the weights are written.
    """
    X, Y = samples
    shape = [2, *(len(b) for b in parameters[1::2])]
    middles = network_drawing.middles(forward, shape, ends)
    drawn = network_drawing.Maps(figure, AS_MAPS, shape, ["input 1", "input 2"], ends, middles, values)
    drawn.mark(X, Y, on_nodes=len(X) <= 16)
    answers = [drawn.grid, *forward(drawn.grid, parameters)[1::2]]
    drawn.update(parameters, answers, [forward(X, parameters)[-1]])
    return drawn


def loss_beside(figure, drawn, curves, epoch, what):
    """The learning curve in a narrow form, as high as the answer at its left."""
    _, y, side = drawn.answer
    high = figure.get_size_inches()[1]
    axes = figure.add_axes([BESIDE[0], AS_MAPS[1] + y / high, BESIDE[2], side / high])
    learning_curve(axes, curves, epoch, what)
    axes.yaxis.set_label_coords(-0.7, 0.5)  # in one place, however long the numbers are


def worked_example(named):
    """The 2-2-2 network of worked_example.py: forward values in blue, derivatives flowing back in orange."""

    def draw(figure):
        axes = figure.add_axes([0, 0.08, 1, 0.84])
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
            y += 0.3 if y else -0.3  # outside of the lines
            if name[0] == "x":
                note(axes, x, y, f"{named[name]:.4g}", BLUE)
                continue
            note(axes, x - 0.165, y, f"b = {named[f'b_{name}']:.4g}\na = {named[f'a_{name}']:.4g}", BLUE)
            derivative = f"{named[f'dz_{name}']:.3g}"  # of the sum, and as there is a single sample of the bias too
            note(axes, x + 0.165, y, f"db = {derivative}\ndz = {derivative}", ORANGE)
        axes.set(xlim=(-0.18, 2.4), ylim=(-0.5, 2.0), title=f" a step from the loss E = {named['E']:.4g}")
        axes.axis("off")
        key(figure, ("", {"forward: values": (BLUE, "-"), "back: derivatives of the loss": (ORANGE, "-")}))

    return draw


def tape(rows):
    """The steps from the weights to a loss in two columns, each with its derivative, and lines from what it is made of.

    rows: number, how it was made, value, derivative, and the numbers of what it was made from.
    """

    def draw(figure):
        half, places = (len(rows) + 1) // 2, {}
        for column, part in enumerate((rows[:half], rows[half:])):
            axes = figure.add_axes([0.01 + 0.49 * column, 0.08, 0.49, 0.85])
            before, places = places, {row[0]: -i for i, row in enumerate(part)}
            for number, made, _, gradient, sources in part:
                y = places[number]
                axes.text(0, y, f"#{number}  {made}", va="center", fontsize=11, color=BLUE)
                axes.text(1, y, report.three_digits(gradient), va="center", ha="right", fontsize=11, color=ORANGE)
                for start in (places[source] for source in sources if source in places):
                    turn = np.linspace(0, np.pi, 30)
                    wide = 0.04 + 0.015 * abs(y - start)
                    axes.plot(
                        -0.03 - wide * np.sin(turn), (y + start) / 2 + (start - y) / 2 * np.cos(turn), color=GREY, lw=1
                    )
                starts = [(-0.235, before[source]) for source in sources if source in before]  # behind its derivative
                axes.add_collection(network_drawing.smooth_lines(starts, [(-0.03, y)])).set(color=GREY, linewidth=1)
            axes.set(xlim=(-0.25, 1), ylim=(0.4 - half, 0.6), title=f" steps {part[0][0]} to {part[-1][0]}")
            axes.axis("off")
        looks = {"forward: how it was made": (BLUE, "s"), "back: the derivative of the loss": (ORANGE, "s")}
        key(figure, ("", looks))

    return draw


def mistakes(rows):
    """The rows (mistake, relative error, [share learnt with 2, with 4 hidden nodes]) of gradient_check.py."""

    def draw(figure):
        upwards = rows[::-1]  # the first row on top
        left = figure.add_axes([0.335, 0.21, 0.3, 0.71])
        names, errors = [textwrap.fill(row[0], 27) for row in upwards], [row[1] for row in upwards]
        left.scatter(errors, names, s=70, c=[BLUE if error < 1e-7 else ORANGE for error in errors], zorder=2)
        left.axvline(1e-7, color=GREY, linewidth=1)
        left.text(1e-7, len(rows) - 0.6, " 1e-7", fontsize=10, va="center")
        left.set(xscale="log", xlim=(1e-12, 10), xlabel="relative error, log axis", title="what the check says")
        left.set(xticks=[1e-12, 1e-8, 1e-4, 1])
        left.minorticks_off()
        left.grid(axis="y", color=PALE, linewidth=0.5)
        groups = [("gradient", {"right": (BLUE, "o"), "wrong": (ORANGE, "o")})]
        if rows[0][2]:
            axes = figure.add_axes([0.69, 0.21, 0.285, 0.71])
            places = np.arange(len(rows))
            for i, (shift, colour) in enumerate(((0.2, MIDDLE), (-0.2, INK))):
                bars = axes.barh(places + shift, [100 * row[2][i] for row in upwards], height=0.38, color=colour)
                axes.bar_label(bars, ["" if row[2][i] else "0" for row in upwards], padding=2, fontsize=9)
            axes.set(yticks=[], xlim=(0, 104), xlabel="XOR learnt, percent", title="what training says")
            axes.set_ylim(-0.6, len(rows) - 0.3)
            groups.append(("hidden nodes", {"2": (MIDDLE, "s"), "4": (INK, "s")}))
        left.set_ylim(-0.6, len(rows) - 0.3)
        key(figure, *groups)

    return draw


def reliability(rows):
    """The rows (hidden nodes, scale of the first weights, share solved) of reliability.py."""

    def draw(figure):
        left, right = (figure.add_axes([x, 0.21, 0.4, 0.71]) for x in (0.11, 0.57))
        shares = {(nodes, scale): 100 * share for nodes, scale, share in rows}
        nodes = sorted({nodes for nodes, _ in shares})
        scales = sorted({scale for _, scale in shares})
        colours = {4: INK, 2: MIDDLE}
        bars = left.bar(nodes, [shares[n, 0.5] for n in nodes], color=[colours.get(n, PALE) for n in nodes])
        left.bar_label(bars, ["" if shares[n, 0.5] else "0" for n in nodes])
        left.set(xticks=nodes, xlabel="hidden nodes", ylabel="seeds solved, percent", title="more nodes help")
        for n, marker in ((4, "o-"), (2, "s--")):
            right.plot(scales, [shares[n, scale] for scale in scales], marker, color=colours[n])
        right.set(xscale="log", xlabel="scale of the first weights, log axis", title="so do weights of medium size")
        right.xaxis.set_major_formatter("{x:g}")
        right.minorticks_off()
        for axes in (left, right):
            axes.set_ylim(0, 105)
        key(figure, ("hidden nodes", {"4": (INK, "-"), "2": (MIDDLE, "--"), "others": (PALE, "s")}))

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
        drawn.title.set_text("answer and test set" if test else "the answer")
        n_classes = Y.shape[1]
        looks = {str(i): (colour, "o") for i, colour in enumerate(network_drawing.class_colours(n_classes))}
        looks = dict(sorted(looks.items(), reverse=n_classes == 2))  # as in a truth table
        groups = [("weights, nodes", SIGNS), ("classes" if n_classes > 2 else "class", looks | WRONG)]
        key(figure, *groups, ("", looks_of(curves)[1]), size=10 if n_classes <= 4 else 9)
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
    axes.set(xlim=(-0.02, 1.1 * columns - 0.08), ylim=(-high * (rows - 1) - high + 0.98, 1.02), anchor="NW")
    axes.axis("off")


def digits(forward, template, X, Y, loss):
    """The template set by hand, those of the first hidden nodes, the test images that went wrong, and the losses.

    template (2, 2); X (samples, 64), from -1 to 1, and Y (samples, 10): the test images. loss: what to write beside the
    losses.
    """

    def draw(figure, parameters, curves, epoch):
        axes = figure.add_axes([0.12, 0.72, 0.2, 0.2])
        squares(axes, [template], 1, signed=True)
        axes.set_title("set by hand")
        learning_curve(figure.add_axes([0.12, 0.21, 0.2, 0.39]), curves, epoch, loss)
        axes = figure.add_axes([0.37, 0.09, 0.36, 0.83])
        squares(axes, parameters[0].T[:20].reshape(-1, 8, 8), 4, signed=True)
        axes.set_title(f"learnt: {min(20, len(parameters[1]))} of {len(parameters[1])} nodes")
        wrong_digits(figure.add_axes([0.76, 0.09, 0.235, 0.83]), X, Y, forward(X, parameters)[-1], 5, 3)
        key(figure, WEIGHTS, looks_of(curves))

    return draw


def wrong_digits(axes, X, Y, outputs, rows, columns):
    """Draw the first of the test images that went wrong, with what the network says; X, Y and outputs as in digits."""
    said, actual = outputs.argmax(axis=1), Y.argmax(axis=1)
    wrong = np.flatnonzero(said != actual)
    shown = wrong[: rows * columns]
    squares(axes, X[shown].reshape(-1, 8, 8), columns, [f"{actual[i]} as {said[i]}" for i in shown])
    few = len(wrong) > len(shown)
    axes.set_title(f"the first {len(shown)} wrong" if few else f"wrong: {len(wrong)} of {len(X)}")


def convolution(forward, X, Y, loss):
    """The first test image with what the first kernels see in it, the losses, and the test images that went wrong.

    X (samples, 64), from -1 to 1, and Y (samples, 10): the test images. loss: what to write beside the losses.
    """

    def draw(figure, parameters, curves, epoch):
        answers = forward(X, parameters)
        axes = figure.add_axes([0.12, 0.68, 0.2, 0.24])
        squares(axes, X[:1].reshape(1, 8, 8), 1)
        axes.set_title("an image")
        learning_curve(figure.add_axes([0.12, 0.21, 0.2, 0.36]), curves, epoch, loss)
        kernels, maps = (np.moveaxis(array, -1, 0)[:16] for array in (parameters[0], answers[1][0]))
        for column in range(4):
            axes = figure.add_axes([0.37 + 0.158 * column, 0.32, 0.145, 0.6])
            numbers = range(len(kernels))[column::4]
            pairs = [image for i in numbers for image in (kernels[i], maps[i])]
            titles = [words for i in numbers for words in (f"{i + 1}", f"to {maps[i].max():.1f}")]
            squares(axes, pairs, 2, titles, signed=True)
            if column == 0:
                axes.set_title(f"{len(kernels)} of {len(parameters[1])} kernels, each with what it sees")
        wrong_digits(figure.add_axes([0.37, 0.075, 0.62, 0.165]), X, Y, answers[-1], 1, 8)
        key(figure, ("kernels, and what they see", SIGNS), looks_of(curves))

    return draw


def sliding(image, template, scores, threshold):
    """A template that slides over an image, and its scores at the positions passed so far, the last one included.

    image (pixels, pixels), template (size, size), scores (positions, positions). draw takes the number of the position.
    """

    def draw(figure, position):
        figure.set_size_inches(7.5, 3.75)
        row, column = divmod(position, len(scores))
        passed = np.arange(scores.size).reshape(scores.shape) <= position
        panels = [
            ("the image", image, "Greys", (0, 1), [0.02, 0.1, 0.4, 0.8]),
            ("template", template, sign_map(), (-1, 1), [0.45, 0.1, 0.1, 0.8]),
            ("its score at each position", np.where(passed, scores, 0), sign_map(), (-2, 2), [0.59, 0.1, 0.4, 0.8]),
        ]
        for title, values, colours, (low, high), place in panels:
            axes = figure.add_axes(place, anchor="NW")
            size = len(values)
            axes.imshow(values, cmap=colours, vmin=low, vmax=high, extent=(0, size, size, 0))
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set_visible(True)
            axes.spines[:].set_color(GREY)
            if values is not template:
                wide = len(template) if values is image else 1
                outline(axes, column, row, wide, color=GREEN, linewidth=4)  # the position
        fired = np.argwhere(passed & (scores >= threshold)) + 0.5
        axes.plot(fired[:, 1], fired[:, 0], "o", color="white", markeredgecolor="black", markeredgewidth=2)
        score = scores[row, column]
        words = f"score\n{score:.2f}" + ("\nit fires" if score >= threshold else "")
        figure.text(0.45, 0.55, words, va="top")
        looks = {"the position": (GREEN, "-"), f"it fires, from {threshold:g} on": ("white", "o")}
        key(figure, ("template, score", SIGNS), ("", looks))

    return draw


def your_data(curves, kept, outputs, Y, table):
    """The losses with the epoch whose weights were kept, and the test rows.

    For classes there is a table of what was taken for what, else the output against the target.
    """

    def draw(figure):
        axes = figure.add_axes([0.12, 0.21, 0.3, 0.71])
        learning_curve(axes, curves, what="loss")
        axes.axvline(kept, color=GREEN, linewidth=1.5)
        late = kept > len(curves["training"]) / 2
        where = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points", "va": "top", "color": GREEN}
        axes.annotate("kept", (kept, 0.98), (-5 if late else 5, 0), ha="right" if late else "left", **where)
        axes = figure.add_axes([0.58, 0.21, 0.4, 0.71])
        if table.classes:
            n_classes, few = len(table.classes), len(table.classes) <= 3  # so few that their names have room everywhere
            counts = np.zeros((n_classes, n_classes), dtype=int)
            np.add.at(counts, (Y.argmax(axis=1), outputs.argmax(axis=1)), 1)
            signed = np.where(np.eye(n_classes), counts, -counts)
            axes.imshow(signed, cmap=sign_map(101), vmin=-counts.max(), vmax=counts.max(), aspect="auto")
            axes.locator_params(integer=True)
            if n_classes <= 12:
                for (i, j), count in np.ndenumerate(counts):
                    dark = count > counts.max() / 2
                    axes.text(j, i, count, ha="center", va="center", color="white" if dark else INK)
                most = 10 if few else 7  # letters
                names = [name if len(name) <= most else f"{name[: most - 1]}…" for name in table.classes]
                axes.set_xticks(range(n_classes), names if few else [""] * n_classes)
                axes.set_yticks(range(n_classes), names, rotation=90 if n_classes < 5 else 0, va="center")
            axes.set(
                xlabel="taken for" if few else "taken for, in the same order", ylabel="actual class", title="test rows"
            )
            looks = "test rows", {"right": (BLUE, "s"), "wrong": (ORANGE, "s")}
        else:
            axes.scatter(Y, outputs, s=14, color=INK, alpha=0.6)
            ends = [min(Y.min(), outputs.min()), max(Y.max(), outputs.max())]
            axes.plot(ends, ends, color=PALE, linewidth=3, zorder=0)
            axes.set(xlabel=f"{table.target}, actual", ylabel="network", title="test rows")
            looks = "test rows", {"each": (INK, "o"), "if right": (PALE, "-")}
        key(figure, looks_of(curves), looks)

    return draw


def activations(functions):
    """Activations (blue) with their derivatives (orange, dashed)."""

    def draw(figure):
        z = np.linspace(-4, 4, 401)
        for i, function in enumerate(functions):
            axes = figure.add_axes([0.055 + 0.243 * (i % 4), 0.6 - 0.43 * (i // 4), 0.2, 0.32])
            a = function(z)
            axes.axhline(0, color=GREY, linewidth=0.5)
            axes.plot(z, a, color=BLUE)
            axes.plot(z, function.derivative(z, a), "--", color=ORANGE)
            axes.set(title=function.__name__, ylim=(-1.3, 2.2), xticks=[-4, 0, 4], yticks=[-1, 0, 1, 2])
            axes.tick_params(labelsize=10)
        looks = {"the activation a, over z": (BLUE, "-"), "its derivative da/dz": (ORANGE, "--")}
        key(figure, ("", looks))

    return draw


def datasets(X, grey, labels):
    """The sixteen images, black and white above, grey below."""

    def draw(figure):
        figure.set_size_inches(7.5, 5.2)
        for part, pixels, title in zip(figure.subfigures(2, 1), (X, grey), ("black and white", "grey"), strict=True):
            axes = part.add_axes([0.01, 0.01, 0.98, 0.88], anchor="NW", title=title)
            draw_images(axes, pixels, 8, wide=1.15)
            for i, label in enumerate(labels):
                x, y = 1.15 * (i % 8) + 0.45, -1.35 * (i // 8) - 0.07
                axes.text(x, y, label, ha="center", va="top", fontsize=11)

    return draw


def nudge(loss_on, X, Y, weights):
    """The loss over one weight, twice: with a nudge of 1 from the first weight, and with all the steps.

    loss_on(X, Y, weight) is the loss.
    """

    def loss(weight):
        return loss_on(X, Y, weight)

    def curve(axes, ends, title):
        along = np.linspace(*ends, 200)
        axes.plot(along, [loss(weight) for weight in along], color=GREY)
        axes.set(xlabel="weight", title=title)
        axes.locator_params(nbins=5)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:g}")

    def draw(figure):
        figure.set_size_inches(7.5, 3.6)
        first, there = weights[0], weights[0] + 1
        left, right = figure.add_axes([0.12, 0.26, 0.36, 0.65]), figure.add_axes([0.61, 0.26, 0.36, 0.65])
        curve(left, (first - 0.5, first + 1.5), "a nudge of 1")
        change = loss(there) - loss(first)
        left.plot([first, there, there], [loss(first), loss(first), loss(there)], color=sign_colour(change))
        left.plot([first, there], [loss(first), loss(there)], "o", color=GREY)
        slope = (loss(first + 1e-6) - loss(first)) / 1e-6
        tangent = first + np.array([-0.3, 0.7])
        left.plot(tangent, loss(first) + slope * (tangent - first), "--", color=sign_colour(slope))
        left.set(ylabel="loss: mean squared error")
        steps, reach = len(weights) - 1, max(0.5, 1.1 * max(abs(weight - weights[-1]) for weight in weights))
        curve(right, (weights[-1] - reach, weights[-1] + reach), f"{steps} step{'s' * (steps > 1)}")
        for ends in pairwise((weight, loss(weight)) for weight in weights):
            right.annotate("", ends[1], ends[0], arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.5})
        right.plot(weights, [loss(weight) for weight in weights], "o", color=INK, markersize=5)
        looks = {f"the loss changes by {change:.3g}": (sign_colour(change), "-")}
        looks[f"the slope at the first weight: {round(slope, 4) + 0:.3g}"] = sign_colour(slope), "--"
        key(figure, ("", looks))

    return draw


def batch_curve(axes, curves, step):
    """The loss of every batch up to a step, pale, and on it the mean of the last fifty."""
    losses = np.array(curves["training"])
    means = [losses[max(0, i - 49) : i + 1].mean() for i in range(step)]
    axes.plot(np.arange(1, step + 1), losses[:step], color=PALE, linewidth=1)
    axes.plot(np.arange(1, step + 1), means, color=INK)
    axes.plot(step, means[-1], "o", color=INK, markersize=5, clip_on=False)
    axes.set(xlim=(0, max(len(losses), 2)), ylim=(0.9 * losses.min(), 1.05 * losses.max()), xlabel=f"step {step}")
    axes.set(ylabel="loss: cross-entropy", title=f"loss {means[-1]:.2g}")
    axes.xaxis.get_major_locator().set_params(integer=True, nbins=2)


BATCHES = ("loss", {"of a batch": (PALE, "-"), "mean of 50": (INK, "-")})


def share_map(axes, shares, down, across, size=11):
    """Shares from 0 to 1 as squares, the darker the larger: a row for each sign down, a column for each sign across."""
    axes.imshow(shares, cmap=sign_map(101), vmin=-1, vmax=1, aspect="auto")
    axes.set_xticks(range(len(across)), across)
    axes.set_yticks(range(len(down)), down)
    axes.tick_params(length=0, labelsize=size, pad=2)
    axes.spines[:].set_visible(True)


def next_letters(forward, letters, alphabet):
    """The loss, and for each letter of the alphabet with which a word may begin how probable each one after it is."""
    first = [[0] * (letters - 1) + [i] for i in range(len(alphabet))]

    def draw(figure, parameters, curves, step):
        figure.set_size_inches(7.5, 6.6)
        batch_curve(figure.add_axes([0.095, 0.15, 0.2, 0.8]), curves, step)
        axes = figure.add_axes([0.37, 0.15, 0.62, 0.8], title="after the first letter")
        axes.set(xlabel="the second letter", ylabel="the first letter")
        share_map(
            axes, forward(np.array(first), parameters)[-1], alphabet, alphabet, size=10.5 if len(alphabet) < 40 else 6
        )
        key(figure, BATCHES, ("probability", {"1": (BLUE, "s"), "1/2": (sign_map(101)(0.75), "s")}))

    return draw


def attention(forward, first, X, Y, signs):
    """Where each place of a text looks, before the training and after so many steps; the rows that ask are framed.

    first: the parameters before the training. X and Y (places,): a text, of which the beginning is shown, and what is
    to be told in it, or -1.
    """
    first = [parameter.copy() for parameter in first]
    X, Y = X[:16], Y[:16]
    labels = [signs[x] for x in X]

    def draw(figure, parameters, curves, step):
        loss = np.mean(curves["training"][max(0, step - 50) : step])
        titles = "before the training", f"after {step} steps: loss {loss:.2g}"
        for left, title, now in zip((0.075, 0.58), titles, (first, parameters), strict=True):
            axes = figure.add_axes([left, 0.24, 0.41, 0.68], title=title, ylabel="who asks", xlabel="where it looks")
            share_map(axes, forward(X[np.newaxis], now)[5][0], labels, labels)
            for row in np.flatnonzero(Y >= 0):
                axes.plot(
                    [-0.5, row + 0.5, row + 0.5, -0.5, -0.5], row + np.array([-1, -1, 1, 1, -1]) / 2, color=ORANGE
                )
        key(
            figure,
            ("share", {"all": (BLUE, "s"), "half": (sign_map(101)(0.75), "s")}),
            ("", {"a digit is asked for": (ORANGE, "-")}),
        )

    return draw


def heads(forward, options):
    """The loss, and for each head (of more than four the first four) where the places of the first test name look."""
    name = f".{options.test[0]}"[:12]
    X = np.array([[options.alphabet.index(letter) for letter in name]])

    def draw(figure, parameters, curves, step):
        batch_curve(figure.add_axes([0.095, 0.21, 0.215, 0.71]), curves, step)
        A = forward(X, parameters, options.heads)[6][0]  # (heads, places, places)
        for i, shares in enumerate(A[:4]):
            place = [0.39 + 0.31 * (i % 2), 0.6 - 0.42 * (i // 2), 0.28, 0.32]
            share_map(figure.add_axes(place, title=f"head {i + 1}"), shares, name, name)
        key(figure, BATCHES, ("share", {"all": (BLUE, "s"), "half": (sign_map(101)(0.75), "s")}))

    return draw
