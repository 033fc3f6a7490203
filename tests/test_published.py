"""Numbers that others published, reproduced by the collection's own code to every digit they printed."""

import re

import numpy as np
import pytest
from helpers import quick_and_slow

import perceptron
import worked_example
import xor
from network1 import Network


def as_printed(values, texts):
    """Whether numbers are as in texts, rounded to as many decimals: the digits printed are the tolerance."""
    return [f"{value:.{len(text.partition('.')[2])}f}" for value, text in zip(values, texts, strict=True)] == texts


# A. Matt Mazur, "A Step by Step Backpropagation Example", 17 March 2015. Its net, out and delta are z, a and dz here.
X_MAZUR, Y_MAZUR = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])

MAZUR = {
    "z_h1": "0.3775", "z_h2": "0.3925", "a_h1": "0.593269992107", "a_h2": "0.596884378260", "z_o1": "1.105905967060",
    "z_o2": "1.224921404096", "a_o1": "0.751365069552", "a_o2": "0.772928465321", "E_o1": "0.274811083176",
    "E_o2": "0.023560025584", "E": "0.298371108760", "da_o1": "0.741365069552", "slope_o1": "0.186815601809",
    "dz_o1": "0.138498561629", "dz_o2": "-0.038098236517", "dw5": "0.082167040564", "da_h1": "0.036350306393",
    "slope_h1": "0.241300708572", "dw1": "0.000438567734", "new w5": "0.358916479718", "new w6": "0.408666186076",
    "new w7": "0.511301270239", "new w8": "0.561370121108", "new w1": "0.149780716133", "new w2": "0.199561432266",
    "new w3": "0.249751143632", "new w4": "0.299502287265",
}  # fmt: skip


def test_mazur_every_quantity_of_one_step():
    """Also the error of each output, and the slopes of the sigmoid at o1 and h1, which are part of others."""
    named = worked_example.quantities(X_MAZUR, Y_MAZUR, worked_example.initialize(), 0.5)
    named |= {"E_o1": named["da_o1"] ** 2 / 2, "E_o2": named["da_o2"] ** 2 / 2}
    named |= {f"slope_{node}": named[f"dz_{node}"] / named[f"da_{node}"] for node in ("o1", "h1")}
    assert as_printed([named[name] for name in MAZUR], list(MAZUR.values()))


@pytest.mark.parametrize(
    ("steps", "biases", "numbers"),  # the loss, and the outputs where they were published
    [
        (1, False, ["0.291027773694"]),
        (1, True, ["0.280471446791"]),
        pytest.param(10_000, False, ["0.0000351018778", "0.015913620", "0.984064274"], marks=pytest.mark.slow),
        pytest.param(10_000, True, ["0.00000244756"], marks=pytest.mark.slow),
    ],
)
def test_mazur_after_training(steps, biases, numbers):
    parameters = worked_example.initialize()
    list(worked_example.train(X_MAZUR, Y_MAZUR, parameters, steps, 0.5, biases=biases))  # to the end
    loss, _ = worked_example.backward(X_MAZUR, Y_MAZUR, parameters)
    outputs = worked_example.forward(X_MAZUR, parameters)[-1]
    assert as_printed([loss, *outputs[0]][: len(numbers)], numbers)


@pytest.mark.slow
def test_mazur_numbers_that_come_from_a_mistake(capsys):
    """--published sets the article beside ours: equal but for the last three, and those come out with the mistake."""
    worked_example.main(["--published", "--no-figure"])
    rows = [line for line in capsys.readouterr().out.splitlines()[1:] if "0." in line]
    assert len(rows) == len(worked_example.PUBLISHED)
    with_mistake = []
    for row in rows:
        printed, ours, *mistake = re.findall(r"\d\.\d+", row)
        assert (abs(float(printed) - float(ours)) < 1.5e-8) != bool(mistake), row  # it rounds to eight or nine digits
        with_mistake += mistake
    assert abs(float(with_mistake[0]) - 0.29102792391) < 5.5e-12
    assert with_mistake[1:] == ["0.015912196326", "0.984065734486"]


# B. Andrew Trask, "A Neural Network in 11 lines of Python", iamtrask.github.io. There are no biases: here they are
# frozen at 0, that is only the weights are updated. His step adds (y - out) out (1 - out) of all samples at rate 1. The
# gradient of our mean squared error is -2/4 of that sum over the 4 samples, so the same step has a learning rate of 2.
X_TRASK = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]])


