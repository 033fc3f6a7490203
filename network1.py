"""A network of any depth: the layers are a loop, and their sizes and activations are settings.

Everything that the scripts before did by hand stands here once, for every layer: forward goes up through
the layers, backward comes down through them again, and the formulas of a layer are those of xor.py.

New compared with 2x2_image_recognition.py: a loop over the layers instead of one block of lines for each.

Run:  python network1.py
Try:  python network1.py --shape 2 8 8 1 --activations relu tanh sigmoid --learning-rate 0.5
      python network1.py --function and --loss binary_cross_entropy
"""

import numpy as np

import activation
import command_line
import dataset
import experiment
import plot

# Each loss takes the sums z and the outputs a of the last layer and the targets Y, all (samples, outputs).
# The cross-entropies use z, because log(a) is lost where a is so near to 0 or 1 that it is rounded.


def mean_squared_error(z, a, Y):
    """The mean of (a - Y)² over all samples and outputs."""
    difference = a - Y
    return np.vdot(difference, difference) / Y.size


def binary_cross_entropy(z, a, Y):
    """-sum(Y log a + (1 - Y) log(1 - a)) over the outputs, mean over the samples, for a = sigmoid(z)."""
    return np.sum(activation.softplus(z) - Y * z) / len(Y)


def cross_entropy(z, a, Y):
    """-sum(Y log a) over the classes, mean over the samples, for a = softmax(z)."""
    largest = a.argmax(axis=1)[:, np.newaxis]
    below = z - np.take_along_axis(z, largest, axis=1)  # log(a) = below - log(sum of e^below)
    log_sum = -np.log(np.take_along_axis(a, largest, axis=1))  # the largest share is 1 / sum, and never near 0
    return (np.vdot(Y.sum(axis=1), log_sum) - np.vdot(Y, below)) / len(Y)


LOSSES = {
    "mean_squared_error": mean_squared_error,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
}
NEEDS = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}  # the activation before a loss


