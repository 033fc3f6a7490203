"""Each script as a user runs it: from another folder, without a screen, with every warning an error."""

import argparse
import itertools
import re
import sys

from backstage import report, training

import matplotlib
import numpy as np
import PIL.ImageSequence
import pytest
from helpers import DRAWING, FOLDER, LETTERS, SCRIPTS, TRAINABLE, load, quick_and_slow, run

FEW = {name: ["--epochs", "20"] for name in [*TRAINABLE, "your_data"]} | {
    "gradient_check": ["--seeds", "1", "--epochs", "50"],
    "reliability": ["--seeds", "2", "--epochs", "20"],
    "2x2_image_predefined_2": ["--grey-range", "0.3"],
    "digits": ["--epochs", "2"],
    "convolution": ["--epochs", "2"],
    **{name: ["--steps", "20"] for name in LETTERS},
}
ROOMS = sorted(".".join(path.relative_to(FOLDER).with_suffix("").parts) for path in FOLDER.glob("backstage/**/*.py"))
TOOLS = ["your_data", "check_backward", "playground"]
QUICK = "2x2_image_predefined_1"


def assert_picture(path):
    """The file is a picture in several colours, and not an empty page."""
    with PIL.Image.open(path) as picture:
        pixels = np.array(picture.convert("RGB"), dtype=int)[::2, ::2]
    assert min(pixels.shape[:2]) > 150
    colours, counts = np.unique(pixels @ [65536, 256, 1], return_counts=True)
    assert len(colours) > 20
    assert counts.max() < 0.99 * counts.sum()  # the page itself, which need not be white


@pytest.mark.parametrize("name", quick_and_slow(["noisy_xor"], [name for name in DRAWING if name != "noisy_xor"]))
def test_run_as_a_user_does(name, tmp_path):
    """It prints something, and writes its picture and nothing else."""
    printed, _ = run(FOLDER / f"{name}.py", *FEW.get(name, []), "--figure", "x.png", folder=tmp_path)
    assert len(printed.splitlines()) > 4
    assert printed.endswith("picture: x.png\n")
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]
    assert_picture(tmp_path / "x.png")


def test_run_without_a_screen_or_any_option_or_picture(tmp_path, monkeypatch, capsys):
    """The picture goes to the current folder, and the script says so; elsewhere than on Linux there is a screen."""
    monkeypatch.chdir(tmp_path)
    load(QUICK).main(["--no-figure"])
    assert "picture" not in capsys.readouterr().out
    assert not any(tmp_path.iterdir())
    options = [] if sys.platform == "linux" else ["--figure", f"{QUICK}.png"]
    printed, _ = run(FOLDER / f"{QUICK}.py", *options, folder=tmp_path)
    assert printed.endswith(f"picture: {QUICK}.png\n")
    assert_picture(tmp_path / f"{QUICK}.png")


@pytest.mark.parametrize("name", SCRIPTS)
def test_help(name, capsys):
    """It begins with the text of the script, which names it, what is new and what to try, and names its options."""
    with pytest.raises(SystemExit) as ended:
        load(name).main(["--help"])
    assert not ended.value.code
    printed, text = capsys.readouterr().out, load(name).__doc__
    assert text.strip() in printed  # laid out as written, however wide the terminal is
    if name not in ("activation", "dataset"):
        assert "\nNew compared with " in text
        assert f"\nRun:  python {name}.py" in text
        assert f"\nTry:  python {name}.py " in text
    expected = {"--help", *(["--figure", "--no-figure"] if name in DRAWING else [])}
    if name in [*TRAINABLE, *LETTERS]:
        expected |= {"--steps" if name in LETTERS else "--epochs", "--learning-rate", "--seed", "--sweep", "--live"}
    assert expected <= set(re.findall(r"--[\w-]+", printed))


IMPORT_ALL = """
import importlib, os, sys, warnings
import numpy as np
sys.path.insert(0, {folder!r})
before = np.get_printoptions(), np.geterr(), [str(part) for part in np.random.get_state()], os.environ.copy()
filters = list(warnings.filters)
sys.modules["backstage"] = None  # as if it were not there
for name in {lessons!r}:
    importlib.import_module(name)
del sys.modules["backstage"]
for name in {others!r}:
    importlib.import_module(name)
after = np.get_printoptions(), np.geterr(), [str(part) for part in np.random.get_state()], os.environ.copy()
assert before == after, "numpy's options, its global random numbers or the environment changed"
assert filters == list(warnings.filters), "the warnings' filters changed"
assert "matplotlib" not in sys.modules, "matplotlib was loaded"
"""


def test_importing_does_nothing_and_lessons_stand_alone(tmp_path):
    """No output, no file, no global state changed, no matplotlib; and for a lesson nothing of backstage."""
    lessons = [name for name in SCRIPTS if name not in TOOLS]
    program = IMPORT_ALL.format(folder=str(FOLDER), lessons=lessons, others=TOOLS + ROOMS)
    assert run("-c", program, folder=tmp_path) == ("", "")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("jpg", b"\xff\xd8"), ("pdf", b"%PDF")])
