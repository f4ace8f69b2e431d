"""The observations of an experiment, a picture for each variant side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QTabBar, QWidget

from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.app.widgets.basic import button, describe, label
from visualnet.app.widgets.layouts import clear, column, row, scroll_area
from visualnet.core.text.hidden_characters import visible
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.observations.observation import find_observations
from visualnet.training.observe import Observed

WAITING = "Seen when the first run of this variant is done."


class ObservationPictures(QWidget):
    """A tab for each observation; below it what is to be seen, and a picture for each variant."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.experiment: Experiment | None = None
        self.model: ExperimentModel | None = None
        self.tabs = describe(QTabBar(drawBase=False, expanding=False, usesScrollButtons=True), "What shows why")
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        self.words = label("", "small", wrap=True)
        self.cards: list[_Card] = []
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        column(self.tabs, self.words, (self._row, 1), margins=(8, 0, 8, 8), spacing=4, parent=self)
        studio.theme_changed.connect(self._set_theme)

    def _set_theme(self, theme: Theme) -> None:
        for card in self.cards:
            card.chart.set_theme(theme)

    def show_experiment(self, experiment: Experiment | None) -> None:
        """Make a place for each variant."""
        self.experiment, self.model = experiment, None
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        kinds = find_observations()
        for look in experiment.observations if experiment is not None else ():
            when = "after training" if look.trained else "at the beginning"
            at = self.tabs.addTab(f"{kinds[look.observation].title}, {when}")
            self.tabs.setTabToolTip(at, kinds[look.observation].summary())
        self.tabs.blockSignals(False)
        clear(self._row)
        self.cards = []
        for number, variant in enumerate(experiment.variants if experiment is not None else ()):
            card = _Card(self, number, variant.name, variant.words)
            card.chart.set_theme(self.studio.theme)
            self.cards.append(card)
            self._row.addWidget(card, 1)
        self.refresh()

    def show_model(self, model: ExperimentModel) -> None:
        """Show what was observed by now."""
        self.model = model
        self.refresh()

    def open(self, variant: int) -> None:
        """Open a variant's network, as it is before it is trained, in a tab of its own."""
        from visualnet.training.experiments.trials import ExperimentTrial, project_of

        if self.experiment is not None:
            self.studio.shell.open_copy(project_of(self.experiment, ExperimentTrial(variant, self.experiment.seeds[0])))

    def refresh(self) -> None:
        """Fill the pictures."""
        at = self.tabs.currentIndex()
        if self.experiment is None or not 0 <= at < len(self.experiment.observations):
            self.words.setText("")
            return
        look = self.experiment.observations[at]
        kind = find_observations()[look.observation]
        self.words.setText(visible(look.words or kind.reading))
        self.words.setToolTip(kind.reading)
        for number, card in enumerate(self.cards):
            card.show_seen(self.model.seen.get((number, at)) if self.model is not None else None)


class _Card(QWidget):
    """A variant: its name, its picture, and a button that opens its network."""

    def __init__(self, looks: ObservationPictures, number: int, name: str, words: str) -> None:
        super().__init__()
        self._seen: Observed | str | None = ""
        self.chart = ChartView()
        self.chart.empty_words = WAITING
        area = scroll_area(self.chart, focus=False)
        title = label(name, "strong")
        title.setToolTip(words)
        self.open = button("Open", "quiet", "open", lambda: looks.open(number))
        describe(
            self.open, f"Open {name}", f"Open the network of “{name}” in a tab of its own, to look at it or train it"
        )
        column(row((title, 1), self.open), (area, 1), spacing=2, parent=self)
        self.setMinimumWidth(fonts.px(120))

    def show_seen(self, seen: Observed | str | None) -> None:
        """Show what was observed, or why nothing."""
        if seen is self._seen:
            return
        self._seen = seen
        self.chart.empty_words = seen if isinstance(seen, str) else WAITING
        self.chart.show_chart(seen.chart if isinstance(seen, Observed) else None)
