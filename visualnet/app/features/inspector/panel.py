"""The inspector: the form, the formulas, the ports and the training options of what is selected; with nothing selected, the project."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from visualnet.app.features.inspector.node_page import NodePage
from visualnet.app.features.inspector.project_page import ProjectPage
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts


class InspectorPanel(QScrollArea):
    """Shows one page for a selection and one for the project; scrolls when there is more than fits."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(fonts.px(264))
        self.node_page, self.project_page = NodePage(studio), ProjectPage(studio)
        # No QStackedWidget: that is as high as its highest page wants to be, also while another one is shown.
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(0)
        for page in (self.project_page, self.node_page):
            column.addWidget(page)
        column.addStretch(1)
        self.node_page.hide()
        self.setWidget(holder)
        studio.analysed.connect(lambda _: self.refresh())
        studio.selection_changed.connect(lambda _: self.refresh())
        studio.sheet_changed.connect(lambda _: self.refresh())
        studio.focus_requested.connect(lambda _ids, at: self.node_page.point_at(at))
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setMinimumWidth(fonts.px(264))

    def refresh(self) -> None:
        """Show what is selected now."""
        chosen = [i for i in self.studio.selection if i in self.studio.graph.nodes]
        if chosen:
            self.node_page.show_nodes(chosen)
        else:
            self.project_page.refresh()
            self.node_page.clear()
        if self.node_page.isHidden() == bool(chosen):
            self.project_page.setVisible(not chosen)
            self.node_page.setVisible(bool(chosen))
            self.verticalScrollBar().setValue(0)
