"""What every experiment does around the lesson: checks, sweeps over seeds, tables, verdicts, snapshots."""

import copy
import math
import os
import statistics
import sys
import time

import numpy as np

import command_line
import dataset


class Diverged(ValueError):
    """The loss is no longer a finite number."""


def check_data(X, Y, parameters):
    """Raise ValueError where X, Y and the parameters [W1, b1, W2, b2, …] do not fit together.

    Shapes: X (samples, inputs), Y (samples, outputs) or None, W (inputs, nodes), b (nodes,).
    """
    for name, values in (("X", X), ("Y", Y)):
        if values is None:
            continue
        if np.ndim(values) != 2:
            raise ValueError(f"{name} has shape {np.shape(values)}, but needs two dimensions: a sample a row")
        if len(values) == 0:
            raise ValueError(f"{name} has no rows, so there is no sample")
        finite = np.isfinite(np.asarray(values, dtype=float))
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            raise ValueError(f"{name} holds {values[row][column]} in row {row}, column {column}")
    columns, giver = np.shape(X)[1], "X has {} columns; did you pass X.T?"
    for layer, (W, b) in enumerate(zip(parameters[::2], parameters[1::2], strict=True), start=1):
        if 0 in W.shape:
            raise ValueError(f"layer {layer} has no nodes or no inputs: its weights have shape {W.shape}")
        if W.shape[0] != columns:
            raise ValueError(f"layer {layer} expects {W.shape[0]} inputs, but {giver.format(columns)}")
        if b.shape != W.shape[1:]:
            raise ValueError(f"layer {layer} has {W.shape[1]} nodes, but its biases have shape {b.shape}")
        columns, giver = W.shape[1], f"layer {layer} has {{}} nodes"
    if Y is None:
        return
    if np.shape(Y)[1] != columns:
        raise ValueError(f"the network has {columns} outputs, but Y has {np.shape(Y)[1]} columns")
    if len(Y) != len(X):
        raise ValueError(f"X has {len(X)} rows, but Y has {len(Y)}: one of each for every sample")


def check_training(X, Y, parameters, epochs, learning_rate, momentum=0.0):
    """Raise ValueError for data that do not fit, or a setting that makes no sense."""
    check_data(X, Y, parameters)
    if not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise ValueError(f"epochs is {epochs}, but must be a whole number, not below 0")
    if not (learning_rate > 0 and math.isfinite(learning_rate)):
        raise ValueError(f"learning_rate is {learning_rate}, but must be a finite number above 0")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum is {momentum}, but must be at least 0 and below 1")


def watch_loss(epoch, loss):
    """Raise Diverged as soon as the loss is nan or inf: nothing can be learnt from there on."""
    if not math.isfinite(loss):
        raise Diverged(f"the loss became {loss} in epoch {epoch + 1}: try a lower learning rate")


def write_arrays(path, **arrays):
    """Write arrays to a .npz file, whole or not at all: into a file beside it that then replaces the old one."""
    if any(np.asarray(array).dtype == object for array in arrays.values()):
        raise ValueError("only numbers and texts can be saved, because Python objects could not be loaded safely")
    part = f"{path}.part"
    try:
        with open(part, "wb") as file:
            np.savez(file, **arrays)
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def read_arrays(path):
    """The arrays of a .npz file in a dictionary, read without pickle.

    Raises ValueError where the file is not one, or is damaged; OSError where it cannot be opened.
    """
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return dict(arrays)
        except Exception as error:  # a damaged file raises what the broken part happens to raise
            raise ValueError(f"{path} is not a saved network: {error}") from None


