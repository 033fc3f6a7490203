"""Find the wrong line of a training step: of any program that trains something, as it is.

The program is run, and one of its steps is looked at. Every value in it is disturbed a little, which shows how the
loss depends on it: this is what its derivative has to be. A line is right if it gives the derivative of the loss with
respect to something, and an update if it goes down along the derivative of its parameter. Meanwhile the program writes,
deletes, starts and sends nothing by accident, and one that does not end is ended.

New compared with autodiff.py: it is your own backward pass that is looked at, and the answer is a line and a cause.

Run:  python check_backward.py exercises/mistake_1.py
Try:  python check_backward.py xor.py
      python check_backward.py FILE, with a program of your own
"""

import contextlib
import multiprocessing
import re
from typing import NamedTuple

from backstage import Refused, command_line, report
from backstage.checker import Finding, backward_function, program, repairs, step

import numpy as np

VAGUE, REMEDY = "it is no derivative of the loss", "right would be"
VERDICTS = ("right", "follows", "wrong")  # from the best to the worst
ERRORS = r"(?i:loss|cost|err|mse|entropy|objective)|\b[JLE]\b"  # how losses are called
UNEVEN = r"sqrt|\*\* ?\(?(0\.5|1 ?/ ?2)|clip|sign|norm|max"  # what makes an update of another size than the gradient


class Loss(NamedTuple):
    """What may be descended: in words; its value in a run; where outputs meet targets; the node that it is, or None."""

    words: str
    value: object
    meets: tuple
    own: object = None


SQUARED = "half the squared error"
LOSSES = {
    SQUARED: lambda a, y: (a - y) ** 2 / 2,
    "the cross-entropy": lambda a, y: -y * np.log(a),
    "the binary cross-entropy": lambda a, y: -y * np.log(a) - (1 - y) * np.log(1 - a),
}


def fit(x, y, *others):
    """The c with x = c y (+ a multiple of each of the others), or None, as where there is no x."""
    columns = np.stack([y, *others], axis=1)
    enough = x is not None and len(x) > columns.shape[1] and np.isfinite(x).all() and np.isfinite(columns).all()
    if not enough or np.abs(y).max() < 1e-10 or np.abs(x).max() < 1e-12:
        return None
    weights = np.linalg.lstsq(columns / np.abs(columns).max(axis=0), x, rcond=None)[0] / np.abs(columns).max(axis=0)
    fits = np.abs(x - columns @ weights).max() < 1e-5 * np.abs(x).max()
    return weights[0] if fits else None


def shaped(value, shape):
    """The value in a shape: turned, with other axes of length 1, or spread where numpy would do that."""
    if value.shape != shape == value.T.shape:
        return value.T
    return value.reshape(shape) if value.size == np.prod(shape) else np.broadcast_to(value, shape)


def along(values, rows):
    """How far values, one for each noise, reach in the directions of the rows; or None where they do not fit."""
    try:
        return np.array([np.sum(shaped(values[noise], direction.shape) * direction) for noise, direction, _ in rows])
    except ValueError:
        return None


def near(a, b):
    return abs(a - b) <= 1e-3 * abs(b)


