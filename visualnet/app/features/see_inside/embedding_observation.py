"""Samples or words as points: the sample under the pointer is shown, a click looks at it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QImage, QPainter

from visualnet.app.features.data_page.samples.content_painting import paint_content, picture_area
from visualnet.app.plots.colours import text_font
from visualnet.app.plots.embedding import EmbeddingView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.data.examination.sample_content import SampleContent, make_content
from visualnet.data.registry import make_data_set
from visualnet.training.observations.observation import History, Observation, Result, Subject

PICTURE, WORDS = 84, (180, 72)
"""The size of the card of a picture, and of one with words, in px at text of normal size."""
SHARPNESS = 2


class EmbeddingObservation(EmbeddingView):
    """Paints what the observation draws; what a sample is, is fetched from the data while the pointer rests on its point."""

    sample_chosen = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.samples_chosen.connect(lambda samples, _words: self.sample_chosen.emit(samples[0]))
        self.pointed.connect(self._show_sample)

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Draw it."""
        self.show_chart(made.draw(result, history), made.name.replace("_", "-"))

    def _show_sample(self, number: int) -> None:
        content = self._content(number)
        self.set_card(self._paint(content) if content is not None else None)

    def _content(self, number: int) -> SampleContent | None:
        """What the sample of a point shows of itself; None where there is none, or it cannot be read."""
        data, shown = self.studio.runner.probes.data, self.map
        if data is None or shown is None or shown.samples is None or number < 0:
            return None
        place = int(shown.samples[number])
        try:
            source = make_data_set(data.choice)
            return make_content(
                source, data.fields, data.choice, data.sample(place, tuple(data.fields)), PICTURE * SHARPNESS
            )
        except (ValueError, IndexError):
            return None  # the data were changed since, or a file is gone: the point still has its words

    def _paint(self, content: SampleContent) -> QImage:
        size = QSize(fonts.px(PICTURE), fonts.px(PICTURE)) if content.kind == "image" else QSize(*map(fonts.px, WORDS))
        if content.kind == "image":
            size = picture_area(QRectF(0, 0, size.width(), size.height()), content.size).size().toSize()
        image = QImage(size * SHARPNESS, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(SHARPNESS)
        image.fill(0)
        painter = QPainter(image)
        area = QRectF(0, 0, size.width(), size.height())
        paint_content(painter, area, content, self.studio.theme, text_font(self.font(), 11))
        painter.end()
        return image
