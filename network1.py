"""A network of any depth: the layers are a loop, and their sizes and activations are settings.

Everything that the scripts before did by hand stands here once, for every layer: forward goes up through
the layers, backward comes down through them again, and the formulas of a layer are those of xor.py.

New compared with 2x2_image_recognition.py: a loop over the layers instead of one block of lines for each.

Run:  python network1.py
Try:  python network1.py --shape 2 8 8 1 --activations relu tanh sigmoid --learning-rate 0.5
      python network1.py --function and --loss binary_cross_entropy
"""

import math

import numpy as np

import activation
import dataset

# A training makes and frees the same arrays in every epoch. Linux gives the memory of large ones back each time, and
# has to be asked for it again, which may take as long as the training itself; once an array larger than all of them
# has been freed, it keeps the memory.
np.empty(3_000_000)

# Each loss takes the sums z and the outputs a of the last layer and the targets Y, all (samples, outputs).
# The cross-entropies use z, because log(a) is lost where a is so near to 0 or 1 that it is rounded.


def mean_squared_error(z, a, Y):
    """The mean of (a - Y)² over all samples and outputs."""
    return ((a - Y) ** 2).sum() / Y.size


def binary_cross_entropy(z, a, Y):
    """-sum(Y log a + (1 - Y) log(1 - a)) over the outputs, mean over the samples, for a = sigmoid(z)."""
    return np.sum(activation.softplus(z) - Y * z) / len(Y)


def cross_entropy(z, a, Y):
    """-sum(Y log a) over the classes, mean over the samples, for a = softmax(z)."""
    largest = np.arange(len(a)), a.argmax(axis=1)  # of the outputs of each sample
    # The logarithms of two outputs are as far apart as their sums, and that of the largest is never lost.
    log_a = z - z[largest][:, np.newaxis] + np.log(a[largest])[:, np.newaxis]
    return -np.sum(Y * log_a) / len(Y)


def penalized(loss, gradients, parameters, weight_decay):
    """The loss and its gradients with weight decay: weight_decay / 2 times all squared weights is added to the loss.

    So its derivative pulls every weight towards 0, the more the larger it is; the biases are left alone.
    """
    if weight_decay:
        weights = parameters[::2]
        loss = loss + weight_decay / 2 * sum((W**2).sum() for W in weights)
        gradients[::2] = [dW + weight_decay * W for dW, W in zip(gradients[::2], weights, strict=True)]
    return loss, gradients


LOSSES = {
    "mean_squared_error": mean_squared_error,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
}
WHOLE, NUMBER = (int, np.integer), (int, float, np.integer, np.floating)
NEEDS = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}  # the activation before a loss


