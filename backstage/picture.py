"""Where a picture goes: into a window, a file, a file that moves, or a window that moves while it trains.

matplotlib is loaded only when something is drawn. What is on a picture is the business of plot: its functions
give a draw(figure), or for a training a draw(figure, parameters, curves, epoch), which draws on an empty figure
what the parameters do, and the curves (lists of losses by their name) up to an epoch.
"""

import base64
import contextlib
import io
import json
import os
import re
import sys
import warnings
import zlib

from backstage import Refused, files, terminal

import numpy as np

BLUE, ORANGE, GREY, INK = "#0072B2", "#D55E00", "#595959", "#222222"  # safe for colour-blind readers
SIGNS = {"above 0": (BLUE, "-"), "below 0": (ORANGE, "-")}
WRONG = {"wrong": ("white", "o")}
STYLE = {
    "font.size": 12,
    "text.color": INK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # a fixed height is drawn faster
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.labelsize": 11,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2,
    "image.interpolation": "nearest",
    "svg.hashsalt": "the same names in every file",
}
SIZE, SHARP = (7.5, 4.5), 144  # inches, so few that words are large on a phone; dots per inch
DOTS_PER_INCH, FRAMES_PER_SECOND = 108, 8  # of a picture that moves
LARGE = 1_400_000  # bytes of a file
MOVING = (".gif", ".html")
SAYS = re.compile(r"(?:epoch|step) \d+|\d+ steps|loss:? \d\S*")  # what a picture says of where the training is


def load():
    """matplotlib, even where the reader's MPLBACKEND is unknown to it, which would be an error."""
    if "matplotlib" not in sys.modules:
        import logging

        logging.getLogger("matplotlib").setLevel(logging.ERROR)  # that it found no folder for its cache is no trouble
        backend = os.environ.pop("MPLBACKEND", None)
        import matplotlib

        try:
            if backend:
                matplotlib.rcParams["backend"] = backend
        except ValueError:
            print(f"\nMPLBACKEND: matplotlib knows no backend {backend!r}")
    return sys.modules["matplotlib"]


