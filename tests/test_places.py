"""Wherever a script runs: alone in a folder, odd terminals, IDLE, notebooks, full streams, other settings."""

import argparse
import io
import os
import re
import shutil
import signal
import struct
import sys
import time

from backstage import Refused, command_line, picture, report, terminal, training

import pytest
from helpers import FOLDER, PRESSING, SCRIPTS, load
from replay import end, start

FEW = ["--epochs", "2"]
BRIEF = {"2x2_image_predefined_1": [], "worked_example": [], "gradient_check": ["--seeds", "0"]}

posix = pytest.mark.skipif(os.name != "posix", reason="signals are others there")
linux = pytest.mark.skipif(sys.platform != "linux", reason="its terminals, others are not tried")

# Alone

DIGITS = "*dataset.digits_apart('random', rng)[:2]"
BEGINNINGS = {  # what a reader writes who has imported a lesson, and of which the last value is below the first
    "2x2_image_predefined_1": "1 - np.sort(forward(dataset.image2x2()[0], initialize())[-1].ravel())",
    "2x2_image_predefined_2": "1 - np.sort(forward(dataset.image2x2()[0], initialize())[-1].ravel())",
    "nudge": "[loss(X, Y, weight) for weight in train(X, Y, 0.0, 20, 0.05, 1e-6)]",
    "perceptron": "train(*dataset.truth_table('or'), initialize(2, rng), 20, 5.0)",
    "xor": "train(*dataset.truth_table('xor'), initialize(2, 4, rng), 100, 4.5)",
    "worked_example": "train(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]), initialize(), 20, 0.5)",
    "gradient_check": "train(*dataset.truth_table('xor'), initialize(4, rng), 100, 2.0, backward)",
    "reliability": "train(*dataset.truth_table('xor'), initialize(4, 0.5, rng), 100, 4.5)",
    "2x2_image_recognition": "train(*dataset.image2x2_set(2, 0.1, rng), initialize(4, (16, 8), 4, rng), 20, 1.0)",
    "network1": "train(*dataset.truth_table('xor'), Network([2, 4, 1], rng=rng), 100, 2.0, 0.5, None)",
    "linear": "train(np.c_[-1:1:9j], np.c_[1:3:9j], initialize(rng), 20, 0.1)",
    "cubic": "train(*map(scaled, curve([1, 0, 15, 0])), initialize(8, rng), 20, 0.1)",
    "noisy_xor": "train(*dataset.noisy_xor(100, 0.2, rng), initialize(7, rng), 20, 1.0)",
    "spirals": "train(*dataset.spirals(50, 4, 0.2, rng), Network([2, 15, 4], loss='cross_entropy'), 20, 0.5, 0.9)",
    "digits": f"train({DIGITS}, Network([64, 10], loss='cross_entropy', rng=rng), 2, 0.5, 32, 0.0)",
    "convolution": f"train({DIGITS}, initialize(3, 4, rng), 2, 0.5, 32)",
    "next_letter": "train(*dataset.windows(dataset.names()[:20], 3), initialize(3, 8, 27, rng), 50, 0.02)",
    "attention": "train(*dataset.facts(32, 12, rng), initialize(16, rng), 50, 1.0)",
    "transformer": "train(*dataset.rows(dataset.names()[:32], 12), initialize(27, 12, rng), 20, 0.01)",
}
ALONE = """
import importlib, sys
import numpy as np

while len(sys.argv) > 1:
    sys.path[0], name, beginning = sys.argv[1:4]
    del sys.argv[1:4]
    for module in ("activation", "dataset", "network1"):
        sys.modules.pop(module, None)
    losses = list(eval(beginning, {**vars(importlib.import_module(name)), "rng": np.random.default_rng(0)}))
    print(name, np.all(losses[-1] < losses[0]))
"""
NETWORK = """
from network1 import Network

network = Network([2, 4, 1], ["tanh", "sigmoid"], rng=0)
losses = network.train([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], epochs=1000, learning_rate=2.0)
print(network.predict([[0, 1]]).round(), losses[-1] < losses[0])
for way in (network.save, Network.load):
    try:
        way("xor.npz")
    except ModuleNotFoundError as error:
        print(error)
"""


