"""The rooms and doors of the collection: what stands where, who may import whom, and how a main reads."""

import ast
import graphlib
import sys

import pytest
from helpers import FOLDER, HAND_WRITTEN, LETTERS, SCRIPTS, TRAINABLE

FILES = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}
ROOMS = {".".join(path.relative_to(FOLDER).with_suffix("").parts): path for path in FOLDER.glob("backstage/**/*.py")}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in (FILES | ROOMS).items()}
STANDARD = sys.stdlib_module_names
DATA = {"activation", "dataset"}  # chapters of their own, which stand on nothing but numpy
ALSO_MODULES = {"network1"}  # the only lesson that others import, and none of these:
ALONE = {*HAND_WRITTEN, *DATA, "nudge", "gradient_check", "reliability", "next_letter", "transformer"}
TOOLS = {"your_data": {"tables"}, "check_backward": {"checker"}, "playground": {"playground", "tables"}}  # own folders
OWN = {"checker", "playground", "tables"}


def main_of(name):
    """The function main of a script."""
    return next(node for node in TREES[name].body if isinstance(node, ast.FunctionDef) and node.name == "main")


def imported(name, only_top=False):
    """The modules that a file imports, with all that could be one: of "from a import b" that is a.b."""
    names = set()
    for node in TREES[name].body if only_top else ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import says from where"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def first(names):
    """The packages and modules that the names belong to."""
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("name", FILES)
def test_a_script_stands_on_numpy_and_a_lesson_needs_no_stage(name):
    """It imports no other lesson. What a lesson needs of backstage it imports in its main; a tool may do so at once."""
    allowed = {"numpy", *STANDARD, *(set() if name in DATA else DATA), *(set() if name in ALONE else ALSO_MODULES)}
    assert first(imported(name)) <= allowed | {"backstage"}
    assert first(imported(name, only_top=True)) <= allowed | ({"backstage"} if name in TOOLS else set())


@pytest.mark.parametrize("name", ROOMS)
def test_backstage_knows_no_lesson(name):
    """matplotlib, and PIL which comes with it, are loaded only where something is drawn, inside a function."""
    allowed = {"numpy", "backstage", *STANDARD}
    assert first(imported(name)) <= allowed | {"matplotlib", "PIL"}
    assert first(imported(name, only_top=True)) <= allowed


def test_rooms():
    """Eight that all share, and the tools' own, which nothing else imports."""
    shared = {name.split(".")[1] for name in ROOMS if name.count(".") == 1} - {"__init__"}
    assert len(shared) <= 8, shared
    assert {name.split(".")[1] for name in ROOMS if name.count(".") == 2} == OWN
    for name in TREES:
        folders = {room.split(".")[1] for room in imported(name) if room.startswith("backstage.")} & OWN
        own = {name.split(".")[1]} if name.count(".") == 2 else TOOLS.get(name, set())
        assert folders <= own, name


def test_no_import_circle():
    """All files can be put in an order in which each imports only what stands before it."""
    needs = {}
    for name in TREES:
        found = imported(name)
        needs[name] = {other for other in TREES if other in found or any(one.startswith(f"{other}.") for one in found)}
    assert set(graphlib.TopologicalSorter(needs).static_order()) == set(TREES)


@pytest.mark.parametrize("name", TREES)
def test_only_the_command_line_ends_the_program(name):
    """Another one's end may be caught."""
    nodes = [node for node in ast.walk(TREES[name]) if isinstance(node, (ast.Raise, ast.Call))]
    parts = [node.func if isinstance(node, ast.Call) else node.exc for node in nodes]
    words = {getattr(part, "attr", getattr(part, "id", None)) for part in parts}
    ends = words & {"exit", "_exit", "abort", "quit", "SystemExit"}
    assert bool(ends) == (name == "backstage.command_line"), ends


@pytest.mark.parametrize("name", FILES)
def test_main_is_a_plain_program(name):
    """No function inside it, named or not, and no more lines than fit in one look; its door stands below it."""
    main, door = main_of(name), TREES[name].body[-1]
    assert ast.unparse(main.args) == "arguments=None"
    inside = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    assert [node for node in ast.walk(main) if isinstance(node, inside)] == [main]
    lines = ast.get_source_segment(FILES[name].read_text(encoding="utf-8"), main).splitlines()[1:]
    assert len([line for line in lines if line.strip()]) <= 20
    assert ast.unparse(door).startswith("if __name__ == '__main__':")
    assert ast.unparse(door.body[-1]) == "command_line.run(main)"
    assert name in SCRIPTS


@pytest.mark.parametrize("name", [*TRAINABLE, *LETTERS, "nudge", "worked_example", "gradient_check", "reliability"])
def test_the_training_is_in_plain_sight(name):
    """main calls the lesson's own train and hands it to whoever looks on; a sweep gets the same start and train."""
    own = {node.name: node for node in TREES[name].body if isinstance(node, ast.FunctionDef)}
    assert [argument.arg for argument in own["train"].args.args][:2] == ["X", "Y"]
    calls = {ast.unparse(node.func): node for node in ast.walk(main_of(name)) if isinstance(node, ast.Call)}
    (watched,) = {"training.watched", "training.run", "training.passed"} & set(calls)
    steps = ast.unparse(calls["train"])
    assert ast.unparse(calls[watched].args[0]) == steps or f"steps = {steps}\n" in ast.unparse(main_of(name))
    if name in [*TRAINABLE, *LETTERS]:
        assert ast.unparse(own["start"].args) == "options, rng"
        given = [ast.unparse(argument) for argument in calls["training.sweep"].args]
        assert given == ["options", "start", "train", *(["solved"] if "solved" in own else [])]
