"""The files in exercises: what is said of them untouched, half done, right and wrong, and that they can be learnt."""

import ast
import contextlib
import functools
import io
import re

from backstage import Refused

import pytest
from helpers import FOLDER, quick_and_slow

from gradient_check import numerical_gradients, relative_error

EXERCISES = FOLDER / "exercises"

# The lines to write, in their order. Each stands in its file as "… = ...", with a comment.
LAYER_1 = ["dW1 = X.T @ dz1", "db1 = dz1.sum(axis=0)"]
LAYER_2 = ["dW2 = a1.T @ dz2", "db2 = dz2.sum(axis=0)", "da1 = dz2 @ W2.T"]
SIGMOID, TANH = "dz1 = da1 * a1 * (1 - a1)", "dz1 = da1 * (1 - a1**2)"
SOLUTIONS = {
    "forward": ["z1 = X @ W1 + b1", "a1 = step(z1)", "z2 = a1 @ W2 + b2", "a2 = step(z2)"],
    "one_node": ["da1 = 2 * (a1 - Y) / Y.size", SIGMOID, *LAYER_1],
    "xor": ["da2 = 2 * (a2 - Y) / Y.size", "dz2 = da2 * a2 * (1 - a2)", *LAYER_2, SIGMOID, *LAYER_1],
    "three_layers": [
        *("dz3 = (a3 - Y) / len(Y)", "dW3 = a2.T @ dz3", "db3 = dz3.sum(axis=0)", "da2 = dz3 @ W3.T"),
        *("dz2 = da2 * (1 - a2**2)", *LAYER_2, TANH, *LAYER_1),
    ],
    "softmax": [
        *("a2 = e2 / e2.sum(axis=1, keepdims=True)", "loss = -np.sum(Y * np.log(a2)) / len(Y)"),
        *("dz2 = (a2 - Y) / len(Y)", *LAYER_2, TANH, *LAYER_1),
    ],
    "layers": [
        *("dz = da * (1 - a[layer + 1] ** 2)", "dW = a[layer].T @ dz", "db = dz.sum(axis=0)"),
        "da = dz @ weights[layer].T",
    ],
    "momentum": ["step *= 0.9", "step -= 0.5 * gradient", "parameter += step"],
    "convolution": [
        *("dz2 = (a2 - Y) / len(Y)", "dW2 = p1.T @ dz2", "db2 = dz2.sum(axis=0)", "dp1 = dz2 @ W2.T"),
        *("da1 = np.repeat(dp1, 16, axis=0)", "dz1 = da1 * (a1 > 0)"),
        *("dK = patches(X).T @ dz1", "dbK = dz1.sum(axis=0)"),
    ],
    "embedding": [
        *("da0 = dz1 @ W1.T", "shares = da0.reshape(-1, 4)", "stood = np.eye(len(E))[X.ravel()]"),
        "dE = stood.T @ shares",
    ],
    "attention": [
        *("dA = dz @ v.swapaxes(1, 2)", "dv = A.swapaxes(1, 2) @ dz"),
        "ds = A * (dA - np.sum(A * dA, axis=-1, keepdims=True))",
        *("dq = ds @ k / np.sqrt(8)", "dk = ds.swapaxes(1, 2) @ q / np.sqrt(8)"),
        *("dWq = rows(X).T @ rows(dq)", "dWk = rows(X).T @ rows(dk)", "dWv = rows(X).T @ rows(dv)"),
    ],
}
WITH_DERIVATIVES = ["one_node", "xor", "three_layers", "softmax", "layers", "convolution"]
ON_TEXTS = ["embedding", "attention"]  # whose inputs are no random numbers
LEARNING = [*WITH_DERIVATIVES, "momentum", *ON_TEXTS]
SAYS = {name: "XOR is learnt" for name in LEARNING} | {"forward": "it does XOR", "one_node": "OR is learnt"}
SAYS |= {"softmax": "the classes are learnt", "convolution": "lines told apart"}
SAYS |= {"embedding": "the word is learnt", "attention": "it looks up"}

