"""What the network says of one sample: its picture and a bar for each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.plots.colours import (
    Ink,
    colour_table,
    draw_empty,
    draw_nearest,
    faded,
    hatch,
    indexed_image,
    ink_of,
    levels,
    text_font,
)
from visualnet.app.plots.export import picture_menu
from visualnet.app.plots.tile_layout import common_scale, is_signed
from visualnet.app.theme.tokens import Theme
from visualnet.core.text.format import capitalize_first, format_percent

PAD, HEAD = 12, 24
ROW_MOST, ROW_LEAST = 22, 12


class ClassBars(QWidget):
    """The sample, what is predicted, what is true, and how sure the network is of each class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink: Ink | None = None
        self._image: QImage | None = None
        self._raw: np.ndarray[Any, Any] | None = None
        self._probabilities = np.zeros(0)
        self._labels: list[str] = []
        self._truth: int | None = None
        self._name = ""
        self.setMinimumSize(220, 120)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._ink = ink_of(theme)
        self._paint_image()
        self.update()

    def set_prediction(
        self, image: Any, probabilities: Any, labels: Sequence[str], truth: int | None, *, name: str = ""
    ) -> None:
        """Show one sample: image (H W), (1 H W) or (3 H W) or None; a probability and a label for each class."""
        values = np.asarray(probabilities, np.float64).reshape(-1)
        if len(values) != len(labels):
            raise ValueError(f"{len(values)} probabilities do not match {len(labels)} labels")
        self._raw = None if image is None else np.asarray(image, np.float32)
        self._probabilities, self._labels = values, [str(label) for label in labels]
        self._truth = truth if truth is not None and 0 <= truth < len(labels) else None
        self._name = name
        self._paint_image()
        self.update()

    def clear(self) -> None:
        """Show the empty sentence again."""
        self._probabilities, self._labels, self._image, self._raw = np.zeros(0), [], None, None
        self.update()

    def headline(self) -> str:
        """“Sample #2043: predicted 3, label 3”, in words."""
        if not len(self._probabilities):
            return ""
        if np.isfinite(self._probabilities).all():
            says = f"predicted {self._labels[int(self._probabilities.argmax())]}"
        else:
            says = "the prediction is not finite"
        truth = f", label {self._labels[self._truth]}" if self._truth is not None else ""
        return f"{self._name}: {says}{truth}" if self._name else f"{capitalize_first(says)}{truth}"

    def sizeHint(self) -> QSize:
        return QSize(360, HEAD + PAD + ROW_MOST * max(min(len(self._labels), 10), 6))

    def menu(self) -> QMenu:
        """Copy picture, Save picture…, Save data…"""
        rows = [("class", "probability"), *zip(self._labels, self._probabilities.tolist(), strict=True)]
        return picture_menu(self, "prediction", lambda: rows)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    def _paint_image(self) -> None:
        self._image = None
        if self._raw is None or self._ink is None or self._raw.ndim not in (2, 3) or not self._raw.size:
            return
        if self._raw.ndim == 3 and len(self._raw) == 3:
            low, high = np.nanmin(self._raw), np.nanmax(self._raw)
            rgb = np.nan_to_num((self._raw - low) * (255 / max(high - low, 1e-12))).astype(np.uint8).transpose(1, 2, 0)
            rgb = np.ascontiguousarray(rgb)
            high_px, wide_px, _ = rgb.shape
            self._image = QImage(rgb.data, wide_px, high_px, wide_px * 3, QImage.Format.Format_RGB888).copy()
            return
        plane = self._raw if self._raw.ndim == 2 else self._raw[0]
        # A normalised picture goes below zero; it is still an amount of ink, not a signed quantity.
        low = float(np.nanmin(plane)) if is_signed(plane) else 0.0
        cells = levels(plane, low, common_scale(plane[None], False).high)
        hatch(cells)
        self._image = indexed_image(cells, colour_table(self._ink, False))

    def _order(self, rows: int) -> list[int]:
        """The classes shown: all in order, or where they do not fit the most probable, the true one among them."""
        count = len(self._labels)
        if count <= rows:
            return list(range(count))
        best = list(np.argsort(-np.nan_to_num(self._probabilities), kind="stable")[:rows])
        if self._truth is not None and self._truth not in best:
            best[-1] = self._truth
        return [int(i) for i in best]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ink is None:
            return
        ink, painter = self._ink, QPainter(self)
        painter.fillRect(self.rect(), ink.surface)
        painter.setFont(text_font(self.font(), 12))
        if not self._labels:
            draw_empty(
                painter,
                QRectF(self.rect()).adjusted(PAD, 0, -PAD, 0),
                ink,
                "Press Train: the prediction for the pinned sample appears here",
            )
            return
        painter.setFont(text_font(self.font(), 12, bold=True))
        painter.setPen(ink.text)
        head = QRectF(PAD, 4, self.width() - 2 * PAD, HEAD)
        words = painter.fontMetrics().elidedText(self.headline(), Qt.TextElideMode.ElideRight, int(head.width()))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = float(PAD)
        room = self.height() - HEAD - 2 * PAD
        if self._image is not None:
            side = min(room, self.width() * 0.32, 180)
            scale = side / max(self._image.width(), self._image.height())
            wide, high = self._image.width() * scale, self._image.height() * scale
            draw_nearest(painter, QRectF(PAD, HEAD + PAD, wide, high), self._image)
            left += wide + PAD
        self._draw_bars(painter, ink, left, float(HEAD + PAD), room)

    def _draw_bars(self, painter: QPainter, ink: Ink, left: float, top: float, room: int) -> None:
        painter.setFont(text_font(self.font(), 11))
        metrics = QFontMetricsF(painter.font())
        # Digits and most letters leave a fifth of the line's height free: rows may be so much closer than lines of text.
        least, most = max(ROW_LEAST, 0.8 * metrics.height()), max(ROW_MOST, metrics.height())
        shown = self._order(max(int(room / least), 1))
        row = min(room / len(shown), most)
        name_room = min(max(metrics.horizontalAdvance(self._labels[i]) for i in shown) + 18, self.width() * 0.3)
        start, figure_room = left + name_room + 6, metrics.horizontalAdvance("100.0 %") + 8
        length = max(self.width() - start - figure_room - PAD, 10)
        best = int(np.nan_to_num(self._probabilities).argmax())
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, index in enumerate(shown):
            y, p = top + place * row, float(self._probabilities[index])
            true = index == self._truth
            painter.setPen(ink.text if true or index == best else ink.muted)
            words = metrics.elidedText(self._labels[index], Qt.TextElideMode.ElideRight, name_room - 14)
            painter.drawText(QRectF(left, y, name_room - 2, row), Qt.AlignmentFlag.AlignRight | middle, words)
            if true:
                # A tick beside the true class: the colour of its bar is not the only sign.
                painter.drawText(QRectF(left - 2, y, 14, row), middle, "✓" if index == best else "•")
            share = min(max(p, 0.0), 1.0) if np.isfinite(p) else 0.0
            wrong = index == best and self._truth is not None and not true
            colour = ink.warning if wrong else ink.accent if index == best else faded(ink.muted, 0.75)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faded(ink.line, 0.6))
            painter.drawRect(QRectF(start, y + 2, 1, row - 4))
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(start, y + row * 0.2, max(share * length, 1), row * 0.6), 2, 2)
            painter.setPen(ink.text if index == best else ink.muted)
            figure = format_percent(p) if np.isfinite(p) else "not finite"
            painter.drawText(QRectF(start + share * length + 6, y, figure_room + 20, row), middle, figure)
