"""Write the step with momentum: without it the network would not learn XOR in these epochs.

Each ... is for you, with a hint. While one is left, Python stops with an error. A step keeps a
share of the last one, here 0.9. The backward pass is right. Many a wrong step learns XOR as well,
but only with the right one the loss in the last epoch is 0.000594.

Run:    python exercises/momentum.py
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    a1 = sigmoid(X @ W1 + b1)
    a2 = sigmoid(a1 @ W2 + b2)
    return a1, a2


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    a1, a2 = forward(X, parameters)
    loss = np.mean((a2 - Y) ** 2)
    dz2 = 2 * (a2 - Y) / Y.size * a2 * (1 - a2)
    dz1 = dz2 @ W2.T * a1 * (1 - a1)
    return loss, [X.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)]


rng = np.random.default_rng(0)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
parameters = [rng.normal(0, 0.5, (2, 4)), np.zeros(4), rng.normal(0, 0.5, (4, 1)), np.zeros(1)]
steps = [np.zeros_like(parameter) for parameter in parameters]
for epoch in range(1500):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient, step in zip(parameters, gradients, steps, strict=True):
        step *= ...  # the share of the last step that goes on
        step -= ...  # the new part, against the gradient: the learning rate is 0.5
        parameter += ...  # the parameter goes along
outputs = forward(X, parameters)[-1]
print("outputs:", outputs[:, 0].round(3))
print(f"loss in the last epoch: {loss:.6f}")
print("XOR is learnt" if np.all(np.abs(outputs - Y) < 0.1) else "not yet")
