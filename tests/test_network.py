"""The contract of network1.Network: shapes, losses, training in batches and with momentum, saving and loading."""

import inspect
import os
import re
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from helpers import FOLDER, PAIRS, Table, load, random_data, random_parameters, same, set_parameters

import activation
from network1 import Network


def make(shape=(3, 4, 2), activations=("tanh", "softmax"), loss=None, seed=0):
    """A Network with random parameters, biases included, and data that fit it."""
    rng = np.random.default_rng(seed)
    network = Network(list(shape), list(activations), loss, rng)
    set_parameters(network, random_parameters(shape, rng))
    return network, *random_data(shape, activations[-1], rng, samples=12)


@pytest.mark.parametrize("shape", [[1, 1], [3, 2], [3, 5, 2], [2, 3, 4, 5, 1]])
def test_shapes(shape):
    network = Network(shape, rng=np.random.default_rng(0))
    assert [W.shape for W in network.weights] == list(zip(shape[:-1], shape[1:], strict=True))
    assert [b.shape for b in network.biases] == [(nodes,) for nodes in shape[1:]]
    X, Y = random_data(shape, "sigmoid", np.random.default_rng(1))
    assert network.outputs(X).shape == Y.shape
    assert [a.shape for a in network.forward(X)] == [(len(X), nodes) for nodes in shape[1:] for _ in ("z", "a")]
    weight_gradients, bias_gradients = network.gradients(X, Y)
    assert [g.shape for g in weight_gradients] == [W.shape for W in network.weights]
    assert [g.shape for g in bias_gradients] == [b.shape for b in network.biases]


def test_forward_is_the_formula():
    """It gives z1, a1, z2, a2, of which outputs are the last."""
    network, X, _ = make()
    (W1, W2), (b1, b2) = network.weights, network.biases
    z1, a1, z2, a2 = network.forward(X)
    np.testing.assert_allclose(z1, X @ W1 + b1, rtol=1e-14)
    np.testing.assert_allclose(a1, np.tanh(z1), rtol=1e-14)
    np.testing.assert_allclose(z2, a1 @ W2 + b2, rtol=1e-14)
    np.testing.assert_allclose(a2, activation.softmax(z2), rtol=1e-14)
    np.testing.assert_allclose(network.outputs(X), activation.softmax(np.tanh(X @ W1 + b1) @ W2 + b2), rtol=1e-14)
    assert np.array_equal(network.outputs(X), a2)


def test_other_parameters_than_its_own():
    """forward and backward take the parameters that they are given, and leave the network's own alone."""
    network, X, Y = make()
    other, _, _ = make(seed=1)
    own = [parameter.copy() for parameter in network.parameters]
    assert same(network.forward(X, other.parameters), other.forward(X))
    loss, gradients = network.backward(X, Y, other.parameters)
    expected_loss, expected = other.backward(X, Y)
    assert loss == expected_loss != network.backward(X, Y)[0]
    assert same(gradients, expected)
    assert same(network.parameters, own)


def test_backward_gives_the_loss_and_the_gradients():
    network, X, Y = make()
    loss, gradients = network.backward(X, Y)
    assert loss == network.loss(X, Y)
    weights, biases = network.gradients(X, Y)
    assert same(gradients[::2], weights)
    assert same(gradients[1::2], biases)


def test_first_weights():
    """They come from the generator handed in, normal with a scale of 1/√inputs; the biases are 0."""
    network = Network([100, 200, 3], rng=np.random.default_rng(0))
    again = Network([100, 200, 3], rng=np.random.default_rng(0))
    other = Network([100, 200, 3], rng=np.random.default_rng(1))
    assert same(network.weights, again.weights)
    assert not same(network.weights, other.weights)
    assert np.std(network.weights[0]) == pytest.approx(0.1, rel=0.05)
    assert abs(np.mean(network.weights[0])) < 0.005
    assert not any(np.any(b) for b in network.biases)


