import numpy as np

np.random.seed(37)
codes = np.random.rand(30, 2)
x = np.clip(codes @ np.random.rand(2, 6), 0, 1)
w = np.random.randn(6, 2) * 0.5
b_code = np.zeros(2)
b_back = np.zeros(6)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


# the same weights are used twice: w to get in, w.T to get out
for epoch in range(150):
    code = sigmoid(x @ w + b_code)
    again = sigmoid(code @ w.T + b_back)
    loss = np.sum((again - x) ** 2) / 2
    d_again = (again - x) * again * (1 - again)
    d_code = d_again @ w * code * (1 - code)
    dw = x.T @ d_code + d_again.T @ code
    w -= 0.02 * dw
    b_code -= 0.02 * d_code.sum(axis=0)
    b_back -= 0.02 * d_again.sum(axis=0)
print(loss)
