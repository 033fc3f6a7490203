"""What check_backward says about the programs of backward_programs, and that these are what they claim to be."""

import contextlib
import inspect
import io
import math

from backstage import Refused

import backward_programs as programs
import numpy as np
import pytest
from backward_programs import BASES, MISTAKES, RIGHT, TWO
from helpers import quick_and_slow

import check_backward
from gradient_check import numerical_gradients

SAMPLES = 5
NODES = {"n_inputs": 3, "hidden_nodes": 4, "n_outputs": 2}


def named(entries):
    """A name for each mistake, from its base and what it changes last."""
    return [f"{entry.base}-{entry.changes[-1][1].strip()}" for entry in entries]


def some(entries, names):
    """The entries as values of a parameter, by their names; two of three take part only with --slow."""
    marks = [pytest.mark.slow if i % 3 else () for i in range(len(entries))]
    values = [entry if isinstance(entry, tuple) and not hasattr(entry, "_fields") else (entry,) for entry in entries]
    return [pytest.param(*value, id=name, marks=mark) for value, name, mark in zip(values, names, marks, strict=True)]


def number_of(line, text):
    """The number of the line of the text that this is, which is there once; 0 where it is not."""
    lines = [written.strip() for written in text.splitlines()]
    return lines.index(line) + 1 if line in lines else 0


# The programs themselves: the gradients of the right ones are those of their losses, those of the others are not.


def run(text, shape=None):
    """The backward of the program, and samples and parameters for it; shape where it has no initialize."""
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


def slope(backward, parameters, direction, step=1e-5):
    """The derivative of the loss in a direction, by trying."""
    above, below = (
        backward([parameter + sign * step * d for parameter, d in zip(parameters, direction, strict=True)])[0]
        for sign in (1, -1)
    )
    return (above - below) / (2 * step)


def is_wrong(text):
    """Whether backward fails, changes the parameters, or gives other arrays than the gradients of its loss."""
    backward, parameters = run(text)
    given = [parameter.copy() for parameter in parameters]
    try:
        _, gradients = backward(given)
    except ValueError:  # shapes that do not fit
        return True
    if not all(np.array_equal(a, b) for a, b in zip(given, parameters, strict=True)):
        return True
    if [np.shape(gradient) for gradient in gradients] != [parameter.shape for parameter in parameters]:
        return True
    rng = np.random.default_rng(4)
    direction = [rng.normal(size=parameter.shape) for parameter in parameters]
    told = sum(np.vdot(gradient, d) for gradient, d in zip(gradients, direction, strict=True))
    return abs(told - slope(backward, parameters, direction)) > 1e-3 * abs(told)


@pytest.mark.parametrize(("text", "given"), some([entry[1:] for entry in RIGHT], [entry[0] for entry in RIGHT]))
def test_a_right_program_gives_the_gradients_of_its_loss(text, given):
    backward, parameters = run(text, given.get("shape"))
    before = [parameter.copy() for parameter in parameters]
    loss, gradients = backward(parameters)
    assert np.ndim(loss) == 0
    assert all(np.array_equal(a, b) for a, b in zip(parameters, before, strict=True))
    assert [gradient.shape for gradient in gradients] == [parameter.shape for parameter in parameters]
    expected = numerical_gradients(lambda changed: backward(changed)[0], parameters)
    told, tried = (np.concatenate([array.ravel() for array in arrays]) for arrays in (gradients, expected))
    assert np.linalg.norm(told - tried) < 1e-6 * np.linalg.norm(tried)


@pytest.mark.parametrize("mistake", some(MISTAKES, named(MISTAKES)))
def test_a_mistake_makes_the_program_wrong(mistake):
    assert is_wrong(mistake.text)
    lines = [line.strip() for line in mistake.text.splitlines()]
    assert [lines.count(line) for line in mistake.lines] == [1] * len(mistake.lines)


@pytest.mark.parametrize("two", TWO, ids=named(TWO))
def test_each_of_two_mistakes_makes_the_program_wrong(two):
    for change in two.changes:
        assert is_wrong(programs.replaced(BASES[two.base], change))
    assert is_wrong(two.text)
    assert all(number_of(line, two.text) for line, _ in two.lines)


def test_there_are_enough_of_them_and_no_two_are_the_same():
    """Every right program is another text, and so is every wrong one."""
    for entries, least in (
        ([text for _, text, _ in RIGHT], 70),
        ([m.text for m in MISTAKES], 80),
        ([t.text for t in TWO], 8),
    ):
        assert len(entries) >= least
        assert len(set(entries)) == len(entries)
    assert len({name for name, _, _ in RIGHT}) == len(RIGHT)
    assert {*programs.GIVEN} <= {name for name, _, _ in RIGHT}


