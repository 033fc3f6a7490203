import numpy as np

np.random.seed(40)
rooms = np.random.uniform(1, 6, (30, 1))
size = np.random.uniform(30, 150, (30, 1))
rent = 0.3 + 0.9 * size / 100 + 0.1 * np.sqrt(rooms)
X = np.concatenate([rooms / 6, size / 150], axis=1)
n = X.shape[0]
W1, B1 = np.random.randn(2, 4), np.zeros((1, 4))
W2, B2 = np.random.randn(4, 1), np.zeros((1, 1))

for epoch in range(150):
    S = X @ W1 + B1
    A = 1 / (1 + np.exp(-S))
    O = A @ W2 + B2
    E = O - rent
    rmse = np.sqrt(np.mean(E**2))
    if epoch % 30 == 0:
        print(epoch, "rmse", rmse)
    dW2 = A.T @ E / n
    dB2 = np.mean(E, axis=0, keepdims=True)
    D = E @ W2.T * A * (1 - A)
    dW1 = X.T @ D / n
    dB1 = np.mean(D, axis=0, keepdims=True)
    W1 = W1 - 0.3 * dW1
    B1 = B1 - 0.3 * dB1
    W2 = W2 - 0.3 * dW2
    B2 = B2 - 0.3 * dB2
