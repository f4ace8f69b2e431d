"""The learning rate over the epochs, small: as it is planned, and as a run really used it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.theme import fonts, icons
from visualnet.core.text.format import format_number

Curve = tuple[Sequence[float], Sequence[float]]
"""Epochs, and the rate at each."""
HIGH = 92
GAP = 6.0


class RateCurveView(QWidget):
    """The planned curve as a line over a filled area; what was used, thicker, on top of it."""

    def __init__(self) -> None:
        super().__init__()
        self.planned: Curve = ((), ())
        self.used: Curve = ((), ())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Learning rate over the epochs")

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(200), fonts.px(HIGH))

    def show_curves(self, planned: Curve, used: Curve) -> None:
        """Draw these; without a planned curve nothing is drawn."""
        self.planned, self.used = planned, used
        if planned[0]:
            words = f"Planned: {format_number(planned[1][0])} at first, {format_number(max(planned[1]))} at most, "
            words += f"{format_number(planned[1][-1])} at the end of epoch {planned[0][-1]:,.0f}"
            self.setToolTip(words + ("\nThe thick line is what the last run used" if used[0] else ""))
            self.setAccessibleDescription(words)
        self.update()

    def greatest(self) -> tuple[float, float]:
        """The last epoch and the highest rate that are drawn."""
        return max(self.planned[0][-1], *self.used[0], 1), max(*self.planned[1], *self.used[1]) or 1.0

    def area(self) -> QRectF:
        """Where the curves stand."""
        metrics, (_, top) = QFontMetricsF(fonts.sans(fonts.px(10.5))), self.greatest()
        left = max(metrics.horizontalAdvance(format_number(top)), metrics.horizontalAdvance("0")) + GAP
        return QRectF(left, metrics.height() / 2, self.width() - left - 2, self.height() - 1.7 * metrics.height() - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.planned[0]:
            return
        theme, painter = icons.current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = fonts.sans(fonts.px(10.5))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        (last, top), area = self.greatest(), self.area()
        left = area.left()
        painter.setPen(QColor(theme.muted))
        head = QRectF(0, 0, left - GAP, metrics.height())
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(head, right, format_number(top))
        painter.drawText(head.translated(0, area.height()), right, "0")
        foot = QRectF(area.left(), area.bottom() + 2, area.width(), metrics.height())
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "epoch 0")
        painter.drawText(foot, right, f"{last:,.0f}")
        painter.setPen(QPen(QColor(theme.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.topRight())

        def points(curve: Curve) -> list[QPointF]:
            return [
                QPointF(area.left() + x / last * area.width(), area.bottom() - y / top * area.height())
                for x, y in zip(*curve, strict=True)
            ]

        planned = points(self.planned)
        fill = QColor(theme.accent)
        fill.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        feet = QPointF(area.left(), area.bottom()), QPointF(planned[-1].x(), area.bottom())
        painter.drawPolygon(QPolygonF([feet[0], *planned, feet[1]]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.drawPolyline(QPolygonF(planned))
        if self.used[0]:
            painter.setPen(QPen(QColor(theme.plot_lines[1]), 2.5))
            painter.drawPolyline(QPolygonF(points(self.used)))
        painter.end()
