"""Let the computer write the backward pass: an array that remembers how it was made.

A Tracked array behaves as a numpy array does, and notes of every result from what and by which operation it was
made. From the loss that is a chain of small steps back to the weights, and for each small step the derivative is
known: it stands in a table. backward() goes through the steps in reverse and multiplies the derivatives: the
chain rule, once and for all. No forward pass has to be written anew; those of the other scripts are taken as they are.

New compared with your_data.py: nobody writes backward() any more. This is what a framework does.

Run:  python autodiff.py
Try:  python autodiff.py --samples 1000
"""

import importlib
import itertools
import time

from backstage import command_line, follow, picture, plot, report
from backstage.follow import CannotFollow, plain

import numpy as np

import network1


class Tracked(follow.Array):
    """An array that remembers how it was made, so that the derivative of a loss finds its way back to it.

        W = Tracked([[1.0, 2.0]])
        loss = np.mean(np.tanh(W) ** 2)
        loss.backward()
        W.gradient  # the derivative of the loss with respect to W, in its shape

    value: the numpy array itself; leave it, and the plain arrays that it was put together with, as they are until
    backward is done. gradient: None before that. Raises CannotFollow, a TypeError, for an operation whose derivative is
    not known, and for changes in place.
    """

    numbers = itertools.count()

    def __init__(self, array, operation="given", sources=(), values=()):
        self.value = np.asarray(array)
        if self.value.dtype != float:
            if self.value.dtype.kind == "c":
                raise CannotFollow("complex numbers")
            self.value = self.value.astype(float)
        self.gradient = None
        self.operation = operation
        self.sources = sources  # pairs: a Tracked that this was made from, and the rule for its derivative
        self.values = values  # the result and the operands, which the rule is given
        self.number = next(Tracked.numbers)  # what was made later has a higher one

    def tape(self):
        """All arrays that this one was made from, and itself, in the order in which they were made."""
        found, waiting = {id(self): self}, [self]
        while waiting:
            for source, _ in waiting.pop().sources:
                if id(source) not in found:
                    found[id(source)] = source
                    waiting.append(source)
        return sorted(found.values(), key=lambda array: array.number)

    def backward(self, gradient=None):
        """Write the derivative of this array with respect to each one on its tape there, as .gradient.

        gradient: what to begin with, the derivative of something else with respect to this array; else ones.
        """
        start = np.ones(self.shape) if gradient is None else np.array(gradient, dtype=float)
        if start.shape != self.shape:
            raise ValueError(f"the gradient has shape {start.shape}, but the array {self.shape}")
        tape = self.tape()
        for array in tape:
            array.gradient = None
        self.gradient = start
        for array in reversed(tape):
            for source, rule in array.sources:
                share = unbroadcast(rule(array.gradient, *array.values), source.value.shape)
                if source.gradient is not None:
                    source.gradient = np.asarray(source.gradient + share)
                else:  # each has its own, which may be changed
                    source.gradient = share.copy() if share is array.gradient else np.asarray(share)

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        """numpy calls this for +, @, np.exp and all of their kind, wherever one of the inputs is Tracked."""
        if "out" in settings:
            raise CannotFollow("a change in place")
        if method == "reduce" and ufunc in follow.REDUCTIONS:
            return follow.REDUCTIONS[ufunc](*inputs, **{"axis": 0} | settings)
        if method != "__call__" or settings:
            raise CannotFollow(f"np.{ufunc.__name__} with {method if method != '__call__' else ', '.join(settings)}")
        values = [plain(x) for x in inputs]
        result = ufunc(*values)
        if ufunc in RULES:
            sources = [(x, rule) for x, rule in zip(inputs, RULES[ufunc], strict=True) if isinstance(x, Tracked)]
            return Tracked(result, ufunc.__name__, sources, (result, *values))
        if ufunc in FLAT or np.asarray(result).dtype == bool:
            return result
        raise CannotFollow(f"np.{ufunc.__name__}")


def unbroadcast(gradient, shape):
    """The derivative with respect to an array of this shape, which was broadcast: what it was copied to adds up."""
    if gradient.shape != shape:
        added = gradient.ndim - len(shape)
        axes = [axis for axis in range(gradient.ndim) if axis < added or shape[axis - added] == 1]
        gradient = gradient.sum(axis=tuple(axes)).reshape(shape)
    return gradient


