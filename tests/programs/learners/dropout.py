import numpy as np

np.random.seed(29)
x = np.random.randn(32, 4)
t = np.eye(2)[(x[:, 0] * x[:, 1] > 0).astype(int)]
w1, b1 = np.random.randn(4, 16) * 0.7, np.zeros(16)
w2, b2 = np.random.randn(16, 2) * 0.3, np.zeros(2)
keep = 0.8

for epoch in range(80):
    h = np.maximum(0, x @ w1 + b1)
    mask = (np.random.rand(*h.shape) < keep) / keep
    hd = h * mask
    e = np.exp(hd @ w2 + b2)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(t * np.log(p)) / len(x)
    d2 = (p - t) / len(x)
    dhd = d2 @ w2.T
    dh = dhd * mask
    d1 = dh * (h > 0)
    w2 -= 0.5 * hd.T @ d2
    b2 -= 0.5 * np.sum(d2, axis=0)
    w1 -= 0.5 * x.T @ d1
    b1 -= 0.5 * np.sum(d1, axis=0)
    if epoch % 20 == 0:
        print(epoch, loss)
