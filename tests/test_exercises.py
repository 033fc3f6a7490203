"""The files in exercises: what is said of them untouched, half done, right and wrong, and that they can be learnt."""

import ast
import contextlib
import io
import re
import subprocess
import sys

from backstage import Refused

import pytest
from helpers import FOLDER, STRICT, environment

import check_backward

EXERCISES = FOLDER / "exercises"

# The lines to write, in their order. Each stands in its file as "… = ...", with a comment.
TWO_LAYERS = [
    "dW2 = a1.T @ dz2",
    "db2 = dz2.sum(axis=0)",
    "da1 = dz2 @ W2.T",
    "dz1 = da1 * a1 * (1 - a1)",
    "dW1 = X.T @ dz1",
    "db1 = dz1.sum(axis=0)",
]
SOLUTIONS = {
    "forward": ["z1 = X @ W1 + b1", "a1 = step(z1)", "z2 = a1 @ W2 + b2", "a2 = step(z2)"],
    "one_node": ["da1 = 2 * (a1 - Y) / Y.size", "dz1 = da1 * a1 * (1 - a1)", *TWO_LAYERS[-2:]],
    "xor": ["da2 = 2 * (a2 - Y) / Y.size", "dz2 = da2 * a2 * (1 - a2)", *TWO_LAYERS],
    "three_layers": [
        "dz3 = (a3 - Y) / len(Y)",
        "dW3 = a2.T @ dz3",
        "db3 = dz3.sum(axis=0)",
        "da2 = dz3 @ W3.T",
        "dz2 = da2 * (1 - a2**2)",
        *TWO_LAYERS[:3],
        "dz1 = da1 * (1 - a1**2)",
        *TWO_LAYERS[-2:],
    ],
    "softmax": [
        "a2 = e2 / e2.sum(axis=1, keepdims=True)",
        "loss = -np.sum(Y * np.log(a2)) / len(Y)",
        "dz2 = (a2 - Y) / len(Y)",
        *TWO_LAYERS[:3],
        "dz1 = da1 * (1 - a1**2)",
        *TWO_LAYERS[-2:],
    ],
    "layers": [
        "dz = da * (1 - a[layer + 1] ** 2)",
        "dW = a[layer].T @ dz",
        "db = dz.sum(axis=0)",
        "da = dz @ weights[layer].T",
    ],
    "momentum": ["step *= 0.9", "step -= 0.5 * gradient", "parameter += step"],
    "convolution": [
        "dz2 = (a2 - Y) / len(Y)",
        "dW2 = p1.T @ dz2",
        "db2 = dz2.sum(axis=0)",
        "dp1 = dz2 @ W2.T",
        "da1 = np.repeat(dp1, 16, axis=0)",
        "dz1 = da1 * (a1 > 0)",
        "dK = patches(X).T @ dz1",
        "dbK = dz1.sum(axis=0)",
    ],
}
WITH_DERIVATIVES = ["one_node", "xor", "three_layers", "softmax", "layers", "convolution"]
SAYS = {"forward": "it does XOR", "one_node": "OR is learnt", "softmax": "the classes are learnt"}  # else XOR is learnt
SAYS["convolution"] = "lines told apart"
LEARNING = [name for name in SOLUTIONS if name != "forward"]

