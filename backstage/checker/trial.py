"""A reader's program on random data: what its backward pass computes, and the true derivatives of its own loss."""

import collections

from backstage import Refused
from backstage.checker import causes, watched

import numpy as np

Event = collections.namedtuple("Event", "name line key value array error now")
Entry = collections.namedtuple("Entry", "line array error")

# A key says what an array is: ("X",), ("parameter", k), or ("forward", (name, line, i)) for what an assignment of the
# forward pass made when it was run for the i-th time, or ("tape", number) for what autodiff has seen and has no name.


class Run(watched.Observer):
    """One run of backward, and what was seen in it.

    forward: what every assignment of the forward pass made. events: the assignments of derivatives, of which value is a
    copy, array the thing itself, and now the parameters that have been changed by then. entries: what stands in a list
    without a name. changed: the line behind which a parameter was first found changed. error: what ended the run.

    whole, judging: whether the backward pass is run, and noted. make: what is made of X and the parameters. change: a
    key, an index and a step by which that entry is made larger. corrected: the numbers of the events whose values are
    replaced by the truth.
    """

    def __init__(self, problem, whole=True, judging=False, make=np.array, change=(None, None, 0), corrected=()):
        self.problem, self.whole, self.judging = problem, whole, judging
        self.change, self.corrected = change, corrected
        self.X, self.parameters = make(problem.X), [make(parameter) for parameter in problem.parameters]
        self.forward, self.events, self.entries, self.replaced, self.changed = {}, [], [], [], None
        self.result, self.error, self.failure, self.keys = None, None, None, {}
        for key, array in [(("X",), self.X), *((("parameter", k), p) for k, p in enumerate(self.parameters))]:
            self.know(key, array)
        try:
            with np.errstate(all="ignore"):
                self.result = problem.backward(self, self.X, problem.Y.copy(), self.parameters)
        except BaseException as error:  # the end of a program is one as well
            self.error = error
        self.notice_change(problem.program.last_return())

    @property
    def loss(self):
        return self.result[0] if isinstance(self.result, (tuple, list)) and len(self.result) == 2 else None

    @property
    def gradients(self):
        """The list of gradients, or None where there is none."""
        gradients = self.result[1] if isinstance(self.result, (tuple, list)) and len(self.result) == 2 else None
        return gradients if isinstance(gradients, (tuple, list)) else None

    def know(self, key, array):
        """Keep in mind that this array has that key; and change an entry of it, if it is the one to be changed."""
        self.keys[id(array)] = key
        if key == self.change[0]:
            array[self.change[1]] += self.change[2]

    def notice_change(self, line):
        if self.judging and self.changed is None:
            pairs = zip(self.parameters, self.problem.parameters, strict=True)
            if not all(np.array_equal(now, before) for now, before in pairs):
                self.changed = line

    def see(self, name, line, value, scope, partly):
        key = ("forward", (name, line, sum((name, line) == place[:2] for place in self.forward)))
        if key == self.change[0] and not isinstance(value, np.ndarray):
            value = np.array(value, dtype=float)
        self.forward[key[1]] = value
        known = self.keys.get(id(value))
        if not isinstance(value, (list, tuple, dict)) and (known is None or (known[0] == "forward" and partly)):
            self.know(key, value)  # else it is a further name for what is known
        return self.judge(name, line, value, scope, partly)

    def judge(self, name, line, value, scope, partly):
        failed = self.failure is not None and value is self.failure  # it has been noted
        if self.judging and name in self.problem.program.derivatives and not failed:
            if isinstance(value, list):  # of one derivative for each layer
                for i, each in enumerate(value):
                    if isinstance(each, np.ndarray) and not self.known(each):
                        value[i] = self.note(name, line, each, scope, None)
            elif not (partly and any(np.array_equal(known, value) for known in self.known(value)[-1:])):
                value = self.note(name, line, value, scope, None, partly)
        self.notice_change(line)
        return value

    def known(self, value):
        """What this very array held whenever it was noted, or put in the place of another."""
        noted = [event.value for event in self.events if event.array is value]
        return [truth for copy, truth in self.replaced if copy is value] or noted

    def failed(self, name, line, error, scope):
        self.failure = self.note(name, line, None, scope, error) if self.judging and name else None
        return self.failure

    def note(self, name, line, value, scope, error, partly=False):
        """Note an assignment of a derivative; returns the value to go on with."""
        number, key = len(self.events), self.problem.key(self, name, value, scope, partly)
        truth = self.problem.truth(key)
        self.events.append(Event(name, line, key, as_array(value), value, error, self.now(scope)))
        if truth is None or not (error or value is Ellipsis or number in self.corrected):
            return value
        if partly and isinstance(value, np.ndarray) and value.shape == truth.shape:
            value[...] = truth  # the program did it in place as well
            return value
        self.replaced.append((truth.copy(), truth))
        return self.replaced[-1][0]

    def now(self, scope):
        """The parameters that are no longer what they were, as they are now, by their number."""
        names = self.problem.program.parameter_names
        values = [scope.get(name) for name in names] if len(names) == len(self.parameters) else self.parameters
        values = [array if value is None else value for value, array in zip(values, self.parameters, strict=True)]
        pairs = enumerate(zip(values, self.problem.parameters, strict=True))
        return {k: np.array(v) for k, (v, p) in pairs if np.shape(v) == p.shape and not np.array_equal(v, p)}

    def made(self, make, line):
        try:
            value, error = make(), None
        except Exception as problem:
            value, error = None, problem
        entry = Entry(line, value, error)
        self.entries.append(entry)
        return entry if error else value


