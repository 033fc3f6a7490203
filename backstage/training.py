"""What goes on around a training: Ctrl-C, what is kept of it for a picture, and sweeps over seeds."""

import contextlib
import copy
import functools
import signal
import threading

from backstage import checks, cores, picture, report

import numpy as np


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


class Watch:
    """One training as seen from outside. The training calls it once an epoch, and ends where it says True.

    parameters: the arrays that are trained. losses: the loss of every epoch so far; test_losses: that on
    other samples, if asked for. snapshots: for a moving picture, copies of the parameters in each epoch.
    status: the exit status of the program, 130 after Ctrl-C, else 0.
    """

    def __init__(self, options, draw, test, ctrl_c):
        self.test, self.ctrl_c = test, ctrl_c
        self.keep = picture.moves(options)
        self.live = picture.live(options, draw)
        self.parameters, self.losses, self.test_losses, self.snapshots = [], [], [], []

    def __call__(self, parameters, losses):
        self.parameters, self.losses = parameters, losses
        if self.test:
            loss, X, Y = self.test
            self.test_losses.append(loss(X, Y, parameters))
        if self.keep:
            self.snapshots.append([parameter.copy() for parameter in parameters])
        if self.live:
            self.live(parameters, self.curves())
        return self.ctrl_c.pressed

    @property
    def status(self):
        return self.ctrl_c.status

    def curves(self):
        """The losses by their name."""
        return {"training": self.losses} | ({"test": self.test_losses} if self.test else {})


@contextlib.contextmanager
def watching(options, draw=None, test=None):
    """Give the Watch of a training. Within, Ctrl-C ends the training, with all that was learnt so far.

    draw: what a function of plot gave, for --live. test: a triple loss, X, Y, of which loss(X, Y, parameters)
    is noted in every epoch.
    """
    with interruptible() as ctrl_c:
        watch = Watch(options, draw, test, ctrl_c)
        yield watch
    if not all(np.isfinite(parameter).all() for parameter in watch.parameters):
        raise checks.Diverged(f"the weights became infinite in epoch {len(watch.losses)}: try a lower learning rate")
    if ctrl_c.pressed:
        print(f"interrupted after {len(watch.losses)} of {options.epochs} epochs; reached by then:")


class SolvedAt:
    """Watches one training of a sweep: asks every ten epochs whether solved() is true, and notes the first time."""

    def __init__(self, solved, stop, ctrl_c):
        self.solved, self.stop, self.ctrl_c, self.epoch = solved, stop, ctrl_c, None

    def __call__(self, parameters, losses):
        epoch = len(losses) - 1
        if self.epoch is None and epoch % 10 == 0 and self.solved():
            self.epoch = epoch
        return self.ctrl_c.pressed or (self.stop and self.epoch is not None)


def never(X, Y, parameters):
    """For a sweep that only measures: no training counts as solved."""
    return False


def attempt(seed, options, start, train, solved, stop, measure, settings, ctrl_c):
    """Train from a seed. Returns in how many epochs it was solved, or None, and what measure gives."""
    options, rng = copy.copy(options), np.random.default_rng(seed)
    options.seed = seed
    X, Y, parameters = start(options, rng)
    watch = SolvedAt(functools.partial(solved, X, Y, parameters), stop, ctrl_c)
    try:
        train(X, Y, parameters, options.epochs, options.learning_rate, watch=watch, **settings)
    except checks.Diverged as error:
        raise checks.Diverged(f"seed {seed}: {error}") from None
    needed = options.epochs if watch.epoch is None else watch.epoch
    return needed if watch.solved() else None, measure(options, parameters, rng) if measure else None


def sweep(options, start, train, solved=never, stop=True, measure=None, **settings):
    """Train from options.sweep seeds; print how many were solved and in how many epochs.

    start(options, rng) gives X, Y and the first parameters; train(X, Y, parameters, epochs, learning_rate,
    watch=…, **settings) changes them; solved(X, Y, parameters) says whether they are good enough. With
    stop=True a training ends there, otherwise it runs all its epochs. measure(options, parameters, rng), if
    given, is a dictionary of numbers by what they are, of which the mean and the range are printed. Returns the
    exit status.
    """
    seeds, epochs, measured = range(options.seed, options.seed + options.sweep), {}, []
    report.progress(f"seed {options.seed}")
    with interruptible() as ctrl_c:
        given = {"options": options, "start": start, "train": train, "solved": solved, "stop": stop}
        work = functools.partial(attempt, measure=measure, settings=settings, ctrl_c=ctrl_c, **given)
        with contextlib.closing(cores.spread(work, seeds)) as attempts:
            for seed, (needed, value) in zip(seeds, attempts, strict=True):
                if ctrl_c.pressed:
                    break
                epochs[seed] = needed
                measured.append(value)
                report.progress(f"{len(epochs)} of {options.sweep} seeds done")
    report.progress("")
    if ctrl_c.pressed:
        print(f"interrupted after {len(epochs)} of {options.sweep} seeds; reached by then:")
    if solved is not never:
        report.solved(epochs)
    for what in measured[0] if measure and measured else ():
        values = [numbers[what] for numbers in measured]
        print(f"{what}: mean {np.mean(values):.2f}, from {min(values):.2f} to {max(values):.2f}")
    return ctrl_c.status
