"""What a training tells while it runs: every train calls its watch once an epoch, and ends where that says so."""

import numpy as np
import pytest
from helpers import HAND_WRITTEN, load, random_data, random_parameters, same, set_parameters

from network1 import Network

MORE = {"worked_example": {"biases": True}, "cubic": {"momentum": 0.0}}
RATE = 0.1


@pytest.fixture(params=HAND_WRITTEN)
def script(request):
    """A hand-written script, and samples X, Y and parameters that fit it."""
    shape, activations, _ = HAND_WRITTEN[request.param]
    rng = np.random.default_rng(4)
    parameters = random_parameters(shape, rng)
    return load(request.param), *random_data(shape, activations[-1], rng), parameters


def trained(script, epochs):
    """The losses and the parameters of a training without a watch; those of the fixture stay as they are."""
    module, X, Y, parameters = script
    parameters = [parameter.copy() for parameter in parameters]
    return module.train(X, Y, parameters, epochs, RATE, **MORE.get(module.__name__, {})), parameters


def train(script, watch, epochs=5):
    module, X, Y, parameters = script
    return module.train(X, Y, parameters, epochs, RATE, watch=watch, **MORE.get(module.__name__, {}))


def test_watch_sees_every_epoch(script):
    """It gets the very arrays that are trained, and the losses so far, the last of which is that of these arrays."""
    module, X, Y, parameters = script
    seen = []

    def watch(handed, losses):
        assert all(array is own for array, own in zip(handed, parameters, strict=True))
        assert losses[-1] == module.backward(X, Y, handed)[0]
        seen.append(list(losses))

    losses = train(script, watch)
    assert seen == [losses[:epochs] for epochs in (1, 2, 3, 4, 5)]


@pytest.mark.parametrize("answer", [None, False, 0, np.False_])
def test_a_watch_that_only_looks_changes_nothing(script, answer):
    expected, ends = trained(script, 5)
    assert train(script, lambda parameters, losses: answer) == expected
    assert same(script[-1], ends)


@pytest.mark.parametrize("answer", [True, np.True_])
def test_a_watch_ends_the_training(script, answer):
    """The parameters are those that it saw: what two steps make of them, where it ends the third epoch."""
    expected, ends = trained(script, 2)
    losses = train(script, lambda parameters, losses: answer if len(losses) == 3 else None)
    assert losses[:2] == expected
    assert len(losses) == 3
    assert same(script[-1], ends)


def test_a_watch_that_raises_leaves_whole_steps(script):
    """Its error comes out as it is, and no parameter is a step ahead of the others."""
    _, ends = trained(script, 2)

    def watch(parameters, losses):
        if len(losses) == 3:
            raise RuntimeError("seen enough")

    with pytest.raises(RuntimeError, match="seen enough"):
        train(script, watch)
    assert same(script[-1], ends)


def test_no_epochs_no_watch(script):
    def watch(parameters, losses):
        raise AssertionError("there was no epoch to see")

    assert train(script, watch, epochs=0) == []


def train_network(X, Y, parameters, *settings, **more):
    """Network.train with the arguments of a script's train."""
    network = Network(*NETWORK)
    set_parameters(network, parameters)
    return network.train(X, Y, *settings, **more)


NETWORK = ([1, 4, 1], ["tanh", "linear"], "mean_squared_error")
WATCHES = {
    "only looks": lambda parameters, losses: None,
    "says go on": lambda parameters, losses: False,
    "says stop": lambda parameters, losses: True,
    "forgets the losses": lambda parameters, losses: losses.clear(),
}


def seen_until_it_diverged(name, watch, learning_rate, spoil=None):
    """Train with a watch until the loss is no number; the losses that the watch has seen, and what the error says."""
    shape, activations, _ = HAND_WRITTEN.get(name, NETWORK)
    rng = np.random.default_rng(0)
    (X, Y), parameters = random_data(shape, activations[-1], rng), random_parameters(shape, rng)
    if spoil:
        parameters[-2][0, 0] = spoil
    seen = []

    def looks(handed, losses):
        seen.append(losses[-1])
        return watch(handed, losses)

    train = train_network if name == "network1" else load(name).train
    with pytest.raises(
        ValueError, match=r"^the loss became (inf|nan) in epoch \d+: try a lower learning rate$"
    ) as error:
        train(X, Y, parameters, 1000, learning_rate, watch=looks)
    return seen, str(error.value)


@pytest.mark.parametrize("what", WATCHES)
@pytest.mark.parametrize("name", [*HAND_WRITTEN, "network1"])
def test_a_loss_that_is_no_number_is_an_error_whatever_watch_says(name, what):
    """A weight that is nan spoils the loss of the first epoch already; the watch is not even asked."""
    seen, message = seen_until_it_diverged(name, WATCHES[what], RATE, spoil=np.nan)
    assert seen == []
    assert message.startswith("the loss became nan in epoch 1:")


@pytest.mark.parametrize("what", [what for what in WATCHES if what != "says stop"])
@pytest.mark.parametrize("name", ["linear", "cubic", "network1"])
def test_a_training_that_diverges_is_an_error_whatever_watch_says(name, what):
    """The loss grows until it is inf; the epoch named is the one after the last that the watch has seen."""
    seen, message = seen_until_it_diverged(name, WATCHES[what], 1e6)
    assert len(seen) > 1
    assert np.all(np.isfinite(seen))
    assert f"in epoch {len(seen) + 1}:" in message
