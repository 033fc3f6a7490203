import numpy as np

np.random.seed(20)
x = np.linspace(-2, 2, 30).reshape(30, 1)
y = np.sin(2 * x) + 0.1 * np.random.randn(30, 1)
W1 = np.random.randn(1, 12)
b1 = np.random.randn(12)
W2 = np.random.randn(12, 1) * 0.3
b2 = np.zeros(1)
reg = 0.01
step = 0.05

for i in range(200):
    h = np.tanh(x.dot(W1) + b1)
    fit = h.dot(W2) + b2
    data_loss = np.mean((fit - y) ** 2)

    dfit = 2 * (fit - y) / len(x)
    dW2 = h.T.dot(dfit)
    db2 = dfit.sum(axis=0)
    dh = dfit.dot(W2.T)
    da = dh * (1 - h * h)
    dW1 = x.T.dot(da)
    db1 = da.sum(axis=0)

    W1 -= step * (dW1 + reg * W1)
    b1 -= step * db1
    W2 -= step * (dW2 + reg * W2)
    b2 -= step * db2
    if i % 50 == 0:
        print(i, data_loss)