# What the check says about them.


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """Write the text to a file of its own, and return what check_backward finds in it; each text is checked once."""
    folder, seen = tmp_path_factory.mktemp("programs"), {}

    def check(text, **given):
        if text not in seen:
            path = folder / f"program_{len(seen)}.py"
            path.write_bytes(text.encode())
            seen[text] = check_backward.check(path, **given)
        return seen[text]

    return check


def shown(found):
    return "\n".join(f"line {finding.line}: {finding.name} {finding.verdict}: {finding.why}" for finding in found)


def first_wrong(found):
    return next((finding for finding in found if finding.verdict == "wrong"), None)


@pytest.mark.parametrize(("text", "given"), some([entry[1:] for entry in RIGHT], [entry[0] for entry in RIGHT]))
def test_nothing_is_wrong_in_a_right_program(findings, text, given):
    found = findings(text, **given)
    assert found
    assert {finding.verdict for finding in found} == {"right"}, shown(found)


@pytest.mark.parametrize("mistake", some(MISTAKES, named(MISTAKES)))
def test_a_mistake_is_found_in_its_line(findings, mistake):
    found = findings(mistake.text)
    wrong = first_wrong(found)
    assert wrong, shown(found)
    assert wrong.line in [number_of(line, mistake.text) for line in mistake.lines], shown(found)
    assert mistake.name in (None, wrong.name), shown(found)
    verdicts = {finding.name: finding.verdict for finding in found}
    assert verdicts | mistake.further == verdicts, shown(found)


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_the_cause_of_nearly_every_mistake_is_named(findings, step):
    missed, mistakes = [], MISTAKES[::step]
    for mistake, name in zip(mistakes, named(mistakes), strict=True):
        wrong = first_wrong(findings(mistake.text))
        if not (wrong and any(cause in wrong.why for cause in mistake.causes)):
            missed.append(f"{name}: {' or '.join(mistake.causes)}, not {wrong and wrong.why!r}")
    assert len(missed) <= math.floor(0.05 * len(mistakes)), "\n" + "\n".join(missed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [6, 10])
def test_other_random_numbers_lead_to_the_same(seed, tmp_path):
    for _, text, given in RIGHT:
        (tmp_path / "program.py").write_bytes(text.encode())
        found = check_backward.check(tmp_path / "program.py", **given | {"seed": seed})
        assert {finding.verdict for finding in found} == {"right"}, f"{text}\n{shown(found)}"
    for mistake in MISTAKES:
        (tmp_path / "program.py").write_bytes(mistake.text.encode())
        found = check_backward.check(tmp_path / "program.py", seed=seed)
        lines = [number_of(line, mistake.text) for line in mistake.lines]
        assert first_wrong(found).line in lines, f"{mistake.text}\n{shown(found)}"


@pytest.mark.parametrize("two", TWO, ids=named(TWO))
def test_both_of_two_mistakes_are_found(findings, two):
    found = findings(two.text)
    wrong = {(finding.line, finding.name) for finding in found if finding.verdict == "wrong"}
    assert {(number_of(line, two.text), name) for line, name in two.lines} == wrong, shown(found)


# What cannot be checked, and the command.