# Wrong lines, at least three of a file, each in the place of the right one with the same name, and words of the cause.
WRONG = [
    ("one_node", "da1 = 2 * (Y - a1) / Y.size", "wrong sign"),
    ("one_node", "dz1 = da1 * z1 * (1 - z1)", "taken at z1 instead of a1"),
    ("one_node", "dW1 = X @ dz1", "transposed: it is X.T @ dz1"),
    ("xor", "da2 = 2 * (a2 - Y)", "too large by the number of samples"),
    ("xor", "dW2 = z1.T @ dz2", "z1 instead of a1"),
    ("xor", "dz1 = da1", "the derivative of the activation sigmoid is left out"),
    ("three_layers", "dz2 = da2 * a2 * (1 - a2)", "the derivative of sigmoid, but the activation is tanh"),
    ("three_layers", "da1 = da2 @ W2.T", "da2 instead of dz2"),
    ("three_layers", "db1 = dz1.sum()", "summed to one number"),
    ("softmax", "dz2 = (a2 - Y) / len(Y) * a2 * (1 - a2)", "it cancels against the logarithm"),
    ("softmax", "dz2 = (a2 - Y) / Y.size", "too small by the number of outputs"),
    ("softmax", "db2 = dz2", "not summed over the samples"),
    ("layers", "dW = a[layer].T @ da", "da instead of dz"),
    ("layers", "dW = z[layer].T @ dz", "z instead of a"),
    ("layers", "db = dz.mean(axis=0)", "mean instead of sum"),
    ("layers", "dz = da", "the derivative of the activation tanh is left out"),
    ("layers", "da = dz @ weights[layer]", "transposed"),
    ("convolution", "dz2 = a2 - Y", "too large by the number of samples"),
    ("convolution", "da1 = 16 * np.repeat(dp1, 16, axis=0)", "16 times what it should be"),
    ("convolution", "dz1 = da1", "no known cause"),
    ("convolution", "dbK = dz1", "it has the shape (112, 20), and needs (20,)"),
]
# Wrong lines of the files that only running judges.
WRONG_IN_A_RUN = [
    ("forward", "a1 = z1"),
    ("forward", "z1 = X @ W1"),
    ("forward", "z1 = X @ W1.T + b1"),
    ("forward", "z2 = X @ W2 + b2"),
    ("momentum", "step *= 0"),
    ("momentum", "step -= 0.5 * parameter"),
    ("momentum", "parameter += -0.5 * gradient"),
]
# The wrong line, the name and words that are said, what puts it right, and what the program prints before that.
MISTAKES = {
    "mistake_1": (
        "db1 = dz1.sum()",
        "db1",
        "summed to one number",
        [("db1 = dz1.sum()", "db1 = dz1.sum(axis=0)")],
        "XOR is learnt",
    ),
    "mistake_2": (
        "dz1 = da1 * slope(a1)",
        "dz1",
        "taken at the already activated value",
        [("slope(a1)", "slope(z1)")],
        "not yet",
    ),
    "mistake_3": (
        "da1 = dz2 @ W2.T",
        "da1",
        "W2 was already updated",
        [("    W2 -= 4.5 * dW2\n", ""), ("    b2 -= 4.5 * db2\n", "    W2 -= 4.5 * dW2\n    b2 -= 4.5 * db2\n")],
        "XOR is learnt",
    ),
    "mistake_4": (
        "dz2 = (a2 - Y) * a2 * (1 - a2) / len(Y)",
        "dz2",
        "it cancels against the logarithm",
        [("(a2 - Y) * a2 * (1 - a2) / len(Y)", "(a2 - Y) / len(Y)")],
        "not yet",
    ),
    "mistake_5": (
        "dz1 = dz2 @ W2 * (1 - a1**2)",
        "dz1",
        "transposed: it is dz2 @ W2.T",
        [("dz2 @ W2 *", "dz2 @ W2.T *")],
        "XOR is learnt",
    ),
}


def text_of(name):
    return (EXERCISES / f"{name}.py").read_text(encoding="utf-8")


def left_of(line):
    """What stands left of the value: "dz1 = ", "step *= "."""
    return line[: line.index("= ") + 2]


def number_of(text, start):
    """The number of the only line that begins so."""
    numbers = [i for i, line in enumerate(text.splitlines(), start=1) if line.strip().startswith(start)]
    assert len(numbers) == 1, (start, numbers)
    return numbers[0]


def filled(name, lines):
    """The exercise with these lines in the place of their ..., the numbers of the lines as they were."""
    rows = text_of(name).splitlines(keepends=True)
    for line in lines:
        number = number_of("".join(rows), f"{left_of(line)}...")
        rows[number - 1] = rows[number - 1].replace(f"{left_of(line)}...", line)
    return "".join(rows)


def with_wrong(name, wrong):
    """The solved exercise, but for one line."""
    lines = [wrong if left_of(line) == left_of(wrong) else line for line in SOLUTIONS[name]]
    assert sum(line not in SOLUTIONS[name] for line in lines) == 1
    return filled(name, lines)


def put_right(name):
    text = text_of(name)
    for old, new in MISTAKES[name][3]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def checked(text, folder):
    """What the check says of a program: its findings."""
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    return check_backward.check(str(path))


