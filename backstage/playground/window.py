"""The window of playground.py: what one sees in it, and what mouse and keys do."""

import functools
import gc
import os
import textwrap
import time

from backstage import Refused, network_drawing, picture, training
from backstage.picture import GREY, SIGNS, WRONG, key

import numpy as np

WIDE, HIGH = 12.4, 6.8  # inches, in which places are measured here
NETWORK = (2.6, 1.0, 9.7, 5.15)  # left, bottom, width and height of the part that shows it
TRAINING, SLOW = 0.015, 1.5  # seconds of training for each picture, and of each stage of a slow step
PANEL = {  # under each heading the settings with a minus and a plus
    "points": ("noise", "test_share"),
    "inputs": (),
    "training": ("learning_rate", "momentum", "weight_decay", "batch_size"),
    "network": ("activation", "loss", "layers", "seed"),
}
POINTS = ("points", {"training": (GREY, "o"), "test": (GREY, "s")} | WRONG)
HELLO = "Press space to play. Point at a weight, a node or a point to look inside."
NO_POINTS = "There are no points to train on: click on the map."
HELP = """\
keys     space: play, pause     right: one epoch     left: one step slowly     up, down: learning rate     \
r: start again     n: another seed     s: save
mouse     click or drag on the answer: add points, left of one class, right of the next (1 to 8: choose it)     \
x: remove a point     wheel: change a weight or a bias"""


