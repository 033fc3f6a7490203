"""The derivatives that Tracked arrays find by themselves: against those by hand, and against finite differences."""

import ast
import copy
import functools
import gc
import itertools
import math
import tracemalloc
import weakref

import numpy as np
import pytest
from helpers import HAND_WRITTEN, PAIRS, load, random_data, random_parameters

import activation
import autodiff
import gradient_check
import reliability
import xor
from autodiff import CannotFollow, Tracked
from gradient_check import numerical_gradients
from network1 import LOSSES, Network

SHAPES = {1: [3, 2], 2: [3, 4, 2], 3: [3, 4, 3, 2], 4: [3, 4, 3, 4, 2]}
EXACT = {"rtol": 1e-12, "atol": 1e-12}
NEAR = {"rtol": 1e-7, "atol": 1e-8}


def tracked(arrays):
    return [Tracked(array) for array in arrays]


def value_of(x):
    return x.value if isinstance(x, Tracked) else x


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
def test_a_script(name, seed):
    """Its forward and its loss; and its backward, which is made of Tracked arrays as well, and so has a derivative."""
    script, loss_name, X, Y, parameters = script_problem(name, seed)
    expected_loss, expected = script.backward(X, Y, parameters)
    given = tracked(parameters)
    results = script.forward(X, given)
    agree([result.value for result in results], script.forward(X, parameters), rtol=0, atol=0)
    own_loss, gradients = script.backward(X, Y, given)
    for loss in (LOSSES[loss_name](*results[-2:], Y), own_loss):
        loss.backward()
        assert loss.value == pytest.approx(expected_loss, rel=1e-12)
        agree(found(given), expected, **EXACT)
    agree([gradient.value for gradient in gradients], expected, **EXACT)
    agree(expected, numerical_gradients(lambda p: script.backward(X, Y, p)[0], parameters), **NEAR)
    directions = [np.random.default_rng(1).normal(size=parameter.shape) for parameter in parameters]

    def slope(parameters):
        pairs = zip(script.backward(X, Y, parameters)[1], directions, strict=True)
        return sum(np.sum(gradient * direction) for gradient, direction in pairs)

    slope(given).backward()
    agree(found(given), numerical_gradients(slope, parameters), rtol=1e-6, atol=1e-8)


def check_network(activations, loss, depth, biases):
    rng = np.random.default_rng(depth)
    network = Network(SHAPES[depth], activations, loss)
    parameters = random_parameters(SHAPES[depth], rng)
    X, Y = random_data(SHAPES[depth], activations[-1], rng)
    if biases:  # which make sums of about ±1000 in the last layer
        parameters[-1][:], Y = biases, np.round(Y)
    expected_loss, expected = network.backward(X, Y, parameters)
    given = tracked(parameters)
    loss = LOSSES[network.loss_name](*network.forward(X, given)[-2:], Y)
    if isinstance(loss, Tracked):  # not after step
        loss.backward()
    assert value_of(loss) == pytest.approx(expected_loss, rel=1e-12)
    agree(found(given), expected, **EXACT)
    own_loss, gradients = network.backward(X, Y, tracked(parameters))
    assert value_of(own_loss) == pytest.approx(expected_loss, rel=1e-12)
    agree([value_of(gradient) for gradient in gradients], expected, **EXACT)


@pytest.mark.parametrize("biases", [None, [1000, -1000]], ids=["", "saturated"])
@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_network(output, loss, depth, biases):
    for hidden in [*activation.HIDDEN, "step"] if depth > 1 else [None]:
        check_network([hidden] * (depth - 1) + [output], loss, depth, biases)


@pytest.mark.parametrize("script", [gradient_check, reliability])
@pytest.mark.parametrize("networks", [(), (1,), (3,)])
def test_a_stack_of_networks(script, networks):
    X, Y = gradient_check.dataset.truth_table("xor")
    rng = np.random.default_rng(0)
    parameters = [rng.normal(0, 1, (*networks, *shape)) for shape in [(2, 4), (1, 4), (4, 1), (1, 1)]]
    expected_loss, expected = script.backward(X, Y, parameters)
    given = tracked(parameters)
    loss, gradients = script.backward(X, Y, given)
    assert loss.shape == networks
    np.testing.assert_allclose(loss.value, expected_loss, rtol=1e-12)
    loss.backward()
    agree(found(given), expected, **EXACT)
    agree([gradient.value for gradient in gradients], expected, **EXACT)
    for last in networks:
        loss.backward(np.eye(last)[-1])
        agree([gradient[-1] for gradient in found(given)], [by_hand[-1] for by_hand in expected], **EXACT)
        assert all(np.all(gradient[:-1] == 0) for gradient in found(given))


