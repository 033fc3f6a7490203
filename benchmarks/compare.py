"""How fast the collection is: beside PyTorch, Keras, scikit-learn, and what numpy alone can do at best.

Everything is measured in one run on one core, in turns (A B C A B C …), so that a busy moment of the machine
meets all alike. The numbers are medians, with the lowest and the highest; a ratio is the median of the ratios
within a turn. Only PyTorch may also use two threads. What is not installed is left out.

Run:  python benchmarks/compare.py
Try:  python benchmarks/compare.py --quick --only step
      python benchmarks/compare.py --json compare.json --figure compare.png
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # before numpy

import argparse
import importlib.util
import json
import platform
import subprocess
import sys
import time
import warnings
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))

from backstage import picture, plot

import convolutions
import learners
import steps

HERE = Path(__file__).resolve().parent
SIZES = [
    ([2, 4, 1], 4),
    ([2, 15, 4], 400),
    ([64, 64, 10], 128),
    ([784, 128, 10], 128),
    ([784, 128, 10], 1024),
    ([784, 512, 512, 10], 1024),
]
GROWTH = {
    "samples": [([256, 256, 256, 10], 100 * factor) for factor in (1, 10, 100)],
    "nodes": [([64 * factor] * 4, 512) for factor in (1, 4, 16)],
    # all of 256 x 256, behind a narrow first layer: that one takes two matrix products instead of three
    "layers": [([16] + [256] * (layers + 1) + [10], 512) for layers in (1, 2, 4, 8)],
}
NEEDS = {"PyTorch": "torch", "Keras": "keras", "sklearn": "sklearn"}  # the package behind the first word of a name
ANSWERS = {"xor.py": None, "sklearn": "xor_sklearn.py", "PyTorch": "xor_torch.py", "Keras": "xor_keras.py"}


def there(*packages):
    """Whether one of these packages is installed."""
    return any(importlib.util.find_spec(package) for package in packages)


def installed(names):
    """Those of the names whose package is there; Keras works only on top of another."""
    backend = there("torch", "tensorflow", "jax")
    packages = [(name, NEEDS.get(name.split()[0].strip(","), "numpy")) for name in names]
    return [name for name, package in packages if there(package) and (package != "keras" or backend)]


def spread(values):
    """The median of some values, with the lowest and the highest."""
    return {"median": float(np.median(values)), "lowest": float(min(values)), "highest": float(max(values))}


def in_turns(measures, repeats):
    """Call every measure once a turn, and return the seconds that each gave: name -> list."""
    seconds = {name: [] for name in measures}
    for _ in range(repeats):
        for name, measure in measures.items():
            seconds[name].append(measure())
    return seconds


def timed(call, *arguments):
    """The seconds that a call takes."""
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def per_step(run, at_least):
    """A measure of one step of run(steps), which takes as many as make the time long enough to be measured."""
    run(1)
    count = 1
    while timed(run, count) < at_least / 4:
        count *= 2

    def measure():
        run(1)  # fills the caches
        return timed(run, 4 * count) / (4 * count)

    return measure


def ratio(seconds, name, to):
    """How many times longer one takes than the other, in the same turn."""
    return float(np.median(np.divide(seconds[name], seconds[to])))


def duration(seconds):
    """Seconds as a short text."""
    name, size = ("s", 1) if seconds >= 1 else ("ms", 1e-3) if seconds >= 1e-3 else ("µs", 1e-6)
    return f"{seconds / size:.3g} {name}"


def table(head, rows):
    """Print rows of texts in columns, the first to the left, the others to the right."""
    columns = list(zip(head, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    for row in zip(*columns, strict=True):
        first, *others = (
            text.ljust(w) if i == 0 else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())


def times(seconds):
    """The median and the spread as the texts of two columns."""
    return [duration(np.median(seconds)), f"{duration(min(seconds))} to {duration(max(seconds))}"]


def answer(options):
    """Time from the command to the answer: XOR in 2000 epochs, as a program of its own."""

    def program(*arguments, check=False):
        done = subprocess.run([sys.executable, *arguments], cwd=HERE.parent, capture_output=True, text=True, check=True)
        if check and [round(float(output)) for output in done.stdout.split()] != [0, 1, 1, 0]:
            raise SystemExit(f"{arguments[0]} did not learn XOR")

    measures = {"import numpy": lambda: timed(program, "-c", "import numpy")}
    for name in installed(ANSWERS):
        arguments = [f"benchmarks/{ANSWERS[name]}"] if ANSWERS[name] else ["xor.py", "--no-figure"]
        program(*arguments, check=bool(ANSWERS[name]))  # once unmeasured: files are read, answers checked
        measures[name] = lambda arguments=arguments: timed(program, *arguments)
    seconds = in_turns(measures, 2 if options.quick else 5)
    result = {
        name: spread(s)
        | {"to import numpy": ratio(seconds, name, "import numpy"), "to xor.py": ratio(seconds, name, "xor.py")}
        for name, s in seconds.items()
    }
    rows = [
        [n, *times(seconds[n]), *(f"{result[n][to]:.2f}" for to in ("to import numpy", "to xor.py"))] for n in result
    ]
    table(["from command to answer", "median", "spread", "÷ import numpy", "÷ xor.py"], rows)
    return result


def in_steps(title, lesson, *data, options):
    """Time one step of every way of a lesson, steps or convolutions, beside that of its first way; print and return it.

    data: what the ways are called with.
    """
    own, *_ = names = installed(lesson.WAYS)
    measures = {}
    for name in names:
        if lesson.same(lesson.WAYS[name], *data) is False:
            raise SystemExit(f"{name} does not make the same step as {own}: {title}")
        measures[name] = per_step(lesson.WAYS[name](*data)[0], 0.05 if options.quick else 0.1)
    seconds = in_turns(measures, 3 if options.quick else 15)
    ways = {name: spread(s) | {f"to {own}": ratio(seconds, name, own)} for name, s in seconds.items()}
    to_floor = ratio(seconds, own, "matrix products")
    rows = [[name, *times(seconds[name]), f"{ways[name][f'to {own}']:.2f}"] for name in ways]
    table([f"one step, {title}", "median", "spread", f"÷ {own}"], rows)
    print(f"{own} ÷ matrix products: {to_floor:.2f}\n")
    return {"ways": ways, f"{own} to matrix products": to_floor}


def step(options):
    """Time of one training step, at every size."""
    results = []
    for shape, samples in SIZES:
        title = f"{name_of(shape)}, {samples} samples"
        measured = in_steps(title, steps, shape, *steps.data(shape, samples), options=options)
        results.append({"shape": shape, "samples": samples} | measured)
    return results


def convolution(options):
    """Time of one training step of convolution.py with 16 kernels."""
    results = []
    for samples in (32, 256):
        title = f"16 kernels, {samples} samples"
        measured = in_steps(title, convolutions, *convolutions.data(samples), options=options)
        results.append({"samples": samples} | measured)
    return results


def name_of(shape):
    """The shape as it is said: 2-4-1."""
    return "-".join(map(str, shape))


def accuracy(options):
    """Epochs and seconds to a stated accuracy, from several seeds."""
    limit, seeds = (5, range(1)) if options.quick else (30, range(3))
    results = {}
    for task, rule in (("spirals", "99% of fresh points right"), ("cubic", "error 1% of the standard deviation")):
        found = {name: [] for name in installed(learners.LEARNERS)}
        for seed in seeds:
            for name, runs in found.items():
                runs.append(to_accuracy(learners.LEARNERS[name], learners.TASKS[task](seed), limit))
        rows, results[task] = [], {}
        for name, runs in found.items():
            good = [run for run in runs if run]
            texts = [f"{len(good)} of {len(runs)}", "", "", f"not in {limit} s"]
            results[task][name] = {"reached": len(good), "of": len(runs)}
            if good:
                epochs, seconds = zip(*good, strict=True)
                results[task][name] |= {"epochs": spread(epochs), "seconds": spread(seconds)}
                texts[1:] = [f"{np.median(epochs):.0f}", *times(seconds)]
            rows.append([name, *texts])
        table([f"{task}, to {rule}", "seeds", "epochs", "median", "spread"], rows)
        print()
    return results


def to_accuracy(learner, task, limit):
    """The epochs and seconds that a learner needs, or None if it has not got there within the limit.

    The epochs are found with a look at the test points every ten; the seconds are those of a second training
    of so many epochs without a look.
    """
    stop, reached = time.perf_counter() + limit, []

    def watch(epoch, outputs):
        if epoch % 10 == 0 and task.reached(outputs(task.X_test)):
            reached.append(epoch)
        return bool(reached) or time.perf_counter() > stop

    learner(task, 10**6, watch)
    return (reached[0], timed(learner, task, reached[0], None)) if reached else None


def growth(options):
    """How the time of a step of Network grows with samples, nodes and layers."""
    results = {}
    for what, sizes in GROWTH.items():
        measures = {}
        for shape, samples in sizes:
            run, _ = steps.network(shape, *steps.data(shape, samples))
            measures[name_of(shape), samples] = per_step(run, 0.05 if options.quick else 0.1)
        points, rows = [], []
        for ((name, samples), seconds), (shape, _) in zip(
            in_turns(measures, 3 if options.quick else 9).items(), sizes, strict=True
        ):
            weights = sum(inputs * nodes for inputs, nodes in pairwise(shape))
            points.append({"shape": shape, "samples": samples, "weights": weights} | spread(seconds))
            rows.append([name, str(samples), f"{weights:,}", *times(seconds)])
        table([f"growth with {what}", "samples", "weights", "median", "spread"], rows)
        against = "samples" if what == "samples" else "weights"
        amounts, medians = ([point[key] for point in points] for key in (against, "median"))
        exponent = float(np.polyfit(np.log(amounts), np.log(medians), 1)[0])
        print(f"time grows as {against} to the power of {exponent:.2f}\n")
        results[what] = {"against": against, "exponent": exponent, "points": points}
    return results


def memory(options):
    """Peak memory of a training at 784-512-512-10 with 1024 samples."""
    runs = [
        subprocess.run([sys.executable, HERE / "memory.py"], capture_output=True, text=True, check=True).stdout
        for _ in range(1 if options.quick else 3)
    ]
    system, arrays, needed = np.median([[int(n) for n in run.split()] for run in runs], axis=0)
    result = {"system": system, "arrays": arrays, "parameters, gradients, momentum, outputs": needed}
    rows = [[name, f"{value / 1e6:.1f} MB", f"{value / needed:.2f}"] for name, value in result.items()]
    table(["memory beyond numpy and the data", "peak", "÷ last line"], rows)
    return result


# memory is first: a program starts with the peak of the one that started it, which is still small then
MEASUREMENTS = {f.__name__: f for f in (memory, answer, step, convolution, growth, accuracy)}


def draw(results, file):
    """Draw what was measured of the step and the answer, both on log axes."""
    from matplotlib.figure import Figure

    with picture.style():
        figure = Figure(figsize=(11, 5.5), layout="constrained")
        panels = [n for n in ("step", "answer") if n in results]
        axes = figure.subplots(
            1, len(panels), squeeze=False, width_ratios=[{"step": 3, "answer": 2}[n] for n in panels]
        )
        for name, panel in zip(panels, axes[0], strict=True):
            {"step": draw_step, "answer": draw_answer}[name](panel, results[name])
        figure.savefig(file, dpi=90)


LOOKS = {  # the first word of a name -> its label, line, and number of a colour and marker
    "Keras": ("Keras (products in float32)", "-", 3),
    "PyTorch": ("PyTorch, 1 or 2 threads", "-", 1),
    "sklearn": ("scikit-learn, fit", "-", 2),
    "Network": ("Network", "-", 0),
    "by": ("numpy by hand", "--", 5),
    "matrix": ("matrix products alone", ":", 7),
}


def draw_step(axes, results):
    """A line for every way to make a step, as a multiple of its matrix products; of two of a kind the faster."""
    lines = {}
    for name in results[0]["ways"]:
        kind = name.split()[0].strip(",")
        medians = [size["ways"][name]["median"] for size in results]
        lines[kind] = np.minimum(medians, lines.get(kind, np.inf))
    floor = lines["matrix"]
    for kind, (label, line, look) in LOOKS.items():
        if kind in lines:
            colour, marker = plot.CLASSES[look], plot.MARKERS[look]
            axes.plot(lines[kind] / floor, line, marker=marker, color=colour, label=label)
    names = [f"{name_of(size['shape'])}\n{size['samples']} samples" for size in results]
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right", fontsize=10)
    axes.set(yscale="log", ylabel="time ÷ time of its matrix products", title="one training step")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.legend(frameon=False)


def draw_answer(axes, result):
    """A bar for every program."""
    names = list(result)[::-1]
    medians = [result[name]["median"] for name in names]
    colours = [plot.BLUE if name == "xor.py" else plot.GREY for name in names]
    axes.barh([name.replace("sklearn", "scikit-learn") for name in names], medians, color=colours)
    for i, median in enumerate(medians):
        axes.text(median * 1.1, i, duration(median), va="center")
    axes.set(xscale="log", xlabel="seconds", xlim=(0.02, 6 * max(medians)), title="XOR, from command to answer")
    axes.xaxis.set_major_formatter("{x:g}")


def versions():
    """The versions of Python and of all that is compared."""
    packages = {"numpy": "numpy"} | {name: {"sklearn": "scikit-learn"}.get(p, p) for name, p in NEEDS.items()}
    found = {package: version(package) for name, package in packages.items() if installed([name])}
    return {"python": platform.python_version()} | found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, for a try")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--list", action="store_true", help="say what is measured, and end")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there")
    parser.add_argument("--figure", metavar="FILE", help="draw the step and the answer there")
    options = parser.parse_args(arguments)
    if options.list:
        return print("\n".join(f"{name:10}{f.__doc__}" for name, f in MEASUREMENTS.items()))
    warnings.simplefilter("ignore")  # scikit-learn warns that a training ended before it had converged
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if installed(["PyTorch"]):
        os.environ["KERAS_BACKEND"] = "torch"
    results = {"versions": versions(), "threads": 1}
    print("one core: OPENBLAS_NUM_THREADS, OMP_NUM_THREADS and MKL_NUM_THREADS are set to 1; PyTorch also tries two")
    print("all in float64; but Keras on PyTorch still takes its matrix products in float32")
    print(", ".join(f"{name} {number}" for name, number in results["versions"].items()))
    for name, package in NEEDS.items():
        if not installed([name]):
            print(f"left out: {name}, because the package {package}, or one that it needs, is not installed")
    for name in MEASUREMENTS:
        if name in (options.only or MEASUREMENTS):
            print()
            results[name] = MEASUREMENTS[name](options)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.figure and {"step", "answer"} & set(results):
        draw(results, options.figure)


if __name__ == "__main__":
    main()
