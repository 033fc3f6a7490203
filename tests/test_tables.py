"""Tables of small files: what each is taken for, with which words it is refused, or what is remarked about it."""

import codecs
import io
import os
import pathlib
import re
import threading
import zipfile

from backstage import Refused, command_line
from backstage.tables import reader

import numpy as np
import pytest

import your_data
from network1 import Network

NAMES = "a,b,kind\n1,2.5,x\n3,4,y\n7,6,x\n2,9,y\n"
NUMBERS = "a,b,y\n1,2.5,10\n3,4,30\n7,6,20\n2,9,5\n"
X = [[1, 2.5], [3, 4], [7, 6], [2, 9]]
MANY = "a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'xyz'[i % 3]}\n" for i in range(30))
NAMED = "c,y\n" + "".join(f"n{i},{i * i}\n" for i in range(1000))
WIDE = ",".join(f"x{i}" for i in range(30))
Z = 5000 * "z"


def write(tmp_path, content):
    path = tmp_path / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def with_target(*cells):
    """A file with these cells to predict, and two inputs that nothing can be said about."""
    return "a,b,y\n" + "".join(f'{i * i % 10},{3 * i % 7},"{cell}"\n' for i, cell in enumerate(cells, 1))


def with_input(cell):
    """A file with this cell in line 6, column b."""
    return f'{NAMES}5,"{cell}",x\n'


def wide(header=""):
    """A file with 30 columns that nothing can be said about."""
    return header + "".join(",".join(str((i * i + 3 * i * j) % 31) for j in range(30)) + "\n" for i in range(2, 9))


def quoted(text, separator=","):
    """The text with every cell in quotation marks."""
    return re.sub(r"[^,\n]+", r'"\g<0>"', text).replace(",", separator)


def both(read, *arguments, **options):
    """What read gives or with which words it refuses: the same with numpy's reader as cell by cell, to the bit."""
    results = []
    with pytest.MonkeyPatch.context() as patch:
        for careful in (False, True):
            if careful:
                patch.setattr(reader, "by_numpy", stumble)
            try:
                results.append(read(*arguments, **options))
            except Refused as error:
                results.append(str(error))
    assert bits(results[0]) == bits(results[1])
    return results[0]


def stumble(*_):
    raise ValueError


def bits(result):
    """A Table, an array or a message such that == compares every bit."""
    if isinstance(result, tuple):
        return list(map(bits, result))
    return (result.shape, result.tobytes()) if isinstance(result, np.ndarray) else result


def read(path, **options):
    table = both(reader.read_table, path, **options)
    assert isinstance(table, reader.Table), table
    return table


def check_refused(message, path, where, words):
    """A message is one line: the file, where in it ("2" a line, "2 b" and column b), and what is wrong."""
    assert isinstance(message, str), f"not refused, but taken for {message}"
    assert len(message.splitlines()) == 1
    if where is None:  # it is about the options
        assert message.endswith(words) or message.startswith(words)
        return
    line, _, column = where.partition(" ")
    place = (f", line {line}" if line else "") + (f", column {column!r}" if column else "")
    assert message.startswith(f"{path}{place}: " if line else f"{path} ")
    assert words in message


# However it is written


WRITTEN = {
    "commas": lambda text: text,
    "semicolons": lambda text: text.replace(",", ";"),
    "tabs": lambda text: text.replace(",", "\t"),
    "quoted": quoted,
    "quoted-semicolons": lambda text: quoted(text, ";"),
    "quoted-tabs": lambda text: quoted(text, "\t"),
    "blanks-around-commas": lambda text: text.replace(",", " , "),
    "blanks-before-quotes": lambda text: quoted(text, ", "),
    "byte-order-mark": lambda text: "\ufeff" + text,
    "mark-and-quotes": lambda text: "\ufeff" + quoted(text),
    "mark-in-every-line": lambda text: text.replace("\n", "\n\ufeff"),
    "windows-line-ends": lambda text: text.replace("\n", "\r\n"),
    "old-mac-line-ends": lambda text: text.replace("\n", "\r"),
    "mixed-line-ends": lambda text: text.replace("\n", "\r\n", 2),
    "no-line-end": lambda text: text.rstrip("\n"),
    "blank-lines": lambda text: "\n\n" + text.replace("\n", "\n\n"),
    "lines-of-blanks": lambda text: " \n" + text.replace("\n", "\n  \n"),
    "lines-of-commas": lambda text: text.replace("\n", "\n,,\n"),
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
}


@pytest.mark.parametrize("header", [True, False], ids=["header", "no-header"])
@pytest.mark.parametrize("text", [NAMES, NUMBERS], ids=["names", "numbers"])
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_the_same_table_however_it_is_written(written, text, header, tmp_path):
    """Separators, quotation marks, line ends and encodings change nothing."""
    table = read(write(tmp_path, written(text if header else text.partition("\n")[2])))
    assert table.X.tolist() == X
    assert table.Y.tolist() == ([[1, 0], [0, 1], [1, 0], [0, 1]] if text == NAMES else [[10], [30], [20], [5]])
    assert table.classes == (["x", "y"] if text == NAMES else None)
    *columns, target = text.split("\n")[0].split(",") if header else ("column 1", "column 2", "column 3")
    assert (table.columns, table.target) == (columns, target)
    assert (table.header, table.texts, table.remarks) == (header, ["", ""], [])


@pytest.mark.parametrize("text", [NAMES, NUMBERS], ids=["names", "numbers"])
def test_a_clean_table_is_read_by_numpy_alone(text, tmp_path, monkeypatch):
    """Without this, the two readers that every test here compares could both be the careful one."""
    monkeypatch.setattr(reader, "by_cell", None)
    assert reader.read_table(write(tmp_path, text)).X.tolist() == X


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
@pytest.mark.parametrize("text", [NAMES, NUMBERS, ""], ids=["names", "numbers", "empty"])
def test_a_pipe_is_read_once(text, tmp_path):
    """A pipe, such as `<(…)` in a shell makes, gives the same table although it can be read only once."""
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    writer = threading.Thread(target=pathlib.Path(path).write_text, args=(text,), daemon=True)
    writer.start()
    if text:
        assert reader.read_table(path).X.tolist() == X
    else:
        with pytest.raises(Refused, match="line 1: the file is empty"):
            reader.read_table(path)
    writer.join()


NOTATIONS = (
    "1e5 .5 5. +5 -0 0 -.5e-3 1E+2 00.5 -0.0 1e-40 1e40 -1e40 -1e-40 0.1 0.30000000000000004 1.7976931348623157 "
    "9007199254740993 123456789012345678901234567890 4.9406564584124654e-32 2.2250738585072011e-30 +1.e-0 000 1e23"
)


@pytest.mark.parametrize("blanks", ["", " ", "  "], ids=len)
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_numbers_in_many_notations_are_the_same_for_both_readers(separator, blanks, tmp_path, monkeypatch):
    """Numbers written in every way come out to the bit as Python's float reads them."""
    rng = np.random.default_rng(0)
    drawn = rng.normal(size=300) * 10.0 ** rng.integers(-35, 39, 300)
    ways = ("{!r}", "{:.17g}", "{:+.16e}", "{:.3f}", "{:G}", "{:.0e}")
    cells = [ways[i % len(ways)].format(float(number)) for i, number in enumerate(drawn)]
    cells += NOTATIONS.split()
    rows = [cells[i : i + 4] for i in range(0, len(cells), 4)]
    lines = [separator.join(f"{blanks}{cell}{blanks}" for cell in row) for row in rows]
    path = write(tmp_path, "\n".join([separator.join("abcy"), *lines]))
    table = read(path)
    assert bits(np.hstack([table.X, table.Y])) == bits(np.array([[float(cell) for cell in row] for row in rows]))
    monkeypatch.setattr(reader, "by_cell", None)
    reader.read_table(path)