class Network:
    """A feed-forward network, trained by gradient descent.

        network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=np.random.default_rng(0))
        losses = network.train(X, Y, epochs=1000, learning_rate=2.0, momentum=0.5)

    shape: the number of inputs, of the nodes of every hidden layer, and of outputs: [2, 4, 1].
    activations: one name or function of activation.py for each layer, by default tanh and, for the last
    layer, sigmoid, or what the loss needs. loss: a key of LOSSES, by default cross_entropy after softmax,
    else mean_squared_error. rng: the np.random.Generator for the first weights, which are normal with a
    scale of 1/√inputs, and for the order of mini-batches.

    weights and biases are lists of arrays (inputs, nodes) and (nodes,), one for each layer.
    Raises ValueError for a shape, activation or loss that is unknown or does not fit the others.
    """

    def __init__(self, shape, activations=None, loss=None, rng=None):
        loss = loss and str(loss).replace("-", "_").replace(" ", "_")
        self.shape = [int(nodes) for nodes in shape if np.isfinite(nodes) and nodes == int(nodes) >= 1]
        if len(self.shape) < 2 or len(self.shape) != len(shape):
            raise ValueError(f"shape {list(shape)} must be two or more whole numbers of at least 1: inputs, …, outputs")
        layers = len(self.shape) - 1
        if loss is not None and loss not in LOSSES:
            raise ValueError(f"loss {loss!r} is not one of {', '.join(LOSSES)}")
        if activations is None:
            activations = ["tanh"] * (layers - 1) + [NEEDS.get(loss, "sigmoid")]
        if len(activations) != layers:
            raise ValueError(f"{len(activations)} activations for {layers} layers: one for each layer after the inputs")
        self.activations = [activation.named(f) for f in activations]
        names = [f.__name__ for f in self.activations]
        self.loss_name = loss or ("cross_entropy" if names[-1] == "softmax" else "mean_squared_error")
        if "softmax" in names[:-1]:
            raise ValueError("softmax can only be the activation of the last layer")
        needed = NEEDS.get(self.loss_name)
        if needed not in (None, names[-1]) or (names[-1] == "softmax" and needed is None):
            raise ValueError(
                f"the loss {self.loss_name} does not fit the last activation {names[-1]}: "
                "cross_entropy goes with softmax, binary_cross_entropy with sigmoid"
            )
        self.rng = rng or np.random.default_rng()
        sizes = list(zip(self.shape[:-1], self.shape[1:], strict=True))
        self.weights = [self.rng.normal(0, inputs**-0.5, (inputs, nodes)) for inputs, nodes in sizes]
        self.biases = [np.zeros(nodes) for _, nodes in sizes]

    @property
    def parameters(self):
        """[W1, b1, W2, b2, …], the arrays themselves, in the order of the other scripts."""
        return [array for pair in zip(self.weights, self.biases, strict=True) for array in pair]

    def layers(self, X):
        """The sums z and the outputs a of all layers, [z1, a1, z2, a2, …], each (samples, nodes)."""
        results, a = [], X
        for W, b, f in zip(self.weights, self.biases, self.activations, strict=True):
            z = a @ W
            z += b
            a = f(z)
            results += [z, a]
        return results

    def backward(self, X, Y):
        """The loss and its derivative with respect to every weight and bias: loss, [dW1, db1, dW2, db2, …]."""
        results = self.layers(X)
        z, a = results[-2:]
        loss = LOSSES[self.loss_name](z, a, Y)
        if self.loss_name == "mean_squared_error":
            dz = (a - Y) * (2 / Y.size) * self.activations[-1].derivative(z, a)
        else:
            dz = (a - Y) / len(Y)  # the slope of sigmoid and softmax cancels against the logarithm
        gradients = []
        for layer in reversed(range(len(self.weights))):
            inputs = results[2 * layer - 1] if layer else X
            gradients = [inputs.T @ dz, dz.sum(axis=0), *gradients]
            if layer:
                dz = dz @ self.weights[layer].T
                dz *= self.activations[layer - 1].derivative(results[2 * layer - 2], inputs)
        return loss, gradients

    def forward(self, X):
        """The outputs for X (samples, inputs): an array (samples, outputs)."""
        experiment.check_data(X, None, self.parameters)
        return self.layers(np.asarray(X, dtype=float))[-1]

    def predict(self, X):
        """For a softmax output the number of the most likely class (samples,), else the outputs themselves."""
        outputs = self.forward(X)
        return outputs.argmax(axis=1) if self.activations[-1] is activation.softmax else outputs

    def loss(self, X, Y):
        """The loss that train descends, for X (samples, inputs) and targets Y (samples, outputs)."""
        experiment.check_data(X, Y, self.parameters)
        z, a = self.layers(np.asarray(X, dtype=float))[-2:]
        return float(LOSSES[self.loss_name](z, a, np.asarray(Y, dtype=float)))

    def gradients(self, X, Y):
        """The derivatives of the loss: a list for the weights and one for the biases, in their shapes."""
        experiment.check_data(X, Y, self.parameters)
        _, gradients = self.backward(np.asarray(X, dtype=float), np.asarray(Y, dtype=float))
        return gradients[::2], gradients[1::2]

    @np.errstate(over="ignore", invalid="ignore")  # watch tells in words when a loss is no longer finite
    def train(self, X, Y, epochs, learning_rate, momentum=0.0, batch_size=None, watch=experiment.watch_loss):
        """Gradient descent, in batches of batch_size samples, or with None over all of them at once.

        Returns the loss of every epoch, each batch measured just before its step. The batches are drawn anew
        in every epoch. watch(epoch, loss) is called after every epoch, and ends the training by returning True.
        Raises ValueError for arrays or settings that do not fit, and when the loss is no longer finite.
        """
        parameters = self.parameters
        experiment.check_training(X, Y, parameters, epochs, learning_rate, momentum)
        X, Y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
        if batch_size is not None and not (isinstance(batch_size, (int, np.integer)) and batch_size >= 1):
            raise ValueError(f"batch_size is {batch_size}, but must be a whole number of at least 1, or None")
        samples = len(X)
        size = min(batch_size or samples, samples)
        velocities = [np.zeros_like(parameter) for parameter in parameters if momentum]
        losses = []
        for epoch in range(epochs):
            total = 0.0
            order = self.rng.permutation(samples) if size < samples else None
            for start in range(0, samples, size):
                batch = slice(None) if order is None else order[start : start + size]
                X_batch, Y_batch = X[batch], Y[batch]
                loss, gradients = self.backward(X_batch, Y_batch)
                total += loss * len(X_batch)
                for i, (parameter, step) in enumerate(zip(parameters, gradients, strict=True)):
                    step *= learning_rate
                    if momentum:
                        velocities[i] *= momentum
                        velocities[i] += step
                        step = velocities[i]
                    parameter -= step
            losses.append(total / samples)
            if watch(epoch, losses[-1]):
                break
        return losses

    def save(self, path, **notes):
        """Write the network to a .npz file, whole or not at all; notes are further arrays to keep with it."""
        names = [f.__name__ for f in self.activations]
        arrays = {
            f"{kind}{i}": a for kind, all in (("W", self.weights), ("b", self.biases)) for i, a in enumerate(all, 1)
        }
        experiment.write_arrays(path, shape=self.shape, activations=names, loss=self.loss_name, **arrays, **notes)

    @classmethod
    def load(cls, path):
        """The network that save wrote, with the notes saved along in the dictionary .notes.

        Raises ValueError where the file is damaged, or its arrays do not make a network; OSError where
        there is none.
        """
        arrays = experiment.read_arrays(path)
        try:
            shape, names = arrays.pop("shape").tolist(), arrays.pop("activations").tolist()
            weights, biases = ([arrays.pop(f"{kind}{i}") for i in range(1, len(shape))] for kind in "Wb")
            fits = [W.shape for W in weights] == list(zip(shape[:-1], shape[1:], strict=True))
            if not fits or [b.shape for b in biases] != [(nodes,) for nodes in shape[1:]]:
                raise ValueError(f"the weights and biases do not have the shapes of a network {shape}")
            if not all(array.dtype == float and np.isfinite(array).all() for array in weights + biases):
                raise ValueError("the weights and biases are not all finite numbers")
            network = cls(shape, names, str(arrays.pop("loss")))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a saved network: {error}") from None
        network.weights, network.biases, network.notes = weights, biases, arrays
        return network


