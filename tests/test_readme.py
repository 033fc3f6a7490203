"""Everything that the README says is true: commands, outputs, excerpts, numbers, links and pictures."""

import importlib.util
import io
import json
import pathlib
import re
import runpy
import shlex
import shutil
import sys

import benchmark_rows
import matplotlib.image
import numpy as np
import PIL.Image
import pytest

import dataset
import xor
from gradient_check import numerical_gradients, relative_error

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PICTURES_MADE_WITH = "3.11.2"  # the matplotlib of the pictures in figures; others draw letters a little differently
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.M)


def blocks(kind, text=README):
    """The fenced blocks whose first word is kind: pairs of further words and the text."""
    return [(info.split()[1:], body) for info, body in FENCE.findall(text) if info.split()[:1] == [kind]]


def examples():
    """Every block of commands: pairs of a command and the lines shown, the exit status, and whether it shows times."""
    for words, body in blocks("console"):
        parts = [part.partition("\n") for part in re.split(r"^\$ ", body, flags=re.M)[1:]]
        many = ("reliability.py", "gradient_check.py --figure", "--sweep", "--data spirals")  # trainings
        many += ("noisy_xor.py", "digits.py", "convolution.py", "autodiff.py")  # or much data
        long = pytest.mark.slow if any(word in body for word in many) else ()
        commands = [(command, shown) for command, _, shown in parts]
        status = 2 if "fails" in words else 1 if "wrong" in words else 0
        yield pytest.param(commands, status, "timed" in words, id=parts[0][0], marks=long)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the data, in which all commands of the README are run one after the other."""
    folder = tmp_path_factory.mktemp("readme")
    for part in ("data", "exercises"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "perceptron.py", folder)
    shutil.copy(ROOT / "network1.py", folder)
    (folder / "figures").mkdir()
    return folder


def run(command, folder, monkeypatch):
    """Run a command of the README in the folder, in this process; its output and exit status."""
    word, script, *arguments = shlex.split(command)
    assert word == "python"
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [script, *arguments])
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / script), run_name="__main__")
    texts = []
    for stream in streams:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8").replace("\r\n", "\n"))
    return texts[0], texts[1], ended.value.code or 0


def matches(shown, printed):
    """Whether printed lines are those shown, to the last digit; a line … stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0] == "…":
        return any(matches(shown[1:], printed[i:]) for i in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and matches(shown[1:], printed[1:])


MEASURED = re.compile(r"(?<=  )\d+\.\d$")  # a time in the last column, in units of another one


def without_times(lines):
    """Lines without the times measured at their ends, and these times."""
    return [MEASURED.sub("", line) for line in lines], [
        float(found[0]) for found in map(MEASURED.search, lines) if found
    ]


@pytest.mark.parametrize(("commands", "expected", "timed"), list(examples()))
def test_example(commands, expected, timed, folder, monkeypatch):
    for command, shown in commands:
        printed, errors, status = run(command, folder, monkeypatch)
        assert status == expected
        fails = status == 2
        printed = (errors if fails else printed).rstrip("\n").split("\n")
        shown, lines = shown.rstrip("\n").split("\n"), [line.rstrip() for line in printed]
        if timed:
            (shown, kept), (lines, times) = without_times(shown), without_times(lines)
            assert all(1 / 4 < a / b < 4 for a, b in zip(kept, times, strict=True)), printed
        assert matches(shown, lines), "\n".join(printed)
        assert fails or errors == ""
        figure = re.search(r"--figure (figures/\S+)", command)
        if figure and matplotlib.__version__ == PICTURES_MADE_WITH:
            assert_same_picture(ROOT / figure[1], folder / figure[1])


def assert_same_picture(kept, made):
    """The two pictures have the same size, and colours that differ by less than 2 of 256 on average."""
    kept, made = matplotlib.image.imread(kept), matplotlib.image.imread(made)
    assert kept.shape == made.shape
    assert 256 * np.mean(np.abs(kept - made)) < 2


@pytest.mark.skipif(matplotlib.__version__ != PICTURES_MADE_WITH, reason="the pictures are of another matplotlib")
def test_pictures_are_compared(tmp_path):
    changed = matplotlib.image.imread(ROOT / "figures" / "xor.png")
    changed[len(changed) // 2 :] = 1
    matplotlib.image.imsave(tmp_path / "xor.png", changed)
    with pytest.raises(AssertionError):
        assert_same_picture(ROOT / "figures" / "xor.png", tmp_path / "xor.png")


@pytest.mark.slow
@pytest.mark.parametrize("command", re.findall(r"^python .*\.gif$", README, re.M))
def test_moving_picture(command, folder, monkeypatch):
    printed, errors, status = run(command, folder, monkeypatch)
    assert (errors, status) == ("", 0)
    file = command.split()[-1]
    assert printed.endswith(f"picture: {file}\n")
    with PIL.Image.open(folder / file) as made, PIL.Image.open(ROOT / file) as kept:
        assert (made.n_frames, made.size) == (kept.n_frames, kept.size)


def test_matches_sees_every_difference():
    assert matches(["loss 0.25", "…", "end"], ["loss 0.25", "a", "b", "end"])
    assert not matches(["loss 0.25"], ["loss 0.26"])
    assert not matches(["loss 0.25"], ["loss 0.250"])
    assert not matches(["16 of 16"], ["15 of 16"])
    assert not matches(["a"], ["a", "b"])
    assert without_times(["xor  1e-12  5.5", "b"]) == (["xor  1e-12  ", "b"], [5.5])


WHOLE = [body for words, body in blocks("python") if "whole" in words]  # programs, the others are excerpts


def printed_by(program, capsys):
    """What a program of the README prints, and the names in it in the end."""
    space = {}
    exec(program, space)
    return capsys.readouterr().out, space


def test_the_network_on_one_page(capsys):
    """It needs nothing but numpy, is about 25 lines long, and comes to what xor.py comes to."""
    program, *_ = WHOLE
    printed, space = printed_by(program, capsys)
    assert [line for line in program.splitlines() if "import" in line] == ["import numpy as np"]
    assert len(program.splitlines()) <= 27
    assert "def " not in program
    assert f"```\n{printed}```" in README
    X, Y = dataset.truth_table("xor")
    parameters = xor.initialize(2, 4, np.random.default_rng(0))
    xor.train(X, Y, parameters, 2000, 4.5)
    outputs = xor.forward(X, parameters)[-1]
    assert printed == f"{outputs.round(3)}\n"
    np.testing.assert_allclose(space["a2"], outputs, rtol=1e-6)  # its sigmoid rounds in another way


def test_the_check_of_a_script_of_ones_own(capsys):
    """It says True of the right gradient, and False of one that is wrong by a factor of 1.001."""
    _, program, *_ = WHOLE
    assert printed_by(program, capsys)[0] == "True\n"
    wrong = program.replace("backward(X, Y, parameters)[1]", "backward(X, Y, [1.001 * p for p in parameters])[1]")
    assert printed_by(wrong, capsys)[0] == "False\n"
    X, Y = dataset.truth_table("xor")
    parameters = xor.initialize(2, 4, np.random.default_rng(0))
    errors = {}
    for step in (0.01, 1e-5, 1e-9):
        expected = numerical_gradients(lambda changed: xor.backward(X, Y, changed)[0], parameters, step)
        errors[step] = relative_error(xor.backward(X, Y, parameters)[1], expected)
    assert errors[0.01] == pytest.approx(1e-5, rel=0.1)
    assert errors[1e-5] < 1e-9
    assert errors[1e-9] > 1e-8


@pytest.mark.parametrize("program", WHOLE[2:])
def test_programs_that_use_the_collection(program, capsys):
    """What stands under one is what it prints."""
    assert f"```\n{printed_by(program, capsys)[0]}```" in README


@pytest.mark.parametrize("excerpt", [body for words, body in blocks("python") if "whole" not in words])
def test_excerpt_stands_in_a_file(excerpt):
    files = [path.read_text("utf-8") for path in [*ROOT.glob("*.py"), *ROOT.glob("benchmarks/*.py")]]
    lines = [line.strip() for line in excerpt.strip().splitlines()]
    assert any("\n".join(lines) in re.sub(r"^[ ]+", "", text, flags=re.M) for text in files)


def test_lines_in_the_table():
    rows = re.findall(r"^\| \[`(.*?\.py)`\].*\| (\d+) \|$", README, re.M)
    assert {script for script, _ in rows} == {path.name for path in ROOT.glob("*.py")} - {"activation.py", "dataset.py"}
    for script, lines in rows:
        assert int(lines) == len((ROOT / script).read_text("utf-8").splitlines()), script


def test_every_script_has_a_chapter_and_a_figure():
    for path in ROOT.glob("*.py"):
        assert f"`{path.name}`" in README
    names = {path.stem for path in ROOT.glob("*.py")}
    for picture in (ROOT / "figures").glob("*.[pg][ni][gf]"):
        assert picture.stem in names or picture.stem.rpartition("_")[0] in names or picture.stem == "compare"
        assert f"--figure figures/{picture.name}" in README, f"no command makes {picture.name}"
        assert picture.stat().st_size < (1_500_000 if picture.suffix == ".gif" else 150_000)


def test_moving_pictures_last_long_enough():
    """Five to eight seconds, of which the last frame has more than any other."""
    for file in (ROOT / "figures").glob("*.gif"):
        with PIL.Image.open(file) as moving:
            times = [moving.info["duration"] for frame in range(moving.n_frames) if moving.seek(frame) is None]
        assert 5000 <= sum(times) <= 8000, file
        assert times[-1] > 1000 > max(times[:-1])


def test_links_and_pictures_are_there():
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", README), re.M)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for bang, text, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("http"):
            assert (ROOT / target).is_file(), target
        assert not bang or len(text) > 20, f"{target} needs words for those who cannot see it"


# All numbers of each chapter that stand in no console or python block, in their order: a slip of a finger shows here.
PROSE = {
    "How a neural network works": "",
    "Run it": "3.10 3 3 3",
    "Play": "1 2 6 6 0.8 1 1 2 2 3 4 5 1 2 0.1 0.01",
    "Contents": (
        "0.2 4 2 1 0.2 4 2 1 0.2 0.2 2 1 0.2 2 4 1 0.3 2 2 2 0.2 2 4 1 3 2 1 4 4 16 8 4 0.6 0.3 1 1 0.2 1 8 1 0.5 2 7 "
        "2 0.8 2 15 4 0.5 64 64 10 0.5 16 10 0.5 0.5 0.7 0.3 0.6"
    ),
    "Words and shapes": "2 4 1 1 1 1 2 1 2 2 1 1 2 2 2 4 1 1 2 4 2 4 1 1 4 2 1 1 1 2 1 1 0 1 0",
    "Datasets": "2 2 2 2 0 0.3 0.7 1 1 2",
    "Weights set by hand": "1 1.2 0 1 1 1 2 2 3 3 4 4 1.2 1 1 1.2 0 1 1 2 4 1 0.2 1.2 0.2 1 2",
    "The bias on its own": "1 1 1 1 0.5 2",
    "Activations": "0 1 0 1 1 1 1 1 0 0.235 2",
    "One node learns": "1 2 1 1 1 1 0 0 0 0 1 2 1 1 3 0.1 1 1 1",
    "A hidden layer learns XOR": (
        "00 11 01 10 2 2 2 2 2 2 2 2 2 2 2 2 2 2 1 2 2 1 2 2 2 1 2 2 2 0 1 2 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 0 2 2 1 1 "
        "2 1 1 2 2 0 1 2 1 3 0.022 0.982 0.982 0.019"
    ),
    "Every number of one step": "2015 03 17 1 2",
    "Is the gradient right?": "2 1e-10 1e-7 1e-16 1e-5 1e-5 0.01 1e-9 1e-5 1e-8 1e-9 0 0 0 1 0 1 2",
    "How much is luck": "1 2 86",
    "Three layers, and images never seen": "1 1 1 3200 1 1 0 1 1 2",
    "Any number of layers": "0 0 1 2 3",
    "A straight line": "1 1 2",
    "A curve": "200 1 15 2 0.38",
    "Classes and a test set": "1 1 1 0 1 0 1 1 1 0 1 2 1",
    "Four spirals": "1 2",
    "Handwritten digits": (
        "1797 1998 80 4.0 4.0 8 8 17 64 64 10 1 1 2 2 8 8 32 360 99.17 13 30 0 130 256 386 516 646 776 1029 1157 1287 "
        "1415 1667 58 14 0 9 130 58 130 14 97.86 1437 1415 91.83 44.68 1 2 88.92 97.86 0 0.26 0.01 3 98.61 96.46"
    ),
    "A template that slides": (
        "2 2 2 2 0 1.2 16 3 3 8 8 6 6 8 3 1 1 6 6 1 1 1 3 3 2 2 2 1 1 2 2 10 2 2 3 3 2 2 1 2 2 0 0 160 3 3 16 1450 "
        "4810 99.17 98.89 68.42 98.57 3 3 1 2 32 16 98.57 3 2 2 1 1 4 1 1 1 1 4 20"
    ),
    "Your own data": "150 7 1936 0 1 4 1 2 1 0 3",
    "Let the computer write the backward pass": "0 1 1 5 5 1 15 22 15 22 1 22 0 1 1 2 2 3 3 2 25 3.0 3 2",
    "Which line is wrong": "0 1 0 1 2 1 2",
    "Write it yourself": "",
    "When it does not work": "0.5 0.5 0.5 2 100 1 1 4 2 4 1 1 1 2 4 1 2 4 1.1 100000 1.1 1 1 1 1 30 50 1000 0.3",
    "How fast is it": "1 1 2 1.01 0.85 2.0 16 64 3.11 7 2.4 6 2.13 0 3.15 1 1.9 1 32 32",
    "When you outgrow this": (
        "1 1 2 2 3.15 0.005461 0.986098 0.98666 0.015925 0.005461 0.986098 0.98666 0.015925 4.9e-08 32 64"
    ),
    "The pictures": "",
}
KNOWN = {"00", "01", "10", "11", "3.10", "0.7", "1936", "7", "2015", "1e-10", "1e-7", "200", "150", "0.235", "0", "0.5"}
KNOWN |= {"0.01", "1e-8", "1e-9", "1e-16"}  # see test_the_check_of_a_script_of_ones_own
KNOWN |= {"1998", "4.0", "30", "0.26"}  # of the source of the digits, and a difference of two means
KNOWN |= {"160", "1450", "4810"}  # see test_how_many_weights
SPEED = ("How fast", "When you outgrow")  # measured with what is not installed here


def chapters():
    """Pairs of a heading and the text of its chapter; what stands above the first one has the title's."""
    return [chapter.split("\n", 1) for chapter in re.split(r"^##? ", README, flags=re.M)[1:]]


def numbers(text):
    """The numbers in a text, but not those in names of scripts and pictures, which have tests of their own."""
    text = re.sub(r"\w+\.py|\]\((?!http)[^)]*\)", "", text)
    return re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", text)


def test_numbers_outside_the_outputs():
    """They are those of PROSE, but for numbers of lines and measured times, which have tests of their own."""
    found = {}
    for heading, text in chapters():
        text = re.sub(r"^```(?:console|python).*\n(?:.*\n)*?```$", "", text, flags=re.M)
        text = re.sub(
            r"\| \d+ \|$" if heading == "Contents" else r"^\|.*µs.*$|^\|.* ms .*$|^\|.* s \|.*$", "", text, flags=re.M
        )
        found[heading] = " ".join(numbers(text))
    assert found == PROSE


def test_numbers_in_sentences():
    """Every number in a sentence stands in a block of its chapter, or in the source of a script it names."""
    for heading, text in chapters():
        if heading.startswith(SPEED):
            continue
        sources = [ROOT / name for name in re.findall(r"\w+\.py", text) if (ROOT / name).exists()]
        around = " ".join(body for _, body in FENCE.findall(text)) + " ".join(p.read_text("utf-8") for p in sources)
        sentences = re.sub(r"`[^`]*`|\]\([^)]*\)|^\|.*$|^\d\. ", "", FENCE.sub("", text), flags=re.M)
        assert set(numbers(sentences)) <= set(numbers(around)) | KNOWN, heading


def test_scripts_that_are_named_are_there():
    for name in re.findall(r"[\w/]+\.py", README):
        assert (ROOT / name).is_file(), name


def test_the_pictures_are_made_by_commands_of_the_readme():
    spec = importlib.util.spec_from_file_location("make", ROOT / "figures" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    made = {arguments[-1] for arguments in make.commands()}
    shown = set(re.findall(r"\]\((figures/.*?)\)", README))
    assert shown - {"figures/compare.png"} == made


def test_times_are_those_measured():
    measured = json.loads((ROOT / "benchmarks" / "compare.json").read_text("utf-8"))
    rows = (benchmark_rows.answer_rows, benchmark_rows.step_rows, benchmark_rows.convolution_rows)
    for row in [row for rows_of in rows for row in rows_of(measured)]:
        assert row in README
    chapter = README.split("## How fast is it")[1].split("\n## ")[0]
    for version in measured["versions"].values():
        assert version.split("+")[0] in chapter
    for way in ("samples", "nodes"):
        assert f"to the power of {measured['growth'][way]['exponent']:.2f}" in chapter
    memory = measured["memory"]
    assert f"{memory['system'] / memory['parameters, gradients, momentum, outputs']:.1f} times the memory" in chapter
