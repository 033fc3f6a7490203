import numpy as np

rng = np.random.RandomState(9)
sizes = [3, 6, 4, 2]
weights = [rng.randn(m, n) / np.sqrt(m) for m, n in zip(sizes, sizes[1:])]
biases = [np.zeros(n) for n in sizes[1:]]
data = rng.randn(25, 3)
goal = np.stack([np.sin(data[:, 0]), data[:, 1] * data[:, 2]], axis=1)

for epoch in range(80):
    outs = [data]
    for w, b in zip(weights, biases):
        outs.append(np.tanh(outs[-1] @ w + b))
    error = outs[-1] - goal
    cost = 0.5 * np.sum(error**2) / len(data)
    deltas = [error * (1 - outs[-1] ** 2)]
    for w, out in zip(weights[:0:-1], outs[-2:0:-1]):
        deltas.insert(0, (deltas[0] @ w.T) * (1 - out**2))
    grads = [out.T @ d / len(data) for out, d in zip(outs, deltas)]
    weights = [w - 0.3 * g for w, g in zip(weights, grads)]
    biases = [b - 0.3 * d.mean(axis=0) for b, d in zip(biases, deltas)]
    if epoch % 20 == 0:
        print(f"epoch {epoch}: {cost:.4f}")
