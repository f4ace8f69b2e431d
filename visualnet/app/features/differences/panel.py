"""The differences: what sets the open network apart from another one, line by line; the canvas shows the same."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from visualnet.analysis.compare.diff_text import delta, lines
from visualnet.analysis.compare.project_diff import (
    ADDED,
    CHANGED,
    FOLLOWS,
    REMOVED,
    SIGNS,
    Differences,
    NodeDifference,
)
from visualnet.app.features.differences.comparison import Comparison
from visualnet.app.features.differences.overlay import ROLES
from visualnet.app.state.studio import Studio
from visualnet.app.theme import icons
from visualnet.app.widgets.basic import ElidedLabel, EmptyState, button
from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_quantity
from visualnet.resources import resource
from visualnet.templates.index import template_list

WORDS = {ADDED: "added", REMOVED: "removed", CHANGED: "changed", FOLLOWS: "follow"}
SHOWN = 2_000
"""More lines than this help nobody; the last one says how many are left out."""


class DifferencesPanel(QWidget):
    """Choose what to compare with; a click on a line goes there."""

    def __init__(self, studio: Studio, differing: Comparison, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio, self.differing = studio, differing
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.choose = button("Compare with")
        self.choose.setMenu(self.menu)
        self.choose.setToolTip("Choose what to hold the open network against")
        self.told = ElidedLabel("", "muted")
        self.copy = button("Copy", "quiet", "copy", self._copy)
        self.copy.setToolTip("Copy the differences as text")
        self.end = button("End", "quiet", "close", differing.clear)
        self.end.setToolTip("Compare no more; the marks on the canvas go")
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 8, 4)
        head.setSpacing(8)
        head.addWidget(self.choose)
        head.addWidget(self.told, 1)
        head.addWidget(self.copy)
        head.addWidget(self.end)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Differences")
        self.tree.setHeaderLabels(["", "Node", "Changed", "Shape", "Parameters"])
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.tree.header()
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for column, width in ((0, 32), (1, 168), (3, 208), (4, 112)):
            header.resizeSection(column, width)
        header.setStretchLastSection(False)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.tree.headerItem().setTextAlignment(4, right)
        self.tree.itemActivated.connect(self._go)
        self.tree.itemClicked.connect(self._go)
        self.tree.currentItemChanged.connect(lambda item, _: self._go(item))
        self.empty = EmptyState(
            "duplicate",
            "Nothing to compare with yet. Choose the saved file, another open project, another file or a template: the canvas "
            "then shows what was added, removed and changed. The history compares with an earlier step.",
        )
        self.same = EmptyState("ok", "No difference, but perhaps in how it is laid out.")
        self.pages = QStackedWidget()
        for page in (self.empty, self.same, self.tree):
            self.pages.addWidget(page)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(0)
        column_.addLayout(head)
        column_.addWidget(self.pages, 1)
        differing.changed.connect(self.refresh)
        studio.theme_changed.connect(lambda _: self.refresh())
        self.refresh()

    # --- choosing ------------------------------------------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        self.menu.clear()
        path = self.studio.document.path
        saved = self.menu.addAction("The saved file")
        saved.setEnabled(path is not None)
        saved.triggered.connect(lambda: path and self.against_file(Path(path), "the saved file"))
        others = self.studio.shell.other_projects() if self.studio.shell is not None else []
        for name, project in others:
            action = self.menu.addAction(f"“{name}”, the open tab".replace("&", "&&"))
            action.triggered.connect(lambda _=False, n=name, p=project: self.differing.against(p, f"“{n}”"))
        self.menu.addAction("Another file…").triggered.connect(self._ask)
        templates = self.menu.addMenu("A template")
        for template in template_list():
            templates.addAction(template.name).triggered.connect(
                lambda _=False, n=template.name: self.against_file(resource("templates", f"{n}.vnet"), n)
            )

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
        self.differing.against(project, title)

    # --- showing -------------------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the differences as they are now."""
        found, base = self.differing.found, self.differing.base
        for widget in (self.copy, self.end):
            widget.setVisible(found is not None)
        self.pages.setCurrentWidget(self.empty if found is None else self.tree if found else self.same)
        self.told.setText(f"Since {base.title}: {_summary(found)}" if base is not None and found is not None else "")
        at = self.tree.currentItem()
        kept = at.data(0, Qt.ItemDataRole.UserRole) if at is not None else None
        self.tree.blockSignals(True)
        self.tree.clear()
        if found:
            self._rows(found, kept)
        self.tree.blockSignals(False)

    def _rows(self, found: Differences, kept: NodeDifference | None) -> None:
        theme = icons.current_theme()
        room = SHOWN
        # What only follows comes after what somebody did.
        for d in sorted(found.nodes, key=lambda d: d.status == FOLLOWS)[:SHOWN]:
            place = f"{d.sheet} / " if d.sheet else ""
            shapes = "; ".join(
                f"{c.before} → {c.after}" if c.before and c.after else c.after or c.before for c in d.shapes
            )
            changed = "; ".join(map(str, d.changes)) or ("follows" if d.status == FOLLOWS else WORDS[d.status])
            item = self._row(d.status, place + d.node.name, changed, shapes, delta(d.parameters).replace("-", "−"))
            item.setData(0, Qt.ItemDataRole.UserRole, d)
            if kept is not None and (d.sheet, d.node.id) == (kept.sheet, kept.node.id):
                self.tree.setCurrentItem(item)
            if d.status == FOLLOWS:
                for column in range(1, 5):
                    item.setForeground(column, QColor(theme.muted))
            room -= 1
        for w in found.wires[: max(0, room)]:
            self._row(w.status, "wire", w.text, "", "")
        for status, name in found.blocks:
            self._row(status, f"block {name}", "", "", "")
        for change in found.settings:
            self._row(CHANGED, "settings", str(change), "", "")
        for change in found.totals:
            self._row("", "in all", f"{change.what}: {change.before} → {change.after}", "", "")
        left = len(found.nodes) + len(found.wires) - SHOWN
        if left > 0:
            self._row("", "", f"and {left:,} more; Copy has them all", "", "")

    def _row(self, status: str, *texts: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([SIGNS.get(status, "="), *texts])
        item.setToolTip(0, WORDS.get(status, "in all"))
        for column, text in enumerate(texts, 1):
            item.setToolTip(column, text)
        item.setTextAlignment(0, Qt.AlignmentFlag.AlignCenter)
        item.setTextAlignment(4, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if status in ROLES:
            item.setForeground(0, QColor(icons.current_theme().colour(ROLES[status])))
        self.tree.addTopLevelItem(item)
        return item

    def _go(self, item: QTreeWidgetItem | None, _column: int = 0) -> None:
        found = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        if found is not None:
            self.differing.show_node(found)

    def _copy(self) -> None:
        if self.differing.found is not None:
            QApplication.clipboard().setText("\n".join(lines(self.differing.found)))
            self.studio.message.emit("ok", "The differences are on the clipboard.")


def _summary(found: Differences) -> str:
    """``1 added, 2 changed, 4 follow; +52 parameters``."""
    counts = {status: sum(d.status == status for d in found.nodes) for status in WORDS}
    parts = [f"{n:,} {WORDS[s]}" for s, n in counts.items() if n]
    if found.wires:
        parts.append(format_quantity(len(found.wires), "wire"))
    if found.settings:
        parts.append(format_quantity(len(found.settings), "setting"))
    total = next((c.after.partition("(")[2].rstrip(")") for c in found.totals if c.what == "parameters"), "")
    return ", ".join(parts or ["no difference"]) + (f"; {total.replace('-', '−')} parameters" if total else "")
