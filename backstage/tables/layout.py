"""How a file is written: its letters, what divides its cells, and where its header and its data stand."""

import contextlib
import csv
import io
import itertools
import os
import re
import typing

from backstage import Refused
from backstage.tables.cells import cut, has_control, is_marked, is_missing, is_number, listed, quoted, shown, visible

HEAD = 1000  # rows that are looked at first
SEP = re.compile(r'"?sep=([^\w\s"\'.+-]|\t)"?(?=[\r\n])')  # a first line that names the separator, for spreadsheets
NO_TABLE = {  # how a text begins that is none
    r"\s*[\[{]\s*[\[{\"]": "holds JSON, not a table; a spreadsheet or pandas can make a CSV file of it",
    r"\s*<(!doctype|!--|html|head|\?xml)": "is a web page, not a table; download the file itself, not a page about it",
}


class Layout(typing.NamedTuple):
    """The text of a file, and how to read it."""

    path: str
    text: str
    separator: str
    comma: bool  # whether decimals are written with a comma
    header: int  # its line, or 0
    names: list  # of the columns
    line: int  # where the data begin
    head: list  # the first rows of data
    remarks: list

    def at(self, line, column=None):
        """The beginning of a message."""
        return f"{self.path}, line {line}" + ("" if column is None else f", column {quoted(column)}")

    def at_row(self, row, column):
        """The beginning of a message about a row of data, counted from 0."""
        return self.at(next(itertools.islice(self.rows(), int(row), None))[0], column)

    def cells(self, column):
        """The cells of a column in the first rows."""
        place = self.names.index(column)
        return [row[place].strip() for row in self.head]

    def numbers(self, column):
        """For each of these whether it is a number."""
        return [is_number(cell, self.comma) for cell in self.cells(column)]

    def rows(self):
        """All rows of data, each with its line."""
        for line, row in rows_of(self.path, self.text, self.separator):
            if any(cell.strip() for cell in row[len(self.names) :]):
                raise Refused(f"{self.at(line)}: something stands behind the last column; has it no name?")
            if line >= self.line:
                yield line, row


def look_at(path):
    """The Layout of a file. Raises Refused where it cannot be that of a table."""
    path = os.fspath(path)
    text, remarks = text_of(path)
    sep = SEP.match(text)
    if sep:
        text = text[sep.end() :]
        remarks.append(f"the first line, {shown(sep[0])}, was taken for the name of the separator")
    separator = sep[1] if sep else best_separator(list(filter(str.strip, itertools.islice(lines_of(text), 20))))
    rows = list(itertools.islice(rows_of(path, text, separator), HEAD))
    if not rows:
        raise Refused(f"{path}, line 1: the file is empty")
    width = max(place for _, row in rows for place, cell in enumerate(row, start=1) if cell.strip())
    if width < len(rows[0][1]):
        remarks.append("a separator ends every line, and nothing stands behind it: that was taken for no column")
    lines, head = [line for line, _ in rows], [row[:width] for _, row in rows]
    comma, where = separator != "," and has_decimal_commas(head), f"{path}, line {lines[0]}"
    if any(is_number(cell, comma) for cell in head[0]):
        remarks += check_no_header(where, head, separator, comma)
        names = [f"column {i + 1}" for i in range(width)]
        return Layout(path, text, separator, comma, 0, names, lines[0], head, remarks)
    names = header_names(where, head[0])
    if len(rows) == 1:
        raise Refused(f"{where}: there is a header, but no row of data below it")
    return Layout(path, text, separator, comma, lines[0], names, lines[1], head[1:], remarks)


def text_of(path):
    """The text of a file, and remarks about it. Raises Refused where it cannot be that of a table."""
    if re.match(r"(https?|ftp)://", path):
        raise Refused(f"{path} is a web address, not a file; download it first")
    if os.path.isdir(path):
        raise Refused(f"{path} is a folder, not a CSV file")
    with open(path, "rb") as file:  # once, because a pipe cannot be read again
        text, encoding = decoded(path, file.read())
    for begins, what in NO_TABLE.items():
        if re.match(begins, text, re.IGNORECASE):
            raise Refused(f"{path} {what}")
    western = "the file is not in UTF-8; its letters were read as those of Windows in western Europe, cp1252"
    return text, [western] if encoding == "cp1252" else []


