"""Parts of replay.py, each a little: that they work, and that nothing is lost that often."""

import sys

import numpy as np
import pytest
import replay
from helpers import quick_and_slow

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its signals and limits are those of Linux")

A_LITTLE = {
    "interruptions": {"names": ["xor", "spirals", "your_data"], "times": 1},
    "writers": {"suffixes": ["npz"], "rounds": 1},
    "limits": {"runs": [replay.FILES[0], replay.FILES[-1]]},
    "streams": {"names": ["linear"], "kinds": [replay.CLOSED]},
    "flips": {"step": 80},
    "hostile": {"step": 11},
    "strange": {"ways": ["Network.save", "xor --figure"]},
    "replaced": {"ways": ["Network.save"]},
    "rights": {},
    "edges": {"names": ["noisy_xor", "gradient_check"], "values": ["-0", "0", str(2**63), ""]},
    "arrays": {},
    "places": {"names": ["your_data"]},
}


QUICK = ["hostile", "strange", "replaced"]  # the odd arrays are those of test_network.py


@pytest.mark.parametrize("part", quick_and_slow(QUICK, [part for part in A_LITTLE if part not in QUICK]))
def test_part(part):
    results = list(getattr(replay, part)(np.random.default_rng(1), **A_LITTLE[part]))
    assert [(case, trouble) for case, trouble in results if trouble] == []
    assert results or (part == "rights" and not replay.ROOT)


def test_nothing_can_get_lost():
    """A file names all that is in it, also what older files do not have."""
    results = list(replay.tried(each for each in replay.hostile_files(replay.saved()) if each[0].startswith("no ")))
    assert [(case, trouble) for case, trouble in results if trouble] == []
    assert "no texts" in dict(results)