class Judge(step.Experiment):
    """What is known of the step of a program: its losses, and how they depend on everything in it."""

    def __init__(self, trained, seed, plan=None, file=None):
        partial = bool(file and file.unwritten)
        super().__init__(trained, seed, plan, partial)
        found = {p: self.of_event.get(event) for p, event in zip(self.parameters, self.plan.ends)}
        self.ends = {p: node for p, node in found.items() if node and not (partial and not np.any(self.step(p, node)))}
        self.file, self.order = file, {node: number for number, node in enumerate(self.nodes)}
        self.pairs = self.meetings()
        self.meets = tuple(row[0] for row in self.pairs)
        self.losses = [*self.shown()][-1:] if file else [*self.built(), *self.shown()]
        if not self.losses:
            raise Refused("no loss is found: nothing compares an output with a target, and no number is a loss")
        self.carry = {loss.meets: self.carried(loss.meets) for loss in self.losses}
        behind = set.intersection(*self.carry.values())
        goals = {*self.meets, *(loss.own for loss in self.losses)}
        self.forward = [n for n in self.places if n not in behind and self.after[n] & goals]
        functions = {loss: lambda values, _, loss=loss: loss.value(values) for loss in self.losses}
        self.rows = {place: self.slopes(place, functions) for place in self.forward}
        self.last = {p: self.last_proportional(p) for p in self.ends}

    def meetings(self):
        """Where an output meets a target: (node, target, the output as a function of the values in a run)."""
        found, bases = [], self.bases
        for node in self.nodes:
            both = [base.seen[node.event][1] for base in bases if node.event in base.seen]
            if node not in self.moving or len(both) < len(bases):
                continue
            for side in (0, 1) if node.operation in ("sub", "truediv", "mul") else ():
                target, output = both[0][side], node.sources[1 - side]
                still = isinstance(target, (np.ndarray, np.number, int, float)) and not node.site.literal[side]
                if not still or not all(np.array_equal(target, other[side]) for other in both):
                    continue
                target = np.array(target, float)
                if target.size == node.values[0].size or (node.operation == "sub" and target.size > 1):
                    target = shaped(target, node.values[0].shape)
                if not target.shape == node.values[0].shape == np.shape(both[0][1 - side]):
                    continue
                if node.operation == "sub":
                    found.append((node, target, difference(node.event, target, -1 if side == 0 else 1)))
                elif output in self.moving and output not in self.parameters:
                    found.append((node, target, lambda values, e=output.event: values[e]))
            for other in self.nodes[: self.order[node]] if node.in_place and node not in self.ends.values() else ():
                if other in self.moving and other.values[0].shape == node.values[0].shape:
                    taken = [a - b for a, b in zip(other.values, node.values)]
                    if np.any(taken[0]) and all(np.allclose(each, taken[0], atol=1e-12) for each in taken):
                        found.append((node, taken[0], difference(node.event, taken[0], 1)))
        return found

    def built(self):
        """The losses of each place in the program where an output meets a target."""
        groups, merged = {}, {}
        for row in self.pairs:
            groups.setdefault(row[0].site, []).append(row)
        for rows in groups.values():
            arrays = [a for _, target, output in rows for a in (output(self.bases[0].values), target)]
            merged.setdefault(tuple(a.round(9).tobytes() for a in arrays), []).append(rows)
        for several in merged.values():
            meets, rows = tuple(row[0] for rows in several for row in rows), several[0]
            outputs = [output(base.values) for _, _, output in rows for base in self.bases]
            for words, function in LOSSES.items():
                if words == SQUARED or words == kind_of(outputs):
                    yield Loss(words, total(rows, function), meets)

    def shown(self):
        """The losses that the program computes itself: numbers on which no update depends."""
        onward = set().union(*(self.after[node] for node in self.places if self.after[node] & set(self.meets)))
        ends = {self.of_event.get(event) for event in self.plan.ends}
        alone = [n for n in self.places if n.values[0].size == 1 and n in onward and not ({n} | self.after[n]) & ends]
        for node in alone:
            if not any(n in self.after[node] and n.line == node.line for n in alone):  # it is no part of another
                same = [n for n in self.nodes if n.site == node.site]
                for nodes in dict.fromkeys([(node,), tuple(same)]) if node is same[-1] else ():
                    value = sum_of([n.event for n in nodes])
                    yield Loss(f"{node.name} in line {node.line}", value, self.meets, own=node)

    def carried(self, meets):
        """The values that carry the error of these meetings on to an update."""
        ends = set(self.ends.values())
        if not meets:  # nothing is seen to meet a target: what feeds an update, and no loss
            losses = {loss.own for loss in self.losses}
            return {n for n in self.places if self.after[n] & ends and not self.after[n] & losses}
        found = set(meets).union(*(self.after[node] for node in meets))
        feeding = {n for n in found if n in ends or self.after[n] & ends}
        if self.file and (feeding or not ends):
            return found
        return feeding or self.carried(())

    def handed(self, p):
        """Nodes v on the way to the update of p, and z on which p acts, with the slopes if v is the derivative of z."""
        begin = min((self.order[n] for each in self.carry.values() for n in each), default=0)
        late = [n for n in self.places if self.order[n] >= begin and self.ends[p] in self.after[n]]
        early = [n for n in self.forward if n in self.after[p]]
        both = [(v, z) for v in late for z in early if self.order[z] < self.order[v]]
        pairs = {(v, z): handing_on(v, z) for v, z in both if v.values[0].size == z.values[0].size}
        rows = self.slopes(p, pairs)
        return [(v, z, np.array([row[2][v, z] for row in rows])) for v, z in pairs]

    def last_proportional(self, p):
        """The last value on the way to p that grows with the error, where the update does not on purpose; or None."""
        meets = {*self.places} & {*self.meets}
        changes = {node.event: 0.3 * node.values[0] for node in meets}
        up = self.record(0, changes).values
        down = self.record(0, {event: -change for event, change in changes.items()}).values

        def grows(node):
            high, low = up.get(node.event, np.nan), down.get(node.event, np.nan)
            change = np.abs(high - low).max()
            return change > 0 and np.abs(high + low - 2 * node.values[0]).max() <= 1e-7 * change + 1e-13

        end, later = self.ends[p], set().union(*(self.after[m] for m in meets))
        way = [n for n in self.nodes if n in later and end in self.after[n]]
        even = [n for n in way if n.values[0].shape == end.values[0].shape and grows(n)]
        on_purpose = re.search(UNEVEN, " ".join(n.site.text for n in [*way, end]))
        return even[-1] if even and on_purpose and not grows(end) else None

    def factor(self, p, slopes):
        """The c with which the change of p is c times the slopes, next to weight decay or momentum; or None."""
        values, rows = self.last[p].values if self.last[p] else self.step(p, self.ends[p]), self.rows[p]
        x = along(values, rows) if values else None
        if self.file:
            return fit(x, slopes)
        decay, signs = (along([f(value) for value in p.values], rows) for f in (np.array, np.sign))  # of W², |W|
        first, second = np.eye(2)[[i % 2 for i in range(len(rows))]].T  # what is left of the steps before
        tries = [(), (decay,)] + [(signs,)] * ("sign(" in self.ends[p].site.text)
        tries += [(first, second), (decay, first, second)] * (p.event in self.recent)
        c = next(filter(None, (fit(x, slopes, *others) for others in tries)), None)
        if c and self.last[p]:  # whether p goes down where this value grows
            more = self.record(0, {self.last[p].event: 1e-3 * np.abs(self.last[p].values[0])}).values
            c *= np.sign(np.sum(more[self.ends[p].event] - self.ends[p].values[0]))
        return c


