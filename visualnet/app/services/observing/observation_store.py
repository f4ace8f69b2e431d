"""Results of observations over time, for panels: who shows them is told when there is something new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from visualnet.training.observations.observation import History, ObservationRequest, Result
from visualnet.training.observations.result_history import ResultHistory


class ObservationStore(QObject):
    """A `ResultHistory` that says when it changed."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kept = ResultHistory()

    def last(self, request: ObservationRequest) -> tuple[int, Result] | None:
        """The newest result with its step; None if there is none."""
        return self._kept.last(request)

    def history(self, request: ObservationRequest) -> History:
        """All results that were kept, the oldest first."""
        return self._kept.history(request)

    def words(self, request: ObservationRequest) -> str:
        """Why nothing was to be seen at the last look; empty if something was."""
        return self._kept.words(request)

    def take(self, step: int, observed: Mapping[ObservationRequest, Result | str]) -> None:
        """Keep what was observed at a step."""
        if observed:
            self._kept.take(step, observed)
            self.changed.emit()

    def keep_only(self, requests: Iterable[ObservationRequest]) -> None:
        """Forget what nobody looks at any more."""
        self._kept.keep_only(requests)

    def forget_sample(self, every: bool = False) -> None:
        """Another sample is looked at, or (``every``) something is fed: what was seen before is not comparable."""
        self._kept.forget_sample(every)
        self.changed.emit()

    def clear(self) -> None:
        """Forget everything: another network or document."""
        self._kept.clear()
        self.changed.emit()
