"""The training panel: progress, curves, and what the network says of the chosen sample."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QSlider, QSplitter, QWidget

from visualnet.app.features.training.curves_pane import CurvesPane
from visualnet.app.features.training.feature import TRAINING_VIEW
from visualnet.app.features.training.network_bar import NetworkBar
from visualnet.app.features.training.pinned_picture import PinnedPicture
from visualnet.app.features.training.prediction import PredictionPane
from visualnet.app.services.epoch_forecast import epoch_forecasts_of
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import ElidedLabel, describe, label
from visualnet.app.widgets.layouts import FittingRow, column, fitting_row, row
from visualnet.app.widgets.segmented import Segmented
from visualnet.app.widgets.share_bar import ShareBar
from visualnet.training.estimates.epoch import error_words
from visualnet.training.runs import run_history as history
from visualnet.training.runs.network_mark import is_older
from visualnet.training.runs.run_status import describe_changes, describe_run, share_done

SENTENCE = 180
"""The least room for a sentence about the run, where text has its normal size."""
SMOOTHEST = 0.995
EVERY_MS = 250
FEATURE = "training"
DOT = " · "


class TrainingPanel(QWidget):
    """Everything about the run on one strip: how it goes, and what it has learned. How to train stands in the panel *Recipe*."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.runner = studio, studio.runner
        self.kept = self.runner.settings.section(TRAINING_VIEW)
        self.curves, self.prediction = CurvesPane(studio), PredictionPane(studio)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        progress = QWidget()
        self.head, self.question = self._head(), NetworkBar(studio)
        self.changed = ElidedLabel("", "small")
        column(self.head, row(self.changed, margins=(12, 0, 12, 0)), (self.curves, 1), spacing=0, parent=progress)
        for part, share in ((progress, 2), (self.prediction, 1)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(self.splitter.count() - 1, share)
        self.splitter.setChildrenCollapsible(False)
        column(row(self.question, margins=(8, 0, 8, 0)), (self.splitter, 1), spacing=0, parent=self)
        self.forecasts = epoch_forecasts_of(studio)
        self.forecasts.watch(self.words)
        due = DeferredRefresh(self, self.refresh)
        self.forecasts.changed.connect(due.ask)
        self._proportioned = False
        self._join_canvas()
        self.runner.updated.connect(lambda: self.runner.redraws.ask("progress", self, self.refresh, EVERY_MS))
        self.runner.state_changed.connect(due.ask)
        studio.analysed.connect(due.ask)
        self.question.refresh()
        self.refresh()

    def _head(self) -> FittingRow:
        self.bar = ShareBar("Progress of the training")
        self.bar.setFixedWidth(110)
        self.words = ElidedParts("", "muted")
        self.units = Segmented(["Epochs", "Steps"], "Count along the axis")
        self.units.setToolTip("Count along the axis in epochs or in optimizer steps")
        self.log = QCheckBox("Log axis")
        self.log.setToolTip("Draw the loss by powers of ten")
        self.smoothing = describe(QSlider(Qt.Orientation.Horizontal), "Smoothing")
        self.smoothing.setRange(0, 100)
        self.smoothing.setFixedWidth(80)
        name = label("Smoothing", "small")
        self.smoothing.valueChanged.connect(self._set_smoothing)
        self.smoothing.sliderReleased.connect(lambda: self._set_smoothing(self.smoothing.value()))
        self.log.toggled.connect(self._set_log)
        self.units.chosen.connect(self._set_unit)
        self.smoothing.setValue(min(max(self._kept("smoothing", 43), 0), 100))
        self._set_smoothing(self.smoothing.value())
        self.log.setChecked(self._kept("log", False))
        self.units.set_current(1 if self._kept("unit", 0) == 1 else 0)
        self._set_unit(self.units.current)
        # The slider has its name in its tip, the log axis stands in the menu of the chart too, bar and words in the status line.
        return fitting_row(
            self.bar,
            (self.words, 1),
            name,
            self.smoothing,
            self.log,
            self.units,
            optional=(name, self.bar, self.smoothing, self.log, self.words),
            margins=(12, 2, 12, 2),
            spacing=10,
        )

    def refresh(self) -> None:
        """Show how far the run is."""
        state, model = self.runner.state, self.runner.model
        older = is_older(self.runner.run, self.studio.project)
        words = describe_run(state, model, self.studio.analysis, older, self._name_of_earlier())
        self.words.setText(self._with_forecast(words) or self.runner.why_not() or self._forecast())
        last, everything = describe_changes(model)
        self.changed.setText(last)
        self.changed.setToolTip(everything)
        self.changed.setVisible(bool(last))
        if state == "starting":
            self.bar.show_busy()
        else:
            self.bar.show_share(share_done(model))
        self.head.want(self.bar, self.runner.busy)

    def _name_of_earlier(self) -> str:
        """What the run is called whose curves are shown, where it is not the last one."""
        run, runs = self.runner.run, self.studio.project.runs
        if self.runner.busy or run is None or not runs or run.id == runs[-1].id:
            return ""
        return history.contrast(runs, runs).get(run.id, "")

    def _forecast(self) -> str:
        """What is said before there is a run."""
        found = self.forecasts.forecast
        return f"Ready to train{DOT}{found.summary}" if found is not None else "Ready to train"

    def _with_forecast(self, words: str) -> str:
        """What is said of a run, and when it has ended, what an epoch took beside its forecast."""
        run = self.forecasts.error_of_run() if words and self.runner.state == "idle" else None
        return f"{words}{DOT}an epoch took {error_words(*run)}" if run is not None else words

    def _join_canvas(self) -> None:
        """The prediction stands here or on the canvas: there it is larger, and beside the node that it is about."""
        pinned = self.studio.shell.overlay(FEATURE)
        self.prediction.to_canvas.setVisible(isinstance(pinned, PinnedPicture))
        if isinstance(pinned, PinnedPicture):
            self.prediction.pin_asked.connect(lambda: pinned.enlarge(self.prediction.side))
            pinned.room_changed.connect(self._offer_enlarging)
            pinned.changed.connect(lambda on: self.prediction.setVisible(not on))
            self.prediction.setVisible(not pinned.pinned)

    def _offer_enlarging(self) -> None:
        """Offer to put the picture on the canvas where that has room for a larger one."""
        pinned = self.studio.shell.overlay(FEATURE)
        if isinstance(pinned, PinnedPicture) and self.prediction.isVisible():
            self.prediction.to_canvas.setVisible(pinned.enlarges(self.prediction.side))

    def _kept(self, key: str, default: Any) -> Any:
        value = self.kept.get(key, default)
        return value if type(value) is type(default) else default

    def _set_smoothing(self, place: int) -> None:
        weight = smoothing_weight(place)
        keeps = f"each point keeps {weight:.3f} of the past" if weight else "none"
        self.smoothing.setToolTip(f"Smoothing of the training curves: {keeps}; validation is never smoothed")
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
            hint = min(self.prediction.sizeHint().width(), round(self.width() * 0.42))
            prediction = max(round(self.width() * 0.3), hint)
            self.splitter.setSizes([self.width() - prediction, prediction])
        self._offer_enlarging()

    def sizeHint(self) -> QSize:
        return QSize(1200, 270)

    def minimumSizeHint(self) -> QSize:
        return QSize(680, 190)


class ElidedParts(ElidedLabel):
    """A line of parts with dots between them: where there is no room for all, the last ones are left out whole, and the tip has them."""

    def minimumSizeHint(self) -> QSize:
        """The first part whole; a long sentence may end in …"""
        first = self.fontMetrics().horizontalAdvance(self.full_text.partition(DOT)[0]) + 4
        return QSize(min(first, fonts.px(SENTENCE)), super().minimumSizeHint().height())

    def _shorten(self) -> None:
        shown, room = self.full_text, max(self.width(), 8)
        while self.fontMetrics().horizontalAdvance(shown) > room and DOT in shown:
            shown = shown.rpartition(DOT)[0]
        if self.fontMetrics().horizontalAdvance(shown) > room:
            super()._shorten()
            return
        QLabel.setText(self, shown)
        self.setToolTip(self.full_text if shown != self.full_text else "")


def smoothing_weight(place: int) -> float:
    """The weight at a place of the slider (0 to 100): even steps in how many points are averaged."""
    return 0.0 if place <= 0 else 1 - (1 - SMOOTHEST) ** (place / 100)
