"""The curves of a run in two plots, loss and metrics, with earlier runs as ghosts beneath."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from visualnet.app.plots.curves import CurvesPlot
from visualnet.app.state.studio import Studio
from visualnet.core.text.format import capitalize_first
from visualnet.training.runs import run_history as history
from visualnet.training.runs.run_model import RunModel
from visualnet.training.runs.series import Series

EVERY_MS = 160
NOTHING = Series()


class CurvesPane(QSplitter):
    """Loss at the left, metrics at the right; the second is hidden where the network has none."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.studio, self.runner = studio, studio.runner
        self.loss, self.measures = CurvesPlot(), CurvesPlot()
        self.loss.title = "Loss"
        self.unit: Literal["step", "epoch"] = "epoch"
        self._shown: tuple[list[str], list[str]] = ([], [])
        self._ghosts: set[str] = set()
        for plot in (self.loss, self.measures):
            plot.setMinimumWidth(200)
            self.addWidget(plot)
        self.loss.legend.align_with(self.measures.legend)
        self.setChildrenCollapsible(False)
        self.setContentsMargins(8, 0, 0, 0)
        studio.theme_changed.connect(self._wear)
        studio.analysed.connect(lambda _: self._hide_metric())
        studio.project_changed.connect(self._renamed)
        self.runner.updated.connect(self.refresh)
        self.runner.attached_changed.connect(self._other)
        self.runner.ghosts_changed.connect(self._show_ghosts)
        self._hide_metric()
        self._wear(studio.theme)

    def refresh(self) -> None:
        """Draw what is new, when there is time."""
        self.runner.redraws.ask("loss", self.loss, self._draw_loss, EVERY_MS)
        if not self.measures.isHidden():
            self.runner.redraws.ask("metric", self.measures, self._draw_metric, EVERY_MS)

    def set_smoothing(self, weight: float) -> None:
        """Smooth the training curves."""
        for plot in (self.loss, self.measures):
            plot.set_smoothing(weight)
        self.refresh()

    def set_log(self, on: bool) -> None:
        """Draw the loss by powers of ten."""
        self.loss.set_log(on)
        self.refresh()

    def set_unit(self, unit: Literal["step", "epoch"]) -> None:
        """Count along x in steps or in epochs."""
        self.unit = unit
        for plot in (self.loss, self.measures):
            plot.reset_view()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    # --- inside --------------------------------------------------------------------------------------------------------------------

    def _wear(self, theme: Any) -> None:
        for plot in (self.loss, self.measures):
            plot.set_theme(theme)

    def _other(self) -> None:
        for plot in (self.loss, self.measures):
            plot.clear()
        self._shown = ([], [])
        self._ghosts.clear()
        self._show_ghosts()
        self._hide_metric()
        self.refresh()

    def _metrics(self) -> tuple[str, ...]:
        model: RunModel | None = self.runner.model
        if model is not None and model.started is not None:
            return model.started.metrics
        return tuple(facts.node.name for facts in self.studio.analysis.main.sinks("metric"))

    def _hide_metric(self) -> None:
        names = self._metrics()
        self.measures.setVisible(bool(names))
        self.measures.title = capitalize_first(names[0].replace("_", " ")) if len(names) == 1 else "Metrics"
        # Where there is a run, its curves are about to be drawn.
        self.loss.empty_words = self._empty_words("the loss appears here")
        self.measures.empty_words = self._empty_words(
            f"{' and '.join(names)} {'appears here' if len(names) == 1 else 'appear here'}" if names else ""
        )

    def _empty_words(self, words: str) -> str:
        return f"Press Train: {words}" if self.runner.model is None else capitalize_first(words)

    def _draw_loss(self) -> None:
        model: RunModel | None = self.runner.model
        if model is not None:
            losses = model.started.losses if model.started is not None and len(model.started.losses) > 1 else ()
            self._draw(0, self.loss, model, ("loss", *losses), "min")
        self.loss.refresh()

    def _draw_metric(self) -> None:
        model: RunModel | None = self.runner.model
        if model is not None:
            best = model.started.best_is if model.started is not None else "max"
            self._draw(1, self.measures, model, self._metrics(), "max" if best == "max" else "min")
        self.measures.refresh()

    def _draw(
        self, which: int, plot: CurvesPlot, model: RunModel, names: tuple[str, ...], best: Literal["min", "max"]
    ) -> None:
        started = model.started
        best_by = started.best_by if started is not None else ""
        wanted: list[str] = []
        for index, name in enumerate(names):
            validation = model.validation.get(name)
            colour = 2 * index
            alone = len(names) == 1
            train_name, validation_name = ("training", "validation") if alone else (name, f"{name}, validation")
            plot.set_curve(train_name, model.steps.get(name, NOTHING), color_index=colour)
            wanted.append(train_name)
            if validation is not None:
                marks = best if name == best_by or (best_by not in model.validation and index == 0) else None
                plot.set_curve(validation_name, validation, color_index=colour + 1, dashed=True, best=marks)
                wanted.append(validation_name)
        for gone in set(self._shown[which]) - set(wanted):
            plot.remove_curve(gone)
        self._shown[which][:] = wanted
        each = started.steps_per_epoch if started is not None else 1
        plot.set_x_unit(self.unit, each)
        plot.set_x_end(started.epochs * each if started is not None else None)
        plot.set_progress(model.step if self.runner.busy and model.step else None)

    def _renamed(self, before: Any, after: Any) -> None:
        if before.runs is not after.runs and self._ghosts:
            self._show_ghosts()

    def _show_ghosts(self) -> None:
        for name in self._ghosts:
            for plot in (self.loss, self.measures):
                plot.set_reference(name, None)
                plot.set_reference(f"{name} validation", None)
        self._ghosts.clear()
        for run_id, model in self.runner.ghosts.items():
            if self.runner.run is not None and run_id == self.runner.run.id:
                continue
            run = history.find(self.studio.project, run_id)
            name = history.title(run) if run is not None else run_id
            self._ghosts.add(name)
            metrics = model.started.metrics if model.started is not None else ()
            for plot, key in ((self.loss, "loss"), *((self.measures, m) for m in metrics[:1])):
                plot.set_reference(name, model.train.get(key))
                plot.set_reference(f"{name} validation", model.validation.get(key), dashed=True)
        self.refresh()
