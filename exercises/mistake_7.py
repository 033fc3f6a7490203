"""A network in another style than ours is to learn XOR, but one line is wrong.

A sample is a column, and the error is target - output, with += for the step. It prints "not yet",
and so it does from every one of the seeds 0 to 99. With the line put right it learns XOR from all
of them.

Check:  python check_backward.py exercises/mistake_7.py
Run:    python exercises/mistake_7.py
"""

import numpy as np


class Network:
    def __init__(self, rng):
        self.W, self.b = rng.normal(0, 1, (8, 2)), np.zeros((8, 1))
        self.V, self.c = rng.normal(0, 1, (1, 8)), np.zeros((1, 1))

    def answer(self, x):
        self.h = np.tanh(self.W @ x + self.b)
        return 1 / (1 + np.exp(-(self.V @ self.h + self.c)))

    def learn(self, x, target):
        y = self.answer(x)
        error = target - y
        back = self.V.T @ error
        self.V += 0.5 * error @ self.h.T
        self.c += 0.5 * error
        self.W += 0.5 * back @ x.T
        self.b += 0.5 * back


network = Network(np.random.default_rng(0))
columns = [np.array([[0], [0]]), np.array([[0], [1]]), np.array([[1], [0]]), np.array([[1], [1]])]
targets = [0, 1, 1, 0]
for epoch in range(300):
    for x, target in zip(columns, targets, strict=True):
        network.learn(x, target)
outputs = np.array([network.answer(x).item() for x in columns])
print("outputs:", outputs.round(3))
print("XOR is learnt" if np.all(np.abs(outputs - targets) < 0.1) else "not yet")
