"""Bad input is refused in the caller's words: functions raise ValueError, a script ends with one line and status 2."""

from backstage import command_line

import numpy as np
import pytest
from helpers import HAND_WRITTEN, TRAINABLE, load, random_data, random_parameters, same

from network1 import Network


class OfNetwork:
    """A Network with the calls of a script, train(X, Y, parameters, …), so that both share the tests below."""

    def __init__(self, shape, activations):
        self.network = Network(shape, activations)

    def train(self, X, Y, parameters, *settings, **more):
        self.network.weights, self.network.biases = parameters[::2], parameters[1::2]
        return self.network.train(X, Y, *settings, **more)


@pytest.fixture(params=[*HAND_WRITTEN, "network1"])
def trainer(request):
    """Something with a train function, and data and parameters that fit it."""
    shape, activations, _ = HAND_WRITTEN.get(request.param, ([3, 5, 2], ["tanh", "softmax"], None))
    script = load(request.param) if request.param in HAND_WRITTEN else OfNetwork(shape, activations)
    rng = np.random.default_rng(0)
    return script, *random_data(shape, activations[-1], rng), random_parameters(shape, rng)


def with_value(array, value):
    array = array.copy()
    array[1, 0] = value
    return array


BAD_DATA = {
    "X with one dimension": (lambda X, Y: (X[0], Y), r"X has shape \(\d,\), but needs two dimensions"),
    "Y with one dimension": (lambda X, Y: (X, Y[:, 0]), r"Y has shape \(5,\), but needs two dimensions"),
    "X with three dimensions": (lambda X, Y: (X[np.newaxis], Y), "X has shape .* but needs two dimensions"),
    "no samples": (lambda X, Y: (X[:0], Y[:0]), "X has no rows"),
    "nan in X": (lambda X, Y: (with_value(X, np.nan), Y), "X holds nan in row 1, column 0"),
    "inf in X": (lambda X, Y: (with_value(X, np.inf), Y), "X holds inf in row 1, column 0"),
    "nan in Y": (lambda X, Y: (X, with_value(Y, np.nan)), "Y holds nan in row 1, column 0"),
    "-inf in Y": (lambda X, Y: (X, with_value(Y, -np.inf)), "Y holds -inf in row 1, column 0"),
    "X.T": (lambda X, Y: (X.T, Y), r"layer 1 expects \d inputs, but X has 5 columns; did you pass X.T\?"),
    "a column too many in Y": (lambda X, Y: (X, np.c_[Y, Y[:, 0]]), r"has \d outputs?, but Y has \d columns"),
    "a row too few in Y": (lambda X, Y: (X, Y[1:]), "X has 5 rows, but Y has 4"),
}


@pytest.mark.parametrize("what", BAD_DATA)
def test_data_that_do_not_fit(trainer, what):
    script, X, Y, parameters = trainer
    change, message = BAD_DATA[what]
    before = [parameter.copy() for parameter in parameters]
    with pytest.raises(ValueError, match=message):
        script.train(*change(X, Y), parameters, 10, 0.1)
    assert same(parameters, before)


@pytest.mark.parametrize(
    ("epochs", "learning_rate", "message"),
    [
        (-1, 0.1, "epochs is -1, but must be a whole number"),
        (1.5, 0.1, "epochs is 1.5, but must be a whole number"),
        (10.0, 0.1, "epochs is 10.0, but must be a whole number"),
        (np.nan, 0.1, "epochs is nan, but must be a whole number"),
        ("10", 0.1, "epochs is 10, but must be a whole number"),
        (10, 0, "learning_rate is 0, but must be a finite number above 0"),
        (10, -0.1, "learning_rate is -0.1, but must be a finite number above 0"),
        (10, np.nan, "learning_rate is nan, but must be a finite number above 0"),
        (10, np.inf, "learning_rate is inf, but must be a finite number above 0"),
    ],
)
def test_settings_that_make_no_sense(trainer, epochs, learning_rate, message):
    script, X, Y, parameters = trainer
    before = [parameter.copy() for parameter in parameters]
    with pytest.raises(ValueError, match=message):
        script.train(X, Y, parameters, epochs, learning_rate)
    assert same(parameters, before)


def test_no_epochs_change_nothing(trainer):
    script, X, Y, parameters = trainer
    before = [parameter.copy() for parameter in parameters]
    assert script.train(X, Y, parameters, 0, 0.1) == []
    assert same(parameters, before)


def test_parameters_of_other_shapes(trainer):
    script, X, Y, parameters = trainer
    with pytest.raises(ValueError, match=r"layer 1 has \d+ nodes?, but its biases have shape"):
        script.train(X, Y, [parameters[0], np.zeros(99), *parameters[2:]], 1, 0.1)
    if len(parameters) > 2:
        with pytest.raises(ValueError, match=r"layer 2 expects 99 inputs, but layer 1 has \d+ nodes"):
            script.train(X, Y, [*parameters[:2], np.zeros((99, 1)), *parameters[3:]], 1, 0.1)


