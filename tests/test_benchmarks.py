"""What benchmarks/README.md says about speed is what was measured, and the measuring works, with numpy alone."""

import importlib
import json
import math
import re
import sys

import matplotlib
import matplotlib.image
import numpy as np
import pytest
from helpers import FOLDER, quick_and_slow, run

HERE = FOLDER / "benchmarks"
PAGE = (HERE / "README.md").read_text("utf-8")
MEASURED = json.loads((HERE / "compare.json").read_text("utf-8"))
SHORT_PAGE = (FOLDER / "book" / "how_fast.md").read_text("utf-8")
OF_LETTERS = ["PyTorch, float64", "PyTorch, float32", "scalars"]
SHORT = "network, samples | Network | matrix products | PyTorch, 1 thread | Keras"
ANSWER = MEASURED["answer"]
FIRST = {step["dtype"]: step["ways"] for step in reversed(MEASURED["step"])}  # of the smallest network
PICTURE, PICTURE_MADE_WITH = FOLDER / "figures" / "compare.png", "3.11.2"  # others draw letters a little differently
ALONE = {
    "answer": ["import numpy", "xor.py"],
    "step": ["Network", "by hand", "matrix products"],
    "convolution": ["convolution.py", "matrix products"],
    "transformer": ["transformer.py"],
}


NAMES = {
    "import numpy": '`python -c "import numpy"`',
    "xor.py": "`python xor.py --no-figure`",
    "sklearn": "scikit-learn",
}


def answer_rows():
    """Program, median time, and how many times `import numpy` that is."""
    return [
        f"| {NAMES.get(name, name)} | {values['median']:.2f} s | {values['to import numpy']:.1f} |"
        for name, values in ANSWER.items()
    ]


def step_rows(dtype=None, first="Network", ways=None):
    """A line for each size: the time of the first way, and that of the others in units of it; without type images."""
    rows = []
    for step in [step for step in MEASURED["step" if dtype else "convolution"] if step.get("dtype") == dtype]:
        size, time = "-".join(map(str, step.get("shape", []))), step["ways"][first]["median"]
        own = f"{time * 1e6:.0f} µs" if time < 1e-3 or not size else f"{time * 1e3:.1f} ms"
        others = [f"{step['ways'][way][f'to {first}']:.2f}" for way in (ways or step["ways"]) if way != first]
        rows.append(f"| {size}{', ' if size else ''}{step['samples']} | {' | '.join([own, *others])} |")
    return rows


def letters_rows():
    """Names, the time of transformer.py, and the others in units of it; the scalars were asked for one name alone."""
    for step in MEASURED["transformer"]:
        ways = step["ways"]
        others = [f"{ways[way]['to transformer.py']:.2f}" if way in ways else "" for way in OF_LETTERS]
        yield f"| {step['samples']} | {1e3 * ways['transformer.py']['median']:.1f} ms | {' | '.join(others)} |"


