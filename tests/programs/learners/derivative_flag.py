import numpy as np


def tanh(x, deriv=False):
    if deriv:
        return 1 - np.tanh(x) ** 2
    return np.tanh(x)


def sigmoid(x, deriv=False):
    s = 1 / (1 + np.exp(-x))
    if deriv:
        return s * (1 - s)
    return s


np.random.seed(10)
X = np.random.randn(20, 3)
y = (X[:, :1] * X[:, 1:2] > 0).astype(float)
syn = [np.random.randn(3, 5), np.random.randn(5, 4), np.random.randn(4, 1)]

for i in range(100):
    z1 = X.dot(syn[0])
    l1 = tanh(z1)
    z2 = l1.dot(syn[1])
    l2 = tanh(z2)
    z3 = l2.dot(syn[2])
    l3 = sigmoid(z3)

    d3 = (l3 - y) * sigmoid(z3, deriv=True)
    d2 = d3.dot(syn[2].T) * tanh(z2, deriv=True)
    d1 = d2.dot(syn[1].T) * tanh(z1, deriv=True)
    updates = [X.T.dot(d1), l1.T.dot(d2), l2.T.dot(d3)]
    for s, u in zip(syn, updates):
        s -= 0.1 * u
