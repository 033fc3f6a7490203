import numpy as np


def train(layers, x, y, lr=0.1, steps=200):
    for _ in range(steps):
        acts = [x]
        for layer in layers:
            acts.append(np.tanh(acts[-1] @ layer["w"] + layer["b"]))
        delta = (acts[-1] - y) * (1 - acts[-1] ** 2)
        for i in reversed(range(len(layers))):
            layer = layers[i]
            layer["dw"] = acts[i].T @ delta / len(x)
            layer["db"] = delta.mean(axis=0)
            delta = (delta @ layer["w"].T) * (1 - acts[i] ** 2)
        for layer in layers:
            layer["w"] -= lr * layer["dw"]
            layer["b"] -= lr * layer["db"]


gen = np.random.RandomState(3)
layers = [{"w": gen.randn(3, 3), "b": np.zeros(3)} for _ in range(3)]
x = gen.randn(20, 3)
train(layers, x, np.sin(x))