class Network:
    """A feed-forward network, trained by gradient descent.

    In a program of your own (copy network1.py, activation.py and dataset.py beside it; save and load need the folder
    backstage as well):

        from network1 import Network

        X = [[0, 0], [0, 1], [1, 0], [1, 1]]  # a sample a row: (samples, inputs)
        Y = [[0], [1], [1], [0]]  # (samples, outputs)
        network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=0)
        losses = network.train(X, Y, epochs=1000, learning_rate=2.0, momentum=0.5)
        print(network.predict(X))
        network.save("xor.npz")
        network = Network.load("xor.npz")

    Targets for numbers outside 0 to 1 need "linear" as the last activation, classes need "softmax" and a column for
    each class, with a 1 for the right one: np.eye(3)[labels] for labels 0, 1 and 2.

    Parameters
    ----------
    shape: the number of inputs, of the nodes of every hidden layer, and of outputs: [2, 4, 1].
    activations: for each layer one of linear, sigmoid, tanh, relu, leaky_relu, softplus, gaussian, step, softmax (or
        a function of activation.py), by default tanh and, for the last layer, sigmoid, or what the loss needs.
    loss: mean_squared_error, binary_cross_entropy after sigmoid, or cross_entropy after softmax, which is the
        default there; else it is mean_squared_error.
    rng: a np.random.Generator, a seed for one, or None for another one each time. It draws the first
        weights, which are normal with a scale of 1/√inputs, and the order of mini-batches.
    dtype: np.float64, or np.float32 for numbers of half the size, with half the digits, in all of it.

    Attributes: weights and biases, lists of arrays (inputs, nodes) and (nodes,), one for each layer;
    parameters, the same arrays as [W1, b1, W2, b2, …]; activations, the functions; loss_name.
    Raises ValueError for a shape, activation or loss that is unknown or does not fit the others.
    """

    def __init__(self, shape, activations=None, loss=None, rng=None, dtype=np.float64):
        loss = loss and str(loss).replace("-", "_").replace(" ", "_")
        sizes = list(shape) if np.iterable(shape) else []
        self.shape = [int(n) for n in sizes if isinstance(n, NUMBER) and 1 <= n < math.inf and n == int(n)]
        if len(self.shape) < 2 or len(self.shape) != len(sizes):
            raise ValueError(f"shape {shape} must be two or more whole numbers of at least 1: inputs, …, outputs")
        layers = len(self.shape) - 1
        if loss is not None and loss not in LOSSES:
            raise ValueError(f"loss {loss!r} is not one of {', '.join(LOSSES)}")
        if activations is None:
            activations = ["tanh"] * (layers - 1) + [NEEDS.get(loss, "sigmoid")]
        if len(activations) != layers:
            raise ValueError(f"{len(activations)} activations for {layers} layers: one for each layer after the inputs")
        self.activations = [activation.named(f) for f in activations]
        names = self.activation_names()
        self.loss_name = loss or ("cross_entropy" if names[-1] == "softmax" else "mean_squared_error")
        if "softmax" in names[:-1]:
            raise ValueError("softmax can only be the activation of the last layer")
        needed = NEEDS.get(self.loss_name)
        if needed not in (None, names[-1]) or (names[-1] == "softmax" and needed is None):
            raise ValueError(
                f"the loss {self.loss_name} does not fit the last activation {names[-1]}: "
                "cross_entropy goes with softmax, binary_cross_entropy with sigmoid"
            )
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float64, np.float32):
            raise ValueError(f"dtype is {self.dtype}, but must be np.float64 or np.float32")
        self.rng = np.random.default_rng(rng)
        self.weights, self.biases = [], []
        for inputs, nodes in zip(self.shape[:-1], self.shape[1:], strict=True):
            self.weights.append(self.rng.normal(0, 1 / np.sqrt(inputs), (inputs, nodes)).astype(self.dtype))
            self.biases.append(np.zeros(nodes, self.dtype))

    def __repr__(self):
        settings = f"{self.shape}, {self.activation_names()}, {self.loss_name!r}"
        return f"<Network({settings}): {sum(array.size for array in self.parameters)} parameters>"

    def activation_names(self):
        return [f.__name__ for f in self.activations]

    @property
    def parameters(self):
        """[W1, b1, W2, b2, …], the arrays themselves, in the order of the other scripts."""
        return [array for pair in zip(self.weights, self.biases, strict=True) for array in pair]

    def forward(self, X, parameters=None):
        """The sums z and the outputs a of all layers, z1, a1, z2, a2, …, each (samples, nodes).

        parameters: [W1, b1, W2, b2, …] instead of the network's own. Nothing is checked here, nor in backward.
        """
        parameters = self.parameters if parameters is None else parameters
        results, a = [], X
        for W, b, f in zip(parameters[::2], parameters[1::2], self.activations, strict=True):
            z = a @ W + b
            a = f(z)
            results += [z, a]
        return results

    def backward(self, X, Y, parameters=None, weight_decay=0.0):
        """The loss and its derivative with respect to every parameter: loss, [dW1, db1, dW2, db2, …]."""
        parameters = self.parameters if parameters is None else parameters
        results = self.forward(X, parameters)
        weights, z, a = parameters[::2], results[::2], [X, *results[1::2]]  # so a[layer] goes into weights[layer]
        loss = LOSSES[self.loss_name](z[-1], a[-1], Y)
        if self.loss_name == "mean_squared_error":
            dz = 2 / Y.size * (a[-1] - Y) * self.activations[-1].derivative(z[-1], a[-1])
        else:
            dz = (a[-1] - Y) / len(Y)  # the slope of sigmoid and softmax cancels against the logarithm
        gradients = []
        for layer in reversed(range(len(weights))):
            gradients = [a[layer].T @ dz, dz.sum(axis=0), *gradients]
            if layer > 0:
                da = dz @ weights[layer].T
                dz = da * self.activations[layer - 1].derivative(z[layer - 1], a[layer])
        return penalized(loss, gradients, parameters, weight_decay)

    def check(self):
        """Raise ValueError where the weights and biases are not finite numbers, all float64 or all float32."""
        types = [getattr(parameter, "dtype", type(parameter).__name__) for parameter in self.parameters]
        for i, parameter in enumerate(self.parameters):
            fits = types[i] == types[0] and types[i] in (np.float64, np.float32)
            if not (fits and np.isfinite(parameter).all()):
                what = f"{'Wb'[i % 2]}{i // 2 + 1} {'holds nan or inf' if fits else f'is {types[i]}'}"
                raise ValueError(f"the weights and biases are not all finite numbers of one type: {what}")

    def outputs(self, X):
        """The outputs for X (samples, inputs): an array (samples, outputs)."""
        self.check()
        return self.forward(inputs_for(self.parameters, X))[-1]

    def predict(self, X):
        """For a softmax output the number of the most likely class (samples,), else the outputs themselves."""
        outputs = self.outputs(X)
        return outputs.argmax(axis=1) if self.activations[-1] is activation.softmax else outputs

    def loss(self, X, Y, parameters=None):
        """The loss without weight decay, for X (samples, inputs) and targets Y (samples, outputs).

        parameters: [W1, b1, W2, b2, …] instead of the network's own.
        """
        if parameters is None:
            self.check()
            parameters = self.parameters
        X, Y = data_for(parameters, X, Y)
        z, a = self.forward(X, parameters)[-2:]
        return float(LOSSES[self.loss_name](z, a, Y))

    def gradients(self, X, Y):
        """The derivatives of the loss: a list for the weights and one for the biases, in their shapes."""
        self.check()
        _, gradients = self.backward(*data_for(self.parameters, X, Y))
        return gradients[::2], gradients[1::2]

    def epoch(self, X, Y, learning_rate, momentum, batch_size, steps, weight_decay=0.0):
        """Go once over the samples, in batches drawn anew, with a step after each; return the mean of their losses.

        steps: the last step of every parameter, of which momentum is the share that goes on; they are changed.
        """
        samples, parameters, total = len(X), self.parameters, 0.0
        if batch_size < samples:
            order = self.rng.permutation(samples)
            X, Y = X[order], Y[order]
        for start in range(0, samples, batch_size):
            X_batch, Y_batch = X[start : start + batch_size], Y[start : start + batch_size]
            loss, gradients = self.backward(X_batch, Y_batch, parameters, weight_decay)
            total += loss * len(X_batch)
            for parameter, gradient, step in zip(parameters, gradients, steps, strict=True):
                if momentum:
                    step *= momentum
                    step -= learning_rate * gradient
                    parameter += step
                else:
                    parameter -= learning_rate * gradient
        return float(total / samples)

    def steps(self, X, Y, epochs, learning_rate, momentum=0.0, batch_size=None, weight_decay=0.0):
        """The training itself, for those who look on: a generator that yields the loss of every epoch, after it.

        Raises ValueError, at once, for arrays or settings that do not fit, but does not look whether the loss
        stays finite.
        """
        self.check()
        X, Y = data_for(self.parameters, X, Y)
        check_targets(Y, self.loss_name)
        check_settings(epochs, learning_rate, momentum, batch_size, weight_decay)
        steps = [np.zeros_like(parameter) for parameter in self.parameters]
        how = learning_rate, momentum, batch_size or len(X), steps, weight_decay
        return (self.epoch(X, Y, *how) for _ in range(epochs))

    @np.errstate(over="ignore", invalid="ignore")  # no warning: the error says it in words
    def train(self, X, Y, epochs, learning_rate, momentum=0.0, batch_size=None, weight_decay=0.0):
        """Gradient descent, in batches of batch_size samples, or with None over all of them at once.

        Returns the loss of every epoch, each batch measured just before its step. weight_decay / 2 times the sum of all
        squared weights is added to the loss.
        Raises ValueError for arrays or settings that do not fit, and when the loss is no longer finite.
        """
        losses = []
        for loss in self.steps(X, Y, epochs, learning_rate, momentum, batch_size, weight_decay):
            losses.append(loss)
            if not math.isfinite(loss):
                raise ValueError(f"the loss became {loss} in epoch {len(losses)}: try a lower learning rate")
        return losses

    def save(self, path, **notes):
        """Write the network to a .npz file, whole or not at all; notes are further arrays to keep with it."""
        room_for_files().save_network(self, path, **notes)

    @classmethod
    def load(cls, path, rng=None):
        """The network that save wrote, with the notes saved along in the dictionary .notes.

        rng: as for a new network. Raises ValueError where the file is damaged, or its arrays do not make a
        network; OSError where there is none.
        """
        return room_for_files().load_network(cls, path, rng)