def handing_on(v, z):
    """The sum of the products of v and z, where only z changes: its slopes are right for all that v hands on to."""
    return lambda values, noise: np.sum(shaped(v.values[noise], z.values[0].shape) * values[z.event])


def sum_of(events):
    return lambda values: sum(values[event].sum() for event in events)


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
    """What is said of each line, if this is the loss, and what is wrong in some is mended already."""

    def __init__(self, judge, loss, mended=()):
        self.judge, self.loss, self.file, self.mended = judge, loss, judge.file, mended
        slopes = {place: np.array([row[2][loss] for row in rows]) for place, rows in judge.rows.items() if rows}
        self.slopes = {place: s for place, s in slopes.items() if np.isfinite(s).all() and np.abs(s).max() > 1e-10}
        self.carry = sorted(judge.carry[loss.meets], key=judge.order.get)
        self.factors = {p: judge.factor(p, self.slopes[p]) for p in judge.ends if p in self.slopes}
        found = {node: self.of(node) for node in self.carry if node not in judge.ends.values()}
        self.right = {node: place for node, place in found.items() if place}
        self.usual = -1.0 if self.file else self.commonest()
        self.fine = {p for p, c in self.factors.items() if c and c < 0 and (near(c, self.usual) or judge.last[p])}
        self.remedy = None  # the first wrong line, its event, and what that should have given, for each noise

    def of(self, node):
        """The place with respect to which the node is a derivative, and the constant factor that it has; or None."""
        for place, slopes in self.slopes.items():
            if self.judge.order[place] < self.judge.order[node]:
                c = fit(along(node.values, self.judge.rows[place]), slopes)
                if c:
                    return place, c
        return None

    def commonest(self):
        """The factor that most of the parameters have in their step, of those that go down if any do."""
        known = {p: c for p, c in self.factors.items() if c and not self.judge.last[p]}
        down = {p: c for p, c in known.items() if c < 0} or known

        def weight(p):  # how many say so, and how large they are
            same = [q for q in down if near(down[q], down[p])]
            return len(same), sum(q.values[0].size for q in same)

        return down[max(down, key=weight)] if down else -1.0

    @property
    def score(self):
        """How well this loss explains the step."""
        known = [c for c in self.factors.values() if c]
        upto = next((i for i, n in enumerate(self.carry) if n.named and n not in self.right), len(self.carry))
        return len(self.fine), sum(c < 0 for c in known), len(known), upto, len(self.right), bool(self.loss.own)

    def feeds(self, node, p):
        """Whether the node has a part in the update of p."""
        return self.judge.ends[p] in self.judge.after[node]

    def culprit(self, p):
        """The first node with which all after it on the way to p is right, and what it should be the derivative of."""
        judge, found = self.judge, [(len(self.judge.order), 0, self.judge.ends[p], p)]
        for v, z, slopes in judge.handed(p):
            known = self.right.get(v)
            if not (known and known[0] is z) and len(slopes) == len(judge.rows[p]) and judge.factor(p, slopes):
                found.append((judge.order[v], judge.order[z], v, z))
        for node in (n for n in judge.places if n not in judge.parameters):
            x = along(node.values, judge.rows[p]) if self.feeds(node, p) else None
            if x is not None and judge.factor(p, x):
                found.append((judge.order[node], 0, node, p))
        return min(found, key=lambda row: row[:2])[2:]

    def blamed(self, p):
        """Whose fault a wrong update is: (node, why, what a repair of it has to be the derivative of, its factor)."""
        c = self.factors.get(p)
        gradient = self.judge.ends[p].sources[1] if self.file else None  # what backward returns, and is taken off p
        if gradient in self.right and self.right[gradient][0] in {*self.judge.parameters} - {p}:
            number = self.judge.parameters.index(p) + 1
            return self.judge.ends[p], f"another order: {gradient.name} is returned as gradient {number}", None, None
        if c:
            return self.odd_factor(p, c)
        node, place = self.culprit(p)
        changed = [n for n in self.updates() if node in self.judge.after[n]]
        if changed:
            return node, f"{changed[0].name} is changed already, in line {changed[0].line}, and used here", place, None
        if node is self.judge.ends[p] and self.file:
            why = self.file.misfit[1] if self.file.misfit else VAGUE
            return gradient or node, why, place, None
        if node in self.right and self.right[node][0] is not place:
            return self.misused(node, place, p)
        return node, VAGUE, place, None

    def updates(self):
        """The values that parameters have after a change within the step."""
        for node in self.judge.places:
            for p in self.factors:
                steps = self.judge.step(p, node)
                if node is self.judge.ends[p] or (steps and fit(along(steps, self.judge.rows[p]), self.slopes[p])):
                    yield node

    def misused(self, node, place, p):
        """A value that is the derivative with respect to one thing, and is used as if it were to another."""
        own, after = self.right[node][0], self.judge.after
        later = [n for n in self.carry if self.feeds(n, p) and n in after[node]]
        last = [node, *(n for n in later if n in self.right and self.right[n][0] is own and n.named)][-1]
        why = f"it is the derivative with respect to {own.name}, and goes on as that to {place.name}"
        elsewhere = [n for n in self.right if n in after[last] and self.right[n][0] is not own]
        elsewhere += [q for q in self.fine if self.feeds(last, q)]
        users = [n for n in later if n in after[last] and not any(self.feeds(n, q) for q in self.fine)]
        product = [n for n in users[:1] if n.operation == "mul" and node in n.sources and n not in self.right]
        if users and (elsewhere or product):
            fits = users[0].values[0].size == p.values[0].size
            return users[0], f"{last.name}: {why}", p if fits else place, None
        return last, why, place, None

    def odd_factor(self, p, c):
        """What is a derivative but for a factor or its sign."""
        ends, way = self.judge.ends, [n for n in self.carry if n in self.right and self.feeds(n, p)]
        if c > 0 and not self.fine and not self.file and (self.judge.last[p] or near(c, self.usual)):
            turned = [n for n in way if self.right[n][1] < 0]
            return [*turned, ends[p]][0], "the step goes uphill: the sign is the other way round", None, None
        times = c / self.usual
        words = f"{abs(times):.4g} times what it {'should be' if self.file else 'is for the others'}"
        words = "the sign is the other way round" if near(times, -1.0) else words
        others = [q for q, other in self.factors.items() if not self.file and other and near(other, self.usual)]
        good = [n for n in way if any(self.feeds(n, q) for q in others)]
        before = self.right[good[-1]][1] if good else 1.0 if self.file else None
        own = [n for n in way if self.right[n][0] == p and n not in good]
        jumps = [n for n in way if before and n.named and n not in good and not near(self.right[n][1], before)]
        node = [*jumps, *own, ends[p]][0]
        place, factor = self.right.get(node, (None, 0.0))
        return node, words, place, factor / times

    def names(self, node):
        """The node, and others of the same values: where it is given another name."""
        others = [n for n in self.carry if n.named and n.line != node.line]
        return [node, *(n for n in others if all(map(np.array_equal, n.values, node.values)))]

    def repaired(self, node, places, factor=None):
        """The node that is to be mended, the mistake in words, what it should be, and its values then; or None."""
        factor = factor or (1.0 if self.file and node.named else None)

        def accepted(values, others):
            with contextlib.suppress(ValueError):
                both = [a * b for a, b in zip(values, others)]
                found = [fit(along(both, self.judge.rows[place]), self.slopes[place]) for place in places]
                return any(c and (factor is None or near(c, factor)) for c in found)

        ones = [1.0] * step.NOISES
        tries = [(each, ones, False) for each in ([node] if {*places} & {*self.factors} else self.names(node))]
        for side, other in (node.sources, node.sources[::-1]) if node.operation == "mul" else ():
            apart = other and side in self.judge.moving and side not in self.carry and side.line != node.line
            same = [n for n in self.judge.nodes if apart and n.site == side.site]  # it may be of use elsewhere
            apart = apart and not any(set(self.right) & self.judge.after[n] for n in same)
            if apart and not any(n is side or n in self.judge.after[side] for n in self.judge.forward):
                tries = [(node, ones, True), (side, other.values, False), *tries]
        for each, others, names_only in tries:
            for mistake, better, values in repairs.tried(self.judge, each, names_only) if each.site.text else ():
                if accepted(values, others):
                    return each, mistake, better, values
        return None

    def findings(self):
        """A Finding for each line that makes a derivative or an update, in the order of the lines."""
        judge, file, found, blamed = self.judge, self.file, {}, {}

        def say(node, verdict, why=""):
            if VERDICTS.index(verdict) >= VERDICTS.index(found.get(self.where(node), VERDICTS)[0]):
                found[self.where(node)] = verdict, why

        accused = [self.blamed(p) for p in self.factors if p not in self.fine]
        for row in sorted(accused, key=lambda row: judge.order[row[0]]):  # in a loop, where it goes wrong first
            if not any(self.where(node) in {*blamed, *self.mended} for node in self.names(row[0])):
                blamed[self.where(row[0])] = row
        for p in self.fine if file else ():
            nodes = [node for node, (place, _) in self.right.items() if place == p]
            if nodes and not any(node.named for node in nodes):  # it has no name in what is returned
                nodes[-1].call(nodes[-1].site._replace(line=nodes[-1].site.own_line, name=f"d{p.name}"))
        bad = [node for node, *_ in blamed.values()]
        for node in self.carry:
            if node in self.right and node.named:
                place, c = self.right[node]
                times = "" if near(c, 1.0) else f"{c:.4g} times "
                say(node, "right", f"{times}the derivative with respect to {place.name}")
            elif node.named and any(node in judge.after[other] for other in bad):
                say(node, "follows")
        for p, node in judge.ends.items() if not file else ():
            say(node, "right" if p in self.fine else "follows")
        loss = self.loss.value(judge.bases[0].values)
        smooth = set(self.loss.meets) & set(self.carry)  # a step in the loss hands nothing on that could be measured
        for event in judge.suspects if smooth else ():  # on which the loss depends, and that no error changes
            site = judge.program.sites[event[0]]
            with contextlib.suppress(KeyError):
                if not np.isclose(self.loss.value(judge.record(0, {event: 1e-3}).values), loss, 1e-12, 0):
                    found[site.file, site.line, site.name] = "wrong", "the error has no effect on this change"
        for node, why, place, factor in blamed.values():
            tries = [(node, [place], factor)] if place in self.slopes else []
            earlier = [n for n in self.carry if n.named and n not in self.right and node in judge.after[n]]
            for n in {n.site: n for n in earlier if self.where(n) not in blamed}.values() if why == VAGUE else ():
                tries.append((n, [z for z in self.slopes if z.values[0].size == n.values[0].size]))
            known = next(filter(None, (self.repaired(*each) for each in tries)), None)
            node, mistake, better, values = known or (node, None, None, None)
            self.remedy = self.remedy or (known and (self.where(node), node.event, values))
            part = "" if node.named else f", instead of {node.site.text}"
            say(node, "wrong", f"{mistake}: {REMEDY} {better}{part}" if known else why)
        if file and file.misfit and not blamed:
            number, why = file.misfit
            node = judge.ends[judge.parameters[number]].sources[1] if number is not None else None
            say(node if node and node.named else judge.nodes[-1], "wrong", why)
        return [Finding(*key, *said) for key, said in sorted(found.items(), key=lambda row: row[0][:2])]

    def where(self, node):
        """The file, line and name under which a node is judged."""
        if self.file and node.line > self.file.lines:
            return self.file.path, self.file.returns, "gradients"
        return node.file, node.line if node.name != node.site.text or node.named else node.site.own_line, node.name


