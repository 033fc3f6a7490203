"""Each script as a user runs it: from another folder, without a screen, with every warning an error."""

import argparse
import re
import subprocess
import sys

from backstage import report, training

import numpy as np
import PIL.Image
import pytest
from helpers import DRAWING, FOLDER, LADDER, SCRIPTS, STRICT, TRAINABLE, environment, load, quick_and_slow

FEW = {name: ["--epochs", "20"] for name in TRAINABLE} | {
    "gradient_check": ["--seeds", "1", "--epochs", "50"],
    "reliability": ["--seeds", "2", "--epochs", "20"],
    "2x2_image_predefined_2": ["--grey-range", "0.3"],
    "your_data": ["--epochs", "20"],
    "digits": ["--epochs", "2"],
    "convolution": ["--epochs", "2"],
}
LESSONS = [name for name in SCRIPTS if name not in ("activation", "dataset")]
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
MODULES += sorted(f"backstage.{path.stem}" for path in FOLDER.glob("backstage/**/*.py"))

QUICK = "2x2_image_predefined_1"


def run(*command, folder):
    """Run Python in a folder, without a screen; check that it ends well and without a word on standard error."""
    ended = subprocess.run(
        [sys.executable, *STRICT, *command],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ended.stderr == ""
    assert ended.returncode == 0
    return ended.stdout


def assert_picture(path):
    """The file is a picture in several colours, and not an empty page."""
    with PIL.Image.open(path) as picture:
        pixels = np.array(picture.convert("RGB"), dtype=int)[::2, ::2]
    assert min(pixels.shape[:2]) > 150
    colours, counts = np.unique(pixels @ [65536, 256, 1], return_counts=True)
    assert len(colours) > 20
    assert counts.max() < 0.99 * counts.sum()  # the page itself, which need not be white


def test_every_script_of_the_ladder_can_be_run():
    assert set(LADDER) <= set(SCRIPTS)


@pytest.mark.parametrize("name", quick_and_slow(DRAWING[::3], [name for name in DRAWING if name not in DRAWING[::3]]))
def test_run_as_a_user_does(name, tmp_path):
    printed = run(FOLDER / f"{name}.py", *FEW.get(name, []), "--no-figure", folder=tmp_path)
    assert len(printed.splitlines()) > 3
    assert "picture" not in printed
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("picture", ["x.png", "x.gif"])
def test_a_loss_of_0_can_be_drawn(picture, tmp_path, capsys):
    load("cubic").main(["--coefficients", "0", "0", "0", "5", "--epochs", "3", "--figure", str(tmp_path / picture)])
    assert "       1  0\n" in capsys.readouterr().out
    assert_picture(tmp_path / picture)


def test_run_without_a_screen_or_any_option(tmp_path):
    """The picture goes to the current folder, and the script says so; elsewhere than on Linux there is a screen."""
    options = [] if sys.platform == "linux" else ["--figure", f"{QUICK}.png"]
    printed = run(FOLDER / f"{QUICK}.py", *options, folder=tmp_path)
    assert printed.endswith(f"picture: {QUICK}.png\n")
    assert_picture(tmp_path / f"{QUICK}.png")


@pytest.mark.parametrize(
    "name", quick_and_slow(["xor", "playground"], [name for name in DRAWING if name not in ("xor", "playground")])
)
def test_every_script_draws_its_picture(name, tmp_path, monkeypatch, capsys):
    """It is written, it is not blank, and drawing it leaves the settings of matplotlib alone."""
    monkeypatch.chdir(tmp_path)
    before = settings_of_matplotlib()
    assert not load(name).main([*FEW.get(name, []), "--figure", "picture.png"])
    assert capsys.readouterr().out.endswith("picture: picture.png\n")
    assert [path.name for path in tmp_path.iterdir()] == ["picture.png"]
    assert_picture(tmp_path / "picture.png")
    assert settings_of_matplotlib() == before


def settings_of_matplotlib():
    import matplotlib

    return {name: value for name, value in matplotlib.rcParams.items() if name != "backend"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_help(name, capsys):
    """--help ends well, begins with the text of the script, and names its own options."""
    with pytest.raises(SystemExit) as ended:
        load(name).main(["--help"])
    assert not ended.value.code
    printed = capsys.readouterr().out
    assert load(name).__doc__.strip() in printed  # laid out as written, however wide the terminal is
    expected = (["--figure", "--no-figure"] if name in DRAWING else []) + ["--help"]
    expected += ["--epochs", "--learning-rate", "--seed"] if name in TRAINABLE else []
    assert set(expected) <= set(re.findall(r"--[\w-]+", printed))


@pytest.mark.parametrize("name", LESSONS)
def test_docstring(name):
    """It says what is new, how to run the script and what to try, with its own name."""
    text = load(name).__doc__
    assert "\nNew compared with " in text
    assert f"\nRun:  python {name}.py" in text
    assert f"\nTry:  python {name}.py " in text


IMPORT_ALL = """
import importlib, os, sys, warnings
import numpy as np
sys.path.insert(0, {folder!r})
before = np.get_printoptions(), np.geterr(), [str(part) for part in np.random.get_state()], os.environ.copy()
filters = list(warnings.filters)
for name in {modules!r}:
    importlib.import_module(name)
after = np.get_printoptions(), np.geterr(), [str(part) for part in np.random.get_state()], os.environ.copy()
assert before == after, "numpy's options, its global random numbers or the environment changed"
assert filters == list(warnings.filters), "the warnings' filters changed"
assert "matplotlib" not in sys.modules, "matplotlib was loaded"
"""


def test_importing_does_nothing(tmp_path):
    """No output, no file, no global state changed, and no matplotlib, whose settings so stay as they are."""
    assert run("-c", IMPORT_ALL.format(folder=str(FOLDER), modules=MODULES), folder=tmp_path) == ""
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "begins"), [("svg", b"<?xml"), ("jpg", b"\xff\xd8")])
def test_other_kinds_of_pictures(suffix, begins, tmp_path):
    load(QUICK).main(["--figure", str(tmp_path / f"picture.{suffix}")])
    assert (tmp_path / f"picture.{suffix}").read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["xor", "noisy_xor", "spirals", "2x2_image_recognition"])
