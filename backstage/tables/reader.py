"""A CSV file as the table it is: what looks like a mistake in it is said or refused, never guessed.

numpy reads a clean table of numbers, fast. Where it stumbles, or something has to be refused, the file is read
again cell by cell, which takes longer but knows the line.
"""

import array
import collections
import csv
import io
import itertools
import os
import re
import typing

from backstage import Refused, report
from backstage.tables.cells import (
    PLAINLY,
    cut,
    has_control,
    is_infinite,
    is_marked,
    is_missing,
    is_number,
    listed,
    no_number,
    quoted,
    shown,
    value,
    visible,
)

import numpy as np

HEAD = 1000  # rows that are looked at first
MOST_NAMES = 1000  # of a column whose names become columns
SMALLEST, LARGEST = 1e-40, 1e40  # between them a number can be scaled and squared without becoming 0 or infinite


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
        numbers = np.array([is_number(name) for name in self.names])
        return 2 * np.sum(numbers[self.labels]) > len(self.labels)


class Layout(typing.NamedTuple):
    """How a file is written, and where its data begin."""

    path: str
    source: str | bytes  # the path of a file, or the content of a pipe
    encoding: str
    separator: str
    header: int  # its line, or 0
    names: list
    line: int
    head: list  # the first rows
    remarks: list

    def at(self, line, column=None):
        """The beginning of a message."""
        return f"{self.path}, line {line}" + ("" if column is None else f", column {quoted(column)}")


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
        only = "it is the only one, so there are no inputs; a comma, semicolon or tab ends a cell"
        raise Refused(f"{layout.at(layout.line, target)}: {'--ignore leaves no input' if ignore else only}")
    if not one_hot:
        named = classes or not is_number(layout.head[0][layout.names.index(target)])
        try:
            X, y = _numpy_reads(layout, inputs, target, named)
            return _table(layout, X, y, inputs, [""] * len(inputs), target, classes)
        except ValueError:  # the careful way says why, and where
            pass
    lines, read = _read(layout, [*inputs, target], [*one_hot, target])
    y = read.pop(target)
    if not classes and y.are_numbers():
        way = "if the others are names, too, add --classes"
        named = zip(y.first_rows(), y.names, strict=True)
        y = np.array([_number(layout, lines[row], target, name, way) for row, name in named])[y.labels]
    columns, texts, X = [], [], []
    for name, values in read.items():
        if name in one_hot:
            names, parts, remarks = _one_hot(layout, lines, name, values)
            layout.remarks.extend(remarks)
            columns, texts, X = [*columns, *names], [*texts, *([name] * len(names))], [*X, *parts]
        else:
            columns, texts, X = [*columns, name], [*texts, ""], [*X, values]
    twice = [name for name, times in collections.Counter(columns).items() if times > 1]
    if twice:
        raise Refused(f"{path}: --one-hot makes columns of names that there are already: {listed(twice)}")
    return _table(layout, np.column_stack(X).astype(float, copy=False), y, columns, texts, target, classes, lines)


def read_points(path, ignore=(), most=8):
    """A Table with two columns of numbers and a column of classes, after those named in ignore are left out."""
    table = read_table(path, classes=True, ignore=[name for name in _layout(path).names[:-1] if name in ignore])
    if len(table.columns) != 2:
        raise Refused(
            f"{path}: two columns and a class make points in a plane, but it has {len(table.columns)} columns"
        )
    if len(table.classes) > most:
        raise Refused(f"{path}: {len(table.classes)} classes are more than the {most} that have a colour")
    return table


def read_inputs(path, columns, texts):
    """X (rows, columns) for a network trained on a Table of these columns and texts, and remarks.

    Of a file with a header the columns are picked out by their names.
    """
    layout = _layout(path)
    wanted = list(dict.fromkeys(text or column for column, text in zip(columns, texts, strict=True)))
    if not layout.header:
        if len(layout.names) != len(wanted):
            has = f"there {_columns(layout.names)}, but {len(wanted)} are expected"
            raise Refused(f"{layout.at(layout.line)}: {has}: {listed(wanted)}")
        layout = layout._replace(names=wanted)
    _check_choice(layout, None, wanted, ())
    remarks = [*layout.remarks, *_zeros_in_front(layout, [name for name in wanted if name not in texts])]
    if not any(texts):
        try:
            return _within(layout, None, wanted, _numpy_reads(layout, wanted)[0], 0), remarks
        except ValueError:
            pass
    lines, read = _read(layout, wanted, texts, "the network was trained with numbers in this column")
    for text in dict.fromkeys(filter(None, texts)):
        known = [column[len(text) + 1 :] for column, other in zip(columns, texts, strict=True) if other == text]
        for row, name in zip(read[text].first_rows(), read[text].names, strict=True):
            if name not in known:
                what = f"{quoted(name)} is none of the names that the network was trained with"
                raise Refused(f"{layout.at(lines[row], text)}: {what}: {listed(known)}")
    X = []
    for column, text in zip(columns, texts, strict=True):
        values = read[text or column]
        if text:
            name = column[len(text) + 1 :]
            values = values.labels == (values.names.index(name) if name in values.names else -1)
        X.append(values)
    return _within(layout, lines, columns, np.column_stack(X).astype(float, copy=False), 0), remarks


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
                    break
            return encoding
        except UnicodeDecodeError:
            pass
    raise Refused(f"{path} is not a text file; a spreadsheet can save one, as CSV UTF-8")


