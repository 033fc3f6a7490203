import numpy as np

np.random.seed(5)
W = np.random.randn(3, 2)
b = np.zeros((3, 1))
V = np.random.randn(1, 3)
c = np.zeros((1, 1))
points = [(np.random.randn(2, 1), np.random.randint(0, 2)) for _ in range(30)]


def s(z):
    return 1 / (1 + np.exp(-z))


for epoch in range(50):
    for x, t in points:
        a = s(W @ x + b)
        o = s(V @ a + c)
        e = (o - t) * o * (1 - o)
        f = V.T @ e * a * (1 - a)
        V = V - 0.3 * e @ a.T
        c = c - 0.3 * e
        W = W - 0.3 * f @ x.T
        b = b - 0.3 * f
