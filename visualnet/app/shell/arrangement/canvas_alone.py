"""The canvas alone on the screen: no bars, no panels, larger text; and everything back as it was."""

from __future__ import annotations

from collections.abc import Callable
from weakref import ref

from PySide6.QtCore import Qt, QTimer

from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.shell.window_base import WindowBase
from visualnet.app.theme import fonts
from visualnet.core.document import Document

SETTLED_MS = (0, 100, 400)
"""The system gives the window its size back some time after it was asked to; what depends on that is put right then too."""
TEXT_SIZE = 150
"""Text is at least so large, in per cent: for those who sit in the last row."""


class CanvasAlone:
    """Puts the rest of a window away. What it changes for the while is not remembered for the next start."""

    def __init__(self, window: WindowBase, set_docks_visible: Callable[[bool], None]) -> None:
        self.window, self._set_docks_visible = window, set_docks_visible
        self.on = False
        self._text_size = 100
        self._state = Qt.WindowState.WindowNoState
        self._banner = False
        """Whether a message stood over the canvas when it became alone."""
        self._seen: tuple[ref[Document], str, Pose | None] | None = None
        window.project_files.tabs.shown.connect(self._leave_page)

    def _leave_page(self) -> None:
        """A page came to the front: there is no canvas to be alone."""
        if self.window.covered:
            self.set(False)

    def set(self, state: bool) -> None:
        """Put all but the canvas away, or bring it back."""
        if state == self.on or (state and self.window.covered):
            return
        self._put_away() if state else self._bring_back()
        self.window.studio.canvas_alone_changed.emit(self.on)
        self.window.canvas.view.setFocus()

    def _put_away(self) -> None:
        window, view = self.window, self.window.canvas.view
        self._text_size, self._state = fonts.chosen_size(), window.windowState()
        self._seen = ref(window.studio.document), window.studio.sheet, None if view.following else view.pose()
        self._set_docks_visible(False)
        self._banner = window.banner.isVisible()
        window.banner.hide()
        self.on = True
        self._show_head(False)
        window.keeper.set_text_size(max(TEXT_SIZE, self._text_size))
        window.setWindowState(self._state | Qt.WindowState.WindowFullScreen)
        QTimer.singleShot(0, view, view.fit)

    def _bring_back(self) -> None:
        window = self.window
        window.setWindowState(self._state)
        window.keeper.set_text_size(self._text_size)
        self.on = False
        self._show_head(True)
        if self._banner:
            window.banner.show()
        self._set_docks_visible(not window.covered)
        for delay in SETTLED_MS:
            QTimer.singleShot(delay, window.canvas.view, self._look_back)

    def _show_head(self, state: bool) -> None:
        if (head := self.window.menuWidget()) is not None:
            head.setVisible(state)

    def _look_back(self) -> None:
        """The panels as large as they were, and that part of the sheet that was seen, if it is still the one that is shown."""
        studio, view, seen = self.window.studio, self.window.canvas.view, self._seen
        if self.on or seen is None:
            return
        self.window.spaces.settle_sizes()
        # A view that showed the whole sheet goes on doing so by itself.
        if (seen[0](), seen[1]) == (studio.document, studio.sheet) and seen[2] is not None:
            view.look(seen[2])
