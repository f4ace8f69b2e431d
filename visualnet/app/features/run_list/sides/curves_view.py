"""The curves of the chosen runs over each other."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QSlider, QWidget

from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.features.run_list.table_model import title_of
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.choices import offer_values
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.core.text.hidden_characters import visible
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.overlay import TITLES, Over, ShownRun, draw_overlay, list_curves, name_groups
from visualnet.training.run_records.from_log import read_record

MOST_RUNS = 50
WAYS: tuple[Over, ...] = ("epoch", "step", "time")


class CurvesView(QWidget):
    """One value of up to `MOST_RUNS` runs, over epochs, steps or seconds; runs that differ in their seed alone as a band."""

    def __init__(self, store: RunStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.rows: list[RunRow] = []
        self.which = describe(QComboBox(), "Which curve", "The value that is drawn, on validation or training samples")
        self.over = describe(QComboBox(), "Over what", "What runs to the right: epochs, steps, or seconds of training")
        self.over.addItems([TITLES[way] for way in WAYS])
        for box in (self.which, self.over):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self.draw())
        self.smoothing = describe(
            QSlider(Qt.Orientation.Horizontal),
            "Smoothing",
            "Smooth the curves: each point is a mean with those before it",
        )
        self.smoothing.setRange(0, 99)
        self.smoothing.setFixedWidth(fonts.px(90))
        self.smoothing.valueChanged.connect(lambda _: self.draw())
        self.bands = describe(
            QCheckBox("Bands over seeds"),
            "Bands over seeds",
            "Runs that differ in their seed alone: their mean, from lowest to highest",
        )
        self.bands.toggled.connect(lambda _: self.draw())
        self.chart = ChartView()
        self.chart.empty_words = "Choose runs in the table: their curves are laid over each other here."
        self.note = label("", "small", wrap=True)
        smooth = label("Smoothing", "small")
        self._controls = (self.which, self.over, smooth, self.smoothing, self.bands)
        head = row(self.which, self.over, smooth, self.smoothing, self.bands, STRETCH, spacing=8)
        column(head, (self.chart, 1), self.note, margins=(8, 4, 8, 4), spacing=4, parent=self)
        self._soon = QTimer(self, singleShot=True, interval=80)
        self._soon.timeout.connect(self.draw)
        store.read.connect(self._take)
        store.studio.theme_changed.connect(self.chart.set_theme)
        self.chart.set_theme(store.studio.theme)

    @property
    def drawn(self) -> dict[str, int]:
        """The number of each run's curve."""
        return {row.id: at for at, row in enumerate(self.rows)} if not self.bands.isChecked() else {}

    def show_rows(self, rows: Sequence[RunRow]) -> None:
        """Draw the curves of these runs."""
        self.rows = list(rows[:MOST_RUNS])
        left = len(rows) - len(self.rows)
        self.note.setText(
            f"The first {MOST_RUNS} of the chosen runs are drawn; {left:,} more are chosen." if left else ""
        )
        self.note.setVisible(bool(left))
        self.store.read_curves([row.id for row in self.rows])
        self.draw()

    def _take(self, run: str) -> None:
        if any(row.id == run for row in self.rows):
            self._soon.start()  # fifty logs arrive one after the other: they are drawn a few times, not fifty

    def draw(self) -> None:
        """Draw what is known."""
        models = self.store.models
        groups = self._groups() if self.bands.isChecked() else {}
        shown = [
            ShownRun(visible(title_of(row)), models[row.id], visible(groups.get(row.id, "")))
            for row in self.rows
            if row.id in models
        ]
        self._list(shown)
        for one in self._controls:
            one.setVisible(bool(shown))
        chosen = self.which.currentData()
        if not shown or chosen is None:
            self.chart.show_chart(None)
            return
        over, weight = WAYS[max(self.over.currentIndex(), 0)], self.smoothing.value() / 100
        chart = draw_overlay(shown, chosen[0], chosen[1], over, weight, self.bands.isChecked())
        self.chart.show_chart(chart if chart.bands else None, self.which.currentText())

    def _groups(self) -> dict[str, str]:
        found = {}
        for one in self.rows:
            with contextlib.suppress(ValueError):
                record = read_record(self.store.folder(one.id))
                found[one.id] = (record.network, record.recipe)
        return name_groups(found)

    def _list(self, shown: Sequence[ShownRun]) -> None:
        wanted = list_curves(shown) if shown else []
        offer_values(self.which, [(visible(title), (name, part)) for name, part, title in wanted])