def test_a_seed_is_as_good_as_its_generator():
    """The same seed gives the same network and the same training in batches; without one every network is another."""
    X, Y = random_data([3, 2], "sigmoid", np.random.default_rng(9), samples=12)
    ends = []
    for rng in (7, np.random.default_rng(7), 8, None, None):
        network = Network([3, 4, 2], rng=rng)
        losses = network.train(X, Y, 3, 0.5, batch_size=5)
        ends.append((losses, network))
    assert ends[0][0] == ends[1][0]
    assert same(ends[0][1].parameters, ends[1][1].parameters)
    for i, j in ((1, 2), (2, 3), (3, 4)):
        assert not same(ends[i][1].weights, ends[j][1].weights)


def test_a_generator_is_used_and_not_copied():
    """Two networks from one generator have other weights, and what is drawn next is what follows their weights."""
    rng, other = np.random.default_rng(7), np.random.default_rng(7)
    first, second = Network([2, 3], rng=rng), Network([2, 3], rng=rng)
    assert not same(first.weights, second.weights)
    other.normal(size=12)
    assert rng.normal() == other.normal()


@pytest.mark.parametrize(
    ("shape", "activations", "loss", "parts"),
    [
        ([2, 4, 1], ["tanh", "sigmoid"], None, ["tanh", "sigmoid", "mean_squared_error", "17 parameters"]),
        ([3, 2], ["sigmoid"], "binary_cross_entropy", ["sigmoid", "binary_cross_entropy", "8 parameters"]),
        ([2, 5, 4, 3], ["relu", "gaussian", "softmax"], None, ["relu", "gaussian", "cross_entropy", "54 parameters"]),
    ],
)
def test_repr(shape, activations, loss, parts):
    """A line with the shape, the activations, the loss and the number of parameters."""
    shown = repr(Network(shape, activations, loss))
    assert "\n" not in shown
    for part in [str(shape), *parts]:
        assert part in shown


def test_activations_by_name_or_function():
    by_name = Network([2, 3, 1], ["relu", "sigmoid"], rng=np.random.default_rng(0))
    by_function = Network([2, 3, 1], [activation.relu, activation.sigmoid], rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(4, 2))
    assert by_name.activations == by_function.activations == [activation.relu, activation.sigmoid]
    assert np.array_equal(by_name.outputs(X), by_function.outputs(X))


@pytest.mark.parametrize(
    ("activations", "loss", "last", "chosen"),
    [
        (None, None, "sigmoid", "mean_squared_error"),
        (None, "cross_entropy", "softmax", "cross_entropy"),
        (None, "binary_cross_entropy", "sigmoid", "binary_cross_entropy"),
        (["tanh", "softmax"], None, "softmax", "cross_entropy"),
        (["tanh", "sigmoid"], None, "sigmoid", "mean_squared_error"),
        (["tanh", "linear"], None, "linear", "mean_squared_error"),
    ],
)
def test_defaults(activations, loss, last, chosen):
    network = Network([2, 3, 2], activations, loss)
    assert network.activations[-1].__name__ == last
    assert network.loss_name == chosen


@pytest.mark.parametrize(
    ("shape", "activations", "loss", "message"),
    [
        ([2, 3, 2], ["tanh", "softmax"], "mean_squared_error", "does not fit the last activation softmax"),
        ([2, 3, 2], ["tanh", "softmax"], "binary_cross_entropy", "does not fit the last activation softmax"),
        ([2, 3, 2], ["tanh", "sigmoid"], "cross_entropy", "does not fit the last activation sigmoid"),
        ([2, 3, 2], ["tanh", "linear"], "cross_entropy", "does not fit the last activation linear"),
        ([2, 3, 2], ["tanh", "tanh"], "binary_cross_entropy", "does not fit the last activation tanh"),
        ([2, 3, 2], ["softmax", "softmax"], None, "softmax can only be the activation of the last layer"),
        ([2, 3, 2], ["tanh"], None, "1 activations for 2 layers"),
        ([2, 3, 2], ["tanh", "nonsense"], None, "'nonsense' is not one of step, linear"),
        ([2, 3, 2], ["tanh", len], None, "is not one of step, linear"),
        ([2, 3, 2], None, "nonsense", "loss 'nonsense' is not one of mean_squared_error"),
        ([2], None, None, "two or more whole numbers"),
        ([], None, None, "two or more whole numbers"),
        ([2, 0, 1], None, None, "two or more whole numbers"),
        ([2, -3, 1], None, None, "two or more whole numbers"),
        ([2, 2.5, 1], None, None, "two or more whole numbers"),
    ],
)
def test_refused(shape, activations, loss, message):
    with pytest.raises(ValueError, match=message):
        Network(shape, activations, loss)


