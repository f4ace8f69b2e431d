"""Declares the panel *Play*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "play",
    "The environment that a network learns to play in: play it yourself with the arrow keys, or watch the network, while it trains or "
    "afterwards; beside it what the network thinks each action is worth.",
    dock=Dock(
        "Play",
        lazy("visualnet.app.features.play.panel:PlayPanel"),
        "Play in the environment by hand, or watch the network play",
        "play",
        submenu="Inside the network",
    ),
)
