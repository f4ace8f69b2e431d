"""What the network answers to what is fed: as in *Training*, and as a picture beside its input where the answer is one."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.features.training.prediction import PredictionPane
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import STRETCH, column, row, stack
from visualnet.data.registry import image_field
from visualnet.figures.charts.tiles import TilesChart

WHO = "feeds_answer"
EVERY_MS = 150


class AnswerPane(QWidget):
    """Bars for classes, or the picture that is answered."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.prediction = PredictionPane(studio, who=WHO, pins=False, one_sample=True)
        self.picture = ChartView()
        self.pictured = QWidget()
        head = row(SampleChooser(studio), STRETCH, margins=(8, 2, 8, 0))
        column(head, (self.picture, 1), spacing=0, parent=self.pictured)
        self.stack = stack(self.prediction, self.pictured)
        column((self.stack, 1), parent=self)
        self.picture.set_theme(studio.theme)
        studio.theme_changed.connect(self.picture.set_theme)
        self.runner.probes_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what was seen last, when there is time."""
        self.runner.redraws.ask(f"{WHO}_picture", self, self._draw, self.runner.probes.redraw_ms(EVERY_MS))

    def _draw(self) -> None:
        seen = self.runner.probes.seen
        answer = next(iter(seen.outputs.values()), None) if seen is not None else None
        if seen is None or not is_picture(answer):
            self.stack.setCurrentWidget(self.prediction)
            return
        assert answer is not None
        image = seen.fields.get(image_field(self.studio.project.data, self.studio.fields) or "")
        self.picture.show_chart(pair_images(image, answer), "answer")
        self.stack.setCurrentWidget(self.pictured)


def is_picture(answer: Any) -> bool:
    """Whether an answer is an image, grey or in colours."""
    return (
        isinstance(answer, np.ndarray) and answer.ndim == 3 and answer.shape[0] in (1, 3) and min(answer.shape[1:]) > 3
    )


def pair_images(image: Any, answer: np.ndarray) -> TilesChart:
    """The input, where it has the same size, and the answer, on one scale."""
    both = [("Input", image)] if is_picture(image) and image.shape == answer.shape else []
    both.append(("Answer", answer))
    tiles = [value.mean(0) for _, value in both]
    if answer.shape[0] == 3 and all(value.min() >= 0 and value.max() <= 1 for _, value in both):
        colours = np.stack([np.rint(value.transpose(1, 2, 0) * 255).astype(np.uint8) for _, value in both])
        return TilesChart(colours, tuple(name for name, _ in both))
    low, high = float(min(t.min() for t in tiles)), float(max(t.max() for t in tiles))
    return TilesChart(np.stack(tiles), tuple(name for name, _ in both), min(low, 0.0), max(high, low + 1e-6))
