"""What the painters of the scene share: fonts with their measures, text in its place, pens, empty pictures."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from visualnet.analysis.geometry.boxes import Box
from visualnet.analysis.geometry.card_detail import LEAST_PX
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import luminance
from visualnet.core.caches import cached

EVEN = 0.1925
"""The luminance of a colour on which dark and white ink are read equally well."""


@lru_cache(maxsize=512)
def font_and_metrics(px: int, bold: bool = False, figures: bool = False) -> tuple[QFont, QFontMetricsF]:
    """A font of the scene and its measures; made once, for both take long."""
    font = fonts.figures(px) if figures else fonts.sans(px, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font, QFontMetricsF(font)


@cached(4096)
def text_width(text: str, bold: bool = False) -> float:
    """How wide a card's name is (bold), or another of its texts."""
    return font_and_metrics(13 if bold else 12, bold)[1].horizontalAdvance(text)


@cached(4096)
def label_width(text: str) -> float:
    """How wide a wire's label is."""
    return font_and_metrics(11, figures=True)[1].horizontalAdvance(text) + 12


def enlargement(px: float, scale: float) -> float:
    """How many times larger than drawn a text of the sheet is painted, so that it is not below the least size on the screen."""
    return max(1.0, LEAST_PX * fonts.factor() / (px * scale))


def paint_text(
    p: QPainter,
    area: QRectF,
    text: str,
    colour: str,
    px: int,
    bold: bool = False,
    figures: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text, halfway up an area; what does not fit ends in dots."""
    if not text:
        return
    font, metrics = font_and_metrics(px, bold, figures)
    room = area.width() - metrics.horizontalAdvance(text)
    if room < 0:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        room = area.width() - metrics.horizontalAdvance(text)
    x = area.left() + room * {Qt.AlignmentFlag.AlignRight: 1.0, Qt.AlignmentFlag.AlignHCenter: 0.5}.get(align, 0.0)
    p.setFont(font)
    p.setPen(QColor(colour))
    p.drawText(QPointF(x, area.top() + (area.height() + metrics.ascent() - metrics.descent()) / 2), text)


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on this colour."""
    return "#101318" if luminance(colour) > EVEN else "#ffffff"


def translucent(colour: str, alpha: int) -> QColor:
    """The colour with an opacity of 0 to 255."""
    found = QColor(colour)
    found.setAlpha(alpha)
    return found


def cosmetic_pen(colour: str, width: float) -> QPen:
    """A pen whose width is in px of the screen."""
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    return pen


def to_rect(box: Box) -> QRectF:
    """The same rectangle for Qt."""
    return QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])


def device_ratio(p: QPainter) -> float:
    """How many px of the device are one px of what is painted on."""
    device = p.device()
    return device.devicePixelRatio() if device is not None else 1.0


def blank_pixmap(width: int, height: int, ratio: float) -> QPixmap:
    """An empty picture of so many px of the device."""
    picture = QPixmap(max(1, width), max(1, height))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture
