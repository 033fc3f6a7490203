"""The contract of network1.Network: shapes, losses, training in batches and with momentum, saving and loading."""

import numpy as np
import pytest
from helpers import PAIRS, load, random_data, random_parameters, same, set_parameters

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
    assert network.forward(X).shape == Y.shape
    weight_gradients, bias_gradients = network.gradients(X, Y)
    assert [g.shape for g in weight_gradients] == [W.shape for W in network.weights]
    assert [g.shape for g in bias_gradients] == [b.shape for b in network.biases]


def test_forward_is_the_formula():
    network, X, _ = make()
    (W1, W2), (b1, b2) = network.weights, network.biases
    np.testing.assert_allclose(network.forward(X), activation.softmax(np.tanh(X @ W1 + b1) @ W2 + b2), rtol=1e-14)


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


def test_activations_by_name_or_function():
    by_name = Network([2, 3, 1], ["relu", "sigmoid"], rng=np.random.default_rng(0))
    by_function = Network([2, 3, 1], [activation.relu, activation.sigmoid], rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(4, 2))
    assert by_name.activations == by_function.activations == [activation.relu, activation.sigmoid]
    assert np.array_equal(by_name.forward(X), by_function.forward(X))


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
    assert np.array_equal(classes, network.forward(X).argmax(axis=1))
    network, X, _ = make(activations=("tanh", "sigmoid"))
    assert np.array_equal(network.predict(X), network.forward(X))


@pytest.mark.parametrize("call", ["forward", "predict", "loss", "gradients"])
def test_data_are_checked_by_every_call(call):
    network, X, Y = make()
    rest = (Y,) if call in ("loss", "gradients") else ()
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


LOSS_BY_DEFINITION = {
    "mean_squared_error": lambda a, Y: np.mean((a - Y) ** 2),
    "binary_cross_entropy": lambda a, Y: -np.mean(np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a), axis=1)),
    "cross_entropy": lambda a, Y: -np.mean(np.sum(Y * np.log(a), axis=1)),
}


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_loss_by_its_definition(output, loss):
    network, X, Y = make(activations=("tanh", output), loss=loss)
    assert network.loss(X, Y) == pytest.approx(LOSS_BY_DEFINITION[loss](network.forward(X), Y), rel=1e-12)


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

    def recorded(X, Y):
        loss, gradients = backward(X, Y)
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


def test_watch_sees_every_epoch_and_may_end_the_training():
    network, X, Y = make()
    seen = []

    def watch(epoch, loss):
        seen.append((epoch, loss))
        return epoch == 3

    losses = network.train(X, Y, 10, 0.1, watch=watch)
    assert seen == list(enumerate(losses))
    assert len(losses) == 4


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
    assert np.array_equal(loaded.forward(X), network.forward(X))
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


def test_a_changed_number(saved):
    """One bit of a weight in the file is another, which the checksum of the archive tells."""
    path, _ = saved
    content = bytearray(path.read_bytes())
    start = content.find(b"W1.npy") + 150
    content[start] ^= 1
    path.write_bytes(content)
    assert_refused(path)


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
    assert np.array_equal(Network.load(path).forward(X), network.forward(X))
