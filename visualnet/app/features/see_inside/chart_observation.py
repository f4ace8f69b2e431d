"""An observation as a chart."""

from __future__ import annotations

from PySide6.QtCore import Signal

from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.training.observations.observation import History, Observation, Result, Subject


class ChartObservation(ChartView):
    """Paints what the observation draws; a click on a sample looks at it."""

    sample_chosen = Signal(int)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.samples_chosen.connect(lambda samples, _words: self.sample_chosen.emit(samples[0]))

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Draw it."""
        self.show_chart(made.draw(result, history), made.name.replace("_", "-"))
