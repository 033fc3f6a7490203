"""What several test files share: the scripts by name, networks with random parameters, and what is on a picture."""

import base64
import importlib
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zlib

from backstage import picture

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

FOLDER = pathlib.Path(__file__).resolve().parent.parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# Every script whose gradients are written by hand: shape, activations and loss, as network1.Network takes them.
HAND_WRITTEN = {
    "perceptron": ([2, 1], ["sigmoid"], "mean_squared_error"),
    "xor": ([3, 6, 1], ["sigmoid", "sigmoid"], "mean_squared_error"),
    "worked_example": ([2, 2, 2], ["sigmoid", "sigmoid"], "mean_squared_error"),
    "2x2_image_recognition": ([4, 16, 8, 4], ["tanh", "tanh", "sigmoid"], "binary_cross_entropy"),
    "linear": ([1, 1], ["linear"], "mean_squared_error"),
    "cubic": ([1, 8, 1], ["tanh", "linear"], "mean_squared_error"),
    "noisy_xor": ([2, 7, 2], ["tanh", "softmax"], "cross_entropy"),
}
# With --epochs.
TRAINABLE = [name for name in HAND_WRITTEN if name != "worked_example"]
TRAINABLE += ["network1", "spirals", "digits", "convolution"]
# With --steps instead, as a step looks at a few of many texts.
LETTERS = ["next_letter", "attention", "transformer"]
# Whatever can be run, so the modules with a main of their own as well.
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if "__main__" in path.read_text(encoding="utf-8"))
DRAWING = [name for name in SCRIPTS if name != "check_backward"]  # which wants a file, and answers in words

# What Python is told that runs a script for a test: our own warnings are errors. That a later matplotlib is going to
# change something is none.
CHANGES = ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
STRICT = ["-W", "error", *(word for change in CHANGES for word in ("-W", f"ignore::{change}"))]

# Runs a script, and presses Ctrl-C, or says that it is ready, in a chosen call of backward.
PRESSING = (FOLDER / "tests" / "programs" / "pressing.py").read_text(encoding="utf-8")

# Every allowed pair of an output activation and a loss.
NUMBERS = ("sigmoid", "linear", "tanh", "relu", "leaky_relu", "softplus", "gaussian", "step")
PAIRS = [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")]
PAIRS += [(name, "mean_squared_error") for name in NUMBERS]


def load(name):
    """The module of a script, also where its name begins with a digit."""
    return importlib.import_module(name)


def quick_and_slow(quick, slow):
    """Values for a test's parameter, of which the slow ones are left out but with --slow."""
    return [*quick, *(pytest.param(value, marks=pytest.mark.slow) for value in slow)]


def environment(**more):
    """The environment of a script that a test runs: without a screen, and without what the reader's own adds."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND", "PYTHONPATH", "PYTHONWARNINGS")
    return {name: value for name, value in os.environ.items() if name not in hidden} | more


def run(*command, folder, status=0, **more):
    """What Python prints that is run in a folder, and what it says on standard error: one line where status is 2.

    Otherwise it says none; more is put into its environment.
    """
    how = {"capture_output": True, "encoding": "utf-8", "timeout": 120}
    ended = subprocess.run([sys.executable, *STRICT, *map(str, command)], cwd=folder, env=environment(**more), **how)
    assert ended.returncode == status, ended.stderr
    assert ended.stderr.count("\n") == (status == 2), ended.stderr
    return ended.stdout, ended.stderr


def random_parameters(shape, rng):
    """[W1, b1, W2, b2, …] for a shape; the biases are random too, so that no gradient is 0 by chance."""
    parameters = []
    for inputs, nodes in zip(shape[:-1], shape[1:], strict=True):
        parameters += [rng.normal(0, 1, (inputs, nodes)), rng.normal(0, 1, nodes)]
    return parameters


def random_data(shape, output, rng, samples=5):
    """X (samples, inputs) from -1 to 1, and targets Y (samples, outputs): classes for softmax, else 0 to 1."""
    X = rng.uniform(-1, 1, (samples, shape[0]))
    if output == "softmax":
        return X, np.eye(shape[-1])[rng.integers(0, shape[-1], samples)]
    return X, rng.uniform(0, 1, (samples, shape[-1]))


def set_parameters(network, parameters):
    """Give a Network the arrays [W1, b1, W2, b2, …], the arrays themselves, not copies of them."""
    network.weights, network.biases = list(parameters[::2]), list(parameters[1::2])


def same(arrays, others):
    """Whether two lists of arrays are equal to the last bit."""
    return all(np.array_equal(a, b) for a, b in zip(arrays, others, strict=True))


def assert_close(arrays, others, rtol=1e-12):
    """Two lists of arrays are equal but for rounding."""
    for one, other in zip(arrays, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=1e-14)


def without_rows(parameters):
    """Parameters of gradient_check.py and reliability.py in the shapes of xor.py: biases (1, nodes) become (nodes,)."""
    W1, b1, W2, b2 = parameters
    return [W1, b1[0], W2, b2[0]]


def drawn_by(draw, *state):
    """A page of the scripts' style on which draw has drawn."""
    with picture.style():
        figure = picture.page()
        draw(figure, *state)
        FigureCanvasAgg(figure).draw()
    return figure


def words_on(figure):
    """The texts that one sees on a figure, with their boxes (left, bottom, right, top)."""
    unseen = set()  # labels of ticks outside of the axes are there, but never drawn
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            unseen |= {tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high}
            unseen |= set(axis.findobj(Text)) if not axes.axison else set()
    seen = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    return {text: text.get_window_extent().extents for text in seen if text not in unseen}


def packed_in(page):
    """What is packed in the text of a page that moves: the pieces, the frames, and what is said of each."""
    return json.loads(zlib.decompress(base64.b64decode(re.search(r'start\("(.*)"\)', page)[1])))


def apart(one, other, distance=0.0):
    """Whether two rectangles (left, bottom, right, top) have a distance in one direction at least."""
    return any(
        max(one[side], other[side]) - min(one[side + 2], other[side + 2]) >= distance - 1e-9 for side in range(2)
    )


def assert_words_have_room(figure):
    """No word of a figure is over another one, or cut off."""
    places, (wide, high) = words_on(figure), figure.bbox.size
    for text, (left, bottom, right, top) in places.items():
        assert 0 <= left < right <= wide, text
        assert 0 <= bottom < top <= high, text
    for one, other in itertools.combinations(places, 2):
        assert apart(places[one], places[other]), (one, other)


class Table:
    """Something like a DataFrame: numpy can make an array of it, but it has no shape, rows or numbers of its own."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)
