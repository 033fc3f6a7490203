"""A step of a training: which values are its parameters, what happens in it, and what changes when one is disturbed.

Each value is a node, and so is each parameter as it is at the start. Everything is measured by running the program from
its start again, with a node disturbed.
"""

import collections
import time
from typing import NamedTuple

from backstage import Refused
from backstage.checker.program import Done, Tracer

import numpy as np

NOISES = 4  # so many times other parameters, so that nothing fits by accident
MOST_PLACES = 250
MOST_EVENTS = 400_000  # in which the parameters have to show


class Discovery(Tracer):
    """Looks for sums and differences from whose value the same site starts the next time: so parameters are changed.

    chains: for each site, lists of (number of the event, event, how many of its entries have changed).
    """

    def __init__(self):
        super().__init__()
        self.left, self.end, self.number = 4_000, time.monotonic() + 3, 0
        self.products, self.chains, self.ends, self.last_begun, self.odd = [], {}, {}, {}, False

    def see(self, event, value, operands, operation, in_place):
        self.number += 1
        if operation == "mul":
            self.products = [*self.products[-3:], (np.copy(value) if in_place else value, operands)]
        elif operation in ("add", "sub") and not np.all(np.isfinite(value)):
            self.odd = True
        elif operation in ("add", "sub"):
            self.link(event, value, operands[: 1 + (operation == "add")])
        if self.number >= self.left or time.monotonic() > self.end:
            self.on = not self.found() and self.left < MOST_EVENTS
            self.left, self.end = 10 * self.left, self.end + 6
        return value

    def link(self, event, value, starts):
        """Append the event to the chain that ends with what it starts from, or begin a new one."""
        site = event[0]
        arrays = isinstance(starts[0], np.ndarray)
        made = [both for a, both in self.products if a is starts[0] or (arrays and np.array_equal(a, starts[0]))]
        starts = [*starts, *(factor for both in made for factor in both)]  # W in (1 - decay) * W - …
        ends = self.ends.setdefault(site, {})
        starts = starts[:1] + [start for start in starts[1:] if key(start) != key(value)]  # 0 + v is no step from v
        start = next((start for start in starts if ends.get(key(start))), None)
        if start is not None:
            chain = ends[key(start)].pop(0)
        else:
            start, chain, self.last_begun[site] = starts[0], [], event[1]
            self.chains.setdefault(site, []).append(chain)
        changed = int(np.count_nonzero(value != start)) if np.shape(value) == np.shape(start) else 0
        chain.append((self.number, event, changed))
        ends.setdefault(key(value), []).append(chain)

    def found(self):
        """The chains of sites where none begins in the second half of its events, as sums over samples do."""
        good = [site for site in self.chains if 2 * self.last_begun[site] < self.counts[site]]
        chains = [chain for site in good for chain in self.chains[site]]
        return [chain for chain in chains if len(chain) > 1 and any(row[2] for row in chain)]


def key(value):
    value = np.asarray(value)
    return (value.shape, hash(value.astype(float).tobytes())) if value.dtype.kind in "fiu" else None


class Plan(NamedTuple):
    """Which step is looked at: for each parameter the event that gives its value at the start, and that at the end."""

    starts: list
    ends: list
    begin: tuple  # the event after which the step begins
    end: tuple  # and that with which it is over

    @classmethod
    def of(cls, chains, k):
        """The step from the k-th change of each to the next."""
        starts, ends = ([chain[r] for chain in chains] for r in (k - 1, k))
        return cls([row[1] for row in starts], [row[1] for row in ends], max(starts)[1], max(ends)[1])


class Recording(Tracer):
    """Runs to the end of the step, with the parameters as given, and notes all values.

    changes: what is added to the values of events.
    """

    def __init__(self, plan, parameters=(), changes=()):
        super().__init__()
        self.plan, self.parameters, self.changes = plan, dict(zip(plan.starts, parameters)), dict(changes)
        self.begun, self.values, self.seen = False, {}, {}

    def see(self, event, value, operands, operation, in_place):
        start = event in self.plan.starts
        if start:
            operands, operation, in_place = (), "", False  # of the step before
        if event in self.parameters:
            value = put(value, self.parameters[event] + self.changes.get(event, 0.0))
        elif event in self.changes:
            changed = value + self.changes[event]
            value = put(value, changed) if in_place else changed
        if start or self.begun:
            self.values[event] = np.array(value, float)
            self.seen[event] = (value, operands, operation, in_place)
        self.begun = self.begun or event == self.plan.begin
        if self.begun and event == self.plan.end:
            self.on = False
            raise Done
        return value


def put(value, new):
    """The new numbers in the very array, where it is one."""
    if isinstance(value, np.ndarray):
        value[...] = new
        return value
    return type(value)(new)


