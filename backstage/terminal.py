"""What a program has to do with its terminal: text that goes there, and the signals that come from there.

Text goes to a terminal, which may lack letters, a pipe that closes, a full disk, or nowhere at all. Ctrl-C, another
program that asks for the end, and the closing of the terminal come as signals.
"""

import codecs
import contextlib
import io
import os
import signal
import sys
import threading

LOOKALIKES = {"░": ".", "▒": "-", "▓": "+", "█": "#", "…": "...", "±": "+-", "²": "^2", "³": "^3"}
ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Lasting(io.RawIOBase):
    """The bytes of a stream, which are dropped once it takes no more; failure is the reason."""

    def __init__(self, raw):
        self.raw, self.failure = raw, None

    def writable(self):
        return True

    def fileno(self):
        return self.raw.fileno()

    def isatty(self):
        return self.raw.isatty()

    def write(self, data):
        if self.failure is None:
            try:
                return self.raw.write(data)
            except OSError as error:
                self.failure = error
            except KeyboardInterrupt as error:  # whoever reads has stopped, and what is left would hold up the end
                self.failure = error
                raise
        return len(data)


def lookalike(error):
    """Where an encoding lacks a character: others that look like it, or else its number."""
    text = error.object[error.start : error.end]
    numbered = (LOOKALIKES.get(character) or ascii(character)[1:-1] for character in text)
    return "".join(numbered), error.end


def printable(text):
    """A text as one line: what is not printed, such as the line break in a file's name, is shown by its number."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def prepare():
    """Make standard output and standard error such that no print can fail, in the reader's own encoding.

    Only Python's own streams: IDLE and Jupyter take care of theirs.
    """
    codecs.register_error("lookalike", lookalike)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it was closed before the program began
            stream = io.StringIO()
        elif stream is getattr(sys, f"__{name}__"):
            raw = io.BufferedWriter(Lasting(getattr(stream.buffer, "raw", stream.buffer)))
            at_once = stream.line_buffering or stream.write_through
            stream = io.TextIOWrapper(raw, stream.encoding, "lookalike", line_buffering=at_once)
        setattr(sys, name, stream)


def failure(stream):
    """The OSError for which a stream takes no more, or None."""
    return getattr(getattr(getattr(stream, "buffer", None), "raw", None), "failure", None)


def is_terminal(stream):
    """Whether a stream goes to a terminal of the system; IDLE says so of its own."""
    try:
        return stream.isatty() and os.isatty(stream.fileno())
    except (AttributeError, OSError):
        return False


@contextlib.contextmanager
def ending_tidily(end):
    """Within, a signal that would end the program on the spot, with files half written, calls end(number, frame)."""
    deadly = [number for number in ENDING if signal.getsignal(number) is signal.SIG_DFL]
    for number in deadly:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in deadly:
            signal.signal(number, signal.SIG_DFL)  # IDLE and Jupyter live on


@contextlib.contextmanager
def ctrl_c_stays_itself():
    """Within, what Python's import, or a library written in C, has made of a Ctrl-C becomes one again."""
    try:
        yield
    except Exception as error:
        cause = error
        while cause and not isinstance(cause, KeyboardInterrupt):
            cause = cause.__cause__ or (cause.__context__ if cause.__suppress_context__ else None)  # of a raise … from
        if cause:
            raise KeyboardInterrupt from None
        raise


@contextlib.contextmanager
def signals_wait():
    """Within, signals wait: what one raises would be lost in matplotlib, or become another error there."""
    noted, before = [], {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, *ENDING)}
        before = {number: handler for number, handler in before.items() if callable(handler)}
    for number in before:
        signal.signal(number, lambda number, _: noted.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in noted:
            signal.raise_signal(number)
