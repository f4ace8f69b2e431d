"""What all pictures share: inks of the theme, colour maps, ticks, numbers, colour bars, the empty sentence."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme

LEVELS = 251
"""Colours of a map in an indexed image; the indices above are the inks below."""
GAP, NEUTRAL, HATCH, DARK = 251, 252, 253, 254


@dataclass(frozen=True, eq=False)
class Ink:
    """The colours a picture is drawn with, taken from a theme once."""

    ground: QColor
    surface: QColor
    raised: QColor
    line: QColor
    text: QColor
    muted: QColor
    accent: QColor
    warning: QColor
    curves: tuple[QColor, ...]
    amounts: NDArray[np.uint8]
    signed: NDArray[np.uint8]

    def curve(self, index: int) -> QColor:
        """The colour of the index-th curve; after the last it begins again."""
        return self.curves[index % len(self.curves)]

    def table(self, signed: bool) -> NDArray[np.uint8]:
        """The colour map for signed values or for amounts, as rows of red, green, blue."""
        return self.signed if signed else self.amounts


def ink_of(theme: Theme) -> Ink:
    """The inks of a theme."""
    one = {name: QColor(getattr(theme, name)) for name in ("ground", "surface", "raised", "line", "text", "muted")}
    return Ink(
        **one,
        accent=QColor(theme.accent),
        warning=QColor(theme.warning),
        curves=tuple(QColor(colour) for colour in theme.plot_lines),
        amounts=theme.sequential,
        signed=theme.diverging,
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """The same colour, let through by `alpha` (0 to 1)."""
    out = QColor(colour)
    out.setAlphaF(alpha)
    return out


def line_pen(colour: QColor, *, dashed: bool = False, width: float = 1) -> QPen:
    """A cosmetic pen that no zoom widens."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashed:
        pen.setDashPattern([5 / width, 4 / width])
    return pen


def text_font(base: QFont, pixels: int = 12, *, bold: bool = False) -> QFont:
    """The window's face at a size; figures of equal width, so that numbers do not dance."""
    font = QFont(base)
    font.setPixelSize(fonts.px(pixels))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def number(value: float, digits: int = 3) -> str:
    """A value in few characters: 0.0613, 1,250, 3.2e-05, or the word for what is no number."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite" if value > 0 else "−infinite"
    size = abs(value)
    if size and (size < 10.0**-digits or size >= 1e6):
        text = f"{value:.{max(digits - 1, 1)}e}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    elif size >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{digits}g}"
    return text.replace("-", "−")


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from low to high, at most about `most` of them, and two at least: one alone tells no scale."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low] if math.isfinite(low) else []
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    if count < 2:
        return nice_ticks(low, high, most + 1)
    return [round((first + i) * step, 12) for i in range(count)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Exponents of 1, 2, 5 or 1, 3 or whole decades between the exponents low and high."""
    for mantissas in ((1, 2, 5), (1, 3), (1,)):
        decades = range(math.floor(low) - 1, math.ceil(high) + 1)
        ticks = [d + math.log10(m) for d in decades for m in mantissas]
        ticks = [t for t in ticks if low - 1e-9 <= t <= high + 1e-9]
        if len(ticks) <= most:
            return ticks
    stride = math.ceil(len(ticks) / max(most, 1))
    return [t for t in ticks if round(t) % stride == 0]


def tick_words(values: list[float]) -> list[str]:
    """Tick labels with one number of decimals for all."""
    if not values:
        return []
    step = min((b - a for a, b in itertools.pairwise(values)), default=abs(values[0]) or 1.0)
    largest = max(abs(v) for v in values)
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if 20 * unit <= largest * (20 if letter == "M" else 1) < 1e10 and step >= unit / 100:
            return [f"{v / unit:g}{letter}".replace("-", "−") if v else "0" for v in values]
    if largest >= 1e6 or (largest and largest < 1e-3):
        return [number(v) if v else "0" for v in values]
    decimals = min(max(0, -math.floor(math.log10(step) + 1e-9)), 6) if step > 0 else 0
    return [f"{v:,.{decimals}f}".replace("-", "−") for v in values]


@lru_cache(maxsize=16)
def colour_table(ink: Ink, signed: bool) -> list[int]:
    """The colours of an indexed image: the map, then gap, neutral, hatch and dark."""
    places = np.round(np.linspace(0, 255, LEVELS)).astype(int)
    table = [QColor(*(int(c) for c in row)).rgb() for row in ink.table(signed)[places]]
    return [*table, 0, ink.line.rgb(), ink.muted.rgb(), ink.ground.rgb(), 0]


