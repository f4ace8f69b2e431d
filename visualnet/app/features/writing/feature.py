"""Declares the panel *Writing*."""

from __future__ import annotations

from visualnet.app.features.feature import Dock, Feature, lazy

FEATURE = Feature(
    "writing",
    "A network that writes: type a sentence and read its translation while you type, or have a text gone on with, word by word. Click a "
    "word to see the others that were possible, and one of those to write it instead.",
    dock=Dock(
        "Writing",
        lazy("visualnet.app.features.writing.panel:WritingPanel"),
        "Have the network translate, or write on, word by word",
        "rename",
        workspaces={"inspect": False},
        submenu="Inside the network",
    ),
)
