import itertools

import numpy as np


def parity():
    x = np.array(list(itertools.product([0.0, 1.0], repeat=3)))
    return x, x.sum(axis=1, keepdims=True) % 2
