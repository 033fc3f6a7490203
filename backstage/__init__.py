"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room."""

import os
import sys

LIBRARY, FOLDER = os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
main = sys.modules["__main__"]
if getattr(main, "__spec__", None) and os.path.dirname(getattr(main, "__file__", None) or "") == FOLDER:
    # With -m the current folder comes first, where the reader may have a csv.py; now Python's own modules come before.
    sys.path.insert(sys.path.index(LIBRARY) + 1, sys.path.pop(0))


class Refused(ValueError):
    """What a reader gave does not fit; the message says in one line what, and command_line.run shows it so."""