@pytest.mark.parametrize("header", ["a,b,y\n", ""], ids=["header", "no-header"])
@pytest.mark.parametrize("blank", "\x0b\x0c\x1c\x1f\x85\xa0\u2003\u3000", ids=ascii)
def test_a_blank_of_any_kind_around_a_number_is_none_of_it(blank, header, tmp_path):
    """What Python takes for a blank is no reason to refuse a number, and none to end with a traceback."""
    table = read(write(tmp_path, f"{header}1{blank},{blank}2,{blank}3{blank}\n4,9,8\n"))
    assert (table.X.tolist(), table.Y.tolist()) == ([[1, 2], [4, 9]], [[3], [8]])


# What is chosen


A = (["a"], [[1], [3], [7], [5]])
B = (["b"], [[2], [4]], "y", [3, 8])
AB = (["a", "b"], [[1, 2], [3, 4]], "y", [3, 8])
ROWS = "\n1,2,3\n3,4,8\n"
ABBA = [[1, 2], [3, 4], [7, 6], [1, 1]]
LONG, CODE = "12345678901234567", "12345678901234568"
CODES = '"p,1,2,3,4,5,x";5;6\n"q,1,2,3,4,5,x";7;8\n'
CHOSEN = [  # the file, the options, and of the table: the inputs, X, the target, Y or the classes of the rows
    (NUMBERS, dict(target="a"), ["b", "y"], [[2.5, 10], [4, 30], [6, 20], [9, 5]], "a", [1, 3, 7, 2]),
    ("a,k,b\n1,x,2\n3,y,4\n7,x,6\n1,y,1\n", dict(target="k"), ["a", "b"], ABBA, "k", [*"xyxy"]),
    ("1,2,5\n3,4,8\n", dict(target="column 2"), ["column 1", "column 3"], [[1, 5], [3, 8]], "column 2", [2, 4]),
    (NAMES, dict(ignore=["a"]), ["b"], [[2.5], [4], [6], [9]], "kind", [*"xyxy"]),
    (NAMES, dict(target="b", ignore=["kind"]), ["a"], [[1], [3], [7], [2]], "b", [2.5, 4, 6, 9]),
    ("a,b,y\nNA,2,3\n$5,4,8\n", dict(ignore=["a"]), *B),
    ("a,b,y\ninf,2,3\n-inf,4,8\n", dict(ignore=["a"]), *B),
    ("a,y\n1,10\n3,9\n7,10\n5,9\n", dict(classes=True), *A, "y", ["10", "9"] * 2),
    ("a;y\n1;3,5\n3;4,5\n7;3,5\n5;4,5\n", dict(classes=True), *A, "y", ["3,5", "4,5"] * 2),
    (f"a,y\n1,{LONG}\n3,{CODE}\n7,{LONG}\n5,{CODE}\n", dict(classes=True), *A, "y", [LONG, CODE] * 2),
    ("a,y\n1,True\n3,False\n7,True\n5,False\n", {}, *A, "y", ["True", "False"] * 2),
    ("a,y\n1,A\n3,1\n7,A\n5,1\n", {}, *A, "y", ["A", "1"] * 2),
    ("a,y\n1,A\n3,A\n7,B\n5,B\n", {}, *A, "y", [*"AABB"]),
    ('a,"b, in m",y\n1,2,3\n3,4,8\n', {}, ["a", "b, in m"], *AB[1:]),
    ("a,b\tc,d\tkind,y\n1\t2\t3\n3\t4\t8\n", {}, ["a,b", "c,d"], AB[1], "kind,y", [3, 8]),
    ('a,y\n1,"p;q"\n3,"r, ""s"""\n7,"p;q"\n5,"r, ""s"""\n', {}, *A, "y", ["p;q", 'r, "s"'] * 2),
    (CODES, dict(ignore=["column 1"]), ["column 2"], [[5], [7]], "column 3", [6, 8]),
    ("#a,y\n1,p#1\n3,q#2\n7,p#1\n5,q#2\n", {}, ["#a"], A[1], "y", ["p#1", "q#2"] * 2),
    ('a,y\n1,x"1\n3,y\n7,x"1\n5,y\n', {}, *A, "y", ['x"1', "y"] * 2),
    ('a,note,y\n1,"x\ny",3\n3,"z\n",8\n', dict(ignore=["note"]), ["a"], [[1], [3]], "y", [3, 8]),
    (f"a,,y{ROWS}", {}, ["a", "column 2"], *AB[1:]),
    (f"RI,Na,y{ROWS}", {}, ["RI", "Na"], *AB[1:]),
    (f"YES,yes\u200b,y{ROWS}", {}, ["YES", "yes\u200b"], *AB[1:]),
    ("a,y\n1,Na\n3,Nan\n7,Na\n5,Nan\n", {}, *A, "y", ["Na", "Nan"] * 2),
    ("a,y\n1,x²\n3,x2\n7,x²\n5,x2\n", {}, *A, "y", ["x²", "x2"] * 2),
    ("k,a\nx,1\nx,3\n\ufeffz,7\n\ufeffz,5\n", dict(target="k"), *A, "k", [*"xxzz"]),
    (f"a,y\n1,2\n3,0.{'1' * 100_000}\n", {}, ["a"], [[1], [3]], "y", [2, float(f"0.{'1' * 20}")]),
    ("a,b,y\n1e40,1e-40,0\n-1e40,-1e-40,1e-40\n", {}, ["a", "b"], [[1e40, 1e-40], [-1e40, -1e-40]], "y", [0, 1e-40]),
]


@pytest.mark.parametrize(("text", "options", "columns", "inputs", "target", "y"), CHOSEN)
def test_what_is_chosen(text, options, columns, inputs, target, y, tmp_path):
    """The inputs come in the order of the file, the target is the one that was named, and nothing is remarked."""
    table = read(write(tmp_path, text), **options)
    assert (table.columns, table.X.tolist(), table.target) == (columns, inputs, target)
    if table.classes:
        assert table.classes == sorted(set(y))
        assert [table.classes[label] for label in table.Y.argmax(axis=1)] == y
        assert table.Y.sum(axis=1).tolist() == [1] * len(y)
    else:
        assert table.Y.tolist() == [[value] for value in y]
    assert (table.texts, table.remarks) == ([""] * len(columns), [])


