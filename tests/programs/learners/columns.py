import numpy as np


def sizes(X, Y, hidden):
    return X.shape[0], hidden, Y.shape[0]


def fresh(n_in, n_mid, n_out):
    rng = np.random.RandomState(2)
    return {"W1": rng.randn(n_mid, n_in), "b1": np.zeros((n_mid, 1)), "W2": rng.randn(n_out, n_mid), "b2": np.zeros((n_out, 1))}


def ahead(X, params):
    A1 = np.tanh(params["W1"] @ X + params["b1"])
    A2 = 1 / (1 + np.exp(-(params["W2"] @ A1 + params["b2"])))
    return {"A1": A1, "A2": A2}


def aback(X, Y, params, cache):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 @ cache["A1"].T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = params["W2"].T @ dZ2 * (1 - cache["A1"] ** 2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


if __name__ == "__main__":
    X = np.random.RandomState(0).randn(2, 50)
    Y = (X[:1] > X[1:]) * 1.0
    params = fresh(*sizes(X, Y, 3))
    for i in range(500):
        cache = ahead(X, params)
        grads = aback(X, Y, params, cache)
        params = {name: value - 0.5 * grads[name] for name, value in params.items()}
