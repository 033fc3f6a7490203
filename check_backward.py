"""Find the wrong line of a training step: of any program that trains something, as it is.

The program is run, and one of its steps is looked at. Every value in it is disturbed a little, which shows how the
loss depends on it: this is what its derivative has to be. A line is right if it gives the derivative of the loss with
respect to something, and an update if it goes down along the derivative of its parameter.

New compared with autodiff.py: it is your own backward pass that is looked at, and the answer is a line and a cause.

Run:  python check_backward.py exercises/mistake_1.py
Try:  python check_backward.py xor.py
      python check_backward.py FILE, with a program of your own
"""

import contextlib
import dataclasses
import multiprocessing
import re
import time

from backstage import Refused, command_line, report
from backstage.checker import Finding, probes, program, repairs, step, written

import numpy as np

VERDICTS = ("right", "follows", "wrong")  # from the best to the worst
ERRORS = r"(?i:loss|cost|err|mse|entropy|objective)|\b[JLE]\b"  # how losses are called
UNEVEN = r"sqrt|\*\* ?\(?(0\.5|1 ?/ ?2)|clip|sign|norm|max"  # what makes an update of another size than the gradient


@dataclasses.dataclass(eq=False)
class Loss:
    """What may be descended: in words; its value in a run; where outputs meet targets; the node that it is, or None."""

    words: str
    value: object
    meets: tuple
    rows: tuple = ()
    own: object = None


SQUARED = "half the squared error"
LOSSES = {
    SQUARED: lambda a, y: (a - y) ** 2 / 2,
    "the cross-entropy": lambda a, y: -y * np.log(a),
    "the binary cross-entropy": lambda a, y: -y * np.log(a) - (1 - y) * np.log(1 - a),
}


def fit(x, y, *others):
    """The c with x = c y (+ a multiple of each of the others), or None."""
    columns = np.stack([y, *others], axis=1)
    if len(x) < 3 or len(x) <= columns.shape[1] or not (np.isfinite(x).all() and np.isfinite(columns).all()):
        return None
    if np.abs(y).max() < 1e-10 or np.abs(x).max() < 1e-12:
        return None
    weights = np.linalg.lstsq(columns / np.abs(columns).max(axis=0), x, rcond=None)[0] / np.abs(columns).max(axis=0)
    fits = np.abs(x - columns @ weights).max() < 1e-5 * np.abs(x).max()
    return weights[0] if fits else None


def shaped(value, shape):
    """The value in a shape, where it is that up to axes of length 1, or turned; or None."""
    if [n for n in value.shape if n > 1] == [n for n in shape if n > 1]:
        return value.reshape(shape)
    if value.ndim == 2 and value.T.shape == shape:
        return value.T
    return value.reshape(shape) if value.size == np.prod(shape) > 1 else None


def along(values, rows, spread=False):
    """How far values, one for each noise, reach in the directions of the rows; or None where they do not fit.

    spread: a smaller value fits where numpy would let it.
    """
    found = [shaped(values[noise], direction.shape) for noise, direction, _ in rows]
    if spread and any(v is None for v in found):
        with contextlib.suppress(ValueError):
            found = [np.broadcast_to(values[noise], direction.shape) for noise, direction, _ in rows]
    return None if any(v is None for v in found) else np.array([np.sum(v * row[1]) for v, row in zip(found, rows)])


def near(a, b):
    return abs(a - b) <= 1e-3 * abs(b)


