"""A careful user's day, replayed with real processes and signals: how often was anything lost?

Ctrl-C and an end from outside at random moments, one file written by many, files that do not fit, streams that take
nothing, damaged and hostile files. Prints a line for each part, and what was lost; the status is 1 if anything was.

Run:  python -W error tests/replay.py
"""

import concurrent.futures
import contextlib
import functools
import gzip
import io
import itertools
import os
import pathlib
import pickle
import re
import signal
import socket
import stat
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

from backstage import Refused, command_line, training  # noqa: E402

import numpy as np  # noqa: E402
import PIL.Image  # noqa: E402
import PIL.ImageSequence  # noqa: E402
import test_network as known  # noqa: E402
from helpers import DRAWING, LETTERS, SCRIPTS, STRICT, TRAINABLE, environment, load, packed_in  # noqa: E402

import your_data  # noqa: E402
from network1 import Network  # noqa: E402

OLD = b"as it was" * 1000
NONE = "no file"
SEVERAL = ("gradient_check", "reliability")  # these train many networks, and keep none

# Runs a script as its own file does, with Ctrl-C as in a terminal, after a first line that is told.
LAUNCH = """
import os, runpy, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)
exec(sys.argv[1])
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
# First lines: one that says on a pipe when all is imported and the script begins, one that limits what it may write.
TELL = """
from backstage import command_line
run, told = command_line.run, os.fdopen({}, "wb")
command_line.run = lambda main: run(lambda: (told.write(b"."), told.close(), main())[-1])
"""
FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"


def start(words, folder, program=(sys.executable, *STRICT), variables=None, **how):
    """Python in a session of its own, which a signal to its group reaches alone, and where our warnings are errors."""
    how = (
        dict.fromkeys(("stdout", "stderr"), subprocess.PIPE) | {"stdin": subprocess.DEVNULL, "encoding": "utf-8"} | how
    )
    here = environment(**(variables or {"PYTHONPATH": str(FOLDER), "OPENBLAS_NUM_THREADS": "1"}))
    return subprocess.Popen([*program, *map(str, words)], cwd=folder, env=here, start_new_session=True, **how)


def end(process):
    """The status of a process and what it printed, when all who print there have ended."""
    try:
        out, err = process.communicate(timeout=60)  # seconds, on a machine that has much else to do
        return process.returncode, out, err
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return None, "", "it did not end"


def launch(name, arguments, first=""):
    """The words behind Python that run a script."""
    return ["-c", LAUNCH, first, FOLDER / f"{name}.py", *arguments.split()]


def spread(work, trials):
    """The trials, each with what work makes of it, as many at once as there are cores."""
    trials = list(trials)
    with concurrent.futures.ThreadPoolExecutor(training.cores()) as pool:
        yield from zip(trials, pool.map(work, trials), strict=True)


def one_line(text):
    """Whether it is one line without anything that a terminal takes for a command."""
    return text.endswith("\n") and text[:-1].isprintable()


def frames(path):
    """The number of frames in a picture, or a page, that can be read to its end."""
    if path.suffix == ".html":
        return len(packed_in(path.read_text("utf-8"))[1])
    with PIL.Image.open(path) as picture:
        return len([frame.load() for frame in PIL.ImageSequence.Iterator(picture)])


def broken(path):
    """Why a network or picture is not whole, or nothing."""
    try:
        return "" if (Network.load if path.suffix == ".npz" else frames)(path) else "it is empty"
    except Exception as error:
        return f"{path.name} is broken: {type(error).__name__}: {error}"


def left_behind(folder, name, replaced=True):
    """What is wrong with a folder in which a file of this name is expected: replaced, kept, or either (None)."""
    strange = {path.name for path in folder.iterdir()} - {name}
    if strange:
        return f"left behind: {', '.join(sorted(strange))}"
    content = (folder / name).read_bytes() if (folder / name).exists() else None
    new = content not in (None, OLD)
    if replaced is not None and (new, content is None) != (replaced, False):
        return f"{name} was {'not ' * (not new)}replaced"
    return broken(folder / name) if new else ""


def file_in(arguments):
    """The name of the file that is written, or NONE."""
    return next((word for word in arguments.split() if word.startswith("x.")), NONE)


# Signals


FOR_EVER, PICTURE, SAVE = "--no-figure --epochs 1000000", "--figure x.png", "--no-figure --save x.npz"
WAYS = {name: (FOR_EVER, PICTURE, "--sweep 100000", PICTURE, "--epochs 8 --figure x.gif") for name in TRAINABLE}
WAYS |= {name: tuple(way.replace("epochs", "steps") for way in WAYS["xor"]) for name in LETTERS}
WAYS |= {name: (FOR_EVER, f"--seeds 20 --epochs 500 {PICTURE}") for name in SEVERAL}
WAYS["your_data"] = SAVE, FOR_EVER, PICTURE, "--k-fold 5 --epochs 20"


def begin(name, arguments, folder):
    """A process that has imported all it needs."""
    reader, writer = os.pipe()
    process = start(launch(name, arguments, TELL.format(writer)), folder, pass_fds=[writer])
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
        file = file_in(arguments)
        if file != NONE and int(moment * 1000) % 2:  # there is an old one half of the time
            (folder / file).write_bytes(OLD)
        process = begin(name, arguments, folder)
        time.sleep(moment)
        with contextlib.suppress(ProcessLookupError):  # it was over
            os.killpg(process.pid, number)
        status, out, err = end(process)
        done = status in (0, -signal.SIGTERM)  # which Python hears no more when it has all but ended
        if done and out != printed:
            return f"status {status}, but it did not print what it does else: {out[-200:]!r}, {err[-500:]}"
        said = "interrupted\n" if number == signal.SIGINT and not done else ""  # unless there is a report
        if (not done and status != 128 + number) or err not in ("", said):
            return f"status {status}: {err[-500:]}"
        return left_behind(folder, file, replaced=True if done and file != NONE else None)


def interruptions(rng, names=tuple(WAYS), times=12, number=signal.SIGINT):
    """Ctrl-C, or another signal, at random moments between a script's first line and its last, each way in turn."""
    runs = [(name, way) for name in names for way in (WAYS[name] * times)[:times]]
    usual = dict(spread(usually, sorted(set(runs))))
    trials = [(*run, rng.uniform(0, 1.05 * usual[run][0]), usual[run][1]) for run in runs]
    for (name, arguments, moment, _), trouble in spread(functools.partial(interrupt, number), trials):
        yield f"{name}.py {arguments}, after {moment:.3f} s", trouble


