"""The model of transformer.py in scalars of plain Python: what every number of a step costs by itself.

A Number remembers from which numbers it was made, and the derivative with respect to each: autodiff.py in small, for
numbers instead of arrays.
"""

import math


class Number:
    """A number that remembers how it was made."""

    __slots__ = ("gradient", "slopes", "sources", "value")

    def __init__(self, value, sources=(), slopes=()):
        self.value, self.gradient, self.sources, self.slopes = value, 0.0, sources, slopes

    def __add__(self, other):
        if isinstance(other, Number):
            return Number(self.value + other.value, (self, other), (1.0, 1.0))
        return Number(self.value + other, (self,), (1.0,))

    def __mul__(self, other):
        if isinstance(other, Number):
            return Number(self.value * other.value, (self, other), (other.value, self.value))
        return Number(self.value * other, (self,), (other,))

    def __pow__(self, power):
        return Number(self.value**power, (self,), (power * self.value ** (power - 1),))

    def exp(self):
        result = math.exp(self.value)
        return Number(result, (self,), (result,))

    def log(self):
        return Number(math.log(self.value), (self,), (1 / self.value,))

    def relu(self):
        return Number(max(0.0, self.value), (self,), (float(self.value > 0),))

    def backward(self):
        """Write the derivative of this number with respect to all that it was made from into their gradients."""
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            number, done = waiting.pop()
            if done:
                order.append(number)
            elif number not in seen:
                seen.add(number)
                waiting.append((number, True))
                waiting += [(source, False) for source in number.sources]
        self.gradient = 1.0
        for number in reversed(order):
            for source, slope in zip(number.sources, number.slopes):
                source.gradient += slope * number.gradient


def dot(one, other):
    """The weighted sum of two lists."""
    products = [x * y for x, y in zip(one, other)]
    return sum(products[1:], products[0])


def product(row, columns):
    """A row times a matrix, which is given by its columns."""
    return [dot(row, column) for column in columns]


def normalize(row):
    scale = (dot(row, row) * (1 / len(row)) + 1e-5) ** -0.5
    return [x * scale for x in row]


def softmax(row):
    largest = max(x.value for x in row)
    powers = [(x + -largest).exp() for x in row]
    whole = sum(powers[1:], powers[0]) ** -1
    return [power * whole for power in powers]


def attend(q, keys, values, head):
    """What one head of a place fetches; head says which numbers of the row are its own."""
    scores = [dot(q[head], k[head]) * (head.stop - head.start) ** -0.5 for k in keys]
    shares = softmax(scores)
    return [dot(shares, column) for column in zip(*(v[head] for v in values))]


def loss_on(X, Y, parameters, heads=4):
    """The loss on the names X (names, places), whose parameters are lists: E and P of rows, the others of columns."""
    E, P, Wq, Wk, Wv, Wo, W1, W2, W3 = parameters
    size, losses = len(E[0]) // heads, []
    for name, targets in zip(X, Y):
        keys, values = [], []
        for place, (letter, target) in enumerate(zip(name, targets)):
            if target < 0:
                break
            x = normalize([e + p for e, p in zip(E[letter], P[place])])
            n = normalize(x)
            q = product(n, Wq)
            keys.append(product(n, Wk))
            values.append(product(n, Wv))
            own = [slice(i, i + size) for i in range(0, heads * size, size)]
            fetched = [number for head in own for number in attend(q, keys, values, head)]
            x = [a + b for a, b in zip(x, product(fetched, Wo))]
            hidden = [z.relu() for z in product(normalize(x), W1)]
            x = [a + b for a, b in zip(x, product(hidden, W2))]
            losses.append(softmax(product(x, W3))[target].log())
    return sum(losses[1:], losses[0]) * (-1 / len(losses))