def all_findings(verdict):
    """What a verdict finds, and what is still wrong when the first mistake that is known is mended, and so on."""
    found = {finding[:3]: finding for finding in verdict.findings()}
    while verdict.remedy and verdict.remedy[0] not in verdict.mended:
        line, *values = verdict.remedy
        verdict.judge.mend(*values)
        verdict = Verdict(verdict.judge, verdict.loss, {line, *verdict.mended})
        for finding in verdict.findings():
            key, known = finding[:3], REMEDY in finding.why
            if known or key not in found or (found[key].why == VAGUE and finding.verdict != "wrong"):
                found[key] = finding if known else Finding(*key, "follows", "")
    return [found[key] for key in sorted(found)]


def chosen(judge):
    """The verdict for the loss that is descended, or that is shown if it is another; and remarks on it."""
    verdicts = [Verdict(judge, loss) for loss in judge.losses]
    best = max(verdicts, key=lambda verdict: verdict.score)
    all_right = len(best.fine) == len(judge.ends)
    outputs = {n for meet in best.loss.meets for n in meet.sources if n in judge.places}
    reached = set().union(*(judge.after[output] for output in outputs)) if outputs else {*judge.nodes}
    shown = [v for v in verdicts if v.loss.own in reached and v.slopes and is_meant(judge, v.loss)]
    if judge.file or best.loss.own:
        return best, [] if judge.file else [f"judged for {best.loss.words}"]
    if shown and not any(same_course(best, v) for v in shown):
        remark = f"; what the step descends is {best.loss.words}" if all_right else ""
        best = max(shown, key=lambda verdict: verdict.score)
        return best, [f"judged for {best.loss.words}, which the file shows{remark}"]
    remarks = [f"judged for {best.loss.words}, which is not computed in the step"]
    others = [v for v in verdicts if v.loss.meets == best.loss.meets and v.loss.words == SQUARED and v is not best]
    for finding in others[0].findings() if others and all_right else ():
        if REMEDY in finding.why:
            remarks.append(f"for {others[0].loss.words} line {finding.line} would be wrong: {finding.why}")
    return best, remarks