TAKEN = "was taken for data; if it is the header, put a letter before each number"
COUNTS = "only counts the rows; if that means nothing, --ignore"
ZEROS = "has zeros in front, as in a code or in the second half of 1,050: is it a number?"
CASE = "which differ in large and small letters, are two names"
WESTERN = "the file is not in UTF-8; its letters were read as those of Windows in western Europe, cp1252"
SAME = "the same in every row, so of no use"
ENDS = "a separator ends every line, and nothing stands behind it: that was taken for no column"
HALVES = " be one number, with a decimal comma? then write a point, in all of them"
OR_MISSING = " was taken for a name like the others; or is it missing?"
ID = [f'id {COUNTS} "id"']
SPREAD = "12,5,30,25\n13,75,31,5\n"
REMARKED = [  # all remarks, the options, and files
    (
        ID,
        {},
        "id,a,y\n0,3,10\n1,5,30\n2,4,20\n",
        "a,id,y\n3,1,10\n5,2,30\n4,3,20\n",
        "id,a,y\n3,3,10\n2,5,30\n1,4,20\n",
    ),
    ([f'column 1 {COUNTS} "column 1"'], {}, ",a,y\n0,3,10\n1,5,30\n2,4,20\n"),
    (["y, the column to predict, only counts the rows"], {}, "a,b,y\n1,3,1\n5,5,2\n2,4,3\n"),
    ([], {}, "a,y\n1,3\n2,5\n3,4\n", "a,b,y\n1,5,3\n3,9,5\n5,6,4\n"),
    ([], dict(ignore=["b"]), "a,b,y\n1,5,3\n2,9,5\n3,6,4\n"),
    (["(0, 1, 2, 3) " + TAKEN], {}, "0,1,2,3\n5,1,2,9\n4,5,6,3\n7,8,8,2\n"),
    (["(2019, 2020, 2021) " + TAKEN], {}, "2019,2020,2021\n1,2,3\n4,8,6\n"),
    ([f"({', '.join(map(str, range(20)))} and 10 more) {TAKEN}"], {}, wide(",".join(map(str, range(30))) + "\n")),
    ([], {}, "2019,2020,2021\n2015,2018,2022\n1999,2001,2002\n"),
    ([f"a, b: {SAME}"], {}, "a,b,y\n1,7,10\n1,7,30\n1,7,20\n"),
    ([f"{', '.join(f'x{i}' for i in range(20))} and 10 more: {SAME}"], {}, f"{WIDE},y\n{'7,' * 30}1\n{'7,' * 30}3\n"),
    ([f"c: u and U, {CASE}"], dict(one_hot=["c"]), "c,y\nu,1\nU,3\nu,7\n"),
    ([f"y: A and a, {CASE}", f"y: b and B, {CASE}"], {}, with_target(*"bAaBbAaB")),
    ([f"y: YES and 'yes\\u200b', {CASE}"], {}, with_target(*["YES", "yes\u200b"] * 2)),
    ([f"zip: 01067 {ZEROS}"], {}, *("zip,y\n" + n * "10115,10\n10119,30\n" + "01067,3\n" for n in (1, 499))),
    ([f"zip: 01067 {ZEROS}"], {}, "a,zip\n1,01067\n2,02134\n4,10115\n"),
    ([], {}, "zip,y\n" + "10115,10\n10119,30\n" * 500 + "01067,3\n"),
    ([], dict(ignore=["zip"]), "zip,a,y\n01067,1,10\n02134,4,30\n10115,2,20\n"),
    ([], dict(classes=True), "a,zip\n1,01067\n2,02134\n4,01067\n7,02134\n"),
    ([], dict(one_hot=["zip"]), "zip,y\n01067,10\n02134,30\n01067,20\n"),
    ([f"column 3: 050 {ZEROS}"], {}, "5,1,150\n6,3,050\n5,2,500\n"),
    ([WESTERN], {}, "größe,y\n1,3\n3,8\n7,6\n".encode("cp1252")),
    ([WESTERN, f"größe: ä and Ä, {CASE}"], dict(one_hot=["größe"]), "größe,y\nä,3\nÄ,8\n".encode("cp1252")),
    (["12,5" + HALVES], {}, SPREAD),
    (["-12,5" + HALVES], {}, "-12,5,30,25,no\n13,75,-31,5,yes\n14,5,3,5,no\n14,5,6,5,yes\n"),
    ([], {}, "a,b,c,d\n" + SPREAD, SPREAD.replace(",", ";"), SPREAD[:-1] + "0\n", SPREAD.replace("75", "-75")),
    ([], {}, "12,5,30,2\n13,7,31,5\n", wide(), wide(WIDE + "\n"), pathlib.Path(your_data.IRIS).read_text()),
    (["kind: unknown" + OR_MISSING], {}, MANY + "1,2,unknown\n3,2,unknown\n"),
    (["kind: TBD" + OR_MISSING], dict(classes=True), MANY + "1,2,TBD\n3,2,TBD\n"),
    (["c: Missing" + OR_MISSING], dict(one_hot=["c"]), "c,y\nu,1\nMissing,3\nu,7\n"),
]


@pytest.mark.parametrize(
    ("remarks", "options", "content"), [(*row[:2], content) for row in REMARKED for content in row[2:]]
)
def test_what_is_remarked(remarks, options, content, tmp_path):
    """What may be a mistake is said, all of it, and nothing else."""
    path = write(tmp_path, content)
    said = [re.sub(f"^{re.escape(path)}, line 1(: may)? ", "", remark) for remark in read(path, **options).remarks]
    assert said == remarks


def comma(column, cell):
    return f"{column}: the comma in {cell} was read as a decimal point"


def sep(line):
    return f"line 1, {line}, was taken for the separator"


NO = ("1,5", "2", "no"), ("2,25", "3", "yes"), ("-,5", "5", "no"), ("1,5E+02", "4", "yes")
NO_X = [[1.5, 2], [2.25, 3], [-0.5, 5], [150, 4]]
KIND = "\n".join(map(";".join, [("a", "b", "kind"), *NO]))
THOUSANDS = "a: is 1.050 in the thousands? then leave its mark out; if not, write as many digits in all rows"
WRITTEN_BY_SPREADSHEETS = [  # the file, X, Y, and all remarks
    (KIND, NO_X, [*"0101"], [comma("a", "1,5")]),
    (KIND.replace(";", "\t"), NO_X, [*"0101"], [comma("a", "1,5")]),
    (KIND.partition("\n")[2], NO_X, [*"0101"], [comma("column 1", "1,5")]),
    ("a;y\n1;3\n3;4,5\n", [[1], [3]], [3, 4.5], [comma("y", "4,5")]),
    ("a;b\n1,5;3,5\n2;4\n", [[1.5], [2]], [3.5, 4], [comma("a", "1,5"), comma("b", "3,5")]),
    ("1,5;3,5\n3;4,5\n", [[1.5], [3]], [3.5, 4.5], [comma("column 1", "1,5"), comma("column 2", "3,5")]),
    ("1,5\t3,5\n2,5\t4,5\n", [[1.5], [2.5]], [3.5, 4.5], [comma("column 1", "1,5"), comma("column 2", "3,5")]),
    ("sep=;\na;y\n1;3\n3;4\n", [[1], [3]], [3, 4], [sep("sep=;")]),
    ("\ufeffsep=,\r\na,y\r\n1,3\r\n3,4\r\n", [[1], [3]], [3, 4], [sep("sep=,")]),
    ('"sep=|"\na|y\n1,5|3\n3|4\n', [[1.5], [3]], [3, 4], [sep('"sep=|"'), comma("a", "1,5")]),
    ("sep=\t\n1\t3\n3\t4\n", [[1], [3]], [3, 4], ["line 1, sep=, was taken for the separator"]),
    ("a,b,y,\n1,2,3,\n3,4,8,\n", [[1, 2], [3, 4]], [3, 8], [ENDS]),
    ("\n\n1;5;3; \n3;4;8;\n", [[1, 5], [3, 4]], [3, 8], [ENDS]),
    ("a,b,y,,,\n1,2,3,,,\n3,4,8,,,\n", [[1, 2], [3, 4]], [3, 8], [ENDS]),
    ("a;y;\n" + "1,5;3;\n2;5;\n" * 700, [[1.5], [2]] * 700, [3, 5] * 700, [ENDS, comma("a", "1,5")]),
    ("a,y\n950,1\n1.050,2\n", [[950], [1.05]], [1, 2], [THOUSANDS]),
    ("a,y\n1.250,1\n1.050,2\n", [[1.25], [1.05]], [1, 2], []),
    ("a;y\n1.250;1\n1.050;2\n", [[1.25], [1.05]], [1, 2], []),
    ("a;y\n950;1\n1.05;2\n", [[950], [1.05]], [1, 2], []),
]


