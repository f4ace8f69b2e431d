"""Declares the dashboard: what is drawn over the canvas, its switch, and the menus that choose what is on cards and wires."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, call_overlay, lazy_overlay
from visualnet.core.user.settings import UserSetting

SUBMENU = "Dashboard"


SHOWN = UserSetting("dashboard", False, "Whether cards and wires are drawn by what is observed of them.")
CARDS_CHOICE = UserSetting("dashboard_cards", "", "Which quantity is shown on cards; empty: none.")
WIRES_CHOICE = UserSetting("dashboard_wires", "", "Which quantity is shown on wires; empty: none.")
LIVE_PICTURES = UserSetting("card_pictures", True, "Whether cards show live pictures of what flows.")

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
    settings=(SHOWN, CARDS_CHOICE, WIRES_CHOICE, LIVE_PICTURES),
)
