"""Observations of a training that nobody looks at: kept over time, written into the run's folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from visualnet.analysis import Analysis
from visualnet.core.names import to_name
from visualnet.core.storage import project_file
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.observations.array_files import npz_of
from visualnet.training.observations.observation import ObservationRequest, make_observation
from visualnet.training.observations.result_history import ResultHistory
from visualnet.training.observations.subjects import find_subject, spell_subject

FOLDER = "observations"


class Recorder:
    """A sink: what is observed becomes a file of arrays for each observation, with the steps, when the run ends."""

    def __init__(self, wanted: Iterable[str], analysis: Analysis) -> None:
        """``wanted``: observations by name, each with ``@node`` where it is to look, if that is not the first that fits.

        Raises:
            ValueError: there is no such observation or node, or it takes too long to be computed beside a training.
        """
        self._folder: Path | None = None
        self._looks = ResultHistory()
        self._names: dict[ObservationRequest, str] = {}
        for one in wanted:
            name, _, at = one.partition("@")
            request = ObservationRequest(name.strip())
            kind = type(make_observation(request))
            if not kind.live:
                raise ValueError(
                    f"“{kind.title}” takes too long to be recorded; look at the run with “visualnet watch --run”"
                )
            request = request._replace(subject=find_subject(kind, analysis, at))
            self._names[request] = to_name(f"{name}_{spell_subject(request.subject, analysis)}")

    def begin(self, control: Control, folder: Path) -> None:
        """Ask the run for it, whose folder this is."""
        self._folder = folder / FOLDER
        control.request_probes((), observations=tuple(self._names))

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.ProbeReport) and self._is_ours(event):
            self._looks.take(event.step, event.observed)
        elif isinstance(event, events.Finished | events.Failed):
            self.write()

    @staticmethod
    def _is_ours(report: events.ProbeReport) -> bool:
        """A window that follows the run may look at another sample, or feed it: that is no part of the record."""
        asked = report.asked
        return asked is None or (asked.sample == 0 and asked.own is None and not asked.feeds)

    def write(self) -> None:
        """Write what was observed so far.

        Raises:
            FileError: the place refuses it.
        """
        assert self._folder is not None
        self._folder.mkdir(parents=True, exist_ok=True)
        for request, name in self._names.items():
            if history := self._looks.history(request):
                project_file.write(self._folder / f"{name}.npz", npz_of(history))
