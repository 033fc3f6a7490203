"""A CSV file as the table it is: what looks like a mistake in it is said or refused, never guessed.

numpy reads a clean table of numbers, fast. Where it stumbles, the file is read again cell by cell, which takes
longer, but reads what numpy cannot, or says in which line and column a mistake is.
"""

import array
import collections
import functools
import math
import re
import typing

from backstage import Refused, report
from backstage.tables import cells
from backstage.tables.cells import has_control, listed, quoted, shown
from backstage.tables.layout import how_many, lines_of, look_at

import numpy as np

MOST_NAMES = 1000  # of a column whose names become columns
SMALLEST, LARGEST = 1e-40, 1e40  # between them a number can be scaled and squared without becoming 0 or infinite
ZEROS = re.compile(r"[-+]?0\d+(\.\d*)?")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
UNITS = "if this line holds units, delete it; if it is the header, delete what stands above it"


class Table(typing.NamedTuple):
    """What read_table read."""

    X: np.ndarray  # (rows, columns), as in the file
    Y: np.ndarray  # (rows, classes) with a 1 in the column of the class, or (rows, 1) with the numbers to predict
    columns: list  # the names of those of X
    target: str  # the name of the column to predict
    classes: list | None  # their names, or None where the target holds numbers
    header: bool  # whether the names of the columns stand in the file
    texts: list  # for a column of X that stands for one name in a column of the file, the latter's own name, else ""
    remarks: list  # sentences about what may be a mistake


class Names(typing.NamedTuple):
    """A column of names: the names in order, and for each row the number of its name."""

    names: list
    labels: np.ndarray

    def found(self):
        """The first row of each name, and the name, in the order of the rows."""
        return sorted(zip(np.unique(self.labels, return_index=True)[1], self.names, strict=True))


def read_table(path, target=None, classes=False, ignore=(), one_hot=()):
    """Read a table of numbers whose last column, or the one named target, is to be predicted. Returns a Table.

    The separator may be a tab, a comma or a semicolon; the first line is a header if none of its cells is a
    number. Where the target holds names, each is a class; classes=True takes numbers for classes too. The
    columns named in ignore are left out, and of those in one_hot each name becomes a column of 0 and 1.
    Raises OSError where the file cannot be read, and Refused, with file, line and column, where it is not
    such a table.
    """
    return table_of(look_at(path), target, classes, ignore, one_hot)


def read_points(path, ignore=(), most=8):
    """A Table with two columns of numbers and a column of classes, after those named in ignore are left out."""
    layout = look_at(path)
    table = table_of(layout, None, True, [name for name in layout.names[:-1] if name in ignore], ())
    inputs, classes = len(table.columns), len(table.classes)
    if inputs != 2:
        raise Refused(f"{path}: two columns and a class make points in a plane, but it has {inputs} columns")
    if classes > most:
        raise Refused(f"{path}: {classes} classes are more than the {most} that have a colour")
    return table


def read_inputs(path, columns, texts):
    """X (rows, columns) for a network trained on a Table of these columns and texts, and remarks.

    Of a file with a header the columns are picked out by their names.
    """
    layout, known = look_at(path), known_names(columns, texts)
    wanted = list(dict.fromkeys(text or column for column, text in zip(columns, texts, strict=True)))
    if not layout.header:
        if len(layout.names) != len(wanted):
            has = f"there {how_many(layout.names)}, but {len(wanted)} are expected"
            raise Refused(f"{layout.at(layout.line)}: {has}: {listed(wanted)}")
        layout = layout._replace(names=wanted)
    check_choice(layout, wanted)
    read = read_columns(layout, dict.fromkeys(wanted, "the network was trained with numbers in this column"), known)
    for column, names in known.items():
        for row, name in read[column].found():
            if name not in names:
                what = f"{quoted(name)} is none of the names that the network was trained with"
                raise Refused(f"{layout.at_row(row, column)}: {what}: {listed(names)}")
    remarks = layout.remarks + remarks_on_writing(layout, [name for name in wanted if name not in known])
    return matrix(layout, read, columns, texts, smallest=0), remarks


