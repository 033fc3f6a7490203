"""A step for a file that has a function backward(X, Y, parameters) and trains nothing: on random data."""

import ast
import contextlib
import inspect
import re

from backstage import Refused
from backstage.checker.program import Program, Tracer, parsed, read
from backstage.checker.step import Plan

import numpy as np

SAMPLES = 7
STEP = """\
_parameters = [_p + 0.0 for _p in _parameters]
_before = [_p.copy() for _p in _parameters]
_result = backward(_X, _Y, _parameters)
_loss, _gradients = _result
_loss = _loss + 0.0
_after = [_p - (0.0 if _g is ... else _g) for _p, _g in zip(_before, _gradients)]
"""


class BackwardFunction:
    """A file with a function backward, and what it says of the sizes of its network.

    backward: its definition, or None; returns: the line in which it returns; space: all names of the file.
    unwritten: a line, a name and a comment for each assignment of the … that stands for what is still to be written.
    """

    def __init__(self, path):
        self.path, self.tree, self.source = path, parsed(path), read(path)
        self.backward = next(filter(is_backward, self.tree.body), None)
        lines = self.source.splitlines()
        self.lines, self.misfit = len(lines), None
        self.unwritten = sorted(
            (node.lineno, target(node), lines[node.lineno - 1].partition("#")[2].strip())
            for node in ast.walk(self.tree)
            if getattr(getattr(node, "value", None), "value", None) is Ellipsis and isinstance(node, ast.stmt)
        )

    def define(self):
        """Run the definitions of the file, without what it trains."""
        returns = [n.lineno for n in ast.walk(self.backward) if isinstance(n, ast.Return)]
        self.returns = max([self.backward.lineno, *returns])
        self.definitions = [*filter(is_definition, self.tree.body)]
        program = Program(self.path, self.definitions)
        error = program.run(Tracer())
        if error:
            raise Refused(program.describe(error))
        self.space = program.space

    def refuse_what_is_not_begun(self):
        """Raise Refused where the forward pass is not whole, or no derivative is written."""
        backward, still_open = self.backward, {name for _, name, _ in self.unwritten}
        for line, name, comment in self.unwritten[:1]:
            before = {target(n) for n in ast.walk(backward) if isinstance(n, ast.Assign) and n.lineno < line}
            begun = any(re.match(r"d[A-Za-z]+\d?$", name) for name in before - still_open)
            if line < backward.lineno or not begun:
                raise Refused(f"{self.path}, line {line}: write {name} first{f': {comment}' if comment else ''}")

    def names(self):
        """What the parameters are taken apart into, as in `W1, b1 = parameters`; or nothing."""
        parameters = self.backward.args.args[2].arg
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and getattr(node.value, "id", "") == parameters:
                return [ast.unparse(part) for part in getattr(node.targets[0], "elts", [])]
        numbers = [int(number) for number in re.findall(r"parameters\[(\d+)\]", self.source)]
        return ["_"] * (1 + max(numbers)) if max(numbers, default=0) else []

    def sizes(self, shape):
        """The shapes of the parameters, how many inputs and outputs, and whether that is a guess."""
        names, own, guess = self.names(), [] if shape else self.own_shapes(), shape is None
        if own:
            return own, self.inputs(own), own[-1][-1], False
        if guess:
            layers = sum(not name.startswith("b") for name in names) or 3
            layers = layers // 2 if names == ["_"] * layers else layers
            classes = re.search("softmax|log_?sum_?exp|exp\\(.*keepdims", self.source)
            shape = [4, *range(5, 4 + layers), 3 if classes else 1]
        biases = not names or any(name.startswith(("b", "_")) for name in names)
        found = [size for a, b in zip(shape, shape[1:]) for size in ([(a, b), (b,)] if biases else [(a, b)])]
        if not found or len(found) != len(names or found):
            raise Refused(f"{self.path} has {len(names)} parameters, but a network {shape} has {len(found)}")
        return found, shape[0], shape[-1], guess

    def own_shapes(self):
        """The shapes of the parameters that the file makes in a function such as initialize, or has; or nothing."""
        space, found, rng = self.space, [], np.random.default_rng(0)
        for make in [space[name] for name in space if name.startswith("init") and callable(space[name])]:
            for hidden in ((5, 6), 5):
                known = {"rng|generator": rng, "seed": 0, "scale": 1.0, "shape|sizes": (4, 5, 6, 3)}  # by its name
                known |= {"hid|^nodes$|^n_h$|^h$": hidden, "out|class|^n_y$|^m$": 3, "": 4}
                with contextlib.suppress(Exception):  # it may want something else
                    required = [a.name for a in inspect.signature(make).parameters.values() if a.default is a.empty]
                    found.append(make(*[next(known[k] for k in known if re.search(k, name)) for name in required]))
        for arrays in (*found, space.get("parameters"), space.get("params"), [space.get(n) for n in self.names()]):
            whole = isinstance(arrays, (list, tuple)) and len(arrays) > 0
            if whole and all(isinstance(array, np.ndarray) and array.ndim for array in arrays):
                return [array.shape for array in arrays]
        return []

    def inputs(self, shapes):
        """How many inputs parameters of these shapes take; where they begin with kernels, square images that fit."""
        if np.ndim(self.space.get("X")) == 2:
            return self.space["X"].shape[1]
        for side in range(shapes[0][0], 40) if len(shapes[0]) == 3 else ():
            with contextlib.suppress(Exception):
                self.space["forward"](np.zeros((1, side**2)), [np.zeros(shape) for shape in shapes])
                return side**2
        return shapes[0][0]

    def step(self, shapes, inputs, outputs, targets, seed, samples=SAMPLES, letters=0):
        """The program with a step on random data, and the Plan of this step.

        letters: 1 or 2 for data in whole numbers, of the file or random, where Y has so many axes.
        """
        rng = np.random.default_rng([seed, 2])
        X, Y = rng.normal(size=(samples, inputs)), rng.normal(size=(samples, outputs))
        kinds = {"numbers": Y, "binary": 1.0 * (Y > 0), "classes": np.eye(outputs)[np.arange(samples) % outputs]}
        Y = kinds[targets or ("classes" if outputs > 1 else "binary")]
        if letters:
            side_by_side, rest = divmod(shapes[1][0], shapes[0][1])
            size = samples, 3 if rest or side_by_side == 1 else side_by_side
            X, Y = rng.integers(shapes[0][0], size=size), rng.integers(outputs, size=size[:letters])
            X, Y = self.space.get("X", X), self.space.get("Y", Y)
        parameters = [0.5 * rng.normal(size=size) / np.sqrt(size[0]) for size in shapes]
        body = [*self.definitions, *ast.increment_lineno(ast.parse(STEP), self.source.count("\n") + 1).body]
        program = Program(self.path, body, _parameters=parameters, _X=X, _Y=Y)
        sites = {site.text: number for number, site in enumerate(program.sites)}
        texts = "_p + 0.0", "_p - (0.0 if _g is ... else _g)"
        starts, ends = ([(sites[text], k) for k in range(len(shapes))] for text in texts)
        return program, Plan(starts, ends, starts[-1], ends[-1])


