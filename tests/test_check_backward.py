"""What check_backward.py says of programs: of learners, in every style, and of files with a function backward."""

import contextlib
import inspect
import io
import pathlib
import re
import shutil
import socket

from backstage import Refused

import backward_programs
import numpy as np
import pytest
from backward_programs import BASES, MISTAKES, RIGHT, TWO
from helpers import FOLDER, quick_and_slow, run, same
from learners import cases
from mutants import mutants

from gradient_check import numerical_gradients, relative_error

LEARNERS = FOLDER / "tests" / "programs" / "learners"
# The first eight are those that the tool was first asked to judge; six more styles stand for the rest without --slow.
GIVEN = ["weights_only", "columns", "thermostat_class", "online", "softmax_batches", "loops_over_layers", "plain_lists"]
GIVEN = [f"{name}.py" for name in [*GIVEN, "relu_regression"]]
MORE = ["fit_predict.py", "functional.py", "target_minus_output.py", "derivative_flag.py", "einsum.py"]
MORE = [*MORE, "several_files/train.py"]
FIRST = ["weights_only.py", "thermostat_class.py", "softmax_batches.py", MORE[-1]]
FIRST = [(name, cases.CASES[name][0]) for name in FIRST]
REST = [(name, case) for name, all_of_it in cases.CASES.items() for case in all_of_it if (name, case) not in FIRST]


def shown(found, remarks=()):
    return "\n".join([*(f"line {f.line}: {f.name} {f.verdict}: {f.why}" for f in found), *remarks])


def verdicts(found):
    return {finding.verdict for finding in found}


def wrong_lines(found):
    return [finding.line for finding in found if finding.verdict == "wrong"]


def source_of(name):
    """The text of a learner's program, or of that file of it which goes backward."""
    return (LEARNERS / cases.MISTAKES_IN.get(name, name)).read_text(encoding="utf-8")


@pytest.fixture
def changed(tmp_path, examined):
    """Examine a learner's program with another text, in a copy of its folder."""

    def examine(name, text):
        if "/" in name:
            shutil.copytree(LEARNERS / pathlib.Path(name).parent, tmp_path / pathlib.Path(name).parent)
        (tmp_path / cases.MISTAKES_IN.get(name, name)).write_text(text, encoding="utf-8")
        return examined(tmp_path / name)

    return examine


def with_mistake(name, case):
    return backward_programs.replaced(source_of(name), case[:2])


@pytest.mark.parametrize("name", quick_and_slow([*GIVEN, *MORE], sorted({*cases.CASES} - {*GIVEN, *MORE})))
def test_every_line_of_a_right_program_is_right(name, examined):
    found, remarks = examined(LEARNERS / name)
    assert verdicts(found) == {"right"}, shown(found)
    assert remarks[0].startswith("judged for ")
    assert name not in cases.NO_LOSS or remarks[0].endswith("which is not computed in the step")


@pytest.mark.parametrize("entry", quick_and_slow(FIRST, REST), ids=lambda entry: f"{entry[0]}-{entry[1][-1]}")
def test_the_line_of_a_mistake_is_named(entry, changed):
    """A known miss is called wrong as well, in another line."""
    name, case = entry
    found, _ = changed(name, with_mistake(name, case))
    _, _, line, names, _ = case
    line, reason = cases.KNOWN.get((name, line), (line, ""))
    assert line in wrong_lines(found), shown(found)
    if not reason and names:
        assert {f.name for f in found if f.line == line and f.verdict == "wrong"} & set(names), shown(found)
    if "already changed" in case[-1] and not reason:
        assert any(re.search(r"in line \d+", f.why) for f in found if f.verdict == "wrong"), shown(found)
    if entry in FIRST:  # and no other line is accused
        assert len(wrong_lines(found)) == 1, shown(found)
        assert {pathlib.Path(f.file).name for f in found} == {pathlib.Path(cases.MISTAKES_IN.get(name, name)).name}


def lines_of(name):
    return {number for first, last in cases.BACKWARD[name] for number in range(first, last + 1)}


