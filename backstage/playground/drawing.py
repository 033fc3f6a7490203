"""What makes the playground's pictures fast: maps and words that are put straight into the pixels of the window.

matplotlib looks at every map and every letter anew for each picture, which takes nearly all of the time.
"""

import contextlib
import functools
import gc
import math
import re

from backstage import network_drawing, picture, terminal
from backstage.picture import GREY

import numpy as np

FRAME = [int(GREY[i : i + 2], 16) for i in (1, 3, 5)]  # the colour of a map's edge


@functools.cache
def between(points, pixels):
    """How much of each of the points in a row is in each of the pixels over them: (pixels, points)."""
    place = np.linspace(0, points - 1, pixels)[:, np.newaxis]
    return np.maximum(0, 1 - np.abs(place - np.arange(points))).astype(np.float32)


def pixels_of(image, renderer, magnification=1.0, unsampled=False):
    """What matplotlib asks an image for: its pixels (high, wide, 4), where they are, and how they are moved: not."""
    from matplotlib.transforms import IdentityTransform

    left, right, bottom, top = image.get_extent()
    low, high = image.axes.transData.transform([(left, bottom), (right, top)]).round().astype(int)
    wide, tall = np.maximum(high - low, 1).tolist()
    data = np.moveaxis(np.atleast_3d(np.ma.getdata(image.get_array()).astype(np.float32)), 2, 0)  # (1 or 3, …, …)
    fine = between(data.shape[1], tall) @ data @ between(data.shape[2], wide).T
    if len(data) == 1:
        (least, most), colours = image.get_clim(), image.get_cmap()
        colours = colours(np.arange(colours.N), bytes=True)
        share = np.clip((fine[0] - least) / (most - least), 0, 1 - 1e-6)
        result = colours.take((share * len(colours)).astype(np.intp), axis=0)
    else:
        result = np.full((tall, wide, 4), 255, np.uint8)
        result[..., :3] = np.moveaxis(255 * fine + 0.5, 0, 2)
    edge = max(1, round(0.8 * renderer.dpi / 72))
    for side in (result, np.swapaxes(result, 0, 1)):
        side[:edge, :, :3] = side[-edge:, :, :3] = FRAME
    return result, *low, IdentityTransform()


class Maps(network_drawing.Maps):
    """The maps of a network, drawn fast."""

    def image(self, x, y, side):
        image = network_drawing.empty_image(self.axes, x, y, side)
        image.make_image = functools.partial(pixels_of, image)
        return image


@functools.lru_cache(3000)
def written(word, font, dots_per_inch, colour):
    """The pixels (high, wide, 4) of a word, with a margin at the left, a half of them above the line; its width."""
    from matplotlib.backends.backend_agg import RendererAgg

    size = math.ceil(font.get_size_in_points() * dots_per_inch / 72)
    paper = RendererAgg(size * (len(word) + 2), 4 * size, dots_per_inch)  # no letter is wider than high
    pen = paper.new_gc()
    pen.set_foreground(colour)
    paper.draw_text(pen, size, 2 * size, word, font, 0)
    pixels, (width, _, _) = np.array(paper.buffer_rgba()), paper.get_text_width_height_descent(word, font, False)
    return pixels[::-1, : size + math.ceil(width) + 2], width


def write(renderer, pen, x, y, words, font, angle, ismath=False, mtext=None):
    """Write words as renderer.draw_text does, but those that were there before from memory."""
    if ismath or angle:
        return type(renderer).draw_text(renderer, pen, x, y, words, font, angle, ismath, mtext)
    for piece in re.findall(r"[\d.]|[^\d. ]+ ?| ", words):  # words, and numbers digit by digit, as they change
        pixels, width = written(piece, font.copy(), renderer.dpi, tuple(pen.get_rgb()))
        size = len(pixels) // 4
        renderer.draw_image(pen, round(x) - size, round(renderer.height - y) - 2 * size, pixels)
        x += width


def hurry(canvas):
    """Let what draws on a canvas from now on write from memory, where it draws pixels itself."""
    if hasattr(canvas, "get_renderer"):
        renderer = canvas.get_renderer()
        renderer.draw_text = functools.partial(write, renderer)


@contextlib.contextmanager
def quick_start():
    """Within, matplotlib is loaded in half of the time: without the texts that it writes for its own documentation."""
    gc.disable()
    with terminal.signals_wait():
        picture.load()
        from matplotlib import artist
    write_documentation, artist.kwdoc = artist.kwdoc, lambda kind: ""
    try:
        yield
    finally:
        artist.kwdoc = write_documentation
        gc.freeze()  # what is there now stays: to look through all of it again and again takes a while
        gc.enable()