def terminations(rng):
    """An end from outside, most of all while files are written."""
    yield from interruptions(rng, ("your_data", "linear"), 24, signal.SIGTERM)


# Many writers

WRITER = """
import contextlib, io, sys
import xor
from network1 import Network

for _ in range(int(sys.argv[3])):
    if sys.argv[2].endswith(".npz"):
        Network([3, 40, 2], rng=int(sys.argv[1])).save(sys.argv[2])
    else:
        with contextlib.redirect_stdout(io.StringIO()):
            xor.main(["--epochs", "1", "--seed", sys.argv[1], "--figure", sys.argv[2]])
"""


def writers(rng, suffixes=("npz", "png", "gif", "html"), processes=8, rounds=6):
    """One file written by many at once, and read all the time: it is always whole, and they leave nothing else."""
    for suffix in suffixes:
        with tempfile.TemporaryDirectory() as folder:
            file, seen = pathlib.Path(folder, f"x.{suffix}"), set()
            started = [start(["-c", WRITER, seed, file, rounds], folder) for seed in range(processes)]
            while any(process.poll() is None for process in started):
                time.sleep(0.02)
                if file.exists():
                    seen.add(broken(file))
            for i, (status, _, err) in enumerate(map(end, started)):
                yield f"writer {i} of one .{suffix}", f"status {status}: {err[-500:]}" if status or err else ""
            yield f"the .{suffix}", "".join(seen) or left_behind(file.parent, file.name)


# Files that do not fit

FILES = [("xor", f"--epochs 30 --figure x.{suffix}") for suffix in ("png", "gif", "html", "svg", "pdf")]
FILES += [("your_data", "--epochs 20 --no-figure --save x.npz")]


