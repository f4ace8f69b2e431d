"""The tabs over a canvas: one for each sheet that was opened, the main graph first."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtWidgets import QTabBar

from visualnet.analysis.facts import NodePath
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.core.document import Document
from visualnet.core.project import MAIN, Project


class SheetTabs(QTabBar):
    """A block's tab says through which use of it the shapes are seen. With one sheet there are none."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(documentMode=True, expanding=False, tabsClosable=True, drawBase=False)
        self.studio = studio
        self._opened: WeakKeyDictionary[Document, list[tuple[str, NodePath]]] = WeakKeyDictionary()
        self.setAccessibleName("Sheets")
        self.currentChanged.connect(self._show_sheet)
        self.tabCloseRequested.connect(self._close_sheet)
        studio.sheet_changed.connect(lambda _: self.refresh())
        studio.project_changed.connect(self._project_changed)
        studio.theme_changed.connect(lambda _: self.refresh())  # the icons are drawn in its colours
        self.refresh()

    @property
    def opened(self) -> list[tuple[str, NodePath]]:
        """The sheets that have a tab, of the document in front."""
        return self._opened.setdefault(self.studio.document, [(MAIN, ())])

    def _project_changed(self, before: Project, after: Project) -> None:
        if before.name != after.name or before.blocks is not after.blocks:
            self.refresh()

    def refresh(self) -> None:
        """One tab per opened sheet, the open one in front; sheets whose block is gone leave."""
        blocks = self.studio.project.blocks
        here = (self.studio.sheet, self.studio.path)
        self.opened[:] = [s for s in self.opened if s[0] == MAIN or s[0] in blocks]
        names = [name for name, _ in self.opened]
        if here[0] in names:
            self.opened[names.index(here[0])] = here
        else:
            self.opened.append(here)
        self.blockSignals(True)
        while self.count() > len(self.opened):
            self.removeTab(self.count() - 1)
        while self.count() < len(self.opened):
            self.addTab("")
        for at, (name, path) in enumerate(self.opened):
            words, tip, icon = self.studio.project.name, "The whole network", "home"
            if name != MAIN:
                words, icon = self._trail(name, path), "block"
                tip = f"Inside the block {name}, as {words} sees it"
            self.setTabText(at, words.replace("&", "&&"))
            self.setTabToolTip(at, tip)
            self.setTabIcon(at, icons.icon(icon))
        self.setTabButton(0, QTabBar.ButtonPosition.RightSide, None)
        self.setCurrentIndex(self.opened.index(here))
        self.blockSignals(False)
        self.setVisible(len(self.opened) > 1 or bool(blocks))

    def _trail(self, name: str, path: NodePath) -> str:
        """``encoder › attention``: the names of the instances that lead here, or the block's own."""
        graph, words = self.studio.project.graph, []
        for node_id in path:
            node = graph.nodes.get(node_id)
            if node is None or node.block not in self.studio.project.blocks:
                return name
            words.append(node.name)
            graph = self.studio.project.sheet(node.block or MAIN)
        return " › ".join(words) or name

    def _show_sheet(self, at: int) -> None:
        if 0 <= at < len(self.opened):
            self.studio.open_sheet(*self.opened[at])

    def _close_sheet(self, at: int) -> None:
        if 0 < at < len(self.opened):
            closed = self.opened.pop(at)
            if closed[0] == self.studio.sheet:
                self.studio.open_sheet(*self.opened[at - 1])
            else:
                self.refresh()
