"""What all pictures share: colours of the theme, colour maps, axes, colour bars, the empty sentence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.core.text.format import format_number
from visualnet.figures.colours.indices import LEVELS, Indices
from visualnet.figures.colours.maps import DIVERGING, SEQUENTIAL
from visualnet.figures.ticks import nice_ticks, tick_labels


@dataclass(frozen=True, eq=False)
class PlotColours:
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


def plot_colours(theme: Theme) -> PlotColours:
    """The colours of a theme."""
    one = {name: QColor(getattr(theme, name)) for name in ("ground", "surface", "raised", "line", "text", "muted")}
    return PlotColours(
        **one,
        accent=QColor(theme.accent),
        warning=QColor(theme.warning),
        curves=tuple(QColor(colour) for colour in theme.plot_lines),
        amounts=SEQUENTIAL,
        signed=DIVERGING,
    )


def translucent(colour: QColor, alpha: float) -> QColor:
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


@lru_cache(maxsize=16)
def colour_table(colours: PlotColours, signed: bool) -> list[int]:
    """The colours of an indexed image: the map, then gap, neutral and hatch."""
    places = np.round(np.linspace(0, 255, LEVELS)).astype(int)
    table = [QColor(*(int(c) for c in row)).rgb() for row in colours.table(signed)[places]]
    return [*table, 0, colours.line.rgb(), colours.muted.rgb()]


def indexed_image(indices: Indices, table: list[int]) -> QImage:
    """A picture of its own memory from rows of colour indices."""
    height, width = indices.shape
    stride = -(-width // 4) * 4
    if stride != width:
        indices = np.pad(indices, ((0, 0), (0, stride - width)))
    image = QImage(np.ascontiguousarray(indices).data, width, height, stride, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image.copy()


def rgb_image(values: np.ndarray) -> QImage:
    """A picture of its own memory from red, green and blue (H, W, 3)."""
    height, width = values.shape[:2]
    rows = np.ascontiguousarray(values, np.uint8)
    return QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def draw_nearest(painter: QPainter, target: QRect | QRectF, image: QImage) -> None:
    """Draw a picture with hard pixels, whatever its size."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(target), image, QRectF(image.rect()))


def draw_colour_bar(
    painter: QPainter, rect: QRectF, colours: PlotColours, signed: bool, low: float, high: float
) -> None:
    """A vertical colour bar with numbers at its ends and round numbers between, at its right."""
    table = colours.table(signed)[::-1]
    pixels = np.full((256, 1, 4), 255, np.uint8)
    pixels[:, 0, :3] = table[:, ::-1]
    image = QImage(pixels.data, 1, 256, 4, QImage.Format.Format_RGB32)
    painter.drawImage(rect, image, QRectF(0, 0, 1, 256))
    metrics = QFontMetricsF(painter.font())
    painter.setPen(colours.muted)
    room = metrics.height()
    span = high - low or 1.0
    ends = [(high, rect.top()), (low, rect.bottom())]
    inner = nice_ticks(low, high, max(int(rect.height() / 36), 1))
    marks = [(v, rect.bottom() - (v - low) / span * rect.height()) for v in inner]
    marks = [(v, y) for v, y in marks if all(abs(y - at) > room for _, at in ends)]
    for value, y in ends + marks:
        text = format_number(0.0 if abs(value) < span * 1e-9 else value)
        box = QRectF(rect.right() + 5, y - room / 2, 80, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


def draw_empty(painter: QPainter, rect: QRectF, colours: PlotColours, words: str) -> None:
    """The sentence that stands where a picture will be."""
    painter.setPen(colours.muted)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)


def draw_axes(
    painter: QPainter,
    box: QRectF,
    colours: PlotColours,
    x: tuple[float, float],
    y: tuple[float, float],
    names: tuple[str, str],
) -> None:
    """A light grid with numbers around `box`, and the axes' names at their far ends."""
    metrics = QFontMetricsF(painter.font())
    grid, high = QPen(translucent(colours.line, 0.6), 1), metrics.height()
    across = nice_ticks(*x, max(int(box.width() / 70), 2))
    for value, text in zip(across, tick_labels(across), strict=True):
        at = round(box.left() + (value - x[0]) / (x[1] - x[0]) * box.width()) + 0.5
        painter.setPen(grid)
        painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))
        painter.setPen(colours.muted)
        painter.drawText(QRectF(at - 40, box.bottom() + 3, 80, high), Qt.AlignmentFlag.AlignCenter, text)
    upward = nice_ticks(*y, max(int(box.height() / 40), 2))
    for value, text in zip(upward, tick_labels(upward), strict=True):
        at = round(box.bottom() - (value - y[0]) / (y[1] - y[0]) * box.height()) + 0.5
        painter.setPen(grid)
        painter.drawLine(QPointF(box.left(), at), QPointF(box.right(), at))
        painter.setPen(colours.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(box.left() - 66, at - high / 2, 60, high), right, text)
    right_end = QRectF(box.right() - 200, box.bottom() + 3 + high, 200, high)
    painter.drawText(right_end, Qt.AlignmentFlag.AlignRight, names[0])
    painter.drawText(QRectF(box.left() - 44, box.top() - high - 6, 260, high), Qt.AlignmentFlag.AlignLeft, names[1])
