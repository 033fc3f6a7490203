"""What goes on around a training: Ctrl-C, divergence, what is kept for a picture, and sweeps over seeds.

A lesson's train is a generator that yields the loss of every epoch. Whoever asks it for the next one looks on from
outside, and a generator that nobody asks any more is a training that has ended.
"""

import contextlib
import copy
import functools
import math
import os
import signal
import sys
import threading
import time

from backstage import Refused, picture, report

import numpy as np

quiet = np.errstate(over="ignore", invalid="ignore")  # no warnings: Diverged says it in words


class Diverged(Refused):
    """The loss is no longer a finite number."""


class CtrlC:
    """Whether Ctrl-C was pressed."""

    pressed = False

    @property
    def status(self):
        """The exit status of the program."""
        return 130 if self.pressed else 0


@contextlib.contextmanager
def interruptible():
    """Give a CtrlC. Within, Ctrl-C is only noted in it, so that nothing is left half done; a second acts as ever."""
    ctrl_c = CtrlC()
    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or before is signal.SIG_IGN:  # no other thread hears of Ctrl-C, nor a program that is to outlive it
        yield ctrl_c
        return

    def note(*_):
        ctrl_c.pressed = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield ctrl_c
    finally:
        signal.signal(signal.SIGINT, before)


def finite(loss, epoch, where="", unit="epochs"):
    """The loss of an epoch, counted from 0. Raises Diverged where it is nan or inf: no step helps any more."""
    if not math.isfinite(loss):
        raise Diverged(f"{where}the loss became {loss} in {unit[:-1]} {epoch + 1}: try a lower learning rate")
    return loss


def length(options):
    """What a training is counted in, "epochs" or "steps", and how many of them were asked for."""
    unit = getattr(options, "unit", "epochs")
    return unit, getattr(options, unit)


class Watch:
    """What was seen of a training.

    parameters: the arrays that are trained. losses: the loss of every epoch; test_losses: that on other samples, if
    asked for. snapshots: for a moving picture, copies of the parameters in each epoch. status: the exit status of
    the program, 130 after Ctrl-C, else 0.
    """

    def __init__(self, parameters):
        self.parameters, self.losses, self.test_losses, self.snapshots, self.status = parameters, [], [], [], 0

    def curves(self):
        """The losses by name."""
        return {"training": self.losses} | ({"test": self.test_losses} if self.test_losses else {})


@quiet
def watched(steps, parameters, options, draw=None, test=None):
    """Run a training, look on, and return the Watch. Ctrl-C ends the training, with all that was learnt so far.

    steps: the generator that train gave. parameters: the arrays that it changes. draw: what a function of plot gave,
    for --live. test: a triple loss, X, Y, of which loss(X, Y, parameters) is noted in every epoch.
    """
    watch, (unit, planned) = Watch(parameters), length(options)
    with interruptible() as ctrl_c:
        live, moves = picture.live(options, draw), picture.moves(options)
        for epoch, loss in enumerate(steps):
            watch.losses.append(finite(loss, epoch, unit=unit))
            if test:
                loss_on, X, Y = test
                watch.test_losses.append(loss_on(X, Y, parameters))
            if moves:
                watch.snapshots.append([parameter.copy() for parameter in parameters])
            if live:
                live(parameters, watch.curves())
            if ctrl_c.pressed:
                break
    if not all(np.isfinite(parameter).all() for parameter in parameters):
        raise Diverged(f"the weights became infinite in {unit[:-1]} {len(watch.losses)}: try a lower learning rate")
    if ctrl_c.pressed:
        print(f"interrupted after {len(watch.losses)} of {planned} {unit}; reached by then:")
    watch.status = ctrl_c.status
    return watch


@quiet
def run(steps):
    """Run a training to its end; its losses may be arrays, one for each of many networks."""
    for epoch, loss in enumerate(steps):
        finite(np.max(loss), epoch)


