"""How a file is written: its letters, what divides its cells, and where its header and its data stand."""

import contextlib
import csv
import functools
import io
import itertools
import os
import re
import typing

from backstage import Refused
from backstage.tables.cells import cut, has_control, is_marked, is_missing, is_number, listed, quoted, shown, visible

HEAD = 1000  # rows that are looked at first
SEP = re.compile(r'"?sep=([^\w\s"\'.+-]|\t)"?\s*')  # a first line that names the separator, for spreadsheets
NO_TABLE = {  # how a text begins that is none
    r"\s*[\[{]\s*[\[{\"]": "holds JSON, not a table; a spreadsheet or pandas can make a CSV file of it",
    r"\s*<(!doctype|!--|html|head|\?xml)": "is a web page, not a table; download the file itself, not a page about it",
}


class Layout(typing.NamedTuple):
    """The content of a file, and how to read it."""

    path: str
    content: bytes
    encoding: str
    separator: str
    comma: bool  # whether decimals are written with a comma
    header: int  # the number of its line, or 0
    names: list  # of the columns
    first: int  # the number of the first line of data
    head: dict  # the first cells of each column
    remarks: list

    def at(self, line, column=None):
        return f"{self.path}, line {line}" + ("" if column is None else f", column {quoted(column)}")

    def at_row(self, row, column):
        """The beginning of a message about a row of data, counted from 0."""
        return self.at(next(itertools.islice(self.rows(), int(row), None))[0], column)

    def numbers(self, column):
        """How many of the first cells of a column are numbers."""
        return sum(is_number(cell, self.comma) for cell in self.head[column])

    def rows(self):
        """All rows of data, each with its line."""
        for line, row in rows_of(self.path, lines_of(self.content, self.encoding), self.separator):
            if any(cell.strip() for cell in row[len(self.names) :]):
                raise Refused(f"{self.at(line)}: something stands behind the last column; has it no name?")
            if line >= self.first:
                yield line, row


def look_at(path):
    """The Layout of a file. Raises Refused where it cannot be that of a table."""
    path = os.fspath(path)
    content = content_of(path)
    encoding, separator, remarks = how_written(path, content)
    rows = list(itertools.islice(rows_of(path, lines_of(content, encoding), separator), HEAD))
    if not rows:
        raise Refused(f"{path}, line 1: the file is empty")
    width = max(place for _, row in rows for place, cell in enumerate(row, start=1) if cell.strip())
    if width < len(rows[0][1]):
        remarks.append("a separator ends every line, and nothing stands behind it: that was taken for no column")
    numbers, head = [line for line, _ in rows], [[cell.strip() for cell in row[:width]] for _, row in rows]
    comma, where = separator != "," and has_decimal_commas(head), f"{path}, line {numbers[0]}"
    header = not any(is_number(cell, comma) for cell in head[0])
    names = header_names(where, head[0]) if header else [f"column {i + 1}" for i in range(width)]
    if not header:
        remarks += check_no_header(where, head, separator, comma)
    elif len(rows) == 1:
        raise Refused(f"{where}: there is a header, but no row of data below it")
    columns, start = dict(zip(names, zip(*head[header:], strict=True), strict=True)), header and numbers[0]
    return Layout(path, content, encoding, separator, comma, start, names, numbers[header], columns, remarks)


def has_decimal_commas(rows):
    """Whether some number has a decimal comma, and none has a point."""
    numbers = [cell for row in rows for cell in row if is_number(cell, "," in cell)]
    return any("," in number for number in numbers) and not any("." in number for number in numbers)


def content_of(path):
    """The bytes of a file. They are read once, because it may be a pipe."""
    if re.match(r"(https?|ftp)://", path, re.IGNORECASE):
        raise Refused(f"{path} is a web address, not a file; download it first")
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder, not a CSV file")
    with open(path, "rb") as file:
        return file.read()


def how_written(path, content):
    """The encoding, the mark between cells, and remarks. Raises Refused where the content cannot be that of a table."""
    encoding, remarks = encoding_of(path, content), []
    if encoding == "cp1252":
        remarks.append("the file is not in UTF-8; its letters were read as those of Windows in western Europe, cp1252")
    lines = list(itertools.islice(io.TextIOWrapper(io.BytesIO(content), encoding, newline=""), 20))
    for begins, what in NO_TABLE.items():
        if re.match(begins, "".join(lines), re.IGNORECASE):
            raise Refused(f"{path} {what}")
    sep = SEP.fullmatch("".join(lines[:1]))
    if sep:
        remarks.append(f"line 1, {shown(sep[0].strip())}, was taken for the separator")
        return encoding, sep[1], remarks
    lines = [line for line in lines if line.strip()]
    return encoding, max(("\t", ",", ";"), key=functools.partial(fitness, lines)), remarks


