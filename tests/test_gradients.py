"""Every gradient against centred finite differences, and the gradients of the scripts against each other."""

import numpy as np
import pytest
from helpers import HAND_WRITTEN, PAIRS, load, random_data, random_parameters, set_parameters

import activation
from gradient_check import numerical_gradients, relative_error
from network1 import Network

BOUND = 1e-7
SHAPES = {1: [3, 2], 2: [3, 4, 2], 3: [3, 4, 3, 2], 4: [3, 4, 3, 4, 2]}
HIDDEN = ["step", "linear", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gaussian"]


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


def error_of(network, X, Y, parameters):
    weights, biases = network.gradients(X, Y)
    found = [gradient for pair in zip(weights, biases, strict=True) for gradient in pair]
    return relative_error(found, numerical_gradients(lambda _: network.loss(X, Y), parameters))


@pytest.mark.parametrize("name", HAND_WRITTEN)
@pytest.mark.parametrize("seed", range(3))
def test_script_against_finite_differences(name, seed):
    script, (shape, activations, _) = load(name), HAND_WRITTEN[name]
    rng = np.random.default_rng(seed)
    parameters = random_parameters(shape, rng)
    X, Y = random_data(shape, activations[-1], rng)
    _, gradients = script.backward(X, Y, parameters)
    expected = numerical_gradients(lambda parameters: script.backward(X, Y, parameters)[0], parameters)
    assert relative_error(gradients, expected) < BOUND
    assert all(gradient.shape == parameter.shape for gradient, parameter in zip(gradients, parameters, strict=True))


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_script_equals_network(name):
    """Loss and gradients of every hand-written script are those of the generic network, to 1e-12."""
    script, (shape, activations, loss) = load(name), HAND_WRITTEN[name]
    rng = np.random.default_rng(0)
    parameters = random_parameters(shape, rng)
    X, Y = random_data(shape, activations[-1], rng)
    network = Network(shape, activations, loss)
    set_parameters(network, parameters)
    seen = 2 * X - 1 if name == "2x2_image_recognition" else X  # it moves the pixels to -1 … 1 itself
    own_loss, gradients = script.backward(X, Y, parameters)
    assert own_loss == pytest.approx(network.loss(seen, Y), rel=1e-12)
    weights, biases = network.gradients(seen, Y)
    for layer in range(len(weights)):
        np.testing.assert_allclose(gradients[2 * layer], weights[layer], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(gradients[2 * layer + 1], biases[layer], rtol=1e-12, atol=1e-12)
    for own, other in zip(script.forward(X, parameters), network.forward(seen), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize("name", HIDDEN)
def test_every_activation_at_every_depth(name, depth):
    network, X, Y, parameters = network_off_its_kinks(SHAPES[depth], [name] * depth, None, depth)
    assert error_of(network, X, Y, parameters) < BOUND
    if name != "step":  # whose slope is 0
        assert all(np.any(gradient != 0) for gradient in network.backward(X, Y)[1])


@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_pair_of_output_and_loss_at_every_depth(output, loss, depth):
    activations = ["tanh"] * (depth - 1) + [output]
    network, X, Y, parameters = network_off_its_kinks(SHAPES[depth], activations, loss, 10 + depth)
    assert network.loss_name == loss
    assert error_of(network, X, Y, parameters) < BOUND


def test_the_check_sees_a_factor_of_1_001():
    """A gradient that is wrong by a thousandth in a single array is far above the bound."""
    network, X, Y, parameters = network_off_its_kinks([3, 4, 2], ["tanh", "sigmoid"], None, 0)
    _, gradients = network.backward(X, Y)
    expected = numerical_gradients(lambda _: network.loss(X, Y), parameters)
    assert relative_error(gradients, expected) < BOUND
    assert relative_error([1.001 * gradient for gradient in gradients], expected) > 1000 * BOUND
    for i in range(len(gradients)):
        wrong = [1.001 * gradient if i == j else gradient for j, gradient in enumerate(gradients)]
        assert relative_error(wrong, expected) > 10 * BOUND


def saturated(output, loss, depth):
    """A network whose last sums are about ±1000, with targets on both sides of them."""
    shape = [*SHAPES[depth][:-1], 3]
    rng = np.random.default_rng(depth)
    network = Network(shape, ["tanh"] * (depth - 1) + [output], loss)
    parameters = random_parameters(shape, rng)
    parameters[-1][:] = [1000, -1000, 950]
    set_parameters(network, parameters)
    X, _ = random_data(shape, output, rng, samples=4)
    Y = np.eye(3)[[0, 1, 2, 1]]
    assert np.all(np.abs(network.forward(X)[-2]) > 900)
    return network, X, Y, parameters


@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("output", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")])
def test_saturated_outputs_still_have_a_gradient(output, loss, depth):
    """With outputs of exactly 0 and 1 the loss is still finite, and its derivative that of the exact formula."""
    network, X, Y, parameters = saturated(output, loss, depth)
    z = network.forward(X)[-2]
    below = network.forward(X)[-3] if depth > 1 else X
    sure = 1.0 * (z > 0) if output == "sigmoid" else 1.0 * (z == z.max(axis=1, keepdims=True))
    _, gradients = network.backward(X, Y)
    dz = (sure - Y) / len(Y)
    np.testing.assert_allclose(gradients[-1], dz.sum(axis=0), atol=1e-12)
    np.testing.assert_allclose(gradients[-2], below.T @ dz, atol=1e-12)
    behind = np.sum((sure - Y) * z, axis=1)  # the logarithm of an output that is rounded to 0 is -|z|
    assert network.loss(X, Y) == pytest.approx(np.mean(behind), rel=1e-12)
    assert error_of(network, X, Y, parameters) < BOUND


@pytest.mark.parametrize("depth", SHAPES)
def test_saturated_sigmoid_with_mean_squared_error_is_flat(depth):
    network, X, Y, parameters = saturated("sigmoid", "mean_squared_error", depth)
    assert network.loss(X, Y) == pytest.approx(np.mean((network.outputs(X) - Y) ** 2))
    assert all(np.all(gradient == 0) for gradient in network.backward(X, Y)[1])
    assert all(np.all(gradient == 0) for gradient in numerical_gradients(lambda _: network.loss(X, Y), parameters))


def test_saturated_noisy_xor_and_recognition():
    """The two scripts with a cross-entropy of their own are as exact as the network for sums of ±1000."""
    for name in ("noisy_xor", "2x2_image_recognition"):
        script, (shape, activations, _) = load(name), HAND_WRITTEN[name]
        rng = np.random.default_rng(1)
        parameters = random_parameters(shape, rng)
        parameters[-1][:] = [1000, -1000, 1000, -1000][: shape[-1]]
        X, Y = random_data(shape, activations[-1], rng)
        loss, gradients = script.backward(X, np.round(Y), parameters)
        assert 100 < loss < 10_000
        expected = numerical_gradients(lambda p: script.backward(X, np.round(Y), p)[0], parameters)  # noqa: B023
        assert relative_error(gradients, expected) < BOUND


def test_softmax_jacobian_multiplies_out():
    """dz = (a - Y) / samples is the whole matrix diag(a) - a aᵀ of every sample times the derivative of the loss."""
    rng = np.random.default_rng(0)
    z = rng.normal(0, 2, (6, 4))
    Y = np.eye(4)[rng.integers(0, 4, 6)]
    a = activation.softmax(z)
    da = -Y / a / len(Y)  # the loss is -sum(Y log a) / samples
    for sample in range(6):
        jacobian = np.diag(a[sample]) - np.outer(a[sample], a[sample])
        tried = [
            (activation.softmax(z[sample] + h) - activation.softmax(z[sample] - h)) / 2e-6 for h in 1e-6 * np.eye(4)
        ]
        np.testing.assert_allclose(jacobian, np.transpose(tried), atol=1e-9)
        np.testing.assert_allclose(jacobian @ da[sample], (a[sample] - Y[sample]) / len(Y), atol=1e-15)


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_the_loss_reported_is_the_loss_descended(name):
    """train returns the loss of backward before every step, and each step goes down its gradient."""
    script, (shape, activations, _) = load(name), HAND_WRITTEN[name]
    rng = np.random.default_rng(2)
    parameters = random_parameters(shape, rng)
    X, Y = random_data(shape, activations[-1], rng)
    by_hand = [parameter.copy() for parameter in parameters]
    X_before, Y_before = X.copy(), Y.copy()
    expected = []
    for _ in range(3):
        loss, gradients = script.backward(X, Y, by_hand)
        expected.append(loss)
        if len(expected) == 1:
            first = gradients
        for parameter, gradient in zip(by_hand, gradients, strict=True):
            parameter -= 0.1 * gradient
    keep = {"momentum": 0.0} if name == "cubic" else {"biases": True} if name == "worked_example" else {}
    start = [parameter.copy() for parameter in parameters]
    losses = script.train(X, Y, parameters, 1, 0.1, **keep)
    assert losses == expected[:1]
    for parameter, before, gradient in zip(parameters, start, first, strict=True):
        np.testing.assert_allclose(parameter, before - 0.1 * gradient, rtol=0, atol=1e-15)
    losses += script.train(X, Y, parameters, 2, 0.1, **keep)
    np.testing.assert_allclose(losses, expected, rtol=1e-13)
    assert losses[-1] < losses[0]
    assert np.array_equal(X, X_before)
    assert np.array_equal(Y, Y_before)


@pytest.mark.parametrize("depth", SHAPES)
@pytest.mark.parametrize(("output", "loss"), PAIRS[:3])
def test_weight_decay(output, loss, depth):
    """The penalty is in the loss and in the derivatives of the weights; those of the biases are as they were."""
    network, X, Y, parameters = network_off_its_kinks(SHAPES[depth], ["tanh"] * (depth - 1) + [output], loss, depth)
    value, gradients = network.backward(X, Y, parameters, 0.3)
    without, others = network.backward(X, Y, parameters)
    assert value - without == pytest.approx(0.15 * sum(np.sum(W**2) for W in network.weights), rel=1e-12)
    expected = numerical_gradients(lambda changed: network.backward(X, Y, changed, 0.3)[0], parameters)
    assert relative_error(gradients, expected) < BOUND
    assert all(np.array_equal(one, other) for one, other in zip(gradients[1::2], others[1::2], strict=True))
    assert relative_error(others, expected) > 1000 * BOUND
    assert network.loss(X, Y, [1.1 * parameter for parameter in parameters]) != network.loss(X, Y) == without
    with pytest.raises(ValueError, match="layer 1"):
        network.loss(X, Y, [parameters[0][:-1], *parameters[1:]])
