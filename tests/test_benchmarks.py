"""What benchmarks/README.md says about speed is what was measured, and the measuring works, with numpy alone."""

import importlib
import json
import math
import re
import subprocess
import sys

import benchmark_rows
import matplotlib
import matplotlib.image
import numpy as np
import pytest
from helpers import FOLDER, environment

HERE = FOLDER / "benchmarks"
PAGE = (HERE / "README.md").read_text("utf-8")
MEASURED = json.loads((HERE / "compare.json").read_text("utf-8"))
PICTURE = FOLDER / "figures" / "compare.png"
PICTURE_MADE_WITH = "3.11.2"  # others draw letters a little differently
ALONE = {
    "answer": ["import numpy", "xor.py"],
    "step": ["Network", "by hand", "matrix products"],
    "convolution": ["convolution.py", "matrix products"],
}


@pytest.fixture
def compare(monkeypatch):
    """The module compare, for which only numpy is installed, and which leaves no trace in the other tests."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "KERAS_BACKEND"):
        monkeypatch.setenv(name, "1")  # so that it is taken back afterwards
    for name in ("compare", "convolutions", "drawing", "steps"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "path", [str(HERE), *sys.path])
    module = importlib.import_module("compare")
    monkeypatch.setattr(module, "NEEDS", {name: ["not_to_be_found"] for name in module.NEEDS})
    yield module
    for name in ("compare", "convolutions", "drawing", "steps"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("kind", ["answer", "step", "convolution"])
def test_tables_are_what_was_measured(kind):
    """Every row follows from compare.json, and there is no other."""
    rows = getattr(benchmark_rows, f"{kind}_rows")(MEASURED)
    heads = {"answer": "program", "step": "network, samples", "convolution": "images"}
    table = re.search(rf"^\| {heads[kind]} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.M)
    assert table[1].splitlines() == rows[-len(MEASURED[kind]) :]
    assert all(row in PAGE.splitlines() for row in rows)


def test_versions_are_named():
    for version in MEASURED["versions"].values():
        assert re.search(rf" {re.escape(version.split('+')[0])}[,. ]", PAGE), version


def test_sentences_are_what_was_measured():
    """How much of the programs is their start, and what the picture is said to show."""
    answers, first, *_ = MEASURED["answer"], *MEASURED["step"]
    said = re.search(r"(2000) steps .* are ([\d.]+) s in\sscikit-learn, ([\d.]+) s in PyTorch and ([\d.]+) s in", PAGE)
    ways = {"sklearn": "sklearn fit", "PyTorch": "PyTorch, 1 thread", "Keras": "Keras"}
    times = [int(said[1]) * first["ways"][way]["median"] for way in ways.values()]
    assert list(said.groups()[1:]) == [f"{time:.1f}" for time in times]
    assert all(time < answers[name]["median"] / 2 for name, time in zip(ways, times, strict=True))
    shown = re.search(r"!\[(.*?)\]", PAGE)[1]
    ratios = [first["ways"][way]["to Network"] for way in ("Keras", "PyTorch, 1 thread", "sklearn fit")]
    assert "Keras begins at {:.0f}, PyTorch at {:.0f}, scikit-learn at {:.1f},".format(*ratios) in shown
    for size in MEASURED["step"][-2:]:
        assert all(0.8 < way["to Network"] < 1.3 for name, way in size["ways"].items() if "2 threads" not in name)
    for name in ("xor.py", "PyTorch", "Keras"):
        assert f"{answers[name]['median']:.2f} s with {name}" in shown
    assert f"{answers['sklearn']['median']:.2f} s with scikit-learn" in shown


def test_how_it_was_measured_is_what_the_script_does(compare, monkeypatch):
    turns = []
    monkeypatch.setattr(compare, "in_turns", lambda measures, count: turns.append(count))
    monkeypatch.setattr(compare, "run_program", lambda name: None)
    monkeypatch.setattr(compare, "measure_of_step", lambda run, at_least: None)
    compare.answer(quick=False)
    compare.step(compare.steps.WAYS, ([2, 4, 1], *compare.steps.data([2, 4, 1], 4)), quick=False)
    assert turns == [5, 15]
    assert "15 turns for steps, 5 for programs" in PAGE
    assert [(step["shape"], step["samples"]) for step in MEASURED["step"]] == compare.SIZES
    assert [step["samples"] for step in MEASURED["convolution"]] == list(compare.IMAGES)
    for _, measured, names in compare.tables(MEASURED):
        assert list(measured) == list(names)


def test_links_and_scripts_are_there():
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert len(links) > 5
    for target in links:
        assert (HERE / target).is_file(), target
    for name in re.findall(r"benchmarks/\w+\.\w+|figures/\w+\.png", PAGE):
        assert (FOLDER / name).is_file(), name


def test_no_line_is_too_long():
    assert all(len(line) <= 120 for line in PAGE.splitlines() if not line.startswith(("|", "![")))


def test_shown_and_drawn_without_measuring(compare, tmp_path, capsys, monkeypatch):
    """--from prints what the file says, and draws the picture that is kept."""
    monkeypatch.setattr(compare, "measure", None)
    file = tmp_path / "compare.png"
    compare.main(["--from", str(HERE / "compare.json"), "--figure", str(file)])
    printed = capsys.readouterr().out
    for _, measured, _ in compare.tables(MEASURED):
        for name, values in measured.items():
            assert re.search(rf"^{re.escape(name)} +{1e3 * values['median']:.3f} ms ", printed, re.M)
    assert PICTURE.stat().st_size < 150_000
    if matplotlib.__version__ == PICTURE_MADE_WITH:
        kept, made = matplotlib.image.imread(PICTURE), matplotlib.image.imread(file)
        assert kept.shape == made.shape
        assert np.mean(np.abs(kept - made).max(axis=-1) > 0.2) < 0.0005  # of all pixels are of another colour


def test_a_wrong_answer_is_noticed(compare, monkeypatch):
    monkeypatch.setitem(compare.PROGRAMS, "Keras", ["-c", "print('0 1 1 0')"])
    compare.run_program("Keras")
    monkeypatch.setitem(compare.PROGRAMS, "Keras", ["-c", "print('0 1 1 1')"])
    with pytest.raises(SystemExit, match="Keras did not learn XOR"):
        compare.run_program("Keras")


@pytest.mark.slow
def test_quick(compare, monkeypatch):
    """With few sizes, and a program that does nothing."""
    monkeypatch.setattr(compare, "SIZES", compare.SIZES[:2])
    monkeypatch.setattr(compare, "IMAGES", compare.IMAGES[:1])
    monkeypatch.setattr(compare, "PROGRAMS", {"import numpy": ["-c", ""]})
    results = compare.measure(quick=True)
    compare.check(results)
    assert list(results) == list(MEASURED)
    assert list(results["answer"]) == ["import numpy"]
    for kind in ("step", "convolution"):
        for size, kept in zip(results[kind], MEASURED[kind], strict=False):
            assert list(size["ways"]) == ALONE[kind]
            assert [size[key] for key in size if key != "ways"] == [kept[key] for key in size if key != "ways"]
            for name, values in size["ways"].items():
                assert list(values) == list(kept["ways"][name])
                assert values["lowest"] <= values["median"] <= values["highest"]
    del results["step"][1]["ways"]["by hand"]
    with pytest.raises(SystemExit, match="2-15-4, 400 samples: not everything"):
        compare.check(results)


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0, -1.0])
def test_what_is_no_time_is_noticed(compare, value):
    numbers = {"median": 1.0, "lowest": 1.0, "highest": 1.0, "to import numpy": 1.0}
    results = {"answer": {name: dict(numbers) for name in ALONE["answer"]}, "step": [], "convolution": []}
    compare.check(results)
    results["answer"]["xor.py"]["highest"] = value
    with pytest.raises(SystemExit, match=r"xor\.py: these are no times"):
        compare.check(results)


def test_a_median_and_a_ratio_within_a_turn(compare):
    """Of the turns 1 to 2, 4 to 4 and 2 to 10 the medians are 2 and 4, and the ratios 2, 1 and 5: so 2 as well."""
    times = {"a": iter([1.0, 4.0, 2.0]), "b": iter([2.0, 4.0, 10.0])}
    results = compare.in_turns({name: seconds.__next__ for name, seconds in times.items()}, 3)
    assert results["a"] == {"median": 2.0, "lowest": 1.0, "highest": 4.0, "to a": 1.0}
    assert results["b"] == {"median": 4.0, "lowest": 2.0, "highest": 10.0, "to a": 2.0}


@pytest.mark.parametrize("shape", [[2, 4, 1], [2, 15, 4], [3, 5, 4, 2]])
def test_another_step_is_noticed(compare, shape, monkeypatch):
    """A gradient that is wrong by a factor of 1.001 ends the comparison before anything is timed."""
    monkeypatch.setattr(compare, "in_turns", lambda measures, turns: list(measures))
    monkeypatch.setattr(compare, "measure_of_step", lambda run, at_least: None)
    given = (shape, *compare.steps.data(shape, 20))
    assert compare.step(compare.steps.WAYS, given, quick=True) == ALONE["step"]
    right = compare.steps.descend

    def slightly_wrong(gradients_of, X, Y, parameters):
        return right(lambda *now: (0, [1.001 * gradient for gradient in gradients_of(*now)[1]]), X, Y, parameters)

    monkeypatch.setattr(compare.steps, "descend", slightly_wrong)
    with pytest.raises(SystemExit, match="by hand does not make the same step as Network"):
        compare.step(compare.steps.WAYS, given, quick=True)


def test_a_second_go_that_ends_early_is_noticed(compare):
    def only_once(*data):
        run, parameters = compare.steps.by_hand(*data)
        goes = iter([run])
        return lambda steps: next(goes, int)(steps), parameters  # int does nothing

    ways, given = {"Network": compare.steps.network, "by hand": only_once}, compare.steps.data([2, 15, 4], 20)
    with pytest.raises(SystemExit, match="by hand does not make the same step as Network"):
        compare.step(ways, ([2, 15, 4], *given), quick=True)


@pytest.mark.slow
def test_the_quick_form_as_a_program(tmp_path):
    command = [sys.executable, "benchmarks/compare.py", "--quick", "--json", str(tmp_path / "quick.json")]
    done = subprocess.run(command, cwd=FOLDER, env=environment(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.startswith("left out, because not installed: ")
    results = json.loads((tmp_path / "quick.json").read_text("utf-8"))
    assert set(ALONE["answer"]) <= set(results["answer"])
    assert len(results["step"]) == 6