def passed(weights):
    """The values that a single weight takes on its way down, as a list. Raises Diverged where they grow without end."""
    result = []
    for weight in weights:
        if abs(weight) > 1e6:
            raise Diverged(f"the weight grew without end in step {len(result)}: try a lower learning rate")
        result.append(weight)
    return result


@quiet
def attempt(seed, options, start, train, solved, stop, measure, settings, ctrl_c):
    """Train from a seed. Returns in how many epochs it was solved, or None, and what measure gives."""
    options, rng, needed = copy.copy(options), np.random.default_rng(seed), None
    options.seed, (unit, planned) = seed, length(options)
    X, Y, parameters = start(options, rng)
    steps = train(X, Y, parameters, planned, options.learning_rate, **settings)
    for epoch, loss in enumerate(steps):
        finite(loss, epoch, f"seed {seed}: ", unit)
        if solved and needed is None and epoch % 10 == 0 and solved(X, Y, parameters):
            needed = epoch
        if ctrl_c.pressed or (stop and needed is not None):
            break
    if not (solved and solved(X, Y, parameters)):
        needed = None
    elif needed is None:
        needed = planned
    return needed, measure(options, parameters, rng) if measure and not ctrl_c.pressed else None


def sweep(options, start, train, solved=None, stop=True, measure=None, **settings):
    """Train from options.sweep seeds; print how many were solved and in how many epochs.

    start(options, rng) gives X, Y and the first parameters; train(X, Y, parameters, epochs, learning_rate, **settings)
    changes them; solved(X, Y, parameters), if given, is asked every ten epochs whether they are good enough. With
    stop=True a training ends there, otherwise it runs all its epochs. measure(options, parameters, rng), if given, is a
    dictionary of numbers by what they are, of which the mean and the range are printed. Returns the exit status.
    """
    seeds, epochs, measured = range(options.seed, options.seed + options.sweep), {}, []
    report.progress(f"seed {options.seed}")
    with interruptible() as ctrl_c:
        given = {"options": options, "start": start, "train": train, "solved": solved, "stop": stop}
        work = functools.partial(attempt, measure=measure, settings=settings, ctrl_c=ctrl_c, **given)
        with contextlib.closing(spread(work, seeds)) as attempts:
            for seed, (needed, value) in zip(seeds, attempts, strict=True):
                if ctrl_c.pressed:
                    break
                epochs[seed] = needed
                measured.append(value)
                report.progress(f"{len(epochs)} of {options.sweep} seeds done")
    report.progress("")
    if ctrl_c.pressed:
        print(f"interrupted after {len(epochs)} of {options.sweep} seeds; reached by then:")
    if solved:
        report.solved(epochs)
    for what in measured[0] if measure and measured else ():
        values = [numbers[what] for numbers in measured]
        print(f"{what}: mean {np.mean(values):.2f}, from {min(values):.2f} to {max(values):.2f}")
    return ctrl_c.status


def cores():
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work, values):
    """Give work(value) for each value, in order: for a second in this process, then the rest on all cores.

    Other processes import the function work by its name, so it stands in a module. Ctrl-C does not reach them, but
    they end with the generator.
    """
    alone = cores() == 1 or threading.current_thread() is not threading.main_thread()
    began, done = time.monotonic(), 0
    while done < len(values) and (alone or time.monotonic() - began < 1):
        yield work(values[done])
        done += 1
    if done < len(values):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # in the new processes, which have a core each
        with pool() as processes:
            yield from processes.imap(work, values[done:], chunksize=1 + done // 4)


def fresh():
    """The multiprocessing context whose new processes take over nothing of this one."""
    from multiprocessing import get_context  # only where it is needed

    vars(sys.modules["__main__"]).setdefault("__spec__", None)  # which IPython leaves out in a second %run
    return get_context("spawn")


def pool():
    """As many processes as cores, which are spared Ctrl-C from their first moment on."""
    new = fresh()
    if sys.platform == "win32":  # which waits for at most 63 at once
        return new.Pool(min(cores(), 60), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    with spared_ctrl_c():
        return new.Pool(cores())


@contextlib.contextmanager
def spared_ctrl_c():
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
