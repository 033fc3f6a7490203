"""A careful user's day, replayed with real processes and signals: how often was anything lost?

Ctrl-C and an end from outside at random moments, one file written by many, full disks, streams that take nothing,
damaged and hostile files. Prints a line for each part, and what was lost; the status is 1 if anything was. What
needs a right that this user lacks (to mount a disk) is left out, and said.

Run:  python tests/replay.py
"""

import concurrent.futures
import contextlib
import functools
import gzip
import io
import json
import os
import pathlib
import pickle
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
import zlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "tests")]

from backstage import training  # noqa: E402

import numpy as np  # noqa: E402
from helpers import DRAWING, TRAINABLE, environment  # noqa: E402
from test_interrupt import whole_picture  # noqa: E402

from network1 import Network  # noqa: E402

OLD = b"as it was" * 1000
PATIENCE = 60  # seconds for a process, on a machine that has much else to do

# Runs a script as its own file does, with Ctrl-C as in a terminal, after a first line that is told.
LAUNCH = """
import os, resource, runpy, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)
exec(sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
# The first line that says on a pipe when all is imported and the script begins.
TELL = """
from backstage import command_line
run, told = command_line.run, os.fdopen({}, "wb")
command_line.run = lambda main: run(lambda: (told.write(b"."), told.close(), main())[-1])
"""
FULL = "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
NARROW = "resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9))"


def command(name, arguments, first=""):
    return [sys.executable, "-c", LAUNCH, first, str(FOLDER / f"{name}.py"), *arguments.split()]


def start(words, folder, **how):
    """A process in a session of its own, which a signal to its group reaches alone."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", "start_new_session": True}
    here = environment(PYTHONPATH=str(FOLDER), OPENBLAS_NUM_THREADS="1")
    return subprocess.Popen(words, cwd=folder, env=here, stdin=subprocess.DEVNULL, **pipes, **how)


def end(process):
    """The status of a process and what it printed, when all who print there have ended."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, "", f"still there after {PATIENCE} s"


def spread(work, trials):
    """The trials, each with what work makes of it, as many at once as there are cores."""
    trials = list(trials)
    with concurrent.futures.ThreadPoolExecutor(training.cores()) as pool:
        yield from zip(trials, pool.map(work, trials), strict=True)


def one_line(text):
    """Whether it is one line without anything that a terminal takes for a command."""
    return text.endswith("\n") and text[:-1].isprintable()


def broken(path):
    """Why a file is not whole, or nothing."""
    try:
        if path.suffix == ".npz":
            Network.load(path)
        elif path.suffix in (".svg", ".pdf"):
            assert path.read_bytes().rstrip().endswith((b"</svg>", b"%%EOF")), "the end is missing"
        else:
            whole_picture(path)
    except Exception as error:
        return f"{path.name} is broken: {type(error).__name__}: {error}"
    return ""


def left_behind(folder, *expected, replaced=True):
    """What is wrong with the files in a folder, of which some are expected: replaced, kept, or either (None)."""
    strange = {path.name for path in folder.iterdir()} - {*expected}
    if strange:
        return f"left behind: {', '.join(sorted(strange))}"
    for path in (folder / name for name in expected):
        content = path.read_bytes() if path.exists() else None
        new = content not in (None, OLD)
        if replaced is not None and (new, content is None) != (replaced, False):
            return f"{path.name} was {'not ' * (not new)}replaced"
        if new and broken(path):
            return broken(path)
    return ""


def file_in(arguments):
    return [word for word in arguments.split() if word.startswith("x.")]


# Signals


def ways(name):
    """How a script is interrupted: what would train for ever, what writes a file, and sweeps, in turns."""
    if name == "your_data":
        save = "--no-figure --save x.npz"
        return [save, "--no-figure --epochs 1000000", "--figure x.png", save, "--k-fold 5 --epochs 20"]
    if name not in TRAINABLE:
        return ["--no-figure --epochs 1000000", "--seeds 20 --epochs 500 --figure x.png"]
    turn = ["--no-figure --epochs 1000000", "--figure x.png"]
    return [*turn, *turn, "--sweep 100000", *turn, *turn, "--epochs 8 --figure x.gif"]


def begin(name, arguments, folder):
    """A process that has imported all it needs."""
    reader, writer = os.pipe()
    process = start(command(name, arguments, TELL.format(writer)), folder, pass_fds=[writer])
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)
    return process


def usually(run):
    """How long a run lasts that nobody interrupts, and what it prints; None where it would go on for ever."""
    if "00000" in run[1]:
        return 1.8 if "--sweep" in run[1] else 0.5, None
    with tempfile.TemporaryDirectory() as folder:
        process, began = begin(*run, folder), time.monotonic()
        _, out, _ = end(process)
        return time.monotonic() - began, out


def interrupt(number, trial):
    """Send a signal at a moment of a run; returns what is not as it should be then."""
    name, arguments, moment, printed = trial
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for file in file_in(arguments)[: int(moment * 1000) % 2]:  # there is an old one half of the time
            (folder / file).write_bytes(OLD)
        process = begin(name, arguments, folder)
        time.sleep(moment)
        with contextlib.suppress(ProcessLookupError):  # it was over
            os.killpg(process.pid, number)
        status, out, err = end(process)
        done = status in (0, -signal.SIGTERM)  # which Python hears no more when it has all but ended
        if done and out != printed:
            return f"status {status}, but it did not print what it does else: {out[-200:]!r}, {err[-500:]}"
        if not done and status != 128 + number:
            return f"status {status}: {err[-500:]}"
        if err and (done or number != signal.SIGINT or err != "interrupted\n"):
            return f"on standard error: {err[-500:]}"
        return left_behind(folder, *file_in(arguments), replaced=True if done else None)


def interruptions(rng, names=(*TRAINABLE, "your_data", "gradient_check", "reliability"), times=30):
    """Ctrl-C at random moments between a script's first line and its last."""
    runs = [(name, way) for name in names for way in (ways(name) * times)[:times]]
    yield from signalled(rng, signal.SIGINT, runs)