def known_names(columns, texts):
    """The names that columns of a Table stand for, by the column of the file in which they stood."""
    known = {text: [] for text in texts if text}
    for column, text in zip(columns, texts, strict=True):
        if text:
            known[text].append(column.removeprefix(f"{text}="))
    return known


def table_of(layout, target, classes, ignore, one_hot):
    """The Table in a file of this layout, if nothing speaks against it."""
    ways = dict.fromkeys(layout.names, "correct it or leave the row out; if all are names, --ignore or --one-hot")
    if target is None:
        target, first = layout.names[-1], layout.names[0]
        if all(layout.numbers(target)) and not any(layout.numbers(first)):
            ways[first] += f'; if they are what to predict, --target "{first}"'
    check_choice(layout, [target, *ignore, *one_hot])
    check_options(target, ignore, one_hot)
    ways[target] = "if the others are names, too, add --classes"
    inputs = [name for name in layout.names if name not in [target, *ignore]]
    if not inputs:
        only = "it is the only one, so there are no inputs; a comma, semicolon or tab ends a cell"
        raise Refused(f"{layout.at(layout.line, target)}: {'--ignore leaves no input' if ignore else only}")
    named = classes or 2 * sum(layout.numbers(target)) <= len(layout.head)
    ways = {name: ways[name] for name in [*inputs, target]}
    read = read_columns(layout, ways, {*one_hot, target} if named else {*one_hot})
    columns, texts, remarks = inputs_of(layout, read, inputs)
    X = matrix(layout, read, columns, texts)
    if len(X) < 2:
        raise Refused(f"{layout.at(layout.line)}: there is only one row of data, too few to learn from")
    Y, names, more = (classes_of if named else numbers_of)(layout, target, read[target], classes)
    numbers = [name for name, values in read.items() if not isinstance(values, Names)]
    remarks = layout.remarks + remarks + remarks_on_numbers(X, columns) + remarks_on_writing(layout, numbers) + more
    return Table(X, Y, columns, target, names, bool(layout.header), texts, remarks)


def check_choice(layout, names):
    """Refuse names of columns that are not there."""
    for name in names:
        if name not in layout.names:
            why = "" if layout.header else ", because there is no header"
            there = f"there is no column {quoted(name)}, only {listed(layout.names)}{why}"
            raise Refused(f"{layout.at(layout.header or layout.line)}: {there}")


def check_options(target, ignore, one_hot):
    """Refuse options that name the same column for two purposes."""
    for option, chosen in (("--ignore", ignore), ("--one-hot", one_hot)):
        if target in chosen:
            raise Refused(f"{option} names {quoted(target)}, which is the column to predict: --target chooses another")
    for name in set(one_hot) & set(ignore):
        raise Refused(f"{quoted(name)} is named in both --ignore and --one-hot")


def read_columns(layout, ways, texts):
    """Read columns: by name the numbers (rows,), or of those in texts Names.

    ways: the columns, and for each what to do where a name stands in the place of a number.
    """
    report.progress(f"reading {layout.path}")
    try:
        values, known = by_numpy(layout, ways, texts)
    except ValueError:
        values, known = by_cell(layout, ways, texts)
    finally:
        report.progress("")
    columns = dict(zip(ways, values.T, strict=True))
    for column, numbers in known.items():
        names = sorted(numbers)
        order = np.argsort([numbers[name] for name in names])
        columns[column] = Names(names, order[columns[column].astype(int)])
    return columns


def by_numpy(layout, wanted, texts):
    """The wanted columns (rows, columns) as numpy's own reader reads them, and the numbers of the names in texts."""
    if layout.comma or (texts and '"' in layout.text):
        raise ValueError("numpy knows neither decimal commas nor names in quotation marks")
    known = {name: {} for name in texts}
    converters = {layout.names.index(name): functools.partial(number_of, names) for name, names in known.items()}
    how = {"delimiter": layout.separator, "skiprows": layout.line - 1, "comments": None, "encoding": "utf-8"}
    values = np.loadtxt(lines_of(layout.text), ndmin=2, converters=converters or None, **how)
    if values.shape[1] != len(layout.names) or not np.all(np.isfinite([values.min(), values.max()])):
        raise ValueError("not such a table of numbers")
    return values[:, [layout.names.index(name) for name in wanted]], known


