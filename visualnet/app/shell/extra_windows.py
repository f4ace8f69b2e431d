"""Further views of a project, windows and blocks opened in place: each looks where it likes, with a selection of its own.

What is done by menu, key or inspector concerns the view that was worked in last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage

from visualnet.analysis.facts import NodePath
from visualnet.app.actions.registry import Actions
from visualnet.app.canvas.view import CanvasView
from visualnet.app.services.background_task import close_tasks
from visualnet.app.shell.canvas_page import CanvasPage, SheetPage, place_layer, show_thumbnails
from visualnet.app.shell.open_projects import Tabs
from visualnet.app.state.studio import Studio, StudioSignals
from visualnet.core.document import Document


class ActiveStudio(StudioSignals):
    """The Studio of the view that was worked in last: what the inspector shows and edits."""

    def __init__(self, main: Studio) -> None:
        super().__init__(main)
        self.studio = main
        self._links: list[tuple[Any, Any]] = []
        self._follow(main)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["studio"], name)

    def activate(self, studio: Studio) -> None:
        """Another view is worked in."""
        if studio is not self.studio:
            for source, target in self._links:
                source.disconnect(target)
            self._links.clear()
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


class SheetPlace(Protocol):
    """Where a sheet is worked on: the page of the window, a further window, or a block opened in place."""

    @property
    def view(self) -> CanvasView: ...

    def search(self) -> None: ...

    def open_block(self) -> None: ...

    def open_inside(self) -> None: ...

    def go_up(self) -> None: ...


class ViewWindow(SheetPage):
    """One more window onto a document, with sheet, path, camera and selection of its own."""

    closed = Signal(object)

    def __init__(self, studio: Studio, actions: Actions, main: CanvasPage) -> None:
        super().__init__(studio, actions)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._main = main
        actions.install(self, "window")
        actions.install(self, "canvas")
        studio.project_changed.connect(lambda _before, _after: self._title())
        self.resize(960, 640)
        self._title()

    def open_inside(self) -> None:
        """Open the block that is selected in the window, there."""
        self._main.open_inside()

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
    closed = Signal()
    """A further view, or a block opened in place, was closed."""

    def __init__(self, canvas: CanvasPage, tabs: Tabs, actions: Actions, active: ActiveStudio, parent: QObject) -> None:
        super().__init__(parent)
        self.canvas, self.tabs, self._actions, self._active = canvas, tabs, actions, active
        self.main = canvas.studio
        self.all: list[ViewWindow] = []
        self.place: SheetPlace = canvas
        """Where one worked last."""
        self._watch(canvas.view)
        canvas.inside.opened.connect(self._watch)
        canvas.inside.closing.connect(self._leave_inside)
        self.main.focus_requested.connect(lambda _ids, _at: self._activate(canvas))
        self.main.thumbnails_changed.connect(self._show_thumbnails)
        self.main.document_changed.connect(self._follow_document)
        self.main.place_requested.connect(lambda kind: place_layer(self.view, kind))
        tabs.closed.connect(self._close_views)
        active.selection_changed.connect(lambda _: self.changed.emit() if self.place is not canvas else None)

    @property
    def view(self) -> CanvasView:
        """The canvas that was worked in last."""
        return self.place.view

    @property
    def studio(self) -> Studio:
        """That of the view which was worked in last."""
        return self.view.studio

    def open(self) -> ViewWindow:
        """Open a further view of the project in front, on the sheet that is seen now."""
        studio = self.main.further_view(self)
        studio.open_sheet(self.studio.sheet, self.studio.path)
        other = ViewWindow(studio, self._actions, self.canvas)
        self._watch(other.view)
        other.closed.connect(self._forget)
        self.all.append(other)
        self.canvas.view.others.append(other.view)
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

    def _watch(self, view: CanvasView) -> None:
        """See when this view is worked in."""
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def _activate(self, place: SheetPlace) -> None:
        if place is not self.place:
            self.place = place
            if place is not self.canvas and (tab := self.tabs.of(self.studio.document)) is not None:
                self.tabs.show(tab)
            self.place = place  # a tab that comes to the front turns to the main canvas
            self._active.activate(self.studio)
            self.changed.emit()

    def _leave_inside(self) -> None:
        if self.place is self.canvas.inside.page:
            self._activate(self.canvas)
        self.closed.emit()

    def _forget(self, other: ViewWindow) -> None:
        if other is self.place:
            self._activate(self.canvas)
        self.all.remove(other)
        self.canvas.view.others.remove(other.view)
        other.studio.deleteLater()
        self.closed.emit()

    def _follow_document(self) -> None:
        """Another tab came to the front: what is done now concerns that."""
        if self.studio.document is not self.main.document:
            self._activate(self.canvas)

    def _close_views(self, document: Document) -> None:
        for other in [o for o in self.all if o.studio.document is document]:
            other.close()

    def _show_thumbnails(self, images: Mapping[NodePath, QImage | None]) -> None:
        places: tuple[SheetPlace | None, ...] = (*self.all, self.canvas.inside.page)
        for place in places:
            if place is not None and place.view.studio.document is self.main.document:
                show_thumbnails(place.view, images)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.MouseButtonPress):
            places: tuple[SheetPlace | None, ...] = (*self.all, self.canvas.inside.page)
            at = (p for p in places if p is not None and watched in (p.view, p.view.viewport()))
            self._activate(next(at, self.canvas))
        return super().eventFilter(watched, event)