def terminations(rng, times=15):
    """An end from outside while files are written."""
    writers = (
        ("your_data", "--no-figure --save x.npz"),
        ("linear", "--epochs 8 --figure x.gif"),
        ("your_data", "--figure x.png"),
    )
    yield from signalled(rng, signal.SIGTERM, writers * times)


def signalled(rng, number, runs):
    """Send a signal to each of the runs, in names and arguments, at a moment of its own."""
    usual = dict(spread(usually, sorted(set(runs))))
    trials = [(*run, rng.uniform(0, 1.05 * usual[run][0]), usual[run][1]) for run in runs]
    for (name, arguments, moment, _), trouble in spread(functools.partial(interrupt, number), trials):
        yield f"{name}.py {arguments}, after {moment:.3f} s", trouble


def import_tracebacks(rng, times=30):
    """How many of the interruptions in the first quarter of a second show a traceback: Python is not ready then."""

    def shows(moment):
        with tempfile.TemporaryDirectory() as folder:
            process = start([sys.executable, str(FOLDER / "xor.py"), "--no-figure"], folder)
            time.sleep(moment)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
            return "Traceback" in end(process)[2]

    return sum(shown for _, shown in spread(shows, rng.uniform(0, 0.25, times)))


# Many writers

WRITER = """
import contextlib, io, sys
import xor
from network1 import Network

seed, path, rounds = sys.argv[1:]
for _ in range(1 + int(rounds)):
    if path.endswith(".npz"):
        Network([3, 40, 2], rng=int(seed)).save(path)
    else:
        with contextlib.redirect_stdout(io.StringIO()):
            xor.main(["--epochs", "1", "--seed", seed, "--figure", path])
    path = "x" + path[path.rindex("."):]
"""


def content(path):
    """What is in a file, of a network only the weights; nothing where it is broken."""
    try:
        if path.suffix == ".npz":
            return b"".join(parameter.tobytes() for parameter in Network.load(path).parameters)
        return path.read_bytes()
    except (OSError, ValueError):
        return None