def test_same_seed_same_output(name, capsys):
    printed = []
    for seed in ("3", "3", "4"):
        load(name).main([*FEW.get(name, []), "--seed", seed, "--no-figure"])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != printed[2]


def test_a_gif_moves(tmp_path):
    load("linear").main(["--epochs", "2", "--figure", str(tmp_path / "moving.gif")])
    with PIL.Image.open(tmp_path / "moving.gif") as picture:
        assert picture.n_frames > 1
        frames = []
        for frame in range(2):
            picture.seek(frame)
            frames.append(np.array(picture.convert("RGB")))
        assert np.any(frames[0] != frames[1])


@pytest.mark.parametrize(("figure", "kept"), [("x.gif", [[0, 0], [1, 1], [2, 2]]), ("x.png", []), (None, [])])
def test_a_gif_is_made_of_copies(figure, kept):
    """The snapshots of a training keep the parameters of each epoch, although they are changed in place."""
    options = argparse.Namespace(figure=figure, live=False, epochs=3)
    parameters = [np.zeros(2)]
    with training.watching(options) as watch:
        for epoch in range(3):
            assert not watch(parameters, [1.0] * (epoch + 1))
            parameters[0] += 1
    assert [snapshot[0].tolist() for snapshot in watch.snapshots] == kept


@pytest.mark.parametrize(
    ("outputs", "begins"),
    [
        ([0.05, 0.95, 0.95, 0.05], "solved:"),
        ([0.5, 0.52, 0.48, 0.5], "on a plateau:"),
        ([0.02, 0.7, 0.98, 0.02], "nearly solved:"),
        ([0.02, 0.66, 0.98, 0.67], "stuck: 1 of 4 outputs"),
    ],
)
def test_verdict(outputs, begins, capsys):
    """It names what happened and what to try, and never a local minimum, which XOR does not have."""
    report.verdict(np.array([[0], [1], [1], [0]]), np.reshape(outputs, (4, 1)))
    text = capsys.readouterr().out
    assert text.startswith(begins)
    assert "local minimum" not in text
    assert begins == "solved:" or "try" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("xor --weights zero --epochs 100", ["on a plateau", "the hidden nodes are all equal"]),
        ("xor --weights same --epochs 100", ["the hidden nodes are all equal"]),
        ("perceptron --function xor", ["on a plateau", "no straight line separates it"]),
        ("perceptron --predict 1 0", ["solved", "for 1 0 it says 0.9"]),
        ("perceptron --function and --predict 1 0", ["solved", "for 1 0 it says 0.0"]),
        ("2x2_image_predefined_1 --grey-range 0.19 --sets 100", ["right: 1600 of 1600 images"]),
        ("2x2_image_predefined_2 --grey-range 0.5 --sets 100", ["wrong", "score", "1.2"]),
        ("linear --slope -3 --intercept 100", ["sought -3", "sought 100", "solved"]),
        ("gradient_check --mistake averaged_biases --seeds 0", ["right", "bias gradient averaged", "wrong"]),
        ("gradient_check --list", ["updated_weights", "no_hidden_derivative"]),
    ],
)
def test_what_a_script_says(arguments, words, capsys):
    name, *arguments = arguments.split()
    load(name).main([*arguments, "--no-figure"])
    printed = capsys.readouterr().out
    assert all(word in printed for word in words), printed