class Node:
    """A value in the step. event: the one that gave it; sources: the nodes of an operation's two sides, or None.

    values: what it was, for each noise. line, name: of the statement, and where it is assigned, of that.
    """

    def __init__(self, event, site, sources, operation, in_place):
        self.event, self.site, self.sources, self.operation, self.in_place = event, site, sources, operation, in_place
        self.line, self.name, self.file, self.named, self.values = site.line, site.name, site.file, False, []

    def call(self, site):
        """Take over the name under which it is assigned."""
        self.line, self.name, self.file, self.named = site.line, site.name, site.file, True


class Experiment:
    """The step of a program, and what is measured in it. nodes: in the order in which they are computed.

    recent: the starts of parameters whose updates hold something of earlier steps, as with momentum. suspects: the
    events of other values that are changed from step to step.
    """

    def __init__(self, program, seed, plan=None, partial=False):
        self.program, self.rng = program, np.random.default_rng([seed, 1])
        self.error, self.recent, self.missed, self.suspects, self.directions = None, [], set(), [], {}
        self.mended = [{} for _ in range(NOISES)]  # what is added to the values of events, for each noise
        self.plan = plan or self.find_step()
        first = self.record().values
        if not all(event in first for event in self.plan.starts):
            raise Refused("the step that is judged is not reached a second time: the program is another each time")
        self.noises = [[first[event] + self.noise(first[event]) for event in self.plan.starts] for _ in range(NOISES)]
        self.bases = [self.record(noise) for noise in self.noises]
        again, first = self.record(0), self.bases[0]
        if any(differ(again.values[end], first.values[end]) for end in self.plan.ends if end in first.values):
            raise Refused("it computes other numbers each time that it is run: give its random numbers a seed")
        ends = [base.values.get(end) for base in self.bases for end in self.plan.ends]
        if self.error and not (partial and "ellipsis" in str(self.error).lower()):
            raise self.error
        if not all(np.all(np.isfinite(value)) for value in ends if value is not None):
            raise Refused("the values become nan or infinite in the step that is judged")
        self.nodes = self.describe()
        self.parameters = [self.of_event[event] for event in self.plan.starts]
        self.depend()

    def record(self, noise=(), changes=()):
        if isinstance(noise, int):
            noise, changes = self.noises[noise], {**self.mended[noise], **dict(changes)}
        recording = Recording(self.plan, noise, changes)
        self.error = self.program.run(recording) or self.error
        return recording

    def mend(self, event, values):
        """Let an event give these values from now on, one for each noise."""
        for noise, value in enumerate(values):
            self.mended[noise][event] = value - self.bases[noise].values[event]
        self.bases = [self.record(noise) for noise in range(NOISES)]
        for node in self.nodes:
            node.values = [base.values.get(node.event, value) for base, value in zip(self.bases, node.values)]

    def noise(self, value):
        size = 0.3 * np.mean(np.abs(value)) + 0.3 / np.sqrt(max(value.shape, default=1))
        return size * self.rng.normal(size=value.shape)

    def find_step(self):
        """The step in which most of the parameters change; the first steps are looked at."""
        discovery = Discovery()
        error = self.program.run(discovery)
        chains = discovery.found()
        if not chains and error:
            raise error
        if not chains and discovery.odd:
            raise Refused("the values become nan or infinite before the second step")
        first, found = self.acting(chains, 1), {}
        least = min(map(len, first or chains), default=0)
        steps = range(1, max(2, min(9, least - 1)))
        steps = sorted(steps, key=lambda k: -sum(chain[k][2] for chain in first or chains))
        for k in steps[:4]:  # in some a parameter may have no effect, where its input is 0
            if max(map(len, found.values()), default=-1) < len(chains):
                found[k] = first if k == 1 else self.acting([chain for chain in chains if len(chain) >= least], k)
        at = max(found, key=lambda k: len(found[k]))
        best, acting = found[at], [chain for kept in found.values() for chain in kept]
        if not best:
            lines = f"add the lines that train it{self.program.example()}"
            lines += ", or what is trained has a step in it, which has no slope" if chains else ""
            raise Refused(f"nothing is trained when this file is run: {lines}")
        for site in self.missed & {chain[at][1][0] for chain in best}:
            name = self.program.sites[site].name
            raise Refused(f"parts of {name} change in other steps than its rest: let a step go over all samples")
        self.recent = {chain[at - 1][1] for chain in self.recent if len(chain) > at}
        self.suspects = [chain[at - 1][1] for chain in chains if chain not in acting and len(chain) > at]
        return Plan.of(best, at)

    def acting(self, chains, k):
        """Those of the chains that act on their own change in the k-th step, as parameters do."""
        if not chains:
            return []
        self.plan, kept, rng = Plan.of(chains, k), [], np.random.default_rng(0)
        base = self.record().values
        plain = [base.get(event, np.zeros(())) for event in self.plan.starts]
        for p, chain in enumerate(chains):
            if self.plan.ends[p] not in base:
                if chain[-1][0] > max(c[k][0] for c in chains):  # it was not over before
                    self.missed.add(self.plan.ends[p][0])
                continue
            other = self.record(plain, {self.plan.starts[p]: 1e-3 * rng.normal(size=plain[p].shape)}).values
            changed = [e for e in base if e in other and differ(base[e], other[e])]
            if self.comes_back(p, changed, plain, base, rng):
                kept.append(chain)
            else:  # what is left of earlier steps, as in momentum, or nothing of importance
                self.recent += [each for each in chains if each[k][1] in changed and each is not chain]
        return kept if len(kept) == len(chains) else self.acting(kept, k)

    def comes_back(self, p, changed, plain, base, rng):
        """Whether a value acts on its own change by way of other lines, as a parameter does."""
        own = self.program.sites[self.plan.ends[p][0]]
        sites = {event: self.program.sites[event[0]] for event in changed}
        way = [event for event, site in sites.items() if site[:2] != own[:2] and site.name != own.name]
        changes = {e: 1e-3 * (1 + np.abs(base[e])) * rng.normal(size=base[e].shape) for e in way}
        end = self.plan.ends[p]
        return differ(base[end], self.record(plain, changes).values.get(end, np.zeros(0)))

    def describe(self):
        """The values of the step as nodes; what only hands a value on is no node, but may give it its name."""
        nodes, known, self.of_event, last = [], {}, {}, None
        for event, (value, operands, operation, in_place) in self.bases[0].seen.items():
            site = self.program.sites[event[0]]
            node = known.get(id(value)) if isinstance(value, np.ndarray) else last
            same = node is not None and np.array_equal(self.bases[0].values[event], node.values[0])
            renamed = isinstance(value, np.ndarray) and site.kind == "named" and node is not None and node.named
            if not same or operands or (renamed and (site.line, site.name) != (node.line, node.name)):
                sources = [known.get(id(each)) for each in operands]
                node = known[id(value)] = Node(event, site, sources, operation, in_place)
                node.values = [base.values.get(event) for base in self.bases]
                nodes.append(node)
            known_as = site.kind in ("named", "update") and site.name != "_" and event not in self.plan.starts
            if known_as and not node.named:
                node.call(site)
            self.of_event[event], last = node, node
        return [n for n in nodes if all(v is not None and v.shape == n.values[0].shape for v in n.values)]

    def depend(self):
        """Find out which nodes depend on which places: self.after[place] holds those that move with it."""
        ends = {self.of_event[e] for e in [*self.plan.starts, *self.plan.ends] if e in self.of_event}
        moving = [n for n in self.nodes if n in ends or differ(n.values[0], n.values[1])]
        self.moving = set(moving)
        counts = {node.event[0]: node.event[1] for node in moving}  # of the last in the step
        for few in (lambda n: n.named or n.operation == "matmul", lambda n: n.event[1] > counts[n.event[0]] - 3):
            moving = [n for n in moving if n in ends or few(n)] if len(moving) > MOST_PLACES else moving
        self.places, self.after = moving, collections.defaultdict(set)
        for place in moving:
            near = self.record(0, {place.event: 1e-4 * self.direction(place)}).values
            there = [n for n in self.nodes if n is not place and n.event in near]
            self.after[place] = {n for n in there if differ(n.values[0], near[n.event])}

    def step(self, p, node):
        """How far the node is from parameter p at the start, for each noise; None where it has another size."""
        if node.values[0].size != p.values[0].size:
            return None
        return [value.reshape(start.shape) - start for value, start in zip(node.values, p.values)]

    def direction(self, place):
        """A random change of a place, about as large as its value."""
        return (np.mean(np.abs(place.values[0])) or 1.0) * self.rng.normal(size=place.values[0].shape)

    def slopes(self, place, functions):
        """Rows for a place: (noise, direction, {name: the slope of this function in this direction}).

        functions: what is measured, by name: functions of the values in a run, and of the number of the noise.
        """
        rows, several = [], range(2 if place in self.parameters else 1)
        directions = self.directions.setdefault(place, [self.direction(place) for _ in several])
        for noise in range(NOISES):
            for direction in directions:
                up, down = (self.record(noise, {place.event: step * direction}).values for step in (1e-6, -1e-6))
                try:
                    slopes = {name: (f(up, noise) - f(down, noise)) / 2e-6 for name, f in functions.items()}
                except KeyError:  # another way was taken through the program
                    continue
                rows.append((noise, direction, slopes))
        return rows


def differ(a, b):
    return a.shape != b.shape or not np.all(np.abs(a - b) <= 1e-12 * (1 + np.abs(a)))