# Wrong lines, at least three of a file, each in the place of the right one with the same name.
WRONG = [
    ("one_node", "da1 = 2 * (Y - a1) / Y.size"),
    ("one_node", "dz1 = da1 * z1 * (1 - z1)"),
    ("one_node", "dW1 = X @ dz1"),
    ("xor", "da2 = 2 * (a2 - Y)"),
    ("xor", "dW2 = z1.T @ dz2"),
    ("xor", "dz1 = da1"),
    ("three_layers", "dz2 = da2 * a2 * (1 - a2)"),
    ("three_layers", "da1 = da2 @ W2.T"),
    ("three_layers", "db1 = dz1.sum()"),
    ("softmax", "dz2 = (a2 - Y) / len(Y) * a2 * (1 - a2)"),
    ("softmax", "dz2 = (a2 - Y) / Y.size"),
    ("softmax", "db2 = dz2"),
    ("layers", "dW = a[layer].T @ da"),
    ("layers", "dW = z[layer].T @ dz"),
    ("layers", "db = dz.mean(axis=0)"),
    ("layers", "dz = da"),
    ("layers", "da = dz @ weights[layer]"),
    ("convolution", "dz2 = a2 - Y"),
    ("convolution", "da1 = 16 * np.repeat(dp1, 16, axis=0)"),
    ("convolution", "dz1 = da1"),
    ("convolution", "dbK = dz1"),
]
# Of these, which have not the shape of their parameter, the line is named in which the gradients are gathered.
GATHERED = {"dbK = dz1": "return loss, [dK"}
# Wrong lines of the files that only running judges.
WRONG_IN_A_RUN = {
    "forward": ["a1 = z1", "z1 = X @ W1", "z1 = X @ W1.T + b1", "z2 = X @ W2 + b2"],
    "momentum": ["step *= 0", "step -= 0.5 * parameter", "parameter += -0.5 * gradient"],
}
WRONG_ON_TEXTS = [
    ("embedding", "da0 = dz1 @ W1", "transposed"),
    ("embedding", "shares = da0.reshape(4, -1).T", "the numbers of different places are mixed"),
    ("embedding", "dE = stood.T @ shares / len(X)", "too small by the number of samples"),
    ("attention", "ds = A * dA", "the sum of the softmax is left out"),
    ("attention", "dq = ds @ k", "the root is left out"),
    ("attention", "dk = ds @ q / np.sqrt(8)", "the rows and columns of ds are not exchanged"),
    ("attention", "dv = A @ dz", "the rows and columns of A are not exchanged"),
    ("attention", "dWv = rows(X).T @ rows(dq)[:, :4]", "dq instead of dv"),
]
# The wrong line, words that are said of it, what puts it right, and from how many of the seeds 0 to 99 it is learnt
# before that: a few do not, most do not, all do, none does.
MISTAKES = {
    "mistake_1": ("db1 = dz1.sum()", "dz1.sum(axis=0)", {"dz1.sum()": "dz1.sum(axis=0)"}, (90, 99)),
    "mistake_2": ("dz1 = da1 * slope(a1)", "slope(z1)", {"slope(a1)": "slope(z1)"}, (10, 49)),
    "mistake_3": (
        *("da1 = dz2 @ W2.T", "W2 is changed already, in line 30"),
        *({"    W2 -= 4.5 * dW2\n    da1": "    da1", "    b2 -= ": "    W2 -= 4.5 * dW2\n    b2 -= "}, (100, 100)),
    ),
    "mistake_4": (
        *("dz2 = (a2 - Y) * a2 * (1 - a2) / len(Y)", "right would be a2 - Y"),
        *({"(a2 - Y) * a2 * (1 - a2)": "(a2 - Y)"}, (0, 0)),
    ),
    "mistake_5": ("dz1 = dz2 @ W2 * (1 - a1**2)", "W2.T", {"W2 *": "W2.T *"}, (90, 99)),
    "mistake_7": (
        *("back = self.V.T @ error", "the slope of the activation is left out"),
        *({"back = self.V.T @ error": "back = self.V.T @ error * (1 - self.h**2)"}, (0, 0)),
    ),
}
MISTAKES_ON_TEXTS = {
    "mistake_6": (
        *("dE[X] += da0.reshape(len(X), 2, 4)", "where a letter stands twice only one share is added"),
        *({"dE[X] += ": "np.add.at(dE, X, ", "2, 4)": "2, 4))"}, (90, 99)),
    ),
}
EVERY_MISTAKE = MISTAKES | MISTAKES_ON_TEXTS


