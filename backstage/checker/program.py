"""A reader's own program: what is in its file, and of it what is needed to call its backward."""

import ast
import builtins
import contextlib
import inspect
import os
import re
import sys

from backstage import Refused
from backstage.checker import watched

import numpy as np


class Program:
    """The program in a file. Its functions are watched, as watched says, when they are run.

    parameter_names: those that it takes its parameters apart into, or none. derivatives: the names in it that stand
    for a derivative. unwritten: a line, a name and a comment for each assignment of the … that stands for what is
    still to be written. Raises Refused where nothing in the file can be judged.
    """

    def __init__(self, path):
        self.path = path
        try:
            with open(path, encoding="utf-8-sig") as file:
                self.source = file.read()
            self.tree = ast.parse(self.source)
        except OSError as error:
            raise Refused(f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Refused(f"{path} is not a text in UTF-8") from None
        except (SyntaxError, ValueError, RecursionError) as error:
            where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
            raise Refused(f"{path}{where}: Python cannot read this: {getattr(error, 'msg', error)}") from None
        functions = [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]
        classes = [node for node in self.tree.body if has_backward(node)]
        alone = not classes or any(node.name == "backward" for node in functions)
        self.owner = self.tree if alone else classes[0]  # of the function backward
        functions += [] if alone else [node for node in self.owner.body if isinstance(node, ast.FunctionDef)]
        self.functions = {node.name: node for node in functions}
        self.parameter_names = self.taken_apart()
        self.derivatives = watched.derivatives(functions)
        self.unwritten = self.open_lines()
        self.refuse_what_is_not_begun()
        self.refuse_few_digits()
        self.space = self.load()

    def taken_apart(self):
        """The names of the parameters, from `W1, b1, W2, b2 = parameters` or lines such as `W1 = parameters[0]`."""
        result, numbers = [], set()
        for name, count in (("forward", 2), ("backward", 3)):  # what is taken besides may follow
            function = self.functions.get(name)
            taken = [name for name in arguments(function) if name != "self"][:count] if function else []
            for node in ast.walk(function) if taken else ():
                parameters = taken[-1]  # what they are called here
                if getattr(getattr(node, "value", None), "id", "") != parameters:
                    continue
                if isinstance(node, ast.Assign):
                    found = [getattr(target, "id", "_") for target in watched.targets(node)]
                    result = [a if a.strip("_") else b for a, b in zip(result or found, found, strict=False)]
                elif isinstance(node, ast.Subscript) and isinstance(getattr(node.slice, "value", None), int):
                    numbers.add(node.slice.value)
        return result if len(result) > 1 else ["_"] * (1 + max(numbers, default=-1))

    def open_lines(self):
        lines, found = self.source.splitlines(), []
        for node in ast.walk(self.tree):
            value = getattr(node, "value", None)
            if isinstance(node, (ast.Assign, ast.AugAssign, ast.Return)) and getattr(value, "value", None) is Ellipsis:
                comment = lines[node.lineno - 1].partition("#")[2].strip()
                found.append((node.lineno, (watched.written(node) or ["the result"])[0], comment))
        return sorted(found)

    def refuse_what_is_not_begun(self):
        """Raise Refused where the forward pass is not whole, or no derivative is written, or there is no backward."""
        if "backward" in self.functions:
            parts = [self.functions[name] for name in ("forward", "backward") if name in self.functions]
            missing = [each for each in self.unwritten if any(p.lineno <= each[0] <= p.end_lineno for p in parts)]
            open_names = {name for _, name, _ in missing}
            begun = self.derivatives & watched.names(self.functions["backward"], ast.Store) - open_names
            first = [each for each in missing if not begun or each[1] not in self.derivatives]
        else:
            first = self.unwritten
        if first:
            line, name, comment = first[0]
            raise Refused(f"{self.path}, line {line}: write {name} first{f': {comment}' if comment else ''}")
        if "backward" not in self.functions:
            raise Refused(f"{self.path} has no function backward(X, Y, parameters)")

    def refuse_few_digits(self):
        for name in ("forward", "backward"):
            text = ast.get_source_segment(self.source, self.functions[name]) if name in self.functions else ""
            if re.search("float(16|32)", text):
                raise Refused(f"{self.path}: with the few digits of float32 nothing can be said; use float64")

    def load(self):
        """Run what backward needs of the file, and what tells of sizes; returns the names of the module."""
        space = {"__name__": "checked", "__file__": str(self.path), "__watch__": watched.Observer()}
        before = sys.path[:]
        sys.path.insert(0, os.path.dirname(os.path.abspath(self.path)))
        try:
            with np.errstate(all="ignore"):
                self.run(self.needed({getattr(self.owner, "name", "backward")}), space)
                for name in dict.fromkeys([*self.starts(), "parameters", "params", "X", "Y", *self.parameter_names]):
                    needed = self.needed({name})
                    if not any(getattr(node, "name", "") in ("backward", "train") for node in needed):  # it is quick
                        with contextlib.suppress(Exception):
                            self.run(needed, space)
        except BaseException as error:  # the end of a program is one as well
            raise Refused(self.describe(error)) from None
        finally:
            sys.path[:] = before
        return space

    def needed(self, wanted):
        """The statements of the module that define the names wanted, and what these need in turn."""
        chosen, wanted, before = [], set(wanted), None
        while chosen != before:
            before = chosen
            chosen = [node for node in self.tree.body if wanted & defined_by(node) or is_always_needed(node)]
            wanted = wanted.union(*map(needs, chosen))
        return chosen

    def starts(self):
        """The functions that may give first parameters, by their names."""
        return [name for name in self.functions if name.startswith("init") and name != "__init__"]

    def run(self, statements, space):
        """Run statements of the module, changed so that they can be watched."""
        places = {(node.lineno, node.col_offset) for node in statements}
        copies = [node for node in ast.parse(self.source).body if (node.lineno, node.col_offset) in places]
        module = ast.Module(watched.Watching(self.derivatives).changed(copies), [])
        exec(compile(ast.fix_missing_locations(module), str(self.path), "exec"), space)

    @contextlib.contextmanager
    def watched_by(self, observer):
        """Within, this observer sees what the program does."""
        before, self.space["__watch__"] = self.space["__watch__"], observer
        try:
            yield
        finally:
            self.space["__watch__"] = before

    def backward(self, parameters):
        """The function backward(X, Y, parameters); where it belongs to a class, that of a network with these sizes."""
        if self.owner is self.tree:
            return self.space["backward"]
        shape = [len(parameters[0]), *(array.shape[-1] for array in parameters[::2])]
        return self.space[self.owner.name](shape).backward

    def describe(self, error):
        """An error inside the program in one line: where, and which."""
        line, trace = None, error.__traceback__
        while trace:
            line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == str(self.path) else line
            trace = trace.tb_next
        where = f"{self.path}, line {line}" if line else f"{self.path}"
        words = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
        if isinstance(error, EOFError):
            words = "it waits for input, which backward must not"
        elif isinstance(error, IndexError) and "must be of integer" in words:
            words += "; Y has a row for each sample, with a 1 for its class"
        return f"{where}: {words}"

    def last_return(self):
        """The line of the last return of backward."""
        function = self.functions["backward"]
        return max([node.lineno for node in ast.walk(function) if isinstance(node, ast.Return)] or [function.lineno])

    def loss_names(self):
        """The names in what backward returns first."""
        returns = [node.value for node in ast.walk(self.functions["backward"]) if isinstance(node, ast.Return)]
        return {name for value in returns if isinstance(value, ast.Tuple) for name in watched.names(value.elts[0])}

    def loss_line(self):
        """The line in which the loss that backward returns gets its value."""
        nodes = [node for node in ast.walk(self.functions["backward"]) if isinstance(node, (ast.Assign, ast.AugAssign))]
        lines = [node.lineno for node in nodes if self.loss_names() & set(watched.written(node))]
        return max(lines, default=self.last_return())

    def size(self, shape=None):
        """The number of inputs, the shapes of the parameters, and the number of outputs; and whether it is a guess.

        shape: inputs, nodes of each layer, outputs. Without it they are those of the parameters that the file has or
        makes, or else those of a small network with as many layers.
        """
        own, X, Y = [] if shape else self.own_shapes(), self.space.get("X"), self.space.get("Y")
        if own:
            return (X.shape[1] if np.ndim(X) == 2 else self.inputs(own), own, own[-1][-1]), False
        guess = shape is None
        if guess:
            layers = sum(not name.startswith("b") for name in self.parameter_names) or 3
            layers = layers // 2 if self.parameter_names == ["_"] * layers else layers
            outputs = Y.shape[1] if np.ndim(Y) == 2 else 3 if self.targets() == "classes" else 1
            shape = [4, *range(5, 4 + layers), outputs]
        names, shapes = self.parameter_names, []
        biases = not names or any(name.startswith(("b", "_")) for name in names)
        for inputs, nodes in zip(shape[:-1], shape[1:], strict=True):
            shapes += [(inputs, nodes), (nodes,)] if biases else [(inputs, nodes)]
        if not shapes:
            raise Refused("--shape needs two numbers or more: the inputs, the nodes of each layer, the outputs")
        if len(shapes) != len(names or shapes):
            raise Refused(f"{self.path} has {len(names)} parameters, but a network {shape} has {len(shapes)}")
        return (shape[0], shapes, shape[-1]), guess

    def inputs(self, shapes):
        """How many inputs parameters of these shapes take; where they begin with kernels, square images that fit."""
        if len(shapes[0]) == 3 and shapes[0][0] == shapes[0][1]:
            for side in range(shapes[0][0], 40):
                with contextlib.suppress(Exception):
                    self.space["forward"](np.zeros((1, side**2)), [np.zeros(shape) for shape in shapes])
                    return side**2
        return shapes[0][0]

    def own_shapes(self):
        """The shapes of the parameters that the file has, or makes in a function such as initialize; or nothing."""
        found = [self.space.get(name) for name in ("parameters", "params")]
        found.append([self.space.get(name) for name in self.parameter_names])
        for make in [self.space[name] for name in self.starts() if name in self.space]:
            for hidden in (5, (5, 6)):
                with contextlib.suppress(Exception):  # it may want something else
                    found.insert(0, make(*[given(argument, hidden) for argument in required(make)]))
        for arrays in found:
            if isinstance(arrays, (list, tuple)) and arrays and all(map(is_parameter, arrays)):
                return [array.shape for array in arrays]
        return []

    def targets(self):
        """The kind of targets that the program needs, so far as its words tell."""
        text = self.source.lower()
        if re.search("softmax|logsumexp|log_sum_exp", text) or ("exp(" in text and "keepdims" in text):
            return "classes"
        return "binary" if re.search(r"softplus|logaddexp|1 ?- ?y\b", text) else "numbers"


def has_backward(node):
    """Whether a statement is a class with a method backward(self, X, Y, parameters), as Network is."""
    methods = [part for part in getattr(node, "body", []) if isinstance(part, ast.FunctionDef)]
    return isinstance(node, ast.ClassDef) and any(m.name == "backward" and len(arguments(m)) >= 4 for m in methods)


def arguments(function):
    """The names of what a function takes by position."""
    return [argument.arg for argument in function.args.args]


def is_parameter(value):
    return isinstance(value, np.ndarray) and value.ndim > 0


def required(function):
    """The names of the arguments that a function has to be given."""
    arguments = inspect.signature(function).parameters.values()
    return [argument.name for argument in arguments if argument.default is argument.empty]


def given(argument, hidden):
    """What a function that makes first parameters is given for an argument, by its name."""
    if "rng" in argument or "generator" in argument:
        return np.random.default_rng(0)
    for part, value in (("seed", 0), ("scale", 1.0), ("shape", (4, 5, 6, 3)), ("sizes", (4, 5, 6, 3)), ("hid", hidden)):
        if part in argument:
            return value
    if argument in ("nodes", "n_h", "h"):
        return hidden
    return 3 if "out" in argument or "class" in argument or argument in ("n_y", "m") else 4


def defined_by(node):
    """The names that a statement of the module defines, or changes in another way."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Expr):  # such as sizes.append(3)
        root = node.value
        while isinstance(root, (ast.Call, ast.Attribute, ast.Subscript)):
            root = root.func if isinstance(root, ast.Call) else root.value
        return {root.id} - vars(builtins).keys() if isinstance(root, ast.Name) else set()
    inside = [part for part in ast.walk(node) if part is not node and isinstance(part, (ast.stmt, ast.NamedExpr))]
    found = watched.names(node, ast.Store) | set(watched.written(node))
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    return found.union(*(defined_by(part) for part in inside if isinstance(part, kinds)))


def is_always_needed(node):
    """Whether a statement imports what it does not name, or changes how the others are read."""
    return isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*")


def needs(node):
    """The names of the module that a statement reads, and that its functions read when they are called."""
    waiting, found = [compile(ast.Module([node], []), "", "exec")], set()
    while waiting:
        code = waiting.pop()
        found |= set(code.co_names)
        waiting += [part for part in code.co_consts if hasattr(part, "co_names")]
    return found
