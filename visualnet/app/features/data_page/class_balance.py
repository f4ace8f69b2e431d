"""How many samples each class has, a bar each, divided by part; a click leads to the samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from visualnet.app.plots.colours import PlotColours, text_font
from visualnet.app.plots.picture import PaintedPicture
from visualnet.data.examination.measure import PARTS, ClassCount

ROW, NAME, GAP = 20, 140, 8
MOST = 400
"""So many classes are drawn, in their own order; the line above says how many there are."""
RIGHT, LEFT, MIDDLE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter


class ClassBalance(PaintedPicture):
    """``class_chosen`` tells the number of the class whose bar was clicked."""

    class_chosen = Signal(int)
    file_name, has_rows = "classes", True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes: tuple[ClassCount, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_classes(self, classes: Sequence[ClassCount]) -> None:
        """Show these."""
        self.classes = tuple(classes)
        counts = ", ".join(f"{each.name} {each.total:,}" for each in self.classes[:20])
        self.setAccessibleName("Samples of each class")
        self.setAccessibleDescription(counts)
        self.setFixedHeight(self._height())
        self.setVisible(bool(self.classes))
        self.update()

    def _line(self) -> float:
        return max(float(ROW), QFontMetricsF(text_font(self.font(), 11)).height() + 2)

    def _height(self) -> int:
        return round((min(len(self.classes), MOST) + 1) * self._line())

    def sizeHint(self) -> QSize:
        return QSize(260, self._height())

    def is_empty(self) -> bool:
        return not self.classes

    def rows(self) -> Iterable[Iterable[Any]]:
        return [("class", *PARTS), *((each.name, *each.counts) for each in self.classes)]

    def class_at(self, y: float) -> int:
        """The number of the class whose bar is at this height; -1 where there is none."""
        at = int(y / self._line()) - 1
        return at if 0 <= at < min(len(self.classes), MOST) else -1

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        line, shown = self._line(), self.classes[:MOST]
        of_parts = (colours.accent, colours.curve(1), colours.curve(2))
        metrics = QFontMetricsF(painter.font())
        names = min(max(metrics.horizontalAdvance(each.name) for each in shown) + GAP, max(self.width() * 0.35, NAME))
        figures = metrics.horizontalAdvance(f"{max(each.total for each in shown):,}") + GAP
        length = max(self.width() - names - figures - GAP, 10.0)
        self._draw_key(painter, colours, of_parts, names, line)
        most = max(max(each.total for each in shown), 1)
        for at, each in enumerate(shown):
            top = (at + 1) * line
            painter.setPen(colours.text)
            name = metrics.elidedText(each.name, Qt.TextElideMode.ElideRight, names - GAP)
            painter.drawText(QRectF(0, top, names - GAP, line), RIGHT | MIDDLE, name)
            x = names
            painter.setPen(Qt.PenStyle.NoPen)
            for count, colour in zip(each.counts, of_parts, strict=True):
                wide = length * count / most
                painter.setBrush(colour)
                painter.drawRect(QRectF(x, top + line * 0.2, wide, line * 0.6))
                x += wide
            painter.setPen(colours.muted if each.total > 1 else colours.warning)
            painter.drawText(QRectF(x + GAP / 2, top, figures + GAP, line), LEFT | MIDDLE, f"{each.total:,}")

    def _draw_key(
        self, painter: QPainter, colours: PlotColours, of_parts: Sequence[Any], left: float, line: float
    ) -> None:
        """Which colour is which part, of those that hold anything."""
        x = left
        for at, (words, colour) in enumerate(zip(PARTS, of_parts, strict=True)):
            if any(each.counts[at] for each in self.classes):
                painter.fillRect(QRectF(x, line * 0.3, line * 0.4, line * 0.4), colour)
                painter.setPen(colours.muted)
                wide = QFontMetricsF(painter.font()).horizontalAdvance(words)
                painter.drawText(QRectF(x + line * 0.6, 0, wide + 2, line), LEFT | MIDDLE, words)
                x += line * 0.6 + wide + 2 * GAP

    def mousePressEvent(self, event: QMouseEvent) -> None:
        chosen = self.class_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and chosen >= 0:
            self.class_chosen.emit(chosen)
        else:
            super().mousePressEvent(event)

    def event(self, event: Any) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QHelpEvent.Type.ToolTip:
            at = self.class_at(event.pos().y())
            held = zip(self.classes[at].counts, PARTS, strict=True) if at >= 0 else ()
            words = ", ".join(f"{count:,} {part}" for count, part in held if count)
            QToolTip.showText(
                event.globalPos(), f"{self.classes[at].name}: {words}. Click to see them." if words else ""
            )
            return True
        return super().event(event)
