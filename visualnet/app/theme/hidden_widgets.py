"""Style hidden widgets after the visible ones, so that a change of theme is answered as soon as what is seen has its new look.

Four of five widgets of a window are hidden (other pages, tabbed panels, menus), and the style sheet is most of the work of a change.
Qt styles anew what has the attribute ``WA_WState_Polished``. It is taken from hidden widgets while the sheet changes; they are
styled here in the pauses between events, and those that are shown before their turn at once.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

SLICE_S = 0.008
"""How long widgets are styled before events are handled again."""
_POLISHED = Qt.WidgetAttribute.WA_WState_Polished


class HiddenWidgets(QObject):
    """The hidden widgets that still have the look of the style sheet before."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._waiting: dict[QWidget, None] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._style_some)

    def set_aside(self) -> None:
        """Leave out all widgets that are hidden now when the style sheet changes next; call ``style_later`` after it."""
        before = self._waiting
        self._waiting = {
            w: None
            for w in QApplication.allWidgets()
            if not w.isVisible() and (w in before or w.testAttribute(_POLISHED))
        }
        for widget in self._waiting:
            widget.setAttribute(_POLISHED, False)

    def style_later(self) -> None:
        """Give them the new look in the pauses between events."""
        if self._waiting:
            self._timer.start()
            self._app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched in self._waiting:
            # What it holds is asked for its size before it is shown itself, so it is styled with it.
            for widget in (watched, *watched.findChildren(QWidget)):
                if widget in self._waiting:
                    del self._waiting[widget]
                    _style(widget)
        return False

    def _style_some(self) -> None:
        end = time.perf_counter() + SLICE_S
        while self._waiting and time.perf_counter() < end:
            widget, _ = self._waiting.popitem()
            if isValid(widget):
                _style(widget)
        if not self._waiting:
            self._timer.stop()
            self._app.removeEventFilter(self)


def _style(widget: QWidget) -> None:
    """Give a widget the look of the present sheet."""
    widget.setAttribute(_POLISHED)
    style = widget.style()
    style.unpolish(widget)  # it forgets what it keeps of the sheet before
    style.polish(widget)