@pytest.mark.parametrize("name", [name for name, (shape, _, _) in HAND_WRITTEN.items() if len(shape) > 2])
def test_zero_hidden_nodes(name):
    shape, activations, _ = HAND_WRITTEN[name]
    rng = np.random.default_rng(0)
    X, Y = random_data(shape, activations[-1], rng)
    with pytest.raises(ValueError, match="layer 1 has no nodes"):
        load(name).train(X, Y, random_parameters([shape[0], 0, *shape[2:]], rng), 1, 0.1)


@pytest.mark.parametrize("momentum", [1, 1.5, -0.1, np.nan])
def test_momentum(momentum):
    rng = np.random.default_rng(0)
    X, Y = random_data([1, 1], "linear", rng)
    message = f"momentum is {momentum}, but must be at least 0 and below 1"
    with pytest.raises(ValueError, match=message):
        load("cubic").train(X, Y, random_parameters([1, 3, 1], rng), 1, 0.1, momentum)
    with pytest.raises(ValueError, match=message):
        Network([1, 3, 1]).train(X, Y, 1, 0.1, momentum=momentum)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, "all"])
def test_batch_size(batch_size):
    X, Y = random_data([1, 1], "linear", np.random.default_rng(0))
    with pytest.raises(ValueError, match=f"batch_size is {batch_size}, but must be a whole number"):
        Network([1, 3, 1]).train(X, Y, 1, 0.1, batch_size=batch_size)


@pytest.mark.parametrize("name", ["linear", "cubic", "network1"])
def test_a_training_that_diverges_says_so(name):
    """The loss is nan or inf within a few dozen epochs: no number is returned that looks like a result."""
    shape, activations, _ = HAND_WRITTEN.get(name, ([1, 4, 1], ["tanh", "linear"], None))
    script = load(name) if name in HAND_WRITTEN else OfNetwork(shape, activations)
    rng = np.random.default_rng(0)
    X, Y = random_data(shape, "linear", rng)
    with pytest.raises(ValueError, match=r"the loss became (inf|nan) in epoch \d+: try a lower learning rate"):
        script.train(X, Y, random_parameters(shape, rng), 1000, 1e6)


# The command line. Every line is a script and its arguments; {folder} is an empty folder.
COMMON = [  # what every trainable script shares
    "--epochs -1",
    "--epochs 0",
    "--epochs 1.5",
    "--epochs many",
    "--learning-rate 0",
    "--learning-rate -1",
    "--learning-rate nan",
    "--learning-rate inf",
    "--learning-rate fast",
    "--seed -1",
    "--seed 0.5",
    "--sweep 0",
    "--sweep -3",
    "--sweep 2 --live",
    "--sweep 2 --figure {folder}/x.png",
    "--nonsense 1",
    "something",
    "--figure {folder}/nowhere/x.png",
    "--figure {folder}/x.docx",
    "--figure {folder}/x",
    "--figure {folder}",
    "--figure {folder}/x.png --no-figure",
    "--live --no-figure",
    "--live --figure {folder}/x.png",
    "--live 1",
    "--epochs 1000000000 --figure {folder}/nowhere/x.png",
    "--epochs 1000000000 --figure {folder}/x.docx",
]
OWN = """
2x2_image_predefined_1 --grey-range 0.6
2x2_image_predefined_1 --grey-range -0.1
2x2_image_predefined_1 --grey-range nan
2x2_image_predefined_1 --sets 0
2x2_image_predefined_1 --sets 1.5
2x2_image_predefined_1 --sets 1000000000000
2x2_image_predefined_1 --seed -1
2x2_image_predefined_1 --figure {folder}/nowhere/x.png
2x2_image_predefined_1 --figure {folder}/x.gif
2x2_image_predefined_2 --grey-range 0.6
2x2_image_predefined_2 --grey-range -0.1
2x2_image_predefined_2 --figure {folder}/x.docx
perceptron --function nonsense
perceptron --inputs 0
perceptron --inputs 40
perceptron --inputs 2.5
perceptron --predict 1
perceptron --predict 1 0 1
perceptron --predict 1 one
perceptron --predict 1 nan
perceptron --predict
perceptron --inputs 3 --predict 1 0
xor --function nonsense
xor --inputs 0
xor --inputs 40
xor --hidden-nodes 0
xor --hidden-nodes -2
xor --hidden-nodes 2.5
xor --hidden-nodes 1000000000
xor --weights huge
xor --reliability 100
nudge --learning-rate 1
nudge --learning-rate 0
nudge --weight nan
nudge --weight 11
nudge --nudge 0
nudge --steps 0
nudge --seed 1
nudge --figure x.gif
worked_example --inputs 1
worked_example --inputs 1 2 3
worked_example --inputs 1 nan
worked_example --targets inf 0
worked_example --learning-rate 0
worked_example --learning-rate -0.5
worked_example --learning-rate inf
worked_example --steps 0
worked_example --steps 1.5
worked_example --figure {folder}/nowhere/x.png
worked_example --seed 1
gradient_check --mistake nonsense
gradient_check --seeds -1
gradient_check --seeds 1.5
gradient_check --epochs 0
gradient_check --learning-rate nan
gradient_check --figure {folder}/nowhere/x.png
gradient_check --live
reliability --seeds 0
reliability --seeds -1
reliability --seeds 1.5
reliability --seed -1
reliability --epochs 0
reliability --learning-rate nan
reliability --figure {folder}/nowhere/x.png
reliability --figure {folder}/x.gif
reliability --sweep 3
reliability --live
2x2_image_recognition --grey-range 0.6
2x2_image_recognition --grey-range -0.1
2x2_image_recognition --sets 0
2x2_image_recognition --hidden-nodes 4
2x2_image_recognition --hidden-nodes 4 0
2x2_image_recognition --hidden-nodes 4 4 4
network1 --function nonsense
network1 --shape 3
network1 --shape 3 0 1
network1 --shape 3 6.5 1
network1 --shape 3 6 2
network1 --shape 40 6 1
network1 --activations sigmoid
network1 --activations sigmoid nonsense
network1 --activations softmax sigmoid
network1 --activations sigmoid softmax --loss mean_squared_error
network1 --activations sigmoid tanh --loss binary_cross_entropy
network1 --loss nonsense
network1 --momentum 1
network1 --momentum -0.1
network1 --momentum nan
network1 --batch-size 0
network1 --batch-size 1.5
linear --slope steep
linear --slope nan
linear --intercept inf
linear --learning-rate 1e6
linear --learning-rate 1e6 --sweep 3
cubic --coefficients 1 2 3
cubic --coefficients 1 2 3 4 5
cubic --coefficients 1 2 3 nan
cubic --coefficients 1 2 3 x
cubic --hidden-nodes 0
cubic --momentum 1
cubic --learning-rate 1e6
cubic --learning-rate 1e6 --sweep 3
noisy_xor --noise -0.1
noisy_xor --noise nan
noisy_xor --samples 0
noisy_xor --test-samples 0
noisy_xor --hidden-nodes 0
spirals --arms 1
spirals --arms 9
spirals --noise -1
spirals --samples 0
spirals --hidden-nodes 0
spirals --hidden-nodes 15 0
spirals --activation softmax
spirals --activation nonsense
spirals --momentum 1
"""


