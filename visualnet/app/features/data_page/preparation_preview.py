"""A few samples of training, raw and behind the preparation, beside its steps; computed in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visualnet.app.features.data_page.samples.content_painting import paint_content
from visualnet.app.forms.form import caption
from visualnet.app.services.background_task import Job, TaskQueue
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.painting import draw_line, painting
from visualnet.core.project import DataChoice
from visualnet.core.text.format import capitalize_first
from visualnet.data.examination.sample_content import SampleContent

if TYPE_CHECKING:
    from visualnet.data.examination.preview import PreviewedSamples

PREVIEW = "preview"
SHOWN = 6
"""So many samples are shown."""
SIDE, GAP = 96, 8
"""The room for a sample at text of normal size, and between two."""
WAIT_MS = 150
"""A setting that is being dragged is looked at when it rests so long."""


class PreparationPreview(QWidget):
    """Asks for the samples when the choice of data changes while it is seen."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.strip = SampleStrip(studio.theme)
        self.words = caption("")
        self.other = button("Other chance", icon="reset", done=self._draw_anew)
        self.other.setToolTip("Let augmentation draw anew: each batch of training is drawn so")
        self._tasks = TaskQueue(self)
        self._shown: tuple[DataChoice, int] | None = None
        self._chance = 0
        self._timer = QTimer(self, interval=WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self._begin)
        studio.document_closed.connect(self._forget)
        column(row(label("Samples of training", "section"), STRETCH, self.other), self.strip, self.words, parent=self)
        self.other.hide()

    @property
    def busy(self) -> bool:
        """Whether samples are awaited."""
        return self._timer.isActive() or self._tasks.busy

    def refresh(self) -> None:
        """Show the samples of the choice as it is now, soon."""
        if self._shown != (self.studio.project.data, self._chance):
            self._timer.start()

    def _forget(self) -> None:
        """A project was closed, perhaps the one whose samples are awaited."""
        if self._tasks.busy:
            self._tasks.cancel(PREVIEW)
            self._shown = None
            if self.isVisible():
                self.refresh()

    def _draw_anew(self) -> None:
        self._chance += 1
        self.refresh()

    def _begin(self) -> None:
        choice, chance = self.studio.project.data, self._chance
        self._shown = choice, chance

        def run(job: Job) -> PreviewedSamples:
            from visualnet.data.examination.preview import preview_samples  # not at start-up: it computes

            return preview_samples(choice, SHOWN, chance, job)

        self._tasks.cancel(PREVIEW)
        self._tasks.submit_watched(PREVIEW, run, self._show, self._refuse, words="The samples cannot be shown")

    def _show(self, found: PreviewedSamples) -> None:
        rows = [("As they are", found.raw)]
        if found.prepared:
            rows.append(("Prepared", found.prepared))
        if found.augmented is not None:
            rows.append(("Augmented", found.augmented))
        self.strip.show_rows(rows)
        self.other.setVisible(found.augmented is not None)
        words = f"{capitalize_first(found.trouble)}." if found.trouble else ""
        if found.partial:
            words = "Here the steps are fitted on a part of the training samples; in training on all of them."
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _refuse(self, words: str) -> None:
        self.strip.show_rows([])
        self.other.hide()
        self.words.setText(words)
        self.words.show()


class SampleStrip(QWidget):
    """Rows of samples, one below the other: the same sample stands in one column."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        describe(self, "Samples of training, as they are and prepared")
        self._theme = theme
        self.rows: list[tuple[str, tuple[SampleContent, ...]]] = []
        """Each row's name and samples."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: list[tuple[str, tuple[SampleContent, ...]]]) -> None:
        """Show these samples."""
        self.rows = rows
        self.setAccessibleDescription("; ".join(f"{name}: {describe_sizes(contents)}" for name, contents in rows))
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        line = fonts.px(20)
        return QSize(fonts.px(SIDE + GAP) * SHOWN, len(self.rows) * (line + fonts.px(SIDE) + GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(SIDE), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        side, line, y = fonts.px(SIDE), fonts.px(20), 0.0
        with painting(self, smooth=False) as painter:
            for name, contents in self.rows:
                text = " · ".join(filter(None, (name, describe_sizes(contents))))
                draw_line(painter, QRectF(0, y, self.width(), line), text, self.font(), self._theme.muted)
                for at, content in enumerate(contents):
                    area = QRectF(at * (side + GAP), y + line, side, side)
                    if area.right() > self.width():
                        break
                    painter.fillRect(area, QColor(self._theme.raised))
                    painter.setPen(QColor(self._theme.line))
                    painter.drawRect(area)
                    below = QFontMetricsF(self.font()).height() if content.label and content.kind != "image" else 0
                    paint_content(painter, area.adjusted(0, 0, 0, -below), content, self._theme, self.font())
                    self._paint_label(painter, area, content)
                y += line + side + GAP

    def _paint_label(self, painter: QPainter, area: QRectF, content: SampleContent) -> None:
        if not content.label:
            return
        metrics = QFontMetricsF(self.font())
        text = metrics.elidedText(content.label, Qt.TextElideMode.ElideRight, area.width() - 8)
        ground = QRectF(
            area.left(), area.bottom() - metrics.height(), metrics.horizontalAdvance(text) + 8, metrics.height()
        )
        painter.fillRect(ground, QColor(self._theme.surface))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, text)


def describe_sizes(contents: tuple[SampleContent, ...]) -> str:
    """The sizes of pictures in words; empty of what is no picture."""
    sizes = {content.size for content in contents if content.kind == "image"}
    if len(sizes) > 1:
        return f"{len(sizes)} sizes"
    return "".join(f"{height}×{width}" for height, width in sizes)