@pytest.mark.slow
@pytest.mark.parametrize("name", cases.CASES)
def test_no_mutant_that_steps_in_another_direction_is_right(name, changed, tmp_path):
    """Every 48th. Some do not even run. What shows no loss may be right for a cross-entropy, and it is said."""
    for what, line, text in [*mutants(source_of(name), lines_of(name))][::48]:
        with contextlib.suppress(Refused):
            found, remarks = changed(name, text)
            other = name in cases.NO_LOSS and any("cross-entropy" in remark for remark in remarks)
            unseen = (name, line) in cases.UNSEEN
            assert unseen or other or verdicts(found) != {"right"}, (what, line, shown(found, remarks))
        shutil.rmtree(tmp_path / pathlib.Path(name).parts[0], ignore_errors=True)


# Of files with backward(X, Y, parameters) that train nothing, the programs of backward_programs.

SAMPLES = 5
NODES = {"n_inputs": 3, "hidden_nodes": 4, "n_outputs": 2}


def named(entries):
    """A name for each mistake, from its base and what it changes last."""
    return [f"{entry.base}-{entry.changes[-1][1].strip()}" for entry in entries]


def some(entries, names, part):
    """The entries as values of a parameter, by their names; all but one of so many take part only with --slow."""
    marks = [pytest.mark.slow if i % part else () for i in range(len(entries))]
    return [pytest.param(entry, id=name, marks=mark) for entry, name, mark in zip(entries, names, marks, strict=True)]


def number_of(line, text):
    """The number of the line of the text that this is."""
    return [written.strip() for written in text.splitlines()].index(line) + 1


def made(text, shape=None):
    """The backward of the program, and parameters for it; shape where it has no initialize."""
    program = {"__name__": "program"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, "program", "exec"), program)
    rng = np.random.default_rng(3)
    if "initialize" in program:
        given = inspect.signature(program["initialize"]).parameters
        parameters = program["initialize"](**{name: NODES.get(name, rng) for name in given})
    else:
        pairs = zip(shape[:-1], shape[1:], strict=True)
        parameters = [np.zeros(size) for inputs, nodes in pairs for size in [(inputs, nodes), nodes]]
    parameters = [parameter + rng.normal(0, 0.5, parameter.shape) for parameter in parameters]
    weights = [parameter for parameter in parameters if parameter.ndim == 2]
    X = rng.normal(0, 1, (SAMPLES, len(weights[0])))
    outputs = parameters[-1].shape[-1]
    Y = np.eye(outputs)[np.arange(SAMPLES) % outputs] if outputs > 2 else 1.0 * (rng.random((SAMPLES, outputs)) < 0.5)

    def backward(parameters):
        with contextlib.redirect_stdout(io.StringIO()):
            return program["backward"](X.copy(), Y.copy(), parameters)

    return backward, parameters


def error_of(text, shape=None):
    """How far gradients are from those of the loss; inf where shapes do not fit, or parameters are changed."""
    backward, parameters = made(text, shape)
    given = [parameter.copy() for parameter in parameters]
    try:
        loss, gradients = backward(given)
    except ValueError:  # shapes that do not fit
        return np.inf
    shapes = [list(map(np.shape, arrays)) for arrays in (gradients, parameters)]
    if np.ndim(loss) or shapes[0] != shapes[1] or not same(given, parameters):
        return np.inf
    return relative_error(gradients, numerical_gradients(lambda changed: backward(changed)[0], parameters))


@pytest.fixture
def findings(tmp_path, examined):
    """What is found in a text."""

    def examine(text, **given):
        (tmp_path / "program.py").write_bytes(text.encode())
        return examined(tmp_path / "program.py", **given)[0]

    return examine


@pytest.mark.parametrize("entry", some(RIGHT, [name for name, _, _ in RIGHT], 47))
def test_nothing_is_wrong_in_a_right_backward(findings, entry):
    """And so it is: it gives the gradients of its loss, and leaves the parameters alone."""
    _, text, given = entry
    assert error_of(text, given.get("shape")) < 5e-7
    found = findings(text, **given)
    assert verdicts(found) == {"right"}, shown(found)


