import numpy as np

rng = np.random.RandomState(25)
X = rng.uniform(-1, 1, (50, 2))
Y = np.cos(3 * X[:, :1]) * X[:, 1:]
params = [rng.randn(2, 10), np.zeros(10), rng.randn(10, 1) * 0.3, np.zeros(1)]
first = [np.zeros_like(p) for p in params]
second = [np.zeros_like(p) for p in params]
lr, beta1, beta2, eps = 0.02, 0.9, 0.999, 1e-8


def loss_and_grads(X, Y, params):
    W1, b1, W2, b2 = params
    A = np.tanh(X @ W1 + b1)
    out = A @ W2 + b2
    loss = np.mean((out - Y) ** 2)
    d_out = 2 * (out - Y) / len(X)
    d_sum = (d_out @ W2.T) * (1 - A**2)
    return loss, [X.T @ d_sum, d_sum.sum(axis=0), A.T @ d_out, d_out.sum(axis=0)]


for t in range(1, 101):
    loss, grads = loss_and_grads(X, Y, params)
    for i, g in enumerate(grads):
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g**2
        m_hat = first[i] / (1 - beta1**t)
        v_hat = second[i] / (1 - beta2**t)
        params[i] -= lr * m_hat / (np.sqrt(v_hat) + eps)
print(loss)
