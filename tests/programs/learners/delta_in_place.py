import numpy as np

np.random.seed(3)
n, k = 30, 3
X = np.random.randn(n, 2)
y = np.random.randint(0, k, n)
X[:, 0] += y
w = 0.1 * np.random.randn(2, 8)
v = 0.1 * np.random.randn(8, k)
b = np.zeros(8)
c = np.zeros(k)

for t in range(80):
    hidden = np.tanh(np.dot(X, w) + b)
    raw = np.exp(np.dot(hidden, v) + c)
    delta = raw / np.sum(raw, axis=1, keepdims=True)
    delta[range(n), y] -= 1
    delta /= n
    back = np.dot(delta, v.T) * (1 - np.power(hidden, 2))
    v += -0.8 * np.dot(hidden.T, delta)
    c += -0.8 * np.sum(delta, axis=0)
    w += -0.8 * np.dot(X.T, back)
    b += -0.8 * np.sum(back, axis=0)