class Judge:
    """What is known of the step of a program: its losses, and how they depend on everything in it."""

    def __init__(self, experiment, returned=None, partial=False):
        self.all, self.partial, self.exact = experiment, partial, returned is not None
        found = {p: experiment.of_event.get(event) for p, event in enumerate(experiment.plan.ends)}
        self.ends = {
            p: node for p, node in found.items() if node and not (partial and not np.any(experiment.step(p, node)))
        }
        self.order = {node: number for number, node in enumerate(experiment.nodes)}
        self.pairs = self.meetings()
        self.losses = [] if returned else [*self.built(), *self.shown()]
        if returned in experiment.of_event:
            meets = tuple(row[0] for row in self.pairs)
            node = experiment.of_event[returned]
            self.losses = [Loss("the loss that backward returns", lambda v: v[returned].sum(), meets, own=node)]
        elif returned:
            self.losses = list(self.shown())
        if not self.losses:
            raise Refused("no loss is found: nothing compares an output with a target, and no number is a loss")
        self.measure()

    def after(self, place):
        return self.all.after.get(place, set())

    def meetings(self):
        """Where an output meets a target: (node, target, the output as a function of the values in a run)."""
        found, bases = [], self.all.bases
        for node in self.all.nodes:
            both = [base.seen[node.event][1] for base in bases if node.event in base.seen]
            if node not in self.all.moving or len(both) < len(bases):
                continue
            for side in (0, 1) if node.operation in ("sub", "truediv", "mul") else ():
                target, output = both[0][side], node.sources[1 - side]
                still = isinstance(target, (np.ndarray, np.number, int, float)) and not node.site.literal[side]
                if not still or not all(np.array_equal(target, other[side]) for other in both):
                    continue
                target = np.array(target, float)
                target = target.reshape(node.values[0].shape) if target.size == node.values[0].size == 1 else target
                if not target.shape == node.values[0].shape == np.shape(both[0][1 - side]):
                    continue
                if node.operation == "sub":
                    found.append((node, target, difference(node.event, target, -1 if side == 0 else 1)))
                elif output in self.all.moving:
                    found.append((node, target, lambda values, e=output.event: values[e]))
            for other in self.before(node) if node.in_place and node not in self.ends.values() else ():
                target = other.values[0] - node.values[0]
                found.append((node, target, difference(node.event, target, 1)))
        return found

    def before(self, node):
        """The node, if there is one, from which the same has been taken in place for each noise."""
        for other in self.all.nodes[: self.order[node]][::-1]:
            if other in self.all.moving and other.values[0].shape == node.values[0].shape:
                taken = [a - b for a, b in zip(other.values, node.values)]
                if np.any(taken[0]) and all(np.allclose(each, taken[0], atol=1e-12) for each in taken):
                    return [other]
        return []

    def built(self):
        """The losses of each place in the program where an output meets a target."""
        groups, merged = {}, {}
        for row in self.pairs:
            groups.setdefault(row[0].site, []).append(row)
        for rows in groups.values():
            arrays = [a for _, target, output in rows for a in (output(self.all.bases[0].values), target)]
            merged.setdefault(tuple(a.round(9).tobytes() for a in arrays), []).append(rows)
        for several in merged.values():
            meets, rows = tuple(row[0] for rows in several for row in rows), several[0]
            outputs = [output(base.values) for _, _, output in rows for base in self.all.bases]
            for words, function in LOSSES.items():
                if words == SQUARED or words == kind_of(outputs):
                    yield Loss(words, total(rows, function), meets, rows)

    def shown(self):
        """The losses that the program computes itself: numbers on which no update depends."""
        meets = tuple(row[0] for row in self.pairs)
        onward = set().union(*(self.after(node) for node in self.all.places if self.after(node) & set(meets)), set())
        ends = set(self.ends.values())
        alone = [
            n for n in self.all.places if n.values[0].size == 1 and n in onward and not ({n} | self.after(n)) & ends
        ]
        for node in alone:
            if not any(n in self.after(node) and n.line == node.line for n in alone):  # it is no part of another
                same = [n for n in self.all.nodes if n.site == node.site]
                words = f"{node.name} in line {node.line}"
                if node is same[-1]:
                    yield Loss(words, lambda values, e=node.event: values[e].sum(), meets, own=node)
                    if len(same) > 1:
                        events = [n.event for n in same]
                        yield Loss(words, lambda values, es=events: sum(values[e].sum() for e in es), meets, own=node)

    def carried(self, meets):
        """The values that carry the error of these meetings on to an update."""
        ends = set(self.ends.values())
        if not meets:  # nothing is seen to meet a target: what feeds an update, and no loss
            losses = {loss.own for loss in self.losses}
            return {n for n in self.all.places if self.after(n) & ends and not self.after(n) & losses}
        found = set(meets).union(*(self.after(node) for node in meets))
        if self.exact:
            return found
        return {n for n in found if n in ends or self.after(n) & ends} or self.carried(())

    def measure(self):
        """The slopes of all losses at every place before the error; and what else is needed to find a culprit."""
        self.carry = {loss.meets: self.carried(loss.meets) for loss in self.losses}
        behind = set.intersection(*self.carry.values())
        goals = {row[0] for row in self.pairs} | {loss.own for loss in self.losses}
        forward = [n for n in self.all.places if n not in behind and self.after(n) & goals]
        functions = {loss: lambda values, _, loss=loss: loss.value(values) for loss in self.losses}
        self.forward, self.handed_on = forward, {}
        parameters = range(len(self.all.plan.starts)) if self.partial else self.ends
        self.rows = {place: self.all.slopes(place, functions) for place in (*parameters, *forward)}
        self.last = {p: self.last_proportional(p) for p in self.ends}

    def handed(self, p):
        """Pairs of values on the way to the update of p, and values before them that p acts on, of one shape.

        The first may be what belongs to the second as its derivative. Each is a tuple of nodes: one, or all that the
        same line gives in the step. With them go the slopes of what is right for all that the first hands on to.
        """
        if p in self.handed_on:
            return self.handed_on[p]
        begin = min((self.order[n] for each in self.carry.values() for n in each), default=0)
        late = [n for n in self.all.places if self.order[n] >= begin and self.ends[p] in self.after(n)]
        early = [n for n in self.forward if n in self.after(p)]
        lines = several(self.all.nodes, early)
        early = [*((n,) for n in early), *lines, *(nodes[::-1] for nodes in lines)]
        pairs = {}
        for v in (*((n,) for n in late), *several(self.all.nodes, late)):
            for z in early:
                fits = len(v) == len(z) and min(map(self.order.get, z)) < self.order[v[0]]
                if fits and all(shaped(a.values[0], b.values[0].shape) is not None for a, b in zip(v, z)):
                    pairs[v, z] = handing_on(v, z)
        rows = self.all.slopes(p, pairs)
        self.handed_on[p] = [(v, z, np.array([row[2][v, z] for row in rows])) for v, z in pairs]
        return self.handed_on[p]

    def last_proportional(self, p):
        """The last value on the way to p, in its shape, that grows with the error, where the update does not."""
        meets = {node for node in self.all.places if any(node in loss.meets for loss in self.losses)}
        changes = {node.event: 0.3 * node.values[0] for node in meets}
        if not changes:
            return None
        up = self.all.record(0, changes).values
        down = self.all.record(0, {event: -change for event, change in changes.items()}).values

        def grows(node):
            if node.event not in up or node.event not in down:
                return False
            bend = up[node.event] + down[node.event] - 2 * node.values[0]
            size = np.abs(up[node.event] - down[node.event]).max()
            return np.abs(bend).max() <= 1e-7 * size + 1e-13

        end = self.ends[p]
        way = [n for n in self.all.nodes if any(n in self.after(m) for m in meets) and end in self.after(n)]
        even = [n for n in way if n.values[0].shape == end.values[0].shape and grows(n)]
        on_purpose = re.search(UNEVEN, " ".join(n.site.text for n in [*way, end]))
        return even[-1] if even and on_purpose and not grows(end) else None

    def change(self, p, whole=False):
        """What the update does to p, in the directions of its rows; or the gradient, where it does more than a step."""
        values = self.last[p].values if self.last[p] and not whole else self.all.step(p, self.ends[p])
        return None if values is None else along(values, self.rows[p])

    def factor(self, p, slopes):
        """The c with which the change of p is c times the slopes, next to weight decay or momentum; or None."""
        x, rows = self.change(p), self.rows[p]
        if x is None:
            return None
        decay = np.array([np.sum(self.all.noises[noise][p] * direction) for noise, direction, _ in rows])
        if self.exact:
            return fit(x, slopes)
        first, second = np.eye(2)[[i % 2 for i in range(len(rows))]].T  # what is left of the steps before
        tries = [(), (decay,), (first, second), (decay, first, second)]
        if rows[0][1].size == 1:  # where both directions say the same
            x, slopes, tries = x[::2], slopes[::2], [(), (decay[::2],), (first[::2],)]
        for others in tries if self.all.recent[p] else tries[:2]:
            c = fit(x, slopes, *others)
            if c and self.last[p]:
                return abs(c) * np.sign(np.sum(self.change(p, whole=True)[: len(x)] * slopes))
            if c:
                return c
        return None


