"""The dialog *Find a learning rate*: the range test with its curve, and the rate that it proposes."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from visualnet.app.features.estimates.dialog import EstimateDialog
from visualnet.app.forms.form import Form
from visualnet.app.plots.charts.rate_test_plot import RateTestPlot
from visualnet.app.services.background_task import Job
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.section import Section
from visualnet.core.edits import learners
from visualnet.core.graph import Value
from visualnet.layers.declaration.params import Float, Int
from visualnet.layers.recipe.technique import declare
from visualnet.pytorch import need_torch
from visualnet.training.estimates.rate_curve import (
    HIGHEST,
    LEAST_STEPS,
    LOWEST,
    MOST_STEPS,
    STEPS,
    RateCurve,
    propose,
)

RANGE = declare(
    lowest=Float(LOWEST, "The learning rate of the first step.", low=1e-12, high=1e6),
    highest=Float(HIGHEST, "The learning rate of the last step, if it does not diverge before.", low=1e-12, high=1e6),
    steps=Int(STEPS, "In so many steps the rate rises.", low=LEAST_STEPS, high=MOST_STEPS),
)


class RateDialog(EstimateDialog):
    """Begins at once; a click on the curve chooses another rate than the one that is proposed."""

    TITLE, AGAIN, USE = "Find a learning rate", "Test again", "Use this rate"
    WORDS = "It cannot be tested"
    ABOUT = (
        "Range test (Smith 2017): a copy of the network takes real steps while the learning rate rises from very low to very high, "
        "until the loss diverges. The project and its runs stay as they are."
    )
    HOW_TO_READ = (
        "How to read this: at the left the rate is too low, and the loss stands still; where the line falls, the network learns.\n"
        "Take a rate where it falls steeply, well to the left of where it rises again. Click on the curve to choose another one."
    )

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        self.values: dict[str, Value] = {name: param.default for name, param in RANGE.items()}
        self.plot = RateTestPlot()
        self.plot.empty_words = "The curve appears here"
        self.form = Form(list(RANGE.values()))
        self.form.changed.connect(self._set)
        self.range = Section("Range and steps", opened=False)
        self.range.add(self.form)
        super().__init__(studio, parent)
        self.plot.set_theme(studio.theme)
        studio.theme_changed.connect(self.plot.set_theme)
        self.plot.chosen.connect(self._choose)
        self.form.show_values(self.values, {})
        self.begin()

    def parts(self) -> tuple[Any, ...]:
        return (self.plot, 1), self.range

    def _set(self, name: str, raw: Value) -> None:
        self.values[name] = raw

    def measure(self, job: Job) -> RateCurve:
        need_torch()
        from visualnet.data.loading import load
        from visualnet.training.estimates.rate_test import run_rate_test

        project, values = self.studio.project, {n: param.read(self.values[n], {}) for n, param in RANGE.items()}
        return run_rate_test(project, load(project.data), job, **values)

    def clear(self) -> None:
        self.plot.show_curve(None, None)

    def show_found(self, found: RateCurve) -> None:
        proposal = propose(found)
        self.plot.show_curve(found, proposal)
        self.outcome.setText(proposal.words)
        self._choose(proposal.rate)

    def _choose(self, rate: float | None) -> None:
        self.use.setEnabled(rate is not None)

    def use_found(self) -> None:
        rate = self.plot.rate
        if rate is not None:
            self.studio.do("Use the tested learning rate", lambda p: learners.set_steps(p, lr=rate))
