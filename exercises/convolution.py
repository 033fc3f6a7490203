"""Write the backward pass of a convolution that tells vertical from horizontal lines, anywhere.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error.

Check:  python check_backward.py exercises/convolution.py
Run:    python exercises/convolution.py
"""

import numpy as np


def patches(X):
    seen = np.lib.stride_tricks.sliding_window_view(X.reshape(-1, 5, 5), (1, 2, 2))
    return seen.reshape(-1, 4)  # (samples * 16, 4): each position as if it were a sample


def forward(X, parameters):
    K, bK, W2, b2 = parameters
    z1 = patches(X) @ K + bK  # (samples * 16, kernels)
    a1 = np.maximum(0, z1)
    p1 = a1.reshape(len(X), 16, -1).sum(axis=1)  # (samples, kernels): all positions together
    z2 = p1 @ W2 + b2
    a2 = 1 / (1 + np.exp(-z2))
    return z1, a1, p1, z2, a2


def backward(X, Y, parameters):
    K, bK, W2, b2 = parameters
    z1, a1, p1, z2, a2 = forward(X, parameters)
    loss = -np.sum(Y * np.log(a2) + (1 - Y) * np.log(1 - a2)) / len(Y)
    dz2 = ...  # (samples, 1): the slope of the sigmoid cancels
    dW2 = ...  # (kernels, 1): a weight acts through the input that it multiplies
    db2 = ...  # (1,): the bias is added to every sample
    dp1 = ...  # (samples, kernels): back through the weights that carried p1 on
    da1 = ...  # (samples * 16, kernels): each position is in one sum: np.repeat(…, 16, axis=0)
    dz1 = ...  # (samples * 16, kernels): times the slope of relu, 1 where a1 is above 0, else 0
    dK = ...  # (4, kernels): as any dW, but what goes in are the patches
    dbK = ...  # (kernels,): the bias is added at every position
    return loss, [dK, dbK, dW2, db2]


rng = np.random.default_rng(0)
lines = np.eye(5)[:, np.newaxis] * np.ones((5, 1))  # (5, 5, 5): images with one vertical line each
X = np.concatenate([lines, lines.swapaxes(1, 2)]).reshape(10, 25)
Y = np.array([[1]] * 5 + [[0]] * 5)  # 1 where the line is vertical
parameters = [rng.normal(0, 0.5, (4, 20)), np.zeros(20), rng.normal(0, 0.5, (20, 1)), np.zeros(1)]
for epoch in range(1000):
    for parameter, gradient in zip(parameters, backward(X, Y, parameters)[1], strict=True):
        parameter -= 0.03 * gradient
print("lines told apart" if np.abs(forward(X, parameters)[-1] - Y).max() < 0.1 else "not yet")
