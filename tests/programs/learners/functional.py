import numpy as np


def layer(x, w, b):
    return np.tanh(x @ w + b)


def forward(params, x):
    (w1, b1), (w2, b2) = params
    h = layer(x, w1, b1)
    return h, h @ w2 + b2


def gradients(params, x, y):
    (w1, b1), (w2, b2) = params
    h, out = forward(params, x)
    g_out = (out - y) / y.size
    g_h = g_out @ w2.T
    g_z = (1 - h * h) * g_h
    return (x.T @ g_z, g_z.sum(0)), (h.T @ g_out, g_out.sum(0))


def stepped(params, grads, lr):
    return tuple((w - lr * dw, b - lr * db) for (w, b), (dw, db) in zip(params, grads))


def train(params, x, y, lr, steps):
    for _ in range(steps):
        params = stepped(params, gradients(params, x, y), lr)
    return params


rng = np.random.default_rng(23)
x = rng.uniform(-2, 2, (32, 2))
y = np.stack([np.maximum(x[:, 0], x[:, 1]), x[:, 0] ** 2 / 4], axis=1)
start = ((rng.normal(size=(2, 6)), np.zeros(6)), (rng.normal(size=(6, 2)), np.zeros(2)))
end = train(start, x, y, lr=0.2, steps=100)
print("mean squared error", np.mean((forward(end, x)[1] - y) ** 2))