class Window:
    """A playground.Playground in a figure: its methods show it, and answer mouse and keys.

    What always stands there is drawn once; the scene over it when the network or a setting changes; and only what
    moves for every picture. still: draw it all together, for a file.
    """

    def __init__(self, playground, figure, ctrl_c=None, still=False):
        self.playground, self.figure, self.ctrl_c = playground, figure, ctrl_c or training.CtrlC()
        self.still, self.playing, self.stage, self.due, self.message = still, still, None, 0.0, "" if still else HELLO
        self.pointed, self.sample, self.brush, self.painting = (), 0, 1, False
        self.scene, self.shown, self.timer, self.empty, self.background = [], None, None, None, None
        answers = {
            "draw": self.drawn, "button_press": self.press, "button_release": self.release, "key_press": self.key,
            "motion_notify": self.motion, "scroll": self.scroll, "close": self.closed,
        }  # fmt: skip
        for event, answer in answers.items() if not still else ():
            figure.canvas.mpl_connect(f"{event}_event", answer)
        restart, save = (functools.partial(self.change, act) for act in (playground.restart, playground.save))
        self.keys = {
            " ": ("play", self.play), "right": ("one epoch", self.one_epoch), "left": ("one step slowly", self.slowly),
            "r": ("start again", restart), "n": ("another seed", self.turning("seed", 1)), "s": ("save", save),
            "up": ("", self.turning("learning_rate", 1)), "down": ("", self.turning("learning_rate", -1)),
            "x": ("", self.remove), "delete": ("", self.remove), "backspace": ("", self.remove),
        }  # fmt: skip
        self.canvas = figure.canvas
        figure.set_size_inches(WIDE, HIGH)
        self.furnish()
        self.lay_out()
        if not still:
            figure.canvas.draw_idle()

    def turning(self, *setting):
        return functools.partial(self.change, self.playground.turn, *setting)

    def text(self, x, y, words, size=9.5, **how):
        return self.figure.text(x / WIDE, y / HIGH, words, fontsize=size, **{"va": "center", **how})

    def button(self, x, y, words, action, colour="#EEEEEE", **how):
        """A text that does action() where it is clicked."""
        patch = {"boxstyle": "round,pad=0.3", "facecolor": colour, "edgecolor": "none"}
        self.buttons.append((self.text(x, y, words, bbox=patch, **how), action))

    def stepper(self, x, y, room, name, *layer):
        """A minus and a plus, which turn a setting."""
        for sign, way in (("−", -1), ("+", 1)):
            self.button(x + way * room, y, sign, self.turning(name, way, *layer), ha="center")

    def furnish(self):
        """Draw what always stands there: buttons above, settings at the left, help below."""
        playground, x, y = self.playground, 0.2, 6.15
        self.buttons, self.places, self.values = [], {}, {}
        for words, action in filter(all, self.keys.values()):
            self.button(x, 6.57, words, action)
            x += self.buttons[-1][0].get_window_extent().width / self.figure.dpi + 0.25
        lists = {"points": (2, playground.sources, playground.choose)}
        lists["inputs"] = (4, playground.choice_of_inputs, playground.toggle)
        for heading, settings in PANEL.items():
            self.text(0.15, y, heading, 10, weight="bold", color=GREY)
            columns, names, action = lists.get(heading, (1, (), None))
            for i, name in enumerate(names):
                y -= 0.27 * (i % columns == 0)
                self.places[name] = 0.2 + 2.2 / columns * (i % columns), y, os.path.basename(name)
                self.button(*self.places[name], functools.partial(self.change, action, name))
            for name in settings:
                y -= 0.27
                self.text(0.15, y, name.replace("_", " "))
                self.stepper(1.85, y, 0.55, name)
                self.values[name] = 1.85, y
            y -= 0.31
        self.text(0.15, 0.31, HELP, 8.5, color=GREY)
        key(self.figure, ("weights, nodes", SIGNS), size=8, left=9.75, bottom=0.25)
        key(self.figure, POINTS, size=8, left=9.75, bottom=0.05)
        self.standing = [*self.figure.texts], [*self.buttons]

    def lay_out(self):
        """Draw the scene after a change, and what moves; the network itself only if it or the points are others."""
        playground, options = self.playground, self.playground.options
        for text in self.scene[1:]:
            text.remove()
        self.buttons, self.pointed = [*self.standing[1]], ()
        shown = playground.network, len(playground.points)
        if shown != self.shown:
            self.shown = shown
            self.new_maps()
        on = [self.places[name] for name in (options.data, *options.inputs)] + [(0.2, 6.57, "pause")] * self.playing
        for x, y, words in on:
            self.button(x, y, words, None, GREY, color="white")
        for name, (x, y) in self.values.items():
            words = textwrap.fill(playground.shown(name), 13)
            self.text(x, y, words, 8 if "\n" in words else 9, ha="center")
        for layer, nodes in enumerate(options.hidden_nodes):
            x = NETWORK[0] + self.maps.nodes[layer + 1][0][0] + self.maps.nodes[layer + 1][0][2] / 2
            self.stepper(x, 6.25, 0.42, "nodes", layer)
            self.text(x, 6.25, f"{nodes} node{'s' * (nodes > 1)}", ha="center")
        command = self.text(0.15, 0.08, playground.command(), 8.5, family="monospace").get_text()
        self.buttons = [button for button in self.buttons if button[1]]
        self.scene = [self.maps.axes, *(text for text in self.figure.texts if text not in self.standing[0])]
        for artist in self.scene:
            artist.set_animated(not self.still)
        self.update()
        if self.figure.canvas.manager:
            self.figure.canvas.manager.set_window_title(command)
        if self.empty:
            self.compose()
            self.figure.canvas.blit(self.figure.bbox)

    def new_maps(self):
        """Draw a network for the first time, with the points on its answer."""
        playground, (left, bottom, *size) = self.playground, NETWORK
        if self.scene:
            self.maps.axes.remove()
        self.notes = []
        low = -max(1.2, 1.05 * np.abs(playground.points).max(initial=0))
        place, shape = np.divide([left, bottom, *size], [WIDE, HIGH] * 2), playground.network.shape
        white = network_drawing.middles(playground.network.forward, shape, (low, -low))
        names, ends = [name[:12] for name in playground.input_names()], (low, -low)
        self.maps = network_drawing.Maps(self.figure, place, shape, names, ends, white, points=40, lift=0.83, size=size)
        self.beside_the_network()
        self.mark()

    def beside_the_network(self):
        """Draw what is said about it, the names of the classes, the targets if they are numbers, and the losses."""
        playground, axes, (left, _, wide) = self.playground, self.maps.axes, self.maps.answer
        low, high = self.maps.ends
        for x, end in ((left, low), (left + wide, high)):  # how far the plane reaches
            words = f"{playground.middle[0] + playground.scale[0] * end:.3g}"
            self.maps.text(x, self.maps.answer[1] - 0.03, words, ha="center", va="top", fontsize=8, color=GREY)
        if playground.numbers and len(playground.points):
            targets = playground.targets_on(self.maps.grid).reshape(self.maps.points, -1)
            self.maps.image(left, 0.06, 1.1).set(data=targets, clim=(-1, 1))
            self.maps.text(left + 0.55, 1.2, "the targets", ha="center", fontsize=9)
            left, wide = left + 1.35, wide - 1.35
        elif not playground.numbers:
            for (x, y, side), name in zip(self.maps.nodes[-1], playground.classes, strict=True):
                self.maps.text(x + side / 2, y - 0.06, name[:12], ha="center", va="top", fontsize=8, color=GREY)
        self.scale = self.maps.text(left + wide / 2, 1.2, "", ha="center", fontsize=9)
        axes.plot([left, left, left + wide], [1.06, 0.06, 0.06], color=GREY, linewidth=0.8)
        self.room = left, 0.06, wide, 1.0
        self.losses = [axes.plot([], [], style, color=colour)[0] for style, colour in (("-", "black"), ("--", GREY))]
        self.ring = axes.scatter([], [], s=200, facecolors="none", edgecolors="black", linewidths=2, zorder=6)
        self.state = self.maps.text(9.67, 5.75, "", ha="right", va="top", fontsize=10)
        self.info = self.maps.text(0, -0.04, "", va="top", fontsize=9.5, family="monospace")

    def mark(self):
        """Put the points on the map, and list all that moves, in the order in which it is drawn."""
        playground = self.playground
        while self.maps.samples:
            self.maps.samples.pop()[0].remove()
        for chosen, marker in ((~playground.test, "o"), (playground.test, "s")):
            self.maps.mark(playground.points[chosen], playground.targets[chosen], marker)
        samples, nodes = [points for points, _ in self.maps.samples], sum(self.maps.images, [self.maps.large])
        self.moving = [*self.maps.lines, *nodes, *samples, self.ring, *self.losses, self.scale, self.state, self.info]
        for artist in self.moving:
            artist.set_animated(not self.still)

    def update(self):
        """Give all that moves its present look."""
        playground, (left, bottom, wide, high) = self.playground, self.room
        outputs = [playground.network.forward(X)[-1] for X, _ in playground.parts]
        self.maps.update(playground.network.parameters, playground.answers(self.maps.grid), outputs)
        epochs, *losses = np.transpose(playground.history)
        most = np.nan_to_num(losses).max() or 1.0
        for line, values in zip(self.losses, losses, strict=True):
            line.set_data(left + wide * epochs / max(20, epochs[-1]), bottom + high * values / most)
        self.scale.set_text(f"loss, 0 to {most:.2g}; test dashed")
        self.state.set_text(playground.state())
        self.look()

    def look(self):
        """Say what is pointed at, and note the values of a point at every node, as far as a slow step has come."""
        playground, last = self.playground, 2 * len(self.maps.lines) + 1
        while self.notes:
            self.notes.pop().remove()
        kind, *where = self.pointed or ("nothing",)
        slow = self.stage is not None
        i, stage = (self.sample, self.stage) if slow else (where[0], last) if kind == "point" else (0, -1)
        if stage >= 0:
            words = playground.tell(i, self.stage)
            values, derivatives, _ = self.traced if slow else playground.trace(i)
            for layer in range(min(stage + 1, len(values))):
                for j, value in enumerate(values[layer]):
                    back = f"\ndz {derivatives[layer - 1][j]:+.2g}" if layer and stage > last - layer else ""
                    self.note(layer, j, f"a {value:.2f}{back}")
        else:
            words = playground.look(kind, *where) if where else self.message
        self.ring.set_offsets(self.maps.on(self.maps.answer, playground.points[[i] if stage >= 0 else []]))
        self.info.set_text("\n".join(textwrap.fill(line, 118) for line in words.splitlines()))

    def note(self, layer, j, words):
        """Write words at the right edge of a node, or at the left one of the answer."""
        x, y, side = self.maps.nodes[layer][j]
        right = x + side if (x, y, side) != self.maps.answer else x  # beside the answer the picture ends
        patch = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": GREY, "linewidth": 0.5}
        how = {"ha": "center", "va": "center", "fontsize": 8, "bbox": patch, "animated": True}
        self.notes.append(self.maps.text(right, y + side / 2, words, **how))

    def show(self):
        """Draw what moves over what stands still."""
        self.update()
        if self.background:
            self.figure.canvas.restore_region(self.background)
            self.draw(self.moving + self.notes)
            self.figure.canvas.blit(self.figure.bbox)

    def drawn(self, event):
        """Keep what always stands there, and draw the rest over it; the clock runs from the first time on."""
        if self.still:
            return
        self.empty = self.figure.canvas.copy_from_bbox(self.figure.bbox)
        self.compose()
        if self.timer is None:
            self.timer = self.figure.canvas.new_timer(interval=1)
            self.timer.add_callback(self.tick)
            self.timer.start()

    def compose(self):
        """Draw the scene over what always stands there, keep both, and draw what moves."""
        self.figure.canvas.restore_region(self.empty)
        for image in self.maps.axes.images:  # which axes draw even if they are animated
            image.set_visible(not image.get_animated())
        self.draw(self.scene)
        for image in self.maps.axes.images:
            image.set_visible(True)
        self.background = self.figure.canvas.copy_from_bbox(self.figure.bbox)
        self.draw(self.moving + self.notes)

    def closed(self, event):
        if self.timer:
            self.timer.stop()

    def draw(self, artists):
        for artist in artists:
            self.figure.draw_artist(artist)

    def tick(self):
        """What the clock does: end after Ctrl-C, train a little while it plays, or go on with a slow step."""
        if self.ctrl_c.pressed:
            from matplotlib import pyplot

            pyplot.close(self.figure)
        elif self.figure.canvas is not self.canvas:  # matplotlib took the window away, and has not said so yet
            self.timer.stop()
        elif self.stage is not None:
            if time.monotonic() > self.due and self.stage < self.last_stage():
                self.slowly()
        elif self.playing:
            self.train(self.playground.play, TRAINING)

    def train(self, step, *values):
        """Do a step, and show it. Where it leads to no finite numbers, say so, and pause."""
        try:
            step(*values)
            self.show()
        except training.Diverged as error:
            self.playing = False
            self.change(words=f"{error}; r: start again")

    def change(self, action=None, *values, words=""):
        """Do what a button says, and draw everything anew, with the words that it answers, or with what went wrong."""
        try:
            self.message = (action(*values) if action else None) or words
        except Refused as error:
            self.message = str(error)
        except OSError as error:
            self.message = f"{error.filename}: {error.strerror}"
        self.stage = None
        self.lay_out()

    def play(self):
        alone = self.playground.test.all()  # or there are no points at all
        self.playing = not self.playing and not alone
        self.change(words=NO_POINTS if alone else "")

    def one_epoch(self):
        self.stage = None
        self.train(self.playground.play, 0)

    def last_stage(self):
        return 2 * len(self.maps.lines) + 2

    def slowly(self):
        """Go to the next stage of a step with one point: the values forward, the loss, the derivatives, the step."""
        playground = self.playground
        if playground.test.all():
            return self.change(words=NO_POINTS)
        if self.stage is None:
            if not self.sample < len(playground.test) or playground.test[self.sample]:
                self.sample = int(np.argmin(playground.test))  # the first to train on
            self.playing, self.stage, self.traced = False, -1, playground.trace(self.sample)
            self.lay_out()
        self.stage, self.due = self.stage + 1, time.monotonic() + SLOW
        if self.stage < self.last_stage():
            self.show()
        elif self.stage == self.last_stage():
            self.train(playground.step, self.sample)
        else:
            self.change()

    def inches(self, event):
        """Where an event of the mouse was, on the axes of the maps."""
        return self.maps.axes.transData.inverted().transform((event.x, event.y))

    def plane(self, event):
        """The point of the plane that is under the mouse, or None beside the answer."""
        left, bottom, side = self.maps.answer
        low, high = self.maps.ends
        point = low + (high - low) * (self.inches(event) - (left, bottom)) / side
        return point if np.all((low <= point) & (point <= high)) else None

    def find(self, event):
        """What is under the mouse: ("point", i), ("node", layer, j), ("weight", layer, i, j) or (); layer 0: inputs."""
        x, y = self.inches(event)
        distances = np.hypot(*(self.maps.on(self.maps.answer, self.playground.points) - (x, y)).T)
        if distances.min(initial=1) < 0.08:
            return "point", int(distances.argmin())
        for layer, places in enumerate(self.maps.nodes):
            for j, (left, bottom, side) in enumerate(places):
                if left <= x <= left + side and bottom <= y <= bottom + side:
                    return "node", layer, j
        for layer, lines in enumerate(self.maps.lines):
            hit, found = lines.contains(event)
            if hit:
                return "weight", layer, *divmod(int(found["ind"][0]), len(self.maps.nodes[layer + 1]))
        return ()

    def press(self, event):
        for text, action in self.buttons:
            if text.contains(event)[0]:
                return action()
        self.painting = self.plane(event) is not None
        self.paint(event)

    def release(self, event):
        if self.painting:
            self.painting = False
            self.lay_out()  # the command has changed

    def paint(self, event):
        """Add a point where there is none so near: with the left button of one class, else of the next."""
        point = self.plane(event)
        if point is not None and np.hypot(*(self.playground.points - point).T).min(initial=1) > 0.04:
            self.playground.add(point, self.brush + (event.button != 1))
            self.mark()
            self.show()

    def motion(self, event):
        if self.painting and event.button:
            return self.paint(event)
        self.pointed = self.find(event)
        if self.pointed[:1] == ("point",) and self.stage is None:
            self.sample = self.pointed[1]  # for a slow step
        self.show()

    def scroll(self, event):
        """Change the weight, or the bias of the node, that is pointed at."""
        self.pointed = self.find(event)
        if self.pointed[:1] != ("point",) and self.pointed:
            self.playground.nudge(*self.pointed, change=0.1 * event.step)
        self.show()

    def key(self, event):
        if event.key in self.keys:
            self.keys[event.key][1]()
        elif event.key in [*"12345678"]:
            self.brush = int(event.key) - 1  # the class that the left button paints

    def remove(self):
        if self.pointed[:1] == ("point",):
            self.playground.remove(self.pointed[1])
            self.change()


