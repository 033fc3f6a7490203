"""Write the backward pass of a network with one hidden layer, so that it learns XOR.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error.

Check:  python check_backward.py exercises/xor.py
Run:    python exercises/xor.py
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    da2 = ...  # (samples, 1): how the mean of the squares changes with each output
    dz2 = ...  # (samples, 1): times the slope of the sigmoid
    dW2 = ...  # (hidden, 1): a weight acts through the input that it multiplies
    db2 = ...  # (1,): the bias is added to every sample
    da1 = ...  # (samples, hidden): back through the weights that carried a1 on
    dz1 = ...  # (samples, hidden): times the slope, as above
    dW1 = ...  # (inputs, hidden): what does a weight of this layer multiply?
    db1 = ...  # (hidden,): as above
    return loss, [dW1, db1, dW2, db2]


rng = np.random.default_rng(0)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
parameters = [rng.normal(0, 0.5, (2, 4)), np.zeros(4), rng.normal(0, 0.5, (4, 1)), np.zeros(1)]
for epoch in range(2000):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 4.5 * gradient
outputs = forward(X, parameters)[-1]
print("outputs:", outputs[:, 0].round(3))
print("XOR is learnt" if np.all(np.abs(outputs - Y) < 0.1) else "not yet")
