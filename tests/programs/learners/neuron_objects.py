import math
import random


class Neuron:
    def __init__(self, n):
        self.weights = [random.uniform(-1, 1) for _ in range(n)]
        self.bias = random.uniform(-1, 1)

    def fire(self, inputs):
        self.inputs = inputs
        total = self.bias + sum(w * x for w, x in zip(self.weights, inputs))
        self.output = 1 / (1 + math.exp(-total))
        return self.output

    def adjust(self, rate):
        for i, x in enumerate(self.inputs):
            self.weights[i] -= rate * self.delta * x
        self.bias -= rate * self.delta


random.seed(2)
hidden = [Neuron(2) for _ in range(3)]
final = Neuron(3)
examples = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]
for epoch in range(100):
    for inputs, wanted in examples:
        guess = final.fire([n.fire(inputs) for n in hidden])
        final.delta = (guess - wanted) * guess * (1 - guess)
        for i, n in enumerate(hidden):
            n.delta = final.delta * final.weights[i] * n.output * (1 - n.output)
        for n in hidden + [final]:
            n.adjust(0.5)