# Of these another line is named, for a gradient in the place of another one has no line but that in which it is made.
MISPLACED = {"return loss, [dW1, dW2, db1, db2]", "return loss, [db1, dW1, db2, dW2]"}
# And of these, in a loop over the layers, that in which they are returned, for there they have no name of their own.
MISPLACED |= {"dW = dz.T @ a[layer]", "db = dz.sum()"}


@pytest.mark.parametrize("mistake", some(MISTAKES, named(MISTAKES), 61))
def test_a_mistake_in_backward_is_found_in_its_line(findings, mistake):
    assert error_of(mistake.text) > 1e-3
    found = findings(mistake.text)
    assert wrong_lines(found), shown(found)
    if not MISPLACED & {*mistake.lines}:
        assert wrong_lines(found)[0] in [number_of(line, mistake.text) for line in mistake.lines], shown(found)
        assert mistake.name in (None, *(f.name for f in found if f.verdict == "wrong")), shown(found)


@pytest.mark.parametrize("two", some(TWO, named(TWO), len(TWO)))
def test_both_of_two_mistakes_are_found(findings, two):
    """Each alone makes the program wrong."""
    texts = [two.text, *(backward_programs.replaced(BASES[two.base], change) for change in two.changes)]
    assert min(map(error_of, texts)) > 1e-3
    found = findings(two.text)
    wrong = {(finding.line, finding.name) for finding in found if finding.verdict == "wrong"}
    lines = {(number_of(line, two.text), name) for line, name in two.lines}
    assert lines == wrong, shown(found)


def test_there_are_enough_programs_and_no_two_are_the_same():
    right, wrong, two = [text for _, text, _ in RIGHT], [m.text for m in MISTAKES], [t.text for t in TWO]
    assert [len(right) >= 70, len(wrong) >= 80, len(two) >= 8] == [True] * 3
    learners = [with_mistake(name, case) for name in cases.CASES for case in cases.CASES[name]]
    assert (len(cases.CASES) >= 32, min(map(len, cases.CASES.values())) >= 2) == (True, True)
    assert len(cases.KNOWN) <= 0.1 * len(learners)
    assert all(len(set(texts)) == len(texts) for texts in (right, wrong, two, learners, [name for name, _, _ in RIGHT]))
    assert {*backward_programs.GIVEN} <= {name for name, _, _ in RIGHT}
    assert {path.relative_to(LEARNERS).as_posix() for path in LEARNERS.glob("*.py")} <= {*cases.CASES, "cases.py"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [6, 10])
def test_other_random_numbers_lead_to_the_same(examined, changed, seed):
    for name in [*GIVEN, *MORE]:
        found, _ = examined(LEARNERS / name, seed=seed)
        assert verdicts(found) == {"right"}, (name, shown(found))


# A program of one layer, into which a test puts something.

PROGRAM = """\
import numpy as np

rng = np.random.RandomState(1)
x, y = rng.randn(30, 3), rng.randn(30, 2)
w, b = rng.randn(3, 2), np.zeros(2)

for i in range(60):
    out = np.tanh(x @ w + b)
    loss = np.mean((out - y) ** 2)
    d = 2 * (out - y) / y.size * (1 - out**2)
    w -= 0.5 * x.T @ d
    b -= 0.5 * d.sum(axis=0)
print(loss)
"""
LOOP, LOSS, D = "for i in range(60):\n", "np.mean((out - y) ** 2)", "(1 - out**2)"
UPDATES = """\
    w -= 0.5 * x.T @ d
    b -= 0.5 * d.sum(axis=0)
"""
ONE_NODE = """
import numpy as np


def backward(X, Y, parameters):
    W1, b1 = parameters
    a1 = X @ W1 + b1
    loss = np.mean((a1 - Y) ** 2)
    da1 = 2 * (a1 - Y) / Y.size
    return loss, [X.T @ da1, da1.sum(axis=0)]
"""


def put(*changes, text=PROGRAM):
    return backward_programs.replaced(text, *changes)


