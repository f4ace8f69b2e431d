"""A dock whose panel is made when it is first looked at, and that collapses to a line while its panel has nothing to say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QMoveEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from visualnet.app.widgets.basic import ElidedLabel, icon_button
from visualnet.app.widgets.layouts import column, row

NO_LIMIT = (1 << 24) - 1
"""Qt's QWIDGETSIZE_MAX."""


class LazyDock(QDockWidget):
    """A dock whose panel is made when it is first shown or asked for: what nobody looks at costs no start-up time.

    A panel may have the signals ``title_changed(str)`` and ``nothing_changed(str)``: the second tells why it has nothing to say, or with
    no words that it has. Whether the dock then collapses to its strip is decided by the ``Workspaces``.
    """

    nothing_changed = Signal()
    opened = Signal()
    """A person clicked the strip."""

    def __init__(self, title: str, make: Callable[[], QWidget], window: QMainWindow) -> None:
        super().__init__(title, window)
        self._make = make
        self._panel: QWidget | None = None
        self.nothing = ""
        """Why the panel has nothing to say; empty while it has."""
        self.held = False
        """Whether a person wants it open though it has nothing to say."""
        self.collapsed = False
        self._strip: CollapsedDock | None = None
        self._title = DockTitle(self)
        self.setTitleBarWidget(self._title)
        self._frame = QWidget()
        self._column = column(parent=self._frame)
        self.setWidget(self._frame)
        self.visibilityChanged.connect(self._hide_covered)

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
            if (nothing := getattr(self._panel, "nothing_changed", None)) is not None:
                nothing.connect(self._set_nothing)
                self._set_nothing(getattr(self._panel, "nothing", ""))
        return self._panel

    def _hide_covered(self, seen: bool = True) -> None:
        """Hide the panel while another one of the same tabs lies over it: Qt moves it out of the window, where it is as visible as ever, so
        that it would follow every edit for nobody. It keeps its room: the tabs are as wide as the widest panel, whichever is in front."""
        if self._panel is None or self.collapsed or not self.isVisible():
            return
        away = self.geometry().right() < 0 or self.geometry().bottom() < 0
        covered = not self.isFloating() and (away or not seen)
        if covered == self._panel.isHidden():
            return
        if covered:
            policy = self._panel.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            self._panel.setSizePolicy(policy)
        self._panel.setVisible(not covered)

    def _set_nothing(self, words: str) -> None:
        if words != self.nothing:
            self.nothing = words
            if self._strip is not None:
                self._strip.show_words(self.windowTitle(), words)
            self.nothing_changed.emit()

    def collapse(self, collapsed: bool) -> None:
        """Leave only a line that says why there is nothing, or show the panel again."""
        if collapsed == self.collapsed:
            return
        self.collapsed = collapsed
        # The frame stays: a dock without anything in it would be no wider than its title.
        self.panel.setVisible(not collapsed)
        self._frame.setMaximumHeight(0 if collapsed else NO_LIMIT)
        if collapsed:
            self._strip = CollapsedDock(self)
            self._strip.opened.connect(self.opened)
            self._strip.show_words(self.windowTitle(), self.nothing)
        elif self._strip is not None:
            self._strip.deleteLater()
            self._strip = None
        self._title.setVisible(not collapsed)
        self.setTitleBarWidget(self._strip if self._strip is not None else self._title)
        self.setMaximumHeight(self._strip.sizeHint().height() if self._strip is not None else NO_LIMIT)

    def showEvent(self, event: QShowEvent) -> None:
        assert self.panel is not None
        super().showEvent(event)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._hide_covered()

    def minimumSizeHint(self) -> QSize:
        if self._strip is not None:
            return QSize(80, self._strip.sizeHint().height())
        return super().minimumSizeHint().expandedTo(QSize(80, 60))


class DockTitle(QWidget):
    """The title of a dock, with what floats and closes it. Qt's own has icons of 10 px whatever the text size is."""

    def __init__(self, dock: LazyDock) -> None:
        super().__init__(dock)
        self.words = ElidedLabel(dock.windowTitle())
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.float_button = icon_button("copy", "Float", "Float or dock the panel", lambda: self._toggle(dock), 12)
        self.close_button = icon_button("close", "Close", "Close the panel", dock.close, 12)
        row((self.words, 1), self.float_button, self.close_button, margins=(14, 2, 4, 2), spacing=0, parent=self)
        dock.windowTitleChanged.connect(self.words.setText)

    def _toggle(self, dock: LazyDock) -> None:
        dock.setFloating(not dock.isFloating())


class CollapsedDock(QWidget):
    """What is left of a collapsed dock: its title, why there is nothing to see, and the way to open it all the same."""

    opened = Signal()

    def __init__(self, dock: LazyDock) -> None:
        super().__init__(dock)
        self.words = ElidedLabel("", "muted")
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        show = icon_button("chevron-up", "Open the panel", done=self.opened.emit, size=14)
        close = icon_button("close", "Close the panel", done=dock.hide, size=12)
        row((self.words, 1), show, close, margins=(12, 2, 6, 2), spacing=2, parent=self)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Opens by itself when there is something to see; a click opens it now")
        self._dock = dock

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self._dock.collapsed:  # text has another size
            self._dock.setMaximumHeight(self.sizeHint().height())
        return super().event(event)

    def show_words(self, title: str, nothing: str) -> None:
        """Say what is collapsed, and why."""
        self.words.setText(f"{title} · {nothing}" if nothing else title)
        self.setAccessibleName(self.words.full_text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()