def as_array(value):
    """A copy of a value as an array of numbers, or None where it is none."""
    try:
        return None if value is None else np.array(getattr(value, "value", value), dtype=float)
    except (TypeError, ValueError):
        return None


def alike(value, truth):
    """Whether an array is the truth, up to rounding; the shape (nodes,) can stand for (1, nodes)."""
    if value is None or truth is None:
        return False
    row = value.ndim > 0 and truth.shape == (1, *value.shape)
    return causes.close(value[np.newaxis] if row else value, truth)


def is_weight(k, shapes):
    """Whether a parameter is a matrix of weights; a row behind a matrix with as many columns is its bias."""
    shape = shapes[k]
    behind = k > 0 and len(shapes[k - 1]) == 2 and shapes[k - 1][1] == shape[-1]
    return len(shape) > 2 or (len(shape) == 2 and not (shape[0] == 1 and behind))


def targets(kind, samples, outputs, rng):
    """Random targets (samples, outputs): numbers from -1 to 1, 0 or 1 each, or a 1 for one class."""
    if kind == "classes":
        return np.eye(outputs)[rng.integers(0, outputs, samples)]
    if kind == "binary":
        return 1.0 * (rng.uniform(0, 1, (samples, outputs)) < 0.5)
    return rng.uniform(-1, 1, (samples, outputs))


