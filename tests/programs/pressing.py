"""Run a script as its last line does, and press Ctrl-C, or say that it is ready, in a chosen call of backward.

That is in the middle of an epoch. Python handles Ctrl-C only where whoever started it did.
"""

import importlib
import os
import signal
import sys

from backstage import command_line

what, call, name, *arguments = sys.argv[1:]
script = importlib.import_module(name)
lesson = getattr(script, "Network", script)
whole, calls = lesson.backward, 0


def backward(*arguments):
    global calls
    calls += 1
    if calls == int(call) and what == "press":
        os.kill(os.getpid(), signal.SIGINT)
    if calls == int(call) and what == "wait":
        os.write(2, b"ready\n")
    return whole(*arguments)


lesson.backward = backward
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = [name]
command_line.run(lambda: script.main(arguments))
