"""Further views of a project, windows and blocks opened in place: each looks where it likes, with a selection of its own.

What is done by menu, key or inspector concerns the view that was worked in last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visualnet.analysis.facts import NodePath
from visualnet.app.canvas.handlers import remember
from visualnet.app.canvas.view import CanvasView
from visualnet.app.services.background_task import close_tasks
from visualnet.app.shell.breadcrumbs import Breadcrumbs
from visualnet.app.shell.canvas_page import show_thumbnails
from visualnet.app.shell.find_bar import FindBar
from visualnet.app.shell.frame import Frame
from visualnet.app.shell.inline_block import InlineBlock
from visualnet.app.shell.sheet_tabs import SheetTabs
from visualnet.app.state.studio import Studio, StudioSignals
from visualnet.core.document import Document


class ActiveStudio(StudioSignals):
    """The Studio of the view that was worked in last: what the inspector shows and edits."""

    def __init__(self, main: Studio) -> None:
        super().__init__(main)
        self.main = self.studio = main
        self._links: list[tuple[Any, Any]] = []
        self._follow(main)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["studio"], name)

    def turn(self, studio: Studio) -> None:
        """Another view is worked in."""
        if studio is not self.studio:
            self._let_go()
            self._follow(studio)
            self.analysed.emit(studio.analysis)
            self.sheet_changed.emit(studio.sheet)
            self.selection_changed.emit(studio.selection)
            self.state_changed.emit()

    def _follow(self, studio: Studio) -> None:
        self.studio = studio
        for name, value in vars(StudioSignals).items():
            if isinstance(value, Signal):
                source, target = getattr(studio, name), getattr(self, name)
                source.connect(target)
                self._links.append((source, target))

    def _let_go(self) -> None:
        for source, target in self._links:
            source.disconnect(target)
        self._links.clear()


class ViewWindow(QWidget):
    """One more window onto a document, with sheet, path, camera and selection of its own."""

    closed = Signal(object)

    def __init__(self, studio: Studio, main: CanvasView, answers: Callable[..., Mapping[str, Any]]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.studio = studio
        self.view = CanvasView(studio)
        self.view.context_menu = main.context_menu
        self.view.popup.kept = main.popup.kept
        remember(self.view, main.minimap.kept)
        self.tabs = SheetTabs(studio)
        self.crumbs = Breadcrumbs(studio, self)
        self.find_bar = FindBar(studio, self)
        self.answers = answers(self.view, self.find_bar.open, self.crumbs.up)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.tabs, self.crumbs, self.find_bar):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        studio.project_changed.connect(lambda _before, _after: self._title())
        self.resize(960, 640)
        self._title()

    def _title(self) -> None:
        self.setWindowTitle(f"{self.studio.project.name} — another view")

    def closeEvent(self, event: QCloseEvent) -> None:
        self.view.cancel()
        close_tasks(self)
        self.studio.release()
        self.closed.emit(self)
        super().closeEvent(event)


class ExtraWindows(QObject):
    """The further views of a window's projects; knows which one was worked in last."""

    changed = Signal()

    def __init__(self, window: Frame) -> None:
        super().__init__(window)
        self.window_ = window
        self.all: list[ViewWindow] = []
        self.focus = ActiveStudio(window.studio)
        self._worked: ViewWindow | InlineBlock | None = None

    def join(self) -> None:
        """Once the parts of the window are there: follow the views, the tabs and the themes."""
        window, canvas = self.window_, self.window_.canvas
        canvas.looking = lambda: self._worked.answers if self._worked is not None else {}
        canvas.worked = lambda: self.view
        self._notice(canvas.view)
        self.inside = canvas.inside
        self.inside.opened.connect(lambda: self._notice(self.inside.view))
        self.inside.closing.connect(lambda: self._turn(None) if self._worked is self.inside else None)
        window.studio.focus_requested.connect(lambda _ids, _at: self._turn(None))
        window.studio.theme_changed.connect(self._wear)
        window.studio.thumbnails_changed.connect(self._show_thumbnails)
        window.studio.document_changed.connect(self._other_document)
        window.filing.tabs.closed.connect(self._closed_document)
        self.focus.selection_changed.connect(lambda _: self.changed.emit() if self._worked is not None else None)

    @property
    def studio(self) -> Studio:
        """That of the view which was worked in last."""
        worked = self._worked
        if isinstance(worked, InlineBlock):
            assert worked.own is not None
            return worked.own
        return worked.studio if worked is not None else self.window_.studio

    @property
    def view(self) -> CanvasView:
        """The canvas that was worked in last."""
        worked = self._worked
        return self.window_.canvas.view if worked is None or worked.view is None else worked.view

    def open(self) -> ViewWindow:
        """Open a further view of the project in front, on the sheet that is seen now."""
        window = self.window_
        now, document = self.studio, window.studio.document
        studio = Studio(document, window.studio.theme, self)
        studio.runner, studio.settings, studio.shell = window.runner, window.settings, window
        studio.sheet, studio.path = now.sheet, now.path
        studio.message.connect(window.studio.message)
        window.studio.library_changed.connect(studio.library_changed)
        other = ViewWindow(studio, window.canvas.view, window.canvas.answers)
        for context in ("window", "canvas"):
            window.actions_.install(other, context)  # type: ignore[arg-type]
        self._notice(other.view)
        other.closed.connect(self._gone)
        self.all.append(other)
        window.canvas.view.others.append(other.view)
        other.show()
        other.view.fit_at_once()
        other.view.setFocus()
        return other

    def close_active(self) -> bool:
        """Close the further view that has the keyboard; False if it is the main window."""
        other = next((o for o in self.all if o.isActiveWindow()), None)
        return other is not None and other.close()

    def close_all(self) -> None:
        """The main window closes."""
        for other in tuple(self.all):
            other.close()

    def _notice(self, view: CanvasView) -> None:
        """See when this view is worked in."""
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def _turn(self, worked: ViewWindow | InlineBlock | None) -> None:
        if worked is not self._worked:
            self._worked = worked
            if worked is not None:
                tabs = self.window_.filing.tabs
                tab = tabs.of(worked.studio.document)
                if tab is not None:
                    tabs.show(tab)
            self._worked = worked
            self.window_.canvas.blocks.studio = self.studio
            self.focus.turn(self.studio)
            self.changed.emit()

    def _gone(self, other: ViewWindow) -> None:
        if other is self._worked:
            self._turn(None)
        self.all.remove(other)
        self.window_.canvas.view.others.remove(other.view)
        other.studio.deleteLater()

    def _other_document(self) -> None:
        """Another tab came to the front: what is done now concerns that."""
        if self._worked is not None and self._worked.studio.document is not self.window_.studio.document:
            self._turn(None)

    def _closed_document(self, document: Document) -> None:
        for other in [o for o in self.all if o.studio.document is document]:
            other.close()

    def _wear(self, theme: Any) -> None:
        for other in self.all:
            other.studio.set_theme(theme)

    def _show_thumbnails(self, images: Mapping[NodePath, QImage | None]) -> None:
        for other in self.all:
            if other.studio.document is self.window_.studio.document:
                show_thumbnails(other.view, other.studio, images)
        if self.inside.view is not None and self.inside.own is not None:
            show_thumbnails(self.inside.view, self.inside.own, images)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.MouseButtonPress):
            views = (*self.all, self.inside)
            self._turn(next((o for o in views if o.view and watched in (o.view, o.view.viewport())), None))
        return super().eventFilter(watched, event)