def _separator(lines):
    """The mark that divides all lines into equally many cells, of these that which leaves most numbers."""

    def fitness(mark):
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark, skipinitialspace=True) if row]
        except csv.Error:  # which is told when the rows are read
            return ()
        cells = [cell for row in rows[1:] or rows for cell in row]
        numbers = sum(is_number(cell) or is_marked(cell) for cell in cells) / len(cells)
        return len(rows[0]) > 1, len({len(row) for row in rows}) == 1, numbers, len(rows[0])

    return max((",", ";", "\t"), key=fitness) if lines else ","


def _columns(row):
    return "is 1 column" if len(row) == 1 else f"are {len(row)} columns"


def _rows(path, source, encoding, separator):
    """The lines and cells of all rows that are not empty. Raises Refused where they are not all of the same length."""
    first = width = None
    with _open(source, encoding) as file:
        text = (line.lstrip("\ufeff") for line in file)  # files that were put together have several of these marks
        reader = csv.reader(text, delimiter=separator, skipinitialspace=True, strict=True)
        try:
            for number in itertools.count(1):
                line = reader.line_num + 1
                row = next(reader, None)
                if row is None:
                    break
                if number % 50_000 == 0:
                    report.progress(f"reading {path}, line {line}")
                if not any(cell.strip() for cell in row):
                    continue
                if first is None:
                    first, width = line, len(row)
                if len(row) != width:
                    has, why = f"there {_columns(row)}, but line {first} has {width}", ""
                    if len(row) > width and not row[-1].strip():
                        why = "; does a separator end the line?"
                    elif len(row) > width and separator == ",":
                        why = "; does a comma stand within a number?"
                    raise Refused(f"{path}, line {line}: {has}{why}")
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
    rows = list(itertools.islice(_rows(path, source, encoding, separator), HEAD))
    if not rows:
        raise Refused(f"{path}, line 1: the file is empty")
    line, first = rows[0]
    if len(first) > 1 and len(rows) < HEAD and not any(row[-1].strip() for _, row in rows):
        raise Refused(f"{path}, line {line}: the last cell is empty, as in all rows; does a separator end each line?")
    if any(map(is_number, first)):
        header, names = 0, [f"column {i + 1}" for i in range(len(first))]
        remarks = _check_no_header(f"{path}, line {line}", first, rows[min(1, len(rows) - 1)][1])
    else:
        header, names, remarks = line, _header(f"{path}, line {line}", first), []
        del rows[0]
        if not rows:
            raise Refused(f"{path}, line {line}: there is a header, but no row of data below it")
    if encoding == "cp1252":
        remarks.append("the file is not in UTF-8; its letters were read as those of Windows in western Europe, cp1252")
    return Layout(path, source, encoding, separator, header, names, rows[0][0], [row for _, row in rows], remarks)


def _header(where, cells):
    """The names of the columns."""
    names = [cell.strip() or f"column {i + 1}" for i, cell in enumerate(cells)]
    seen = {}
    for name in names:
        if is_missing(name) or has_control(name):
            why = "looks like a missing value" if is_missing(name) else "holds a character that is no letter"
            raise Refused(f"{where}: {quoted(name)} in the header {why}; give the column another name")
        other = seen.get(visible(name))
        if other == name:
            raise Refused(f"{where}, column {quoted(name)}: there are two columns of this name")
        if other is not None:
            what = f"{cut(ascii(other))} and {cut(ascii(name))} are the same to the eye"
            raise Refused(f"{where}: the columns {what}")
        seen[visible(name)] = name
    return names


def _check_no_header(where, first, second):
    """Remarks about a first row with numbers in it, which is taken for data. Raises Refused where it is none."""
    for cell, below in zip(first, second, strict=True):
        empty = not cell.strip()
        if not is_number(cell) and is_number(below) and (empty or not is_missing(cell)):
            what = "the value is missing" if empty else f"{quoted(cell)} is no number, but another cell is"
            raise Refused(f"{where}: {what}; if this line is the header, no name in it may be a number")
    if _row_of_numbers(first) in (None, _row_of_numbers(second)):
        return []
    return [f"{where} ({listed(first)}) was taken for data; if it is the header, put a letter before each number"]


