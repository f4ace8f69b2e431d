"""What can go wrong with a file, in words that a person can act on; and work that nobody wants any more."""

from __future__ import annotations

from visualnet.core.text.hidden_characters import visible


class FileError(ValueError):
    """A file that cannot be read or written: which one, where in it, why, and what to do."""

    def __init__(self, file: str, reason: str, *, place: str = "", way_out: str = "") -> None:
        self.file, self.place, self.reason, self.way_out = map(visible, (file, place, reason, way_out))
        where = f", {self.place}" if place else ""
        end = f" {self.way_out}" if way_out else ""
        super().__init__(f"{self.file}{where}: {self.reason}.{end}")


class Cancelled(Exception):
    """Raised within work that the person gave up; nothing of it is kept."""


def first_line(error: BaseException) -> str:
    """The first line of what an exception says; the name of its class where it says nothing."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def os_reason(error: OSError) -> str:
    """Why the operating system refused, as a part of a sentence: “no space left on device”."""
    return (error.strerror or type(error).__name__).lower()
