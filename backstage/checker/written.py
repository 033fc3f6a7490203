"""A step on random data, written for a file that has a function backward(X, Y, parameters)."""

import ast
import contextlib
import copy
import inspect
import os
import re
import sys

from backstage import Refused
from backstage.checker.program import Program, forget, parsed, read
from backstage.checker.step import Plan

import numpy as np

SAMPLES = 7
STEP = """\
_P = [_p + 0.0 for _p in _P]
_before = _copies(_P)
_loss, _gradients = _checked(_backward(_X, _Y, _P), _P, _before, _misfits)
_loss = _loss + 0.0
_P = [_p - _g for _p, _g in zip(_before, _gradients)]
"""


class Written:
    """A file with a function backward, alone or in a class, and what it says of the sizes of its network.

    unwritten: a line, a name and a comment for each assignment of the … that stands for what is still to be written.
    """

    def __init__(self, path):
        self.path, self.source, self.misfits = path, read(path), {}
        self.tree = parsed(path, self.source)
        owners = [self.tree, *(node for node in self.tree.body if isinstance(node, ast.ClassDef))]
        self.owner = next((o for o in owners if any(is_backward(part) for part in o.body)), None)
        self.functions = {f.name: f for f in getattr(self.owner, "body", []) if isinstance(f, ast.FunctionDef)}
        lines = self.source.splitlines()
        self.unwritten = sorted(
            (node.lineno, target(node), lines[node.lineno - 1].partition("#")[2].strip())
            for node in ast.walk(self.tree)
            if getattr(getattr(node, "value", None), "value", None) is Ellipsis and isinstance(node, ast.stmt)
        )

    def refuse_what_is_not_begun(self):
        """Raise Refused where the forward pass is not whole, or no derivative is written."""
        backward, still_open = self.functions["backward"], {name for _, name, _ in self.unwritten}
        for line, name, comment in self.unwritten[:1]:
            before = {target(n) for n in ast.walk(backward) if isinstance(n, ast.Assign) and n.lineno < line}
            begun = any(re.match(r"d[A-Za-z]+\d?$", name) for name in before - still_open)
            if line < backward.lineno or not begun:
                raise Refused(f"{self.path}, line {line}: write {name} first{f': {comment}' if comment else ''}")

    def names(self):
        """What the parameters are taken apart into, as in `W1, b1 = parameters`; or nothing."""
        for name, count in (("forward", 2), ("backward", 3)):
            function = self.functions.get(name)
            taken = [a.arg for a in function.args.args if a.arg != "self"][:count] if function else []
            for node in ast.walk(function) if taken else ():
                if isinstance(node, ast.Assign) and getattr(node.value, "id", "") == taken[-1]:
                    return [ast.unparse(part) for part in getattr(node.targets[0], "elts", [])]
        numbers = [int(number) for number in re.findall(r"parameters\[(\d+)\]", self.source)]
        return ["_"] * (1 + max(numbers)) if max(numbers, default=0) else []

    def loaded(self):
        """The names of the module once its definitions are run, without what it trains."""
        modules = set(sys.modules)
        space, before, self.good = {"__name__": "checked", "__file__": str(self.path)}, sys.path[:], set()
        sys.path.insert(0, os.path.dirname(os.path.abspath(self.path)))
        for node in filter(is_definition, self.tree.body):
            try:
                exec(compile(ast.Module([node], []), str(self.path), "exec"), space)
                self.good.add(node.lineno)
            except ImportError as error:
                raise Refused(f"{self.path}, line {node.lineno}: {type(error).__name__}: {error}") from None
            except Exception:
                continue  # it is not needed to call backward, or is missed there
        sys.path[:] = before
        forget(set(sys.modules) - modules, os.path.dirname(os.path.abspath(self.path)))
        return space

    def shapes(self, shape, space):
        """The shapes of the parameters, how many inputs and outputs, and whether that is a guess."""
        own = [] if shape else own_shapes(space, self.names(), self.functions)
        if own:
            return own, inputs(own, space), own[-1][-1], False
        names, guess = self.names(), shape is None
        if guess:
            layers = sum(not name.startswith("b") for name in names) or 3
            layers = layers // 2 if names == ["_"] * layers else layers
            shape = [4, *range(5, 4 + layers), 3 if self.kind() == "classes" else 1]
        if len(shape) < 2:
            raise Refused("--shape needs two numbers or more: the inputs, the nodes of each layer, the outputs")
        biases = not names or any(name.startswith(("b", "_")) for name in names)
        pairs = [[(a, b), (b,)] if biases else [(a, b)] for a, b in zip(shape, shape[1:])]
        found = [size for pair in pairs for size in pair]
        if names and len(found) != len(names):
            raise Refused(f"{self.path} has {len(names)} parameters, but a network {shape} has {len(found)}")
        return found, shape[0], shape[-1], guess

    def returned(self):
        """The line in which backward returns, and what stands there for each gradient, if that is a list."""
        found = [n for n in ast.walk(self.functions["backward"]) if isinstance(n, ast.Return) and n.value]
        if not found:
            return self.functions["backward"].lineno, []
        parts = getattr(found[-1].value, "elts", [])
        return found[-1].lineno, [ast.unparse(part) for part in getattr(parts[-1] if parts else None, "elts", [])]

    def kind(self):
        """The kind of targets that the file needs, so far as its words tell."""
        text = self.source.lower()
        if re.search("softmax|logsumexp|log_sum_exp", text) or ("exp(" in text and "keepdims" in text):
            return "classes"
        return "binary" if re.search(r"softplus|logaddexp|1 ?- ?y\b", text) else "numbers"

    def step(self, sizes, samples, letters, space, targets, seed, end):
        """The program with a step on random data, the Plan of this step, and the event that gives the loss.

        letters: 1 or 2 for data in whole numbers, such as letters, where Y has so many axes; those of the file, if any.
        """
        shapes, inputs, outputs = sizes
        rng = np.random.default_rng([seed, 2])
        X, kind = rng.normal(size=(samples, inputs)), targets or self.kind()
        Y = rng.normal(size=(samples, outputs))
        Y = {"numbers": Y, "binary": 1.0 * (Y > 0), "classes": np.eye(outputs)[np.arange(samples) % outputs]}[kind]
        if letters:
            X, Y = rng.integers(shapes[0][0], size=(samples, 3)), rng.integers(outputs, size=(samples, 3)[:letters])
            X, Y = space.get("X", X), space.get("Y", Y)
        parameters = [0.5 * rng.normal(size=size) / np.sqrt(size[0]) for size in shapes]
        backward = "backward" if self.owner is self.tree else f"{self.owner.name}({self.nodes(shapes)}).backward"
        only = lambda node: node.lineno in self.good  # noqa: E731
        result = Program(self.path, end, only, STEP.replace("_backward", backward), "checked")
        result.given = {"_P": parameters, "_X": X, "_Y": Y, "_misfits": self.misfits}
        result.given |= {"_checked": checked, "_copies": copy.deepcopy}
        sites = {(site.line - result.written, site.text): number for number, site in enumerate(result.sites)}
        starts, loss, ends = sites[1, "_p + 0.0"], sites[4, "_loss + 0.0"], sites[5, "_p - _g"]
        pairs = [[(site, k) for k in range(len(shapes))] for site in (starts, ends)]
        return result, Plan(*pairs, pairs[0][-1], pairs[1][-1]), (loss, 0)

    @staticmethod
    def nodes(shapes):
        return [shapes[0][0], *(size[-1] for size in shapes if len(size) == 2)]