def decoded(path, content):
    """Bytes as text, and in which encoding.

    UTF-8, as nearly everywhere, UTF-16 where the file says so, or else cp1252, as spreadsheets in the west write.
    """
    for encoding in ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8", "cp1252"]:
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" not in text:  # files that were put together have a byte-order mark before several lines
                return re.sub("(^|[\r\n])\ufeff+", r"\1", text) if "\ufeff" in text else text, encoding
    raise Refused(f"{path} is not a text file; a spreadsheet can save one, as CSV UTF-8")


def lines_of(text):
    """The lines of a text, whichever system has ended them."""
    return io.StringIO(text, newline="")


def best_separator(lines):
    """The mark that divides most lines into equally many cells, of such marks that which leaves most numbers."""
    return max(("\t", ",", ";"), key=lambda mark: fitness(lines, mark))


def fitness(lines, mark):
    """How well a mark divides lines: how many of them have the commonest number of cells, and the share of numbers."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=mark, skipinitialspace=True) if row]
    except csv.Error:  # which is told when the rows are read
        return ()
    widths = [len(row) for row in rows if len(row) > 1]
    cells = [cell for row in rows[1:] or rows for cell in row]
    numbers = sum(is_number(cell) or is_marked(cell) for cell in cells)
    return max(map(widths.count, widths), default=0), numbers / max(len(cells), 1)


def rows_of(path, text, separator):
    """All rows that are not empty, each with its line. Raises Refused where they are not of the same length."""
    reader = csv.reader(lines_of(text), delimiter=separator, skipinitialspace=True, strict=True)
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
        limit = f"a cell has more than {csv.field_size_limit():,} letters"
        what = limit if str(error).startswith("field larger") else error
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


def has_decimal_commas(rows):
    """Whether some number has a decimal comma, and none has a point."""
    cells = {cell for row in rows for cell in row}
    pointed = any("." in cell and is_number(cell) for cell in cells)
    return not pointed and any("," in cell and is_number(cell, comma=True) for cell in cells)


def header_names(where, cells):
    """The names of the columns. Raises Refused where they are none, or cannot be told apart."""
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
            raise Refused(f"{where}: the columns {cut(ascii(other))} and {cut(ascii(name))} are the same to the eye")
        seen[visible(name)] = name
    return names


def check_no_header(where, rows, separator, comma):
    """Remarks about a first row with numbers in it, which is taken for data. Raises Refused where it is none."""
    first, second, remarks = rows[0], rows[min(1, len(rows) - 1)], []
    for cell, below in zip(first, second, strict=True):
        empty = not cell.strip()
        if not is_number(cell, comma) and is_number(below, comma) and (empty or not is_missing(cell)):
            what = "the value is missing" if empty else f"{quoted(cell)} is no number, but another cell is"
            raise Refused(f"{where}: {what}; if this line is the header, no name in it may be a number")
    if row_of_numbers(first) not in (None, row_of_numbers(second)):
        taken = "was taken for data; if it is the header, put a letter before each number"
        remarks.append(f"{where} ({listed(first)}) {taken}")
    if separator == "," and len(first) > 3 and may_be_halves(rows):
        number = shown(f"{first[0].strip()},{first[1].strip()}")
        remarks.append(f"{where}: may {number} be one number, with a decimal comma? then write a point, in all of them")
    return remarks


def row_of_numbers(cells):
    """What a row may be instead of data: "years", or "counts" where the columns of a table are numbered, else None."""
    if len(cells) < 2 or not all(re.fullmatch(r"\s*[0-9]{1,9}\s*", cell) for cell in cells):
        return None
    numbers = [int(cell.strip()) for cell in cells]
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    if 0 not in steps and all(1900 <= number <= 2100 for number in numbers):
        return "years"
    return "counts" if steps == {1} and len(cells) > 2 else None


def may_be_halves(rows):
    """Whether what stands in each second column may be decimals: more digits or fewer, and never a 0 at the end."""
    numbers = [f"{a.strip()},{b.strip()}" for row in rows for a, b in zip(row[::2], row[1::2], strict=False)]
    lengths = {len(number) - number.index(",") for number in numbers}
    return len(lengths) > 1 and all(re.fullmatch(r"[-+]?\d+,\d*[1-9]", number) for number in numbers)
