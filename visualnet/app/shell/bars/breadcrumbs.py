"""Where the open sheet stands: main › stage2 ×3 › attention. Each part leads there; its arrow lists what stands beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from visualnet.analysis.block_nesting import Crumb, breadcrumb_trail, instances_beside
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import row
from visualnet.core.project import MAIN


class Breadcrumbs(QWidget):
    """A row above the canvas while a block's sheet is open."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setAccessibleName("Where this sheet stands")
        self.row = row(margins=(8, 2, 8, 2), spacing=2, parent=self)
        self.shown: list[Crumb] = []
        studio.sheet_changed.connect(lambda _: self.refresh())
        studio.project_changed.connect(lambda _before, _after: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the way to the open sheet; nothing on the main one."""
        studio = self.studio
        way = breadcrumb_trail(studio.project, studio.sheet, studio.path)
        self.setVisible(studio.sheet != MAIN)
        if way == self.shown:
            return
        self.shown = way
        while (item := self.row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for at, crumb in enumerate(way):
            if at:
                self.row.addWidget(label("›", "muted"))
                self.row.addSpacing(4)
            self.row.addWidget(self._part(crumb, at == len(way) - 1))
            if len(instances_beside(studio.project, crumb)) > 1:
                self.row.addWidget(self._arrow(crumb))
        self.row.addStretch(1)

    def _part(self, crumb: Crumb, here: bool) -> QWidget:
        if here:
            made = label(crumb.words)
            made.setToolTip(crumb.tip)
            return made
        part = QToolButton()
        part.setText(crumb.words.replace("&", "&&"))
        part.setProperty("kind", "quiet")
        part.setToolTip(f"{crumb.tip} (Ctrl+Shift+Return goes up)")
        part.setAccessibleName(f"Go up to {crumb.words}")
        part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        part.clicked.connect(lambda: self.go(crumb))
        return part

    def _arrow(self, crumb: Crumb) -> QToolButton:
        arrow = QToolButton()
        arrow.setProperty("kind", "quiet")
        icons.resize(arrow, 10)
        icons.bind(arrow, "chevron-down", "muted")
        arrow.setToolTip(f"Other blocks beside {crumb.words}")
        arrow.setAccessibleName(f"Other blocks beside {crumb.words}")
        arrow.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        arrow.clicked.connect(lambda: self.menu_for(crumb).popup(arrow.mapToGlobal(arrow.rect().bottomLeft())))
        return arrow

    def menu_for(self, crumb: Crumb) -> QMenu:
        """The blocks that stand beside this one."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for node in instances_beside(self.studio.project, crumb):
            path = (*crumb.path[:-1], node.id)
            words = node.name if node.repeat == 1 else f"{node.name} ×{node.repeat}"
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(path == crumb.path)
            action.triggered.connect(lambda _=False, n=node, p=path: self.studio.open_sheet(n.block or MAIN, p))
        return menu

    def go(self, crumb: Crumb) -> None:
        """Show that sheet, with the block selected from which one came."""
        here = self.studio.path
        self.studio.open_sheet(crumb.sheet, crumb.path)
        inner = here[len(crumb.path) :]
        if inner and inner[0] in self.studio.graph.nodes:
            self.studio.select([inner[0]])
            self.studio.focus_requested.emit([inner[0]], "")

    def up(self) -> None:
        """Go one sheet up."""
        if len(self.shown) > 1:
            self.go(self.shown[-2])