def limits(rng, runs=FILES):
    """One line says why a file cannot be written, as on a full disk, and the old one is as it was."""

    def attempt(run):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, file_in(run[1]))
            file.write_bytes(OLD)
            status, _, err = end(start(launch(*run, FULL), folder))
            if status != 2 or err != f"{run[0]}.py: error: {file.name}: File too large\n":
                return f"status {status}: {err[-500:]}"
            return left_behind(file.parent, file.name, replaced=False)

    for (name, arguments), trouble in spread(attempt, runs):
        yield f"{name}.py {arguments}", trouble


# What is no ordinary file, and what is more than its content


def bound(path):
    """Make a socket."""
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


STRANGE = {"a folder": os.mkdir, "a pipe": getattr(os, "mkfifo", None), "a socket": bound}
STRANGE |= {"a device": lambda path: os.mknod(path, stat.S_IFCHR, os.makedev(1, 3))}
STRANGE |= {"a link in a circle": lambda path: os.symlink(path.name, path)}
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def save(path):
    """Keep a network there; the status, output and errors are as those of a command."""
    try:
        Network([3, 4, 2]).save(path)
    except (OSError, Refused) as error:
        return 2, "", f"{error}\n"
    return 0, "", ""


def command(name, *arguments):
    """The status, output and errors of a script that is run in this process."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            command_line.run(lambda: load(name).main(list(arguments)))
        except SystemExit as end:
            return end.code or 0, out.getvalue(), err.getvalue()


FEW = ("--epochs", "2")
WRITES = {
    "Network.save": (".npz", save),
    "your_data --save": (".npz", lambda path: command("your_data", *FEW, "--no-figure", "--save", str(path))),
    "xor --figure": (".png", lambda path: command("xor", *FEW, "--figure", str(path))),
    "linear --figure": (".gif", lambda path: command("linear", *FEW, "--figure", str(path))),
}


def seen(folder, file=True):
    """What stands in a folder: by name which file it is, if file, its rights, owner, group and number of names."""
    found = {path.name: path.lstat() for path in sorted(folder.iterdir())}
    return {name: (s.st_ino * file, s.st_mode, s.st_uid, s.st_gid, s.st_nlink) for name, s in found.items()}


def strange(rng, ways=tuple(WRITES)):
    """What exists and is no ordinary file is refused in a line, before anything is computed, and stays what it is."""
    for what, way, linked in itertools.product(STRANGE, ways, (False, True)):
        if what == "a device" and not ROOT:
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder, (suffix, write) = pathlib.Path(folder), WRITES[way]
            path = folder / f"x{suffix}"
            STRANGE[what](folder / "thing" if linked else path)
            if linked:
                path.symlink_to("thing")
            before = seen(folder)
            status, out, err = write(path)
            held = (status, out) == (2, "") and one_line(err) and seen(folder) == before
            yield f"{way}: {'a link to ' * linked}{what}", "" if held else f"status {status}: {out[-200:]}{err[-500:]}"


def owned(path):
    os.chown(path, 65534, 65534)
    path.chmod(0o640)


MORE = {  # than its content
    "rights": lambda path: path.chmod(0o640),
    "another name": lambda path: os.link(path, path.parent / "other"),
    "two other names": lambda path: [os.link(path, path.parent / name) for name in ("other", "third")],
    "a link to it": lambda path: path.rename(path.parent / "other") and path.symlink_to("other"),
    "another owner": owned,
    "another group": lambda path: os.chown(path, 0, 65534),
    "another owner and another name": lambda path: (owned(path), os.link(path, path.parent / "other")),
}


def replaced(rng, ways=tuple(WRITES)):
    """A file that is written anew loses nothing: all its names lead to the new content, owner and rights stay."""
    for what, way in itertools.product(MORE, ways):
        if ("owner" in what or "group" in what) and not ROOT:
            continue
        with tempfile.TemporaryDirectory() as folder:
            folder, (suffix, write) = pathlib.Path(folder), WRITES[way]
            path, same_file = folder / f"x{suffix}", what not in ("rights", "a link to it")
            path.write_bytes(OLD)
            MORE[what](path)
            before = seen(folder, same_file)
            status, _, err = write(path)
            after, contents = seen(folder, same_file), {each.read_bytes() for each in folder.iterdir()}
            trouble = f"status {status}: {err}" if status else "" if before == after else f"{before} became {after}"
            if len(contents) > 1 or OLD in contents:
                trouble = trouble or "its names have other contents"
            yield f"{way}: {what}", trouble or broken(path)


# Keeps a network as a user who owns nothing else, after all is imported, which that one may not read.
AS_NOBODY = """
import os, sys, tempfile, zipfile
from backstage import command_line
from network1 import Network

