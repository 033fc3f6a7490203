"""Write the backward pass as a loop over the layers, so that a network of any depth learns XOR.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error.

Check:  python check_backward.py exercises/layers.py
Run:    python exercises/layers.py
"""

import numpy as np


def forward(X, parameters):
    z, a = [], [X]  # so a[layer] goes into weights[layer], and a[layer + 1] comes out
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        z.append(a[-1] @ W + b)
        a.append(np.tanh(z[-1]))
    return z, a


def backward(X, Y, parameters):
    weights = parameters[::2]
    z, a = forward(X, parameters)
    loss = np.mean((a[-1] - Y) ** 2)
    da = 2 * (a[-1] - Y) / Y.size
    gradients = []
    for layer in reversed(range(len(weights))):
        dz = ...  # (samples, nodes): times the slope of tanh, which is 1 minus its square
        dW = ...  # (inputs, nodes): a weight acts through the input that it multiplies
        db = ...  # (nodes,): the bias is added to every sample
        da = ...  # (samples, inputs): back through the weights, for the layer below
        gradients = [dW, db, *gradients]
    return loss, gradients


rng = np.random.default_rng(0)
X = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
Y = np.array([[-1], [1], [1], [-1]])
parameters = []
for inputs, nodes in [(2, 8), (8, 4), (4, 1)]:
    parameters += [rng.normal(0, 1 / np.sqrt(inputs), (inputs, nodes)), np.zeros(nodes)]
for epoch in range(500):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 0.2 * gradient
z, a = forward(X, parameters)
print("outputs:", a[-1][:, 0].round(3))
print("XOR is learnt" if np.all(np.abs(a[-1] - Y) < 0.2) else "not yet")
