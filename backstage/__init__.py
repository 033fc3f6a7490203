"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room."""

import os
import sys

# After `python -m xor` the current folder comes first in sys.path, and a csv.py of the reader's would be taken for
# Python's own. From now on it comes after Python's modules, and after their compiled ones, which stand next.
LIBRARY, FOLDER = os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = sys.modules.get("__main__")
WITH_M = getattr(PROGRAM, "__spec__", None) and os.path.dirname(getattr(PROGRAM, "__file__", None) or "") == FOLDER
if WITH_M and LIBRARY in sys.path[1:]:
    sys.path.insert(sys.path.index(LIBRARY) + 1, sys.path.pop(0))


class Refused(ValueError):
    """What a reader gave does not fit; the message says in one line what, and command_line.run shows it so."""
