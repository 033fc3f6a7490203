"""One training step in several ways: by Network, written out in numpy, only its matrix products, and in frameworks.

Every way is a function of a shape and the data, and gives two functions: run(steps) trains from the same first
weights, and parameters() returns [W1, b1, W2, b2, …] as they are then; it is None where they cannot be compared.

The hidden layers are tanh and the output softmax with cross-entropy; only 2-4-1, the network of xor.py, is sigmoid
with mean squared error. Every step is plain gradient descent over all samples, in the type that the data have. (Keras
on PyTorch takes its matrix products in float32 whatever it is told, so it is asked for float32 alone.)
"""

from functools import partial

import numpy as np

import xor
from network1 import Network

RATE = 0.01


def is_xor(shape):
    return shape[-1] == 1


def data(shape, samples, dtype):
    """Random inputs and classes, X (samples, inputs) and Y (samples, outputs)."""
    rng = np.random.default_rng(0)
    classes = rng.integers(max(2, shape[-1]), size=samples)
    Y = classes[:, np.newaxis] if is_xor(shape) else np.eye(shape[-1])[classes]
    return rng.normal(size=(samples, shape[0])).astype(dtype), Y.astype(dtype)


def first_network(shape, dtype):
    """A Network with the first weights that all the others start from too."""
    if is_xor(shape):
        return Network(shape, ["sigmoid", "sigmoid"], rng=0, dtype=dtype)
    return Network(shape, loss="cross_entropy", rng=0, dtype=dtype)


def network(shape, X, Y):
    """The steps of Network.train."""
    network = first_network(shape, X.dtype)
    return lambda steps: network.train(X, Y, steps, RATE), lambda: network.parameters


def backward(X, Y, parameters):
    """The loss (cross-entropy after softmax) and its gradients, as a reader would write them down in numpy."""
    weights, biases = parameters[::2], parameters[1::2]
    outputs = [X]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        outputs.append(np.tanh(outputs[-1] @ W + b))  # (samples, nodes)
    z = outputs[-1] @ weights[-1] + biases[-1]
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    a = powers / powers.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(np.sum(Y * a, axis=1)))
    dz = (a - Y) / len(Y)
    gradients = []
    for layer in reversed(range(len(weights))):
        gradients = [outputs[layer].T @ dz, dz.sum(axis=0), *gradients]
        if layer:
            dz = dz @ weights[layer].T * (1 - outputs[layer] ** 2)
    return loss, gradients


def descend(gradients_of, X, Y, parameters):
    """Plain gradient descent in numpy, which changes the parameters in place."""

    def run(steps):
        for _ in range(steps):
            _, gradients = gradients_of(X, Y, parameters)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= RATE * gradient

    return run


def by_hand(shape, X, Y):
    """The steps written out in numpy: xor.py's own for its network, else those of backward above."""
    parameters = first_network(shape, X.dtype).parameters
    return descend(xor.backward if is_xor(shape) else backward, X, Y, parameters), lambda: parameters


def products(shape, X, Y):
    """The floor: only the matrix products of a step, into arrays that are there already."""
    weights, rng = first_network(shape, X.dtype).weights, np.random.default_rng(1)
    outputs = [X] + [np.zeros((len(X), nodes), X.dtype) for nodes in shape[1:]]
    dz = [rng.normal(size=a.shape).astype(X.dtype) for a in outputs]
    dW = [np.empty_like(W) for W in weights]

    def run(steps):
        for _ in range(steps):
            for layer, W in enumerate(weights):
                np.matmul(outputs[layer], W, out=outputs[layer + 1])
            for layer in reversed(range(len(weights))):
                np.matmul(outputs[layer].T, dz[layer + 1], out=dW[layer])
                if layer:
                    np.matmul(dz[layer + 1], weights[layer].T, out=dz[layer])

    return run, None


def descend_in_torch(model, loss_of, inputs, targets, threads=1):
    """Plain gradient descent in PyTorch, eager, on a number of threads."""
    import torch

    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def run(steps):
        torch.set_num_threads(threads)
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(model(inputs), targets).backward()
            optimizer.step()
        torch.set_num_threads(1)

    return run


def in_torch(shape, X, Y, threads=1):
    """The steps of PyTorch."""
    import torch
    from torch import nn

    first, layers = first_network(shape, X.dtype), []
    for W, b in zip(first.weights, first.biases, strict=True):
        linear = nn.Linear(*W.shape, dtype=getattr(torch, X.dtype.name))
        linear.weight.data, linear.bias.data = torch.tensor(W.T.copy()), torch.tensor(b)
        layers += [linear, nn.Sigmoid() if is_xor(shape) else nn.Tanh()]
    if is_xor(shape):
        model, loss_of, targets = nn.Sequential(*layers), nn.MSELoss(), torch.tensor(Y)
    else:  # CrossEntropyLoss has the softmax in it
        model, loss_of, targets = nn.Sequential(*layers[:-1]), nn.CrossEntropyLoss(), torch.tensor(Y.argmax(axis=1))
    run = descend_in_torch(model, loss_of, torch.tensor(X), targets, threads)
    return run, lambda: [p.detach().numpy().T for p in model.parameters()]


def in_keras(shape, X, Y):
    """The steps of Keras: train_on_batch."""
    import keras

    softmax = ("tanh", "softmax", "categorical_crossentropy")
    hidden, last, loss = ("sigmoid", "sigmoid", "mean_squared_error") if is_xor(shape) else softmax
    layers = [keras.layers.Dense(nodes, activation=hidden) for nodes in shape[1:-1]]
    model = keras.Sequential([keras.Input((shape[0],)), *layers, keras.layers.Dense(shape[-1], activation=last)])
    model.set_weights(first_network(shape, X.dtype).parameters)
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss=loss)

    def run(steps):
        for _ in range(steps):
            model.train_on_batch(X, Y)

    return run, model.get_weights


def in_sklearn(shape, X, Y):
    """The steps of scikit-learn: fit with as many epochs. For 2-4-1 it has only the log loss to descend."""
    from sklearn.neural_network import MLPClassifier

    first, classes = first_network(shape, X.dtype), Y.ravel() if is_xor(shape) else Y.argmax(axis=1)
    model = MLPClassifier(
        hidden_layer_sizes=shape[1:-1], activation="logistic" if is_xor(shape) else "tanh", solver="sgd", momentum=0,
        learning_rate_init=RATE, batch_size=len(X), alpha=0, tol=0, shuffle=False, warm_start=True, max_iter=1,
        n_iter_no_change=np.inf,  # or it ends early where the loss is larger than it once was
    )  # fmt: skip
    model.fit(X, classes)  # makes the lists that our first weights go into
    model.coefs_, model.intercepts_ = first.weights, first.biases
    parameters = None if is_xor(shape) else lambda: first.parameters
    return lambda steps: model.set_params(max_iter=steps).fit(X, classes), parameters


IN_BOTH = {"Network": network, "by hand": by_hand, "matrix products": products, "PyTorch, 1 thread": in_torch}
WAYS = {
    "float32": {**IN_BOTH, "Keras": in_keras},
    "float64": {**IN_BOTH, "PyTorch, 2 threads": partial(in_torch, threads=2), "sklearn fit": in_sklearn},
}
NEAR = {"float32": 2e-6, "float64": 1e-8}  # how far two ways may be apart after five steps
