"""The colour maps of all pictures: 256 rows of red, green and blue. One for amounts, one for signed values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint8]


def _table(anchors: str) -> Table:
    """256 colours through evenly spaced anchors."""
    points = np.array([list(bytes.fromhex(anchor)) for anchor in anchors.split()], dtype=float)
    at = np.linspace(0, len(points) - 1, 256)
    columns = [np.interp(at, np.arange(len(points)), points[:, channel]) for channel in range(3)]
    table = np.stack(columns, axis=1).round().astype(np.uint8)
    table.setflags(write=False)
    return table


# Dark violet to yellow: lightness rises evenly, so equal steps of the value look equal.
SEQUENTIAL = _table("440154 472c7a 3b518b 2c718e 21908d 27ad81 5cc863 aadc32 fde725")

# Blue, white, red: white is zero. Both arms have the same lightness, so the sign never outshines the size.
DIVERGING = _table("102e7a 2867b8 7eabde c8dbf0 f8f8f8 f7d1c5 e8917c be3e38 6e0c22")
