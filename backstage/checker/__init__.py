"""What check_backward.py needs: a program run apart, watched, and judged line by line."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What is said of a line."""

    file: str
    line: int
    name: str
    verdict: str
    why: str
