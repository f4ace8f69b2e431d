"""Paints what a sample shows: small in the grid, large where one is looked at."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF

from visualnet.app.theme.tokens import Theme
from visualnet.data.examination.sample_content import SampleContent, class_name

PAD = 6.0
MASK_ALPHA = 0.45
SMOOTH_FROM = 64
"""A picture with fewer pixels a side is drawn as pixels; a larger one smoothly."""


def paint_content(
    painter: QPainter,
    area: QRectF,
    content: SampleContent,
    theme: Theme,
    font: QFont,
    classes: tuple[str, ...] = (),
    named: bool = False,
) -> None:
    """Paint it as large as fits. ``named`` writes the classes at the boxes."""
    painter.save()
    painter.setClipRect(area)
    if content.kind == "image":
        _paint_picture(painter, area, content, theme, font, classes if named else ())
    elif content.kind == "curves":
        _paint_curves(painter, area.adjusted(PAD, PAD, -PAD, -PAD), content, theme)
    else:
        words = (
            content.words if content.kind == "text" else "\n".join(f"{title}  {value}" for title, value in content.row)
        )
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        wrap = Qt.TextFlag.TextWordWrap if content.kind == "text" else Qt.TextFlag.TextExpandTabs
        flags = int(Qt.AlignmentFlag.AlignTop) | int(Qt.AlignmentFlag.AlignLeft) | int(wrap)
        painter.drawText(area.adjusted(PAD, PAD, -PAD, -PAD), flags, words[:2000])
    painter.restore()


def picture_area(area: QRectF, size: tuple[int, int]) -> QRectF:
    """Where a picture of this height and width stands within an area: in its middle, as large as fits."""
    height, width = size
    scale = min(area.width() / max(width, 1), area.height() / max(height, 1))
    w, h = width * scale, height * scale
    return QRectF(area.center().x() - w / 2, area.center().y() - h / 2, w, h)


def content_image(content: SampleContent) -> QImage:
    """The content of a sample as a picture."""
    assert content.pixels is not None
    height, width, _ = content.pixels.shape
    return QImage(content.pixels.data, width, height, width * 3, QImage.Format.Format_RGB888).copy()


def _paint_picture(
    painter: QPainter, area: QRectF, content: SampleContent, theme: Theme, font: QFont, classes: tuple[str, ...]
) -> None:
    target = picture_area(area, content.size)
    image = content_image(content)
    smooth = min(image.width(), image.height()) >= SMOOTH_FROM
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(target, image)
    if content.mask is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(target, _mask_image(content.mask, theme))
    for left, top, right, bottom, which in content.boxes:
        colour = QColor(theme.plot_lines[which % len(theme.plot_lines)])
        pen = QPen(colour, 2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(
            target.x() + left * target.width(),
            target.y() + top * target.height(),
            (right - left) * target.width(),
            (bottom - top) * target.height(),
        )
        painter.drawRect(box)
        if classes:
            _write_name(painter, box, class_name(classes, which), colour, theme, font)


def _write_name(painter: QPainter, box: QRectF, name: str, colour: QColor, theme: Theme, font: QFont) -> None:
    painter.setFont(font)
    size = painter.fontMetrics().size(0, name)
    ground = QRectF(box.x(), box.y() - size.height(), size.width() + 8, size.height())
    if ground.y() < 0:
        ground.moveTop(box.y())
    painter.fillRect(ground, colour)
    painter.setPen(QColor(theme.ground))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, name)


def _mask_image(mask: np.ndarray, theme: Theme) -> QImage:
    """The classes of a mask in colours; class 0, mostly the ground, stays clear, and so does what is not asked."""
    table = np.zeros((len(theme.plot_lines) + 1, 4), np.uint8)
    for at, name in enumerate(theme.plot_lines, 1):
        colour = QColor(name)
        table[at] = (colour.red(), colour.green(), colour.blue(), round(255 * MASK_ALPHA))
    classes = np.where(mask > 0, (mask - 1) % len(theme.plot_lines) + 1, 0)
    pixels = np.ascontiguousarray(table[classes])
    height, width = mask.shape
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()


def _paint_curves(painter: QPainter, area: QRectF, content: SampleContent, theme: Theme) -> None:
    """All curves over the same points, each between the lowest and the highest value of all."""
    assert content.curves is not None
    low, high = float(content.curves.min(initial=0)), float(content.curves.max(initial=0))
    span = high - low or 1.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.line), 1))
    zero = area.bottom() - (0 - low) / span * area.height()
    painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
    points = content.curves.shape[1]
    xs = area.left() + np.arange(points) / max(points - 1, 1) * area.width()
    for at, curve in enumerate(content.curves):
        ys = area.bottom() - (curve - low) / span * area.height()
        painter.setPen(QPen(QColor(theme.plot_lines[at % len(theme.plot_lines)]), 1))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))
