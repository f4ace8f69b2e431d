"""Declares the panel *Try it*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "try_it",
    "A sample of your own: draw a digit, drop an image, move sliders or type; the network answers at once, and all panels look at it.",
    dock=Dock(
        "Try it",
        lazy("visualnet.app.features.try_it.panel:TryItPanel"),
        "Make a sample yourself and see what the network says",
        "rename",
        workspaces={"inspect": False},
    ),
)
