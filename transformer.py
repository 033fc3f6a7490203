"""Make up names with a transformer: ChatGPT in small, every gradient by hand.

Every place of a name holds a row of 16 numbers: which letter stands there, and at which place. Attention lets each
place fetch something from those before it; a small network then works on each place by itself. What both find out is
added to the row. In the end the row of each place says which letter comes next, at all places of all names at once. The
model is that of Andrej Karpathy's microgpt.

New compared with attention.py: the parts that make attention fit to be stacked, which are several heads, residual
connections, normalization and positions.

Run:  python transformer.py
Try:  python transformer.py --start qu --temperature 0.5
      python transformer.py --heads 1 --sweep 5
      python transformer.py --batch-size 1 --steps 1000
"""

import numpy as np

import dataset
from activation import relu, softmax

SIZE = 16  # numbers for each place
BETA1, BETA2 = 0.85, 0.99  # how much of the means is kept in every step of Adam


def initialize(signs, places, rng):
    """First parameters: weights drawn from a normal distribution of scale 0.08, no biases."""
    E, P = (rng.normal(0, 0.08, (rows, SIZE)) for rows in (signs, places))  # a row for each letter and each place
    Wq, Wk, Wv, Wo = rng.normal(0, 0.08, (4, SIZE, SIZE))
    W1 = rng.normal(0, 0.08, (SIZE, 4 * SIZE))
    W2 = rng.normal(0, 0.08, (4 * SIZE, SIZE))
    W3 = rng.normal(0, 0.08, (SIZE, signs))
    return [E, P, Wq, Wk, Wv, Wo, W1, W2, W3]


def root(x):
    """The root of the mean square of each row; 1e-5 keeps it from 0."""
    return np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-5)


def normalize(x):
    """Each row with the mean square 1."""
    return x / root(x)


def normalize_backward(dn, x):
    """Back through normalize: x acts on every number of its row, itself and through their root."""
    n = normalize(x)
    return (dn - n * np.mean(dn * n, axis=-1, keepdims=True)) / root(x)


def split(x, names, heads):
    """Rows (names * places, size) as (names, heads, places, size / heads): each head has columns of its own."""
    return x.reshape(names, -1, heads, x.shape[-1] // heads).swapaxes(1, 2)


def join(x):
    """What split has split, as rows again."""
    names, heads, places, columns = x.shape
    return x.swapaxes(1, 2).reshape(names * places, heads * columns)


def attend(q, k, v):
    """The shares A in which each place looks at those up to it, and what it fetches; as in attention.py."""
    places, columns = q.shape[-2:]
    s = q @ k.swapaxes(-1, -2) / np.sqrt(columns)  # (names, heads, places, places)
    s = np.where(np.tri(places) == 1, s, -np.inf)  # what comes later is hidden
    A = softmax(s)
    return A, A @ v


def attend_backward(df, q, k, v, A):
    """Back through attend, from df, the derivative of what was fetched, to dq, dk and dv."""
    dA = df @ v.swapaxes(-1, -2)
    dv = A.swapaxes(-1, -2) @ df
    ds = A * (dA - np.sum(A * dA, axis=-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return ds @ k, ds.swapaxes(-1, -2) @ q, dv


def forward(X, parameters, heads=4):
    """All from the rows x0 to the outputs a3; A holds the shares, z1 and a1 belong to the small network."""
    E, P, Wq, Wk, Wv, Wo, W1, W2, W3 = parameters
    x0 = (E[X] + P[: X.shape[1]]).reshape(X.size, -1)  # (names * places, size), as are all x, n and f
    x1 = normalize(x0)
    n1 = normalize(x1)
    q, k, v = (split(n1 @ W, len(X), heads) for W in (Wq, Wk, Wv))  # (names, heads, places, size / heads)
    A, fetched = attend(q, k, v)
    f = join(fetched)
    x2 = x1 + f @ Wo  # a residual connection: what was fetched is added
    n2 = normalize(x2)
    z1 = n2 @ W1  # (names * places, 4 * size)
    a1 = relu(z1)
    x3 = x2 + a1 @ W2  # and what the small network found out
    z3 = x3 @ W3  # (names * places, alphabet)
    a3 = softmax(z3)
    return x0, x1, n1, q, k, v, A, f, x2, n2, z1, a1, x3, z3, a3


def cross_entropy(z, Y):
    """Minus the logarithm of the probability of the letter that came, mean over the places where one did."""
    z, Y = z[Y.ravel() >= 0], Y[Y >= 0]
    below = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(Y)), Y])


def loss_on(X, Y, parameters, heads=4):
    """The loss on any names, those of a test too."""
    return cross_entropy(forward(X, parameters, heads)[-2], Y)


