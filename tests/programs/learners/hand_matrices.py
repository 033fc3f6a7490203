import math
import random


def matmul(A, B):
    return [[sum(a * b for a, b in zip(row, col)) for col in zip(*B)] for row in A]


def transpose(A):
    return [list(col) for col in zip(*A)]


def apply(f, *matrices):
    return [[f(*cells) for cells in zip(*rows)] for rows in zip(*matrices)]


def random_matrix(rows, cols):
    return [[random.gauss(0, 1) for _ in range(cols)] for _ in range(rows)]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


random.seed(77)
X = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
Y = [[0], [1], [1], [0]]
W1 = random_matrix(3, 4)
W2 = random_matrix(4, 1)
for epoch in range(100):
    A1 = apply(sigmoid, matmul(X, W1))
    A2 = apply(sigmoid, matmul(A1, W2))
    loss = sum((a[0] - y[0]) ** 2 for a, y in zip(A2, Y)) / 2
    D2 = apply(lambda a, y: (a - y) * a * (1 - a), A2, Y)
    E1 = matmul(D2, transpose(W2))
    D1 = apply(lambda e, a: e * a * (1 - a), E1, A1)
    G2 = matmul(transpose(A1), D2)
    G1 = matmul(transpose(X), D1)
    W2 = apply(lambda w, g: w - 0.5 * g, W2, G2)
    W1 = apply(lambda w, g: w - 0.5 * g, W1, G1)
print(loss)
