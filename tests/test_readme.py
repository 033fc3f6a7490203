"""Everything that the README says is true: commands, outputs, excerpts, numbers, links and pictures."""

import hashlib
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
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
# The one tolerance: a number may differ by this share of itself, which is less than any digit printed.
TOLERANCE = 1e-12
ROUNDING = "268b5ed0b5325b58"  # what rounding() gives where the outputs in the README were printed
PICTURES_MADE_WITH = "3.11.2"  # the matplotlib of the pictures in figures; others draw letters a little differently
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*\.?\d*(?:e[-+]?\d+)?")
SLOW = pytest.mark.skipif("not config.getoption('--slow')", reason="takes long: only with --slow")
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.M)


def rounding():
    """A fingerprint of how this numpy on this processor rounds.

    The last bit of a sum or a logarithm differs between versions and processors, and a training that swings
    through a steep valley makes much of it: where the fingerprint is another, only texts are compared.
    """
    rng, digest = np.random.default_rng(0), hashlib.sha256()
    for rows, inner, columns in (
        (4, 2, 4),
        (4, 4, 1),
        (100, 1, 8),
        (100, 8, 1),
        (800, 2, 15),
        (800, 15, 4),
        (2000, 7, 2),
    ):
        A, B = rng.normal(size=(rows, inner)), rng.normal(size=(inner, columns))
        Z = A @ B
        small = np.exp(-np.abs(Z))
        for array in (Z, A.T @ Z, Z @ B.T, Z.sum(axis=0), np.tanh(Z), small, np.log1p(small), Z.mean()):
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


ALIKE = rounding() == ROUNDING


def blocks(kind, text=README):
    """The fenced blocks whose first word is kind: pairs of further words and the text."""
    return [(info.split()[1:], body) for info, body in FENCE.findall(text) if info.split()[:1] == [kind]]


