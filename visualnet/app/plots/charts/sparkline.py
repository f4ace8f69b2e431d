"""Pictures small enough for a node's card: a strip of feature maps."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QImage

from visualnet.app.plots.colours import PlotColours, colour_table, indexed_image, plot_colours
from visualnet.app.theme.tokens import Theme
from visualnet.figures.tiles import is_signed, strip_indices


def compose_strip(
    array: Any, size_px: tuple[int, int], theme: Theme | PlotColours, *, signed: bool | None = None
) -> QImage:
    """The first few channels of (C H W) side by side, a (T D) strip, or (D) values as cells, in size_px pixels."""
    colours = theme if isinstance(theme, PlotColours) else plot_colours(theme)
    width, height = (max(int(side), 1) for side in size_px)
    maps = np.asarray(array, np.float32)
    signed = is_signed(maps) if signed is None else signed
    return indexed_image(strip_indices(maps, width, height, signed), colour_table(colours, signed))
