import numpy as np

rng = np.random.RandomState(44)
Wx, Wh = rng.randn(3, 1) * 0.6, rng.randn(3, 3) * 0.4
Wy = rng.randn(1, 3) * 0.6
bh, by = np.zeros((3, 1)), np.zeros((1, 1))
wave = np.sin(np.arange(0, 12, 0.5))
T = 6

for epoch in range(10):
    for start in range(0, 18, T):
        xs = wave[start : start + T]
        ys = wave[start + 1 : start + T + 1]
        hs = {-1: np.zeros((3, 1))}
        outs = {}
        loss = 0
        for t in range(T):
            hs[t] = np.tanh(Wx * xs[t] + Wh @ hs[t - 1] + bh)
            outs[t] = Wy @ hs[t] + by
            loss += 0.5 * (outs[t].item() - ys[t]) ** 2

        dWx, dWh, dWy = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(Wy)
        dbh, dby = np.zeros_like(bh), np.zeros_like(by)
        dnext = np.zeros((3, 1))
        for t in reversed(range(T)):
            dy = outs[t] - ys[t]
            dWy += dy @ hs[t].T
            dby += dy
            dh = Wy.T @ dy + dnext
            dz = (1 - hs[t] ** 2) * dh
            dbh += dz
            dWx += dz * xs[t]
            dWh += dz @ hs[t - 1].T
            dnext = Wh.T @ dz
        for p, d in zip([Wx, Wh, Wy, bh, by], [dWx, dWh, dWy, dbh, dby]):
            p -= 0.05 * d
