"""The page as the window holds it: empty until it is first seen, so that it costs nothing while the program starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column
from visualnet.core.document import Document

if TYPE_CHECKING:
    from visualnet.app.features.search.view import SearchView


class SearchPage(QWidget):
    """Holds the view of searches, which is made when it is first shown."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setAccessibleName("Search")
        self.setAutoFillBackground(True)  # tabs of docks that are put away stay where they were, below the page
        self._column = column(parent=self)
        self._view: SearchView | None = None

    @property
    def view(self) -> SearchView:
        """What is seen."""
        if self._view is None:
            from visualnet.app.features.search.view import SearchView

            self._view = SearchView(self.studio)
            self._column.addWidget(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.refresh()

    def take(self, document: Document) -> None:
        """Search for settings of this document's project."""
        self.view.take(document)
