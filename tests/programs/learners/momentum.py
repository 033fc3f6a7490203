import numpy as np

rng = np.random.default_rng(14)
angle = rng.uniform(0, 2 * np.pi, (60, 1))
ring = rng.integers(1, 3, (60, 1))
X = np.hstack([ring * np.cos(angle), ring * np.sin(angle)])
Y = (ring == 2).astype(float)
W1, W2 = rng.normal(0, 1, (2, 8)), rng.normal(0, 0.5, (8, 1))
b1, b2 = np.zeros((1, 8)), np.zeros((1, 1))
mW1, mb1, mW2, mb2 = 0, 0, 0, 0
lr, beta = 0.1, 0.9

for step in range(120):
    H = np.maximum(0, X @ W1 + b1)
    P = 1 / (1 + np.exp(-(H @ W2 + b2)))
    loss = -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))

    dOut = (P - Y) / len(X)
    gW2 = H.T @ dOut
    gb2 = dOut.sum(axis=0, keepdims=True)
    dH = dOut @ W2.T
    dH[H == 0] = 0
    gW1 = X.T @ dH
    gb1 = dH.sum(axis=0, keepdims=True)

    mW1 = beta * mW1 - lr * gW1
    mb1 = beta * mb1 - lr * gb1
    mW2 = beta * mW2 - lr * gW2
    mb2 = beta * mb2 - lr * gb2
    W1 += mW1
    b1 += mb1
    W2 += mW2
    b2 += mb2
print(loss)
