"""How an array that remembers how it was made behaves as a numpy array does.

Here is what goes beyond the ufuncs, of which autodiff.py has the rules: numpy's other functions, the methods of an
array, and what is refused because nobody could find a derivative back through it.
"""

import functools
import operator

import numpy as np


class CannotFollow(TypeError):
    """An operation whose derivative is not known, or that would change an array in place."""

    def __init__(self, what):
        super().__init__(f"autodiff cannot follow {what}")


def in_place(operation):
    """The operator += and its like: a new number in the place of a number, as in numpy; refused for arrays."""

    def operate(self, other):
        if self.ndim:
            raise CannotFollow("a change in place")
        return operation(self, other)

    return operate


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    """The numpy array in .value, seen from outside: its operators, functions and methods, and nothing that forgets."""

    def __array_function__(self, function, types, arguments, settings):
        """numpy calls this for np.sum, np.reshape and all other functions that are no ufunc."""
        if settings.get("out") is not None:
            raise CannotFollow("a change in place")
        if function in PLAIN:
            return function(*map(plain, arguments), **{name: plain(value) for name, value in settings.items()})
        rule = functools.partial(moved, function) if function in MOVES else FUNCTIONS.get(function)
        if rule is None:
            raise CannotFollow(f"np.{function.__name__}")
        try:
            return rule(*arguments, **settings)
        except CannotFollow:
            raise
        except TypeError as error:
            raise CannotFollow(f"np.{function.__name__} with these arguments: {error}") from None

    def __array__(self, *_, **__):
        raise CannotFollow("an array into a plain one: take .value where no derivative is needed")

    def __float__(self):
        raise CannotFollow("an array into a plain number: take .value where no derivative is needed")

    __int__ = __float__

    def __setitem__(self, index, value):
        raise CannotFollow("a change in place")

    __iadd__, __isub__, __imul__, __itruediv__ = map(
        in_place, (operator.add, operator.sub, operator.mul, operator.truediv)
    )

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


def plain(x):
    """The numpy array of one that remembers, or of a list of numbers; anything else as it is."""
    if isinstance(x, Array):
        return x.value
    return np.asarray(x) if isinstance(x, (list, tuple)) else x


def noted(operation, value, *pairs):
    """A result, with the rules for those of its operands that are tracked; these rules take the gradient alone."""
    sources = [(x, rule) for x, rule in pairs if isinstance(x, Array)]
    return type(sources[0][0])(value, operation, sources)


def total(x, axis=None, *, keepdims=False):
    """np.sum: each entry is in its sum once, so its derivative is that of the sum."""
    kept = np.sum(x.value, axis, keepdims=True)
    result = kept if keepdims else np.sum(x.value, axis)
    return noted("sum", result, (x, lambda g: np.array(np.broadcast_to(g.reshape(kept.shape), x.shape))))


def mean(x, axis=None, *, keepdims=False):
    result = total(x, axis, keepdims=keepdims)
    return result / (x.size / result.size)


def variance(x, axis=None, *, keepdims=False):
    return mean((x - mean(x, axis, keepdims=True)) ** 2, axis, keepdims=keepdims)


def extreme(function, x, axis=None, *, keepdims=False):
    """np.max and np.min: the derivative goes to the entry that is chosen; if there are several, a share to each."""
    kept = function(x.value, axis, keepdims=True)
    result = kept if keepdims else function(x.value, axis)
    chosen = 1.0 * (x.value == kept)
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
    """np.pad with a constant: of the gradient, what stands where x stands goes back to it."""
    if mode != "constant":
        raise CannotFollow(f"np.pad with mode {mode!r}")
    before = np.broadcast_to(pad_width, (x.ndim, 2))[:, 0]
    inside = tuple(slice(start, start + n) for start, n in zip(before, x.shape, strict=True))
    result = np.pad(x.value, pad_width, constant_values=constant_values)
    return noted("pad", result, (x, lambda g: g[inside]))


def dot(x, y):
    x, y = (each if isinstance(each, Array) else np.asarray(each) for each in (x, y))
    if y.ndim > 2:
        raise CannotFollow("np.dot with more than two axes on the right")
    return x * y if x.ndim == 0 or y.ndim == 0 else x @ y


