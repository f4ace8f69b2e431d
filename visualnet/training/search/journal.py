"""Optuna's journal in a search's folder: a line for each thing that was said, shared by all of its processes.

A process that is killed leaves the lock free and at most one torn line at the end, which the next one that writes takes away.
"""

from __future__ import annotations

import os
from pathlib import Path

from optuna.logging import WARNING, set_verbosity
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from visualnet.core.errors import first_line
from visualnet.core.storage.regular_files import open_regular
from visualnet.training.search.folder import JOURNAL, Lock

set_verbosity(WARNING)
BLOCK = 1 << 16
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError)
"""What Optuna raises where lines of a journal are not what it wrote."""


class JournalLock:
    """What `JournalFileBackend` holds while it writes a line; mends the end of the journal first."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._lock = Lock(journal.with_suffix(".lock"))

    def acquire(self) -> bool:
        """Hold the journal.

        Raises:
            OSError: it cannot be held or written.
        """
        self._lock.acquire()
        try:
            repair_journal(self._journal)
        except BaseException:
            self._lock.release()
            raise
        return True

    def release(self) -> None:
        """Let others write."""
        self._lock.release()


def repair_journal(journal: Path) -> int:
    """Take a torn line off the end of a journal; how many bytes that was.

    Raises:
        OSError: it cannot be written.
    """
    with open_regular(journal, "r+b") as file:
        size = end = file.seek(0, os.SEEK_END)
        while end:
            start = max(end - BLOCK, 0)
            file.seek(start)
            last = file.read(end - start).rfind(b"\n")
            end = start + last + 1 if last >= 0 else start
            if last >= 0:
                break
        if end < size:
            file.truncate(end)
        return size - end


def open_journal(folder: Path) -> JournalStorage:
    """The journal of a search, made where there is none.

    Raises:
        ValueError: it is no journal, or a newer version wrote it; the words say what to do.
        OSError: it cannot be read or made.
    """
    path = folder / JOURNAL
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is no file: the search cannot keep its journal there")
    try:
        return JournalStorage(JournalFileBackend(str(path), lock_obj=JournalLock(path)))  # type: ignore[arg-type]
    except UNREADABLE as error:
        raise unreadable(folder, error) from None


def unreadable(folder: Path, error: Exception) -> ValueError:
    """That the journal cannot be read, in words."""
    told = first_line(error)
    return ValueError(
        f"the search's journal {folder / JOURNAL} cannot be read ({told[:200]}): it was changed, or a newer version wrote it. "
        "Move the file away, and the search begins anew; the runs of its trials stay."
    )
