"""What a training does, seen from outside: the steps of every lesson, whoever looks on, divergence, sweeps."""

import argparse
import itertools

from backstage import Refused, picture, training

import numpy as np
import pytest
from helpers import HAND_WRITTEN, load, random_data, random_parameters, same

from network1 import Network

RATE = 0.1
BY_HAND = [*HAND_WRITTEN, "gradient_check", "reliability"]  # these tell a loss before its step
IN_BATCHES = ["convolution", "network1", "spirals", "digits"]  # and these after the steps of an epoch
SETTINGS = {
    "worked_example": {"biases": True},
    "cubic": {"momentum": 0.5},
    "gradient_check": {"backward": load("gradient_check").backward},
    "convolution": {"batch_size": 3, "weight_decay": 0.1},
    "network1": {"batch_size": 3, "momentum": 0.5},
    "spirals": {"momentum": 0.5},
    "digits": {"batch_size": 3, "weight_decay": 0.1},
}


def begin(name, epochs, rate=RATE):
    """Samples X and Y, the arrays that a lesson trains, each time the same, and its steps, none of which is taken."""
    script, rng = load(name), np.random.default_rng(4)
    shape, activations, _ = HAND_WRITTEN.get(name, ([2, 3, 1], ["sigmoid"], None))
    X, Y = random_data(shape, activations[-1], rng)
    state = arrays = random_parameters(shape, rng)
    if name in ("gradient_check", "reliability"):  # two networks at once
        state = arrays = [np.stack([array, -array]) for array in map(np.atleast_2d, arrays)]
    elif name == "convolution":
        X, Y = random_data([64, 10], "softmax", rng)
        state = arrays = script.initialize(3, 4, rng)
    elif name in IN_BATCHES:
        state = Network(shape, rng=rng)
        arrays = state.parameters
    return X, Y, arrays, script.train(X, Y, state, epochs, rate, **SETTINGS.get(name, {}))


def trained(name, epochs):
    """The losses, and the arrays at the end, of a training that nobody disturbs."""
    _, _, arrays, steps = begin(name, epochs)
    return list(steps), arrays


@pytest.mark.parametrize("name", BY_HAND)
def test_a_training_is_gradient_descent(name):
    """Each loss is that of the very weights that one sees with it, and the step after it is that of the formula."""
    X, Y, arrays, steps = begin(name, 4)
    momentum = SETTINGS.get(name, {}).get("momentum", 0)
    expected, step = [array.copy() for array in arrays], [0.0] * len(arrays)
    for loss in steps:
        assert same(arrays, expected)
        whole, gradients = load(name).backward(X, Y, arrays)
        assert np.array_equal(loss, whole)
        step = [momentum * last - RATE * gradient for last, gradient in zip(step, gradients, strict=True)]
        expected = [array + change for array, change in zip(expected, step, strict=True)]
    assert same(arrays, expected)


def test_the_worked_example_trains_its_weights_alone():
    X, Y, arrays, _ = begin("worked_example", 0)
    W1, b1, W2, b2 = [array.copy() for array in arrays]
    _, (dW1, _, dW2, _) = load("worked_example").backward(X, Y, arrays)
    assert len(list(load("worked_example").train(X, Y, arrays, 1, RATE))) == 1
    assert same(arrays, [W1 - RATE * dW1, b1, W2 - RATE * dW2, b2])


@pytest.mark.parametrize("name", BY_HAND + IN_BATCHES)
def test_a_training_that_nobody_asks_any_more_has_ended(name):
    """Every step that was made is whole; zero epochs, or none that was asked for, change nothing."""
    (all_losses, _), whole = trained(name, 3), [trained(name, epochs)[1] for epochs in range(4)]
    assert trained(name, 0)[0] == []
    assert len(all_losses) == 3
    assert not any(same(some, more) for some, more in itertools.pairwise(whole))
    for asked in range(4):
        _, _, arrays, steps = begin(name, 3)
        assert same(arrays, whole[0])
        losses = list(itertools.islice(steps, asked))
        steps.close()
        assert np.array_equal(losses, all_losses[:asked])
        assert same(arrays, whole[max(asked - (name in BY_HAND), 0)])


# Whoever looks on


def asked_for(epochs=5, figure=None, **more):
    """The options of a command line."""
    return argparse.Namespace(epochs=epochs, figure=figure, live=False, **more)


@pytest.mark.parametrize("figure", [None, "x.png", "x.GIF"])
def test_what_is_seen_of_a_training(figure, monkeypatch):
    """All losses, before each step; copies of the weights where the picture moves; and a live picture sees the same."""
    X, Y, arrays, steps = begin("noisy_xor", 5)
    X_test, Y_test = X[::-1] / 2, Y
    losses, tests, passed, shown = [], [], [], []
    for loss in steps:
        losses.append(loss)
        tests.append(load("noisy_xor").loss_on(X_test, Y_test, arrays))
        passed.append([array.copy() for array in arrays])
    _, _, arrays, steps = begin("noisy_xor", 5)
    monkeypatch.setattr(
        picture, "live", lambda *_: lambda parameters, curves: shown.append((parameters, len(curves["training"])))
    )
    watch = training.watched(steps, arrays, asked_for(figure=figure), test=(load("noisy_xor").loss_on, X_test, Y_test))
    assert (watch.losses, watch.test_losses, watch.status) == (losses, tests, 0)
    assert watch.curves() == {"training": losses, "test": tests}
    assert watch.parameters is arrays
    assert same(arrays, trained("noisy_xor", 5)[1])
    assert len(watch.snapshots) == (5 if figure == "x.GIF" else 0)
    assert all(same(*pair) for pair in zip(watch.snapshots, passed, strict=False))
    assert shown == [(arrays, epoch) for epoch in (1, 2, 3, 4, 5)]