@pytest.fixture
def compare(monkeypatch):
    """The module compare, for which only numpy is installed, and which leaves no trace in the other tests."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "KERAS_BACKEND"):
        monkeypatch.setenv(name, "1")  # so that it is taken back afterwards
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(HERE), *sys.path])
    module = importlib.import_module("compare")
    monkeypatch.setattr(module, "NEEDS", {name: ["not_to_be_found"] for name in module.NEEDS})
    yield module
    for name in {"compare", "convolutions", "drawing", "scalars", "steps", "transformers"} - before:
        sys.modules.pop(name, None)


@pytest.fixture
def untimed(compare, monkeypatch):
    """The same, but every step is only checked and not timed: it gives the names of what would be."""
    monkeypatch.setattr(compare, "in_turns", lambda measures, turns: [turns, *measures])
    monkeypatch.setattr(compare, "measure_of_step", lambda run, at_least: None)
    monkeypatch.setattr(compare, "run_program", lambda name: None)
    return compare


TABLES = {  # the page, the heads of the columns, and the rows
    "answer": (PAGE, "program | time | times `import numpy`", answer_rows()),
    **{dtype: (PAGE, " | ".join(["network, samples", *ways]), step_rows(dtype)) for dtype, ways in FIRST.items()},
    "convolution": (PAGE, "images | convolution.py | matrix products", step_rows(None, "convolution.py")),
    "transformer": (PAGE, f"names | transformer.py | {' | '.join(OF_LETTERS)}", list(letters_rows())),
    "book": (SHORT_PAGE, SHORT, step_rows("float32", ways=SHORT.split(" | ")[1:])),
}


@pytest.mark.parametrize(("page", "heads", "rows"), TABLES.values(), ids=TABLES)
def test_tables_are_what_was_measured(page, heads, rows):
    """Every row follows from compare.json, and there is no other."""
    table = re.search(rf"^\| {re.escape(heads)}.*\n\|[-|]+\|\n((?:\|.*\n)+)", page, re.M)
    assert table[1].splitlines() == rows


def test_sentences_are_what_was_measured():
    """Versions, how much of the programs is their start, and what the picture is said to show."""
    for version in MEASURED["versions"].values():
        assert re.search(rf" {re.escape(version.split('+')[0])}[,. ]", PAGE), version
    said = re.search(r"2000 steps .* are ([\d.]+) s in\sscikit-learn, ([\d.]+) s in PyTorch and ([\d.]+) s in", PAGE)
    ways = {"sklearn": "sklearn fit", "PyTorch": "PyTorch, 1 thread", "Keras": "Keras"}
    smallest = FIRST["float64"] | FIRST["float32"]
    times = {name: 2000 * smallest[way]["median"] for name, way in ways.items()}
    assert list(said.groups()) == [f"{time:.1f}" for time in times.values()]
    assert all(time < ANSWER[name]["median"] / 2 for name, time in times.items())
    shown = re.search(r"!\[(.*?)\]", PAGE)[1]
    ratios = [smallest[way]["to Network"] for way in ("Keras", "PyTorch, 1 thread", "sklearn fit")]
    assert "Keras begins at {:.0f}, PyTorch at {:.0f}, scikit-learn at {:.1f},".format(*ratios) in shown
    frameworks = ("PyTorch, 1 thread", "Keras", "sklearn fit")
    ratios = [
        way["to Network"] for size in MEASURED["step"] for name, way in size["ways"].items() if name in frameworks
    ]
    assert f"in no row below {np.floor(100 * min(ratios)) / 100:.2f}" in PAGE
    first, *_, last = [step["ways"] for step in MEASURED["transformer"]]
    assert f"take {first['scalars']['to transformer.py']:.0f} times as long as transformer.py" in shown
    for way in OF_LETTERS[:2]:
        assert 2.5 < first[way]["to transformer.py"] < 3.5
        assert 0.9 < last[way]["to transformer.py"] < 1.4
    assert f"take {1000 / 60 * first['scalars']['median']:.1f} minutes" in PAGE
    assert f"they take {1000 * first['transformer.py']['median']:.1f} s" in PAGE
    for name, said in (("xor.py", "xor.py"), ("PyTorch", "PyTorch"), ("Keras", "Keras"), ("sklearn", "scikit-learn")):
        assert f"{ANSWER[name]['median']:.2f} s with {said}" in shown


def test_how_it_was_measured_is_what_the_script_does(untimed):
    assert untimed.answer(quick=False) == [5, *ALONE["answer"]]
    for dtype, ways in untimed.steps.WAYS.items():
        given = [2, 4, 1], *untimed.steps.data([2, 4, 1], 4, dtype)
        assert untimed.step(ways, given, untimed.steps.NEAR[dtype], quick=False) == [15, *ALONE["step"]]
    assert "15 turns for steps, 5 for programs" in PAGE
    for dtype in untimed.steps.WAYS:
        steps = [step for step in MEASURED["step"] if step["dtype"] == dtype]
        assert [(step["shape"], step["samples"]) for step in steps] == untimed.SIZES
    assert [step["samples"] for step in MEASURED["convolution"]] == list(untimed.IMAGES)
    assert [step["samples"] for step in MEASURED["transformer"]] == list(untimed.TEXTS)
    assert all(list(measured) == list(names) for _, measured, names in untimed.tables(MEASURED))


@pytest.mark.parametrize("names", quick_and_slow([2], [1]))
def test_a_step_of_a_transformer_in_every_way(names, untimed):
    """The scalars are asked for one name alone."""
    more = ["scalars"] if names == 1 else []
    ways, data = untimed.transformers.ways(names), untimed.transformers.data(names)
    assert untimed.step(ways, data, untimed.NEAR_ADAM, quick=False) == [15, *ALONE["transformer"], *more]


def test_links_and_scripts_are_there():
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert len(links) > 5
    named = [FOLDER / name for name in re.findall(r"benchmarks/\w+\.\w+|figures/\w+\.png", PAGE)]
    assert [path for path in [*named, *(HERE / target for target in links)] if not path.is_file()] == []


@pytest.mark.slow
def test_shown_and_drawn_without_measuring(compare, tmp_path, capsys, monkeypatch):
    """--from prints what the file says, and draws the picture that is kept."""
    monkeypatch.setattr(compare, "measure", None)
    file = tmp_path / "compare.png"
    compare.main(["--from", str(HERE / "compare.json"), "--figure", str(file)])
    printed = capsys.readouterr().out
    for _, measured, _ in compare.tables(MEASURED):
        for name, values in measured.items():
            times = " +".join(f"{1e3 * values[key]:.3f} ms" for key in ("median", "lowest", "highest"))
            assert re.search(rf"^{re.escape(name)} +{times} +\d+\.\d\d$", printed, re.M)
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


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0, -1.0])
def test_what_is_no_time_is_noticed_and_what_is_missing(compare, value):
    numbers = {"median": 1.0, "lowest": 1.0, "highest": 1.0, "to import numpy": 1.0}
    results = {"answer": {name: dict(numbers) for name in ALONE["answer"]}, "step": [], "convolution": []}
    results["transformer"] = []
    compare.check(results)
    results["answer"]["xor.py"]["highest"] = value
    with pytest.raises(SystemExit, match=r"xor\.py: these are no times"):
        compare.check(results)
    del results["answer"]["xor.py"]
    with pytest.raises(SystemExit, match="from command to answer: not everything that is installed was measured"):
        compare.check(results)


def test_a_median_and_a_ratio_within_a_turn(compare):
    """Of the turns 1 to 3, 4 to 4 and 2 to 10 the medians are 2 and 4, and the ratios 3, 1 and 5: so 3."""
    times = {"a": iter([1.0, 4.0, 2.0]), "b": iter([3.0, 4.0, 10.0])}
    results = compare.in_turns({name: seconds.__next__ for name, seconds in times.items()}, 3)
    assert results["a"] == {"median": 2.0, "lowest": 1.0, "highest": 4.0, "to a": 1.0}
    assert results["b"] == {"median": 4.0, "lowest": 3.0, "highest": 10.0, "to a": 3.0}


def test_the_time_of_one_step_is_measured(compare):
    """Of a run that takes 10 ms for each step, in as many steps as are needed to measure it."""
    seconds = compare.measure_of_step(lambda steps: compare.time.sleep(0.01 * steps), 0.02)()
    assert 0.009 < seconds < 0.02


@pytest.mark.parametrize(("dtype", "factor"), [("float64", 1.001), ("float32", 1.1)])
@pytest.mark.parametrize("shape", [[2, 4, 1], [2, 15, 4], [3, 5, 4, 2]])
def test_another_step_is_noticed(untimed, shape, dtype, factor, monkeypatch):
    """A gradient that is wrong by a factor ends the comparison before anything is timed."""
    ways, near = untimed.steps.WAYS[dtype], untimed.steps.NEAR[dtype]
    given = (shape, *untimed.steps.data(shape, 20, dtype))
    assert untimed.step(ways, given, near, quick=True) == [3, *ALONE["step"]]
    right = untimed.steps.descend

    def slightly_wrong(gradients_of, X, Y, parameters):
        return right(lambda *now: (0, [factor * gradient for gradient in gradients_of(*now)[1]]), X, Y, parameters)

    monkeypatch.setattr(untimed.steps, "descend", slightly_wrong)
    with pytest.raises(SystemExit, match="by hand does not make the same step as Network"):
        untimed.step(ways, given, near, quick=True)


def test_a_second_go_that_ends_early_is_noticed(untimed):
    def only_once(*data):
        run, parameters = untimed.steps.by_hand(*data)
        goes = iter([run])
        return lambda steps: next(goes, int)(steps), parameters  # int does nothing

    ways, given = (
        {"Network": untimed.steps.network, "by hand": only_once},
        untimed.steps.data([2, 15, 4], 20, "float64"),
    )
    with pytest.raises(SystemExit, match="by hand does not make the same step as Network"):
        untimed.step(ways, ([2, 15, 4], *given), 1e-8, quick=True)


@pytest.mark.slow
def test_the_quick_form_as_a_program(tmp_path):
    """It measures whatever is installed, for every size, in the form of the file that is kept."""
    said, _ = run("benchmarks/compare.py", "--quick", "--json", tmp_path / "quick.json", folder=FOLDER)
    assert said.startswith("left out, because not installed: ")
    results = json.loads((tmp_path / "quick.json").read_text("utf-8"))
    assert list(results) == list(MEASURED)
    assert set(ALONE["answer"]) <= set(results["answer"])
    for kind in ("step", "convolution", "transformer"):
        for size, kept in zip(results[kind], MEASURED[kind], strict=True):
            assert size | {"ways": 0} == kept | {"ways": 0}
            assert set(ALONE[kind]) <= set(size["ways"]) <= set(kept["ways"])
            for name, values in size["ways"].items():
                assert list(values) == list(kept["ways"][name])
                assert values["lowest"] <= values["median"] <= values["highest"]