def by_cell(layout, ways, texts):
    """The same, cell by cell. Raises Refused where something is no number."""
    known, values = {name: {} for name in texts}, array.array("d")
    places = [(layout.names.index(name), name, known.get(name)) for name in ways]
    for line, row in layout.rows():
        for place, name, names in places:
            value = cells.number(row[place], layout.comma) if names is None else number_of(names, row[place])
            if not math.isfinite(value):
                below_header = layout.header and line == layout.line
                way = ways[name] if not below_header or any(map(cells.is_number, row)) else UNITS
                raise Refused(f"{layout.at(line, name)}: {cells.no_number(row[place], way)}")
            values.append(value)
    return np.array(values).reshape(-1, len(ways)), known


def number_of(names, name):
    """The number of a name: the next one, if it is not among the names yet."""
    return names.setdefault(name.strip(), len(names))


def inputs_of(layout, read, inputs):
    """The columns of X and their texts, and remarks. Raises Refused where names cannot become columns."""
    columns, texts, remarks = [], [], []
    for column in inputs:
        names = [""]
        if isinstance(read[column], Names):
            names = [f"={name}" for name in read[column].names]
            if len(names) > MOST_NAMES:
                raise Refused(f"{layout.at(layout.line, column)}: it has {len(names)} names, too many for --one-hot")
            remarks += remarks_on_names(layout, column, read[column], True)
        columns += [column + name for name in names]
        texts += [column if name else "" for name in names]
    twice = [name for name, times in collections.Counter(columns).items() if times > 1]
    if twice:
        raise Refused(f"{layout.path}: --one-hot makes columns of names that there are already: {listed(twice)}")
    return columns, texts, remarks


def matrix(layout, read, columns, texts, smallest=SMALLEST):
    """X (rows, columns): numbers, and for a column that stands for a name 1 in its rows."""
    X = []
    for column, text in zip(columns, texts, strict=True):
        values = read[text or column]
        if text:
            values = np.array([f"{text}={name}" == column for name in values.names], dtype=float)[values.labels]
        X.append(checked(layout, column, values, smallest))
    return np.column_stack(X)


def checked(layout, column, values, smallest=SMALLEST):
    """The values. Raises Refused where one is too large to be reckoned with, or but for 0 too small."""
    sizes = np.abs(values)
    for wrong, what in ((sizes > LARGEST, "large"), ((sizes < smallest) & (sizes > 0), "small")):
        if wrong.any():
            why = f"{values[wrong.argmax()]:g} is too {what} to be reckoned with; use another unit, or the logarithm"
            raise Refused(f"{layout.at_row(wrong.argmax(), column)}: {why}")
    return values


def counts_rows(values):
    return len(values) > 2 and abs(values[1] - values[0]) == 1 and np.all(np.diff(values) == values[1] - values[0])


def remarks_on_numbers(X, columns):
    """Sentences about the columns of X that may be there by mistake."""
    lowest, highest = X.min(axis=0), X.max(axis=0)
    flat = highest - lowest <= 1e-12 * np.maximum(np.abs(lowest), np.abs(highest))  # as your_data.scaling takes it
    same = [column for column, is_flat in zip(columns, flat, strict=True) if is_flat]
    counting = [column for column, values in zip(columns, X.T, strict=True) if len(columns) > 1 and counts_rows(values)]
    remarks = [f"{listed(same)}: the same in every row, so of no use"] if same else []
    return remarks + [
        f'{shown(name)} only counts the rows; if that means nothing, --ignore "{name}"' for name in counting
    ]


