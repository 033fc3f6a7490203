"""A reader's program: it is run from its start as often as one likes, with probes in it, and does no harm.

The same random numbers each time; no prints, no pictures, no input, no waiting; nothing is written, deleted, started or
sent. All of this stands in the way of accidents, and not of a program that means harm.
"""

import ast
import builtins
import importlib.util
import io
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

from backstage import Refused, training
from backstage.checker import probes

import numpy as np

NOT_HERE = (
    "matplotlib matplotlib.pyplot matplotlib.animation matplotlib.colors matplotlib.cm mpl_toolkits seaborn tkinter"
)
NOT_HERE = [*NOT_HERE.split(), "mpl_toolkits.mplot3d", "IPython", "IPython.display"]
HARM = "remove rename mkdir rmdir system kill fork exec posix_spawn spawn truncate link symlink chmod chown"
FORBIDDEN = (*(f"os.{name}" for name in HARM.split()), "shutil.", "socket.", "subprocess.", "sqlite3.connect")
LARGEST = 200_000  # numbers in an array that is looked at


class Done(BaseException):
    """Raised by a probe when enough has been seen."""


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


class Program:
    """The program in a file. sites: the places in it, and in the modules beside it, as probes.Site.

    extra: statements that are appended to it; only: a function that says which of its own are run.
    """

    def __init__(self, path, end=float("inf"), only=None, extra="", name="__main__"):
        self.runs = 0
        self.path, self.folder, self.end = str(path), os.path.dirname(os.path.abspath(path)), end
        self.sites, self.codes, self.given, self.name = [], {}, {}, name
        source = read(self.path)
        self.lines, tree = source.splitlines(), parsed(self.path, source)
        tree.body = [node for node in tree.body if only is None or only(node)]
        self.written = len(self.lines) + 1  # the line before what is appended
        tree.body += ast.increment_lineno(ast.parse(extra), self.written).body
        self.codes[self.path] = probes.with_probes(tree, self.path, self.sites)

    def find_spec(self, name, path=None, target=None):
        """Python asks here first for a module: those beside the program get probes too."""
        base = os.path.join(self.folder, *name.split("."))
        files = [file for file in (base + ".py", os.path.join(base, "__init__.py")) if os.path.exists(file)]
        if not files or name.partition(".")[0] == "backstage":
            return None
        parts = [base] if files[0].endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(name, files[0], loader=self, submodule_search_locations=parts)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        file = module.__file__
        if file not in self.codes:
            self.codes[file] = probes.with_probes(parsed(file, read(file)), file, self.sites)
        exec(self.codes[file], vars(module))

    def run(self, tracer):
        """Run the program from its start until the tracer raises Done; returns the error that ends it, or None."""
        self.runs += 1
        if self.runs % 20 == 0 and time.process_time() > self.end:  # to ask costs as much as a run, in some places
            raise Refused("it takes too long to be judged: --seconds gives it more")
        np.random.seed(0)  # noqa: NPY002
        random.seed(0)
        module = types.ModuleType("__main__")
        vars(module).update(__file__=self.path, __name__=self.name, **self.given)
        modules, folder, path, arguments = dict(sys.modules), os.getcwd(), sys.path[:], sys.argv
        vars(builtins).update(tracer.probes())
        try:
            sys.modules["__main__"], sys.argv = module, [self.path]
            sys.path.insert(0, self.folder)
            sys.meta_path.insert(0, self)
            os.chdir(self.folder)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                exec(self.codes[self.path], vars(module))
        except Done:
            return None
        except Refused:
            raise
        except SystemExit:
            return None
        except Exception as error:
            return error
        finally:
            sys.meta_path.remove(self)
            sys.argv, sys.path[:] = arguments, path
            os.chdir(folder)
            forget(set(sys.modules) - set(modules), self.folder)
            sys.modules["__main__"] = modules["__main__"]
        return None

    def where(self, error):
        """The line of the file in which an error came up, or None."""
        lines = [t.lineno for t in traceback.extract_tb(error.__traceback__) if t.filename == self.path]
        return lines[-1] if lines and lines[-1] <= len(self.lines) else None

    def describe(self, error):
        """An error inside the program in one line: where, and which."""
        line = self.where(error)
        words = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
        words += "; install it here, or do without" if isinstance(error, ModuleNotFoundError) else ""
        return f"{self.path}{f', line {line}' if line else ''}: {words}"


