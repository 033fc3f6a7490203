"""Find the first wrong line of a backward pass: of your own, with your own loss.

The file that you name has a function backward(X, Y, parameters), which returns the loss and the gradients and names
the derivatives as the lessons do: dz2, dW2, and so on. It is run on random data, and autodiff.py gives the true
derivative of its loss with respect to everything in it. Then every line is judged by itself: given that all lines above
are right, is this one? If not, the mistakes that people make are tried until one gives the numbers that the line gives.

New compared with autodiff.py: it is your backward pass that is looked at, and the answer is a line and a cause.

Run:  python check_backward.py xor.py
Try:  python check_backward.py exercises/xor.py
      python check_backward.py exercises/mistake_1.py
"""

import collections
import contextlib
import re

from backstage import Refused, command_line, report
from backstage.checker import apart, causes, program, trial

import numpy as np

import activation
import autodiff

Finding = collections.namedtuple("Finding", "line name verdict why")
VERDICTS = ("right", "follows", "wrong")  # from the best to the worst
UNKNOWN = "no known cause"
SAMPLES = (7, 11)  # two numbers of samples, so that nothing fits by accident
SECONDS = 5  # after which a file that does not end is given up


class Judgement:
    """What is found with one set of random data. verdicts: for each line and name a verdict and lists of causes.

    A derivative is computed twice: as the program does it, and once more with every derivative above it made right. It
    is wrong if it is wrong even then; it follows if it is right then, and was not before.
    """

    def __init__(self, problem):
        self.problem, self.verdicts, self.raised = problem, {}, set()
        self.first = trial.Run(problem, judging=True)
        last = {(event.key, event.name): number for number, event in enumerate(self.first.events)}
        self.last = {number for (key, _), number in last.items() if key}  # the value that a name ends with
        self.right = self.is_right()  # in whatever way the program comes to it
        self.settled = self.settle()
        events = self.first.events
        corrected = {k for k in self.last if events[k].key[0] != "parameter" and events[k].name not in self.settled}
        self.run = self.first if self.right else trial.Run(problem, judging=True, corrected=corrected)
        for number, event in enumerate(self.run.events):
            self.judge(number, event)
        self.judge_returned()

    def add(self, line, name, verdict, *why):
        """Add a verdict, with its causes, to those on the same line and name."""
        old, whys = self.verdicts.get((line, name), ("right", []))
        self.verdicts[line, name] = max(verdict, old, key=VERDICTS.index), [*whys, *([why] if why else [])]

    def truths(self):
        """The right gradients."""
        return [self.problem.truth(("parameter", k)) for k in range(len(self.problem.parameters))]

    def is_right(self):
        """Whether the gradients that are returned are all there and right."""
        run, truths = self.first, self.truths()
        whole = self.is_whole() and run.changed is None and len(run.gradients) == len(truths)
        return whole and all(map(trial.alike, map(trial.as_array, run.gradients), truths))

    def is_whole(self):
        """Whether the program ran to its end, and nothing in it is still to be written."""
        parts = [*self.first.events, *self.first.entries]
        return self.first.gradients is not None and not any(p.error or p.array is Ellipsis for p in parts)

    def settle(self):
        """The names dz1, da1, dW1 and db1 where both gradients are right, and so on: they are, or are made good."""
        names, truths, gradients = self.problem.names(), self.truths(), self.first.gradients if self.is_whole() else []
        right = {}
        for name, truth, gradient in zip(names, truths, gradients, strict=False):
            number = name.lstrip("Wb")
            right[number] = right.get(number, True) and trial.alike(trial.as_array(gradient), truth)
        return {f"d{kind}{number}" for number, sound in right.items() if sound for kind in "zaWb"}

    def judge(self, number, event):
        """Judge the value that a derivative ends with."""
        if self.problem.truth(event.key) is None or isinstance(event.array, (list, tuple, dict, type(Ellipsis))):
            return
        before = self.first.events[number] if number < len(self.first.events) else None
        if event.error or number in self.last:
            of_parameter = event.key[0] == "parameter"  # such a one may have been added to in another way
            value, old = event.value, before and before.value
            if of_parameter:
                value, old = trial.as_array(event.array), before and trial.as_array(before.array)
            self.compare(event.line, event.name, event.key, value, old, event)

    def compare(self, line, name, key, value, before, event):
        """Add the verdict on a value that had all right above it, and was another before."""
        truth = self.problem.truth(key)
        if event.error:
            self.raised.add((line, name))
            self.add(line, name, "wrong", in_short(event.error))
        elif not (self.right or name in self.settled or trial.alike(value, truth)):
            words = self.causes(key, value, truth, event.now)
            if not any(map(str.isdigit, name)):  # dz instead of dz2, in a loop over the layers
                words = [re.sub(r"\b(d?[zaWb])\d+\b", r"\1", each) for each in words]
                words = [re.sub(r"\b(\w+) instead of \1\b", r"\1 of another layer", each) for each in words]
            self.add(line, name, "wrong", *words)
        elif not (self.right or name in self.settled or trial.alike(before, truth)):
            self.add(line, name, "follows")
        elif not np.any(truth):
            self.add(line, name, "right", "but it is 0 everywhere, so this says little")
        else:
            self.add(line, name, "right")

    def causes(self, key, value, truth, now):
        """What may explain a wrong value, the likeliest first; last of all the numbers."""
        if value is None:
            return ["it is no array of numbers"]
        kind, layer = self.problem.place(key)
        for each, k in zip(self.problem.layers(), self.problem.weights, strict=False):
            each.now = now.get(k)
        found = causes.find(kind, layer, value, truth, self.problem.data())
        if self.run.changed is not None:
            found = [
                words.replace("already updated", f"already updated, in line {self.run.changed}") for words in found
            ]
        if layer and layer is self.problem.layers()[-1] and kind in "za" and not self.problem.has_usual_loss():
            doubt = f"; or it is the loss, in line {self.problem.program.loss_line()}, that is not as you mean it"
            found = [words + doubt for words in found]
        return [*found, side_by_side(value, truth)]

    def judge_returned(self):
        """Judge the list of gradients, and those in it that have had no name."""
        run, line, names = self.run, self.problem.program.last_return(), self.problem.names()
        said = any("already updated" in why[0] for _, whys in self.verdicts.values() for why in whys)
        if run.changed is not None and not said:
            self.add(run.changed, "parameters", "wrong", "they are changed inside backward; that is the work of train")
        wrong = any(verdict == "wrong" for verdict, _ in self.verdicts.values())
        if run.gradients is None:
            if not wrong and run.error:
                raise Refused(self.problem.program.describe(run.error))
            if not wrong:
                self.add(
                    line, "gradients", "wrong", "backward has to return two things: the loss, and a list of gradients"
                )
        elif len(run.gradients) != len(names):
            odd = "some are missing" if len(run.gradients) < len(names) else "there are too many"
            self.add(line, "gradients", "wrong", f"{odd}: {len(run.gradients)} gradients for {len(names)} parameters")
        else:
            for k in range(len(names)):
                self.judge_gradient(k, names, line)

    def judge_gradient(self, k, names, line):
        """Judge what is returned in the place of parameter k, if nothing was said of it where it had a name."""
        run, truths, gradient = self.run, self.truths(), self.run.gradients[k]
        value = trial.as_array(gradient)
        named = [event for event in run.events if event.key and event.key[0] == "parameter"]
        own = any(event.array is gradient and event.key[1] == k for event in named)
        of_another = [event.name for event in named if event.array is gradient and not own]
        if of_another and not trial.alike(value, truths[k]):
            self.add(line, "gradients", "wrong", f"another order: {of_another[0]} is returned as that of {names[k]}")
        elif not any(
            event.array is gradient or (event.key[1] == k and trial.alike(value, truths[k])) for event in named
        ):
            made = [entry for entry in run.entries if entry is gradient or entry.array is gradient]
            where, error = (made[0].line, made[0].error) if made else (line, None)
            before = self.first.gradients
            before = trial.as_array(before[k]) if before is not None and len(before) == len(names) else None
            event = trial.Event(f"d{names[k]}", where, ("parameter", k), value, gradient, error, {})
            self.compare(where, event.name, event.key, value, before, event)