def text_of(name):
    return (EXERCISES / f"{name}.py").read_text(encoding="utf-8")


def doc_of(name):
    """The docstring of a file in one line."""
    return " ".join(ast.get_docstring(ast.parse(text_of(name))).split())


def left_of(line):
    """What stands left of the value: "dz1 = ", "step *= "."""
    return line[: line.index("= ") + 2]


def number_of(text, start):
    """The number of the only line that begins so."""
    (number,) = [i for i, line in enumerate(text.splitlines(), start=1) if line.strip().startswith(start)]
    return number


def filled(name, lines):
    """The exercise with these lines in the place of their ..., the numbers of the lines as they were."""
    text = text_of(name)
    for line in lines:
        text, found = re.subn(rf"^( *){re.escape(left_of(line))}\.\.\.", rf"\1{line}", text, flags=re.MULTILINE)
        assert found == 1, line
    return text


def with_wrong(name, wrong):
    """The solved exercise, but for one line."""
    return filled(name, [wrong if left_of(line) == left_of(wrong) else line for line in SOLUTIONS[name]])


def put_right(name):
    text = text_of(name)
    for old, new in EVERY_MISTAKE[name][2].items():
        text = text.replace(old, new)
    return text


@pytest.fixture
def checked(examined, tmp_path):
    """What check_backward.py says of a text: its findings."""

    def examine(text):
        (tmp_path / "program.py").write_text(text, encoding="utf-8")
        return examined(tmp_path / "program.py")[0]

    return examine


def printed(text, seed=0):
    """What a program prints, run in this process, where a warning is an error."""
    assert text.count("default_rng(0)") == (0 if "def step(" in text else 1)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text.replace("default_rng(0)", f"default_rng({seed})"), "exercise", "exec"), {})
    return out.getvalue()


def last_line(text, seed=0):
    return printed(text, seed).splitlines()[-1]