def copied(name, folder):
    """A folder with a lesson, the modules beside it that it may import, and data where it reads some."""
    imported = re.findall(r"^from (network1) ", (FOLDER / f"{name}.py").read_text("utf-8"), re.MULTILINE)
    (folder / name).mkdir()
    for module in (name, "activation", "dataset", *imported):
        shutil.copy(FOLDER / f"{module}.py", folder / name)
    if name in ("digits", "convolution", "next_letter", "transformer"):
        shutil.copytree(FOLDER / "data", folder / name / "data")
    return folder / name


def python(*words, folder, **variables):
    """The status of Python, and what it printed."""
    return end(start(words, folder, variables=variables or {"OPENBLAS_NUM_THREADS": "1"}))


def test_a_lesson_stands_alone(tmp_path):
    """Copied into an empty folder with those beside it, it can be imported and trained."""
    words = [word for name, beginning in BEGINNINGS.items() for word in (copied(name, tmp_path), name, beginning)]
    status, out, err = python("-c", ALONE, *words, folder=tmp_path)
    assert (status, err) == (0, "")
    assert out.splitlines() == [f"{name} True" for name in BEGINNINGS]


def test_a_network_stands_alone(tmp_path):
    """It learns and answers; what needs more than the lesson says so."""
    says = "to save or load a network, put the folder backstage beside network1.py\n"
    assert python("-c", NETWORK, folder=copied("network1", tmp_path)) == (0, f"[[1.]] True\n{says}{says}", "")


def test_a_lesson_that_is_imported_loads_nothing_of_the_house():
    looks = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]; print(*sys.modules)"
    status, out, err = python("-c", looks, *BEGINNINGS, folder=FOLDER)
    assert (status, err) == (0, "")
    loaded = {name.split(".")[0] for name in out.split()}
    assert loaded >= {*BEGINNINGS, "numpy"}
    assert not loaded & {"backstage", "matplotlib", "PIL"}


# Streams


class Raw(io.BytesIO):
    """The file under a standard stream: it keeps what is written, or fails."""

    error = None

    def write(self, data):
        if self.error:
            raise self.error
        return super().write(data)


def standard(monkeypatch, name, encoding="utf-8", error=None):
    """Put a standard stream of Python's own into the place of the present one, and give the file under it."""
    raw = Raw()
    raw.error = error
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding)
    monkeypatch.setattr(sys, name, stream)
    monkeypatch.setattr(sys, f"__{name}__", stream)
    return raw


def status(script, arguments, monkeypatch):
    """The exit status of a script, run as its last line does."""
    monkeypatch.setattr(sys, "argv", [f"{script}.py"])
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: load(script).main(arguments))
    sys.stderr.flush()  # as Python does in the end
    return ended.value.code or 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "cp1252", "utf-8", "utf-16"])
def test_letters(encoding, monkeypatch):
    """Where a letter is lacking, others stand for it and never its number: in every help, and in what is printed."""
    out = standard(monkeypatch, "stdout", encoding)
    for name in SCRIPTS:
        assert status(name, ["--help"], monkeypatch) == 0
    for name, arguments in BRIEF.items():
        assert status(name, [*arguments, "--no-figure"], monkeypatch) == 0
    text = out.getvalue().decode(encoding)
    assert "\\" not in text
    assert ("██" if encoding in ("cp437", "utf-8", "utf-16") else "##") in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_name_that_is_no_text(encoding, monkeypatch):
    """Some names of files are bytes that no letters belong to."""
    errors = standard(monkeypatch, "stderr", encoding)
    assert status("your_data", ["d\udcff.csv"], monkeypatch) == 2
    assert errors.getvalue() == b"your_data.py: error: d\\udcff.csv: No such file or directory" + os.linesep.encode()


FULL = OSError(28, "No space left on device")
CLOSED = BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize("arguments", [["--help"], [*FEW, "--sweep", "2"], [*FEW, "--figure", "x.png"]], ids=str)
@pytest.mark.parametrize(("error", "expected"), [(FULL, 2), (CLOSED, 0)], ids=["full", "closed"])
def test_output_that_goes_nowhere(error, expected, arguments, tmp_path, monkeypatch):
    """A full disk is an error of one line, a reader who has seen enough is none, and the picture is drawn anyway."""
    monkeypatch.chdir(tmp_path)
    standard(monkeypatch, "stdout", error=error)
    errors = standard(monkeypatch, "stderr")
    assert status("linear", arguments, monkeypatch) == expected
    line = "linear.py: error: standard output: No space left on device" + os.linesep
    assert errors.getvalue().decode() == (line if expected else "")
    assert [path.name for path in tmp_path.iterdir()] == [name for name in arguments if name.endswith(".png")]