def einsum(formula, *operands):
    """The derivative of np.einsum is one too: the gradient takes the place of the operand."""
    if not isinstance(formula, str):
        raise CannotFollow("np.einsum without a formula")
    names, arrow, result = formula.replace(" ", "").partition("->")
    names, letters = names.split(","), [letter for letter in names if letter != ","]
    result = result if arrow else "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    if "." in formula or any(len(set(name)) < len(name) for name in names):
        raise CannotFollow(f"np.einsum({formula!r})")
    values = [plain(x) for x in operands]

    def rule(i, g):
        others = [*values[:i], *values[i + 1 :], np.ones_like(values[i])]
        terms = [result, *names[:i], *names[i + 1 :], names[i]]
        return np.einsum(f"{','.join(terms)}->{names[i]}", g, *others)

    pairs = [(x, functools.partial(rule, i)) for i, x in enumerate(operands)]
    return noted("einsum", np.einsum(formula, *values), *pairs)


def moved(function, array, *rest, **settings):
    """What a function gives that only moves entries, such as np.reshape: their numbers show where each one goes."""
    several = isinstance(array, (list, tuple))
    arrays = list(array) if several else [array]
    values = [plain(x) for x in arrays]
    if any(isinstance(x, Array) for x in (*rest, *settings.values())) or not any(isinstance(x, Array) for x in arrays):
        raise CannotFollow(f"np.{function.__name__} of these arrays")
    if "dtype" in settings:
        raise CannotFollow("another type")
    numbers, end = [], 0
    for value in values:
        numbers.append(np.empty_like(value, dtype=int))  # which lies in the memory as the value does
        numbers[-1][...] = end + np.arange(np.size(value)).reshape(np.shape(value))
        end += np.size(value)
    result = function(values if several else values[0], *rest, **settings)
    if isinstance(result, (list, tuple)):
        raise CannotFollow(f"np.{function.__name__} of several arrays")
    came_from = np.ravel(function(numbers if several else numbers[0], *rest, **settings))

    def rule(i, g):
        return np.bincount(came_from, np.ravel(g), minlength=end).astype(float)[numbers[i]]

    return noted(function.__name__, result, *((x, functools.partial(rule, i)) for i, x in enumerate(arrays)))


largest, smallest = functools.partial(extreme, np.max), functools.partial(extreme, np.min)
REDUCTIONS = {np.add: total, np.maximum: largest, np.minimum: smallest}
FUNCTIONS = {
    np.sum: total, np.mean: mean, np.max: largest, np.amax: largest, np.min: smallest, np.amin: smallest,
    np.var: variance, np.std: lambda x, axis=None, *, keepdims=False: np.sqrt(variance(x, axis, keepdims=keepdims)),
    np.linalg.norm: lambda x, *, axis=None, keepdims=False: np.sqrt(total(x * x, axis, keepdims=keepdims)),
    np.dot: dot, np.vdot: lambda x, y: total(np.ravel(x) * np.ravel(y)), np.einsum: einsum,
    np.outer: lambda x, y: np.reshape(x, (-1, 1)) * np.reshape(y, (1, -1)),
    np.where: where, np.clip: clip, np.pad: pad,
}  # fmt: skip
MOVES = {
    np.reshape, np.ravel, np.transpose, np.swapaxes, np.moveaxis, np.squeeze, np.expand_dims, np.atleast_2d, np.copy,
    np.broadcast_to, np.repeat, np.tile, np.flip, np.roll, np.take, np.take_along_axis, np.concatenate, np.stack,
    np.hstack, np.vstack, np.column_stack, np.lib.stride_tricks.sliding_window_view,
}  # fmt: skip
PLAIN = {  # what has no derivative
    np.zeros_like, np.ones_like, np.empty_like, np.shape, np.size, np.ndim, np.argmax, np.argmin, np.argsort, np.any,
    np.all, np.isclose, np.allclose, np.array_equal, np.count_nonzero, np.round,
}  # fmt: skip
