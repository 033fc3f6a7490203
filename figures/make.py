"""Make every output and every picture of README and book again, with the commands that they give.

A line … in an output still stands for what is left out; the lines around it are taken from where they fit best. Look at
the difference with git before you keep it.

Run:  python figures/make.py
"""

import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("book/*.md"))]
BLOCK = re.compile(r"^```console(.*)\n((?:.*\n)*?)```$", re.M)
EXAMPLE = re.compile(r"^\$ python (.*)\n((?:(?!\$ ).*\n)*)", re.M)  # a command in a block, and its output


def drawing(text):
    """The commands in a text that write a picture, without their first word."""
    return re.findall(r"python (\w+\.py [^`\n]*--figure figures/[^`\n]+)", text)


def run(arguments, check=False):
    """What a command prints, without what it says of its picture; of one that fails, its error."""
    print("python", arguments, flush=True)
    done = subprocess.run(
        [sys.executable, *shlex.split(arguments)],
        check=check, cwd=ROOT, capture_output=True, encoding="utf-8", env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    if "Traceback (most recent call last)" in done.stderr:
        raise SystemExit(done.stderr)
    printed = done.stdout or done.stderr
    return [line.rstrip() for line in re.sub(r"\npicture: figures/.*\n$", "", printed).rstrip("\n").split("\n")]


def best_place(part, printed, first):
    """Where the lines of a part stand in what is printed, from a first line on, as nearly as can be told."""
    places = range(first, max(first, len(printed) - len(part)) + 1)
    return max(places, key=lambda i: difflib.SequenceMatcher(None, part, printed[i : i + len(part)]).ratio())


def renewed(shown, printed):
    """The lines that are shown, as they are printed now."""
    parts = [[]]
    for line in shown:
        if line == "…":
            parts.append([])
        else:
            parts[-1].append(line)
    first, *middle, last = parts if len(parts) > 1 else [printed, []]
    result = printed[: len(first)]
    for part in middle:
        place = best_place(part, printed, len(first))
        result += ["…", *printed[place : place + len(part)]]
    return result + (["…", *printed[len(printed) - len(last) :]] if len(parts) > 1 else [])


def example_again(found):
    arguments, shown = found.groups()
    return f"$ python {arguments}\n" + "\n".join(renewed(shown.rstrip("\n").split("\n"), run(arguments))) + "\n"


def block_again(found):
    """A block of commands with new outputs; one that shows times is left as it is."""
    words, body = found.groups()
    return f"```console{words}\n{body if 'timed' in words else EXAMPLE.sub(example_again, body)}```"


if __name__ == "__main__":
    for page in PAGES:
        text = BLOCK.sub(block_again, page.read_text("utf-8"))
        for arguments in drawing(BLOCK.sub("", text)):
            run(arguments, check=True)  # a picture of which the text shows no output
        page.write_text(text, "utf-8")
