"""Wherever a script runs: odd terminals, IDLE, notebooks, closed and full streams, other settings, no numpy at all."""

import argparse
import io
import os
import signal
import struct
import subprocess
import sys

from backstage import Refused, command_line, picture, report, terminal, training

import pytest
from helpers import DRAWING, FOLDER, PRESSING, SCRIPTS, STRICT, environment, load, quick_and_slow
from test_pictures import WINDOW

LESSONS = [name for name in SCRIPTS if name not in ("activation", "dataset")]
FEW = ["--epochs", "2"]
BRIEF = {"2x2_image_predefined_1": [], "worked_example": [], "gradient_check": ["--seeds", "0"]}

posix = pytest.mark.skipif(os.name != "posix", reason="signals, terminals and shells are others there")
linux = pytest.mark.skipif(sys.platform != "linux", reason="its /dev/full and its terminals, others are not tried")


class Raw(io.RawIOBase):
    """The file under a standard stream: it keeps what is written, or fails."""

    def __init__(self, error):
        self.error, self.data = error, b""

    def writable(self):
        return True

    def write(self, data):
        if self.error:
            raise self.error
        self.data += bytes(data)
        return len(data)


def standard(monkeypatch, name, encoding="utf-8", error=None):
    """Put a standard stream of Python's own into the place of the present one, and give the file under it."""
    raw = Raw(error)
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


# Letters


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "cp1252", "utf-8", "utf-16"])
def test_letters(encoding, monkeypatch):
    """Where a letter is lacking, others stand for it and never its number: in every help, and in what is printed."""
    out = standard(monkeypatch, "stdout", encoding)
    for name in SCRIPTS:
        assert status(name, ["--help"], monkeypatch) == 0
    for name, arguments in BRIEF.items():
        assert status(name, [*arguments, "--no-figure"], monkeypatch) == 0
    text = out.data.decode(encoding)
    assert "\\" not in text
    assert ("██" if encoding in ("cp437", "utf-8", "utf-16") else "##") in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_name_that_is_no_text(encoding, monkeypatch):
    """Some names of files are bytes that no letters belong to."""
    errors = standard(monkeypatch, "stderr", encoding)
    assert status("your_data", ["d\udcff.csv"], monkeypatch) == 2
    assert errors.data == b"your_data.py: error: d\\udcff.csv: No such file or directory" + os.linesep.encode()


# Streams that take nothing

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
    assert errors.data.decode() == (line if expected else "")
    assert [path.name for path in tmp_path.iterdir()] == [name for name in arguments if name.endswith(".png")]


SHELL = {"closed": "<&- >&- 2>&-", "head": "| head -1", "true": "2>&1 | true", "full": "2>/dev/full >&2"}


@linux
@pytest.mark.parametrize("name", quick_and_slow(["linear"], [name for name in DRAWING if name != "linear"]))
@pytest.mark.parametrize("how", quick_and_slow(["closed"], ["head", "true", "full"]))
def test_streams_of_a_shell(how, name, tmp_path):
    """It ends well and the picture is whole, or with status 2 where the disk is full; nobody sees a traceback."""
    few = {"gradient_check": "--seeds 2", "reliability": "--seeds 2"}.get(name, "")
    command = f'"$0" {" ".join(STRICT)} "$1" {few} --figure x.png {SHELL[how]}; exit ${{PIPESTATUS[0]}}'
    ended = subprocess.run(
        ["bash", "-c", command, sys.executable, FOLDER / f"{name}.py"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=120,
    )
    assert ended.returncode == (2 if how == "full" else 0)
    assert ended.stderr == b""
    assert (tmp_path / "x.png").read_bytes().endswith(b"IEND\xaeB`\x82")


# Terminals


@pytest.fixture
def terminal():
    """A function that gives both ends of a terminal of some columns: the screen, and what a program writes to."""
    pty, opened = pytest.importorskip("pty"), []

    def open_terminal(columns):
        import fcntl
        import termios

        opened.extend(pty.openpty())
        screen, program = opened[-2:]
        fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("4H", 24, columns, 0, 0))
        return screen, program

    yield open_terminal
    for end in opened:
        os.close(end)


def shown(data, columns):
    """The lines on a screen of some columns where data came in: a full line at once begins another, as on some."""
    lines, row, column = [""], 0, 0
    for character in data.decode():
        if character == "\r":
            column = 0
        elif character != "\n":
            lines[row] = f"{lines[row][:column]:{column}}{character}{lines[row][column + 1 :]}"
            column += 1
        if character == "\n" or column == columns:
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
    return [line.rstrip() for line in lines]


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
def test_progress_leaves_no_rests(columns, terminal, monkeypatch):
    """A line never wraps, is wiped out in the end, and so is the ^C that the terminal writes wherever it just is."""
    screen, program = terminal(columns)
    with open(program, "w", closefd=False) as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        report.time_left(1000, 10**6, 1 / 3, 0)
        seen = written(screen, program)
        assert shown(seen, columns)[0].startswith("epoch 1000 of at most"[: columns - 1])
        os.write(screen, b"\x03")  # nobody is interrupted: it is no program's terminal
        seen += written(screen, program, until=b"^C")
        assert len(shown(seen, columns)) == 1
        report.progress("short")
        report.progress("")
        assert shown(seen + written(screen, program), columns) == [""]


