"""Print what training a Network at [784, 512, 512, 10] with 1024 samples takes in memory, in bytes.

Three numbers: the most that the operating system saw beyond the interpreter, numpy, the modules and the data
(0 where it does not say); the most that numpy held in arrays; and the parameters, gradients, momentum and one
set of layer outputs together.
"""

import sys
import tracemalloc
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent))

from network1 import Network

try:
    import resource
except ImportError:  # Windows
    resource = None

SHAPE, SAMPLES = [784, 512, 512, 10], 1024


def peak():
    """The most memory this process ever had."""
    if resource is None:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def train(X, Y):
    """A few steps of a new Network, with momentum."""
    network = Network(SHAPE, loss="cross_entropy", rng=np.random.default_rng(0))
    network.train(X, Y, 3, 0.01, momentum=0.9)
    return network


def main():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(SAMPLES, SHAPE[0])), np.eye(SHAPE[-1])[rng.integers(SHAPE[-1], size=SAMPLES)]
    before = peak()
    network = train(X, Y)
    seen = peak() - before
    needed = 3 * sum(p.nbytes for p in network.parameters) + 8 * SAMPLES * sum(SHAPE[1:])
    del network
    tracemalloc.start()
    train(X, Y)
    print(seen, tracemalloc.get_traced_memory()[1], needed)


if __name__ == "__main__":
    main()
