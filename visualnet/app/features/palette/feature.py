"""Declares the panel *Layers*."""

from __future__ import annotations

from typing import Any

from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.core.user.settings import UserSetting

LAYER_GROUPS: UserSetting[dict[str, Any]] = UserSetting(
    "palette",
    {},
    "Which groups of layers are seen.",
    {"collapsed": "The usual groups that were closed.", "opened": "The rare groups that were opened."},
)

FEATURE = Feature(
    "palette",
    "Every layer by family. Drag one onto the canvas, or double-click it to place it behind the selected card; type to search.",
    dock=Dock(
        "Layers",
        lazy("visualnet.app.features.palette.panel:PalettePanel"),
        "Show the layers to choose from",
        "palette",
        area="left",
        workspaces={"build": False},
        eager=True,
    ),
    settings=(LAYER_GROUPS,),
)
