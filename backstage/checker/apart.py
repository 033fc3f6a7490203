"""A function in a process of its own: what a stranger's program does there, or never ends doing, does no harm here."""

import io
import signal
import sys

from backstage import Refused, training


class Sink(io.TextIOBase):
    """A stream that keeps nothing of what is written to it, but that something was."""

    used = False

    def write(self, text):
        self.used = self.used or bool(text)
        return len(text)


def call(function, *arguments, seconds):
    """What function(*arguments) returns, and whether it printed anything.

    Raises Refused where the function does, TimeoutError after so many seconds, and ChildProcessError where the process
    ends before the function does. The process imports the function by its name, so it stands in a module.
    """
    new = training.fresh()
    receiver, sender = new.Pipe(duplex=False)
    process = new.Process(target=_answer, args=(sender, function, arguments), daemon=True)
    with training.spared_ctrl_c():
        process.start()
    sender.close()
    try:
        receiver.recv()  # it has begun, however long that took
        if not receiver.poll(seconds):
            raise TimeoutError
        result, printed, refusal = receiver.recv()
    except EOFError:
        raise ChildProcessError from None
    finally:
        process.kill()
        process.join()
    if refusal is not None:
        raise Refused(refusal)
    return result, printed


def _answer(sender, function, arguments):
    """In the new process: send that it begins, and then what the function returns, whether it printed, or why not."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that waits hears of Ctrl-C
    sink, result, refusal = Sink(), None, None
    sys.stdout = sys.stderr = sink
    sender.send("begun")
    try:
        result = function(*arguments)
    except Refused as error:
        refusal = str(error)
    except Exception as error:
        refusal = " ".join(f"the check itself failed: {type(error).__name__}: {error}".split())
    sender.send((result, sink.used, refusal))
