import numpy as np

rng = np.random.default_rng(2)
raw = rng.random((20, 2))
t = (raw[:, :1] + raw[:, 1:] > 1).astype(float)
x = np.hstack([np.ones((20, 1)), raw])
W = rng.normal(size=(3, 4))
V = rng.normal(size=(5, 1))

for epoch in range(300):
    a = 1 / (1 + np.exp(-x @ W))
    a1 = np.hstack([np.ones((20, 1)), a])
    o = 1 / (1 + np.exp(-a1 @ V))
    out_delta = (t - o) * o * (1 - o)
    hid_delta = (out_delta @ V[1:].T) * a * (1 - a)
    V += 0.2 * a1.T @ out_delta
    W += 0.2 * x.T @ hid_delta
print(np.hstack([t, o.round(2)]))