def is_meant(judge, loss):
    """Whether a number is called a loss, and has one sign; absolute errors, which many show, none descends."""
    own = loss.own
    parts = np.ravel([node.values for node in judge.nodes if node.site == own.site])
    texts = [own.site.text, *(node.site.text for node in judge.places if own in judge.after[node])]
    one_sign = np.all(parts >= 0) or np.all(parts <= 0)  # as that of an error is not
    return one_sign and not any("abs(" in t for t in texts) and bool(re.search(ERRORS, f"{own.name} {own.site.text}"))


def same_course(a, b):
    """Whether for each noise one loss falls where the other does, as the squared error and its root."""
    both = [p for p in a.factors if p in b.slopes]
    noises = np.array([row[0] for p in both for row in a.judge.rows[p]])
    x, y = (np.array([slope for p in both for slope in verdict.slopes[p]]) for verdict in (a, b))
    fits = [fit(x[noises == noise], y[noises == noise]) for noise in range(step.NOISES) if both]
    return bool(both) and all(c and c > 0 for c in fits)


def further_remarks(judge, verdict):
    """What was not judged, and parameters that never change."""
    uneven = dict.fromkeys(judge.ends[p].name for p in judge.ends if judge.last[p])
    if uneven:
        yield f"not judged: how large the steps of {', '.join(uneven)} are, which do not grow with the gradient"
    else:
        yield "not judged: factors that all parameters have in common"
    changed = {judge.program.sites[event[0]].name for event in judge.suspects}
    for node in verdict.slopes:
        for side, name in enumerate(re.split(r" \+ (?!.* \+ )", node.site.text) if node.operation == "add" else ()):
            values = [base.seen[node.event][1][side] for base in judge.bases]
            still = name not in changed and np.size(values[0]) < node.values[0].size
            if still and isinstance(values[0], np.ndarray) and all(np.array_equal(v, values[0]) for v in values):
                yield f"{name}, in line {node.line}, never changes"


