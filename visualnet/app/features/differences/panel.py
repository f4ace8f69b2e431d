"""The differences: what sets the open network apart from another one, line by line; the canvas shows the same."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from weakref import WeakSet

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHeaderView,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from visualnet.analysis.compare.difference_text import WORDS, DifferenceLine, lines, summary, table
from visualnet.analysis.compare.project_diff import FOLLOWS, SIGNS
from visualnet.app.actions.filled_menu import fill_on_show
from visualnet.app.features.differences.comparison import comparison_of
from visualnet.app.features.differences.overlay import ROLES
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button, describe
from visualnet.app.widgets.layouts import column, row, stack
from visualnet.core.document import Document
from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.templates.index import template_list

SHOWN = 2_000
"""More lines than this help nobody; the last one says how many are left out."""
WIDTHS = {0: 32, 1: 168, 3: 208, 4: 112}
_NODE = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DifferencesPanel(QWidget):
    """Choose what to compare with; a click on a line goes there."""

    nothing_changed = Signal(str)
    """Why there is nothing to show; no words where something is compared."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.comparison = studio, comparison_of(studio)
        self.menu = QMenu(self)
        fill_on_show(self.menu, self._fill_menu)
        self.choose = button("Compare with")
        self.choose.setMenu(self.menu)
        self.choose.setToolTip("Choose what to hold the open network against")
        self.summary = ElidedLabel("", "muted")
        self.copy = button("Copy", "quiet", "copy", self._copy)
        self.copy.setToolTip("Copy the differences as text")
        self.end = button("End", "quiet", "close", self.comparison.clear)
        self.end.setToolTip("Compare no more; the marks on the canvas go")
        self.tree = self._build_tree()
        self.empty = EmptyState(
            "duplicate",
            "Nothing to compare with yet. Choose the saved file, another open project, another file or a template: the canvas "
            "then shows what was added, removed and changed. The history compares with an earlier step.",
        )
        self.same = EmptyState("ok", "No difference, but perhaps in how it is laid out.")
        self.pages = stack(self.empty, self.same, self.tree)
        head = row(self.choose, (self.summary, 1), self.copy, self.end, margins=(8, 6, 8, 4), spacing=8)
        column(head, (self.pages, 1), spacing=0, parent=self)
        self.comparison.changed.connect(self.refresh)
        studio.theme_changed.connect(self.refresh)
        self._document, self._open_in = studio.document, WeakSet[Document]()
        studio.document_changed.connect(self._change_document)
        self.refresh()

    @property
    def nothing(self) -> str:
        """Why there is nothing to show; empty where something is compared."""
        return "" if self.comparison.found is not None else "Nothing to compare with yet."

    def _change_document(self) -> None:
        """Each document has the panel open or not: what was opened to compare one says nothing in another."""
        if self.isVisible():
            self._open_in.add(self._document)
        elif not self.studio.shell.covered:
            self._open_in.discard(self._document)
        self._document = self.studio.document
        self.nothing_changed.emit(self.nothing)
        # The window may yet be about to show its panels again, after a page that covered all.
        QTimer.singleShot(0, self, self._show_where_open)

    def _show_where_open(self) -> None:
        shell = self.studio.shell
        if shell.covered:
            return
        if self.studio.document not in self._open_in:
            shell.set_panel_shown("differences", False)
        elif not self.isVisible():
            shell.set_panel_shown("differences", True)

    def _build_tree(self) -> QTreeWidget:
        tree = describe(QTreeWidget(), "Differences")
        tree.setHeaderLabels(["", "Node", "Changed", "Shape", "Parameters"])
        tree.headerItem().setTextAlignment(4, _RIGHT)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        header = tree.header()
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        for number, width in WIDTHS.items():
            header.resizeSection(number, width)
        tree.itemActivated.connect(self._go)
        tree.itemClicked.connect(self._go)
        tree.currentItemChanged.connect(self._go)
        return tree

    def _fill_menu(self, menu: QMenu) -> None:
        path = self.studio.document.path
        saved = menu.addAction("The saved file")
        saved.setEnabled(path is not None)
        if path is not None:
            saved.triggered.connect(partial(self.against_file, Path(path), "the saved file"))
        others = self.studio.shell.other_projects()
        for name, project in others:
            against = partial(self.comparison.against, project, f"“{name}”")
            menu.addAction(f"“{name}”, the open tab".replace("&", "&&"), against)
        menu.addAction("Another file…", self._ask)
        templates = menu.addMenu("A template")
        for template in template_list():
            file = resource("templates", f"{template.name}.vnet")
            templates.addAction(template.name, partial(self.against_file, file, template.name))

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Compare with", "", "VisualNet (*.vnet *.png *.svg)")
        if chosen:
            self.against_file(Path(chosen), Path(chosen).name)

    def against_file(self, path: Path, title: str) -> None:
        """Hold the open network against a file; why it cannot be read is told."""
        try:
            project = project_file.load(path)
        except (FileError, OSError) as error:
            self.studio.message.emit("error", str(error))
            return
        self.comparison.against(project, title)

    def refresh(self) -> None:
        """Show the differences as they are now."""
        found, base = self.comparison.found, self.comparison.base
        for widget in (self.copy, self.end):
            widget.setVisible(found is not None)
        self.nothing_changed.emit(self.nothing)
        self.pages.setCurrentWidget(self.empty if found is None else self.tree if found else self.same)
        self.summary.setText(f"Since {base.title}: {summary(found)}" if base is not None and found is not None else "")
        at = self.tree.currentItem()
        kept = at.data(0, _NODE) if at is not None else None
        with QSignalBlocker(self.tree):
            self.tree.clear()
            for line in table(found, SHOWN) if found else ():
                item = _item(line)
                self.tree.addTopLevelItem(item)
                if kept and line.node and (line.node.sheet, line.node.node.id) == (kept.sheet, kept.node.id):
                    self.tree.setCurrentItem(item)

    def _go(self, item: QTreeWidgetItem | None) -> None:
        node = item.data(0, _NODE) if item is not None else None
        if node is not None:
            self.comparison.show_node(node)

    def _copy(self) -> None:
        if self.comparison.found is not None:
            QApplication.clipboard().setText("\n".join(lines(self.comparison.found)))
            self.studio.message.emit("ok", "The differences are on the clipboard.")


def _item(line: DifferenceLine) -> QTreeWidgetItem:
    """A line of the tree, in the colour of what happened; what only follows is muted."""
    texts, theme = (line.name, line.change, line.shapes, line.parameters), icons.current_theme()
    item = QTreeWidgetItem([SIGNS.get(line.status, "="), *texts])
    item.setData(0, _NODE, line.node)
    item.setToolTip(0, WORDS.get(line.status, "in all"))
    item.setTextAlignment(0, Qt.AlignmentFlag.AlignCenter)
    item.setTextAlignment(4, _RIGHT)
    if line.status in ROLES:
        item.setForeground(0, QColor(theme.colour(ROLES[line.status])))
    for number, text in enumerate(texts, 1):
        item.setToolTip(number, text)
        if line.status == FOLLOWS:
            item.setForeground(number, QColor(theme.muted))
    return item
