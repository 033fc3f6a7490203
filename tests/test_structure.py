"""The rooms and doors of the collection: what stands where, who may import whom, and how a main reads."""

import ast
import graphlib
import sys

import pytest
from helpers import FOLDER, SCRIPTS, TRAINABLE

FILES = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}
ROOMS = {path.stem: path for path in sorted(FOLDER.glob("backstage/**/*.py"))}
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in (*FILES.values(), *ROOMS.values())}
STANDARD = sys.stdlib_module_names
DATA = ("activation", "dataset")  # chapters of their own, which stand on nothing but numpy
ALSO_MODULES = ("network1", "autodiff")  # the only scripts that others import
LONG_MAIN = ("network1", "your_data")  # they have many settings


def functions(tree):
    """The functions of the module itself by their names; not those inside a class or another function."""
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def imported(nodes):
    """The full names of what is imported by any of the nodes or inside them."""
    names = []
    for node in nodes:
        for part in ast.walk(node):
            if isinstance(part, ast.Import):
                names += [alias.name for alias in part.names]
            elif isinstance(part, ast.ImportFrom):
                assert part.level == 0, "an import says from where"
                names += [f"{part.module}.{alias.name}" for alias in part.names]
    return names


def first(names):
    """The packages and modules that the names belong to."""
    return {name.partition(".")[0] for name in names}


def outside_functions(tree):
    """What is done when the module is imported; so not its functions, nor what is under if __name__ == "__main__"."""
    return [node for node in tree.body if not isinstance(node, ast.FunctionDef) and not is_the_door(node)]


def is_the_door(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


@pytest.mark.parametrize("name", FILES)
def test_whatever_stands_in_front_can_be_run(name):
    """It has a main(arguments=None), and is run through the one place that ends a program."""
    tree = TREES[FILES[name]]
    assert ast.unparse(functions(tree)["main"].args) == "arguments=None"
    doors = [node for node in tree.body if is_the_door(node)]
    assert [ast.unparse(door.body[-1]) for door in doors] == ["command_line.run(main)"]
    assert tree.body[-1] is doors[0]
    assert name in SCRIPTS


@pytest.mark.parametrize("name", FILES)
def test_scripts_import_no_other_lesson(name):
    allowed = {"backstage", "numpy", *STANDARD, *DATA, *ALSO_MODULES}
    assert first(imported([TREES[FILES[name]]])) <= allowed - {name}


@pytest.mark.parametrize("name", DATA)
def test_data_and_activations_stand_on_numpy_alone(name):
    tree = TREES[FILES[name]]
    assert first(imported(outside_functions(tree))) <= {"numpy", *STANDARD}
    assert first(imported([tree])) <= {"numpy", "backstage", *STANDARD}


@pytest.mark.parametrize("name", ROOMS)
def test_backstage_knows_no_lesson(name):
    """matplotlib, and PIL which comes with it, are loaded only where something is drawn, inside a function."""
    tree = TREES[ROOMS[name]]
    assert first(imported([tree])) <= {"numpy", "matplotlib", "PIL", "backstage", *STANDARD}
    assert first(imported(outside_functions(tree))) <= {"numpy", "backstage", *STANDARD}


def test_no_import_circle():
    """The rooms backstage can be put in an order in which each imports only what stands before it."""
    needs = {}
    for name, path in ROOMS.items():
        names = [full.split(".") for full in imported([TREES[path]])]
        needs[name] = {parts[1] for parts in names if parts[0] == "backstage"}
        assert needs[name] <= set(ROOMS)
    order = list(graphlib.TopologicalSorter(needs).static_order())
    assert sorted(order) == sorted(ROOMS)


ENDS = ("exit", "_exit", "abort", "quit", "SystemExit")


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_only_the_command_line_ends_the_program(path):
    names = [node.attr for node in ast.walk(TREES[path]) if isinstance(node, ast.Attribute)]
    names += [node.id for node in ast.walk(TREES[path]) if isinstance(node, ast.Name)]
    found = [name for name in names if name in ENDS]
    assert bool(found) == (path in (ROOMS["command_line"], ROOMS["__init__"]))  # the latter only where numpy is missing


@pytest.mark.parametrize("name", FILES)
def test_main_is_a_plain_program(name):
    """No function inside it, named or not, and no more lines than fit in one look."""
    text, tree = FILES[name].read_text(encoding="utf-8"), TREES[FILES[name]]
    main = functions(tree)["main"]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    assert [ast.unparse(node) for node in ast.walk(main) if isinstance(node, kinds) and node is not main] == []
    lines = [line for line in ast.get_source_segment(text, main).splitlines()[1:] if line.strip()]
    assert len(lines) <= (30 if name in LONG_MAIN else 20)


@pytest.mark.parametrize("name", TRAINABLE)
def test_the_training_is_in_plain_sight(name):
    """start(options, rng) and train stand in the module, main calls train itself, and the sweep gets the same two."""
    own = functions(TREES[FILES[name]])
    assert ast.unparse(own["start"].args) == "options, rng"
    assert [argument.arg for argument in own["train"].args.args][:2] == ["X", "Y"]
    calls = {ast.unparse(node.func): node for node in ast.walk(own["main"]) if isinstance(node, ast.Call)}
    assert {"start", "train", "training.sweep"} <= set(calls)
    given = [ast.unparse(argument) for argument in calls["training.sweep"].args]
    assert given[:3] == ["options", "start", "train"]
    if "solved" in own:
        assert given[3:] == ["solved"]
        assert [argument.arg for argument in own["solved"].args.args][:2] == ["X", "Y"]
    else:
        assert "measure" in [keyword.arg for keyword in calls["training.sweep"].keywords]
