"""The contract of network1.Network: shapes, losses, what is refused, training in all its kinds, float32."""

import decimal
import functools
import inspect
import itertools
import os
import pickle
import re
import shutil
import subprocess
import sys
import textwrap
import warnings
import zipfile
from unittest.mock import Mock

import numpy as np
import pytest
from helpers import FOLDER, PAIRS, Table, assert_close, random_data, random_parameters, same, set_parameters

import activation
from gradient_check import relative_error
from network1 import NEEDS, Network

HIDDEN = ["step", *activation.HIDDEN]


def make(shape=(3, 4, 2), activations=("tanh", "softmax"), loss=None, seed=0, dtype=np.float64):
    """A Network with random parameters, biases included, and data that fit it."""
    rng = np.random.default_rng(seed)
    network = Network(list(shape), list(activations), loss, rng, dtype)
    set_parameters(network, [array.astype(dtype) for array in random_parameters(shape, rng)])
    return network, *random_data(shape, activations[-1], rng, samples=12)


def copies(network):
    return [parameter.copy() for parameter in network.parameters]


def test_what_is_predicted():
    network, X, _ = make()
    assert network.predict(X).tolist() == [list(row).index(max(row)) for row in network.outputs(X)]
    network, X, _ = make(activations=("tanh", "sigmoid"))
    assert np.array_equal(network.predict(X), network.outputs(X))
    assert np.array_equal(network.outputs(X), network.forward(X)[-1])


def test_the_parameters_that_are_given_are_used():
    """And the network's own are left alone. The gradients are those of backward, the loss is that of loss."""
    network, X, Y = make()
    other, _, _ = make(seed=1)
    own = copies(network)
    assert same(network.forward(X, other.parameters), other.forward(X))
    loss, gradients = network.backward(X, Y, other.parameters)
    assert loss == other.loss(X, Y) == network.loss(X, Y, other.parameters) != network.loss(X, Y)
    weights, biases = other.gradients(X, Y)
    assert same(gradients, [array for pair in zip(weights, biases, strict=True) for array in pair])
    assert same(network.parameters, own)


@pytest.mark.parametrize("shape", [[1, 1], [3, 5, 2], [100, 200, 3, 4]])
def test_first_weights(shape):
    """They come from the generator handed in, which goes on from there, normal with a scale of 1/√inputs; biases 0."""
    rng, by_hand = np.random.default_rng(0), np.random.default_rng(0)
    for _ in range(2):
        network, pairs = Network(shape, rng=rng), list(itertools.pairwise(shape))
        assert_close(network.weights, [by_hand.normal(0, 1 / np.sqrt(inputs), (inputs, n)) for inputs, n in pairs])
        assert [b.tolist() for b in network.biases] == [[0.0] * nodes for nodes in shape[1:]]


def test_a_seed_is_as_good_as_its_generator():
    """The same seed gives the same network and the same training in batches; without one every network is another."""
    X, Y = random_data([3, 2], "sigmoid", np.random.default_rng(9), samples=12)
    networks = [Network([3, 4, 2], rng=rng) for rng in (7, np.random.default_rng(7), 8, None, None)]
    losses = [network.train(X, Y, 3, 0.5, batch_size=5) for network in networks]
    assert losses[0] == losses[1]
    assert same(networks[0].parameters, networks[1].parameters)
    assert all(not same(one.weights, other.weights) for one, other in itertools.combinations(networks[1:], 2))


@pytest.mark.parametrize(
    ("shape", "activations", "loss", "last", "chosen", "parameters"),
    [
        ([2, 3, 2], None, None, "sigmoid", "mean_squared_error", 17),
        ([2, 3, 2], None, "cross_entropy", "softmax", "cross_entropy", 17),
        ([2, 3, 2], None, "cross-entropy", "softmax", "cross_entropy", 17),
        ([2, 2], None, "binary_cross_entropy", "sigmoid", "binary_cross_entropy", 6),
        ([2, 5, 4, 3], ["relu", "gaussian", activation.softmax], None, "softmax", "cross_entropy", 54),
        ([2, 3, 1], [activation.tanh, "linear"], None, "linear", "mean_squared_error", 13),
    ],
)
def test_defaults(shape, activations, loss, last, chosen, parameters):
    """What is not said is chosen, and shown in a line; an activation is as good as its name."""
    network = Network(shape, activations, loss)
    assert (network.activations[-1].__name__, network.loss_name) == (last, chosen)
    shown = repr(network)
    for part in (str(shape), last, chosen, f"{parameters} parameters"):
        assert part in shown
    assert "\n" not in shown


