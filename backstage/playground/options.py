"""The options of playground.py."""

from backstage import command_line


def playground_parser(file, description, sources, inputs, choices):
    """A parser for the playground: sources of points, what can go into the network, and choices of other settings."""
    result = command_line.parser(file, description, moves=True)
    points = f"the points: {', '.join(sources)}, or a CSV file with two columns and a class"
    result.option("--data", "xor", points, metavar="D")
    result.option("--noise", 0.1)
    result.option("--samples", 400, "how many points", type=command_line.whole_in_range(4, 2000))
    result.option(
        "--test-share", 0.5, "the share of the points for the test", type=command_line.in_range(0, 0.9), metavar="S"
    )
    result.option("--inputs", ["x1", "x2"], "what goes in, made of a point's coordinates", nargs="+", choices=inputs)
    nodes = f"for each of up to {choices['layers'][-1]} hidden layers; none: no hidden layer"
    result.option("--hidden-nodes", [4], nodes, type=command_line.whole_in_range(1, choices["nodes"][-1]), nargs="*")
    result.option("--activation", "tanh", "of the hidden layers", choices=choices["activation"])
    result.option("--loss", None, "of classes (default: cross_entropy)", choices=choices["loss"])
    result.option("--learning-rate", 0.3)
    result.option("--momentum", 0.0)
    result.option("--weight-decay", 0.0)
    result.option("--batch-size", None, "samples for each step (default: all)")
    speed = "epochs for each picture (default: ever more, as time allows)"
    result.option("--speed", None, speed, type=command_line.whole_in_range(1, choices["speed"][-2]))
    result.option("--stop", "never", "when to stop by itself", choices=choices["stop"])
    code = command_line.file_to_write(".py")
    result.option("--code", None, "write the network to FILE.py, as a program of its own", type=code, metavar="FILE.py")
    result.option("--browser", False, "show it in a browser", ("--figure", "--no-figure"), action="store_true")
    result.option("--seconds", 6, "how long --figure plays", ("--browser",), type=command_line.whole_in_range(5, 60))
    return result
