"""One curve of a plot: what it shows and how, and which of several is at a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from visualnet.app.plots.charts.legend import LegendText
from visualnet.app.plots.colours import PlotColours
from visualnet.figures.curve_range import Floats
from visualnet.training.runs.epoch_scale import EpochScale
from visualnet.training.runs.series import Series


@dataclass
class DrawnCurve:
    """A curve of a plot: its points, how it is drawn, and the items that draw it: the strong line, and the measured values behind it."""

    name: str
    words: LegendText
    series: Series
    color_index: int
    dashed: bool
    best: Literal["min", "max"] | None
    line: pg.PlotCurveItem
    raw: pg.PlotCurveItem
    scale: EpochScale | None = None
    """Its own steps as epochs, where they are not those of the plot."""
    beneath: bool = False
    """Whether it is of an earlier run, and lies under the curves of the one in front."""
    shown: bool = True
    smoothing: float = 0.0

    def main(self) -> Series:
        """What the strong line shows: smoothed, but a validation curve as it was measured."""
        return self.series.smoothed(self.smoothing) if self.is_smoothed() else self.series

    def is_smoothed(self) -> bool:
        """Whether the strong line is smoothed, so that the measured one may stand pale behind it."""
        return self.smoothing > 0 and not self.dashed

    def has_raw(self) -> bool:
        """Whether the measured values stand pale behind the line: of the run in front alone, or several runs would hide each other."""
        return self.is_smoothed() and not self.beneath

    def best_point(self) -> tuple[int, float] | None:
        """The point that is marked."""
        return self.series.best(self.best) if self.best else None

    def colour(self, colours: PlotColours) -> QColor:
        """The colour of its line and its entry in the legend."""
        return colours.curve(self.color_index)


class CurveStroke(NamedTuple):
    """A line to draw: where its points stand on the axes, and how."""

    item: pg.PlotCurveItem
    x: Floats
    y: Floats
    colour: QColor
    dashed: bool


def nearest_curve(
    curves: Sequence[DrawnCurve], at: QPointF, pixel: tuple[float, float], reach: float
) -> DrawnCurve | None:
    """The curve whose line passes next to a place of the axes, not further than ``reach`` px; ``pixel`` is the size of one there."""
    best, found = reach, None
    for curve in curves:
        x, y = curve.line.getData()
        if x is None or not len(x):
            continue
        along = min(max(at.x(), float(x[0])), float(x[-1]))
        away = math.hypot((along - at.x()) / pixel[0], (float(np.interp(along, x, y)) - at.y()) / pixel[1])
        if away <= best:
            best, found = away, curve
    return found
