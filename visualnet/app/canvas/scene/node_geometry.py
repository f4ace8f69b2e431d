"""How large a card is and where its ports stand: in full or folded, on a sheet that flows to the right or down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS
from visualnet.core.caches import cached

MIN_WIDTH, MAX_WIDTH = 168, 224
HEIGHT = 80
STRIP = 40
"""What live thumbnails add below."""
PAD = 14
PILL = 32
"""How high a folded card is."""
CONTROL = 18.0
"""How large the sign is that folds a card and opens it."""


class Size(NamedTuple):
    """Width, height, and how far along its side each input and output stands: below the top, or right of the left edge."""

    width: float
    height: float
    ins: dict[str, float]
    outs: dict[str, float]


class Said(NamedTuple):
    """What of a card's words its size depends on."""

    name: str
    line: str
    last: float
    """The width of the last row's words."""
    marks: float
    """The width of the signs beside the name."""


def measured(
    said: Said, ports: tuple[Sequence[str], Sequence[str]], strip: bool, folded: bool = False, down: bool = False
) -> Size:
    """The size of a card that says this."""
    most = max(len(ports[0]), len(ports[1]), 1)
    name = text_width(said.name, True) + 2 * PAD + 22 + said.marks
    if folded:
        pitch = 10 * (most + 1)
        width = _grid(min(MAX_WIDTH, max(96.0, name + 8, pitch if down else 0)))
        height = float(max(PILL, _grid(pitch) if not down else 0))
        side = width if down else height
        return Size(width, height, *(_spread(p, side / 2, 10) for p in ports))
    line, last = text_width(said.line, False) + 2 * PAD, said.last + 2 * PAD + 12
    width = min(MAX_WIDTH, max(MIN_WIDTH, _grid(max(line, name, last))))
    width = float(max(width, _grid(16 * (most + 1))) if down else width)
    side = width if down else float(max(HEIGHT, 16 * (most + 1)))
    height = (HEIGHT if down else side) + (STRIP if strip else 0)
    return Size(width, float(height), *(_spread(p, side / 2) for p in ports))


def _grid(value: float) -> float:
    return float(-(-value // 8) * 8)


def _spread(ports: Sequence[str], middle: float, pitch: int = 0) -> dict[str, float]:
    """Ports along a card's side, on the grid, around its middle."""
    count = len(ports)
    step = pitch or {1: 0, 2: 32, 3: 24}.get(count, 16)
    return {port: middle + (at - (count - 1) / 2) * step for at, port in enumerate(ports)}


def control(width: float, height: float, folded: bool) -> QRectF:
    """Where a card of this size has the sign that folds it, from its corner."""
    top = (min(height, PILL) - CONTROL) / 2 if folded else 31.0
    return QRectF(width - CONTROL - 9, top, CONTROL, CONTROL)


def radius(height: float, folded: bool) -> float:
    """How round a card's corners are."""
    return min(height / 2, PILL / 2) if folded else float(RADIUS)


@cached(4096)
def text_width(text: str, bold: bool) -> float:
    return QFontMetricsF(fonts.sans(13, fonts.QFont.Weight.DemiBold) if bold else fonts.sans(12)).horizontalAdvance(
        text
    )