def several(nodes, chosen):
    """All nodes of a line's value, where there are several of one shape."""
    sites = {}
    for node in nodes:
        sites.setdefault((node.site, node.values[0].shape), []).append(node)
    return [tuple(same) for same in sites.values() if len(same) > 1 and set(same) & set(chosen)]


def handing_on(v, z):
    """The sum of the products of v and z, where only z changes: its slopes are right for all that v hands on to."""

    def value(values, noise):
        return sum(np.sum(shaped(a.values[noise], b.values[0].shape) * values[b.event]) for a, b in zip(v, z))

    return value


def difference(event, target, sign):
    """The output, as a function of the values in a run, from the event in which it meets the target."""
    return lambda values: target + sign * values[event]


def total(rows, function):
    return lambda values: sum(np.sum(function(output(values), target)) for _, target, output in rows)


def kind_of(outputs):
    """Which cross-entropy the outputs, one array for each noise, are made for, or None."""
    if not all(np.all((o > 0) & (o < 1)) for o in outputs):
        return None
    shares = any(all(np.allclose(o.sum(axis), 1) for o in outputs) for axis in range(outputs[0].ndim))
    return "the cross-entropy" if shares and outputs[0].size > 1 else "the binary cross-entropy"


class Verdict:
    """What is said of each line, if this is the loss."""

    def __init__(self, judge, loss):
        self.judge, self.loss, self.exact, self.all = judge, loss, judge.exact, judge.all
        slopes = {place: np.array([row[2][loss] for row in rows]) for place, rows in judge.rows.items() if rows}
        self.slopes = {place: s for place, s in slopes.items() if np.isfinite(s).all() and np.abs(s).max() > 1e-10}
        self.carry = sorted(judge.carry[loss.meets], key=judge.order.get)
        self.factors = {p: judge.factor(p, self.slopes[p]) for p in judge.ends if p in self.slopes}
        self.right = {
            node: found for node in self.carry if node not in judge.ends.values() and (found := self.of(node))
        }
        self.usual = self.commonest()
        self.fine = {p for p, c in self.factors.items() if c and c < 0 and (near(c, self.usual) or judge.last[p])}

    def of(self, node):
        """The place with respect to which the node is a derivative, and the constant factor that it has; or None."""
        for place, slopes in self.slopes.items():
            if isinstance(place, int) or self.judge.order[place] < self.judge.order[node]:
                x = along(node.values, self.judge.rows[place])
                c = x is not None and fit(x, slopes)
                if c:
                    return place, c
        return None

    def commonest(self):
        """The factor that most of the parameters have in their step, of equals that of the last."""
        if self.exact:
            return -1.0
        down = {p: c for p, c in self.factors.items() if c and c < 0 and not self.judge.last[p]}

        def weight(p):  # how many say so, of them those that are the derivative of the loss shown, how large they are
            same = [q for q in down if near(down[q], down[p])]
            exact = sum(place in same and near(c, 1.0) for place, c in self.right.values()) if self.loss.own else 0
            return len(same), exact, sum(self.all.noises[0][q].size for q in same)

        return down[max(down, key=weight)] if down else -1.0

    @property
    def score(self):
        """How well this loss explains the step."""
        known = [c for c in self.factors.values() if c]
        upto = next((i for i, n in enumerate(self.carry) if n.named and n not in self.right), len(self.carry))
        return len(self.fine), sum(c < 0 for c in known), len(known), upto, len(self.right), bool(self.loss.own)

    @property
    def is_right(self):
        return len(self.fine) == len(self.judge.ends)

    def feeds(self, node, p):
        """Whether the node has a part in the update of p."""
        return self.judge.ends[p] in self.judge.after(node)

    def culprit(self, p):
        """The node from which on the way to p is wrong, and what it should be the derivative of.

        It is the first with which all is right that comes after it.
        """
        judge, found = self.judge, []
        for v, z, slopes in judge.handed(p):
            known = self.right.get(v[0])
            if not (known and known[0] in z) and len(slopes) == len(judge.rows[p]) and judge.factor(p, slopes):
                found.append((judge.order[v[0]], judge.order[z[0]], v[-1], z[-1]))
        for node in judge.all.places:
            x = along(node.values, judge.rows[p], spread=True) if self.feeds(node, p) else None
            if x is not None and judge.factor(p, x):
                found.append((judge.order[node], 0, node, p))
        if not found:
            return judge.ends[p], p
        _, _, node, place = min(found, key=lambda row: row[:2])
        return node, place

    def blamed(self, p):
        """Whose fault a wrong update is: (node, why, what a repair of it has to be the derivative of, its factor)."""
        c = self.factors.get(p)
        if c:
            return self.odd_factor(p, c)
        node, place = self.culprit(p)
        changed = [n for n in self.updates() if node in self.judge.after(n)]
        if changed:
            where = f"{changed[0].name} is changed already, in line {changed[0].line}, and used here"
            return node, where, place, None
        if node is self.judge.ends[p] and any(self.right[n][0] == p for n in self.right):
            return node, "the change is not in proportion to the gradient", None, None
        if node in self.right and self.right[node][0] is not place:
            return self.misused(node, place, p)
        return node, "it is no derivative of the loss", place, None

    def handed_back(self, p, file):
        """Whose fault it is that another value is returned as gradient p, if that is not a derivative's on the way."""
        line, texts = file.returned()
        given = [np.ravel(noise[p] - end) for noise, end in zip(self.all.noises, self.judge.ends[p].values)]
        named = [n for n in self.all.nodes if n.named and (n.name == texts[p] if texts else is_same(n, given))]
        if named and isinstance(self.right.get(named[-1], (None,))[0], int) and self.right[named[-1]][0] != p:
            why = f"another order: {named[-1].name} is returned as gradient {p + 1}"
        elif p in file.misfits or self.blamed(p)[0] is self.judge.ends[p]:
            why = file.misfits.get(p, "it is no derivative of the loss")
            if named:
                return named[-1], why, p, None
        else:
            return self.blamed(p)
        site = self.judge.ends[p].site._replace(line=line, name="gradients")
        return step.Node(None, site, [], "", False), why, None, None

    def updates(self):
        """The values that parameters have after a change within the step."""
        for node in self.all.places:
            for p in self.factors:
                steps = self.all.step(p, node)
                if node is self.judge.ends[p] or (steps and fit(along(steps, self.judge.rows[p]), self.slopes[p])):
                    yield node

    def misused(self, node, place, p):
        """A value that is the derivative with respect to one thing, and is used as if it were to another."""
        own = self.right[node][0]
        later = [n for n in self.carry if self.feeds(n, p) and n in self.judge.after(node)]
        same = [n for n in later if n in self.right and self.right[n][0] is own and n.named]
        last = same[-1] if same else node
        why = f"it is the derivative with respect to {self.called(own)}, and goes on as that to {self.called(place)}"
        elsewhere = [n for n in self.right if n in self.judge.after(last) and self.right[n][0] is not own]
        elsewhere += [q for q in self.fine if self.feeds(last, q)]
        users = [n for n in later if n in self.judge.after(last) and not any(self.feeds(n, q) for q in self.fine)]
        products = [n for n in later if last in factors(n) and n not in self.right]
        if last.named and products and not same:
            return products[-1], "it is no derivative of the loss", place, None
        if elsewhere and users:
            fits = along(users[0].values, self.judge.rows[p]) is not None
            return users[0], f"{last.name}: {why}", p if fits else place, None
        return last, why, place, None

    def source(self, node):
        """Of a product, the factor without error, if another line makes it, for this alone; and the other factor."""
        for factor, other in (node.sources, node.sources[::-1]) if node.operation == "mul" else ():
            if factor in self.all.moving and factor not in self.carry and factor.line != node.line and other:
                after = self.judge.after(factor)
                forward = any(n in after or n.site == factor.site for n in self.slopes if not isinstance(n, int))
                same = [self.judge.after(n) for n in self.all.nodes if n.site == factor.site]
                useful = any(self.judge.ends[q] in after for q in self.fine)
                useful = useful or any(n in each for each in same for n in self.right)
                if not forward and not useful:
                    return factor, other
        return None, None

    def odd_factor(self, p, c):
        """What is a derivative but for a factor or its sign."""
        judge, way = self.judge, [n for n in self.carry if n in self.right and self.feeds(n, p)]
        times = c / self.usual
        words = f"{abs(times):.4g} times what it {'should be' if self.exact else 'is for the others'}"
        words = "the sign is the other way round" if near(times, -1.0) else words
        if not self.fine and not self.exact and all(c and c > 0 for c in self.factors.values()):
            words = "the step goes uphill: the sign is the other way round"
            turned = [n for n in way if self.right[n][1] < 0]
            return (turned[0] if turned else judge.ends[p]), words, None, None
        good = [n for n in way if any(self.feeds(n, q) for q in self.fine)]
        before = 1.0 if self.exact else self.right[good[-1]][1] if good else None
        own = [n for n in way if self.right[n][0] == p and n not in good]
        way = way[: way.index(own[0])] if own else way
        jumps = [n for n in way if before and n.named and n not in good and not near(self.right[n][1], before)]
        node = (jumps or own or [judge.ends[p]])[0]
        if node in self.right and abs(times) > 0:
            return node, words, self.right[node][0], self.right[node][1] / times
        return node, words, None, None

    def called(self, place):
        if not isinstance(place, int):
            return place.name
        values = [noise[place].ravel() for noise in self.all.noises]
        same = [
            n.name for n in self.all.nodes if n.named and n.name.strip("_") and is_same(n, values)
        ]  # as in W1, b1 = parameters
        return same[0] if same else f"parameter {place + 1}" if self.exact else self.judge.ends[place].name

    def repaired(self, node, place, factor):
        """The node that is to be mended, the mistake in words, and what it should be; or the node, None, None."""
        rows, slopes = self.judge.rows.get(place), self.slopes.get(place)
        if slopes is None:
            return node, None, None
        factor = 1.0 if self.exact and node.named else factor if node.named else None

        def accepts(values):
            x = along(values, rows)
            c = x is not None and fit(x, slopes)
            return c and (factor is None or near(c, factor))

        origin, other = self.source(node)
        found = repairs.find(self.all, node, accepts, names_only=origin is not None)
        if found or origin is None:
            return node, *(found or (None, None))

        def times(values):
            with contextlib.suppress(ValueError):
                return accepts([a * b for a, b in zip(values, other.values)])

        return origin, *(repairs.find(self.all, origin, times) or (None, None))

    def findings(self, file=None):
        """A Finding for each line that makes a derivative or an update, in the order of the lines.

        file: what has the function backward, if the step is written for it.
        """
        found, blamed = {}, {}

        def say(node, verdict, why=""):
            if VERDICTS.index(verdict) >= VERDICTS.index(found.get(where(node), VERDICTS)[0]):
                found[where(node)] = verdict, why

        for p in self.factors:
            if p not in self.fine:
                node, *said = self.handed_back(p, file) if file else self.blamed(p)
                blamed.setdefault(where(node), (node, *said))
        bad = [node for node, *_ in blamed.values()]
        for p in self.fine if file else ():  # a gradient without a name, in what is returned
            nodes = [node for node, (place, _) in self.right.items() if place == p]
            if nodes and not any(node.named for node in nodes):
                nodes[-1].call(nodes[-1].site._replace(line=nodes[-1].site.own_line, name=f"d{self.called(p)}"))
        for node in self.carry:
            if node in self.right and node.named:
                place, c = self.right[node]
                times = "" if near(c, 1.0) else f"{c:.4g} times "
                say(node, "right", f"{times}the derivative with respect to {self.called(place)}")
            elif node.named and any(node in self.judge.after(other) for other in bad):
                say(node, "follows")
        for p, node in self.judge.ends.items() if not file else ():
            say(node, "right" if p in self.fine else "follows")
        loss = self.loss.value(self.all.record(0).values)
        for event in self.all.suspects:  # on which the loss depends, and that no error changes
            site = self.all.program.sites[event[0]]
            with contextlib.suppress(KeyError):
                if not np.isclose(self.loss.value(self.all.record(0, {event: 1e-3}).values), loss, 1e-12, 0):
                    found[site.file, site.line, site.name] = "wrong", "the error has no effect on this change"
        for node, why, place, factor in blamed.values():
            node, mistake, better = self.repaired(node, place, factor)
            part = "" if node.named else f", instead of {node.site.text}"
            say(node, "wrong", f"{mistake}: right would be {better}{part}" if mistake else why)
        return [Finding(*key, *said) for key, said in sorted(found.items(), key=lambda row: row[0][:2])]


def where(node):
    """The file, line and name under which a node is judged."""
    return node.file, node.line if node.name != node.site.text or node.named else node.site.own_line, node.name


def factors(node):
    """The nodes of which a node is the product."""
    found = [each for each in node.sources if each] if node.operation == "mul" else []
    return [*found, *(further for each in found for further in factors(each))]


def is_same(node, rows):
    """Whether a node has these numbers, one row for each noise."""
    pairs = zip(map(np.ravel, node.values), rows)
    return all(value.size == row.size and np.allclose(value, row, 0, 1e-12) for value, row in pairs)


def chosen(judge):
    """The verdict for the loss that is descended, or that is shown if it is another; and remarks on it."""
    verdicts = [Verdict(judge, loss) for loss in judge.losses]
    best = max(verdicts, key=lambda verdict: verdict.score)
    shown = [v for v in verdicts if v.loss.own and v.slopes and is_meant(judge, v.loss)]
    if judge.exact or best.loss.own:
        return best, [] if judge.exact else [f"judged for {best.loss.words}"]
    if shown and not any(same_course(best, v) for v in shown):
        remark = f"; what the step descends is {best.loss.words}" if best.is_right else ""
        best = max(shown, key=lambda verdict: verdict.score)
        return best, [f"judged for {best.loss.words}, which the file shows{remark}"]
    remarks = [f"judged for {best.loss.words}, which is not computed in the step"]
    others = [v for v in verdicts if v.loss.meets == best.loss.meets and v.loss.words == SQUARED and v is not best]
    for finding in others[0].findings() if others and best.is_right else ():
        if "right would be" in finding.why:
            remarks.append(f"for {others[0].loss.words} line {finding.line} would be wrong: {finding.why}")
    return best, remarks


