import numpy as np

rng = np.random.default_rng(60)
x = np.linspace(0, 1, 12)[:, None]
y = 4 * x * (1 - x)
u, v = rng.normal(0, 3, (1, 6)), rng.normal(0, 1, (6, 1))
p, q = rng.normal(0, 1, 6), np.zeros(1)
lr = 0.5
error = 1.0
tries = 0
while error > 0.001 and tries < 200:
    h = 1 / (1 + np.exp(-(x @ u + p)))
    o = h @ v + q
    error = np.sum((y - o) ** 2) / (2 * len(x))
    do = (o - y) / len(x)
    dh = do @ v.T
    ds = dh * h * (1 - h)
    v -= lr * (h.T @ do)
    q -= lr * do.sum(axis=0)
    u -= lr * (x.T @ ds)
    p -= lr * ds.sum(axis=0)
    lr *= 0.999
    tries += 1
print(tries, error)