def judged(trained, *more):
    """The verdict on a step of a program, and remarks on it; what stands in the way is said with its place."""
    try:
        return chosen(Judge(trained, *more))
    except Exception as error:
        raise Refused(trained.describe(error)) from None


def examined(path, shape, targets, seed):
    """The findings in the file at path, and remarks."""
    file = backward_function.BackwardFunction(path)
    if file.backward is None:
        return of_program(path, seed)
    try:
        findings, remarks = of_backward(file, shape, targets, seed)
    except Refused:
        with contextlib.suppress(Refused):
            return of_program(path, seed)
        raise
    if all(finding.verdict == "right" for finding in findings):  # how it trains may be wrong all the same
        with contextlib.suppress(Refused):
            known = {finding[:3] for finding in findings}
            trained, remarks = of_program(path, seed, __name__="checked")
            findings += [finding for finding in trained if finding[:3] not in known]
    return findings, remarks


def of_program(path, seed, **given):
    """The same for a file that trains something when it is run."""
    trained = program.Program(path, **given)
    verdict, remarks = judged(trained, seed)
    if len(verdict.fine) < len(verdict.judge.ends):  # a kink may have been met
        verdict, remarks = max((verdict, remarks), judged(trained, seed + 1), key=lambda row: len(row[0].fine))
    return all_findings(verdict), [*dict.fromkeys([*remarks, *further_remarks(verdict.judge, verdict)])]