os.setgroups([])
os.setgid(65534)
os.setuid(65534)
command_line.run(lambda: Network([3, 4, 2]).save(sys.argv[1]))
"""
NOBODY, OTHER = 65534, 0
RIGHTS = [  # whose file it is, its rights and those of the folder, and whether it is written
    (OTHER, 0o644, 0o777, False), (OTHER, 0o666, 0o777, True), (OTHER, 0o666, 0o1777, True),
    (OTHER, 0o666, 0o755, True), (NOBODY, 0o644, 0o755, True), (NOBODY, 0o444, 0o777, False),
    (NOBODY, 0o640, 0o777, True), (None, 0, 0o755, False), (None, 0, 0o777, True),
]  # fmt: skip


def rights(rng):
    """What the system would refuse to a plain write is refused in a line, and nothing else; owner and rights stay."""
    for owner, mode, around, written in RIGHTS if ROOT else ():
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            folder.chmod(around)
            path = folder / "x.npz"
            if owner is not None:
                path.write_bytes(OLD)
                os.chown(path, owner, owner)
                path.chmod(mode)
            before = seen(folder, False)
            status, _, err = end(start(["-c", AS_NOBODY, path], FOLDER))
            said = (status, err) == (0, "") if written else status == 2 and one_line(err)
            kept = owner is None or seen(folder, False) == before
            trouble = "" if said and kept else f"status {status}: {err[-500:]}, {before} became {seen(folder, False)}"
            what = f"{owner}'s file {mode:o} in a folder {around:o}"
            yield what, trouble or (left_behind(folder, path.name, written) if owner is not None or written else "")


# Options at their edges

EDGES = ("-0", "-0.0", "0", str(2**63 - 1), str(2**63), "1" + "0" * 30, "1e400", "", "a\nb", "\x1b[2J", "\udcff")


class TimeIsUp(BaseException):
    """What was asked for goes on."""


def edge(name, option, value):
    """What is wrong with a command line: it works, for a second at least, or is refused in a line."""
    if name == "check_backward":
        arguments = [str(FOLDER / "linear.py")]
    else:
        arguments = ["--no-figure"] if option != "--figure" else []
        arguments += ["--steps" if name in LETTERS else "--epochs", "2"] if name in (*TRAINABLE, *LETTERS) else []
    signal.signal(signal.SIGALRM, time_is_up)
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        status, out, err = command(name, *arguments, f"{option}={value}")
    except TimeIsUp:
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if value == "" and option != "--start" and status == 0:
        return f"it did something: {out[-200:]}"
    done = status in (0, 1) and not err  # 1: check_backward has found something
    return "" if done or (status == 2 and not out and one_line(err)) else f"status {status}: {out[-200:]}{err[-500:]}"


def time_is_up(*_):
    raise TimeIsUp


def edges(rng, names=tuple(SCRIPTS), values=EDGES):
    """Every option that takes a value, with values that are hardly one."""
    for name in names:
        _, words, _ = command(name, "--help")
        for option, value in itertools.product(re.findall(r"^  (--[\w-]+) [A-Z{]", words, re.MULTILINE), values):
            yield f"{name}.py {option}={value!r}", edge(name, option, value)


# Odd arrays and settings


def refusal(act, *arguments, **settings):
    """What is wrong with how an act is refused."""
    try:
        act(*arguments, **settings)
    except ValueError as error:
        return "" if one_line(f"{error}\n") else f"its message is {str(error)!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "it is not refused"


def arrays(rng):
    """What a Network cannot take is refused in a line; what it takes of another kind gives the same digits."""
    network, X, Y = known.make((2, 3, 1), ("tanh", "sigmoid"))
    for call, (values, _) in itertools.product(known.CALLS, known.BAD_SAMPLES):
        yield f"{call}: X is {values!r:.40}", refusal(known.called, network, call, values, Y)
        if known.CALLS[call]:
            yield f"{call}: Y is {values!r:.40}", refusal(known.called, network, call, X, values)
    yield "Y in one dimension", refusal(network.train, X, Y[:, 0], 2, 0.1)
    for setting, values in known.SENSELESS.items():
        for value in values + known.NO_NUMBERS:
            yield (
                f"{setting} is {value!r}",
                refusal(network.train, X, Y, **{"epochs": 1, "learning_rate": 1} | {setting: value}),
            )
    for given, _ in known.REFUSED:
        yield f"Network{given!r}", refusal(Network, *given)
    for call, (kind, weights) in itertools.product((*known.CALLS, "save"), known.NO_WEIGHTS.items()):
        network, X, Y = known.make((2, 2, 3), ("tanh", "softmax"))
        network.weights[1] = weights
        act = [network.save, os.devnull] if call == "save" else [known.called, network, call, X, Y]
        yield f"{call}: W2 is {kind}", refusal(*act)
    for kind, convert in known.KINDS.items():
        (network, X, Y), (again, _, _) = known.make(), known.make()
        X, Y = np.round(8 * X) / 8, np.round(Y)
        same = network.train(X, Y, 5, 0.1) == again.train(convert(X), convert(Y), 5, 0.1)
        yield f"X and Y are {kind}", "" if same else "it learns other weights"


# Places


def places(rng, names=("xor", "your_data", "playground", "check_backward")):
    """A csv.py in the current folder does no harm with -m; a current folder that is gone is named in the error."""
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "csv.py").write_text("raise RuntimeError('not this one')")
            words = [FOLDER / "linear.py"] if name == "check_backward" else ["--no-figure"]
            status, out, err = end(start(["-m", name, *words], folder))
            yield f"{name} beside a csv.py", "" if (status, err) == (0, "") else f"status {status}: {err[-500:]}"
            gone, words = os.path.join(folder, "gone"), [FOLDER / f"{name}.py"]
            os.mkdir(gone)
            shell = ["sh", "-c", f'rmdir "{gone}"; exec "$@"', "sh", sys.executable, *STRICT]
            status, out, err = end(start([*words, *["nothing.py"][: name == "check_backward"]], gone, shell))
            held = status == 2 and one_line(err) and "current folder" in err
            yield f"{name} in a folder that is gone", "" if held else f"status {status}: {out}{err[-500:]}"


# Streams that take nothing: how a shell begins, and the status

CLOSED = "<&- >&- 2>&-"
STREAMS = {">/dev/full": 2, "| head -1": 0, "2>&1 | true": 0, ">&-": 0, "2>&-": 0, CLOSED: 0, "2>/dev/full >&2": 2}


def streams(rng, names=DRAWING, kinds=tuple(STREAMS)):
    """Each script with standard streams that are full or closed: it ends as it should, and draws its picture."""

    def attempt(trial):
        name, kind = trial
        unit = "steps" if name in LETTERS else "epochs"
        few = (f"--{unit} 30" if name in WAYS else "") + (" --seeds 3" if name in SEVERAL else "")
        with tempfile.TemporaryDirectory() as folder:
            shell = ["bash", "-o", "pipefail", "-c", f'"$@" {kind}', "bash", sys.executable, *STRICT]
            status, _, err = end(start(launch(name, few), folder, shell))
            full = f"{name}.py: error: standard output: No space left on device\n" if kind == ">/dev/full" else ""
            if (status, err) != (STREAMS[kind], full):
                return f"status {status}: {err[-500:]}"
            return left_behind(pathlib.Path(folder), f"{name}.png")

    for (name, kind), trouble in spread(attempt, [(name, kind) for name in names for kind in kinds]):
        yield f"{name}.py {kind}", trouble


# Damaged and hostile files


def npy(values):
    content = io.BytesIO()
    np.save(content, values, allow_pickle=True)
    return content.getvalue()


def header(shape, dtype="<f8", data=b""):
    """The bytes of a .npy whose header says what it is told."""
    text = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def zipped(members):
    """The bytes of a .zip of members by their names: bytes, or bytes and what its directory says of them."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            data, lies = member if isinstance(member, tuple) else (member, {})
            archive.writestr(f"{name}.npy", data)
            for what, lie in lies.items():
                setattr(archive.getinfo(f"{name}.npy"), what, lie)
    return content.getvalue()


