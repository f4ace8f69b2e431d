"""A refresh that waits until what it refreshes is seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class DeferredRefresh(QObject):
    """Refreshes a widget at once while it is visible; asked while it is hidden, once when it is shown next."""

    def __init__(self, widget: QWidget, refresh: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._refresh, self._due = widget, refresh, False
        widget.installEventFilter(self)

    def ask(self) -> None:
        """What the widget shows has changed."""
        self._due = not self._widget.isVisible()
        if not self._due:
            self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._due:
            self._due = False
            self._refresh()
        return False
