"""Where an image goes when it is brought to a size."""

from __future__ import annotations

from typing import NamedTuple


class Placement(NamedTuple):
    """An image is scaled to ``scaled`` (height, width), and its upper left corner put at ``offset`` (down, right) of a picture of
    ``size``; what stands out is cut off."""

    scaled: tuple[int, int]
    offset: tuple[int, int]
    size: tuple[int, int]