def backward(X, Y, parameters, heads=4):
    """The loss (cross-entropy) and its derivative with respect to every parameter."""
    E, P, Wq, Wk, Wv, Wo, W1, W2, W3 = parameters
    x0, x1, n1, q, k, v, A, f, x2, n2, z1, a1, x3, z3, a3 = forward(X, parameters, heads)
    loss = cross_entropy(z3, Y)
    told = (Y >= 0).reshape(-1, 1)
    dz3 = told * (a3 - np.eye(len(E))[Y.ravel()]) / told.sum()  # (names * places, alphabet)
    dW3 = x3.T @ dz3
    dx3 = dz3 @ W3.T
    dW2 = a1.T @ dx3
    da1 = dx3 @ W2.T
    dz1 = da1 * relu.derivative(z1, a1)
    dW1 = n2.T @ dz1
    dn2 = dz1 @ W1.T
    dx2 = dx3 + normalize_backward(dn2, x2)  # two paths led on from x2: their derivatives add up
    dWo = f.T @ dx2
    df = dx2 @ Wo.T
    dq, dk, dv = (join(d) for d in attend_backward(split(df, len(X), heads), q, k, v, A))
    dWq, dWk, dWv = n1.T @ dq, n1.T @ dk, n1.T @ dv
    dn1 = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dx1 = dx2 + normalize_backward(dn1, x1)
    dx0 = normalize_backward(dx1, x0)
    dE = np.eye(len(E))[X.ravel()].T @ dx0  # what np.add.at does, as a product: for each letter, where it stood
    dP = np.zeros_like(P)
    dP[: X.shape[1]] = dx0.reshape(*X.shape, -1).sum(axis=0)
    return loss, [dE, dP, dWq, dWk, dWv, dWo, dW1, dW2, dW3]


def train(X, Y, parameters, steps, learning_rate, heads=4, batch_size=32):
    """Adam, as in next_letter.py: change the parameters in place, and yield the loss of every batch."""
    means = [np.zeros_like(parameter) for parameter in parameters]
    squares = [np.zeros_like(parameter) for parameter in parameters]
    for step in range(steps):
        batch = np.arange(step * batch_size, (step + 1) * batch_size) % len(X)
        loss, gradients = backward(X[batch], Y[batch], parameters, heads)
        yield loss
        rate = learning_rate * (1 - step / steps)
        for parameter, gradient, mean, square in zip(parameters, gradients, means, squares):
            mean += (1 - BETA1) * (gradient - mean)
            square += (1 - BETA2) * (gradient**2 - square)
            size = np.sqrt(square / (1 - BETA2 ** (step + 1)))
            parameter -= rate * mean / (1 - BETA1 ** (step + 1)) / (size + 1e-8)


def invent(parameters, options, rng):
    """A name that begins as options say: each further letter is drawn, and stands at the next place then."""
    name = options.start
    while len(name) < options.places:
        X = np.array([dataset.in_numbers("." + name, options.alphabet)])
        z3 = forward(X, parameters, options.heads)[-2][-1]  # (alphabet,): of the last place
        letter = options.alphabet[drawn(z3, options.temperature, rng)]
        if letter == ".":
            break
        name += letter
    return name


def drawn(z, temperature, rng):
    """The place of a letter, drawn with the probabilities softmax(z / temperature); at 0 the most probable one."""
    return rng.choice(len(z), p=softmax(z / temperature)) if temperature else z.argmax()


def test_loss(options, parameters, rng):
    """The loss on the names of the test."""
    X, Y = dataset.rows(options.test, options.places, options.alphabet)
    return {"test loss": loss_on(X, Y, parameters, options.heads)}


def start(options, rng):
    """The samples X, Y in random order, and the first parameters."""
    X, Y = dataset.rows(options.words, options.places, options.alphabet)
    order = rng.permutation(len(X))
    return X[order], Y[order], initialize(len(options.alphabet), options.places, rng)


def read_options(arguments):
    from backstage import command_line

    parser = command_line.letters_parser(__file__, __doc__, steps=2000, learning_rate=0.01)
    parser.option("--heads", 4, "of attention", type=int, choices=(1, 2, 4, 8, 16))
    parser.option(
        "--places", 12, "for the dot and the letters of a name, 2 to 100", type=command_line.whole_in_range(2, 100)
    )
    parser.option("--batch-size", 32, "names for each step")
    return command_line.parse_letters(parser, arguments, dataset.names, dataset.LETTERS)


def main(arguments=None):
    from backstage import picture, plot, report, training

    options = read_options(arguments)
    how = {"heads": options.heads, "batch_size": options.batch_size}
    if options.sweep:
        return training.sweep(options, start, train, measure=test_loss, **how)
    rng = np.random.default_rng(options.seed)
    X, Y, parameters = start(options, rng)
    draw = plot.heads(forward, options)
    steps = train(X, Y, parameters, options.steps, options.learning_rate, **how)
    watch = training.watched(steps, parameters, options, draw)
    counted = dataset.counted(options.words, options.test, options.alphabet)
    report.batch_losses(watch.losses)
    report.letters_test(parameters, test_loss(options, parameters, rng), counted)
    report.invented([invent(parameters, options, rng) for _ in range(options.names)], options.words)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
