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
    readme = (ROOT / "README.md").read_text("utf-8")
    return [shlex.split(found) for found in re.findall(r"python (\w+\.py [^`\n]*--figure figures/[^`\n]+)", readme)]


if __name__ == "__main__":
    for arguments in commands():
        print("python", shlex.join(arguments), flush=True)
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