def of_backward(file, shape, targets, seed):
    """The same for a file with a function backward, with a step that is written for it."""
    file.refuse_what_is_not_begun()
    file.define()
    *sizes, guessed = file.sizes(shape)
    for letters in (0, 1, 2):  # which are whole numbers
        written = file.step(*sizes, targets, seed, letters=letters)
        stopped = written[0].run(program.Tracer())
        if not stopped or not (letters or isinstance(stopped, IndexError)):
            break
    stopped = None if file.unwritten and "ellipsis" in str(stopped).lower() else stopped  # at what is to be written
    findings, trained, why = {}, written[0], backward_function.broken(written[0].space)
    if not why:
        file.misfit = backward_function.misfit(trained.space)
        if stopped or file.misfit:  # where all is of one size, what is turned or summed wrongly fits as well
            written = file.step([(5,) * len(size) for size in sizes[0]], 5, 5, targets, seed, samples=5)
        line = trained.where(stopped) if stopped else None
        try:
            verdict, _ = judged(written[0], seed, written[1], file)
            findings = {finding[1:3]: finding for finding in all_findings(verdict)}
        except Refused:
            if not line and not file.misfit:
                raise
            why = file.misfit and file.misfit[1]
        if line not in (None, *(finding.line for finding in findings.values() if finding.verdict == "wrong")):
            name = trained.lines[line - 1].split("=")[0].strip()
            findings[line, name] = Finding(file.path, line, name, "wrong", f"{type(stopped).__name__}: {stopped}")
    if why:
        findings[file.returns, "gradients"] = Finding(file.path, file.returns, "gradients", "wrong", why)
    for line, name, hint in file.unwritten:
        findings[line, name] = Finding(file.path, line, name, "unwritten", hint)
    guess = f"checked as a network {'-'.join(map(str, backward_function.nodes(sizes[0])))}"
    guess += ", which is a guess: --shape gives another"
    return [findings[key] for key in sorted(findings)], [guess] if guessed else []


