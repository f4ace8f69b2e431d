"""Declares the panel *Feeds*, what it can be called by, and its marks on the canvas."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy, lazy_overlay
from visualnet.app.features.feeds import commands

MENU = "Feeds"


FEATURE = Feature(
    "feeds",
    "Put something else in the place of what flows at a port: zeros, a mean, noise, another sample's value, sliders or a drawing. "
    "All that is downstream answers at once; training and weights stay as they are.",
    dock=Dock(
        "Feeds",
        lazy("visualnet.app.features.feeds.panel:FeedsPanel", active=True),
        "Show what is fed by hand, and change it",
        "feed",
        submenu=MENU,
    ),
    actions=(
        ActionSpec(
            "view.feed_by_hand",
            43,
            "Feed by hand…",
            "Put something else in the place of what leaves the selected node, and see what follows",
            "feed",
            "Ctrl+Alt+F",
            commands.feed_selected,
            commands.can_feed_selected,
            {"node": 54},
            submenu=MENU,
            submenus={"node": "More"},
            unavailable="Select one node from which numbers flow: an input, a layer or a block.",
        ),
        ActionSpec(
            "view.remove_feeds",
            43,
            "Remove all feeds",
            "Feed nothing by hand any more: the network computes as it is",
            "delete",
            "",
            commands.remove_all,
            commands.has_feeds,
            submenu=MENU,
            unavailable="Nothing is fed by hand.",
        ),
    ),
    overlay=lazy_overlay("visualnet.app.features.feeds.overlay:FeedMarks"),
)
