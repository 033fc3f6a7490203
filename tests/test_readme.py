"""Everything that the README says is true: commands, outputs, excerpts, numbers, links and pictures."""

import argparse
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
import helpers
import matplotlib.image
import numpy as np
import PIL.Image
import pytest

import cubic
import dataset
import gradient_check
import nudge
import xor
from activation import sigmoid
from gradient_check import numerical_gradients, relative_error

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PICTURES_MADE_WITH = "3.11.2"  # the matplotlib of the pictures in figures; others draw letters a little differently
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.M)


def blocks(kind, text=README):
    """The fenced blocks whose first word is kind: pairs of further words and the text."""
    return [(info.split()[1:], body) for info, body in FENCE.findall(text) if info.split()[:1] == [kind]]


MANY = ("reliability.py", "gradient_check.py --figure", "--sweep", "--data spirals")  # commands with many trainings
MANY += ("noisy_xor.py", "digits.py", "convolution.py", "autodiff.py", "image_recognition.py", "cubic.py")  # or data
MANY += ("playground.py", "spirals.py", "your_data.py", "2x2_image_predefined_2.py", "activation.py", "dataset.py")
MANY += ("worked_example.py", "2x2_image_predefined_1.py")


def slow_if_long(text):
    """A mark for a test of the commands in a text."""
    return pytest.mark.slow if any(word in text for word in MANY) else ()


def examples():
    """Every block of commands: pairs of a command and the lines shown, the exit status, and whether it shows times."""
    for words, body in blocks("console"):
        parts = [part.partition("\n") for part in re.split(r"^\$ ", body, flags=re.M)[1:]]
        long = slow_if_long(body)
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
    """Lines without the times measured at their ends, and these times by the rest of their lines."""
    rests, times = [MEASURED.sub("", line) for line in lines], map(MEASURED.search, lines)
    return rests, {rest: float(time[0]) for rest, time in zip(rests, times, strict=True) if time}


@pytest.mark.parametrize(("commands", "expected", "timed"), list(examples()))
def test_example(commands, expected, timed, folder, monkeypatch):
    for command, shown in commands:
        printed, errors, status = run(command, folder, monkeypatch)
        assert status == expected
        fails = status == 2
        printed = (errors if fails else printed).rstrip("\n").split("\n")
        shown, lines = shown.rstrip("\n").split("\n"), [line.rstrip() for line in printed]
        figure = re.search(r"--figure (figures/\S+)", command)
        if figure:
            assert lines[-2:] == ["", f"picture: {figure[1]}"]  # which the README does not repeat
            lines = lines[:-2]
        if timed:
            (shown, kept), (lines, times) = without_times(shown), without_times(lines)
            assert kept
            assert all(1 / 4 < time / times[rest] < 4 for rest, time in kept.items()), printed
        assert matches(shown, lines), "\n".join(printed)
        assert fails or errors == ""
        if figure and matplotlib.__version__ == PICTURES_MADE_WITH:
            assert_same_picture(ROOT / figure[1], folder / figure[1])


SAYS = re.compile(r"`python ([^`]+)` says ((?:`[^`]+`(?: and )?)+)")  # a command in a sentence, and lines of its output


@pytest.mark.parametrize(
    ("command", "says"),
    [pytest.param(*found, id=found[0], marks=slow_if_long(found[0])) for found in SAYS.findall(README)],
)
def test_what_a_command_says(command, says, folder, monkeypatch):
    printed, errors, status = run(f"python {command}", folder, monkeypatch)
    assert (errors, status) == ("", 0)
    for line in re.findall("`(.*?)`", says):
        assert line in printed.splitlines(), printed


