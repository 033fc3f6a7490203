"""The options that every script shares, the checks of their values, and how a program ends."""

import argparse
import math
import os
import sys

from backstage import checks, report

GREY_RANGE = "white is drawn from 0 to G, black from 1 - G to 1; G is 0 to 0.5"
PICTURES = (".png", ".svg", ".pdf", ".jpg")


class Parser(argparse.ArgumentParser):
    """argparse's parser for the script in a file, with the help laid out as written and errors of one line."""

    def __init__(self, file, description):
        program = os.path.basename(file)
        super().__init__(program, description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        self.set_defaults(name=os.path.splitext(program)[0], figure=None, live=False)

    def parse_args(self, arguments=None):
        options = super().parse_args(arguments)
        if getattr(options, "sweep", None) and (options.figure or options.live):
            self.error("--sweep draws no picture, so it does not go with --figure or --live")
        return options

    def error(self, message):
        self.exit(2, f"{self.prog}: error: {message}\n")

    def option(self, name, default, help, **how):
        """Add an option whose help ends with its default."""
        shown = " ".join(map(str, default)) if isinstance(default, (list, tuple)) else default
        if shown not in (None, ""):
            help += f" (default: {shown})"
        if "type" in how:
            how.setdefault("metavar", "N")
        self.add_argument(name, default=default, help=help, **how)

    def momentum_option(self, default):
        self.option("--momentum", default, "the share of the last step that goes on", type=momentum, metavar="M")


def parser(file, description, epochs=None, learning_rate=None, seeded=True):
    """A Parser with --seed, --figure and --no-figure, and with epochs given, what training needs."""
    result = Parser(file, description)
    if epochs is not None:
        result.option("--epochs", epochs, "how often to go over all samples", type=whole_number)
        result.option("--learning-rate", learning_rate, "the size of a step", type=positive, metavar="RATE")
        result.option("--sweep", None, "train from N seeds and sum up how they end", type=whole_number)
    if seeded:
        result.option("--seed", 0, "the start of all random numbers", type=seed)
    picture = result.add_mutually_exclusive_group()
    suffixes, moves = (PICTURES, "") if epochs is None else ((*PICTURES, ".gif"), "; a .gif moves")
    picture.add_argument(
        "--figure", metavar="FILE", type=figure_path(suffixes), help=f"write the picture to FILE{moves}"
    )
    picture.add_argument("--no-figure", action="store_true", help="draw no picture")
    if epochs is not None:
        picture.add_argument("--live", action="store_true", help="show the picture moving while it trains")
    return result


def table_parser(file, description, functions, function, epochs, learning_rate):
    """A parser for the scripts that learn a truth table: which of the functions, and of how many inputs."""
    result = parser(file, description, epochs, learning_rate)
    result.option("--function", function, "what to learn", choices=functions)
    result.option("--inputs", 2, "the number of inputs, 1 to 16", type=whole_in_range(1, 16))
    return result


def image_parser(file, description, sets=1, grey_range=0.0, epochs=None, learning_rate=None):
    """A parser for the scripts that look at 2x2 images: how many, and how grey."""
    result = parser(file, description, epochs, learning_rate)
    result.option("--sets", sets, "how many times the sixteen images", type=whole_in_range(1, 10**6))
    result.option("--grey-range", grey_range, GREY_RANGE, type=in_range(0, 0.5), metavar="G")
    return result


def whole_number(text, least=1):
    """A whole number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = None
    if value is None or value < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {least}")
    return value


def seed(text):
    """A whole number of at least 0."""
    return whole_number(text, least=0)


def number(text):
    """A finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return value


def positive(text):
    """A finite number above 0."""
    if not number(text) > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0")
    return number(text)


def in_range(low, high):
    """A check for numbers from low to high."""

    def check(text):
        if not low <= number(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not from {low} to {high}")
        return number(text)

    return check


def whole_in_range(low, high):
    """A check for whole numbers from low to high."""

    def check(text):
        if not low <= whole_number(text, least=low) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return check


def momentum(text):
    """A number of at least 0 and below 1."""
    if not 0 <= number(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not at least 0 and below 1")
    return number(text)


NODES = whole_in_range(1, 4096)


def writable(path, suffixes):
    """Check, before anything is computed, that a file can be written at path."""
    folder, suffix = os.path.dirname(path) or ".", os.path.splitext(path)[1].lower()
    if suffix not in suffixes:
        raise argparse.ArgumentTypeError(f"{path!r} does not end in one of {', '.join(suffixes)}")
    if not os.path.isdir(folder):
        raise argparse.ArgumentTypeError(f"{path!r} is in a folder that is not there")
    if os.path.isdir(path) or not os.access(path if os.path.exists(path) else folder, os.W_OK):
        raise argparse.ArgumentTypeError(f"{path!r} cannot be written")
    return path


def figure_path(suffixes):
    """A check for the file of a picture, which must end in one of the suffixes."""
    return lambda text: writable(text, suffixes)


def npz_path(text):
    """A check for the file of a network, which must end in .npz."""
    return writable(text, (".npz",))


def run(main):
    """Run main as a command and end the program: main's result is the exit status.

    What a reader gave that does not fit, a file that cannot be read or written, and Ctrl-C end it with one line.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # there may be none, or one of IDLE's or Jupyter's
            stream.reconfigure(encoding="utf-8")  # the blocks of the images, wherever the terminal is
    message = None
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except KeyboardInterrupt:
        message, status = "interrupted", 130
    except checks.Refused as error:
        message, status = f"{os.path.basename(sys.argv[0])}: error: {error}", 2
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        message, status = f"{os.path.basename(sys.argv[0])}: error: {where}{error.strerror}", 2
    if message:
        report.progress("")
        print(message, file=sys.stderr)
    sys.exit(status)
