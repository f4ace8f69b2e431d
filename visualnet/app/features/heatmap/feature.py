"""Declares the heat map: an overlay, and the menu that chooses what it shows."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, call_overlay, lazy_overlay
from visualnet.core.user.settings import UserSetting

HEAT = UserSetting("heat", "", "Which cost tints the cards; empty: none.")

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
            fill=call_overlay("heat", "fill_menu"),
            submenu="Dashboard",
        ),
    ),
    overlay=lazy_overlay("visualnet.app.features.heatmap.overlay:HeatMap", settings=True),
    settings=(HEAT,),
)
