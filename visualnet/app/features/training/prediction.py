"""What the network says: of the chosen sample, or over the whole plane where its input can be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from visualnet.app.features.feature_maps.sample_chooser import SampleChooser, word_button
from visualnet.app.features.start_from.trained_button import TrainedButton
from visualnet.app.features.training.answer_pictures import pictures_of
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.plots.class_bars import ClassBars
from visualnet.app.plots.decision_regions import DecisionView, RegressionView
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.data.builtin import Points
from visualnet.data.registry import image_field

WHO = "prediction"
MOST_POINTS = 600
EVERY_MS = 200


class PredictionPane(QWidget):
    """Bars for the classes, the plane in the classes' colours, or the learned curve: whichever the data allows."""

    pin_asked = Signal()
    """Somebody wants the picture on the canvas."""

    def __init__(
        self,
        studio: Studio,
        parent: QWidget | None = None,
        *,
        who: str = WHO,
        pins: bool | None = None,
        one_sample: bool = False,
    ) -> None:
        """``who`` asks for what is drawn; each pane has a name of its own. ``pins``: it can be put on the canvas. ``one_sample``: it
        tells of the sample also where the whole plane could be drawn."""
        super().__init__(parent)
        self._one_sample = one_sample
        self.studio, self.runner, self.who = studio, studio.runner, who
        self.bars, self.decision, self.regression = ClassBars(), DecisionView(), RegressionView()
        self.pictures = ChartView()
        describe(self.pictures, "The answer as a picture")
        self.numbers = label("", "muted", wrap=True)
        self.numbers.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.numbers.setMargin(12)
        self.stack = QStackedWidget()
        for view in (self.bars, self.decision, self.regression, self.pictures, self.numbers):
            view.setMinimumSize(180, 96)
            self.stack.addWidget(view)
        self.chooser = SampleChooser(studio)
        self.to_canvas = word_button(
            "Enlarge", "Put this picture on the canvas, beside the output", self.pin_asked.emit
        )
        self.to_points = word_button(
            "Set points", "Set and move points with the mouse, while it trains too", self._open_points
        )
        head = row(self.chooser, STRETCH, self.to_points, self.to_canvas, margins=(8, 2, 8, 0), spacing=4)
        trained = TrainedButton(studio)
        below = row(trained, STRETCH, margins=(8, 4, 8, 0))
        column(head, below, (self.stack, 1), spacing=0, parent=self)
        trained.refresh()
        # Only now: a widget that is shown before it has a parent is a window, and takes the keyboard.
        self._pins = studio.shell.has_window if pins is None else pins
        self.to_canvas.setVisible(self._pins)
        self.to_points.hide()
        studio.theme_changed.connect(self._set_theme)
        studio.analysed.connect(DeferredRefresh(self, self._watch_input).ask)
        self.runner.probes_changed.connect(self.refresh)
        self.runner.probes.data_changed.connect(self.refresh)
        self._set_theme(studio.theme)

    @property
    def side(self) -> int:
        """The shorter side of the room that the picture has, in px."""
        return min(self.stack.width(), self.stack.height())

    def refresh(self) -> None:
        """Show what was seen last, when there is time."""
        self.runner.redraws.ask(self.who, self, self._draw, self.runner.probes.redraw_ms(EVERY_MS))

    def _set_theme(self, theme: Any) -> None:
        for view in (self.bars, self.decision, self.regression, self.pictures):
            view.set_theme(theme)
        self._draw()

    def grid_dimensions(self) -> int:
        """2 where the network reads points of a plane, 1 where it reads numbers, else 0."""
        if self._one_sample:
            return 0
        if not self.studio.analysis.target_fields():
            return 0  # what is learned without targets (a density, a code) predicts nothing
        inputs, fields = self.studio.analysis.main.sinks("input"), self.studio.fields or {}
        names = {f.layer.values().get("field") for f in inputs if f.layer is not None}
        shape = fields[name].shape if len(names) == 1 and (name := next(iter(names))) in fields else ()
        return int(shape[0]) if shape in ((1,), (2,)) else 0

    def _watch_input(self) -> None:
        """Ask for what is drawn here, while it is on the screen."""
        inputs = self.studio.analysis.main.sinks("input")[:1] if self.isVisible() else ()
        ports = [((facts.node.id,), port) for facts in inputs for port in list(facts.outputs)[:1]]
        self.runner.request_probes(self.who, ports, grid=bool(ports) and self.grid_dimensions() > 0)
        self.chooser.setVisible(self.grid_dimensions() == 0)
        made = self.studio.project.data.name == Points.name
        self.to_points.setVisible(self.grid_dimensions() == 2 and made and self._pins)
        empty = {2: self.decision, 1: self.regression}.get(self.grid_dimensions(), self.bars)
        if self.runner.probes.seen is None:
            self.stack.setCurrentWidget(empty)

    def _open_points(self) -> None:
        self.studio.shell.show_panel("points")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch_input()
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.runner.request_probes(self.who)

    def _draw(self) -> None:
        seen, data = self.runner.probes.seen, self.runner.probes.data
        if seen is None:
            self.bars.clear()
            return
        if self.grid_dimensions() and (seen.grid is None or data is None):
            return
        if seen.grid is not None and data is not None and not self._one_sample and self._draw_grid(seen.grid, data):
            return
        self._draw_sample(seen, data)

    def _draw_grid(self, grid: Any, data: Any) -> bool:
        """Draw what was computed over a grid, unless the data chosen since are of another kind."""
        field = next((n for n in data.mean if n in data.fields), None) or next(iter(data.fields))
        every = np.concatenate([data.train, data.validation])[:MOST_POINTS]
        points = data.fetch(every, (field,))[field]
        if len(grid.low) == 2 and grid.share and points.shape[1:] == (2,) and "label" in data.fields:
            extent = (grid.low[0], grid.high[0], grid.low[1], grid.high[1])
            self.decision.set_decision(points, data.fetch(every, ("label",))["label"], extent, grid.values)
            self.stack.setCurrentWidget(self.decision)
            return True
        target = next((n for n in self.studio.analysis.target_fields() if n in data.fields), None)
        if len(grid.low) == 1 and target is not None and points[0].size == data.fields[target].size == 1:
            x = np.linspace(grid.low[0], grid.high[0], grid.values.shape[-1])
            self.regression.set_curve(points, data.fetch(every, (target,))[target], x, grid.values[0])
            self.stack.setCurrentWidget(self.regression)
            return True
        return False

    def _draw_sample(self, seen: Any, data: Any) -> None:
        name, answer = next(iter(seen.outputs.items()), ("", None))
        classes = list(data.classes) if data is not None else []
        if answer is None:
            return
        shares = np.asarray(answer, np.float64).reshape(-1)
        if len(shares) == 1 and len(classes) == 2 and self.studio.analysis.target_fields():
            shares = np.array([1 - shares[0], shares[0]])
        if classes and len(shares) == len(classes) and self.studio.analysis.target_fields():
            fields = seen.fields
            targets = (n for n in self.studio.analysis.target_fields() if n in fields and fields[n].ndim == 0)
            truth = next((int(fields[n]) for n in targets), None)
            image = fields.get(image_field(self.studio.project.data, self.studio.fields) or "")
            trained = "" if self.runner.probes.trained else " · untrained"
            sample = "Your sample" if seen.own else f"Sample {seen.sample}"
            self.bars.set_prediction(image, shares, classes, truth, name=f"{sample}{trained}")
            self.stack.setCurrentWidget(self.bars)
            return
        read = image_field(self.studio.project.data, self.studio.fields) or ""
        chart = pictures_of(self.studio.analysis, name, np.asarray(answer), seen.fields, read)
        if chart is not None:
            self.pictures.show_chart(chart, "answer")
            self.stack.setCurrentWidget(self.pictures)
            return
        shown = ", ".join(f"{value:.4g}" for value in shares[:24]) + (" …" if len(shares) > 24 else "")
        sample = "your sample" if seen.own else f"sample {seen.sample}"
        self.numbers.setText(f"{name} of {sample}: {shown}")
        self.stack.setCurrentWidget(self.numbers)