def is_meant(judge, loss):
    """Whether a number is called a loss, and is not the mean absolute error, which many show and none descends."""
    values = np.array([loss.value(base.values) for base in judge.all.bases])
    for other in judge.losses:
        sums = [total(other.rows, lambda a, y: np.abs(a - y))(base.values) for base in judge.all.bases]
        if other.rows and np.allclose(values / values[0], np.array(sums) / sums[0], 1e-9):
            return False
    return bool(re.search(ERRORS, f"{loss.own.name} {loss.own.site.text}"))


def same_course(a, b):
    """Whether for each noise one loss falls where the other does, as the squared error and its root."""
    rows = [
        (row[0], a.slopes[p][i], b.slopes[p][i])
        for p in a.factors
        if p in b.slopes
        for i, row in enumerate(a.judge.rows[p])
    ]
    fits = [fit(*np.array([row[1:] for row in rows if row[0] == noise]).T) for noise in range(step.NOISES) if rows]
    return bool(fits) and all(c and c > 0 for c in fits)


def further_remarks(judge, verdict):
    """What was not judged, and parameters that never change."""
    uneven = dict.fromkeys(judge.ends[p].name for p in judge.ends if judge.last[p])
    if uneven:
        yield f"not judged: how large the steps of {', '.join(uneven)} are, which do not grow with the gradient"
    elif not judge.exact:
        yield "not judged: factors that all parameters have in common"
    for node in verdict.slopes:
        if not isinstance(node, int) and node.operation == "add":
            for name, value in judge.all.still(node):
                if value.size < node.values[0].size:
                    yield f"{name}, in line {node.line}, never changes"


