"""What panels may ask of the one who trains. The Studio holds it by this, so that it need not know `Runner`, which knows the Studio."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Protocol

from PySide6.QtCore import Signal

if TYPE_CHECKING:
    from visualnet.app.services.live_probes import Watching
    from visualnet.app.services.redraw_budget import Redraws
    from visualnet.app.state.settings import Settings
    from visualnet.core.project import RunRef
    from visualnet.training.control import Port
    from visualnet.training.runs.run_model import RunModel


class RunnerProtocol(Protocol):
    """One training at a time; see `visualnet.app.services.runner.Runner` for what each part promises."""

    state_changed: ClassVar[Signal]
    updated: ClassVar[Signal]
    watched: ClassVar[Signal]
    attached_changed: ClassVar[Signal]
    ghosts_changed: ClassVar[Signal]

    settings: Settings
    watching: Watching
    redraws: Redraws
    model: RunModel | None
    run: RunRef | None
    ghosts: dict[str, RunModel]

    @property
    def state(self) -> str: ...

    @property
    def busy(self) -> bool: ...

    def why_not(self) -> str: ...

    def can_resume(self) -> bool: ...

    def start(self) -> bool: ...

    def resume(self) -> bool: ...

    def pause(self) -> None: ...

    def stop(self) -> None: ...

    def watch(self, who: str, ports: Iterable[Port] = (), grid: bool = False) -> None: ...

    def attach(self, run_id: str) -> None: ...

    def show_ghost(self, run_id: str, shown: bool) -> None: ...

    def detach(self, run_id: str) -> None: ...
