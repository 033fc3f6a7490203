import numpy as np

rng = np.random.RandomState(42)
flowers = rng.randn(45, 4)
kinds = np.argmax(flowers[:, :3] + 0.3 * rng.randn(45, 3), axis=1)
W1 = rng.randn(4, 6) * 0.4
W2 = rng.randn(6, 3) * 0.4
b1, b2 = np.zeros(6), np.zeros(3)
alpha = 0.2

for epoch in range(60):
    onehot = np.zeros((45, 3))
    for row, kind in enumerate(kinds):
        onehot[row][kind] = 1.0
    z1 = flowers @ W1 + b1
    a1 = 1 / (1 + np.exp(-z1))
    z2 = a1 @ W2 + b2
    a2 = np.exp(z2) / np.exp(z2).sum(axis=1, keepdims=True)
    loss = -(onehot * np.log(a2)).sum() / 45

    dz2 = (a2 - onehot) / 45
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0)
    dz1 = (dz2 @ W2.T) * a1 * (1 - a1)
    dW1 = flowers.T @ dz1
    db1 = dz1.sum(axis=0)
    W2 = W2 - alpha * dW2
    b2 = b2 - alpha * db2
    W1 = W1 - alpha * dW1
    b1 = b1 - alpha * db1
print("loss", loss, "hits", (a2.argmax(1) == kinds).mean())
