import numpy as np

np.random.seed(11)


class Linear:
    def __init__(self, n_in, n_out):
        self.weight = np.random.randn(n_in, n_out) / np.sqrt(n_in)
        self.bias = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, grad, lr):
        grad_x = grad @ self.weight.T
        self.weight -= lr * self.x.T @ grad
        self.bias -= lr * grad.sum(axis=0)
        return grad_x


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, grad, lr):
        return grad * self.out * (1 - self.out)


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad, lr):
        return grad * (1 - self.out * self.out)


net = [Linear(2, 4), Tanh(), Linear(4, 4), Sigmoid(), Linear(4, 1)]
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])
for epoch in range(300):
    signal = X
    for layer in net:
        signal = layer.forward(signal)
    mse = np.mean((signal - Y) ** 2)
    grad = 2 * (signal - Y) / len(X)
    for layer in reversed(net):
        grad = layer.backward(grad, 0.2)
print("mse", mse)
