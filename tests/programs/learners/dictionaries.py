import numpy as np


def forward(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = np.maximum(0, Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = 1 / (1 + np.exp(-Z2))
    return A2, {"Z1": Z1, "A1": A1, "A2": A2}


def cost_of(A2, Y):
    m = Y.shape[1]
    logs = Y * np.log(A2 + 1e-8) + (1 - Y) * np.log(1 - A2 + 1e-8)
    return float(-np.sum(logs) / m)


def backward(X, Y, parameters, cache):
    m = X.shape[1]
    grads = {}
    dZ2 = cache["A2"] - Y
    grads["W2"] = 1 / m * np.dot(dZ2, cache["A1"].T)
    grads["b2"] = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(parameters["W2"].T, dZ2)
    dZ1 = np.where(cache["Z1"] > 0, dA1, 0)
    grads["W1"] = 1 / m * np.dot(dZ1, X.T)
    grads["b1"] = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return grads


np.random.seed(2)
X = np.random.randn(3, 40)
Y = (X.sum(axis=0, keepdims=True) ** 2 > 2) * 1
parameters = {"W1": np.random.randn(6, 3) * 0.5, "b1": np.zeros((6, 1))}
parameters.update({"W2": np.random.randn(1, 6) * 0.5, "b2": np.zeros((1, 1))})
for i in range(100):
    A2, cache = forward(X, parameters)
    cost = cost_of(A2, Y)
    grads = backward(X, Y, parameters, cache)
    for key in parameters:
        parameters[key] = parameters[key] - 0.3 * grads[key]
    if i % 25 == 0:
        print("cost after", i, ":", cost)