def _row_of_numbers(cells):
    """What a row may be instead of data: "years", or "counts" where the columns of a table are numbered, else None."""
    if len(cells) < 2 or not all(re.fullmatch(r"\s*[0-9]{1,9}\s*", cell) for cell in cells):
        return None
    numbers = [int(cell.strip()) for cell in cells]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    if 0 not in steps and all(1900 <= number <= 2100 for number in numbers):
        return "years"
    return "counts" if steps == {1} and len(cells) > 2 else None


def _zeros_in_front(layout, columns):
    """Remarks about numbers that may be codes, or the second half of a number with a comma in it."""
    remarks = []
    for column in columns:
        place = layout.names.index(column)
        for row in layout.head:
            if re.fullmatch(r"[-+]?0\d+(\.\d*)?", row[place].strip()):
                what = "has zeros in front, as in a code or in the second half of 1,050: is it a number?"
                remarks.append(f"{shown(column)}: {shown(row[place].strip())} {what}")
                break
    return remarks


def _check_choice(layout, target, ignore, one_hot):
    """Refuse names of columns that are not there, or that do not go together."""
    for name in [*(() if target is None else (target,)), *ignore, *one_hot]:
        if name not in layout.names:
            why = "" if layout.header else ", because there is no header"
            there = f"there is no column {quoted(name)}, only {listed(layout.names)}{why}"
            raise Refused(f"{layout.at(layout.header or layout.line)}: {there}")
    for option, chosen in (("--ignore", ignore), ("--one-hot", one_hot)):
        if target in chosen:
            raise Refused(f"{option} names {quoted(target)}, which is the column to predict: --target chooses another")
    for name in one_hot:
        if name in ignore:
            raise Refused(f"{quoted(name)} is named in both --ignore and --one-hot")


def _numpy_reads(layout, inputs, target=None, named=False):
    """The columns X and y as numpy's own reader reads them. Raises ValueError where it cannot."""
    codes, converters, wanted = {}, {}, [layout.names.index(name) for name in inputs]

    def code(cell):
        if '"' in cell or "\ufeff" in cell:
            raise ValueError("a mark that is no part of a name")
        return codes.setdefault(cell.strip(), len(codes))

    if named:
        converters[layout.names.index(target)] = code
    report.progress(f"reading {layout.path}")
    how = {"delimiter": layout.separator, "skiprows": layout.line - 1, "comments": None, "encoding": layout.encoding}
    with _open(layout.source, layout.encoding) as text:
        values = np.loadtxt(text, ndmin=2, converters=converters or None, **how)
    report.progress("")
    if values.shape[1] != len(layout.names) or not np.all(np.isfinite([values.min(), values.max()])):
        raise ValueError("not such a table of numbers")
    y = None if target is None else values[:, layout.names.index(target)].copy()
    return values[:, wanted], Names(list(codes), y.astype(int)) if named else y


def _read(layout, names, texts, way="correct it or leave the row out; if all are names, --ignore or --one-hot"):
    """Read columns cell by cell: their lines, and by name an array, or for those in texts Names.

    way: what to do where a name stands in the place of a number.
    """
    lines = array.array("q")
    places = [(layout.names.index(name), name, {} if name in texts else None) for name in names]
    values = [array.array("d" if codes is None else "q") for _, _, codes in places]
    for line, row in _rows(layout.path, layout.source, layout.encoding, layout.separator):
        if line < layout.line:
            continue
        lines.append(line)
        for (place, name, codes), column in zip(places, values, strict=True):
            if codes is None:
                column.append(_number(layout, line, name, row[place], way))
            else:
                column.append(codes.setdefault(row[place].strip(), len(codes)))
    read = {}
    for (_, name, codes), column in zip(places, values, strict=True):
        read[name] = np.array(column) if codes is None else Names(list(codes), np.array(column))
    return lines, read


def _number(layout, line, column, cell, way):
    if not is_number(cell):
        raise Refused(f"{layout.at(line, column)}: {no_number(cell, way)}")
    return float(cell.strip())