# Terminals


@pytest.fixture
def open_terminal():
    """A function that gives both ends of a terminal of some columns: the screen, and what a program writes to."""
    pty, opened = pytest.importorskip("pty"), []

    def both_ends(columns):
        import fcntl
        import termios

        opened.extend(pty.openpty())
        screen, program = opened[-2:]
        fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        return screen, program

    yield both_ends
    for number in opened:
        os.close(number)


def is_clean(data, columns):
    """Whether all that came to a screen stayed in one line, never a full one, and was wiped out in the end.

    A line may be shorter: with Ctrl-C the terminal drops what it has not shown yet.
    """
    *texts, wiped, last = data.decode().replace("^C", "").split("\r")
    return all(len(text) < columns for text in texts) and wiped == " " * (columns - 1) and last == ""


def written(screen, program, until=b""):
    """What comes to a screen, up to now and at least up to certain bytes."""
    data, end = b"", b"~"
    while until not in data:
        data += os.read(screen, 10**4)
    os.write(program, end)
    while end not in data:
        data += os.read(screen, 10**4)
    return data.replace(end, b"")


@linux
@pytest.mark.parametrize("columns", [200, 60, 20, 3])
def test_progress_leaves_no_rests(columns, open_terminal, monkeypatch):
    """A line never wraps, is wiped out in the end, and so is the ^C that the terminal writes wherever it just is."""
    screen, program = open_terminal(columns)
    with open(program, "w", closefd=False) as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        report.progress("epoch 1000 of at most 1000000, loss 0.333, at most 12 s left")
        seen = written(screen, program)
        assert seen.decode().startswith("\repoch 1000 of at most"[:columns])
        os.write(screen, b"\x03")  # nobody is interrupted: it is no program's terminal
        seen += written(screen, program, until=b"^C")
        report.progress("short")
        report.progress("")
        assert is_clean(seen + written(screen, program), columns)


@linux
@pytest.mark.slow
def test_ctrl_c_in_a_terminal(open_terminal, tmp_path):
    """A sweep, which after a second goes on in other processes, leaves its report, and a screen as it was."""
    screen, program = open_terminal(30)
    sweep = start(["-c", PRESSING, "no", "0", "xor", "--sweep", "100000"], tmp_path, stderr=program)
    seen = written(screen, program, until=b"2 of 100000 seeds done")
    time.sleep(2)
    os.write(screen, b"\x03")
    os.killpg(sweep.pid, signal.SIGINT)
    status, out, _ = end(sweep)
    first, second, *_ = out.splitlines()
    done = int(first.removeprefix("interrupted after ").removesuffix(" of 100000 seeds; reached by then:"))
    assert second == f"solved: {done} of {done} seeds"
    assert status == 130
    assert is_clean(seen + written(screen, program), 30)


# IDLE and notebooks


class Idle(io.StringIO):
    """IDLE's streams say that they are a terminal, and have no number."""

    def isatty(self):
        return True


class Notebook(io.StringIO):
    """A notebook's streams have the number of the terminal in which its server was started."""

    def fileno(self):
        return self.number


@pytest.mark.parametrize("kind", [Idle, Notebook])
def test_streams_of_others_are_left_alone(kind, open_terminal, monkeypatch):
    """They stay what they are, and are not flooded with lines that overwrite each other."""
    streams = out, err = kind(), kind()
    out.number = err.number = open_terminal(80)[1]
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    terminal.prepare()
    report.progress("1 of 2 seeds done")
    assert (sys.stdout, sys.stderr) == streams
    assert err.getvalue() == ""


def test_processes_below_a_main_without_a_spec(monkeypatch):
    """A notebook that runs a script a second time leaves out what multiprocessing looks for."""
    main = sys.modules["__main__"]
    for name in ("__spec__", "__file__"):
        monkeypatch.delattr(main, name, raising=False)
    monkeypatch.setattr(training, "cores", lambda: 1)
    with training.pool() as pool:
        assert pool.map(abs, [-1, 2]) == [1, 2]


@pytest.fixture
def pyplot():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    yield pyplot
    pyplot.close("all")
    pyplot.switch_backend("agg")