def writers(rng, suffixes=("npz", "png", "gif"), processes=8, rounds=12):
    """One file written by many at once, and read all the time; each first writes one of its own to compare with."""
    for suffix in suffixes:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as apart:
            file, own = pathlib.Path(folder, f"x.{suffix}"), [f"{apart}/{i}.{suffix}" for i in range(processes)]
            words = [[sys.executable, "-c", WRITER, str(i), own[i], str(rounds)] for i in range(processes)]
            started, seen = [start(each, folder) for each in words], set()
            while any(process.poll() is None for process in started):
                time.sleep(0.02)
                if file.exists():
                    seen.add(content(file))
            for i, (status, _, err) in enumerate(map(end, started)):
                yield f"writer {i} of one .{suffix}", f"status {status}: {err[-500:]}" if status or err else ""
            strange = {content(file), *seen} - {content(pathlib.Path(path)) for path in own if os.path.exists(path)}
            trouble = "it was not always one of theirs" if strange else ""
            yield f"the .{suffix}", trouble or left_behind(pathlib.Path(folder), file.name)


# Places where nothing can be written

FILES = [("xor", f"--epochs 30 --figure x.{suffix}") for suffix in ("png", "gif", "svg", "pdf")]
FILES += [("your_data", "--epochs 20 --no-figure --save x.npz")]


@contextlib.contextmanager
def disk(folder):
    """Within, a folder is a disk of four pages; gives whether that could be done."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", folder]
    mounted = shutil.which("mount") and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)


def humble():
    """The words before a command that take from root the right to write everywhere; None where none can."""
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    tried = shutil.which("setpriv") and subprocess.run([*words, "true"], capture_output=True).returncode == 0
    return words if tried else None


REASONS = {
    "a full disk": "No space left on device",
    "a limit": "File too large",
    "a shut folder": "nothing can be written",
    "a folder": "cannot be written",
}


def no_place(rng, runs=FILES, places=tuple(REASONS)):
    """A file that does not fit, or has no place at all: one line says why, and the old file is as it was."""

    def attempt(trial):
        (name, arguments), place = trial
        with contextlib.ExitStack() as stack:
            folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            full = stack.enter_context(disk(folder)) if place == "a full disk" else True
            if not full or (place == "a shut folder" and humble() is None):
                return None
            file, *_ = file_in(arguments)
            words = command(name, arguments, FULL if place == "a limit" else "")
            if place == "a folder":
                (folder / file).mkdir()
            else:
                (folder / file).write_bytes(OLD)
            if place == "a shut folder":
                words = humble() + words
                folder.chmod(0o555)
                stack.callback(folder.chmod, 0o755)
            status, out, err = end(start(words, folder))
            if status != 2 or not one_line(err) or file not in err or REASONS[place] not in err:
                return f"status {status}: {err[-500:] or out[-100:]}"
            return "" if place == "a folder" else left_behind(folder, file, replaced=False)

    for ((name, arguments), place), trouble in spread(attempt, [(run, place) for place in places for run in runs]):
        yield f"{place}: {name}.py {arguments}", trouble


# Streams that take nothing

STREAMS = {">/dev/full": 2, "| head -1": 0, ">&-": 0, "2>&-": 0}  # and the status


def streams(rng, names=DRAWING, kinds=tuple(STREAMS)):
    """Each script with standard output or standard error full or closed: as without, and the picture is written."""

    def attempt(trial):
        name, kind = trial
        few = "--epochs 30" if name in (*TRAINABLE, "your_data") else ""
        few = "--seeds 3 --epochs 30" if name in ("gradient_check", "reliability") else few
        with tempfile.TemporaryDirectory() as folder:
            shell = ["bash", "-o", "pipefail", "-c", f'"$@" {kind}', "bash", *command(name, few)]
            status, out, err = end(start(shell, folder))
            pictures = sorted(pathlib.Path(folder).iterdir())
            out = re.sub(r"  \d+\.\d$", "", out, flags=re.M)  # times, which are measured
            return status, out, err, [path.name for path in pictures], "".join(map(broken, pictures))

    usual = {name: result for (name, _), result in spread(attempt, [(name, "") for name in names])}
    trials = [(name, kind) for name in names for kind in kinds]
    for (name, kind), (status, out, err, written, trouble) in spread(attempt, trials):
        full = f"{name}.py: error: standard output: No space left on device\n" if kind == ">/dev/full" else ""
        if status != STREAMS[kind] or err != full:
            trouble = f"status {status}: {err[-500:]}"
        elif written != usual[name][3] or (kind == "2>&-" and out != usual[name][1]):
            trouble = f"not as without: {written}, {out[-100:]!r}"
        yield f"{name}.py {kind}", trouble


# Damaged files


@functools.cache
def trained():
    """The bytes of a small network that your_data.py saved."""
    with tempfile.TemporaryDirectory() as folder:
        words = command("your_data", "--hidden-nodes 2 --epochs 3 --no-figure --save x.npz")
        status, _, err = end(start(words, folder))
        assert status == 0, err
        return pathlib.Path(folder, "x.npz").read_bytes()


def noted():
    """The bytes of a network that was saved with notes of several kinds."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.npz")
        Network([2, 1], rng=0).save(path, day="Monday", numbers=np.arange(3), means=[[0.5, np.nan]], right=True)
        return pathlib.Path(path).read_bytes()