def _table(layout, X, y, columns, texts, target, classes, lines=None):
    """The Table of what was read, if nothing speaks against it. lines: of the rows, where they are known."""
    if len(X) < 2:
        raise Refused(f"{layout.at(layout.line)}: there is only one row of data, too few to learn from")
    remarks = [*layout.remarks, *_remarks(_within(layout, lines, columns, X), columns)]
    remarks += _zeros_in_front(layout, [column for column, text in zip(columns, texts, strict=True) if not text])
    if not isinstance(y, Names):
        remarks += _zeros_in_front(layout, [target])
        Y = _within(layout, lines, [target], y.reshape(-1, 1))
        if Y.min() == Y.max():
            raise Refused(f"{layout.at(layout.line, target)}: every row has the same value {y[0]:g}, nothing to learn")
        if _counts_rows(y):
            remarks.append(f"{shown(target)}, the column to predict, only counts the rows")
        return Table(X, Y, columns, target, None, bool(layout.header), texts, remarks)
    names, labels = y = y.sorted()
    if not classes and y.are_numbers():
        raise ValueError("names are to be told from numbers cell by cell")
    remarks += _check_names(layout, lines, target, y, classes)
    counts = np.bincount(labels)
    if counts.min() == 1:
        row = np.flatnonzero(labels == counts.argmin())[0]
        why = "" if layout.header or row else ", or else this is a header, where no name may be a number"
        raise Refused(
            f"{_at(layout, lines, row, target)}: {quoted(names[labels[row]])} is the only row of its class{why}"
        )
    if len(names) < 2:
        raise Refused(f"{layout.at(layout.line, target)}: every row has the same class {quoted(names[0])}")
    Y = np.zeros((len(X), len(names)))
    Y[np.arange(len(X)), labels] = 1
    return Table(X, Y, columns, target, names, bool(layout.header), texts, remarks)


def _at(layout, lines, row, column):
    return layout.at("?" if lines is None else lines[row], column)


def _within(layout, lines, columns, X, smallest=SMALLEST):
    """X, none of whose numbers is too large to be reckoned with, or but for 0 too small."""
    for column, values in zip(columns, X.T, strict=True):
        sizes = np.abs(values)
        for wrong, what in ((sizes > LARGEST, "large"), ((sizes < smallest) & (sizes > 0), "small")):
            if wrong.any():
                row = np.argmax(wrong)
                why = f"{values[row]:g} is too {what} to be reckoned with; use another unit, or the logarithm"
                raise Refused(f"{_at(layout, lines, row, column)}: {why}")
    return X


def _counts_rows(values):
    return len(values) > 2 and abs(values[1] - values[0]) == 1 and np.all(np.diff(values) == values[1] - values[0])


def _remarks(X, columns):
    """Sentences about the columns of X that may be there by mistake."""
    lowest, highest = X.min(axis=0), X.max(axis=0)
    flat = highest - lowest <= 1e-12 * np.maximum(np.abs(lowest), np.abs(highest))  # as your_data.scaling takes it
    remarks = []
    if flat.any():
        same = listed([column for column, is_flat in zip(columns, flat, strict=True) if is_flat])
        remarks.append(f"{same}: the same in every row, so of no use")
    for column, values in zip(columns, X.T, strict=True):
        if len(columns) > 1 and _counts_rows(values):
            remarks.append(f'{shown(column)} only counts the rows; if that means nothing, --ignore "{column}"')
    return remarks


def _check_names(layout, lines, column, values, numbers_too):
    """Sentences about names that may be mistakes. Raises Refused for what is none; numbers_too: numbers are names."""
    same, alike, remarks = {}, {}, []
    for row, name in sorted(zip(values.first_rows(), values.names, strict=True)):
        where = _at(layout, lines, row, column)
        if is_missing(name):
            looks = f"{quoted(name)} looks like a missing value; leave the row out, or write a word"
            raise Refused(f"{where}: {looks if name else 'the value is missing'}")
        if has_control(name):
            what = "holds a character that is no letter; is a quotation mark missing?"
            raise Refused(f"{where}: {quoted(name)} {what}")
        if is_infinite(name):
            raise Refused(f"{where}: {quoted(name)} is not a finite number")
        if not numbers_too and is_marked(name):
            raise Refused(f"{where}: {quoted(name)} is not a number; {PLAINLY}; if it is a name, add --classes")
        other = same.setdefault(value(name), name)
        if other != name:
            raise Refused(f"{where}: {cut(ascii(name))} and {cut(ascii(other))} mean the same; write them alike")
        other = alike.setdefault(visible(name).casefold(), name)
        if other != name:
            what = "which differ in large and small letters, are two names"
            remarks.append(f"{shown(column)}: {shown(other)} and {shown(name)}, {what}")
    return remarks


def _one_hot(layout, lines, column, values):
    """The names of the columns that a column of names becomes, the columns, each 1 in the rows of its name; remarks."""
    values = values.sorted()
    if len(values.names) > MOST_NAMES:
        raise Refused(f"{layout.at(layout.line, column)}: it has {len(values.names)} names, too many for --one-hot")
    remarks = _check_names(layout, lines, column, values, True)
    labels = range(len(values.names))
    return [f"{column}={name}" for name in values.names], [values.labels == label for label in labels], remarks
