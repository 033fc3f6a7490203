"""The options that every script shares, the checks of their values, and how a program ends."""

import argparse
import atexit
import contextlib
import os
import signal
import sys

from backstage import Refused, files, picture, report, terminal

import numpy.random  # noqa: F401  which numpy puts off otherwise, until Ctrl-C may come in the middle of it

GREY_RANGE = "white is drawn from 0 to G, black from 1 - G to 1; G is 0 to 0.5"
PICTURES = (".png", ".svg", ".pdf", ".jpg")
MOVES = "; a .gif moves, and so does an .html, a page for a browser that can be stopped and wound back"


def check(convert, fits, what):
    """A check that makes a value of a text, and refuses a text that is not what it says."""

    def value_of(text):
        try:
            value = convert(text)
        except ValueError:
            value = None
        if value is None or not fits(value):
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
        return value

    return value_of


def decimal(text):
    """The number that a text says; -0 is 0, because numpy refuses a spread of -0."""
    return float(text) + 0.0


whole_number = check(int, lambda n: 1 <= n <= 10**12, "a whole number of at least 1, at most 1e12")
seed = check(int, lambda n: n >= 0, "a whole number of at least 0")
number = check(decimal, lambda x: abs(x) <= 1e100, "a finite number of at most 1e100")  # its square is finite too
positive = check(decimal, lambda x: 0 < x <= 1e6, "a finite number above 0, at most 1e6")  # a step has no use for more
momentum = check(decimal, lambda x: 0 <= x < 1, "at least 0 and below 1")
temperature = check(decimal, lambda x: x == 0 or 0.01 <= x <= 100, "0, or a number from 0.01 to 100")


def in_range(low, high):
    """A check for numbers from low to high."""
    return check(decimal, lambda x: low <= x <= high, f"from {low} to {high}")


def whole_in_range(low, high):
    """A check for whole numbers from low to high."""
    return check(int, lambda n: low <= n <= high, f"a whole number from {low} to {high}")


def writable(path, suffixes):
    """Check, before anything is computed, that a file can be written at path."""
    if os.path.splitext(path)[1].lower() not in suffixes:
        raise argparse.ArgumentTypeError(f"{path!r} does not end in one of {', '.join(suffixes)}")
    try:
        files.writable(path)
    except OSError as error:
        if error.filename != path:  # it is about the current folder
            raise
        raise argparse.ArgumentTypeError(f"{path!r} {error.strerror}") from None
    return path


def file_to_write(*suffixes):
    """A check for the file that is to be written, which must end in one of the suffixes."""
    return lambda path: writable(path, suffixes)


NODES, FEW = whole_in_range(1, 4096), whole_in_range(1, 20)
MANY, MANY_OR_NONE = whole_in_range(1, 10**5), whole_in_range(0, 10**5)  # networks that are trained at once
KNOWN = {  # options that mean the same in every script: what they say in the help, and what their values are
    "--epochs": ("how often to go over all samples", {"type": whole_number}),
    "--steps": ("how many batches to learn from", {"type": whole_number}),
    "--learning-rate": ("the size of a step", {"type": positive, "metavar": "RATE"}),
    "--momentum": ("the share of the last step that goes on", {"type": momentum, "metavar": "M"}),
    "--batch-size": ("samples for each step", {"type": whole_number}),
    "--weight-decay": ("how hard every step pulls the weights towards 0", {"type": in_range(0, 1), "metavar": "D"}),
    "--hidden-nodes": ("the number of hidden nodes", {"type": NODES}),
    "--noise": ("how far the points scatter", {"type": in_range(0, 10), "metavar": "D"}),
    "--seed": ("the start of all random numbers", {"type": seed}),
}


