"""What is printed: losses, tables, verdicts, and images as blocks."""

import collections
import itertools
import os
import shutil
import sys
import textwrap

from backstage import terminal

import numpy as np

LEGEND = "░░ stands for white, ██ for black"  # some terminals write light on dark, and some dark on light


def progress(text):
    """Show a line that the next one overwrites, where standard error is a terminal; "" wipes it out."""
    if terminal.is_terminal(sys.stderr):
        width = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
        print(f"\r{text[:width]:{width}}\r", end="", file=sys.stderr, flush=True)


def notes(remarks):
    """Print sentences about what may be a mistake of the reader's."""
    for remark in remarks:
        print(f"note: {remark}")


def losses(losses, weight_decay=0.0, **more):
    """Print the loss about ten times over the training; more are other losses by their name, without weight decay."""
    print("   epoch  loss" + "".join(f"        {name} loss".replace("_", " ") for name in more))
    for epoch in sorted({round(e) for e in np.linspace(1, len(losses), min(len(losses), 11))}):
        values = [values[epoch - 1] for values in (losses, *more.values())]
        print(f"{epoch:8}  " + "".join(f"{value:<12.3g}" for value in values).rstrip())
    if weight_decay:
        print("(the first one has the weight decay in it, the others have not)")


def batch_losses(losses):
    """Print the mean loss of the batches about ten times over the training: those of single batches jump about."""
    print("       steps  loss, mean of their batches")
    ends = np.linspace(0, len(losses), min(len(losses), 10) + 1).round().astype(int)
    for first, end in itertools.pairwise(ends):
        print(f"{first + 1:5} to {end:<5} {np.mean(losses[first:end]):#.3g}")


def loss_name(weight_decay):
    """What is written beside the losses of the digits."""
    return "loss (training: with weight decay)" if weight_decay else "loss: cross-entropy"


def solved(epochs):
    """Print how many seeds were solved and in how many epochs; epochs has None for a seed that was not."""
    needed = [n for n in epochs.values() if n is not None]
    failed = [str(seed) for seed, n in epochs.items() if n is None]
    print(f"solved: {len(needed)} of {len(epochs)} seeds")
    if needed:
        print(f"epochs: median {np.median(needed):.0f}, from {min(needed)} to {max(needed)}")
    if failed:
        print(f"not solved: seed {', '.join(failed[:10])}" + (" …" if len(failed) > 10 else ""))


def truth_table(X, Y, outputs, most=16):
    """Print the inputs, target and output of every sample, and whether the output is within 0.1."""
    width = max(6, 2 * X.shape[1])
    print(f"\n{'inputs':{width}}  target  output")
    for x, y, a in list(zip(X, Y[:, 0], outputs[:, 0], strict=True))[:most]:
        inputs = " ".join(f"{value:.0f}" for value in x)
        print(f"{inputs:{width}}  {y:4.0f}    {a:6.3f}  {'right' if abs(a - y) < 0.1 else 'not yet'}")
    if len(X) > most:
        print(f"… and {len(X) - most} more")


def verdict(Y, outputs, advice=True):
    """Print how a training with targets 0 and 1 ended, and with advice what to try if it is not solved."""
    wrong = int(np.sum(np.abs(outputs - Y) >= 0.5))
    if np.all(np.abs(outputs - Y) < 0.1):
        says, attempt = "solved: every output is within 0.1 of its target", None
    elif outputs.max() - outputs.min() < 0.2:
        says = f"on a plateau: all outputs are near {np.mean(outputs):.2f}"
        attempt = "try other first weights, a higher --learning-rate, or a hidden layer if there is none"
    elif wrong == 0:
        says, attempt = "nearly solved: every output is on the right side of 0.5", "try more --epochs"
    else:
        says = f"stuck: {wrong} of {outputs.size} outputs are on the wrong side of 0.5"
        attempt = "try another --seed, more --hidden-nodes or another --learning-rate"
    print(says)
    if attempt and advice:
        print(attempt)


def goal(reached, what, losses, attempt="more --epochs"):
    """Print whether a goal was reached, and if not what to attempt, which is something else where the loss grew."""
    if reached:
        print(f"solved: {what}")
    else:
        print(f"not there yet: try {attempt if losses[-1] <= losses[0] else 'a lower --learning-rate, the loss grew'}")


def in_words(share):
    """A share from 0 to 1, told so roughly that one network more or less makes no difference."""
    if share == 0:
        return "none"
    return "under half" if share < 0.5 else "over half" if share < 0.95 else "95% or more"


