"""What a cell of a table says: a number, a name, nothing, or something that only looks like one of these."""

import decimal
import math
import re
import unicodedata

MISSING = {"", "na", "n/a", "<na>", "nan", "-nan", "null", "?", "-", "--", "."}
ERROR = re.compile(r"#(N/A|[A-Z/0]+[!?])")  # as spreadsheets write what went wrong
MARKED = re.compile(r"[-+]?[^\w\s]?\s*[-+]?\d[\d\s.,'’_]*[^\w\s]?")  # a number with a sign of money, thousands, percent
PLAINLY = "write a minus as -, decimals with a point, and nothing else between the digits or around them"


def is_number(cell):
    """Whether a cell is a finite number, written plainly."""
    bare = cell.strip()
    try:
        return math.isfinite(float(bare)) and bare.isascii() and "_" not in bare
    except ValueError:
        return False


def is_infinite(cell):
    try:
        return math.isinf(float(cell.strip()))
    except ValueError:
        return False


def is_missing(cell):
    """Whether a cell is empty to the eye, or says that there is no value."""
    seen = visible(cell)
    if seen not in (seen.lower(), seen.upper(), "NaN", "Null"):  # Na is sodium, and Nan may be a name
        return False
    return seen.lower() in MISSING or bool(ERROR.fullmatch(seen))


def is_marked(cell):
    """Whether a cell would be a number without a mark in it: 1,000 or 3,5 or $5 or 5%."""
    return not is_number(cell) and bool(MARKED.fullmatch(cell.strip()))


def has_control(name):
    """Whether a name holds what is no letter but an order to the terminal, such as a new line."""
    return any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in name)


def visible(name):
    """What a reader sees of a name: nothing of letters without width, and every blank as the same one."""
    letters = (letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter) != "Cf")
    return " ".join("".join(letters).split())


def value(name):
    """What two names have in common that mean the same: a number its value, another name what is seen of it."""
    seen = visible(name)
    return decimal.Decimal(seen) if is_number(seen) else seen


def no_number(cell, way):
    """Why a cell is not a number, and what to do: the way is for a name."""
    if not cell.strip():
        return "the value is missing"
    if is_missing(cell):
        return f"{quoted(cell)} looks like a missing value; fill it in, or leave the row out"
    if is_infinite(cell):
        return f"{quoted(cell)} is not a finite number"
    return f"{quoted(cell)} is not a number; {PLAINLY if is_marked(cell) else way}"


def cut(text, most=60):
    """A text, or of a long one the beginning."""
    return text if len(text) <= most else f"{text[:most]}…"


def quoted(text):
    """A text as Python writes it."""
    return cut(repr(text))


def shown(name):
    """A name as it stands, or if something in it cannot be seen, such that it can."""
    return cut(name if name.isprintable() else ascii(name))


def listed(names, most=20):
    """Names, or of many the first, in a row."""
    return ", ".join(map(shown, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")
