"""A reader's program: it is run from its start as often as one likes, with probes in it, and does no harm.

Every value that it computes passes through a probe, which may look at it, and change it: `d = (a - y) * s` becomes
`d = _value(7, _binary(6, "mul", _binary(5, "sub", a, y), s))`, where each number is that of a Site. All else stays as
it is, but for the same random numbers each time, no prints, no pictures, no input and no waiting; nothing is written,
deleted, started or sent. This stands in the way of accidents, and not of a program that means harm.
"""

import ast
import builtins
import copy
import importlib.abc
import importlib.util
import io
import operator
import os
import random
import re
import signal
import subprocess
import sys
import time
import traceback
import types
import warnings
from typing import NamedTuple

from backstage import Refused, training

import numpy as np

OPERATIONS = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow"}
OPERATIONS[ast.MatMult] = "matmul"
NOT_HERE = """matplotlib matplotlib.pyplot matplotlib.animation matplotlib.colors matplotlib.cm mpl_toolkits
mpl_toolkits.mplot3d matplotlib.image matplotlib.patches matplotlib.ticker seaborn tkinter IPython IPython.display"""
HARM = """remove unlink rename replace mkdir makedirs rmdir removedirs system kill fork exec posix_spawn spawn truncate
link symlink chmod chown startfile"""
FORBIDDEN = (*(f"os.{name}" for name in HARM.split()), "shutil.", "socket.", "subprocess.", "sqlite3.connect")
LARGEST = 200_000  # numbers in an array that is looked at


class Done(BaseException):
    """Raised by a probe when enough has been seen."""


class Site(NamedTuple):
    """A place in a program that gives a value.

    kind: "named" for what is assigned, "changed" for an array after a change in place, "update" for `w -= …`, else
    "value". line, name: of the statement, and of what it assigns; own_line, text: of the very expression.
    literal: for the left and the right side of an operation whether it is a number in the text.
    """

    file: str
    line: int
    kind: str
    name: str
    text: str
    own_line: int
    literal: tuple = (False, False)


class Probing(ast.NodeTransformer):
    """Puts probes into the tree of a program, and appends their sites to a list."""

    def __init__(self, file, sites):
        self.file, self.sites, self.line, self.own_line, self.name = file, sites, 0, 0, ""

    def probe(self, function, kind, text, *arguments, name=None, literal=(False, False)):
        self.sites.append(Site(self.file, self.line, kind, name or self.name or text, text, self.own_line, literal))
        probe = ast.Call(ast.Name(function, ast.Load()), [ast.Constant(len(self.sites) - 1), *arguments], [])
        probe.text = text
        return probe

    def visit(self, node):
        if not isinstance(node, ast.stmt):
            node.text = ast.unparse(node) if isinstance(node, ast.expr) else ""  # as long as there is no probe in it
            return super().visit(node)
        outer = self.line, self.name
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        assigned = isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))
        self.line, self.name = node.lineno, ast.unparse(targets[-1]) if assigned else ""
        result = super().visit(node)
        self.line, self.name = outer
        return result

    def visit_BinOp(self, node):
        literal = tuple(is_literal(side) for side in (node.left, node.right))
        self.generic_visit(node)
        if type(node.op) not in OPERATIONS:
            return node
        operation, self.own_line = ast.Constant(OPERATIONS[type(node.op)]), node.lineno
        return self.probe("_binary", "value", node.text, operation, node.left, node.right, literal=literal)

    def visit_Call(self, node):
        self.generic_visit(node)
        self.own_line = node.lineno
        return self.probe("_value", "value", node.text, node)

    def visit_UnaryOp(self, node):
        minus = isinstance(node.op, ast.USub) and not is_literal(node)
        return self.visit_Call(node) if minus else self.generic_visit(node)

    def visit_Assign(self, node):
        node.targets, value = [self.visit(target) for target in node.targets], node.value
        names = getattr(node.targets[-1], "elts", None)
        if isinstance(value, (ast.Tuple, ast.List)):  # several at once, or such as deltas = [delta]
            for i, (name, part) in enumerate(zip(names or [node.targets[-1]] * len(value.elts), value.elts)):
                self.name = name.text
                part = self.visit(part)
                plain = isinstance(part, ast.Starred)
                value.elts[i] = part if plain else self.probe("_value", "named", part.text, part)
        else:
            value = node.value = self.visit(value)
            if not names:
                node.value = self.probe("_value", "named", value.text, value)
            elif not any(isinstance(name, ast.Starred) for name in names):  # values that a function returns
                node.value = self.probe("_several", "named", "", value, name=names[0].text)
                for name in names[1:]:
                    self.probe("_several", "named", "", name=name.text)
        return [node, *(self.container(target) for target in node.targets if isinstance(target, ast.Subscript))]

    def visit_AnnAssign(self, node):
        assign = ast.copy_location(ast.Assign([node.target], node.value), node)
        return self.visit_Assign(assign) if node.value else node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if type(node.op) not in OPERATIONS:
            return node
        operation = ast.Constant("i" + OPERATIONS[type(node.op)])
        value = self.probe("_binary", "update", node.value.text, operation, loaded(node.target), node.value)
        new = ast.copy_location(ast.Assign([node.target], value), node)
        return [new, self.container(node.target)] if isinstance(node.target, ast.Subscript) else new

    def visit_Expr(self, node):
        arrays = [*node.value.args, *(k.value for k in node.value.keywords)] if isinstance(node.value, ast.Call) else []
        arrays = [loaded(each) for each in arrays if isinstance(each, (ast.Name, ast.Attribute))]
        self.generic_visit(node)  # np.add.at(…) and their like change what they are given
        return [node, *map(self.container, arrays)]

    def container(self, target):
        """A statement that looks at the array of which a part has been changed."""
        while isinstance(target, ast.Subscript):
            target = target.value
        text = ast.unparse(target)
        return ast.Expr(self.probe("_changed", "changed", text, loaded(target), name=text))