def zeros():
    """Four megabytes that unpack to four gigabytes of zeros, and what a directory has to say of them."""
    packer, first = zlib.compressobj(9, wbits=-15), header("(500000000,)")
    head, block = (packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH) for data in (first, bytes(10**6)))
    size = 4 * 10**9 + len(first)
    return head + 4000 * block + packer.flush(), {"compress_type": 8, "file_size": size, "CRC": 0}


def values(array):
    """What may stand in the place of an array, most of which is nonsense."""
    yield from (1, -1.0, np.nan, True, 1j, "", "text", b"text", "a\nb\x1b[2J", np.datetime64("2020-01-01"), ())
    flat = array.ravel()
    yield from (array[np.newaxis], array.T, flat[:0], flat[:1], flat[::-1], np.append(flat, flat), array.astype(str))
    for one in (np.nan, np.inf, 0, -1.0, 2.5, 1e308, -1.7e308, 5e-324, 10**12, True, 1j, "a", b"a", "\x1b[2J\n", None):
        yield np.full(array.shape, one)
    for dtype in ("f4", ">f8", "g", "f8,f8", "m8[s]"):
        yield np.zeros(array.shape, dtype)


def changes(arrays):
    """For each hostile file, what takes the place of members of a good one: bytes, or None for nothing."""
    bits, (packed, told) = arrays["W1"].tobytes(), zeros()
    for name, array in arrays.items():
        yield f"no {name}", {name: None}
        for value in values(array):
            yield f"{name} = {str(value)[:40]!r}", {name: npy(value)}
    for pair in (("softmax", "softplus"), ("softplus", "sigmoid"), ("main", "np"), ("softplus", "no\nsuch")):
        yield f"activations are {pair}", {"activations": npy(pair)}
    for name in (*arrays, "note"):
        yield f"4 GB of zeros for {name}", {name: (packed, told)}
        yield f"4 GB of zeros for {name}, said to be 500 bytes", {name: (packed, told | {"file_size": 500})}
        for dtype in ("<U0", "|S0", "|V0"):
            yield f"{name}: 10**9 times nothing, {dtype}", {name: header("(1000000000,)", dtype)}
    yield "many notes", {f"note{i}": npy(i) for i in range(5000)}
    yield "many notes in one place", {f"note{i}": (npy(i), {"header_offset": 0}) for i in range(300)}
    for lie in (
        "(10**12, 2)", "(1000000000000, 2)", "(-4, 2)", "(-4, -2)", "(4.0, 2)", "(4L, 2L)", "(4,", "None", "4", "()",
        "(4, 2, 9223372036854775807)", "(" * 5000, "(4, '2')", "(True, 8)", "(4, 2), 'x': 1", "(4, 2)" + " " * 20000,
    ):  # fmt: skip
        yield f"W1 says its shape is {lie[:30]}", {"W1": header(lie, data=bits)}
    for dtype in ("<U1000000000", "|O", "<f8,<f8", "<f99", "|V2147483647", ">f8", "", "nonsense"):
        yield f"W1 says it is of {dtype}", {"W1": header("(4, 2)", dtype, data=bits)}
    for what, member in {"text": b"text", "nothing": b"", "strangely packed": (b"", {"compress_type": 77})}.items():
        yield f"W1 is {what}", {"W1": member}
    yield "a missing name that breaks the line", {"names of all arrays": npy(["W1", "a\nb\x1b[2J"])}
    yield "a name that breaks the line", {"a\nb\x1b[2J": b"text"}
    yield "a note out of the folder", {"../../note": npy(1)}


