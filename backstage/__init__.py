"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room."""


class Refused(ValueError):
    """What a reader gave does not fit; the message says in one line what, and command_line.run shows it so."""
