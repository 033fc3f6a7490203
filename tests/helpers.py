"""What several test files share: the scripts by their names, and networks with random parameters."""

import importlib
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent

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
TRAINABLE = [name for name in (*HAND_WRITTEN, "network1", "spirals") if name != "worked_example"]  # with --epochs
LADDER = [*TRAINABLE, "worked_example", "gradient_check", "2x2_image_predefined_1", "2x2_image_predefined_2"]
# Whatever can be run, so the modules with a main of their own as well.
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if "__main__" in path.read_text(encoding="utf-8"))

# Every allowed pair of an output activation and a loss.
PAIRS = [
    ("softmax", "cross_entropy"),
    ("sigmoid", "binary_cross_entropy"),
    *((name, "mean_squared_error") for name in ("sigmoid", "linear", "tanh", "relu", "leaky_relu", "softplus")),
    ("gaussian", "mean_squared_error"),
    ("step", "mean_squared_error"),
]


def load(name):
    """The module of a script, also where its name begins with a digit."""
    return importlib.import_module(name)


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
