"""A CSV file as the table it is: what looks like a mistake in it is said or refused, never guessed.

numpy reads a clean table of numbers, fast. Where it stumbles, or something has to be refused, the file is read
again cell by cell, which takes longer but knows the line.
"""

import array
import collections
import csv
import io
import itertools
import math
import os
import re
import typing
import unicodedata

from backstage import report
from backstage.checks import Refused

import numpy as np

MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "null", "?", "-", "--", "."}
MARKED = re.compile(r"[-+]?[^\w\s]?\s*[-+]?\d[\d\s.,'’_]*[^\w\s]?")  # a number with a sign of money, thousands, percent
PLAINLY = "write decimals with a point, and nothing else between the digits or around them"
MOST_NAMES = 1000  # of a column whose names become columns
LARGEST, CLOSEST = 1e150, 1e-150  # the squares of numbers between them are neither infinite nor 0


class Table(typing.NamedTuple):
    """What read_table read: X (rows, columns) as it stands in the file, Y, and what they mean.

    Y is (rows, classes) with a 1 in the column of the class where classes is a list of names, and
    (rows, 1) with the numbers themselves where classes is None.
    columns names the columns of X, target that of Y; header tells whether the names stand in the file.
    texts has, for a column of X that stands for one name in a column of the file, the latter's own name, else "".
    remarks are sentences about what may be a mistake.
    """

    X: np.ndarray
    Y: np.ndarray
    columns: list
    target: str
    classes: list | None
    header: bool
    texts: list
    remarks: list


class Names(typing.NamedTuple):
    """A column of names: the names, and for each row the number of its name."""

    names: list
    labels: np.ndarray

    def sorted(self):
        order = sorted(range(len(self.names)), key=self.names.__getitem__)
        return Names([self.names[i] for i in order], np.argsort(order)[self.labels])

    def first_rows(self):
        """For each name the first row that has it."""
        return np.unique(self.labels, return_index=True)[1]

    def are_numbers(self):
        """Whether more than half of the rows are numbers."""
        numbers = np.array([_is_number(name) for name in self.names])
        return 2 * np.sum(numbers[self.labels]) > len(self.labels)


class Layout(typing.NamedTuple):
    """How a file is written, and the first row of its data with its line."""

    path: str
    source: str | bytes  # the path of a file, or the content of a pipe
    encoding: str
    separator: str
    header: int  # its line, or 0
    names: list
    line: int
    first: list
    remarks: list

    def at(self, line, column=None):
        """The beginning of a message."""
        return f"{self.path}, line {line}" + ("" if column is None else f", column {column!r}")


def read_table(path, target=None, classes=False, ignore=(), one_hot=()):
    """Read a table of numbers whose last column, or the one named target, is to be predicted. Returns a Table.

    The separator may be a comma, a semicolon or a tab; the first line is a header if none of its cells is a
    number. Where the target holds names, each is a class; classes=True takes numbers for classes too. The
    columns named in ignore are left out, and of those in one_hot each name becomes a column of 0 and 1.
    Raises OSError where the file cannot be read, and Refused, with file, line and column, where it is not
    such a table.
    """
    layout = _layout(path)
    target = layout.names[-1] if target is None else target
    _check_choice(layout, target, ignore, one_hot)
    inputs = [name for name in layout.names if name != target and name not in ignore]
    if not inputs:
        what = "it is the only one, so there are no inputs (a comma, a semicolon or a tab ends a cell)"
        raise Refused(f"{layout.at(layout.line, target)}: {what}")
    if not one_hot:
        named = classes or not _is_number(layout.first[layout.names.index(target)])
        try:
            X, y = _numpy_reads(layout, inputs, target, named)
            return _table(layout, X, y, inputs, [""] * len(inputs), target, classes)
        except ValueError:  # the careful way says why, and where
            pass
    lines, cells = _read(layout, [*inputs, target], [*one_hot, target])
    y = cells.pop(target)
    if not classes and y.are_numbers():
        way = "if the others are names, too, add --classes"
        named = zip(y.first_rows(), y.names, strict=True)
        y = np.array([_number(layout, lines[row], target, name, way) for row, name in named])[y.labels]
    columns, texts, X = [], [], []
    for name, values in cells.items():
        for value, column in _one_hot(layout, lines, name, values) if name in one_hot else [("", values)]:
            columns.append(f"{name}={value}" if name in one_hot else name)
            texts.append(name if name in one_hot else "")
            X.append(column)
    return _table(layout, np.column_stack(X).astype(float, copy=False), y, columns, texts, target, classes, lines)


