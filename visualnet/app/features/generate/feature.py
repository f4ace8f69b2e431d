"""Declares the panel *Generate*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "generate",
    "Have the network make something, without training it: samples of a decoder or a generator, texts, an episode; with the weights as "
    "they are now or those that a run has kept. What was made can be saved.",
    dock=Dock(
        "Generate",
        lazy("visualnet.app.features.generate.panel:GeneratePanel"),
        "Have the network make something: samples, texts, an episode",
        "picture",
        workspaces={"inspect": False},
        submenu="Inside the network",
    ),
)