def empty_window(options):
    """An empty figure in a window, or with options.browser in a browser, without matplotlib's own buttons and keys.

    None where there is neither a window nor a browser. Raises Refused for a browser where tornado is missing.
    """
    import importlib.util

    matplotlib = picture.load()
    if options.browser:
        if not importlib.util.find_spec("tornado"):
            raise Refused("--browser needs tornado: python -m pip install tornado")
        matplotlib.use("webagg")
    toolbar = "toolbar2" if options.browser else "None"  # the page of a browser has one in any case
    matplotlib.rcParams.update({"toolbar": toolbar, "webagg.address": "127.0.0.1"})
    figure = picture.window(options, dpi=100)
    if not figure.canvas.manager or not (options.browser or figure.canvas.required_interactive_framework):
        return None
    figure.canvas.mpl_disconnect(figure.canvas.manager.key_press_handler_id)
    return figure


def show(playground, options):
    """Show a playground until its window is closed; returns the exit status, or None where there is no window."""
    if options.figure or options.no_figure:
        return None
    with picture.style(), training.interruptible() as ctrl_c:
        figure = empty_window(options)
        if not figure:
            print("no screen: --browser shows it in a browser, --figure FILE.gif lets it play into a file")
            return None
        shown = Window(playground, figure, ctrl_c)  # matplotlib does not keep it alive
        gc.freeze()  # what is there now stays: to look through all of it again and again takes a while
        picture.wait()
        return shown.ctrl_c.status


def record(playground, options, pictures):
    """Let a playground play into a file, which shows all of the pictures if it moves, else the last."""
    states = [(1,)] * pictures if picture.moves(options) else [(pictures,)]
    picture.show(options, functools.partial(played, playground), states=states)


def played(playground, figure, times):
    """Draw a playground on an empty figure after it played a few times."""
    figure.set_dpi(80)  # of a picture that moves, which would be a large file; a still has its own
    for _ in range(times):
        playground.play(np.inf)
    Window(playground, figure, still=True)