def examined(path, shape, targets, seed, seconds):
    """The findings in the file at path, and remarks."""
    end, file = time.process_time() + seconds, written.Written(path)
    if file.owner is None:
        return of_program(path, seed, end, "__main__")
    try:
        findings, remarks = of_backward(file, shape, targets, seed, end)
    except Refused as refusal:
        try:
            return of_program(path, seed, end, "__main__")
        except Refused:
            raise refusal from None
    if all(finding.verdict == "right" for finding in findings):  # how it trains may be wrong all the same
        with contextlib.suppress(Refused):
            known = {finding[:3] for finding in findings}
            trained, remarks = of_program(path, seed, end, "checked")
            findings += [finding for finding in trained if finding[:3] not in known]
    return findings, remarks


def of_program(path, seed, end, name):
    """The same for a file that trains something when it is run as a module of this name."""
    trained = program.Program(path, end, name=name)
    try:
        judge = Judge(step.Experiment(trained, seed))
    except Refused as error:
        raise Refused(f"{path}: {error}") from None
    except Exception as error:
        raise Refused(trained.describe(error)) from None
    verdict, remarks = chosen(judge)
    return verdict.findings(), [*remarks, *dict.fromkeys(further_remarks(judge, verdict))]


def of_backward(file, shape, targets, seed, end):
    """The same for a file with a function backward, with a step that is written for it."""
    file.refuse_what_is_not_begun()
    space, partial, stopped, judge = file.loaded(), bool(file.unwritten), None, None
    *sizes, guessed = file.shapes(shape, space)
    data = [(sizes, written.SAMPLES, 0), (sizes, written.SAMPLES, 1), (sizes, written.SAMPLES, 2)]
    for size, samples, letters in (*data, (written.square(sizes[0]), 5, 0)):
        if letters and not isinstance(stopped, IndexError):
            continue
        trained, plan, loss = file.step(size, samples, letters, space, targets, seed, end)
        try:
            judge = Judge(step.Experiment(trained, seed, plan, partial), loss, partial)
            break
        except Refused as error:
            raise Refused(f"{file.path}: {error}") from None
        except Exception as error:
            stopped = stopped or error
    findings = {finding[1:3]: finding for finding in chosen(judge)[0].findings(file)} if judge else {}
    if stopped and not letters:
        add_error(findings, trained, stopped, file)
    if file.misfits and not any(finding.verdict == "wrong" for finding in findings.values()):
        add_misfit(findings, file)
    for line, name, hint in file.unwritten:
        findings[line, name] = Finding(file.path, line, name, "unwritten", hint)
    nodes = "-".join(map(str, file.nodes(sizes[0])))
    guess = f"checked as a network {nodes}, which is a guess: --shape gives another"
    return [findings[key] for key in sorted(findings)], [guess] if guessed else []