def test_other_kinds_of_pictures_and_the_settings_of_matplotlib_stay(suffix, begins, tmp_path):
    before = dict(matplotlib.rcParams)
    load(QUICK).main(["--figure", str(tmp_path / f"picture.{suffix}")])
    assert (tmp_path / f"picture.{suffix}").read_bytes().startswith(begins)
    assert before | {"backend": ""} == dict(matplotlib.rcParams) | {"backend": ""}


@pytest.mark.parametrize("name", ["xor", "noisy_xor", "spirals", "2x2_image_recognition"])
def test_same_seed_same_output(name, capsys):
    printed = []
    for seed in ("3", "3", "4"):
        load(name).main([*FEW[name], "--seed", seed, "--no-figure"])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]


@pytest.mark.parametrize("file", quick_and_slow(["x.png"], ["x.gif"]))
def test_a_loss_of_0_can_be_drawn(file, tmp_path, capsys):
    options = ["--coefficients", "0", "0", "0", "5", "--epochs", "3"]
    load("cubic").main([*options, "--figure", str(tmp_path / file)])
    assert "       1  0\n" in capsys.readouterr().out
    assert_picture(tmp_path / file)


def test_a_gif_moves(tmp_path):
    """It takes five to eight seconds, of which the last frame has more than any other."""
    load("linear").main(["--epochs", "8", "--figure", str(tmp_path / "x.gif")])
    with PIL.Image.open(tmp_path / "x.gif") as picture:
        frames = [
            (np.array(picture.convert("RGB")), picture.info["duration"]) for _ in PIL.ImageSequence.Iterator(picture)
        ]
    pictures, times = zip(*frames, strict=True)
    assert len(pictures) == 8
    assert all(np.any(one != other) for one, other in itertools.pairwise(pictures))
    assert 5000 <= sum(times) <= 8000
    assert times[-1] > 1000 > max(times[:-1])


@pytest.mark.parametrize(("figure", "kept"), [("x.gif", [[0, 0], [1, 1], [2, 2]]), ("x.png", []), (None, [])])
def test_a_gif_is_made_of_copies(figure, kept):
    """The snapshots of a training keep the parameters of each epoch, although they are changed in place."""
    parameters = [np.zeros(2)]

    def train():
        for loss in (3.0, 2.0, 1.0):
            yield loss
            parameters[0] += 1

    watch = training.watched(train(), parameters, argparse.Namespace(figure=figure, live=False, epochs=3))
    assert [snapshot[0].tolist() for snapshot in watch.snapshots] == kept
    assert watch.losses == [3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("outputs", "begins"),
    [
        ([0.05, 0.95, 0.95, 0.05], "solved:"),
        ([0.5, 0.52, 0.48, 0.5], "on a plateau: all outputs are near 0.50"),
        ([0.02, 0.7, 0.98, 0.02], "nearly solved:"),
        ([0.02, 0.3, 0.98, 0.67], "stuck: 2 of 4 outputs"),
    ],
)
def test_verdict(outputs, begins, capsys):
    """It names what happened and what to try, and never a local minimum, which XOR does not have."""
    report.verdict(np.array([[0], [1], [1], [0]]), np.reshape(outputs, (4, 1)))
    text = capsys.readouterr().out
    assert text.startswith(begins)
    assert "local minimum" not in text
    assert ("try" in text) == (begins != "solved:")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("xor --weights zero --epochs 100", ["on a plateau", "the hidden nodes are all equal"]),
        ("xor --weights same --epochs 100", ["the hidden nodes are all equal"]),
        ("perceptron --function xor", ["on a plateau", "no straight line separates it"]),
        ("perceptron --predict 1 0", ["solved", "for 1 0 it says 0.9"]),
        ("perceptron --function and --predict 1 0", ["solved", "for 1 0 it says 0.0"]),
        ("2x2_image_predefined_1 --grey-range 0.19 --sets 100", ["right: 1600 of 1600 images"]),
        ("2x2_image_predefined_2 --grey-range 0.5 --sets 100", ["wrong", "score", "1.2"]),
        ("linear --slope -3 --intercept 100", ["sought -3", "sought 100", "solved"]),
        ("linear --epochs 2", ["not there yet: try more --epochs"]),
        ("gradient_check --mistake averaged_biases --seeds 0", ["right", "bias gradient averaged", "wrong"]),
        ("gradient_check --list", ["updated_weights", "no_hidden_derivative"]),
    ],
)
def test_what_a_script_says(command, words, capsys):
    name, *arguments = command.split()
    load(name).main([*arguments, "--no-figure"])
    printed = capsys.readouterr().out
    assert all(word in printed for word in words), printed
