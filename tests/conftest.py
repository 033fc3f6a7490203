import pytest


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run what takes long as well")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes long, and is run only with --slow")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="takes long: only with --slow"))