CANNOT = {  # the program, and words of what is said of it
    "trains nothing": (PROGRAM[: PROGRAM.index("for ")], "nothing is trained"),
    "no number in it": ("x = 1", "nothing is trained"),
    "only a class": (
        f"class Net:\n    def fit(self, x):\n        pass\n\n{PROGRAM[:18]}",
        r"such as Net\(…\).fit\(x\)",
    ),
    "no Python": (PROGRAM + "if loss < 1\n    pass\n", "line 14: Python cannot read this"),
    "Python 2": (PROGRAM.replace("print(loss)", 'print "loss", loss'), "Python 2"),
    "no module": (put(("import numpy", "import nothing_like_numpy")), "nothing_like_numpy"),
    "no data": (put((LOOP, "x = np.loadtxt('no_such.csv')\n" + LOOP)), "no_such.csv"),
    "input": (put((LOOP, f"rate = float(input())\n{LOOP}")), "it asks for input"),
    "nan": (put((LOOP, f"w = w * np.inf\n{LOOP}")), "nan"),
    "chance": (put((LOOP, f"import time\n{LOOP}"), ("0.5 * x.T", "time.perf_counter() * x.T")), "other numbers each"),
    "a step": (put((LOSS, "0"), ("np.tanh(x @ w + b)", "1.0 * (x @ w + b > 0)")), "which has no slope"),
    "an error": (put((LOOP, f"raise ValueError('no way')\n{LOOP}")), "no way"),
    "an end": (put((LOOP, f"raise SystemExit(3)\n{LOOP}")), "nothing is trained"),
    "nothing written": (put(("2 * (a1 - Y) / Y.size", "..."), text=ONE_NODE), "line 9: write da1 first"),
    "no forward": (put(("X @ W1 + b1", "...  # (samples, 1)"), text=ONE_NODE), r"line 7: write a1 first: \(samples, 1"),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_be_judged_is_said_in_a_line(name, findings):
    text, words = CANNOT[name]
    with pytest.raises(Refused, match=words) as error:
        findings(text)
    assert "\n" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "while True:\n    pass\n",
        "import threading\nthreading.Event().wait()\n",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True:\n    pass\n",
    ],
)
def test_a_program_that_never_ends_is_ended(line, tmp_path):
    (tmp_path / "mine.py").write_text(put((LOOP, line + LOOP)))
    _, said = run(FOLDER / "check_backward.py", "mine.py", "--seconds", 1, folder=tmp_path, status=2)
    assert "--seconds" in said


@pytest.mark.parametrize(
    ("shape", "words"), [([4], "has 2 parameters, but a network .* has 0"), ([4, 5, 1], "has 2 parameters")]
)
def test_a_shape_that_does_not_fit(shape, words, findings):
    with pytest.raises(Refused, match=words):
        findings(ONE_NODE, shape=shape)


def test_a_guess_is_said(tmp_path, examined):
    (tmp_path / "program.py").write_text(ONE_NODE)
    found, remarks = examined(tmp_path / "program.py")
    assert verdicts(found) == {"right"}
    assert any("4-1" in remark and "--shape" in remark for remark in remarks)
    found, remarks = examined(tmp_path / "program.py", [2, 3])
    assert (verdicts(found), any("--shape" in remark for remark in remarks)) == ({"right"}, False)


RETURNED = [  # what is wrong with what backward returns
    ("[X.T @ da1, da1.sum(axis=0)]", "[X.T @ da1]"),
    ("[X.T @ da1, da1.sum(axis=0)]", "[X.T @ da1, da1.sum(axis=0), da1]"),
    (", da1.sum(axis=0)]", ", 1 * da1]"),
    (", [X.T @ da1, da1.sum(axis=0)]", ""),
    ("    return", "    W1 -= 0.1 * X.T @ da1\n    return"),
]


@pytest.mark.parametrize("change", RETURNED, ids=str)
def test_what_backward_returns_has_to_fit_the_parameters(change, findings):
    text = put(change, text=ONE_NODE)
    assert wrong_lines(findings(text)) == [len(text.splitlines())]


SHOWN = {  # what the program shows as its loss, and whether its lines are right
    "its loss": ("np.mean((out - y) ** 2)", True),
    "its root": ("np.sqrt(np.mean((out - y) ** 2))", True),
    "the mean absolute error": ("np.mean(np.abs(out - y))", True),
    "all errors so far": ("(loss if i else 0.0) + np.sum(np.abs(out - y))", True),
    "the fourth power": ("np.mean((out - y) ** 4)", False),
    "another loss": ("np.mean(np.log(np.cosh(out - y)))", False),
}