def test_a_training_without_a_test():
    """It has one curve; and where nobody wants to see any, it is the same training."""
    _, _, arrays, steps = begin("xor", 3)
    losses, ends = trained("xor", 3)
    assert training.watched(steps, arrays, asked_for()).curves() == {"training": losses}
    assert same(arrays, ends)
    _, _, arrays, steps = begin("xor", 3)
    training.run(steps)
    assert same(arrays, ends)
    assert training.passed(iter([1.0, -9e5])) == [1.0, -9e5]


# Divergence


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("watched", r"the loss became inf in epoch \d\d"),
        ("run", r"the loss became inf in epoch \d\d"),
        ("Network", r"the loss became inf in epoch \d\d"),
        ("sweep", r"seed 3: the loss became inf in epoch \d\d"),
        ("nan", "the loss became nan in epoch 2"),
        ("the last step", "the weights became infinite in epoch 1"),
        ("one of several", "the loss became nan in epoch 2"),
        ("a single weight", "the weight grew without end in step 3"),
    ],
)
def test_divergence_is_told_in_words(way, says):
    """It ends the training, without a warning, and a program with one line."""
    X, Y, arrays, steps = begin("linear", 1000, 1e6)
    options = asked_for(1000, learning_rate=1e6, seed=3, sweep=2)
    bad = np.array([0, np.nan, 0])
    ways = {
        "watched": lambda: training.watched(steps, arrays, options),
        "run": lambda: training.run(steps),
        "Network": lambda: Network([1, 1], ["linear"]).train(X, Y, 1000, 1e6),
        "sweep": lambda: training.sweep(options, lambda *_: (X, Y, arrays), load("linear").train),
        "nan": lambda: training.watched([1, np.nan], [], options),
        "the last step": lambda: training.watched([1], [bad], options),
        "one of several": lambda: training.run([np.ones(3), bad]),
        "a single weight": lambda: training.passed([1, -9e5, 9e5, -2e6]),
    }
    with pytest.raises(ValueError if way == "Network" else Refused, match=f"^{says}: try a lower learning rate$"):
        ways[way]()


# Sweeps: functions of a module, which new processes could import


def count(options, rng):
    """A seed, a number that is drawn, and a parameter that counts the steps of its training."""
    return options.seed, rng.random(), [np.zeros(1)]


def counting(X, Y, parameters, epochs, learning_rate, step=1):
    for _ in range(epochs):
        yield 1.0
        parameters[0] += step


def far_enough(X, Y, parameters):
    """After 5, 15, 25, … steps for the seeds 0, 1, 2, …"""
    return parameters[0][0] >= 10 * X + 5


def measured(options, parameters, rng):
    return {"steps": parameters[0][0], "seed": options.seed, "drawn": rng.random()}


@pytest.mark.parametrize(
    ("first", "more", "solved"),
    [
        (0, {}, "solved: 4 of 5 seeds\nepochs: median 25, from 10 to 35\nnot solved: seed 4\n"),
        (0, {"step": 2}, "solved: 5 of 5 seeds\nepochs: median 20, from 10 to 30\n"),
        (4, {"step": 0}, "solved: 0 of 5 seeds\nnot solved: seed 4, 5, 6, 7, 8\n"),
    ],
)
def test_sweep_counts_what_is_solved(first, more, solved, capsys):
    """It is asked every ten epochs and in the end, for as many seeds as --sweep says from --seed on."""
    options = asked_for(epochs=35, learning_rate=RATE, seed=first, sweep=5)
    assert training.sweep(options, count, counting, far_enough, **more) == 0
    assert capsys.readouterr().out == solved


@pytest.mark.parametrize(("stop", "steps"), [(True, (10, 20, 30, 35, 35)), (False, (35,) * 5), (None, (35,) * 5)])
def test_sweep_measures(stop, steps, capsys):
    """It stops where it is solved, if it may; what is measured draws what follows for this seed."""
    options = asked_for(epochs=35, learning_rate=RATE, seed=0, sweep=5)
    goal = {} if stop is None else {"solved": far_enough, "stop": stop}
    training.sweep(options, count, counting, measure=measured, **goal)
    drawn = [np.random.default_rng(seed).random(2)[1] for seed in range(5)]
    *solved, line, seeds, draws = capsys.readouterr().out.splitlines()
    assert line == f"steps: mean {np.mean(steps):.2f}, from {min(steps):.2f} to {max(steps):.2f}"
    assert seeds == "seed: mean 2.00, from 0.00 to 4.00"
    assert draws == f"drawn: mean {np.mean(drawn):.2f}, from {min(drawn):.2f} to {max(drawn):.2f}"
    assert solved[:1] == ([] if stop is None else ["solved: 4 of 5 seeds"])
    assert options.seed == 0
