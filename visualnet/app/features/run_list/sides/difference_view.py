"""What sets the two chosen runs apart, as a table with a heading for each side of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.features.run_list.table_model import title_of
from visualnet.app.widgets.basic import describe, label
from visualnet.app.widgets.layouts import column
from visualnet.core.text.hidden_characters import visible
from visualnet.training.run_again.difference import RunDifference, find_run_difference
from visualnet.training.run_index.facts import RunRow


class DifferenceView(QWidget):
    """Network, recipe, data, surroundings and outcome of two runs, where they differ."""

    def __init__(self, store: RunStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._pair: tuple[str, str] | None = None
        self.words = label("", "muted", wrap=True)
        self.tree = describe(QTreeWidget(), "What sets two runs apart")
        self.tree.setColumnCount(3)
        self.tree.setRootIsDecorated(False)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setStretchLastSection(True)
        column(self.words, (self.tree, 1), margins=(8, 6, 8, 8), spacing=4, parent=self)
        self.show_pair([])

    def show_pair(self, rows: list[RunRow]) -> None:
        """Hold two runs against each other; of any other number say what is wanted."""
        self.tree.clear()
        self.tree.setVisible(len(rows) == 2)
        self._pair = (rows[0].id, rows[1].id) if len(rows) == 2 else None
        if self._pair is None:
            self.words.setText("Choose two runs in the table (Ctrl and a click) to see what sets them apart.")
            return
        one, other = rows
        self.words.setText(f"From “{visible(title_of(one))}” to “{visible(title_of(other))}”")
        self.tree.setHeaderLabels(["", visible(title_of(one)), visible(title_of(other))])
        pair = self._pair
        folders = [self.store.folder(run) for run in pair]

        def show(found: RunDifference) -> None:
            if self._pair == pair:
                self._show(found)

        warn = self.store.studio.message.emit
        self.store.queue.submit(
            "difference",
            lambda: find_run_difference(*folders),
            show,
            lambda words: warn("warning", words),
            words="The two runs cannot be compared",
        )

    def _show(self, found: RunDifference) -> None:
        self.tree.clear()
        for title, pairs in found.sections():
            head = QTreeWidgetItem(self.tree, [title])
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            for one in pairs:
                line = QTreeWidgetItem(head, [visible(part) for part in one])
                for at in range(3):
                    line.setToolTip(at, visible(one[at]))
                    line.setTextAlignment(at, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            head.setExpanded(True)
        if not found.sections():
            QTreeWidgetItem(self.tree, ["They are the same in all that is known of them."])
