"""Labels as they stand in files become numbers of classes; what a person should know of them becomes findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visualnet.core.text.format import format_quantity
from visualnet.data.sources.common.classes import number_classes
from visualnet.data.sources.source import Finding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

MOST_SHOWN = 5
"""So many lines are named in a finding; the rest are counted."""


class Codes:
    """Values as numbers, in the order in which they came first; compact for millions of samples."""

    def __init__(self) -> None:
        from array import array

        self.numbers: dict[str, int] = {}
        self._codes = array("i")

    def append(self, value: str) -> None:
        """Take in the value of the next sample."""
        self._codes.append(self.numbers.setdefault(value, len(self.numbers)))

    def __len__(self) -> int:
        return len(self._codes)

    def values(self) -> Array:
        """The value of each sample."""
        import numpy as np

        return np.array(list(self.numbers), object)[np.frombuffer(self._codes, np.int32)]

    def classes(self) -> tuple[tuple[str, ...], Array]:
        """The values as classes in the order in which people sort them, and the number of each sample's class as int64.

        Raises:
            ValueError: there are too many different ones.
        """
        import numpy as np

        number, names = number_classes(list(self.numbers))
        return names, number[np.frombuffer(self._codes, np.int32)]


class SkippedLines:
    """Lines of a file that are left out, by the reason."""

    def __init__(self, file: str, thing: str = "line") -> None:
        self.file, self.thing = file, thing
        self._lines: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}

    def add(self, line: int, reason: str) -> None:
        """Note a line; of each reason the first few are kept, the rest counted."""
        kept = self._lines.setdefault(reason, [])
        if len(kept) < MOST_SHOWN:
            kept.append(line)
        self._counts[reason] = self._counts.get(reason, 0) + 1

    @property
    def count(self) -> int:
        """How many were left out."""
        return sum(self._counts.values())

    def findings(self) -> tuple[Finding, ...]:
        """One for each reason, at its first line."""
        found = []
        for reason, lines in self._lines.items():
            number = self._counts[reason]
            if number == 1:
                words = f"{self.thing} {lines[0]:,} was left out: {reason}"
            else:
                which = ", ".join(f"{line:,}" for line in lines) + (" …" if number > len(lines) else "")
                words = f"{format_quantity(number, self.thing)} were left out ({which}): {reason}"
            found.append(Finding("warning", words, self.file, lines[0]))
        return tuple(found)