class Run:
    """One training as seen from outside.

    parameters: what is trained, a list of arrays or a Network. losses: the loss of every epoch.
    snapshots: with keep=True, a copy of the parameters for each of them.
    status: the exit status of the program, 0, or 130 after Ctrl-C.
    """

    def __init__(self, parameters, keep=False, show=None):
        self.parameters, self.keep, self.show = parameters, keep, show
        self.losses, self.snapshots, self.status = [], [], 0

    def watch(self, epoch, loss):
        """Take note of an epoch; the training calls this once for each, before it changes the parameters."""
        watch_loss(epoch, loss)
        self.losses.append(loss)
        if self.keep:
            self.snapshots.append(copy.deepcopy(self.parameters))
        if self.show:
            self.show(self.parameters, self.losses)

    def frames(self, most=18):
        """The epochs to show in a moving picture, dense where the loss changes and at the start."""
        loss = np.log(np.maximum(self.losses, 1e-6 * self.losses[0]))  # below that there is nothing to be seen
        changed = np.cumsum(np.abs(np.diff(loss, prepend=loss[0])))
        along = changed / max(changed[-1], 1e-12) + 0.5 * np.log1p(np.arange(len(loss))) / np.log1p(len(loss))
        return np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)))


def run(train, X, Y, parameters, options, show=None):
    """Train as the options say, changing the parameters in place, and return the Run.

    Ctrl-C ends the training early, with all that was learnt so far. A loss that is no longer finite
    ends the program. show(parameters, losses), if given, is called in every epoch.
    """
    result = Run(parameters, keep=str(options.figure).lower().endswith(".gif"), show=show)
    try:
        train(X, Y, parameters, options.epochs, options.learning_rate, watch=result.watch)
    except Diverged as error:
        command_line.fail(error)
    except KeyboardInterrupt:
        result.status = 130
        print(f"interrupted after {len(result.losses)} of {options.epochs} epochs; reached by then:")
    return result


