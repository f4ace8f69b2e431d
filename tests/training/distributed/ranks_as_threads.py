"""Two trainings in threads of this process that agree with each other as two processes do: for tests of what is obeyed, and when."""

from __future__ import annotations

import threading
from typing import Any

import torch

from tests.waiting import PATIENCE_S, until
from visualnet.compiling.module import Model
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.distributed.joined_processes import JoinedProcesses
from visualnet.training.distributed.process_group import Member
from visualnet.training.loop.session import Session


class Exchange:
    """`visualnet.training.distributed.exchange` between the threads of this process, each of which stands for one rank."""

    def __init__(self, size: int) -> None:
        self._barrier = threading.Barrier(size, timeout=PATIENCE_S)
        self._said: list[tuple[str, Any]] = [("", None)] * size
        self._local = threading.local()

    def be(self, rank: int) -> None:
        """This thread is that rank from now on."""
        self._local.rank = rank

    def end(self) -> None:
        """One has gone: the others wait for it no longer."""
        self._barrier.abort()

    def _all(self, what: str, value: Any) -> list[Any]:
        self._said[self._local.rank] = what, value
        self._barrier.wait()
        said = [*self._said]
        self._barrier.wait()
        assert len({one for one, _ in said}) == 1, f"each asks for something else: {said}"
        return [value for _, value in said]

    def maximum(self, numbers: list[int]) -> list[int]:
        """The greatest of each number."""
        return [max(column) for column in zip(*self._all("maximum", numbers), strict=True)]

    def broadcast(self, value: Any) -> Any:
        """The value of rank 0."""
        return self._all("broadcast", value)[0]


class Joined(JoinedProcesses):
    """One of two that look up together; each computes the whole batch."""

    def follow(self, model: Model) -> None:
        self.model = model

    def wrap(self, program: Any, plain: Any) -> Any:
        return plain

    def begin(self, position: Any, emit: Any) -> None:
        """They stand at the beginning."""

    def part(self, index: Any) -> Any:
        return index

    def take(self, index: Any, step: int | None = None) -> Any:
        return index

    def count(self, batch: Any) -> int:
        return len(batch[0])


class Pair:
    """Two trainings in two threads, that go on until they are stopped; what each was given and what it told."""

    def __init__(self, threads: Exchange, project: Project) -> None:
        members = [Member(rank, "here", rank) for rank in (0, 1)]
        self.sources, self.told = (Control(), Control()), (list[Any](), list[Any]())
        self._threads, loops = threads, []
        for rank in (0, 1):  # one after the other: torch has one generator for all
            group = Joined(members, rank, torch.device("cpu"), 0, lambda told, error: told)
            tell, source = self.told[rank].append, self.sources[rank]
            loops.append(Session(project, load(project.data), tell, source, threads=1, group=group).set_up())
        self._work = [threading.Thread(target=self._run, args=(rank, loops[rank])) for rank in (0, 1)]
        for thread in self._work:
            thread.start()

    def _run(self, rank: int, loop: Any) -> None:
        self._threads.be(rank)
        try:
            loop.run()
        finally:
            if not isinstance(self.told[rank][-1], events.Finished):
                self._threads.end()

    def of(self, kind: type) -> list[list[Any]]:
        """What each told of a kind."""
        return [[event for event in told if isinstance(event, kind)] for told in self.told]

    def hear(self, kind: type, count: int = 1) -> int:
        """Wait for the so manieth event of a kind in both; the step, which is the same."""
        until(lambda: all(len(found) >= count for found in self.of(kind)), f"{kind.__name__} {count}")
        ours, theirs = (found[count - 1].step for found in self.of(kind))
        assert ours == theirs
        step: int = ours
        return step

    def go_on(self) -> None:
        """Wait until both have made further steps."""
        self.hear(events.EpochDone, max(map(len, self.of(events.EpochDone))) + 2)

    def end(self) -> None:
        """Both end, by a stop of any."""
        for source in self.sources:
            source.stop()
        for thread in self._work:
            thread.join()


def losses(told: list[Any]) -> list[float | None]:
    """Of each step."""
    return [loss for event in told if isinstance(event, events.Steps) for loss in event.values["loss"]]
