import numpy as np

rs = np.random.RandomState(3)
W1, b1 = rs.randn(3, 5) * 0.5, np.zeros(5)
W2, b2 = rs.randn(5, 1) * 0.5, np.zeros(1)


def loss_and_learn(x, y, lr):
    n = len(x)
    h = np.tanh(x @ W1 + b1)
    out = h @ W2 + b2
    loss = np.sum((out - y) ** 2) / n

    d_out = 2 * (out - y) / n
    d_h = d_out @ W2.T
    d_z = d_h * (1 - h**2)
    W2[:] = W2 - lr * h.T @ d_out
    b2[:] = b2 - lr * d_out.sum(axis=0)
    W1[:] = W1 - lr * x.T @ d_z
    b1[:] = b1 - lr * d_z.sum(axis=0)
    return loss


x = rs.uniform(-1, 1, (40, 3))
y = x[:, :1] * x[:, 1:2] - x[:, 2:]
for step in range(200):
    loss = loss_and_learn(x, y, 0.1)
    if step % 50 == 0:
        print(step, loss)
