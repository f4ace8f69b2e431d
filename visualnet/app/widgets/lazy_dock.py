"""A dock whose panel is made when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from visualnet.app.widgets.layouts import column


class LazyDock(QDockWidget):
    """A dock whose panel is made when it is first shown or asked for: what nobody looks at costs no start-up time."""

    def __init__(self, title: str, make: Callable[[], QWidget], window: QMainWindow) -> None:
        super().__init__(title, window)
        self._make = make
        self._panel: QWidget | None = None
        frame = QWidget()
        self._column = column(parent=frame)
        self.setWidget(frame)

    @property
    def made(self) -> bool:
        """Whether the panel is there yet."""
        return self._panel is not None

    @property
    def panel(self) -> QWidget:
        """The panel; it is made now if it is not there yet."""
        if self._panel is None:
            self._panel = self._make()
            self._column.addWidget(self._panel)
            if (changed := getattr(self._panel, "title_changed", None)) is not None:
                changed.connect(self.setWindowTitle)
        return self._panel

    def showEvent(self, event: QShowEvent) -> None:
        assert self.panel is not None
        super().showEvent(event)

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().expandedTo(QSize(80, 60))