def printed(text, seed=0):
    """What a program prints, run in this process, where a warning is an error."""
    assert text.count("default_rng(0)") == (0 if "def step(" in text else 1)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text.replace("default_rng(0)", f"default_rng({seed})"), "exercise", "exec"), {})
    return out.getvalue()


def last_line(text, seed=0):
    return printed(text, seed).splitlines()[-1]


def says(name):
    return SAYS.get(name, "XOR is learnt")


def is_derivative(line):
    return line.startswith("d")


def test_every_file_is_in_the_tables():
    assert sorted(path.stem for path in EXERCISES.glob("*.py")) == sorted([*SOLUTIONS, *MISTAKES])


@pytest.mark.parametrize("name", [*SOLUTIONS, *MISTAKES])
def test_a_file_is_short_and_needs_only_numpy(name):
    text = text_of(name)
    tree = ast.parse(text)
    imports = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert imports == ["import numpy as np"]
    assert 20 <= len(text.splitlines()) <= 50
    assert max(map(len, text.splitlines())) <= 100
    doc = ast.get_docstring(tree)
    assert f"Run:    python exercises/{name}.py" in doc
    check = f"Check:  python check_backward.py exercises/{name}.py"
    assert (check in doc) == (name in WITH_DERIVATIVES or name in MISTAKES)  # no check says anything of the others


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_line_to_write_has_a_hint_that_does_not_give_it_away(name):
    open_lines = [line.strip() for line in text_of(name).splitlines() if "= ..." in line]
    assert [line.partition("...")[0] for line in open_lines] == [left_of(line) for line in SOLUTIONS[name]]
    for line, solution in zip(open_lines, SOLUTIONS[name], strict=True):
        hint = line.partition("...  # ")[2]
        assert hint.startswith("(" if is_derivative(solution) else ""), hint
        assert hint
        assert solution.removeprefix(left_of(solution)) not in hint or name == "momentum"


@pytest.mark.parametrize("name", WITH_DERIVATIVES)
def test_untouched_the_first_line_is_asked_for(name):
    first = f"{left_of(SOLUTIONS[name][0])}..."
    line = number_of(text_of(name), first)
    with pytest.raises(Refused, match=f"line {line}: write {first.split()[0]} first"):
        check_backward.check(str(EXERCISES / f"{name}.py"))


def test_of_softmax_the_loss_is_asked_for_next(tmp_path):
    text = filled("softmax", SOLUTIONS["softmax"][:1])
    with pytest.raises(Refused, match=f"line {number_of(text, 'loss = ...')}: write loss first"):
        checked(text, tmp_path)


@pytest.mark.parametrize("name", LEARNING)
def test_untouched_python_stops_with_the_error_that_the_file_speaks_of(name):
    with pytest.raises(TypeError) as caught:
        printed(text_of(name))
    assert "While one is left, Python stops with an error" in " ".join(
        ast.get_docstring(ast.parse(text_of(name))).split()
    )
    assert "ellipsis" in str(caught.value) or name == "momentum"  # there numpy names its own


def test_forward_shows_what_is_written_already():
    outputs = [printed(filled("forward", SOLUTIONS["forward"][:n])) for n in range(5)]
    assert [text.count("Ellipsis") for text in outputs] == [4, 3, 2, 1, 0]
    assert [text.splitlines()[-1] for text in outputs] == ["not yet"] * 4 + ["it does XOR"]


@pytest.mark.parametrize("share", [0.5, 1])
@pytest.mark.parametrize("name", WITH_DERIVATIVES)
def test_what_is_written_right_is_right_and_the_rest_is_unwritten(name, share, tmp_path):
    lines = SOLUTIONS[name]
    done = (len(lines) + 1) // 2 if share < 1 else len(lines)
    text = filled(name, lines[:done])
    verdicts = {(finding.line, finding.name): finding.verdict for finding in checked(text, tmp_path)}
    wanted = {}
    for i, line in enumerate(lines):
        if is_derivative(line):
            start = line if i < done else f"{left_of(line)}..."
            wanted[number_of(text, start), line.split()[0]] = "right" if i < done else "unwritten"
    given = set(verdicts) - set(wanted)
    assert verdicts == wanted | dict.fromkeys(given, "right")
    assert all(line < min(wanted)[0] for line, _ in given)  # what the file itself begins with


