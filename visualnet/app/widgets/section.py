"""A titled group that folds away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from visualnet.app.theme import icons
from visualnet.app.theme.tokens import GRID


class Section(QWidget):
    """A title that shows or hides what is under it."""

    toggled = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None, *, opened: bool = True) -> None:
        super().__init__(parent)
        self._head = QToolButton()
        self._head.setObjectName("head")
        self._head.setText(title.replace("&", "&&"))
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setIconSize(QSize(12, 12))
        self._head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._head.setCheckable(False)
        self._head.clicked.connect(lambda: self.set_opened(not self._opened))
        self._body = QWidget()
        self.body = QVBoxLayout(self._body)
        self.body.setContentsMargins(0, 0, 0, GRID)
        self.body.setSpacing(GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self._head)
        column.addWidget(self._body)
        self.setAccessibleName(title)
        self._opened = opened
        self._show()

    @property
    def opened(self) -> bool:
        """Whether the content shows."""
        return self._opened

    def set_opened(self, opened: bool) -> None:
        """Show or hide the content."""
        if opened != self._opened:
            self._opened = opened
            self._show()
            self.toggled.emit(opened)

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._head.setText(title.replace("&", "&&"))
        self.setAccessibleName(title)
        self._show()

    def add(self, widget: QWidget) -> None:
        """Put a widget under the title."""
        self.body.addWidget(widget)

    def _show(self) -> None:
        self._body.setVisible(self._opened)
        icons.bind(self._head, "chevron-down" if self._opened else "chevron-right", "muted")
        self._head.setAccessibleName(f"{self.accessibleName()}, {'open' if self._opened else 'closed'}")
