import numpy as np

from .functions import sigmoid, sigmoid_prime


class Network:
    def __init__(self, inputs, hidden, outputs):
        rng = np.random.RandomState(17)
        self.w1 = rng.uniform(-0.8, 0.8, (inputs, hidden))
        self.w2 = rng.uniform(-0.8, 0.8, (hidden, outputs))
        self.b1 = np.zeros(hidden)
        self.b2 = np.zeros(outputs)

    def predict(self, x):
        self.hidden = sigmoid(x @ self.w1 + self.b1)
        return sigmoid(self.hidden @ self.w2 + self.b2)

    def learn(self, x, y, rate):
        out = self.predict(x)
        delta2 = (y - out) * sigmoid_prime(out)
        delta1 = (delta2 @ self.w2.T) * sigmoid_prime(self.hidden)
        self.w2 += rate * self.hidden.T @ delta2
        self.b2 += rate * delta2.sum(axis=0)
        self.w1 += rate * x.T @ delta1
        self.b1 += rate * delta1.sum(axis=0)
        return ((y - out) ** 2).sum()
