"""Declares the panel *See inside*."""

from __future__ import annotations

from typing import Any

from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.core.user.settings import UserSetting

OBSERVATIONS: UserSetting[list[Any]] = UserSetting(
    "see_inside", [], "The pictures that were open, each with its options."
)

FEATURE = Feature(
    "see_inside",
    "Pictures of what the network does with a sample and of its weights, as many as you like, live while it trains. "
    "Each says how it is read.",
    dock=Dock(
        "See inside",
        lazy("visualnet.app.features.see_inside.panel:SeeInsidePanel", active=True),
        "Show pictures of what happens inside the network",
        "eye",
        workspaces={"inspect": False},
        submenu="Inside the network",
    ),
    settings=(OBSERVATIONS,),
)
