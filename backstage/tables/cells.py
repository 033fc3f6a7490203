"""What a cell of a table says: a number, a name, nothing, or something that only looks like one of these."""

import decimal
import math
import re
import unicodedata

MISSING = {"", "na", "n/a", "n.a.", "<na>", "#n/a", "#nv", "nan", "-nan", "null", "(null)", r"\n", "none", "nil"}
MISSING |= {"?", "-", "--", "–", "—", ".", "..", "*"}
NOT_MISSING = {"Na", "nA", "Nan"}  # sodium, a unit, and a name
ERROR = re.compile(r"#[A-Z/0]+[!?]")  # as spreadsheets write what went wrong
MAY_BE_MISSING = {"unknown", "missing", "tbd", "undefined", "not known", "not available"}
MARKED = re.compile(r"[-+]?[^\w\s]?\s*[-+]?\d[\d\s.,'’_]*[^\w\s]?")  # a number with a sign of money, thousands, percent
PLAINLY = "write a minus as -, decimals with a point, and nothing else between the digits or around them"


def number(cell, comma=False):
    """The number that a cell says, nan where it says none. comma: decimals are written with a comma, not a point."""
    bare = cell.strip()
    if comma:
        bare = "" if "." in bare else bare.replace(",", ".")
    try:
        return float(bare) if bare.isascii() and "_" not in bare else math.nan
    except ValueError:
        return math.nan


def is_number(cell, comma=False):
    return math.isfinite(number(cell, comma))


def is_missing(cell):
    """Whether a cell is empty to the eye, or says that there is no value."""
    seen = visible(cell)
    return seen not in NOT_MISSING and (seen.lower() in MISSING or bool(ERROR.fullmatch(seen)))


def is_marked(cell):
    """Whether a cell would be a number without a mark in it: 1,000 or 3,5 or $5 or 5%."""
    return not is_number(cell) and bool(MARKED.fullmatch(cell.strip()))


def has_control(name):
    """Whether a name holds a control character, such as a new line."""
    return any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in name)


def visible(name):
    """What a reader sees of a name: nothing of letters without width, and every blank as the same one."""
    letters = (letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter) != "Cf")
    return " ".join("".join(letters).split())


def value(name):
    """What is equal for two names that mean the same: the value of a number, else what a reader sees."""
    seen = visible(name)
    return decimal.Decimal(seen) if is_number(seen) else seen


def no_value(cell, way):
    """Why a cell is neither a number nor a name, or "". way: what to do about a missing value."""
    if not cell.strip():
        return "the value is missing"
    if is_missing(cell):
        return f"{quoted(cell)} looks like a missing value; {way}"
    return f"{quoted(cell)} is not a finite number" if math.isinf(number(cell)) else ""


def no_number(cell, way):
    """Why a cell is not a number, and what to do: the way is for a name."""
    if is_number(cell):
        return f"{quoted(cell)} has a point, but other numbers have a decimal comma; write all of them alike"
    why = f"{quoted(cell)} is not a number; {PLAINLY if is_marked(cell) else way}"
    return no_value(cell, "fill it in, or leave the row out") or why


def no_name(name, numbers_too):
    """Why a text cannot be a name, and what to do, or "". numbers_too: it may look like a number."""
    wrong = no_value(name, "leave the row out, or write a word")
    if not wrong and has_control(name):
        return f"{quoted(name)} holds a character that is no letter; is a quotation mark missing?"
    if not wrong and is_marked(name) and not numbers_too:
        return f"{quoted(name)} is not a number; {PLAINLY}; if it is a name, add --classes"
    return wrong


def cut(text, most=60):
    """A text, or of a long one the beginning."""
    return text if len(text) <= most else f"{text[:most]}…"


def quoted(text):
    return cut(repr(text))


def shown(name):
    """A name as it stands, or if something in it cannot be seen, such that it can."""
    return cut(name if name.isprintable() else ascii(name))


def listed(names, most=20):
    """Names, or of many the first, in a row."""
    return ", ".join(map(shown, names[:most])) + (f" and {len(names) - most} more" if len(names) > most else "")
