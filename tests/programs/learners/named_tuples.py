from collections import namedtuple

import numpy as np

Weights = namedtuple("Weights", "w_in b_in w_out b_out")
Trace = namedtuple("Trace", "x z a p")


def run(net, x):
    z = net.w_in @ x + net.b_in
    a = z * (z > 0)
    p = 1 / (1 + np.exp(-(net.w_out @ a + net.b_out)))
    return Trace(x, z, a, p)


def blame(net, trace, y):
    m = y.shape[1]
    d_out = (trace.p - y) / m
    d_a = net.w_out.T @ d_out
    d_z = d_a * (trace.z > 0)
    return Weights(
        w_in=d_z @ trace.x.T,
        b_in=d_z.sum(axis=1, keepdims=True),
        w_out=d_out @ trace.a.T,
        b_out=d_out.sum(axis=1, keepdims=True),
    )


dice = np.random.RandomState(51)
x = dice.randn(2, 30)
y = (x[:1] * x[1:] > 0).astype(float)
net = Weights(dice.randn(8, 2), dice.randn(8, 1), dice.randn(1, 8), np.zeros((1, 1)))
for step in range(150):
    trace = run(net, x)
    loss = -np.mean(y * np.log(trace.p) + (1 - y) * np.log(1 - trace.p))
    grads = blame(net, trace, y)
    net = Weights(*[value - 0.5 * grad for value, grad in zip(net, grads)])
print(loss)
