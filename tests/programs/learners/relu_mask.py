import numpy as np

rng = np.random.default_rng(5)
x = rng.normal(size=(50, 3))
y = np.abs(x[:, [0]]) + x[:, [1]] * 0.5
w1 = rng.normal(size=(3, 10)) * 0.6
c1 = np.full(10, 0.1)
w2 = rng.normal(size=(10, 10)) * 0.4
c2 = np.full(10, 0.1)
w3 = rng.normal(size=(10, 1)) * 0.6

for it in range(100):
    z1 = x @ w1 + c1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ w2 + c2
    a2 = np.maximum(z2, 0)
    pred = a2 @ w3
    loss = ((pred - y) ** 2).mean()

    dpred = 2 * (pred - y) / len(x)
    dz2 = dpred @ w3.T
    dz2[z2 <= 0] = 0
    dz1 = dz2 @ w2.T
    dz1[z1 <= 0] = 0
    w3 -= 0.05 * a2.T @ dpred
    w2 -= 0.05 * a1.T @ dz2
    c2 -= 0.05 * dz2.sum(0)
    w1 -= 0.05 * x.T @ dz1
    c1 -= 0.05 * dz1.sum(0)
print(loss)
