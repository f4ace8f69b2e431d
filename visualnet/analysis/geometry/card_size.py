"""How large a card is and where its ports stand: in full or collapsed, on a sheet that flows to the right or down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from visualnet.analysis.card_content import CardContent
from visualnet.analysis.geometry.boxes import Box
from visualnet.analysis.geometry.sheet_geometry import GRID

MIN_WIDTH, MAX_WIDTH = 168, 224
HEIGHT = 80
STRIP = 40
"""What live thumbnails add below."""
PAD = 14
COLLAPSED_HEIGHT = 32
CONTROL = 18.0
"""How large the sign is that collapses a card and opens it."""

TextWidth = Callable[[str, bool], float]
"""How wide a text of a card is; whether it is written bold."""


class CardSize(NamedTuple):
    """Width, height, and how far along its side each input and output stands: below the top, or right of the left edge."""

    width: float
    height: float
    ins: dict[str, float]
    outs: dict[str, float]


def card_size(content: CardContent, strip: bool, collapsed: bool, down: bool, text_width: TextWidth) -> CardSize:
    """The size of a card with this content: with a ``strip`` for a live picture or without, if it is not ``collapsed``."""
    ins, outs = content.ports
    most = max(len(ins), len(outs), 1)
    signs = bool(content.badge) + content.frozen + content.shared + bool(content.mode)
    marks = 20 * signs + 26 * bool(content.repeat) + (14 if collapsed else 0)
    name = text_width(content.name, True) + 2 * PAD + 22 + marks
    if collapsed:
        pitch = 10 * (most + 1)
        width = _to_grid(min(MAX_WIDTH, max(96.0, name + 8, pitch if down else 0)))
        height = float(max(COLLAPSED_HEIGHT, _to_grid(pitch) if not down else 0))
        side = width if down else height
        return CardSize(width, height, _spread(ins, side / 2, 10), _spread(outs, side / 2, 10))
    line = text_width(content.line, False) + 2 * PAD
    last = text_width(content.shape, False) + text_width(content.parameters, False) + 2 * PAD + 12
    width = min(MAX_WIDTH, max(MIN_WIDTH, _to_grid(max(line, name, last))))
    width = float(max(width, _to_grid(16 * (most + 1))) if down else width)
    side = width if down else float(max(HEIGHT, 16 * (most + 1)))
    height = float((HEIGHT if down else side) + (STRIP if strip else 0))
    return CardSize(width, height, _spread(ins, side / 2), _spread(outs, side / 2))


def _to_grid(value: float) -> float:
    return float(-(-value // GRID) * GRID)


def _spread(ports: Sequence[str], middle: float, pitch: int = 0) -> dict[str, float]:
    """Ports along a card's side, on the grid, around its middle."""
    count = len(ports)
    step = pitch or {1: 0, 2: 32, 3: 24}.get(count, 16)
    return {port: middle + (at - (count - 1) / 2) * step for at, port in enumerate(ports)}


def port_offsets(sizes: Mapping[str, CardSize]) -> dict[tuple[str, str, str], float]:
    """Where the ports stand, as ``auto_layout.tidy`` wants to know it."""
    ends = {(i, "in", p): at for i, size in sizes.items() for p, at in size.ins.items()}
    return ends | {(i, "out", p): at for i, size in sizes.items() for p, at in size.outs.items()}


def collapse_sign(width: float, height: float, collapsed: bool) -> Box:
    """Where a card of this size has the sign that collapses it, from its corner."""
    top = (min(height, COLLAPSED_HEIGHT) - CONTROL) / 2 if collapsed else 31.0
    return width - CONTROL - 9, top, width - 9, top + CONTROL


def corner_radius(height: float, collapsed: bool, usual: float) -> float:
    """How round a card's corners are; ``usual`` where it is not collapsed."""
    return min(height, COLLAPSED_HEIGHT) / 2 if collapsed else usual
