"""The queue as a file: folders of runs that are to be trained on this machine, in order.

A run stands in the list until it is done; a process that is killed in the middle leaves it at the head, to be gone on with.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import msgspec

from visualnet.core.errors import FileError, first_line
from visualnet.core.storage import project_file
from visualnet.core.storage.locks import try_lock
from visualnet.core.storage.paths import data_dir
from visualnet.core.storage.regular_files import open_regular, read_regular

FORMAT = 1
MAX_BYTES = 4 << 20
MOST = 1000
WAIT_S = 5.0
"""So long another process may take to write the list."""
TRIES = 3
"""A run that ended its process so often is not tried again."""
Words = Annotated[str, msgspec.Meta(max_length=4096)]


class QueuedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the queue. ``tries``: how often it was begun; ``failed``: why it will not be tried again."""

    folder: Words
    tries: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    failed: str = ""

    @property
    def path(self) -> Path:
        """The run's folder."""
        return Path(self.folder)


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """The list, first to be trained first."""

    format: int = FORMAT
    runs: tuple[QueuedRun, ...] = ()

    @property
    def next(self) -> QueuedRun | None:
        """The run that is trained next."""
        return next((run for run in self.runs if not run.failed), None)


def queue_path() -> Path:
    """The list's file; it may not exist yet."""
    return data_dir() / "queue.json"


def read_queue() -> Queue:
    """The list as it is now.

    Raises:
        FileError: the file cannot be read, is torn, or is of a newer version; the words say what to do.
    """
    path = queue_path()
    if not path.exists():
        return Queue()
    try:
        found = msgspec.json.decode(read_regular(path, MAX_BYTES), type=Queue)
    except (OSError, ValueError, RecursionError) as error:
        way_out = "Rename it to begin a new queue; the runs are in their own folders."
        raise FileError(str(path), f"the queue cannot be read: {first_line(error)}", way_out=way_out) from None
    if found.format > FORMAT:
        raise FileError(str(path), "the queue was written by a newer version of VisualNet", way_out="Use that one.")
    return found


def change_queue(change: Callable[[tuple[QueuedRun, ...]], tuple[QueuedRun, ...]]) -> Queue:
    """Write the list changed; one process at a time.

    Raises:
        FileError: it cannot be read or written, or another process holds it; the list is as it was.
    """
    with ExitStack() as held:
        try:
            lock = held.enter_context(open_regular(queue_path().with_suffix(".lock"), "ab"))
        except OSError as error:
            raise FileError(str(queue_path()), f"the queue cannot be changed: {error.strerror or error}") from None
        end = time.monotonic() + WAIT_S
        while not try_lock(lock.fileno()):
            if time.monotonic() > end:
                raise FileError(str(queue_path()), "another process holds the queue", way_out="Try again.")
            time.sleep(0.01)
        changed = Queue(runs=change(read_queue().runs))
        project_file.write(queue_path(), msgspec.json.format(msgspec.json.encode(changed), indent=2))
    return changed


def add_run(folder: Path) -> Queue:
    """Put a run's folder at the end; one that stands there already, or failed, is tried anew.

    Raises:
        FileError: as `change_queue`, or there are too many.
    """
    here = str(folder.absolute())

    def change(runs: tuple[QueuedRun, ...]) -> tuple[QueuedRun, ...]:
        if len(runs) >= MOST:
            way_out = "Let some be done, or take some out."
            raise FileError(str(queue_path()), f"{MOST:,} runs wait already", way_out=way_out)
        return (*(run for run in runs if run.folder != here), QueuedRun(folder=here))

    return change_queue(change)


def remove_run(folder: str) -> Queue:
    """Take a run out of the list; its folder stays.

    Raises:
        FileError: as `change_queue`.
    """
    return change_queue(lambda runs: tuple(run for run in runs if run.folder != folder))


def move_first(folder: str) -> Queue:
    """Let a run be the next; one that failed is tried anew.

    Raises:
        FileError: as `change_queue`.
    """

    def change(runs: tuple[QueuedRun, ...]) -> tuple[QueuedRun, ...]:
        wanted = any(run.folder == folder for run in runs)
        return (*([QueuedRun(folder=folder)] * wanted), *(run for run in runs if run.folder != folder))

    return change_queue(change)


def note(folder: str, *, tries: int | None = None, failed: str = "") -> Queue:
    """Write down how often a run was begun, or why it will not be tried again.

    Raises:
        FileError: as `change_queue`.
    """

    def change(runs: tuple[QueuedRun, ...]) -> tuple[QueuedRun, ...]:
        return tuple(
            msgspec.structs.replace(run, tries=run.tries if tries is None else tries, failed=failed or run.failed)
            if run.folder == folder
            else run
            for run in runs
        )

    return change_queue(change)
