"""A reader's own program: what is in its file, and of it what is needed to call its backward."""

import ast
import contextlib
import inspect
import os
import re
import sys

from backstage import checks, watched

import numpy as np

# What initialize is given, by the names of its arguments.
GIVEN = {
    **dict.fromkeys(("n_inputs", "inputs"), 4),
    **dict.fromkeys(("hidden_nodes", "hidden", "nodes"), 5),
    **dict.fromkeys(("n_outputs", "outputs", "n_classes", "classes"), 3),
    **dict.fromkeys(("shape", "sizes"), (4, 5, 6, 3)),
    "seed": 0,
    "scale": 1.0,
}


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
            raise checks.Refused(f"{path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise checks.Refused(f"{path} is not a text in UTF-8") from None
        except (SyntaxError, ValueError, RecursionError) as error:
            where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
            raise checks.Refused(f"{path}{where}: Python cannot read this: {getattr(error, 'msg', error)}") from None
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
        self.space = self.load()

    def taken_apart(self):
        """The names of the parameters, from lines such as `W1, b1, W2, b2 = parameters`."""
        result = []
        for name in ("forward", "backward"):
            for node in ast.walk(self.functions.get(name, ast.Pass())):
                source = getattr(getattr(node, "value", None), "id", "")
                if isinstance(node, ast.Assign) and source in ("parameters", "params", "weights"):
                    found = [getattr(target, "id", "_") for target in watched.targets(node)]
                    result = [a if a.strip("_") else b for a, b in zip(result or found, found, strict=False)]
        return result if len(result) > 1 else []

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
            raise checks.Refused(f"{self.path}, line {line}: write {name} first{f': {comment}' if comment else ''}")
        if "backward" not in self.functions:
            raise checks.Refused(f"{self.path} has no function backward(X, Y, parameters)")

    def load(self):
        """Run what backward needs of the file, and what tells of sizes; returns the names of the module."""
        space = {"__name__": "checked", "__file__": str(self.path), "__watch__": watched.Observer()}
        before = sys.path[:]
        sys.path.insert(0, os.path.dirname(os.path.abspath(self.path)))
        try:
            with np.errstate(all="ignore"):
                self.run(self.needed({getattr(self.owner, "name", "backward")}), space)
                for name in ("initialize", "parameters", "Y"):
                    needed = self.needed({name})
                    if all(map(self.is_quick, needed)):
                        with contextlib.suppress(Exception):
                            self.run(needed, space)
        except BaseException as error:  # the end of a program is one as well
            raise checks.Refused(self.describe(error)) from None
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

    def is_quick(self, node):
        """Whether a statement does not call a function of the file other than initialize: so it does not train."""
        calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
        called = {func.id for func in calls if isinstance(func, ast.Name)}
        return isinstance(node, (ast.FunctionDef, ast.ClassDef)) or not called & self.functions.keys() - {"initialize"}

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
        if isinstance(error, EOFError):
            return f"{where}: it waits for input, which backward must not"
        return f"{where}: {' '.join(f'{type(error).__name__}: {error}'.split())}"

    def last_return(self):
        """The line of the last return of backward."""
        function = self.functions["backward"]
        return max([node.lineno for node in ast.walk(function) if isinstance(node, ast.Return)] or [function.lineno])

    def size(self, shape=None):
        """The number of inputs, the shapes of the parameters, and the number of outputs.

        shape: inputs, nodes of each layer, outputs. Without it they are those that the file's initialize gives, or of
        its parameters, or of a small network with as many layers.
        """
        own = [] if shape else self.own_shapes()
        if own:
            return own[0][0], own, own[-1][-1]
        shape, shapes = shape or self.small_shape(), []
        biases = not self.parameter_names or any(name.startswith("b") for name in self.parameter_names)
        for inputs, nodes in zip(shape[:-1], shape[1:], strict=True):
            shapes += [(inputs, nodes), (nodes,)] if biases else [(inputs, nodes)]
        if len(shapes) != len(self.parameter_names or shapes) or not shapes:
            named = " ".join(map(str, shape))
            raise checks.Refused(f"{self.path} has {len(self.parameter_names)} parameters; {named} makes {len(shapes)}")
        return shape[0], shapes, shape[-1]

    def own_shapes(self):
        make, found = self.space.get("initialize"), self.space.get("parameters")
        for hidden in (5, (5, 6)) if callable(make) else ():
            given = GIVEN | {"hidden_nodes": hidden, "rng": np.random.default_rng(0)}
            arguments = inspect.signature(make).parameters.values()
            with contextlib.suppress(Exception):  # it may want something else
                found = make(*[given[argument.name] for argument in arguments if argument.default is argument.empty])
                break
        sound = isinstance(found, (list, tuple)) and len(found) > 0 and all(np.ndim(array) > 0 for array in found)
        return [np.shape(array) for array in found] if sound else []

    def small_shape(self):
        layers = sum(not name.startswith("b") for name in self.parameter_names) or 3
        targets = np.shape(self.space.get("Y"))
        outputs = targets[1] if len(targets) == 2 else 3 if self.targets() == "classes" else 1
        return [4, *range(5, 4 + layers), outputs]

    def targets(self):
        """The kind of targets that the program needs, so far as its words tell."""
        text = self.source.lower()
        if re.search("softmax|logsumexp|log_sum_exp", text) or ("exp(" in text and "keepdims" in text):
            return "classes"
        return "binary" if re.search(r"softplus|logaddexp|1 ?- ?y\b", text) else "numbers"


def has_backward(node):
    """Whether a statement is a class with a method backward(self, X, Y, parameters), as Network is."""
    methods = [part for part in getattr(node, "body", []) if isinstance(part, ast.FunctionDef)]
    return isinstance(node, ast.ClassDef) and any(m.name == "backward" and len(m.args.args) == 4 for m in methods)


def defined_by(node):
    """The names that a statement of the module defines."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    return watched.names(node, ast.Store) | set(watched.written(node))


def is_always_needed(node):
    """Whether a statement imports what it does not name, or changes how the others are read."""
    return isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.names[0].name == "*")


def needs(node):
    """The names of the module that a statement reads, or a function when it is called."""
    if isinstance(node, ast.ClassDef):
        return set().union(*map(needs, [*node.body, *node.bases, *node.decorator_list]))
    own = set()
    if isinstance(node, ast.FunctionDef):
        own = watched.names(node, ast.Store) | {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
        own -= {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    return watched.names(node) - own
