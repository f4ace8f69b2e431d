"""What the window may ask of a running training, from any thread; obeyed between two steps."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from visualnet.core.graph import Value
from visualnet.core.project import Project
from visualnet.training.observations.probe_targets import OwnSample, ProbePort
from visualnet.training.recipe.live_settings import Setting, Values, check_value

__all__ = ["Control", "OwnSample", "ProbePort", "ProbeRequest", "TrainingControl"]

if TYPE_CHECKING:
    from visualnet.training.observations.feeds.feed import Feed
    from visualnet.training.observations.observation import ObservationRequest


class ProbeRequest(NamedTuple):
    """What to look at: output ports by node path, on which sample of the validation set, at what share of the time.

    The fields of an ``own`` sample stand in for those of that sample. A ``copy`` of the weights is given once for each number.
    ``feeds`` stand in for values at ports.
    """

    ports: tuple[ProbePort, ...] = ()
    sample: int = 0
    budget: float = 0.05
    grid: bool = False
    own: OwnSample | None = None
    observations: tuple[ObservationRequest, ...] = ()
    copy: int = 0
    feeds: tuple[Feed, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.ports or self.grid or self.observations or self.copy)


class TrainingControl(Protocol):
    """What a window can ask of a training, in this process or another: pause, resume, stop, changes, probes."""

    project: Project | None
    probe_request: ProbeRequest

    @property
    def readonly(self) -> str: ...

    @property
    def left(self) -> bool: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def stop(self) -> None: ...

    def change(self, values: Values) -> None: ...

    def change_network(self, drawing: Project) -> None: ...

    def request_probes(
        self, ports: Iterable[ProbePort], sample: int = 0, budget: float = 0.05, grid: bool = False, **more: Any
    ) -> None: ...


class Control:
    """Controls one training in this process, from any thread.

    ``urgent`` is all that the loop looks at while nothing is asked: a plain attribute, no lock. It can always be steered (``readonly`` says
    nothing), and its run is never ``left`` to go on alone.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stop = self._pause = False
        self._changes: dict[Setting, Value] = {}
        self._drawing: Project | None = None
        self._over = False
        self.urgent, self.left, self.readonly = False, False, ""
        self.project: Project | None = None
        """What is trained, as the last change left it; None until the run is set up."""
        self.probe_request = ProbeRequest()

    @property
    def paused(self) -> bool:
        """Whether a pause was asked for and not taken back."""
        return self._pause

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stop

    def pause(self) -> None:
        """Wait after the current step, until ``resume`` or ``stop``."""
        self._set(pause=True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._set(pause=False)

    def stop(self) -> None:
        """End after the current step."""
        self._set(stop=True)

    def change(self, values: Values) -> None:
        """Train with these settings from the next step on, or the next epoch, as each declares. The last value of a setting counts.

        Raises:
            ValueError: the run is over, or a setting cannot have this value while it goes on.
        """
        project = self.project
        if project is not None:
            for setting, value in values.items():
                check_value(project, setting, value)
        with self._changed:
            if self._over:
                raise ValueError("the run is over: nothing of it can be changed any more")
            self._changes |= values
            self.urgent = True
            self._changed.notify_all()

    def close(self) -> None:
        """The run is over: nothing can be changed any more."""
        with self._changed:
            self._over = True

    def change_network(self, drawing: Project) -> None:
        """Train the network of this drawing from the next step on; a pause ends with it. Where that cannot be, the run tells why and stays
        as it is."""
        with self._changed:
            self._drawing = drawing
            self.urgent = True
            self._changed.notify_all()

    def request_probes(
        self, ports: Iterable[ProbePort], sample: int = 0, budget: float = 0.05, grid: bool = False, **more: Any
    ) -> None:
        """Look at these ports from now on (none: look no more). ``grid`` asks for the answer over the input's plane too; ``more`` as
        `ProbeRequest` has it."""
        share = min(max(float(budget), 0.001), 1.0)
        self.probe_request = ProbeRequest(tuple(ports), max(int(sample), 0), share, grid, **more)

    # --- the loop's side -------------------------------------------------------------------------------------------

    def take_changes(self) -> dict[Setting, Value]:
        """The settings that were asked for since the last call."""
        with self._changed:
            changes, self._changes = self._changes, {}
            self._update_urgent()
            return changes

    def take_drawing(self) -> Project | None:
        """The drawing whose network is to be trained from now on, if one was given since the last call."""
        with self._changed:
            drawing, self._drawing = self._drawing, None
            self._update_urgent()
            return drawing

    def wait(self, timeout_s: float) -> bool:
        """Whether the pause is over; returns at once when it ends or a drawing was given, and after the timeout if not."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop or not self._pause or self._drawing is not None, timeout_s)
            return self._stop or not self._pause

    def _set(self, *, stop: bool | None = None, pause: bool | None = None) -> None:
        with self._changed:
            self._stop = self._stop if stop is None else stop
            self._pause = self._pause if pause is None else pause
            self._update_urgent()
            self._changed.notify_all()

    def _update_urgent(self) -> None:
        self.urgent = self._stop or self._pause or bool(self._changes) or self._drawing is not None
