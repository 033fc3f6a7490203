import numpy as np

x = np.linspace(-1, 1, 16)[:, None]
y = x ** 2
r = np.random.RandomState(8)
k1, c1 = r.randn(1, 5), r.randn(1, 5)
k2, c2 = r.randn(5, 1), np.zeros((1, 1))

for n in range(1000):
    pre = x @ k1 + c1
    post = pre * (pre > 0)
    yhat = post @ k2 + c2
    mse = ((yhat - y) ** 2).mean()
    g_out = 2 * (yhat - y) / len(x)
    g_k2 = post.T @ g_out
    g_c2 = g_out.sum(0, keepdims=True)
    g_post = g_out @ k2.T
    g_pre = g_post * (pre > 0)
    g_k1 = x.T @ g_pre
    g_c1 = g_pre.sum(0, keepdims=True)
    for par, grad in ((k1, g_k1), (c1, g_c1), (k2, g_k2), (c2, g_c2)):
        par -= 0.1 * grad
print(mse)