@pytest.mark.parametrize("name", quick_and_slow([*SHOWN][2:4], [*SHOWN][:2] + [*SHOWN][4:]))
def test_the_loss_that_is_shown_is_descended(name, findings):
    shows, right = SHOWN[name]
    assert (verdicts(findings(put((LOSS, shows)))) == {"right"}) == right


ADAM = """\
    gw, gb = x.T @ d, d.sum(axis=0)
    mw, mb = 0.9 * mw + 0.1 * gw, 0.9 * mb + 0.1 * gb
    vw, vb = 0.99 * vw + 0.01 * gw**2, 0.99 * vb + 0.01 * gb**2
    w = w - 0.1 * mw / (np.sqrt(vw) + 1e-8)
    b = b - 0.1 * mb / (np.sqrt(vb) + 1e-8)
"""
MOMENTUM = """\
    mw = 0.9 * mw + x.T @ d
    mb = 0.9 * mb + d.sum(axis=0)
    w -= 0.1 * mw
    b -= 0.1 * mb
"""
START = (LOOP, f"mw, mb, vw, vb = 0 * w, 0 * b, 0 * w, 0 * b\n{LOOP}")
RULES = {
    "Adam": put(START, (UPDATES, ADAM)),
    "momentum": put(START, (UPDATES, MOMENTUM)),
    "weight decay": put(("w -= 0.5 *", "w -= 0.01 * w + 0.5 *")),
    "decay by the sign": put(("w -= 0.5 *", "w -= 0.01 * np.sign(w) + 0.5 *")),
}


@pytest.mark.parametrize("name", quick_and_slow(["Adam", "momentum"], ["weight decay", "decay by the sign"]))
def test_other_rules_than_the_plain_step_are_right_and_a_mistake_in_them_is_found(name, findings):
    found = findings(RULES[name])
    assert verdicts(found) == {"right"}, shown(found)
    found = findings(put((D, "(1 - out)"), text=RULES[name]))
    assert wrong_lines(found) == [
        number_of("d = 2 * (out - y) / y.size * (1 - out)", put((D, "(1 - out)"), text=RULES[name]))
    ]


NO_RULES = [("w -= 0.5 * x.T @ d", "w -= 0.5 * (x.T @ d) ** 2"), ("w -=", "w +="), ("w -= 0.5", "w -= 5")]
NO_RULES += [("0.5 * d.sum(axis=0)", "0.01 * x.sum(axis=0)[:2]")]  # which no error changes


@pytest.mark.parametrize(("old", "new"), NO_RULES)
def test_uphill_and_the_square_of_the_gradient_are_no_rules(old, new, findings):
    assert "wrong" in verdicts(findings(put((old, new))))


ONE_BY_ONE = """\
import numpy as np

rng = np.random.RandomState(1)
x, y = rng.randn(20, 2), rng.randn(20)
x[:4, 0] = 0
w1, w2 = 0.3, -0.2
for i in range(60):
    d = w1 * x[i % 20, 0] + w2 * x[i % 20, 1] - y[i % 20]
    w1 -= 0.1 * d * x[i % 20, 0]
    w2 -= 0.1 * d * x[i % 20, 1]
"""


