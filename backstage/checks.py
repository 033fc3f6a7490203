"""Arrays and settings that do not fit are refused, in the caller's words."""

import math

from backstage import Refused

import numpy as np


class Diverged(Refused):
    """The loss is no longer a finite number."""


def array(name, values):
    """values as a float array with a sample a row, (rows, columns), of which none is missing."""
    try:
        values = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise Refused(f"{name} does not hold numbers only: {error}") from None
    if values.ndim != 2:
        raise Refused(f"{name} has shape {values.shape}, but needs two dimensions: a sample a row")
    if len(values) == 0:
        raise Refused(f"{name} has no rows, so there is no sample")
    finite = np.isfinite(values)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise Refused(f"{name} holds {values[row, column]} in row {row}, column {column}")
    return values


def inputs(X, parameters):
    """X as a float array. Raises Refused where it does not fit the parameters [W1, b1, W2, b2, …].

    Shapes: X (samples, inputs), W (inputs, nodes), b (nodes,).
    """
    X = array("X", X)
    columns, giver = X.shape[1], "X has {} columns; did you pass X.T?"
    for layer, (W, b) in enumerate(zip(parameters[::2], parameters[1::2], strict=True), start=1):
        if 0 in W.shape:
            raise Refused(f"layer {layer} has no nodes or no inputs: its weights have shape {W.shape}")
        if W.shape[0] != columns:
            raise Refused(f"layer {layer} expects {W.shape[0]} inputs, but {giver.format(columns)}")
        if b.shape != W.shape[1:]:
            raise Refused(f"layer {layer} has {W.shape[1]} nodes, but its biases have shape {b.shape}")
        columns, giver = W.shape[1], f"layer {layer} has {{}} nodes"
    return X


def outputs(X, Y, n_outputs):
    """Raise Refused where targets Y are not those of a network with so many outputs, or not of as many samples as X."""
    if Y.shape[1] != n_outputs:
        raise Refused(f"the network has {n_outputs} outputs, but Y has {Y.shape[1]} columns")
    if len(Y) != len(X):
        raise Refused(f"X has {len(X)} rows, but Y has {len(Y)}: one of each for every sample")


def data(X, Y, parameters):
    """X and Y as float arrays. Raises Refused where they and the parameters do not fit together.

    Shapes: as for inputs, and Y (samples, outputs).
    """
    X, Y = inputs(X, parameters), array("Y", Y)
    outputs(X, Y, parameters[-1].size)
    return X, Y


def kernels(size, side):
    """Raise Refused where kernels of size x size do not fit into images of side x side."""
    if size > side:
        raise Refused(f"kernels of {size}x{size} do not fit into images of {side}x{side} pixels")


def images(X, Y, parameters):
    """X and Y as float arrays. Raises Refused where they and the parameters [K, bK, W2, b2] do not fit together.

    Shapes: X (samples, pixels) of square images, Y (samples, outputs), K (size, size, kernels), bK (kernels,),
    W2 (places * kernels, outputs), where a place is 2x2 positions of a kernel, and b2 (outputs,).
    """
    X, Y = array("X", X), array("Y", Y)
    if len(parameters) != 4 or not all(isinstance(parameter, np.ndarray) for parameter in parameters):
        raise Refused("the parameters must be four arrays: K, bK, W2, b2")
    K, bK, W2, b2 = parameters
    side = math.isqrt(X.shape[1])
    if side**2 != X.shape[1]:
        raise Refused(f"X has {X.shape[1]} columns, which make no square image: {side**2} or {(side + 1) ** 2} would")
    if K.ndim != 3 or K.shape[0] != K.shape[1] or 0 in K.shape:
        raise Refused(f"K has shape {K.shape}, but needs (size, size, kernels)")
    kernels(len(K), side)
    n_kernels, places = K.shape[2], math.ceil((side - len(K) + 1) / 2) ** 2
    if bK.shape != (n_kernels,):
        raise Refused(f"there are {n_kernels} kernels, but their biases have shape {bK.shape}")
    if b2.ndim != 1:
        raise Refused(f"b2 has shape {b2.shape}, but needs (outputs,)")
    if W2.shape != (places * n_kernels, b2.size):
        needs = f"{places} places of 2x2 positions for {n_kernels} kernels, and {b2.size} outputs"
        raise Refused(f"W2 has shape {W2.shape}, but needs {(places * n_kernels, b2.size)}: {needs}")
    outputs(X, Y, b2.size)
    return X, Y


def settings(epochs, learning_rate, momentum=0.0):
    """Raise Refused where a setting of a training makes no sense."""
    if not isinstance(epochs, (int, np.integer)) or epochs < 0:
        raise Refused(f"epochs is {epochs}, but must be a whole number, not below 0")
    if not (learning_rate > 0 and math.isfinite(learning_rate)):
        raise Refused(f"learning_rate is {learning_rate}, but must be a finite number above 0")
    if not 0 <= momentum < 1:
        raise Refused(f"momentum is {momentum}, but must be at least 0 and below 1")


def training(X, Y, parameters, epochs, learning_rate, momentum=0.0):
    """X and Y as data gives them. Raises Refused also for a setting that makes no sense."""
    settings(epochs, learning_rate, momentum)
    return data(X, Y, parameters)


def image_training(X, Y, parameters, epochs, learning_rate, size, decay):
    """X and Y as images gives them. Raises Refused also for targets or a setting that make no sense."""
    settings(epochs, learning_rate)
    X, Y = images(X, Y, parameters)
    targets(Y, "cross_entropy")
    batch_size(size)
    weight_decay(decay)
    return X, Y


def batch_size(size):
    """Raise Refused where size is neither a number of samples nor None."""
    if size is not None and not (isinstance(size, (int, np.integer)) and size >= 1):
        raise Refused(f"batch_size is {size}, but must be a whole number of at least 1, or None")


def weight_decay(size):
    """Raise Refused where size is not a finite number of at least 0."""
    if not (size >= 0 and math.isfinite(size)):
        raise Refused(f"weight_decay is {size}, but must be a finite number, not below 0")


def finite(loss, epoch):
    """The loss of an epoch, counted from 0. Raises Diverged where it is nan or inf: no step helps any more."""
    if not math.isfinite(loss):
        raise Diverged(f"the loss became {loss} in epoch {epoch + 1}: try a lower learning rate")
    return loss


def targets(Y, loss):
    """Raise Refused where targets cannot be those of a loss, given by its name."""
    if loss in ("binary_cross_entropy", "cross_entropy") and not np.all((Y >= 0) & (Y <= 1)):
        row, column = np.argwhere((Y < 0) | (Y > 1))[0]
        raise Refused(f"{loss} needs targets from 0 to 1, but Y holds {Y[row, column]:g} in row {row}, column {column}")
    sums = Y.sum(axis=1)
    if loss == "cross_entropy" and not np.allclose(sums, 1):
        row = np.argmax(np.abs(sums - 1))
        raise Refused(f"{loss} needs rows of Y that add up to 1, but row {row} adds up to {sums[row]:g}")
