def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="run the slow examples of the README as well")
