"""Train the generic network on a CSV file of your own, and find out how good it really is.

Every column but the last is an input and has to hold numbers; the last is what to predict: names are
classes, numbers are a value to come near. Inputs (and numbers to predict) are scaled to mean 0 and standard
deviation 1. A part of the rows is kept apart as the test set: what counts is how well the network does there.
A part of the training rows only tells when to stop: the weights kept are those that did best on them.

New compared with spirals.py: data that nobody made for the purpose; scaling, a split into training and
test, mini-batches, and a network that is kept in a file.

Run:  python your_data.py
Try:  python your_data.py data/iris.csv --k-fold 5
      python your_data.py data/iris.csv --target "petal width (cm)" --ignore species
      python your_data.py data/iris.csv --save iris.npz
"""

import os

import numpy as np

import command_line
import dataset
import experiment
import plot
from network1 import Network

STEPS = 30_000  # of training where --epochs does not say otherwise, as long as it goes on getting better
IRIS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "iris.csv")


def scaling(values):
    """The mean and the standard deviation of every column; 1 for a column that is constant."""
    spread = values.std(axis=0)
    return values.mean(axis=0), np.where(spread > 1e-12 * np.abs(values).max(axis=0), spread, 1.0)


def fit(X, Y, classes, options, rng):
    """Train a Network on the rows X (samples, inputs), Y (samples, outputs), scaled by their own mean and spread.

    Some rows are held back: whenever the loss on them has stopped falling, or the loss is no longer finite, the
    weights go back to where it was lowest and the learning rate is divided by 4; the third time that is the end.
    Returns the network; the scaling, a dictionary of x_mean, x_spread, y_mean and y_spread (Y is scaled only
    where classes is empty); the losses; and the exit status, 130 after Ctrl-C.
    """
    scales = dict(zip(("x_mean", "x_spread"), scaling(X), strict=True))
    scales |= zip(("y_mean", "y_spread"), (0.0, 1.0) if classes else scaling(Y), strict=True)
    X, Y = (X - scales["x_mean"]) / scales["x_spread"], (Y - scales["y_mean"]) / scales["y_spread"]
    shape = [X.shape[1], *options.hidden_nodes, Y.shape[1]]
    activations = [options.activation] * len(options.hidden_nodes) + ["softmax" if classes else "linear"]
    network = Network(shape, activations, rng=rng)
    epochs = options.epochs or int(np.clip(STEPS * options.batch_size / len(X), 20, 500))
    first_rate = options.learning_rate or (0.03 if classes and len(X) > 500 else 0.01)
    held = experiment.folds(Y, 8, rng, classes) == 0  # one row in eight
    learnt = ~held if len(Y) > 1 else held
    X_held, Y_held, X, Y = X[held], Y[held], X[learnt], Y[learnt]
    watch = experiment.Best(network, lambda: network.loss(X_held, Y_held), epochs, patience=max(5, epochs // 20))
    status = 0
    for rate in (first_rate, first_rate / 4, first_rate / 16):
        try:
            left = epochs - len(watch.losses["training"])
            network.train(X, Y, left, rate, options.momentum, options.batch_size, watch.look)
        except experiment.Diverged:
            if rate == first_rate / 16:
                raise
        except KeyboardInterrupt:
            status = 130
            break
        finally:
            watch.restore()
    return network, scales, watch.losses, status


def predict(network, scales, X):
    """The outputs for rows X as they stand in the file: probabilities of the classes, or numbers in their units."""
    outputs = network.forward((X - scales["x_mean"]) / scales["x_spread"])
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
    kind = f"classes: {', '.join(table.classes)}" if table.classes else "numbers"
    print(f"{path}: {len(table.X)} rows, {'with' if table.header else 'no'} header")
    print(f"to predict: {table.target} ({kind})")
    few = np.unique(table.Y).size if not table.classes else 0
    if 0 < few <= 10:
        print(f"  it has only {few} different values: if they are names of classes, add --classes")
    print("inputs, each scaled to mean 0 and spread 1; in the file:")
    for name, mean, spread in list(zip(table.columns, *scaling(table.X), strict=True))[:10]:
        print(f"  {name}: mean {mean:.4g}, spread {spread:.4g}")
    if len(table.columns) > 10:
        print(f"  … and {len(table.columns) - 10} more")


def predict_rows(options):
    """Predict the rows of a file with a saved network."""
    network = Network.load(options.load)
    notes = network.notes
    if not {"x_mean", "x_spread", "y_mean", "y_spread", "columns", "target", "classes"} <= notes.keys():
        raise ValueError(f"{options.load} holds a network, but not one that was saved by your_data.py --save")
    classes = notes["classes"].tolist()
    X = dataset.from_csv(options.file, wanted=notes["columns"].tolist()).X
    print(f"{notes['target']}{'  probability' if classes else ''}")
    for output in predict(network, notes, X):
        print(f"{classes[output.argmax()]}  {output.max():.3f}" if classes else f"{output[0]:.6g}")


def main(arguments=None):
    parser = command_line.parser(__doc__)
    parser.add_argument("file", nargs="?", default=IRIS, help="the CSV file (default: data/iris.csv)")
    parser.option("--target", None, "the column to predict (default: the last)", metavar="NAME")
    parser.option("--ignore", (), "columns to leave out", nargs="+", metavar="NAME")
    parser.add_argument("--classes", action="store_true", help="take the numbers to predict as names of classes")
    parser.option("--hidden-nodes", [100], "for each hidden layer", type=command_line.NODES, nargs="+")
    parser.option("--activation", "softplus", "of the hidden layers", choices=command_line.HIDDEN_ACTIVATIONS)
    parser.option(
        "--epochs",
        None,
        f"the most (default: what makes {STEPS:,} steps, but 20 to 500)",
        type=command_line.whole_number,
    )
    parser.option(
        "--learning-rate",
        None,
        "the size of a step (default: 0.03 for classes in over 500 rows, else 0.01)",
        type=command_line.positive,
        metavar="RATE",
    )
    parser.option("--momentum", 0.9, "the share of the last step that goes on", type=command_line.momentum, metavar="M")
    parser.option("--batch-size", 32, "samples for each step", type=command_line.whole_number)
    parser.option(
        "--k-fold",
        None,
        "train K times, each with another part as the test set",
        type=command_line.whole_in_range(2, 1000),
        metavar="K",
    )
    parser.option(
        "--save", None, "keep the network and its scaling in FILE.npz", type=command_line.npz_path, metavar="FILE"
    )
    parser.option("--load", None, "predict the rows with a network made with --save", metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        if options.load:
            return predict_rows(options)
        experiment.announce_large(options.file)
        table = dataset.from_csv(options.file, options.target, options.classes, options.ignore)
        describe(table, "data/iris.csv" if options.file == IRIS else options.file)
        return k_fold(table, options) if options.k_fold else train_and_test(table, options)
    except OSError as error:
        command_line.fail(f"{error.filename}: {error.strerror}")
    except ValueError as error:
        command_line.fail(error)


def k_fold(table, options):
    """Train options.k_fold times, each time with another part of the rows as the test set."""
    if options.k_fold > len(table.X):
        raise ValueError(f"--k-fold {options.k_fold} needs as many rows, but there are {len(table.X)}")
    rng = np.random.default_rng(options.seed)
    fold, scores, status = experiment.folds(table.Y, options.k_fold, rng, table.classes), [], 0
    for k in range(options.k_fold):
        test = fold == k
        network, scales, _, status = fit(table.X[~test], table.Y[~test], table.classes, options, rng)
        value, words = score(table, predict(network, scales, table.X[test]), table.Y[test])
        scores.append(value)
        print(f"part {k + 1} as the test set: {words}")
        if status:
            print("interrupted")
            break
    print(f"mean {np.mean(scores):.4g}, spread {np.std(scores):.2g}")
    return status


def train_and_test(table, options):
    """Train on four rows in five and test on the fifth; report, save and draw."""
    rng = np.random.default_rng(options.seed)
    test = experiment.folds(table.Y, 5, rng, table.classes) == 0
    network, scales, losses, status = fit(table.X[~test], table.Y[~test], table.classes, options, rng)
    print(f"\n{np.sum(~test)} rows for training, {np.sum(test)} for the test")
    experiment.print_losses(losses["training"], held_back=losses["held back"])
    held = losses["held back"]
    if held:
        print(f"kept: the weights after epoch {np.argmin(held) + 1}, which did best on the rows held back")
    if status:
        print("interrupted; reached by then:")
    outputs, Y = predict(network, scales, table.X[test]), table.Y[test]
    print(f"\non the test rows: {score(table, outputs, Y)[1]}")
    if table.classes:
        experiment.print_confusion(table.classes, Y.argmax(axis=1), outputs.argmax(axis=1))
    else:
        print(f"always answering the mean: {score(table, np.mean(table.Y[~test]), Y)[1]}")
    if options.save:
        names = {"columns": table.columns, "target": table.target, "classes": table.classes or np.array([], dtype=str)}
        network.save(options.save, **scales, **names)
        print(f"\nsaved: {options.save}")
    plot.picture(options, "your_data", lambda figure: plot.your_data(figure, losses, outputs, Y, table))
    return status


if __name__ == "__main__":
    command_line.run(main)
