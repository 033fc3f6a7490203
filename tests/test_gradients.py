"""Every gradient against centred finite differences, and the scripts against the network that does it in a loop."""

import numpy as np
import pytest
from helpers import HAND_WRITTEN, PAIRS, assert_close, load, random_data, random_parameters, same, set_parameters

import activation
from gradient_check import numerical_gradients, relative_error
from network1 import Network

BOUND = 1e-7
SHAPES = {1: [3, 2], 2: [3, 4, 2], 3: [3, 4, 3, 2], 4: [3, 4, 3, 4, 2]}


def network_off_its_kinks(shape, activations, loss, seed):
    """A Network with random parameters, and data for which no z is near 0 and the last layer is not all flat."""
    rng = np.random.default_rng(seed)
    network = Network(shape, activations, loss)
    for _ in range(1000):
        parameters = random_parameters(shape, rng)
        set_parameters(network, parameters)
        X, Y = random_data(shape, activations[-1], rng)
        sums = np.concatenate([z.ravel() for z in network.forward(X)[::2]])
        alive = all(np.any(a > 0) for f, a in zip(activations, network.forward(X)[1::2], strict=True) if f == "relu")
        if np.min(np.abs(sums)) > 1e-3 and alive:
            return network, X, Y, parameters
    raise AssertionError("no parameters off the kinks were found")


def error_of(backward, X, Y, parameters):
    """How far the gradients are from what the loss does when a parameter is moved."""
    expected = numerical_gradients(lambda moved: backward(X, Y, moved)[0], parameters)
    return relative_error(backward(X, Y, parameters)[1], expected)


def script_and_network(name, seed):
    """A script, data, random parameters, and the network that is the same, with what it is to see of the data."""
    shape, activations, loss = HAND_WRITTEN[name]
    rng = np.random.default_rng(seed)
    parameters = random_parameters(shape, rng)
    X, Y = random_data(shape, activations[-1], rng)
    network = Network(shape, activations, loss)
    set_parameters(network, [parameter.copy() for parameter in parameters])
    seen = 2 * X - 1 if name == "2x2_image_recognition" else X  # it moves the pixels to -1 … 1 itself
    return load(name), X, Y, parameters, network, seen


@pytest.mark.parametrize("name", HAND_WRITTEN)
@pytest.mark.parametrize("seed", range(3))
def test_script_against_finite_differences_and_network(name, seed):
    """Its gradients are those of its loss; and all that it computes is what the network computes, to 1e-12."""
    script, X, Y, parameters, network, seen = script_and_network(name, seed)
    assert error_of(script.backward, X, Y, parameters) < BOUND
    loss, gradients = script.backward(X, Y, parameters)
    expected_loss, expected = network.backward(seen, Y)
    assert_close([loss, *gradients], [expected_loss, *expected])
    assert_close(script.forward(X, parameters), network.forward(seen))
    assert [gradient.shape for gradient in gradients] == [parameter.shape for parameter in parameters]


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_the_loss_yielded_is_the_loss_descended(name):
    """train is a generator: each loss is that of backward before its step down the gradient, which changes no data."""
    script, X, Y, parameters, network, seen = script_and_network(name, 2)
    before = X.copy(), Y.copy()
    of_script = {"cubic": {"momentum": 0.9}, "worked_example": {"biases": True}}.get(name, {})
    steps = network.steps(seen, Y, 4, 0.1, momentum=of_script.get("momentum", 0.0))
    losses = []
    for loss in script.train(X, Y, parameters, 4, 0.1, **of_script):
        assert loss == script.backward(X, Y, parameters)[0]
        assert_close(parameters, network.parameters)
        losses.append(next(steps))
        assert loss == pytest.approx(losses[-1], rel=1e-12)
    assert_close(parameters, network.parameters)
    assert len(losses) == 4
    assert losses[-1] < losses[0]
    assert same((X, Y), before)


CASES = [("tanh", *pair) for pair in PAIRS] + [(name, name, None) for name in activation.HIDDEN]


@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("hidden", "output", "loss"), CASES)
def test_every_activation_and_loss_at_every_depth(hidden, output, loss, depth, weight_decay):
    """With weight decay the penalty is in the loss and in the derivatives of the weights; the biases are left alone."""
    activations = [hidden] * (depth - 1) + [output]
    network, X, Y, parameters = network_off_its_kinks(SHAPES[depth], activations, loss, 10 + depth)
    assert error_of(lambda *data: network.backward(*data, weight_decay), X, Y, parameters) < BOUND
    value, gradients = network.backward(X, Y, parameters, weight_decay)
    penalty = weight_decay / 2 * sum(np.sum(W**2) for W in network.weights)
    assert value - network.loss(X, Y) == pytest.approx(penalty, rel=1e-12)
    assert same(gradients[1::2], network.gradients(X, Y)[1])
    assert output == "step" or all(np.any(gradient != 0) for gradient in gradients)  # the slope of a step is 0


@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("output", "loss"), PAIRS[:3])
def test_saturated_outputs(output, loss, depth):
    """With sums of about ±1000 a cross-entropy and its gradient are still exact; the mean squared error is flat."""
    shape, rng = [*SHAPES[depth][:-1], 3], np.random.default_rng(depth)
    network = Network(shape, ["tanh"] * (depth - 1) + [output], loss)
    parameters = random_parameters(shape, rng)
    parameters[-1][:] = [1000, -1000, 950]
    set_parameters(network, parameters)
    X, Y = random_data(shape, output, rng, samples=4)[0], np.eye(3)[[0, 1, 2, 1]]
    below, z, a = [X, *network.forward(X)][-3:]
    assert np.all(np.abs(z) > 900)
    sure = 1.0 * (z == z.max(axis=1, keepdims=True)) if output == "softmax" else 1.0 * (z > 0)
    np.testing.assert_allclose(a, sure, atol=1e-15)
    if loss == "mean_squared_error":
        assert network.loss(X, Y) == pytest.approx(np.mean((sure - Y) ** 2))
        assert all(np.all(np.abs(gradient) < 1e-300) for gradient in network.backward(X, Y)[1])
        return
    dz = (sure - Y) / len(Y)
    np.testing.assert_allclose(network.backward(X, Y)[1][-2], below.T @ dz, atol=1e-12)
    behind = np.sum((sure - Y) * z, axis=1)  # the logarithm of an output that is rounded to 0 is -|z|
    assert network.loss(X, Y) == pytest.approx(np.mean(behind), rel=1e-12)
    assert error_of(network.backward, X, Y, parameters) < BOUND


@pytest.mark.parametrize("name", ["noisy_xor", "2x2_image_recognition"])
def test_saturated_scripts(name):
    """The two scripts with a cross-entropy of their own are as exact as the network."""
    script, X, Y, parameters, _, _ = script_and_network(name, 1)
    parameters[-1][:] = [1000, -1000, 1000, -1000][: Y.shape[1]]
    assert 100 < script.backward(X, np.round(Y), parameters)[0] < 10_000
    assert error_of(script.backward, X, np.round(Y), parameters) < BOUND
