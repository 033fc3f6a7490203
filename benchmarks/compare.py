"""How long the collection takes, beside PyTorch, Keras, scikit-learn, and the matrix products alone.

Each table is measured in one run on one core, in turns (A B C A B C …), so that a busy moment of the machine meets all
alike. A time is the median of the turns, a ratio the median of the ratios within a turn. Before a way is timed, it has
to come to the same parameters as the first one. What is not installed is left out.

Run:  python benchmarks/compare.py
Try:  python benchmarks/compare.py --quick
      python benchmarks/compare.py --from benchmarks/compare.json --figure compare.png
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # before numpy
os.environ["KERAS_BACKEND"] = "torch"

import argparse
import importlib.metadata
import importlib.util
import json
import math
import platform
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))

import convolutions
import drawing
import steps
import transformers

ROOT = Path(__file__).resolve().parent.parent
NEEDS = {"PyTorch": ["torch"], "Keras": ["keras", "torch"], "sklearn": ["sklearn"]}  # by the first word of a name
PROGRAMS = {
    "import numpy": ["-c", "import numpy"],
    "xor.py": ["xor.py", "--no-figure"],
    **{name: ["benchmarks/xor_elsewhere.py", name] for name in ("sklearn", "PyTorch", "Keras")},
}
SIZES = [
    ([2, 4, 1], 4),
    ([2, 15, 4], 400),
    ([64, 64, 10], 128),
    ([784, 128, 10], 128),
    ([784, 128, 10], 1024),
    ([784, 512, 512, 10], 1024),
]
NEAR_ADAM = 1e-5  # of steps with Adam, some of them in float32
IMAGES = (32, 256)
TEXTS = (1, 8, 32, 128)  # names


def installed(names):
    """Those of the names of programs or ways whose packages are there."""
    needs = {name: NEEDS.get(name.split()[0].strip(","), []) for name in names}
    return [name for name, packages in needs.items() if all(map(importlib.util.find_spec, packages))]


def versions():
    """The versions of Python and of all that is compared."""
    packages = {"numpy": "numpy", "torch": "torch", "keras": "keras", "scikit-learn": "sklearn"}
    there = [name for name, package in packages.items() if importlib.util.find_spec(package)]
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in there}


def timed(call, *arguments):
    """The seconds that a call takes."""
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def in_turns(measures, turns):
    """Call every measure once a turn; for each its seconds, and their ratio to those of the first measure."""
    first, *_ = measures
    each = [{name: measure() for name, measure in measures.items()} for _ in range(turns)]
    results = {}
    for name in measures:
        seconds = [turn[name] for turn in each]
        ratio = float(np.median([turn[name] / turn[first] for turn in each]))
        results[name] = {"median": float(np.median(seconds)), "lowest": min(seconds), "highest": max(seconds)}
        results[name][f"to {first}"] = ratio
    return results


def run_program(name):
    """Run one of the PROGRAMS; those in a framework print four outputs, which have to be those of XOR."""
    done = subprocess.run([sys.executable, *PROGRAMS[name]], cwd=ROOT, capture_output=True, text=True, check=True)
    if name in NEEDS and [round(float(output)) for output in done.stdout.split()] != [0, 1, 1, 0]:
        raise SystemExit(f"{name} did not learn XOR")


def answer(quick):
    """The time from the command to the answer, XOR in 2000 epochs, of every program."""
    names = installed(PROGRAMS)
    for name in names:
        run_program(name)  # once unmeasured, so that all files have been read
    return in_turns({name: partial(timed, run_program, name) for name in names}, 2 if quick else 5)


def measure_of_step(run, at_least):
    """A measure of one step of run(steps), which takes so many that the time is long enough to be measured."""
    run(1)
    count = 1
    while timed(run, count) < at_least / 4:
        count *= 2

    def measure():
        run(1)  # fills the caches
        return timed(run, 4 * count) / (4 * count)

    return measure


def step(ways, data, near, quick):
    """The time of one step of each way, after a check that five steps of it end where those of the first way do."""
    measures, wanted = {}, None
    for name in installed(ways):
        run, parameters = ways[name](*data)
        if parameters:
            run(3)
            run(2)  # a second go must neither begin anew nor end early
            after = [np.array(parameter) for parameter in parameters()]
            wanted = wanted or after
            if not all(np.allclose(one, other, rtol=0, atol=near) for one, other in zip(after, wanted, strict=True)):
                raise SystemExit(f"{name} does not make the same step as {next(iter(ways))}")
        measures[name] = measure_of_step(run, 0.02 if quick else 0.1)
    return in_turns(measures, 3 if quick else 15)


def measure(quick):
    """Everything that is measured, as it stands in compare.json."""
    results = {
        "versions": versions(),
        "threads": 1,
        "answer": answer(quick),
        "step": [],
        "convolution": [],
        "transformer": [],
    }
    for dtype, ways in steps.WAYS.items():
        for shape, samples in SIZES:
            measured = step(ways, (shape, *steps.data(shape, samples, dtype)), steps.NEAR[dtype], quick)
            results["step"].append({"dtype": dtype, "shape": shape, "samples": samples, "ways": measured})
    for samples in IMAGES:
        ways = step(convolutions.WAYS, convolutions.data(samples), steps.NEAR["float64"], quick)
        results["convolution"].append({"samples": samples, "ways": ways})
    for samples in TEXTS:
        ways = step(transformers.ways(samples), transformers.data(samples), NEAR_ADAM, quick)
        results["transformer"].append({"samples": samples, "ways": ways})
    return results


def tables(results):
    """A title, what was measured, and the names of all that could have been, for each table."""
    yield "from command to answer", results["answer"], PROGRAMS
    for size in results["step"]:
        title = f"{'-'.join(map(str, size['shape']))}, {size['samples']}, {size['dtype']}"
        yield title, size["ways"], steps.WAYS[size["dtype"]]
    for size in results["convolution"]:
        yield f"convolution, {size['samples']} images", size["ways"], convolutions.WAYS
    for size in results["transformer"]:
        yield f"transformer, {size['samples']} names", size["ways"], transformers.ways(size["samples"])


def check(results):
    """End the program where something that is installed was not measured, or a time or a ratio cannot be one."""
    for title, measured, names in tables(results):
        if list(measured) != installed(names):
            raise SystemExit(f"{title}: not everything that is installed was measured")
        for name, values in measured.items():
            if not all(0 < value < math.inf for value in values.values()):
                raise SystemExit(f"{title}, {name}: these are no times: {values}")


def show(results):
    """Print all tables, with times in milliseconds."""
    print(", ".join(f"{name} {number}" for name, number in results["versions"].items()))
    for title, measured, names in tables(results):
        first, *_ = names
        print(f"\n{title:28}{'median':>12}{'lowest':>13}{'highest':>13}   ÷ {first}")
        for name, values in measured.items():
            times = " ".join(f"{1e3 * values[key]:9.3f} ms" for key in ("median", "lowest", "highest"))
            print(f"{name:28}{times}{values[f'to {first}']:9.2f}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter turns, to see that everything works")
    parser.add_argument("--from", dest="source", metavar="FILE", help="measure nothing: show what --json wrote there")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there")
    parser.add_argument("--figure", metavar="FILE", help="draw them there, as a .png")
    options = parser.parse_args(arguments)
    if options.source and (options.quick or options.json):
        parser.error("--from measures nothing: it does not go with --quick or --json")
    if options.source:
        results = json.loads(Path(options.source).read_text(encoding="utf-8"))
    else:
        left_out = [name for name in NEEDS if not installed([name])]
        print("left out, because not installed:", ", ".join(left_out) or "nothing")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scikit-learn warns that a training ended before it had converged
            results = measure(options.quick)
        check(results)
    show(results)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.figure:
        drawing.draw(results, options.figure)


if __name__ == "__main__":
    main()