@contextlib.contextmanager
def style():
    """Within, every picture looks as in the README, whatever the reader's own matplotlibrc says.

    A letter that the font lacks is drawn as a box.
    """
    with terminal.signals_wait():
        matplotlib = load()
    plain = {
        name: value for name, value in matplotlib.rcParamsDefault.items() if name not in ("backend", "interactive")
    }
    with matplotlib.rc_context(plain | STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield
        interactive = matplotlib.is_interactive()
    matplotlib.interactive(interactive)  # which a notebook turns on with its first figure


def moves(options):
    """Whether the picture asked for is a file that moves."""
    return bool(options.figure) and options.figure.lower().endswith(MOVING)


def goes_to_current_folder(options):
    """Whether the picture can only go into the current folder, as far as one can tell without matplotlib."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")
    headless = sys.platform == "linux" and not any(os.environ.get(name) for name in screens)
    return headless and not (options.no_figure or options.figure)


def show(options, draw, watch=None, states=((),)):
    """Draw into the file of --figure, or a window, or where there is no screen into a file in the current folder.

    watch: the training.Watch of the training that is drawn, if there was one; draw then gets its results. states: what
    draw gets otherwise, for each frame of a picture that moves; a still shows the last.
    """
    if options.no_figure:
        return
    if watch:
        states = [(watch.parameters, watch.curves(), len(watch.losses))]
        if moves(options):
            states = [(watch.snapshots[i], watch.curves(), i + 1) for i in frames(watch.losses)]
    file = options.figure or f"{options.name}.png"
    with style():
        if file.lower().endswith(".gif"):
            with files.whole(file) as part:
                animate(part, draw, states)
        elif moves(options):
            files.write(file, moving_page(options.name, draw, states))
        else:
            content = io.BytesIO()
            with terminal.signals_wait():
                figure = page() if options.figure else window(options)
                draw(figure, *states[-1])
                on_screen = not options.figure and figure.canvas.required_interactive_framework
                if not on_screen:
                    figure.savefig(content, format=os.path.splitext(file)[1][1:].lower())
            if on_screen:
                return wait()
            files.write(file, small(content) if file.lower().endswith(".png") else content.getvalue())
    print(f"\npicture: {file}")


def small(png):
    """The content of a .png file with at most 256 colours, which is a third as large."""
    import PIL.Image

    content = io.BytesIO()
    with terminal.signals_wait(), PIL.Image.open(png) as image:
        few_colours(image.convert("RGB"), 256).save(content, format="png", optimize=True)
    return content.getvalue()


def few_colours(image, most):
    """An image with a palette, whose lightest colour is white, as the paper is."""
    image = image.quantize(most, dither=0)
    palette = np.reshape(image.getpalette(), (-1, 3))
    palette[palette.sum(axis=1).argmax()] = 255
    image.putpalette(palette.ravel().tolist())
    return image


def sign_colour(value):
    """Blue for a positive value, orange for a negative one."""
    return BLUE if value >= 0 else ORANGE


def key(figure, *groups, size=10.5, left=0.1, bottom=0.07):
    """Say at the lower left what colours mean: groups of a name and a dictionary of words with their colour and mark.

    A mark is a line (- or --), or that of points: o is round, s a square. White points have a black edge. size is that
    of letters in points; left and bottom are in inches.
    """
    from matplotlib.lines import Line2D

    handles = []
    for name, looks in groups:
        handles += [Line2D([], [], linestyle="", label=name)] if name else []
        for words, (colour, mark) in looks.items():
            style = {"linestyle": "", "marker": mark, "markersize": 8}
            if mark in ("-", "--"):
                style = {"linestyle": mark, "linewidth": 3 if mark == "-" else 2}
            edge = {"markeredgecolor": "black", "markeredgewidth": 2} if colour == "white" else {}
            handles.append(Line2D([], [], color=colour, label=words, **style, **edge))
    how = {"handlelength": 1.3, "handletextpad": 0.4, "columnspacing": 0.7, "borderpad": 0, "borderaxespad": 0}
    left -= 1.7 * size / 72 if groups[0][0] else 0  # a name has an empty mark before it
    place = np.divide((left, bottom), figure.get_size_inches())
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=place, ncols=len(handles), frameon=False,
        fontsize=size, labelcolor=GREY, **how,
    )  # fmt: skip


def page():
    """An empty figure that only goes into a file."""
    from matplotlib.figure import Figure

    return Figure(figsize=SIZE, dpi=SHARP)


def window(options, dpi=SHARP):
    """The empty figure of a script's window, which is the one that is there already if it was opened before.

    Where matplotlib cannot open a window as it was told to, the figure is one for a file.
    """
    from matplotlib import pyplot

    try:
        if pyplot.fignum_exists(options.name):
            return pyplot.figure(options.name, clear=True)
        return pyplot.figure(options.name, figsize=SIZE, dpi=dpi)
    except (ImportError, RuntimeError) as error:  # the latter from WebAgg where Tornado is missing
        print(f"\nno window: {error}")
        return page()


def wait():
    """Wait until all windows are closed, or with a browser for Ctrl-C."""
    from matplotlib import pyplot

    pyplot.show(block=True)


def animate(file, draw, states):
    """Write a picture that moves for about five seconds, with a frame for each of the states; the last one stays."""
    with terminal.signals_wait():
        import PIL.Image
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure = page()
        figure.set_dpi(DOTS_PER_INCH)
        canvas = FigureCanvasAgg(figure)
    pictures = []
    for state in states:
        with terminal.signals_wait():
            figure.clear()
            draw(figure, *state)
            canvas.draw()
            pictures.append(np.array(canvas.buffer_rgba())[..., :3])
    with terminal.signals_wait():
        high, wide, _ = pictures[0].shape
        every, each = PIL.Image.fromarray(np.concatenate(pictures)), milliseconds(states)
        durations = [each] * (len(states) - 1) + [each + 1500]
        for colours in (160, 96, 56):  # fewer where the file would be large
            strip = few_colours(every, colours)  # the same in every frame: what does not move takes no room
            first, *more = [strip.crop((0, top, wide, top + high)) for top in range(0, strip.height, high)]
            first.save(file, format="gif", save_all=True, append_images=more, duration=durations, loop=0)
            if os.path.getsize(file) < LARGE:
                break


def milliseconds(states):
    """How long a frame is shown, so that all of them take about five seconds."""
    return int(np.clip(5000 / len(states), 1000 / FRAMES_PER_SECOND, 500))


def moving_page(title, draw, states):
    """The content of a page (.html) for a browser, with a frame for each of the states; it can be stopped and go back.

    A frame is an .svg, cut into pieces, of which each is kept once: most of them are the same in many frames.
    """
    pieces, lists, words = {}, [], []
    with terminal.signals_wait():
        figure = page()
    for state in states:
        with terminal.signals_wait():
            figure.clear()
            draw(figure, *state)
            cut = re.split("(?=<g|<path|<use|<image|style=)", vectors(figure))
            lists.append([pieces.setdefault(piece, len(pieces)) for piece in cut])
            words.append(where(figure) or f"{len(lists)} of {len(states)}")
    packed = zlib.compress(json.dumps([[*pieces], lists, words]).encode(), 9)
    wide, high = figure.get_size_inches()
    values = {"title": title, "shape": f"{wide / high:.4f}", "each": str(milliseconds(states))}
    values["packed"] = base64.b64encode(packed).decode()
    with open(os.path.join(os.path.dirname(__file__), "page.html"), encoding="utf-8") as file:
        return re.sub("@(title|shape|each|packed)@", lambda name: values[name[1]], file.read()).encode()


def where(figure):
    """What a figure says of where the training is: the epoch, and the loss."""
    from matplotlib.text import Text

    said = [found for text in figure.findobj(Text) for found in SAYS.findall(text.get_text())]
    return ", ".join(sorted(dict.fromkeys(said), key=lambda words: words.startswith("loss")))


def vectors(figure):
    """The text of a short .svg of a figure; its images have few pixels, and a browser finds what is between them."""
    from matplotlib.image import AxesImage

    for image in figure.findobj(AxesImage):
        image.set_gid("smooth" if image.get_interpolation() == "bilinear" else None)
        image.set_interpolation("none")
    content = io.StringIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    svg = re.sub('(?<=data:image/png;base64,)[^"]*', lambda found: with_a_palette(found[0]), content.getvalue())
    svg = svg.replace("*{", "#smooth{image-rendering: auto !important} *{", 1)
    svg = re.sub('<g id="[^"]*"', "<g", svg)  # names that only count
    return re.sub(r"(\.\d{3})\d+", r"\1", svg)  # a thousandth of a point is enough


def with_a_palette(png):
    """A .png as a smaller one, both in base64, with the same colours where these are at most 256."""
    import PIL.Image

    content = io.BytesIO()
    with PIL.Image.open(io.BytesIO(base64.b64decode(png))) as image:
        image.convert("RGB").quantize(256, dither=0).save(content, format="png", optimize=True)
    return base64.b64encode(content.getvalue()).decode()


def frames(losses, most=44):
    """The epochs to show in a moving picture, dense where the loss changes and at the start."""
    loss = np.log(np.maximum(losses, max(1e-6 * losses[0], 1e-300)))  # below that there is nothing to be seen
    changed = np.cumsum(np.abs(np.diff(loss, prepend=loss[0])))
    along = changed / max(changed[-1], 1e-12) + 0.5 * np.log1p(np.arange(len(loss))) / np.log1p(len(loss))
    return np.unique(np.searchsorted(along, np.linspace(0, along[-1], most)))


def live(options, draw):
    """For --live, a function that is called in every epoch with the parameters and the curves, else None.

    It draws in a window at about sixty epochs of the training, most of them at its beginning.
    """
    if not options.live:
        return None
    planned = getattr(options, options.unit)
    with style(), terminal.signals_wait():
        figure = window(options)
        from matplotlib import pyplot
    if not figure.canvas.required_interactive_framework:
        pyplot.close(figure)
        raise Refused("--live needs a screen; --figure FILE.gif writes the same into a file")
    shown = set(np.geomspace(1, planned, 60).astype(int))

    def show_epoch(parameters, curves):
        epoch = len(curves["training"])
        if epoch in shown:
            figure.clear()
            rest = planned - epoch  # as if these had been: axes stay as they are, and a picture knows it moves
            padded = {name: [*values, *values[-1:] * rest] for name, values in curves.items()}
            with style():
                draw(figure, parameters, padded, epoch)
            pyplot.show(block=False)
            pyplot.pause(1 / FRAMES_PER_SECOND)

    return show_epoch
