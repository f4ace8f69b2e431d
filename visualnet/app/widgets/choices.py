"""What drop-down lists offer, replaced only where it differs: an open list is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QComboBox


def fill_choices(box: QComboBox, names: Sequence[str], current: int) -> None:
    """Offer these names and choose the one at ``current``."""
    if list(names) != [box.itemText(at) for at in range(box.count())]:
        box.clear()
        box.addItems(names)
    box.setCurrentIndex(current)


def offer_values(box: QComboBox, offered: Sequence[tuple[str, Any]]) -> None:
    """Offer values by their titles; what was chosen stays chosen if it is still offered, else the first one is."""
    if [box.itemData(at) for at in range(box.count())] == [value for _, value in offered]:
        return
    chosen = box.currentData()
    box.clear()
    for title, value in offered:
        box.addItem(title, value)
    if chosen is not None:
        box.setCurrentIndex(max(box.findData(chosen), 0))
