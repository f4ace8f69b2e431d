"""A field that says which units are fed: all, or some by number."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from visualnet.app.widgets.basic import describe, restyle

_PART = re.compile(r"^(\d+)(?:\s*[-–]\s*(\d+))?$")


class UnitField(QLineEdit):
    """``all``, or numbers and ranges such as ``0, 3-5``."""

    chosen = Signal(object)
    """The units, as a tuple of numbers in order; none for all."""

    def __init__(self) -> None:
        super().__init__()
        self._size, self._shown = 0, ""
        describe(self, "Units", "Which are fed: all, or numbers such as 0, 3-5. The others pass through.")
        self.setPlaceholderText("all")
        self.editingFinished.connect(self._finish)

    def show_units(self, units: tuple[int, ...], size: int) -> None:
        """Show these of so many units."""
        self._size = size
        if not self.hasFocus() or not self.isModified():
            self._shown = write_units(units)
            self.setText(self._shown)
            restyle(self, invalid=False)

    def _finish(self) -> None:
        text = self.text().strip()
        if text == self._shown:
            return
        try:
            units = read_units(text, self._size)
        except ValueError as error:
            self.setToolTip(str(error))
            restyle(self, invalid=True)
            return
        self.setToolTip("Which are fed: all, or numbers such as 0, 3-5. The others pass through.")
        self._shown = write_units(units)
        self.setModified(False)
        self.setText(self._shown)
        restyle(self, invalid=False)
        self.chosen.emit(units)


def read_units(text: str, size: int) -> tuple[int, ...]:
    """The numbers that a text names; none for all.

    Raises:
        ValueError: it is no list of units, or one of them is not there.
    """
    if text.strip().lower() in ("", "all"):
        return ()
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.match(part.strip())
        if match is None:
            raise ValueError(f"“{part.strip()}” is no number and no range: write all, or numbers such as 0, 3-5")
        first, last = int(match[1]), int(match[2] or match[1])
        if max(first, last) >= size:
            raise ValueError(f"there are units 0 to {size - 1}")
        found |= set(range(min(first, last), max(first, last) + 1))
    return () if len(found) == size else tuple(sorted(found))


def write_units(units: Iterable[int]) -> str:
    """Numbers as a text, those in a row as a range."""
    parts: list[list[int]] = []
    for unit in units:
        if parts and parts[-1][-1] == unit - 1:
            parts[-1].append(unit)
        else:
            parts.append([unit])
    return ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 2 else ", ".join(map(str, part)) for part in parts)