def as_matrices(g, x, y):
    """A matrix product and its operands, with vectors as the matrices that they stand for."""
    if x.ndim == 1:
        x, g = x[np.newaxis], np.expand_dims(g, -1 if y.ndim == 1 else -2)
    if y.ndim == 1:
        y, g = y[:, np.newaxis], g[..., np.newaxis]
    return g, x, y


def left_of_product(g, a, x, y):
    g, _, y = as_matrices(g, x, y)
    return g @ np.swapaxes(y, -1, -2)


def right_of_product(g, a, x, y):
    vector = y.ndim == 1
    g, x, _ = as_matrices(g, x, y)
    share = np.swapaxes(x, -1, -2) @ g
    return share[..., 0] if vector else share


def base_of_power(g, a, x, y):
    return g * np.where(y == 0, 0, y * x ** np.where(y == 0, 1, y - 1))  # the derivative of x^0 is 0, for x = 0 too


# For each ufunc a rule for each operand: from the derivative g with respect to the result a, and the operands x and y,
# the derivative with respect to that operand. Where x and y are equal, the one that the comparison says counts alone:
# so that the activations have at their kinks the slopes that activation.py gives them.
RULES = {
    np.positive: [lambda g, a, x: g],
    np.negative: [lambda g, a, x: -g],
    np.add: [lambda g, a, x, y: g, lambda g, a, x, y: g],
    np.subtract: [lambda g, a, x, y: g, lambda g, a, x, y: -g],
    np.multiply: [lambda g, a, x, y: g * y, lambda g, a, x, y: g * x],
    np.divide: [lambda g, a, x, y: g / y, lambda g, a, x, y: -g * a / y],
    np.power: [base_of_power, lambda g, a, x, y: g * a * np.log(np.where(x > 0, x, 1))],
    np.matmul: [left_of_product, right_of_product],
    np.maximum: [lambda g, a, x, y: g * (x >= y), lambda g, a, x, y: g * (x < y)],
    np.minimum: [lambda g, a, x, y: g * (x < y), lambda g, a, x, y: g * (x >= y)],
    np.absolute: [lambda g, a, x: g * np.where(x > 0, 1, -1)],
    np.square: [lambda g, a, x: g * 2 * x],
    np.sqrt: [lambda g, a, x: g / (2 * a)],
    np.reciprocal: [lambda g, a, x: -g * a * a],
    np.exp: [lambda g, a, x: g * a],
    np.expm1: [lambda g, a, x: g * (a + 1)],
    np.log: [lambda g, a, x: g / x],
    np.log1p: [lambda g, a, x: g / (1 + x)],
    np.log2: [lambda g, a, x: g / (x * np.log(2))],
    np.log10: [lambda g, a, x: g / (x * np.log(10))],
    np.logaddexp: [lambda g, a, x, y: g * np.exp(x - a), lambda g, a, x, y: g * np.exp(y - a)],
    np.sin: [lambda g, a, x: g * np.cos(x)],
    np.cos: [lambda g, a, x: -g * np.sin(x)],
    np.sinh: [lambda g, a, x: g * np.cosh(x)],
    np.cosh: [lambda g, a, x: g * np.sinh(x)],
    np.tanh: [lambda g, a, x: g * (1 - a * a)],
    np.arctan: [lambda g, a, x: g / (1 + x * x)],
}
FLAT = {np.sign, np.floor, np.ceil, np.rint, np.trunc, np.heaviside}  # 0 wherever they have a derivative

# The scripts whose backward passes are written by hand: the shape of a network, and its loss.
SCRIPTS = {
    "perceptron": ([2, 1], "mean_squared_error"),
    "xor": ([2, 4, 1], "mean_squared_error"),
    "worked_example": ([2, 2, 2], "mean_squared_error"),
    "2x2_image_recognition": ([4, 16, 8, 4], "binary_cross_entropy"),
    "linear": ([1, 1], "mean_squared_error"),
    "cubic": ([1, 8, 1], "mean_squared_error"),
    "noisy_xor": ([2, 7, 2], "cross_entropy"),
}


