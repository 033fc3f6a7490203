"""The picture of what compare.py measured: points on log axes, those of one way joined."""

import io

from backstage import files, picture
from backstage.picture import BLUE, GREY, ORANGE

LOOKS = {  # a way, its label, line, marker and colour
    "Keras": ("Keras", "-", "D", "#CC79A7"),
    "PyTorch, 1 thread": ("PyTorch, 1 thread", "-", "s", ORANGE),
    "sklearn fit": ("scikit-learn, fit", "-", "^", "#009E73"),
    "Network": ("Network", "-", "o", BLUE),
    "by hand": ("numpy by hand", "--", "<", "#56B4E9"),
    "matrix products": ("matrix products alone", ":", "P", GREY),
}


OF_LETTERS = {
    "scalars": ("scalars of Python", "", "D", "#CC79A7"),
    "PyTorch, float64": ("PyTorch, float64", "-", "s", ORANGE),
    "PyTorch, float32": ("PyTorch, float32", "--", "^", "#009E73"),
    "transformer.py": ("transformer.py, float64", "-", "o", BLUE),
}


def transformer(axes, sizes):
    """A line for every way to make a step of transformer.py, over the number of names."""
    for way, (label, line, marker, colour) in OF_LETTERS.items():
        rows = [row for row, size in enumerate(sizes) if way in size["ways"]]
        ratios = [sizes[row]["ways"][way]["to transformer.py"] for row in rows]
        axes.plot(ratios, rows, line or "none", marker=marker, color=colour, label=label)
    axes.set_yticks(range(len(sizes)), [f"{size['samples']} name{'s' * (size['samples'] > 1)}" for size in sizes])
    axes.set(title="one step of transformer.py", xlabel="time, in units of that of transformer.py", xlim=(0.4, 1000))
    axes.legend(frameon=False, loc="lower right")


def step(axes, sizes, dtype):
    """A line for every way to make a step in numbers of this type, over the sizes of the network."""
    sizes = [size for size in sizes if size["dtype"] == dtype]
    for way, (label, line, marker, colour) in LOOKS.items():
        if way in sizes[0]["ways"]:
            ratios = [size["ways"][way]["to Network"] for size in sizes]
            axes.plot(ratios, range(len(sizes)), line, marker=marker, color=colour, label=label)
    names = [f"{'-'.join(map(str, size['shape']))}\n{size['samples']} samples" for size in sizes]
    axes.set_yticks(range(len(sizes)), names)
    axes.set(title=f"one training step in {dtype}", xlabel="time, in units of that of Network", xlim=(0.07, 250))
    axes.legend(frameon=False, loc="lower right")


def answer(axes, programs):
    """A point for every program."""
    for row, (name, program) in enumerate(programs.items()):
        axes.plot(program["median"], row, "o", color=BLUE if name == "xor.py" else GREY, markersize=9)
        axes.annotate(f"{program['median']:.2f} s", (program["median"], row), (9, -5), textcoords="offset points")
    axes.set_yticks(range(len(programs)), [name.replace("sklearn", "scikit-learn") for name in programs])
    axes.set(title="XOR, from command to answer", xlabel="seconds", xlim=(0.08, 50))
    axes.set_ylim(-0.5, len(programs) - 0.5)


def draw(results, file):
    """Draw the steps, and below them those of a transformer and the answers, so narrow that a phone can show it."""
    from matplotlib.figure import Figure

    content = io.BytesIO()
    with picture.style():
        figure = Figure(figsize=(6.4, 15.4), layout="constrained")
        panels = figure.subplots(4, height_ratios=(2, 2, 1.2, 1))
        for axes, dtype in zip(panels, ("float32", "float64"), strict=False):
            step(axes, results["step"], dtype)
        transformer(panels[2], results["transformer"])
        answer(panels[3], results["answer"])
        for axes in panels:
            axes.set(xscale="log")
            axes.invert_yaxis()
            axes.xaxis.set_major_formatter("{x:g}")
            axes.grid(axis="x", color="0.9")
        figure.savefig(content, dpi=120)
    files.write(file, picture.small(content))
