"""Make up names, letter by letter: which letter comes next, given the three before it?

A letter is no number: b is not twice a. So each letter gets a row of a table E, its embedding: ten numbers, which are
learnt like all other weights. The rows of three letters, side by side, go into a network as ever, whose 27 outputs are
the probabilities of the next letter, or of the dot that ends a name. Draw a letter with these probabilities, and let it
be one of the three before the next: so a name comes out.

New compared with convolution.py: inputs that are letters and no numbers, outputs that become inputs, and Adam, a way
to descend that finds for each parameter how large its steps should be.

Run:  python next_letter.py
Try:  python next_letter.py --start qu --temperature 0.5
      python next_letter.py --letters 5
      python next_letter.py --plain --learning-rate 3
"""

import numpy as np

import dataset
from activation import softmax, tanh

NUMBERS = 10  # for each letter
BETA1, BETA2 = 0.9, 0.99  # how much of the means is kept in every step of Adam


def initialize(letters, hidden_nodes, signs, rng):
    """First parameters: weights drawn from a normal distribution of scale 1/√inputs, biases 0."""
    inputs = letters * NUMBERS
    E = rng.normal(0, 1, (signs, NUMBERS))  # the embedding: a row for each letter
    W1 = rng.normal(0, 1 / np.sqrt(inputs), (inputs, hidden_nodes))
    b1 = np.zeros(hidden_nodes)
    W2 = rng.normal(0, 1 / np.sqrt(hidden_nodes), (hidden_nodes, signs))
    b2 = np.zeros(signs)
    return [E, W1, b1, W2, b2]


def forward(X, parameters):
    """The embedded letters a0, and the sums z and the outputs a of both layers; the last holds the probabilities."""
    E, W1, b1, W2, b2 = parameters
    a0 = E[X].reshape(len(X), -1)  # (samples, letters * numbers): the rows of the letters, side by side
    z1 = a0 @ W1 + b1  # (samples, hidden)
    a1 = tanh(z1)
    z2 = a1 @ W2 + b2  # (samples, alphabet)
    a2 = softmax(z2)
    return a0, z1, a1, z2, a2


def cross_entropy(z, Y):
    """Minus the logarithm of the probability of the letter that came, mean over the samples."""
    below = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(Y)), Y])


def loss_on(X, Y, parameters):
    """The loss on any samples, those of a test too."""
    return cross_entropy(forward(X, parameters)[3], Y)


def backward(X, Y, parameters):
    """The loss (cross-entropy) and its derivative with respect to every parameter."""
    E, W1, _, W2, _ = parameters
    a0, z1, a1, z2, a2 = forward(X, parameters)
    loss = cross_entropy(z2, Y)
    dz2 = (a2 - np.eye(len(E))[Y]) / len(Y)  # (samples, alphabet): np.eye(…)[Y] has a 1 for the letter that came
    dW2 = a1.T @ dz2  # (hidden, alphabet)
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2.T  # (samples, hidden)
    dz1 = da1 * tanh.derivative(z1, a1)
    dW1 = a0.T @ dz1  # (letters * numbers, hidden)
    db1 = dz1.sum(axis=0)
    da0 = dz1 @ W1.T  # (samples, letters * numbers)
    dE = np.zeros_like(E)
    np.add.at(dE, X, da0.reshape(*X.shape, -1))  # a row gets a share from wherever its letter stood: they add up
    return loss, [dE, dW1, db1, dW2, db2]


def train(X, Y, parameters, steps, learning_rate, plain=False, batch_size=128):
    """Adam: change the parameters in place, and yield the loss of every batch. The learning rate falls evenly to 0.

    The batches are taken as the samples stand, over and over: they have to be in random order. With plain, the steps
    are those of gradient descent.
    """
    means = [np.zeros_like(parameter) for parameter in parameters]
    squares = [np.zeros_like(parameter) for parameter in parameters]
    for step in range(steps):
        batch = np.arange(step * batch_size, (step + 1) * batch_size) % len(X)
        loss, gradients = backward(X[batch], Y[batch], parameters)
        yield loss
        rate = learning_rate * (1 - step / steps)
        for parameter, gradient, mean, square in zip(parameters, gradients, means, squares):
            mean += (1 - BETA1) * (gradient - mean)  # of the last gradients, about ten of them
            square += (1 - BETA2) * (gradient**2 - square)  # and of their squares, about a hundred
            if plain:
                parameter -= rate * gradient
            else:  # both means began at 0, and are still too small by the share that is divided out
                size = np.sqrt(square / (1 - BETA2 ** (step + 1)))
                parameter -= rate * mean / (1 - BETA1 ** (step + 1)) / (size + 1e-8)


def invent(parameters, options, rng):
    """A word that begins as options say: each further letter is drawn, and is then one of those before the next."""
    word = options.start
    while len(word) < 30:
        before = ("." * options.letters + word)[-options.letters :]
        z2 = forward(np.array([dataset.in_numbers(before, options.alphabet)]), parameters)[3][0]  # (alphabet,)
        letter = options.alphabet[drawn(z2, options.temperature, rng)]
        if letter == ".":
            break
        word += letter
    return word


def drawn(z, temperature, rng):
    """The place of a letter, drawn with the probabilities softmax(z / temperature); at 0 the most probable one."""
    return rng.choice(len(z), p=softmax(z / temperature)) if temperature else z.argmax()


def test_loss(options, parameters, rng):
    """The loss on the words of the test."""
    return {"test loss": loss_on(*dataset.windows(options.test, options.letters, options.alphabet), parameters)}


def start(options, rng):
    """The samples X, Y in random order, and the first parameters."""
    X, Y = dataset.windows(options.words, options.letters, options.alphabet)
    order = rng.permutation(len(X))
    return X[order], Y[order], initialize(options.letters, options.hidden_nodes, len(options.alphabet), rng)


def read_options(arguments):
    from backstage import command_line

    parser = command_line.letters_parser(__file__, __doc__, steps=2000, learning_rate=0.02)
    parser.option("--letters", 3, "how many letters before the next one are looked at", type=command_line.FEW)
    parser.option("--hidden-nodes", 64)
    parser.option("--plain", False, "plain gradient descent instead of Adam", action="store_true")
    return command_line.parse_letters(parser, arguments, dataset.names, dataset.LETTERS)


def main(arguments=None):
    from backstage import picture, plot, report, training

    options = read_options(arguments)
    if options.sweep:
        return training.sweep(options, start, train, measure=test_loss, plain=options.plain)
    rng = np.random.default_rng(options.seed)
    X, Y, parameters = start(options, rng)
    draw = plot.next_letters(forward, options.letters, options.alphabet)
    steps = train(X, Y, parameters, options.steps, options.learning_rate, options.plain)
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