@pytest.mark.parametrize("before", [False, True])
def test_a_notebook_goes_on_showing_figures(before, pyplot):
    """It turns that on when the first figure is made, perhaps a script's, or has done so before."""
    with pyplot.rc_context({"interactive": before}):
        with picture.style():
            assert pyplot.isinteractive() == before
            pyplot.ion()
        assert pyplot.isinteractive()


@pytest.mark.parametrize("backend", ["agg", "module://window"])
def test_twice_in_one_process(backend, pyplot, tmp_path, monkeypatch, capsys):
    """The second time everything is as the first time, in the same window."""
    shutil.copy(FOLDER / "tests" / "programs" / "window.py", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    pyplot.switch_backend(backend)
    runs = []
    for _ in range(2):
        assert load("linear").main(FEW) == 0
        pictures = [path.read_bytes() for path in tmp_path.glob("*.png")]
        runs.append((capsys.readouterr().out, pyplot.get_fignums(), pictures))
    assert runs[0] == runs[1]
    assert runs[0][1] == [1]
    assert len(runs[0][2]) == (backend == "agg")


# matplotlib as others have set it up


@pytest.mark.parametrize("error", [ImportError, RuntimeError])
def test_a_window_that_cannot_be(error, pyplot, monkeypatch, capsys):
    """matplotlib raises now this, now that; the picture then goes into a file."""

    def figure(*_, **__):
        raise error("it is not there")

    monkeypatch.setattr(pyplot, "figure", figure)
    assert not picture.window(argparse.Namespace(name="x")).canvas.required_interactive_framework
    assert capsys.readouterr().out == "\nno window: it is not there\n"


def test_live_without_a_screen_leaves_no_figure(pyplot):
    """A notebook would show it, empty."""
    with pytest.raises(Refused, match="needs a screen"):
        load("linear").main([*FEW, "--live"])
    assert pyplot.get_fignums() == []


DARK = "font.size: 40\naxes.facecolor: black\nsavefig.dpi: 30\ntext.usetex: True\n"
SETTINGS = {  # what stands in matplotlibrc, and in the environment
    "everything": (DARK + "backend: nonsense\nnonsense\n", {"MPLBACKEND": "nonsense"}),
    "dark": (DARK, {}),
    "broken": ("nonsense\n: : :\nfont.size: huge\n", {}),
    "no such module": ("", {"MPLBACKEND": "module://nothere"}),
    "no screen": ("backend: TkAgg\n", {"MPLBACKEND": "TkAgg"}),
    "no home": ("", {"HOME": os.path.join(os.sep, "nothere"), "MPLCONFIGDIR": ""}),
    "nothing can be kept": ("", {"MPLCONFIGDIR": __file__}),
}


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--figure", "linear.png"], []], ids=str)
@pytest.mark.parametrize("what", SETTINGS)
def test_a_picture_is_always_the_same(what, arguments, tmp_path, capsys):
    """To the last byte, and without a word on standard error."""
    if not arguments and sys.platform != "linux":
        pytest.skip("there is a screen")
    matplotlibrc, variables = SETTINGS[what]
    (tmp_path / "matplotlibrc").write_text(matplotlibrc)
    status, _, err = python(FOLDER / "linear.py", *FEW, *arguments, folder=tmp_path, **variables)
    assert (status, err) == (0, "")
    load("linear").main([*FEW, "--figure", str(tmp_path / "as it should be.png")])
    assert (tmp_path / "linear.png").read_bytes() == (tmp_path / "as it should be.png").read_bytes()


def test_without_matplotlib(tmp_path):
    """One line says what to do."""
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError('not there', name='matplotlib')")
    status, _, err = python(FOLDER / "linear.py", *FEW, folder=tmp_path, PYTHONPATH=str(tmp_path))
    what = "matplotlib is not installed for this Python: take the one in .venv, as in README.md"
    assert (status, err) == (2, f"linear.py: error: {what}\n")


@posix
@pytest.mark.parametrize(("name", "expected"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_end_that_a_signal_asks_for(name, expected, monkeypatch):
    """What has to be put away is put away, and later the signal does what it did before."""
    number, put_away = getattr(signal, name), []

    def main():
        try:
            os.kill(os.getpid(), number)
        finally:
            put_away.append(True)

    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as ended:
            command_line.run(main)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert ended.value.code == expected
    assert put_away == [True]
