"""Bad options are refused in the caller's words: one line on standard error, status 2, and nothing else is done."""

import os

from backstage import command_line, picture

import pytest
from helpers import LETTERS, TRAINABLE, load

# The lines are cut at |, and {} is an empty folder.
COMMON = """
--epochs -1 | --epochs 0 | --epochs 1.5 | --epochs many | --learning-rate 0 | --learning-rate -1 | --learning-rate nan
--learning-rate inf | --learning-rate fast | --seed -1 | --seed 0.5 | --sweep 0 | --sweep -3 | --sweep 2 --live
--sweep 2 --figure {}/x.png | --nonsense 1 | something | --live 1 | --live --no-figure | --live --figure {}/x.png
--figure {} | --figure {}/x | --figure {}/x.png --no-figure | --figure {}/no/x.png | --figure {}/x.docx
--epochs 1000000000 --figure {}/no/x.png | --epochs 1000000000 --figure {}/x.docx
"""
OWN = {
    "2x2_image_predefined_1": """--grey-range 0.6 | --grey-range -0.1 | --grey-range nan | --sets 0 | --sets 1.5
        --sets 1000000000000 | --seed -1 | --figure {}/no/x.png | --figure {}/x.gif""",
    "2x2_image_predefined_2": "--grey-range 0.6 | --grey-range -0.1 | --figure {}/x.docx",
    "perceptron": """--function nonsense | --inputs 0 | --inputs 40 | --inputs 2.5 | --predict 1 | --predict 1 0 1
        --predict 1 one | --predict 1 nan | --predict | --inputs 3 --predict 1 0 | --predict 1 0 --sweep 2""",
    "xor": """--function nonsense | --inputs 0 | --inputs 40 | --hidden-nodes 0 | --hidden-nodes -2 | --hidden-nodes 2.5
        --hidden-nodes 1000000000 | --weights huge | --reliability 100""",
    "nudge": """--learning-rate 1 | --learning-rate 0 | --weight nan | --weight 11 | --nudge 0 | --steps 0 | --seed 1
        --figure x.gif""",
    "worked_example": """--inputs 1 | --inputs 1 2 3 | --inputs 1 nan | --targets inf 0 | --learning-rate 0
        --learning-rate -0.5 | --learning-rate inf | --steps 0 | --steps 1.5 | --figure {}/no/x.png | --seed 1
        --published --steps 2 | --published --figure {}/x.png""",
    "gradient_check": """--mistake nonsense | --seeds -1 | --seeds 1.5 | --epochs 0 | --learning-rate nan
        --figure {}/no/x.png | --live | --list --seeds 3""",
    "reliability": """--seeds 0 | --seeds -1 | --seeds 1.5 | --seed -1 | --epochs 0 | --learning-rate nan | --sweep 3
        --figure {}/no/x.png | --figure {}/x.gif | --live""",
    "2x2_image_recognition": """--grey-range 0.6 | --grey-range -0.1 | --sets 0 | --hidden-nodes 4
        --hidden-nodes 4 0 | --hidden-nodes 4 4 4""",
    "network1": """--function nonsense | --shape 3 | --shape 3 0 1 | --shape 3 6.5 1 | --shape 3 6 2 | --shape 40 6 1
        --activations sigmoid | --activations sigmoid nonsense | --activations softmax sigmoid | --loss nonsense
        --activations sigmoid softmax --loss mean_squared_error | --momentum 1 | --momentum -0.1 | --momentum nan
        --activations sigmoid tanh --loss binary_cross_entropy | --batch-size 0 | --batch-size 1.5
        --shape 3 6 2 --sweep 2""",
    "linear": "--slope steep | --slope nan | --intercept inf",
    "cubic": """--coefficients 1 2 3 | --coefficients 1 2 3 4 5 | --coefficients 1 2 3 nan | --coefficients 1 2 3 x
        --hidden-nodes 0 | --momentum 1""",
    "noisy_xor": "--noise -0.1 | --noise nan | --samples 0 | --test-samples 0 | --hidden-nodes 0",
    "spirals": """--arms 1 | --arms 9 | --noise -1 | --samples 0 | --hidden-nodes 0 | --hidden-nodes 15 0
        --activation softmax | --activation nonsense | --momentum 1""",
    "digits": "--test nonsense | --samples 0 | --samples 1438 | --batch-size 0 | --weight-decay -1 | --weight-decay 2",
    "convolution": "--kernels 0 | --kernel-size 0 | --kernel-size 9 | --samples 1438 | --weight-decay nan",
    "next_letter": """--letters 0 | --letters 21 | --temperature -1 | --temperature nan | --names 0 | --start a1
        --start .""",
    "attention": "--pairs 10 | --pairs 31 | --texts 0 | --size 0 | --window --sweep 2",
    "transformer": """--heads 3 | --places 1 | --places 5 --start abcde | --places 2 | --temperature 0.001
        --batch-size 0 | --names-file {}""",
    "your_data": "--k-fold 1 | --k-fold 5 --save {}/x.npz | --save {}/x.csv | --epochs 0",
}
NAMED = {  # what does not fit, and what the line says of it
    "perceptron --predict 1": "--predict got 1 numbers, but the network has 2 inputs",
    "perceptron --predict 1 0 --sweep 2": "--predict does not go with --sweep",
    "worked_example --published --train-biases": "--published does not go with --train-biases",
    "your_data --load x.npz --epochs 3": "--load does not go with --epochs",
    "your_data --load x.npz": "x.npz: No such file or directory",
    "xor --inputs 40": "argument --inputs: '40' is not a whole number from 1 to 16",
    "xor --function nonsense": "argument --function: invalid choice: 'nonsense' (choose from ",
    "xor --learning-rate inf": "argument --learning-rate: 'inf' is not a finite number",
    "xor --epochs 1.5": "argument --epochs: '1.5' is not a whole number of at least 1",
    "xor --figure no/x.png": "argument --figure: 'no/x.png' is in a folder that is not there",
    "xor --figure x.docx": "argument --figure: 'x.docx' does not end in one of .png, ",
    "cubic --coefficients 1 2 3": "argument --coefficients: expected 4 arguments",
    "network1 --activations relu nonsense": "argument --activations: invalid choice: 'nonsense' (choose from ",
    "network1 --shape 3 6 2": "the network has 2 outputs, but Y has 1 columns",
    "network1 --shape 40 6 1": "--shape begins with 40, but a truth table has at most 20 inputs",
    "next_letter --start zoë": "--start: 'ë' is no letter of the words: abcdefgh",
    "next_letter --temperature -0.1": "argument --temperature: '-0.1' is not 0, or a number from 0.01 to 100",
    "transformer --start maximilianus": "--start has 12 letters, but 12 places have room for 11",
    "transformer --places 2": "only 0 words have at most 1 letters",
    "attention --learning-rate 1e6": "the loss became ",
    "2x2_image_recognition --grey-range 0.6": "argument --grey-range: '0.6' is not from 0 to 0.5",
    "linear --learning-rate 1e6 --figure {}/x.png": "the loss became ",
    "cubic --learning-rate 1e6 --figure {}/x.gif": "the loss became ",
    "cubic --learning-rate 1e6 --sweep 3": "seed 0: the loss became ",
    "xor --learning-rate 1e19": "argument --learning-rate: '1e19' is not a finite number above 0, at most 1e6",
    f"xor --sweep {2**63}": f"argument --sweep: '{2**63}' is not a whole number of at least 1, at most 1e12",
    "gradient_check --seeds 1000000000": "argument --seeds: '1000000000' is not a whole number from 0 to 100000",
    "reliability --seeds 1000000000": "argument --seeds: '1000000000' is not a whole number from 1 to 100000",
    "your_data --load=": "argument --load: an empty text names nothing",
    "playground --data=": "argument --data: an empty text names nothing",
    "next_letter --names-file=": "argument --names-file: an empty text names nothing",
    "xor --figure=": "argument --figure: '' does not end in one of .png, ",
    "your_data a\x1bb.csv": "a\\x1bb.csv: No such file or directory",
    "your_data --load a\u2028b.npz": "a\\u2028b.npz: No such file or directory",
    "xor a\x07b": "unrecognized arguments: a\\x07b",
}