def everything(network):
    """All that makes a network, to the last bit, with the names and values of its notes."""
    arrays = {**network.notes, **dict(enumerate(network.parameters))}
    bits = {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()}
    return network.shape, network.activation_names(), network.loss_name, bits


def flips(rng, step=1):
    """Each byte of a saved network changed, twice: it is refused in one line, or the network is as it was."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.npz")
        for kind, whole in {"your_data.py --save": trained(), "save with notes": noted()}.items():
            path.write_bytes(whole)
            network = Network.load(path)
            for place in range(0, len(whole), step):
                for change in (0xFF, 1 << int(rng.integers(8))):
                    path.write_bytes(whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :])
                    yield f"{kind}, byte {place} ^ {change:#x}", flipped(path, network)


def flipped(path, network):
    """What is wrong with how a damaged file of a network is loaded."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            trouble = "something else was loaded" if everything(Network.load(path)) != everything(network) else ""
        except ValueError as error:
            fits = str(error).startswith(str(path)) and one_line(f"{error}\n")
            trouble = "" if fits else f"its message is {str(error)!r}"
        except Exception as error:
            trouble = f"{type(error).__name__}: {error}"
    return trouble or "".join(f"a warning: {warning.message}" for warning in said)


# Hostile files


def npy(values):
    content = io.BytesIO()
    np.save(content, values, allow_pickle=True)
    return content.getvalue()


def header(shape, descr="'<f8'", more="", data=b"\0" * 64):
    """The bytes of a .npy whose header says what it is told."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, {more}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def zipped(members):
    """The bytes of a .zip of members: name and bytes, or with lies (method, packed bytes, claimed size)."""
    body, directory, places = b"", b"", {}
    for name, member in members.items():
        name = name.encode()
        method, packed, size = member if isinstance(member, tuple) else (0, member, len(member))
        crc = zlib.crc32(packed) if method == 0 else 0
        known = struct.pack("<HHHIIIHH", method, 0, 0, crc, len(packed), size, len(name), 0)
        if id(packed) not in places or method == 0:  # what is packed stands there once, for all who claim it
            places[id(packed)] = len(body)
            body += struct.pack("<4sHH", b"PK\3\4", 20, 0) + known + name + packed
        place = struct.pack("<HHHII", 0, 0, 0, 0, places[id(packed)])
        directory += struct.pack("<4sHHH", b"PK\1\2", 20, 20, 0) + known + place + name
    ends = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + ends


def members(content):
    """The bytes of each array in a .npz, by its name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}