def indexed_image(indices: NDArray[np.uint8], table: list[int]) -> QImage:
    """A picture of its own memory from rows of colour indices."""
    height, width = indices.shape
    stride = -(-width // 4) * 4
    if stride != width:
        indices = np.pad(indices, ((0, 0), (0, stride - width)))
    image = QImage(np.ascontiguousarray(indices).data, width, height, stride, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image.copy()


def levels(values: NDArray[Any], low: Any, high: Any) -> NDArray[np.uint8]:
    """Colour indices of values on a scale; what is not finite becomes HATCH."""
    span = np.maximum(np.asarray(high, np.float64) - low, 1e-30)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.clip((values - low) * ((LEVELS - 1) / span) + 0.5, 0, LEVELS - 1)
    bad = ~np.isfinite(values)
    if bad.any():
        scaled = np.where(bad, HATCH, scaled)
    return scaled.astype(np.uint8)


def hatch(indices: NDArray[np.uint8]) -> None:
    """Turn every HATCH pixel into diagonal lines on a neutral ground, in place."""
    rows, columns = np.nonzero(indices == HATCH)
    indices[rows, columns] = np.where((rows + columns) % 6 < 2, HATCH, NEUTRAL)


def draw_nearest(painter: QPainter, target: QRect | QRectF, image: QImage) -> None:
    """Draw a picture with hard pixels, whatever its size."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(target), image, QRectF(image.rect()))


def draw_colour_bar(painter: QPainter, rect: QRectF, ink: Ink, signed: bool, low: float, high: float) -> None:
    """A vertical colour bar with numbers at its ends and round numbers between, at its right."""
    table = ink.table(signed)[::-1]
    pixels = np.full((256, 1, 4), 255, np.uint8)
    pixels[:, 0, :3] = table[:, ::-1]
    image = QImage(pixels.data, 1, 256, 4, QImage.Format.Format_RGB32)
    painter.drawImage(rect, image, QRectF(0, 0, 1, 256))
    metrics = QFontMetricsF(painter.font())
    painter.setPen(ink.muted)
    room = metrics.height()
    span = high - low or 1.0
    ends = [(high, rect.top()), (low, rect.bottom())]
    inner = nice_ticks(low, high, max(int(rect.height() / 36), 1))
    marks = [(v, rect.bottom() - (v - low) / span * rect.height()) for v in inner]
    marks = [(v, y) for v, y in marks if all(abs(y - at) > room for _, at in ends)]
    for value, y in ends + marks:
        text = number(0.0 if abs(value) < span * 1e-9 else value)
        box = QRectF(rect.right() + 5, y - room / 2, 80, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def draw_empty(painter: QPainter, rect: QRectF, ink: Ink, words: str) -> None:
    """The sentence that stands where a picture will be."""
    painter.setPen(ink.muted)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def draw_axes(
    painter: QPainter, box: QRectF, ink: Ink, x: tuple[float, float], y: tuple[float, float], names: tuple[str, str]
) -> None:
    """A light grid with numbers around `box`, and the axes' names at their far ends."""
    metrics = QFontMetricsF(painter.font())
    grid, high = QPen(faded(ink.line, 0.6), 1), metrics.height()
    across = nice_ticks(*x, max(int(box.width() / 70), 2))
    for value, text in zip(across, tick_words(across), strict=True):
        at = round(box.left() + (value - x[0]) / (x[1] - x[0]) * box.width()) + 0.5
        painter.setPen(grid)
        painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))
        painter.setPen(ink.muted)
        painter.drawText(QRectF(at - 40, box.bottom() + 3, 80, high), Qt.AlignmentFlag.AlignCenter, text)
    upward = nice_ticks(*y, max(int(box.height() / 40), 2))
    for value, text in zip(upward, tick_words(upward), strict=True):
        at = round(box.bottom() - (value - y[0]) / (y[1] - y[0]) * box.height()) + 0.5
        painter.setPen(grid)
        painter.drawLine(QPointF(box.left(), at), QPointF(box.right(), at))
        painter.setPen(ink.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(box.left() - 66, at - high / 2, 60, high), right, text)
    right_end = QRectF(box.right() - 200, box.bottom() + 3 + high, 200, high)
    painter.drawText(right_end, Qt.AlignmentFlag.AlignRight, names[0])
    painter.drawText(QRectF(box.left() - 44, box.top() - high - 6, 260, high), Qt.AlignmentFlag.AlignLeft, names[1])
