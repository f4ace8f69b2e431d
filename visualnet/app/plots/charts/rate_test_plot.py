"""The loss over the learning rate, as a range test found it, with the rate that is proposed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from visualnet.app.plots.colours import PlotColours, translucent
from visualnet.app.plots.picture import PaintedPicture
from visualnet.app.theme import fonts
from visualnet.core.text.format import format_number
from visualnet.figures.ticks import log_ticks, nice_ticks, tick_labels
from visualnet.training.estimates.rate_curve import Proposal, RateCurve

CENTRE, LEFT, RIGHT = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignVCenter
ABOVE = 0.5
"""So much of the fall is shown above the level of the first losses: what diverges leaves the picture."""
ROOM = 76
"""So many px two marks stand apart at least, or one has no words."""


class RateTestPlot(PaintedPicture):
    """Each step's loss as a dot, the smoothed loss as a line. A click chooses a rate."""

    file_name, has_rows = "rate-test", True
    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve: RateCurve | None = None
        self.proposal: Proposal | None = None
        self.rate: float | None = None
        self.setMouseTracking(True)
        self.setMinimumHeight(fonts.px(220))
        self.setAccessibleName("Loss over the learning rate")

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(560), fonts.px(300))

    def show_curve(self, curve: RateCurve | None, proposal: Proposal | None) -> None:
        """Draw what was found, or the empty sentence."""
        self.curve, self.proposal = curve, proposal
        self.rate = proposal.rate if proposal is not None else None
        self.setAccessibleDescription(proposal.words if proposal is not None else "")
        self.setCursor(Qt.CursorShape.CrossCursor if curve is not None else Qt.CursorShape.ArrowCursor)
        self.update()

    def choose(self, rate: float) -> None:
        """Mark another rate than the one that is proposed."""
        self.rate = rate
        self.update()

    def is_empty(self) -> bool:
        return self.curve is None

    def rows(self) -> Iterable[Iterable[Any]]:
        if self.curve is None:
            return [("learning rate", "loss", "smoothed loss")]
        found = zip(self.curve.rates, self.curve.losses, self.curve.smoothed.tolist(), strict=True)
        return [("learning rate", "loss", "smoothed loss"), *found]

    # --- places --------------------------------------------------------------------------------------------------------------------

    def _area(self) -> QRectF:
        line = QFontMetricsF(self.font()).height()
        return QRectF(self.rect()).adjusted(fonts.px(58), 1.6 * line, -fonts.px(18), -2.6 * line)

    def _x_range(self) -> tuple[float, float]:
        assert self.curve is not None
        return math.log10(self.curve.lowest), math.log10(self.curve.highest)

    def _y_range(self) -> tuple[float, float]:
        """From the lowest point to somewhat above the level at which it began."""
        assert self.curve is not None
        smoothed = self.curve.smoothed
        level, low = float(smoothed[: max(3, len(smoothed) // 16)].mean()), float(smoothed.min())
        early = np.asarray(self.curve.losses)[: max(3, len(smoothed) // 3)]
        high = max(level + ABOVE * (level - low), float(early.max()))
        low = min(low, float(np.percentile(self.curve.losses, 2)))
        pad = 0.06 * (high - low) or max(abs(high), 1.0) * 0.1
        return low - pad, high + pad

    def _points(self, area: QRectF, values: Iterable[float]) -> Iterator[QPointF]:
        assert self.curve is not None
        y_low, y_high = self._y_range()
        for rate, value in zip(self.curve.rates, values, strict=True):
            up = min(max((value - y_low) / (y_high - y_low), -1.0), 2.0)
            yield QPointF(self._x(area, rate), area.bottom() - up * area.height())

    def _x(self, area: QRectF, rate: float) -> float:
        low, high = self._x_range()
        return area.left() + (math.log10(rate) - low) / (high - low) * area.width()

    def _rate_at(self, x: float) -> float:
        area, (low, high) = self._area(), self._x_range()
        share = min(max((x - area.left()) / max(area.width(), 1), 0.0), 1.0)
        return float(f"{10 ** (low + share * (high - low)):.2g}")

    # --- painting ------------------------------------------------------------------------------------------------------------------

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        assert self.curve is not None and self.proposal is not None
        area = self._area()
        self._draw_grid(painter, colours, area)
        painter.save()
        painter.setClipRect(area)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(colours.curve(0), 0.45))
        for point in self._points(area, self.curve.losses):
            painter.drawEllipse(point, 2.0, 2.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.curve(0), 2))
        painter.drawPolyline(QPolygonF(list(self._points(area, self.curve.smoothed.tolist()))))
        painter.restore()
        if (diverges := self.proposal.diverges) is not None:
            what = "NaN" if self.curve.ended == "nonfinite" else "diverges"
            apart = self.rate is None or abs(math.log10(self.rate / diverges)) * area.width() > ROOM * (
                self._x_range()[1] - self._x_range()[0]
            )
            self._draw_mark(painter, colours, area, diverges, what if apart else "", False)
        if self.rate is not None:
            what = "proposed" if self.rate == self.proposal.rate else "chosen"
            self._draw_mark(painter, colours, area, self.rate, f"{what} {format_number(self.rate, 2)}", True)

    def _draw_grid(self, painter: QPainter, colours: PlotColours, area: QRectF) -> None:
        high = QFontMetricsF(painter.font()).height()
        grid = QPen(translucent(colours.line, 0.75), 1)
        for power in log_ticks(*self._x_range(), max(int(area.width() / fonts.px(64)), 2)):
            x = round(self._x(area, 10**power)) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(colours.muted)
            text = f"{10**power:.2g}".replace("e-0", "e−")
            painter.drawText(QRectF(x - 40, area.bottom() + 4, 80, high), CENTRE, text)
        y_low, y_high = self._y_range()
        ticks = nice_ticks(y_low, y_high, max(int(area.height() / fonts.px(38)), 2))
        for value, text in zip(ticks, tick_labels(ticks), strict=True):
            y = round(area.bottom() - (value - y_low) / (y_high - y_low) * area.height()) + 0.5
            painter.setPen(grid)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(colours.muted)
            painter.drawText(QRectF(0, y - high / 2, area.left() - 8, high), RIGHT | MIDDLE, text)
        painter.drawText(QRectF(8, 2, area.width(), high), LEFT, "Loss")
        foot = QRectF(area.left(), area.bottom() + 6 + high, area.width(), high)
        painter.drawText(foot, RIGHT, "Learning rate, by powers of ten")

    def _draw_mark(
        self, painter: QPainter, colours: PlotColours, area: QRectF, rate: float, words: str, strong: bool
    ) -> None:
        """A line across the picture, and above it what stands there."""
        x = self._x(area, min(max(rate, self.curve.lowest if self.curve else rate), 10 ** self._x_range()[1]))
        colour = colours.accent if strong else colours.warning
        painter.setPen(QPen(colour, 2 if strong else 1.5, Qt.PenStyle.SolidLine if strong else Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        metrics = QFontMetricsF(painter.font())
        wide = metrics.horizontalAdvance(words) + 8
        left = min(max(x - wide / 2, area.left()), self.width() - wide)
        painter.setPen(colours.text if strong else colours.muted)
        painter.drawText(QRectF(left, area.top() - metrics.height() - 3, wide, metrics.height()), CENTRE, words)

    # --- the mouse -----------------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.curve is not None:
            self.choose(self._rate_at(event.position().x()))
            assert self.rate is not None
            self.chosen.emit(self.rate)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.curve is None:
            return
        rate = self._rate_at(event.position().x())
        if rate <= self.curve.rates[-1] * 1.01:
            at = int(np.argmin(np.abs(np.log(self.curve.rates) - math.log(rate))))
            loss = f"loss {format_number(self.curve.smoothed[at])}"
        else:
            loss = "not tested: it had diverged"
        QToolTip.showText(event.globalPosition().toPoint(), f"{format_number(rate, 2)}: {loss}", self)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)