def broken(space):
    """Why what backward has returned is not the loss and a gradient for each parameter; or nothing."""
    result, parameters = space.get("_result"), space.get("_parameters")
    if "_result" not in space:
        return None
    if not isinstance(result, tuple) or len(result) != 2:
        return "backward has to return two things: the loss, and a list of gradients"
    if np.shape(result[0]) != ():
        raise Refused(f"the loss, which backward returns first, is no number but of shape {np.shape(result[0])}")
    fits = len(result[1]) == len(parameters)
    return None if fits else f"{len(result[1])} gradients are returned for {len(parameters)} parameters"


def misfit(space):
    """Which gradient has a shape that does not fit, and why; or None, and that parameters are changed; or nothing."""
    for number, (gradient, before) in enumerate(zip(space.get("_gradients", ()), space["_before"])):
        if gradient is not ... and np.shape(gradient) != before.shape:
            return number, f"it has the shape {np.shape(gradient)}, and needs {before.shape}"
    if not all(map(np.array_equal, space["_parameters"], space["_before"])):
        return None, "parameters are changed inside backward; that is the work of train"
    return None


def nodes(shapes):
    """The nodes of each layer of a network with parameters of these shapes."""
    return [shapes[0][0], *(size[-1] for size in shapes if len(size) == 2)]


def is_backward(node):
    called = isinstance(node, ast.FunctionDef) and node.name == "backward"
    return called and len(node.args.args) - len(node.args.defaults) <= 3 <= len(node.args.args)


def is_definition(node):
    """Whether a statement of a module is needed by its functions, and not the training itself."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Try)
    plain = isinstance(node, (ast.Assign, ast.AnnAssign))
    return isinstance(node, kinds) or (plain and not re.search(r"\b(train|backward|main)\b", ast.unparse(node)))


def target(node):
    place = getattr(node, "targets", [getattr(node, "target", None)])[-1]
    return ast.unparse(place) if place is not None else "the result"
