"""Declares the heat map: an overlay, and the menu that chooses what it shows."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio


def make_overlay(studio: Studio, canvas: CanvasBase) -> QObject:
    from visualnet.app.canvas.view import CanvasView
    from visualnet.app.features.heatmap.overlay import HeatMap

    assert studio.settings is not None and isinstance(canvas, CanvasView)
    return HeatMap(studio, canvas, studio.settings)


def fill_menu(studio: Studio, menu: QMenu) -> None:
    """What can be shown, with a mark at what is."""
    from visualnet.app.features.heatmap.overlay import HeatMap

    if studio.shell is not None and isinstance(heat := studio.shell.overlay("heat"), HeatMap):
        heat.fill_menu(menu)


FEATURE = Feature(
    "heat",
    "Tints every card by its share of a cost: parameters, MACs, memory, or the time that was measured here.",
    actions=(
        ActionSpec(
            "view.heat",
            40,
            "Heat map",
            "Tint the cards by what they cost",
            "feature-maps",
            fill=fill_menu,
            submenu="Dashboard",
        ),
    ),
    overlay=make_overlay,
)
