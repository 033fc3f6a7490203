"""Let the computer write the backward pass: an array that remembers how it was made.

A Tracked array behaves as a numpy array does, and notes of every result from what and by which operation it was
made. From the loss that is a chain of small steps back to the weights, and for each small step the derivative is
known: it stands in a table. backward() goes through the steps in reverse and multiplies the derivatives: the
chain rule, once and for all. No forward pass has to be written anew; those of the other scripts are taken as they are.

New compared with your_data.py: nobody writes backward() any more. This is what a framework does.

Run:  python autodiff.py
Try:  python autodiff.py --samples 1000
"""

import functools
import importlib
import itertools
import operator
import time

import numpy as np

import dataset
import network1


class Tracked(np.lib.mixins.NDArrayOperatorsMixin):  # which makes np.add(x, y) of x + y, and so on
    """An array that remembers how it was made, so that the derivative of a loss finds its way back to it.

        W = Tracked([[1.0, 2.0]])
        loss = np.mean(np.tanh(W) ** 2)
        loss.backward()
        W.gradient  # the derivative of the loss with respect to W, in its shape

    value: the numpy array itself; leave it, and the plain arrays that it was put together with, as they are until
    backward is done. gradient: None before that. What cannot be followed is refused, with CannotFollow.
    """

    numbers = itertools.count()

    def __init__(self, array, operation="given", sources=(), values=()):
        self.value = np.asarray(array).astype(float, casting="same_kind", copy=False)
        self.gradient = None
        self.operation = operation
        self.sources = sources  # pairs: a Tracked that this was made from, and the rule for its derivative
        self.values = values  # the result and the operands, which the rule is given
        self.number = next(Tracked.numbers)  # what was made later has a higher one

    def __array_ufunc__(self, ufunc, method, *inputs, **settings):
        """numpy calls this for +, @, np.exp and all of their kind, wherever one of the inputs is Tracked."""
        out = settings.pop("out", None)
        if out and (out[0] is not self or self.ndim):  # loss += 1 makes a new number, but an array would be changed
            raise CannotFollow("a change in place")
        if method != "__call__" or settings:
            raise CannotFollow(f"np.{ufunc.__name__} with {', '.join(settings) or method}")
        values = [plain(x) for x in inputs]
        result = ufunc(*values)
        if ufunc in RULES:
            sources = [(x, rule) for x, rule in zip(inputs, RULES[ufunc], strict=True) if isinstance(x, Tracked)]
            return Tracked(result, ufunc.__name__, sources, (result, *values))
        if ufunc in PLAIN or np.asarray(result).dtype == bool:
            return result
        raise CannotFollow(f"np.{ufunc.__name__}")

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

    # That was the idea. What follows makes it behave as a numpy array does, and refuses what would forget the tape.

    def __array_function__(self, function, types, arguments, settings):
        """numpy calls this for np.sum, np.reshape and all other functions that are no ufunc."""
        if settings.get("out") is not None:
            raise CannotFollow("a change in place")
        if function in PLAIN:
            return function(*map(plain, arguments), **{name: plain(value) for name, value in settings.items()})
        if function not in FUNCTIONS:
            raise CannotFollow(f"np.{function.__name__}")
        try:
            return FUNCTIONS[function](*arguments, **settings)
        except CannotFollow:
            raise
        except TypeError as error:
            raise CannotFollow(f"np.{function.__name__} as it is called here: {error}") from error

    def __getattr__(self, name):
        """The methods of an array: a.sum(axis=0) is np.sum(a, axis=0)."""
        if callable(getattr(np.ndarray, name, None)) and callable(getattr(np, name, None)):
            return functools.partial(getattr(np, name), self)
        raise AttributeError(f"a Tracked array has no {name}")

    def reshape(self, *shape):
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes):
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self):
        return np.ravel(self)

    shape = property(lambda self: self.value.shape)
    size = property(lambda self: self.value.size)
    ndim = property(lambda self: self.value.ndim)
    dtype = property(lambda self: self.value.dtype)
    T = property(np.transpose)

    def __getitem__(self, index):
        return moved(operator.getitem, self, index)

    def __iter__(self):
        return map(self.__getitem__, range(len(self)))

    def __len__(self):
        return len(self.value)

    def __bool__(self):
        return bool(self.value)

    def __format__(self, how):
        return format(self.value, how)

    def __repr__(self):
        return f"Tracked({self.value})"

    def __setitem__(self, index, value):
        raise CannotFollow("a change in place")

    def __array__(self, *_, **__):
        raise CannotFollow("an array into a plain one: take .value where no derivative is needed")

    __float__ = __int__ = __array__


