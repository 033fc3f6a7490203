"""The derivatives that Tracked arrays find by themselves: against those by hand, and against finite differences."""

import copy
import functools
import gc
import itertools
import math
import operator
import time
import tracemalloc
import warnings
import weakref

from backstage import follow
from backstage.follow import FUNCTIONS, MOVES, PLAIN, REDUCTIONS

import numpy as np
import pytest
from helpers import HAND_WRITTEN, PAIRS, load, random_data, random_parameters, set_parameters

import activation
import autodiff
import gradient_check
import reliability
import xor
from autodiff import FLAT, RULES, CannotFollow, Tracked
from gradient_check import numerical_gradients, relative_error
from network1 import LOSSES, Network

windows = np.lib.stride_tricks.sliding_window_view
SHAPES = {1: [3, 2], 2: [3, 4, 2], 3: [3, 4, 3, 2], 4: [3, 4, 3, 4, 2]}
EXACT = {"rtol": 1e-12, "atol": 1e-12}
NEAR = {"rtol": 1e-7, "atol": 1e-8}


def tracked(arrays):
    return [Tracked(array) for array in arrays]


def found(arrays):
    """The gradients of Tracked arrays, with zeros for those on which the loss does not depend."""
    return [np.zeros(array.shape) if array.gradient is None else array.gradient for array in arrays]


def agree(arrays, others, **bounds):
    for array, other in zip(arrays, others, strict=True):
        assert np.shape(array) == np.shape(other)
        np.testing.assert_allclose(array, other, **bounds)


# The collection: scripts, networks and losses as they stand.


def script_problem(name, seed=0, samples=5):
    script, (shape, activations, loss) = load(name), HAND_WRITTEN[name]
    rng = np.random.default_rng(seed)
    parameters = random_parameters(shape, rng)
    return script, loss, *random_data(shape, activations[-1], rng, samples), parameters


@pytest.mark.parametrize("name", HAND_WRITTEN)
@pytest.mark.parametrize("seed", range(2))
def test_forward_and_loss_of_a_script(name, seed):
    script, loss_name, X, Y, parameters = script_problem(name, seed)
    expected_loss, expected = script.backward(X, Y, parameters)
    given = tracked(parameters)
    results = script.forward(X, given)
    loss = LOSSES[loss_name](*results[-2:], Y)
    loss.backward()
    assert loss.value == pytest.approx(expected_loss, rel=1e-12)
    agree(found(given), expected, **EXACT)
    agree([result.value for result in results], script.forward(X, parameters), rtol=0, atol=0)
    tried = numerical_gradients(lambda p: LOSSES[loss_name](*script.forward(X, p)[-2:], Y), parameters)
    assert relative_error(found(given), tried) < 1e-7


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_backward_of_a_script_says_itself_whether_it_is_right(name):
    script, _, X, Y, parameters = script_problem(name)
    given = tracked(parameters)
    loss, gradients = script.backward(X, Y, given)
    assert isinstance(loss, Tracked)
    assert all(isinstance(gradient, Tracked) for gradient in gradients)
    loss.backward()
    agree(found(given), [gradient.value for gradient in gradients], **EXACT)
    agree(found(given), script.backward(X, Y, parameters)[1], **EXACT)


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_derivative_of_the_derivatives(name):
    """The gradients by hand are made of Tracked arrays, so they have a derivative: their change in a direction."""
    script, _, X, Y, parameters = script_problem(name)
    rng = np.random.default_rng(1)
    directions = [rng.normal(size=parameter.shape) for parameter in parameters]

    def slope(parameters):
        _, gradients = script.backward(X, Y, parameters)
        return sum(np.sum(gradient * direction) for gradient, direction in zip(gradients, directions, strict=True))

    given = tracked(parameters)
    slope(given).backward()
    agree(found(given), numerical_gradients(slope, parameters), rtol=1e-6, atol=1e-8)


def network_problem(activations, loss, depth):
    rng = np.random.default_rng(depth)
    network = Network(SHAPES[depth], activations, loss)
    parameters = random_parameters(SHAPES[depth], rng)
    set_parameters(network, parameters)
    return network, *random_data(SHAPES[depth], activations[-1], rng), parameters


def check_network(network, X, Y, parameters):
    expected_loss, expected = network.backward(X, Y)
    given = tracked(parameters)
    loss = LOSSES[network.loss_name](*network.forward(X, given)[-2:], Y)
    if isinstance(loss, Tracked):
        loss.backward()
        loss = loss.value
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    agree(found(given), expected, **EXACT)
    own_loss, gradients = network.backward(X, Y, tracked(parameters))
    assert autodiff.plain(own_loss) == pytest.approx(expected_loss, rel=1e-12)
    agree([autodiff.plain(gradient) for gradient in gradients], expected, **EXACT)


@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_network(output, loss, depth):
    for hidden in [*activation.HIDDEN, "step"] if depth > 1 else [None]:
        check_network(*network_problem([hidden] * (depth - 1) + [output], loss, depth))


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_saturated_network(output, loss):
    """With sums of about ±1000 in the last layer."""
    network, X, Y, parameters = network_problem(["tanh", output], loss, 2)
    parameters[-1][:] = [1000, -1000]
    set_parameters(network, parameters)
    check_network(network, X, np.round(Y), parameters)


@pytest.mark.parametrize("script", [gradient_check, reliability])
@pytest.mark.parametrize("networks", [1, 3])
def test_a_stack_of_networks(script, networks):
    X, Y = gradient_check.dataset.truth_table("xor")
    shapes = [(2, 4), (1, 4), (4, 1), (1, 1)]
    rng = np.random.default_rng(0)
    parameters = [rng.normal(0, 1, (networks, *shape)) for shape in shapes]
    expected_loss, expected = script.backward(X, Y, parameters)
    given = tracked(parameters)
    loss, gradients = script.backward(X, Y, given)
    assert loss.shape == (networks,)
    np.testing.assert_allclose(loss.value, expected_loss, rtol=1e-12)
    loss.backward()
    agree(found(given), expected, **EXACT)
    agree([gradient.value for gradient in gradients], expected, **EXACT)
    loss.backward(np.eye(networks)[-1])
    for gradient, by_hand in zip(found(given), expected, strict=True):
        assert np.all(gradient[:-1] == 0)
        np.testing.assert_allclose(gradient[-1], by_hand[-1], **EXACT)


@pytest.mark.parametrize("hidden_nodes", [2, 4])
def test_one_network_of_gradient_check(hidden_nodes):
    X, Y = gradient_check.dataset.truth_table("xor")
    parameters = gradient_check.initialize(hidden_nodes, np.random.default_rng(0))
    given = tracked(parameters)
    gradient_check.backward(X, Y, given)[0].backward()
    agree(found(given), gradient_check.backward(X, Y, parameters)[1], **EXACT)


@pytest.mark.parametrize("mistake", gradient_check.MISTAKES.values())
def test_the_mistakes_are_seen(mistake):
    """Whatever the program takes for its gradients, its loss has the right ones."""
    X, Y = gradient_check.dataset.truth_table("xor")
    parameters = gradient_check.initialize(3, np.random.default_rng(0))
    given = tracked(parameters)
    loss, claimed = mistake(X, Y, given)
    loss.backward()
    agree(found(given), gradient_check.backward(X, Y, parameters)[1], **EXACT)
    assert relative_error(found(given), [gradient.value for gradient in claimed]) > 1e-3


@pytest.mark.parametrize("name", ["2x2_image_predefined_1", "2x2_image_predefined_2"])
def test_sums_in_place_of_the_predefined_networks_are_refused(name):
    script = load(name)
    with pytest.raises(CannotFollow):
        script.forward(np.ones((3, 4)), tracked(script.initialize()))


# Activations at their kinks, and far out.

ELEMENTWISE = [f for f in activation.FUNCTIONS if f not in (activation.step, activation.softmax)]
FAR = [1e3, -1e3, 750.0, -750.0]


