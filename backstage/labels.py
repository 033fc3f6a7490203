"""Colours, the strip that says what they mean, and numbers where there is room for them.

All places and sizes are in inches, and so are the units of the axes that are written on.
"""

import numpy as np

NOWHERE = np.empty((0, 2))  # no points
BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#595959", "#222222"  # safe for colour-blind readers
SIGNS = {"above 0": (BLUE, "-"), "below 0": (ORANGE, "-")}
WRONG = {"wrong": ("white", "o")}


def sign_colour(value):
    """Blue for a positive value, orange for a negative one."""
    return BLUE if value >= 0 else ORANGE


def key(figure, *groups, size=10.5, left=0.1, bottom=0.07):
    """Say at the lower left what colours mean: groups of a name and a dictionary of words with their colour and mark.

    A mark is a line (- or --), or that of points: o is round, s a square. White points have a black edge. size is that
    of letters in points; left and bottom are in inches.
    """
    from matplotlib.lines import Line2D

    handles = []
    for name, looks in groups:
        handles += [Line2D([], [], linestyle="", label=name)] if name else []
        for words, (colour, mark) in looks.items():
            style = {"linestyle": "", "marker": mark, "markersize": 8}
            if mark in ("-", "--"):
                style = {"linestyle": mark, "linewidth": 3 if mark == "-" else 2}
            edge = {"markeredgecolor": "black", "markeredgewidth": 2} if colour == "white" else {}
            handles.append(Line2D([], [], color=colour, label=words, **style, **edge))
    how = {"handlelength": 1.3, "handletextpad": 0.4, "columnspacing": 0.7, "borderpad": 0, "borderaxespad": 0}
    left -= 1.7 * size / 72 if groups[0][0] else 0  # a name has an empty mark before it
    place = np.divide((left, bottom), figure.get_size_inches())
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=place, ncols=len(handles), frameon=False,
        fontsize=size, labelcolor=GREY, **how,
    )  # fmt: skip


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


def values(axes, places, hidden, numbers, boxes, name="", size=10):
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
