import gc
import time

from backstage.checker import program

import pytest

import check_backward

MINUTES = 16  # about what all tests take on one quiet core; a run with --slow says at its end what it took
BEGAN = time.monotonic()


@pytest.fixture(scope="session")
def examined():
    """What check_backward.py says of the program at a path; one process, in which it does no harm, is there for all."""
    with program.pool() as pool:

        def examine(path, shape=None, targets=None, seed=0):
            """Its findings and remarks; raises Refused where it cannot be judged."""
            return pool.apply_async(check_backward.examined, (str(path), shape, targets, seed)).get(90)

        yield examine


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run what takes long as well")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes long, and is run only with --slow")


def pytest_collection_modifyitems(config, items):
    slow = [item for item in items if item.get_closest_marker("slow") and not config.getoption("--slow")]
    for item in slow:
        item.add_marker(pytest.mark.skip(reason="takes long: only with --slow"))


def pytest_collection_finish():
    """What is there now stays: to look through all of it again and again for garbage takes a sixth of the time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter, config):
    """Say what was left out, so that nobody takes the quick run for the whole one."""
    left_out = sum("slow" in report.keywords for report in terminalreporter.stats.get("skipped", []))
    if left_out:
        what = f"left out: {left_out} slow tests (hundreds of seeds, every picture, every command of README and book)"
        how = f"python -m pytest --slow runs them too, about {MINUTES} minutes"
        terminalreporter.write_line(f"{what};\n          {how}")
    if config.getoption("--slow"):
        took = (time.monotonic() - BEGAN) / 60
        terminalreporter.write_line(f"took {took:.1f} minutes; MINUTES in tests/conftest.py, for all tests: {MINUTES}")
