"""The XOR of xor.py in a framework: the same network, first weights, learning rate and number of epochs.

PyTorch and Keras compute in their usual float32. scikit-learn descends the log loss, because it has no mean squared
error, and draws its first weights in its own way.

Run:  python benchmarks/xor_elsewhere.py PyTorch        (or Keras, or sklearn)
"""

import sys

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])


def in_torch():
    import torch
    from torch import nn

    torch.manual_seed(0)
    inputs, targets = (torch.tensor(array, dtype=torch.float32) for array in (X, Y))
    network = nn.Sequential(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1), nn.Sigmoid())
    for layer in (network[0], network[2]):
        nn.init.normal_(layer.weight, std=0.5)
        nn.init.zeros_(layer.bias)
    loss_of, optimizer = nn.MSELoss(), torch.optim.SGD(network.parameters(), lr=4.5)
    for _ in range(2000):
        optimizer.zero_grad()
        loss_of(network(inputs), targets).backward()
        optimizer.step()
    return network(inputs).flatten().tolist()


def in_keras():
    import keras

    keras.utils.set_random_seed(0)
    normal = keras.initializers.RandomNormal(stddev=0.5)
    layers = [keras.layers.Dense(nodes, activation="sigmoid", kernel_initializer=normal) for nodes in (4, 1)]
    network = keras.Sequential([keras.Input((2,)), *layers])
    network.compile(optimizer=keras.optimizers.SGD(4.5), loss="mean_squared_error")
    network.fit(X, Y, batch_size=4, epochs=2000, verbose=0)
    return network.predict(X, verbose=0).flatten()


def in_sklearn():
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        hidden_layer_sizes=(4,), activation="logistic", solver="sgd", alpha=0, batch_size=4, learning_rate_init=4.5,
        momentum=0, max_iter=2000, tol=0, n_iter_no_change=2000, random_state=0,
    )  # fmt: skip
    return network.fit(X, Y.ravel()).predict_proba(X)[:, 1]


if __name__ == "__main__":
    learn = {"PyTorch": in_torch, "Keras": in_keras, "sklearn": in_sklearn}[sys.argv[1]]
    for output in learn():
        print(f"{output:.3f}")