def forget(names, folder):
    """Let Python forget those of these modules that are in the folder: each run of the program has its own."""
    for name in names:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder + os.sep):
            del sys.modules[name]


def read(path):
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{path} is not a text in UTF-8") from None


def parsed(path, source):
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
        words = getattr(error, "msg", error)
        if re.search(r"^\s*(print\s+[\"'\w]|except \w+, \w+:)", source, re.MULTILINE):
            words = f"{words} (it is written for Python 2: the program 2to3 rewrites it)"
        raise Refused(f"{path}{where}: Python cannot read this: {words}") from None


class Tracer:
    """What the probes call. An event is a site and how often it has given a number before; see looks at each."""

    def __init__(self):
        self.counts, self.on = {}, True

    def probes(self):
        return {"_value": self.value, "_binary": self.binary, "_several": self.several, "_changed": self.changed}

    def event(self, site, value, operands=(), operation="", in_place=False):
        if not self.on:
            raise Done
        if not is_number(value):
            return value
        count = self.counts[site] = self.counts.get(site, -1) + 1
        return self.see((site, count), value, operands, operation, in_place)

    def value(self, site, value):
        return self.event(site, value)

    def several(self, site, values):
        if not isinstance(values, (tuple, list)):
            return values
        return [self.event(site + k, value) for k, value in enumerate(values)]

    def binary(self, site, operation, a, b):
        in_place = operation[0] == "i" and isinstance(a, np.ndarray)
        operands = (a.copy() if in_place else a, b)
        return self.event(site, probes.compute(operation, a, b), operands, operation.lstrip("i"), in_place)

    def changed(self, site, array):
        if isinstance(array, np.ndarray):
            self.event(site, array, in_place=True)


def is_number(value):
    """Whether this is a floating number, or an array of some."""
    if type(value) is float:
        return True
    return isinstance(value, (np.ndarray, np.floating)) and value.dtype.kind == "f" and 0 < value.size <= LARGEST


def pool():
    """A process of its own, in which a program does no harm, and which ends with the block that it is opened for."""
    with training.spared_ctrl_c():
        return training.fresh().Pool(1, harmless)


def harmless():
    """From now on a program that is run in this process does nothing to the world outside of it."""
    real_open, real_generator = io.open, np.random.default_rng

    def careful_open(file, mode="r", *arguments, **named):
        if set(mode) & set("wax+"):
            return io.BytesIO() if "b" in mode else io.StringIO()
        return real_open(file, mode, *arguments, **named)

    def no_input(*_):
        raise EOFError("it asks for input: write the answers into the file")

    def nothing(*_, **__):
        return None

    def fence(event, arguments):
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & 3 and arguments[0] != os.devnull
        if writes or event.startswith(FORBIDDEN):
            raise PermissionError(f"while it is checked, a program is not let do this: {event} {arguments[:1]}")

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that waits hears of Ctrl-C
    sys.dont_write_bytecode = True
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    builtins.open = io.open = careful_open
    builtins.input = no_input
    builtins.get_ipython = builtins.display = StandIn("IPython")
    time.sleep = nothing
    harm = "remove unlink rename replace mkdir makedirs rmdir removedirs system kill chmod startfile"
    for name in harm.split():
        setattr(os, name, nothing)
    np.save = np.savez = np.savez_compressed = np.savetxt = nothing
    subprocess.run = subprocess.call = subprocess.Popen = StandIn("subprocess")
    np.random.default_rng = lambda seed=0: real_generator(0 if seed is None else seed)
    np.float32 = np.single = np.float64  # the few digits of float32 do not show whether a derivative is right
    sys.modules.update({name: StandIn(name) for name in NOT_HERE})
    sys.addaudithook(fence)