def loaded(node):
    """A copy of what is assigned to, as what is read."""
    return ast.copy_location(ast.parse(ast.unparse(node), mode="eval").body, node)


def is_literal(node):
    return isinstance(getattr(node, "operand", node), ast.Constant)


class StandIn(types.ModuleType):
    """Stands for matplotlib and its like: whatever is called or asked for is there, and does nothing."""

    __path__ = ()
    __call__ = __getitem__ = __enter__ = lambda self, *arguments, **named: self
    __setattr__ = __setitem__ = __exit__ = lambda self, *arguments: None
    __iter__ = lambda self: iter((self, self))  # noqa: E731

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self


class Program(importlib.abc.Loader):
    """The program in a file, and in the modules beside it. sites: the places in them.

    body: other statements that are run instead; given: names that they know; space: all names, after a run.
    """

    def __init__(self, path, body=None, **given):
        self.path, self.folder = str(path), os.path.dirname(os.path.abspath(path))
        self.sites, self.codes, self.lines = [], {}, read(self.path).splitlines()
        self.given = {"__file__": self.path, "__name__": "checked" if body else "__main__", **given}
        self.add(self.path, body)

    def add(self, file, body=None):
        """Put probes into the code of a file."""
        tree = ast.Module(copy.deepcopy(body), []) if body else parsed(file)
        tree = ast.fix_missing_locations(Probing(file, self.sites).visit(tree))
        self.codes[file] = compile(tree, file, "exec")

    def find_spec(self, name, path=None, target=None):
        """Python asks here first for a module: those beside the program, and where it lets look, get probes too."""
        folders = [self.folder, *(folder for folder in sys.path if folder not in self.search)]
        bases = [os.path.abspath(os.path.join(folder, *name.split("."))) for folder in folders]
        files = [file for base in bases for file in (base + ".py", os.path.join(base, "__init__.py"))]
        files = [*filter(os.path.exists, files)]
        if not files or name.partition(".")[0] == "backstage":
            return None
        parts = [os.path.dirname(files[0])] if files[0].endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(name, files[0], loader=self, submodule_search_locations=parts)

    def exec_module(self, module):
        if module.__file__ not in self.codes:
            self.add(module.__file__)
        exec(self.codes[module.__file__], vars(module))

    def run(self, tracer):
        """Run the program from its start until the tracer raises Done; returns the error that ends it, or None."""
        np.random.seed(0)  # noqa: NPY002
        random.seed(0)
        module = types.ModuleType("__main__")
        self.space = vars(module)
        self.space.update(self.given)
        modules, folder, arguments, self.search = dict(sys.modules), os.getcwd(), sys.argv, sys.path[:]
        vars(builtins).update(tracer.probes())
        try:
            sys.modules["__main__"], sys.argv = module, [self.path]
            sys.path.insert(0, self.folder)
            sys.meta_path.insert(0, self)
            os.chdir(self.folder)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                exec(self.codes[self.path], self.space)
        except (Done, SystemExit):
            pass
        except Exception as error:
            return error
        finally:
            sys.meta_path.remove(self)
            sys.argv, sys.path[:] = arguments, self.search
            os.chdir(folder)
            sys.modules["__main__"] = modules["__main__"]
            for name in set(sys.modules) - set(modules):  # each run has its own of the modules beside it
                if getattr(sys.modules[name], "__loader__", None) is self:
                    del sys.modules[name]

    def where(self, error):
        """The line of the file in which an error came up, or None."""
        lines = [t.lineno for t in traceback.extract_tb(error.__traceback__) if t.filename == self.path]
        return lines[-1] if lines and lines[-1] <= len(self.lines) else None

    def describe(self, error):
        """An error inside the program in one line: where, and which."""
        line = self.where(error)
        kind = "" if isinstance(error, Refused) else f"{type(error).__name__}: "
        words = " ".join(f"{kind}{error}".split()).rstrip(": ")
        return f"{self.path}{f', line {line}' if line else ''}: {words}"

    def example(self):
        """A call, in the names of the file, of what may train something; or nothing."""
        for owner in [node for node in ast.walk(parsed(self.path)) if isinstance(node, (ast.Module, ast.ClassDef))]:
            for function in owner.body:
                if isinstance(function, ast.FunctionDef) and re.search("train|fit|learn", function.name):
                    given = ", ".join(a.arg for a in function.args.args if a.arg != "self")
                    before = f"{owner.name}(…)." if isinstance(owner, ast.ClassDef) else ""
                    return f", such as {before}{function.name}({given})"
        return ""