def hostile_files(whole):
    """The bytes of hostile files by what they are, made from a good one."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        good = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}
    arrays, packed = dict(np.load(io.BytesIO(whole))), b"PK\1\2\x14\x00\x14\x00\x00"
    yield from {
        "a text": b"text\n" * 100, "a .npy": good["W1"], "a pickle": pickle.dumps(arrays),
        "gzip": gzip.compress(whole), "a zip of nothing": zipped({}), "more behind": whole + b"more",
        "more before": b"more" + whole, "encrypted": whole.replace(packed, packed[:-1] + b"\1"),
    }.items()  # fmt: skip
    for size in (0, 1, 4, 100, len(whole) // 2, len(whole) - 1):
        yield f"the first {size} bytes", whole[:size]
    for name in good:
        content = io.BytesIO(whole)
        with warnings.catch_warnings(), zipfile.ZipFile(content, "a") as archive:
            warnings.simplefilter("ignore")
            archive.writestr(f"{name}.npy", good[name])
        yield f"no single {name}", content.getvalue()
    for what, change in changes(arrays):
        members = (good | change).items()
        yield what, zipped({name: content for name, content in members if content is not None})


@functools.cache
def saved():
    """The bytes of a small network that your_data.py saved."""
    with tempfile.TemporaryDirectory() as folder:
        few = "--hidden-nodes 2 --epochs 3 --no-figure --save x.npz"
        assert end(start(launch("your_data", few), folder))[0] == 0
        return pathlib.Path(folder, "x.npz").read_bytes()


def tried(files, step=1):
    """What is wrong with how your_data.py predicts with the networks in files, of which only every step-th is taken."""
    with tempfile.TemporaryDirectory() as folder:
        rows, path = pathlib.Path(folder, "rows.csv"), pathlib.Path(folder, "x.npz")
        rows.write_text("".join((FOLDER / "data" / "iris.csv").read_text().splitlines(True)[:150:40]))
        path.write_bytes(saved())
        expected, _ = predicted(rows, path)
        for what, content in itertools.islice(files, 0, None, step):
            path.write_bytes(content)
            out, trouble = predicted(rows, path)
            lacks = what.startswith("no ") and what != "no names of all arrays"
            if out and (lacks or ("byte" in what and out != expected)):
                trouble = f"it printed {out!r}"
            yield what, trouble


def flips(rng, step=1):
    """Each byte of a saved network changed, twice: it is refused in one line, or what it predicts is as it was."""
    whole, changes = saved(), ((place, how) for place in range(len(saved())) for how in (0xFF, 1 << rng.integers(8)))
    each = ((place, whole[place] ^ int(how)) for place, how in changes)
    yield from tried(((f"byte {i} is {new}", whole[:i] + bytes([new]) + whole[i + 1 :]) for i, new in each), step)


def hostile(rng, step=1):
    """Hostile files are refused in one line, or what they predict can be shown: with little memory, in ten seconds."""
    yield from tried(hostile_files(saved()), step)


def predicted(rows, path):
    """What your_data.py predicts for the rows of a file with a network in another, and what is wrong with that."""
    import resource  # which Windows does not have

    out, began, limits = io.StringIO(), time.monotonic(), resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 * 10**9, limits[1]))
    try:
        with contextlib.redirect_stdout(out):
            your_data.main([str(rows), "--load", str(path)])
        lines = out.getvalue().splitlines()
        fits = len(lines) == 4 and all(line.isprintable() and "nan" not in line and "inf" not in line for line in lines)
        trouble = "" if fits else f"it printed {out.getvalue()!r}"
    except (Refused, OSError) as error:
        fits = one_line(f"{error}\n") and any(what in str(error) for what in (path.name, rows.name, "the network says"))
        trouble = "" if fits else f"its message is {str(error)!r}"
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
    return out.getvalue(), trouble or "it took more than ten seconds" * (time.monotonic() - began > 10)


PARTS = {
    "Ctrl-C at any moment": interruptions,
    "SIGTERM while a file is written": terminations,
    "eight writers of one file": writers,
    "files that do not fit": limits,
    "what is no ordinary file": strange,
    "files that are replaced": replaced,
    "rights": rights,
    "options at their edges": edges,
    "odd arrays": arrays,
    "odd places": places,
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
        lost = [f"{what}: {case}: {trouble}" for case, trouble in results if trouble]
        held, took = len(results) - len(lost), time.monotonic() - began
        print(f"{what:31} {len(results):6} {held:6} {len(lost):5} {took:8.0f}", flush=True)
        losses += lost
    print("\n".join(["", *losses]) if losses else "nothing was lost")
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