def refused(script, arguments, folder, capsys):
    """Run a script with bad arguments; check the status and that there is one line, and return what it printed."""
    arguments = [argument.format(folder=folder) for argument in arguments.split()]
    with pytest.raises(SystemExit) as ended:
        command_line.run(lambda: load(script).main(arguments))
    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert printed.err.endswith("\n")
    assert len(printed.err.splitlines()) == 1
    assert "error: " in printed.err
    assert not any(folder.iterdir())
    return printed


@pytest.mark.parametrize("arguments", COMMON)
@pytest.mark.parametrize("script", TRAINABLE)
def test_options_of_every_trainable_script(script, arguments, tmp_path, capsys):
    assert refused(script, arguments, tmp_path, capsys).out == ""  # refused before anything was computed


@pytest.mark.parametrize("line", OWN.strip().splitlines())
def test_options_of_one_script(line, tmp_path, capsys):
    script, _, arguments = line.partition(" ")
    printed = refused(script, arguments + ("" if "--figure" in line else " --no-figure"), tmp_path, capsys)
    assert printed.out == ""
    if "1e6" in arguments:
        assert "epoch" in printed.err
        assert "lower learning rate" in printed.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("perceptron --predict 1", ["--predict", "1", "2"]),
        ("xor --inputs 40", ["--inputs", "'40'", "1 to 16"]),
        ("xor --hidden-nodes 0", ["--hidden-nodes", "'0'", "1"]),
        ("xor --function nonsense", ["--function", "nonsense", "nand"]),
        ("xor --learning-rate inf", ["--learning-rate", "'inf'", "finite"]),
        ("xor --epochs 1.5", ["--epochs", "'1.5'", "whole number"]),
        ("xor --figure nowhere/x.png", ["--figure", "nowhere/x.png", "folder"]),
        ("xor --figure x.docx", ["--figure", "x.docx", ".png"]),
        ("cubic --coefficients 1 2 3", ["--coefficients", "4"]),
        ("network1 --activations relu nonsense", ["--activations", "nonsense", "leaky_relu"]),
        ("network1 --shape 3 6 2", ["2 outputs", "1 column"]),
        ("network1 --shape 40 6 1", ["--shape", "40", "20 inputs"]),
        ("reliability --seeds 0", ["--seeds", "'0'", "whole number", "1"]),
        ("gradient_check --mistake nonsense", ["--mistake", "nonsense", "averaged_biases"]),
        ("2x2_image_recognition --grey-range 0.6", ["--grey-range", "'0.6'", "0.5"]),
    ],
)
def test_the_line_names_what_does_not_fit(line, words, tmp_path, capsys):
    script, _, arguments = line.partition(" ")
    error = refused(script, arguments, tmp_path, capsys).err
    assert all(word in error for word in words), error