class Misfit(ValueError):
    """The gradients that backward returns are not those of its parameters, by their number or shapes."""


def checked(result, parameters, before, misfits):
    """The loss and the gradients that backward returns, made to fit where they do not; misfits then says so.

    Raises Misfit for the first of them, as long as there is none in misfits.
    """
    if not isinstance(result, tuple) or len(result) != 2:
        raise Misfit("backward has to return two things: the loss, and a list of gradients")
    loss, gradients = result[0], list(result[1])
    if np.shape(loss) != ():
        raise Refused(f"the loss, which backward returns first, is no number but of shape {np.shape(loss)}")
    if len(gradients) != len(parameters):
        odd = "some are missing" if len(gradients) < len(parameters) else "there are too many"
        raise Misfit(f"{odd}: {len(gradients)} gradients for {len(parameters)} parameters")
    if not all(map(np.array_equal, parameters, before)):
        misfits["changed"] = "parameters are changed inside backward; that is the work of train"
    for number, (gradient, parameter) in enumerate(zip(gradients, parameters)):
        shape = np.shape(gradient)
        if gradient is not ... and shape != parameter.shape:
            known, misfits[number] = number in misfits, f"it has the shape {shape}, and needs {parameter.shape}"
            if not known:
                raise Misfit(misfits[number])
            gradients[number] = ...
    return loss, [0.0 if gradient is ... else gradient for gradient in gradients]