class Problem:
    """Random X, Y and parameters for a program, and the true derivatives of its loss with respect to everything.

    size: the number of inputs, the shapes of the parameters, and the number of outputs. track: makes an array that
    remembers how it was made, as autodiff.Tracked does. activations: the functions that a program may use.
    """

    def __init__(self, program, size, samples, kind, rng, track, activations):
        inputs, shapes, outputs = size
        self.program, self.activations = program, activations
        self.X, self.Y = rng.uniform(-1, 1, (samples, inputs)), targets(kind, samples, outputs, rng)
        self.parameters = [rng.normal(0, 1, shape) for shape in shapes]
        self.weights = [k for k in range(len(shapes)) if is_weight(k, shapes)]
        self.truths, self.found, self.tape = {}, None, {}
        self.reference = self.refer(track)

    def refer(self, track):
        """The run with which others are compared: tracked if that can be, and without the backward pass if it can."""
        plain = Run(self)
        if plain.error:  # perhaps in its backward pass
            error, plain = plain.error, Run(self, whole=False)
            if plain.error:
                raise Refused(self.program.describe(error))
        self.loss = loss = as_array(plain.loss)
        self.refuse_odd_loss(loss)
        if not alike(as_array(Run(self, plain.whole).loss), loss):
            raise Refused(f"{self.program.path}: the loss is another each time: backward must not draw at random")
        for whole in (False, True):
            run = Run(self, whole, make=track)
            tracked = self.tracked_loss(run, track, loss)
            if tracked is not None:
                tracked.backward()
                self.tape = {array.number: array for array in tracked.tape()}
                self.loss = tracked.value
                return run
        without = Run(self, whole=False)  # what cannot be tracked can be tried with finite differences
        return without if alike(as_array(without.loss), loss) else plain

    def tracked_loss(self, run, track, loss):
        """What a run has tracked of the loss, perhaps before it was rounded or made a float; or None."""
        names = self.program.loss_names()
        found = [value for (name, _, _), value in run.forward.items() if name in names and isinstance(value, track)]
        found = [run.loss] if isinstance(run.loss, track) else found[-1:]
        return next((array for array in found if np.allclose(array.value, loss, rtol=1e-9, atol=0.01)), None)

    def refuse_odd_loss(self, loss):
        """Raise Refused where the loss is not one finite number (or one for each of many networks)."""
        one_network = max(array.ndim for array in self.parameters) < 3
        if loss is None:
            words = "backward has to return two things: the loss, a number, and a list of gradients"
        elif one_network and loss.size != 1:
            words = f"the loss, which backward returns first, has the shape {loss.shape}, but must be one number"
        elif not np.isfinite(loss).all():
            words = "the loss is nan or infinite, so nothing can be said"
        else:
            return
        raise Refused(f"{self.program.path}: {words}")

    def backward(self, run, X, Y, parameters):
        """Call the program's function, watched by the run."""
        with self.program.watched_by(run):
            return self.program.backward(parameters)(X, Y, parameters)

    def truth(self, key):
        """The derivative of the loss with respect to the array with this key; None where it does not depend on it."""
        if key not in self.truths:
            self.truths[key] = None if key is None else self.find_truth(key)
        return self.truths[key]

    def find_truth(self, key, step=1e-5):
        array = self.array(key)
        if self.tape:
            gradient = getattr(array, "gradient", None)
            return np.zeros(array.shape) if gradient is None and key[0] == "parameter" else gradient
        if as_array(array) is None:
            return None
        result = np.empty(np.shape(array))
        for index in np.ndindex(result.shape):
            above, below = (Run(self, self.reference.whole, change=(key, index, h)).loss for h in (step, -step))
            result[index] = np.sum(above - below) / (2 * step)
        return result

    def array(self, key):
        """What has this key in the reference run."""
        kind, *which = key
        if kind == "X":
            return self.reference.X
        if kind == "parameter":
            return self.reference.parameters[which[0]]
        return (self.tape if kind == "tape" else self.reference.forward).get(which[0])

    def key(self, run, name, value, scope, partly=False):
        """The key of the array with respect to which a name, with its value, is the derivative; None if unknown.

        If the name alone does not tell, because it stands for every layer in turn, it is the key whose truth the value
        is; else the next one that has not been had, or the same again where a second line goes on with the value.
        """
        base, value = watched.base_of(name), as_array(value)
        before = [event for event in run.events if event.name == name]
        owner = scope.get(base)
        if id(owner) in run.keys:
            keys = [run.keys[id(owner)]]
            if base in ("z", "a"):  # in a loop it may be that of another layer by now
                keys += [key for key in self.layer_keys(base) if self.array(key) is not self.array(keys[0])]
        elif isinstance(owner, (list, tuple)) and base in ("z", "a") and self.layers():
            keys = [*self.layer_keys(base), *([("X",)] if base == "a" else [])]
        elif isinstance(owner, (list, tuple)):
            keys = [run.keys[id(each)] for each in reversed(owner) if id(each) in run.keys]
        else:
            keys = self.keys_named(run, base)
        if len(keys) == 1 and before and before[-1].key == keys[0] and alike(before[-1].value, self.truth(keys[0])):
            layers = [layer for layer in self.layers() if layer.da is not None and layer.da is self.truth(keys[0])]
            if layers or (partly and not base.startswith("z")):
                return layers[0].z.key if layers else None  # da was right: the program goes on to dz under its name
        right = [key for key in keys if alike(value, self.truth(key))]
        shapes = {key: np.shape(self.truth(key)) for key in keys if self.truth(key) is not None}
        shape, last = np.shape(value), before[-1].key if before else None
        fresh = [key for key in shapes if key not in [event.key for event in before]]
        fits = [key for key in fresh if shapes[key] == shape]
        if base.startswith("z"):  # the layers come one by one
            fits = fits if fresh[:1] == fits[:1] else []
        stays = [last] if last in shapes and shapes[last] == shape else []  # a second line for the same name
        given = keys if len(keys) == 1 or not before else []
        return next(iter([*right, *fits, *stays, *fresh, *given]), None)

    def keys_named(self, run, base):
        """The keys that a name may stand for that is no variable where its derivative is; the last ones first."""
        if base in self.program.parameter_names:
            return [("parameter", self.program.parameter_names.index(base))]
        named = [("forward", place) for place in run.forward if place[0] == base]
        kind, number = base[0], base[1:]
        if named or kind not in "zaWb":
            return named[::-1]
        if kind in "Wb":
            keys = [("parameter", k) for k in range(len(self.parameters)) if (k in self.weights) == (kind == "W")][::-1]
        else:
            keys = self.layer_keys(kind)
        if number.isdigit():
            return [keys[-int(number)]] if 0 < int(number) <= len(keys) else []
        return keys

    def layer_keys(self, kind):
        """The keys of z or a in each layer, from the last to the first."""
        return [getattr(layer, kind).key for layer in reversed(self.layers()) if getattr(layer, kind)]

    def layers(self):
        """The layers of a dense network, as causes.Layer; none where the program has another structure."""
        if self.found is None:
            self.found = []  # which is what it is while they are looked for
            self.found = list(self.find_layers())
        return self.found

    def find_layers(self):
        left = self.X
        for number, k in enumerate(self.weights, start=1):
            product = self.made_from(k, "matmul")
            biased = k + 1 < len(self.parameters) and k + 1 not in self.weights
            z = self.quantity((self.made_from(k + 1, "add") if biased else product) or self.last_named(f"z{number}"))
            if z is None or z.truth is None or z.value.ndim != 2 or len(z.value) != len(self.X):
                return
            if product:
                left = self.array(product).values[1]
            a = self.quantity(self.last_named(f"a{number}") or self.put_into(number) or self.activated(z.value))
            yield causes.Layer(number, self.parameters[k], left, z, a, self.activations)
            if a is None:
                return
            left = a.value

    def made_from(self, k, operation):
        """The key of the only array on the tape that an operation made from parameter k, or None."""
        parameter = self.reference.parameters[k]
        found = [
            number
            for number, array in self.tape.items()
            if array.operation == operation and any(source is parameter for source, _ in array.sources)
        ]
        return ("tape", found[0]) if len(found) == 1 else None

    def put_into(self, number):
        """The key of the array that goes into the layer after this one, if the tape tells."""
        if number == len(self.weights):
            return None
        product, W = self.made_from(self.weights[number], "matmul"), self.reference.parameters[self.weights[number]]
        sources = [source.number for source, _ in self.array(product).sources if source is not W] if product else []
        return ("tape", sources[0]) if sources else None

    def last_named(self, name):
        found = [place for place in self.reference.forward if place[0] == name]
        return ("forward", found[-1]) if found else None

    def activated(self, z):
        """The key of what an activation has made of z, or None."""
        keys = [("tape", number) for number in self.tape] + [("forward", place) for place in self.reference.forward]
        for key in keys:
            value = as_array(self.array(key))
            other = value is not None and value.shape == z.shape and not causes.close(value, z)
            if other and any(causes.close(f(z), value) for f in self.activations):
                return key
        return None

    def quantity(self, key):
        value = None if key is None else as_array(self.array(key))
        return None if value is None else causes.Quantity(value, self.truth(key), key)

    def names(self):
        """The names of the parameters: those of the program, or W1, b1 and so on."""
        counted = [sum(w <= k for w in self.weights) for k in range(len(self.parameters))]
        result = [f"{'W' if k in self.weights else 'b'}{number}" for k, number in enumerate(counted)]
        given = self.program.parameter_names
        if len(given) != len(result):
            return result
        return [own if own.strip("_") else usual for own, usual in zip(given, result, strict=True)]

    def data(self):
        """What the causes are looked for in."""
        truths = {f"d{name}": self.truth(("parameter", k)) for k, name in enumerate(self.names())}
        for layer in self.layers():
            truths[f"dz{layer.number}"] = layer.z.truth
            truths[f"da{layer.number}"] = layer.a and layer.a.truth
        truths = {name: truth for name, truth in truths.items() if truth is not None}
        return causes.Data(self.layers(), self.X, self.Y, truths)

    def place(self, key):
        """What an array is in its layer ("z", "a", "W" or "b"), and the layer; or "" and None."""
        array = self.array(key)
        for layer in self.layers():
            for kind in "za":
                quantity = getattr(layer, kind)
                if quantity and self.array(quantity.key) is array:
                    return kind, layer
        if key[0] == "parameter":
            number = sum(k <= key[1] for k in self.weights)
            if 1 <= number <= len(self.layers()):
                return ("W" if key[1] in self.weights else "b"), self.layers()[number - 1]
        return "", None

    def has_usual_loss(self):
        """Whether the loss is one of the collection's, or it cannot be told."""
        last = self.layers()[-1] if self.layers() else None
        if last is None or last.a is None or last.a.value.shape != self.Y.shape:
            return True
        z, a, Y, n = last.z.value, last.a.value, self.Y, len(self.Y)
        with np.errstate(all="ignore"):
            binary = -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / n
            usual = [np.mean((a - Y) ** 2), binary, np.sum(np.logaddexp(0, z) - Y * z) / n, -np.sum(Y * np.log(a)) / n]
        return any(causes.close(self.loss, loss) for loss in usual)

    def has_shares(self):
        """Whether what the program makes for each sample and output adds up to 1 over the outputs, as classes do."""
        arrays = [as_array(array) for array in [*self.tape.values(), *self.reference.forward.values()]]
        tables = [array for array in arrays if array is not None and array.shape == self.Y.shape]
        return self.Y.shape[1] > 1 and any(np.all(t >= 0) and np.allclose(t.sum(axis=1), 1) for t in tables)

    def says_little(self):
        """Whether some gradient is 0 everywhere here, or is at a kink."""
        truths = [self.truth(("parameter", k)) for k in range(len(self.parameters))]
        return self.at_a_kink() or not all(truth is not None and np.any(truth) for truth in truths)

    def at_a_kink(self):
        """Whether some sum is just where the slope of its activation jumps, so that more than one answer is right."""
        jumps = ("maximum", "minimum", "absolute")
        pairs = [(*array.values[1:], 0.0)[:2] for array in self.tape.values() if array.operation in jumps]
        return any(np.any(np.abs(x - y) < 1e-9) for x, y in pairs)
