"""Write the forward pass of a network that can do XOR with weights set by hand.

The first hidden node is 1 where at least one input is 1, the second where both are; the output node
is 1 where the first is 1 and the second is not. Each ... is a line for you, with its shape and a
hint. Run it after each of them: Python prints what is still ... as Ellipsis, which is its name.

Run:    python exercises/forward.py
"""

import numpy as np


def step(z):
    return np.where(z >= 0, 1, 0)


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = ...  # (samples, 2): the weighted sums of the inputs, and the biases
    a1 = ...  # (samples, 2): which hidden nodes fire
    z2 = ...  # (samples, 1): the weighted sum of what comes out of the hidden nodes, and the bias
    a2 = ...  # (samples, 1): whether the output node fires
    return z1, a1, z2, a2


W1 = np.array([[2, 1], [2, 1]])  # a row for each input, a column for each node
b1 = np.array([-1, -1.5])
W2 = np.array([[1], [-1]])
b2 = np.array([-0.5])
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
z1, a1, z2, a2 = forward(X, [W1, b1, W2, b2])
print("z1:", z1, "a1:", a1, "z2:", z2, "a2:", a2, sep="\n")
print("it does XOR" if np.array_equal(a2, Y) else "not yet")
