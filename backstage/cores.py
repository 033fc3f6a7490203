"""The same work for many values, on all cores of the machine."""

import os
import signal
import sys
import threading
import time

from backstage import signals


def number():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work, values):
    """Give work(value) for each value in their order: for a second here, and what is left then on all cores.

    Other processes import the function work by its name, so it stands in a module. Ctrl-C does not reach them, but
    they end with the generator.
    """
    alone = number() == 1 or threading.current_thread() is not threading.main_thread()
    began, done = time.monotonic(), 0
    while done < len(values) and (alone or time.monotonic() - began < 1):
        yield work(values[done])
        done += 1
    if done < len(values):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # in the new processes, which have a core each
        with _pool() as pool:
            yield from pool.imap(work, values[done:], chunksize=1 + done // 4)


def fresh():
    """The multiprocessing in which new processes begin with nothing of this one."""
    from multiprocessing import get_context  # only where it is needed

    vars(sys.modules["__main__"]).setdefault("__spec__", None)  # which IPython leaves out in a second %run
    return get_context("spawn")


def _pool():
    """As many processes as cores, which are spared Ctrl-C from their first moment on."""
    new = fresh()
    if sys.platform == "win32":  # which waits for at most 63 at once
        return new.Pool(min(number(), 60), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    with signals.held_back():
        return new.Pool(number())