def problem(shape, loss, samples, rng):
    """Random inputs X, targets Y that fit the loss, and parameters [W1, b1, W2, b2, …]."""
    X, Y = rng.uniform(0, 1, (samples, shape[0])), rng.uniform(0, 1, (samples, shape[-1]))
    if loss == "cross_entropy":
        Y = Y / Y.sum(axis=1, keepdims=True)
    sizes = zip(shape[:-1], shape[1:], strict=True)
    return X, Y, [rng.normal(0, 1, size) for inputs, nodes in sizes for size in ((inputs, nodes), nodes)]


def differentiate(forward, loss, X, Y, parameters):
    """The loss, and the parameters as Tracked arrays, with their gradients: the whole backward pass."""
    tracked = [Tracked(parameter) for parameter in parameters]
    z, a = forward(X, tracked)[-2:]
    result = network1.LOSSES[loss](z, a, Y)
    result.backward()
    return result, tracked


def how_many_times(function, other, arguments, others):
    """How many times as long a call of function takes as one of other: the ratio of the medians, taken in turns."""
    times, began = ([], []), time.perf_counter()
    while len(times[0]) < 5 or (time.perf_counter() - began < 0.05 and len(times[0]) < 200):
        for call, given, took in zip((function, other), (arguments, others), times, strict=True):
            before = time.perf_counter()
            call(*given)
            took.append(time.perf_counter() - before)
    return np.median(times[0]) / np.median(times[1])


def compare(lesson, shape, loss, samples, rng):
    """The largest difference between the gradients from the tape and by hand, and how many times as long they take."""
    X, Y, parameters = problem(shape, loss, samples, rng)
    _, by_hand = lesson.backward(X, Y, parameters)
    _, tracked = differentiate(lesson.forward, loss, X, Y, parameters)
    pairs = zip(tracked, by_hand, strict=True)
    difference = max(np.abs(array.gradient - gradient).max() for array, gradient in pairs)
    data = X, Y, parameters
    return difference, how_many_times(differentiate, lesson.backward, (lesson.forward, loss, *data), data)


def steps(loss, names):
    """The tape in words, a row for each array: number, how it was made, value, derivative, numbers of its sources.

    names: what some plain arrays and parameters are called, by their id.
    """
    rows, places = loss.tape(), {}
    for i, array in enumerate(rows, start=1):
        places[array.number] = i
        sources = [places[source.number] for source, _ in array.sources]
        numbers = {id(source.value): f"#{places[source.number]}" for source, _ in array.sources}
        operands = array.values[1:] or [source.value for source, _ in array.sources]
        words = [numbers.get(id(x)) or names.get(id(x)) or f"{x:g}" for x in operands]
        made = f"{array.operation} {', '.join(words)}" if words else names[id(array.value)]
        yield i, made, array.value, array.gradient, sources


def main(arguments=None):
    parser = command_line.parser(__file__, __doc__)
    parser.option("--samples", 4, "for the times of the scripts", type=command_line.whole_in_range(1, 10**5))
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    xor = importlib.import_module("xor")
    X, Y, parameters = np.array([[0.0, 1.0]]), np.array([[1.0]]), xor.initialize(2, 2, rng)
    loss, _ = differentiate(xor.forward, "mean_squared_error", X, Y, parameters)
    names = dict(zip(map(id, [X, Y, *parameters]), ["X", "Y", "W1", "b1", "W2", "b2"], strict=True))
    rows = list(steps(loss, names))
    report.tape(rows)
    report.comparison_heading()
    for name, (shape, kind) in SCRIPTS.items():
        lesson = importlib.import_module(name)
        report.comparison(name, shape, options.samples, *compare(lesson, shape, kind, options.samples, rng))
    for shape, samples in (([2, 4, 1], options.samples), ([784, 128, 10], 1024)):
        network = network1.Network(shape, rng=rng)
        report.comparison("network1", shape, samples, *compare(network, shape, network.loss_name, samples, rng))
    picture.show(options, plot.tape(rows))


if __name__ == "__main__":
    command_line.run(main)
