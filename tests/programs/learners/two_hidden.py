import numpy as np

np.random.seed(6)
x = np.random.uniform(-1, 1, (40, 2))
y = (x[:, [0]] * x[:, [1]] > 0) * 1.0
w1 = np.random.randn(2, 5)
w2 = np.random.randn(5, 5)
w3 = np.random.randn(5, 1)
b1, b2, b3 = np.zeros((1, 5)), np.zeros((1, 5)), np.zeros((1, 1))


def sig(z):
    return 1 / (1 + np.exp(-z))


for i in range(150):
    a1 = sig(x @ w1 + b1)
    a2 = sig(a1 @ w2 + b2)
    a3 = sig(a2 @ w3 + b3)
    if i % 30 == 0:
        print(np.square(a3 - y).sum())
    e3 = (a3 - y) * a3 * (1 - a3)
    e2 = e3 @ w3.T * a2 * (1 - a2)
    e1 = e2 @ w2.T * a1 * (1 - a1)
    w3 -= 0.2 * a2.T @ e3
    w2 -= 0.2 * a1.T @ e2
    w1 -= 0.2 * x.T @ e1
    b3 -= 0.2 * e3.sum(axis=0, keepdims=True)
    b2 -= 0.2 * e2.sum(axis=0, keepdims=True)
    b1 -= 0.2 * e1.sum(axis=0, keepdims=True)