def room_for_files():
    """What saving and loading need; all else here needs nothing but numpy."""
    try:
        from backstage import files
    except ModuleNotFoundError:
        raise ModuleNotFoundError("to save or load a network, put the folder backstage beside network1.py") from None
    return files


# What does not fit is refused, in the words of whoever handed it in.


def inputs_for(parameters, X):
    """X as an array, if it fits the parameters [W1, b1, W2, b2, …], and they each other."""
    X = dataset.as_samples("X", X, parameters[0].dtype)
    columns, giver = X.shape[1], "X has {} columns; did you pass X.T?"
    for layer, (W, b) in enumerate(zip(parameters[::2], parameters[1::2], strict=True), start=1):
        if 0 in W.shape:
            raise ValueError(f"layer {layer} has no nodes or no inputs: its weights have shape {W.shape}")
        if W.shape[0] != columns:
            raise ValueError(f"layer {layer} expects {W.shape[0]} inputs, but {giver.format(columns)}")
        if b.shape != W.shape[1:]:
            raise ValueError(f"layer {layer} has {W.shape[1]} nodes, but its biases have shape {b.shape}")
        columns, giver = W.shape[1], f"layer {layer} has {{}} nodes"
    return X


def data_for(parameters, X, Y):
    """X and Y as arrays, if they and the parameters fit together."""
    X, outputs = inputs_for(parameters, X), parameters[-1].size
    way = f"np.eye({outputs})[labels]" if outputs > 1 else "Y.reshape(-1, 1)"
    Y = dataset.as_samples("Y", Y, parameters[0].dtype, f", as in {way}")
    if Y.shape[1] != outputs:
        raise ValueError(f"the network has {outputs} outputs, but Y has {Y.shape[1]} columns")
    if len(Y) != len(X):
        raise ValueError(f"X has {len(X)} rows, but Y has {len(Y)}: one of each for every sample")
    return X, Y