def mistakes_heading(networks):
    """Print the heading of the table of mistakes, with two columns more where networks are trained."""
    print(f"{'':51}relative error    {f'XOR learnt, of {networks} networks' if networks else ''}".rstrip())
    print(f"{'mistake':51}of the gradient   {'2 hidden nodes  4 hidden nodes' if networks else ''}".rstrip())


def mistake(name, error, shares):
    """Print a row of the table of mistakes: what the check says, and what learning says."""
    shown = "below 1e-7 right" if error < 1e-7 else f"{error:10.0e} wrong"
    print(f"{name:51}{shown}  {''.join(f'{in_words(share):16}' for share in shares)}".rstrip(), flush=True)


def three_digits(array):
    """The numbers of an array with three digits behind the point, and no minus before a zero."""
    return " ".join(f"{x + 0.0:.3f}" for x in np.round(np.ravel(array), 3))


def steps(arrays, names):
    """The tape of autodiff.py in words, a row for each array.

    names: what plain arrays and parameters are called, by their id. Rows: number, how it was made, value, derivative,
    and the numbers of what it was made from.
    """
    words, numbers = dict(names), {}
    for i, array in enumerate(arrays, start=1):
        operands = array.values[1:] or [source.value for source, _ in array.sources]
        made = [words.get(id(x)) or f"{x:g}" for x in operands]
        made = f"{array.operation} {', '.join(made)}" if made else words[id(array.value)]
        yield i, made, array.value, array.gradient, [numbers[id(source)] for source, _ in array.sources]
        words[id(array.value)], numbers[id(array)] = f"#{i}", i


def tape(rows):
    """Print the steps from the weights to a loss: number, how it was made, shape, value, derivative of the loss."""
    print("step  made by           shape  value                     derivative of the loss")
    for number, made, value, gradient, _ in rows:
        shape = "x".join(map(str, value.shape)) or "1"
        print(f"{number:4}  {made:16}  {shape:5}  {three_digits(value):24}  {three_digits(gradient)}")


def comparison_heading():
    """Print the heading of the table in which gradients are compared with those that were written by hand."""
    print("\nscript                 network     samples  difference   time (by hand: 1)")


def comparison(name, shape, samples, difference, times):
    """Print a row of that table: the largest difference between the gradients, and how many times as long they take."""
    shown = "below 1e-12" if difference < 1e-12 else f"{difference:.0e}"
    print(f"{name:22} {'-'.join(map(str, shape)):11} {samples:7}  {shown:11}  {times:.1f}")


def shade(pixels):
    """A row of pixels from 0 (white) to 1 (black) as blocks for the terminal, two for each pixel."""
    return "".join(2 * "░▒▓█"[min(int(4 * pixel), 3)] for pixel in pixels)


def images(X, Y, scores, threshold, outputs):
    """Print 2x2 images beside what a network that looks for vertical lines sees in them.

    X (samples, 4); scores (samples, 2) of the node that looks on the left and the one on the right,
    each of which fires where its score reaches the threshold; Y and outputs (samples, 1). Of more than
    sixteen images only the first ten that went wrong are shown.
    """
    wrong = np.flatnonzero(outputs[:, 0] != Y[:, 0])
    shown = range(len(X)) if len(X) <= 16 else wrong[:10]
    if len(shown):
        print(f"{LEGEND}\n")
    for i in shown:
        says, right = ("a line" if outputs[i, 0] else "no line"), ("wrong" if i in wrong else "right")
        for side, pixels, score in zip(("left", "right"), X[i].reshape(2, 2), scores[i], strict=True):
            fires = ">=" if score >= threshold else "< "
            answer = f"{says}: {right}" if side == "left" else ""
            print(f"{shade(pixels)}  line {side:5}  score {score:5.2f} {fires} {threshold}  {answer}".rstrip())
        print()
    print(f"right: {len(X) - len(wrong)} of {len(X)} images")