def main(arguments=None):
    parser = command_line.parser(__doc__, epochs=2000, learning_rate=5.0)
    parser.option("--function", "xor", "the truth table to learn", choices=command_line.FUNCTIONS)
    parser.option(
        "--shape", [3, 6, 1], "inputs, nodes of each hidden layer, outputs", type=command_line.NODES, nargs="+"
    )
    parser.option(
        "--activations",
        ["sigmoid", "sigmoid"],
        "one for each layer after the inputs",
        nargs="+",
        metavar="F",
        choices=activation.BY_NAME,
    )
    parser.option("--loss", None, "(default: cross_entropy after softmax, else mean_squared_error)", choices=LOSSES)
    parser.option("--momentum", 0.0, "the share of the last step that goes on", type=command_line.momentum, metavar="M")
    parser.option("--batch-size", None, "samples for each step (default: all)", type=command_line.whole_number)
    options = parser.parse_args(arguments)

    def start(rng):
        X, Y = dataset.truth_table(options.function, options.shape[0])
        return X, Y, Network(options.shape, options.activations, options.loss, rng)

    def train(X, Y, network, epochs, learning_rate, watch):
        return network.train(X, Y, epochs, learning_rate, options.momentum, options.batch_size, watch)

    def solved(X, Y, network):
        return experiment.within_a_tenth(Y, network.forward(X))

    def draw(figure, network, losses, epoch):
        plot.truth_table_run(figure, lambda X, _: network.layers(X), network.parameters, losses, epoch, Y)

    try:
        X, Y, network = start(np.random.default_rng(options.seed))
        experiment.check_data(X, Y, network.parameters)
    except ValueError as error:
        command_line.fail(error)
    if options.sweep:
        return experiment.sweep(train, start, solved, options)
    run = experiment.run(train, X, Y, network, options, plot.live(options, "network1", draw))
    outputs = network.forward(X)
    experiment.print_losses(run.losses)
    experiment.print_truth_table(X, Y, outputs)
    print(experiment.verdict(Y, outputs))
    plot.picture(options, "network1", draw, run)
    return run.status


if __name__ == "__main__":
    command_line.run(main)
