"""The notes of a saved network."""

from backstage import Refused
from backstage.tables import cells

import numpy as np


def notes(path, notes, shape):
    """The notes that your_data.py keeps with a network of this shape. Raises Refused where they do not fit it."""
    inputs, outputs = (shape[0],), (shape[-1],)
    fits = {"x_mean": [inputs], "x_spread": [inputs], "y_mean": [(), outputs], "y_spread": [(), outputs]}
    fits |= {"columns": [inputs], "texts": [inputs], "target": [()], "classes": [outputs] if shape[-1] > 1 else [(0,)]}
    notes = {"texts": np.full(inputs, "")} | notes  # which older files do not have
    for name, shapes in fits.items():
        if name not in notes:
            raise Refused(f"{path} holds a network, but not one that was saved by your_data.py --save")
        values = notes[name]
        if name.startswith(("x_", "y_")):
            lowest = 1e-60 if name.endswith("spread") else -1e60  # no table has such numbers
            sound = values.dtype == np.float64 and np.all((lowest < values) & (values < 1e60))
        else:
            sound = np.issubdtype(values.dtype, np.str_) and not any(map(cells.has_control, values.flat))
        if values.shape not in shapes or not sound:
            raise Refused(f"{path}: its {name} do not fit the network of shape {shape}")
    return notes
