"""Samples that somebody wants to see: a list of them, and the chosen one large, with what is true and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from visualnet.app.plots.colours import Ink, draw_nearest, text_font
from visualnet.app.plots.picture import PaintedPicture
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import icon_button, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.visible import visible
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.judged import Judged
from visualnet.training.evaluation.judgements.examples import describe_answer
from visualnet.training.evaluation.sample_pictures import describe_sample, describe_tokens, pictures_of_answer

MOST = 300
"""So many samples stand in the list; the words above say how many there are."""
SAMPLE = Qt.ItemDataRole.UserRole


class AnswerPicture(PaintedPicture):
    """The pictures of one sample side by side, each with its title."""

    file_name = "sample"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures: list[tuple[str, QImage]] = []
        self.setMinimumHeight(fonts.px(90))
        self.setAccessibleName("The sample")

    def show_pictures(self, pictures: Sequence[tuple[str, Any]]) -> None:
        """Show these arrays (H, W, 3)."""
        self.pictures = [(title, _image(values)) for title, values in pictures]
        self.setVisible(bool(self.pictures))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(220), fonts.px(180))

    def is_empty(self) -> bool:
        return not self.pictures

    def draw(self, painter: QPainter, ink: Ink) -> None:
        painter.setFont(text_font(self.font(), 11))
        line = painter.fontMetrics().height() + 2
        count = len(self.pictures)
        columns = min(range(1, count + 1), key=lambda n: -self._side(n, line))
        side = self._side(columns, line)
        for at, (title, image) in enumerate(self.pictures):
            x = 8 + at % columns * (side + 8)
            y = 2 + at // columns * (side + line + 4)
            painter.setPen(ink.muted)
            painter.drawText(QRectF(x, y, side, line), Qt.AlignmentFlag.AlignLeft, title)
            scale = side / max(image.width(), image.height())
            draw_nearest(painter, QRectF(x, y + line, image.width() * scale, image.height() * scale), image)

    def _side(self, columns: int, line: int) -> float:
        rows = -(-len(self.pictures) // columns)
        return max(min((self.width() - 16) / columns - 8, (self.height() - 4) / rows - line - 4), 8.0)


class SampleView(QWidget):
    """A list at the left, the chosen sample at the right; arrow keys go through the list, Esc closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self._judged: Judged | None = None
        self.title = label("", "section", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName("Samples")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._show)
        self.picture = AnswerPicture()
        self.words = label("", "", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = icon_button("close", "Close the samples", "Close the samples (Esc)", self.closed.emit)
        head = row((self.title, 1), close, margins=(8, 4, 4, 0))
        column(head, (self.list, 2), (self.picture, 3), (self.words, 0), spacing=4, margins=(0, 0, 0, 8), parent=self)
        self.setMinimumWidth(fonts.px(200))
        self.picture.hide()
        self.list.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(280), fonts.px(300))

    def set_theme(self, theme: Any) -> None:
        """Take the theme's colours."""
        self.picture.set_theme(theme)

    def show_samples(self, evaluation: Evaluation, judged: Judged, samples: Sequence[int], words: str) -> None:
        """Show these samples; the first is the chosen one."""
        self._evaluation, self._judged = evaluation, judged
        self.title.setText(words or format_quantity(len(samples), "sample"))
        self.list.clear()
        for sample in samples[:MOST]:
            place = judged.place_of(sample)
            if place is not None:
                item = QListWidgetItem(f"{sample}  {visible(describe_answer(judged, place))}")
                item.setData(SAMPLE, sample)
                item.setToolTip(item.text())
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    @property
    def sample(self) -> int | None:
        """The place of the chosen sample in the data set."""
        item = self.list.currentItem()
        return int(item.data(SAMPLE)) if item is not None else None

    def _show(self, _row: int) -> None:
        sample, judged, evaluation = self.sample, self._judged, self._evaluation
        if sample is None or judged is None or evaluation is None:
            return
        place = judged.place_of(sample)
        assert place is not None
        lines = [f"Sample {sample}: {describe_answer(judged, place)}"]
        try:
            self.picture.show_pictures(pictures_of_answer(judged, evaluation.loaded, place))
            told = "" if self.picture.pictures else describe_sample(evaluation.loaded, sample)
            where = evaluation.loaded.samples.describe(sample)
        except ValueError as error:
            self.picture.show_pictures(())
            told, where = f"It cannot be shown: {error}", ""
        if judged.task == "tokens":
            told = "\n".join(filter(None, (told, describe_tokens(judged, place))))
        self.words.setText(visible("\n".join(filter(None, (*lines, told, where))), lines=True))
        self.words.setContentsMargins(8, 0, 8, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return True
        return super().eventFilter(watched, event)


def _image(values: Any) -> QImage:
    pixels = np.ascontiguousarray(values, np.uint8)
    height, width, _ = pixels.shape
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
