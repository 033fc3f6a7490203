import numpy as np


def make_layer(n_in, n_out, rng, lr):
    w = rng.normal(0, 1, (n_in, n_out))
    b = rng.normal(0, 0.1, (1, n_out))
    inp = out = None

    def ahead(x):
        nonlocal inp, out
        inp = x
        out = 1 / (1 + np.exp(-(x @ w + b)))
        return out

    def back(d_out):
        nonlocal w, b
        d_sum = d_out * out * (1 - out)
        d_inp = d_sum @ w.T
        w = w - lr * (inp.T @ d_sum)
        b = b - lr * d_sum.sum(0, keepdims=True)
        return d_inp

    return ahead, back


rng = np.random.default_rng(21)
ahead1, back1 = make_layer(2, 6, rng, 0.5)
ahead2, back2 = make_layer(6, 1, rng, 0.5)
x = rng.uniform(-1, 1, (30, 2))
t = (np.abs(x).sum(axis=1, keepdims=True) < 0.8).astype(float)
for _ in range(150):
    guess = ahead2(ahead1(x))
    cost = 0.5 * ((guess - t) ** 2).sum()
    back1(back2(guess - t))
print(cost)
