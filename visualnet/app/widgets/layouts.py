"""Rows and columns in one expression: `column(title, row(field, button), STRETCH, margins=8, parent=self)`."""

from __future__ import annotations

from typing import Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Box = TypeVar("Box", bound=QBoxLayout)

STRETCH: Final = 1
"""Room that grows between two items; any other whole number is that much stretch."""

Item = QWidget | QLayout | int | tuple[QWidget | QLayout, int] | tuple[QWidget | QLayout, int, Qt.AlignmentFlag]
"""A widget or a layout, alone or with its stretch factor and alignment; or a whole number: empty room that grows."""

Margins = int | tuple[int, int, int, int]
"""Pixels, the same on all sides or left, top, right, bottom."""


def row(*items: Item, margins: Margins = 0, spacing: int = -1, parent: QWidget | None = None) -> QHBoxLayout:
    """The items from left to right; the layout of ``parent`` where one is given. A spacing of -1 is the style's."""
    return _filled(QHBoxLayout(), items, margins, spacing, parent)


def column(*items: Item, margins: Margins = 0, spacing: int = -1, parent: QWidget | None = None) -> QVBoxLayout:
    """The items from top to bottom; the layout of ``parent`` where one is given. A spacing of -1 is the style's."""
    return _filled(QVBoxLayout(), items, margins, spacing, parent)


def add(layout: QBoxLayout, *items: Item) -> None:
    """Put more items at the end of a row or column."""
    for item in items:
        if isinstance(item, int):
            layout.addStretch(item)
            continue
        part, stretch, *rest = item if isinstance(item, tuple) else (item, 0)
        alignment = rest[0] if rest else Qt.AlignmentFlag(0)
        if isinstance(part, QLayout):
            layout.addLayout(part, stretch)
            if alignment:
                layout.setAlignment(part, alignment)
        else:
            layout.addWidget(part, stretch, alignment)


def clear(layout: QLayout) -> None:
    """Remove every widget of a layout, and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            remove(widget)


def remove(widget: QWidget) -> None:
    """Take a widget away for good: hidden at once, or it would be painted once more under its successor."""
    widget.hide()
    widget.deleteLater()


def _filled(layout: Box, items: tuple[Item, ...], margins: Margins, spacing: int, parent: QWidget | None) -> Box:
    layout.setContentsMargins(*((margins,) * 4 if isinstance(margins, int) else margins))
    layout.setSpacing(spacing)
    add(layout, *items)
    if parent is not None:
        parent.setLayout(layout)
    return layout
