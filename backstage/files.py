"""Files that go in and out: arrays in .npz, whole numbers in .csv, and whatever is written whole or not at all."""

import contextlib
import io
import os
import shutil

from backstage import Refused, signals

import numpy as np

CONTENTS = "names of all arrays"  # in a file, beside them, so that none can get lost


@contextlib.contextmanager
def whole(path):
    """Give the name of a file to write, which then replaces the one at path; not so after an error, or Ctrl-C.

    It stands in a folder of its own beside path, so that two writers never spoil each other's file.
    """
    import tempfile  # as zipfile below, only where a file is written or read: a training may be over sooner

    target, own = os.path.realpath(path), None
    try:
        with signals.waiting():  # a folder half made, or half removed, would be left behind
            own = tempfile.TemporaryDirectory(prefix=".part-", dir=os.path.dirname(target))
        part = os.path.join(own.name, os.path.basename(target))
        yield part
        if os.path.exists(target):
            shutil.copymode(target, part)
        os.replace(part, target)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), path) from None
    finally:
        with signals.waiting():
            if own:
                own.cleanup()


def write(path, content):
    """Write bytes to a file, whole or not at all."""
    with whole(path) as part, open(part, "wb") as file:
        file.write(content)


def write_table(path, header, rows):
    """Write a CSV file with a header, whole or not at all."""
    import csv  # only here, as tempfile above

    content = io.StringIO(newline="")
    csv.writer(content, lineterminator="\n").writerows([header, *rows])
    write(path, content.getvalue().encode("utf-8"))


def write_arrays(path, **arrays):
    """Write arrays to a .npz file, whole or not at all."""
    if any(np.asarray(values).dtype.hasobject for values in arrays.values()):
        raise Refused("only numbers and texts can be saved, because Python objects could not be loaded safely")
    content = io.BytesIO()
    np.savez(content, **{CONTENTS: list(arrays)}, **arrays)
    write(path, content.getvalue())


def read_arrays(path):
    """The arrays of a .npz file in a dictionary, read without pickle.

    Raises Refused where the file is not one, is damaged, or unpacks to much more than it holds, which no network
    does; OSError where it cannot be opened.
    """
    import warnings
    import zipfile

    with open(path, "rb") as file:
        try:
            unpacked = sum(member.file_size for member in zipfile.ZipFile(file).infolist())
            if unpacked > 10**6 + 2 * os.path.getsize(path):
                raise Refused(f"it unpacks to {unpacked:,} bytes")
            file.seek(0)
            with np.load(file, allow_pickle=False) as members, warnings.catch_warnings():
                warnings.simplefilter("error")
                arrays = dict(members)
            for name, values in arrays.items():
                if not isinstance(values, np.ndarray):
                    raise Refused(f"{name!r} in it is no array")
                if values.size > 0 == values.itemsize:
                    raise Refused(f"{name!r} in it is an array of nothing")
            missing = set(arrays.pop(CONTENTS, np.array([])).tolist()) - arrays.keys()
            if missing:
                raise Refused(f"{sorted(missing)} is missing in it")
            return arrays
        except MemoryError:
            raise Refused(f"{path} needs more memory than there is") from None
        except Exception as error:  # a damaged file raises what the broken part happens to raise
            why = (str(error) or type(error).__name__).splitlines()[0]
            raise Refused(f"{path} is not a saved network: {why}") from None


def read_whole_numbers(path, largest):
    """The numbers of a CSV file with a header and nothing but whole numbers, none below 0: (rows, columns).

    largest: the largest number that each column may hold. Raises Refused, with file, line and column, where the file is
    otherwise, and OSError where it cannot be read.
    """
    import warnings

    try:
        with open(path, encoding="utf-8") as file, warnings.catch_warnings():
            warnings.simplefilter("error")  # some numpy takes 5.5 for 5, with no more than a warning
            header = file.readline()
            numbers = np.loadtxt(file, int, delimiter=",", comments=None, ndmin=2)
        named = not all(map(is_whole, header.split(",")))
        if named and numbers.size and np.all((numbers >= 0) & (numbers <= largest)):
            return numbers
    except (ValueError, Warning):  # also a letter that is none, a number of another kind, columns that do not fit
        pass
    raise Refused(f"{path}, {where_not_whole(path, largest)}")


def is_whole(cell):
    """Whether a cell is a whole number, not below 0, as numpy reads it."""
    return cell.strip().isascii() and cell.strip().isdecimal()


def where_not_whole(path, largest):
    """The first line in which something else stands than read_whole_numbers expects, and what, read cell by cell."""
    with open(path, encoding="utf-8", errors="replace") as file:
        rows = [line.rstrip("\n").split(",") for line in file]
    if rows and all(map(is_whole, rows[0])):
        return "line 1: it has numbers where the names of the columns should stand"
    for line, row in enumerate(rows[1:], start=2):
        if row == [""]:
            continue
        if len(row) != len(largest):
            return f"line {line}: it has {len(row)} cells, but needs {len(largest)}"
        for column, (cell, most) in enumerate(zip(row, largest, strict=True), start=1):
            if not (is_whole(cell) and int(cell) <= most):
                return f"line {line}, column {column}: {cell!r} is not a whole number from 0 to {most}"
    return f"line {len(rows) + 1}: it ends here, and has no rows"