FROM_0 = put(
    ("x[:4, 0] = 0", "x[0] = 1.0"),
    ("w1, w2 = 0.3, -0.2", "w = [0.0, 0.0]"),
    ("w1 * x[i % 20, 0] + w2 * x[i % 20, 1]", "w[0] * x[i % 20, 0] + w[1] * x[i % 20, 1]"),
    (
        "    w1 -= 0.1 * d * x[i % 20, 0]\n    w2 -= 0.1 * d * x[i % 20, 1]",
        "    for j in (0, 1):\n        w[j] = w[j] + 0.1 * -d * x[i % 20, j]",
    ),
    text=ONE_BY_ONE,
)
OTHERS = {  # right programs in which something misled the tool
    "what is added to 0 is no parameter": FROM_0,
    "few digits": put(("np.zeros(2)", "np.zeros(2, 'f')"), ("rng.randn(3, 2)", "rng.randn(3, 2).astype('f')")),
    "the length of the error of one parameter": put(
        (" + b", ""), ("    b -= 0.5 * d.sum(axis=0)\n", ""), (LOSS, "np.linalg.norm(out - y)")
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_these_are_right(name, findings):
    found = findings(OTHERS[name])
    assert verdicts(found) == {"right"}, shown(found)


def test_modules_are_found_where_the_program_lets_look(tmp_path, examined):
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "steps.py").write_text("def step(w, slope):\n    w -= 0.5 * slope\n")
    (tmp_path / "first").mkdir()
    start = (LOOP, f"import sys\nsys.path.append('..')\nfrom common.steps import step\n{LOOP}")
    text = put(
        start, ("w -= 0.5 * x.T @ d", "step(w, x.T @ d)"), ("b -= 0.5 * d.sum(axis=0)", "step(b, d.sum(axis=0))")
    )
    (tmp_path / "first" / "mine.py").write_text(text)
    found, _ = examined(tmp_path / "first" / "mine.py")
    assert {pathlib.Path(f.file).name for f in found} == {"mine.py", "steps.py"}
    assert verdicts(found) == {"right"}, shown(found)


def test_a_step_is_looked_at_in_which_all_parameters_act(findings):
    """In the first steps the input of one is 0."""
    assert verdicts(findings(ONE_BY_ONE)) == {"right"}
    wrong = put(("d * x[i % 20, 0]", "d * x[i % 20, 0] * w1"), text=ONE_BY_ONE)
    assert "w1" in {f.name for f in findings(wrong) if f.verdict == "wrong"}


def test_targets_may_have_fewer_axes_than_outputs(findings):
    assert verdicts(findings(put(("rng.randn(30, 2)", "rng.randn(2)"), (LOSS, "0")))) == {"right"}


def test_what_never_changes_is_noted(examined, tmp_path):
    (tmp_path / "mine.py").write_text(put(("    b -= 0.5 * d.sum(axis=0)\n", "")))
    assert any("b, in line 8, never changes" in remark for remark in examined(tmp_path / "mine.py")[1])


def test_right_for_a_loss_that_nobody_wrote_is_said(examined, tmp_path):
    """Without the slope of its sigmoid the output's error belongs to the cross-entropy."""
    text = put(
        (f"    loss = {LOSS}\n", ""), ("print(loss)\n", ""), ("np.tanh(x @ w + b)", "1 / (1 + np.exp(-x @ w - b))"),
        ("2 * (out - y) / y.size * (1 - out**2)", "(out - y) / y.size"), ("rng.randn(30, 2)", "rng.rand(30, 2)"),
    )  # fmt: skip
    (tmp_path / "mine.py").write_text(text)
    found, remarks = examined(tmp_path / "mine.py")
    assert verdicts(found) == {"right"}
    assert any("cross-entropy" in remark for remark in remarks)


CHANCE = """\
import random
x = x + np.random.randn(30, 3) + random.random() + np.random.default_rng().normal()
"""
USUAL = """\
import os, time
import matplotlib.pyplot as plt
os.makedirs("results", exist_ok=True)
open("results/log.txt", "w").write("begins")
np.save("results/first.npy", w)
plt.plot(w)
plt.savefig("results/w.png")
time.sleep(100)
"""


@pytest.mark.parametrize("text", [CHANCE, USUAL], ids=["chance", "files"])
def test_what_programs_do_besides_is_no_hindrance(text, findings, tmp_path):
    """Random numbers without a seed, and what is written, drawn and waited for."""
    found = findings(put((LOOP, text + LOOP)))
    assert verdicts(found) == {"right"}, shown(found)
    assert [path.name for path in tmp_path.iterdir()] == ["program.py"]


COMMAND = {  # what is changed, the exit status, and the line that is wrong, as it stands in the file
    "right": ((LOSS, LOSS), 0, ""),
    "wrong": ((D, "(1 - out)"), 1, "d = 2 * (out - y) / y.size * (1 - out)"),
    "cannot": ((LOOP, f"input()\n{LOOP}"), 2, ""),
}


@pytest.mark.parametrize("name", COMMAND)
def test_the_command(name, tmp_path):
    """FILE:LINE: NAME verdict why; under what is wrong its line; nothing on standard error, but for one line with 2."""
    change, status, wrong = COMMAND[name]
    (tmp_path / "mine.py").write_text(put(change))
    out, said = run(FOLDER / "check_backward.py", "mine.py", folder=tmp_path, status=status)
    lines = out.splitlines()
    judged = [line.split(maxsplit=3) for line in lines if line.startswith("mine.py:")]
    if status == 2:
        assert (out, said.startswith("check_backward.py: error: ")) == ("", True)
        return
    first = ["mine.py:10:", "d", "wrong" if wrong else "right"]
    assert [row[:3] for row in judged] == [
        first,
        *([f"mine.py:{n}:", v, row[2]] for n, v, row in zip((11, 12), "wb", judged[1:])),
    ]
    assert [row[2] for row in judged[1:]] == (["follows"] * 2 if wrong else ["right"] * 2)
    assert [line.strip() for line in lines if line.startswith("    ")] == ([wrong] if wrong else [])
    assert "loss in line 9" in lines[-1] + lines[-2]
    assert not (tmp_path / "__pycache__").exists()


HARM = [
    "open('new.txt', 'w').write('x')",
    "open('old.txt', 'a').write('x')",
    "pathlib.Path('new').write_text('x')",
    "pathlib.Path('old.txt').unlink()",
    "np.save('new.npy', w)",
    "np.savetxt('new.csv', w)",
    "w.tofile('new.bin')",
    "os.mkdir('new')",
    "os.makedirs('new/deep')",
    "os.remove('old.txt')",
    "os.rename('old.txt', 'new.txt')",
    "os.truncate('old.txt', 0)",
    "os.close(os.open('new.txt', os.O_CREAT | os.O_WRONLY))",
    "os.symlink('old.txt', 'new')",
    "shutil.rmtree('folder')",
    "shutil.copy('old.txt', 'new.txt')",
    "os.system('echo x > new.txt')",
    "os.popen('echo x > new.txt').read()",
    "subprocess.run('echo x > new.txt', shell=True)",
    "subprocess.check_output('echo x > new.txt', shell=True)",
    "multiprocessing.Process(target=print).start()",
    "tempfile.NamedTemporaryFile(dir='.', delete=False)",
    "sqlite3.connect('new.db').execute('create table t (a)')",
    "zipfile.ZipFile('new.zip', 'w').close()",
    "logging.basicConfig(filename='new.log')",
    "plt.savefig('new.png')",
    "socket.create_connection(('127.0.0.1', PORT), 1).send(b'x')",
    "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
]
TRIES = """\
import logging, multiprocessing, os, pathlib, shutil, socket, sqlite3, subprocess, tempfile, zipfile
import matplotlib.pyplot as plt
for act in ACTS:
    try:
        exec(act)
    except Exception as error:
        plt.title(str(error))
"""


def on_disk(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_a_program_changes_nothing_on_the_disk_and_sends_nothing(examined, tmp_path):
    """And is judged all the same. It stays in its own folder, and goes on after each attempt."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside.txt").write_text("kept")
    (tmp_path / "old.txt").write_text("kept")
    with socket.socket() as heard, socket.socket(type=socket.SOCK_DGRAM) as told:
        heard.bind(("127.0.0.1", 0))
        heard.listen()
        heard.settimeout(0.05)
        told.bind(heard.getsockname())
        told.settimeout(0.05)
        acts = [act.replace("PORT", str(heard.getsockname()[1])) for act in HARM]
        text = put((LOOP, TRIES.replace("ACTS", str(acts)) + LOOP))
        (tmp_path / "mine.py").write_text(text)
        before = on_disk(tmp_path)
        found, _ = examined(tmp_path / "mine.py")
        assert on_disk(tmp_path) == before
        for listening in (heard.accept, lambda: told.recv(1)):
            with pytest.raises(TimeoutError):
                listening()
    assert verdicts(found) == {"right"}, shown(found)
