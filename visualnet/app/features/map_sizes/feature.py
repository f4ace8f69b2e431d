"""Declares the feature map sizes: a switch in the View menu, and how cards look while it is on."""

from __future__ import annotations

from PySide6.QtCore import QObject

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio


def make_overlay(studio: Studio, canvas: CanvasBase) -> QObject:
    from visualnet.app.canvas.view import CanvasView
    from visualnet.app.features.map_sizes.overlay import MapSizes

    assert studio.settings is not None and isinstance(canvas, CanvasView)
    return MapSizes(studio, canvas, studio.settings)


def show_sizes(studio: Studio, shown: bool) -> None:
    """Draw the cards as boxes, or as usual."""
    from visualnet.app.features.map_sizes.overlay import MapSizes

    if studio.shell is not None and isinstance(sizes := studio.shell.overlay("map_sizes"), MapSizes):
        sizes.show_sizes(shown)


FEATURE = Feature(
    "map_sizes",
    "Draws every card as a box to scale, as papers do: how maps become smaller and deeper through the network is seen at once.",
    actions=(
        ActionSpec(
            "view.map_sizes",
            41,
            "Feature map sizes",
            "Draw the cards as boxes to scale: height and width of the maps, and how many channels they have",
            "block",
            check=show_sizes,
        ),
    ),
    overlay=make_overlay,
)