def cut(lines):
    return [part.strip() for line in lines.strip().splitlines() for part in line.split("|")]


def refused(line, says, folder, capsys):
    """Run a line; check that nothing is printed but why not, in one line, and that no file is written."""
    name, *arguments = line.replace("{}", str(folder)).split(" ")
    before = sorted(folder.iterdir())
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: load(name).main(arguments))
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert err.find("\n") == len(err) - 1
    assert f": error: {says}" in err
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("line", "says"),
    [
        *((f"{name} {options}", "") for name in TRAINABLE for options in cut(COMMON)),
        *((f"{name} {options}", "") for name in LETTERS for options in cut(COMMON.replace("--epochs", "--steps"))),
        *((f"{name} {options}", "") for name, lines in OWN.items() for options in cut(lines)),
        *NAMED.items(),
    ],
)
def test_bad_options(line, says, tmp_path, monkeypatch, capsys):
    """It is said before anything was computed, or drawn."""
    monkeypatch.chdir(tmp_path)
    refused(line, says, tmp_path, capsys)


@pytest.mark.parametrize("line", ["your_data a\nb.csv", "your_data --target a\nb", "xor a\nb"])
def test_a_name_with_a_line_break(line, tmp_path, monkeypatch, capsys):
    """It is shown by its number, and the error stays in its line."""
    monkeypatch.chdir(tmp_path)
    refused(line, "", tmp_path, capsys)


