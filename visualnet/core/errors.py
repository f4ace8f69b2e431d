"""What can go wrong with a file, in words that a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.core.text.visible import visible

if TYPE_CHECKING:
    from visualnet.core.storage.disk_state import Standing


class FileError(ValueError):
    """A file that cannot be read or written: which one, where in it, why, and what to do."""

    def __init__(self, file: str, reason: str, *, place: str = "", way_out: str = "") -> None:
        self.file, self.place, self.reason, self.way_out = map(visible, (file, place, reason, way_out))
        where = f", {self.place}" if place else ""
        end = f" {self.way_out}" if way_out else ""
        super().__init__(f"{self.file}{where}: {self.reason}.{end}")


class ChangedOnDisk(FileError):
    """What stands in the file's place is not what was read or saved there; ``seen`` is what does."""

    def __init__(self, file: str, reason: str, seen: Standing, *, way_out: str = "") -> None:
        super().__init__(file, reason, way_out=way_out)
        self.seen = seen
