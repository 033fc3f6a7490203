"""Make every picture of the README again, with the commands that the README gives.

Run:  python figures/make.py
"""

import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def commands():
    """The arguments of every command in the README that writes a picture."""
    lines = re.findall(r"^(?:\$ )?python (.* --figure figures/.*)$", (ROOT / "README.md").read_text("utf-8"), re.M)
    return [shlex.split(line) for line in lines]


if __name__ == "__main__":
    for arguments in commands():
        print("python", shlex.join(arguments), flush=True)
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