def progress(text):
    """Show a line that the next one overwrites, where standard error is a terminal; "" wipes it out."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def epochs_needed(train, X, Y, parameters, options, solved, stop=True):
    """The epoch at which a training was solved, looking every ten epochs; None if it is not at its end."""
    reached = []

    def watch(epoch, loss):
        watch_loss(epoch, loss)
        if solved and epoch % 10 == 0 and not reached and solved(X, Y, parameters):
            reached.append(epoch)
        return stop and bool(reached)

    train(X, Y, parameters, options.epochs, options.learning_rate, watch=watch)
    if solved is None or not solved(X, Y, parameters):
        return None
    return reached[0] if reached else options.epochs


def sweep(train, start, solved, options, stop=True, measure=None, what="fresh samples right, percent"):
    """Train from options.sweep seeds; print how many were solved and in how many epochs.

    start(rng) gives X, Y and the first parameters; solved(X, Y, parameters) says whether they are good
    enough, or is None. With stop=True a training ends there, otherwise it runs all its epochs.
    measure(parameters, rng), if given, is a number, of which the mean and the range are printed as what.
    Returns the exit status.
    """
    epochs, measured, status = {}, [], 0
    try:
        for seed in range(options.seed, options.seed + options.sweep):
            progress(f"seed {seed}, {len(epochs)} of {options.sweep} done")
            rng = np.random.default_rng(seed)
            X, Y, parameters = start(rng)
            needed = epochs_needed(train, X, Y, parameters, options, solved, stop)
            if measure:
                measured.append(measure(parameters, rng))
            epochs[seed] = needed
    except Diverged as error:
        progress("")
        command_line.fail(f"seed {seed}: {error}")
    except KeyboardInterrupt:
        status = 130
    progress("")
    if status:
        print(f"interrupted after {len(epochs)} of {options.sweep} seeds; reached by then:")
    if solved:
        print_solved(epochs)
    if measured:
        print(f"{what}: mean {np.mean(measured):.2f}, from {min(measured):.2f} to {max(measured):.2f}")
    return status


def print_solved(epochs):
    """Print how many seeds were solved and in how many epochs; epochs has None for a seed that was not."""
    needed = [n for n in epochs.values() if n is not None]
    failed = [str(seed) for seed, n in epochs.items() if n is None]
    print(f"solved: {len(needed)} of {len(epochs)} seeds")
    if needed:
        print(f"epochs: median {statistics.median(needed):.0f}, from {min(needed)} to {max(needed)}")
    if failed:
        print(f"not solved: seed {', '.join(failed[:10])}" + (" …" if len(failed) > 10 else ""))


def reliability(train, start, solved, options):
    """Train options.reliability seeds of many networks: how many are solved, by hidden nodes and by first weights.

    start(rng, hidden_nodes=…, scale=…) is as in sweep. Prints a table; returns the rows (hidden nodes, scale
    of the first weights, share solved).
    """
    settings = [(nodes, 0.5) for nodes in range(1, 9)]
    settings += [(nodes, scale) for nodes in (2, 4) for scale in (0.01, 0.1, 1, 2, 5)]
    rows = []
    print("hidden nodes  first weights  solved")
    for nodes, scale in settings:
        progress(f"{nodes} hidden nodes, first weights of scale {scale}")
        seeds = range(options.seed, options.seed + options.reliability)
        starts = (start(np.random.default_rng(seed), hidden_nodes=nodes, scale=scale) for seed in seeds)
        found = [epochs_needed(train, *first, options, solved) is not None for first in starts]
        rows.append((nodes, scale, np.mean(found)))
        progress("")
        print(f"{nodes:12}  {scale:13g}  {np.mean(found):6.0%}")
    return rows


def folds(Y, k, rng, classes):
    """The number 0 … k - 1 of the part that each row of Y belongs to: drawn by rng, the parts of equal size.

    Where classes is true, Y is one-hot and every part has its proportion of each class.
    """
    order = rng.permutation(len(Y))
    if classes:
        order = order[np.argsort(Y[order].argmax(axis=1), kind="stable")]
    fold = np.empty(len(Y), dtype=int)
    fold[order] = np.arange(len(Y)) % k
    return fold


class Best:
    """Watches a training, and keeps the parameters of a network as they were when a measure of it was lowest.

    losses has the loss of every epoch as "training", and the measure as "held back". A progress line tells
    the time left where standard error is a terminal.
    """

    def __init__(self, network, measure, epochs, patience):
        self.network, self.measure, self.epochs, self.patience = network, measure, epochs, patience
        self.losses = {"training": [], "held back": []}
        self.lowest, self.epoch, self.kept = math.inf, 0, copy.deepcopy(network.parameters)
        self.started = self.shown = time.monotonic()

    def look(self, _, loss):
        """Take note of an epoch; True when the measure has not fallen for patience epochs."""
        watch_loss(len(self.losses["training"]), loss)
        self.losses["training"].append(loss)
        value, epoch = self.measure(), len(self.losses["training"])
        self.losses["held back"].append(value)
        if value < self.lowest:
            self.lowest, self.epoch, self.kept = value, epoch, copy.deepcopy(self.network.parameters)
        now = time.monotonic()
        if now - self.shown > 0.1:
            self.shown, left = now, (now - self.started) / epoch * (self.epochs - epoch)
            progress(f"epoch {epoch} of at most {self.epochs}, loss {loss:.3g}, at most {left:.0f} s left")
        return epoch - self.epoch >= self.patience

    def restore(self):
        """Give the network back the parameters of its best epoch, and start counting patience anew."""
        progress("")
        self.epoch = len(self.losses["training"])
        for parameter, kept in zip(self.network.parameters, self.kept, strict=True):
            parameter[:] = kept


def print_confusion(classes, actual, said, most=12):
    """Print how often rows of each class (a line) were taken for each class (a column)."""
    width = max(6, *(len(name) for name in classes))
    if len(classes) > most:
        print(f"(the first {most} of {len(classes)} classes)")
    print(f"{'actual':{width}}  taken for " + "  ".join(f"{name:>6}" for name in classes[:most]))
    for i, name in enumerate(classes[:most]):
        counts = [np.sum((actual == i) & (said == j)) for j in range(min(most, len(classes)))]
        print(
            f"{name:{width}}            "
            + "  ".join(f"{n:{max(6, len(c))}}" for n, c in zip(counts, classes, strict=False))
        )


def announce_large(path):
    """Say what a large file will take before it is read."""
    size = os.path.getsize(path) / 1e6 if os.path.isfile(path) else 0
    if size > 20:
        print(
            f"{path} has {size:.0f} MB: reading takes about {size / 7:.0f} s and {size / 90:.1f} GB of memory",
            flush=True,
        )


def print_losses(losses, **more):
    """Print the loss about ten times over the training; more are other losses by their name."""
    print("   epoch  loss" + "".join(f"        {name} loss".replace("_", " ") for name in more))
    for epoch in sorted({round(e) for e in np.linspace(1, len(losses), min(len(losses), 11))}):
        values = [values[epoch - 1] for values in (losses, *more.values())]
        print(f"{epoch:8}  " + "".join(f"{value:<12.3g}" for value in values).rstrip())


def print_truth_table(X, Y, outputs, most=16):
    """Print the inputs, target and output of every sample, and whether the output is within 0.1."""
    width = max(6, 2 * X.shape[1])
    print(f"\n{'inputs':{width}}  target  output")
    for x, y, a in list(zip(X, Y[:, 0], outputs[:, 0], strict=True))[:most]:
        inputs = " ".join(f"{value:.0f}" for value in x)
        print(f"{inputs:{width}}  {y:4.0f}    {a:6.3f}  {'right' if abs(a - y) < 0.1 else 'not yet'}")
    if len(X) > most:
        print(f"… and {len(X) - most} more")


def within_a_tenth(Y, outputs):
    """Whether every output is within 0.1 of its target."""
    return bool(np.max(np.abs(outputs - Y)) < 0.1)


def verdict(Y, outputs):
    """One line on how a training with targets 0 and 1 ended, and what to try if it is not solved."""
    wrong = int(np.sum(np.abs(outputs - Y) >= 0.5))
    if within_a_tenth(Y, outputs):
        return "solved: every output is within 0.1 of its target"
    if np.ptp(outputs) < 0.2:
        return (
            f"on a plateau: all outputs are near {np.mean(outputs):.2f}; "
            "try other first weights, a higher --learning-rate, or a hidden layer if there is none"
        )
    if wrong == 0:
        return "nearly solved: every output is on the right side of 0.5; try more --epochs"
    return (
        f"stuck: {wrong} of {outputs.size} outputs are on the wrong side of 0.5; "
        "try another --seed, more --hidden-nodes or another --learning-rate"
    )


def not_there_yet(losses, advice):
    """What to try after a training that did not reach its goal: advice, or where the loss has grown something else."""
    return f"not there yet: try {advice if losses[-1] <= losses[0] else 'a lower --learning-rate, the loss grew'}"


def shade(pixels):
    """A row of pixels from 0 (white) to 1 (black) as blocks for the terminal, two for each pixel."""
    return "".join(2 * "░▒▓█"[min(int(4 * pixel), 3)] for pixel in pixels)


def print_images(X, Y, scores, threshold, outputs):
    """Print 2x2 images beside what a network that looks for vertical lines sees in them.

    X (samples, 4); scores (samples, 2) of the node that looks on the left and the one on the right,
    each of which fires where its score reaches the threshold; Y and outputs (samples, 1). Of more than
    sixteen images only the first ten that went wrong are shown.
    """
    wrong = np.flatnonzero(outputs[:, 0] != Y[:, 0])
    shown = range(len(X)) if len(X) <= 16 else wrong[:10]
    for i in shown:
        says, right = ("a line" if outputs[i, 0] else "no line"), ("wrong" if i in wrong else "right")
        for side, pixels, score in zip(("left", "right"), X[i].reshape(2, 2), scores[i], strict=True):
            fires = ">=" if score >= threshold else "< "
            answer = f"says {says}: {right}" if side == "left" else ""
            print(f"{shade(pixels)}  line on the {side:5}  score {score:5.2f} {fires} {threshold}   {answer}".rstrip())
        print()
    print(f"right: {len(X) - len(wrong)} of {len(X)} images")


def print_labels(X, outputs):
    """Print 2x2 images X (samples, 4) four to a row, with their most likely label and its output (samples, 4)."""
    labels = [
        f"{dataset.IMAGE_LABELS[best]} {output[best]:.2f}" if output[best] >= 0.5 else "none"
        for output, best in zip(outputs, np.argmax(outputs, axis=1), strict=True)
    ]
    for row in range(0, len(X), 4):
        print()
        for line, texts in ((slice(0, 2), labels[row : row + 4]), (slice(2, 4), [""] * 4)):
            shaded = [shade(pixels[line]) for pixels in X[row : row + 4]]
            print("  ".join(f"{blocks} {text:15}" for blocks, text in zip(shaded, texts, strict=False)).rstrip())