@pytest.mark.parametrize("function", ELEMENTWISE)
@pytest.mark.parametrize("z", [[0.0, -0.0], FAR, [1e300, -1e300], [1e-300, -1e-300, 1e-8, -1e-8], [0.7, -0.7, 3, -30]])
def test_slope_of_an_activation(function, z):
    z = np.array(z)
    weights = np.arange(1.0, len(z) + 1)
    given = Tracked(z)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a = function(given)
        a.backward(weights)
    np.testing.assert_array_equal(a.value, function(z))
    np.testing.assert_allclose(given.gradient, weights * function.derivative(z, function(z)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_slope_of_an_activation_of_a_number(function):
    for z in (0.0, 0.3, -1.2):
        given = Tracked(z)
        function(given).backward()
        assert given.gradient == pytest.approx(function.derivative(np.array(z), function(z)), rel=1e-12)


def test_step_has_no_slope():
    assert isinstance(activation.step(Tracked([-1.0, 0.0, 1.0])), np.ndarray)


@pytest.mark.parametrize("z", [[0.0, 0.0, 0.0], FAR, [1e300, -1e300, 0], [0.3, -1, 2], [5.0, 5.0, 1.0]])
def test_slope_of_softmax(z):
    """Against its whole matrix of derivatives, diag(a) - a aᵀ."""
    z = np.array([z, z[::-1]])
    share = np.random.default_rng(0).normal(size=z.shape)
    given = Tracked(z)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a = activation.softmax(given)
        a.backward(share)
    expected = [(np.diag(row) - np.outer(row, row)) @ g for row, g in zip(a.value, share, strict=True)]
    np.testing.assert_allclose(given.gradient, expected, rtol=1e-12, atol=1e-15)


# A table of operations, each against finite differences. Every rule has a row.


class Row:
    """Operands, each with the shape given, and a function of them; numbers are drawn from low to high."""

    def __init__(self, function, *shapes, low=-2.0, high=2.0, **settings):
        self.function, self.shapes, self.low, self.high = function, shapes, low, high
        self.settings = settings

    def arrays(self):
        rng = np.random.default_rng(0)
        return [rng.uniform(self.low, self.high, shape) for shape in self.shapes]

    def __call__(self, *arrays):
        return self.function(*arrays, **self.settings)


def check_row(row):
    """Value and derivatives, with every choice of operands Tracked and the others plain."""
    arrays = row.arrays()
    value = row(*arrays)
    share = np.random.default_rng(1).normal(size=np.shape(value))
    tried = numerical_gradients(lambda arrays: np.sum(share * row(*arrays)), [array.copy() for array in arrays])
    for chosen in itertools.product([False, True], repeat=len(arrays)):
        if not any(chosen):
            continue
        given = [Tracked(array) if choice else array for array, choice in zip(arrays, chosen, strict=True)]
        result = row(*given)
        assert isinstance(result, Tracked)
        assert result.shape == np.shape(value)
        np.testing.assert_allclose(result.value, value, rtol=1e-14, atol=1e-15)
        result.backward(share)
        for array, choice, expected in zip(given, chosen, tried, strict=True):
            if choice:
                assert array.gradient.shape == array.shape
                np.testing.assert_allclose(array.gradient, expected, **NEAR)


def operations(table):
    """The rows of each operation of a table as the parameter of a test, with its name."""
    rows = [pytest.param(those, id=operation.__name__) for operation, those in table.items()]
    return pytest.mark.parametrize("rows", rows)


BROADCAST = [
    ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((2, 3), ()), ((), (2, 3)), ((), ()),
    ((4, 1, 3), (2, 1)), ((1,), (3,)), ((2, 3), (1, 1)), ((1, 1, 1), (2,)), ((0, 3), (3,)),
]  # fmt: skip
PRODUCTS = [
    ((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,)),
    ((2, 1, 2, 3), (4, 3, 1)), ((1, 1), (1, 1)), ((1,), (1, 3)), ((2, 1), (1,)), ((1, 2, 3), (3,)), ((0, 3), (3, 2)),
]  # fmt: skip
SIGNED = [(2, 3), (), (4,)]


def unary(function, low=-2.0, high=2.0):
    return [Row(function, shape, low=low, high=high) for shape in SIGNED]


def binary(function, low=-2.0, high=2.0):
    return [Row(function, *shapes, low=low, high=high) for shapes in BROADCAST]


def with_plain(function, *others):
    """A row for each second operand that is no Tracked array, before and behind it."""
    behind = [Row(functools.partial(lambda x, y: function(x, y), y=y), (2, 3), low=0.5) for y in others]
    return behind + [Row(functools.partial(lambda x, y: function(y, x), y=y), (2, 3), low=0.5) for y in others]


NUMBERS = [2, 0.5, np.float64(1.5), np.float32(0.5), np.int64(3), [1, 2, 3], (0.5, 2.0, 1.0), True]
UFUNCS = {
    np.positive: [*unary(np.positive), *unary(operator.pos)],
    np.negative: [*unary(np.negative), *unary(operator.neg)],
    np.add: [*binary(np.add), *binary(operator.add), *with_plain(operator.add, *NUMBERS)],
    np.subtract: [*binary(np.subtract), *binary(operator.sub), *with_plain(np.subtract, *NUMBERS)],
    np.multiply: [*binary(np.multiply), *binary(operator.mul), *with_plain(operator.mul, *NUMBERS)],
    np.divide: [*binary(np.divide, low=0.5), *binary(operator.truediv, low=0.5), *with_plain(np.divide, *NUMBERS)],
    np.power: [
        *binary(np.power, low=0.5), *binary(operator.pow, low=0.5), *with_plain(np.power, 2, 0.5, np.int64(3)),
        *with_plain(operator.pow, 3, 1, 1.5, np.array([1, 2, 3])), *unary(lambda x: x**-2, low=0.5),
        *unary(lambda x: x**2), *unary(lambda x: x**3),
    ],
    np.matmul: [Row(f, *shapes) for shapes in PRODUCTS for f in (np.matmul, operator.matmul)],
    np.maximum: [*binary(np.maximum), *with_plain(np.maximum, 1, 0.75, [0.7, 1.1, 3.0])],
    np.minimum: [*binary(np.minimum), *with_plain(np.minimum, 1, 0.75, [0.7, 1.1, 3.0])],
    np.absolute: [*unary(np.abs), *unary(abs)],
    np.square: unary(np.square),
    np.sqrt: unary(np.sqrt, low=0.5),
    np.reciprocal: unary(np.reciprocal, low=0.5),
    np.exp: unary(np.exp),
    np.expm1: unary(np.expm1),
    np.log: unary(np.log, low=0.5),
    np.log1p: unary(np.log1p, low=-0.5),
    np.log2: unary(np.log2, low=0.5),
    np.log10: unary(np.log10, low=0.5),
    np.logaddexp: [*binary(np.logaddexp), *with_plain(np.logaddexp, 0, 1.0)],
    np.sin: unary(np.sin),
    np.cos: unary(np.cos),
    np.sinh: unary(np.sinh),
    np.cosh: unary(np.cosh),
    np.tanh: unary(np.tanh),
    np.arctan: unary(np.arctan),
}  # fmt: skip


def over_axes(function):
    """Rows of a reduction: over all, over one axis and several, from the end too, and with the axes kept."""
    axes = [{"axis": axis} for axis in (None, 0, 1, -1, (0, 2), (1, 0), (-1, -3))]
    kept = [{"axis": axis, "keepdims": True} for axis in (None, 1, (0, 2))]
    return [
        *(Row(function, (2, 3, 4), **settings) for settings in axes + kept),
        Row(lambda x: function(x, axis=1), (2, 3)), Row(function, (4,)), Row(function, ()),
        Row(function, (1, 3), axis=0),
    ]  # fmt: skip


def method(name, *arguments, **settings):
    return lambda x: getattr(x, name)(*arguments, **settings)


TWO_FACTORS = [
    "ij,jk->ik", "ij,jk", "ij,jk->ki", "ij,jk->", "ij,jk->i", "ij,jk->j", "ij,jk->k", " ij , jk -> ijk", "ij,jk->ijk",
    "ij,kl->jk", "ba,ac", "zj,ja", "Bj,ja",
]  # fmt: skip
MASK = np.array([[True, False, True], [False, False, True]])
FUNCTION_ROWS = {
    np.sum: [
        *over_axes(np.sum), *over_axes(lambda x, **how: x.sum(**how)), Row(np.add.reduce, (2, 3)),
        Row(np.add.reduce, (2, 3), axis=1, keepdims=True), Row(lambda x: np.add.reduce(x, 1), (2, 3)),
        Row(np.add.reduce, (2, 3), axis=None), Row(sum, (3, 2)), Row(np.sum, (0, 3), axis=0),
        Row(np.sum, (2, 2), axis=()),
    ],
    np.mean: [*over_axes(np.mean), *over_axes(lambda x, **how: x.mean(**how))],
    np.max: [
        *over_axes(np.max), *over_axes(lambda x, **how: x.max(**how)), Row(np.maximum.reduce, (2, 3)), Row(max, (4,)),
    ],
    np.amax: over_axes(np.amax),
    np.min: [
        *over_axes(np.min), *over_axes(lambda x, **how: x.min(**how)), Row(np.minimum.reduce, (2, 3)), Row(min, (4,)),
    ],
    np.amin: over_axes(np.amin),
    np.var: [*over_axes(np.var)[:10], Row(method("var"), (2, 3)), Row(np.var, (4,))],
    np.std: [*over_axes(np.std)[:10], Row(method("std"), (2, 3)), Row(method("std", axis=0), (4, 3))],
    np.where: [
        *(Row(lambda x, y: np.where(MASK, x, y), *shapes) for shapes in BROADCAST[:5]),
        Row(lambda x: np.where(MASK, x, 0), (3,)), Row(lambda x: np.where(MASK, 1.5, x), (2, 1)),
        Row(lambda x: np.where(x > 0, x, 0.1 * x), (2, 3)), Row(lambda x: np.where(True, x, 0), ()),
        Row(lambda x, y: np.where(x > y, x * y, x - y), (2, 3), (3,)),
    ],
    np.pad: [
        Row(lambda x: np.pad(x, 1), (2, 3)), Row(lambda x: np.pad(x, (2, 0), constant_values=3), (2, 3)),
        Row(lambda x: np.pad(x, [(0, 1), (2, 0)], mode="constant"), (2, 3)), Row(lambda x: np.pad(x, 2), (2,)),
    ],
    np.clip: [
        Row(lambda x: np.clip(x, -1, 1), (3, 3)), Row(lambda x: np.clip(x, None, 1), (3, 3)),
        Row(lambda x: np.clip(x, -1, None), (3, 3)), Row(method("clip", -0.5, 0.5), (3, 3)),
        Row(lambda x, low: np.clip(x, low, 3), (3, 3), (3,)), Row(lambda x, high: np.clip(x, -3, high), (3, 3), (3, 1)),
    ],
    np.dot: [
        *(Row(np.dot, *shapes) for shapes in PRODUCTS if len(shapes[1]) < 3), Row(np.dot, (), (3,)),
        Row(np.dot, (2, 3), ()),
        Row(lambda x, y: x * np.dot(x, y), (3,), (3,)), Row(method("dot", np.ones((3, 2))), (2, 3)),
    ],
    np.vdot: [Row(np.vdot, (4,), (4,)), Row(np.vdot, (2, 3), (2, 3)), Row(np.vdot, (), ())],
    np.einsum: [
        *(Row(functools.partial(np.einsum, formula), (2, 3), (3, 4)) for formula in TWO_FACTORS),
        *(Row(functools.partial(np.einsum, formula), (2, 3)) for formula in ("ij->ji", "ij->", "ij->j", "ij", "ji")),
        Row(lambda x, y, z: np.einsum("ij,jk,kl->il", x, y, z), (2, 3), (3, 4), (4, 2)),
        Row(lambda x, y, z: np.einsum("ij,jk,ik->k", x, y, z), (2, 3), (3, 4), (2, 4)),
        Row(lambda x, y: np.einsum("bij,bjk->bik", x, y), (5, 2, 3), (5, 3, 4)),
        Row(lambda x, y: np.einsum("i,j->ij", x, y), (2,), (3,)), Row(lambda x: np.einsum("i,i", x, x), (3,)),
        Row(lambda x, y: np.einsum("ij,ij->", x, y), (1, 3), (2, 3)),
        Row(lambda x, y: np.einsum("ij,ij->j", x, y), (2, 1), (2, 3)),
        Row(lambda x, y: np.einsum(",ij->ij", x, y), (), (2, 3)),
        Row(lambda x: np.einsum("ij,j", x, [1, 2, 3]), (2, 3)),
    ],
    np.outer: [Row(np.outer, (3,), (4,)), Row(np.outer, (2, 2), (3,)), Row(lambda x: np.outer([1, 2], x), (3,))],
    np.linalg.norm: [
        Row(np.linalg.norm, (3,)), Row(np.linalg.norm, (2, 3)), Row(np.linalg.norm, (2, 3), axis=1),
        Row(np.linalg.norm, (2, 3), axis=0, keepdims=True), Row(np.linalg.norm, (2, 3, 4), axis=(0, 2)),
        Row(np.linalg.norm, (2, 3, 4)),
    ],
}  # fmt: skip
MOVE_ROWS = {
    np.reshape: [
        Row(lambda x: np.reshape(x, (3, 2)), (2, 3)), Row(lambda x: np.reshape(x, -1), (2, 3)),
        Row(method("reshape", 3, 2), (2, 3)), Row(method("reshape", (3, 2)), (2, 3)),
        Row(method("reshape", -1), (2, 3)),
        Row(method("reshape", -1, 1), (2, 3)), Row(method("reshape", [6, 1]), (2, 3)),
        Row(method("reshape", ()), (1, 1)),
        Row(lambda x: np.reshape(x, (3, 2), order="F"), (2, 3)), Row(lambda x: x.T.reshape(-1), (2, 3)),
    ],
    np.ravel: [
        Row(np.ravel, (2, 3)), Row(method("ravel"), (2, 3)), Row(np.ravel, ()), Row(np.ravel, (2, 3), order="F"),
        Row(lambda x: np.ravel(x.T), (2, 3)),
    ],
    np.transpose: [
        Row(np.transpose, (2, 3)), Row(np.transpose, (2, 3, 4), axes=(1, 2, 0)), Row(lambda x: x.T, (2, 3)),
        Row(lambda x: x.T, (3,)), Row(lambda x: x.T, (2, 3, 4)), Row(method("transpose"), (2, 3)),
        Row(method("transpose", (1, 0, 2)), (2, 3, 4)),
    ],
    np.swapaxes: [Row(lambda x: np.swapaxes(x, -1, -2), (2, 3, 4)), Row(method("swapaxes", 0, 2), (2, 3, 4))],
    np.moveaxis: [Row(lambda x: np.moveaxis(x, 0, -1), (2, 3, 4))],
    np.squeeze: [Row(np.squeeze, (2, 1, 3, 1)), Row(method("squeeze", axis=1), (2, 1, 3, 1))],
    np.expand_dims: [Row(lambda x: np.expand_dims(x, 1), (2, 3)), Row(lambda x: np.expand_dims(x, (0, -1)), (2, 3))],
    np.atleast_2d: [Row(np.atleast_2d, (3,)), Row(np.atleast_2d, ()), Row(np.atleast_2d, (2, 2, 2))],
    np.copy: [Row(np.copy, (2, 3)), Row(method("copy"), (2, 3))],
    np.broadcast_to: [
        Row(lambda x: np.broadcast_to(x, (2, 3)), (3,)), Row(lambda x: np.broadcast_to(x, (4, 2, 3)), (2, 1)),
    ],
    np.repeat: [
        Row(lambda x: np.repeat(x, 3), (2, 3)), Row(lambda x: np.repeat(x, 2, axis=1), (2, 3)),
        Row(lambda x: np.repeat(x, [2, 0], axis=0), (2, 3)), Row(method("repeat", 2), (2,)),
    ],
    np.tile: [Row(lambda x: np.tile(x, 2), (2, 3)), Row(lambda x: np.tile(x, (2, 2, 1)), (2, 3))],
    np.flip: [Row(np.flip, (2, 3)), Row(np.flip, (2, 3), axis=1)],
    np.roll: [Row(lambda x: np.roll(x, 1), (2, 3)), Row(lambda x: np.roll(x, -1, axis=1), (2, 3))],
    np.take: [
        Row(lambda x: np.take(x, [0, 0, 5]), (2, 3)), Row(lambda x: np.take(x, [2, 0, 2], axis=1), (2, 3)),
        Row(lambda x: x.take(1, axis=0), (2, 3)),
    ],
    np.take_along_axis: [Row(lambda x: np.take_along_axis(x, np.array([[0, 0], [2, 1]]), axis=1), (2, 3))],
    np.concatenate: [
        Row(lambda x, y: np.concatenate([x, y]), (2, 3), (1, 3)),
        Row(lambda x, y: np.concatenate((x, y), axis=1), (2, 3), (2, 1)),
        Row(lambda x, y: np.concatenate([x, np.ones((2, 2)), y], axis=-1), (2, 3), (2, 1)),
        Row(lambda x, y: np.concatenate([y, x, x]), (2,), (3,)), Row(lambda x: np.concatenate([x, [1.0, 2.0]]), (3,)),
        Row(lambda x, y: np.concatenate([x, y], axis=None), (2, 3), (4,)), Row(np.concatenate, (2, 3)),
    ],
    np.stack: [
        Row(lambda x, y: np.stack([x, y]), (2, 3), (2, 3)),
        Row(lambda x, y: np.stack([x, np.ones(3), y], axis=1), (3,), (3,)),
        Row(lambda x, y: np.stack([x, y, 2.0]), (), ()), Row(lambda x: np.stack([*x, x[0]]), (2, 3)),
    ],
    np.hstack: [
        Row(lambda x, y: np.hstack([x, y]), (2, 3), (2, 1)), Row(lambda x, y: np.hstack([1.0, x, y]), (3,), ()),
    ],
    np.vstack: [Row(lambda x, y: np.vstack([x, y]), (2, 3), (3,)), Row(lambda x: np.vstack([x, np.ones(3)]), (3,))],
    np.column_stack: [
        Row(lambda x, y: np.column_stack([x, y]), (3,), (3, 2)),
        Row(lambda x: np.column_stack([x, np.ones(len(x))]), (2, 3)),
    ],
    windows: [
        Row(lambda x: windows(x, 2), (4,)), Row(lambda x: windows(x, (2, 2)), (3, 4)),
        Row(lambda x: windows(x, 2, axis=1), (2, 4)),
    ],
}  # fmt: skip
INDICES = [
    0, -1, (0, 2), (1, slice(None)), slice(1, None), (slice(None), slice(None, None, -1)), slice(0, 0), (), ...,
    [1, 0, 1], np.array([1, 1, 1]), ([0, 1, 0], [2, 2, 2]), (slice(None), [0, 0, 2]), np.array([[0, 1], [1, 1]]),
    (np.arange(2), np.array([1, 0])), ([[0], [1]], [0, 2]), MASK, (slice(None), MASK[0]), np.newaxis,
    (..., np.newaxis), (0, np.newaxis), (slice(None), 1, np.newaxis),
]  # fmt: skip
MIXED = [
    Row(lambda x: x * x, (3,)), Row(lambda x: x @ x, (3, 3)), Row(lambda x: x / x.sum(), (3,), low=0.5),
    Row(lambda x: np.maximum(x, x) + np.where(x > 0, x, x), (2, 3)), Row(lambda x: x - x.mean(axis=0), (4, 3)),
    Row(lambda x: np.concatenate([x, x[:1]]) ** 2, (2, 3)), Row(lambda x: x[0] * x[1] + x[0], (2, 3)),
    Row(lambda x: (x - x.mean(0)) / x.std(0), (4, 3)),
    Row(lambda x, W: np.log(1 + np.exp(x @ W)) @ W.T, (2, 3), (3, 2)),
    Row(lambda x: np.log(np.sum(np.exp(x - x.max(-1, keepdims=True)), axis=-1)), (4, 3)),
    Row(lambda x, k: np.einsum("ijkl,kl->ij", windows(x, (2, 2)), k), (4, 4), (2, 2)),
    Row(lambda x, y: np.stack([x * y, y, x]).max(axis=0).sum() * x, (3,), (3,)),
    Row(lambda x: 2**x + x**x + x**-1, (3,), low=0.5), Row(lambda x: sum(row @ row for row in x), (2, 3)),
    Row(lambda x: -(+x) * abs(x) / 3, (2, 3)), Row(lambda x: functools.reduce(operator.matmul, [x] * 4), (2, 2)),
]  # fmt: skip


@operations(UFUNCS)
def test_ufunc(rows):
    for row in rows:
        check_row(row)


@operations(FUNCTION_ROWS)
def test_function(rows):
    for row in rows:
        check_row(row)


@operations(MOVE_ROWS)
def test_move(rows):
    for row in rows:
        check_row(row)


@pytest.mark.parametrize("index", INDICES, ids=range(len(INDICES)))
def test_index(index):
    check_row(Row(lambda x: x[index], (2, 3)))


@pytest.mark.parametrize("row", MIXED, ids=range(len(MIXED)))
def test_several_operations(row):
    check_row(row)


def test_every_rule_has_a_row():
    assert UFUNCS.keys() == RULES.keys()
    assert FUNCTION_ROWS.keys() == FUNCTIONS.keys()
    assert MOVE_ROWS.keys() == MOVES
    assert REDUCTIONS.keys() == {np.add, np.maximum, np.minimum}
    assert all(len(rules) == ufunc.nin for ufunc, rules in RULES.items())
    assert all(UFUNCS.values())
    assert all(FUNCTION_ROWS.values())
    assert all(MOVE_ROWS.values())


@pytest.mark.parametrize("table", [UFUNCS, FUNCTION_ROWS, MOVE_ROWS], ids=["ufuncs", "functions", "moves"])
def test_every_row_uses_the_rule_it_stands_for(table, monkeypatch):
    """With a rule taken away, its first row is no longer followed."""
    ufuncs, functions, moves = dict(RULES), dict(FUNCTIONS), set(MOVES)
    for operation, those in table.items():
        monkeypatch.setattr(autodiff, "RULES", {key: rule for key, rule in ufuncs.items() if key is not operation})
        monkeypatch.setattr(follow, "FUNCTIONS", {key: rule for key, rule in functions.items() if key is not operation})
        monkeypatch.setattr(follow, "MOVES", moves - {operation})
        with pytest.raises(CannotFollow):
            those[0](*tracked(those[0].arrays()))


def test_the_check_sees_a_factor_of_1_001(monkeypatch):
    wrong = {np.tanh: [lambda g, a, x: 1.001 * g * (1 - a * a)]}
    monkeypatch.setattr(autodiff, "RULES", RULES | wrong)
    with pytest.raises(AssertionError):
        check_row(UFUNCS[np.tanh][0])


# Plain results: what has no derivative.

FLAT_ROWS = {np.sign: 1, np.floor: 1, np.ceil: 1, np.rint: 1, np.trunc: 1, np.heaviside: 2}
PLAIN_ROWS = {
    np.zeros_like: (), np.ones_like: (), np.empty_like: (), np.shape: (), np.size: (),
    np.ndim: (), np.argmax: (1,), np.argmin: (1,), np.argsort: (1,), np.any: (1,), np.all: (1,),
    np.isclose: (0.0,), np.allclose: (0.0,), np.array_equal: ([1.0],), np.count_nonzero: (0,), np.round: (1,),
}  # fmt: skip


def test_every_plain_result_has_a_row():
    assert FLAT_ROWS.keys() == FLAT
    assert PLAIN_ROWS.keys() == PLAIN


@pytest.mark.parametrize("ufunc", FLAT_ROWS)
def test_flat_results_are_plain(ufunc):
    array = np.array([[-1.5, 0.0], [0.4, 2.0]])
    others = [0.5] * (FLAT_ROWS[ufunc] - 1)
    result = ufunc(Tracked(array), *others)
    assert type(result) is np.ndarray
    np.testing.assert_array_equal(result, ufunc(array, *others))


@pytest.mark.parametrize("function", PLAIN_ROWS)
def test_questions_have_plain_answers(function):
    array = np.array([[-1.5, 0.0], [0.4, 2.0]])
    result = function(Tracked(array), *PLAIN_ROWS[function])
    assert not isinstance(result, Tracked)
    expected = function(array, *PLAIN_ROWS[function])
    assert np.shape(result) == np.shape(expected)
    if function is not np.empty_like:
        np.testing.assert_array_equal(result, expected)


COMPARISONS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


@pytest.mark.parametrize("compare", COMPARISONS)
def test_comparisons_are_plain(compare):
    array, other = np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])
    for result in (
        compare(Tracked(array), other),
        compare(array, Tracked(other)),
        compare(Tracked(array), Tracked(other)),
    ):
        assert type(result) is np.ndarray
        assert result.dtype == bool
        np.testing.assert_array_equal(result, compare(array, other))
    np.testing.assert_array_equal(compare(Tracked(array), 2), compare(array, 2))