def read_inputs(path, columns, texts):
    """X (rows, columns) for a network trained on a Table of these columns and texts; other columns are left out."""
    layout = _layout(path)
    wanted = list(dict.fromkeys(text or column for column, text in zip(columns, texts, strict=True)))
    if not layout.header:
        if len(layout.names) != len(wanted):
            has = f"there are {len(layout.names)} columns, but {len(wanted)} are expected"
            raise Refused(f"{layout.at(layout.line)}: {has}: {', '.join(map(shown, wanted))}")
        layout = layout._replace(names=wanted)
    _check_choice(layout, None, wanted, ())
    if not any(texts):
        try:
            return _within(layout, None, wanted, _numpy_reads(layout, wanted)[0])
        except ValueError:
            pass
    lines, cells = _read(layout, wanted, texts)
    X = []
    for column, text in zip(columns, texts, strict=True):
        values = cells[text or column]
        if text:
            names = [f"{text}={name}" for name in values.names]
            for row, name in zip(values.first_rows(), names, strict=True):
                if name not in columns:
                    what = f"{name[len(text) + 1 :]!r} is none of the names that the network was trained with"
                    raise Refused(f"{layout.at(lines[row], text)}: {what}")
            values = values.labels == (names.index(column) if column in names else -1)
        X.append(values)
    return _within(layout, lines, columns, np.column_stack(X).astype(float, copy=False))


def shown(name):
    """A name as it stands, or if something in it cannot be seen, such that it can."""
    return name if name.isprintable() else repr(name)


def _open(source, encoding):
    """The text of a file, or of the content of a pipe."""
    raw = open(source, "rb") if isinstance(source, str) else io.BytesIO(source)  # noqa: SIM115
    return io.TextIOWrapper(raw, encoding, newline="")


def _encoding(path, source):
    """UTF-8, as nearly everywhere, UTF-16 where the file says so, or else cp1252, as spreadsheets in the west write."""
    with _open(source, "latin-1") as file:
        utf16 = file.read(2) in ("\xff\xfe", "\xfe\xff")
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            with _open(source, encoding) as file:
                if any("\0" in block for block in iter(lambda: file.read(2**20), "")):
                    raise Refused(f"{path} is not a text file; a spreadsheet can save one, as CSV UTF-8")
            return encoding
        except UnicodeDecodeError:
            pass
    raise Refused(f"{path} is not a text file in UTF-8")


def _separator(lines):
    """The mark that divides all lines into equally many cells, of these that which leaves most numbers."""

    def fitness(mark):
        rows = [next(csv.reader([line], delimiter=mark)) for line in lines]
        cells = [cell.strip() for row in rows[1:] or rows for cell in row]
        numbers = sum(bool(_is_number(cell) or MARKED.fullmatch(cell)) for cell in cells) / len(cells)
        return len(rows[0]) > 1 and len({len(row) for row in rows}) == 1, numbers, len(rows[0])

    return max((",", ";", "\t"), key=fitness) if lines else ","


def _rows(path, source, encoding, separator):
    """The lines and cells of all rows that are not empty."""
    with _open(source, encoding) as file:
        reader = csv.reader(file, delimiter=separator, skipinitialspace=True, strict=True)
        try:
            for number in itertools.count(1):
                line = reader.line_num + 1
                row = next(reader, None)
                if row is None:
                    break
                if number % 50_000 == 0:
                    report.progress(f"reading {path}, line {line}")
                if any(cell.strip() for cell in row):
                    yield line, row
        except csv.Error as error:
            raise Refused(f"{path}, line {line}: {error}; is there a quotation mark too few or too many?") from None
    report.progress("")


