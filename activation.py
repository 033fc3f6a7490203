"""Activations: the functions that turn the weighted sum of a node into its output.

An activation takes `z`, the weighted sums before it, and gives `a`, the outputs after it, in the
same shape. Each carries its own derivative, which takes both:

    a = sigmoid(z)
    slope = sigmoid.derivative(z, a)        # da/dz, where a = sigmoid(z) is already known

so nobody has to guess whether a derivative wants the value before or after the activation, and
nothing is computed twice. Every formula here holds for any z in ±1e300: no overflow, no nan.

Run:  python activation.py
"""

import numpy as np


def step(z):
    """1 where z >= 0, else 0. Range {0, 1}. Its slope is 0 everywhere, so it cannot be trained."""
    return np.heaviside(z, 1.0)  # the second number is what it is at 0


step.derivative = lambda z, a: np.zeros_like(a)


def linear(z):
    """z itself. Range: all numbers."""
    return np.multiply(1.0, z)


linear.derivative = lambda z, a: np.ones_like(a)


LARGEST = {np.dtype(np.float16): 11.0, np.dtype(np.float32): 88.0}  # the largest powers of e in these; else e^709


def sigmoid(z):
    """1 / (1 + e^-z), an S from 0 to 1. Range (0, 1).

    For z < -709 the power e^-z would be larger than a number can be, so it is left at e^709: the result is then
    1e-308 instead of something still nearer to 0.
    """
    most = LARGEST.get(getattr(z, "dtype", None), 709.0)
    return 1 / (1 + np.exp(np.minimum(np.negative(z), most)))


sigmoid.derivative = lambda z, a: a * (1 - a)


def tanh(z):
    """(e^z - e^-z) / (e^z + e^-z), an S from -1 to 1. Range (-1, 1)."""
    return np.tanh(z)


tanh.derivative = lambda z, a: 1 - a**2


def relu(z):
    """max(0, z). Range [0, inf). At the kink, z = 0, the slope is taken as 0."""
    return np.maximum(0.0, z)


relu.derivative = lambda z, a: np.sign(a)  # 0 or 1, as a is never below 0


def leaky_relu(z):
    """z where z > 0, else z / 100. Range: all numbers. At the kink the slope is taken as 0.01."""
    return np.maximum(np.multiply(0.01, z), z)


leaky_relu.derivative = lambda z, a: np.maximum(0.01, np.sign(a))


def softplus(z):
    """log(1 + e^z), a relu without the kink. Range (0, inf).

    Computed as max(0, z) + log(1 + e^-|z|), which is the same and does not overflow.
    """
    return np.maximum(0.0, z) + np.log1p(np.exp(-np.abs(z)))


softplus.derivative = lambda z, a: sigmoid(z)


def gaussian(z):
    """e^-(z^2), a bell. Range (0, 1].

    Computed as (e^-|z|)^|z|, because z^2 itself overflows for large z.
    """
    distance = np.abs(z)
    return np.exp(-distance) ** distance


gaussian.derivative = lambda z, a: -2 * z * a


def softmax(z):
    """e^z_i / sum_j e^z_j over the last axis: one positive share for each class. Range (0, 1), sum 1.

    Subtracting the largest z first changes nothing in the quotient and keeps e^z from overflowing.

    There is no slope of the elementwise kind: every output depends on every z of its row, so the
    derivative is a whole matrix per sample, and `softmax.derivative` raises ValueError. Together
    with cross-entropy the matrix multiplies out to dz = (a - Y) / samples, which is all one needs.
    """
    powers = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return powers / np.sum(powers, axis=-1, keepdims=True)


def _softmax_derivative(z, a):
    raise ValueError(
        "softmax has no elementwise derivative: each output depends on every z of its row; "
        "use it as the last layer, with cross-entropy, where dz = (a - Y) / samples"
    )


softmax.derivative = _softmax_derivative

FUNCTIONS = (step, linear, sigmoid, tanh, relu, leaky_relu, softplus, gaussian, softmax)
BY_NAME = {function.__name__: function for function in FUNCTIONS}
HIDDEN = [name for name in BY_NAME if name not in ("step", "softmax")]  # those that a hidden layer can be trained with


def named(activation):
    """The function of this module with the name given (a function is returned as it is).

    Raises ValueError for a name that is not there, or a function without a derivative.
    """
    function = BY_NAME.get(activation, activation) if isinstance(activation, str) else activation
    if not (callable(function) and hasattr(function, "derivative")):
        raise ValueError(f"activation {activation!r} is not one of {', '.join(BY_NAME)}")
    return function


def main(arguments=None):
    """Show what each activation makes of a few numbers, and draw them with their derivatives."""
    from backstage import command_line, picture, plot

    options = command_line.parser(__file__, __doc__, seeded=False).parse_args(arguments)
    z = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    print(f"{'z':12}" + "".join(f"{value:7g}" for value in z))
    for function in FUNCTIONS:
        print(f"{function.__name__:12}" + "".join(f"{value:7.3f}" for value in function(z)))
    picture.show(options, plot.activations(FUNCTIONS[:-1]))


if __name__ == "__main__":
    from backstage import command_line

    command_line.run(main)
