"""The same training step six ways: Network, written out in numpy, PyTorch, Keras, scikit-learn, and its bare products.

Each function takes a shape and the data, and gives two functions: run(steps) trains from the same first
weights, and parameters() returns [W1, b1, W2, b2, …] as they are then. The hidden layers are tanh and the
output softmax with cross-entropy; only [2, 4, 1], the network of xor.py, is sigmoid with mean squared error.
All numbers are float64, and every step is plain gradient descent over all samples. (Told float64, Keras on
PyTorch still takes its matrix products in float32: keras-team/keras, issue 23704.)
"""

import numpy as np

import xor
from network1 import Network

RATE = 0.01


def is_xor(shape):
    """Whether the shape has the single sigmoid output of xor.py."""
    return shape[-1] == 1


def data(shape, samples):
    """Random inputs and classes, X (samples, inputs) and Y (samples, outputs)."""
    rng = np.random.default_rng(0)
    classes = rng.integers(max(2, shape[-1]), size=samples)
    Y = classes[:, np.newaxis].astype(float) if is_xor(shape) else np.eye(shape[-1])[classes]
    return rng.normal(size=(samples, shape[0])), Y


def first_network(shape):
    """A Network with the first weights that all the others start from too."""
    return Network(
        shape,
        ["sigmoid"] * 2 if is_xor(shape) else None,
        None if is_xor(shape) else "cross_entropy",
        np.random.default_rng(0),
    )


def network(shape, X, Y):
    """The steps of Network.train."""
    network = first_network(shape)
    return lambda steps: network.train(X, Y, steps, RATE), lambda: network.parameters


def backward(X, Y, parameters):
    """The loss (cross-entropy after softmax) and its gradients, as a reader would write them down in numpy."""
    weights, biases = parameters[::2], parameters[1::2]
    outputs = [X]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        outputs.append(np.tanh(outputs[-1] @ W + b))  # (samples, nodes)
    z = outputs[-1] @ weights[-1] + biases[-1]
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    a = powers / powers.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(np.sum(Y * a, axis=1)))
    dz = (a - Y) / len(Y)
    gradients = []
    for layer in reversed(range(len(weights))):
        gradients = [outputs[layer].T @ dz, dz.sum(axis=0), *gradients]
        if layer:
            dz = dz @ weights[layer].T * (1 - outputs[layer] ** 2)
    return loss, gradients


def by_hand(shape, X, Y):
    """The steps written out in numpy: xor.py's own for its network, else those of backward above."""
    parameters = first_network(shape).parameters
    gradients_of = xor.backward if is_xor(shape) else backward

    def run(steps):
        for _ in range(steps):
            _, gradients = gradients_of(X, Y, parameters)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= RATE * gradient

    return run, lambda: parameters


def products(shape, X, Y):
    """The floor: only the matrix products of a step, into arrays that are there already."""
    weights, n = first_network(shape).weights, len(X)
    outputs = [X] + [np.zeros((n, nodes)) for nodes in shape[1:]]
    dz = [np.random.default_rng(1).normal(size=a.shape) for a in outputs]
    dW = [np.empty_like(W) for W in weights]

    def run(steps):
        for _ in range(steps):
            for layer, W in enumerate(weights):
                np.matmul(outputs[layer], W, out=outputs[layer + 1])
            for layer in reversed(range(len(weights))):
                np.matmul(outputs[layer].T, dz[layer + 1], out=dW[layer])
                if layer:
                    np.matmul(dz[layer + 1], weights[layer].T, out=dz[layer])

    return run, None


