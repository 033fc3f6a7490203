"""The same tasks learnt by Network, scikit-learn and PyTorch, with their usual settings and with ours.

A learner is called as learner(task, epochs, watch): it trains from task.seed for so many epochs. watch, unless
it is None, is called as watch(epoch, outputs) after every epoch, where outputs is a function of X, and ends the
training by returning True.
"""

from dataclasses import dataclass

import numpy as np

import cubic
import dataset
from network1 import Network


@dataclass
class Task:
    """What is to be learnt: the training data, the layers, our settings, and when it is good enough."""

    seed: int
    X: np.ndarray
    Y: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray
    shape: list
    learning_rate: float
    momentum: float

    @property
    def classes(self):
        """Whether the targets are classes."""
        return self.shape[-1] > 1

    def reached(self, outputs):
        """Whether 99% of the test points are right, or the error is at most 1% of the target's standard deviation."""
        if self.classes:
            return np.mean(outputs.argmax(axis=1) == self.Y_test.argmax(axis=1)) >= 0.99
        return np.sqrt(np.mean((outputs - self.Y_test) ** 2)) <= 0.01 * self.Y_test.std()

    def network(self):
        """A Network with our first weights; for the cubic they are those of cubic.py."""
        rng = np.random.default_rng(self.seed)
        if self.classes:
            return Network(self.shape, ["tanh", "softmax"], rng=rng)
        network = Network(self.shape, ["tanh", "linear"], rng=rng)
        for parameter, first in zip(network.parameters, cubic.initialize(self.shape[1], rng), strict=True):
            parameter[:] = first
        return network


def spirals(seed):
    """Four spirals of 100 points each with a noise of 0.1, and 4000 fresh points for the test."""
    rng = np.random.default_rng(seed)
    points = [dataset.spirals(n, 4, 0.1, rng) for n in (100, 1000)]
    return Task(seed, *points[0], *points[1], [2, 15, 4], learning_rate=1.0, momentum=0.9)


def cubic_curve(seed):
    """The 100 points of x³ + 15x, scaled as in cubic.py, with its settings; the test is on the same points."""
    x = np.linspace(-5, 5, 100).reshape(-1, 1)
    y = dataset.polynomial([1, 0, 15, 0], x)
    X, Y = x / x.std(), y / y.std()  # both have a mean of 0
    return Task(seed, X, Y, X, Y, [1, 8, 1], learning_rate=0.1, momentum=0.97)


def network(task, epochs, watch):
    """Network, with our settings."""
    net = task.network()

    def after_epoch(parameters, losses):
        return watch(len(losses), lambda X: net.forward(X)[-1])

    net.train(task.X, task.Y, epochs, task.learning_rate, task.momentum, watch=watch and after_epoch)


def sklearn(task, epochs, watch, **settings):
    """MLPClassifier or MLPRegressor with these settings, by default its own."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if task.classes else MLPRegressor
    random = np.random.RandomState(task.seed)  # the kind that scikit-learn takes
    settings = {"max_iter": epochs, "tol": 0, "n_iter_no_change": epochs, "random_state": random} | settings
    model = kind(hidden_layer_sizes=task.shape[1:-1], **settings)
    outputs = model.predict_proba if task.classes else lambda X: model.predict(X).reshape(-1, 1)
    targets = task.Y.argmax(axis=1) if task.classes else task.Y.ravel()
    first = {"classes": np.unique(targets)} if task.classes else {}
    if watch is None or model.solver == "lbfgs":
        model.fit(task.X, targets)
        return watch and watch(epochs, outputs)
    for epoch in range(epochs):
        model.partial_fit(task.X, targets, **first)
        if watch(epoch + 1, outputs):
            return True
    return False


def sklearn_ours(task, epochs, watch):
    """scikit-learn with our settings, but its own first weights."""
    sklearn(
        task, epochs, watch, activation="tanh", solver="sgd", alpha=0, batch_size=len(task.X),
        learning_rate_init=task.learning_rate, momentum=task.momentum, nesterovs_momentum=False,
    )  # fmt: skip


def sklearn_lbfgs(task, epochs, watch):
    """scikit-learn with the solver that its manual recommends for small data, once for each number of epochs."""
    for n in range(10, epochs + 1, 10) if watch else [epochs]:
        if sklearn(task, n, watch, activation="tanh", solver="lbfgs", max_fun=10**6):
            return


def torch_train(task, epochs, watch, model, optimizer):
    """Train a PyTorch model over all samples at once, in the model's own kind of numbers."""
    import torch

    kind = next(model.parameters()).dtype
    X = torch.tensor(task.X, dtype=kind)
    Y = torch.tensor(task.Y.argmax(axis=1)) if task.classes else torch.tensor(task.Y, dtype=kind)
    loss_of = torch.nn.CrossEntropyLoss() if task.classes else torch.nn.MSELoss()
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss_of(model(X), Y).backward()
        optimizer.step()
        if watch and watch(epoch + 1, lambda X: model(torch.tensor(X, dtype=kind)).detach().numpy()):
            return


def torch_model(task):
    """The network of the task in PyTorch, with PyTorch's own first weights."""
    import torch
    from torch import nn

    torch.manual_seed(task.seed)
    inputs, hidden, outputs = task.shape
    return nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))


def torch_adam(task, epochs, watch):
    """PyTorch with Adam at its default learning rate, in float32."""
    import torch

    model = torch_model(task)
    torch_train(task, epochs, watch, model, torch.optim.Adam(model.parameters()))


def torch_ours(task, epochs, watch):
    """PyTorch with our settings and first weights."""
    import torch

    model, net = torch_model(task).double(), task.network()
    for layer, W, b in zip((model[0], model[2]), net.weights, net.biases, strict=True):
        layer.weight.data, layer.bias.data = torch.tensor(W.T.copy()), torch.tensor(b)
    optimizer = torch.optim.SGD(model.parameters(), lr=task.learning_rate, momentum=task.momentum)
    torch_train(task, epochs, watch, model, optimizer)


TASKS = {"spirals": spirals, "cubic": cubic_curve}
LEARNERS = {
    "Network": network,
    "PyTorch, Adam": torch_adam,
    "PyTorch, our settings": torch_ours,
    "sklearn, its defaults": sklearn,
    "sklearn, our settings": sklearn_ours,
    "sklearn, lbfgs": sklearn_lbfgs,
}