@linux
def test_ctrl_c_in_a_terminal(terminal):
    """A sweep that is interrupted leaves its report, and a screen as it was."""
    screen, program = terminal(30)
    sweep = subprocess.Popen(
        [sys.executable, *STRICT, "-c", PRESSING, "no", "0", "xor", "--sweep", "100000"],
        env=environment(PYTHONPATH=str(FOLDER)),
        stdout=subprocess.PIPE,
        stderr=program,
        encoding="utf-8",
    )
    try:
        seen = written(screen, program, until=b"2 of 100000 seeds done")
        os.write(screen, b"\x03")
        sweep.send_signal(signal.SIGINT)
        out, _ = sweep.communicate(timeout=60)
    finally:
        sweep.kill()
    assert sweep.returncode == 130
    assert out.startswith("interrupted after ")
    assert shown(seen + written(screen, program), 30) == [""]


# IDLE and notebooks


class Idle(io.StringIO):
    """IDLE's streams say that they are a terminal, and have no number."""

    def isatty(self):
        return True


class Notebook(io.StringIO):
    """A notebook's streams have the number of the terminal in which its server was started."""

    number = None

    def fileno(self):
        return self.number


@pytest.mark.parametrize("kind", [Idle, Notebook])
def test_streams_of_others_are_left_alone(kind, terminal, monkeypatch):
    """They stay what they are, and are not flooded with lines that overwrite each other."""
    Notebook.number = terminal(80)[1]
    before = kind(), kind()
    monkeypatch.setattr(sys, "stdout", before[0])
    monkeypatch.setattr(sys, "stderr", before[1])
    terminal.prepare()
    report.progress("1 of 2 seeds done")
    assert (sys.stdout, sys.stderr) == before
    assert sys.stderr.getvalue() == ""


def test_processes_below_a_main_without_a_spec(monkeypatch):
    """A notebook that runs a script a second time leaves out what multiprocessing looks for."""
    main = sys.modules["__main__"]
    for name in ("__spec__", "__file__"):
        monkeypatch.delattr(main, name, raising=False)
    monkeypatch.setattr(cores, "number", lambda: 1)
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
    (tmp_path / "window.py").write_text(WINDOW)
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


@pytest.mark.parametrize("arguments", quick_and_slow([["--figure", "linear.png"]], [[]]), ids=str)
@pytest.mark.parametrize("what", quick_and_slow(["everything"], [name for name in SETTINGS if name != "everything"]))
def test_a_picture_is_always_the_same(what, arguments, tmp_path, capsys):
    """To the last byte, and without a word on standard error."""
    if not arguments and sys.platform != "linux":
        pytest.skip("there is a screen")
    matplotlibrc, variables = SETTINGS[what]
    (tmp_path / "matplotlibrc").write_text(matplotlibrc)
    ended = subprocess.run(
        [sys.executable, *STRICT, FOLDER / "linear.py", *FEW, *arguments],
        cwd=tmp_path,
        env=environment(**variables),
        capture_output=True,
        timeout=120,
    )
    assert (ended.stderr, ended.returncode) == (b"", 0)
    load("linear").main([*FEW, "--figure", str(tmp_path / "as it should be.png")])
    assert (tmp_path / "linear.png").read_bytes() == (tmp_path / "as it should be.png").read_bytes()


# What is not installed


def says(*command, **variables):
    """The last line that Python writes to standard error, the number of lines, and its exit status."""
    ended = subprocess.run(
        [sys.executable, *command], env=environment(**variables), capture_output=True, encoding="utf-8", timeout=120
    )
    lines = ended.stderr.splitlines()
    return lines[-1], len(lines), ended.returncode


@pytest.mark.parametrize("name", LESSONS)
def test_without_numpy(name):
    """One line says what to do."""
    line, lines, code = says("-S", FOLDER / f"{name}.py")
    assert line == "numpy is not installed for this Python: take the one in .venv, as in README.md"
    assert (lines, code) == (1, 1)


def test_without_matplotlib(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError('not there', name='matplotlib')")
    line, lines, code = says(FOLDER / "linear.py", *FEW, PYTHONPATH=str(tmp_path))
    assert line == (
        "linear.py: error: matplotlib is not installed for this Python: take the one in .venv, as in README.md"
    )
    assert (lines, code) == (1, 2)


# Signals


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


@posix
def test_ctrl_c_that_is_ignored_stays_so():
    """As in a program that a shell without job control has started with &."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with training.interruptible() as ctrl_c:
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert ctrl_c.status == 0
