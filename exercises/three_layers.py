"""Write the backward pass of a network with two hidden layers: it is to learn XOR of three inputs.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error.

Check:  python check_backward.py exercises/three_layers.py
Run:    python exercises/three_layers.py
"""

import numpy as np


def backward(X, Y, parameters):
    W1, b1, W2, b2, W3, b3 = parameters
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    a2 = np.tanh(z2)
    z3 = a2 @ W3 + b3
    a3 = 1 / (1 + np.exp(-z3))
    loss = -np.sum(Y * np.log(a3) + (1 - Y) * np.log(1 - a3)) / len(Y)
    dz3 = ...  # (samples, 1): the slope of the sigmoid cancels against the logarithms
    dW3 = ...  # (hidden 2, 1): a weight acts through the input that it multiplies
    db3 = ...  # (1,): the bias is added to every sample
    da2 = ...  # (samples, hidden 2): back through the weights that carried a2 on
    dz2 = ...  # (samples, hidden 2): times the slope of tanh, which is 1 minus its square
    dW2 = ...  # (hidden 1, hidden 2)
    db2 = ...  # (hidden 2,)
    da1 = ...  # (samples, hidden 1)
    dz1 = ...  # (samples, hidden 1)
    dW1 = ...  # (inputs, hidden 1)
    db1 = ...  # (hidden 1,)
    return loss, [dW1, db1, dW2, db2, dW3, db3]


rng = np.random.default_rng(0)
X = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
Y = X.sum(axis=1, keepdims=True) % 2  # 1 where the number of ones is odd
parameters = []
for inputs, nodes in [(3, 8), (8, 6), (6, 1)]:
    parameters += [rng.normal(0, 1 / np.sqrt(inputs), (inputs, nodes)), np.zeros(nodes)]
for epoch in range(1000):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 1.0 * gradient
print(f"loss: {loss:.3f}")
print("XOR is learnt" if loss < 0.1 else "not yet")
