"""What backstage.checks makes of arrays and settings, and the words in which it refuses them."""

from backstage import Refused, checks

import numpy as np
import pytest
from helpers import Table

PARAMETERS = [np.ones((2, 3)), np.ones(3), np.ones((3, 1)), np.ones(1)]


@pytest.mark.parametrize(
    "values",
    [
        [[1, 2], [3, 4]],
        [[True, 2.0], (3, 4)],
        np.array([[1, 2], [3, 4]], dtype=np.uint8),
        np.array([[1, 2], [3, 4]], dtype=np.float32),
        np.array([[1, 2], [3, 4.0]], dtype=object),
        np.array([[1, 3], [2, 4]]).T,
        Table([[1, 2], [3, 4]]),
    ],
)
def test_what_numpy_can_convert_becomes_a_float_array(values):
    result = checks.array("X", values)
    assert type(result) is np.ndarray
    assert result.dtype == float
    assert result.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, None]], "X holds nan in row 0, column 1"),
        ([[1, 2], [np.inf, np.nan]], "X holds inf in row 1, column 0"),
        (np.array([[1, 2], [3, None]], dtype=object), "X holds nan in row 1, column 1"),
        (Table([[1, 2], [None, 4]]), "X holds nan in row 1, column 0"),
        (Table([[1, "two"]]), "X does not hold numbers only: .*two"),
        ([["a", 1]], "X does not hold numbers only"),
        ([[1, 2], [3]], "X does not hold numbers only"),
        ([[1, {}]], "X does not hold numbers only"),
        (None, r"X has shape \(\), but needs two dimensions"),
        (3, r"X has shape \(\), but needs two dimensions"),
        ([1, 2], r"X has shape \(2,\), but needs two dimensions"),
        ([[[1]]], r"X has shape \(1, 1, 1\), but needs two dimensions"),
        ([], r"X has shape \(0,\), but needs two dimensions"),
        (np.ones((0, 2)), "X has no rows"),
    ],
)
def test_what_is_no_array_of_samples(values, message):
    """The message is one line, and carries the name that was given."""
    for name in ("X", "Y"):
        with pytest.raises(Refused, match=f"^{message.replace('X', name)}") as refused:
            checks.array(name, values)
        assert "\n" not in str(refused.value)


def test_good_data_are_handed_back_as_arrays():
    X, Y = checks.training([[1, 2], [3, 4]], Table([[0], [1]]), PARAMETERS, 0, 1e-9, 0.0)
    assert X.tolist() == [[1, 2], [3, 4]]
    assert Y.tolist() == [[0], [1]]
    assert X.dtype == Y.dtype == float


def test_data_in_the_right_form_are_not_copied():
    X = np.ones((2, 2))
    assert checks.inputs(X, PARAMETERS) is X


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        ([[1, 2, 3]], [[0]], r"layer 1 expects 2 inputs, but X has 3 columns; did you pass X\.T\?"),
        ([[1, 2]], [[0, 1]], "the network has 1 outputs, but Y has 2 columns"),
        ([[1, 2]], [[0], [1]], "X has 1 rows, but Y has 2"),
        ([[1, 2]], [0], r"Y has shape \(1,\)"),
        ([[1, 2]], [[None]], "Y holds nan in row 0, column 0"),
    ],
)
def test_data_that_do_not_fit(X, Y, message):
    with pytest.raises(Refused, match=f"^{message}"):
        checks.data(X, Y, PARAMETERS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({0: np.ones((2, 0)), 1: np.ones(0)}, r"layer 1 has no nodes or no inputs: its weights have shape \(2, 0\)"),
        ({1: np.ones(4)}, r"layer 1 has 3 nodes, but its biases have shape \(4,\)"),
        ({1: np.ones((1, 3))}, r"layer 1 has 3 nodes, but its biases have shape \(1, 3\)"),
        ({2: np.ones((4, 1))}, "layer 2 expects 4 inputs, but layer 1 has 3 nodes"),
        ({3: np.ones(2)}, r"layer 2 has 1 nodes, but its biases have shape \(2,\)"),
    ],
)
def test_parameters_that_do_not_fit(change, message):
    parameters = [change.get(i, parameter) for i, parameter in enumerate(PARAMETERS)]
    with pytest.raises(Refused, match=f"^{message}$"):
        checks.inputs([[1, 2]], parameters)


@pytest.mark.parametrize("loss", [0.0, 1.5, 1e300, np.float64(2)])
def test_a_finite_loss_is_handed_back(loss):
    assert checks.finite(loss, 0) == loss


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf, float("nan"), np.float64("inf")])
def test_a_loss_that_is_no_number_names_its_epoch(loss):
    """Epochs are counted from 0 in the code, and from 1 in the words."""
    with pytest.raises(checks.Diverged, match=rf"^the loss became {loss} in epoch 8: try a lower learning rate$"):
        checks.finite(loss, 7)


def test_what_is_refused_is_a_value_error():
    """So a reader's own program can catch it without knowing backstage."""
    assert issubclass(Refused, ValueError)
    assert issubclass(checks.Diverged, Refused)


@pytest.mark.parametrize("size", [None, 1, 32, np.int64(8)])
def test_a_batch_size(size):
    checks.batch_size(size)


@pytest.mark.parametrize("size", [0, -1, 2.5, 8.0, np.nan, "8"])
def test_no_batch_size(size):
    with pytest.raises(Refused, match=f"^batch_size is {size}, but must be a whole number of at least 1, or None"):
        checks.batch_size(size)


ONE_HOT, SHARES, ANY = np.eye(3), np.array([[0.2, 0.3, 0.5]]), np.array([[-1.0, 2.0, 1e9]])


@pytest.mark.parametrize(
    ("loss", "fitting", "unfitting"),
    [
        ("mean_squared_error", [ONE_HOT, SHARES, ANY, np.zeros((2, 3)), np.ones((2, 3))], []),
        ("binary_cross_entropy", [ONE_HOT, SHARES, np.zeros((2, 3)), np.ones((2, 3))], [ANY, 1.001 * ONE_HOT]),
        ("cross_entropy", [ONE_HOT, SHARES, SHARES + 1e-12], [ANY, np.zeros((2, 3)), np.ones((2, 3)), 0.99 * SHARES]),
    ],
)
def test_targets(loss, fitting, unfitting):
    for Y in fitting:
        checks.targets(Y, loss)
    for Y in unfitting:
        with pytest.raises(Refused, match=f"^{loss} needs"):
            checks.targets(Y, loss)
