"""One training step of convolution.py with 16 kernels, three ways: its own, only its matrix products, and PyTorch.

As in steps.py, each way is a function of the data, and gives run(steps) and parameters(), here [K, bK, W2, b2].
"""

import numpy as np
from steps import descend, descend_in_torch

import convolution
import dataset


def data(samples):
    """The first of the digits: X (samples, 64) from -1 to 1, and Y (samples, 10)."""
    X, Y = dataset.digits()
    return 2 * X[:samples] - 1, Y[:samples]


def first_parameters():
    return convolution.initialize(3, 16, np.random.default_rng(0))


def own(X, Y):
    """The steps of convolution.py, without what its train checks before."""
    parameters = first_parameters()
    return descend(convolution.backward, X, Y, parameters), lambda: parameters


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


def in_torch(X, Y):
    """The steps of PyTorch."""
    import torch
    from torch import nn

    K, _, W2, _ = first_parameters()
    layers = [nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 10)]
    model = nn.Sequential(*layers).double()
    by_kernel = np.transpose(W2.reshape(3, 3, 16, 10), (3, 2, 0, 1)).reshape(10, 144)  # PyTorch flattens kernels first
    model[0].weight.data, model[4].weight.data = torch.tensor(np.moveaxis(K, -1, 0)[:, None]), torch.tensor(by_kernel)
    for layer in (model[0], model[4]):
        layer.bias.data.zero_()
    images, classes = torch.tensor(X.reshape(-1, 1, 8, 8)), torch.tensor(Y.argmax(axis=1))

    def parameters():
        kernels, bK, weights, b2 = (parameter.detach().numpy() for parameter in model.parameters())
        W2 = np.transpose(weights.reshape(10, 16, 3, 3), (2, 3, 1, 0)).reshape(144, 10)
        return [np.moveaxis(kernels[:, 0], 0, -1), bK, W2, b2]

    return descend_in_torch(model, nn.CrossEntropyLoss(), images, classes), parameters


WAYS = {"convolution.py": own, "matrix products": products, "PyTorch": in_torch}