def in_short(error):
    """An error of Python in one line, and numpy's longest in words."""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    pattern = r"matmul: .*\(size (\d+) is different from (\d+)\)"
    return re.sub(pattern, r"the arrays of the product do not fit, \1 is not \2", words)


def side_by_side(value, truth):
    """Where a wrong array differs from the right one: how often, and the first numbers."""
    if value.shape != truth.shape:
        return f"{UNKNOWN}: it has the shape {value.shape}, and needs {truth.shape}"
    differ = causes.differs(value, truth)
    numbers = [" ".join(f"{x:.4g}" for x in array[differ][:4]) for array in (value, truth)]
    where = f"in {np.sum(differ)} of {differ.size} numbers " if differ.size > 1 else ""
    return f"{UNKNOWN}: {where}it is {numbers[0]}, and should be {numbers[1]}"


def combined(found):
    """The findings of several judgements as one: the worst verdict, and the cause that explains most."""
    result = []
    places = dict.fromkeys(place for each in found for place in each.verdicts)
    for line, name in sorted(places, key=lambda place: place[0]):
        verdicts, whys = zip(*[each.verdicts.get((line, name), ("right", [])) for each in found], strict=True)
        result.append(
            Finding(line, name, max(verdicts, key=VERDICTS.index), likeliest([why for each in whys for why in each]))
        )
    return result


