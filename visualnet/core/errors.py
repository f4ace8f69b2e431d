"""What can go wrong with a file, in words that a person can act on."""

from __future__ import annotations

from visualnet.core.text.visible import visible


class FileError(ValueError):
    """A file that cannot be read or written: which one, where in it, why, and what to do."""

    def __init__(self, file: str, reason: str, *, place: str = "", way_out: str = "") -> None:
        self.file, self.place, self.reason, self.way_out = map(visible, (file, place, reason, way_out))
        where = f", {self.place}" if place else ""
        end = f" {self.way_out}" if way_out else ""
        super().__init__(f"{self.file}{where}: {self.reason}.{end}")
