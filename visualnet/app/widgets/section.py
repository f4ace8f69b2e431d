"""A titled group that can be collapsed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from visualnet.app.theme import icons
from visualnet.app.theme.tokens import GRID
from visualnet.app.widgets.layouts import column


class Section(QWidget):
    """A title that shows or hides what is under it. ``toggled`` tells that a person did so."""

    toggled = Signal(bool)

    def __init__(self, title: str, *, opened: bool = True) -> None:
        super().__init__()
        self.opened = opened
        """Whether the content shows."""
        self._head = QToolButton(toolButtonStyle=Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setObjectName("head")
        icons.resize(self._head, 12)
        self._head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._head.clicked.connect(self._toggle)
        self._content = QWidget()
        self.body = column(margins=(0, 0, 0, GRID), spacing=GRID // 2, parent=self._content)
        column(self._head, self._content, spacing=GRID // 2, parent=self)
        self.set_title(title)

    def _toggle(self) -> None:
        self.set_opened(not self.opened)
        self.toggled.emit(self.opened)

    def set_opened(self, opened: bool) -> None:
        """Show or hide the content."""
        self.opened = opened
        self._content.setVisible(opened)
        icons.bind(self._head, "chevron-down" if opened else "chevron-right", "muted")
        self._head.setAccessibleName(f"{self.accessibleName()}, {'open' if opened else 'closed'}")

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._head.setText(title.replace("&", "&&"))
        self.setAccessibleName(title)
        self.set_opened(self.opened)

    def add(self, widget: QWidget) -> None:
        """Put a widget under the title."""
        self.body.addWidget(widget)
