"""Pages whose view is made when it is first shown, so that they cost nothing while the program starts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pkgutil import resolve_name
from threading import Thread

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.features.feature import Page
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column


class PageView(QWidget):
    """What a `LazyPage` shows. Subclasses override what they do when the page comes into view and leaves it."""

    def page_shown(self) -> None:
        """The page has come into view."""

    def page_hidden(self) -> None:
        """The page is no longer seen."""


class LazyPage(QWidget):
    """Covers the canvas with a view that is imported and made when it is first needed.

    Args:
        title: the name of the page for screen readers.
        path: the view's class, a `PageView` made of the Studio, as ``"package.module:name"``.
    """

    def __init__(self, title: str, path: str, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.setAccessibleName(title)
        self.setAutoFillBackground(True)  # tabs of docks that are put away stay where they were, below the page
        self._path = path
        self._column = column(parent=self)
        self._view: PageView | None = None

    @property
    def view(self) -> PageView:
        """What is seen."""
        if self._view is None:
            self._view = _import_in_thread(self._path)(self.studio)
            self._column.addWidget(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.page_shown()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._view is not None:
            self._view.page_hidden()


def _import_in_thread(path: str) -> Callable[[Studio], PageView]:
    """What a name stands for, imported in a thread of its own.

    A library may keep the exception of an import of its own that failed (optuna does, of redis), and with its traceback all the calls that
    led there: those of this thread hold no project.
    """
    found: list[Callable[[Studio], PageView]] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            found.append(resolve_name(path))
        except Exception as fault:
            faults.append(fault)

    thread = Thread(target=run, name=f"import {path}")
    thread.start()
    thread.join()
    if faults:
        raise faults.pop()
    return found[0]


def lazy_page(title: str, path: str) -> Page:
    """Declare a page whose view is the class that ``path`` names."""
    return Page(title, partial(LazyPage, title, path))