def test_every_command_in_a_sentence_is_read():
    """No "says" stands behind a command without being tested."""
    assert len(SAYS.findall(README)) == len(re.findall(r"` says `", README)) > 30


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
@pytest.mark.parametrize("command", re.findall(r"python \w+\.py [^`\n]*\.gif", README))
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
    assert without_times(["xor  1e-12  5.5", "", ""]) == (["xor  1e-12  ", "", ""], {"xor  1e-12  ": 5.5})


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
    assert printed == " ".join(f"{output:.3f}" for output in outputs[:, 0]) + "\n"
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
def test_programs_that_use_the_collection(program, capsys, tmp_path, monkeypatch):
    """What stands under one is what it prints."""
    monkeypatch.chdir(tmp_path)
    printed = printed_by(program, capsys)[0]
    shown = re.match(
        r"\s*It prints `([^`]*)`|\s*It prints[^`]*\n```\n((?:.*\n)*?)```", README.partition(f"{program}```")[2]
    )
    assert printed == (shown[2] or f"{shown[1]}\n")


@pytest.mark.parametrize("excerpt", [body for words, body in blocks("python") if not words])
def test_excerpt_stands_in_a_file(excerpt):
    files = [path.read_text("utf-8") for path in ROOT.glob("*.py")]
    lines = [line.strip() for line in excerpt.strip().splitlines()]
    assert any("\n".join(lines) in re.sub(r"^[ ]+", "", text, flags=re.M) for text in files)


def test_length():
    """At most 1,500 lines, of which the text is no shorter than the output shown, neither in lines nor in letters."""
    console = [line for _, body in blocks("console") for line in body.splitlines()]
    text = re.sub(r"^(?:```|#|\||!\[|<).*$", "", FENCE.sub("", README), flags=re.M)
    prose = [line for line in text.splitlines() if line.strip()]
    assert len(README.splitlines()) <= 1500
    assert len(prose) >= len(console)
    assert sum(map(len, prose)) >= sum(map(len, console))