ONE_NODE = """
import numpy as np


def backward(X, Y, parameters):
    W1, b1 = parameters
    a1 = X @ W1 + b1
    loss = np.mean((a1 - Y) ** 2)
    da1 = 2 * (a1 - Y) / Y.size
    return loss, [X.T @ da1, da1.sum(axis=0)]
"""
LINE = "    a1 = X @ W1 + b1\n"
CANNOT = {  # the program, and what is said of it
    "no function": ("x = 1", "has no function backward(X, Y, parameters)"),
    "no Python": ("def backward(X, Y, parameters:", "line 1: Python cannot read this: "),
    "nothing written": (ONE_NODE.replace("2 * (a1 - Y) / Y.size", "..."), "line 9: write da1 first"),
    "no forward": (ONE_NODE.replace("X @ W1 + b1", "...  # (samples, 1)"), "line 7: write a1 first: (samples, 1)"),
    "no module": (ONE_NODE.replace("import numpy", "import nothing_like_numpy"), "line 2: ModuleNotFoundError: "),
    "an error": (ONE_NODE.replace("X @ W1", "X @ W1.T"), "line 7: ValueError: "),
    "input": (ONE_NODE.replace(LINE, LINE + "    input()\n"), "line 8: "),
    "an end": (ONE_NODE.replace(LINE, LINE + "    raise SystemExit(3)\n"), "line 8: SystemExit: 3"),
    "chance": (ONE_NODE.replace("+ b1", "+ b1 + np.random.normal()"), "the loss is another each time"),
    "many losses": (ONE_NODE.replace("np.mean((a1 - Y) ** 2)", "(a1 - Y) ** 2"), "has the shape (7, 1)"),
    "no number": (ONE_NODE.replace("loss, [", "np.nan, ["), "the loss is nan"),
    "no loss": (ONE_NODE.replace("loss, [", "["), "which backward returns first, has the shape (4, 1)"),
    "one result": (ONE_NODE.replace(", [X.T @ da1, da1.sum(axis=0)]", ""), "has to return two things"),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_be_checked_is_said_in_a_line(name, tmp_path, monkeypatch):
    text, words = CANNOT[name]
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (tmp_path / "program.py").write_text(text)
    with pytest.raises(Refused) as error:
        check_backward.check(tmp_path / "program.py")
    assert str(error.value).startswith(str(tmp_path / "program.py"))
    assert words in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("shape", "words"), [([4], "needs two numbers or more"), ([4, 5, 1], "has 2 parameters")])
def test_a_shape_that_does_not_fit(shape, words, tmp_path):
    (tmp_path / "program.py").write_text(ONE_NODE)
    with pytest.raises(Refused, match=words):
        check_backward.check(tmp_path / "program.py", shape)


def test_a_guess_is_said(tmp_path):
    """Of a program that does not tell its sizes: which were taken, and what would be wrong with more outputs."""
    (tmp_path / "program.py").write_text(ONE_NODE.replace("Y.size", "len(Y)"))
    findings, remarks = check_backward.examine(tmp_path / "program.py")
    assert {finding.verdict for finding in findings} == {"right"}
    assert remarks[0] == "checked as a network 4-1, which is a guess: --shape gives another"
    assert remarks[1].startswith("with more outputs da1 would be wrong in line 9: too large by the number of outputs")
    findings, remarks = check_backward.examine(tmp_path / "program.py", [2, 3])
    assert (first_wrong(findings).name, remarks) == ("da1", [])


def test_rounding_the_loss_does_no_harm(tmp_path):
    rounded = ONE_NODE.replace("return loss", "return round(float(loss), 3)")
    (tmp_path / "program.py").write_text(rounded)
    assert {finding.verdict for finding in check_backward.check(tmp_path / "program.py")} == {"right"}
    (tmp_path / "program.py").write_text(rounded.replace("2 * (a1 - Y)", "(a1 - Y)"))
    assert first_wrong(check_backward.check(tmp_path / "program.py")).why == "too small by the factor 2"


def test_what_says_little_is_said(tmp_path):
    flat = ONE_NODE.replace("X @ W1 + b1", "0 * (X @ W1 + b1)").replace("2 * (a1 - Y) / Y.size", "0 * Y")
    (tmp_path / "program.py").write_text(flat)
    found = {finding.name: finding for finding in check_backward.check(tmp_path / "program.py")}
    assert (found["dW1"].verdict, found["dW1"].why) == ("right", "but it is 0 everywhere, so this says little")


COMMAND = {  # what is put into the program, the exit status, and what is printed or said in the end
    "right": ("", 0, "which is a guess: --shape gives another"),
    "wrong": ("    Y = 2 * Y - a1\n", 1, "which is a guess: --shape gives another"),
    "prints": ("    print(X)\n", 0, "what the file prints was left out"),
    "never ends": ("    while True:\n        pass\n", 2, "no answer in 1 s: backward does not end"),
    "ends Python": ("    import os\n    os._exit(0)\n", 2, "it ends Python itself"),
}


@pytest.mark.parametrize("name", quick_and_slow([name for name in COMMAND if name != "never ends"], ["never ends"]))
def test_the_command(name, tmp_path, monkeypatch, capsys):
    line, status, words = COMMAND[name]
    monkeypatch.setattr(check_backward, "SECONDS", 1 if name == "never ends" else 30)
    path = str(tmp_path / "program.py")
    (tmp_path / "program.py").write_text(ONE_NODE.replace("    da1", line + "    da1"))
    if status == 2:
        with pytest.raises(Refused, match=words):
            check_backward.main([path])
        return
    assert check_backward.main([path]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{path}:{9 + line.count(chr(10))}: da1 ")
    assert lines[-1].endswith(words)
