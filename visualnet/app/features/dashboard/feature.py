"""Declares the dashboard: what is drawn over the canvas, its switch, and the menus that choose what is on cards and wires."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, call_overlay, lazy_overlay

SUBMENU = "Dashboard"


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
            check=call_overlay("dashboard", "show_dashboard"),
            submenu=SUBMENU,
        ),
        ActionSpec(
            "view.on_cards",
            40,
            "On the cards",
            "Choose what the cards show: pictures, their course over the run, dead units, norms, updates, costs, learners",
            "block",
            fill=call_overlay("dashboard", "fill_cards_menu"),
            submenu=SUBMENU,
        ),
        ActionSpec(
            "view.on_wires",
            40,
            "On the wires",
            "Choose what the wires show: the size of values or of gradients",
            "training",
            fill=call_overlay("dashboard", "fill_wires_menu"),
            submenu=SUBMENU,
        ),
    ),
    overlay=lazy_overlay("visualnet.app.features.dashboard.overlay:Dashboard", settings=True),
)
