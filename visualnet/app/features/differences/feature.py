"""Declares the panel *Differences*."""

from __future__ import annotations

from PySide6.QtCore import QObject

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.differences.comparison import comparison_of
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio


def make_overlay(studio: Studio, canvas: CanvasBase) -> QObject:
    from visualnet.app.features.differences.overlay import DifferenceLayer

    return Overlay(DifferenceLayer(canvas, comparison_of(studio)), studio)


class Overlay(QObject):
    """Holds the layer: a graphics item is no QObject."""

    def __init__(self, layer: object, parent: QObject) -> None:
        super().__init__(parent)
        self.layer = layer


FEATURE = Feature(
    "differences",
    "What sets the open network apart from its saved file, another project or a template; marked on the canvas too.",
    dock=Dock(
        "Differences",
        lazy("visualnet.app.features.differences.panel:DifferencesPanel"),
        "Show what sets this network apart from its saved file or another",
        "duplicate",
        "Ctrl+Shift+D",
        area="bottom",
        submenu="Changes",
    ),
    overlay=make_overlay,
)