def likeliest(whys):
    """Of several lists of causes, each with the likeliest first, the cause that is in most of them."""
    words = [word for why in whys for word in dict.fromkeys(why)]
    known = [word for word in words if not word.startswith(UNKNOWN)]
    return max(known or words, key=words.count, default="")


def equal_sizes(shapes, n):
    """The sizes of a network with the shapes given in which everything is n; a bias that is a row stays one."""
    rows = [len(shape) == 2 and not trial.is_weight(k, shapes) for k, shape in enumerate(shapes)]
    return n, [(1, n) if row else (n,) * len(shape) for shape, row in zip(shapes, rows, strict=True)], n


def explained(findings, raised, judgement):
    """The findings, of which those that raise an error get the cause that shows where all sizes are equal."""
    result = []
    for finding in findings:
        verdict, whys = judgement.verdicts.get(finding[:2], ("", []))
        cause = likeliest(whys)
        if finding[:2] in raised - judgement.raised and verdict == "wrong" and not cause.startswith(UNKNOWN):
            finding = finding._replace(why=f"{cause} (Python stops here)")
        result.append(finding)
    return result


def random_problem(reader, size, samples, targets, seed):
    """A trial.Problem for the program; if there is one, one that says something about every parameter."""
    kind = targets or reader.targets()
    for attempt in range(5):
        rng = np.random.default_rng([seed, samples, attempt])
        result = trial.Problem(reader, size, samples, kind, rng, autodiff.Tracked, activation.FUNCTIONS)
        if targets is None and kind != "classes" and result.has_shares():
            kind = "classes"
        elif not result.says_little():
            break
    return result


def judged(reader, size, targets, seed):
    """A Judgement for each number of samples."""
    return [Judgement(random_problem(reader, size, samples, targets, seed)) for samples in SAMPLES]


def fitted(reader, size, targets, seed):
    """The size, with biases that are rows where the program's gradients of them are."""
    inputs, shapes, outputs = size
    gradients = trial.Run(random_problem(reader, size, SAMPLES[0], targets, seed)).gradients or []
    if len(gradients) == len(shapes):
        pairs = zip(shapes, map(np.shape, gradients), strict=True)
        shapes = [own if len(shape) == 1 and own == (1, *shape) else shape for shape, own in pairs]
    return inputs, shapes, outputs