class Parser(argparse.ArgumentParser):
    """argparse's parser for the script in a file, with the help laid out as written and errors of one line."""

    def __init__(self, file, description):
        program = os.path.basename(file)
        super().__init__(program, description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
        self.set_defaults(name=os.path.splitext(program)[0], figure=None, live=False, no_figure=True)
        self.apart = {}  # the attribute of an option, and those of the options that make no sense beside it

    def parse_args(self, arguments=None):
        options = super().parse_args(arguments)
        given = {name for name, value in vars(options).items() if value != self.get_default(name)}
        for one in given & self.apart.keys():
            for other in sorted((given & self.apart[one]) - {one}):
                self.error(f"--{one} does not go with --{other}".replace("_", "-"))
        for name in sorted(name for name in given if getattr(options, name) == ""):
            words = f"--{name}" if name in self.apart else name
            self.error(f"argument {words}: an empty text names nothing".replace("_", "-"))
        draws = not any("figure" in self.apart.get(name, ()) for name in given)
        if draws and picture.goes_to_current_folder(options):
            try:
                writable(f"{options.name}.png", PICTURES)
            except argparse.ArgumentTypeError as error:
                self.error(f"{error}: --figure FILE puts the picture elsewhere, --no-figure draws none")
        return options

    def error(self, message):
        self.exit(2, f"{self.prog}: error: {terminal.printable(message)}\n")

    def option(self, name, default, help="", without=(), **how):
        """Add an option whose help ends with its default; without names the options that make no sense beside it.

        What is not said of one of the KNOWN options is as it is there.
        """
        words, kind = KNOWN.get(name, ("", {}))
        help, how = help or words, kind | how
        shown = " ".join(map(str, default)) if isinstance(default, (list, tuple)) else default
        if shown is not False and shown not in (None, ""):
            help += f" (default: {shown})"
        if "type" in how:
            how.setdefault("metavar", "N")
        action = self.add_argument(name, default=default, help=help, **how)
        self.apart[action.dest] = {other.lstrip("-").replace("-", "_") for other in without}

    def only_option(self, name, default, help, beside=(), **how):
        """Add, as the last, an option that goes with no other but --no-figure and those in beside."""
        without = [other for other in (*self.apart, "figure", "live") if other not in beside]
        self.option(name, default, help, without, **how)


def parser(file, description, epochs=None, learning_rate=None, seeded=True, moves=False, unit="epochs"):
    """A Parser with --seed, --figure and --no-figure, and if epochs are given, the options of a training.

    moves: whether the picture may move also where no epochs are given. unit: what the training is counted in, "epochs"
    or "steps", which is the name of the option too.
    """
    result = Parser(file, description)
    result.set_defaults(unit=unit)
    if epochs is not None:
        result.option(f"--{unit}", epochs)
        result.option("--learning-rate", learning_rate)
        result.option(
            "--sweep", None, "train from N seeds and sum up how they end", ("--figure", "--live"), type=whole_number
        )
    if seeded:
        result.option("--seed", 0)
    group = result.add_mutually_exclusive_group()
    suffixes, words = ((*PICTURES, *picture.MOVING), MOVES) if moves or epochs is not None else (PICTURES, "")
    group.add_argument(
        "--figure", metavar="FILE", type=file_to_write(*suffixes), help=f"write the picture to FILE{words}"
    )
    group.add_argument("--no-figure", action="store_true", help="draw no picture")
    result.set_defaults(no_figure=False)
    if epochs is not None:
        group.add_argument("--live", action="store_true", help="show the picture moving while it trains")
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


def digits_parser(file, description, tests, most, epochs):
    """A parser for the scripts that read handwritten digits: how to choose the test, and train on the most others."""
    result = parser(file, description, epochs, learning_rate=0.5)
    result.option("--test", tests[0], "test rows drawn at random, or the last fifth", choices=tests)
    result.option("--moved", False, "test on images moved by a pixel, up, down, left and right", action="store_true")
    samples = f"training images, drawn at random (default: all {most})"
    result.option("--samples", None, samples, type=whole_in_range(1, most))
    result.option("--batch-size", 32, "images for each step")
    result.option("--weight-decay", 0.0)
    return result


def letters_parser(file, description, steps, learning_rate):
    """A parser for the scripts that learn words letter by letter, and invent some."""
    result = parser(file, description, steps, learning_rate, unit="steps")
    result.option("--names", 10, "how many to invent", type=whole_in_range(1, 10**4))
    result.option("--start", "", "the letters that they begin with", metavar="LETTERS")
    words = "below 1: more of what is probable; 0: always the most probable letter; above 1: more of all others"
    result.option("--temperature", 1.0, words, type=temperature, metavar="T")
    words = "learn from words of your own instead: a text file with one a line"
    result.option("--names-file", None, words, metavar="FILE")
    return result


def parse_letters(parser, arguments, names, alphabet):
    """The options of a letters_parser, with the .words to learn from, those of the .test, and their .alphabet.

    names() gives the words where there is no file. Those that are too long for --places, if there is such an option,
    are left out; of the others a tenth is the test, and at most 512.
    """
    options = parser.parse_args(arguments)
    words, options.alphabet = files.read_words(options.names_file) if options.names_file else (names(), alphabet)
    longest = getattr(options, "places", 10**6) - 1
    fit = [word for word in words if len(word) <= longest]
    options.start = options.start.lower()
    strange = [letter for letter in options.start if letter not in options.alphabet[1:]]
    if strange:
        raise Refused(f"--start: {strange[0]!r} is no letter of the words: {options.alphabet[1:]}")
    if len(options.start) > longest:
        raise Refused(f"--start has {len(options.start)} letters, but {options.places} places have room for {longest}")
    if len(fit) < files.FEWEST_WORDS:
        raise Refused(f"only {len(fit)} words have at most {longest} letters, as --places asks: too few to learn from")
    if len(fit) < len(words):
        report.notes(
            [f"{len(words) - len(fit)} of {len(words)} words have more than {longest} letters, and are left out"]
        )
    if options.temperature == 0:
        report.notes(["at temperature 0 it is always the most probable letter, so all that is invented is the same"])
    test = min(512, len(fit) // 10)
    options.test, options.words = fit[:test], fit[test:]
    return options


@contextlib.contextmanager
def in_a_line():
    """Within, a ValueError becomes a Refused: lessons, which do not know Refused, raise it for what does not fit."""
    try:
        yield
    except ValueError as error:
        raise Refused(str(error)) from None


def terminate(number, _):
    """End the program, as a signal asks."""
    sys.exit(128 + number)


def about(error):
    """What an OSError is about: the current folder where that is gone, else the file that it names."""
    try:
        os.getcwd()
    except OSError:
        return "the current folder was deleted: "
    return f"{error.filename}: " if error.filename else ""


def outcome(main):
    """Run main; returns the exit status of the program, and what has gone wrong, in a line, or ""."""
    terminal.prepare()
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)  # too late to interrupt anything
    try:
        with terminal.ending_tidily(terminate), terminal.ctrl_c_stays_itself():
            status = main()
            sys.stdout.flush()
    except SystemExit as end:  # of --help, or of a signal
        status = end.code
    except Refused as error:
        return 2, str(error)
    except ModuleNotFoundError as error:
        return 2, f"{error.name} is not installed for this Python: take the one in .venv, as in README.md"
    except MemoryError:
        return 2, "the memory of this machine does not suffice for so much data"
    except OSError as error:
        return 2, f"{about(error)}{error.strerror or error}"
    return status, ""


def run(main):
    """Run main as a command and end the program: main's result is the exit status.

    What a reader gave that does not fit, a file that cannot be read or written, and Ctrl-C end it with one line.
    Where standard output takes no more, main goes on; that the reader of a pipe, such as `head`, has seen enough
    is no error.
    """
    acts = signal.getsignal(signal.SIGINT)
    try:
        status, wrong = outcome(main)
        sys.stdout.flush()
        failure = terminal.failure(sys.stdout)
        if not wrong and isinstance(failure, OSError) and not isinstance(failure, BrokenPipeError):
            status, wrong = 2, f"standard output: {failure.strerror}"
        line = f"{os.path.basename(sys.argv[0])}: error: {terminal.printable(wrong)}" if wrong else ""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done, or it is said why not
    except KeyboardInterrupt:
        status, line = 130, "interrupted"
    sys.stdout.flush()
    if line:
        report.progress("")
        print(line, file=sys.stderr)
    if sys._getframe(1).f_back:  # whoever runs the script lives on: IDLE, Jupyter, a test
        signal.signal(signal.SIGINT, acts)
    sys.exit(status)
