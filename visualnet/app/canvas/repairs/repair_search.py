"""The search for repairs of a problem in slices: in between, the window answers."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.analysis.facts import Analysis, Problem
from visualnet.analysis.repair.earlier_values import STEPS
from visualnet.analysis.repair.search import Search
from visualnet.app.state.studio import Studio
from visualnet.data.registry import fields_or_none

SLICE_S = 0.012
"""So long at a time repairs are searched; then the window has its turn."""


class RepairSearch(QObject):
    """Searches for one problem at a time; a search of what is no longer the case ends by itself."""

    found = Signal(list)
    """The repairs, the best first; none where no small change mends it."""

    def __init__(self, studio: Studio, parent: QObject, limit: int = 6) -> None:
        super().__init__(parent)
        self.studio, self.limit = studio, limit
        self._search: Search | None = None
        self._analysis: Analysis | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def running(self) -> bool:
        """Whether it searches."""
        return self._search is not None

    def begin(self, problem: Problem) -> None:
        """Search for repairs of a problem of the project as it is now."""
        studio = self.studio
        self._analysis = studio.analysis
        earlier = [step.before for step in reversed(studio.document.history[-STEPS:])]
        self._search = Search(
            studio.project,
            problem,
            studio.analysis,
            limit=self.limit,
            fields=studio.fields,
            earlier=earlier,
            fields_of=fields_or_none,
        )
        self._timer.start()

    def stop(self) -> None:
        """Search no further, and keep nothing of the project."""
        self._timer.stop()
        self._search = self._analysis = None

    def _go_on(self) -> None:
        search = self._search
        if search is None or self._analysis is not self.studio.analysis:
            self.stop()
        elif search.work(SLICE_S):
            self.stop()
            self.found.emit(search.repairs)
