"""Train the generic network on a CSV file of your own, and find out how good it really is.

Every column but the last is an input and has to hold numbers; the last is what to predict: names are
classes, numbers are a value to come near. Inputs (and numbers to predict) are scaled to mean 0 and standard
deviation 1. A part of the rows is kept apart as the test set: what counts is how well the network does there.
A part of the training rows only tells when to stop: the weights kept are those that did best on them.

New compared with convolution.py: any table of numbers, so scaling; a split in which every class has its share; and
rows that only tell when to stop.

Run:  python your_data.py
Try:  python your_data.py data/iris.csv --k-fold 5
      python your_data.py data/iris.csv --target "petal width (cm)" --ignore species
      python your_data.py data/iris.csv --save iris.npz
"""

import os
import time

from backstage import Refused, command_line, picture, plot, report, training
from backstage.tables import cells, reader

import numpy as np

import activation
import dataset
from network1 import Network

STEPS = 30_000  # of training where --epochs does not say otherwise, as long as it goes on getting better
IRIS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "iris.csv")


def scaling(values):
    """The mean and the standard deviation of every column; 1 for a column that is constant but for rounding."""
    spread, rounding = values.std(axis=0), 1e-12 * np.abs(values).max(axis=0)
    return values.mean(axis=0), np.where(spread > rounding, spread, np.maximum(1.0, rounding))


def parts(Y, k, rng, classes):
    """The number 0 … k - 1 of the part that each row of Y belongs to: drawn by rng, the parts of equal size.

    Where classes is true, Y is one-hot and every part has its proportion of each class.
    """
    order = rng.permutation(len(Y))
    if classes:
        order = order[np.argsort(Y[order].argmax(axis=1), kind="stable")]
    part = np.empty(len(Y), dtype=int)
    part[order] = np.arange(len(Y)) % k
    return part


def split(table, rng):
    """The rows to train on, X and Y, and one row in five, X_test and Y_test, for the test."""
    test = parts(table.Y, 5, rng, table.classes) == 0
    return table.X[~test], table.Y[~test], table.X[test], table.Y[test]


def new_network(X, Y, classes, options, rng):
    """A new Network for rows as they stand in the file, and their scaling. Y is scaled only where it holds numbers."""
    x_mean, x_spread = scaling(X)
    y_mean, y_spread = (0.0, 1.0) if classes else scaling(Y)
    scales = {"x_mean": x_mean, "x_spread": x_spread, "y_mean": y_mean, "y_spread": y_spread}
    activations = [options.activation] * len(options.hidden_nodes) + ["softmax" if classes else "linear"]
    return Network([X.shape[1], *options.hidden_nodes, Y.shape[1]], activations, rng=rng), scales


def settings(samples, classes, options):
    """The most epochs, and the learning rates that are taken one after the other."""
    epochs = options.epochs or int(np.clip(STEPS * options.batch_size / samples, 20, 500))
    rate = options.learning_rate or (0.03 if classes and samples > 500 else 0.01)
    return epochs, (rate, rate / 4, rate / 16)


def hold_back(X, Y, classes, rng):
    """The rows to train on, X and Y, and one row in eight, X_held and Y_held, which only tells when to stop."""
    held = parts(Y, 8, rng, classes) == 0
    learnt = ~held if len(Y) > 1 else held  # a single row has to do both
    return X[learnt], Y[learnt], X[held], Y[held]


