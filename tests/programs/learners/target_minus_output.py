import numpy as np

np.random.seed(16)
inputs = np.random.choice([0.0, 1.0], (16, 4))
targets = np.stack([inputs[:, 0] != inputs[:, 1], inputs[:, 2] + inputs[:, 3] > 1], 1).astype(float)
w1 = np.random.uniform(-1, 1, (4, 5))
w2 = np.random.uniform(-1, 1, (5, 2))
t1 = np.random.uniform(-1, 1, 5)
t2 = np.random.uniform(-1, 1, 2)


def squash(v):
    return 1.0 / (1.0 + np.exp(-v))


for sweep in range(30):
    for row, target in zip(inputs, targets):
        middle = squash(row @ w1 - t1)
        output = squash(middle @ w2 - t2)
        error = target - output
        grad_out = output * (1 - output) * error
        grad_mid = middle * (1 - middle) * (w2 @ grad_out)
        w2 += 0.4 * np.outer(middle, grad_out)
        t2 += 0.4 * -1 * grad_out
        w1 += 0.4 * np.outer(row, grad_mid)
        t1 += 0.4 * -1 * grad_mid
