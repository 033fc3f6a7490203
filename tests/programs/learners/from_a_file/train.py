import numpy as np

table = np.loadtxt("seeds.csv", delimiter=",", skiprows=1)
np.random.seed(13)
np.random.shuffle(table)
X = table[:, :3]
X = (X - X.mean(axis=0)) / X.std(axis=0)
kind = table[:, 3].astype(int)
Y = np.zeros((len(X), 3))
Y[np.arange(len(X)), kind] = 1

w1 = np.random.randn(3, 5)
w2 = np.random.randn(5, 3)
b1 = np.zeros(5)
b2 = np.zeros(3)
for epoch in range(100):
    h = 1 / (1 + np.exp(-(X.dot(w1) + b1)))
    o = 1 / (1 + np.exp(-(h.dot(w2) + b2)))
    sse = np.sum((Y - o) ** 2) / 2
    do = (o - Y) * o * (1 - o)
    dh = do.dot(w2.T) * h * (1 - h)
    w2 -= 0.1 * h.T.dot(do)
    b2 -= 0.1 * do.sum(axis=0)
    w1 -= 0.1 * X.T.dot(dh)
    b1 -= 0.1 * dh.sum(axis=0)
    if epoch % 20 == 0:
        print(epoch, sse, np.mean(o.argmax(axis=1) == kind))
