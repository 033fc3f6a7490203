"""A CSV file as the table it is: what looks like a mistake in it is said or refused, never guessed."""

import array
import collections
import functools
import itertools
import math
import re
import typing

from backstage import Refused, report
from backstage.tables import cells
from backstage.tables.cells import listed, quoted, shown
from backstage.tables.layout import how_many, lines_of, look_at

import numpy as np

MOST_NAMES = 1000  # of a column whose names become columns
SMALLEST, LARGEST = 1e-40, 1e40  # between them a number can be scaled and squared without becoming 0 or infinite
UNITS = "if this line holds units, delete it; if it is the header, delete what stands above it"
ZEROS = re.compile(r"[-+]?0\d+(\.\d*)?")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")


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
    """X (rows, columns), where a header stands by its names, for a network trained on a Table, and remarks."""
    layout, parts = look_at(path), []
    for column, text in zip(columns, texts, strict=True):
        parts.append((text, column.removeprefix(f"{text}=")) if text else (column, None))
    wanted = list(dict.fromkeys(column for column, _ in parts))
    if not layout.header:
        if len(layout.names) != len(wanted):
            has = f"there {how_many(layout.names)}, but {len(wanted)} are expected"
            raise Refused(f"{layout.at(layout.first)}: {has}: {listed(wanted)}")
        layout = layout._replace(names=wanted, head=dict(zip(wanted, layout.head.values(), strict=True)))
    check_there(layout, wanted)
    ways = dict.fromkeys(wanted, "the network was trained with numbers in this column")
    read, names = read_columns(layout, ways, {text for text in texts if text})
    for column, values in read.items():
        if column not in names:
            layout.remarks.extend(remarks_on_numbers(layout, column, values, smallest=0))
            continue
        known = [name for other, name in parts if other == column]
        unknown = [name for name in names[column] if name not in known]
        if unknown:
            row = np.argmax(values == names[column][unknown[0]])
            what = f"{quoted(unknown[0])} is none of the names that the network was trained with"
            raise Refused(f"{layout.at_row(row, column)}: {what}: {listed(known)}")
    return matrix(read, names, parts), layout.remarks


def table_of(layout, target, classes, ignore, one_hot):
    """The Table in a file of this layout, if nothing speaks against it."""
    target, remarks = layout.names[-1] if target is None else target, layout.remarks
    ways = chosen(layout, target, ignore, one_hot)
    named = classes or 2 * layout.numbers(target) <= len(layout.head[target])
    read, names = read_columns(layout, ways, {*one_hot, target} if named else {*one_hot})
    for column, values in read.items():
        if column in names:
            remarks += remarks_on_names(layout, column, values, names[column], classes or column != target)
        else:
            remarks += remarks_on_numbers(layout, column, values)
    inputs = [column for column in read if column != target]
    parts = [(column, name) for column in inputs for name in sorted(names.get(column, [])) or [None]]
    columns = [column if name is None else f"{column}={name}" for column, name in parts]
    check_columns(layout, parts, columns)
    check_target(layout, target, read[target], names.get(target))
    X, classes = matrix(read, names, parts), sorted(names[target]) if named else None
    Y = matrix(read, names, [(target, name) for name in classes or [None]])
    remarks += remarks_on_columns(X, columns)
    if not named and counts_rows(Y[:, 0]):
        remarks.append(f"{shown(target)}, the column to predict, only counts the rows")
    texts = ["" if name is None else column for column, name in parts]
    return Table(X, Y, columns, target, classes, bool(layout.header), texts, remarks)


def chosen(layout, target, ignore, one_hot):
    """The inputs and at last the target, each with what to do where a name stands in the place of a number."""
    check_there(layout, [target, *ignore, *one_hot])
    for option, columns in (("--ignore", ignore), ("--one-hot", one_hot)):
        if target in columns:
            raise Refused(f"{option} names {quoted(target)}, which is the column to predict: --target chooses another")
    for name in set(one_hot) & set(ignore):
        raise Refused(f"{quoted(name)} is named in both --ignore and --one-hot")
    way = "correct it or leave the row out; if all are names, --ignore or --one-hot"
    ways = {name: way for name in layout.names if name not in (target, *ignore)}
    if not ways:
        only = "it is the only one, so there are no inputs; a comma, semicolon or tab ends a cell"
        raise Refused(f"{layout.at(layout.first, target)}: {'--ignore leaves no input' if ignore else only}")
    first = layout.names[0]
    if first in ways and layout.numbers(target) and not layout.numbers(first):
        ways[first] += f'; if they are what to predict, --target "{shown(first)}"'
    return ways | {target: "if the others are names, too, add --classes"}