def show(findings):
    """Print the findings, and under each that is wrong its line as it is written."""
    names = [name if len(name) < 40 else name[:37] + "..." for _, _, name, _, _ in findings]
    width = max(map(len, names), default=0)
    for name, (file, line, _, verdict, why) in zip(names, findings):
        print(f"{file}:{line}: {name:{width}} {verdict:9} {why}".rstrip())
        if verdict == "wrong":
            print(f"    {program.read(file).splitlines()[line - 1].strip()}")


def main(arguments=None):
    parser = command_line.Parser(__file__, __doc__)
    parser.add_argument("file", metavar="FILE", help="what trains something, or has backward(X, Y, parameters)")
    shape = "inputs, nodes of each layer, outputs (default: what the file says)"
    parser.option("--shape", None, shape, type=command_line.NODES, nargs="+")
    targets = "what Y is made of (default: binary, with several outputs classes)"
    parser.option("--targets", None, targets, choices=["numbers", "binary", "classes"])
    parser.option("--seconds", 20, "how long the file may take", type=command_line.NODES)
    parser.option("--seed", 0, "the start of all random numbers", type=command_line.seed)
    options = parser.parse_args(arguments)
    settings = options.file, options.shape, options.targets, options.seed
    with program.pool() as pool:
        try:
            findings, remarks = pool.apply_async(examined, settings).get(options.seconds)
        except multiprocessing.TimeoutError:
            raise Refused(f"{options.file}: it takes too long to be judged: --seconds gives it more") from None
    show(findings)
    report.notes(remarks)
    return int(any(finding.verdict != "right" for finding in findings))


if __name__ == "__main__":
    command_line.run(main)
