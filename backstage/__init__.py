"""Behind the stage: whatever the scripts need that is no lesson, one purpose a room."""

import numpy as np

# A training makes and frees the same arrays in every epoch. Linux gives the memory of large ones back each time, and
# has to be asked for it again, which may take as long as the training itself; once an array larger than all of them
# has been freed, it keeps the memory.
np.empty(3_000_000)
