"""The program of a training process (``python -m`` this module): it imports, waits for a job on its standard input, trains, ends.

Until the job comes it belongs to the program that started it, and ends with that; from then on it goes on by itself, unless the job says
otherwise.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import struct
import sys
from pathlib import Path
from typing import IO

import msgspec
from msgspec.structs import replace

from visualnet.core.process.exit_signals import on_ending
from visualnet.core.process.parent_process import when_orphaned
from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import descriptor
from visualnet.core.user import trusted_code
from visualnet.resources import resource
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.events import Event
from visualnet.training.loop.sinks import EventLog
from visualnet.training.process.address import Unreachable
from visualnet.training.process.exit_report import STDERR
from visualnet.training.process.server import serving
from visualnet.training.runs.run_model import LOG
from visualnet.training.training_job import train

WARMING = "xor.vnet"
WARM, READY = b"warm\n", b"ready\n"
LENGTH = struct.Struct(">I")


class TrainingTask(msgspec.Struct, frozen=True):
    """What is to be trained: the bytes of the project's file, the run's folder, whether it goes on there, the fingerprints of code that
    the person trusts for now, and whether the training stops (its state kept) when the program that has started it is gone."""

    project: bytes
    folder: str
    resume: bool
    trusted: tuple[str, ...] = ()
    owned: bool = False


def main() -> int:
    """Train what the standard input says; 0 in good order, also after a failure that was told."""
    _import_all()
    os.write(1, WARM)
    task = _read(sys.stdin.buffer)
    if task is None:
        return 0
    folder = Path(task.folder)
    trusted_code.take_marks_for_now(task.trusted)
    control = Control()
    if task.owned:
        when_orphaned(control.stop, os.dup(0))
    try:
        with on_ending(lambda number: control.stop()), serving(folder, control) as tell:
            _redirect(folder)
            sink = _Last(folder, tell)
            os.write(1, READY)
            os.dup2(2, 1)  # whoever prints must not fill a pipe that nobody reads
            train(project_file.loads(task.project, "the project"), folder, task.resume, control, sink)
            sink.close()
    except Unreachable as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _import_all() -> None:
    """What every training needs, so that it need not wait for that: torch imports much only when a network makes its first steps, so a very
    small one makes some. Where something is missing, the training says so."""
    with contextlib.suppress(Exception):
        import visualnet.compiling.module  # noqa: F401
        from visualnet.data.loading import load
        from visualnet.training.loop.session import Session

        small = project_file.load(resource("templates", WARMING))
        small = replace(small, recipe=replace(small.recipe, epochs=1, device="cpu"))
        Session(small, load(small.data), lambda event: None).run()


def _read(stream: IO[bytes]) -> TrainingTask | None:
    """The job; None where who started this process has ended, or wants nothing."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return msgspec.msgpack.decode(body, type=TrainingTask) if len(body) == length else None


def _redirect(folder: Path) -> None:
    """Keep what is written to the standard error in the run's folder, with where Python was if it crashes."""
    with contextlib.suppress(OSError):
        handle = descriptor(folder / STDERR, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        os.dup2(handle, 2)
        os.close(handle)
    faulthandler.enable(2, all_threads=False)
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)


class _Last:
    """Passes on what is told. A failure that the session could not write into the log itself is written there at the end."""

    def __init__(self, folder: Path, tell: object) -> None:
        self._folder, self._tell = folder, tell
        self._failed: events.Failed | None = None

    def __call__(self, event: object) -> None:
        if not isinstance(event, Event):
            return  # the model of what a resumed run did before: who follows reads it in the log
        self._tell(event)  # type: ignore[operator]
        self._failed = event if isinstance(event, events.Failed) else self._failed

    def close(self) -> None:
        """Write down what is missing."""
        from visualnet.training.runs.run_model import read_run

        if self._failed is not None and read_run(self._folder).failed != self._failed:
            log = EventLog(self._folder / LOG, lambda event: None)
            log(self._failed)
            log.close()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # all is written and closed: taking torch apart would take a while, and nobody waits for that
