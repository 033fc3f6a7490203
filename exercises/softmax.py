"""Write softmax, its loss and the backward pass of a network that tells how many inputs are 1.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error. The check compares
your gradients with your loss; whether the loss is right it cannot tell. So the file compares the loss of one sample
with the one worked out by hand.

Check:  python check_backward.py exercises/softmax.py
Run:    python exercises/softmax.py
"""

import numpy as np


def forward(X, parameters):
    W1, b1, W2, b2 = parameters
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    e2 = np.exp(z2)
    a2 = ...  # (samples, 3): each e2 divided by the sum of its row: axis=1, keepdims=True
    return z1, a1, z2, a2


def backward(X, Y, parameters):
    W1, b1, W2, b2 = parameters
    z1, a1, z2, a2 = forward(X, parameters)
    loss = ...  # one number: cross-entropy, the mean over the samples
    dz2 = ...  # (samples, 3): the derivatives of softmax and logarithm, multiplied out
    dW2 = ...  # (hidden, 3): a weight acts through the input that it multiplies
    db2 = ...  # (3,): the bias is added to every sample
    da1 = ...  # (samples, hidden): back through the weights that carried a1 on
    dz1 = ...  # (samples, hidden): times the slope of tanh, which is 1 minus its square
    dW1 = ...  # (inputs, hidden)
    db1 = ...  # (hidden,)
    return loss, [dW1, db1, dW2, db2]


rng = np.random.default_rng(0)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])  # columns: none, one, both
parameters = [rng.normal(0, 0.5, (2, 4)), np.zeros(4), rng.normal(0, 0.5, (4, 3)), np.zeros(3)]
for epoch in range(500):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 0.5 * gradient
outputs = forward(X, parameters)[-1]
print("outputs:", outputs.round(3), sep="\n")

# By hand: with all weights 0 the sums are the biases. Take the logarithms of 1, 2 and 4; the outputs are then 1/7, 2/7
# and 4/7. The right class is the second, so the loss is -log(2/7) = log(7/2). The sample stands there twice: the mean
# of two equal losses is the same, their sum is not.
known = [np.zeros((2, 4)), np.zeros(4), np.zeros((4, 3)), np.log([1, 2, 4])]
loss, _ = backward(X[[1, 1]], Y[[1, 1]], known)
print(f"the loss of one sample is {loss:.3f}, by hand it is {np.log(7 / 2):.3f}")
if not np.isclose(loss, np.log(7 / 2)):
    print("the loss is wrong")
else:
    print("the classes are learnt" if np.all(np.abs(outputs - Y) < 0.1) else "not yet")
