"""A search that is over in a moment, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.training.experiments.tiny import network
from visualnet.core import edits
from visualnet.core.project import Project, SearchEntry, SearchSpec
from visualnet.training.experiments.runner import StopControl
from visualnet.training.search import folder as kept
from visualnet.training.search.study import Study, TrialView
from visualnet.training.search.worker import SearchMessage, TrialStarted, WorkerEnded, work

RATES = SearchEntry(address="lr", low=1e-6, high=0.3, log=True)
UNITS = SearchEntry(address="hidden.out_features", low=2, high=9)


def searched(*entries: SearchEntry, epochs: int = 2, **spec: Any) -> Project:
    """A tiny network with a search."""
    project = edits.set_recipe(network(), epochs=epochs, device="cpu")
    told = {"pruning": "none", **spec}
    return edits.set_search(project, SearchSpec(entries=entries or (RATES, UNITS), **told))


def search(
    folder: Path,
    project: Project,
    hear: Callable[[SearchMessage, StopControl], Any] = lambda message, stop_control: None,
) -> tuple[list[TrialView], WorkerEnded]:
    """Search in this process; the trials, and how it ended."""
    kept.begin(folder, project)
    kept.forget_stop(folder)
    stop_control, told = StopControl(), list[SearchMessage]()

    def put(message: SearchMessage) -> None:
        told.append(message)
        hear(message, stop_control)

    work(folder, stop_control, put)
    assert isinstance(told[-1], WorkerEnded)
    return Study(folder).trials(), told[-1]


def stop_at(number: int) -> Callable[[SearchMessage, StopControl], None]:
    """Stop when this trial begins."""

    def hear(message: SearchMessage, stop_control: StopControl) -> None:
        if isinstance(message, TrialStarted) and message.trial.number == number:
            stop_control.stop()

    return hear