class CannotFollow(TypeError):
    """An operation whose derivative is not known, or that would change an array in place."""

    def __init__(self, what):
        super().__init__(f"autodiff cannot follow {what}")


def plain(x):
    """The numpy array of one that remembers, or of a list of numbers; anything else as it is."""
    if isinstance(x, Tracked):
        return x.value
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


def unbroadcast(gradient, shape):
    """The derivative with respect to an array of this shape, which was broadcast: what it was copied to adds up."""
    if gradient.shape != shape:
        added = gradient.ndim - len(shape)
        axes = [axis for axis in range(gradient.ndim) if axis < added or shape[axis - added] == 1]
        gradient = gradient.sum(axis=tuple(axes)).reshape(shape)
    return gradient


def base_of_power(g, a, x, y):
    return g * np.where(y == 0, 0, y * x ** np.where(y == 0, 1, y - 1))  # the derivative of x^0 is 0, for x = 0 too


def left_of_product(g, a, x, y):
    if y.ndim == 1:
        return g[..., np.newaxis] * y
    return (g if x.ndim > 1 else g[..., np.newaxis, :]) @ np.swapaxes(y, -1, -2)


def right_of_product(g, a, x, y):
    if y.ndim == 1:
        return g[..., np.newaxis] * x
    return np.swapaxes(x, -1, -2) @ g if x.ndim > 1 else x[:, np.newaxis] * g[..., np.newaxis, :]


# For each ufunc a rule for each operand: from the derivative g with respect to the result a, and the operands x and y,
# the derivative with respect to that operand. Where x and y are equal, only one of them counts, chosen
# so that every activation has at its kink the slope that activation.py gives it.
RULES = {
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
    np.exp: [lambda g, a, x: g * a],
    np.log: [lambda g, a, x: g / x],
    np.log1p: [lambda g, a, x: g / (1 + x)],
    np.logaddexp: [lambda g, a, x, y: g * np.exp(x - a), lambda g, a, x, y: g * np.exp(y - a)],
    np.sin: [lambda g, a, x: g * np.cos(x)],
    np.cos: [lambda g, a, x: -g * np.sin(x)],
    np.tanh: [lambda g, a, x: g * (1 - a * a)],
}


# numpy's other functions. Their rules take the gradient alone, and know the rest.


def noted(operation, value, *pairs):
    """A result with the rules for those of its operands that are Tracked."""
    return Tracked(value, operation, [(x, rule) for x, rule in pairs if isinstance(x, Tracked)])


def moved(function, array, *rest, **settings):
    """What a function gives that only moves entries, such as np.reshape: their numbers show where each one goes."""
    several = isinstance(array, (list, tuple))
    arrays = array if several else [array]
    if {"dtype", "order"} & settings.keys() or any(isinstance(x, Tracked) for x in (*rest, *settings.values())):
        raise CannotFollow(f"np.{function.__name__} with these arguments")
    values = [np.asarray(plain(x), order="C") for x in arrays]  # which lie in the memory as their numbers will do
    ends = np.cumsum([value.size for value in values])
    numbers = [np.arange(end - value.size, end).reshape(value.shape) for value, end in zip(values, ends, strict=True)]
    result = function(values if several else values[0], *rest, **settings)
    came_from = np.ravel(function(numbers if several else numbers[0], *rest, **settings))

    def rule(i, g):  # an entry that went to several places gets a share from each, and they add up
        return np.bincount(came_from, np.ravel(g), minlength=ends[-1]).astype(float)[numbers[i]]

    return noted(function.__name__, result, *((x, functools.partial(rule, i)) for i, x in enumerate(arrays)))


