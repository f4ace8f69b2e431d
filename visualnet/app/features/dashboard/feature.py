"""Declares the dashboard: what is drawn over the canvas, its switch, and the menus that choose what is on cards and wires."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio

SUBMENU = "Dashboard"


def make_overlay(studio: Studio, canvas: CanvasBase) -> QObject:
    from visualnet.app.canvas.view import CanvasView
    from visualnet.app.features.dashboard.overlay import Dashboard

    assert studio.settings is not None and isinstance(canvas, CanvasView)
    return Dashboard(studio, canvas, studio.settings)


def show_dashboard(studio: Studio, shown: bool) -> None:
    """Show what was chosen last on cards and wires, or the sheet as it is."""
    from visualnet.app.features.dashboard.overlay import Dashboard

    if studio.shell is not None and isinstance(dashboard := studio.shell.overlay("dashboard"), Dashboard):
        dashboard.show_dashboard(shown)


def fill_cards_menu(studio: Studio, menu: QMenu) -> None:
    """What can be on the cards."""
    from visualnet.app.features.dashboard.overlay import Dashboard

    if studio.shell is not None and isinstance(dashboard := studio.shell.overlay("dashboard"), Dashboard):
        dashboard.fill_cards_menu(menu)


def fill_wires_menu(studio: Studio, menu: QMenu) -> None:
    """What can be on the wires."""
    from visualnet.app.features.dashboard.overlay import Dashboard

    if studio.shell is not None and isinstance(dashboard := studio.shell.overlay("dashboard"), Dashboard):
        dashboard.fill_wires_menu(menu)


FEATURE = Feature(
    "dashboard",
    "Draws every card and every wire by what is observed of it, live: dead units, norms, updates, and gradients that vanish or explode.",
    actions=(
        ActionSpec(
            "view.dashboard",
            40,
            "Dashboard on the canvas",
            "Draw cards and wires by what is observed of them: dead units, norms, updates, gradients",
            "feature-maps",
            "Ctrl+Alt+D",
            check=show_dashboard,
            submenu=SUBMENU,
        ),
        ActionSpec(
            "view.on_cards",
            40,
            "On the cards",
            "Choose what the cards show: pictures, their course over the run, dead units, norms, updates, costs, learners",
            "block",
            fill=fill_cards_menu,
            submenu=SUBMENU,
        ),
        ActionSpec(
            "view.on_wires",
            40,
            "On the wires",
            "Choose what the wires show: the size of values or of gradients",
            "training",
            fill=fill_wires_menu,
            submenu=SUBMENU,
        ),
    ),
    overlay=make_overlay,
)