def test_predict():
    """Class numbers for softmax, and the outputs themselves for everything else."""
    network, X, _ = make()
    classes = network.predict(X)
    assert classes.shape == (12,)
    assert np.array_equal(classes, network.outputs(X).argmax(axis=1))
    network, X, _ = make(activations=("tanh", "sigmoid"))
    assert np.array_equal(network.predict(X), network.outputs(X))


CALLS = {"outputs": (), "predict": (), "loss": ("Y",), "gradients": ("Y",), "train": ("Y", 2, 0.1)}  # after X


def arguments_of(call, Y):
    return [Y if argument == "Y" else argument for argument in CALLS[call]]


@pytest.mark.parametrize("call", CALLS)
def test_data_are_checked_by_every_call(call):
    network, X, Y = make()
    rest = arguments_of(call, Y)
    with pytest.raises(ValueError, match=r"layer 1 expects 3 inputs, but X has 12 columns; did you pass X.T\?"):
        getattr(network, call)(X.T, *rest)
    with pytest.raises(ValueError, match="needs two dimensions"):
        getattr(network, call)(X[0], *rest)
    with pytest.raises(ValueError, match="X holds nan in row 0, column 0"):
        getattr(network, call)(np.full_like(X, np.nan), *rest)


def test_lists_and_whole_numbers_are_data_too():
    network, _, _ = make((2, 4, 1), ("tanh", "sigmoid"))
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    as_arrays = np.array(X, dtype=float), np.array(Y, dtype=float)
    assert network.loss(X, Y) == network.loss(*as_arrays)
    assert network.train(X, Y, 2, 0.1)[0] == pytest.approx(make((2, 4, 1), ("tanh", "sigmoid"))[0].loss(*as_arrays))


def with_hole(values):
    """Rows of objects as they come out of a table, of which one is missing: None."""
    values = np.array(values, dtype=object)
    values[2, 1] = None
    return values


KINDS = {"a list": np.ndarray.tolist, "an object array": lambda values: values.astype(object), "a table": Table}


def numbers(result):
    """All numbers in what a call gives: a loss, losses, an array, or two lists of arrays."""
    arrays = [array for part in result for array in part] if isinstance(result, tuple) else [result]
    return [np.ravel(array) for array in arrays]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_numpy_can_convert_is_data(kind, call):
    """Data are converted before anything else is asked of them."""
    network, X, Y = make()
    again, _, _ = make()
    expected = getattr(network, call)(X, *arguments_of(call, Y))
    found = getattr(again, call)(KINDS[kind](X), *arguments_of(call, KINDS[kind](Y)))
    assert same(numbers(found), numbers(expected))
    assert same(again.parameters, network.parameters)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_value_is_named(kind, call):
    network, X, Y = make()
    before = [parameter.copy() for parameter in network.parameters]
    with pytest.raises(ValueError, match="X holds nan in row 2, column 1"):
        getattr(network, call)(KINDS[kind](with_hole(X)), *arguments_of(call, Y))
    if CALLS[call]:
        with pytest.raises(ValueError, match="Y holds nan in row 2, column 1"):
            getattr(network, call)(X, *arguments_of(call, KINDS[kind](with_hole(Y))))
    assert same(network.parameters, before)


