"""The window of playground.py: what one sees in it, and what mouse and keys do."""

import functools
import os
import textwrap
import time

from backstage import Refused, network_drawing, picture, training
from backstage.picture import BLUE, GREY, INK, ORANGE
from backstage.playground import drawing

import numpy as np

WIDE, HIGH = 12.4, 6.8  # inches, in which places are measured here; on a screen they grow and shrink with the window
NETWORK = (2.6, 1.0, 9.7, 5.15)  # left, bottom, width and height of the part that shows it
TOP, RIGHT = 6.55, 12.27
TRAINING, SLOW = 0.015, 1.5  # seconds of training for each picture, and of each stage of a slow step
PANEL = {  # under each heading the settings with a minus and a plus
    "points": ("noise", "test_share"),
    "inputs": (),
    "training": ("learning_rate", "momentum", "weight_decay", "batch_size", "speed", "stop"),
    "network": ("activation", "loss", "layers", "seed"),
}
HELLO = "Press space to play. Point at a weight, a node or a point to look inside. h: help"
NO_POINTS = "There are no points to train on: click on the map."
HELP = """\
space: play, pause, leave a slow step   right: one epoch   left: one step slowly, or go on with it   n: another seed
up, down: learning rate   +, -: speed   r: start again   s: save   c: write the network as a program   u: undo
click or drag on the answer: add points, left of the class on the brush (1 to 8: choose it), right of the next
x: remove the point   wheel: change the weight, or the bias of the node"""
PAGE = """
const init = mpl.figure.prototype._init_canvas;
mpl.figure.prototype._init_canvas = function () {
    init.call(this);
    this._resize_canvas = () => {
        Object.assign(this.canvas_div.style, {position: "fixed", inset: 0, border: 0, width: "100vw", height: "100vh"});
        document.body.style.overflow = "hidden";
    };
};
for (const kind of ["keydown", "wheel"]) {  // the page does nothing of its own with what the playground answers
    window.addEventListener(kind, (event) => {
        if (!event.ctrlKey && !event.metaKey && !/^(F\\d+|Tab)$/.test(event.key)) event.preventDefault();
    }, {passive: false});
}
"""