def trask_step(backward, Y, parameters):
    _, gradients = backward(X_TRASK, Y, parameters)
    for W, dW in zip(parameters[::2], gradients[::2], strict=True):  # [W1, b1, W2, b2]: the weights only
        W -= 2 * dW


def test_trask_one_layer():
    random = np.random.RandomState(1)  # the stream of np.random.seed(1)
    parameters = [2 * random.random_sample((3, 1)) - 1, np.zeros(1)]
    Y = np.array([[0, 0, 1, 1.0]]).T
    for _ in range(9_999):
        trask_step(perceptron.backward, Y, parameters)
    outputs = perceptron.forward(X_TRASK, parameters)[-1][:, 0]  # of the last pass, before its update
    printed = ["0.00966449", "0.00786506", "0.99358898", "0.99211957"]
    assert as_printed(outputs, printed)


@pytest.mark.slow
def test_trask_two_layers():
    random = np.random.RandomState(1)
    W1, W2 = 2 * random.random_sample((3, 4)) - 1, 2 * random.random_sample((4, 1)) - 1
    parameters = [W1, np.zeros(4), W2, np.zeros(1)]
    Y = np.array([[0, 1, 1, 0.0]]).T
    printed = ["0.496410031903", "0.00858452565325", "0.00578945986251", "0.00462917677677", "0.00395876528027",
               "0.00351012256786"]  # fmt: skip
    errors = []
    for epoch in range(50_001):
        if epoch % 10_000 == 0:
            errors.append(np.mean(np.abs(Y - xor.forward(X_TRASK, parameters)[-1])))
        trask_step(xor.backward, Y, parameters)
    assert as_printed(errors, printed)


def test_stack_overflow_symmetry():
    """C. stackoverflow.com/questions/2359571: all weights .6, one sample after the other, one epoch at rate 0.1.

    Every node has one input more, which is always -1, with a weight of .6 like all others. That is a bias of -.6, and
    a step changes it the same way: the derivative of the loss by that weight is -db, so -weight moves by -rate * db.
    The third hidden node of the published network is the one that is always -1, so two are left.
    The rate is 0.05 here, because the gradient of (a - y)² for one sample is twice that of half the square.
    """
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
    parameters = [np.full((2, 2), 0.6), np.full(2, -0.6), np.full((2, 1), 0.6), np.full(1, -0.6)]
    for x, y in zip(X, Y, strict=True):
        list(xor.train(x[np.newaxis], y[np.newaxis], parameters, 1, 0.05))
    errors = np.abs(Y - xor.forward(X, parameters)[-1])
    assert as_printed([errors.max(), errors.mean()], ["0.5435466682137927", "0.4999991292217466"])
    W1, b1, W2, _ = parameters
    np.testing.assert_allclose(W1[:, 0], W1[:, 1], rtol=1e-15)  # nodes that start equal stay equal
    np.testing.assert_allclose([b1[0], W2[0, 0]], [b1[1], W2[1, 0]], rtol=1e-15)


def three_spirals(rng):
    """D's points as printed there; dataset.spirals starts its arms at equal distances instead, so it is not used."""
    radius = np.linspace(0, 1, 100)
    angles = [np.linspace(4 * arm, 4 * (arm + 1), 100) + 0.2 * rng.normal(size=100) for arm in range(3)]
    X = np.concatenate([np.column_stack([radius * np.sin(angle), radius * np.cos(angle)]) for angle in angles])
    return X, np.repeat(np.eye(3), 100, axis=0)


@pytest.mark.parametrize("seed", quick_and_slow(range(3), range(3, 12)))
def test_cs231n_softmax_regression(seed):
    """D. CS231n, "Putting it together: Minimal Neural Network Case Study": a linear classifier gets about half."""
    rng = np.random.default_rng(seed)
    X, Y = three_spirals(rng)
    network = Network([2, 3], ["softmax"], rng=rng)
    network.train(X, Y, 200, 1.0)
    assert 0.485 <= np.mean(network.predict(X) == Y.argmax(axis=1)) <= 0.545


@pytest.mark.slow
def test_cs231n_hidden_layer():
    """D. With 100 relu nodes, rate 1 and an L2 penalty of 1e-3 it gets nearly all, after 3000 of the 10,000 epochs."""
    rng = np.random.default_rng(0)
    X, Y = three_spirals(rng)
    network = Network([2, 100, 3], ["relu", "softmax"])
    network.weights = [0.01 * rng.normal(size=W.shape) for W in network.weights]
    network.train(X, Y, 3000, 1.0, weight_decay=1e-3)
    assert 0.977 <= np.mean(network.predict(X) == Y.argmax(axis=1)) <= 0.993
