"""Write the backward pass of attention, which looks up in a text which digit belongs to a letter.

Each ... is a line for you, with shape and hint. While one is left, Python stops with an error.

Check:  python check_backward.py exercises/attention.py
Run:    python exercises/attention.py
"""

import numpy as np


def softmax(z):
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def rows(x):
    return x.reshape(-1, x.shape[-1])  # (texts * places, …): each place as if it were a sample


def forward(X, parameters):
    Wq, Wk, Wv = parameters
    q = X @ Wq  # (texts, places, 8): the queries
    k = X @ Wk  # the keys
    v = X @ Wv  # (texts, places, digits): the values
    s = q @ k.swapaxes(1, 2) / np.sqrt(8)  # (texts, places, places)
    A = softmax(np.where(np.tri(X.shape[1]) == 1, s, -np.inf))  # the shares: of what comes later there is none
    z = A @ v  # (texts, places, digits): what is fetched
    a = softmax(z)
    return q, k, v, A, z, a


def backward(X, Y, parameters):
    Wq, Wk, Wv = parameters
    q, k, v, A, z, a = forward(X, parameters)
    asked = Y.sum(axis=-1, keepdims=True)  # (texts, places, 1): a 1 where a digit is asked
    loss = -np.sum(Y * np.log(a)) / asked.sum()
    dz = asked * (a - Y) / asked.sum()
    dA = ...  # (texts, places, places): back through the values, for each text: v.swapaxes(1, 2)
    dv = ...  # (texts, places, digits): back through the shares that carried v on
    ds = ...  # (texts, places, places): softmax: dA minus the sum of A * dA along its row, times A
    dq = ...  # (texts, places, 8): back through the keys; do not forget the root
    dk = ...  # (texts, places, 8): back through the queries, with rows and columns of ds exchanged
    dWq = ...  # (16, 8): as any dW, with the rows of all texts under each other: rows(…)
    dWk = ...  # (16, 8)
    dWv = ...  # (16, digits)
    return loss, [dWq, dWk, dWv]


rng = np.random.default_rng(0)
letters = rng.integers(0, 4, (100, 6))  # 100 texts of six pairs, in each of which every letter has its own digit
digits = np.take_along_axis(rng.integers(0, 4, (100, 4)), letters, axis=1)
text = np.stack([letters, 4 + digits], axis=2).reshape(100, 12)
one_hot = np.eye(8)[text]  # (texts, places, 8)
before = np.concatenate([one_hot[:, :1], one_hot[:, :-1]], axis=1)
X = np.concatenate([one_hot, before], axis=2)  # (texts, places, 16): the sign at each place, and the one before it
Y = np.zeros((100, 12, 4))  # a 1 for the digit that is asked: where a letter comes that was there before
for i in range(1, 6):
    again = np.any(letters[:, :i] == letters[:, [i]], axis=1)
    Y[again, 2 * i, digits[again, i]] = 1
parameters = [rng.normal(0, 0.25, (16, 8)), rng.normal(0, 0.25, (16, 8)), rng.normal(0, 0.25, (16, 4))]
for step in range(150):
    loss, gradients = backward(X, Y, parameters)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter -= 2 * gradient
right = np.mean((forward(X, parameters)[-1] * Y).max(axis=-1)[Y.max(axis=-1) == 1] > 0.5)
print(f"digits looked up: {right:.0%}")
print("it looks up" if right == 1 else "not yet")
