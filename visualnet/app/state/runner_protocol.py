"""What panels may ask of the one who trains. The Studio holds it by this, so that it need not know `Runner`, which knows the Studio."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from visualnet.analysis import Analysis
from visualnet.analysis.compare.weights_kept import WeightsKept
from visualnet.app.state.feeds import Feeds
from visualnet.core.document import Document
from visualnet.core.project import Project, RunRef
from visualnet.core.user.settings import Settings
from visualnet.data.loading import Loaded
from visualnet.training.control import OwnSample, ProbePort
from visualnet.training.events import ProbeReport
from visualnet.training.idle_probe import Weights
from visualnet.training.observations.observation import History, ObservationRequest, Result
from visualnet.training.run_records.annotations import RunAnnotations
from visualnet.training.run_records.record import Origin
from visualnet.training.runs.run_model import RunModel


class ObservedProtocol(Protocol):
    """What was observed, over time; see `visualnet.app.services.observing.observation_store`."""

    changed: SignalInstance

    def last(self, request: ObservationRequest) -> tuple[int, Result] | None: ...

    def history(self, request: ObservationRequest) -> History: ...

    def words(self, request: ObservationRequest) -> str: ...


class SlowObservationsProtocol(Protocol):
    """Observations that take long; see `visualnet.app.services.observing.slow_observations`."""

    changed: SignalInstance

    def share(self, request: ObservationRequest) -> float | None: ...

    def cancel(self, request: ObservationRequest) -> None: ...


class ProbesProtocol(Protocol):
    """What is looked at in the network, on which sample; see `visualnet.app.services.live_probes`."""

    changed: SignalInstance
    sample_changed: SignalInstance
    data_changed: SignalInstance
    seen: ProbeReport | None
    trained: bool
    words: str
    sample: int
    own: OwnSample | None
    feeds: Feeds
    data: Loaded | None
    data_error: str

    @property
    def budget(self) -> float: ...

    @property
    def samples(self) -> int: ...

    def set_pictures(self, shown: bool) -> None: ...

    def set_sample(self, sample: int) -> None: ...

    def set_own(self, own: OwnSample | None) -> None: ...

    def redraw_ms(self, every_ms: int) -> int: ...

    def place(self, sample: int) -> int | None: ...

    @property
    def observed(self) -> ObservedProtocol: ...

    @property
    def slow_observations(self) -> SlowObservationsProtocol: ...

    def set_request(
        self,
        who: str,
        ports: Iterable[ProbePort] = (),
        grid: bool = False,
        observations: Iterable[ObservationRequest] = (),
    ) -> None: ...

    def ask(self, request: ObservationRequest) -> None: ...

    def lend_weights(self, take: Callable[[Project, Weights], object], gone: Callable[[], object]) -> bool: ...

    def need_data(self) -> None: ...


class RedrawsProtocol(Protocol):
    """Draws live pictures within a share of the time; see `visualnet.app.services.redraw_budget`."""

    def ask(self, key: Hashable, widget: QWidget | None, draw: Callable[[], None], every_ms: int = 0) -> None: ...


class NetworkQuestionProtocol(Protocol):
    """With which network a run goes on whose drawing was changed; see `visualnet.app.services.run.network_question`."""

    changed: SignalInstance
    asked: SignalInstance
    kept: WeightsKept | None
    refusal: str

    @property
    def open(self) -> bool: ...

    @property
    def answered(self) -> bool: ...

    @property
    def words(self) -> str: ...

    def accept(self) -> None: ...

    def decline(self) -> None: ...


class FoldsProtocol(Protocol):
    """A run for each fold of the data; see `visualnet.app.services.run.fold_training`."""

    changed: SignalInstance
    folds: int

    @property
    def active(self) -> bool: ...

    @property
    def number(self) -> int: ...

    @property
    def share(self) -> float: ...

    def why_not(self) -> str: ...

    def start(self) -> bool: ...

    def stop(self) -> None: ...


class PlacesProtocol(Protocol):
    """Where runs are trained; see `visualnet.app.services.run.training_places`."""

    choices: Mapping[str, tuple[str, str]]

    @property
    def wish(self) -> str: ...

    @property
    def at_closing(self) -> str: ...

    def choose(self, wish: str) -> None: ...

    def ask_again(self) -> None: ...

    def place(self, project: Project, analysis: Analysis) -> tuple[str, str]: ...


class RunEditsProtocol(Protocol):
    """What is changed in kept runs by hand, with an undo of its own; see `visualnet.app.services.run.run_edits`."""

    changed: SignalInstance

    @property
    def undo_label(self) -> str: ...

    @property
    def redo_label(self) -> str: ...

    def undo(self) -> None: ...

    def redo(self) -> None: ...

    def step_of(self, event: QKeyEvent) -> Callable[[], None] | None: ...

    def annotate(
        self, words: str, folders: Sequence[Path], change: Callable[[RunAnnotations], Mapping[str, Any]]
    ) -> bool: ...

    def rename(self, folder: Path, name: str) -> bool: ...

    def delete(
        self, folders: Sequence[Path], back: Callable[[], None] = ..., again: Callable[[], None] = ...
    ) -> bool: ...


class RunnerProtocol(Protocol):
    """One training at a time; see `visualnet.app.services.runner.Runner` for what each part promises."""

    state_changed: SignalInstance
    updated: SignalInstance
    probes_changed: SignalInstance
    attached_changed: SignalInstance
    ghosts_changed: SignalInstance
    settings: Settings

    @property
    def probes(self) -> ProbesProtocol: ...

    @property
    def redraws(self) -> RedrawsProtocol: ...

    @property
    def network(self) -> NetworkQuestionProtocol: ...

    @property
    def places(self) -> PlacesProtocol: ...

    @property
    def survives(self) -> bool: ...

    @property
    def watches_only(self) -> bool: ...

    def leave(self) -> None: ...

    @property
    def run_edits(self) -> RunEditsProtocol: ...

    @property
    def folds(self) -> FoldsProtocol: ...

    @property
    def model(self) -> RunModel | None: ...

    @property
    def run(self) -> RunRef | None: ...

    @property
    def ghosts(self) -> dict[str, RunModel]: ...

    @property
    def run_colors(self) -> dict[str, int]: ...

    @property
    def state(self) -> str: ...

    @property
    def busy(self) -> bool: ...

    @property
    def elsewhere(self) -> Document | None: ...

    def why_not(self) -> str: ...

    def can_resume(self) -> bool: ...

    def start(self, origin: Origin | None = None) -> bool: ...

    def resume(self) -> bool: ...

    def pause(self) -> None: ...

    def stop(self) -> None: ...

    def request_probes(self, who: str, ports: Iterable[ProbePort] = (), grid: bool = False) -> None: ...

    def attach(self, run_id: str) -> None: ...

    def follow(self, run: RunRef, folder: Path, at: str = "") -> bool: ...

    def show_ghost(self, run_id: str, shown: bool) -> None: ...

    def detach(self, run_id: str) -> None: ...
