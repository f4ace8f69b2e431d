"""How the numbers of some tensors are spread: one histogram below another, each with its mean and standard deviation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.plots.colours import PlotColours, text_font, translucent
from visualnet.app.plots.picture import PaintedPicture
from visualnet.core.text.format import format_number, format_percent

BARS = 36
"""How high the longest bar is, in px."""
GAP, BETWEEN = 3, 12
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class ValueHistogram(NamedTuple):
    """One tensor: how many numbers lie in each of the equal bins from ``low`` to ``high``; or how often each of some ``words`` occurs, the
    most frequent first."""

    title: str
    mean: float
    std: float
    low: float
    high: float
    counts: tuple[int, ...]
    words: tuple[str, ...] = ()
    spell: Callable[[float], str] = format_number
    """Writes a number, such as one that stands for a date."""

    @property
    def text(self) -> str:
        """Mean and deviation in words; of words, how often the most frequent occurs."""
        if self.words:
            return f"mostly “{self.words[0]}”, {format_percent(self.counts[0] / max(sum(self.counts), 1), 0)}"
        if self.spell is not format_number:
            return f"mean {self.spell(self.mean)}"
        return f"mean {format_number(self.mean)}, std {format_number(self.std)}"


class Histograms(PaintedPicture):
    """As high as what it shows; nothing at all while there is nothing to show."""

    file_name, has_rows = "first-weights", True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spreads: tuple[ValueHistogram, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Histograms of the first weights")

    def show_spreads(self, spreads: Sequence[ValueHistogram]) -> None:
        """Show these."""
        self.spreads = tuple(spreads)
        self.setAccessibleDescription("; ".join(f"{s.title}: {s.text}" for s in self.spreads))
        self.setVisible(bool(self.spreads))
        self.setFixedHeight(self._height())
        self.update()

    def _line(self) -> float:
        return QFontMetricsF(text_font(self.font(), 11)).height()

    def _row(self) -> float:
        return 2 * self._line() + BARS + 2 * GAP

    def _height(self) -> int:
        count = len(self.spreads)
        return round(count * self._row() + max(count - 1, 0) * BETWEEN)

    def sizeHint(self) -> QSize:
        return QSize(220, self._height())

    def is_empty(self) -> bool:
        return not self.spreads

    def rows(self) -> Iterable[Iterable[Any]]:
        return [("tensor", "mean", "std", "lowest", "highest"), *((s.title, *s[1:5]) for s in self.spreads)]

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        top = 0.0
        for spread in self.spreads:
            self._draw_one(painter, colours, spread, top)
            top += self._row() + BETWEEN

    def _draw_one(self, painter: QPainter, colours: PlotColours, spread: ValueHistogram, top: float) -> None:
        wide, line = float(self.width()), self._line()
        metrics = QFontMetricsF(painter.font())
        figures = metrics.horizontalAdvance(spread.text)
        painter.setPen(colours.text)
        title = metrics.elidedText(spread.title, Qt.TextElideMode.ElideMiddle, wide - figures - 8)
        painter.drawText(QRectF(0, top, wide - figures - 8, line), LEFT | MIDDLE, title)
        painter.setPen(colours.muted)
        painter.drawText(QRectF(wide - figures, top, figures, line), RIGHT | MIDDLE, spread.text)
        base = top + line + GAP + BARS
        most, count = max(spread.counts), len(spread.counts)
        step = wide / count
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(colours.accent, 0.8))
        for at, number in enumerate(spread.counts):
            high = BARS * number / most
            bar = QRectF(at * step, base - high, max(step - 1, 1), high)
            if count == 1 and not spread.words:  # every number is the same one
                bar = QRectF(wide / 2 - 2, base - BARS, 4, BARS)
            painter.drawRect(bar)
        painter.setBrush(colours.line)
        painter.drawRect(QRectF(0, base, wide, 1))
        below = QRectF(0, base + GAP, wide, line)
        painter.setPen(colours.muted)
        if spread.words:
            self._draw_words(painter, spread, step, below)
            return
        if count == 1:
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | MIDDLE, spread.spell(spread.low))
            return
        painter.drawText(below, LEFT | MIDDLE, spread.spell(spread.low))
        painter.drawText(below, RIGHT | MIDDLE, spread.spell(spread.high))
        if spread.low < 0 < spread.high:
            self._draw_zero(painter, colours, spread, base, below)

    def _draw_words(self, painter: QPainter, spread: ValueHistogram, step: float, below: QRectF) -> None:
        """Each word beneath its bar, with how often it occurs where there is room."""
        metrics = QFontMetricsF(painter.font())
        for at, (word, number) in enumerate(zip(spread.words, spread.counts, strict=True)):
            room = QRectF(at * step, below.top(), step - 4, below.height())
            whole = f"{word} {number:,}"
            text = whole if metrics.horizontalAdvance(whole) <= room.width() else word
            painter.drawText(room, LEFT | MIDDLE, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width()))

    def _draw_zero(
        self, painter: QPainter, colours: PlotColours, spread: ValueHistogram, base: float, below: QRectF
    ) -> None:
        """Where zero lies, if there is room for its figure between the two ends."""
        x = self.width() * -spread.low / (spread.high - spread.low)
        metrics = QFontMetricsF(painter.font())
        ends = [metrics.horizontalAdvance(spread.spell(v)) + 10 for v in (spread.low, spread.high)]
        if ends[0] < x < self.width() - ends[1]:
            painter.drawText(
                QRectF(x - 10, below.top(), 20, below.height()), Qt.AlignmentFlag.AlignHCenter | MIDDLE, "0"
            )
            painter.fillRect(QRectF(x, base, 1, GAP), colours.muted)
