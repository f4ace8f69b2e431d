"""A run's log read piece by piece, as far as it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events
from visualnet.training.events import Event
from visualnet.training.runs.run_model import LOG, MAX_LINE

PIECE = 1 << 20


def size_of(folder: Path) -> int:
    """Bytes of the log; 0 where there is none."""
    try:
        return os.stat(folder / LOG).st_size
    except OSError:
        return 0


def whole_size_of(folder: Path) -> int:
    """Bytes of the log up to the end of its last whole line: what is behind it, a crash left torn, and it will be cut off."""
    size = size_of(folder)
    try:
        with open_regular(folder / LOG) as file:
            start = max(size - MAX_LINE, 0)
            file.seek(start)
            end = file.read(MAX_LINE).rfind(b"\n")
    except OSError:
        return 0
    return start + end + 1 if end >= 0 else size if start else 0


class LogTail:
    """Gives each event of a log once. ``at`` is the byte up to which it was read: always the begin of a line."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at = folder, 0

    def read(self, limit: int | None = None) -> Iterator[Event]:
        """The events that were not read yet, up to this byte; what is torn or foreign is left out, a last line without its end is left for
        the next time."""
        try:
            with open_regular(self.folder / LOG) as file:
                if os.fstat(file.fileno()).st_size < self.at:
                    return  # cut by somebody: what is told further has other places
                file.seek(self.at)
                rest = b""
                while limit is None or self.at + len(rest) < limit:
                    room = PIECE if limit is None else min(PIECE, limit - self.at - len(rest))
                    piece = file.read(room)
                    if not piece:
                        break
                    *lines, rest = (rest + piece).split(b"\n")
                    for line in lines:
                        self.at += len(line) + 1
                        yield from _event(line)
                    if len(rest) > 16 * MAX_LINE:
                        return  # no log: it is read no further
        except OSError:
            return


def _event(line: bytes) -> Iterator[Event]:
    if len(line) <= MAX_LINE:
        try:
            yield events.decode(line)
        except (ValueError, OverflowError):
            return
