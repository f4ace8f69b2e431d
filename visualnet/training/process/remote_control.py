"""Controls a training in another process, as `visualnet.training.control.Control` does one in this process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.training.control import ProbePort, ProbeRequest
from visualnet.training.process.protocol.messages import ChangeNetwork, ChangeSettings, ControlRequest
from visualnet.training.process.protocol.probe_messages import plain_request
from visualnet.training.recipe.live_settings import Values, check_value

ASKED = 32
"""So many requests for looks are remembered, to know what an answer is of."""

LET_GO = ". It goes on, and is followed no further"
"""What becomes of a run that was to stop and can only be watched."""


class RemoteControl:
    """What is asked goes out in order as soon as the run can be reached; no call waits. From any thread.

    ``refuse(words)`` is called with why nothing can be asked of a run that can only be watched.
    """

    def __init__(self, refuse: Callable[[str], object] = lambda words: None) -> None:
        self.project: Project | None = None
        """What is trained, as the run has told it last; None until then."""
        self.readonly = ""
        """Why the run can only be watched; nothing where it can be steered."""
        self._refuse = refuse
        self._lock = threading.Lock()
        self._wishes: deque[msgspec.Struct] = deque()
        self._watch: tuple[int, ProbeRequest] = (0, ProbeRequest())
        self._asked: dict[int, ProbeRequest] = {}
        self._sent = 0
        self._over = self._left = self._stop = False
        self.wake: Callable[[], object] = lambda: None
        """Tells who sends that there is something to send."""

    @property
    def probe_request(self) -> ProbeRequest:
        """What is looked at."""
        return self._watch[1]

    @probe_request.setter
    def probe_request(self, request: ProbeRequest) -> None:
        with self._lock:
            if request == self._watch[1]:
                return
            number = self._watch[0] + 1
            self._watch = number, request
            self._asked[number] = request
            self._asked.pop(number - ASKED, None)
        self.wake()

    @property
    def left(self) -> bool:
        """Whether nobody here wants to hear of the run any more."""
        return self._left

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stop

    def pause(self) -> None:
        """Wait after the current step, until ``resume`` or ``stop``."""
        self._ask(ControlRequest("pause"))

    def resume(self) -> None:
        """Go on after a pause."""
        self._ask(ControlRequest("resume"))

    def stop(self) -> None:
        """End after the current step. A run that can only be watched goes on, and is followed no further."""
        self._stop = True
        self._ask(ControlRequest("stop"), LET_GO)
        if self.readonly:
            self.leave()

    def leave(self) -> None:
        """Follow the run no further: it goes on by itself."""
        self._left = True
        self.wake()

    def change(self, values: Values) -> None:
        """Train with these settings from the next step on, or the next epoch, as each declares.

        Raises:
            ValueError: the run is over, it can only be watched, or a setting cannot have this value while it goes on.
        """
        project = self.project
        if project is not None:
            for setting, value in values.items():
                check_value(project, setting, value)
        if self._over:
            raise ValueError("the run is over: nothing of it can be changed any more")
        if self.readonly:
            raise ValueError(self.readonly)
        if values:
            self._ask(ChangeSettings(tuple((name, value) for name, value in values.items())))

    def change_network(self, drawing: Project) -> None:
        """Train the network of this drawing from the next step on; a pause ends with it."""
        self._ask(ChangeNetwork(project_file.dumps(drawing)))

    def request_probes(
        self, ports: Iterable[ProbePort], sample: int = 0, budget: float = 0.05, grid: bool = False, **more: Any
    ) -> None:
        """Look at these ports from now on, as `Control.request_probes` has it."""
        share = min(max(float(budget), 0.001), 1.0)
        self.probe_request = ProbeRequest(tuple(ports), max(int(sample), 0), share, grid, **more)

    # --- the side of who sends ------------------------------------------------------------------------------------------

    def take(self) -> list[msgspec.Struct]:
        """What is to be sent, in order."""
        with self._lock:
            wishes = list(self._wishes)
            self._wishes.clear()
            number, request = self._watch
            due = number > self._sent
            self._sent = number
        if due:
            wishes.append(plain_request(number, request))
        return wishes

    def begin_anew(self) -> None:
        """The run is reached anew: it does not know what is looked at."""
        with self._lock:
            self._sent = 0 if self._watch[1].is_wanted else self._sent

    def asked(self, number: int) -> ProbeRequest | None:
        """The request of this number, if it is one of the last."""
        return self._asked.get(number)

    def only_watch(self, words: str) -> None:
        """The run can only be watched; what was asked meanwhile is refused, and one that was to stop is followed no further."""
        with self._lock:
            self.readonly = words
            refused = bool(self._wishes)
            self._wishes.clear()
        if refused:
            self._refuse(words + (LET_GO if self._stop else ""))
        if self._stop:
            self.leave()

    def close(self) -> None:
        """The run is over."""
        self._over = True

    def _ask(self, wish: msgspec.Struct, consequence: str = "") -> None:
        with self._lock:
            refused = self.readonly
            if not refused:
                self._wishes.append(wish)
        if refused:
            self._refuse(refused + consequence)
        else:
            self.wake()
