"""Look up what was said before: attention, and nothing else.

The texts are made of pairs, c7a2f9c7…: every letter has its digit, another one in each text, and where a letter comes
again its digit is to be told. That cannot be learnt by heart, the text itself has to be looked up, as a dict is in
Python. Every place asks with a query; every place up to it answers with a key. Where the two fit its share is large,
and in these shares the values of the places are fetched.

New compared with next_letter.py: from where the inputs are taken is not fixed, it is decided by what stands there.

Run:  python attention.py
Try:  python attention.py --pairs 30 --sweep 5
      python attention.py --window
      python attention.py --figure attention.gif
"""

import numpy as np

import dataset
from activation import softmax

SIGNS = len(dataset.FACTS)


def initialize(size, rng):
    """First parameters: weights drawn from a normal distribution of scale 1/√inputs, no biases."""
    E = rng.normal(0, 1, (SIGNS, size))  # a row for each sign, for the place where it stands
    B = rng.normal(0, 1, (SIGNS, size))  # and one for the place after it
    Wq, Wk, Wv = rng.normal(0, 1 / np.sqrt(size), (3, size, size))
    W2 = rng.normal(0, 1 / np.sqrt(size), (size, SIGNS))
    return [E, B, Wq, Wk, Wv, W2]


def before(X):
    """The sign before each one; before the first there is none, so it is itself."""
    return np.concatenate([X[:, :1], X[:, :-1]], axis=1)


def forward(X, parameters):
    """All from the rows x of the places to the outputs a2; s holds the scores, A the shares, f what is fetched."""
    E, B, Wq, Wk, Wv, W2 = parameters
    x = E[X] + B[before(X)]  # (texts, places, size): which sign stands here, and which before it
    q = x @ Wq  # the queries: what is sought from here
    k = x @ Wk  # the keys: what can be found here
    v = x @ Wv  # the values: what is fetched then
    s = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])  # (texts, places, places): how well each key fits each query
    s = np.where(np.tri(X.shape[1]) == 1, s, -np.inf)  # what comes later is hidden
    A = softmax(s)  # the shares, which add up to 1 in each row
    f = A @ v  # (texts, places, size)
    z2 = f @ W2  # (texts, places, signs)
    a2 = softmax(z2)
    return x, q, k, v, s, A, f, z2, a2


def cross_entropy(z, Y):
    """Minus the logarithm of the probability of the right sign, mean over the places that have something to tell."""
    z, Y = z[Y >= 0], Y[Y >= 0]
    below = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(Y)), Y])


def loss_on(X, Y, parameters):
    """The loss on any texts."""
    return cross_entropy(forward(X, parameters)[-2], Y)


def flat(x):
    """The places of all texts under each other, (texts * places, …), as if each were a sample."""
    return x.reshape(-1, x.shape[-1])


def backward(X, Y, parameters):
    """The loss (cross-entropy) and its derivative with respect to every parameter."""
    E, B, Wq, Wk, Wv, W2 = parameters
    x, q, k, v, _, A, f, z2, a2 = forward(X, parameters)
    loss = cross_entropy(z2, Y)
    told = (Y >= 0)[..., np.newaxis]
    dz2 = told * (a2 - np.eye(SIGNS)[Y]) / told.sum()  # (texts, places, signs)
    dW2 = flat(f).T @ flat(dz2)  # (size, signs)
    df = dz2 @ W2.T  # (texts, places, size)
    dA = df @ v.swapaxes(1, 2)  # (texts, places, places)
    dv = A.swapaxes(1, 2) @ df  # (texts, places, size)
    ds = A * (dA - np.sum(A * dA, axis=-1, keepdims=True))  # through softmax; 0 where the share is 0, so where hidden
    dq = ds @ k / np.sqrt(q.shape[-1])
    dk = ds.swapaxes(1, 2) @ q / np.sqrt(q.shape[-1])
    dWq = flat(x).T @ flat(dq)  # (size, size)
    dWk = flat(x).T @ flat(dk)
    dWv = flat(x).T @ flat(dv)
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T  # three paths led on from x: their derivatives add up
    dE, dB = np.zeros_like(E), np.zeros_like(B)
    np.add.at(dE, X, dx)  # a row was used at many places: they add up
    np.add.at(dB, before(X), dx)
    return loss, [dE, dB, dWq, dWk, dWv, dW2]


def train(X, Y, parameters, steps, learning_rate, batch_size=32):
    """Gradient descent in batches: change the parameters in place, and yield the loss of every batch."""
    for step in range(steps):
        batch = np.arange(step * batch_size, (step + 1) * batch_size) % len(X)
        loss, gradients = backward(X[batch], Y[batch], parameters)
        yield loss
        for parameter, gradient in zip(parameters, gradients):
            parameter -= learning_rate * gradient


