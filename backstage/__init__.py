"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room.

The scripts import it before anything else, so that a Python without numpy, or Ctrl-C this early, ends them in a line.
"""

try:
    import numpy as np
    import numpy.random  # which numpy puts off otherwise
except ModuleNotFoundError as error:
    raise SystemExit(f"{error.name} is not installed for this Python: take the one in .venv, as in README.md") from None
except KeyboardInterrupt:
    raise SystemExit(130) from None

# A training makes and frees the same arrays in every epoch. Linux gives the memory of large ones back each time, and
# has to be asked for it again, which may take as long as the training itself; once an array larger than all of them
# has been freed, it keeps the memory.
np.empty(3_000_000)


class Refused(ValueError):
    """What a reader gave does not fit; the message says in one line what, and command_line.run shows it so."""