def total(x, axis=None, *, keepdims=False):
    """np.sum: each entry is in its sum once, so its derivative is that of the sum."""
    kept = np.sum(x.value, axis, keepdims=True)
    result = kept if keepdims else np.squeeze(kept, axis)
    return noted("sum", result, (x, lambda g: np.array(np.broadcast_to(g.reshape(kept.shape), x.shape))))


def mean(x, axis=None, *, keepdims=False):
    result = total(x, axis, keepdims=keepdims)
    return result / (x.size / result.size)


def variance(x, axis=None, *, keepdims=False):
    return mean((x - mean(x, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)


def extreme(function, x, axis=None, *, keepdims=False):
    """np.max and np.min: the derivative goes to the entry that is chosen; if there are several, a share to each."""
    kept = function(x.value, axis, keepdims=True)
    result = kept if keepdims else np.squeeze(kept, axis)
    chosen = x.value == kept
    share = chosen / chosen.sum(axis, keepdims=True)
    return noted(function.__name__, result, (x, lambda g: g.reshape(kept.shape) * share))


def where(condition, x, y):
    chosen = plain(condition)
    result = np.where(chosen, plain(x), plain(y))
    return noted("where", result, (x, lambda g: np.where(chosen, g, 0)), (y, lambda g: np.where(chosen, 0, g)))


def clip(x, a_min=None, a_max=None):
    x = x if a_min is None else np.maximum(x, a_min)
    return x if a_max is None else np.minimum(x, a_max)


def pad(x, pad_width, mode="constant", *, constant_values=0):
    """np.pad with a constant: one more entry, which is taken wherever there is none."""
    places = np.pad(np.arange(x.size).reshape(x.shape), pad_width, mode, constant_values=x.size)
    return np.concatenate([np.ravel(x), [constant_values]])[places]


def dot(x, y):
    if np.ndim(y) > 2:
        raise CannotFollow("np.dot with more than two axes on the right")
    return x * y if np.ndim(x) == 0 or np.ndim(y) == 0 else x @ y


def einsum(formula, *operands):
    """np.einsum: its derivative is one too, of the gradient and the other operands, with the letters of this one."""
    letters, arrow, result = str(formula).replace(" ", "").partition("->")
    names, values = letters.split(","), [plain(x) for x in operands]
    if not arrow or "." in letters or any(len(set(name)) < len(name) for name in names):
        raise CannotFollow(f"np.einsum({formula!r})")

    def rule(i):
        others = [*values[:i], np.ones_like(values[i]), *values[i + 1 :]]
        return lambda g: np.einsum(f"{result},{letters}->{names[i]}", g, *others)

    return noted("einsum", np.einsum(formula, *values), *((x, rule(i)) for i, x in enumerate(operands)))


MOVES = (
    np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.squeeze, np.expand_dims, np.copy,
    np.broadcast_to, np.repeat, np.tile, np.flip, np.roll, np.take, np.take_along_axis, np.concatenate, np.stack,
    np.hstack, np.vstack, np.column_stack, np.lib.stride_tricks.sliding_window_view,
)  # fmt: skip
FUNCTIONS = {
    **{function: functools.partial(moved, function) for function in MOVES},
    **{function: functools.partial(extreme, function) for function in (np.max, np.amax, np.min, np.amin)},
    np.sum: total, np.mean: mean, np.var: variance,
    np.std: lambda x, axis=None, *, keepdims=False: np.sqrt(variance(x, axis, keepdims=keepdims)),
    np.linalg.norm: lambda x, *, axis=None, keepdims=False: np.sqrt(total(x * x, axis, keepdims=keepdims)),
    np.outer: lambda x, y: np.reshape(x, (-1, 1)) * np.reshape(y, (1, -1)),
    np.dot: dot, np.einsum: einsum, np.where: where, np.clip: clip, np.pad: pad,
}  # fmt: skip
PLAIN = {  # what has no derivative, or 0 wherever it has one
    np.sign, np.heaviside, np.floor, np.ceil, np.round, np.zeros_like, np.ones_like, np.empty_like, np.shape, np.size,
    np.ndim, np.argmax, np.argmin, np.argsort, np.any, np.all, np.isclose, np.allclose, np.array_equal,
}  # fmt: skip

SCRIPTS = {  # those with a backward pass by hand that take numbers: the shape of a network, and its loss
    "perceptron": ([2, 1], "mean_squared_error"),
    "xor": ([2, 4, 1], "mean_squared_error"),
    "worked_example": ([2, 2, 2], "mean_squared_error"),
    "2x2_image_recognition": ([4, 16, 8, 4], "binary_cross_entropy"),
    "linear": ([1, 1], "mean_squared_error"),
    "cubic": ([1, 8, 1], "mean_squared_error"),
    "noisy_xor": ([2, 7, 2], "cross_entropy"),
}


def differentiate(loss_on, X, Y, parameters):
    """The loss, and the parameters as Tracked arrays, with their gradients: the whole backward pass."""
    tracked = [Tracked(parameter) for parameter in parameters]
    result = loss_on(X, Y, tracked)
    result.backward()
    return result, tracked


def loss_of(forward, name):
    """A loss_on(X, Y, parameters) for a network: what the loss of this name makes of its forward pass."""
    return lambda X, Y, parameters: network1.LOSSES[name](*forward(X, parameters)[-2:], Y)


def random_problem(shape, samples, rng):
    """Random inputs, targets and first parameters for a network."""
    X, Y = rng.uniform(0, 1, (samples, shape[0])), rng.uniform(0, 1, (samples, shape[-1]))
    Y /= Y.sum(axis=1, keepdims=True)  # as the targets of classes do, they add up to 1
    return X, Y, network1.Network(shape, rng=rng).parameters


def compare(lesson, loss_on, X, Y, parameters):
    """The largest difference between the gradients from the tape and by hand, and how many times as long they take."""
    ratios, began = [], time.perf_counter()
    while len(ratios) < 5 or (len(ratios) < 200 and time.perf_counter() - began < 0.05):
        start = time.perf_counter()
        _, tracked = differentiate(loss_on, X, Y, parameters)
        middle = time.perf_counter()
        _, by_hand = lesson.backward(X, Y, parameters)
        ratios.append((middle - start) / (time.perf_counter() - middle))
    pairs = zip(tracked, by_hand, strict=True)
    return max(np.abs(array.gradient - gradient).max() for array, gradient in pairs), np.median(ratios)


def problems(samples, rng):
    """Each lesson with its network's shape, its loss, data and first parameters; then a large network."""
    for name, (shape, loss) in SCRIPTS.items():
        lesson = importlib.import_module(name)
        yield name, shape, lesson, loss_of(lesson.forward, loss), *random_problem(shape, samples, rng)
    words = dataset.names()[:samples]
    for name, shape, (X, Y), sizes in (
        ("next_letter", [30, 64, 27], dataset.windows(words, 3), (3, 64, 27)),
        ("attention", [16], dataset.facts(samples, 12, rng), (16,)),
        ("transformer", [16], dataset.rows(words, 12), (27, 12)),
    ):
        lesson = importlib.import_module(name)
        yield name, shape, lesson, lesson.loss_on, X, Y, lesson.initialize(*sizes, rng)
    shape, network = [784, 128, 10], network1.Network([784, 128, 10], rng=rng)
    yield "network1", shape, network, loss_of(network.forward, network.loss_name), *random_problem(shape, 1024, rng)


def main(arguments=None):
    from backstage import command_line, picture, plot, report

    parser = command_line.parser(__file__, __doc__)
    parser.option("--samples", 4, "for the times of the scripts", type=command_line.whole_in_range(1, 10**4))
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    xor = importlib.import_module("xor")
    X, Y, parameters = np.array([[0.0, 1.0]]), np.array([[1.0]]), xor.initialize(2, 2, rng)
    loss, _ = differentiate(loss_of(xor.forward, "mean_squared_error"), X, Y, parameters)
    names = dict(zip(map(id, [X, Y, *parameters]), ["X", "Y", "W1", "b1", "W2", "b2"], strict=True))
    rows = list(report.steps(loss.tape(), names))
    report.tape(rows)
    report.comparison_heading()
    for name, shape, lesson, loss_on, X, Y, parameters in problems(options.samples, rng):
        report.comparison(name, shape, len(X), *compare(lesson, loss_on, X, Y, parameters))
    picture.show(options, plot.tape(rows))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
