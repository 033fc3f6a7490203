"""What check_backward says about the programs of backward_programs, and that these are what they claim to be."""

import contextlib
import inspect
import io

from backstage import Refused

import backward_programs as programs
import numpy as np
import pytest
from backward_programs import BASES, MISTAKES, RIGHT, TWO
from helpers import quick_and_slow, same

import check_backward
from gradient_check import numerical_gradients, relative_error

SAMPLES = 5
NODES = {"n_inputs": 3, "hidden_nodes": 4, "n_outputs": 2}
QUICK = slice(None, None, 3)  # of the programs only every third takes part without --slow


def every_third(entries, names):
    """The entries as values of a parameter, by their names; two of three take part only with --slow."""
    marks = [pytest.mark.slow if i % 3 else () for i in range(len(entries))]
    return [pytest.param(entry, id=name, marks=mark) for entry, name, mark in zip(entries, names, marks, strict=True)]


def named(entries):
    """A name for each mistake, from its base and what it changes last."""
    return [f"{entry.base}-{entry.changes[-1][1].strip()}" for entry in entries]


def number_of(line, text):
    """The number of the line of the text that this is."""
    return [written.strip() for written in text.splitlines()].index(line) + 1


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


def error_of(text, shape=None):
    """How far gradients are from those of the loss; inf where shapes do not fit, or parameters are changed."""
    backward, parameters = run(text, shape)
    given = [parameter.copy() for parameter in parameters]
    try:
        loss, gradients = backward(given)
    except ValueError:  # shapes that do not fit
        return np.inf
    shapes = [list(map(np.shape, arrays)) for arrays in (gradients, parameters)]
    if np.ndim(loss) or shapes[0] != shapes[1] or not same(given, parameters):
        return np.inf
    return relative_error(gradients, numerical_gradients(lambda changed: backward(changed)[0], parameters))


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """Write the text to a file of its own, and return what check_backward finds in it; each text is checked once."""
    folder, seen = tmp_path_factory.mktemp("programs"), {}

    def check(text, **given):
        key = text, str(given)
        if key not in seen:
            path = folder / f"program_{len(seen)}.py"
            path.write_bytes(text.encode())
            seen[key] = check_backward.check(path, **given)
        return seen[key]

    return check


def shown(found):
    return "\n".join(f"line {finding.line}: {finding.name} {finding.verdict}: {finding.why}" for finding in found)


def first_wrong(found):
    return next((finding for finding in found if finding.verdict == "wrong"), None)


def verdicts(found):
    return {finding.verdict for finding in found}


@pytest.mark.parametrize("entry", every_third(RIGHT, [name for name, _, _ in RIGHT]))
def test_nothing_is_wrong_in_a_right_program(findings, entry):
    """And so it is: it gives the gradients of its loss, and leaves the parameters alone."""
    _, text, given = entry
    assert error_of(text, given.get("shape")) < 5e-7
    assert verdicts(findings(text, **given)) == {"right"}, shown(findings(text, **given))


@pytest.mark.parametrize("mistake", every_third(MISTAKES, named(MISTAKES)))
def test_a_mistake_is_found_in_its_line(findings, mistake):
    assert error_of(mistake.text) > 1e-3
    found = findings(mistake.text)
    wrong = first_wrong(found)
    assert wrong, shown(found)
    assert wrong.line in [number_of(line, mistake.text) for line in mistake.lines], shown(found)
    assert mistake.name in (None, wrong.name), shown(found)
    told = {finding.name: finding.verdict for finding in found}
    assert told | mistake.further == told, shown(found)


@pytest.mark.parametrize("two", TWO, ids=named(TWO))
def test_both_of_two_mistakes_are_found(findings, two):
    """Each alone makes the program wrong."""
    texts = [two.text, *(programs.replaced(BASES[two.base], change) for change in two.changes)]
    assert min(map(error_of, texts)) > 1e-3
    found = findings(two.text)
    wrong = {(finding.line, finding.name) for finding in found if finding.verdict == "wrong"}
    assert {(number_of(line, two.text), name) for line, name in two.lines} == wrong, shown(found)


def test_there_are_enough_programs_and_no_two_are_the_same():
    right, wrong, two = [text for _, text, _ in RIGHT], [m.text for m in MISTAKES], [t.text for t in TWO]
    assert [len(right) >= 70, len(wrong) >= 80, len(two) >= 8] == [True] * 3
    assert all(len(set(texts)) == len(texts) for texts in (right, wrong, two, [name for name, _, _ in RIGHT]))
    assert {*programs.GIVEN} <= {name for name, _, _ in RIGHT}


@pytest.mark.parametrize("mistakes", quick_and_slow([MISTAKES[QUICK]], [MISTAKES]), ids=len)
def test_the_cause_of_nearly_every_mistake_is_named(findings, mistakes):
    reasons = [(mistake, first_wrong(findings(mistake.text)).why) for mistake in mistakes]
    missed = [(mistake.text, why) for mistake, why in reasons if not any(cause in why for cause in mistake.causes)]
    assert len(missed) <= 0.05 * len(mistakes), missed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [6, 10])
def test_other_random_numbers_lead_to_the_same(findings, seed):
    for _, text, given in RIGHT:
        found = findings(text, **given | {"seed": seed})
        assert verdicts(found) == {"right"}, f"{text}\n{shown(found)}"
    for mistake in MISTAKES:
        found = findings(mistake.text, seed=seed)
        assert first_wrong(found).line in [number_of(line, mistake.text) for line in mistake.lines], shown(found)


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
def test_a_shape_that_does_not_fit(shape, words, findings):
    with pytest.raises(Refused, match=words):
        findings(ONE_NODE, shape=shape)


def test_a_guess_is_said(tmp_path):
    """Of a program that does not tell its sizes: which were taken, and what would be wrong with more outputs."""
    (tmp_path / "program.py").write_text(ONE_NODE.replace("Y.size", "len(Y)"))
    found, remarks = check_backward.examine(tmp_path / "program.py")
    assert verdicts(found) == {"right"}
    assert remarks[0] == "checked as a network 4-1, which is a guess: --shape gives another"
    assert remarks[1].startswith("with more outputs da1 would be wrong in line 9: too large by the number of outputs")
    found, remarks = check_backward.examine(tmp_path / "program.py", [2, 3])
    assert (first_wrong(found).name, remarks) == ("da1", [])


def test_rounding_the_loss_does_no_harm_and_what_says_little_is_said(findings):
    rounded = ONE_NODE.replace("return loss", "return round(float(loss), 3)")
    assert verdicts(findings(rounded)) == {"right"}
    assert first_wrong(findings(rounded.replace("2 * (a1 - Y)", "(a1 - Y)"))).why == "too small by the factor 2"
    flat = ONE_NODE.replace("X @ W1 + b1", "0 * (X @ W1 + b1)").replace("2 * (a1 - Y) / Y.size", "0 * Y")
    found = {finding.name: finding for finding in findings(flat)}
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
