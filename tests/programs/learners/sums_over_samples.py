import random

import numpy as np

random.seed(4)
rng = np.random.RandomState(4)
layout = [2, 5, 3]
weights = [rng.randn(b, a) for a, b in zip(layout, layout[1:])]
biases = [rng.randn(b, 1) for b in layout[1:]]
samples = []
for _ in range(24):
    point = rng.uniform(-1, 1, (2, 1))
    corner = np.zeros((3, 1))
    corner[int(point[0, 0] > 0) + int(point[1, 0] > 0)] = 1
    samples.append((point, corner))


def gradient(x, y):
    activations = [x]
    for w, b in zip(weights, biases):
        activations.append(1 / (1 + np.exp(-(w @ activations[-1] + b))))
    a = activations[-1]
    delta = (a - y) * a * (1 - a)
    by_bias, by_weight = [delta], [delta @ activations[-2].T]
    for layer in range(2, len(layout)):
        a = activations[-layer]
        delta = weights[-layer + 1].T @ delta * a * (1 - a)
        by_bias.insert(0, delta)
        by_weight.insert(0, delta @ activations[-layer - 1].T)
    return by_bias, by_weight


for epoch in range(12):
    random.shuffle(samples)
    for start in range(0, 24, 8):
        sum_b = [np.zeros(b.shape) for b in biases]
        sum_w = [np.zeros(w.shape) for w in weights]
        for x, y in samples[start : start + 8]:
            by_bias, by_weight = gradient(x, y)
            sum_b = [s + g for s, g in zip(sum_b, by_bias)]
            sum_w = [s + g for s, g in zip(sum_w, by_weight)]
        weights = [w - 3.0 / 8 * s for w, s in zip(weights, sum_w)]
        biases = [b - 3.0 / 8 * s for b, s in zip(biases, sum_b)]
