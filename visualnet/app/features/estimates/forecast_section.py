"""The section *Forecast* of the recipe: what an epoch, the run and memory will take, and how that is known."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QShowEvent

from visualnet.analysis.cost.tables import whole_cost
from visualnet.app.forms.form import caption
from visualnet.app.services.epoch_forecast import epoch_forecasts_of
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue
from visualnet.app.widgets.section import Section
from visualnet.core.text.format import capitalize_first, format_bytes, format_duration
from visualnet.training.estimates.epoch import error_words, memory_words

Row = tuple[str, str, str]


class ForecastSection(Section):
    """Measured where that was possible, by formula until then; after a run, how far off it was."""

    def __init__(self, studio: Studio) -> None:
        super().__init__("Forecast")
        self.studio, self.forecasts = studio, epoch_forecasts_of(studio)
        self.rows, self.source = KeyValue(), caption("")
        self.add(self.rows)
        self.add(self.source)
        self.forecasts.watch(self.rows)
        self.forecasts.changed.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.forecasts.wake()

    def refresh(self) -> None:
        """Show what is known now."""
        self.setVisible(bool(self.studio.project.graph.nodes) and not self.studio.analysis.errors())
        if not self.isHidden():
            self.rows.show_rows(self._rows())
            self.source.setText(self._source())

    def _rows(self) -> Iterator[Row]:
        found, run = self.forecasts.forecast, self.forecasts.error_of_run()
        by_formula = self.forecasts.by_formula() if found is None else None
        epochs = self.studio.project.recipe.epochs
        if found is not None:
            yield "An epoch", format_duration(found.epoch_s, 2), f"{found.steps:,} steps and the validation"
            yield "The run", format_duration(found.run_s, 2), f"{epochs:,} epochs"
            yield "Memory", memory_words(found), "Weights, gradients, optimizer and activations; the data are left out"
        else:
            said = "not known yet" if by_formula is None else f"about {format_duration(by_formula, 2)}"
            yield "An epoch", said, "By formula, from the speed of this machine: within a factor of two as a rule"
            memory = format_bytes(whole_cost(self.studio.analysis).training)
            yield "Memory", f"about {memory}", "By formula"
        if run is not None:
            yield (
                "An epoch took",
                error_words(*run),
                "An epoch of the last run: how long it took, and how long was forecast",
            )

    def _source(self) -> str:
        found, why = self.forecasts.forecast, self.forecasts.trouble
        if found is not None:
            return f"{capitalize_first(found.source)}."
        if self.forecasts.running:
            return "Being measured: a few real steps on a copy of the network …"
        if why:
            return f"Computed by formula; it cannot be measured: {why}"
        if self.studio.runner.busy:
            return "Computed by formula: nothing is measured beside a run."
        return "Computed by formula. It is measured on a few real steps once you pause."
