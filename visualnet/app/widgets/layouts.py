"""Rows and columns in one expression: `column(title, row(field, button), STRETCH, margins=8, parent=self)`; rows that flow, and rows
that leave out what they have no room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from visualnet.app.theme.tokens import GRID

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


def fitting_row(
    *items: Item,
    optional: Sequence[QWidget],
    margins: Margins = 0,
    spacing: int = -1,
    parent: QWidget | None = None,
) -> FittingRow:
    """A row whose ``optional`` widgets are hidden, the first of them first, while there is no room for all."""
    return _filled(FittingRow(optional), items, margins, spacing, parent)


def column(*items: Item, margins: Margins = 0, spacing: int = -1, parent: QWidget | None = None) -> QVBoxLayout:
    """The items from top to bottom; the layout of ``parent`` where one is given. A spacing of -1 is the style's."""
    return _filled(QVBoxLayout(), items, margins, spacing, parent)


def widget_of(layout: QLayout) -> QWidget:
    """A plain widget that holds a layout."""
    made = QWidget()
    made.setLayout(layout)
    return made


def split(*parts: QWidget | tuple[QWidget, int], sizes: Sequence[int] = (), upright: bool = False) -> QSplitter:
    """Parts beside each other (``upright``: one above the other) with handles between, none of which can be pushed shut; each alone or with
    its stretch factor. ``sizes`` are the first, in pixels."""
    splitter = QSplitter(Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal, childrenCollapsible=False)
    for at, part in enumerate(parts):
        widget, stretch = part if isinstance(part, tuple) else (part, 0)
        splitter.addWidget(widget)
        splitter.setStretchFactor(at, stretch)
    if sizes:
        splitter.setSizes([*sizes])
    return splitter


def stack(*pages: QWidget) -> QStackedWidget:
    """Pages of which one is shown, at first the first."""
    made = QStackedWidget()
    for page in pages:
        made.addWidget(page)
    return made


def scroll_area(inner: QWidget, *, upright: bool = False, focus: bool = True) -> QScrollArea:
    """A frameless view of a widget that grows with it; ``upright``: no bar below; ``focus``: the keyboard reaches the view itself."""
    made = QScrollArea(widgetResizable=True)
    made.setFrameShape(QScrollArea.Shape.NoFrame)
    if upright:
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    if not focus:
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inner)
    return made


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


class FittingRow(QHBoxLayout):
    """A row that shows as many of its optional widgets as have their least width, and is as narrow as those that must be seen.

    It shows and hides these widgets itself. Whether one is to be seen at all is told with `want`, not with ``setVisible``.
    """

    def __init__(self, optional: Sequence[QWidget]) -> None:
        super().__init__()
        self._optional = tuple(optional)
        self._unwanted: set[QWidget] = set()

    def want(self, part: QWidget, wanted: bool) -> None:
        """Say whether an optional widget has anything to show."""
        assert part in self._optional
        if wanted != (part not in self._unwanted):
            (self._unwanted.discard if wanted else self._unwanted.add)(part)
            part.setVisible(wanted)
            self.invalidate()

    def minimumSize(self) -> QSize:
        height = super().minimumSize().height()
        return QSize(self._least(self._needed()), height)

    def sizeHint(self) -> QSize:
        height = super().sizeHint().height()
        return QSize(self._width([_preferred_width(item) for item in self._wanted()]), height)

    def setGeometry(self, area: QRect) -> None:
        shown = self._wanted()
        for part in self._optional:
            if self._least(shown) <= area.width():
                break
            shown = [item for item in shown if item.widget() is not part]
        seen = {item.widget() for item in shown}
        for part in self._optional:
            if part.isHidden() == (part in seen):
                part.setVisible(part in seen)
                self.invalidate()
        super().setGeometry(area)

    def _wanted(self) -> list[QLayoutItem]:
        """The items that would be seen if there were room for all."""
        items = [item for at in range(self.count()) if (item := self.itemAt(at)) is not None]
        return [item for item in items if item.spacerItem() is None and self._is_wanted(item)]

    def _is_wanted(self, item: QLayoutItem) -> bool:
        widget = item.widget()
        return widget not in self._unwanted if widget in self._optional else not item.isEmpty()

    def _needed(self) -> list[QLayoutItem]:
        return [item for item in self._wanted() if item.widget() not in self._optional]

    def _least(self, items: list[QLayoutItem]) -> int:
        return self._width([_least_width(item) for item in items])

    def _width(self, widths: list[int]) -> int:
        margins = self.contentsMargins()
        return margins.left() + margins.right() + sum(widths) + self.spacing() * max(len(widths) - 1, 0)


def _least_width(item: QLayoutItem) -> int:
    """The least width of an item, hidden or not: Qt says 0 for a hidden widget."""
    if (widget := item.widget()) is None:
        return item.minimumSize().width()
    rigid = widget.sizePolicy().horizontalPolicy() in (QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
    least = widget.sizeHint() if rigid else widget.minimumSizeHint()
    return least.expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize()).width()


def _preferred_width(item: QLayoutItem) -> int:
    if (widget := item.widget()) is None:
        return item.sizeHint().width()
    return widget.sizeHint().expandedTo(widget.minimumSize()).boundedTo(widget.maximumSize()).width()


class FlowLayout(QLayout):
    """Fills a row from the left and goes on in the next."""

    def __init__(self, parent: QWidget, gap: int = GRID) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size.grownBy(self.contentsMargins())

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._arrange(area, move=True)

    def _arrange(self, area: QRect, *, move: bool) -> int:
        """Place the items, or only measure; answers the height."""
        inner = area.marginsRemoved(self.contentsMargins())
        x, y, row = inner.x(), inner.y(), 0
        for item in self._items:
            if (widget := item.widget()) is not None and widget.isHidden():
                continue
            size = item.sizeHint()
            if x > inner.x() and x + size.width() > inner.x() + inner.width():
                x, y, row = inner.x(), y + row + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            row = max(row, size.height())
        return y + row - inner.y() + area.height() - inner.height()