def wrong_with_more_outputs(reader, nodes, targets, seed, findings):
    """What is wrong only with two outputs more than were guessed, in words."""
    if any(finding.verdict != "right" for finding in findings):
        return []
    with contextlib.suppress(Refused):
        size = fitted(reader, reader.size([*nodes[:-1], nodes[-1] + 2])[0], targets, seed)
        wrong = [finding for finding in combined(judged(reader, size, targets, seed)) if finding.verdict == "wrong"]
        return [f"{name} would be wrong in line {line}: {why}" for line, name, _, why in wrong[:1]]
    return []


def examine(path, shape=None, targets=None, seed=0):
    """The findings in a file, as check returns them, and remarks on how they were found."""
    reader = program.Program(path)
    size, guessed = reader.size(shape)
    size = fitted(reader, size, targets, seed) if guessed or shape else size
    found = judged(reader, size, targets, seed)
    findings, remarks = combined(found), []
    if found[0].raised:
        with contextlib.suppress(Refused):  # not every program takes these sizes
            square = Judgement(random_problem(reader, equal_sizes(size[1], 5), 5, targets, seed))
            findings = explained(findings, found[0].raised, square)
    if not findings:
        raise Refused(f"{path}: the loss does not depend on the parameters")
    if guessed:
        nodes = [size[0], *(shape[-1] for shape in size[1] if len(shape) == 2 and shape[0] > 1)]
        remarks.append(f"checked as a network {'-'.join(map(str, nodes))}, which is a guess: --shape gives another")
        remarks += [
            f"with more outputs {words}" for words in wrong_with_more_outputs(reader, nodes, targets, seed, findings)
        ]
    if found[0].problem.at_a_kink():
        remarks.append("some sum is just at the kink of its activation, where this says little")
    findings += [Finding(line, name, "unwritten", hint) for line, name, hint in reader.unwritten]
    return sorted(findings, key=lambda finding: finding.line), remarks


def check(path, shape=None, targets=None, seed=0):
    """The findings in the file at path, in the order of its lines.

    shape: the number of inputs, of the nodes of each layer, and of outputs, as [2, 4, 1]; else it is taken from the
    file. targets: "numbers", "binary" or "classes". Raises Refused where the file cannot be checked.
    """
    return examine(path, shape, targets, seed)[0]


def examined(*arguments):
    """What examine returns, in plain tuples, as one process can hand it to another."""
    findings, remarks = examine(*arguments)
    return [tuple(finding) for finding in findings], remarks


def examine_apart(file, *settings):
    """What examine finds, in a process of its own, which may end or go on for ever without harm."""
    try:
        (findings, remarks), printed = apart.call(examined, file, *settings, seconds=SECONDS)
    except TimeoutError:
        what = "backward does not end, or this network is too large for it: --shape makes it smaller"
        raise Refused(f"{file}: no answer in {SECONDS} s: {what}") from None
    except ChildProcessError:
        raise Refused(f"{file}: it ends Python itself") from None
    return findings, [*remarks, *(["what the file prints was left out"] if printed else [])]


def main(arguments=None):
    parser = command_line.Parser(__file__, __doc__)
    parser.add_argument("file", metavar="FILE", help="a Python file with a function backward(X, Y, parameters)")
    shape = "inputs, nodes of each layer, outputs (default: what the file says)"
    parser.option("--shape", None, shape, type=command_line.NODES, nargs="+")
    kinds = ("numbers", "binary", "classes")
    parser.option("--targets", None, "what Y is made of (default: what the file needs)", choices=kinds)
    parser.option("--seed", 0, "the start of all random numbers", type=command_line.seed)
    options = parser.parse_args(arguments)
    findings, remarks = examine_apart(options.file, options.shape, options.targets, options.seed)
    width = max(len(name) for _, name, _, _ in findings)
    for line, name, verdict, why in findings:
        print(f"{options.file}:{line}: {name:{width}} {verdict:9} {why}".rstrip())
    report.notes(remarks)
    return int(any(verdict != "right" for _, _, verdict, _ in findings))


if __name__ == "__main__":
    command_line.run(main)
