"""The playground in a real window and in a browser: real mouse and keys, and how it ends. All of it takes long."""

import asyncio
import contextlib
import ctypes.util
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from helpers import FOLDER, STRICT, environment
from test_playground import Hand, middle_of

import playground
from network1 import Network

SCREEN = all(map(shutil.which, ("Xvfb", "xdotool"))) and importlib.util.find_spec("tkinter")
on_a_screen = pytest.mark.skipif(not SCREEN, reason="needs Xvfb, xdotool and tkinter")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")]
SMALL = ("--samples", "40", "--hidden-nodes", "3")

# Runs the playground as its last line does; Python handles Ctrl-C only where whoever started it did.
PROGRAM = """
import signal, sys
from backstage import command_line
signal.signal(signal.SIGINT, signal.default_int_handler)
import playground
command_line.run(lambda: playground.main(sys.argv[1:]))
"""


@contextlib.contextmanager
def started(folder, *arguments, **more):
    """A playground in a process of its own, which is ended with the block."""
    process = subprocess.Popen(
        [sys.executable, *STRICT, "-c", PROGRAM, *map(str, arguments)],
        cwd=folder,
        env=environment(PYTHONPATH=str(FOLDER), PYTHONUNBUFFERED="1", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process, seconds=1.0):
    """Status and what was printed of a process, which has to end soon."""
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def screen():
    """The name of a screen that nobody sees."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(writing), "-screen", "0", "1500x900x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as file:
            yield f":{file.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


class ScreenHand:
    """Mouse and keys in the window of a playground; where things are says another one, without a screen."""

    def __init__(self, screen, *arguments):
        self.screen, self.there = screen, Hand(*arguments)
        end = time.monotonic() + 30
        while not (found := self.tool("search", "--onlyvisible", "--name", "playground")):
            assert time.monotonic() < end, "there is no window"
            time.sleep(0.05)
        self.window = found.split()[0]
        self.tool("mousemove", "--window", self.window, 5, 5)
        time.sleep(1.0)  # until it is drawn

    def tool(self, *words):
        done = subprocess.run(
            ["xdotool", *map(str, words)], env=environment(DISPLAY=self.screen), capture_output=True, encoding="utf-8"
        )
        return done.stdout

    def move(self, place):
        """Move the mouse to where a place of the figure without a screen is here."""
        geometry = self.tool("getwindowgeometry", "--shell", self.window)
        wide, high = (int(re.search(rf"{name}=(\d+)", geometry)[1]) for name in ("WIDTH", "HEIGHT"))
        x, y = place / self.there.figure.bbox.size
        self.tool("mousemove", "--window", self.window, round(x * wide), round((1 - y) * high))
        time.sleep(0.2)

    def click(self, place, button=1):
        self.move(place)
        self.tool("click", button)
        time.sleep(0.3)

    def key(self, key, seconds=0.3):
        self.tool("key", key)
        time.sleep(seconds)

    def ask_to_close(self):
        """Ask the window to close, as the cross in its corner does."""

        class Message(ctypes.Structure):
            _fields_ = [
                ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("sent", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 16),
            ]  # fmt: skip

        x = ctypes.CDLL(ctypes.util.find_library("X11"))
        x.XOpenDisplay.restype, x.XInternAtom.restype = ctypes.c_void_p, ctypes.c_ulong
        display = ctypes.c_void_p(x.XOpenDisplay(self.screen.encode()))
        protocols, delete = (x.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
        window = ctypes.c_ulong(int(self.window))
        message = Message(33, 0, 1, display, window, protocols, 32, (delete, 0))
        x.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(message))
        x.XCloseDisplay(display)


@on_a_screen
def test_a_window(screen, tmp_path):
    """What mouse and keys did is in the files saved, and in what is printed at the end."""
    with started(tmp_path, *SMALL, DISPLAY=screen) as process:
        hand = ScreenHand(screen, *SMALL)
        there = hand.there
        label = next(text for text in there.figure.texts if text.get_text() == "learning rate")
        signs = [middle_of(text) for text, _ in there.window.buttons if text.get_text() == "+"]
        hand.click(min(signs, key=lambda place: abs(place[1] - middle_of(label)[1])))
        hand.click(there.in_plane(0.95, -0.9), button=3)
        hand.key("space", 3)
        hand.key("space")
        hand.key("s")
        before = Network.load(tmp_path / "playground.npz")
        hand.move(there.on_node(1, 1))
        hand.tool("click", 4)  # the wheel, away from the hand
        time.sleep(0.3)
        hand.key("s")
        after = Network.load(tmp_path / "playground.npz")
        hand.ask_to_close()
        status, out, err = ended(process)
    assert (status, err) == (0, "")
    about, state, _, command = out.splitlines()
    assert about.startswith("21 points to train on, 20 for the test; network 2-3-2:")
    assert int(re.match(r"epoch (\d+) ", state)[1]) > 50
    assert command.endswith("     (save the points that you painted)")
    assert command.split()[1:8] == ["playground.py", *SMALL, "--learning-rate", "1"]
    expected = [parameter.copy() for parameter in before.parameters]
    expected[1][1] += 0.1
    assert all(np.allclose(p, q, atol=1e-12) for p, q in zip(after.parameters, expected, strict=True))
    table = (tmp_path / "playground.csv").read_text().splitlines()
    x1, x2, label = map(float, table[-1].split(","))
    assert len(table) == 42
    assert (x1, x2, label) == (pytest.approx(0.95, abs=0.01), pytest.approx(-0.9, abs=0.01), 0)
    play = playground.Playground(playground.read_options(["--data", str(tmp_path / "playground.csv")]))
    assert float(re.search(r"loss: (\S+) in", state)[1]) < play.history[0][1]


@on_a_screen
@pytest.mark.parametrize("playing", [False, True], ids=["paused", "playing"])
@pytest.mark.parametrize("way", ["Ctrl-C", "closed"])
def test_how_it_ends(way, playing, screen, tmp_path):
    with started(tmp_path, *SMALL, DISPLAY=screen) as process:
        hand = ScreenHand(screen, *SMALL)
        if playing:
            hand.key("space", 0.5)
        process.send_signal(signal.SIGINT) if way == "Ctrl-C" else hand.ask_to_close()
        status, out, err = ended(process)
    assert (status, err) == (130 if way == "Ctrl-C" else 0, "")
    assert len(out.splitlines()) == 4
    assert ("epoch 0 " in out) == (not playing)
    assert out.endswith("python playground.py --samples 40 --hidden-nodes 3\n")
    assert list(tmp_path.iterdir()) == []


def listening(port):
    """The addresses at which somebody listens on a port."""
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in pathlib.Path(f"/proc/net/{name}").read_text().splitlines()
    ]
    return [line[1].partition(":")[0] for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "0A"]


@pytest.mark.skipif(not importlib.util.find_spec("tornado"), reason="needs tornado")
def test_in_a_browser(tmp_path):
    """It answers to this machine only; a key and a click that come in act; Ctrl-C ends it as ever."""
    from tornado.websocket import websocket_connect

    async def drive(port, there):
        """Do what a browser does; returns how many pictures came."""
        pictures, connection = 0, await websocket_connect(f"ws://127.0.0.1:{port}/1/ws")
        x, y = there
        mouse = {"x": x, "y": y, "step": 0, "buttons": 1, "button": 0, "modifiers": [], "guiEvent": {}}
        sent = [{"type": "supports_binary", "value": True}, {"type": "refresh"}, {"type": "draw"}]
        sent += [{"type": "button_press"} | mouse, {"type": "button_release"} | mouse]
        sent += [{"type": "key_press", "key": "k ", "guiEvent": {}}]
        for message in sent:
            await connection.write_message(json.dumps(message | {"figure_id": "1"}))
            await asyncio.sleep(0.3)
        end = time.monotonic() + 2
        while time.monotonic() < end:
            with contextlib.suppress(asyncio.TimeoutError):
                message = await asyncio.wait_for(connection.read_message(), 0.5)
                pictures += isinstance(message, bytes) and message.startswith(b"\x89PNG")
        connection.close()
        return pictures

    hand = Hand(*SMALL)
    label = next(text for text in hand.figure.texts if text.get_text() == "learning rate")
    signs = [middle_of(text) for text, _ in hand.window.buttons if text.get_text() == "+"]
    x, y = min(signs, key=lambda place: abs(place[1] - middle_of(label)[1]))
    port = next(port for port in range(8988, 9000) if not listening(port))
    with started(tmp_path, *SMALL, "--browser", BROWSER="false") as process:
        assert process.stdout.readline() == f"To view figure, visit http://127.0.0.1:{port}\n"
        time.sleep(1)
        assert listening(port) == ["0100007F"]
        pictures = asyncio.run(drive(port, (x, hand.figure.bbox.height - y)))
        process.send_signal(signal.SIGINT)
        status, out, err = ended(process, 2.0)
    assert status in (0, 130)
    assert err == ""
    assert pictures > 5
    assert "--learning-rate 1\n" in out
    assert int(re.search(r"epoch (\d+) ", out)[1]) > 20
    assert len(out.splitlines()[-4:]) == 4