def accuracy(X, Y, parameters):
    """The share of the digits to be told that are right."""
    return np.mean(forward(X, parameters)[-1].argmax(axis=-1)[Y >= 0] == Y[Y >= 0])


def share_on_right(X, Y, parameters):
    """The share that the places which have something to tell take from the digits behind the same letter: the mean."""
    A = forward(X, parameters)[5]
    right = (X[:, :, np.newaxis] == before(X)[:, np.newaxis]) & (X >= 10)[:, np.newaxis]  # (texts, places, places)
    return np.mean(np.sum(A * right, axis=-1)[Y >= 0])


def fresh_right(options, parameters, rng):
    """How many of the digits are right, in percent, in 1000 texts that were not in the training, and in longer ones."""
    fresh, longer = dataset.facts(1000, options.pairs, rng), dataset.facts(200, 5 * options.pairs, rng)
    return {
        "fresh digits right, percent": 100 * accuracy(*fresh, parameters),
        "in texts five times as long": 100 * accuracy(*longer, parameters),
    }


def window(X, Y, signs):
    """For a network without attention: the last signs up to each place that has something to tell, each one-hot."""
    padded = np.concatenate([np.full((len(X), signs - 1), SIGNS), X], axis=1)
    seen = np.lib.stride_tricks.sliding_window_view(padded, signs, axis=1)[Y >= 0]  # (samples, signs)
    return np.eye(SIGNS + 1)[seen].reshape(len(seen), -1), np.eye(SIGNS)[Y[Y >= 0]]


def try_windows(X, Y, X_fresh, Y_fresh, rng):
    """Train networks that see the last three signs, and all of them, and print how many digits they get right."""
    from network1 import Network  # which attention itself does not need

    for signs in (3, X.shape[1]):
        X_seen, Y_seen = window(X, Y, signs)
        X_new, Y_new = window(X_fresh, Y_fresh, signs)
        network = Network([X_seen.shape[1], 128, SIGNS], loss="cross_entropy", rng=rng)
        network.train(X_seen, Y_seen, epochs=80, learning_rate=0.1, momentum=0.9, batch_size=64)
        shares = [np.mean(network.predict(x) == y.argmax(axis=1)) for x, y in ((X_seen, Y_seen), (X_new, Y_new))]
        size = sum(parameter.size for parameter in network.parameters)
        print(f"a window of {signs} signs ({size} weights and biases): training {shares[0]:.1%}, fresh {shares[1]:.1%}")


def one_of(X, Y):
    """Of the first twenty texts the one in which most is asked at the first sixteen places."""
    most = np.sum(Y[:20, :16] >= 0, axis=1).argmax()
    return X[most], Y[most]


def start(options, rng):
    """The samples X, Y and the first parameters."""
    X, Y = dataset.facts(options.texts, options.pairs, rng)
    return X, Y, initialize(options.size, rng)


def read_options(arguments):
    from backstage import command_line

    parser = command_line.parser(__file__, __doc__, 500, 1.0, unit="steps")
    parser.option("--texts", 2000, "for the training", type=command_line.whole_in_range(1, 10**4))
    words = "of a letter and a digit in a text, 11 to 30: with 11 of ten letters one comes again"
    parser.option("--pairs", 12, words, type=command_line.whole_in_range(11, 30))
    parser.option("--size", 16, "numbers for each place", type=command_line.whole_in_range(1, 256))
    words = "compare with networks that see the last three signs, or all"
    parser.option("--window", False, words, ("--sweep",), action="store_true")
    return parser.parse_args(arguments)


def main(arguments=None):
    from backstage import picture, plot, report, training

    options = read_options(arguments)
    if options.sweep:
        return training.sweep(options, start, train, measure=fresh_right)
    rng = np.random.default_rng(options.seed)
    X, Y, parameters = start(options, rng)
    X_fresh, Y_fresh = dataset.facts(1000, options.pairs, rng)
    x, y = one_of(X_fresh, Y_fresh)
    draw = plot.attention(forward, parameters, x, y, dataset.FACTS)
    steps = train(X, Y, parameters, options.steps, options.learning_rate)
    watch = training.watched(steps, parameters, options, draw)
    report.batch_losses(watch.losses)
    report.facts(x, y, forward(x[np.newaxis], parameters)[-1][0], dataset.FACTS)
    share = share_on_right(X_fresh, Y_fresh, parameters)
    report.facts_right(parameters, accuracy(X, Y, parameters), fresh_right(options, parameters, rng), share)
    if options.window:
        try_windows(X, Y, X_fresh, Y_fresh, rng)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
