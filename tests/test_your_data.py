"""Files of the reader's own: what is read, what is refused and how, and how good the network gets."""

import re

from backstage import command_line
from backstage.tables import reader

import numpy as np
import pytest

import your_data
from network1 import Network

HEADER = "a,b,kind\n"
ROWS = "1,2,x\n2,3,y\n3,4,x\n5,6,y\n7,8,x\n8,9,y\n" * 3


def write(tmp_path, text):
    path = tmp_path / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


BAD = {  # what is wrong: the file, and what the message has to name after the file
    "empty": ("", "line 1: the file is empty"),
    "blank": ("\n \n", "line 1: the file is empty"),
    "header only": (HEADER, "line 1: there is a header, but no row"),
    "one row": (HEADER + "1,2,x\n", "line 2: there is only one row"),
    "ragged": (HEADER + ROWS + "1,2\n", "line 20: there are 2 columns, but line 1 has 3"),
    "missing value": (HEADER + ROWS + "1,,x\n", "line 20, column 'b': the value is missing"),
    "missing class": (HEADER + ROWS + "1,2,\n", "line 20, column 'kind': the value is missing"),
    "nan": (HEADER + ROWS + "1,nan,x\n", "line 20, column 'b': 'nan' looks like a missing value"),
    "inf": (HEADER + ROWS + "inf,2,x\n", "line 20, column 'a': 'inf' is not a finite number"),
    "text": (HEADER + ROWS + "1,two,x\n", "line 20, column 'b': 'two' is not a number"),
    "text in numbers to predict": ("a,b\n1,2\n2,3\n3,oops\n4,5\n", "line 4, column 'b': 'oops' is not a number"),
    "single row of a class": (HEADER + ROWS + "1,2,z\n", "line 20, column 'kind': 'z' is the only row"),
    "one class": (HEADER + "1,2,x\n2,3,x\n", "column 'kind': every row has the same class 'x'"),
    "duplicate names": ("a,a,kind\n" + ROWS, "line 1, column 'a': there are two"),
    "line end in a name": ('a,"b\nc",kind\n' + ROWS, r"line 1: 'b\\nc' in the header holds a character that is no"),
    "one column": ("a\n1\n2\n", "column 'a': it is the only one"),
    "binary": (bytes(range(256)), "is not a text file"),
    "zero bytes": (b"a\0b,c\n1,2\n3,4\n", "NUL|is not a text file"),
}


@pytest.mark.parametrize(("content", "says"), BAD.values(), ids=BAD.keys())
def test_bad_files_are_refused_in_one_line(content, says, tmp_path, capsys):
    path = write(tmp_path, content)
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: your_data.main([path, "--no-figure"]))
    errors = capsys.readouterr().err
    assert ended.value.code == 2
    assert errors.count("\n") == 1
    assert path in errors
    assert re.search(says, errors)


BAD_ARGUMENTS = (
    ["nothing.csv"],
    ["."],
    ["data.csv", "--target", "c"],
    ["data.csv", "--one-hot", "c"],
    ["data.csv", "--load", "x.npz"],
    ["data.csv", "--k-fold", "99"],
    ["data.csv", "--learning-rate", "1e9"],
    ["data.csv", "--save", "no_folder/x.npz"],
)


@pytest.mark.parametrize("arguments", BAD_ARGUMENTS, ids=" ".join)
def test_bad_arguments_are_refused_in_one_line(arguments, tmp_path, capsys, monkeypatch):
    write(tmp_path, "a,b\n" + "".join(f"{i},{i * i}\n" for i in range(20)))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: your_data.main([*arguments, "--no-figure"]))
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_iris_five_fold(capsys):
    means = []
    for seed in range(4):
        your_data.main(["--k-fold", "5", "--seed", str(seed), "--no-figure"])
        means.append(float(re.search(r"^mean ([\d.]+)", capsys.readouterr().out, re.M)[1]))
    assert np.mean(means) >= 95


def test_numbers_with_scales_far_apart_and_a_constant_column(tmp_path, capsys):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)) * [1e-6, 1, 1e6]
    y = 5000 + 100 * X[:, 0] * 1e6 + 50 * X[:, 1] ** 2
    rows = "".join(f"{a},7,{b},{c},{target}\n" for (a, b, c), target in zip(X, y, strict=True))
    your_data.main([write(tmp_path, rows), "--no-figure"])
    error, mean = map(float, re.findall(r"error ([\d.]+) \(root", capsys.readouterr().out))
    assert error < mean / 4


@pytest.mark.parametrize("target", [[], ["--target", "petal width (cm)", "--ignore", "species"]])
def test_a_saved_network_predicts_the_same(target, tmp_path, capsys):
    saved = str(tmp_path / "iris.npz")
    your_data.main(["--save", saved, "--no-figure", "--epochs", "30", *target])
    capsys.readouterr()
    table = reader.read_table(your_data.IRIS, *target[1:2], ignore=target[3:])
    network = Network.load(saved)
    expected = your_data.predict(network, network.notes, table.X)
    your_data.main([your_data.IRIS, "--load", saved])
    lines = capsys.readouterr().out.splitlines()[1:]
    if table.classes:
        assert [line.split()[0] for line in lines] == [table.classes[i] for i in expected.argmax(axis=1)]
    else:
        assert np.allclose([float(line) for line in lines], expected[:, 0], rtol=1e-5)


def test_rows_to_predict_need_no_target_and_no_header(tmp_path, capsys):
    saved = str(tmp_path / "iris.npz")
    your_data.main(["--save", saved, "--no-figure", "--epochs", "30"])
    capsys.readouterr()
    your_data.main([write(tmp_path, "5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n"), "--load", saved])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["species", "setosa", "virginica"]
    short = write(tmp_path, "5.1,3.5,1.4\n")
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: your_data.main([short, "--load", saved]))
    assert ended.value.code == 2
    assert "3 columns, but 4 are expected" in capsys.readouterr().err


def test_names_with_letters_without_width_are_loaded_again(tmp_path, capsys):
    """A column with a blank that does not break, and a class in Persian, whose letters need one that is not seen."""
    saved, name = str(tmp_path / "saved.npz"), "می\u200cرود"
    path = write(tmp_path, "petal\xa0length,b,kind\n" + ROWS.replace("x", name))
    your_data.main([path, "--save", saved, "--no-figure", "--epochs", "2"])
    capsys.readouterr()
    your_data.main([path, "--load", saved])
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} <= {"kind", name, "y"}


@pytest.mark.parametrize("classes", [True, False])
def test_parts_keep_classes_in_proportion(classes):
    rng = np.random.default_rng(0)
    Y = np.eye(3)[np.repeat([0, 1, 2], [100, 50, 10])] if classes else rng.normal(size=(160, 1))
    part = your_data.parts(Y, 5, rng, classes)
    assert np.bincount(part).tolist() == [32] * 5
    if classes:
        assert np.bincount(part[:100]).tolist() == [20] * 5
        assert np.bincount(part[150:], minlength=5).tolist() == [2] * 5


@pytest.mark.parametrize("rows", ["1,2\n2,4\n", "1,x\n2,y\n1.1,x\n2.2,y\n"])
def test_the_smallest_files(rows, tmp_path, capsys):
    your_data.main([write(tmp_path, rows), "--no-figure"])
    assert "on the test rows" in capsys.readouterr().out
