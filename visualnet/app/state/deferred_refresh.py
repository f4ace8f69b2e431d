"""A refresh that waits until what it refreshes is seen, and a queue of refreshes that are done between events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QShowEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

INPUT = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.KeyPress,
        QEvent.Type.ShortcutOverride,
        QEvent.Type.Wheel,
        QEvent.Type.ContextMenu,
        QEvent.Type.InputMethod,
        QEvent.Type.TouchBegin,
        QEvent.Type.DragEnter,
        QEvent.Type.Drop,
        QEvent.Type.Close,
    }
)
"""What a person does: nothing that still shows another document may take it."""


INPUT_CLASSES = frozenset(
    {
        QMouseEvent,
        QKeyEvent,
        QWheelEvent,
        QContextMenuEvent,
        QInputMethodEvent,
        QTouchEvent,
        QDragEnterEvent,
        QDropEvent,
        QCloseEvent,
    }
)


IDLE_MS = 300
"""So long after a document was closed the hidden widgets let go of it."""


class DeferredRefresh(QObject):
    """Refreshes a widget at once while it is visible; asked while it is hidden, once when it is shown next.

    While a gesture is answered or another document or theme comes (``refresh_between_events``) it only joins the queue, however often it is
    asked. After a document was closed, hidden widgets are refreshed too (`HiddenRefreshes`), or they would hold what they showed of it.

    Args:
        widget: what is refreshed.
        refresh: shows what there is now; asked twice it does no harm.
        hidden: whether it is refreshed also while nobody sees it, for others look at what it says.
    """

    def __init__(self, widget: QWidget, refresh: Callable[[], None], hidden: bool = False) -> None:
        super().__init__(widget)
        self.widget, self._refresh, self._hidden = widget, refresh, hidden
        widget.installEventFilter(self)

    @property
    def needed(self) -> bool:
        """Whether it is to be up to date at the next thing a person does: it is seen, or others look at what it says."""
        return self._hidden or self.widget.isVisible()

    def ask(self, *_: object) -> None:
        """What the widget shows has changed."""
        if _queue().used:
            _queue().add(self)
        elif self.needed:
            self.do()
        else:
            _queue().hidden[self] = None

    def do(self) -> None:
        """Refresh now."""
        _queue().drop(self)
        _queue().hidden.pop(self, None)
        self._refresh()

    def bring_up_to_date(self) -> None:
        """Refresh now if that is due."""
        queue = _queue()
        if self in queue.hidden or self in queue.waiting:
            self.do()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.__class__ is QShowEvent:
            self.bring_up_to_date()
        return False


class RefreshQueue(QObject):
    """The refreshes that wait: one is done between two events, what is needed first.

    So a click is answered when the canvas shows what it did, and the panels follow. Before anything that a person does next the
    needed ones are done.
    """

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._app = app
        self.used = 0
        """Above 0 what is asked joins the queue."""
        self.waiting: dict[DeferredRefresh, None] = {}
        self.hidden: WeakKeyDictionary[DeferredRefresh, None] = WeakKeyDictionary()
        """Those that are due when their widget is shown: it may be destroyed first, with all that it holds."""
        self._watching = False
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._do_one)

    def watch(self) -> None:
        """Look for what a person does while some wait; not while one refreshes or is asked: each event of that would come by here."""
        wanted = bool(self.waiting) and not self.used
        if wanted != self._watching:
            self._watching = wanted
            (self._app.installEventFilter if wanted else self._app.removeEventFilter)(self)

    @contextmanager
    def _unwatched(self) -> Iterator[None]:
        if self._watching:
            self._watching = False
            self._app.removeEventFilter(self)
        try:
            yield
        finally:
            self.watch()

    def add(self, refresh: DeferredRefresh) -> None:
        """Do this one in a pause between two events."""
        if not self.waiting:
            self._timer.start()
        self.waiting[refresh] = None
        self.watch()

    def drop(self, refresh: DeferredRefresh) -> None:
        """This one has been done."""
        if self.waiting.pop(refresh, self) is None and not self.waiting:
            self._timer.stop()
            self.watch()

    def do_needed(self) -> None:
        """Bring up to date what is needed before the next thing a person does."""
        with self._unwatched():
            while (needed := self._first_needed()) is not None:
                needed.do()

    def do_all(self) -> None:
        """Let none wait any longer."""
        while self.waiting:
            self._do_one()
        for refresh in list(self.hidden):
            self.do_hidden(refresh)

    def do_hidden(self, refresh: DeferredRefresh) -> None:
        """Do one of a hidden widget, if it is still due."""
        if isValid(refresh) and isValid(refresh.widget):
            refresh.bring_up_to_date()
        else:
            self.hidden.pop(refresh, None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # By their class first: to ask every event of the program for its type takes a tenth of a click.
        if event.__class__ in INPUT_CLASSES and event.type() in INPUT:
            if event.__class__ is QCloseEvent and not _is_closed_by_person(watched):
                return False
            was_visible = isinstance(watched, QWidget) and watched.isVisible()
            self.do_needed()
            # A button that has gone with the document it was about shall not be pressed.
            return was_visible and not (isValid(watched) and isinstance(watched, QWidget) and watched.isVisible())
        return False

    def _first_needed(self) -> DeferredRefresh | None:
        for refresh in [r for r in self.waiting if not (isValid(r) and isValid(r.widget))]:
            self.drop(refresh)
        return next((r for r in self.waiting if r.needed), None)

    def _do_one(self) -> None:
        with self._unwatched():
            if (found := self._first_needed() or next(iter(self.waiting), None)) is not None:
                found.do()


def _is_closed_by_person(watched: QObject) -> bool:
    """Whether a window is to be closed. A combo box closes its list while it is deleted: nothing may be refreshed in the middle of that."""
    return isinstance(watched, QWidget) and watched.isVisible() and watched.windowType() is not Qt.WindowType.Popup


class HiddenRefreshes(QObject):
    """When a document is closed, hidden widgets are refreshed too, one now and then, so that they hold nothing of it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left: list[DeferredRefresh] = []
        self._timer = QTimer(self, interval=IDLE_MS)
        self._timer.timeout.connect(self._do_one)

    def begin(self, *_: object) -> None:
        """A document was closed."""
        self._left = list(_queue().hidden)
        self._timer.start()

    def _do_one(self) -> None:
        if self._left:  # none where another document was closed meanwhile, and nothing is due any more
            _queue().do_hidden(self._left.pop())
        if not self._left:
            self._timer.stop()


@contextmanager
def refresh_between_events() -> Iterator[None]:
    """What is asked meanwhile is refreshed between events, also in the event loop of a dialog that is opened meanwhile."""
    queue = _queue()
    queue.used += 1
    queue.watch()
    try:
        yield
    finally:
        queue.used -= 1
        queue.watch()


def refresh_needed() -> None:
    """Bring up to date what a person sees, and what others look at."""
    _queue().do_needed()


@contextmanager
def answering() -> Iterator[None]:
    """Something that a person does is done: what is needed is brought up to date first, what it changes is refreshed between events."""
    refresh_needed()
    with refresh_between_events():
        yield


def do_waiting_refreshes() -> None:
    """Have every widget show what there is now."""
    _queue().do_all()


_the_queue: RefreshQueue | None = None


def _queue() -> RefreshQueue:
    global _the_queue
    if _the_queue is None or not isValid(_the_queue):
        app = QCoreApplication.instance()
        assert app is not None
        _the_queue = RefreshQueue(app)
    return _the_queue