def remarks_on_writing(layout, columns):
    """Sentences about numbers that may be something else. Raises Refused where points may stand for thousands."""
    remarks = []
    for column in columns:
        written = layout.cells(column)
        zeros = next(filter(ZEROS.fullmatch, written), None)
        if zeros:
            what = "has zeros in front, as in a code or in the second half of 1,050: is it a number?"
            remarks.append(f"{shown(column)}: {shown(zeros)} {what}")
        marked = [cell for cell in written if "." in cell or "," in cell]
        if marked and len(marked) < len(written) and all(map(THOUSANDS.fullmatch, marked)):
            what = f"is {marked[0]} in the thousands? then leave its mark out; if not, write as many digits in all rows"
            if layout.separator != ",":
                raise Refused(f"{layout.at_row(written.index(marked[0]), column)}: {what}")
            remarks.append(f"{shown(column)}: {what}")
        if marked and layout.comma:
            remarks.append(f"{shown(column)}: the comma in {shown(marked[0])} was read as a decimal point")
    return remarks


def numbers_of(layout, target, values, _):
    """Y (rows, 1), no classes, and remarks. Raises Refused where there is nothing to learn."""
    Y = checked(layout, target, values).reshape(-1, 1)
    if Y.min() == Y.max():
        raise Refused(f"{layout.at(layout.line, target)}: every row has the same value {Y[0, 0]:g}, nothing to learn")
    remark = f"{shown(target)}, the column to predict, only counts the rows"
    return Y, None, [remark] if counts_rows(values) else []


def classes_of(layout, target, values, numbers_too):
    """Y (rows, classes), the classes, and remarks. Raises Refused where the names are no classes."""
    remarks = remarks_on_names(layout, target, values, numbers_too)
    counts = np.bincount(values.labels)
    name, row = values.names[counts.argmin()], np.argmax(values.labels == counts.argmin())
    if counts.min() == 1:
        why = "" if layout.header or row else ", or else this is a header, where no name may be a number"
        raise Refused(f"{layout.at_row(row, target)}: {quoted(name)} is the only row of its class{why}")
    if len(counts) < 2:
        raise Refused(f"{layout.at(layout.line, target)}: every row has the same class {quoted(name)}")
    return np.eye(len(counts))[values.labels], values.names, remarks


def remarks_on_names(layout, column, values, numbers_too):
    """Sentences about names that may be mistakes. Raises Refused for what is none; numbers_too: numbers are names."""
    same, alike, remarks = {}, {}, []
    for row, name in values.found():
        wrong, other = cells.no_name(name, numbers_too), same.setdefault(cells.value(name), name)
        if other != name:
            wrong = f"{cells.cut(ascii(name))} and {cells.cut(ascii(other))} mean the same; write them alike"
        if wrong:
            raise Refused(f"{layout.at_row(row, column)}: {wrong}")
        other = alike.setdefault(cells.visible(name).casefold(), name)
        if other != name:
            what = "which differ in large and small letters, are two names"
            remarks.append(f"{shown(column)}: {shown(other)} and {shown(name)}, {what}")
        if name.lower() in cells.MAY_BE_MISSING:
            remarks.append(f"{shown(column)}: {shown(name)} was taken for a name like the others; or is it missing?")
    return remarks


def notes(path, notes, shape):
    """The notes that your_data.py keeps with a network of this shape. Raises Refused where they do not fit it."""
    inputs, outputs = (shape[0],), (shape[-1],)
    numbers = {"x_mean": [inputs], "x_spread": [inputs], "y_mean": [(), outputs], "y_spread": [(), outputs]}
    names = {"columns": [inputs], "texts": [inputs], "target": [()], "classes": [outputs if shape[-1] > 1 else (0,)]}
    notes = {"texts": np.full(inputs, "")} | notes  # which older files do not have
    for name, shapes in (numbers | names).items():
        if name not in notes:
            raise Refused(f"{path} holds a network, but not one that was saved by your_data.py --save")
        values, lowest = notes[name], 1e-60 if name.endswith("spread") else -1e60  # no table has such numbers
        if name in numbers:
            sound = np.issubdtype(values.dtype, np.floating) and np.all((lowest < values) & (values < 1e60))
        else:
            sound = np.issubdtype(values.dtype, np.str_) and not any(map(has_control, values.flat))
        if values.shape not in shapes or not sound:
            raise Refused(f"{path}: its {name} do not fit the network of shape {shape}")
    return notes
