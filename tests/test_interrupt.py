"""Ctrl-C at any moment: the training ends with whole steps, results and files so far, status 130 and no traceback.

Every signal here goes to a process that the test has started, from that process itself or from the test.
"""

import signal
import subprocess
import sys
import time

import numpy as np
import PIL.Image
import pytest
from helpers import FOLDER, PRESSING, STRICT, environment, quick_and_slow

from network1 import Network

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C reaches every process of the console")


def start(program, *arguments, folder):
    return subprocess.Popen(
        [sys.executable, *STRICT, "-c", program, *map(str, arguments)],
        cwd=folder,
        env=environment(PYTHONPATH=str(FOLDER)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def end(process, status=130):
    """What a process has printed when it has ended; check its status, and that it ended on its own."""
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert "Traceback" not in err
    assert process.returncode == status, err
    return out, err


def press(call, script, *arguments, folder):
    """What a script prints in which Ctrl-C is pressed in a certain call of its backward."""
    return end(start(PRESSING, "press", call, script, *arguments, folder=folder))


def wait_and_press(call, script, *arguments, folder, seconds=0.0):
    """The same, but pressed from outside, some time after that call."""
    process = start(PRESSING, "wait", call, script, *arguments, folder=folder)
    assert process.stderr.readline() == "ready\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    return end(process)


@pytest.mark.parametrize(
    "name", quick_and_slow(["noisy_xor", "spirals"], ["2x2_image_recognition", "perceptron", "linear", "cubic"])
)
def test_training(name, tmp_path):
    """It ends in the middle of a training, with the report on what was reached and nothing on standard error."""
    out, err = press(12, name, "--epochs", 30, "--no-figure", folder=tmp_path)
    assert "interrupted after 12 of 30 epochs; reached by then:\n   epoch  loss" in out
    assert "\n      12  " in out
    assert err == ""


@pytest.mark.parametrize("name", ["xor", "network1"])
def test_first_epoch(name, tmp_path):
    out, err = press(1, name, "--epochs", 30, "--no-figure", folder=tmp_path)
    assert out.startswith("interrupted after 1 of 30 epochs; reached by then:\n")
    assert err == ""


@pytest.mark.parametrize(("call", "seconds"), [(1, 0), (2, 0.001), (500, 0.05)])
def test_long_training_from_outside(call, seconds, tmp_path):
    out, err = wait_and_press(
        call, "xor", "--epochs", 10**6, "--learning-rate", 0.001, "--no-figure", folder=tmp_path, seconds=seconds
    )
    first, _, rest = out.partition("\n")
    epochs = int(first.removeprefix("interrupted after ").removesuffix(" of 1000000 epochs; reached by then:"))
    assert call <= epochs < 10**6
    assert f"\n{epochs:8}  " in rest
    assert "inputs  target  output" in rest
    assert err == ""


@pytest.mark.parametrize(("call", "seeds"), [(1, range(1)), (700, range(1, 100))])
def test_sweep(call, seeds, tmp_path):
    """Whatever seed was not brought to its end does not count, neither as solved nor as not solved."""
    out, err = wait_and_press(call, "xor", "--sweep", 10**5, folder=tmp_path)
    first, second, *_ = out.splitlines()
    done = int(first.removeprefix("interrupted after ").removesuffix(" of 100000 seeds; reached by then:"))
    assert done in seeds
    assert second == f"solved: {done} of {done} seeds"
    assert err == ""


@pytest.mark.slow
def test_sweep_that_measures(tmp_path):
    out, _ = press(70, "spirals", "--sweep", 50, "--epochs", 20, folder=tmp_path)
    assert out.startswith("interrupted after 3 of 50 seeds; reached by then:\nfresh samples right, percent: mean ")


FIRST_ROWS = {
    "gradient_check": "\nnone: the gradients as they should be              below 1e-7 right",
    "reliability": "\n           1            0.5       0\n           2            0.5",
}


@pytest.mark.parametrize("name", FIRST_ROWS)
def test_where_nothing_is_trained_to_be_kept(name, tmp_path):
    """What was printed so far stands, and one word tells the rest."""
    out, err = press(150, name, "--epochs", 50, folder=tmp_path)
    assert FIRST_ROWS[name] in out
    assert err == "interrupted\n"
    assert not any(tmp_path.iterdir())


def whole_picture(path):
    """The number of frames in a picture that can be read to its end."""
    with PIL.Image.open(path) as picture:
        frames = getattr(picture, "n_frames", 1)
        for frame in range(frames):
            picture.seek(frame)
            picture.load()
    return frames


@pytest.mark.parametrize(
    ("name", "suffix"), [("noisy_xor", "png"), pytest.param("linear", "gif", marks=pytest.mark.slow)]
)
def test_picture_of_what_was_reached(name, suffix, tmp_path):
    out, err = press(5, name, "--epochs", 10**6, "--figure", f"picture.{suffix}", folder=tmp_path)
    assert "interrupted after 5 of 1000000 epochs; reached by then:" in out
    assert out.endswith(f"picture: picture.{suffix}\n")
    assert err == ""
    assert [path.name for path in tmp_path.iterdir()] == [f"picture.{suffix}"]
    assert (whole_picture(tmp_path / f"picture.{suffix}") > 1) == (suffix == "gif")


def test_your_data_saves_whole(tmp_path):
    """The rows for the training make four batches, so that the eighteenth is in the fifth epoch."""
    out, err = press(18, "your_data", "--save", "iris.npz", "--no-figure", folder=tmp_path)
    assert "kept: the weights after epoch 5," in out
    assert "interrupted; reached by then:\n   epoch  loss" in out
    assert out.endswith("saved: iris.npz\n")
    assert err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["iris.npz"]
    network = Network.load(tmp_path / "iris.npz")
    assert network.shape == [4, 100, 3]
    assert all(np.isfinite(parameter).all() for parameter in network.parameters)


@pytest.mark.slow
def test_your_data_in_one_of_several_trainings(tmp_path):
    out, err = press(600, "your_data", "--k-fold", 5, "--epochs", 50, folder=tmp_path)
    done = out.count("as the test set: accuracy")
    assert 0 < done < 5
    assert f"\ninterrupted after {done} of 5 parts; reached by then:\nmean " in out
    assert err == ""


# Trains again and again, each time with Ctrl-C in another of the lines that are run, until none is left: so also
# between the changes of two parameters, and when the first or the last epoch begins. "whole" counts how often the
# parameters were then exactly those of as many epochs as there are losses, or of one less where a training asks
# before its step whether it shall go on.
EVERY_MOMENT = """
import argparse, contextlib, copy, importlib, io, os, signal, sys
import numpy as np
from backstage import training

name, epochs = sys.argv[1], 3
script = importlib.import_module(name)
options = argparse.Namespace(
    figure=None, live=False, epochs=epochs, samples=20, noise=0.2, hidden_nodes=3, function="xor", inputs=2,
    weights="normal", slope=2.0, intercept=1.0, coefficients=[1, 0, 15, 0], shape=[2, 3, 1], loss=None,
    activations=["tanh", "sigmoid"],
)
settings = {"network1": {"momentum": 0.5, "batch_size": 3}, "cubic": {"momentum": 0.5}}.get(name, {})
files = (script.__file__, sys.modules["network1"].__file__ if name == "network1" else script.__file__)

def begin():
    X, Y, parameters = script.start(options, np.random.default_rng(0))
    return X, Y, parameters

def arrays(parameters):
    return getattr(parameters, "parameters", parameters)

def after(epochs):
    X, Y, parameters = begin()
    script.train(X, Y, parameters, epochs, 0.5, **settings)
    return arrays(parameters)

def same(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))

def trace(frame, event, argument):
    global lines
    if frame.f_code.co_filename not in files:
        return None
    if event == "line":
        lines += 1
        if lines == moment:
            os.kill(os.getpid(), signal.SIGINT)
    return trace

ends = [after(epochs) for epochs in range(epochs + 1)]
assert not any(same(ends[i], ends[i + 1]) for i in range(epochs))
signal.signal(signal.SIGINT, signal.default_int_handler)
moment, lines, whole, told = 0, 1, 0, set()
while lines >= moment:
    moment, lines = moment + 1, 0
    X, Y, parameters = begin()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), training.watching(options) as watch:
        sys.settrace(trace)
        script.train(X, Y, parameters, epochs, 0.5, watch=watch, **settings)
        sys.settrace(None)
    done = len(watch.losses)
    if lines >= moment:
        assert watch.status == 130
        assert said.getvalue() == f"interrupted after {done} of {epochs} epochs; reached by then:\\n"
        whole += any(same(arrays(parameters), end) for end in ends[done - 1 : done + 1])
        told.add(done)
assert watch.status == 0 and said.getvalue() == "", "the last one was not interrupted"
print(whole, moment - 1, sorted(told))
"""


@pytest.mark.parametrize("name", quick_and_slow(["xor", "cubic", "network1"], ["perceptron", "linear", "noisy_xor"]))
def test_never_half_a_step(name, tmp_path):
    """At every line of a training, from its first to its last, Ctrl-C leaves the work of whole epochs."""
    out, err = end(start(EVERY_MOMENT, name, folder=tmp_path), status=0)
    whole, moments, told = out.split(" ", 2)
    assert int(whole) == int(moments) > 30
    assert told == "[1, 2, 3]\n"
    assert err == ""


# Presses Ctrl-C when the first bytes of a file are written, whoever writes them.
WRITING = """
import builtins, importlib, io, os, signal, sys, warnings
from backstage import command_line

warnings.simplefilter("ignore", ResourceWarning)  # of a file that is closed a moment later
name, *arguments = sys.argv[1:]
script = importlib.import_module(name)
pressed = False

class File(io.FileIO):
    def write(self, data):
        global pressed
        written = super().write(data)
        if not pressed:
            pressed = True
            os.kill(os.getpid(), signal.SIGINT)
        return written

def opening(path, mode="r", *more, **named):
    if "picture" in os.path.basename(str(path)) and "b" in mode and ("w" in mode or "x" in mode):
        return File(path, mode.replace("b", ""))
    return plain(path, mode, *more, **named)

plain, builtins.open = open, opening
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = [name]
command_line.run(lambda: script.main(arguments))
"""
FILES = [
    ("your_data", ["--epochs", "2", "--no-figure", "--save", "picture.npz"]),
    ("linear", ["--figure", "picture.png"]),
]


@pytest.mark.parametrize(("name", "arguments"), FILES, ids=["npz", "png"])
def test_files_are_written_whole_or_not_at_all(name, arguments, tmp_path):
    """Ctrl-C while a file is written leaves what was there before, and nothing beside it."""
    (tmp_path / arguments[-1]).write_text("as it was")
    _, err = end(start(WRITING, name, *arguments, folder=tmp_path))
    assert err == "interrupted\n"
    assert [path.name for path in tmp_path.iterdir()] == [arguments[-1]]
    assert (tmp_path / arguments[-1]).read_text() == "as it was"


# Writes a file again and again, and presses Ctrl-C at one moment of it after the other.
EVERY_MOMENT_OF_A_FILE = """
import os, signal, sys, tempfile, warnings
from backstage import files

warnings.simplefilter("ignore", ResourceWarning)  # Python removes the folder at one moment, and says so

def trace(frame, event, argument):
    global moments
    if frame.f_code.co_filename.endswith(("files.py", "signals.py", "tempfile.py", "shutil.py", "contextlib.py")):
        moments += 1
        if moments == moment:
            os.kill(os.getpid(), signal.SIGINT)
        return trace

signal.signal(signal.SIGINT, signal.default_int_handler)
moment, moments, interrupted = 0, 1, 0
while moments >= moment:
    moment, moments = moment + 1, 0
    sys.settrace(trace)
    try:
        files.write("x.bin", b"abc")
    except KeyboardInterrupt:
        interrupted += 1
    finally:
        sys.settrace(None)
    assert set(os.listdir()) <= {"x.bin"}, f"left behind at moment {moment}: {os.listdir()}"
print(interrupted, moment - 1)
"""


def test_a_file_leaves_nothing_behind_at_any_moment(tmp_path):
    out, err = end(start(EVERY_MOMENT_OF_A_FILE, folder=tmp_path), status=0)
    interrupted, moments = map(int, out.split())
    assert interrupted == moments > 100
    assert err == ""


LOADING = """
import importlib, signal, sys
from backstage import command_line

class Look:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("matplotlib", "PIL")) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            print("loaded while Ctrl-C was not held back:", name)

sys.meta_path.insert(0, Look())
signal.signal(signal.SIGINT, signal.default_int_handler)
script, *arguments = sys.argv[1:]
command_line.run(lambda: importlib.import_module(script).main(arguments))
"""


@pytest.mark.parametrize("suffix", quick_and_slow(["png"], ["gif"]))
def test_matplotlib_is_not_interrupted_while_it_loads(suffix, tmp_path):
    """Its compiled parts make another error of a Ctrl-C."""
    out, err = end(start(LOADING, "linear", "--epochs", 1, "--figure", f"x.{suffix}", folder=tmp_path), status=0)
    assert "loaded while" not in out
    assert out.endswith(f"picture: x.{suffix}\n")
    assert err == ""


def test_nobody_reads_what_is_printed(tmp_path):
    """Ctrl-C ends a program that waits for the reader of a pipe, such as a pager."""
    program = """
import signal
from backstage import command_line

signal.signal(signal.SIGINT, signal.default_int_handler)
command_line.run(lambda: [print("x" * 100) for _ in range(10**5)] and 0)
"""
    process = start(program, folder=tmp_path)
    assert process.stdout.read(1) == "x"
    time.sleep(0.2)  # until the pipe is full
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    process.stdout.close()
    assert process.stderr.read() == "interrupted\n"
    process.stderr.close()
