import numpy as np


class NeuralNetwork:
    def __init__(self, n_hidden=6, lr=0.5, epochs=80):
        self.n_hidden, self.lr, self.epochs = n_hidden, lr, epochs

    def _softmax(self, z):
        e = np.exp(z)
        return e / e.sum(axis=1, keepdims=True)

    def predict_proba(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = np.tanh(self.z1)
        return self._softmax(self.a1 @ self.W2 + self.b2)

    def fit(self, X, y):
        rng = np.random.RandomState(0)
        k = y.max() + 1
        self.W1 = rng.randn(X.shape[1], self.n_hidden) * 0.4
        self.b1 = np.zeros((1, self.n_hidden))
        self.W2 = rng.randn(self.n_hidden, k) * 0.4
        self.b2 = np.zeros((1, k))
        self.losses_ = []
        for _ in range(self.epochs):
            probs = self.predict_proba(X)
            self.losses_.append(-np.log(probs[np.arange(len(y)), y]).mean())
            self._backward(X, np.eye(k)[y], probs)
        return self

    def _backward(self, X, Y, probs):
        n = len(X)
        error = probs - Y
        dW2 = self.a1.T @ error / n
        db2 = error.sum(axis=0, keepdims=True) / n
        hidden_error = error @ self.W2.T * (1 - self.a1**2)
        dW1 = X.T @ hidden_error / n
        db1 = hidden_error.sum(axis=0, keepdims=True) / n
        self.W1 -= self.lr * dW1
        self.b1 -= self.lr * db1
        self.W2 -= self.lr * dW2
        self.b2 -= self.lr * db2


gen = np.random.RandomState(19)
X = gen.randn(48, 2)
net = NeuralNetwork().fit(X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.3))
print(net.losses_[0], net.losses_[-1])
