"""Colour and width of a wire by a quantity: thin and pale where it is small, broad and bright where it is large."""

from __future__ import annotations

from functools import lru_cache

from visualnet.app.canvas.scene.wire_item import WireStyle
from visualnet.app.theme.tokens import Theme, mix

LEVELS = 24
"""So many styles there are, so that wires of nearly one size are drawn in one call."""
THINNEST, BROADEST = 1.2, 6.0
FADED = 0.72
"""How far the faintest style fades into the ground."""


def wire_style(share: float, theme: Theme) -> WireStyle:
    """The style for a place on the scale, from 0 to 1."""
    return _styles(theme.name, theme.wire, theme.canvas, theme.family("dense"), theme.family("attention"))[
        round(min(max(share, 0.0), 1.0) * (LEVELS - 1))
    ]


@lru_cache(maxsize=8)
def _styles(_name: str, wire: str, ground: str, warm: str, hot: str) -> tuple[WireStyle, ...]:
    faint = mix(wire, ground, FADED)
    found = []
    for level in range(LEVELS):
        share = level / (LEVELS - 1)
        colour = mix(faint, warm, share * 2) if share < 0.5 else mix(warm, hot, share * 2 - 1)
        found.append(WireStyle(colour, THINNEST + (BROADEST - THINNEST) * share))
    return tuple(found)