def _layout(path):
    """Look at the beginning of a file. Raises Refused where it cannot be that of a table."""
    path = os.fspath(path)
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder, not a CSV file")
    source = path
    if not os.path.isfile(path):  # a pipe can be read only once
        with open(path, "rb") as file:
            source = file.read()
    encoding = _encoding(path, source)
    with _open(source, encoding) as file:
        separator = _separator([line for line in itertools.islice(file, 20) if line.strip()])
    rows = list(itertools.islice(_rows(path, source, encoding, separator), 2))
    if not rows:
        raise Refused(f"{path}, line 1: the file is empty")
    line, first = rows[0]
    if any(map(_is_number, first)):
        header, names = 0, [f"column {i + 1}" for i in range(len(first))]
        remarks = _check_no_header(f"{path}, line {line}", first, rows[-1][1])
    else:
        header, names, remarks = line, _header(f"{path}, line {line}", first), []
        if len(rows) < 2:
            raise Refused(f"{path}, line {line}: there is a header, but no row of data below it")
        line, first = rows[1]
    if encoding == "cp1252":
        remarks.append("the file is not in UTF-8; its letters were read as those of Windows in western Europe, cp1252")
    for name, cell in zip(names, first, strict=False):
        if re.match(r"\s*[-+]?0\d", cell):
            what = "has zeros in front, as in a code or in the second half of 1,050: is it a number?"
            remarks.append(f"{shown(name)}: {cell.strip()} {what}")
    return Layout(path, source, encoding, separator, header, names, line, first, remarks)


def _header(where, cells):
    """The names of the columns."""
    names = [cell.lstrip("\ufeff").strip() or f"column {i + 1}" for i, cell in enumerate(cells)]
    for name, times in collections.Counter(names).items():
        if times > 1:
            raise Refused(f"{where}, column {name!r}: there are two columns of this name")
        if name.lower() in MISSING or _holds_control(name):
            raise Refused(f"{where}: {name!r} in the header is no name")
    return names


def _check_no_header(where, first, second):
    """Remarks about a first row with numbers in it, which is taken for data. Raises Refused where it is none."""
    for cell, below in zip(first, second, strict=False):
        if cell.strip().lower() not in MISSING and not _is_number(cell) and _is_number(below):
            what = "is no number, but another cell is; if this line is the header, no name in it may be a number"
            raise Refused(f"{where}: {cell!r} {what}")
    if not _counts_or_years(first) or _counts_or_years(second):
        return []
    return [f"{where} ({', '.join(first)}) was taken for data; if it is the header, put a letter before each number"]