def test_every_prediction_is_answered():
    """In its chapter, and behind it."""
    for heading, text in chapters():
        words = re.findall(r"\*(Predict:?|Answer:)\*", text)
        assert words == ["Predict:", "Answer:"] * (len(words) // 2) or heading == "Handwritten digits", heading
        assert sum(word.startswith("Predict") for word in words) == words.count("Answer:"), heading


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
        assert picture.stem == "compare" or f"--figure figures/{picture.name}" in README, (
            f"no command makes {picture.name}"
        )
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


def right_with(left, right, threshold):
    """How many of the sixteen pure images the hand-set network gets right with other templates and threshold."""
    by_hand = helpers.load("2x2_image_predefined_1")
    _, W2 = by_hand.initialize()
    X, Y = dataset.image2x2_set(1, 0.0, np.random.default_rng(0), vertical_only=True)
    return np.sum(by_hand.forward(X, [np.array([[*left, -threshold], [*right, -threshold]]).T, W2])[-1] == Y)


def passed(learning_rate, nudge_of=1e-6, steps=20):
    """The weights that nudge.py passes from 0 on."""
    return nudge.train(nudge.X, nudge.Y, 0.0, steps, learning_rate, nudge_of)


def error_with_a_factor():
    """What the check says where dW2 is multiplied by 1.001, the larger of both networks."""

    def slightly_wrong(X, Y, parameters):
        loss, (dW1, db1, dW2, db2) = gradient_check.backward(X, Y, parameters)
        return loss, [dW1, db1, 1.001 * dW2, db2]

    return max(gradient_check.check(slightly_wrong, nodes, np.random.default_rng(0)) for nodes in (2, 4))


def beyond_the_samples(x):
    """What cubic.py answers for an x, with its default settings."""
    options = argparse.Namespace(coefficients=[1.0, 0.0, 15.0, 0.0], hidden_nodes=8)
    X, Y, parameters = cubic.start(options, np.random.default_rng(0))
    cubic.train(X, Y, parameters, 7000, 0.1, 0.95)
    xs, ys = cubic.curve(options.coefficients)
    scaled = np.array([[(x - xs.mean()) / xs.std()]])
    return float(cubic.forward(scaled, parameters)[-1][0, 0] * ys.std() + ys.mean())


def lowest_share(n):
    """The share in percent that at least succeeds, with 95% confidence, where all of n did."""
    return 100 * 0.05 ** (1 / n)


# Numbers in sentences that no block shows: by chapter, how each is worked out; as a text where it is a fact.
KNOWN = {
    "Run it": {"3.10": "the oldest Python"},
    "Words and shapes": {"1000": "an example", "500": "half of it"},
    "Datasets": {"0.7": 1 - 0.3},
    "Weights set by hand": {
        "42": 3 * (16 - 2),
        "14": lambda: 16 - 2,
        "12": lambda: right_with([1, -2, 1, -2], [-2, 1, -2, 1], 1),
    },
    "The bias on its own": {
        "12": "see test_horizontal_lines",
        "0": "no input",
        "90.4": 14461 / 160,
        "14": 16 - 2,
        "16": 16,
        "87.5": 100 * 14 / 16,
    },
    "Activations": {
        "0.00025": lambda: float(sigmoid(0.001) - 0.5),
        "0.25": 0.5 * 0.5,
        "0.001": "a nudge",
        "2.718": np.e,
        "0.235": lambda: float(sigmoid(0.5) * (1 - sigmoid(0.5))),
    },
    "One weight, nudged": {
        "14": lambda: nudge.loss(nudge.X, nudge.Y, 0) - nudge.loss(nudge.X, nudge.Y, 1),
        "18.7": lambda: -nudge.derivative(nudge.X, nudge.Y, 0, 1e-6),
        "0.25": "a learning rate",
        "3.7333": lambda: passed(0.2)[1],
        "0.4978": lambda: passed(0.2)[2],
        "4.6667": lambda: passed(0.25)[1],
        "1.5556": lambda: -passed(0.25)[2],
        "1.5000": lambda: passed(0.05, nudge_of=1)[-1],
        "2.5": lambda: passed(0.05, nudge_of=1)[-1] + 1,
    },
    "Every number of one step": {"0.002": 0.011587527 - 0.01},
    "Is the gradient right?": {
        **dict.fromkeys(("0.01", "1e-8", "1e-9", "1e-10", "1e-16"), "see test_the_check_of_a_script_of_ones_own"),
        "1.001": "a factor",
        "4e-04": error_with_a_factor,
    },
    "How much is luck": {
        "95": "the confidence",
        "97": lambda: lowest_share(100),
        "86": lambda: lowest_share(20),
        "7": lambda: 100 * 2 * np.sqrt(0.86 * 0.14 / 100),
        "14": "an example",
        **{"98": "an example", "360": "its samples", "1.5": 100 * 2 * np.sqrt(0.98 * 0.02 / 360)},
    },
    "One node learns": {"1958": "the year"},
    "Three layers, and images never seen": {
        "0.69": np.log(2),
        "0.5": "an example",
        "0.501": "a nudge on",
        "0.001": "the nudge",
        "2": np.log(1.002) / 0.001,
    },
    "Any number of layers": {"0.9": "a share", "0.81": 0.9**2, "10": 1 / (1 - 0.9)},
    "Classes and a test set": {"19": "see test_changes.py", "9": "a class", "5": (1 + 9) / 2},
    "A curve": {
        **{"6": "an example", "10": "an example", "306": 6**3 + 15 * 6, "1150": 10**3 + 15 * 10},
        "287": lambda: beyond_the_samples(6),
        "548": lambda: beyond_the_samples(10),
    },
    "Handwritten digits": {
        **dict.fromkeys(("13", "17", "1998", "4.0"), "of the source of the digits"),
        **{"902": (776 + 1029) // 2, "1541": (1415 + 1667) // 2},
    },
    "A template that slides": {
        "160": 16 * (3 * 3 + 1),
        "65": 8 * 8 + 1,
        "28": "another size",
        "785": 28 * 28 + 1,
        "99.17": "of the chapter before",
        **dict.fromkeys(("97.97", "59.45"), "see test_changes.py"),
    },
    "Your own data": {"33.33": 100 / 3, "1936": "the year", "7": "the volume", "95": "an example"},
    "Let the computer write the backward pass": {"25": 3 * 3**2 - 2},
    "When you outgrow this": {"1e-12": "see test_going_on.py", "1e-6": "see test_going_on.py"},
    "In class": {"90": "minutes", "86": "see test_five_groups", **dict.fromkeys(("20", "40", "60", "80"), "seeds")},
    "Take it along": {"3.5": "a version of pandoc", "42": "megabytes of numpy, matplotlib and pytest"},
    "Further reading": dict.fromkeys(("1", "3", "231", "323", "1986"), "in titles"),
    "Glossary": {"0": "a target", "1": "a target"},
}


WORKED_OUT = {heading for heading, values in KNOWN.items() if not all(isinstance(v, str) for v in values.values())}


def as_shown(value, shown):
    """A value with as many digits as the number shown has."""
    return f"{value:.0e}" if "e" in shown else f"{value:.{len(shown.partition('.')[2])}f}"


def test_horizontal_lines():
    """With other templates the two of chapter The bias on its own are missed, and two others are found."""
    assert right_with([1, 1, -1, -1], [-1, -1, 1, 1], 1.2) == 12


@pytest.mark.slow
def test_five_groups(capsys):
    """Five sweeps of twenty seeds find as many as the table of a hundred says."""
    solved = 0
    for seed in (0, 20, 40, 60, 80):
        xor.main(["--hidden-nodes", "2", "--sweep", "20", "--seed", str(seed)])
        solved += int(re.search(r"solved: (\d+) of 20", capsys.readouterr().out)[1])
    assert solved == 86


@pytest.mark.parametrize("heading", helpers.quick_and_slow(sorted(WORKED_OUT - {"A curve"}), ["A curve"]))
def test_numbers_that_are_worked_out(heading):
    for shown, value in KNOWN[heading].items():
        if not isinstance(value, str):
            assert as_shown(value() if callable(value) else value, shown) == shown


def chapters():
    """Pairs of a heading and the text of its chapter; what stands above the first one has the title's."""
    return [chapter.split("\n", 1) for chapter in re.split(r"^##? ", README, flags=re.M)[1:]]


def numbers(text):
    """The numbers in a text, but not those in names of scripts and pictures, which have tests of their own."""
    text = re.sub(r"\w+\.py|\]\((?!http)[^)]*\)", "", text)
    return re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", text)


def test_numbers_in_sentences():
    """Every number in a sentence stands in a block or a tested line of its chapter, or in a script that it names."""
    for heading, text in chapters():
        sources = [ROOT / name for name in re.findall(r"\w+\.py", text) if (ROOT / name).exists()]
        around = [body for _, body in FENCE.findall(text)] + [says for _, says in SAYS.findall(text)]
        around += [path.read_text("utf-8") for path in sources] + re.findall(r"`[^`]*`|^\|.*$", text, re.M)
        sentences = re.sub(r"`[^`]*`|\]\([^)]*\)|^\|.*$|^\d+\. ", "", FENCE.sub("", text), flags=re.M)
        unknown = set(numbers(sentences)) - set(numbers(" ".join(around))) - set(KNOWN.get(heading, {}))
        assert not unknown, heading
        assert set(KNOWN.get(heading, {})) <= set(numbers(sentences)), heading


def test_scripts_that_are_named_are_there():
    for name in re.findall(r"[\w/]+\.py", README):
        assert (ROOT / name).is_file(), name


def test_the_pictures_are_made_by_commands_of_the_readme():
    spec = importlib.util.spec_from_file_location("make", ROOT / "figures" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    made = {arguments[-1] for arguments in make.commands()}
    shown = set(re.findall(r"\]\((figures/.*?)\)", README))
    assert shown == made


def test_times_are_those_measured():
    measured = json.loads((ROOT / "benchmarks" / "compare.json").read_text("utf-8"))
    for row in benchmark_rows.short_rows(measured):
        assert row in README.splitlines()