def deflated(content):
    """A member of zipped that is packed."""
    packer = zlib.compressobj(9, wbits=-15)
    return 8, packer.compress(content) + packer.flush(), len(content)


def zeros():
    """A member of four megabytes that unpacks to four gigabytes of zeros, and says so."""
    packer, first = zlib.compressobj(9, wbits=-15), header("(500000000,)", data=b"")
    head = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(10**6)) + packer.flush(zlib.Z_FULL_FLUSH)
    return 8, head + 4000 * block + packer.flush(), 4 * 10**9 + len(first)


def changes(arrays):
    """For each hostile file, what takes the place of members of a good one: an array, bytes, or None for nothing."""
    bomb, nan, text = zeros(), np.nan, np.array
    weights, spread, bits = arrays["W1"], arrays["x_spread"], arrays["W1"].tobytes()
    lying = 8, bomb[1], 500
    few = deflated(npy(np.zeros(10**5)))
    values = {
        "shape": [
            (4.0, 2.0, 3.0), ("4", "2", "3"), [[4, 2, 3]], 4, (4, nan, 3), (4, -2, 3), (4, 10**12, 3), (True,) * 3,
            (), (4,), (4, 3), (4, 2, 3, 1), (4, 0, 3), (4, 2.5, 3), (4, 2, 3j), np.datetime64("2020-01-01"),
        ],
        "activations": [
            (b"softplus", b"softmax"), (1, 2), "softplus", [["softplus", "softmax"]], ("softplus", "no\nsuch"), (),
            ("softplus",), ("softmax", "softplus"), ("softplus", "sigmoid"), ("main", "np"), ("tanh", "\x1b[2J"),
        ],
        "loss": [1, (), ("cross_entropy",), b"cross_entropy", "unknown", "", "mean_squared_error", "\x1b[2J\n", nan],
        "W1": [
            weights * 1j, weights.astype("f4"), weights.astype(int), weights.astype(str), weights * nan,
            weights * np.inf, np.zeros((0, 2)), np.zeros((4, 0)), weights.T, weights[0], 1.0, weights.astype("O"),
            np.zeros((4, 2), dtype="f8,f8"), np.zeros((4, 2), "m8[s]"), weights.astype(np.longdouble),
            weights.astype(">f8"), np.asfortranarray(weights), np.ma.masked_array(weights, weights > 0),
        ],
        "b1": [[[0.0, 0.0]], [0.0], 0.0, [nan, 0.0], [np.inf, 0.0]],
        "x_mean": [0.0, [0.0], [[0.0] * 4], [nan] * 4, ["a"] * 4, [0] * 4, [0j] * 4],
        "x_spread": [spread * 0, -spread, spread * nan, spread * np.inf, spread[:3], 1.0, spread > 0],
        "y_mean": [nan, [0.0] * 2, "0", 0], "y_spread": [0.0, -1.0, nan, [1.0] * 2],
        "columns": [["a"] * 3, ["a"] * 4, [1] * 4, "a", [], ["a\nb", "\x1b[2J", "c", "d"]],
        "texts": [["a"] * 4, [1] * 4, [""] * 3, "", ["\n"] * 4],
        "target": [["a"], 1, [], b"a"],
        "classes": [["a"] * 2, ["a"] * 4, [1, 2, 3], [], "a", [b"a"] * 3],
    }  # fmt: skip
    for name, several in values.items():
        yield from ((f"{name} = {str(value)[:40]!r}", {name: npy(text(value))}) for value in several)
    names = "classes", "target", "columns", "texts", "x_spread", "y_mean", "W1", "b2", "shape", "activations", "loss"
    yield from ((f"no {name}", {name: None}) for name in names)
    for name in ("W1", "note", "shape", "activations", "names of all arrays", "classes"):
        yield f"4 GB of zeros for {name}", {name: bomb}
        yield f"4 GB of zeros for {name}, said to be 500 bytes", {name: lying}
        for dtype in ("'<U0'", "'|S0'", "'|V0'"):
            yield f"{name}: 10**9 times nothing, {dtype}", {name: header("(1000000000,)", dtype, data=b"")}
    yield "many over the same data", {f"note{i}": few for i in range(300)}
    yield "many notes", {f"note{i}": npy(i) for i in range(5000)}
    lies = [
        "(10**12, 2)",
        "(1000000000000, 2)",
        "(-4, 2)",
        "(-4, -2)",
        "(4.0, 2)",
        "(4L, 2L)",
        "(4,",
        "None",
        "4",
        "()",
    ]
    lies += ["(4, 2, 9223372036854775807)", "(" * 5000, "(4, '2')", "(True, 8)"]
    yield from ((f"W1 says its shape is {lie[:30]}", {"W1": header(lie, data=bits)}) for lie in lies)
    dtypes = ["'<U1000000000'", "'|O'", "'<f8,<f8'", "'<f99'", "[('a', '<f8')]", "'|V2147483647'", "'>f8'", "None"]
    yield from ((f"W1 says it is of {dtype}", {"W1": header("(4, 2)", dtype, data=bits)}) for dtype in dtypes)
    yield "a header with more", {"W1": header("(4, 2)", more="'x': 1")}
    yield "a long header", {"W1": header("(4, 2)", more=" " * 20000)}
    yield "a name that breaks the line is missing", {"names of all arrays": npy(["W1", "a\nb\x1b[2J"])}
    yield "a name that breaks the line is no array", {"a\nb\x1b[2J": b"text"}
    yield "names that are numbers", {"names of all arrays": npy([1, 2])}
    yield "names in two dimensions", {"names of all arrays": npy([["W1"]])}
    yield "a note that is a text", {"note": b"text"}
    yield "W1 is a text", {"W1": b"text"}
    yield "W1 is empty", {"W1": b""}
    yield "W1 is a zip", {"W1": zipped({"W1.npy": npy(weights)})}
    yield "W1 is packed in an unknown way", {"W1": (77, b"text", 4)}
    yield "a note out of the folder", {"../../note": npy(1)}


