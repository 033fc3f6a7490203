import math

# one input, two hidden nodes, one output
w1, w2, b1, b2 = 0.8, -0.5, 0.1, 0.3
v1, v2, c = 0.4, 0.9, -0.2
xs = [-1.0, -0.5, 0.0, 0.5, 1.0]
ys = [0.9, 0.4, 0.1, 0.35, 0.85]
lr = 0.3

for epoch in range(100):
    loss = 0
    for x, y in zip(xs, ys):
        h1 = 1 / (1 + math.exp(-(w1 * x + b1)))
        h2 = math.tanh(w2 * x + b2)
        o = v1 * h1 + v2 * h2 + c
        loss += (o - y) ** 2

        do = 2 * (o - y)
        dh1 = do * v1
        dh2 = do * v2
        dz1 = dh1 * h1 * (1 - h1)
        dz2 = dh2 * (1 - h2**2)

        v1 -= lr * do * h1
        v2 -= lr * do * h2
        c -= lr * do
        w1 -= lr * dz1 * x
        b1 -= lr * dz1
        w2 -= lr * dz2 * x
        b2 -= lr * dz2
    if epoch % 20 == 0:
        print(epoch, loss)