@training.quiet
def train(X, Y, classes, network, scales, options, rng, ctrl_c):
    """Train a network on the rows X (samples, inputs), Y (samples, outputs) as long as it gets better elsewhere.

    One row in eight is held back. When the loss on those has not fallen for a while (or the loss is no longer
    finite), the weights go back to where it was lowest, and the training goes on with a learning rate divided
    by 4. That happens twice; the third time is the end. Returns both losses, a list for each.
    """
    X, Y = (X - scales["x_mean"]) / scales["x_spread"], (Y - scales["y_mean"]) / scales["y_spread"]
    epochs, rates = settings(len(X), classes, options)
    X, Y, X_held, Y_held = hold_back(X, Y, classes, rng)
    losses, held_losses, lowest = [], [], np.inf
    kept = [parameter.copy() for parameter in network.parameters]
    patience, started = max(5, epochs // 20), time.monotonic()
    for rate in rates:
        waited = 0  # epochs since the loss on the rows held back was lowest
        for loss in network.steps(X, Y, epochs - len(losses), rate, options.momentum, options.batch_size):
            if not np.isfinite(loss) and rate != rates[-1]:
                break
            losses.append(training.finite(loss, len(losses)))
            held_losses.append(network.loss(X_held, Y_held, network.parameters))  # which may be infinite by now
            waited += 1
            if held_losses[-1] < lowest:
                lowest, waited = held_losses[-1], 0
                kept = [parameter.copy() for parameter in network.parameters]
            time_left(len(losses), epochs, loss, started)
            if waited == patience or ctrl_c.pressed:
                break
        for parameter, best in zip(network.parameters, kept, strict=True):
            parameter[:] = best
        if ctrl_c.pressed and losses:
            break
    report.progress("")
    return {"training": losses, "held back": held_losses}


@np.errstate(over="ignore", invalid="ignore")  # no warning: as_samples says it in words
def predict(network, scales, X):
    """The outputs for rows X as they stand in the file: probabilities of the classes, or numbers in their units."""
    outputs = network.outputs((X - scales["x_mean"]) / scales["x_spread"])
    return outputs * scales["y_spread"] + scales["y_mean"]


def score(table, outputs, Y):
    """How good outputs are, as a number and in words: accuracy in percent, or error in the target's own units."""
    if table.classes:
        right = outputs.argmax(axis=1) == Y.argmax(axis=1)
        return 100 * np.mean(right), f"accuracy {np.mean(right):.2%} ({np.sum(right)} of {len(Y)} right)"
    error = np.sqrt(np.mean((outputs - Y) ** 2))
    return error, f"error {error:.4g} (root mean square, in the units of {table.target})"


def describe(table, path):
    """Say what the file was taken for, and how the columns will be scaled."""
    kind = f"classes: {cells.listed(table.classes)}" if table.classes else "numbers"
    print(f"{path}: {len(table.X)} rows, {'with' if table.header else 'no'} header")
    print(f"to predict: {cells.shown(table.target)} ({kind})")
    few = np.unique(table.Y).size if not table.classes else 0
    if 0 < few <= 10:
        print(f"  it has only {few} different values: if they are names of classes, add --classes")
    print("inputs, each scaled to mean 0 and spread 1; in the file:")
    for name, mean, spread in list(zip(table.columns, *scaling(table.X), strict=True))[:10]:
        print(f"  {cells.shown(name)}: mean {mean:.4g}, spread {spread:.4g}")
    if len(table.columns) > 10:
        print(f"  … and {len(table.columns) - 10} more")
    report.notes(table.remarks)


def time_left(epoch, epochs, loss, started):
    """Show how far a training has come that started at this time.monotonic(), and how long it takes at most."""
    left = (time.monotonic() - started) / epoch * (epochs - epoch)
    report.progress(f"epoch {epoch} of at most {epochs}, loss {loss:.3g}, at most {left:.0f} s left")


def confusion(classes, actual, said, most=12):
    """Print how often rows of each class (a line) were taken for each class (a column)."""
    width = max(6, *(len(name) for name in classes))
    if len(classes) > most:
        print(f"(the first {most} of {len(classes)} classes)")
    print(f"{'actual':{width}}  taken for " + "  ".join(f"{name:>6}" for name in classes[:most]))
    for i, name in enumerate(classes[:most]):
        counts = [np.sum((actual == i) & (said == j)) for j in range(min(most, len(classes)))]
        row = "  ".join(f"{n:{max(6, len(c))}}" for n, c in zip(counts, classes, strict=False))
        print(f"{name:{width}}            {row}")


def report_training(curves, ctrl_c):
    """Print the losses and the epoch whose weights were kept; return that epoch."""
    if ctrl_c.pressed:
        print("interrupted; reached by then:")
    report.losses(curves["training"], held_back=curves["held back"])
    kept = int(np.argmin(curves["held back"])) + 1
    print(f"kept: the weights after epoch {kept}, which did best on the rows held back")
    return kept


def report_test(table, Y, Y_test, outputs):
    """Print how good the outputs are on the test rows, beside what one gets without a network."""
    constant, what = np.broadcast_to(Y.mean(axis=0), Y_test.shape), "commonest class" if table.classes else "mean"
    print(f"\non the test rows: {score(table, outputs, Y_test)[1]}")
    print(f"always answering the {what}: {score(table, constant, Y_test)[1]}")
    if table.classes:
        confusion(table.classes, Y_test.argmax(axis=1), outputs.argmax(axis=1))


def save(network, scales, table, path):
    """Keep the network with all that is needed to predict further rows."""
    classes = table.classes or np.array([], dtype=str)
    network.save(path, **scales, columns=table.columns, texts=table.texts, target=table.target, classes=classes)
    print(f"\nsaved: {path}")


def predict_rows(options):
    """Predict the rows of a file with a saved network."""
    network = Network.load(options.load)
    notes = reader.notes(options.load, network.notes, network.shape)
    classes = notes["classes"].tolist()
    X, remarks = reader.read_inputs(options.file, notes["columns"].tolist(), notes["texts"].tolist())
    report.notes(remarks)
    print(f"{notes['target']}{'  probability' if classes else ''}")
    with command_line.in_a_line():
        outputs = dataset.as_samples("what the network says", predict(network, notes, X))
    for output in outputs:
        print(f"{classes[output.argmax()]}  {output.max():.3f}" if classes else f"{output[0]:.6g}")


def k_fold(table, options):
    """Train options.k_fold times, each time with another part of the rows as the test set."""
    if options.k_fold > len(table.X):
        raise Refused(f"--k-fold {options.k_fold} needs as many rows, but there are {len(table.X)}")
    rng, scores = np.random.default_rng(options.seed), []
    part = parts(table.Y, options.k_fold, rng, table.classes)
    with training.interruptible() as ctrl_c:
        for k in range(options.k_fold):
            X, Y, test = table.X[part != k], table.Y[part != k], part == k
            network, scales = new_network(X, Y, table.classes, options, rng)
            train(X, Y, table.classes, network, scales, options, rng, ctrl_c)
            if ctrl_c.pressed:
                print(f"interrupted after {k} of {options.k_fold} parts; reached by then:")
                break
            value, words = score(table, predict(network, scales, table.X[test]), table.Y[test])
            scores.append(value)
            print(f"part {k + 1} as the test set: {words}")
        if scores:
            print(f"mean {np.mean(scores):.4g}, spread {np.std(scores):.2g}")
    return ctrl_c.status


def read_options(arguments):
    parser = command_line.parser(__file__, __doc__)
    parser.add_argument("file", nargs="?", default=IRIS, help="the CSV file (default: data/iris.csv)")
    parser.option("--target", None, "the column to predict (default: the last)", metavar="NAME")
    parser.option("--ignore", (), "columns to leave out", nargs="+", metavar="NAME")
    parser.option("--classes", False, "take the numbers to predict as names of classes", action="store_true")
    parser.option("--one-hot", (), "columns of names, each of which becomes an input", nargs="+", metavar="NAME")
    parser.option("--hidden-nodes", [100], "for each hidden layer", nargs="+")
    parser.option("--activation", "softplus", "of the hidden layers", choices=activation.HIDDEN)
    epochs = f"the most (default: what makes {STEPS:,} steps, but 20 to 500)"
    parser.option("--epochs", None, epochs)
    rate = "the size of a step (default: 0.03 for classes in over 500 rows, else 0.01)"
    parser.option("--learning-rate", None, rate)
    parser.option("--momentum", 0.9)
    parser.option("--batch-size", 32)
    fold, one = "train K times, each with another part as the test set", ("--save", "--figure")
    parser.option("--k-fold", None, fold, one, type=command_line.whole_in_range(2, 1000), metavar="K")
    npz = command_line.file_to_write(".npz")
    parser.option("--save", None, "keep the network and its scales in FILE", type=npz, metavar="FILE")
    parser.only_option("--load", None, "predict rows with such a file; columns by name, or in order", metavar="FILE")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = read_options(arguments)
    if options.load:
        return predict_rows(options)
    table = reader.read_table(options.file, options.target, options.classes, options.ignore, options.one_hot)
    describe(table, "data/iris.csv" if options.file == IRIS else options.file)
    if options.k_fold:
        return k_fold(table, options)
    rng = np.random.default_rng(options.seed)
    X, Y, X_test, Y_test = split(table, rng)
    network, scales = new_network(X, Y, table.classes, options, rng)
    with training.interruptible() as ctrl_c:  # Ctrl-C ends the training, not the program, and what was learnt is kept
        curves = train(X, Y, table.classes, network, scales, options, rng, ctrl_c)
        outputs = predict(network, scales, X_test)
        print(f"\n{len(X)} rows for training, {len(X_test)} for the test")
        kept = report_training(curves, ctrl_c)
        report_test(table, Y, Y_test, outputs)
        if options.save:
            save(network, scales, table, options.save)
    picture.show(options, plot.your_data(curves, kept, outputs, Y_test, table))
    return ctrl_c.status


if __name__ == "__main__":
    command_line.run(main)