def labelled_images(X, outputs, labels):
    """Print 2x2 images X (samples, 4) side by side, with their most likely label and its output (samples, labels)."""
    print(f"\n{LEGEND}")
    across = min(4, max(1, shutil.get_terminal_size().columns // 16))
    for row in range(0, len(X), across):
        upper, lower = [], []
        for image, output in zip(X[row : row + across], outputs[row : row + across], strict=True):
            best = np.argmax(output)
            name, value = (labels[best], f"{output[best]:.2f}") if output[best] >= 0.5 else ("none", "")
            upper.append(f"{shade(image[:2])} {name:10}")
            lower.append(f"{shade(image[2:])} {value:10}")
        print("", " ".join(upper).rstrip(), " ".join(lower).rstrip(), sep="\n")


def sliding(image, scores, threshold):
    """Print an image from 0 to 1, and beside it the scores from -2 to 2 of a template that slid over it."""
    print(f"{LEGEND}; of the scores ░░ is 0 or less, ██ nearly 2\n")
    print("an image          the score of the template set by hand at each position")
    rows = [shade(np.maximum(row, 0) / 2) for row in scores] + [""] * (len(image) - len(scores))
    for pixels, row in zip(image, rows, strict=True):
        print(f"{shade(pixels)}  {row}".rstrip())
    fires = np.sum(scores >= threshold)
    print(f"it fires, with a score of at least {threshold:g}, at {fires} of {scores.size} positions\n")


def odd_edge(positions):
    """Print what the maximum of every 2x2 positions does with the last row and column where their number is odd."""
    if positions % 2 and positions > 1:
        notes([f"of {positions}x{positions} positions the last row and column have no partners: they go on alone"])


def digits(X, Y, outputs):
    """Print the four images of 8x8 pixels, X (samples, 64) from -1 to 1, of which the network is least sure."""
    least = np.argsort(outputs.max(axis=1), kind="stable")[:4]
    print(f"\n{LEGEND}; the test images of which it is least sure, and the probability\n")
    for rows in zip(*((X[least] + 1) / 2).reshape(-1, 8, 8), strict=True):
        print("  ".join(shade(row) for row in rows))
    said, actual = outputs.argmax(axis=1), Y.argmax(axis=1)
    says = [f"says {said[i]} ({outputs[i].max():.2f})" for i in least]
    verdicts = ["right" if said[i] == actual[i] else f"wrong: is {actual[i]}" for i in least]
    for row in (says, verdicts):
        print("  ".join(f"{words:16}" for words in row).rstrip())


def test_right(outputs, Y):
    """What a sweep measures: how many of the test images are right, and how many one constant answer gets right."""
    right = 100 * np.mean(outputs.argmax(axis=1) == Y.argmax(axis=1))
    return {"test images right, percent": right, "always answering their commonest digit": 100 * Y.mean(axis=0).max()}


def digits_test(parameters, Y, outputs, Y_test, outputs_test):
    """Print how many of the training and the test images are right, and which digits are mixed up most often."""
    said, actual = outputs_test.argmax(axis=1), Y_test.argmax(axis=1)
    commonest = Y_test.sum(axis=0).argmax()
    rows = [
        (f"accuracy on {len(Y)} training images", np.mean(outputs.argmax(axis=1) == Y.argmax(axis=1))),
        (f"accuracy on {len(Y_test)} test images", np.mean(said == actual)),
        (f"always answering {commonest} on the test images", np.mean(actual == commonest)),
    ]
    print(f"\nweights and biases: {sum(parameter.size for parameter in parameters)}")
    for words, share in rows:
        print(f"{f'{words}:':39}{share:7.2%}")
    wrong = collections.Counter((i, j) for i, j in zip(actual, said, strict=True) if i != j)
    if wrong:
        most = sorted(wrong, key=lambda pair: (-wrong[pair], pair))
        words = [f"{i} as {j} ({wrong[i, j]})" for i, j in most[:5]]
        print(f"wrong, a digit as another: {', '.join(words)}{', …' if len(most) > 5 else ''}")


def letters_test(parameters, measured, counted):
    """Print the loss on the test beside what one gets by counting: measured and counted are losses by their names."""
    print(f"\nweights and biases: {sum(parameter.size for parameter in parameters)}")
    alphabet = len(parameters[0])
    rows = {f"no idea, each of {alphabet} alike": np.log(alphabet)} | counted | measured
    for words, loss in rows.items():
        print(f"{f'{words}:':30}{loss:.3f}")


def invented(words, known):
    """Print words that were invented, and how many of them are among those known from the training."""
    print("\n" + textwrap.fill(f"invented: {', '.join(word or '(nothing)' for word in words)}", 100))
    print(f"of {len(words)} it has read {sum(word in known for word in words)} before")


def facts(x, y, outputs, signs):
    """Print a text x, and below it the digits y that are asked, and those that are said, the most probable outputs."""
    said = np.where(y >= 0, outputs.argmax(axis=1), -1)
    print()
    for words, places in (("text", x), ("asked", y), ("it says", said)):
        print(f"{words:9}{''.join((signs + ' ')[place] for place in places)}".rstrip())


def facts_right(parameters, training, measured, share):
    """Print how many of the digits are right, and what share falls on the right places."""
    print(f"\nweights: {sum(parameter.size for parameter in parameters)}")
    rows = {"digits right, percent, in the training": 100 * training} | measured
    rows |= {"guessing one of ten digits": 10, "shares that fall on right digits": 100 * share}
    for words, percent in rows.items():
        print(f"{f'{words}:':40}{percent:6.2f}")
