"""The signals that end a program: Ctrl-C, the end that another program asks for, and a terminal that is closed."""

import contextlib
import signal
import threading

ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


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
def waiting():
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


@contextlib.contextmanager
def held_back():
    """Within, new processes are spared Ctrl-C from their first moment on, where the system can do that."""
    from multiprocessing import resource_tracker

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would let Ctrl-C through again
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # as new processes inherit it
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