REFUSED = [
    (([2, 3, 2], ["tanh", "softmax"], "mean_squared_error"), "does not fit the last activation softmax"),
    (([2, 3, 2], ["tanh", "sigmoid"], "cross_entropy"), "does not fit the last activation sigmoid"),
    (([2, 3, 2], ["tanh", "tanh"], "binary_cross_entropy"), "does not fit the last activation tanh"),
    (([2, 3, 2], ["softmax", "softmax"]), "softmax can only be the activation of the last layer"),
    (([2, 3, 2], ["tanh"]), "1 activations for 2 layers"),
    (([2, 3, 2], ["tanh", "nonsense"]), "'nonsense' is not one of step, linear"),
    (([2, 3, 2], ["tanh", len]), "is not one of step, linear"),
    (([2, 3, 2], None, "nonsense"), "loss 'nonsense' is not one of mean_squared_error"),
    *(((shape,), "two or more whole numbers") for shape in ([2], [], [2, 0, 1], [2, -3, 1], [2, 2.5, 1])),
    *(((shape,), re.escape(f"shape {shape} must be")) for shape in (["2", "1"], 3, None, [2, np.inf], "21")),
    *((([2, 1], None, None, 0, kind), "but must be np.float64") for kind in (int, np.float16, complex, "U8", object)),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_networks_that_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Network(*arguments)


CALLS = {"outputs": (), "predict": (), "loss": ("Y",), "gradients": ("Y",)}  # and what they take after X
CALLS |= {"train": ("Y", 2, 0.1), "steps": ("Y", 2, 0.1)}


def called(network, call, X, Y):
    return getattr(network, call)(X, *(Y if argument == "Y" else argument for argument in CALLS[call]))


KINDS = {"a list": np.ndarray.tolist, "an object array": lambda values: values.astype(object), "a table": Table}
KINDS |= {"another order in memory": np.asfortranarray, "rows of arrays": list, "no mask": np.ma.array}
KINDS |= {"strides": lambda values: np.repeat(values, 2, axis=1)[:, ::2], "text": lambda values: values.astype(str)}
KINDS |= {kind: functools.partial(np.asarray, dtype=kind) for kind in ("f2", "f4", "g", ">f8", ">f4")}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_numpy_can_convert_is_data(kind):
    """Data are converted before anything else is asked of them, and never changed."""
    (network, X, Y), (again, _, _) = make(), make()
    X, Y = np.round(8 * X) / 8, np.round(Y)  # which a quarter of the digits can hold
    before = X.copy(), Y.copy()
    for values in before:
        values.flags.writeable = False
    losses = again.train(KINDS[kind](before[0]), KINDS[kind](before[1]), 2, 0.1, batch_size=5)
    assert_close([losses, again.outputs(KINDS[kind](X))], [network.train(X, Y, 2, 0.1, 0.0, 5), network.outputs(X)])
    assert same((X, Y), before)


class Sparse:
    """As scipy's: numpy sees one object in it."""

    toarray = None


class Tensor:
    """As PyTorch's while it is trained."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("call detach first")


MASKED = np.ma.array([[1, 2], [3, 4]], mask=[[0, 0], [0, 1]])
DATE = np.datetime64("2020-01-31")
BAD_SAMPLES = [
    (MASKED, "{} does not hold numbers only: 4 is masked$"),
    (list(MASKED), "{} does not hold numbers only: 4 is masked$"),
    ([[1, 2j]], r"{} does not hold numbers only: \(1\+0j\) is complex128$"),
    (np.array([[1, 2j]]), r"{} does not hold numbers only: \(1\+0j\) is complex128$"),
    (Table([[DATE, DATE]]), r"{} does not hold numbers only: 2020-01-31 is datetime64\[D\]$"),
    ([[DATE - DATE] * 2], r"{} does not hold numbers only: 0 days is timedelta64\[D\]$"),
    ([[10**400, 1]], "{} does not hold numbers only: int too large"),
    (Sparse(), r"{0} is a sparse matrix, but {0}.toarray\(\) is an array$"),
    (Tensor(), "{} does not hold numbers only: call detach first$"),
    ([[1, None]], "{} holds nan in row 0, column 1"),
    ([[1, 2], [np.inf, np.nan]], "{} holds inf in row 1, column 0"),
    (np.array([[1, 2], [3, None]], dtype=object), "{} holds nan in row 1, column 1"),
    (Table([[1, 2], [None, 4]]), "{} holds nan in row 1, column 0"),
    (Table([[1, "two"]]), "{} does not hold numbers only: .*two"),
    ([[1, 2], [3]], "{} does not hold numbers only"),
    ([[1, {}]], "{} does not hold numbers only"),
    (None, r"{} has shape \(\), but needs two dimensions"),
    ([1, 2], r"{} has shape \(2,\), but needs two dimensions"),
    ([[[1]]], r"{} has shape \(1, 1, 1\), but needs two dimensions"),
    ([], r"{} has shape \(0,\), but needs two dimensions"),
    (np.ones((0, 2)), "{} has no rows"),
]
BAD_PAIRS = [
    ([[1, 2, 3]], [[0, 1]], r"layer 1 expects 2 inputs, but X has 3 columns; did you pass X\.T\?$"),
    ([[1, 2]], [[0, 1, 0]], "the network has 2 outputs, but Y has 3 columns"),
    ([[1, 2]], [[0, 1], [1, 0]], "X has 1 rows, but Y has 2"),
    ([[1, 2]], [1], r"Y has shape \(1,\), but needs two dimensions: a sample a row, as in np.eye\(2\)\[labels\]$"),
    *((values, [[0, 1]], message.format("X")) for values, message in BAD_SAMPLES),
    *(([[1, 2]], values, message.format("Y")) for values, message in BAD_SAMPLES),
]


@pytest.mark.parametrize("call", CALLS)
def test_data_that_do_not_fit(call):
    """Every call says so in one line, and at once: steps too, of which nobody has asked for the first loss yet."""
    network, _, _ = make((2, 3, 2))
    before = copies(network)
    for X, Y, message in BAD_PAIRS:
        if CALLS[call] or "Y" not in message:
            with pytest.raises(ValueError, match=f"^{message}") as refused:
                called(network, call, X, Y)
            assert "\n" not in str(refused.value)
    assert same(network.parameters, before)


MISFITS = [
    ({0: np.ones((2, 0)), 1: np.ones(0)}, r"layer 1 has no nodes or no inputs: its weights have shape \(2, 0\)"),
    ({1: np.ones((1, 3))}, r"layer 1 has 3 nodes, but its biases have shape \(1, 3\)"),
    ({2: np.ones((4, 1))}, "layer 2 expects 4 inputs, but layer 1 has 3 nodes"),
    ({3: np.ones(2)}, r"layer 2 has 1 nodes, but its biases have shape \(2,\)"),
]


@pytest.mark.parametrize(("change", "message"), MISFITS)
def test_parameters_that_do_not_fit(change, message):
    network, X, Y = make((2, 3, 1), ("tanh", "sigmoid"))
    with pytest.raises(ValueError, match=f"^{message}$"):
        network.loss(X, Y, [change.get(i, parameter) for i, parameter in enumerate(network.parameters)])


@pytest.mark.parametrize(("outputs", "way"), [(1, "Y.reshape(-1, 1)"), (3, "np.eye(3)[labels]")])
def test_targets_in_one_dimension_are_told_the_way(outputs, way):
    """And the way works."""
    network, X, labels = Network([2, outputs], rng=0), np.eye(2), np.array([0, 1])
    with pytest.raises(ValueError, match=rf"^Y has shape \(2,\), but needs .*, as in {re.escape(way)}$"):
        network.train(X, labels, 2, 0.1)
    assert len(network.train(X, eval(way, {"np": np, "Y": labels, "labels": labels}), 2, 0.1)) == 2


W, NOT_NUMBERS = np.ones((2, 3)), "the weights and biases are not all finite numbers"
NO_WEIGHTS = {kind: W.astype(kind) for kind in ("int64", "float32", "object")} | {"list": W.tolist()}


@pytest.mark.parametrize("call", [*CALLS, "save"])
def test_own_weights_that_are_no_numbers(call, tmp_path):
    """What a reader has put in their place is refused before it makes other numbers, or an error elsewhere."""
    for found, weights in (NO_WEIGHTS | {"nan": np.nan * W, "inf": np.inf * W}).items():
        network = Network([2, 2, 3], rng=0)
        network.weights[1] = weights
        what = "W2 holds nan or inf" if found in ("nan", "inf") else f"W2 is {found}"
        with pytest.raises(ValueError, match=f"^{NOT_NUMBERS} of one type: {what}$"):
            network.save(tmp_path / "x.npz") if call == "save" else called(network, call, np.eye(2), np.eye(3)[:2])
    assert not any(tmp_path.iterdir())


SENSELESS = {  # besides what is no number
    "epochs": [-1, 1.5, 10.0, None],
    "learning_rate": [0, -0.1, np.inf, None],
    "momentum": [-0.1, 1, 1.5, None],
    "batch_size": [0, -1, 2.5, 8.0],
    "weight_decay": [-0.1, np.inf, None],
}
NO_NUMBERS = [np.nan, "0.1", "10", b"1", 1j, [0.1], "a\nb", decimal.Decimal("0.1")]


@pytest.mark.parametrize("call", ["train", "steps"])
@pytest.mark.parametrize("setting", SENSELESS)
def test_settings_that_make_no_sense(setting, call):
    network, X, Y = make()
    for value in SENSELESS[setting] + NO_NUMBERS:
        with pytest.raises(ValueError, match=f"^{setting} is {re.escape(repr(value))}, but must be ."):
            getattr(network, call)(X, Y, **{"epochs": 2, "learning_rate": 0.1} | {setting: value})
    assert network.train(X, Y, np.int64(0), 0.1, batch_size=np.int64(8)) == []
    assert same(network.parameters, make()[0].parameters)


ONE_HOT, SHARES, ANY, ONES = np.eye(3), [[0.7, 0.2, 0.1], [0.1 + 0.2, 0.7, 1e-17]], [[-1.0, 2.0, 1e9]], np.ones((2, 3))
TARGETS = [  # what a loss takes, and what it says to the rest
    ("mean_squared_error", ANY, None),
    ("binary_cross_entropy", SHARES, None),
    ("binary_cross_entropy", 1.5 * ONE_HOT, "needs targets from 0 to 1, but Y holds 1.5 in row 0, column 0"),
    ("binary_cross_entropy", -ONE_HOT, "needs targets from 0 to 1, but Y holds -1 in row 0, column 0"),
    ("cross_entropy", SHARES, None),
    ("cross_entropy", [[0, 1, 0], [2, -1, 0]], "needs targets from 0 to 1, but Y holds 2 in row 1, column 0"),
    ("cross_entropy", [[0, 1, 0], *ONES], "needs rows of Y that add up to 1, but row 1 adds up to 3"),
    ("cross_entropy", 0 * ONES, "needs rows of Y that add up to 1, but row 0 adds up to 0"),
    ("cross_entropy", 0.99 * ONE_HOT, "needs rows of Y that add up to 1, but row 0 adds up to 0.99"),
]


@pytest.mark.parametrize(("loss", "Y", "message"), TARGETS)
def test_targets_fit_the_loss(loss, Y, message):
    network = Network([3, 3], [NEEDS.get(loss, "linear")], loss, rng=0)
    X, before = ONE_HOT[: len(Y)], copies(network)
    for call in (network.train, network.steps) if message else ():
        with pytest.raises(ValueError, match=f"^{loss} {re.escape(message)}"):
            call(X, Y, 2, 0.1)
    assert same(network.parameters, before)
    assert message or len(network.train(X, Y, 2, 0.1)) == 2


@pytest.mark.parametrize(("momentum", "weight_decay"), [(0.0, 0.0), (0.0, 0.2), (0.5, 0.0), (0.9, 0.2)])
@pytest.mark.parametrize("batch_size", [1, 4, 5, 11, 12, 13, 10**9, None])
@pytest.mark.parametrize(("output", "loss"), PAIRS[:4])
def test_training_against_a_written_out_reference(output, loss, batch_size, momentum, weight_decay):
    """Every epoch goes once over all samples, in an order of its own where there are batches, with a step for each.

    A step adds the velocity v = momentum * v - rate * gradient; the loss is the mean of those before the steps.
    """
    (network, X, Y), (reference, _, _) = (make(activations=("tanh", output), loss=loss) for _ in range(2))
    rows, batches, backward = X[:, 0].tolist(), [], network.backward
    network.backward = lambda X, *rest: batches.append([rows.index(x) for x in X[:, 0]]) or backward(X, *rest)
    losses = network.train(X, Y, 3, 0.3, momentum, batch_size, weight_decay)
    size, velocities, expected = min(batch_size or 12, 12), [0.0] * 4, []
    assert [len(batch) for batch in batches] == 3 * [min(size, 12 - first) for first in range(0, 12, size)]
    order = np.reshape(list(itertools.chain(*batches)), (3, 12)).tolist()
    assert all(sorted(one) == list(range(12)) for one in order)
    assert len(set(map(tuple, [*order, range(12)]))) == (4 if size < 12 else 1)
    for batch in batches:
        value, gradients = reference.backward(X[batch], Y[batch], weight_decay=weight_decay)
        expected.append(value * len(batch) / 12)
        velocities = [momentum * v - 0.3 * g for v, g in zip(velocities, gradients, strict=True)]
        set_parameters(reference, [p + v for p, v in zip(reference.parameters, velocities, strict=True)])
    assert_close([losses, *network.parameters], [np.reshape(expected, (3, -1)).sum(axis=1), *reference.parameters])


@pytest.mark.parametrize("how", [{}, {"batch_size": 5}, {"batch_size": 3, "momentum": 0.9, "weight_decay": 0.1}])
def test_steps_are_those_of_train(how):
    """The same losses to the last bit, each given when its step is done; who asks no more has ended the training."""
    whole, X, Y = make()
    expected = whole.train(X, Y, 6, 0.1, **how)
    for epochs in (0, 1, 4, 6):
        (left, _, _), (short, _, _) = make(), make()
        assert list(itertools.islice(left.steps(X, Y, 6, 0.1, **how), epochs)) == expected[:epochs]
        assert short.train(X, Y, epochs, 0.1, **how) == expected[:epochs]
        assert same(left.parameters, short.parameters)
    assert same(left.parameters, whole.parameters)


def test_a_training_that_diverges_says_so():
    """Without a warning of numpy, which would be an error here; steps leaves it to who looks on."""
    (network, X, Y), (again, _, _) = (make(activations=("relu", "linear")) for _ in range(2))
    with np.errstate(over="ignore", invalid="ignore"):
        losses = list(again.steps(X, Y, 2000, 10.0))
    epoch = int(np.argmin(np.isfinite(losses)))
    with pytest.raises(ValueError, match=f"^the loss became {losses[epoch]} in epoch {epoch + 1}: try a lower"):
        network.train(X, Y, 2000, 10.0)


@pytest.mark.parametrize("how", [(0.0, None, 0.0), (0.9, 5, 0.01)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_number_has_the_type_of_the_network(output, loss, dtype, how, tmp_path):
    """Samples, z, a, gradients and steps, with every activation in the network; the losses are floats, as for json."""
    network = Network([3, *[4] * len(HIDDEN), 2], [*HIDDEN, output], loss, rng=0, dtype=dtype)
    _, X, Y = make(activations=("tanh", output), loss=loss)
    arrays, epoch = network.parameters, network.epoch
    network.epoch = lambda X, Y, *how: arrays.extend([X, Y, *how[3]]) or epoch(X, Y, *how)
    losses = [*network.train(X, Y, 3, 0.01, *how), network.loss(X, Y)]
    assert [type(value) for value in losses] == [float] * 4
    arrays += [*network.forward(X.astype(dtype)), network.outputs(X), *network.parameters]
    arrays += network.backward(X.astype(dtype), Y.astype(dtype), weight_decay=0.1)[1]
    network.save(tmp_path / "network.npz")
    loaded = Network.load(tmp_path / "network.npz")
    arrays += [*loaded.parameters, loaded.outputs(X)]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)} == {loaded.dtype}
    assert np.array_equal(loaded.outputs(X), network.outputs(X))


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_float32_is_float64_with_half_the_digits(output, loss):
    network, X, Y = make(activations=("tanh", output), loss=loss)
    half, _, _ = make(activations=("tanh", output), loss=loss, dtype=np.float32)
    pairs = zip(half.gradients(X, Y), network.gradients(X, Y), strict=True)  # of the weights, of the biases
    assert all(relative_error(found, expected) < 1e-5 for found, expected in pairs if np.any(expected[0]))
    assert half.loss(X, Y) == pytest.approx(network.loss(X, Y), rel=1e-5)
    first = [W.astype(np.float32) for W in Network([3, 4, 2], rng=0).weights]
    assert same(Network([3, 4, 2], rng=0, dtype="float32").weights, first)


@pytest.mark.parametrize("seed", range(3))
def test_float32_learns_xor(seed):
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=seed, dtype=np.float32)
    network.train(X, Y, epochs=1000, learning_rate=2.0, momentum=0.5)
    assert np.all(np.abs(network.outputs(X) - Y) < 0.1)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_saved_and_loaded(output, loss, tmp_path):
    """All that makes a network is there again, to the last bit, and notes; the seed given orders its mini-batches."""
    network, X, Y = make([3, *[4] * len(HIDDEN), 2], (*HIDDEN, output), loss)
    notes = {"a": np.arange(3), "b": "text", "c": 2.5, "d": [[1, 2], [3, 4]], "e": np.array(["x", "yz"]), "f": True}
    network.weights[0] = -network.weights[0]
    network.save(str(tmp_path / "network.npz"), **notes)
    seeds = (3, np.random.default_rng(3), 4, None, None)
    loaded, *_ = networks = [Network.load(tmp_path / "network.npz", rng) for rng in seeds]
    assert repr(loaded) == repr(network)
    assert loaded.activations == network.activations
    assert same([*loaded.parameters, loaded.outputs(X)], [*network.parameters, network.outputs(X)])
    assert loaded.notes.keys() == notes.keys()
    assert all(np.array_equal(loaded.notes[name], note) for name, note in notes.items())
    assert [path.name for path in tmp_path.iterdir()] == ["network.npz"]
    orders = [one.rng.permutation(99).tolist() for one in networks]
    assert orders[0] == orders[1]
    assert all(one != other for one, other in itertools.combinations(orders[1:], 2))
    assert loaded.train(X, Y, 2, 1e-3) == network.train(X, Y, 2, 1e-3)


@pytest.fixture
def saved(tmp_path):
    """A good file, and a function that writes it anew with some of its arrays changed or, with None, left out."""
    path = tmp_path / "network.npz"
    make()[0].save(path, note="kept")
    with np.load(path) as file:
        arrays = dict(file)

    def rewrite(**changes):
        np.savez(path, **{name: array for name, array in (arrays | changes).items() if array is not None})

    return path, rewrite


def assert_refused(path):
    with pytest.raises(ValueError, match=r"network\.npz is not a saved network: ") as refused:
        Network.load(path)
    assert "\n" not in str(refused.value)


def test_damaged_files_and_files_of_another_kind(saved):
    path, _ = saved
    whole = path.read_bytes()
    parts = [whole[: int(share * len(whole))] for share in (0, 0.01, 0.3, 0.6, 0.9, 0.99)]
    for content in (*parts, b"epoch,loss\n1,0.5\n", b"PK\x03\x04 not really", b"\x80\x04\x95 pickle", b"\0" * 99):
        path.write_bytes(content)
        assert_refused(path)
    for write in (np.save, np.savez):
        with open(path, "wb") as file:
            write(file, np.ones(3))
        assert_refused(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        Network.load(path)


def test_no_changed_bit_makes_another_network(saved):
    """Wherever a bit is changed the file is refused, or the bit is one of those that mean nothing in an archive."""
    path, _ = saved
    content, original, refusals = path.read_bytes(), Network.load(path), []
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        try:
            network = Network.load(path)
        except ValueError as error:
            refusals.append(str(error))
        else:
            assert repr(network) == repr(original), place
            assert same([*network.parameters, network.notes], [*original.parameters, original.notes]), place
    assert all(refusal.startswith(f"{path} is not a saved network: ") for refusal in refusals)
    assert len(refusals) > len(content) / 7 / 2


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("name", ["shape", "activations", "loss", "W1", "b1", "W2", "b2"])
def test_what_a_file_lacks_is_said_in_words(name, whole, saved):
    """Whether it names all that should be in it, or is an older one that does not."""
    path, rewrite = saved
    rewrite(**{name: None} | ({} if whole else {"names of all arrays": None}))
    with pytest.raises(ValueError, match=rf"network\.npz is not a saved network: there is no {name}$"):
        Network.load(path)


@pytest.mark.parametrize("again", ["W1.npy", "W1", "note.npy", "names of all arrays.npy"])
def test_two_arrays_of_one_name_are_refused(again, saved):
    """Readers of such files differ in which of them they take."""
    path, _ = saved
    with zipfile.ZipFile(path, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(again, archive.read("W1.npy"))
    with pytest.raises(ValueError, match="two arrays in it have the same name"):
        Network.load(path)


NO_NETWORKS = {"text": b"text\n", "nothing": b"", "a pickle": pickle.dumps([1]), "a .npy": b"\x93NUMPY"}


@pytest.mark.parametrize("what", [*NO_NETWORKS, "objects"])
def test_nobody_is_told_to_allow_pickles(what, saved):
    path, rewrite = saved
    if what == "objects":
        rewrite(W1=np.array([None, "text"], dtype=object))
    else:
        path.write_bytes(NO_NETWORKS[what])
    says = "it holds Python objects, not only numbers and texts" if what == "objects" else "it is no .npz file"
    with pytest.raises(ValueError, match=rf"network\.npz is not a saved network: {says}$"):
        Network.load(path)


CHANGES = [
    *({name: None} for name in ("shape", "W2", "b1", "loss", "activations", "note")),
    *({"shape": np.array(shape)} for shape in ([3, 5, 2], [3], 3)),
    {"shape": np.array([3, 0, 2]), "W1": np.ones((3, 0)), "b1": np.ones(0), "W2": np.ones((0, 2))},
    {"W1": np.ones((4, 3))},
    {"b2": np.ones((1, 2))},
    *({"activations": np.array(names)} for names in (["tanh", "nonsense"], [1, 2], ["softmax"])),
    *({"loss": np.array(name)} for name in ("nonsense", "mean_squared_error")),
    *({"W1": np.full((3, 4), value)} for value in (np.nan, "1", 1j, None, 1, np.float32(1))),  # None needs pickle
    {"b1": np.full(4, np.inf)},
    {"note": np.array([None, "text"], dtype=object)},
]


def test_files_that_make_no_network(saved):
    path, rewrite = saved
    rewrite()
    assert Network.load(path).shape == [3, 4, 2]
    for change in CHANGES:
        rewrite(**change)
        assert_refused(path)


@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_file(saved, monkeypatch, error):
    """Alone in its folder; the new one is written, but does not get to the place of the old."""
    path, _ = saved
    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", Mock(side_effect=error))
    with pytest.raises(type(error)):
        make(seed=1)[0].save(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["network.npz"]


own_activation = Mock(derivative=np.cos, __name__="own_activation")
NOT_SHAPES = "do not have the shapes of a network"
SPOILT = [  # what of a network is replaced, in which layer, by what; and what is then said
    ("weights", 0, np.full((3, 4), np.nan), NOT_NUMBERS),
    ("biases", 1, np.full(2, -np.inf), NOT_NUMBERS),
    *(("weights", 1, np.ones((4, 2), kind), NOT_NUMBERS) for kind in (int, np.float32, complex, object, str)),
    *(("weights", 0, np.ones(shape), NOT_SHAPES) for shape in ((4, 3), (4, 4), (3, 3))),
    *(("biases", 1, np.ones(shape), NOT_SHAPES) for shape in ((1, 2), (1,))),
    ("weights", slice(1, 2), [], r"1 weights and 2 biases are not those of \[3, 4, 2\]"),
    ("biases", slice(2, 2), [np.ones(2)], r"2 weights and 3 biases are not those of \[3, 4, 2\]"),
    ("activations", 0, own_activation, "activation 'own_activation' is not"),
]
OBJECTS = [None, {"mean": 1}, np.array([None, "text"]), np.zeros(2, dtype=[("number", float), ("thing", object)])]


def test_what_could_not_be_loaded_is_not_saved(saved):
    """It is said in one line, and the file that was there before is whole and alone in its folder."""
    path, _ = saved
    before, names = path.read_bytes(), ("shape", "loss", "W1", "file", "allow_pickle")
    notes = [({name: 1}, f"a note cannot be called {name}") for name in names]
    notes += [({"note": note}, "only numbers and texts can be saved") for note in OBJECTS]
    tries = [(*spoilt, {}) for spoilt in SPOILT] + [("weights", slice(0), [], words, note) for note, words in notes]
    for part, layer, new, message, note in tries:
        network, _, _ = make(seed=1)
        getattr(network, part)[layer] = new
        with pytest.raises(ValueError, match=message) as refused:
            network.save(path, **note)
        assert "\n" not in str(refused.value)
        assert path.read_bytes() == before
        assert [file.name for file in path.parent.iterdir()] == ["network.npz"]


def test_the_example_in_the_help_runs_as_it_stands(tmp_path):
    """In a folder with nothing but the files that the help tells to copy, by a Python that looks nowhere else.

    Without the folder that only saving needs all the rest runs, and saving says what is missing.
    """
    text = inspect.getdoc(Network)
    copied = text[text.index("copy ") : text.index(":\n\n")]
    example = textwrap.dedent(re.search(r"(?:^(?: {4}.*)?\n)+", text[text.index(":\n\n") + 2 :], re.MULTILINE)[0])
    (tmp_path / "program.py").write_text(example, encoding="utf-8")
    for name in re.findall(r"\w+\.py", copied):
        shutil.copy(FOLDER / name, tmp_path)
    how = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60}
    without = subprocess.run([sys.executable, "-E", "-s", "program.py"], **how)
    assert without.stderr.endswith("to save or load a network, put the folder backstage beside network1.py\n")
    shutil.copytree(FOLDER / re.search(r"folder\s+(\w+)", copied)[1], tmp_path / "backstage")
    ended = subprocess.run([sys.executable, "-E", "-s", "program.py"], **how)
    assert (ended.returncode, ended.stderr) == (0, "")
    network = Network.load(tmp_path / "xor.npz")
    assert ended.stdout == without.stdout == f"{network.predict([[0, 0], [0, 1], [1, 0], [1, 1]])}\n"
    assert np.all(np.abs(network.outputs([[0, 0], [0, 1], [1, 0], [1, 1]]) - [[0], [1], [1], [0]]) < 0.1)
