"""Pause, stop and changes of settings, obeyed by all processes at the same step: that of rank 0, told to the others."""

from __future__ import annotations

from collections.abc import Callable

from visualnet.core.project import Project
from visualnet.training.control import Control, ProbeRequest
from visualnet.training.distributed import exchange
from visualnet.training.distributed.process_group import Emit
from visualnet.training.events import Trouble


class SharedControl(Control):
    """What the loop of each process obeys. It changes only in `agree`, which all call at the same step.

    ``source`` is what this process was given. A pause and changes are taken from that of rank 0, a stop from any: a cluster may send its
    signal to each. Only rank 0 is looked into, and nobody where it has not all of the network (``looks``). ``look_up`` has all of them
    agree, in a pause.
    """

    def __init__(self, rank: int, look_up: Callable[[], None], source: Control, emit: Emit, looks: bool = True) -> None:
        self._looks, self._refused = looks, False
        self._leads, self._look_up, self._source, self._emit = rank == 0, look_up, source, emit
        super().__init__()

    @property
    def project(self) -> Project | None:
        """What is trained; the source checks against it what is asked."""
        return self._source.project

    @project.setter
    def project(self, project: Project | None) -> None:
        self._source.project = project

    @property
    def probe_request(self) -> ProbeRequest:
        """What to look at, in the process of rank 0."""
        return self._source.probe_request if self._leads and self._looks else ProbeRequest()

    @probe_request.setter
    def probe_request(self, request: ProbeRequest) -> None:
        self._source.probe_request = request

    def agree(self, steps: int) -> int:
        """Hear what all are asked to do, and after how many batches of rank 0's wish (``steps``) to ask again."""
        leads, source = self._leads, self._source
        changes = source.take_changes() if leads else {}
        if leads and not self._looks and source.probe_request.is_wanted and not self._refused:
            self._refused = True
            words = "nothing inside the network can be seen: its weights are divided over the processes (--shard)"
            self._emit(Trouble(words=words))
        if leads and source.take_drawing() is not None:
            words = "the network stays as it was: where several processes train it, it cannot be changed while the run goes on"
            self._emit(Trouble(words=words))
        told = [int(source.stopping), int(leads and source.paused), int(bool(changes)), steps if leads else 0]
        stop, pause, changed, steps = exchange.maximum(told)
        if changed:
            values = exchange.broadcast(changes)
            with self._changed:
                self._changes |= values
        self._set(stop=bool(stop) or None, pause=bool(pause))
        return steps

    def wait(self, timeout_s: float) -> bool:
        if self._leads:
            self._source.wait(timeout_s)
        self._look_up()
        return self._stop or not self._pause

    def close(self) -> None:
        self._source.close()
        super().close()