def _counts_or_years(cells):
    """Whether a row looks like the header of a table whose columns are numbered, or are years."""
    if len(cells) < 2 or not all(cell.strip().isascii() and cell.strip().isdigit() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    years = all(1900 <= number <= 2100 for number in numbers)
    return 0 not in steps and (years or (steps == {1} and len(cells) > 2))


def _check_choice(layout, target, ignore, one_hot):
    """Refuse names of columns that are not there, or that do not go together."""
    for name in [*(() if target is None else (target,)), *ignore, *one_hot]:
        if name not in layout.names:
            why = "" if layout.header else ", because there is no header"
            raise Refused(
                f"{layout.at(1)}: there is no column {name!r}, only {', '.join(map(shown, layout.names))}{why}"
            )
    for option, chosen in (("--ignore", ignore), ("--one-hot", one_hot)):
        if target in chosen:
            raise Refused(f"{option} names {target!r}, which is the column to predict: --target chooses another")
    for name in one_hot:
        if name in ignore:
            raise Refused(f"{name!r} is named in both --ignore and --one-hot")


def _numpy_reads(layout, inputs, target=None, named=False):
    """The columns X and y as numpy's own reader reads them. Raises ValueError where it cannot."""
    if not isinstance(layout.source, str):
        raise ValueError("a pipe can be read only once")
    codes, converters, wanted = {}, {}, [layout.names.index(name) for name in inputs]

    def code(cell):
        if '"' in cell:
            raise ValueError("a quotation mark")
        return codes.setdefault(cell.strip(), len(codes))

    if named:
        converters[layout.names.index(target)] = code
    report.progress(f"reading {layout.path}")
    how = {"delimiter": layout.separator, "skiprows": layout.line - 1, "comments": None, "encoding": layout.encoding}
    values = np.loadtxt(layout.source, ndmin=2, converters=converters or None, **how)
    report.progress("")
    if values.shape[1] != len(layout.names) or not np.isfinite(values.min() + values.max()):
        raise ValueError("not such a table of numbers")
    y = None if target is None else values[:, layout.names.index(target)].copy()
    return values[:, wanted], Names(list(codes), y.astype(int)) if named else y


def _read(layout, names, texts):
    """Read columns cell by cell: their lines, and by name an array, or for those in texts Names."""
    lines = array.array("q")
    places = [(layout.names.index(name), name, {} if name in texts else None) for name in names]
    values = [array.array("d" if codes is None else "q") for _, _, codes in places]
    for line, row in _rows(layout.path, layout.source, layout.encoding, layout.separator):
        if line < layout.line:
            continue
        if len(row) != len(layout.names):
            has = f"there are {len(row)} columns, but line {layout.header or layout.line} has {len(layout.names)}"
            raise Refused(f"{layout.at(line)}: {has}; does a comma stand within a number?")
        lines.append(line)
        for (place, name, codes), column in zip(places, values, strict=True):
            if codes is None:
                column.append(_number(layout, line, name, row[place]))
            else:
                column.append(codes.setdefault(row[place].strip(), len(codes)))
    read = {}
    for (_, name, codes), column in zip(places, values, strict=True):
        read[name] = np.array(column) if codes is None else Names(list(codes), np.array(column))
    return lines, read


def _table(layout, X, y, columns, texts, target, classes, lines=None):
    """The Table of what was read, if nothing speaks against it. lines: of the rows, where they are known."""
    if len(X) < 2:
        raise Refused(f"{layout.at(layout.line)}: there is only one row of data, too few to learn from")
    remarks = [*layout.remarks, *_remarks(_within(layout, lines, columns, X), columns)]
    if not isinstance(y, Names):
        Y = _within(layout, lines, [target], y.reshape(-1, 1))
        if Y.min() == Y.max():
            raise Refused(f"{layout.at(layout.line, target)}: every row has the same value {y[0]:g}, nothing to learn")
        if _counts_rows(y):
            remarks.append(f"{shown(target)}, the column to predict, only counts the rows")
        return Table(X, Y, columns, target, None, bool(layout.header), texts, remarks)
    names, labels = y = y.sorted()
    if not classes and y.are_numbers():
        raise Refused("names are to be told from numbers cell by cell")
    remarks += _check_names(layout, lines, target, y, classes)
    counts = np.bincount(labels)
    if counts.min() == 1:
        row = np.flatnonzero(labels == counts.argmin())[0]
        why = "" if layout.header or row else ", or else this is a header, where no name may be a number"
        raise Refused(f"{_at(layout, lines, row, target)}: {names[labels[row]]!r} is the only row of its class{why}")
    if len(names) < 2:
        raise Refused(f"{layout.at(layout.line, target)}: every row has the same class {names[0]!r}")
    Y = np.zeros((len(X), len(names)))
    Y[np.arange(len(X)), labels] = 1
    return Table(X, Y, columns, target, names, bool(layout.header), texts, remarks)


def _at(layout, lines, row, column):
    return layout.at("?" if lines is None else lines[row], column)


def _within(layout, lines, columns, X):
    """X, of which every column can be scaled: no number is too large for it, and none too close to all others."""
    lowest, highest = X.min(axis=0), X.max(axis=0)
    for column, low, high, values in zip(columns, lowest, highest, X.T, strict=True):
        if max(-low, high) > LARGEST:
            row = np.argmax(np.abs(values))
            raise Refused(f"{_at(layout, lines, row, column)}: {values[row]:g} is too large to reckon with")
        if 0 < high - low < CLOSEST:
            raise Refused(f"{_at(layout, lines, 0, column)}: its numbers differ by {high - low:g} at most, too little")
    return X


def _counts_rows(values):
    return len(values) > 2 and abs(values[1] - values[0]) == 1 and np.all(np.diff(values) == values[1] - values[0])


def _remarks(X, columns):
    """Sentences about the columns of X that may be there by mistake."""
    flat = [shown(column) for column, values in zip(columns, X.T, strict=True) if values.min() == values.max()]
    counting = [column for column, values in zip(columns, X.T, strict=True) if _counts_rows(values)]
    remarks = [f"{', '.join(flat[:10])}: the same in every row, so of no use"] if flat else []
    for column in counting if len(columns) > 1 else ():
        remarks.append(f"{shown(column)} only counts the rows; if that means nothing, --ignore {column!r}")
    return remarks


def _check_names(layout, lines, column, values, numbers_too):
    """Sentences about names that may be mistakes. Raises Refused for what is none; numbers_too: numbers are names."""
    alike, remarks = {}, []
    for row, name in zip(values.first_rows(), values.names, strict=True):
        where = _at(layout, lines, row, column)
        if name.lower() in MISSING:
            looks = f"{name!r} looks like a missing value; leave the row out, or write a word"
            raise Refused(f"{where}: {looks if name else 'the value is missing'}")
        if _holds_control(name):
            raise Refused(f"{where}: {name!r} holds a character that is no letter; is a quotation mark missing?")
        if not numbers_too and not _is_number(name) and MARKED.fullmatch(name):
            raise Refused(f"{where}: {name!r} is not a number; {PLAINLY}; if it is a name, add --classes")
        other = alike.setdefault(_look(name), name)
        if other != name and other.casefold() != name.casefold():
            raise Refused(f"{where}: {name!r} and {other!r} are the same to the eye; write them alike")
        if other != name:
            remarks.append(
                f"{shown(column)}: {other} and {name}, which differ in large and small letters, are two names"
            )
    return remarks


def _look(name):
    """What is alike for names that a reader cannot tell apart, or only by the size of their letters."""
    if _is_number(name):
        return float(name) + 0.0  # no minus before a zero
    seen = (letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) != "Cf")
    return " ".join("".join(seen).casefold().split())


