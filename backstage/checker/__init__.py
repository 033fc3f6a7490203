"""What check_backward.py needs: a program run apart, watched, and judged line by line."""

from collections import namedtuple

Finding = namedtuple("Finding", "file line name verdict why")  # what is said of a line