def test_finiteness_and_positions_are_plain():
    given = Tracked([[1.0, np.inf], [np.nan, 0.0]])
    np.testing.assert_array_equal(np.isfinite(given), [[True, False], [False, True]])
    np.testing.assert_array_equal(np.isnan(given), [[False, False], [True, False]])
    assert type(Tracked([[1.0, 5.0], [3.0, 2.0]]).argmax(axis=1)) is np.ndarray
    assert Tracked([1.0, 5.0]).argmax() == 1


def test_shape_and_length():
    given = Tracked(np.zeros((2, 3)))
    assert (given.shape, given.size, given.ndim, len(given)) == ((2, 3), 6, 2, 2)
    assert [row.shape for row in given] == [(3,), (3,)]
    first, second = given
    assert isinstance(first, Tracked)
    assert isinstance(second, Tracked)


# The largest of several that are equal.


@pytest.mark.parametrize("function", [np.max, np.min, np.maximum.reduce, np.minimum.reduce])
def test_equal_entries_share_the_derivative(function):
    given = Tracked([[1.0, 1.0, 0.0, 2.0], [1.0, 1.0, 0.0, 2.0]])
    function(given, axis=0).backward([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(given.gradient, [[0.5, 1, 1.5, 2], [0.5, 1, 1.5, 2]])


def test_equal_entries_over_all_axes():
    given = Tracked([[3.0, 1.0], [3.0, 3.0]])
    given.max().backward()
    np.testing.assert_allclose(given.gradient, [[1 / 3, 0], [1 / 3, 1 / 3]])


def test_largest_of_equal_entries_is_itself():
    for x in np.random.default_rng(0).normal(size=50):
        assert np.max(Tracked([x, x, x])).value == x
        assert np.min(Tracked([x, x, x])).value == x


@pytest.mark.parametrize("values", [[1.0, -np.inf, 0.5], [1.0, np.inf, 0.5], [2.0, 1e308, 1e308, 1e308]])
@pytest.mark.parametrize("function", [np.max, np.min])
def test_largest_among_infinite_entries(function, values):
    given = Tracked(values)
    result = function(given)
    assert result.value == function(values)
    result.backward()
    chosen = np.array(values) == function(values)
    np.testing.assert_array_equal(given.gradient, chosen / chosen.sum())


# backward itself.


def test_a_value_used_several_times_adds_up():
    x = Tracked([1.0, 2.0])
    y = x * 3
    (y * y + y + x).backward()
    np.testing.assert_allclose(x.gradient, 18 * x.value + 4)
    np.testing.assert_allclose(y.gradient, 2 * y.value + 1)


def test_many_uses_of_many_values():
    """A ladder in which every rung uses the two before it has more ways down than anyone could follow one by one."""
    x = Tracked(1.0)
    a, b = x, x
    for _ in range(60):
        a, b = b, a + b
    b.backward()
    assert x.gradient == b.value > 1e12


def test_everything_in_between_has_a_gradient():
    script, loss_name, X, Y, parameters = script_problem("xor")
    z1, a1, z2, a2 = results = script.forward(X, tracked(parameters))
    loss = LOSSES[loss_name](z2, a2, Y)
    loss.backward()
    da2 = 2 * (a2.value - Y) / Y.size
    dz2 = da2 * activation.sigmoid.derivative(z2.value, a2.value)
    da1 = dz2 @ parameters[2].T
    dz1 = da1 * activation.sigmoid.derivative(z1.value, a1.value)
    agree([result.gradient for result in results], [dz1, da1, dz2, da2], **EXACT)
    assert loss.gradient == 1
    assert all(node.gradient.shape == node.shape for node in loss.tape())


def test_gradient_is_none_before_and_where_the_loss_does_not_depend():
    x, other = Tracked([1.0]), Tracked([2.0])
    loss = np.sum(x * (other > 1))
    unused = x + other
    assert x.gradient is None
    assert loss.gradient is None
    loss.backward()
    np.testing.assert_array_equal(x.gradient, [1.0])
    assert other.gradient is None
    assert unused.gradient is None


def test_backward_with_a_given_gradient():
    x = Tracked([[1.0, 2.0], [3.0, 4.0]])
    y = x**2
    y.backward([[1, 0], [0, -2]])
    np.testing.assert_array_equal(x.gradient, [[2, 0], [0, -16]])
    y.backward()
    np.testing.assert_array_equal(x.gradient, 2 * x.value)
    y.sum().backward(3.0)
    np.testing.assert_array_equal(x.gradient, 6 * x.value)


@pytest.mark.parametrize("shape", [(), (1,), (2,), (3, 2), (1, 2, 3), (2, 1)])
def test_a_given_gradient_of_the_wrong_shape_is_refused(shape):
    with pytest.raises(ValueError, match="shape") as error:
        (2 * Tracked(np.ones((2, 3)))).backward(np.ones(shape))
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="shape"):
        Tracked(1.0).backward(np.ones(1))


def test_backward_twice_is_not_the_double():
    script, loss_name, X, Y, parameters = script_problem("2x2_image_recognition")
    given = tracked(parameters)
    loss = LOSSES[loss_name](*script.forward(X, given)[-2:], Y)
    loss.backward()
    first = [node.gradient.copy() for node in loss.tape()]
    loss.backward()
    agree([node.gradient for node in loss.tape()], first, rtol=0, atol=0)


def test_two_losses_of_the_same_parameters():
    x = Tracked([1.0, 2.0])
    shared = x * 2
    one, two = np.sum(shared**2), np.sum(3 * shared)
    one.backward()
    np.testing.assert_array_equal(x.gradient, 8 * x.value)
    two.backward()
    np.testing.assert_array_equal(x.gradient, [6, 6])
    one.backward()
    np.testing.assert_array_equal(x.gradient, 8 * x.value)
    (one + two).backward()
    np.testing.assert_array_equal(x.gradient, 8 * x.value + 6)


def test_backward_from_the_middle():
    x = Tracked([1.0, 2.0])
    middle = x * 2
    loss = np.sum(middle**2)
    middle.backward()
    np.testing.assert_array_equal(x.gradient, [2, 2])
    assert loss.gradient is None


def test_backward_of_what_was_given():
    x = Tracked([1.0, 2.0])
    x.backward()
    np.testing.assert_array_equal(x.gradient, [1, 1])


@pytest.mark.parametrize("start", [0, 0.0, np.float64(0), Tracked(0.0)])
def test_loss_in_several_steps(start):
    x = Tracked([1.0, 2.0, 3.0])
    loss, before = start, x.sum()
    loss += before
    loss += 0.5 * np.sum(x**2)
    loss -= x[0]
    loss *= 2
    loss /= 4
    loss.backward()
    np.testing.assert_allclose(x.gradient, (1 + x.value - [1, 0, 0]) / 2)
    assert before.value == 6
    assert autodiff.plain(start) == 0


def test_a_loss_over_batches():
    script, _, X, Y, parameters = script_problem("xor")
    given, loss = tracked(parameters), 0.0
    for x, y in zip(X, Y, strict=True):
        loss += np.mean((script.forward(x[np.newaxis], given)[-1] - y) ** 2) / len(X)
    loss.backward()
    agree(found(given), script.backward(X, Y, parameters)[1], **EXACT)


def test_integers_and_booleans_become_floats():
    x = Tracked([[1, 2], [3, 4]])
    assert x.value.dtype == float
    np.sum(x * np.array([[True, False], [True, True]]) * np.arange(2, dtype=np.int8)).backward()
    np.testing.assert_array_equal(x.gradient, [[0, 0], [0, 1]])


def test_one_gradient_changed_in_place_changes_no_other():
    """As clipping or momentum do it with parameter.gradient *= …"""
    start = np.array([1.0, 2.0])
    a, b, c = tracked([[1.0, 2.0]] * 3)
    total = a + b + np.positive(c)
    total.backward(start)
    for array in (a, b, c):
        array.gradient *= 10
    for array in (a, b, c):
        np.testing.assert_array_equal(array.gradient, [10, 20])
    np.testing.assert_array_equal(total.gradient, [1, 2])
    np.testing.assert_array_equal(start, [1, 2])


@pytest.mark.parametrize(
    "function", [np.sum, np.mean, lambda x: np.sum(x[:0]) + np.sum(x, axis=0), lambda x: np.sum(x[:0])]
)
def test_gradients_can_be_changed_in_place(function):
    x = Tracked([1.0, 2.0])
    function(x).backward()
    expected = 0.5 * x.gradient
    x.gradient *= 0.5
    np.testing.assert_array_equal(x.gradient, expected)


def test_a_copy_is_another_array():
    x = Tracked([1.0, 2.0])
    y = copy.deepcopy(x)
    loss = np.sum(x * x * y)
    for _ in range(2):
        loss.backward()
        np.testing.assert_array_equal(x.gradient, 2 * x.value * y.value)
        np.testing.assert_array_equal(y.gradient, x.value**2)


def test_powers_at_zero():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for exponent, slope in ((0, 0), (1, 1), (2, 0), (3, 0)):
            x = Tracked([0.0, 2.0])
            (x**exponent).backward()
            np.testing.assert_array_equal(x.gradient, [slope, exponent * 2.0 ** (exponent - 1)])
        x, y = Tracked([0.0, 0.0]), Tracked([2.0, 1.0])
        (x**y).backward()
        np.testing.assert_array_equal(x.gradient, [0, 1])
        np.testing.assert_array_equal(y.gradient, [0, 0])


# Where the operands are given in another way than usual.


@pytest.mark.parametrize("order", ["C", "F", "A", "K"])
def test_orders_of_ravel(order):
    x = Tracked([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    result = np.ravel(x.T, order=order)
    np.testing.assert_array_equal(result.value, np.ravel(x.value.T, order=order))
    np.sum(result * result.value).backward()
    np.testing.assert_array_equal(x.gradient, x.value)


LISTS = [
    Row(lambda x: [[1.0, 2.0], [3.0, 4.0]] @ x, (2, 3)), Row(lambda x: x @ [1.0, 2.0, 3.0], (2, 3)),
    Row(lambda x: x ** [1, 2, 3], (2, 3)), Row(lambda x: [1, 2, 3] ** x, (2, 3)),
    Row(lambda x: np.dot(x, [1, 2, 3]), (2, 3)),
    Row(lambda x: np.where([True, False, True], x, [1, 2, 3]), (2, 3)),
    Row(lambda x: np.logaddexp(x, [1, 2, 3]), (2, 3)),
    Row(lambda x: x / [1, 2, 3] - [1, 2, 3] / (x + 5), (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize("row", LISTS, ids=range(len(LISTS)))
def test_lists_are_arrays(row):
    check_row(row)


OWN = {
    "transpose with ints": Row(method("transpose", 1, 0, 2), (2, 3, 4)),
    "flatten": Row(method("flatten"), (2, 3)),
    "clip by name": Row(lambda x: np.clip(x, a_min=-1, a_max=1), (2, 3)),
}


@pytest.mark.parametrize("name", OWN)
def test_methods_as_a_reader_would_write_them(name):
    check_row(OWN[name])


def refused_or_right(function, *arrays):
    """Either it cannot be followed, which is said in one line, or value and derivatives are right."""
    try:
        result = function(*tracked(arrays))
    except (TypeError, ValueError) as error:
        one_line(error)
        return
    assert isinstance(result, Tracked)
    check = Row(function, *(array.shape for array in arrays))
    check.arrays = lambda: list(arrays)
    check_row(check)


A = np.random.default_rng(5).uniform(0.5, 2, (2, 3))
B = np.random.default_rng(6).uniform(-2, 2, (4, 3, 2))
RARE = {
    "norm of the first kind": (lambda x: np.linalg.norm(x, 1), A),
    "norm of the first kind, by name": (lambda x: np.linalg.norm(x, ord=1), A),
    "norm of the first kind, of a vector": (lambda x: np.linalg.norm(x, 1), A[0]),
    "norm of the kind 0": (lambda x: np.linalg.norm(x, 0), A[0]),
    "largest norm": (lambda x: np.linalg.norm(x, np.inf), A),
    "norm of the second kind": (lambda x: np.linalg.norm(x, 2), A[0]),
    "norm of Frobenius": (lambda x: np.linalg.norm(x, "fro"), A),
    "dot of a matrix and a stack": (np.dot, A, B),
    "dot of stacks": (np.dot, B, np.ones((5, 2, 3))),
    "dot of equal stacks": (np.dot, B, np.ones((4, 2, 3))),
    "dot of a stack and a matrix": (np.dot, B, A),
    "dot of a vector and a stack": (np.dot, A[0], B),
    "vdot of a row and a column": (np.vdot, A[:1], A[1][:, np.newaxis]),
    "vdot of two orders": (np.vdot, A, B[0]),
    "sum with a type": (lambda x: np.sum(x, 0, float), A),
    "mean with a type": (lambda x: np.mean(x, 0, float), A),
    "largest without an output": (lambda x: np.max(x, 0, None), A),
    "sum, all in order": (lambda x: np.sum(x, 0, None, None, True), A),
    "sum of some": (lambda x: np.sum(x, where=A > 1), A),
    "sum with a start": (lambda x: np.sum(x, initial=5.0), A),
    "largest with a start": (lambda x: np.max(x, initial=0.0), A),
    "add.reduce with a type": (lambda x: np.add.reduce(x, dtype=float), A),
    "spread of a sample": (lambda x: np.std(x, ddof=1), A),
    "spread of a sample, by order": (lambda x: np.var(x, 0, None, None, 1), A),
    "einsum with a diagonal": (lambda x: np.einsum("ii->i", x), B[0, :2]),
    "einsum with dots": (lambda x: np.einsum("...i->i", x), A),
    "einsum of lists": (lambda x: np.einsum(x, [0, 1], [0]), A),
    "einsum, optimized": (lambda x: np.einsum("ij->i", x, optimize=True), A),
    "einsum with a space in an empty result": (lambda x: np.einsum("ij-> ", x), A),
    "two arrays for atleast_2d": (lambda x: np.atleast_2d(x, x), A),
    "an array and a plain one for atleast_2d": (lambda x: np.atleast_2d(x, A), A),
    "clip with ends crossed": (lambda x: np.clip(x, 1.5, 1.0), A),
    "clip by new names": (lambda x: x.clip(min=1.0), A),
    "prod": (np.prod, A),
    "cumsum": (np.cumsum, A),
    "multiply.reduce": (np.multiply.reduce, A),
    "add.accumulate": (np.add.accumulate, A),
    "add.outer": (lambda x: np.add.outer(x, x), A),
    "add where": (lambda x: np.add(x, 1, where=A > 1), A),
    "multiply with a type": (lambda x: np.multiply(x, 2, dtype=np.float32), A),
    "pad": (lambda x: np.pad(x, 1, mode="edge"), A),
    "sort": (np.sort, A),
    "diff": (np.diff, A),
    "inner": (np.inner, A, A),
    "tensordot": (lambda x: np.tensordot(x, x.T, axes=1), A),
    "remainder": (lambda x: x % 0.3, A),
    "floor division": (lambda x: x // 0.3, A),
    "arctan2": (np.arctan2, A, A[::-1]),
    "hypot": (np.hypot, A, A[::-1]),
    "cbrt": (np.cbrt, A),
    "float_power": (lambda x: np.float_power(x, 2), A),
    "add with several results": (lambda x: np.modf(x)[0], A),
    "nested lists": (lambda x: np.concatenate([[x[0], x[1]], A]), A),
    "list of operands": (lambda x: np.ones(3) * x[0] * [x[0, 0], x[1, 1], x[0, 2]], A),
    "list of exponents": (lambda x: x ** [x[0, 0], x[1, 1], x[0, 2]], A),
    "list of numbers in a product": (lambda x: x @ [x[0, 0], x[1, 1], x[0, 2]], A),
    "list of numbers to choose from": (lambda x: np.where(A > 1, x, [x[0, 0], x[1, 1], x[0, 2]]), A),
    "list of limits": (lambda x: np.clip(x, [x[0, 0], x[1, 1], x[0, 2]], 2.0), A),
    "list for einsum": (lambda x: np.einsum("ij,j->i", x, [x[0, 0], x[1, 1], x[0, 2]]), A),
    "list for dot": (lambda x: np.dot(x, [x[0, 0], x[1, 1], x[0, 2]]), A),
    "list to fill with": (lambda x: x * np.full_like(x, x[0, 0]), A),
    "list for outer": (lambda x: np.outer(x[0], [x[0, 0], x[1, 1]]), A),
    "vectorize": (lambda x: np.vectorize(math.sin)(x), A),
    "frompyfunc": (lambda x: np.frompyfunc(math.sin, 1, 1)(x), A),
    "apply_along_axis": (lambda x: np.apply_along_axis(np.sum, 0, x), A),
    "method dot of a plain array": (lambda x: A.dot(x.T), A),
    "method clip of a plain array": (lambda x: (2 * A).clip(x, 3), A),
    "concatenate with a type": (lambda x: np.concatenate([x, x], dtype=float), A),
}  # fmt: skip


@pytest.mark.parametrize("name", RARE)
def test_what_is_rarely_written_is_refused_or_right(name):
    refused_or_right(*RARE[name])


# What cannot be followed.


def one_line(error):
    assert str(error)
    assert "\n" not in str(error)


def in_place(operation):
    def attempt():
        x = Tracked([1.0, 2.0])
        operation(x, np.array([1.0, 2.0]))

    return attempt


def in_place_from_behind(operation):
    def attempt():
        x = np.array([1.0, 2.0])
        operation(x, Tracked([1.0, 2.0]))

    return attempt


def set_entry(array, index, value):
    array[index] = value


IN_PLACE = [
    operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow, operator.imatmul, operator.ifloordiv,
    operator.imod,
]  # fmt: skip
P, S = [1.0, 2.0], 1.0  # of which each attempt makes its own arrays
ATTEMPTS = {
    **{f"{f.__name__} to a tracked array": in_place(f) for f in IN_PLACE},
    **{f"{f.__name__} to a plain array": in_place_from_behind(f) for f in IN_PLACE},
    "t[0] = 1": lambda: set_entry(Tracked(P), 0, 1.0),
    "t[:] = t": lambda: set_entry(Tracked(P), slice(None), Tracked(P)),
    "plain[0] = number": lambda: set_entry(np.array(P), 0, Tracked(S)),
    "plain[0] = array": lambda: set_entry(np.array(P), 0, Tracked(P)),
    "plain[0] = array of one": lambda: set_entry(np.array(P), 0, Tracked([S])),
    "plain[:] = array": lambda: set_entry(np.array(P), slice(None), Tracked(P)),
    "plain[:] = number": lambda: set_entry(np.array(P), slice(None), Tracked(S)),
    "plain[:] = list": lambda: set_entry(np.array(P), slice(None), [Tracked(S), Tracked(S)]),
    "plain[mask] = array": lambda: set_entry(np.array(P), np.array([True, True]), Tracked(P)),
    "plain[[0, 1]] = array": lambda: set_entry(np.array(P), [0, 1], Tracked(P)),
    "plain.fill": lambda: np.array(P).fill(Tracked(S)),
    "copyto": lambda: np.copyto(np.array(P), Tracked(P)),
    "put": lambda: np.put(np.array(P), [0], Tracked(S)),
    "add.at": lambda: np.add.at(np.array(P), [0], Tracked([S])),
    "add.at tracked": lambda: np.add.at(Tracked(P), [0], 1.0),
    "add with a tracked out": lambda: np.add(P, 1.0, out=Tracked(P)),
    "add of a tracked out": lambda: (lambda x: np.add(x, 1.0, out=x))(Tracked(P)),
    "add with a plain out": lambda: np.add(Tracked(P), 1.0, out=np.array(P)),
    "exp with a plain out": lambda: np.exp(Tracked(P), out=np.array(P)),
    "exp with a plain out by place": lambda: np.exp(Tracked(P), np.array(P)),
    "sum with a plain out": lambda: np.sum(Tracked(np.ones((2, 2))), axis=0, out=np.array(P)),
    "concatenate with a plain out": lambda: np.concatenate([Tracked(P), P], out=np.zeros(4)),
    "stack with a plain out": lambda: np.stack([Tracked(P), P], out=np.zeros((2, 2))),
    "take with a plain out": lambda: np.take(Tracked(P), [0, 1], out=np.zeros(2), mode="clip"),
    "dot with a plain out": lambda: np.dot(Tracked(P), Tracked(P), out=np.zeros(())),
    "clip with a plain out": lambda: np.clip(Tracked(P), 0, 1, out=np.zeros(2)),
    "round with a tracked out": lambda: np.round(Tracked(P), 1, out=Tracked(P)),
    "asarray": lambda: np.asarray(Tracked(P)),
    "array": lambda: np.array(Tracked(P)),
    "asarray with a type": lambda: np.asarray(Tracked(P), dtype=np.float32),
    "array of numbers": lambda: np.array([Tracked(S), 1.0]),
    "array of arrays": lambda: np.array([Tracked(P), Tracked(P)]),
    "array of arrays and plain ones": lambda: np.array([P, Tracked(P)]),
    "array of objects": lambda: np.array([Tracked(S), Tracked(S)], dtype=object),
    "mean of a list": lambda: np.mean([Tracked(S), Tracked(S)]),
    "exp of a list": lambda: np.exp([Tracked(S), Tracked(S)]),
    "fromiter": lambda: np.fromiter(Tracked(P), float),
    "full": lambda: np.full(2, Tracked(S)),
    "full_like of a plain array": lambda: np.full_like(np.array(P), Tracked(S)),
    "full_like": lambda: np.full_like(Tracked(P), Tracked(S)),
    "linspace": lambda: np.linspace(0, Tracked(S), 3),
    "float": lambda: float(Tracked(S)),
    "float of an array of one": lambda: float(Tracked([S])),
    "int": lambda: int(Tracked(S)),
    "complex": lambda: complex(Tracked(S)),
    "float64": lambda: np.float64(Tracked(S)),
    "round": lambda: round(Tracked(S)),
    "log of math": lambda: math.log(Tracked(S)),
    "fsum": lambda: math.fsum(Tracked(P)),
    "isclose of math": lambda: math.isclose(Tracked(S), 1.0),
    "Tracked of one": lambda: Tracked(Tracked(P)),
    "Tracked of a list": lambda: Tracked([Tracked(S), Tracked(S)]),
    "index": lambda: np.array(P)[Tracked([0.0])],
    "index of a tracked array": lambda: Tracked(P)[Tracked([0.0])],
    "range": lambda: range(Tracked(2.0)),
    "multiplied list": lambda: [1, 2] * Tracked([1.0, 2.0, 3.0]),
    "truth of an array": lambda: bool(Tracked(P)),
    "iteration over a number": lambda: list(Tracked(S)),
    "sum over a number": lambda: sum(Tracked(S)),
    "take_along_axis by a tracked index": lambda: np.take_along_axis(np.ones((1, 2)), Tracked([[0.0]]), 1),
    "an unknown question by name": lambda: np.cumsum(a=Tracked(P)),
    "cumsum": lambda: np.cumsum(Tracked(P)),
    "method cumsum": lambda: Tracked(P).cumsum(),
    "where with one argument": lambda: np.where(Tracked(P)),
    "shuffle": lambda: np.random.default_rng(0).permutation(Tracked(P)),
    "normal": lambda: np.random.default_rng(0).normal(Tracked(S)),
    "an imaginary factor": lambda: Tracked(P) * 1j,
    "an imaginary array": lambda: Tracked(np.array([1j])),
    "gradient that is tracked": lambda: (2 * Tracked(P)).backward(Tracked(P)),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_cannot_be_followed(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises((TypeError, ValueError)) as error:
            ATTEMPTS[name]()
    one_line(error.value)


OWN_WORDS = [
    "t[0] = 1", "iadd to a tracked array", "iadd to a plain array", "add with a plain out", "asarray", "float",
    "log of math", "cumsum", "method cumsum", "plain[:] = array", "copyto", "array of numbers", "Tracked of one",
]  # fmt: skip


@pytest.mark.parametrize("name", OWN_WORDS)
def test_the_commonest_are_refused_in_words(name):
    with pytest.raises(CannotFollow, match="autodiff cannot follow"):
        ATTEMPTS[name]()


def test_nothing_is_changed_by_what_was_refused():
    x, other = Tracked([1.0, 2.0]), np.array([1.0, 2.0])
    for attempt in (
        lambda: operator.iadd(x, 1), lambda: set_entry(x, 0, 5.0), lambda: operator.iadd(other, x),
        lambda: np.multiply(x, 3, out=other), lambda: set_entry(other, 0, x[0]),
    ):  # fmt: skip
        with pytest.raises((TypeError, ValueError)):
            attempt()
    np.testing.assert_array_equal(x.value, [1, 2])
    np.testing.assert_array_equal(other, [1, 2])


@pytest.mark.parametrize("start", [Tracked(1.0), np.zeros(())], ids=["tracked", "plain"])
def test_a_number_as_out_is_changed_or_refused(start):
    """np.add(number, …, out=number) by itself, of which nobody takes the result."""
    before = float(autodiff.plain(start))
    try:
        np.add(start, Tracked(1.0), out=start)
    except (TypeError, ValueError) as error:
        one_line(error)
    else:
        assert float(autodiff.plain(start)) == before + 1


@pytest.mark.parametrize("value", [0.0, 1.0, [0.0], [[2.0]]])
def test_truth_is_that_of_the_array(value):
    try:
        answer = bool(Tracked(value))
    except TypeError as error:
        one_line(error)
    else:
        assert answer == bool(np.array(value))


def test_questions_by_name():
    x = Tracked([1.0, 3.0, 2.0])
    assert np.argmax(a=x) == 1
    assert np.allclose(x.value, b=x)


def test_unknown_attributes_are_said_so():
    with pytest.raises(AttributeError, match="Tracked array has no colour"):
        _ = Tracked([1.0]).colour


# Memory and time.


@pytest.fixture
def without_collector():
    gc.disable()
    yield
    gc.enable()


OWN_LOSSES = {
    "all operations": lambda X,
    W: np.sum(np.max(np.tanh(X @ W) ** 2, axis=1)) + np.std(W[0]) + np.einsum("ij,ij", W, W),
    "moves": lambda X,
    W: np.sum(np.concatenate([W.T.reshape(-1), W[[0, 0]].ravel()]) ** 2) + np.mean(windows(W, (2, 2)) ** 2),
    "choices": lambda X, W: np.mean(np.where(W > 0, W, 0.1 * W) * np.clip(W, -1, 1)) + np.linalg.norm(W) + W.min(),
}  # fmt: skip


def what_dies_with(loss, given):
    """Weak references to everything between the parameters and the loss, after backward."""
    loss.backward()
    nodes = [node for node in loss.tape() if all(node is not parameter for parameter in given)]
    assert len(nodes) > 3
    alive = [weakref.ref(node) for node in nodes]
    alive += [weakref.ref(node.gradient) for node in nodes if isinstance(node.gradient, np.ndarray)]
    alive += [weakref.ref(node.value) for node in nodes if node.value.base is None]
    return alive


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("name", OWN_LOSSES)
def test_memory_is_freed_with_the_loss(name):
    rng = np.random.default_rng(0)
    given = tracked([rng.normal(size=(3, 4))])
    loss = OWN_LOSSES[name](rng.normal(size=(5, 3)), *given)
    alive = what_dies_with(loss, given)
    assert any(reference() is not None for reference in alive)
    del loss
    assert all(reference() is None for reference in alive)
    assert given[0].gradient is not None


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_memory_of_a_script_is_freed_with_the_loss(name):
    script, loss_name, X, Y, parameters = script_problem(name)
    given = tracked(parameters)
    loss = LOSSES[loss_name](*script.forward(X, given)[-2:], Y)
    alive = what_dies_with(loss, given)
    del loss
    assert all(reference() is None for reference in alive)


@pytest.mark.usefixtures("without_collector")
def test_memory_does_not_grow():
    """From one step to the next: after 200 of them it is less than what two of them take."""
    script, loss_name, X, Y, parameters = script_problem("noisy_xor", samples=400)
    given, sizes = tracked(parameters), []
    tracemalloc.start()
    try:
        for step in range(200):
            loss = LOSSES[loss_name](*script.forward(X, given)[-2:], Y)
            loss.backward()
            for parameter in given:
                parameter.value -= 0.1 * parameter.gradient
            if step in (20, 199):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[1] - sizes[0] < 2 * sum(node.value.nbytes for node in loss.tape())


def test_a_long_chain():
    """Neither the way back nor the end of a chain of many steps needs a stack as deep as the chain."""
    x = Tracked([1.0, 2.0])
    y = x
    for _ in range(5000):
        y = y + 1
    y.backward()
    np.testing.assert_array_equal(x.gradient, [1, 1])
    del y


def test_training_goes_as_by_hand():
    script, loss_name, X, Y, parameters = script_problem("xor")
    by_hand = [parameter.copy() for parameter in parameters]
    for _ in range(50):
        _, gradients = script.backward(X, Y, by_hand)
        given = tracked(parameters)
        LOSSES[loss_name](*script.forward(X, given)[-2:], Y).backward()
        for parameter, own, mine, gradient in zip(parameters, given, by_hand, gradients, strict=True):
            parameter -= 0.5 * own.gradient
            mine -= 0.5 * gradient
    agree(parameters, by_hand, **EXACT)


def ratio_of_times(function, other, calls, repeats):
    """How many times as long a function takes: medians of calls by turns, and of some repeats the lowest."""
    ratios = []
    for _ in range(repeats):
        times = [], []
        for _ in range(calls):
            for those, call in zip(times, (function, other), strict=True):
                began = time.perf_counter()
                call()
                those.append(time.perf_counter() - began)
        ratios.append(np.median(times[0]) / np.median(times[1]))
    return min(ratios)


def step_by_itself(forward, loss_name, X, Y, parameters):
    given = tracked(parameters)
    LOSSES[loss_name](*forward(X, given)[-2:], Y).backward()
    return [parameter.gradient for parameter in given]


@pytest.mark.slow
def test_time_of_a_small_network():
    rng = np.random.default_rng(0)
    X, Y = random_data([2, 4, 1], "sigmoid", rng, samples=4)
    parameters = random_parameters([2, 4, 1], rng)
    alone = functools.partial(step_by_itself, xor.forward, "mean_squared_error", X, Y, parameters)
    assert ratio_of_times(alone, functools.partial(xor.backward, X, Y, parameters), 300, 5) < 12


@pytest.mark.slow
@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "relu"])
def test_time_of_a_large_network(hidden):
    shape, rng = [784, 128, 10], np.random.default_rng(0)
    network = Network(shape, [hidden, "softmax"], rng=0)
    X, Y = random_data(shape, "softmax", rng, samples=1024)
    alone = functools.partial(step_by_itself, network.forward, "cross_entropy", X, Y, network.parameters)
    by_hand = functools.partial(network.backward, X, Y)
    assert ratio_of_times(alone, by_hand, 9, 4) < 1.7