def check_targets(Y, loss):
    """Refuse targets that cannot be those of a loss, given by its name."""
    if loss in NEEDS and not np.all((Y >= 0) & (Y <= 1)):
        row, column = np.argwhere((Y < 0) | (Y > 1))[0]
        holds = f"Y holds {Y[row, column]:g} in row {row}, column {column}"
        raise ValueError(f"{loss} needs targets from 0 to 1, but {holds}")
    sums = Y.sum(axis=1)
    if loss == "cross_entropy" and not np.allclose(sums, 1):
        row = np.argmax(np.abs(sums - 1))
        raise ValueError(f"{loss} needs rows of Y that add up to 1, but row {row} adds up to {sums[row]:g}")


def check_settings(epochs, learning_rate, momentum, batch_size, weight_decay):
    """Refuse a setting that makes no sense."""
    if not (isinstance(epochs, WHOLE) and epochs >= 0):
        raise ValueError(f"epochs is {epochs!r}, but must be a whole number, not below 0")
    if not (isinstance(learning_rate, NUMBER) and 0 < learning_rate < math.inf):
        raise ValueError(f"learning_rate is {learning_rate!r}, but must be a finite number above 0")
    if not (isinstance(momentum, NUMBER) and 0 <= momentum < 1):
        raise ValueError(f"momentum is {momentum!r}, but must be at least 0 and below 1")
    if batch_size is not None and not (isinstance(batch_size, WHOLE) and batch_size >= 1):
        raise ValueError(f"batch_size is {batch_size!r}, but must be a whole number of at least 1, or None")
    if not (isinstance(weight_decay, NUMBER) and 0 <= weight_decay < math.inf):
        raise ValueError(f"weight_decay is {weight_decay!r}, but must be a finite number, not below 0")


