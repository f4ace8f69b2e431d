"""The page as the window holds it: empty until it is first seen, so that it costs nothing while the program starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column

if TYPE_CHECKING:
    from visualnet.app.features.run_list.view import RunListView


class RunListPage(QWidget):
    """Holds the view of all runs, which is made when it is first shown, and looks at the folders whenever it is."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setAccessibleName("All runs")
        self.setAutoFillBackground(True)  # tabs of docks that are put away stay where they were, below the page
        self._column = column(parent=self)
        self._view: RunListView | None = None

    @property
    def view(self) -> RunListView:
        """What is seen."""
        if self._view is None:
            from visualnet.app.features.run_list.view import RunListView

            self._view = RunListView(self.studio)
            self._column.addWidget(self._view)
        return self._view

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.store.refresh()
        self.view.show_chosen()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._view is not None:
            self._view.store.read_curves(())  # a log may be large: none is kept for a page that nobody sees
