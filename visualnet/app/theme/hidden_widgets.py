"""Style hidden widgets after the visible ones, so that a change of theme is answered as soon as what is seen has its new look.

Nineteen of twenty widgets of a window are hidden (other pages, tabbed panels, menus), and the style sheet is most of the work of a
change. Qt styles anew what has the attribute ``WA_WState_Polished``, and tells everything that has not ``WA_SetStyle`` that its style
is another one, upon which it asks for a new layout. While the sheet changes hidden widgets have not the one and have the other; they
are styled here in the pauses between events, and those that are shown before their turn at once. Icons likewise.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from visualnet.app.theme import icons
from visualnet.app.theme.child_objects import find_descendants

SLICE_S = 0.004
"""How long widgets are styled before events are handled again."""
_POLISHED, _OWN_STYLE = Qt.WidgetAttribute.WA_WState_Polished, Qt.WidgetAttribute.WA_SetStyle


class HiddenWidgets(QObject):
    """The hidden widgets that still have the look of the style sheet before."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._waiting: dict[QWidget, None] = {}
        self._left_out: list[QWidget] = []
        self._watched: list[QWidget] = []
        self._icons: dict[icons.Bound, None] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._style_some)

    @property
    def waiting(self) -> int:
        """How many are still to be styled."""
        return len(self._waiting)

    def leave_out(self) -> None:
        """Leave out all widgets that are hidden now while the style sheet changes; call ``style_later`` after it."""
        before = self._waiting
        self._unwatch()
        self._watched, hidden = _find_hidden()
        self._waiting = {w: None for w in hidden if w in before or w.testAttribute(_POLISHED)}
        for widget in self._waiting:
            widget.setAttribute(_POLISHED, False)
        self._left_out = [w for w in hidden if not w.testAttribute(_OWN_STYLE)]
        for widget in self._left_out:
            widget.setAttribute(_OWN_STYLE)

    def style_later(self, without_icon: Iterable[icons.Bound] = ()) -> None:
        """Give them the new look in the pauses between events, and these their new icons."""
        for widget in self._left_out:
            widget.setAttribute(_OWN_STYLE, False)
        self._left_out = []
        self._icons = dict.fromkeys(without_icon)
        if self._waiting or self._icons:
            self._timer.start()
            for widget in self._watched:  # not the application, nor all that is hidden: each event would come by here
                widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.__class__ is QShowEvent and isinstance(watched, QWidget):
            # What it holds is asked for its size before it is shown itself, so it is styled with it.
            for widget in (watched, *find_descendants(watched, QWidget)):
                if widget in self._waiting:
                    del self._waiting[widget]
                    _style(widget)
                for target in (widget, *widget.actions()):
                    if target in self._icons:
                        del self._icons[target]
                        icons.repaint(target)
        return False

    def _style_some(self) -> None:
        end = time.perf_counter() + SLICE_S
        while self._waiting and time.perf_counter() < end:
            widget, _ = self._waiting.popitem()
            if isValid(widget):
                _style(widget)
        while self._icons and time.perf_counter() < end:
            icons.repaint(self._icons.popitem()[0])
        if not self._waiting and not self._icons:
            self._timer.stop()
            self._unwatch()

    def _unwatch(self) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []


def _find_hidden() -> tuple[list[QWidget], list[QWidget]]:
    """The hidden widgets in visible ones (and hidden windows), without which nothing below them can be shown; and all that is hidden.

    To ask each of the program's widgets whether it is visible takes three times as long.
    """
    windows = QApplication.topLevelWidgets()
    visible = [w for w in windows if w.isVisible()]
    outer = [w for w in windows if not w.isVisible()]
    for widget in visible:  # which grows on the way
        for child in widget.children():
            if isinstance(child, QWidget) and not child.isWindow():
                (visible if child.isVisible() else outer).append(child)
    shown = set(visible)
    return outer, [w for w in QApplication.allWidgets() if w not in shown]


def _style(widget: QWidget) -> None:
    """Give a widget the look of the present sheet."""
    widget.setAttribute(_POLISHED)
    style = widget.style()
    style.unpolish(widget)  # it forgets what it keeps of the sheet before
    style.polish(widget)
    QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # its layout and what it knows of its own size