BAD_TARGETS = [
    ("sigmoid", "binary_cross_entropy", [[0, 1], [0.5, 1.5]], "needs targets from 0 to 1, but Y holds 1.5 in row 1"),
    ("sigmoid", "binary_cross_entropy", [[0, -1], [0, 1]], "needs targets from 0 to 1, but Y holds -1 in row 0"),
    ("softmax", "cross_entropy", [[0, 1], [2, -1]], "needs targets from 0 to 1, but Y holds 2 in row 1"),
    ("softmax", "cross_entropy", [[0, 1], [1, 1]], "needs rows of Y that add up to 1, but row 1 adds up to 2"),
    ("softmax", "cross_entropy", [[0, 0], [0, 1]], "needs rows of Y that add up to 1, but row 0 adds up to 0"),
    ("softmax", "cross_entropy", [[0, 1], [0.5, 0.4]], "needs rows of Y that add up to 1, but row 1 adds up to 0.9"),
]


@pytest.mark.parametrize(("output", "loss", "Y", "message"), BAD_TARGETS)
def test_targets_that_do_not_fit_the_loss(output, loss, Y, message):
    network, X, _ = make(activations=("tanh", output), loss=loss)
    before = [parameter.copy() for parameter in network.parameters]
    with pytest.raises(ValueError, match=f"^{loss} {re.escape(message)}"):
        network.train(X[:2], Y, 1, 0.1)
    assert same(network.parameters, before)


@pytest.mark.parametrize(
    ("output", "loss", "Y"),
    [
        ("sigmoid", "binary_cross_entropy", [[0, 0], [1, 1], [0.3, 0.9]]),
        ("softmax", "cross_entropy", [[0, 1], [1, 0], [0.3, 0.7]]),
        ("softmax", "cross_entropy", [[0.1 + 0.2, 0.7], [1e-17, 1], [1, 0]]),
        ("linear", "mean_squared_error", [[-5, 7], [0, 1e6], [0, 0]]),
    ],
)
def test_targets_that_fit_the_loss(output, loss, Y):
    """Shares are targets too, and the mean squared error takes any numbers."""
    network, X, _ = make(activations=("tanh", output), loss=loss)
    before = network.loss(X[:3], Y)
    assert network.train(X[:3], Y, 1, 1e-9) == pytest.approx([before])


LOSS_BY_DEFINITION = {
    "mean_squared_error": lambda a, Y: np.mean((a - Y) ** 2),
    "binary_cross_entropy": lambda a, Y: -np.mean(np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a), axis=1)),
    "cross_entropy": lambda a, Y: -np.mean(np.sum(Y * np.log(a), axis=1)),
}


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_loss_by_its_definition(output, loss):
    network, X, Y = make(activations=("tanh", output), loss=loss)
    assert network.loss(X, Y) == pytest.approx(LOSS_BY_DEFINITION[loss](network.outputs(X), Y), rel=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("output", "loss"), PAIRS[:4])
def test_training_against_a_written_out_reference(output, loss, momentum):
    """Each step adds the velocity v = momentum * v - rate * gradient; the loss returned is that before the step."""
    network, X, Y = make(activations=("tanh", output), loss=loss)
    reference, _, _ = make(activations=("tanh", output), loss=loss)
    losses = network.train(X, Y, 5, 0.3, momentum=momentum)
    velocities = [0.0] * 4
    expected = []
    for _ in range(5):
        expected.append(reference.loss(X, Y))
        (dW1, dW2), (db1, db2) = reference.gradients(X, Y)
        velocities = [momentum * v - 0.3 * g for v, g in zip(velocities, [dW1, db1, dW2, db2], strict=True)]
        set_parameters(reference, [p + v for p, v in zip(reference.parameters, velocities, strict=True)])
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    for own, other in zip(network.parameters, reference.parameters, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-14)


def test_cubic_has_the_same_momentum():
    cubic = load("cubic")
    network, X, Y = make((1, 8, 1), ("tanh", "linear"))
    parameters = [parameter.copy() for parameter in network.parameters]
    losses = network.train(X, Y, 20, 0.1, momentum=0.9)
    np.testing.assert_allclose(cubic.train(X, Y, parameters, 20, 0.1, momentum=0.9), losses, rtol=1e-12)
    for own, other in zip(network.parameters, parameters, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-11)