def _holds_control(name):
    return any(unicodedata.category(letter) == "Cc" for letter in name)


def _one_hot(layout, lines, column, values):
    """Pairs: each name in a column of names, and a column that is 1 in its rows."""
    values = values.sorted()
    if len(values.names) > MOST_NAMES:
        raise Refused(f"{layout.at(layout.line, column)}: it has {len(values.names)} names, too many for --one-hot")
    layout.remarks.extend(_check_names(layout, lines, column, values, True))
    return [(name, values.labels == label) for label, name in enumerate(values.names)]


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return math.isfinite(float(cell)) and cell.isascii() and "_" not in cell


def _number(layout, line, column, cell, way="leave the column out with --ignore, or use its names with --one-hot"):
    """The finite number in a cell; the way is what to do about a name."""
    if _is_number(cell):
        return float(cell)
    bare = cell.strip()
    if not bare:
        why = "the value is missing"
    elif bare.lower() in MISSING:
        why = f"{cell!r} looks like a missing value; fill it in, or leave the row out"
    elif bare.lower().lstrip("+-") in ("inf", "infinity"):
        why = f"{cell!r} is not a finite number"
    elif MARKED.fullmatch(bare):
        why = f"{cell!r} is not a number; {PLAINLY}"
    else:
        why = f"{cell!r} is not a number; {way}"
    raise Refused(f"{layout.at(line, column)}: {why}")
