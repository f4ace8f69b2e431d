"""The curves of a run in two plots, loss and metrics, with those of earlier runs beneath."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from visualnet.app.plots.charts.curves import CurvesPlot
from visualnet.app.plots.charts.legend import SHORT, LegendText
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import Theme
from visualnet.core.project import Project, RunRef
from visualnet.core.text.format import capitalize_first
from visualnet.training.runs import run_history as history
from visualnet.training.runs.change_marks import find_marks
from visualnet.training.runs.curves import (
    RunCurve,
    color_by_run,
    earlier_curves,
    loss_curves,
    metric_curves,
    metric_names,
)
from visualnet.training.runs.run_model import RunModel

EVERY_MS = 160
PRESENT = " (present)"


class CurvesPane(QSplitter):
    """Loss at the left, metrics at the right; the second is hidden where the network has none."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.studio, self.runner = studio, studio.runner
        self.loss, self.measures = CurvesPlot(), CurvesPlot()
        self.loss.title = "Loss"
        self.unit: Literal["step", "epoch"] = "epoch"
        self._shown: dict[CurvesPlot, set[str]] = {}
        """The names of the curves in each plot."""
        self._names: dict[str, tuple[str, str]] = {}
        """What each of several runs is called, in short and in full, by id; empty where one is shown alone."""
        self._plots = (self.loss, self.measures)
        self._told: tuple[str, ...] = ()
        for plot in self._plots:
            plot.setMinimumWidth(200)
            self.addWidget(plot)
        self.setChildrenCollapsible(False)
        self.setContentsMargins(8, 0, 0, 0)
        studio.theme_changed.connect(self._set_theme)
        studio.analysed.connect(lambda _: self._show_metrics())
        studio.project_changed.connect(self._project_changed)
        self.runner.updated.connect(self.refresh)
        self.runner.attached_changed.connect(self._show_run)
        self.runner.ghosts_changed.connect(self._name_runs)
        self._show_metrics()
        self._set_theme(studio.theme)

    def refresh(self) -> None:
        """Draw what is new, when there is time."""
        if self._metrics() != self._told:  # a run that has begun may tell more than the drawing says
            self._show_metrics()
        self.runner.redraws.ask("loss", self.loss, self._draw_loss, EVERY_MS)
        if not self.measures.isHidden():
            self.runner.redraws.ask("metric", self.measures, self._draw_metrics, EVERY_MS)

    def set_smoothing(self, weight: float) -> None:
        """Smooth the training curves."""
        for plot in self._plots:
            plot.set_smoothing(weight)
        self.refresh()

    def set_log(self, on: bool) -> None:
        """Draw the loss by powers of ten."""
        self.loss.set_log(on)
        self.refresh()

    def set_unit(self, unit: Literal["step", "epoch"]) -> None:
        """Count along x in steps or in epochs."""
        self.unit = unit
        for plot in self._plots:
            plot.reset_view()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _set_theme(self, theme: Theme) -> None:
        for plot in self._plots:
            plot.set_theme(theme)

    def _show_run(self) -> None:
        for plot in self._plots:
            plot.clear()
        self._shown.clear()
        self._show_metrics()
        self._name_runs()

    def _metrics(self) -> tuple[str, ...]:
        return metric_names(self.runner.model, self.studio.analysis)

    def _show_metrics(self) -> None:
        names = self._told = self._metrics()
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
        model = self.runner.model
        self._draw(self.loss, model, loss_curves(model) if model is not None else [], "loss")

    def _draw_metrics(self) -> None:
        model, names = self.runner.model, self._metrics()
        curves = metric_curves(model, names) if model is not None else []
        self._draw(self.measures, model, curves, names[0] if names else "")

    def _draw(self, plot: CurvesPlot, model: RunModel | None, curves: Sequence[RunCurve], compared: str) -> None:
        """Draw the curves of the run in front, and of the others what is ``compared``."""
        front, colors = self.runner.run, self.runner.run_colors
        if self._names and front is not None:
            curves = color_by_run(curves, colors, front.id)
        for name, series, color_index, dashed, best in curves:
            words = self._words_of(front, name, PRESENT) if front is not None else None
            plot.set_curve(name, series, color_index=color_index, dashed=dashed, best=best, words=words)
        names = {curve.name for curve in curves}
        for run in self._earlier():
            other = self.runner.ghosts[run.id]
            for name, series, color_index, dashed, _ in color_by_run(earlier_curves(other, compared), colors, run.id):
                key, words = f"{name} of {run.id}", self._words_of(run, name)
                names.add(key)
                plot.set_curve(
                    key, series, color_index=color_index, dashed=dashed, words=words, beneath=True, scale=other.scale
                )
        for gone in self._shown.get(plot, set()) - names:
            plot.remove_curve(gone)
        self._shown[plot] = names
        if model is not None:
            scale = model.scale
            plot.set_x_unit(self.unit, scale)
            plot.set_x_end(scale.step(float(model.planned_epochs)) if model.started is not None else None)
            plot.set_marks(find_marks(model))
            plot.set_progress(model.step if self.runner.busy and model.step else None)
        plot.refresh()

    def _earlier(self) -> list[RunRef]:
        """The runs whose curves lie beneath those of the one in front."""
        front, ghosts = self.runner.run, self.runner.ghosts
        return [run for run in self.studio.project.runs if run.id in ghosts and (front is None or run.id != front.id)]

    def _words_of(self, run: RunRef, curve: str, present: str = "") -> LegendText | None:
        """What a curve is called where several runs are shown: by its run; a validation curve stands beside that of the training."""
        if run.id not in self._names:
            return None
        short, whole = self._names[run.id]
        full = f"{whole}{present}, {curve}"
        if curve == "training":
            return LegendText(short + present, short, full)
        return LegendText(curve, SHORT.get(curve, curve), full)

    def _project_changed(self, before: Project, after: Project) -> None:
        if before.runs is not after.runs and self.runner.ghosts:
            self._name_runs()

    def _name_runs(self) -> None:
        """Name several runs that are shown by what sets them apart."""
        front, among, earlier = self.runner.run, self.studio.project.runs, self._earlier()
        runs = [*([front] if front is not None else []), *earlier]
        short, whole = history.short_names(runs, among), history.contrast(runs, among)
        self._names = {run.id: (short[run.id], whole[run.id]) for run in runs} if earlier else {}
        self.refresh()