class Window:
    """A playground.Playground in a figure: its methods show it, and answer mouse and keys.

    What always stands there is drawn once; the scene over it when the network or a setting changes; and only what
    moves for every picture. still: draw it all together, for a file.
    """

    def __init__(self, playground, figure, ctrl_c=None, still=False):
        self.playground, self.figure, self.ctrl_c = playground, figure, ctrl_c or training.CtrlC()
        self.still, self.playing, self.message = still, still, "" if still else HELLO
        self.slow, self.stage, self.begun, self.due = False, None, None, 0.0  # of a slow step
        self.pointed, self.sample, self.brush, self.painting = (), 0, 1, False
        self.scene, self.shown, self.marked, self.timer, self.empty, self.background = [], None, None, None, None, None
        answers = {
            "draw": self.drawn, "button_press": self.press, "button_release": self.release, "key_press": self.key,
            "motion_notify": self.motion, "scroll": self.scroll, "close": self.closed, "resize": self.fit,
        }  # fmt: skip
        for event, answer in answers.items() if not still else ():
            figure.canvas.mpl_connect(f"{event}_event", answer)
        acts = playground.restart, playground.save, playground.write_code, playground.undo
        restart, save, code, undo = (functools.partial(self.change, act) for act in acts)
        self.keys = {
            " ": ("play", self.play), "right": ("one epoch", self.one_epoch), "left": ("one step slowly", self.slowly),
            "r": ("start again", restart), "u": ("undo", undo), "s": ("save", save), "c": ("code", code),
            "h": ("help", functools.partial(self.change, words=HELP)), "n": ("", self.turning("seed", 1)),
            "up": ("", self.turning("learning_rate", 1)), "down": ("", self.turning("learning_rate", -1)),
            "+": ("", self.turning("speed", 1)), "-": ("", self.turning("speed", -1)), "ctrl+z": ("", undo),
            "x": ("", self.remove), "delete": ("", self.remove), "backspace": ("", self.remove),
        }  # fmt: skip
        self.canvas = figure.canvas
        figure.set_size_inches(WIDE, HIGH)
        self.fit()
        self.furnish()
        self.lay_out()

    def fit(self, event=None):
        """Let all grow and shrink with the window: its width and height in inches stay, as far as its shape allows."""
        if not self.still:
            pixels = self.figure.bbox.size.round() + 1e-6  # of which matplotlib takes the whole ones
            dots_per_inch = max(1, min(pixels / (WIDE, HIGH)))
            self.figure.set_size_inches(pixels / dots_per_inch, forward=False)
            self.figure._set_dpi(dots_per_inch, forward=False)  # as matplotlib's own windows do; dpi = would resize it
            self.empty = self.background = None

    def turning(self, *setting):
        return functools.partial(self.change, self.playground.turn, *setting)

    def text(self, x, y, words, size=10, **how):
        return self.figure.text(x / WIDE, y / HIGH, words, fontsize=size, **{"va": "center", **how})

    def button(self, x, y, words, action, colour="#EEEEEE", edge="none", **how):
        """A text that does action() where it is clicked."""
        patch = {"boxstyle": "round,pad=0.3", "facecolor": colour, "edgecolor": edge}
        self.buttons.append((self.text(x, y, words, bbox=patch, **how), action))

    def stepper(self, x, y, room, name, *layer):
        """A minus and a plus, which turn a setting."""
        for sign, way in (("−", -1), ("+", 1)):
            self.button(x + way * room, y, sign, self.turning(name, way, *layer), ha="center")

    def furnish(self):
        """Draw what always stands there: buttons above, settings at the left, and what signs mean."""
        playground, x, y = self.playground, 0.2, 6.12
        self.buttons, self.places, self.values = [], {}, {}
        for words, action in filter(all, self.keys.values()):
            self.button(x, TOP, words, action)
            x += self.buttons[-1][0].get_window_extent().width / self.figure.dpi + (0.35 if words == "play" else 0.25)
        lists = {"points": (2, playground.sources, playground.choose)}
        lists["inputs"] = (4, playground.choice_of_inputs, playground.toggle)
        for heading, settings in PANEL.items():
            self.text(0.15, y, heading, 10.5, weight="bold", color=GREY)
            columns, names, action = lists.get(heading, (1, (), None))
            for i, name in enumerate(names):
                y -= 0.265 * (i % columns == 0)
                self.places[name] = 0.2 + 2.2 / columns * (i % columns), y, os.path.basename(name)[:14]
                self.button(*self.places[name], functools.partial(self.change, action, name))
            for name in settings:
                y -= 0.26
                self.text(0.15, y, name.replace("_", " "))
                self.stepper(1.83, y, 0.6, name)
                self.values[name] = 1.83, y
            y -= 0.29
        for y, words, colour in ((6.33, "━ above 0", BLUE), (6.16, "━ below 0", ORANGE)):
            self.text(NETWORK[0] + 0.03, y, words, 9, color=colour)
        self.standing = [*self.figure.texts], [*self.buttons]

    def lay_out(self):
        """Draw the scene after a change, and what moves; the network itself only if it or the points are others."""
        playground, options = self.playground, self.playground.options
        for text in self.scene[1:]:
            text.remove()
        self.buttons, self.pointed = [*self.standing[1]], ()
        network = playground.network
        low = -max(1.2, 1.05 * np.abs(playground.points).max(initial=0))
        shown = low, network.shape, network.activation_names(), [*options.inputs], options.data
        if shown != self.shown:
            self.shown, self.marked = shown, None
            self.new_maps((low, -low))
        if self.marked is not playground.test:
            self.mark()
        on = [self.places[name] for name in (options.data, *options.inputs)] + [(0.2, TOP, "pause")] * self.playing
        for x, y, words in on:
            self.button(x, y, words, None, GREY, color="white")
        for name, (x, y) in self.values.items():
            words = textwrap.fill(playground.shown(name), 13)
            self.text(x, y, words, 8.5 if "\n" in words else 9.5, ha="center")
        for layer, nodes in enumerate(options.hidden_nodes):
            x = NETWORK[0] + self.maps.nodes[layer + 1][0][0] + self.maps.nodes[layer + 1][0][2] / 2
            self.stepper(x, 6.24, 0.42, "nodes", layer)
            self.text(x, 6.24, f"{nodes} node{'s' * (nodes > 1)}", ha="center")
        colours = network_drawing.class_colours(playground.targets.shape[1])
        self.text(RIGHT - 0.23 * len(colours), 6.01, "brush", 9, ha="right", color=GREY)
        for i, colour in enumerate(colours):
            chosen = {"edge": INK} if i == self.brush % len(colours) else {}
            take, x = functools.partial(self.take, i), RIGHT - 0.09 - 0.23 * (len(colours) - 1 - i)
            self.button(x, 6.01, "●", take, "white", color=colour, ha="center", **chosen)
        command = playground.command()
        self.text(0.15, 0.05, textwrap.fill(command, 165), 8.5, family="monospace", va="bottom")
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

    def new_maps(self, ends):
        """Draw a network for the first time. ends: the lowest and the highest value in the plane."""
        playground, (left, bottom, *size) = self.playground, NETWORK
        if self.scene:
            self.maps.axes.remove()
        self.notes = []
        place, shape = np.divide([left, bottom, *size], [WIDE, HIGH] * 2), playground.network.shape
        white = network_drawing.middles(playground.network.forward, shape, ends)
        names = [name[:12] for name in playground.input_names()]
        self.maps = drawing.Maps(self.figure, place, shape, names, ends, white, points=40, lift=0.83, size=size)
        self.maps.axes.pick = lambda event: None  # which would look through all that is drawn in them at every click
        self.beside_the_network()

    def beside_the_network(self):
        """Draw what is said about it, the names of the classes, the targets if they are numbers, and the losses."""
        playground, maps, (left, bottom, wide) = self.playground, self.maps, self.maps.answer
        under = {"y": bottom - 0.04, "va": "top", "color": GREY}
        for x, end, side in zip((left, left + wide), maps.ends, ("left", "right"), strict=True):
            words = f"{playground.middle[0] + playground.scale[0] * end:.3g}"  # how far the plane reaches
            maps.text(x, words=words, ha=side, fontsize=8.5, **under)
        maps.text(left + 0.6, words="● training   ■ test", fontsize=9, **under)
        self.targets = None
        if playground.numbers:
            self.targets = maps.image(left, 0.06, 1.0)
            maps.text(left + 0.5, 1.1, "the targets", ha="center", fontsize=9)
            left, wide = left + 1.25, wide - 1.25
        else:
            maps.text(left + wide - 0.6, words="○ wrong", fontsize=9, ha="right", **under | {"color": "black"})
            for (x, y, side), name in zip(maps.nodes[-1], playground.classes, strict=True):
                maps.text(x + side / 2, y - 0.06, name[:12], ha="center", va="top", fontsize=8.5, color=GREY)
        self.scale = maps.text(left + wide / 2, 1.1, "", ha="center", fontsize=9)
        maps.axes.plot([left, left, left + wide], [1.06, 0.06, 0.06], color=GREY, linewidth=0.8)
        self.room = left, 0.06, wide, 1.0
        self.losses = [maps.axes.plot([], [], style, color=colour)[0] for style, colour in (("-", INK), ("--", GREY))]
        self.ring = maps.axes.scatter([], [], s=200, facecolors="none", edgecolors="black", linewidths=2, zorder=6)
        self.halo = maps.axes.plot([], [], color="black", linewidth=3, solid_capstyle="butt")[0]
        self.state = maps.text(RIGHT - NETWORK[0], 5.73, "", ha="right", va="top", fontsize=10)
        self.info = maps.text(0, -0.01, "", va="top", fontsize=9, family="monospace")

    def mark(self):
        """Put the points on the map, and list all that moves, in the order in which it is drawn."""
        playground, self.marked = self.playground, self.playground.test
        while self.maps.samples:
            self.maps.samples.pop()[0].remove()
        for chosen, marker in ((~playground.test, "o"), (playground.test, "s")):
            self.maps.mark(playground.points[chosen], playground.targets[chosen], marker)
        if self.targets and len(playground.points):
            data = playground.targets_on(self.maps.grid).reshape(self.maps.points, -1)
            self.targets.set(data=data, clim=(-1, 1))
        samples, nodes = [points for points, _ in self.maps.samples], sum(self.maps.images, [self.maps.large])
        words = [self.maps.title, self.scale, self.state, self.info]
        targets = [self.targets] * bool(self.targets)
        self.moving = [self.halo, *self.maps.lines, *nodes, *targets, *samples, self.ring, *self.losses, *words]
        for artist in self.moving:
            artist.set_animated(not self.still)

    def update(self):
        """Give all that moves its present look."""
        playground, (left, bottom, wide, high) = self.playground, self.room
        outputs = [playground.network.forward(X)[-1] for X, _ in playground.parts]
        self.maps.update(playground.network.parameters, playground.answers(self.maps.grid), outputs)
        self.stand_out()
        epochs, *losses = np.transpose(playground.history)
        most = np.nan_to_num(losses).max() or 1.0
        for line, values in zip(self.losses, losses, strict=True):
            line.set_data(left + wide * epochs / max(20, epochs[-1]), bottom + high * values / most)
        self.scale.set_text(f"loss, 0 to {most:.2g}; test dashed")
        self.state.set_text(playground.state())
        self.look()

    def stand_out(self):
        """Draw an edge around the node or the weight that is pointed at, and show large what it gives on."""
        maps, edge, title, (kind, *where) = self.maps, ([], []), "the answer", self.pointed or ("nothing",)
        if kind in ("node", "weight") and not self.slow:
            layer, j, factor = *where[:2], 1.0
            image, (x, y, side) = maps.images[layer][j], maps.nodes[layer][j]
            edge, wide = network_drawing.edge(x - 0.03, y - 0.03, side + 0.06), 3
            name = f"a{layer}[{j}]" if layer else self.playground.input_names()[j]
            if kind == "weight":
                lines, i = maps.lines[layer], j * len(maps.nodes[layer + 1]) + where[2]
                edge, wide = lines.get_paths()[i].vertices.T, lines.get_linewidths()[i] + 4
                factor, name = self.playground.network.weights[layer][j, where[2]] or 1e-9, f"w * {name}"
            self.halo.set_linewidth(wide)
            if image is not maps.large:
                title, ends = name, sorted(factor * np.array(image.get_clim()))
                maps.large.set(data=factor * image.get_array(), clim=ends, cmap=image.get_cmap())
        self.halo.set_data(*edge)
        maps.title.set_text(title)

    def look(self):
        """Say what is pointed at, and note the values of a point at every node, as far as a slow step has come."""
        playground, last = self.playground, 2 * len(self.maps.lines) + 1
        while self.notes:
            self.notes.pop().remove()
        kind, *where = self.pointed or ("nothing",)
        slow = self.slow
        i, stage = (self.sample, self.stage) if slow else (where[0], last) if kind == "point" else (0, -1)
        if stage >= 0:
            words = playground.tell(i, stage if slow else None)
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
        drawing.hurry(self.figure.canvas)  # not before: to learn words by heart takes longer than to write them once
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
        elif self.slow:
            if time.monotonic() > self.due and self.stage < self.last_stage():
                self.slowly()
        elif self.playing:
            self.train(self.playground.play, TRAINING)
            if self.playing and self.playground.reason_to_stop():
                self.play()

    def train(self, step, *values):
        """Do a step, and show it. Where it leads to no finite numbers, say so, and pause."""
        try:
            step(*values)
            self.stage = self.stage if self.slow else None
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
        self.slow = False
        self.lay_out()

    def play(self):
        """Play, or pause; or leave a slow step."""
        if self.slow:
            return self.change(words="left: go on with the slow step from here, unless a weight has changed")
        alone = self.playground.test.all()  # or there are no points at all
        self.playing = not self.playing and not alone
        self.change(words=NO_POINTS if alone else "")

    def one_epoch(self):
        self.slow = False
        self.train(self.playground.play, 0)

    def last_stage(self):
        return 2 * len(self.maps.lines) + 2

    def slowly(self):
        """Go to the next stage of a step with one point: the values forward, the loss, the derivatives, the step.

        Where a slow step was left, it goes on at the stage where it was, unless a weight or the point is another one.
        """
        playground = self.playground
        if playground.test.all():
            return self.change(words=NO_POINTS)
        if self.slow:
            self.stage += 1
        else:
            if self.pointed[:1] == ("point",):
                self.sample = self.pointed[1]
            if not self.sample < len(playground.test) or playground.test[self.sample]:
                self.sample = int(np.argmin(playground.test))  # the first to train on
            about = [array.tobytes() for array in (*playground.sample(self.sample), *playground.network.parameters)]
            if self.stage is None or about != self.begun:
                self.stage, self.begun, self.traced = 0, about, playground.trace(self.sample)
            self.playing, self.slow = False, True
            self.lay_out()
        self.due = time.monotonic() + SLOW
        if self.stage < self.last_stage():
            self.show()
        elif self.stage == self.last_stage():
            self.train(playground.step, self.sample)
        else:
            self.stage = None
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
        high = event.y / self.figure.bbox.height
        for text, action in self.buttons:
            if abs(text.get_position()[1] - high) < 0.05 and text.contains(event)[0]:
                return action()
        self.painting = self.plane(event) is not None
        if self.painting:
            self.playground.remember()
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
        elif event.key in [*"12345678"[: max(2, self.playground.targets.shape[1])]]:
            self.take(int(event.key) - 1)

    def take(self, label):
        """Let the left button paint a class from now on."""
        self.brush = label
        self.lay_out()

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
        fill_the_page()
    toolbar = "toolbar2" if options.browser else "None"  # the page of a browser has one in any case
    matplotlib.rcParams.update({"toolbar": toolbar, "webagg.address": "127.0.0.1"})
    figure = picture.window(options, dpi=100)
    if not figure.canvas.manager or not (options.browser or figure.canvas.required_interactive_framework):
        return None
    figure.canvas.mpl_disconnect(figure.canvas.manager.key_press_handler_id)
    return figure


