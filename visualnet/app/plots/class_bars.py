"""What the network says of one sample: its picture and a bar for each class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QWidget

from visualnet.app.plots.colours import PlotColours, colour_table, draw_nearest, indexed_image, text_font, translucent
from visualnet.app.plots.picture import PaintedPicture
from visualnet.core.text.format import format_percent
from visualnet.figures.colours.indices import hatch, levels
from visualnet.figures.prediction import Prediction, rgb_levels
from visualnet.figures.tiles import common_scale, is_signed

PAD, HEAD, GAP = 12, 24, 4
ROW_MOST, ROW_LEAST = 22, 12
TWO_COLUMNS_FROM = 180
"""With less room beside the picture there is one column of classes only."""
MIDDLE = Qt.AlignmentFlag.AlignVCenter


class ClassBars(PaintedPicture):
    """The sample, what is predicted, what is true, and how sure the network is of each class."""

    file_name, has_rows = "prediction", True
    empty_words = "Press Train: the prediction for the pinned sample appears here"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prediction: Prediction | None = None
        self._image: QImage | None = None
        self._raw: np.ndarray[Any, Any] | None = None
        self.setMinimumSize(220, 120)

    def apply_colours(self, colours: PlotColours) -> None:
        self._image = _sample_image(self._raw, colours)

    def set_prediction(
        self, image: Any, probabilities: Any, labels: Sequence[str], truth: int | None, name: str
    ) -> None:
        """Show one sample: image (H W), (1 H W) or (3 H W) or None; a probability and a label for each class."""
        values = np.asarray(probabilities, np.float64).reshape(-1)
        if len(values) != len(labels):
            raise ValueError(f"{len(values)} probabilities do not match {len(labels)} labels")
        truth = truth if truth is not None and 0 <= truth < len(labels) else None
        self.prediction = Prediction(name, values, tuple(map(str, labels)), truth) if labels else None
        self._raw = None if image is None else np.asarray(image, np.float32)
        if self._colours is not None:
            self.apply_colours(self._colours)
        self.update()

    def clear(self) -> None:
        """Show the empty sentence again."""
        self.prediction = self._image = self._raw = None
        self.update()

    def sizeHint(self) -> QSize:
        classes = len(self.prediction.labels) if self.prediction is not None else 0
        return QSize(360, HEAD + 2 * GAP + ROW_MOST * max(min(classes, 10), 6))

    def rows(self) -> Iterable[Iterable[Any]]:
        shown = self.prediction
        values = zip(shown.labels, shown.probabilities.tolist(), strict=True) if shown is not None else ()
        return [("class", "probability"), *values]

    def is_empty(self) -> bool:
        return self.prediction is None

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        assert self.prediction is not None
        painter.setFont(text_font(self.font(), 12, bold=True))
        painter.setPen(colours.text)
        head = QRectF(PAD, 4, self.width() - 2 * PAD, HEAD)
        elided = painter.fontMetrics().elidedText(
            self.prediction.headline, Qt.TextElideMode.ElideRight, int(head.width())
        )
        painter.drawText(head, MIDDLE, elided)
        left = float(PAD)
        room = self.height() - HEAD - 2 * GAP
        if self._image is not None:
            side = min(room, self.width() * 0.32, 180)
            scale = side / max(self._image.width(), self._image.height())
            wide, high = self._image.width() * scale, self._image.height() * scale
            draw_nearest(painter, QRectF(PAD, HEAD + GAP, wide, high), self._image)
            left += wide + PAD
        self._draw_bars(painter, colours, self.prediction, left, room)

    def _draw_bars(
        self, painter: QPainter, colours: PlotColours, prediction: Prediction, left: float, room: int
    ) -> None:
        painter.setFont(text_font(self.font(), 11))
        metrics = QFontMetricsF(painter.font())
        # Digits and most letters leave a fifth of the line's height free: rows may be so much closer than lines of text.
        least, most = max(ROW_LEAST, 0.8 * metrics.height()), max(ROW_MOST, metrics.height())
        rows = max(int(room / least), 1)
        # All classes in their own order, so that each keeps its place; where one column is too short for them, two.
        columns = 2 if len(prediction.labels) > rows and self.width() - left > TWO_COLUMNS_FROM else 1
        shown = prediction.shown_classes(rows * columns)
        rows = -(-len(shown) // columns)
        row, wide = min(room / rows, most), (self.width() - left) / columns
        name_room = min(max(metrics.horizontalAdvance(prediction.labels[i]) for i in shown) + 18, wide * 0.45)
        figure_room = metrics.horizontalAdvance("100.0 %") + 8
        length = max(wide - name_room - 6 - figure_room - PAD, 10)
        first, best = left, prediction.best
        for place, index in enumerate(shown):
            left = first + place // rows * wide
            start = left + name_room + 6
            y, p = HEAD + GAP + place % rows * row, float(prediction.probabilities[index])
            true = index == prediction.truth
            painter.setPen(colours.text if true or index == best else colours.muted)
            name = metrics.elidedText(prediction.labels[index], Qt.TextElideMode.ElideRight, name_room - 14)
            painter.drawText(QRectF(left, y, name_room - 2, row), Qt.AlignmentFlag.AlignRight | MIDDLE, name)
            if true:
                # A tick beside the true class: the colour of its bar is not the only sign.
                painter.drawText(QRectF(left - 2, y, 14, row), MIDDLE, "✓" if index == best else "•")
            share = min(max(p, 0.0), 1.0) if np.isfinite(p) else 0.0
            wrong = index == best and prediction.truth is not None and not true
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(translucent(colours.line, 0.6))
            painter.drawRect(QRectF(start, y + 2, 1, row - 4))
            painter.setBrush(
                colours.warning if wrong else colours.accent if index == best else translucent(colours.muted, 0.75)
            )
            painter.drawRoundedRect(QRectF(start, y + row * 0.2, max(share * length, 1), row * 0.6), 2, 2)
            painter.setPen(colours.text if index == best else colours.muted)
            figure = format_percent(p) if np.isfinite(p) else "not finite"
            painter.drawText(QRectF(start + share * length + 6, y, figure_room + 20, row), MIDDLE, figure)


def _sample_image(sample: np.ndarray[Any, Any] | None, colours: PlotColours) -> QImage | None:
    if sample is None or sample.ndim not in (2, 3) or not sample.size:
        return None
    if sample.ndim == 3 and len(sample) == 3:
        pixels = rgb_levels(sample)
        height, width, _ = pixels.shape
        return QImage(pixels.data, width, height, width * 3, QImage.Format.Format_RGB888).copy()
    plane = sample if sample.ndim == 2 else sample[0]
    # A normalised picture goes below zero; it is still an amount of ink, not a signed quantity.
    low = float(np.nanmin(plane)) if is_signed(plane) else 0.0
    cells = levels(plane, low, common_scale(plane[None], False).high)
    hatch(cells)
    return indexed_image(cells, colour_table(colours, False))
