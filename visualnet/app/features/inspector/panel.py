"""The inspector: the form, the formulas, the ports and the training options of what is selected; with nothing selected, the project."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea

from visualnet.analysis.selected import SelectedNodes
from visualnet.app.features.inspector.node_page import NodePage
from visualnet.app.features.inspector.project_page import ProjectPage
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.layouts import STRETCH, column, widget_of


class InspectorPanel(QScrollArea):
    """Shows one page for a selection and one for the project; scrolls when there is more than fits."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(widgetResizable=True)
        self.studio = studio
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(fonts.px(264))
        self.node_page, self.project_page = NodePage(studio), ProjectPage(studio)
        # No QStackedWidget: that is as high as its highest page wants to be, also while another one is shown.
        holder = widget_of(column(self.project_page, self.node_page, STRETCH, margins=(12, 8, 12, 12), spacing=0))
        self.node_page.hide()
        self.setWidget(holder)
        self._due = DeferredRefresh(self, self.refresh)
        for changed in (studio.analysed, studio.selection_changed, studio.sheet_changed):
            changed.connect(self._due.ask)
        studio.focus_requested.connect(lambda _ids, at: self._point_at(at))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(264))

    def _point_at(self, name: str) -> None:
        self._due.bring_up_to_date()
        self.node_page.point_at(name)

    def refresh(self) -> None:
        """Show what is selected now."""
        selected = SelectedNodes.of(self.studio.graph, self.studio.facts, self.studio.selection)
        some = bool(selected.nodes)
        self.node_page.refresh(selected)
        if not some:
            self.project_page.refresh()
        if self.node_page.isHidden() == some:
            self.project_page.setVisible(not some)
            self.node_page.setVisible(some)
            self.verticalScrollBar().setValue(0)