def check_there(layout, names):
    """Refuse names of columns that are not there."""
    for name in names:
        if name not in layout.names:
            why = "" if layout.header else ", because there is no header"
            there = f"there is no column {quoted(name)}, only {listed(layout.names)}{why}"
            raise Refused(f"{layout.at(layout.header or layout.first)}: {there}")


def read_columns(layout, ways, texts):
    """Read columns: by name the numbers (rows,), and for those in texts, which number stands for which name.

    numpy's own reader is fast; where it stumbles, reading cell by cell goes on, or says where the mistake is.
    ways: the columns, and for each what to do where a name stands in the place of a number.
    """
    report.progress(f"reading {layout.path}")
    try:
        columns, names = by_numpy(layout, ways, texts)
    except ValueError:
        columns, names = by_cell(layout, ways, texts)
    finally:
        report.progress("")
    return dict(zip(ways, columns, strict=True)), names


def by_numpy(layout, wanted, texts):
    """The columns that numpy reads, and the names in those of texts. Raises ValueError where it stumbles."""
    names = {column: {} for column in texts}
    if layout.comma or (texts and b'"' in layout.content):
        raise ValueError("numpy knows neither decimal commas nor names in quotation marks")
    converters = {layout.names.index(column): functools.partial(number_of, names[column]) for column in texts}
    how = {"delimiter": layout.separator, "comments": None, "encoding": "utf-8", "converters": converters or None}
    lines = itertools.islice(lines_of(layout.content, layout.encoding), layout.first - 1, None)
    values = np.loadtxt(lines, ndmin=2, **how)
    if values.shape[1] != len(layout.names) or not np.all(np.isfinite([values.min(), values.max()])):
        raise ValueError("not such a table of numbers")
    return [values[:, layout.names.index(column)] for column in wanted], names


def by_cell(layout, ways, texts):
    """The same, read cell by cell. Raises Refused where something is no number."""
    names, values = {column: {} for column in texts}, array.array("d")
    places = [(layout.names.index(column), column, names.get(column)) for column in ways]
    for line, row in layout.rows():
        for place, column, found in places:
            value = cells.number(row[place], layout.comma) if found is None else number_of(found, row[place])
            if not math.isfinite(value):
                units = layout.header and line == layout.first and not any(map(cells.is_number, row))
                why = cells.no_number(row[place], UNITS if units else ways[column])
                raise Refused(f"{layout.at(line, column)}: {why}")
            values.append(value)
    return np.array(values).reshape(-1, len(ways)).T, names


def number_of(names, name):
    """The number of a name: the next one, if it is not among the names yet."""
    return names.setdefault(name.strip(), len(names))


def matrix(read, names, parts):
    """Numbers (rows, parts): a part is a column, or a column and one of its names, then 1 in the rows that have it."""
    columns = [read[part] if name is None else read[part] == names[part].get(name, -1) for part, name in parts]
    return np.column_stack(columns).astype(float, copy=False)


def check_columns(layout, parts, columns):
    """Refuse columns of the same name, and too many names."""
    for column, names in collections.Counter(column for column, _ in parts).items():
        if names > MOST_NAMES:
            raise Refused(f"{layout.at(layout.first, column)}: it has {names} names, too many for --one-hot")
    twice = [name for name, times in collections.Counter(columns).items() if times > 1]
    if twice:
        raise Refused(f"{layout.path}: --one-hot makes columns of names that there are already: {listed(twice)}")


