import numpy as np


def softmax(scores):
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def build(n_features, n_hidden, n_classes, seed=0):
    rng = np.random.RandomState(seed)
    return rng.randn(n_features, n_hidden) * 0.5, rng.randn(n_hidden, n_classes) * 0.5


def train(X, Y, U, V, epochs, lr):
    history = []
    for _ in range(epochs):
        H = 1 / (1 + np.exp(-np.dot(X, U)))
        P = softmax(np.dot(H, V))
        history.append(-np.sum(Y * np.log(P)) / len(X))
        G = (P - Y) / len(X)
        GV = np.dot(H.T, G)
        GH = np.dot(G, V.T)
        GU = np.dot(X.T, GH * H * (1 - H))
        U = U - lr * GU
        V = V - lr * GV
    return U, V, history


def main():
    rng = np.random.RandomState(33)
    X = rng.randn(40, 3)
    Y = np.eye(3)[np.abs(X).argmax(axis=1)]
    U, V = build(3, 7, 3)
    U, V, history = train(X, Y, U, V, epochs=100, lr=1.0)
    print("from", history[0], "to", history[-1])


if __name__ == "__main__":
    main()