@pytest.mark.parametrize(("name", "wrong", "words"), WRONG)
def test_a_wrong_line_is_named_with_its_cause(name, wrong, words, tmp_path):
    text = with_wrong(name, wrong)
    findings = checked(text, tmp_path)
    accused = [finding for finding in findings if finding.verdict == "wrong"]
    assert [(finding.line, finding.name) for finding in accused] == [(number_of(text, wrong), wrong.split()[0])]
    assert words in accused[0].why
    assert {finding.verdict for finding in findings} <= {"right", "wrong", "follows"}


@pytest.mark.parametrize("done", range(4))
def test_of_momentum_the_backward_pass_is_right_and_the_steps_are_to_be_written(done, tmp_path):
    text = filled("momentum", SOLUTIONS["momentum"][:done])
    findings = checked(text, tmp_path)
    open_lines = [(number_of(text, f"{left_of(line)}..."), "unwritten") for line in SOLUTIONS["momentum"][done:]]
    assert [(finding.line, finding.verdict) for finding in findings if finding.verdict != "right"] == open_lines
    assert {f"d{parameter}" for parameter in ("W1", "b1", "W2", "b2")} <= {finding.name for finding in findings}


def test_without_momentum_it_is_not_learnt():
    text = filled("momentum", SOLUTIONS["momentum"])
    assert last_line(text) == "XOR is learnt"
    assert last_line(text.replace("step *= 0.9", "step *= 0")) == "not yet"


@pytest.mark.parametrize("wrong", ["step -= gradient", "parameter += 0.5 * step"])
def test_a_wrong_step_that_learns_all_the_same_shows_in_the_loss(wrong):
    """Only the right lines end at the loss that the file tells."""
    told = re.search(r"the loss in the last epoch is (0\.\d+)", text_of("momentum"))
    assert f"loss in the last epoch: {told[1]}" in printed(filled("momentum", SOLUTIONS["momentum"]))
    text = with_wrong("momentum", wrong)
    assert last_line(text) == "XOR is learnt"
    assert told[1] not in printed(text)


@pytest.mark.parametrize(("name", "wrong"), WRONG_IN_A_RUN)
def test_a_run_shows_that_a_line_is_wrong(name, wrong):
    assert last_line(with_wrong(name, wrong)) == "not yet"


@pytest.mark.parametrize("name", SOLUTIONS)
def test_solved_it_is_learnt_from_any_folder(name, tmp_path):
    path = tmp_path / f"{name}.py"
    path.write_text(filled(name, SOLUTIONS[name]), encoding="utf-8")
    command = [sys.executable, *STRICT, str(path)]
    run = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1] == says(name)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_cause_and_put_right_all_is_right(name, tmp_path):
    wrong, word, words, _, _ = MISTAKES[name]
    findings = check_backward.check(str(EXERCISES / f"{name}.py"))
    accused = [finding for finding in findings if finding.verdict == "wrong"]
    assert [(finding.line, finding.name) for finding in accused] == [(number_of(text_of(name), wrong), word)]
    assert words in accused[0].why
    assert {finding.verdict for finding in checked(put_right(name), tmp_path)} == {"right"}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_shows_as_its_file_says_and_put_right_it_is_learnt(name):
    before, after = last_line(text_of(name)), last_line(put_right(name))
    assert before == MISTAKES[name][-1]
    assert after == ("the classes are learnt" if name == "mistake_4" else "XOR is learnt")
    doc = " ".join(ast.get_docstring(ast.parse(text_of(name))).split())
    assert ("It looks all right" in doc) == (before == after)
    assert ('prints "not yet"' in doc) == (before == "not yet")


@pytest.mark.slow
@pytest.mark.parametrize("name", LEARNING)
def test_solved_it_is_learnt_from_every_seed(name):
    text = filled(name, SOLUTIONS[name])
    assert [seed for seed in range(100) if last_line(text, seed) != says(name)] == []


# How many of the seeds 0 to 99 learn it with the mistake: a few do not, most do not, all do, none does.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("mistake_1", 90, 99), ("mistake_2", 10, 49), ("mistake_3", 100, 100), ("mistake_4", 0, 0), ("mistake_5", 90, 99)],
)
def test_a_mistake_shows_from_as_many_seeds_as_its_file_says(name, least, most):
    assert least <= sum("learnt" in last_line(text_of(name), seed) for seed in range(100)) <= most
    assert all("learnt" in last_line(put_right(name), seed) for seed in range(100))
