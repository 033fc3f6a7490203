"""Ctrl-C at any moment: the training ends with whole steps, results and files so far, status 130 and no traceback.

Tests press it in their own process where somebody has to hold it back, else in a process that they have started.
"""

import concurrent.futures
import itertools
import re
import signal
import sys
import time

from backstage import files, training

import numpy as np
import pytest
from helpers import LETTERS, PRESSING, TRAINABLE, load, quick_and_slow, same
from replay import end, frames, start
from test_training import asked_for, begin, count, counting, far_enough, trained

import network1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C reaches every process of the console")


class NotHeldBack(BaseException):
    """Ctrl-C was pressed where it is not only noted."""


@pytest.fixture
def ctrl_c():
    """A function that presses Ctrl-C in this process, which then raises NotHeldBack instead of KeyboardInterrupt."""

    def act(*_):
        raise NotHeldBack

    before = signal.signal(signal.SIGINT, act)
    try:
        yield lambda: signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is act  # again
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def press(monkeypatch, ctrl_c):
    """A function that presses Ctrl-C in a certain call of a script's backward, which is in the middle of an epoch."""

    def prepare(call, name):
        lesson, calls = getattr(load(name), "Network", load(name)), itertools.count(1)
        whole = lesson.backward
        monkeypatch.setattr(lesson, "backward", lambda *given: (next(calls) == call and ctrl_c(), whole(*given))[1])

    return prepare


def moments(where, prepare):
    """Do what prepare gives again and again, with Ctrl-C at another moment in certain files each time.

    Yields for all moments what was returned, and None where it was interrupted.
    """
    seen, moment, outside = 1, 0, sys.gettrace()

    def trace(frame, *_):
        nonlocal seen
        if frame.f_code.co_filename.endswith(where):
            seen += 1
            if seen == moment:
                signal.raise_signal(signal.SIGINT)
            return trace

    while seen >= moment:
        seen, moment, act = 0, moment + 1, prepare()
        sys.settrace(trace)
        try:
            result = act()
        except NotHeldBack:
            result = None
        finally:
            sys.settrace(outside)
        if seen >= moment:
            yield result


# In a training


@pytest.mark.parametrize("name", quick_and_slow(["xor", "cubic", "network1"], ["perceptron", "linear", "noisy_xor"]))
def test_never_half_a_step(name, ctrl_c, capsys):
    """From its first line to its last, Ctrl-C leaves the work of whole epochs, and ends it as soon as it can."""
    whole, told = [trained(name, epochs)[1] for epochs in range(4)], []

    def prepare():
        _, _, arrays, steps = begin(name, 3)
        return lambda: training.watched(steps, arrays, asked_for(epochs=3))

    for watch in moments((load(name).__file__, network1.__file__), prepare):
        done = len(watch.losses)
        assert capsys.readouterr().out == f"interrupted after {done} of 3 epochs; reached by then:\n"
        assert watch.status == 130
        assert any(same(watch.parameters, ends) for ends in whole[done - 1 : done + 1])
        told.append(done)
    assert len(told) > 30
    assert set(told) == {1, 2, 3}


def test_the_second_acts_as_ever(ctrl_c):
    """So that one can get out of what does not end."""
    with training.interruptible() as pressed:
        assert pressed.status == 0
        ctrl_c()
        assert pressed.status == 130
        with pytest.raises(NotHeldBack):
            ctrl_c()


def test_where_it_does_not_come(ctrl_c):
    """In another thread; and in a program that a shell without job control has started with &, which ignores it."""
    _, _, arrays, steps = begin("xor", 3)
    with concurrent.futures.ThreadPoolExecutor() as other:
        watch = other.submit(training.watched, steps, arrays, asked_for()).result()
    assert (watch.losses, watch.status) == (trained("xor", 3)[0], 0)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with training.interruptible() as pressed:
        ctrl_c()
    assert signal.signal(signal.SIGINT, before) is signal.SIG_IGN
    assert pressed.status == 0


@pytest.mark.parametrize("name", TRAINABLE)
def test_every_lesson_reports_what_was_reached(name, press, capsys):
    """With nothing on standard error, and the status of a program that was interrupted."""
    press(12, name)
    done = 1 if name in ("digits", "convolution") else 12  # these make more steps than one in an epoch
    assert load(name).main(["--epochs", "30", "--no-figure"]) == 130
    out, err = capsys.readouterr()
    assert f"interrupted after {done} of 30 epochs; reached by then:\n   epoch  loss" in out
    assert f"\n{done:8}  " in out
    assert err == ""


@pytest.mark.parametrize("name", quick_and_slow(LETTERS[:1], LETTERS[1:]))
def test_a_lesson_on_letters_reports_what_was_reached(name, press, capsys):
    press(12, name)
    assert load(name).main(["--steps", "30", "--no-figure"]) == 130
    out, err = capsys.readouterr()
    assert out.startswith("interrupted after 12 of 30 steps; reached by then:\n")
    assert re.search(r"^ +\d+ to 12 +\d\.\d+$", out, re.M)
    assert err == ""


