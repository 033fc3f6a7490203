"""A network with one hidden layer is to learn XOR, but one line of its backward pass is wrong.

It prints "not yet", and so it does from most seeds. With the line put right it learns XOR from all
of the seeds 0 to 99.

Check:  python check_backward.py exercises/mistake_2.py
Run:    python exercises/mistake_2.py
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    loss = np.mean((a2 - Y) ** 2)
    da2 = 2 * (a2 - Y) / Y.size
    dz2 = da2 * slope(z2)
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = da1 * slope(a1)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0)
    return loss, [dW1, db1, dW2, db2]


rng = np.random.default_rng(0)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
parameters = [rng.normal(0, 0.5, (2, 4)), np.zeros(4), rng.normal(0, 0.5, (4, 1)), np.zeros(1)]
for epoch in range(2000):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 4.5 * gradient
print(f"loss: {loss:.3f}")
print("XOR is learnt" if loss < 0.01 else "not yet")
