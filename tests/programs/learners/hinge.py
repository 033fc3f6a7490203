import numpy as np

rng = np.random.default_rng(35)
X = rng.normal(size=(36, 2))
side = np.where(X[:, 0] ** 2 + X[:, 1] > 0.5, 1.0, -1.0)
W, b = rng.normal(size=(2, 7)), np.zeros(7)
v, c = rng.normal(size=7) * 0.5, 0.0

for step in range(100):
    H = np.tanh(X @ W + b)
    score = H @ v + c
    margin = np.maximum(0, 1 - side * score)
    loss = margin.mean()
    dscore = np.where(margin > 0, -side, 0) / len(X)
    dv = H.T @ dscore
    dc = dscore.sum()
    dH = np.outer(dscore, v)
    dZ = dH * (1 - H**2)
    v = v - 0.3 * dv
    c = c - 0.3 * dc
    W = W - 0.3 * X.T @ dZ
    b = b - 0.3 * dZ.sum(axis=0)
print(loss, (np.sign(score) == side).mean())
