"""Train the runs of the queue, one after the other, until none waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from visualnet.core.errors import FileError
from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events, training_job
from visualnet.training.control import Control
from visualnet.training.process.address import Unreachable
from visualnet.training.process.server import serving
from visualnet.training.queue.queue_file import TRIES, QueuedRun, note, queue_path, read_queue, remove_run
from visualnet.training.runs.run_model import LOG, read_project

Tell = Callable[[QueuedRun, object], None]
"""Called with the run that is trained and what it tells."""


class QueueBusy(ValueError):
    """Another process works through the queue."""


@contextmanager
def hold_queue() -> Iterator[None]:
    """Be the one that works through the queue. The operating system ends it with the process, however that ends.

    Raises:
        QueueBusy: another process does.
        FileError: the folder cannot be written to.
    """
    try:
        lock = open_regular(queue_path().with_name("queue-worker.lock"), "ab")
    except OSError as error:
        raise FileError(str(queue_path()), f"the queue cannot be worked through: {error.strerror or error}") from None
    with lock:
        if not try_lock(lock.fileno()):
            raise QueueBusy("another process works through the queue already: what is added is trained there")
        yield


def is_worked_through() -> bool:
    """Whether a process works through the queue now."""
    try:
        with hold_queue():
            return False
    except QueueBusy:
        return True
    except FileError:
        return False


class QueueWorker:
    """Trains what waits, also what is added meanwhile, in order."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._control = Control()
        self.stopping = False

    def stop(self) -> None:
        """End after the present step; the run stays the first of the queue, to be gone on with. From any thread, or a signal."""
        self.stopping = True
        self._control.stop()

    def work(self) -> int:
        """Train until nothing waits, or until `stop`: how many runs failed.

        Raises:
            QueueBusy, FileError: as `hold_queue` and `read_queue`.
        """
        failures = 0
        with hold_queue():
            while not self.stopping and (run := read_queue().next) is not None:
                words = self._train(run)
                if words:
                    failures += 1
                    note(run.folder, failed=words)
                elif not self.stopping:
                    remove_run(run.folder)
        return failures

    def _train(self, run: QueuedRun) -> str:
        """Train one run, or go on with it; why it failed."""
        if run.tries >= TRIES:
            return f"it ended its process {run.tries} times before it kept anything: out of memory, or a fault of the machine"
        project = read_project(run.path)
        if project is None:
            return f"there is no project in {run.folder} that can be read"
        note(run.folder, tries=run.tries + 1)
        failed, kept = list[str](), list[int]()

        def put(event: object) -> None:
            if isinstance(event, events.Failed):
                failed.append(event.words)
            elif isinstance(event, events.CheckpointSaved) and not kept:
                kept.append(event.step)
                note(run.folder, tries=0)  # it comes on: if it is killed now, that is no fault of its own
            if isinstance(event, events.Event):
                tell(event)
            self._tell(run, event)

        self._control = Control()
        if self.stopping:
            self._control.stop()
        try:
            with serving(run.path, self._control) as tell:
                training_job.train(project, run.path, (run.path / LOG).exists(), self._control, put)
        except Unreachable as error:
            return str(error)
        return failed[-1] if failed else ""