def check_target(layout, target, values, names):
    """Refuse a column to predict from which nothing can be learnt. names: None where it holds numbers."""
    if len(values) < 2:
        raise Refused(f"{layout.at(layout.first)}: there is only one row of data, too few to learn from")
    counts = np.bincount(values.astype(int)) if names else []
    for name in sorted(names or ()):
        if counts[names[name]] == 1:
            row = np.argmax(values == names[name])
            why = "" if layout.header or row else ", or else this is a header, where no name may be a number"
            raise Refused(f"{layout.at_row(row, target)}: {quoted(name)} is the only row of its class{why}")
    if values.min() == values.max():
        same = f"class {quoted(*names)}" if names else f"value {values[0]:g}, nothing to learn"
        raise Refused(f"{layout.at(layout.first, target)}: every row has the same {same}")


def counts_rows(values):
    return len(values) > 2 and abs(values[1] - values[0]) == 1 and np.all(np.diff(values) == values[1] - values[0])


def remarks_on_columns(X, columns):
    """Sentences about columns that may be there by mistake."""
    lowest, highest = X.min(axis=0), X.max(axis=0)
    flat = highest - lowest <= 1e-12 * np.maximum(np.abs(lowest), np.abs(highest))  # as your_data.scaling takes it
    if flat.any():
        yield f"{listed([columns[i] for i in np.flatnonzero(flat)])}: the same in every row, so of no use"
    for column, values in zip(columns, X.T, strict=True):
        if len(columns) > 1 and counts_rows(values):
            yield f'{shown(column)} only counts the rows; if that means nothing, --ignore "{shown(column)}"'


def remarks_on_numbers(layout, column, values, smallest=SMALLEST):
    """Sentences about numbers that may be something else. Raises Refused for what would be misread."""
    sizes, written = np.abs(values), layout.head[column]
    for wrong, what in ((sizes > LARGEST, "large"), ((sizes < smallest) & (sizes > 0), "small")):
        if wrong.any():
            why = f"{values[wrong.argmax()]:g} is too {what} to compute with; use another unit, or the logarithm"
            raise Refused(f"{layout.at_row(wrong.argmax(), column)}: {why}")
    zeros = [*filter(ZEROS.fullmatch, written)]
    if zeros:
        what = "has zeros in front, as in a code or in the second half of 1,050: is it a number?"
        yield f"{shown(column)}: {shown(zeros[0])} {what}"
    marked = [cell for cell in written if "." in cell or "," in cell]
    if marked and len(marked) < len(written) and all(map(THOUSANDS.fullmatch, marked)):
        what = f"is {marked[0]} in the thousands? then leave its mark out; if not, write as many digits in all rows"
        if layout.separator != ",":
            raise Refused(f"{layout.at_row(written.index(marked[0]), column)}: {what}")
        yield f"{shown(column)}: {what}"
    if marked and layout.comma:
        yield f"{shown(column)}: the comma in {shown(marked[0])} was read as a decimal point"


def remarks_on_names(layout, column, values, names, numbers_too):
    """Sentences about names that may be mistakes. Raises Refused for what is none; numbers_too: numbers are names."""
    same, alike = {}, {}
    for name, number in names.items():
        wrong, other = cells.no_name(name, numbers_too), same.setdefault(cells.value(name), name)
        if other != name:
            wrong = f"{cells.cut(ascii(name))} and {cells.cut(ascii(other))} mean the same; write them alike"
        if wrong:
            raise Refused(f"{layout.at_row(np.argmax(values == number), column)}: {wrong}")
        other = alike.setdefault(cells.visible(name).casefold(), name)
        if other != name:
            what = "which differ in large and small letters, are two names"
            yield f"{shown(column)}: {shown(other)} and {shown(name)}, {what}"
        if name.lower() in cells.MAY_BE_MISSING:
            yield f"{shown(column)}: {shown(name)} was taken for a name like the others; or is it missing?"


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
            sound = values.dtype == np.float64 and np.all((lowest < values) & (values < 1e60))
        else:
            sound = np.issubdtype(values.dtype, np.str_) and not any(map(cells.has_control, values.flat))
        if values.shape not in shapes or not sound:
            raise Refused(f"{path}: its {name} do not fit the network of shape {shape}")
    return notes
