"""The training panel: curves, recipe, progress, and what the network says of the chosen sample."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QSlider, QSplitter, QWidget

from visualnet.app.features.feature_maps.sample_chooser import SampleChooser
from visualnet.app.features.training.curves_pane import CurvesPane
from visualnet.app.features.training.prediction import PredictionPane
from visualnet.app.features.training.recipe import RecipePane
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import ElidedLabel, describe, label
from visualnet.app.widgets.layouts import column, row
from visualnet.app.widgets.segmented import Segmented
from visualnet.training.runs.network_mark import is_older
from visualnet.training.runs.run_status import describe_run, share_done

SMOOTHEST = 0.995
EVERY_MS = 250
SETTINGS = "training"


class TrainingPanel(QWidget):
    """Everything about the run on one strip: how it goes, how it is trained, what it has learned."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.kept = self.runner.settings.section(SETTINGS)
        self.curves, self.recipe, self.prediction = CurvesPane(studio), RecipePane(studio), PredictionPane(studio)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for part, share in ((self.curves, 5), (self.recipe, 2), (self.prediction, 3)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, share)
        self.splitter.setChildrenCollapsible(False)
        column(self._head(), (self.splitter, 1), spacing=0, parent=self)
        self._proportioned = False
        self.runner.updated.connect(lambda: self.runner.redraws.ask("progress", self, self.refresh, EVERY_MS))
        self.runner.state_changed.connect(self.refresh)
        studio.analysed.connect(lambda _: self.refresh())
        self.refresh()

    def _head(self) -> QHBoxLayout:
        self.bar = describe(QProgressBar(textVisible=False), "Progress of the training")
        self.bar.setFixedWidth(110)
        self.words = ElidedLabel("", "muted")
        self.units = Segmented(["Epochs", "Steps"], "Count along the axis")
        self.units.setToolTip("Count along the axis in epochs or in optimizer steps")
        self.log = QCheckBox("Log axis")
        self.log.setToolTip("Draw the loss by powers of ten")
        self.smoothing = describe(QSlider(Qt.Orientation.Horizontal), "Smoothing")
        self.smoothing.setRange(0, 100)
        self.smoothing.setFixedWidth(80)
        self.smoothing.setToolTip(
            "How much of the past each point of a training curve keeps; validation is never smoothed"
        )
        self.figure = label("", "mono")
        self.figure.setMinimumWidth(44)
        self.chooser = SampleChooser(self.studio)
        self.smoothing.valueChanged.connect(self._set_smoothing)
        self.smoothing.sliderReleased.connect(lambda: self._set_smoothing(self.smoothing.value()))
        self.log.toggled.connect(self._set_log)
        self.units.chosen.connect(self._set_unit)
        self.smoothing.setValue(min(max(self._kept("smoothing", 43), 0), 100))
        self._set_smoothing(self.smoothing.value())
        self.log.setChecked(self._kept("log", False))
        self.units.set_current(1 if self._kept("unit", 0) == 1 else 0)
        self._set_unit(self.units.current)
        return row(
            self.bar,
            (self.words, 1),
            label("smoothing", "small"),
            self.smoothing,
            self.figure,
            self.log,
            self.units,
            self.chooser,
            margins=(12, 2, 12, 2),
            spacing=10,
        )

    def refresh(self) -> None:
        """Show how far the run is."""
        state, model = self.runner.state, self.runner.model
        older = is_older(self.runner.run, self.studio.project)
        words = describe_run(state, model, self.studio.analysis, older)
        self.words.setText(words or self.runner.why_not() or "Ready to train")
        self.bar.setRange(0, 0 if state == "starting" else 1000)
        self.bar.setValue(round(1000 * share_done(model)))
        self.bar.setVisible(self.runner.busy)
        self.chooser.setVisible(self.prediction.grid_dimensions() == 0)

    def _kept(self, key: str, default: Any) -> Any:
        value = self.kept.get(key, default)
        return value if type(value) is type(default) else default

    def _set_smoothing(self, place: int) -> None:
        weight = smoothing_weight(place)
        self.figure.setText(f"{weight:.3f}" if weight else "none")
        self.curves.set_smoothing(weight)
        if not self.smoothing.isSliderDown():
            self.kept["smoothing"] = place

    def _set_log(self, on: bool) -> None:
        self.curves.set_log(on)
        self.kept["log"] = on

    def _set_unit(self, index: int) -> None:
        self.curves.set_unit("step" if index else "epoch")
        self.kept["unit"] = index

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._proportioned and self.width() > 700:
            self._proportioned = True
            recipe, prediction = 270, max(round(self.width() * 0.25), 300)
            self.splitter.setSizes([self.width() - recipe - prediction, recipe, prediction])

    def sizeHint(self) -> QSize:
        return QSize(1200, 270)

    def minimumSizeHint(self) -> QSize:
        return QSize(760, 190)


def smoothing_weight(place: int) -> float:
    """The weight at a place of the slider (0 to 100): even steps in how many points are averaged."""
    return 0.0 if place <= 0 else 1 - (1 - SMOOTHEST) ** (place / 100)