def read(path):
    with open(path, encoding="utf-8-sig") as file:
        return file.read()


def parsed(path):
    source = ""
    try:
        source = read(path)
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
        words = getattr(error, "msg", error)
        if re.search(r"^\s*(print\s+[\"'\w]|except \w+, \w+:)", source, re.MULTILINE):
            words = f"{words} (it is written for Python 2: the program 2to3 rewrites it)"
        raise Refused(f"{path}{where}: Python cannot read this: {words}") from None


class Tracer:
    """What the probes call. An event is a site and how often it has given a number before."""

    def __init__(self):
        self.counts, self.on = {}, True

    def probes(self):
        return {"_value": self.event, "_binary": self.binary, "_several": self.several, "_changed": self.changed}

    def event(self, site, value, operands=(), operation="", in_place=False):
        if not self.on:
            raise Done
        if not is_number(value):
            return value
        if getattr(value, "itemsize", 8) != 8:
            value = value.astype(float)  # the few digits of float32 do not show whether a derivative is right
        count = self.counts[site] = self.counts.get(site, -1) + 1
        return self.see((site, count), value, operands, operation, in_place)

    def see(self, event, value, *operation):
        """What the value of an event is to be; others than this one look at it too."""
        return value

    def several(self, site, values):
        if not isinstance(values, (tuple, list)):
            return values
        return [self.event(site + k, value) for k, value in enumerate(values)]

    def binary(self, site, operation, a, b):
        in_place = operation[0] == "i" and isinstance(a, np.ndarray)
        operands = (a.copy() if in_place else a, b)
        return self.event(site, getattr(operator, operation)(a, b), operands, operation.lstrip("i"), in_place)

    def changed(self, site, array):
        if isinstance(array, np.ndarray):
            self.event(site, array, in_place=True)


def is_number(value):
    """Whether this is a floating number, or an array of some."""
    array = isinstance(value, np.ndarray) and value.dtype.kind == "f" and 0 < value.size <= LARGEST
    return array or isinstance(value, (float, np.floating))


def pool():
    """A process of its own, in which a program does no harm, and which ends with the block that it is opened for."""
    with training.spared_ctrl_c():
        return training.fresh().Pool(1, harmless)


def harmless():
    """From now on a program that is run in this process does nothing to the world outside of it."""
    real_open, real_generator, nothing = io.open, np.random.default_rng, StandIn("nothing")

    def careful_open(file, mode="r", *arguments, **named):
        if set(mode) & set("wax+"):
            return io.BytesIO() if "b" in mode else io.StringIO()
        return real_open(file, mode, *arguments, **named)

    def no_input(*_):
        raise EOFError("it asks for input: write the answers into the file")

    def fence(event, arguments):
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3 and arguments[0] != os.devnull
        if writes or event.startswith(FORBIDDEN):
            raise PermissionError(f"while it is checked, a program is not let do this: {event} {arguments[:1]}")

    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    builtins.open = io.open = careful_open
    builtins.input = no_input
    builtins.get_ipython = builtins.display = nothing
    vars(os).update(dict.fromkeys(HARM.split(), nothing))
    np.save = np.savez = np.savez_compressed = np.savetxt = nothing
    subprocess.run = subprocess.call = subprocess.Popen = time.sleep = nothing
    signal.signal = nothing  # that of the process which ends this one is heard
    np.random.default_rng = lambda seed=0: real_generator(0 if seed is None else seed)
    sys.modules.update({name: StandIn(name) for name in NOT_HERE.split()})
    sys.addaudithook(fence)
