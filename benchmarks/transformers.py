"""One training step of transformer.py with Adam, four ways: its own, in PyTorch twice, and in scalars of Python.

As in steps.py, each way is a function of the data, and gives run(steps) and parameters(). The scalars take the names
one after the other, so they are only asked for a single one.
"""

import functools

import numpy as np
import scalars

import dataset
import transformer

RATE, STEPS = 0.01, 10**9  # so many that the rate, which falls to 0 at the end, stays as it is
PLACES = 12


def data(names):
    """The first names of the training: X and Y (names, places)."""
    return dataset.rows(dataset.names()[dataset.NAMES_TEST :][:names], PLACES)


def first_parameters():
    return transformer.initialize(len(dataset.LETTERS), PLACES, np.random.default_rng(0))


def own(X, Y):
    """The steps of transformer.py."""
    parameters = first_parameters()
    training = transformer.train(X, Y, parameters, STEPS, RATE, batch_size=len(X))
    next(training)  # the first loss, before the first step

    def run(steps):
        for _ in range(steps):
            next(training)

    return run, lambda: parameters


def in_torch(X, Y, dtype):
    """The steps of PyTorch, with its own embedding, normalization, attention, loss and Adam."""
    import torch
    from torch.nn import functional as F

    parameters = [torch.tensor(p, dtype=getattr(torch, dtype), requires_grad=True) for p in first_parameters()]
    E, P, Wq, Wk, Wv, Wo, W1, W2, W3 = parameters
    letters, targets = torch.tensor(X), torch.tensor(Y.ravel())
    adam = torch.optim.Adam(parameters, lr=RATE, betas=(transformer.BETA1, transformer.BETA2), eps=1e-8)

    def normalize(x):
        return F.rms_norm(x, (transformer.SIZE,), eps=1e-5)

    def run(steps):
        torch.set_num_threads(1)
        for _ in range(steps):
            adam.zero_grad()
            x = normalize(F.embedding(letters, E) + P)
            n = normalize(x)
            q, k, v = ((n @ W).view(*letters.shape, 4, -1).transpose(1, 2) for W in (Wq, Wk, Wv))
            fetched = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + fetched.transpose(1, 2).reshape(*letters.shape, -1) @ Wo
            x = x + F.relu(normalize(x) @ W1) @ W2
            F.cross_entropy((x @ W3).view(len(targets), -1), targets, ignore_index=-1).backward()
            adam.step()

    return run, lambda: [parameter.detach().numpy().copy() for parameter in parameters]


def in_scalars(X, Y):
    """The steps of scalars.py. What is stored by columns is turned for the comparison."""
    first = first_parameters()
    turned = [*first[:2], *(W.T for W in first[2:])]
    parameters = [[[scalars.Number(value) for value in row] for row in array.tolist()] for array in turned]
    numbers = [number for rows in parameters for row in rows for number in row]
    means, squares, done = [0.0] * len(numbers), [0.0] * len(numbers), 0

    def run(steps):
        nonlocal done
        one, two = transformer.BETA1, transformer.BETA2
        for _ in range(steps):
            done += 1
            for number in numbers:
                number.gradient = 0.0
            scalars.loss_on(X.tolist(), Y.tolist(), parameters).backward()
            for i, number in enumerate(numbers):
                means[i] = one * means[i] + (1 - one) * number.gradient
                squares[i] = two * squares[i] + (1 - two) * number.gradient**2
                size = (squares[i] / (1 - two**done)) ** 0.5
                number.value -= RATE * means[i] / (1 - one**done) / (size + 1e-8)

    def arrays():
        values = [np.array([[number.value for number in row] for row in rows]) for rows in parameters]
        return [*values[:2], *(W.T for W in values[2:])]

    return run, arrays


def ways(names):
    """The ways for so many names by what they are called."""
    result = {
        "transformer.py": own,
        "PyTorch, float64": functools.partial(in_torch, dtype="float64"),
        "PyTorch, float32": functools.partial(in_torch, dtype="float32"),
    }
    return result | ({"scalars": in_scalars} if names == 1 else {})
