"""Write the backward pass of a single node, so that it learns OR.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error.

Check:  python check_backward.py exercises/one_node.py
Run:    python exercises/one_node.py
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, parameters):
    W1, b1 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    return z1, a1


def backward(X, Y, parameters):
    z1, a1 = forward(X, parameters)
    loss = np.mean((a1 - Y) ** 2)
    da1 = ...  # (samples, 1): how the mean of the squares changes with each output
    dz1 = ...  # (samples, 1): times the slope of the sigmoid
    dW1 = ...  # (inputs, 1): a weight acts through the input that it multiplies
    db1 = ...  # (1,): the bias is added to every sample
    return loss, [dW1, db1]


rng = np.random.default_rng(0)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [1]])
parameters = [rng.normal(0, 0.5, (2, 1)), np.zeros(1)]
for epoch in range(1000):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 5.0 * gradient
outputs = forward(X, parameters)[-1]
print("outputs:", outputs[:, 0].round(3))
print("OR is learnt" if np.all(np.abs(outputs - Y) < 0.1) else "not yet")
