"""The rows of all tables of times, as they follow from the file that benchmarks/compare.py wrote."""

STEP_WAYS = ("Network", "by hand", "matrix products", "PyTorch, 1 thread", "PyTorch, 2 threads", "Keras", "sklearn fit")


def answer_rows(measured):
    """Program, median time, and how many times `import numpy` that is."""
    names = {
        "import numpy": '`python -c "import numpy"`',
        "xor.py": "`python xor.py --no-figure`",
        "sklearn": "scikit-learn",
    }
    return [
        f"| {names.get(name, name)} | {values['median']:.2f} s | {values['to import numpy']:.1f} |"
        for name, values in measured["answer"].items()
    ]


def step_rows(measured, ways=STEP_WAYS):
    """A line for each size of network: the time of Network, and that of the others in units of it."""
    rows = ["| network, samples | " + " | ".join(ways) + " |", "|---" * (len(ways) + 1) + "|"]
    for step in measured["step"]:
        size = f"{'-'.join(map(str, step['shape']))}, {step['samples']}"
        time = step["ways"]["Network"]["median"]
        own = f"{time * 1e6:.0f} µs" if time < 1e-3 else f"{time * 1e3:.1f} ms"
        others = [f"{step['ways'][way]['to Network']:.2f}" for way in ways[1:]]
        rows.append(f"| {size} | {' | '.join([own, *others])} |")
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
        rows.append(f"| {step['samples']} | {own['median'] * 1e6:.0f} µs | {' | '.join(times)} |")
    return rows