FINE = [  # what is the same, but that the first is an edge
    ("noisy_xor --noise=-0 --epochs 2", "noisy_xor --noise 0 --epochs 2"),
    ("2x2_image_predefined_2 --grey-range=-0.0", "2x2_image_predefined_2 --grey-range 0"),
    ("2x2_image_recognition --grey-range=-0 --epochs 2", "2x2_image_recognition --grey-range 0 --epochs 2"),
    ("linear --intercept=-0 --epochs 2", "linear --intercept 0 --epochs 2"),
    ("perceptron --predict -0 1 --epochs 2", "perceptron --predict 0 1 --epochs 2"),
    (f"xor --seed {2**63} --epochs 2 --sweep 1", f"xor --seed={2**63} --epochs 2 --sweep 1"),
    (f"network1 --batch-size {10**12} --epochs 2", "network1 --epochs 2"),
]


@pytest.mark.parametrize(("line", "other"), FINE)
def test_edges_that_are_fine(line, other, capsys):
    printed = []
    for name, *arguments in (line.split(), other.split()):
        assert not load(name).main([*arguments, *["--no-figure"][: "--sweep" not in arguments]])
        printed.append(capsys.readouterr())
    assert printed[0] == printed[1]
    assert printed[0].out
    assert printed[0].err == ""


@pytest.mark.parametrize("line", ["xor --figure {}/x.png", "your_data --save {}/x.npz", "nudge"])
def test_where_nothing_can_be_written(line, tmp_path, monkeypatch, capsys):
    """A folder has the name of the file; without a screen that may be the one in the current folder."""
    for name in ("x.png", "x.npz", "nudge.png"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(picture, "goes_to_current_folder", lambda options: not options.figure)
    refused(line, "" if "{}" in line else "'nudge.png' is no ordinary file: --figure FILE puts", tmp_path, capsys)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    refused(line.replace("x.", "y."), "", tmp_path, capsys)
