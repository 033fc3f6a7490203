import numpy as np


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


np.random.seed(1)
points = np.random.randn(64, 2)
inside = ((points**2).sum(1) < 1.5).astype(float).reshape(-1, 1)
theta1 = np.random.randn(2, 8)
bias1 = np.zeros((1, 8))
theta2 = np.random.randn(8, 1)
bias2 = np.zeros((1, 1))
batch = 16

for epoch in range(25):
    order = np.random.permutation(64)
    for i in range(0, 64, batch):
        chosen = order[i : i + batch]
        x, y = points[chosen], inside[chosen]
        hid = np.tanh(x @ theta1 + bias1)
        prob = sigmoid(hid @ theta2 + bias2)
        bce = -np.mean(y * np.log(prob) + (1 - y) * np.log(1 - prob))

        d2 = prob - y
        d1 = d2 @ theta2.T * (1 - hid**2)
        theta2 -= 0.5 * hid.T @ d2 / batch
        bias2 -= 0.5 * d2.mean(axis=0)
        theta1 -= 0.5 * x.T @ d1 / batch
        bias1 -= 0.5 * d1.mean(axis=0)
    if epoch % 5 == 0:
        print(epoch, bce)
