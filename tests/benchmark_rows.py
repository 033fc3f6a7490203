"""The rows of all tables of times, as they follow from the file that benchmarks/compare.py wrote."""

STEP_WAYS = ("Network", "by hand", "matrix products", "PyTorch, 1 thread", "PyTorch, 2 threads", "Keras", "sklearn fit")
NAMES = {
    "import numpy": '`python -c "import numpy"`',
    "xor.py": "`python xor.py --no-figure`",
    "sklearn": "scikit-learn",
}


def row(*cells):
    return f"| {' | '.join(cells)} |"


def time(seconds, also_ms=True):
    return f"{seconds * 1e3:.1f} ms" if also_ms and seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"


def answer_rows(measured):
    """Program, median time, and how many times `import numpy` that is."""
    rows = measured["answer"].items()
    return [row(NAMES.get(name, name), f"{v['median']:.2f} s", f"{v['to import numpy']:.1f}") for name, v in rows]


def step_rows(measured, ways=STEP_WAYS):
    """A line for each size of network: the time of Network, and that of the others in units of it."""
    rows = [row("network, samples", *ways), "|---" * (len(ways) + 1) + "|"]
    for step in measured["step"]:
        others = [f"{step['ways'][way]['to Network']:.2f}" for way in ways[1:]]
        size = f"{'-'.join(map(str, step['shape']))}, {step['samples']}"
        rows.append(row(size, time(step["ways"]["Network"]["median"]), *others))
    return rows


def short_rows(measured):
    """The same with the columns of the main README only."""
    return step_rows(measured, ("Network", "PyTorch, 1 thread", "Keras"))


def convolution_rows(measured):
    """A line for each number of images: the time of a step of convolution.py, and that of the others in units of it."""
    rows = []
    for step in measured["convolution"]:
        own, *others = step["ways"].values()
        times = [f"{other['to convolution.py']:.2f}" for other in others]
        rows.append(row(str(step["samples"]), time(own["median"], also_ms=False), *times))
    return rows