def fill_the_page():
    """Let the page of a browser hold nothing but the figure, as large as the page, with its keys and its wheel."""
    from matplotlib.backends.backend_webagg_core import FigureManagerWebAgg

    script = FigureManagerWebAgg.get_javascript() + PAGE
    FigureManagerWebAgg.get_javascript = lambda: script


def show(playground, options):
    """Show a playground until its window is closed; returns the exit status, or None where there is no window."""
    if options.figure or options.no_figure:
        return None
    with training.interruptible() as ctrl_c:
        with drawing.quick_start(), picture.style():
            figure = empty_window(options)
            shown = Window(playground, figure, ctrl_c) if figure else None  # matplotlib does not keep it alive
        if not shown:
            print("no screen: --browser shows it in a browser, --figure FILE.gif lets it play into a file")
            return None
        with picture.style():
            picture.wait()
        return shown.ctrl_c.status


def record(playground, options, pictures):
    """Let a playground play into a file, which shows all of the pictures if it moves, else the last."""
    states = [(1,)] * pictures if picture.moves(options) else [(pictures,)]
    picture.show(options, functools.partial(played, playground), states=states)


def played(playground, figure, times):
    """Draw a playground on an empty figure after it played a few times."""
    figure.set_dpi(80)  # of a picture that moves, which would be a large file; a still has its own
    playground.play_alone(times)
    Window(playground, figure, still=True)
