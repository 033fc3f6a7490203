"""The same training step of convolution.py three ways: its own, PyTorch, and its bare matrix products.

As in steps.py, each function takes the data and gives two functions: run(steps) trains from the same first parameters,
and parameters() returns [K, bK, W2, b2] as they are then. All numbers are float64.
"""

import numpy as np

import convolution
import dataset

RATE = 0.01


def data(samples):
    """The first of the digits: X (samples, 64) from -1 to 1, and Y (samples, 10)."""
    X, Y = dataset.digits()
    return 2 * X[:samples] - 1, Y[:samples]


def first_parameters():
    return convolution.initialize(3, 16, np.random.default_rng(0))


def own(X, Y):
    """The steps of convolution.py, without what its train checks before."""
    parameters = first_parameters()

    def run(steps):
        for _ in range(steps):
            _, gradients = convolution.backward(X, Y, parameters)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= RATE * gradient

    return run, lambda: parameters


def products(X, Y):
    """The floor: only the five matrix products of a step, into arrays that are there already."""
    K, _, W2, _ = first_parameters()
    kernels, patches = K.reshape(9, 16), convolution.patches(X, 3)
    z1, dK = np.empty((len(patches), 16)), np.empty_like(kernels)
    p1 = np.random.default_rng(0).normal(size=(len(X), len(W2)))
    z2, dW2, dp1 = np.empty((len(X), 10)), np.empty_like(W2), np.empty_like(p1)

    def run(steps):
        for _ in range(steps):
            np.matmul(patches, kernels, out=z1)
            np.matmul(p1, W2, out=z2)
            np.matmul(p1.T, z2, out=dW2)
            np.matmul(z2, W2.T, out=dp1)
            np.matmul(patches.T, z1, out=dK)

    return run, None


def torch(X, Y):
    """The steps of PyTorch, eager, on one thread."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    K, _, W2, _ = first_parameters()
    layers = [nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 10)]
    model = nn.Sequential(*layers).double()
    by_kernel = np.transpose(W2.reshape(3, 3, 16, 10), (3, 2, 0, 1)).reshape(10, 144)  # PyTorch flattens kernels first
    model[0].weight.data, model[4].weight.data = torch.tensor(np.moveaxis(K, -1, 0)[:, None]), torch.tensor(by_kernel)
    for layer in (model[0], model[4]):
        layer.bias.data.zero_()
    images, classes = torch.tensor(X.reshape(-1, 1, 8, 8)), torch.tensor(Y.argmax(axis=1))
    optimizer, loss_of = torch.optim.SGD(model.parameters(), lr=RATE), nn.CrossEntropyLoss()

    def run(steps):
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(model(images), classes).backward()
            optimizer.step()

    def parameters():
        kernels, bK, weights, b2 = (parameter.detach().numpy() for parameter in model.parameters())
        W2 = np.transpose(weights.reshape(10, 16, 3, 3), (2, 3, 1, 0)).reshape(144, 10)
        return [np.moveaxis(kernels[:, 0], 0, -1), bK, W2, b2]

    return run, parameters


WAYS = {"convolution.py": own, "matrix products": products, "PyTorch": torch}


def same(way, X, Y):
    """Whether a few steps of this way end at the parameters where convolution.py does; None for the bare products."""
    run, parameters = way(X, Y)
    if parameters is None:
        return None
    run(3)
    wanted, after = own(X, Y)
    wanted(3)
    return all(np.allclose(one, other, rtol=0, atol=1e-10) for one, other in zip(parameters(), after(), strict=True))
