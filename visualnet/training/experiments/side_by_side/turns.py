"""Trainings that take turns, epoch by epoch: each comes to the same bits as if it were trained alone.

torch's generators and switches belong to the whole process. So one training computes at a time; at the end of an epoch it waits, and who
hands out the turns lays its generators and switches aside until its next turn. Each has a thread of its own, in which its loop stands still
meanwhile; what it looked up for its own thread (the number of cores, gradients on or off) stays there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from visualnet.core.errors import first_line
from visualnet.core.project import Project
from visualnet.data.loading import Loaded
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.loop.sinks import Sink


class ProcessState(NamedTuple):
    """What torch keeps once for the whole process: its generators, and what machine switches set."""

    generator: Tensor
    devices: tuple[Tensor, ...]
    deterministic: tuple[bool, bool]
    benchmark: bool
    precision: str


def capture_process() -> ProcessState:
    """The generators and switches as they stand."""
    has_begun = torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return ProcessState(
        torch.default_generator.get_state(),
        tuple(torch.cuda.get_rng_state_all()) if has_begun else (),
        (torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()),
        torch.backends.cudnn.benchmark,
        torch.get_float32_matmul_precision(),
    )


def restore_process(state: ProcessState) -> None:
    """Put generators and switches back as they stood."""
    torch.default_generator.set_state(state.generator)
    if state.devices:
        torch.cuda.set_rng_state_all(list(state.devices))
    enabled, warns = state.deterministic
    torch.use_deterministic_algorithms(enabled, warn_only=warns)
    torch.backends.cudnn.benchmark = state.benchmark
    torch.set_float32_matmul_precision(state.precision)


class TurnSession(Session):
    """A session that computes only in its turns. A turn ends with an epoch, or with the run: it is ``over`` then.

    ``words`` say what was raised where a run that is to tell its failures raised one; ``reason`` is what `Session.run` gave.
    """

    def __init__(
        self, project: Project, data: Loaded, emit: Sink, control: Control, *, folder: Path, resume: bool
    ) -> None:
        super().__init__(project, data, self._tell, control, folder=folder, resume=resume)
        self.over, self.reason, self.words = False, "", ""
        self._sink = emit
        self._begin, self._end = threading.Semaphore(0), threading.Semaphore(0)
        self._process = capture_process()
        self._thread = threading.Thread(target=self._train, name="run of an experiment", daemon=True)

    @property
    def begun(self) -> bool:
        """Whether it has had a turn."""
        return self._thread.ident is not None

    def take_turn(self) -> None:
        """Have it compute to the end of an epoch, or of the run, and wait for that."""
        around = capture_process()
        restore_process(self._process)
        if self.begun:
            self._begin.release()
        else:
            self._thread.start()
        self._end.acquire()
        self._process = capture_process()
        restore_process(around)
        if self.over:
            self._thread.join()

    def _train(self) -> None:
        try:
            self.reason = self.run()
        except Exception as error:
            # Only text is kept: a kept exception would keep every tensor of the step alive.
            self.words = first_line(error)
        self.over = True
        self._end.release()

    def _tell(self, event: events.Event) -> None:
        self._sink(event)
        if isinstance(event, events.EpochDone) and self._loop is not None:
            begin = time.perf_counter()
            self._end.release()
            self._begin.acquire()
            self._loop.clock.leave_out(time.perf_counter() - begin)


def train_in_turns(sessions: Sequence[TurnSession], ends: Callable[[TurnSession], bool]) -> None:
    """Train these side by side until all are over.

    ``ends`` is asked after each turn, of the session that had it, whether all of it is to end: those that have begun are stopped then, each
    after a step, and the others never begin.
    """
    going = list(sessions)
    while going:
        for one in tuple(going):
            if one not in going:
                continue
            one.take_turn()
            if one.over:
                going.remove(one)
            if ends(one):
                going = [other for other in going if other.begun]
                for other in going:
                    other.control.stop()
