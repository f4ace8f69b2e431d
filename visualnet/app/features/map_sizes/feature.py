"""Declares the feature map sizes: a switch in the View menu, and how cards look while it is on."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, call_overlay, lazy_overlay
from visualnet.core.user.settings import UserSetting

MAP_SIZES = UserSetting("map_sizes", False, "Whether cards are drawn as boxes to scale.")

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
            check=call_overlay("map_sizes", "show_sizes"),
        ),
    ),
    overlay=lazy_overlay("visualnet.app.features.map_sizes.overlay:MapSizes", settings=True),
    settings=(MAP_SIZES,),
)