def odd(arrays):
    """What fits, but cannot be shown or reckoned with as it stands."""
    yield "odd classes", {"classes": npy(["a\nb", "\x1b[2J", "c\r"])}
    yield "odd target", {"target": npy("a\nb\x1b[2J")}
    yield "odd weights", {"W1": npy(np.full((4, 2), 1e308)), "W2": npy(arrays["W2"] * 1e308)}
    yield "odd spread", {"x_spread": npy([5e-324] * 4)}
    yield "odd mean", {"x_mean": npy([-1.7e308] * 4)}
    yield "odd result", {"y_spread": npy(1e308), "y_mean": npy(1.7e308)}


def hostile_files(folder, step=1):
    """Write hostile files, or every step-th of them, and yield for each what it is and its path."""
    whole = trained()
    good = members(whole)
    arrays = {name: np.load(io.BytesIO(content)) for name, content in good.items()}
    packed = b"PK\1\2\x14\x00\x14\x00\x00"
    contents = {
        "as it was": whole,
        "nothing": b"",
        "a text": b"text\n" * 100,
        "a .npy": good["W1"],
        "a pickle": pickle.dumps(arrays),
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(1000),
        "gzip": gzip.compress(whole),
        "a zip of nothing": zipped({}),
        "more behind": whole + b"more",
        "more before": b"more" + whole,
        "encrypted": whole.replace(packed, packed[:-1] + b"\1"),
        **{f"the first {size} bytes": whole[:size] for size in (1, 4, 100, len(whole) // 2, len(whole) - 1)},
    }
    every = [*contents.items(), *changes(arrays), *odd(arrays)]
    for number, (what, change) in enumerate(every[::step]):
        path = pathlib.Path(folder, f"{number}.npz")
        if isinstance(change, dict):
            kept = {name: content for name, content in (good | change).items() if content is not None}
            change = zipped({f"{name}.npy": content for name, content in kept.items()})
        path.write_bytes(change)
        yield what, path
    paths = {name: pathlib.Path(folder, f"{name.split()[-1]}.npz") for name in ("a folder", "a link loop", "not there")}
    paths["a folder"].mkdir()
    paths["a link loop"].symlink_to(paths["a link loop"])
    yield from paths.items()


LOADER = """
import json, sys, warnings
import numpy as np
from network1 import Network

warnings.simplefilter("error")
for path in sys.argv[1:]:
    try:
        network = Network.load(path)
        with np.errstate(all="ignore"):
            result = "loaded", network.outputs(np.ones((2, 4))).tolist()
    except Exception as error:
        result = type(error).__name__, str(error)
    print(json.dumps([path, *result]), flush=True)
"""


def hostile(rng, step=1):
    """Hostile files are refused in one line, or what they predict is the same: below two gigabytes, in ten seconds."""
    with tempfile.TemporaryDirectory() as folder:
        rows = pathlib.Path(folder, "rows.csv")
        rows.write_text("".join((FOLDER / "data" / "iris.csv").read_text().splitlines(True)[:150:40]))
        trials = list(hostile_files(folder, step))

        def attempt(trial):
            began = time.monotonic()
            result = end(start(command("your_data", f"{rows} --load {trial[1]}", NARROW), folder))
            return *result, time.monotonic() - began

        results = list(spread(attempt, trials))
        expected = results[0][1][1]
        for (what, path), (status, out, err, seconds) in results:
            trouble, fits = f"{seconds:.0f} s" if seconds > 10 else "", out == expected
            if what.startswith("odd"):
                fits = "nan" not in out and "inf" not in out and out.count("\n") == expected.count("\n")
                fits = fits and out.replace("\n", "").isprintable()
            if status == 0 and not fits:
                trouble = f"it printed {out!r}"
            names_file = one_line(err) and (str(path) in err or rows.name in err)
            if status not in (0, 2) or not (names_file if status else err == ""):
                trouble = f"status {status}: {err[-500:]!r}"
            yield f"your_data.py --load, {what}", trouble

        words = [sys.executable, "-c", f"import resource\n{NARROW}\n{LOADER}", *(str(path) for _, path in trials)]
        status, out, err = end(start(words, folder))
        loaded = {path: result for path, *result in map(json.loads, out.splitlines())}
        for what, path in trials:
            kind, result = loaded.get(str(path), ("nothing", f"status {status}: {err[-500:]}"))
            refused = kind in ("Refused", "ValueError") and result.startswith(str(path)) and one_line(f"{result}\n")
            opened = kind not in ("FileNotFoundError", "IsADirectoryError", "OSError")
            right = kind == "loaded" and (result == loaded[str(trials[0][1])][1] or what.startswith("odd"))
            yield f"Network.load, {what}", "" if refused or right or not opened else f"{kind}: {result}"


PARTS = {
    "Ctrl-C at any moment": interruptions,
    "SIGTERM while a file is written": terminations,
    "eight writers of one file": writers,
    "no place for a file": no_place,
    "streams full or closed": streams,
    "each byte of a network damaged": flips,
    "hostile networks": hostile,
}


def main():
    """Replay all parts; returns the exit status."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also for the processes that begin with an import
    rng, losses = np.random.default_rng(0), []
    print("part                             tried   held  lost  seconds")
    for what, part in PARTS.items():
        began, results = time.monotonic(), list(part(rng))
        tried = [(case, trouble) for case, trouble in results if trouble is not None]
        lost = [f"{what}: {case}: {trouble}" for case, trouble in tried if trouble]
        took = time.monotonic() - began
        print(f"{what:31} {len(tried):6} {len(tried) - len(lost):6} {len(lost):5} {took:8.0f}", flush=True)
        skipped = [case for case, trouble in results if trouble is None]
        if skipped:
            print(f"  left out, for want of a right: {'; '.join(skipped)}")
        losses += lost
    print(f"during the imports: {import_tracebacks(rng)} of 30 interruptions show a traceback (not counted)")
    print("\n".join(["", *losses]) if losses else "nothing was lost")
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