def encoding_of(path, content):
    """UTF-8, as nearly everywhere, UTF-16 where the file says so, or else cp1252, as spreadsheets in the west write."""
    for encoding in ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]:
        with contextlib.suppress(UnicodeDecodeError):
            if "\0" not in content.decode(encoding):
                return encoding
    raise Refused(f"{path} is not a text file; a spreadsheet can save one, as CSV UTF-8")


def lines_of(content, encoding):
    """The lines of a file, without byte-order marks, of which a file that was put together has several."""
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    first = next(text, "")
    lines = itertools.chain(["\n" if SEP.fullmatch(first) else first], text)
    return (line.lstrip("\ufeff") for line in lines)


def fitness(lines, mark):
    """How well a mark divides lines into cells: how many lines have the commonest width, and the share of numbers."""
    rows = [re.sub('"[^"]*"', "", line).split(mark) for line in lines]
    widths = [len(row) for row in rows if len(row) > 1]
    cells = [cell for row in rows[1:] or rows for cell in row]
    numbers = sum(is_number(cell) or is_marked(cell) for cell in cells)
    return max(map(widths.count, widths), default=0), numbers / max(len(cells), 1)


def rows_of(path, lines, separator):
    """All rows that are not empty, each with its line. Raises Refused where they are not of the same length."""
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    line, first = 1, None
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                first = first or (line, row)
                if len(row) != len(first[1]):
                    raise Refused(f"{path}, line {line}: {ragged(row, *first, separator)}")
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        what = "a cell has more than 131,072 letters" if "field larger" in str(error) else error
        raise Refused(f"{path}, line {line}: {what}; is there a quotation mark too few or too many?") from None


def ragged(row, first_line, first, separator):
    """What is wrong with a row that has not as many cells as the first one."""
    has, longer = f"there {how_many(row)}, but line {first_line} has {len(first)}", len(row) > len(first)
    if longer and len(first) > 1 and not row[-1].strip():
        return f"{has}; does a separator end the line?"
    if first[0].startswith(("#", "%", "//")) or (longer and (len(first) == 1 or not any(map(is_number, row)))):
        return f"{has}; is there a line above the header? delete it"
    return f"{has}; does a comma stand within a number?" if longer and separator == "," else has


def how_many(columns):
    return "is 1 column" if len(columns) == 1 else f"are {len(columns)} columns"


def header_names(where, cells):
    """The names of the columns. Raises Refused where they are none, or cannot be told apart."""
    seen = {}
    for i, cell in enumerate(cells):
        name = cell or f"column {i + 1}"
        if is_missing(name) or has_control(name):
            why = "looks like a missing value" if is_missing(name) else "holds a character that is no letter"
            raise Refused(f"{where}: {quoted(name)} in the header {why}; give the column another name")
        other = seen.setdefault(visible(name), name)
        if len(seen) <= i:
            twice = f", column {quoted(name)}: there are two columns of this name"
            alike = f": the columns {cut(ascii(other))} and {cut(ascii(name))} are the same to the eye"
            raise Refused(f"{where}{twice if other == name else alike}")
    return list(seen.values())


def check_no_header(where, rows, separator, comma):
    """Remarks about a first row with numbers in it, which is taken for data. Raises Refused where it is none."""
    first, second = rows[0], rows[min(1, len(rows) - 1)]
    for cell, below in zip(first, second, strict=True):
        if not is_number(cell, comma) and is_number(below, comma) and (not cell or not is_missing(cell)):
            what = f"{quoted(cell)} is no number, but another cell is" if cell else "the value is missing"
            raise Refused(f"{where}: {what}; if this line is the header, no name in it may be a number")
    if row_of_numbers(first) not in (None, row_of_numbers(second)):
        taken = "was taken for data; if it is the header, put a letter before each number"
        yield f"{where} ({listed(first)}) {taken}"
    if separator == "," and len(first) > 3 and may_be_halves(rows):
        number = shown(f"{first[0]},{first[1]}")
        yield f"{where}: may {number} be one number, with a decimal comma? then write a point, in all of them"


def row_of_numbers(cells):
    """What a row may be other than data: "years", "counts" (numbers of the columns), or None."""
    if len(cells) < 2 or not all(re.fullmatch("[0-9]{1,9}", cell) for cell in cells):
        return None
    numbers = [int(cell) for cell in cells]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    if 0 not in steps and all(1900 <= number <= 2100 for number in numbers):
        return "years"
    return "counts" if steps == {1} and len(cells) > 2 else None


def may_be_halves(rows):
    """Whether every second column may hold decimals: of different lengths, and never ending in 0."""
    numbers = [f"{a},{b}" for row in rows for a, b in zip(row[::2], row[1::2], strict=False)]
    lengths = {len(number) - number.index(",") for number in numbers}
    return len(lengths) > 1 and all(re.fullmatch(r"[-+]?\d+,\d*[1-9]", number) for number in numbers)