def test_every_file_is_in_the_tables_and_needs_only_numpy():
    assert sorted(path.stem for path in EXERCISES.glob("*.py")) == sorted([*SOLUTIONS, *EVERY_MISTAKE])
    for name in [*SOLUTIONS, *EVERY_MISTAKE]:
        nodes = list(ast.walk(ast.parse(text_of(name))))
        imports = [ast.unparse(node) for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert imports == ["import numpy as np"]
        assert f"Run: python exercises/{name}.py" in doc_of(name)
        check = f"Check: python check_backward.py exercises/{name}.py"  # which says nothing of the others
        assert (check in doc_of(name)) == (name in [*WITH_DERIVATIVES, *ON_TEXTS, *EVERY_MISTAKE])


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_line_to_write_has_a_hint_that_does_not_give_it_away(name):
    open_lines = [line.strip() for line in text_of(name).splitlines() if "= ..." in line]
    assert [line.partition("...")[0] for line in open_lines] == [left_of(line) for line in SOLUTIONS[name]]
    for line, solution in zip(open_lines, SOLUTIONS[name], strict=True):
        hint = line.partition("...  # ")[2]
        assert re.match(r"\(.+\)" if solution[0] == "d" else ".", hint), hint
        assert solution.removeprefix(left_of(solution)) not in hint or name == "momentum"


@pytest.mark.parametrize(("name", "done"), [*((name, 0) for name in WITH_DERIVATIVES), ("softmax", 1)])
def test_what_is_needed_first_is_asked_for(name, done, checked):
    """Of softmax the loss too."""
    text, line = filled(name, SOLUTIONS[name][:done]), SOLUTIONS[name][done]
    number = number_of(text, f"{left_of(line)}...")
    with pytest.raises(Refused, match=f"line {number}: write {line.split()[0]} first"):
        checked(text)


@pytest.mark.parametrize("name", LEARNING)
def test_untouched_python_stops_with_the_error_that_the_file_speaks_of(name):
    with pytest.raises((TypeError, AttributeError), match="ufunc" if name == "momentum" else "ellipsis"):
        printed(text_of(name))
    assert "While one is left, Python stops with an error" in doc_of(name)


def test_forward_shows_what_is_written_already():
    outputs = [printed(filled("forward", SOLUTIONS["forward"][:n])) for n in range(5)]
    assert [text.count("Ellipsis") for text in outputs] == [4, 3, 2, 1, 0]
    assert [text.splitlines()[-1] for text in outputs] == ["not yet"] * 4 + ["it does XOR"]


ALL = [(name, len(SOLUTIONS[name])) for name in [*WITH_DERIVATIVES, "momentum"]]
HALF = [(name, (n + 1) // 2) for name, n in ALL]
SOME = [part for part in ALL[::5] if part[0] != "convolution"] + HALF[1:2]


@pytest.mark.parametrize("part", quick_and_slow(SOME, sorted({*ALL, *HALF, ("momentum", 0)} - {*SOME})), ids=str)
def test_what_is_written_right_is_right_and_the_rest_is_unwritten(part, checked):
    """What the file itself begins with is right as well."""
    name, done = part
    text, lines = filled(name, SOLUTIONS[name][:done]), SOLUTIONS[name]
    verdicts = {(finding.line, finding.name): finding.verdict for finding in checked(text)}
    unwritten = {(number_of(text, f"{left_of(line)}..."), line.split()[0]): "unwritten" for line in lines[done:]}
    assert verdicts == dict.fromkeys(verdicts, "right") | unwritten
    assert {(number_of(text, line), line.split()[0]) for line in lines[:done] if line[0] == "d"} <= set(verdicts)
    assert {"dz1", "dz2"} <= {name for _, name in verdicts} or name != "momentum"


@pytest.mark.parametrize("row", quick_and_slow(WRONG[::4], sorted({*WRONG} - {*WRONG[::4]})), ids=" ".join)
def test_a_wrong_line_is_named(row, checked):
    name, wrong = row
    text = with_wrong(name, wrong)
    findings = checked(text)
    (accused,) = [finding for finding in findings if finding.verdict == "wrong"]
    expected = number_of(text, wrong), wrong.split()[0]
    if wrong in GATHERED:
        expected = number_of(text, GATHERED[wrong]), accused.name
    assert (accused.line, accused.name) == expected
    assert {finding.verdict for finding in findings} <= {"right", "wrong", "follows"}


def test_a_wrong_step_that_learns_all_the_same_shows_in_the_loss():
    """Only the right lines end at the loss that the file tells."""
    loss = re.search(r"the loss in the last epoch is (0\.\d+)", doc_of("momentum"))[1]
    assert f"loss in the last epoch: {loss}" in printed(filled("momentum", SOLUTIONS["momentum"]))
    for wrong in ("step -= gradient", "parameter += 0.5 * step"):
        out = printed(with_wrong("momentum", wrong))
        assert out.splitlines()[-1] == "XOR is learnt"
        assert loss not in out


@pytest.mark.parametrize("name", WRONG_IN_A_RUN)
def test_a_run_shows_that_a_line_is_wrong(name):
    for wrong in WRONG_IN_A_RUN[name]:
        assert last_line(with_wrong(name, wrong)) == "not yet", wrong


@pytest.mark.parametrize(
    ("loss", "dz2"),
    [
        ("loss = -np.mean(Y * np.log(a2))", "dz2 = (a2 - Y) / Y.size"),
        pytest.param("loss = -np.sum(Y * np.log(a2))", "dz2 = a2 - Y", marks=pytest.mark.slow),
    ],
)
def test_a_wrong_loss_with_its_own_gradient_is_right_for_the_check_and_wrong_by_hand(loss, dz2, checked):
    a2, _, _, *rest = SOLUTIONS["softmax"]
    text = filled("softmax", [a2, loss, dz2, *rest])
    assert {finding.verdict for finding in checked(text)} == {"right"}
    assert last_line(text) == "the loss is wrong"


@pytest.mark.parametrize("name", SOLUTIONS)
def test_solved_it_is_learnt(name):
    assert last_line(filled(name, SOLUTIONS[name])) == SAYS[name]


@pytest.mark.parametrize("name", quick_and_slow(["mistake_1"], sorted({*MISTAKES} - {"mistake_1"})))
def test_a_mistake_is_named_with_its_cause_and_put_right_all_is_right_and_learnt(name, checked):
    wrong, words, _, (least, _) = MISTAKES[name]
    (accused,) = [found for found in checked(text_of(name)) if found.verdict == "wrong"]
    assert (accused.line, accused.name) == (number_of(text_of(name), wrong), wrong.split()[0])
    assert words in accused.why
    assert {finding.verdict for finding in checked(put_right(name))} == {"right"}
    learnt = "the classes are learnt" if name == "mistake_4" else "XOR is learnt"
    before = learnt if least >= 90 else "not yet"
    assert [last_line(text_of(name)), last_line(put_right(name))] == [before, learnt]
    assert ("It looks all right" in doc_of(name), 'prints "not yet"' in doc_of(name)) == (least >= 90, least < 90)


@pytest.mark.parametrize("name", quick_and_slow(ON_TEXTS[:1], ON_TEXTS[1:]))
def test_on_texts_all_is_right_once_it_is_written(name, checked):
    assert {finding.verdict for finding in checked(filled(name, SOLUTIONS[name]))} == {"right"}


@pytest.mark.parametrize("name", MISTAKES_ON_TEXTS)
def test_a_mistake_on_texts_is_named_and_put_right_all_is_right(name, checked):
    (accused,) = [finding for finding in checked(text_of(name)) if finding.verdict == "wrong"]
    assert accused.line == number_of(text_of(name), MISTAKES_ON_TEXTS[name][0])
    assert {finding.verdict for finding in checked(put_right(name))} == {"right"}


@pytest.mark.slow
@pytest.mark.parametrize("name", LEARNING)
def test_solved_it_is_learnt_from_every_seed(name):
    text = filled(name, SOLUTIONS[name])
    assert [seed for seed in range(100) if last_line(text, seed) != SAYS[name]] == []


def first_step(text, numerical=False):
    """The gradients of a program's first step, from a few of its samples; or those of finite differences."""
    space = {}
    exec(text.partition("for step in")[0], space)
    step = functools.partial(space["backward"], space["X"][:4], space["Y"][:4])
    if numerical:
        return numerical_gradients(lambda parameters: step(parameters)[0], space["parameters"])
    return step(space["parameters"])[1]


@pytest.mark.parametrize("name", ON_TEXTS)
def test_lines_on_texts(name):
    """The right lines give the gradient of the loss, and no wrong one does."""
    solved = filled(name, SOLUTIONS[name])
    expected = first_step(solved, numerical=True)
    assert relative_error(first_step(solved), expected) < 1e-7
    for wrong in (line for exercise, line, _ in WRONG_ON_TEXTS if exercise == name):
        with contextlib.suppress(ValueError):  # of shapes that do not fit
            assert relative_error(first_step(with_wrong(name, wrong)), expected) > 1e-3, wrong


@pytest.mark.parametrize("name", MISTAKES_ON_TEXTS)
def test_a_mistake_on_texts(name):
    wrong, *_ = MISTAKES_ON_TEXTS[name]
    assert number_of(text_of(name), wrong)
    expected = first_step(put_right(name), numerical=True)
    assert relative_error(first_step(put_right(name)), expected) < 1e-7
    assert relative_error(first_step(text_of(name)), expected) > 1e-3
    assert last_line(text_of(name)) == last_line(put_right(name)) == "the word is learnt"
    assert "It looks all right" in doc_of(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY_MISTAKE)
def test_a_mistake_shows_from_as_many_seeds_as_its_file_says(name):
    *_, (least, most) = EVERY_MISTAKE[name]
    assert least <= sum("learnt" in last_line(text_of(name), seed) for seed in range(100)) <= most
    assert all("learnt" in last_line(put_right(name), seed) for seed in range(100))