def train_and_record(network, X, Y, *settings, **more):
    """Train, and return the losses with the samples (first column of X) and the loss of every batch."""
    batches, backward = [], network.backward

    def recorded(X, Y, *parameters):
        loss, gradients = backward(X, Y, *parameters)
        batches.append((X[:, 0].tolist(), loss))
        return loss, gradients

    network.backward = recorded
    return network.train(X, Y, *settings, **more), batches


@pytest.mark.parametrize("batch_size", [1, 4, 5, 11])
def test_mini_batches(batch_size):
    """Every epoch uses every sample once, in batches of the size asked for, in an order of its own."""
    network, X, Y = make()
    losses, batches = train_and_record(network, X, Y, 3, 0.1, batch_size=batch_size)
    in_epoch = -(-len(X) // batch_size)
    assert len(batches) == 3 * in_epoch
    orders = []
    for epoch in range(3):
        own = batches[epoch * in_epoch : (epoch + 1) * in_epoch]
        assert all(len(samples) == batch_size for samples, _ in own[:-1])
        orders.append([sample for samples, _ in own for sample in samples])
        assert sorted(orders[-1]) == sorted(X[:, 0])
        weighted = sum(len(samples) * loss for samples, loss in own) / len(X)
        assert losses[epoch] == pytest.approx(weighted, rel=1e-12)
    assert orders[0] != orders[1] != orders[2] != X[:, 0].tolist()


def test_a_batch_is_a_step_on_its_samples():
    network, X, Y = make()
    reference, _, _ = make()
    _, batches = train_and_record(network, X, Y, 1, 0.1, batch_size=5)
    for samples, _ in batches:
        rows = [X[:, 0].tolist().index(sample) for sample in samples]
        reference.train(X[rows], Y[rows], 1, 0.1)
    for own, other in zip(network.parameters, reference.parameters, strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12)


@pytest.mark.parametrize("batch_size", [12, 13, 10**9])
def test_a_batch_of_all_samples_is_the_full_batch(batch_size):
    network, X, Y = make()
    other, _, _ = make()
    np.testing.assert_allclose(other.train(X, Y, 10, 0.5, batch_size=batch_size), network.train(X, Y, 10, 0.5))
    for a, b in zip(network.parameters, other.parameters, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_same_seed_same_result():
    results = []
    for seed in (3, 3, 4):
        network, X, Y = make(seed=0)
        network.rng = np.random.default_rng(seed)
        results.append(network.train(X, Y, 5, 0.5, momentum=0.9, batch_size=3))
    assert results[0] == results[1] != results[2]


@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize("output", ["softmax", "sigmoid", "linear", "relu"])
def test_training_never_changes_the_data(output, batch_size):
    network, X, Y = make(activations=("linear", output))
    X_before, Y_before = X.copy(), Y.copy()
    network.train(X, Y, 3, 0.01, momentum=0.5, batch_size=batch_size)
    network.gradients(X, Y)
    network.predict(X)
    assert np.array_equal(X, X_before)
    assert np.array_equal(Y, Y_before)


@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_losses_are_plain_floats(output, loss, batch_size):
    """They can be printed, compared and written to JSON without a thought of numpy."""
    network, X, Y = make(activations=("tanh", output), loss=loss)
    losses = network.train(X, Y, 3, 0.01, batch_size=batch_size)
    assert len(losses) == 3
    assert {type(value) for value in [*losses, network.loss(X, Y)]} == {float}


@pytest.mark.parametrize("batch_size", [None, 5])
def test_watch_sees_every_epoch_and_may_end_the_training(batch_size):
    """It is handed the arrays that are trained, after each epoch, and all losses so far."""
    network, X, Y = make()
    seen = []

    def watch(parameters, losses):
        assert all(array is own for array, own in zip(parameters, network.parameters, strict=True))
        seen.append((losses[-1], len(losses), [parameter.copy() for parameter in parameters]))
        return len(losses) == 4

    losses = network.train(X, Y, 10, 0.1, batch_size=batch_size, watch=watch)
    assert [(loss, n) for loss, n, _ in seen] == list(zip(losses, [1, 2, 3, 4], strict=True))
    for epochs, (_, _, parameters) in enumerate(seen, start=1):
        alone, _, _ = make()
        assert alone.train(X, Y, epochs, 0.1, batch_size=batch_size) == losses[:epochs]
        assert same(alone.parameters, parameters)


@pytest.mark.parametrize("hidden", ["step", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gaussian"])
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_saved_and_loaded(hidden, output, loss, tmp_path):
    """Bit for bit the same outputs, and everything that makes a network is there again."""
    network, X, Y = make(activations=(hidden, output), loss=loss)
    network.save(tmp_path / "network.npz")
    loaded = Network.load(tmp_path / "network.npz")
    assert (loaded.shape, loaded.activations, loaded.loss_name) == (
        network.shape,
        network.activations,
        network.loss_name,
    )
    assert same(loaded.parameters, network.parameters)
    assert np.array_equal(loaded.outputs(X), network.outputs(X))
    assert np.array_equal(loaded.predict(X), network.predict(X))
    assert loaded.loss(X, Y) == network.loss(X, Y)
    assert [path.name for path in tmp_path.iterdir()] == ["network.npz"]


def test_a_loaded_network_can_be_trained_on(tmp_path):
    network, X, Y = make()
    network.train(X, Y, 5, 0.5)
    network.save(str(tmp_path / "network.npz"), mean=X.mean(axis=0), names=np.array(["a", "b"]))
    loaded = Network.load(str(tmp_path / "network.npz"))
    assert np.array_equal(loaded.notes["mean"], X.mean(axis=0))
    assert loaded.notes["names"].tolist() == ["a", "b"]
    assert loaded.train(X, Y, 5, 0.5) == network.train(X, Y, 5, 0.5)


def test_a_loaded_network_has_the_generator_asked_for(tmp_path):
    """A seed or its generator give the same order of mini-batches; without one every loaded network has its own."""
    network, X, Y = make()
    network.save(tmp_path / "network.npz")
    seeds = (3, np.random.default_rng(3), 4, None, None)
    first, same_seed, another, *without = (
        Network.load(tmp_path / "network.npz", rng).train(X, Y, 3, 0.5, batch_size=2) for rng in seeds
    )
    assert first == same_seed
    assert first != another
    assert without[0] != without[1]


@pytest.fixture
def saved(tmp_path):
    """A good file, and a function that writes it anew with some of its arrays changed or, with None, left out."""
    path = tmp_path / "network.npz"
    make()[0].save(path)
    with np.load(path) as file:
        arrays = dict(file)

    def rewrite(**changes):
        kept = {name: array for name, array in (arrays | changes).items() if array is not None}
        np.savez(path, **kept)
        return path

    return path, rewrite


def assert_refused(path):
    with pytest.raises(ValueError, match=r"network\.npz is not a saved network: ") as refused:
        Network.load(path)
    assert "\n" not in str(refused.value)


def test_the_unchanged_file_is_not_refused(saved):
    _, rewrite = saved
    assert Network.load(rewrite()).shape == [3, 4, 2]


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_file(saved, share):
    path, _ = saved
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert_refused(path)


def loaded_or_refused(path):
    """The network in a file and None, or None and what is said against the file."""
    try:
        return Network.load(path), None
    except ValueError as error:
        return None, str(error)


def test_no_changed_bit_makes_another_network(saved):
    """Wherever a bit is changed the file is refused, or the bit is one of those that mean nothing in an archive."""
    path, _ = saved
    content, original = path.read_bytes(), Network.load(path)
    refusals = []
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        network, refusal = loaded_or_refused(path)
        if refusal is None:
            assert repr(network) == repr(original), place
            assert same(network.parameters, original.parameters), place
        else:
            refusals.append(refusal)
    assert all(refusal.startswith(f"{path} is not a saved network: ") for refusal in refusals)
    assert len(refusals) > len(content) / 7 / 2


@pytest.mark.parametrize(
    "content", [b"epoch,loss\n1,0.5\n", b"PK\x03\x04 not really", b"\x80\x04\x95 pickle", b"\0" * 99]
)
def test_a_file_of_another_kind(saved, content):
    path, _ = saved
    path.write_bytes(content)
    assert_refused(path)


CHANGES = {
    "no shape": {"shape": None},
    "no weights": {"W2": None},
    "no biases": {"b1": None},
    "no loss": {"loss": None},
    "another shape": {"shape": np.array([3, 5, 2])},
    "a shape of one layer": {"shape": np.array([3])},
    "a shape without layers": {"shape": np.array(3)},
    "a shape with a 0": {"shape": np.array([3, 0, 2]), "W1": np.ones((3, 0)), "b1": np.ones(0), "W2": np.ones((0, 2))},
    "weights of another shape": {"W1": np.ones((4, 3))},
    "biases of another shape": {"b2": np.ones((1, 2))},
    "unknown activation": {"activations": np.array(["tanh", "nonsense"])},
    "activations that are numbers": {"activations": np.array([1, 2])},
    "too few activations": {"activations": np.array(["softmax"])},
    "unknown loss": {"loss": np.array("nonsense")},
    "a loss that does not fit": {"loss": np.array("mean_squared_error")},
    "nan": {"W1": np.full((3, 4), np.nan)},
    "inf": {"b1": np.full(4, np.inf)},
    "text for weights": {"W1": np.full((3, 4), "1")},
    "complex weights": {"W1": np.full((3, 4), 1j)},
    "objects, which would need pickle": {"W1": np.full((3, 4), None)},
    "a note that would need pickle": {"note": np.array([None, "text"], dtype=object)},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_file_that_makes_no_network(saved, what):
    _, rewrite = saved
    assert_refused(rewrite(**CHANGES[what]))


def test_another_npz(saved):
    path, _ = saved
    np.savez(path, x=np.ones(3))
    assert_refused(path)
    with open(path, "wb") as file:
        np.save(file, np.ones(3))  # a single array
    assert_refused(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "network.npz")


@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("function", ["savez", "replace"])
def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch, function, error):
    """Half of the new file is written when the disk is full, or before it takes the old one's place."""
    path = tmp_path / "network.npz"
    network, X, _ = make()
    network.save(path)
    before = path.read_bytes()

    def fails(file, *_, **__):
        if function == "savez":
            file.write(b"half of it")
        raise error

    monkeypatch.setattr(f"numpy.{function}" if function == "savez" else f"os.{function}", fails)
    with pytest.raises(type(error)):
        make(seed=1)[0].save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["network.npz"]
    assert np.array_equal(Network.load(path).outputs(X), network.outputs(X))


def with_value(value):
    """A function that gives an array with one of its numbers replaced by a value."""

    def change(array):
        array = array.copy()
        array.flat[1] = value
        return array

    return change


def own_activation(z):
    return np.sin(z)


own_activation.derivative = lambda z, a: np.cos(z)

# What of a network is replaced in which layer, by what a function makes of it; and what is then said.
SPOILT = {
    "nan in a weight": ("weights", 0, with_value(np.nan), "the weights and biases"),
    "inf in a weight": ("weights", 1, with_value(np.inf), "the weights and biases"),
    "nan in a bias": ("biases", 0, with_value(np.nan), "the weights and biases"),
    "-inf in a bias": ("biases", 1, with_value(-np.inf), "the weights and biases"),
    "whole numbers": ("weights", 0, lambda W: W.astype(int), "the weights and biases"),
    "half the digits": ("weights", 1, lambda W: W.astype(np.float32), "the weights and biases"),
    "complex numbers": ("weights", 0, lambda W: W.astype(complex), "the weights and biases"),
    "texts": ("biases", 0, lambda b: b.astype(str), "the weights and biases"),
    "objects": ("weights", 0, lambda W: W.astype(object), "the weights and biases"),
    "exchanged rows and columns": ("weights", 0, np.transpose, "do not have the shapes of a network"),
    "a row too many": ("weights", 0, lambda W: np.vstack([W, W[:1]]), "do not have the shapes of a network"),
    "a column too few": ("weights", 1, lambda W: W[:, 1:], "do not have the shapes of a network"),
    "biases as a row": ("biases", 0, lambda b: b[np.newaxis], "do not have the shapes of a network"),
    "a bias too few": ("biases", 1, lambda b: b[1:], "do not have the shapes of a network"),
    "an activation of one's own": ("activations", 0, lambda _: own_activation, "activation 'own_activation' is not"),
}
OBJECTS = {
    "None": None,
    "a dictionary": {"mean": 1},
    "objects": np.array([None, "text"], dtype=object),
    "objects in a structure": np.zeros(2, dtype=[("number", float), ("thing", object)]),
}


def assert_save_refused(folder, network, message, **notes):
    """save raises ValueError in one line, and the file that was there before is whole and alone in its folder."""
    path = folder / "network.npz"
    original, X, _ = make(seed=1)
    original.save(path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message) as refused:
        network.save(path, **notes)
    assert "\n" not in str(refused.value)
    assert path.read_bytes() == before
    assert [file.name for file in folder.iterdir()] == ["network.npz"]
    assert np.array_equal(Network.load(path).outputs(X), original.outputs(X))


@pytest.mark.parametrize("what", SPOILT)
def test_what_could_not_be_loaded_is_not_saved(what, tmp_path):
    network, _, _ = make()
    part, layer, change, message = SPOILT[what]
    getattr(network, part)[layer] = change(getattr(network, part)[layer])
    assert_save_refused(tmp_path, network, message)


@pytest.mark.parametrize("layers", [1, 3])
def test_a_network_with_a_layer_too_few_or_too_many_is_not_saved(layers, tmp_path):
    network, _, _ = make()
    network.weights, network.biases = (2 * network.weights)[:layers], (2 * network.biases)[:layers]
    assert_save_refused(tmp_path, network, rf"{layers} weights and {layers} biases are not those of \[3, 4, 2\]")


@pytest.mark.parametrize("name", ["shape", "loss", "W1", "file", "allow_pickle"])
def test_notes_whose_names_are_taken_are_not_saved(name, tmp_path):
    assert_save_refused(tmp_path, make()[0], f"a note cannot be called {name}", **{name: 1})


@pytest.mark.parametrize("what", OBJECTS)
def test_notes_that_could_not_be_loaded_are_not_saved(what, tmp_path):
    assert_save_refused(tmp_path, make()[0], "only numbers and texts can be saved", note=OBJECTS[what])


def test_what_is_not_spoilt_is_saved(tmp_path):
    """Weights replaced by others that fit, and notes of every kind that needs no pickle, are there again."""
    network, X, _ = make()
    notes = {"a": np.arange(3), "b": "text", "c": 2.5, "d": [[1, 2], [3, 4]], "e": np.array(["x", "yz"]), "f": True}
    network.weights[0] = -network.weights[0]
    network.save(tmp_path / "network.npz", **notes)
    loaded = Network.load(tmp_path / "network.npz")
    assert np.array_equal(loaded.outputs(X), network.outputs(X))
    assert loaded.notes.keys() == notes.keys()
    assert all(np.array_equal(loaded.notes[name], note) for name, note in notes.items())


def test_the_example_in_the_help_runs_as_it_stands(tmp_path):
    """In a folder with nothing but the files that the help tells to copy, by a Python that looks nowhere else."""
    text = inspect.getdoc(Network)
    copied = re.search(r"copy (.+?) beside it", text)[1]
    example = textwrap.dedent(re.search(r"(?:^(?: {4}.*)?\n)+", text[text.index(":\n\n") + 2 :], re.MULTILINE)[0])
    for name in re.findall(r"\w+\.py", copied):
        shutil.copy(FOLDER / name, tmp_path)
    for name in re.findall(r"folder (\w+)", copied):
        shutil.copytree(FOLDER / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "program.py").write_text(example, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ended = subprocess.run(
        [sys.executable, "-E", "-s", "program.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    network = Network.load(tmp_path / "xor.npz")
    assert ended.stdout == f"{network.predict(X)}\n"
    assert np.all(np.abs(network.outputs(X) - Y) < 0.1)