def add_error(findings, trained, error, file):
    """Add the line at which Python stops."""
    line = trained.where(error)
    if isinstance(error, written.Misfit):
        if not file.misfits:
            findings[line, "gradients"] = Finding(file.path, file.returned()[0], "gradients", "wrong", str(error))
        return
    if not line or not isinstance(error, (ValueError, TypeError)):
        raise Refused(trained.describe(error))
    there = [key for key, finding in findings.items() if key[0] == line and finding.verdict == "wrong"]
    for key in there:
        findings[key] = findings[key]._replace(why=f"{findings[key].why} (Python stops here)")
    if not there:
        name = trained.lines[line - 1].split("=")[0].strip()
        findings[line, name] = Finding(trained.path, line, name, "wrong", f"{type(error).__name__}: {error}")


def add_misfit(findings, file):
    """Add that what is returned does not fit, where nothing else is wrong."""
    p, why = min(file.misfits.items(), key=str)
    line, texts = file.returned()
    known = [key for key in findings if p != "changed" and p < len(texts) and key[1] == texts[p]]
    findings[known[-1] if known else (line, "gradients")] = Finding(
        file.path, *(known[-1] if known else (line, "gradients")), "wrong", why
    )


def show(findings):
    """Print the findings, and under each that is wrong its line as it is written."""
    width = max((len(probes.short(finding.name)) for finding in findings), default=0)
    for file, line, name, verdict, why in findings:
        print(f"{file}:{line}: {probes.short(name):{width}} {verdict:9} {why}".rstrip())
        if verdict == "wrong":
            print(f"    {program.read(file).splitlines()[line - 1].strip()}")


def main(arguments=None):
    parser = command_line.Parser(__file__, __doc__)
    parser.add_argument(
        "file", metavar="FILE", help="a Python file that trains something, or has backward(X, Y, parameters)"
    )
    shape = "inputs, nodes of each layer, outputs (default: what the file says)"
    parser.option("--shape", None, shape, type=command_line.NODES, nargs="+")
    kinds = ("numbers", "binary", "classes")
    parser.option("--targets", None, "what Y is made of (default: what the file needs)", choices=kinds)
    parser.option("--seconds", 20, "how long the file may take", type=command_line.NODES)
    parser.option("--seed", 0, "the start of all random numbers", type=command_line.seed)
    options = parser.parse_args(arguments)
    settings = options.file, options.shape, options.targets, options.seed, options.seconds
    with program.pool() as pool:
        try:
            findings, remarks = pool.apply_async(examined, settings).get(options.seconds + 10)
        except multiprocessing.TimeoutError:
            raise Refused(f"{options.file}: no answer in {options.seconds} s: --seconds gives it more") from None
    show(findings)
    report.notes(remarks)
    return int(any(finding.verdict != "right" for finding in findings))


if __name__ == "__main__":
    command_line.run(main)
