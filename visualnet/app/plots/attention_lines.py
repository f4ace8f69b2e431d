"""Attention as lines between words that answer to the pointer: a word shows its lines alone, a head's square that head alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.plots.picture import Picture
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.layouts import row
from visualnet.figures.sequences.word_lines import LINE, TOP, WordLines

NOBODY = (-1, -1)
WHEEL_STEP = 120
WORDS_A_NOTCH = 3


class LinesCanvas(ChartView):
    """Paints the lines. The word under the pointer is lit; a click keeps it lit until it is clicked again."""

    def __init__(self, bar: QScrollBar) -> None:
        super().__init__()
        self.bar = bar
        self.pinned = NOBODY
        """The query and the source (-1 for none) whose lines alone are drawn."""
        self.heads: frozenset[int] = frozenset()
        bar.valueChanged.connect(lambda _: self._apply(self.pinned))

    def show_lines(self, chart: WordLines) -> None:
        """Draw these weights; what was chosen stays chosen."""
        before = self.chart
        if not isinstance(before, WordLines) or before.weights.shape != chart.weights.shape:
            self.pinned, self.heads = NOBODY, frozenset()
            self.bar.setValue(0)
        lit = (before.query, before.source) if isinstance(before, WordLines) and self.underMouse() else self.pinned
        self.chart = chart
        self._fit_bar()
        self._apply(lit if self._exists(lit) else self.pinned)

    def pin(self, query: int) -> None:
        """Draw the lines of this query alone; those of all for −1."""
        if isinstance(self.chart, WordLines) and query < len(self.chart.queries):
            self.pinned = (query, -1) if query >= 0 else NOBODY
            if query >= 0:
                self._scroll_to(query)
            self._apply(self.pinned)

    def _exists(self, lit: tuple[int, int]) -> bool:
        assert isinstance(self.chart, WordLines)
        return lit[0] < len(self.chart.queries) and lit[1] < len(self.chart.sources)

    def _apply(self, lit: tuple[int, int]) -> None:
        if isinstance(self.chart, WordLines):
            query, source = lit
            wanted = replace(self.chart, heads=self.heads, query=query, source=source, first=self.bar.value())
            self.show_chart(wanted, "attention-lines")

    def _fit_bar(self) -> None:
        if not isinstance(self.chart, WordLines):
            return
        count = max(len(self.chart.queries), len(self.chart.sources))
        seen = self.chart.visible(self.height() / self._scale)
        self.bar.setRange(0, max(count - seen, 0))
        self.bar.setPageStep(seen)
        self.bar.setVisible(count > seen)

    def word_at(self, at: QPointF) -> tuple[int, int]:
        """The query or the source at a point; -1 where there is none."""
        chart = self.chart
        if not isinstance(chart, WordLines):
            return NOBODY
        x, y = at.x() / self._scale, at.y() / self._scale
        left, right = chart.columns(self.width() / self._scale)
        line = int((y - TOP) // LINE)
        if y < TOP or line >= chart.visible(self.height() / self._scale):
            return NOBODY
        if x <= left and line + chart.first < len(chart.queries):
            return line + chart.first, -1
        if x >= right and line + chart.first < len(chart.sources):
            return -1, line + chart.first
        return NOBODY

    def head_at(self, at: QPointF) -> int:
        """The head whose square is at a point; -1 if there is none."""
        region = self.region_at(at)
        return (
            int(region.words.removeprefix("head ")) if region is not None and region.words.startswith("head ") else -1
        )

    def choose_head(self, head: int, beside: bool = False) -> None:
        """Draw this head alone, or all again if it was; ``beside`` adds it to those that are drawn, or takes it away."""
        others = self.heads ^ {head}
        self.heads = others if beside else (frozenset() if self.heads == {head} else frozenset({head}))
        self._apply(self.pinned)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        word = self.word_at(event.position())
        head = self.head_at(event.position())
        pointing = word != NOBODY or head >= 0
        self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
        lit = self.pinned if word == NOBODY else word
        if isinstance(self.chart, WordLines) and lit != (self.chart.query, self.chart.source):
            self._apply(lit)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._apply(self.pinned)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        head, word = self.head_at(event.position()), self.word_at(event.position())
        if head >= 0:
            self.choose_head(head, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            self.pinned = NOBODY if word == self.pinned else word
            self._apply(self.pinned)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chart, key = self.chart, event.key()
        if not isinstance(chart, WordLines):
            return
        query, source = self.pinned
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            if source >= 0:
                self.pinned = -1, min(max(source + step, 0), len(chart.sources) - 1)
            else:
                self.pinned = min(max(query + step, 0), len(chart.queries) - 1), -1
            self._scroll_to(max(self.pinned))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.pinned != NOBODY:
            at = max(self.pinned)
            self.pinned = (
                (min(at, len(chart.queries) - 1), -1)
                if key == Qt.Key.Key_Left
                else (-1, min(at, len(chart.sources) - 1))
            )
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.bar.setValue(self.bar.value() + (1 if key == Qt.Key.Key_PageDown else -1) * self.bar.pageStep())
        elif key == Qt.Key.Key_Escape and self.pinned != NOBODY:
            self.pinned = NOBODY
        else:
            super().keyPressEvent(event)
            return
        self._apply(self.pinned)

    def _scroll_to(self, at: int) -> None:
        first, seen = self.bar.value(), self.bar.pageStep()
        self.bar.setValue(min(max(first, at - seen + 1), at))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.bar.maximum():
            event.ignore()
            return
        self.bar.setValue(self.bar.value() - round(event.angleDelta().y() / WHEEL_STEP * WORDS_A_NOTCH))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_bar()


class AttentionLinesView(Picture):
    """The lines, with a scroll bar where there are more words than room."""

    file_name = "attention-lines"
    has_rows = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QScrollBar(Qt.Orientation.Vertical)
        self.canvas = LinesCanvas(self.bar)
        row((self.canvas, 1), self.bar, spacing=0, parent=self)
        self.bar.hide()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.canvas.set_theme(theme)

    def show_lines(self, chart: WordLines) -> None:
        """Draw these weights."""
        self.canvas.show_lines(chart)

    def pin(self, query: int) -> None:
        """Draw the lines of this query alone, as a click on it does; those of all for −1."""
        self.canvas.pin(query)

    def rows(self) -> Iterable[Iterable[Any]]:
        return self.canvas.rows()