def examples():
    """Every command of the README that shows its output: command, the lines shown, and the words of the fence."""
    for words, body in blocks("console"):
        for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            marks = [pytest.mark.skipif("not config.getoption('--slow')", reason="only with --slow")] * (
                "slow" in words
            )
            yield pytest.param(command, shown, "fails" in words, id=command, marks=marks)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of what the commands of the README need, in which all of them are run one after the other."""
    folder = tmp_path_factory.mktemp("readme")
    for path in [*ROOT.glob("*.py"), ROOT / "README.md"]:
        shutil.copy(path, folder)
    shutil.copytree(ROOT / "data", folder / "data")
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


def same(shown, printed, numbers):
    """Whether two lines have the same text, and where numbers is true numbers that are equal within the tolerance."""
    if not numbers:
        return [w for w in shown.split() if w.isalpha()] == [w for w in printed.split() if w.isalpha()]
    if NUMBER.sub("#", shown) != NUMBER.sub("#", printed):
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    values = [[float(number.replace(",", "")) for number in pair] for pair in pairs]
    return all(abs(a - b) <= TOLERANCE * abs(a) for a, b in values)


def matches(shown, printed, numbers=True):
    """Whether printed lines are those shown, where a line … stands for any number of lines."""
    if not shown:
        return not printed
    if shown[0] == "…":
        return any(matches(shown[1:], printed[i:], numbers) for i in range(len(printed) + 1))
    return bool(printed) and same(shown[0], printed[0], numbers) and matches(shown[1:], printed[1:], numbers)


@pytest.mark.parametrize(("command", "shown", "fails"), list(examples()))
def test_example(command, shown, fails, folder, monkeypatch):
    printed, errors, status = run(command, folder, monkeypatch)
    assert status == (2 if fails else 0)
    printed = (errors if fails else printed).rstrip("\n").split("\n")
    shown = shown.rstrip("\n").split("\n")
    assert matches(shown, [line.rstrip() for line in printed], numbers=ALIKE), "\n".join(printed)
    assert fails or errors == ""
    figure = re.search(r"--figure (figures/\S+)", command)
    if figure and ALIKE and matplotlib.__version__ == PICTURES_MADE_WITH:
        assert_same_picture(ROOT / figure[1], folder / figure[1])


def assert_same_picture(kept, made):
    """The two pictures have the same size, and colours that differ by less than 2 of 256 on average."""
    kept, made = matplotlib.image.imread(kept), matplotlib.image.imread(made)
    assert kept.shape == made.shape
    assert 256 * np.mean(np.abs(kept - made)) < 2


@pytest.mark.skipif(not ALIKE, reason="this numpy or processor rounds otherwise: of the README only texts are compared")
def test_numbers_are_compared():
    assert not matches(["loss 0.25"], ["loss 0.26"], numbers=ALIKE)


@pytest.mark.skipif(matplotlib.__version__ != PICTURES_MADE_WITH, reason="the pictures are of another matplotlib")
def test_pictures_are_compared(tmp_path):
    changed = matplotlib.image.imread(ROOT / "figures" / "xor.png")
    changed[: len(changed) // 4] = 1
    matplotlib.image.imsave(tmp_path / "xor.png", changed)
    with pytest.raises(AssertionError):
        assert_same_picture(ROOT / "figures" / "xor.png", tmp_path / "xor.png")


@SLOW
@pytest.mark.parametrize("command", re.findall(r"^python .*\.gif$", README, re.M))
def test_moving_picture(command, folder, monkeypatch):
    printed, errors, status = run(command, folder, monkeypatch)
    assert (errors, status) == ("", 0)
    assert printed.endswith(f"picture: {command.split()[-1]}\n")


def test_matches_sees_every_difference():
    assert matches(["loss 0.25", "…", "end"], ["loss 0.25", "a", "b", "end"])
    assert not matches(["loss 0.25"], ["loss 0.26"])
    assert not matches(["loss 0.25"], ["lost 0.25"])
    assert not matches(["16 of 16"], ["15 of 16"])
    assert not matches(["a"], ["a", "b"])


@pytest.mark.parametrize("excerpt", [body for _, body in blocks("python")])
def test_excerpt_stands_in_a_file(excerpt):
    files = [path.read_text("utf-8") for path in [*ROOT.glob("*.py"), *ROOT.glob("benchmarks/*.py")]]
    lines = [line.strip() for line in excerpt.strip().splitlines()]
    assert any("\n".join(lines) in re.sub(r"^[ ]+", "", text, flags=re.M) for text in files)


def test_lines_in_the_table():
    rows = re.findall(r"^\| \[`(.*?\.py)`\].*\| (\d+) \|$", README, re.M)
    assert len(rows) == 13
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


def test_links_and_pictures_are_there():
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", README), re.M)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for bang, text, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("http"):
            assert (ROOT / target).is_file(), target
        assert not bang or len(text) > 20, f"{target} needs words for those who cannot see it"


# The numbers in the prose of each chapter, in their order; KNOWN are those that come from nowhere in the code:
# versions, years, shapes, and sums done in the head.
PROSE = {
    "Run it": "3.10",
    "Contents": "",
    "Words and shapes": "2 4 1 1 0",
    "Datasets": "2 2 2 2 0 0.3 0.7 1",
    "Weights set by hand": "1 1.2 0 1 1 1.2 0 1 1 2 4 1 0.2 1.2 0.2",
    "The bias on its own": "1 0.5",
    "Activations": "0 1 0 1 0 0.235",
    "One node learns": "1 0 0 0 0 1 1 0.1",
    "A hidden layer learns XOR": "00 11 01 10 1 1 5 0 1",
    "Every number of one step": "",
    "Is the gradient right?": "1e-10 1e-7",
    "Three layers, and images never seen": "3200 1 1 0 1",
    "Any number of layers": "",
    "A straight line": "1",
    "A curve": "200 15",
    "Classes and a test set": "1 1 0 1 0 1 0",
    "Four spirals": "",
    "Your own data": "150 7 1936 0 1 32 4",
    "When it does not work": "",
    "How fast is it": "1 1.01 0.85 2.0 64 3.11 7 2.4 6 2.13 0 3.15 1 1.9 1 32 32",
    "When you outgrow this": "3.15 32 64",
    "The pictures": "",
}
KNOWN = {"00", "01", "10", "11", "3.10", "0.7", "1936", "7", "2015", "1e-10", "1e-7", "200", "150", "0.235", "0", "0.5"}


def prose(chapter):
    """The numbers of a chapter that stand neither in a block, nor in code, a table, a link or the number of a list."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|^\|.*$|^\d\. ", "", FENCE.sub("", chapter), flags=re.M)
    return re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", text)


def test_numbers_in_the_prose():
    """Every number in the text stands in the blocks of its chapter, or in the source of a script it names."""
    chapters = re.split(r"^## ", README, flags=re.M)[1:]
    assert {chapter.split("\n")[0]: " ".join(prose(chapter)) for chapter in chapters} == PROSE
    for chapter in chapters:
        if chapter.startswith(("How fast", "When you outgrow")):
            continue  # measured with what is not installed here
        sources = [ROOT / name for name in re.findall(r"[\w]+\.py", chapter) if (ROOT / name).exists()]
        around = " ".join(body for _, body in FENCE.findall(chapter)) + " ".join(p.read_text("utf-8") for p in sources)
        there = set(re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", around)) | KNOWN
        assert set(prose(chapter)) <= there, chapter.split("\n")[0]


def test_the_pictures_are_made_by_commands_of_the_readme():
    spec = importlib.util.spec_from_file_location("make", ROOT / "figures" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    made = {arguments[-1] for arguments in make.commands()}
    shown = set(re.findall(r"\]\((figures/.*?)\)", README))
    assert shown - {"figures/compare.png"} == made


def test_times_are_those_measured():
    measured = json.loads((ROOT / "benchmarks" / "compare.json").read_text("utf-8"))
    for row in benchmark_rows.answer_rows(measured) + benchmark_rows.step_rows(measured):
        assert row in README
    chapter = README.split("## How fast is it")[1].split("\n## ")[0]
    for version in measured["versions"].values():
        assert version.split("+")[0] in chapter
    for way in ("samples", "nodes"):
        assert f"to the power of {measured['growth'][way]['exponent']:.2f}" in chapter
    memory = measured["memory"]
    assert f"{memory['system'] / memory['parameters, gradients, momentum, outputs']:.1f} times the memory" in chapter
