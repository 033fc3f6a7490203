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
import urllib.request

import numpy as np
import pytest
from helpers import BROWSER, FOLDER, PRESSING, STRICT, environment
from test_playground import SMALL, Hand

from network1 import Network

SCREEN = all(map(shutil.which, ("Xvfb", "xdotool"))) and importlib.util.find_spec("tkinter")
on_a_screen = pytest.mark.skipif(not SCREEN, reason="needs Xvfb, xdotool and tkinter")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")]


@contextlib.contextmanager
def started(folder, *arguments, **more):
    """A playground in a process of its own, which is ended with the block."""
    command = [sys.executable, *STRICT, "-c", PRESSING, "never", "0", "playground", *SMALL, *arguments]
    how = {"env": environment(PYTHONPATH=str(FOLDER), PYTHONUNBUFFERED="1", **more), "start_new_session": True}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen(command, cwd=folder, **how, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def screen():
    """The name of a screen that nobody sees."""
    command = ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "1500x900x24"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as server:
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


class ScreenHand:
    """Mouse and keys in the window of a playground; where things are says another one, without a screen."""

    def __init__(self, screen):
        self.screen, self.there = screen, Hand(*SMALL)
        end = time.monotonic() + 30
        while not (found := self.tool("search", "--onlyvisible", "--name", "playground")):
            assert time.monotonic() < end, "there is no window"
        self.window = found.split()[0]
        self.tool("mousemove", "--window", self.window, 5, 5)
        time.sleep(1.0)  # until it is drawn

    def tool(self, *words, seconds=0.1):
        display = environment(DISPLAY=self.screen)
        done = subprocess.run(["xdotool", *map(str, words)], env=display, capture_output=True, encoding="utf-8")
        time.sleep(seconds)
        return done.stdout

    def click(self, place, button=1):
        """Click at a place of the figure without a screen."""
        geometry = self.tool("getwindowgeometry", "--shell", self.window)
        size = [int(re.search(rf"{name}=(\d+)", geometry)[1]) for name in ("WIDTH", "HEIGHT")]
        x, y = place / self.there.figure.bbox.size
        place = np.round(np.multiply((x, 1 - y), size)).astype(int)
        self.tool("mousemove", "--window", self.window, *place, seconds=0.2)
        self.tool("click", button, seconds=0.3)

    def close(self):
        """Ask the window to close, as the cross in its corner does."""
        x, window = ctypes.CDLL(ctypes.util.find_library("X11")), ctypes.c_ulong(int(self.window))
        x.XOpenDisplay.restype, x.XInternAtom.restype = ctypes.c_void_p, ctypes.c_ulong
        display = ctypes.c_void_p(x.XOpenDisplay(self.screen.encode()))
        protocols, delete = (x.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
        event = (ctypes.c_long * 24)(
            33, 0, 1, display.value, window.value, protocols, 32, delete
        )  # XClientMessageEvent
        x.XSendEvent(display, window, 0, ctypes.c_long(0), event)
        x.XCloseDisplay(display)


@on_a_screen
def test_a_window(screen, tmp_path):
    """What mouse and keys did is in the files saved, and in what is printed at the end."""
    with started(tmp_path, DISPLAY=screen) as process:
        hand = ScreenHand(screen)
        hand.click(hand.there.at("learning rate", "+"))
        hand.click(hand.there.on_point(place=(0.95, -0.9)), button=3)
        hand.tool("key", "space", seconds=3)
        hand.tool("key", "space", "s", seconds=0.6)
        expected = Network.load(tmp_path / "playground.npz").parameters
        expected[1][1] += 0.1
        hand.click(hand.there.on_node(1, 1), button=4)  # the wheel, away from the hand
        hand.tool("key", "s", seconds=0.3)
        hand.close()
        out, err = process.communicate(timeout=1)
    assert (process.returncode, err) == (0, "")
    about, state, _, command = out.splitlines()
    assert about.startswith("21 points to train on, 20 for the test; network 2-3-2:")
    assert int(re.match(r"epoch (\d+) ", state)[1]) > 50
    assert command.startswith(f"python playground.py {' '.join(SMALL)} --learning-rate 1     (save the points")
    after = Network.load(tmp_path / "playground.npz").parameters
    assert all(np.allclose(p, q, atol=1e-12) for p, q in zip(after, expected, strict=True))
    table = np.loadtxt(tmp_path / "playground.csv", delimiter=",", skiprows=1)
    assert (len(table), [*table[-1]]) == (41, pytest.approx([0.95, -0.9, 0], abs=0.01))


@on_a_screen
@pytest.mark.parametrize("playing", [False, True], ids=["paused", "playing"])
@pytest.mark.parametrize("way", ["Ctrl-C", "closed"])
def test_how_it_ends(way, playing, screen, tmp_path):
    with started(tmp_path, DISPLAY=screen) as process:
        hand = ScreenHand(screen)
        if playing:
            hand.tool("key", "space", seconds=1.5)
        process.send_signal(signal.SIGINT) if way == "Ctrl-C" else hand.close()
        out, err = process.communicate(timeout=1)
    assert (process.returncode, err) == (130 if way == "Ctrl-C" else 0, "")
    assert (len(out.splitlines()), "epoch 0 " in out) == (4, not playing)
    assert out.endswith("python playground.py --samples 40 --hidden-nodes 3\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not importlib.util.find_spec("tornado"), reason="needs tornado")
def test_in_a_browser(tmp_path):
    """It answers to this machine only; a key and a click that come in act; Ctrl-C ends it as ever."""
    from tornado.websocket import websocket_connect

    async def drive(port, x, y):
        """Do what a browser does, and wait until several pictures have come."""
        connection, pictures = await websocket_connect(f"ws://127.0.0.1:{port}/1/ws"), 0
        mouse = {"x": x, "y": y, "step": 0, "buttons": 1, "button": 0, "modifiers": [], "guiEvent": {}}
        sent = [{"type": "supports_binary", "value": True}, {"type": "refresh"}, {"type": "draw"}]
        sent += [{"type": "button_press"} | mouse, {"type": "button_release"} | mouse]
        for message in [*sent, {"type": "key_press", "key": "k ", "guiEvent": {}}]:
            await connection.write_message(json.dumps(message | {"figure_id": "1"}))
            await asyncio.sleep(0.3)
        end = time.monotonic() + 4
        while pictures < 6 or time.monotonic() < end:
            message = await asyncio.wait_for(connection.read_message(), 5)
            pictures += isinstance(message, bytes) and message.startswith(b"\x89PNG")
        connection.close()

    hand = Hand(*SMALL)
    x, y = hand.at("learning rate", "+")
    with started(tmp_path, "--browser", BROWSER="false") as process:
        port = int(re.fullmatch(r"To view figure, visit http://127\.0\.0\.1:(\d+)\n", process.stdout.readline())[1])
        time.sleep(1)
        listening = "".join(pathlib.Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6"))
        assert re.findall(rf": (\w+):{port:04X} \w+:\w+ 0A ", listening) == ["0100007F"]
        asyncio.run(drive(port, x, hand.figure.bbox.height - y))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=2)
    assert (process.returncode in (0, 130), err) == (True, "")
    *_, state, _, command = out.splitlines()
    assert int(re.match(r"epoch (\d+) ", state)[1]) > 20
    assert command.endswith("--learning-rate 1")


@pytest.mark.skipif(not (BROWSER and importlib.util.find_spec("tornado")), reason="needs tornado and Chromium")
@pytest.mark.parametrize("size", [(1024, 600), (1366, 768)], ids=str)
def test_the_page_of_a_browser(size, tmp_path):
    """The figure is the page, whole; space and wheel act on it and do not scroll the page; no error in the console."""
    from tornado.websocket import websocket_connect

    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--user-data-dir={tmp_path}"]
    flags.append("--window-size={},{}".format(*size))

    async def drive():
        """Look at the page and press space, and return what it says of itself, and its errors."""
        found, end = tmp_path / "DevToolsActivePort", time.monotonic() + 30
        while not (found.exists() and found.read_text()) and time.monotonic() < end:
            await asyncio.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{found.read_text().split()[0]}/json") as listed:
            tabs = json.load(listed)
        connection = await websocket_connect(next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"])
        errors = []

        async def ask(method, **parameters):
            await connection.write_message(json.dumps({"id": 1, "method": method, "params": parameters}))
            while True:
                answer = json.loads(await asyncio.wait_for(connection.read_message(), 20))
                if answer.get("id") == 1:
                    return answer["result"].get("result", {}).get("value")
                errors.extend([answer] * (answer["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")))

        device = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        await ask("Emulation.setDeviceMetricsOverride", **device)
        await ask("Runtime.enable")
        await ask("Log.enable")
        await asyncio.sleep(4)
        for kind in ("keyDown", "keyUp"):
            await ask("Input.dispatchKeyEvent", type=kind, key=" ", text=" ", code="Space", windowsVirtualKeyCode=32)
        await ask("Input.dispatchMouseEvent", type="mouseWheel", x=400, y=300, deltaX=0, deltaY=300)
        await asyncio.sleep(3)
        box = "document.querySelector('canvas').getBoundingClientRect()"
        seen = f"(box => [box.left, box.top, box.width, box.height, scrollX, scrollY])({box})"
        seen = await ask("Runtime.evaluate", expression=seen, returnByValue=True)
        connection.close()
        while await connection.read_message() is not None:  # until the browser has closed it too
            pass
        return seen, errors

    with started(tmp_path, "--browser", BROWSER="false") as process:
        url = re.search(r"http://\S+", process.stdout.readline())[0]
        with subprocess.Popen([BROWSER, *flags, url], stderr=subprocess.DEVNULL, start_new_session=True) as browser:
            try:
                seen, errors = asyncio.run(drive())
            finally:
                os.killpg(browser.pid, signal.SIGKILL)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=5)
    assert (seen, errors) == ([0, 0, *size, 0, 0], [])
    assert int(re.search(r"epoch (\d+) ", out)[1]) > 5
