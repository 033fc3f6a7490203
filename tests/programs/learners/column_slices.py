import numpy as np

rng = np.random.RandomState(12)
X = rng.rand(4, 48)
Y = np.vstack([X[0] > X[1], X[2] > X[3]]) * 1.0
W1 = rng.randn(6, 4) * 0.7
b1 = np.zeros((6, 1))
W2 = rng.randn(2, 6) * 0.7
b2 = np.zeros((2, 1))
size, eta = 12, 1.0

for epoch in range(40):
    for k in range(0, X.shape[1], size):
        x = X[:, k : k + size]
        y = Y[:, k : k + size]
        z1 = W1 @ x + b1
        a1 = np.tanh(z1)
        a2 = 1 / (1 + np.exp(-(np.dot(W2, a1) + b2)))

        dz2 = (a2 - y) * a2 * (1 - a2)
        dw2 = dz2 @ a1.T / size
        db2 = dz2.mean(axis=1).reshape(2, 1)
        dz1 = np.dot(W2.T, dz2) * (1 - np.tanh(z1) ** 2)
        dw1 = dz1 @ x.T / size
        db1 = dz1.mean(axis=1).reshape(6, 1)

        W1, b1 = W1 - eta * dw1, b1 - eta * db1
        W2, b2 = W2 - eta * dw2, b2 - eta * db2