@pytest.mark.parametrize(("text", "X", "y", "remarks"), WRITTEN_BY_SPREADSHEETS)
def test_what_spreadsheets_write_is_read_and_said(text, X, y, remarks, tmp_path):
    """Decimal commas, a line that names the separator, and a separator at the end of every line."""
    table = read(write(tmp_path, text))
    assert table.X.tolist() == X
    assert (table.Y.argmax(axis=1) if table.classes else table.Y[:, 0]).tolist() == [float(value) for value in y]
    assert table.remarks == remarks


# What is refused


PLAINLY = "write a minus as -, decimals with a point, and nothing else between the digits or around them"
MARKED = (
    *("$5", "-$5", "€5", "5 €", "5%", "100 %", "(5)", "<5", "1,000", "1 000", "1\xa0000", "1\u202f000", "1'000"),
    *("1’000", "3,5", "1.234,56", "1_000", "١٢", "５", "−5", "- 5", "1.2.3", "31.01.2024", "5\u200b"),
)


MISSING = (
    *("NA", "na", "N/A", "n/a", "N/a", "n.a.", "N.A.", "?", "nan", "NaN", "NAN", "-nan", "null", "NULL", "Null"),
    *("(null)", "(NULL)", "\\N", "None", "none", "nil", "Nil", "NIL", "-", "--", "–", "—", ".", "..", "*", "<NA>"),
    *("#N/A", "#NV", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#WERT!"),
)
WAY = "correct it or leave the row out; if all are names, --ignore or --one-hot"
INFINITE = ("inf", "-inf", "+Infinity", "INF", "1e999", "-1e999")
OTHER = ("0x1F", "1e", "1d5", "½", "12:30", "2024-01-31", "01/02/2024", "True", "5kg", "two", "Na", "Nan", "nA", "TBD")
TO_PREDICT = "if the others are names, too, add --classes"
NO_NUMBERS = {  # cells, and what is said about them in the place of a number
    **dict.fromkeys(MARKED, f"is not a number; {PLAINLY}"),
    **dict.fromkeys(MISSING, "looks like a missing value; fill it in, or leave the row out"),
    **dict.fromkeys(INFINITE, "is not a finite number"),
    **dict.fromkeys(OTHER, f"is not a number; {WAY}"),
}


NO_NAME = "looks like a missing value; leave the row out, or write a word"
CONTROL = "holds a character that is no letter"
ALIKE = {  # two names that cannot be told apart
    "zero-width-blank": ("yes", "yes\u200b"),
    "byte-order-mark": ("yes", "\ufeffyes"),
    "soft-hyphen": ("yes", "y\xades"),
    "right-to-left": ("yes", "\u202eyes"),
    "no-break-blank": ("a b", "a\xa0b"),
    "double-blank": ("a b", "a  b"),
    "decomposed-é": ("caf\xe9", "cafe\u0301"),
    "kelvin": ("5 K", "5 \u212a"),
    "two-invisible": ("y\xades", "\u202eyes"),
}
EQUAL = {"1-1.0": ("1", "1.0"), "0--0": ("0", "-0"), "01-1": ("01", "1"), "+1-1": ("+1", "1"), "1e0-1": ("1e0", "1")}
NO_CLASSES = {**ALIKE, **EQUAL, "number-and-zero-width": ("1", "1\u200b")}


def xlsx():
    """The bytes of a spreadsheet, as far as the first ones tell."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", NAMES * 9)
    return file.getvalue()


SPREADSHEET = "is not a text file; a spreadsheet can save one, as CSV UTF-8"
JSON = "holds JSON, not a table; a spreadsheet or pandas can make a CSV file of it"
PAGE = "is a web page, not a table; download the file itself, not a page about it"
ONE = "there is only one row of data, too few to learn from"
ALONE = "it is the only one, so there are no inputs; a comma, semicolon or tab ends a cell"
COMMA = "does a comma stand within a number?"
FOUR = "there are 4 columns, but line 1 has 3"
ABOVE = "is there a line above the header? delete it"
QUOTES = "is there a quotation mark too few or too many?"
TOO_LONG = "a cell has more than 131,072 letters"
UNITS = "if this line holds units, delete it; if it is the header, delete what stands above it"
FIRST = 'if they are what to predict, --target "k"'
NOT_THERE, TWICE = "the value is missing", "there are two columns of this name"
LARGE = "is too large to compute with; use another unit, or the logarithm"
SMALL = LARGE.replace("large", "small")
FINITE, EYE = "is not a finite number", "mean the same; write them alike"
HEADER = "is no number, but another cell is; if this line is the header, no name in it may be a number"
ALREADY = "--one-hot makes columns of names that there are already"
NO_ZZ, ONLY_ROW = "there is no column 'zz', only a, b, kind", "is the only row of its class"
BEHIND = "something stands behind the last column; has it no name?"
POINT = "'1.5' has a point, but other numbers have a decimal comma; write all of them alike"
REFUSED = [  # where, the words, the options, and files
    ("", SPREADSHEET, {}, bytes(range(256)), b"a,b\0,y\n1,2,3\n3,4,8\n", NUMBERS.encode() * 3000 + b"1,\0,3\n", xlsx()),
    ("", SPREADSHEET, {}, NAMES.encode("utf-16-le"), NAMES.encode("utf-16") + b"1", b"a,y\n1,\x81\n2,\x90\n"),
    ("", JSON, {}, '[{"a": 1, "y": 2}]', '{"a": 1}\n{"a": 2}\n', "[\n  [1, 2],\n  [3, 4]\n]\n"),
    ("", PAGE, {}, "<!DOCTYPE html>\n<html>", "\n<HTML><body>a,b</body>", '<?xml version="1.0"?>\n<a>1,2</a>'),
    *(("6 b", f"{cell!r} {words}", {}, with_input(cell)) for cell, words in NO_NUMBERS.items()),
    *(
        ("6 y", f"{cell!r} {words.replace(WAY, TO_PREDICT)}", {}, NUMBERS + f'5,6,"{cell}"\n')
        for cell, words in NO_NUMBERS.items()
    ),
    *(("2 y", f"{PLAINLY}; if it is a name, add --classes", {}, with_target(*[cell] * 4)) for cell in MARKED),
    *(
        ("6 kind", f"{cell!r} {NO_NAME}" if cell else NOT_THERE, options, f"{NAMES}5,6,{cell}\n6,5,{cell}\n")
        for cell in ["", *MISSING]
        for options in ({}, dict(classes=True), dict(target="a", one_hot=["kind"]))
    ),
    *(
        ("3 y", f"{b!a} and {a!a} mean the same; write them alike", options, with_target(a, b, a, b))
        for a, b in NO_CLASSES.values()
        for options in (dict(classes=True), dict(target="a", one_hot=["y"]))
    ),
    *(("2 y", "every row has the same value", {}, with_target(a, b, a, b)) for a, b in EQUAL.values()),
    *(
        ("1", f"the columns {a!a} and {b!a} are the same to the eye", {}, f'"{a}","{b}",y{ROWS}')
        for a, b in ALIKE.values()
    ),
    *(
        ("2 y", f"{f'p{letter}q'!r} {CONTROL}; is a quotation mark missing?", options, with_target(f"p{letter}q", "r"))
        for letter in "\x1b\n\r\t\x07\x7f\x85"
        for options in ({}, dict(target="a", one_hot=["y"]))
    ),
    *(("1", f"in the header {CONTROL}", {}, f'a,"p{letter}q",y{ROWS}') for letter in "\x1b\n\r\t\x07\x7f\x85"),
    ("1", "the file is empty", {}, "", "\n \n\t\r\n", ",,\n,,\n", "\ufeff", "sep=;\n"),
    ("1", "there is a header, but no row of data below it", {}, "a,b,y\n"),
    ("2", ONE, {}, "a,b,y\n1,2,3\n"),
    ("1", ONE, {}, "1,2,3"),
    ("6", "there are 2 columns, but line 1 has 3", {}, NUMBERS + "5,6\n"),
    ("2", "there is 1 column, but line 1 has 3", dict(classes=True), "a,b,y\n1\n3,4\n"),
    ("36", "there is 1 column, but line 1 has 3", {}, NUMBERS + "1,2,3\n" * 30 + "3;4;5\n"),
    ("3", FOUR, {}, "a;b;y\n1;2;3\n5;6;7;8\n", "a\tb\ty\n1\t2\t3\n5\t6\t7\t8\n"),
    ("3", f"{FOUR}; {COMMA}", {}, "1,2,3\n3,4,8\n5,6,7,8\n", "a,b,y\n3,4,8\n5,7,1,000\n"),
    ("2", f"there are 3 columns, but line 1 has 2; {COMMA}", {}, "a,y\n5,1,000\n7,2,050\n"),
    ("2", f"{FOUR}; does a separator end the line?", {}, "a,b,y\n1,2,3,\n3,4,8,\n", "a,b,y\n1,2,3,\n3,4,8\n"),
    ("1001", BEHIND, {}, "1,2,\n" * 1000 + "1,2,3\n"),
    ("2", f"3 columns, but line 1 has 1; {ABOVE}", {}, f"My data\na,b,y{ROWS}", f"# a; b\na,b,y{ROWS}"),
    ("4", f"3 columns, but line 1 has 1; {ABOVE}", {}, "By hand\n\n\na;b;y\n1;2;3\n3;4;8\n"),
    ("2", f"3 columns, but line 1 has 2; {ABOVE}", {}, f"By A, and B\na,b,y{ROWS}"),
    ("2", f"2 columns, but line 1 has 3; {ABOVE}", {}, "# By A, B, C\na,y\n1,3\n3,8\n"),
    ("2 a", f"'m' is not a number; {UNITS}", {}, f"a,b,y\nm,kg,s{ROWS}", "a,b,k\nm,m,\n1,2,x\n3,4,y\n5,3,x\n"),
    ("2 a", f"'(cm)' is not a number; {UNITS}", {}, "a;b;y\n(cm);(kg);-\n1;2;3\n3;4;8\n"),
    ("2 k", f"'u' is not a number; {WAY}; {FIRST}", {}, "k,a,b\nu,1,2\nv,3,4\nu,5,7\n"),
    ("2 k", f"'u' is not a number; {WAY}", {}, "k,a,b\nu,1,x\nv,3,y\nu,5,x\nv,6,y\n"),
    ("6 a", "'total' is not a number", {}, NUMBERS + "total,,60\n"),
    ("2 y", NOT_THERE, {}, "a,b,y\n1,2,\n3,4,\n"),
    ("2 a|b|y", ALONE, {}, "a|b|y\n1|2|3\n3|4|8\n"),
    ("2 a b y", ALONE, {}, "a b y\n1 2 3\n3 4 8\n"),
    ("2 y", ALONE, {}, "y\n1\n2\n"),
    ("2 a,b,y", ALONE, {}, '"a,b,y"\n"1,2,3"\n"3,4,8"\n'),
    ("2 kind", "--ignore leaves no input", dict(ignore=["a", "b"]), NAMES),
    ("1 column 2", "--ignore leaves no input", dict(ignore=["column 1"]), "1,2\n3,4\n"),
    ("6", QUOTES, {}, NAMES + '5,6,"x\n'),
    ("2", QUOTES, {}, 'a,b,kind\n1,2,"x\n3,4,y\n7,6,x\n', NAMES.replace("x", '"x"1')),
    ("1", QUOTES, {}, 'a,"b,kind\n1,2,x\n3,4,y\n'),
    ("2 y", "is a quotation mark missing?", {}, 'a,y\n1,"x\n3,y"\n7,x\n5,y\n'),
    ("2 y", "if it is a name, add --classes", {}, 'a,y\n1,5"\n3,6"\n7,5"\n5,6"\n'),
    ("6", f"{TOO_LONG}; {QUOTES}", {}, NAMES + '5,6,"' + "1,2,x\n" * 40_000, NAMES + f"5,6,{40 * Z}\n"),
    ("36", TOO_LONG, {}, NAMES + "5,6,x\n" * 30 + f"5,6,{40 * Z}\n"),
    ("1", TOO_LONG, {}, f"a,{40 * Z},y{ROWS}"),
    (None, "--ignore names 'kind', which is the column to predict", dict(ignore=["kind"]), NAMES),
    (None, "--ignore names 'a', which is the column to predict", dict(target="a", ignore=["a"]), NAMES),
    (None, "--one-hot names 'kind', which is the column to predict", dict(one_hot=["kind"]), NAMES),
    (None, "'a' is named in both --ignore and --one-hot", dict(ignore=["a"], one_hot=["a"]), NAMES),
    (None, f"{ALREADY}: c=u", dict(one_hot=["c"]), "c,c=u,y\nu,1,2\nv,2,3\nu,4,1\n"),
    (None, f"{ALREADY}: c=u, c=v", dict(one_hot=["c"]), "c,c=u,c=v,y\nu,1,5,2\nv,2,7,3\nw,4,4,1\n"),
    (None, f"{ALREADY}: c=d=x", dict(one_hot=["c", "c=d"]), "c,c=d,y\nd=x,x,2\nv,z,3\nu,x,1\n"),
    ("1 a", TWICE, {}, f"a,a,y{ROWS}", f'a," a ",y{ROWS}'),
    ("3 column 2", TWICE, {}, f"\n\ncolumn 2,,y{ROWS}"),
    ("1", "'nan' in the header looks like a missing value; give the column another name", {}, f"a,nan,y{ROWS}"),
    ("1", f"'two' {HEADER}", {}, f"two,2,3{ROWS}", f"two,2019,2020{ROWS}"),
    ("1", f"{NOT_THERE}; if this line is the header", {}, ",0,1,2\n0,5,3,1\n1,4,4,6\n"),
    ("1 column 2", FINITE, {}, f"5,{'1' * 5000}\n6,{'1' * 5000}\n"),
    ("1 column 1", "'NA' looks like a missing value", {}, f"NA,2,3{ROWS}"),
    *(("1", NO_ZZ, options, NAMES) for options in (dict(target="zz"), dict(ignore=["a", "zz"]), dict(one_hot=["zz"]))),
    *(
        ("1", "there is no column '', only a, b, kind", options, NAMES)
        for options in (dict(target=""), dict(ignore=[""]))
    ),
    ("3", NO_ZZ, dict(target="zz"), "\n\n" + NAMES),
    ("1", "there is no column 'A', only a, b, kind", dict(target="A"), NAMES),
    ("1", "x18, x19 and 10 more", dict(target="y"), wide(WIDE + "\n")),
    ("1", "column 20 and 10 more, because there is no header", dict(target="y"), wide()),
    ("1", "'a', only 'a\\u200b', b, y", dict(target="a"), f"a\u200b,b,y{ROWS}"),
    ("3 c", "leave the row out, or write a word", dict(one_hot=["c"]), "c,y\nu,1\nNA,2\nu,3\n"),
    ("2 c", "it has 1001 names, too many for --one-hot", dict(one_hot=["c"]), NAMED + "n1000,2\n"),
    ("2 d", f"'p' is not a number; {WAY}", dict(one_hot=["c"]), "c,d,y\nu,p,1\nv,q,2\n"),
    ("3 c", f"'-Infinity' {FINITE}", dict(one_hot=["c"]), "c,y\nu,1\n-Infinity,2\n"),
    ("2 a", f"'inf' {FINITE}", {}, "a,b,y\ninf,2,3\n-inf,4,8\n"),
    ("3 y", f"'inf' {FINITE}", {}, with_target(*["x", "inf"] * 2)),
    ("4 y", f"'1e999' {FINITE}", dict(classes=True), with_target(*"13", *["1e999"] * 2)),
    ("2 a", f"1e+308 {LARGE}", {}, "a,y\n1e308,1.1e308\n1.2e308,1.3e308\n"),
    ("6 b", f"-1e+151 {LARGE}", {}, NAMES + "5,-1e151,x\n"),
    ("6 y", f"1e+200 {LARGE}", {}, NUMBERS + "5,6,1e200\n"),
    ("6 b", f"1.00001e+40 {LARGE}", {}, NAMES + "5,1.00001e40,x\n"),
    ("6 b", f"-9.9999e-41 {SMALL}", {}, NAMES + "5,-9.9999e-41,x\n"),
    ("3 y", f"1e-200 {SMALL}", {}, "a,y\n1,0\n3,1e-200\n"),
    ("4 y", f"'yes\\u200b' and 'yes' {EYE}", {}, with_target(*["YES", "yes", "yes\u200b"] * 2)),
    ("2 y", "every row has the same class 'x'", {}, "a,y\n1,x\n3,x\n"),
    ("2 y", "every row has the same class '3'", dict(classes=True), "a,y\n1,3\n3,3\n"),
    ("6 kind", f"'z' {ONLY_ROW}", {}, NAMES + "5,6,z\n"),
    ("4 y", f"'1' {ONLY_ROW}", dict(classes=True), "a,y\n1,0\n3,0\n5,1\n"),
    ("1 column 3", f"'x' {ONLY_ROW}, or else this is a header, where no name may", {}, "1,2,x\n3,4,y\n5,6,y\n"),
    ("2 date", ONLY_ROW, {}, "a,date\n3,2024-01-01\n5,2024-01-02\n"),
    ("2 y", "looks like a missing", {}, *(with_target(cell, "x", cell, "x") for cell in ("\u200b", "NA\u200b"))),
    ("2 b", f"'3,5' is not a number; {PLAINLY}", {}, "a;b;y\n1.5;3,5;3\n3;4;8\n"),
    ("3 a", f"'1.234,5' is not a number; {PLAINLY}", {}, "a;y\n1,5;3\n1.234,5;4\n"),
    ("1004 a", POINT, {}, "a;y\n1,5;3\n" + "2,5;4\n" * 1001 + "1.5;4\n"),
    ("3 a", THOUSANDS[3:], {}, "a;b;kind\n950;1;no\n1.050;2;yes\n", "a\ty\n12\t1\n1.050\t2\n123.456\t2\n"),
    ("4 y", THOUSANDS[3:].replace(".", ","), {}, "a;y\n1;950\n\n2;1,050\n"),
]


@pytest.mark.parametrize(
    ("where", "words", "options", "content"), [(*row[:3], content) for row in REFUSED for content in row[3:]]
)
def test_what_is_refused(where, words, options, content, tmp_path):
    """One line names the file, the line and the column, and says what is wrong."""
    path = write(tmp_path, content)
    message = both(reader.read_table, path, **options)
    check_refused(message, path, where, words)
    assert (COMMA in message) == (COMMA in words)


def test_what_is_no_file_is_refused(tmp_path):
    """A folder and a web address are refused as what they are."""
    check_refused(both(reader.read_table, str(tmp_path)), str(tmp_path), "", "is a folder, not a CSV file")
    web = "HTTPS://example.org/a.csv"
    check_refused(both(reader.read_table, web), web, "", "is a web address, not a file; download it first")


LONG_CELLS = [  # files with long cells, and the options
    (f"a,{Z},y{ROWS}", dict(target="zz")),
    (f"{Z},{Z}\u200b,y{ROWS}", {}),
    (with_input(Z), {}),
    (with_input("$" + "5" * 5000), {}),
    (f"{Z},y\nu,2\nv,4\n", {}),
    ("".join(f"{i:05000}," for i in range(4)) + "5\n1,2,5,3,4\n", {}),
    (with_target(*[Z + "\x07", "x"] * 2), {}),
    (with_target("x", Z, "x"), {}),
    (with_target(Z, Z), {}),
    (with_target(*[Z, Z + "\u200b"] * 2), {}),
    (with_target(*[Z, Z.upper()] * 2), {}),
    (f"a,y\n1,2\n{0:05000},4\n", {}),
    (f"{Z},a,y\n1,2,1\n2,4,3\n3,5,1\n", {}),
]


@pytest.mark.parametrize(("text", "options"), LONG_CELLS, ids=range(len(LONG_CELLS)))
def test_long_cells_are_cut_in_messages_and_remarks(text, options, tmp_path):
    """One cell never floods the screen."""
    path = write(tmp_path, text)
    result = both(reader.read_table, path, **options)
    said = [result] if isinstance(result, str) else result.remarks
    assert said
    assert max(map(len, said)) < len(path) + 600


# One column for each name


CODED, TWO = "c,n,y\nu,1,3\nv,5,5\nu,3,4\nw,2,8\n", "c,d,y\nu,p,1\nv,q,2\nu,q,4\n"
UVW = (["c=u", "c=v", "c=w", "n"], ["c", "c", "c", ""], [[1, 0, 0, 1], [0, 1, 0, 5], [1, 0, 0, 3], [0, 0, 1, 2]])
XYX = (["c", "c"], [[1, 0], [0, 1], [1, 0]])
ONE_HOT = [  # the file, the columns of names, the columns of X, their texts, and X
    (CODED, ["c"], *UVW),
    (TWO, ["d", "c"], ["c=u", "c=v", "d=p", "d=q"], list("ccdd"), [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 0, 1]]),
    ("n,c,y\n1,v,1\n5,u,2\n", ["c"], ["n", "c=u", "c=v"], ["", "c", "c"], [[1, 0, 1], [5, 1, 0]]),
    ("c,y\n$5,3\n$6,5\n$5,4\n", ["c"], ["c=$5", "c=$6"], *XYX),
    ("c,y\nu=1,3\nu=2,5\nu=1,4\n", ["c"], ["c=u=1", "c=u=2"], *XYX),
    ("u,3\nv,5\nu,4\n", ["column 1"], ["column 1=u", "column 1=v"], ["column 1"] * 2, XYX[1]),
    ("c,c=u\nu,3\nv,5\nu,4\n", ["c"], ["c=u", "c=v"], *XYX),
    ("c,y\nNa,3\nNan,5\nNa,4\n", ["c"], ["c=Na", "c=Nan"], *XYX),
    (f"c,y\n{LONG},3\n{CODE},5\n{LONG},4\n", ["c"], [f"c={LONG}", f"c={CODE}"], *XYX),
    (NAMED, ["c"], sorted(f"c=n{i}" for i in range(1000)), ["c"] * 1000, None),
]


@pytest.mark.parametrize(("text", "one_hot", "columns", "texts", "inputs"), ONE_HOT, ids=range(len(ONE_HOT)))
def test_one_hot(text, one_hot, columns, texts, inputs, tmp_path):
    """Each name becomes a column of 0 and 1, sorted, where its own column stood."""
    table = read(write(tmp_path, text), one_hot=one_hot)
    assert (table.columns, table.texts, table.remarks) == (columns, texts, [])
    assert table.X.sum() == 1000 if inputs is None else table.X.tolist() == inputs


def test_one_hot_beside_the_rest(tmp_path):
    """Names as inputs go together with classes to predict, a column left out, and remarks."""
    path = write(tmp_path, "id,c,d,k\n1,u,p,x\n2,U,p,y\n3,u,p,x\n4,U,p,y\n")
    table = read(path, one_hot=["c", "d"], ignore=["id"])
    assert (table.columns, table.classes) == (["c=U", "c=u", "d=p"], ["x", "y"])
    assert table.X.tolist() == [[0, 1, 1], [1, 0, 1], [0, 1, 1], [1, 0, 1]]
    assert table.remarks == [f"c: u and U, {CASE}", "d=p: the same in every row, so of no use"]


# Rows to predict


PLAIN, WITH_NAMES = (["a", "b"], ["", ""]), (["c=u", "c=v", "n"], ["c", "c", ""])
UNKNOWN = "is none of the names that the network was trained with"

TINY = [[1e-320, 5e-324], [-1e-50, 2.2250738585072011e-308]]
TWO_OF_NAMES = (["c=u", "c=v", "cc=v", "cc=w"], ["c", "c", "cc", "cc"])
U20 = ", ".join(f"u{i}" for i in range(20))
U30 = ([f"c=u{i}" for i in range(30)], ["c"] * 30)

INPUTS = {  # columns and texts of the network, the file, and X and all remarks, or where and how it is refused
    "same": (PLAIN, "a,b\n1,2\n3,4\n", [[1, 2], [3, 4]]),
    "another-order": (PLAIN, "b,zz,a\n1,q,2\n3,r,4\n", [[2, 1], [4, 3]]),
    "target-missing": (PLAIN, "a,b,kind\n1,2,\n3,4,NA\n", [[1, 2], [3, 4]]),
    "one-row-no-header": (PLAIN, "1,2", [[1, 2]]),
    "no-header": (PLAIN, "1;2\n3;4\n", [[1, 2], [3, 4]]),
    "too-few": (PLAIN, "1\n3\n", "1", "there is 1 column, but 2 are expected: a, b"),
    "too-many": (PLAIN, "1,2,3\n", "1", "there are 3 columns, but 2 are expected: a, b"),
    "another-name": (PLAIN, "a,c\n1,2\n", "1", "there is no column 'b', only a, c"),
    "columns-alike": (PLAIN, "a,b,a\u200b\n1,2,3\n", "1", "the columns 'a' and 'a\\u200b' are the same to the eye"),
    "thousands": (PLAIN, "a;b\n1;950\n2;1.050\n", "3 b", THOUSANDS[3:]),
    "too-small": (PLAIN, "a,b\n1e-320,4.9406564584124654e-324\n-1e-50,2.2250738585072011e-308\n", TINY),
    "missing": (PLAIN, "a,b\n1,NA\n", "2 b", "fill it in, or leave the row out"),
    "word": (
        PLAIN,
        "a,b\n1,two\n",
        "2 b",
        "'two' is not a number; the network was trained with numbers in this column",
    ),
    "infinite": (PLAIN, "a,b\n1,inf\n", "2 b", "'inf' is not a finite number"),
    "too-large-no-header": (PLAIN, "1,2\n3,-1e200\n", "2 b", f"-1e+200 {LARGE}"),
    "empty": (PLAIN, "", "1", "the file is empty"),
    "names": (WITH_NAMES, "c,n\nu,5\nv,6\n", [[1, 0, 5], [0, 1, 6]]),
    "names-another-order": (WITH_NAMES, "n,zz,c\n5,q,v\n6,r,u\n", [[0, 1, 5], [1, 0, 6]]),
    "names-not-all": (WITH_NAMES, "c,n\nv,5\n v ,6\n", [[0, 1, 5], [0, 1, 6]]),
    "names-numbers": ((["c=1", "c=2"], ["c", "c"]), "c\n2\n1\n", [[0, 1], [1, 0]]),
    "names-30-unknown": (U30, "c\nu7\nz\n", "3 c", f"'z' {UNKNOWN}: {U20} and 10 more"),
    "names-unknown-but-a-column": (WITH_NAMES, "c,n\nn,5\n", "2 c", f"'n' {UNKNOWN}: u, v"),
    "names-of-another-column": (TWO_OF_NAMES, "c,cc\nu,w\nw,v\n", "3 c", f"'w' {UNKNOWN}: u, v"),
    "names-large": (WITH_NAMES, "c,n\nU,5\n", "2 c", f"'U' {UNKNOWN}"),
    "names-invisible": (WITH_NAMES, "c,n\nu\u200b,5\n", "2 c", f"'u\\u200b' {UNKNOWN}"),
    "names-missing": (WITH_NAMES, "c,n\nNA,5\n", "2 c", f"'NA' {UNKNOWN}"),
    "names-too-few": (WITH_NAMES, "c\nu\n", "1", "there is no column 'n', only c"),
    "zeros": (PLAIN, "b,a,zip\n2,01,0\n4,3,01\n", [[1, 2], [3, 4]], f"a: 01 {ZEROS}"),
    "zeros-no-header": (PLAIN, "1,02\n3,04\n", [[1, 2], [3, 4]], f"b: 02 {ZEROS}"),
    "counting": ((["a", "b", "c"], [""] * 3), "1,2,3\n5,2,9\n", [[1, 2, 3], [5, 2, 9]], f"(1, 2, 3) {TAKEN}"),
    "counting-one-row": ((["a", "b", "c"], [""] * 3), "1,2,3\n", [[1, 2, 3]]),
    "separators-at-the-end": (PLAIN, "1,2,\n3,4,\n", [[1, 2], [3, 4]], ENDS),
    "decimal-commas": (PLAIN, "b;a;c\n1;1,5;2,5\n", [[1.5, 1]], comma("a", "1,5")),
    "western": ((["größe"], [""]), "größe\n1\n".encode("cp1252"), [[1]], WESTERN),
    "names-too-large": (WITH_NAMES, "c,n\nu,1e200\n", "2 n", f"1e+200 {LARGE}"),
}


@pytest.mark.parametrize("case", INPUTS.values(), ids=INPUTS)
def test_rows_to_predict(case, tmp_path):
    """The inputs come in the order that the network knows, or are refused."""
    (columns, texts), content, expected, *said = case
    path = write(tmp_path, content)
    values = both(reader.read_inputs, path, columns, texts)
    if isinstance(expected, str):
        check_refused(values, path, expected, *said)
        assert "--" not in values  # because --load takes neither --ignore nor --one-hot
    else:
        assert isinstance(values, tuple), values
        assert values[0].tolist() == expected
        assert [remark.removeprefix(f"{path}, line 1 ") for remark in values[1]] == said


def test_long_names_are_cut_in_lists(tmp_path):
    """Nor do twenty long names flood the screen."""
    path = write(tmp_path, "c\nx\n")
    message = both(reader.read_inputs, path, [f"c={Z}{i}" for i in range(30)], ["c"] * 30)
    check_refused(message, path, "2 c", f"'x' {UNKNOWN}: z")
    assert len(message) < len(path) + 3000


# Through the script


def run(arguments, capsys):
    """Run the script as a command: its status, what it printed, and its errors."""
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: your_data.main(arguments))
    return ended.value.code, *capsys.readouterr()


COUNTED = "".join(f"{i or 'id'},{line}\n" for i, line in enumerate(MANY.splitlines()))
SCRIPT_SAYS = {  # the file, the options, and all notes
    "nothing": (MANY, [], []),
    "counting": (COUNTED, [], [f'id {COUNTS} "id"']),
    "zeros": (MANY.replace("\n0,", "\n007,"), [], [f"a: 007 {ZEROS}"]),
    "one-hot": (MANY, ["--one-hot", "kind", "--target", "a"], []),
}


@pytest.mark.parametrize(("text", "options", "notes"), SCRIPT_SAYS.values(), ids=SCRIPT_SAYS)
def test_the_script_says_what_is_remarkable(text, options, notes, tmp_path, capsys):
    """Each remark is a line of its own."""
    path = write(tmp_path, text)
    status, output, errors = run([path, "--no-figure", "--epochs", "2", *options], capsys)
    assert (status or 0, errors) == (0, "")
    assert f"{path}: 30 rows, with header\n" in output
    assert re.findall(r"^note: (.*)$", output, re.M) == notes
    assert ("\n  kind=x: mean" in output) == ("--one-hot" in options)


@pytest.mark.parametrize("options", [[], ["--classes"]], ids=["numbers", "classes"])
def test_a_number_far_off_all_others_makes_no_warning(options, tmp_path, capsys):
    """A number that is among the test rows alone, so that the scaling does not know it, is reckoned with."""
    rows = "".join(f"{i % 7}e-40,{i % 5},{'1e-40' if i % 2 else '1e40'}\n" for i in range(20))
    path = write(tmp_path, f"a,b,y\n{rows}1e40,1,1e-40\n")
    status, _, errors = run([path, "--no-figure", "--epochs", "2", "--k-fold", "3", *options], capsys)
    assert (status or 0, errors) == (0, "")


@pytest.mark.parametrize("classes", [[], ["--classes"]], ids=["numbers", "classes"])
def test_a_saved_network_with_names_predicts_the_same(classes, tmp_path, capsys):
    """A network that was saved predicts as in the program, also for a file whose columns are in another order."""
    rows = [(f"{'uvw'[i % 3]}", i % 5, "pq"[i % 2], (i % 3 + i % 2) % 4) for i in range(40)]
    path = write(tmp_path, "c,n,d,y\n" + "".join("{},{},{},{}\n".format(*row) for row in rows))
    saved = str(tmp_path / "names.npz")
    options = ["--one-hot", "c", "d", *classes, "--save", saved, "--no-figure", "--epochs", "2"]
    assert run([path, *options], capsys)[0] in (None, 0)
    network, table = Network.load(saved), read(path, one_hot=["c", "d"], classes=bool(classes))
    expected = your_data.predict(network, network.notes, table.X)
    _, output, _ = run([path, "--load", saved], capsys)
    names, *lines = output.splitlines()
    assert names.split() == ["y", "probability"][: 1 + len(classes)]
    if classes:
        assert [line.split()[0] for line in lines] == [table.classes[label] for label in expected.argmax(axis=1)]
    else:
        assert lines == [f"{value:.6g}" for value in expected[:, 0]]
    write(tmp_path, "d,zz,n,c\n" + "".join(f"{d},?,{n},{c}\n" for c, n, d, _ in rows))
    assert run([path, "--load", saved], capsys)[1] == output


LOAD_SAYS = {  # the file to predict, and all notes
    "nothing": ("b,a\n1,2\n3,4\n", []),
    "zeros": ("b,a,zip\n1,2,01067\n03,4,10115\n", [f"b: 03 {ZEROS}"]),
    "western-zeros": ("b,größe,a\n1,5,02\n3,5,4\n".encode("cp1252"), [WESTERN, f"a: 02 {ZEROS}"]),
}


@pytest.mark.parametrize(("content", "notes"), LOAD_SAYS.values(), ids=LOAD_SAYS)
def test_a_loaded_network_says_what_is_remarkable(content, notes, tmp_path, capsys):
    """Notes come first, and the predictions are the same with them as without."""
    saved = str(tmp_path / "saved.npz")
    assert run([write(tmp_path, MANY), "--save", saved, "--no-figure", "--epochs", "2"], capsys)[0] in (None, 0)
    _, expected, _ = run([write(tmp_path, LOAD_SAYS["nothing"][0]), "--load", saved], capsys)
    status, output, errors = run([write(tmp_path, content), "--load", saved], capsys)
    assert (status or 0, errors) == (0, "")
    assert output == "".join(f"note: {note}\n" for note in notes) + expected
    assert expected.startswith("kind  probability\n")


PLANE = "points in a plane, but"
POINTS = "a,b,c,kind\n1,2,3,x\n2,3,9,y\n5,4,3,x\n4,9,1,y\n"


def test_points_of_a_table(tmp_path):
    """Two columns, after those that are to be ignored, and the classes, which may be numbers."""
    path = write(tmp_path, POINTS)
    assert both(reader.read_points, path) == f"{path}: two columns and a class make {PLANE} it has 3 columns"
    table = reader.read_points(path, ignore=["b", "not there", "kind"])
    assert (table.columns, table.classes) == (["a", "c"], ["x", "y"])
    assert table.X.tolist() == [[1, 3], [2, 9], [5, 3], [4, 1]]
    write(tmp_path, POINTS.replace("x", "7").replace("y", "10"))
    assert reader.read_points(path, ignore=["c"]).classes == ["10", "7"]  # as texts
    eight, nine = ("a,b,k\n" + "".join(f"{i},{i * i},k{i % n}\n" for i in range(18)) for n in (8, 9))
    assert len(reader.read_points(write(tmp_path, eight)).classes) == 8
    said = both(reader.read_points, write(tmp_path, nine))
    assert said == f"{path}: 9 classes are more than the 8 that have a colour"
