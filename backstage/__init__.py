"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room."""

import os
import sys

LIBRARY, FOLDER = os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = sys.modules.get("__main__")
with_m = getattr(PROGRAM, "__spec__", None) and os.path.dirname(getattr(PROGRAM, "__file__", None) or "") == FOLDER
if with_m and LIBRARY in sys.path[1:]:
    # The current folder comes first, where the reader may have a csv.py; from now on Python's own modules come before.
    sys.path.insert(sys.path.index(LIBRARY) + 1, sys.path.pop(0))


class Refused(ValueError):
    """What a reader gave does not fit; the message says in one line what, and command_line.run shows it so."""