@pytest.mark.parametrize("suffix", quick_and_slow(["png"], ["gif", "html"]))
def test_picture_of_what_was_reached(suffix, press, tmp_path, capsys):
    press(5, "linear")
    assert load("linear").main(["--epochs", "1000000", "--figure", str(tmp_path / f"x.{suffix}")]) == 130
    assert "interrupted after 5 of 1000000 epochs; reached by then:" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == [f"x.{suffix}"]
    assert (frames(tmp_path / f"x.{suffix}") > 1) == (suffix != "png")


def test_your_data_saves_whole(press, tmp_path, capsys):
    """The rows for the training make four batches, so that the eighteenth is in the fifth epoch."""
    press(18, "your_data")
    assert load("your_data").main(["--save", str(tmp_path / "iris.npz"), "--no-figure"]) == 130
    out = capsys.readouterr().out
    assert "kept: the weights after epoch 5," in out
    assert "interrupted; reached by then:\n   epoch  loss" in out
    assert [path.name for path in tmp_path.iterdir()] == ["iris.npz"]
    network = network1.Network.load(tmp_path / "iris.npz")
    assert network.shape == [4, 100, 3]
    assert all(np.isfinite(parameter).all() for parameter in network.parameters)


@pytest.mark.slow
def test_your_data_in_one_of_several_trainings(press, capsys):
    press(600, "your_data")
    assert load("your_data").main(["--k-fold", "5", "--epochs", "50"]) == 130
    out = capsys.readouterr().out
    done = out.count("as the test set: accuracy")
    assert 0 < done < 5
    assert f"\ninterrupted after {done} of 5 parts; reached by then:\nmean " in out


FIRST_ROWS = {
    "gradient_check": "\nnone: the gradients as they should be              below 1e-7 right",
    "reliability": "\n           1            0.5       0\n           2            0.5",
}


@pytest.mark.parametrize("name", FIRST_ROWS)
def test_where_nothing_is_trained_to_be_kept(name, press, tmp_path, capsys):
    """What was printed so far stands, and no picture is drawn."""
    press(150, name)
    with pytest.raises(NotHeldBack):
        load(name).main(["--epochs", "50", "--figure", str(tmp_path / "x.png")])
    assert FIRST_ROWS[name] in capsys.readouterr().out
    assert not any(tmp_path.iterdir())


def test_sweep_counts_only_whole_trainings(ctrl_c, capsys):
    """Whatever seed was not brought to its end counts neither as solved nor as not solved, nor is it measured."""
    begun = []

    def pressing(seed, _, parameters, epochs, learning_rate):
        begun.append(seed)
        for loss in counting(seed, _, parameters, epochs, learning_rate):
            if seed == 2 and parameters[0] == 5:
                ctrl_c()
            assert seed < 2 or parameters[0] <= 5, "it goes on"
            yield loss

    options = asked_for(epochs=35, learning_rate=0.1, seed=0, sweep=5)
    measure = {"measure": lambda options, *_: {"seed": options.seed}}
    assert training.sweep(options, count, pressing, far_enough, **measure) == 130
    assert begun == [0, 1, 2]
    assert capsys.readouterr().out == (
        "interrupted after 2 of 5 seeds; reached by then:\nsolved: 2 of 2 seeds\n"
        "epochs: median 15, from 10 to 20\nseed: mean 0.50, from 0.00 to 1.00\n"
    )


# While files are written, and while others look on


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Python removes the folder at one moment, and says so
def test_a_file_leaves_nothing_behind_at_any_moment(ctrl_c, tmp_path):
    """The file is the old one or the new one."""
    rooms = "files.py", "terminal.py", "tempfile.py", "shutil.py", "contextlib.py"
    file, contents = tmp_path / "x.bin", []

    def prepare():
        file.write_bytes(b"old")
        return lambda: files.write(file, b"new") or "not interrupted"

    for result in moments(rooms, prepare):
        assert result is None
        assert [path.name for path in tmp_path.iterdir()] == [file.name]
        contents.append(file.read_bytes())
    assert len(contents) > 100
    assert set(contents) == {b"old", b"new"}


LOADING = """
import signal, sys

class Look:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("matplotlib", "PIL")) and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            print("loaded while Ctrl-C was not held back:", name)

sys.meta_path.insert(0, Look())
"""


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["png", "gif", "html"])
def test_matplotlib_is_not_interrupted_while_it_loads(suffix, tmp_path):
    """Its compiled parts make another error of a Ctrl-C."""
    arguments = "--epochs", 1, "--figure", f"x.{suffix}"
    status, out, err = end(start(["-c", LOADING + PRESSING, "no", 0, "linear", *arguments], tmp_path))
    assert (status, err) == (0, "")
    assert "loaded while" not in out
    assert out.endswith(f"picture: x.{suffix}\n")


def test_nobody_reads_what_is_printed(tmp_path):
    """Ctrl-C ends a program that waits for the reader of a pipe, such as a pager."""
    program = (
        "import signal\nfrom backstage import command_line\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "command_line.run(lambda: [print('x' * 100) for _ in range(10**5)] and 0)"
    )
    process = start(["-c", program], tmp_path)
    assert process.stdout.read(1) == "x"
    time.sleep(0.2)  # until the pipe is full
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    process.stdout.close()
    assert process.stderr.read() == "interrupted\n"
    process.stderr.close()
