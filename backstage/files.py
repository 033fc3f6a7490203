"""Files that go in and out: tables in CSV, arrays in .npz, and whatever is written whole or not at all."""

import array
import collections
import contextlib
import csv
import io
import math
import os
import typing

import numpy as np

from backstage.checks import Refused


@contextlib.contextmanager
def whole(path):
    """Give the name of a file to write, which then replaces the one at path; not so after an error, or Ctrl-C.

    It stands beside path under a name of this process's own, so that two writers never spoil each other's file.
    """
    stem, ending = os.path.splitext(os.path.realpath(path))
    part = f"{stem}.{os.getpid()}.part{ending}"
    try:
        yield part
        os.replace(part, stem + ending)
    finally:
        if os.path.exists(part):
            os.unlink(part)


def write_arrays(path, **arrays):
    """Write arrays to a .npz file, whole or not at all."""
    if any(np.asarray(values).dtype.hasobject for values in arrays.values()):
        raise Refused("only numbers and texts can be saved, because Python objects could not be loaded safely")
    content = io.BytesIO()
    np.savez(content, **arrays)
    with whole(path) as part, open(part, "wb") as file:
        file.write(content.getbuffer())


def read_arrays(path):
    """The arrays of a .npz file in a dictionary, read without pickle.

    Raises Refused where the file is not one, or is damaged; OSError where it cannot be opened.
    """
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return dict(arrays)
        except Exception as error:  # a damaged file raises what the broken part happens to raise
            raise Refused(f"{path} is not a saved network: {error or type(error).__name__}") from None


class Table(typing.NamedTuple):
    """What read_table read: X (rows, columns) as it stands in the file, Y, and what they mean.

    Y is (rows, classes) with a 1 in the column of the class where classes is a list of names, and
    (rows, 1) with the numbers themselves where classes is None; it is None where there is no target.
    columns names the columns of X, target that of Y; header tells whether the names stand in the file.
    """

    X: np.ndarray
    Y: np.ndarray | None
    columns: list
    target: str | None
    classes: list | None
    header: bool


def read_table(path, target=None, classes=False, ignore=(), wanted=None):
    """Read a table of numbers whose last column, or the one named target, is to be predicted.

    The separator may be a comma, a semicolon or a tab; the first line is a header if none of its cells is a
    number. Where the target holds names, each is a class; classes=True takes numbers for classes too. The
    columns named in ignore are left out. wanted is for a table without a target: the names of its columns,
    which are picked out of a file that has a header. Returns a Table.
    Raises OSError where the file cannot be read, and Refused, with file, line and column, where it is not
    such a table.
    """
    rows = _csv_rows(path)
    header = not any(_is_number(cell) for cell in rows[0][1])
    names = rows[0][1] if header else [f"column {i + 1}" for i in range(len(rows[0][1]))]
    names = [name.strip() or f"column {i + 1}" for i, name in enumerate(names)]
    repeated = [name for name, times in collections.Counter(names).items() if times > 1]
    if repeated:
        raise Refused(f"{path}, line {rows[0][0]}, column {repeated[0]!r}: there are two columns of this name")
    del rows[: int(header)]
    if not rows:
        raise Refused(f"{path}, line 1: there is a header, but no row of data below it")
    if wanted and not header and len(names) != len(wanted):
        raise Refused(f"{path}, line {rows[0][0]}: there are {len(names)} columns, but {len(wanted)} are expected")
    for name in [*([target] if target else ()), *ignore, *(wanted if wanted and header else ())]:
        if name not in names:
            raise Refused(f"{path}, line 1: there is no column {name!r}, only {', '.join(names)}")
    last = names.index(target) if target else len(names) - 1
    inputs = [i for i, name in enumerate(names) if i != last and name not in ignore]
    if wanted:
        inputs = [names.index(name) for name in wanted] if header else list(range(len(wanted)))
    if not inputs:
        raise Refused(f"{path}, line {rows[0][0]}, column {names[last]!r}: it is the only one, so there are no inputs")
    if not wanted and len(rows) < 2:
        raise Refused(f"{path}, line {rows[0][0]}: there is only one row of data, too few to learn from")
    X = np.array(array.array("d", (_number(path, line, names[i], cells[i]) for line, cells in rows for i in inputs)))
    X = X.reshape(len(rows), len(inputs))
    columns = [names[i] for i in inputs]
    if wanted:
        return Table(X, None, columns, None, None, header)
    cells = [(line, row[last].strip()) for line, row in rows]
    if not classes and 2 * sum(_is_number(cell) for _, cell in cells) > len(cells):
        Y = np.array([[_number(path, line, names[last], cell)] for line, cell in cells])
        return Table(X, Y, columns, names[last], None, header)
    return Table(X, *_classes(path, cells, columns, names[last]), header)


def _csv_rows(path):
    """The rows of a file as pairs: line number, list of cells, all of the same length; empty lines are left out."""
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder, not a CSV file")
    reader = None
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            first = next((line for line in file if line.strip()), "")
            if "\0" in first:
                raise Refused(f"{path} is not a text file in UTF-8")
            separator = max(",;\t", key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
            file.seek(0)
            reader = csv.reader(file, delimiter=separator)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except UnicodeDecodeError:
        raise Refused(f"{path} is not a text file in UTF-8") from None
    except csv.Error as error:
        raise Refused(f"{path}, line {reader.line_num if reader else 1}: {error}") from None
    if not rows:
        raise Refused(f"{path}, line 1: the file is empty")
    width = len(rows[0][1])
    for line, row in rows:
        if len(row) != width:
            raise Refused(f"{path}, line {line}: there are {len(row)} columns, but line {rows[0][0]} has {width}")
    return rows


def _classes(path, cells, columns, target):
    """The one-hot Y and the further fields of a Table whose target has names; cells are pairs line, name."""
    counts, lines = collections.Counter(cell for _, cell in cells), {cell: line for line, cell in cells}
    names = sorted(counts)
    for name in names:
        if not name:
            raise Refused(f"{path}, line {lines[name]}, column {target!r}: the value is missing")
        if counts[name] == 1:
            raise Refused(f"{path}, line {lines[name]}, column {target!r}: {name!r} is the only row of its class")
    if len(names) < 2:
        raise Refused(f"{path}, line {lines[names[0]]}, column {target!r}: every row has the same class {names[0]!r}")
    index = {name: i for i, name in enumerate(names)}
    Y = np.zeros((len(cells), len(names)))
    Y[np.arange(len(cells)), [index[cell] for _, cell in cells]] = 1
    return Y, columns, target, names


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(path, line, column, cell):
    """The finite number in a cell."""
    try:
        value = float(cell)
    except ValueError:
        what = f"{cell!r} is not a number" if cell.strip() else "the value is missing"
        raise Refused(f"{path}, line {line}, column {column!r}: {what}") from None
    if not math.isfinite(value):
        raise Refused(f"{path}, line {line}, column {column!r}: {cell!r} is not a finite number")
    return value