# Activations at their kinks, and far out.


def sigmoid_of_halves(z):
    e = np.exp(-np.abs(z))
    return np.where(z > 0, 1.0, e) / (1.0 + e)


sigmoid_of_halves.derivative = activation.sigmoid.derivative
ELEMENTWISE = [f for f in activation.FUNCTIONS if f not in (activation.step, activation.softmax)] + [sigmoid_of_halves]
FAR = [1e3, -1e3, 750.0, -750.0]
POINTS = [[0.0, -0.0], FAR, [1e300, -1e300], [1e-300, -1e-300, 1e-8, -1e-8], [0.7, -0.7, 3, -30], 0.0, 0.3, -1.2]


@pytest.mark.parametrize("function", ELEMENTWISE)
@pytest.mark.parametrize("z", POINTS)
def test_slope_of_an_activation(function, z):
    z = np.array(z)
    weights = np.arange(1.0, z.size + 1).reshape(z.shape)
    given = Tracked(z)
    a = function(given)
    a.backward(weights)
    np.testing.assert_allclose(a.value, function(z), rtol=1e-15)
    np.testing.assert_allclose(given.gradient, weights * function.derivative(z, function(z)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("z", [[0.0, 0.0, 0.0], FAR, [1e300, -1e300, 0], [0.3, -1, 2], [5.0, 5.0, 1.0]])
def test_slope_of_softmax(z):
    """Against its whole matrix of derivatives, diag(a) - a aᵀ."""
    z = np.array([z, z[::-1]])
    share = np.random.default_rng(0).normal(size=z.shape)
    given = Tracked(z)
    a = activation.softmax(given)
    a.backward(share)
    expected = [(np.diag(row) - np.outer(row, row)) @ g for row, g in zip(a.value, share, strict=True)]
    np.testing.assert_allclose(given.gradient, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("exponent", "slopes"), [(0, [0, 0]), (1, [1, 1]), (2, [0, 4]), (3, [0, 12])])
def test_powers_at_zero(exponent, slopes):
    x, y = Tracked([0.0, 2.0]), Tracked([exponent, exponent])
    (x**exponent).backward()
    np.testing.assert_array_equal(x.gradient, slopes)
    (x**y).backward()
    np.testing.assert_array_equal(x.gradient, slopes)
    np.testing.assert_allclose(y.gradient, [0, 2**exponent * np.log(2)])


# Tables of expressions, each against finite differences. The names in them stand for random arrays.

SIGNED = dict(s=(), v=(3,), u=(4,), x=(2, 3), y=(2, 3), W=(3, 4), V=(4, 2), t=(2, 3, 4), c=(2, 1), k=(2, 2), m=(4, 4))
SIGNED |= dict(r=(1, 3), d=(2, 1, 3, 1), empty=(0, 3), stack=(4, 3, 2))
POSITIVE = {"p": (2, 3), "q": (3,)}
MASK = np.array([[True, False, True], [False, False, True]])
WHOLE = np.array([[0, 1], [1, 1]])
A = np.random.default_rng(5).uniform(0.5, 2, (2, 3))
PLAIN = {"np": np, "math": math, "windows": np.lib.stride_tricks.sliding_window_view, "step": activation.step}
PLAIN |= {"MASK": MASK, "WHOLE": WHOLE, "A": A}


def table(text):
    """The expressions of a text, between which are semicolons or the ends of lines."""
    return [row.strip() for row in text.replace("\n", ";").split(";") if row.strip()]


def random_array(name, shape):
    rng = np.random.default_rng(sum(name.encode()))
    return np.array(rng.uniform(0.5, 2, shape) * (1 if name in POSITIVE else rng.choice([-1, 1], shape)))


def operands(expression, shapes=None):
    """The arrays of an expression by their names."""
    names = sorted({node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)})
    shapes = SIGNED | POSITIVE | (shapes or {})
    return {name: random_array(name, shapes[name]) for name in names if name in shapes}


@functools.cache
def compiled(expression):
    return compile(expression, "expression", "eval")


def evaluate(expression, arrays):
    return eval(compiled(expression), PLAIN | arrays)


def check(expression, shapes=None):
    """Value and derivatives, with every choice of operands Tracked and the others plain."""
    arrays = operands(expression, shapes)
    names, value = list(arrays), evaluate(expression, arrays)
    share = np.random.default_rng(1).normal(size=np.shape(value))

    def loss(changed):
        return np.sum(share * evaluate(expression, dict(zip(names, changed, strict=True))))

    tried = numerical_gradients(loss, [array.copy() for array in arrays.values()])
    for chosen in list(itertools.product([False, True], repeat=len(names)))[1:]:
        pairs = zip(arrays.items(), chosen, strict=True)
        given = {name: Tracked(array) if choice else array for (name, array), choice in pairs}
        result = evaluate(expression, given)
        assert isinstance(result, Tracked)
        assert result.shape == np.shape(value)
        np.testing.assert_allclose(result.value, value, rtol=1e-14, atol=1e-15)
        result.backward(share)
        for array, choice, expected in zip(given.values(), chosen, tried, strict=True):
            if choice:
                assert array.gradient.shape == array.shape
                np.testing.assert_allclose(array.gradient, expected, **NEAR)


BROADCAST = [
    ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((2, 3), ()), ((), (2, 3)), ((), ()),
    ((4, 1, 3), (2, 1)), ((1,), (3,)), ((2, 3), (1, 1)), ((1, 1, 1), (2,)), ((0, 3), (3,)),
]  # fmt: skip
BINARY = table("""
    x + y ; np.add(x, y) ; x - y ; np.subtract(x, y) ; x * y ; np.multiply(x, y) ; x / y ; np.divide(x, y) ; p ** q
    np.power(p, q) ; np.maximum(x, y) ; np.minimum(x, y) ; np.logaddexp(x, y)
    np.where(np.True_, x, y) + np.where(np.False_, x, y) * 2
""")
PRODUCTS = [
    ((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((0, 3), (3, 2)),
    ((1, 1), (1, 1)), ((1,), (1, 3)), ((2, 1), (1,)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((2, 1, 2, 3), (4, 3, 1)),
]  # fmt: skip
NUMBERS = ["2", "0.5", "np.float64(1.5)", "np.float32(0.5)", "np.int64(3)", "[1, 2, 3]", "(0.5, 2.0, 1.0)", "True"]
WITH_NUMBERS = ["p + {}", "{} + p", "p - {}", "{} - p", "p * {}", "{} * p", "p / {}", "{} / p", "p ** {}", "{} ** p"]
WITH_NUMBERS += ["np.maximum(p, {})", "np.minimum({}, p)", "np.logaddexp(p, {})", "np.where(MASK, p, {})"]
UNARY = table("""
    -{} ; abs({}) ; np.absolute({}) ; np.square({}) ; np.exp({}) ; np.sin({}) ; np.cos({}) ; np.tanh({}) ; {} ** 2
    {} ** 3 ; {} ** -2 ; np.sqrt(abs({})) ; np.log(abs({})) ; np.log1p(abs({})) ; np.sum({}) ; np.mean({}) ; np.max({})
    np.min({}) ; np.ravel({}) ; np.copy({}) ; np.amax({}) ; np.amin({}) ; np.std({} + [1, 2, 4])
""")
AXES = ["", "axis=None", "axis=0", "1", "axis=-1", "axis=(0, 2)", "axis=(1, 0)", "axis=(-1, -3)", "keepdims=True"]
AXES += ["axis=1, keepdims=True", "axis=(0, 2), keepdims=True"]
REDUCTIONS = ["sum", "mean", "max", "min", "var", "std"]
EINSUMS = table(
    "ij,jk->ik ; ij,jk->ki ; ij,jk-> ; ij,jk->i ; ij,jk->j ; ij,jk->k ;  ij , jk -> ijk ; ij,kl->jk ; Bj,ja->aB"
)
FUNCTIONS = table("""
    sum(x) ; max(u) ; min(u) ; np.sum(empty, axis=0) ; np.sum(x, axis=()) ; np.std(x, axis=0) ; np.where(MASK, x, y)
    np.where(MASK, s, c) ; np.where(MASK, 1.5, c) ; np.where(x > 0, x, 0.1 * x) ; np.where(x > v, x * v, x - v)
    np.where([True, False, True], x, [1, 2, 3]) ; np.pad(x, 1) ; np.pad(x, (2, 0), constant_values=3)
    np.pad(x, [(0, 1), (2, 0)], mode='constant') ; np.clip(x, -1, 1) ; np.clip(x, None, 1) ; np.clip(x, -1, None)
    x.clip(-1, 1) ; np.clip(x, a_min=-1, a_max=1) ; np.clip(x, v, 3) ; np.clip(x, -3, c) ; np.dot(s, v) ; np.dot(x, s)
    v * np.dot(v, v) ; x.dot(np.ones((3, 2))) ; np.dot(x, [1, 2, 3]) ; [[1.0, 2.0], [3.0, 4.0]] @ x
    x @ [1.0, 2.0, 3.0] ; np.einsum('ij->ji', x) ; np.einsum('ij->j', x) ; np.einsum('i,i->', v, v)
    np.einsum('ij,jk,kl->il', x, W, V) ; np.einsum('ij,jk,jk->k', x, W, W)
    np.einsum('bij,bj->bi', t.swapaxes(1, 2), x) ; np.einsum('ij,ij->', r, x) ; np.einsum('ij,ij->j', c, x)
    np.einsum(',ij->ij', s, x) ; np.einsum('ij,j->i', x, [1, 2, 3]) ; np.outer(v, u) ; np.outer([1, 2], v)
    np.linalg.norm(v) ; np.linalg.norm(x, axis=1) ; np.linalg.norm(x, axis=0, keepdims=True)
    np.linalg.norm(t, axis=(0, 2)) ; np.max(c, axis=0) ; np.where(abs(x), x, y)
""")
MOVES = table("""
    np.reshape(x, (3, 2)) ; x.reshape(3, 2) ; x.reshape(-1, 1) ; x.reshape([6, 1]) ; s.reshape(()) ; x.T.reshape(-1)
    x.ravel() ; x.flatten() ; np.transpose(x) ; np.transpose(t, axes=(1, 2, 0)) ; x.T ; v.T ; t.T
    t.transpose((1, 0, 2)) ; t.transpose(1, 0, 2) ; np.swapaxes(t, -1, -2) ; t.swapaxes(0, 2) ; np.moveaxis(t, 0, -1)
    d.squeeze(axis=1) ; np.expand_dims(x, (0, -1)) ; x.copy() ; np.broadcast_to(v, (2, 3))
    np.broadcast_to(c, (4, 2, 3)) ; np.repeat(x, 2, axis=1) ; np.repeat(x, [2, 0], axis=0) ; v.repeat(2)
    np.tile(x, (2, 2, 1)) ; np.flip(x, axis=1) ; np.roll(x, -1, axis=1) ; np.take(x, [0, 0, 5])
    np.take(x, [2, 0, 2], axis=1) ; x.take(1, axis=0) ; np.take_along_axis(x, WHOLE, axis=1) ; np.concatenate([x, r])
    np.concatenate((x, c), axis=1) ; np.concatenate([x, np.ones((2, 2)), c], axis=-1) ; np.concatenate([v, [1.0, 2.0]])
    np.concatenate([x, u], axis=None) ; np.concatenate(x) ; np.stack([x, y]) ; np.stack([v, np.ones(3), 2 * v], axis=1)
    np.stack([s, 2 * s, 2.0]) ; np.stack([*x, x[0]]) ; np.hstack([x, c]) ; np.hstack([1.0, v, s]) ; np.vstack([x, v])
    np.column_stack([x, np.ones(len(x))]) ; windows(u, 2) ; windows(t[0], (2, 2)) ; windows(x, 2, axis=1)
""")
INDICES = table("""
    0 ; -1 ; 0, 2 ; 1, : ; 1: ; :, ::-1 ; 0:0 ; () ; ... ; [1, 0, 1] ; np.array([1, 1, 1]) ; [0, 1, 0], [2, 2, 2]
    :, [0, 0, 2] ; WHOLE ; np.arange(2), np.array([1, 0]) ; [[0], [1]], [0, 2] ; MASK ; :, MASK[0] ; np.newaxis
    ..., np.newaxis ; 0, np.newaxis ; :, 1, np.newaxis
""")
MIXED = table("""
    x * x ; m @ m ; q / q.sum() ; np.maximum(x, x) + np.where(x > 0, x, x) ; x - x.mean(axis=0)
    np.concatenate([x, x[:1]]) ** 2 ; x[0] * x[1] + x[0] ; (x - x.mean(0)) / x.std(0) ; np.log(1 + np.exp(x @ W)) @ W.T
    np.log(np.sum(np.exp(x - x.max(-1, keepdims=True)), axis=-1)) ; np.einsum('ijkl,kl->ij', windows(m, (2, 2)), k)
    np.stack([x * y, y, x]).max(axis=0).sum() * x ; 2**q + q**q + q**-1 ; sum(row @ row for row in x) ; -x * abs(x) / 3
    k @ k @ k @ k
""")
WITHOUT_BROADCAST = [
    *(row.format(number) for row in WITH_NUMBERS for number in NUMBERS),
    *(row.format(name) for row in UNARY for name in ("s", "u", "x") if name == "s" or "[1, 2, 4]" not in row),
    *(f"np.{name}(t, {axes})" for name in REDUCTIONS for axes in AXES),
    *(f"t.{name}({axes})" for name in REDUCTIONS for axes in AXES),
    *(f"np.einsum('{formula}', x, W)" for formula in EINSUMS),
    *(f"x[{index}]" for index in INDICES),
    *FUNCTIONS, *MOVES, *MIXED,
]  # fmt: skip


@pytest.mark.parametrize("expression", WITHOUT_BROADCAST)
def test_expression(expression):
    check(expression)


@pytest.mark.parametrize("expression", [*BINARY, "x @ y", "np.matmul(x, y)", "np.dot(x, y)"])
def test_broadcast(expression):
    for one, other in BROADCAST if expression in BINARY else PRODUCTS:
        if "dot" not in expression or len(other) < 3:
            check(expression, {"x": one, "y": other, "p": one, "q": other})


@pytest.mark.parametrize("table", ["RULES", "FUNCTIONS"])
def test_every_rule_is_tried(table, monkeypatch):
    """Each is looked up for some expression that is followed."""
    looked_up = set()

    class Noting(dict):
        def __getitem__(self, operation):
            looked_up.add(operation)
            return super().__getitem__(operation)

    monkeypatch.setattr(autodiff, table, Noting(getattr(autodiff, table)))
    for expression in (*WITHOUT_BROADCAST, *BINARY, "x @ W"):
        evaluate(expression, {name: Tracked(array) for name, array in operands(expression).items()})
    assert looked_up == {*getattr(autodiff, table)}


def test_the_check_sees_a_factor_of_1_001(monkeypatch):
    monkeypatch.setitem(autodiff.RULES, np.tanh, [lambda g, a, x: 1.001 * g * (1 - a * a)])
    with pytest.raises(AssertionError):
        check("np.tanh(x)")


# Plain results: what has no derivative.

QUESTIONS = table("""
    np.sign({}) ; np.floor({}) ; np.ceil({}) ; np.heaviside({}, 1) ; np.round({}, 1) ; np.zeros_like({})
    np.ones_like({}) ; np.shape({}) ; np.size({}) ; np.ndim({}) ; np.argmax({}, 1) ; np.argmin({}, axis=1)
    np.argsort({}, 1) ; np.argmax(a={}) ; {}.argmax(axis=1) ; np.any({}, 1) ; np.all({}, 1) ; np.isclose({}, 0.0)
    np.allclose({}, 0.0) ; np.allclose(A, b={}) ; np.array_equal({}, [1.0]) ; np.isfinite({}) ; np.isnan({}) ; {} < A
    {} <= A ; A > {} ; {} >= 2 ; {} == A ; {} != {} ; ({}).shape ; {}.size ; {}.ndim ; len({}) ; {}.dtype
    f'{{{}[0, 0]:.3f}}' ; np.empty_like({}).shape ; step({}) ; bool({}[0, 0]) ; bool({}[:1, 1:2])
""")


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_have_plain_answers(question):
    array = np.array([[-1.5, np.inf, 0.4], [0.4, 2.0, np.nan]])
    result, expected = (evaluate(question.format(*"zz"), {"z": z}) for z in (Tracked(array), array))
    assert not isinstance(result, Tracked)
    assert np.asarray(result).dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(result, expected)


def test_whole_numbers_stay_whole():
    x, whole = Tracked([[1, 2], [3, 4]]), np.arange(2, dtype=np.int8)
    assert x.value.dtype == float
    loss = np.sum(x * np.array([[True, False], [True, True]]) * whole)
    assert any(value is whole for array in loss.tape() for value in array.values)
    loss.backward()
    np.testing.assert_array_equal(x.gradient, [[0, 0], [0, 1]])


# The largest of several that are equal.


EQUAL = [[3.0, 1.0, 3.0, 3.0], [1.0, -np.inf, 0.5], [1.0, np.inf, 0.5], [2.0, 1e308, 1e308, 1e308], [0.1, 0.1, 0.1]]


@pytest.mark.parametrize("values", EQUAL)
@pytest.mark.parametrize("function", [np.max, np.min])
def test_equal_entries_share_the_derivative(function, values):
    given = Tracked([values, values])
    for axis, shares in ((None, 2), (1, 1)):
        result = function(given, axis)
        np.testing.assert_array_equal(result.value, function(given.value, axis))
        result.backward(3 * np.ones(result.shape))
        chosen = given.value == function(values)
        np.testing.assert_allclose(given.gradient, 3 * chosen / chosen[0].sum() / shares, rtol=1e-14)


# backward itself.


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
    _, a1, z2, a2 = results = script.forward(X, tracked(parameters))
    loss = LOSSES[loss_name](z2, a2, Y)
    loss.backward()
    da2 = 2 * (a2.value - Y) / Y.size
    dz2 = da2 * a2.value * (1 - a2.value)
    da1 = dz2 @ parameters[2].T
    dz1 = da1 * a1.value * (1 - a1.value)
    agree([result.gradient for result in (*results, loss)], [dz1, da1, dz2, da2, np.array(1.0)], **EXACT)
    assert all(node.gradient.shape == node.shape for node in loss.tape())


def test_gradient_is_none_before_and_where_the_loss_does_not_depend():
    x, other = Tracked([1.0]), Tracked([2.0])
    loss = np.sum(x * (other > 1))
    unused = x + other
    assert x.gradient is loss.gradient is None
    loss.backward()
    np.testing.assert_array_equal(x.gradient, [1.0])
    assert other.gradient is unused.gradient is None


def test_backward_with_a_given_gradient():
    x = Tracked([[1.0, 2.0], [3.0, 4.0]])
    (x**2).backward([[1, 0], [0, -2]])
    np.testing.assert_array_equal(x.gradient, [[2, 0], [0, -16]])
    (x**2).sum().backward(3.0)
    np.testing.assert_array_equal(x.gradient, 6 * x.value)


@pytest.mark.parametrize("shape", [(), (1,), (2,), (3, 2), (1, 2, 3), (2, 1)])
def test_a_given_gradient_of_the_wrong_shape_is_refused(shape):
    for value in (np.ones((2, 3)), np.ones(3)):
        with pytest.raises(ValueError, match="shape"):
            (2 * Tracked(value)).backward(np.ones(shape))


def test_backward_again_begins_anew():
    """Whether from the same loss, from another one, or from the middle."""
    x = Tracked([1.0, 2.0])
    middle = x * 2
    one, two = np.sum(middle**2), np.sum(3 * middle)
    for loss, dx, dmiddle in [(one, 8 * x.value, 4 * x.value), (two, [6, 6], [3, 3]), (middle, [2, 2], [1, 1])]:
        for _ in range(2):
            loss.backward()
            agree([x.gradient, middle.gradient], [dx, dmiddle], rtol=0, atol=0)
    (one + two).backward()
    np.testing.assert_array_equal(x.gradient, 8 * x.value + 6)
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
    assert value_of(start) == 0


def test_each_gradient_is_an_array_of_its_own():
    """So that it can be changed in place, as clipping or momentum do it with parameter.gradient *= …"""
    start = np.arange(6.0).reshape(2, 3)
    a, b, c, d = tracked([np.ones((2, 3))] * 4)
    total = a + b + np.copy(c) + d.reshape(3, 2).reshape(2, 3) + np.einsum("ij->ij", a) + np.pad(c, 1)[1:-1, 1:-1]
    for result, gradient in [(total, start), (np.sum(a), 1), (np.mean(a), 1), (np.sum(a[:0]), 1), (b, start)]:
        result.backward(gradient)
        gradients = [node.gradient for node in result.tape()]
        for one, other in itertools.combinations([start, *gradients], 2):
            assert not np.shares_memory(one, other)
        for gradient in gradients:
            gradient *= 0.5


def test_a_copy_is_another_array():
    x = Tracked([1.0, 2.0])
    y = copy.deepcopy(x)
    np.sum(x * x * y).backward()
    agree([x.gradient, y.gradient], [2 * x.value * y.value, x.value**2], rtol=0, atol=0)


# What is rarely written is followed rightly or refused, and what cannot be followed is refused.

RARE = table("""
    np.linalg.norm(p, 1) ; np.linalg.norm(p, np.inf) ; np.linalg.norm(q, 2) ; np.linalg.norm(p, 'fro')
    np.dot(p, stack) ; np.dot(q, stack) ; np.vdot(p, p) ; np.sum(p, 0, float) ; np.max(p, 0, None)
    np.sum(p, 0, None, None, True) ; np.sum(p, initial=5.0) ; np.max(p, initial=0.0) ; np.add.reduce(p)
    np.std(p, ddof=1) ; np.einsum('ii->i', m) ; np.einsum('...i->i', p) ; np.einsum('ij,jk', p, W)
    np.einsum('ij->i', p, optimize=True) ; np.einsum('ij-> ', p) ; np.atleast_2d(p, p) ; np.clip(p, 1.5, 1.0)
    p.clip(min=1.0) ; np.prod(p) ; np.add.accumulate(p) ; np.add.outer(p, p) ; np.add(p, 1, where=A > 1)
    np.multiply(p, 2, dtype=np.float32) ; np.pad(p, 1, mode='edge') ; np.pad(p, 1, constant_values=[[1, 2], [3, 4]])
    np.inner(p, p) ; np.tensordot(p, p.T, axes=1) ; p % 0.3 ; +p ; np.arctan2(p, p[::-1]) ; np.cbrt(p) ; np.modf(p)[0]
    np.reciprocal(p) ; np.expm1(p) ; np.log2(p) ; np.arctan(p) ; np.concatenate([[p[0], p[1]], A])
    np.ones(3) * p[0] * [p[0, 0], p[1, 1], p[0, 2]] ; p @ [p[0, 0], p[1, 1], p[0, 2]]
    np.where(A > 1, p, [p[0, 0], p[1, 1], p[0, 2]]) ; np.vectorize(math.sin)(p) ; np.frompyfunc(math.sin, 1, 1)(p)
    np.apply_along_axis(np.sum, 0, p) ; A.dot(p.T) ; (2 * A).clip(p, 3) ; np.concatenate([p, p], dtype=float)
    np.concatenate([p, p], dtype=int) ; np.split(p, 3, axis=1)[0] ; np.reshape(p, -1, order='F') ; p.T.ravel(order='K')
    p.reshape(-1, order='F')
""")


@pytest.mark.parametrize("expression", RARE)
def test_what_is_rarely_written_is_refused_or_right(expression):
    try:
        evaluate(expression, {name: Tracked(array) for name, array in operands(expression).items()})
    except (TypeError, ValueError):
        return
    check(expression)


REFUSED = table("""
    t += 1 ; t -= plain ; t *= 2 ; t /= t ; t **= 2 ; t @= plain ; plain += t ; plain -= t ; plain *= t ; plain /= s
    number += s ; t[0] = 1.0 ; t[:] = t ; plain[:] = t ; plain[[True, True]] = t ; plain[[0, 1]] = t
    np.copyto(plain, t) ; np.add.at(plain, [0], one) ; np.add.at(t, [0], 1.0) ; np.add(plain, 1.0, out=t)
    np.add(t, 1.0, out=t) ; np.add(t, 1.0, out=plain) ; np.exp(t, out=plain) ; np.add(number, s, out=number)
    np.sum(t, out=number) ; np.concatenate([t, plain], out=np.zeros(4)) ; np.stack([t, plain], out=np.zeros((2, 2)))
    np.take(t, [0, 1], out=plain, mode='clip') ; np.dot(t, t, out=number) ; np.clip(t, 0, 1, out=plain)
    np.round(t, 1, out=t) ; np.asarray(t) ; np.array(t) ; np.array([s, 1.0]) ; np.array([t, t]) ; np.array([plain, t])
    np.mean([s, s]) ; np.exp([s, s]) ; np.full_like(plain, s) ; np.full_like(t, s) ; np.linspace(0, s, 3) ; float(s)
    float(one) ; int(s) ; complex(s) ; np.float64(s) ; math.log(s) ; math.fsum(t) ; math.isclose(s, 1.0) ; Tracked(t)
    Tracked([s, s]) ; np.cumsum(t) ; t.cumsum() ; np.where(t) ; np.take_along_axis(np.ones((1, 2)), Tracked([[0.0]]), 1)
    t[Tracked([0.0])] ; np.sum(t, where=[True, False]) ; np.std(t, ddof=1) ; np.random.default_rng(0).normal(s)
    t.backward(t) ; np.einsum(t, [0], [0])
""")
IMPOSSIBLE = table("""
    plain[0] = s ; plain[0] = t ; np.fromiter(t, float) ; plain[0] = one ; plain[:] = s ; plain[:] = [s, s]
    plain.fill(s) ; np.put(plain, [0], s) ; round(s) ; plain[Tracked([0.0])] ; range(Tracked(2.0))
    [1, 2] * Tracked([1.0, 2.0, 3.0]) ; bool(t) ; list(s) ; sum(s) ; np.random.default_rng(0).permutation(t) ; t * 1j
    Tracked([1j]) ; t @ Tracked([1.0, 2.0, 3.0]) ; t.reshape(3) ; t.colour
""")


@pytest.mark.parametrize("statement", REFUSED + IMPOSSIBLE)
def test_what_cannot_be_followed(statement):
    """It is refused in one line, by ourselves where we are asked, and has changed nothing."""
    t, s, one, plain, number = Tracked([1.0, 2.0]), Tracked(1.0), Tracked([1.0]), np.array([1.0, 2.0]), np.zeros(())
    names = PLAIN | {"Tracked": Tracked, "t": t, "s": s, "one": one, "plain": plain, "number": number}
    with pytest.raises(CannotFollow if statement in REFUSED else (TypeError, ValueError, AttributeError)) as error:
        exec(statement, names)
    assert len(str(error.value).splitlines()) == 1
    for array, value in ((t, [1, 2]), (plain, [1, 2]), (s, 1), (one, [1]), (number, 0)):
        np.testing.assert_array_equal(value_of(array), value)


REASONS = {
    "np.dot(t, np.ones((2, 2, 2)))": "np.dot with more than two axes on the right",
    "np.concatenate([t, t], dtype=float)": "np.concatenate with these arguments",
    "np.std(t, ddof=1)": "np.std as it is called here: .* argument 'ddof'",
    "np.cumsum(t)": "np.cumsum",
}


@pytest.mark.parametrize("expression", REASONS)
def test_the_reason_is_said(expression):
    with pytest.raises(CannotFollow, match=f"^autodiff cannot follow {REASONS[expression]}$"):
        eval(expression, {"np": np, "t": Tracked([1.0, 2.0])})


# Memory and time.


@pytest.fixture
def without_collector():
    gc.disable()
    yield
    gc.enable()


OWN_LOSSES = [
    "np.sum(np.max(np.tanh(x @ W) ** 2, axis=1)) + np.std(W[0]) + np.einsum('ij,ij->', W, W)",
    "np.sum(np.concatenate([W.T.reshape(-1), W[[0, 0]].ravel()]) ** 2) + np.mean(windows(W, (2, 2)) ** 2)",
    "np.mean(np.where(W > 0, W, 0.1 * W) * np.clip(W, -1, 1)) + np.linalg.norm(W) + W.min() + np.pad(W, 1).sum()",
]


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("name", [*HAND_WRITTEN, *OWN_LOSSES])
def test_memory_is_freed_with_the_loss(name):
    if name in HAND_WRITTEN:
        script, loss_name, X, Y, parameters = script_problem(name)
        given = tracked(parameters)
        loss = LOSSES[loss_name](*script.forward(X, given)[-2:], Y)
    else:
        arrays = {name: Tracked(array) for name, array in operands(name).items()}
        given, loss = list(arrays.values()), evaluate(name, arrays)
    loss.backward()
    nodes = [node for node in loss.tape() if all(node is not parameter for parameter in given)]
    values = [node.value for node in nodes if node.value.base is None]
    alive = [weakref.ref(each) for each in (*nodes, *values, *(node.gradient for node in nodes))]
    del loss, nodes, values
    assert len(alive) > 6
    assert all(reference() is None for reference in alive)


@pytest.mark.usefixtures("without_collector")
def test_training_goes_as_by_hand_and_memory_does_not_grow():
    """After 200 steps it is less than what two of them take."""
    script, loss_name, X, Y, parameters = script_problem("noisy_xor", samples=400)
    given, sizes = tracked([parameter.copy() for parameter in parameters]), []
    tracemalloc.start()
    try:
        for step in range(200):
            loss = LOSSES[loss_name](*script.forward(X, given)[-2:], Y)
            loss.backward()
            for parameter, own, by_hand in zip(parameters, given, script.backward(X, Y, parameters)[1], strict=True):
                own.value -= 0.1 * own.gradient
                parameter -= 0.1 * by_hand
            if step in (20, 199):
                sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[1] - sizes[0] < 2 * sum(node.value.nbytes for node in loss.tape())
    agree([own.value for own in given], parameters, **EXACT)


def test_a_long_chain():
    """Neither the way back nor the end of a chain of many steps needs a stack as deep as the chain."""
    x = Tracked([1.0, 2.0])
    y = x
    for _ in range(5000):
        y = y + 1
    y.backward()
    np.testing.assert_array_equal(x.gradient, [1, 1])


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "hidden", "samples", "times"), [([2, 4, 1], "xor", 4, 12)] + [
    ([784, 128, 10], hidden, 1024, 1.7) for hidden in ("tanh", "sigmoid", "relu")
])  # fmt: skip
def test_time(shape, hidden, samples, times):
    """How many times as long as by hand; of some repeats the lowest."""
    lesson = xor if hidden == "xor" else Network(shape, [hidden, "softmax"], rng=0)
    loss = "mean_squared_error" if hidden == "xor" else "cross_entropy"
    problem = autodiff.random_problem(shape, samples, np.random.default_rng(0))
    loss_on = autodiff.loss_of(lesson.forward, loss)
    assert min(autodiff.compare(lesson, loss_on, *problem)[1] for _ in range(5)) < times