def torch(shape, X, Y, threads=1):
    """The steps of PyTorch, eager, on a number of threads."""
    import torch
    from torch import nn

    parameters, layers = first_network(shape).parameters, []
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        linear = nn.Linear(*W.shape, dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(W.T.copy()), torch.tensor(b)
        layers += [linear, nn.Sigmoid() if is_xor(shape) else nn.Tanh()]
    model = nn.Sequential(*(layers if is_xor(shape) else layers[:-1]))  # CrossEntropyLoss has the softmax in it
    loss_of = nn.MSELoss() if is_xor(shape) else nn.CrossEntropyLoss()
    inputs, targets = torch.tensor(X), torch.tensor(Y if is_xor(shape) else Y.argmax(axis=1))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def run(steps):
        torch.set_num_threads(threads)
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(model(inputs), targets).backward()
            optimizer.step()
        torch.set_num_threads(1)

    return run, lambda: [p.detach().numpy().T for p in model.parameters()]


def torch_two_threads(shape, X, Y):
    """The steps of PyTorch on two threads."""
    return torch(shape, X, Y, threads=2)


def keras(shape, X, Y):
    """The steps of Keras: train_on_batch."""
    import keras

    keras.config.set_floatx("float64")
    hidden, last, loss = (
        ("sigmoid", "sigmoid", "mean_squared_error")
        if is_xor(shape)
        else ("tanh", "softmax", "categorical_crossentropy")
    )
    layers = [keras.layers.Dense(nodes, activation=hidden) for nodes in shape[1:-1]]
    model = keras.Sequential([keras.Input((shape[0],)), *layers, keras.layers.Dense(shape[-1], activation=last)])
    model.set_weights(first_network(shape).parameters)
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss=loss)

    def run(steps):
        for _ in range(steps):
            model.train_on_batch(X, Y)

    return run, model.get_weights


def sklearn_network(shape, X, Y):
    """An MLPClassifier with our settings and first weights, and the classes it wants.

    For [2, 4, 1] it descends the log loss, because it has no other.
    """
    from sklearn.neural_network import MLPClassifier

    classes = Y.ravel() if is_xor(shape) else Y.argmax(axis=1)
    model = MLPClassifier(
        hidden_layer_sizes=shape[1:-1], activation="logistic" if is_xor(shape) else "tanh", solver="sgd", momentum=0,
        learning_rate_init=RATE, batch_size=len(X), alpha=0, tol=0, shuffle=False, random_state=0,
    )  # fmt: skip
    model.partial_fit(X, classes, classes=np.arange(max(2, shape[-1])))  # makes the arrays that our weights go into
    for own, ours in zip(
        model.coefs_ + model.intercepts_, first_network(shape).weights + first_network(shape).biases, strict=True
    ):
        own[:] = ours
    return model, classes


def sklearn_partial_fit(shape, X, Y):
    """The steps of scikit-learn: partial_fit, which checks the data anew for every step."""
    model, classes = sklearn_network(shape, X, Y)

    def run(steps):
        for _ in range(steps):
            model.partial_fit(X, classes)

    return run, lambda: [array for pair in zip(model.coefs_, model.intercepts_, strict=True) for array in pair]


def sklearn_fit(shape, X, Y):
    """The steps of scikit-learn: fit with as many epochs, which checks the data once, from its own first weights."""
    model, classes = sklearn_network(shape, X, Y)
    return lambda steps: model.set_params(max_iter=steps, n_iter_no_change=steps).fit(X, classes), None


WAYS = {
    "Network": network,
    "by hand": by_hand,
    "matrix products": products,
    "PyTorch, 1 thread": torch,
    "PyTorch, 2 threads": torch_two_threads,
    "Keras": keras,
    "sklearn partial_fit": sklearn_partial_fit,
    "sklearn fit": sklearn_fit,
}


def same(way, shape, X, Y):
    """Whether a few steps of this way end at the parameters where Network does; None where that cannot be asked."""
    run, parameters = way(shape, X, Y)
    if parameters is None or (way is sklearn_partial_fit and is_xor(shape)):
        return None
    run(3)
    wanted, after = network(shape, X, Y)
    wanted(3)
    return all(np.allclose(one, other, rtol=0, atol=1e-8) for one, other in zip(parameters(), after(), strict=True))
