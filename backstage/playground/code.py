"""The network of the playground as a program of its own, which needs nothing but numpy."""

import sys

import numpy as np

INPUTS = {  # as the program makes them of the two coordinates
    "x1": "x1", "x2": "x2", "x1x1": "x1 * x1", "x2x2": "x2 * x2", "x1x2": "x1 * x2",
    "sinx1": "np.sin(np.pi * x1)", "sinx2": "np.sin(np.pi * x2)",
}  # fmt: skip
ACTIVATIONS = {
    "linear": "{z}",
    "sigmoid": "1 / (1 + np.exp(np.minimum(-{z}, 709)))  # the sigmoid; e^710 would be too large for a number",
    "tanh": "np.tanh({z})",
    "relu": "np.maximum(0, {z})",
    "leaky_relu": "np.maximum(0.01 * {z}, {z})",
    "softplus": "np.maximum(0, {z}) + np.log1p(np.exp(-np.abs({z})))",
    "gaussian": "np.exp(-({z}**2))",
}
PROGRAM = '''\
"""A network {shape} from the playground, trained for {epochs} epochs."""

import numpy as np

# It began with: {command}
names, outputs = {names!r}, {outputs!r}

# A layer's weights have a row for each node that they come from, and a column for each node that they go to.
{arrays}


def forward(points):
    """What the network answers to points (samples, 2): (samples, {answers})."""
    {coordinates}
    X = np.column_stack([{inputs}])  # (samples, {n_inputs})
{layers}
    return a{last}


points = np.array({points})
for point, answer in zip(points, forward(points)):
    print(dict(zip(names, point.tolist())), "->", dict(zip(outputs, answer.round(3).tolist())))
'''


def literal(name, array):
    """An array as Python writes it, with all digits."""
    begin = f"{name} = np.array("
    how = {"separator": ", ", "floatmode": "unique", "threshold": sys.maxsize, "max_line_width": 118}
    return f"{begin}{np.array2string(array, prefix=begin, **how)})"


def layer(k, name, nodes):
    """The lines of a layer k, counted from 1."""
    lines = [f"z{k} = {f'a{k - 1}' if k > 1 else 'X'} @ W{k} + b{k}  # (samples, {nodes})"]
    if name == "softmax":
        lines += [f"powers = np.exp(z{k} - z{k}.max(axis=1, keepdims=True))  # the softmax: shares that add up to 1"]
        lines += [f"a{k} = powers / powers.sum(axis=1, keepdims=True)"]
    else:
        lines += [f"a{k} = {ACTIVATIONS[name].format(z=f'z{k}')}"]
    return "\n".join(f"    {line}" for line in lines)


def program(playground):
    """The text of a program that answers as the network of a playground does, for points as they stand in its file."""
    network, coordinates, points = playground.network, "x1, x2 = points.T", playground.points
    arrays = {f"{'Wb'[i % 2]}{i // 2 + 1}": array for i, array in enumerate(network.parameters)}
    if np.any(playground.middle != 0) or np.any(playground.scale != 1):
        coordinates = "x1, x2 = ((points - middle) / scale).T"
        arrays |= {"middle": playground.middle, "scale": playground.scale}
    layers = map(layer, range(1, len(network.shape)), network.activation_names(), network.shape[1:])
    points = points[:: max(1, len(points) // 4)][:4] if len(points) else np.zeros((1, 2))
    return PROGRAM.format(
        shape="-".join(map(str, network.shape)), epochs=playground.epoch,
        command=" ".join(playground.command().split()), names=[*playground.names],
        outputs=["y"] if playground.numbers else [*playground.classes],
        arrays="\n".join(literal(*pair) for pair in arrays.items()), coordinates=coordinates,
        inputs=", ".join(INPUTS[name] for name in playground.options.inputs), n_inputs=network.shape[0],
        answers=network.shape[-1], layers="\n".join(layers), last=len(network.shape) - 1,
        points=np.round(points * playground.scale + playground.middle, 3).tolist(),
    )  # fmt: skip
