"""Where a picture goes: --live and no option at all, with a screen that is only a stand-in, and without one."""

import base64
import html
import io
import json
import os
import re
import subprocess
import sys
from xml.etree import ElementTree

from backstage import picture

import numpy as np
import PIL.Image
import pytest
from helpers import BROWSER, FOLDER, PRESSING, load, packed_in, quick_and_slow, run


def on_screen(*command, folder, status=0):
    """What the window showed during the training, what it showed in the end, and all other lines."""
    path = os.pathsep.join([str(FOLDER), str(FOLDER / "tests" / "programs")])
    out, _ = run(*command, folder=folder, status=status, PYTHONPATH=path, MPLBACKEND="module://window")
    lines = [line.partition(": ") for line in out.splitlines()]
    during, in_the_end = ([line for word, _, line in lines if word == what] for what in ("shows", "in the end"))
    assert len(in_the_end) == 1  # the window stays open once
    return during, in_the_end[0], ["".join(line) for line in lines if line[0] not in ("shows", "in the end")]


def epochs(shown):
    """The epochs that pictures belong to, as the names of their axes say."""
    names = [[text for text in one.split(" | ") if text.startswith("epoch ")] for one in shown]
    return [int(name[0].removeprefix("epoch ")) for name in names]


@pytest.mark.skipif(sys.platform != "linux", reason="there is a screen")
@pytest.mark.slow
def test_live_without_a_screen(tmp_path):
    """One line says so, and nothing was trained, or written."""
    out, err = run(FOLDER / "xor.py", "--live", folder=tmp_path, status=2)
    assert err.startswith("xor.py: error: --live needs a screen")
    assert "epoch" not in out
    assert not any(tmp_path.iterdir())


@pytest.mark.slow
def test_live_draws_while_it_trains(tmp_path):
    """Several times, most at the beginning, each time another epoch, and the training is none the worse.

    In the end the window shows what it does without --live, to the last digit: not the state a step before.
    """
    during, in_the_end, out = on_screen(FOLDER / "linear.py", "--live", "--epochs", 40, folder=tmp_path)
    shown = epochs(during)
    assert shown == sorted(set(shown))
    assert shown[:10] == [*range(1, 11)]  # every one at the beginning
    assert len(shown) < 35
    assert epochs([in_the_end]) == [40]
    assert not any("picture" in line for line in out)
    assert ([], in_the_end, out) == on_screen(FOLDER / "linear.py", "--epochs", 40, folder=tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C reaches every process of the console")
@pytest.mark.slow
def test_ctrl_c_during_live(tmp_path):
    """The training ends with status 130, and the window shows the epoch it ended in, also one that it leaves out."""
    epoch = 15
    arguments = ("linear", "--live", "--epochs", 2000)
    _, in_the_end, out = on_screen("-c", PRESSING, "press", epoch, *arguments, folder=tmp_path, status=130)
    assert f"interrupted after {epoch} of 2000 epochs; reached by then:" in out
    assert epochs([in_the_end]) == [epoch]


def test_frames_show_where_something_happens():
    """First and last epoch, and a plateau as well as the drop behind it, though that is only a tenth of the epochs."""
    losses = np.concatenate([np.full(500, 0.25), np.geomspace(0.25, 0.001, 100), np.full(400, 0.001)])
    shown = picture.frames(losses)
    assert shown[0] == 0
    assert shown[-1] == len(losses) - 1
    assert np.all(np.diff(shown) > 0)
    assert np.sum(shown < 500) >= 8
    assert np.sum((shown >= 500) & (shown < 600)) >= 16
    assert np.sum((shown >= 550) & (shown < 600)) >= 8  # not only where it drops from high up


def test_paper_stays_white():
    """A picture has few colours, but white is none that was mixed from it and its neighbours."""
    grey = np.linspace(235, 254, 90 * 900).astype(np.uint8).reshape(90, 900)
    shades = np.random.default_rng(0).integers(0, 256, (90, 900, 3), dtype=np.uint8)
    paper = np.full((90, 900, 3), 255, dtype=np.uint8)
    image = np.concatenate([paper, np.repeat(grey[:, :, np.newaxis], 3, axis=2), shades])
    few = picture.few_colours(PIL.Image.fromarray(image), 64)
    assert few.mode == "P"
    assert len(few.getcolors()) <= 64
    assert np.all(np.asarray(few.convert("RGB"))[:90] == 255)


def written(command, folder):
    """The page that a command writes, and what is packed in it."""
    name, *arguments = command.split()
    load(name).main([*arguments, "--figure", str(folder / "x.html")])
    text = (folder / "x.html").read_text("utf-8")
    return text, *packed_in(text)


MANY = ["xor", "spirals", "attention", "convolution --slide", "playground --data spirals --hidden-nodes 6 6"]


@pytest.mark.parametrize("command", quick_and_slow(["linear --epochs 3"], MANY))
def test_a_training_as_a_page(command, tmp_path):
    """Every frame is a whole picture, and another one than all others; beside it stand the epoch and the loss."""
    page, pieces, frames, words = written(command, tmp_path)
    assert len(page) < (500_000 if command == "xor" else 1_200_000)
    pictures = ["".join(pieces[piece] for piece in frame) for frame in frames]
    assert len({*pictures}) == len(pictures) == len(words) >= 3
    assert {ElementTree.fromstring(text).tag for text in pictures} == {"{http://www.w3.org/2000/svg}svg"}
    says = r"\d+ of 49" if "--slide" in command else r"(epoch \d+|step \d+|\d+ steps), loss:? \d\S*"
    assert all(re.fullmatch(says, text) for text in words)
    assert re.search(r"\b1\b", words[0])


def test_a_map_keeps_its_colours_in_a_page():
    """Also a map without white: that its lightest colour becomes the white of the paper is for whole pictures."""
    pixels = np.full((64, 64, 3), (0, 114, 178), dtype=np.uint8)
    pixels[:, 32:] = 213, 94, 0
    content = io.BytesIO()
    PIL.Image.fromarray(pixels).save(content, format="png")
    again = picture.with_a_palette(base64.b64encode(content.getvalue()).decode())
    with PIL.Image.open(io.BytesIO(base64.b64decode(again))) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), pixels)


PROBE = (FOLDER / "tests" / "programs" / "probe.html").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="there is no chromium, chromium-browser or google-chrome")
def test_a_page_in_a_browser(tmp_path):
    """It plays to its end; the slider and the arrow keys move the picture; nothing is fetched or complained of."""
    page, _, _, words = written("linear --epochs 8", tmp_path)
    (tmp_path / "probe.html").write_text(page + PROBE, "utf-8")
    how = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    how += ["--enable-logging=stderr", "--virtual-time-budget=30000", "--dump-dom", (tmp_path / "probe.html").as_uri()]
    done = subprocess.run([BROWSER, *how], capture_output=True, encoding="utf-8", timeout=120)
    assert "CONSOLE" not in done.stderr
    said, pictures, fetched = json.loads(html.unescape(re.search("<body>(.*)</body>", done.stdout, re.S)[1]))
    assert said == [words[7], words[0], words[3], words[4], words[3], words[0]]  # the slider to 0, 3; right, left; 0
    assert pictures[1] == pictures[5]
    assert pictures[2] == pictures[4]
    assert len({*pictures}) == 4
    assert fetched == 0
