"""A list of chosen samples, and the selected one large, with its true value and the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QListWidget, QListWidgetItem, QWidget

from visualnet.app.features.data_page.samples.display import SampleDisplay
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import icon_button, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training.evaluation.charts.examples import describe_answer
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.sample_pictures import contents_of_answer, describe_tokens, sound_of

MOST = 300
"""So many samples stand in the list; the words above say how many there are."""
LOW = 300
"""Below so many px the list stands beside the sample, not above it."""
SAMPLE = Qt.ItemDataRole.UserRole


class SampleView(QWidget):
    """A list of samples and the chosen one; arrow keys go through the list, Space plays a sound, Esc closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evaluation: Evaluation | None = None
        self._predictions: PredictionSet | None = None
        self.title = label("", "section", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName("Samples")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(fonts.px(60))
        self.list.currentRowChanged.connect(self._show)
        self.display = SampleDisplay()
        self.words = label("", "", wrap=True, selectable=True)
        close = icon_button("close", "Close the samples", "Close the samples (Esc)", self.closed.emit)
        head = row((self.title, 1), close, margins=(8, 4, 4, 0))
        shown = column((self.display, 1), self.words, margins=(8, 0, 8, 0), spacing=4)
        self.parts = row((self.list, 1), (shown, 2), spacing=4)
        column(head, (self.parts, 1), spacing=4, margins=(0, 0, 0, 8), parent=self)
        self.setMinimumWidth(fonts.px(260))
        self.list.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(360), fonts.px(200))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        ways, low = QBoxLayout.Direction, event.size().height() < fonts.px(LOW)
        self.parts.setDirection(ways.LeftToRight if low else ways.TopToBottom)

    def show_samples(
        self, evaluation: Evaluation, predictions: PredictionSet, samples: Sequence[int], words: str
    ) -> None:
        """Show these samples; the first is the chosen one."""
        self._evaluation, self._predictions = evaluation, predictions
        self.title.setText(words or format_quantity(len(samples), "sample"))
        self.list.clear()
        for sample in samples[:MOST]:
            place = predictions.place_of(sample)
            if place is not None:
                item = QListWidgetItem(f"{sample}  {visible(describe_answer(predictions, place))}")
                item.setData(SAMPLE, sample)
                item.setToolTip(item.text())
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def clear(self) -> None:
        """Hold nothing of what was shown."""
        self._evaluation = self._predictions = None
        self.list.clear()

    @property
    def sample(self) -> int | None:
        """The place of the chosen sample in the data set."""
        item = self.list.currentItem()
        return int(item.data(SAMPLE)) if item is not None else None

    def _show(self, _row: int) -> None:
        sample, predictions, evaluation = self.sample, self._predictions, self._evaluation
        if sample is None or predictions is None or evaluation is None:
            return
        place = predictions.place_of(sample)
        assert place is not None
        lines = [f"Sample {sample}: {describe_answer(predictions, place)}"]
        try:
            contents = contents_of_answer(predictions, evaluation.loaded, place)
            self.display.show_contents(tuple(contents), predictions.classes, sound_of(evaluation.loaded, sample))
            lines.append(evaluation.loaded.samples.describe(sample))
        except ValueError as error:
            self.display.show_fault(f"It cannot be shown: {error}")
        if predictions.task == "tokens":
            lines.append(describe_tokens(predictions, place))
        self.words.setText(visible("\n".join(filter(None, lines)), lines=True))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
            if event.key() == Qt.Key.Key_Space and self.display.player.sound is not None:
                self.display.player.toggle()
                return True
        return super().eventFilter(watched, event)
