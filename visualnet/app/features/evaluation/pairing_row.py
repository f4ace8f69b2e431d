"""Another run held against the one that is judged: which, and whether the difference is more than chance."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import column, row
from visualnet.core.project import RunRef
from visualnet.core.text.format import capitalize_first
from visualnet.training.evaluation.evaluation import Evaluation
from visualnet.training.evaluation.paired_comparison import PairedComparison, describe_difference, pair
from visualnet.training.runs import run_history as history


class PairingRow(QWidget):
    """Choose a run of this project; what comes of it is told in words."""

    asked = Signal(object)
    """The run to hold against the judged one, as it stands in the history."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.pairing: PairedComparison | None = None
        self.name = ""
        self._runs: list[RunRef] = []
        self.chooser = describe(QComboBox(), "Compare with", "Hold another run of the same data against this one")
        self.chooser.activated.connect(self._choose)
        self.words = label("", "", wrap=True)
        self.figures = label("", "small", wrap=True)
        head = row(label("Compare with", "muted"), (self.chooser, 1), spacing=8)
        column(head, self.words, self.figures, margins=(0, 0, 0, 8), spacing=4, parent=self)
        self.clear()

    def clear(self) -> None:
        """Nothing is compared."""
        self.pairing = None
        self.words.hide()
        self.figures.hide()
        if self.chooser.count():
            self.chooser.setCurrentIndex(0)

    def show_runs(self, predictions: str) -> None:
        """Offer the other runs that are on this machine; ``predictions`` is the one that is judged."""
        every = self.studio.project.runs
        self._runs = [run for run in reversed(every) if run.id != predictions and history.folder_of(run) is not None]
        titles = history.titles(every)
        self.chooser.clear()
        self.chooser.addItem("no other run" if self._runs else "(there is no other run)")
        self.chooser.addItems([titles[run.id] for run in self._runs])
        self.chooser.setEnabled(bool(self._runs))

    def compare(self, first: Evaluation, second: Evaluation, run: RunRef) -> None:
        """Tell whether the second run is better than the first one."""
        self.name = history.titles(self.studio.project.runs).get(run.id, second.run)
        try:
            self.pairing = found = pair(first, second)
        except ValueError as error:
            self.pairing = None
            self.tell(capitalize_first(str(error)) + ".")
            return
        self.words.setText(capitalize_first(found.describe("this run", f"the run “{self.name}”")))
        self.figures.setText(f"{describe_difference(found)} · {found.test}")
        self.words.show()
        self.figures.show()

    def tell(self, words: str) -> None:
        """Say why nothing could be compared."""
        self.words.setText(words)
        self.words.show()
        self.figures.hide()

    def _choose(self, at: int) -> None:
        if at == 0:
            self.clear()
        else:
            self.asked.emit(self._runs[at - 1])