def square(shapes):
    """The sizes of a network in which everything is as large, so that what is turned or summed wrongly fits as well."""
    return [(5,) * len(shape) for shape in shapes], 5, 5


def is_backward(node):
    names = [argument.arg for argument in node.args.args] if isinstance(node, ast.FunctionDef) else []
    return bool(names) and node.name == "backward" and len(names) - (names[0] == "self") >= 3


def is_definition(node):
    """Whether a statement of a module is needed by its functions, and not the training itself."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Try)
    plain = isinstance(node, (ast.Assign, ast.AnnAssign))
    return isinstance(node, kinds) or (plain and not re.search(r"\b(train|backward|main)\b", ast.unparse(node)))


def target(node):
    place = getattr(node, "targets", [getattr(node, "target", None)])[-1]
    return ast.unparse(place) if place is not None else "the result"


def own_shapes(space, names, functions):
    """The shapes of the parameters that the file has, or makes in a function such as initialize; or nothing."""
    found = [space.get("parameters"), space.get("params"), [space.get(name) for name in names]]
    for make in [space[name] for name in functions if name.startswith("init") and name in space]:
        for hidden in (5, (5, 6)):
            with contextlib.suppress(Exception):  # it may want something else
                required = [a for a in inspect.signature(make).parameters.values() if a.default is a.empty]
                found.insert(0, make(*[given(argument.name, hidden) for argument in required]))
    for arrays in found:
        whole = isinstance(arrays, (list, tuple)) and len(arrays) > 0
        if whole and all(isinstance(array, np.ndarray) and array.ndim for array in arrays):
            return [array.shape for array in arrays]
    return []


def given(argument, hidden):
    """What a function that makes first parameters is given for an argument, by its name."""
    layers = (4, 5, 6, 3)
    known = {"rng|generator": np.random.default_rng(0), "seed": 0, "scale": 1.0, "shape|sizes": layers}
    known |= {"hid|^nodes$|^n_h$|^h$": hidden, "out|class|^n_y$|^m$": 3, "": 4}
    return next(value for pattern, value in known.items() if re.search(pattern, argument))


def inputs(shapes, space):
    """How many inputs parameters of these shapes take; where they begin with kernels, square images that fit."""
    X = space.get("X")
    if np.ndim(X) == 2:
        return X.shape[1]
    if len(shapes[0]) == 3 and shapes[0][0] == shapes[0][1]:
        for side in range(shapes[0][0], 40):
            with contextlib.suppress(Exception):
                space["forward"](np.zeros((1, side**2)), [np.zeros(shape) for shape in shapes])
                return side**2
    return shapes[0][0]
