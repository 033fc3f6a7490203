import numpy as np

SLOPE = 0.1


def leaky(z):
    return np.where(z > 0, z, SLOPE * z)


def leaky_grad(z):
    g = np.ones_like(z)
    g[z < 0] = SLOPE
    return g


rng = np.random.default_rng(18)
x = rng.normal(size=(40, 2))
y = np.hypot(x[:, :1], x[:, 1:])
W1 = rng.normal(size=(2, 6))
W2 = rng.normal(size=(6, 6)) * 0.5
W3 = rng.normal(size=(6, 1)) * 0.5
lr = 0.02

for epoch in range(100):
    z1 = x @ W1
    a1 = leaky(z1)
    z2 = a1 @ W2
    a2 = leaky(z2)
    out = a2 @ W3
    loss = 0.5 * np.mean((out - y) ** 2)
    d3 = (out - y) / len(x)
    d2 = (d3 @ W3.T) * leaky_grad(z2)
    d1 = (d2 @ W2.T) * leaky_grad(z1)
    W3 -= lr * a2.T @ d3
    W2 -= lr * a1.T @ d2
    W1 -= lr * x.T @ d1
    if epoch % 20 == 0:
        print("epoch", epoch, "loss", loss)
