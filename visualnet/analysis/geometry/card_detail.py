"""What a card still shows as the zoom falls, and how large it is written: level of detail in px of the screen, not of the sheet.

No text is painted smaller than ``LEAST_PX`` on the screen at the normal text size. Where a card is small its text therefore grows against
the card, and rows go for want of room, in this order: the live picture (it first shrinks), the layer's parameters, the count of weights.
The name and the shape stay. Below ``ROWS_FROM`` a card is a block of its family's colour with one label, which is written in one size on
all cards and may come down to ``OVERVIEW_PX`` where the whole sheet is far away. Below ``LABEL_FROM`` a block has no label.

All scales here are those of the screen divided by the text size: at twice the text size a card at scale 1 has the detail of scale 0.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from visualnet.analysis.geometry.card_size import HEIGHT, STRIP

LEAST_PX, OVERVIEW_PX, MOST_LABEL_PX = 11.0, 9.0, 13.0
"""The smallest text of a card and of a block's label, and the largest label, in px of the screen at the normal text size."""
ROWS_FROM = 0.45
"""From this scale on a card has rows of text; below it is a block with a label."""
LABEL_FROM = 0.15
"""Below this scale a block has no label."""
LINE_HEIGHT = 1.28
"""A row's height for text of height 1."""
EDGE = 4.0
LEAST_PICTURE_PX = 16.0
"""A live picture that would be lower on the screen is not shown."""
PICTURES_FROM = 0.525
"""From this scale on a card has room for its live picture below all rows of text."""
NAME_PX, TEXT_PX, COUNT_PX = 13, 12, 11
"""How large a card's texts are drawn where there is room, in px of the sheet."""


class CardDetail(NamedTuple):
    """The rows of a card. Sizes are in px of the sheet."""

    name: int = NAME_PX
    text: int = TEXT_PX
    weights: int = COUNT_PX
    parameters: bool = True
    """Whether the layer's parameters are shown, the second row."""
    counted: bool = True
    """Whether the number of weights is shown beside the shape, if there is room."""
    picture: float = STRIP
    """How high the live picture's strip is; 0 for none."""


USUAL = CardDetail()


def card_detail(scale: float, height: float = HEIGHT, picture: bool = False, collapsed: bool = False) -> CardDetail:
    """What a card of this height shows at a scale from ``ROWS_FROM`` on."""
    least = math.ceil(LEAST_PX / scale - 1e-6)
    name, text, count = (max(px, least) for px in (NAME_PX, TEXT_PX, COUNT_PX))
    if collapsed:
        return CardDetail(min(name, int(height / 1.1)), text, count, parameters=False, counted=False, picture=0.0)
    # At the usual sizes the rows have the places that they were drawn for, so the room is not asked for.
    if count <= COUNT_PX:
        return CardDetail(name, text, count, picture=STRIP if picture else 0.0)
    room = height - 2 * EDGE
    rows = LINE_HEIGHT * (name + 2 * text)
    strip = min(float(STRIP), room - rows) if picture else 0.0
    if strip < LEAST_PICTURE_PX / scale:
        strip = 0.0
    fits = rows <= room
    return CardDetail(name, text, count, parameters=fits, counted=fits, picture=strip)


def label_px(scale: float) -> float:
    """How large the labels of all blocks are at a scale below ``ROWS_FROM``, in px of the screen at the normal text size."""
    return min(MOST_LABEL_PX, max(OVERVIEW_PX, LEAST_PX / 0.3 * scale))


def least_text_px(scale: float) -> float:
    """The smallest text that a card has at a scale, in px of the screen at the normal text size; 0 where it has none."""
    if scale >= ROWS_FROM:
        detail = card_detail(scale)
        return min(detail.name, detail.text, detail.weights) * scale
    return label_px(scale) if scale >= LABEL_FROM else 0.0


def abbreviate(name: str, room: float, width: Callable[[str], float]) -> str:
    """A name for a narrow place: whole, or its beginning and the number at its end, which tells it from its like; else nothing."""
    if width(name) <= room:
        return name
    stem = name.rstrip("0123456789")
    number = name[len(stem) :]
    for between in ("…", ""):
        for kept in range(len(stem) - 1, 2 if between else 0, -1):
            short = f"{stem[:kept].rstrip('_- .')}{between}{number}"
            if width(short) <= room:
                return short
    return ""