def train(X, Y, network, epochs, learning_rate, momentum, batch_size):
    """As in the other scripts, with the network for its parameters."""
    return network.steps(X, Y, epochs, learning_rate, momentum, batch_size)


def start(options, rng):
    """The samples X, Y and a new network."""
    X, Y = dataset.truth_table(options.function, options.shape[0])
    activations = options.activations or ["sigmoid"] * (len(options.shape) - 1)
    return X, Y, Network(options.shape, activations, options.loss, rng)


def solved(X, Y, network):
    """Whether every output is within 0.1 of its target."""
    return np.all(np.abs(network.outputs(X) - Y) < 0.1)


def read_options(arguments):
    from backstage import command_line

    parser = command_line.parser(__file__, __doc__, epochs=2000, learning_rate=5.0)
    parser.option("--function", "xor", "the truth table to learn", choices=dataset.TRUTH_FUNCTIONS)
    shape = "inputs, nodes of each hidden layer, outputs"
    parser.option("--shape", [3, 6, 1], shape, type=command_line.NODES, nargs="+")
    layers = "one for each layer after the inputs (default: sigmoid)"
    parser.option("--activations", None, layers, nargs="+", metavar="F", choices=activation.BY_NAME)
    parser.option("--loss", None, "(default: cross_entropy after softmax, else mean_squared_error)", choices=LOSSES)
    parser.option("--momentum", 0.0)
    parser.option("--batch-size", None, "samples for each step (default: all)")
    options = parser.parse_args(arguments)
    if options.shape[0] > dataset.MAX_INPUTS:
        most = f"a truth table has at most {dataset.MAX_INPUTS} inputs"
        parser.error(f"--shape begins with {options.shape[0]}, but {most}")
    return options


def main(arguments=None):
    from backstage import command_line, picture, plot, report, training

    options = read_options(arguments)
    how = {"momentum": options.momentum, "batch_size": options.batch_size}
    with command_line.in_a_line():  # options that do not fit together are no fault of the program
        if options.sweep:
            return training.sweep(options, start, train, solved, **how)
        X, Y, network = start(options, np.random.default_rng(options.seed))
        steps = train(X, Y, network, options.epochs, options.learning_rate, **how)
    draw = plot.truth_table(network.forward, Y, network.loss_name.replace("_", " "))
    watch = training.watched(steps, network.parameters, options, draw)  # Ctrl-C ends the training, not the program
    outputs = network.outputs(X)
    report.losses(watch.losses)
    report.truth_table(X, Y, outputs)
    report.verdict(Y, outputs)
    picture.show(options, draw, watch)
    return watch.status


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
