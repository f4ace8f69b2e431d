"""What every editor of an own sample offers to the panel."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

Array = NDArray[Any]


class InputEditor(QWidget):
    """Makes one raw field of a sample."""

    changed = Signal()
    failed = Signal(str)
    """Something that was opened cannot be read: the words say why."""
    follows_sample = False
    """Whether it shows the chosen sample of the data until the person changes it."""

    def value(self) -> Array | None:
        """The raw field, without the axis of samples; None while nothing was made."""
        raise NotImplementedError

    def begin_with(self, raw: Array) -> None:
        """Show this raw field of a sample, to go on from there. It is no change yet."""
        raise NotImplementedError
