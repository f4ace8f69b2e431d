"""All that the page shows: the filter, the table of runs, and at its right curves, settings, difference or notes of the chosen ones."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTableView,
    QWidget,
)

from visualnet.app.features.run_list.run_actions import RunActions
from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.features.run_list.sides.curves_view import CurvesView
from visualnet.app.features.run_list.sides.difference_view import DifferenceView
from visualnet.app.features.run_list.sides.notes_view import NotesView
from visualnet.app.features.run_list.sides.parallel_view import ParallelView
from visualnet.app.features.run_list.table_model import USUAL, RunTableModel
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.basic import EmptyState, button, describe, label
from visualnet.app.widgets.layouts import STRETCH, column, row
from visualnet.app.widgets.search_field import SearchField
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.text.format import capitalize_first, format_bytes, format_percent, format_quantity
from visualnet.core.text.visible import visible
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.filter_line import EXAMPLE, Term, parse_filter, spell_filter

WAIT_MS = 150
AGAIN = "Train the run again, aside, and tell whether it comes out the same to the bit"
SIDES = {
    "Curves": "Their curves over each other",
    "Settings": "Settings and outcome of all listed runs",
    "Difference": "What sets two of them apart",
    "Notes": "Name, tags and notes of one",
}
WIDTHS = {"run": 230, "state": 80, "epochs": 64, "best": 84, "lr": 72, "optimizer": 84, "duration": 84, "tags": 120}
NOTHING = "No runs yet: press Train in a project. Each run is kept here with its settings, curves and weights."
NO_FIT = "No run fits the filter. Take a condition away, or show the archived runs too."


class RunListView(QWidget):
    """The table at the left, what is seen of the chosen runs at the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.store = RunStore(studio, self)
        self.model = RunTableModel(self.store)
        self.run_actions = RunActions(self.store, self.chosen_rows, self)
        self.curves, self.settings = CurvesView(self.store), ParallelView(self.store)
        self.pair, self.notes = DifferenceView(self.store), NotesView(self.store)
        self._chosen: list[str] = []
        self._soon = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._soon.timeout.connect(self._filter)
        self._build()
        self.store.changed.connect(self.refresh)
        self.store.looking.connect(self._tell_looking)
        self.run_actions.told.connect(self._tell_verifying)
        self.settings.narrowed.connect(self.narrow)
        self.settings.run_chosen.connect(self.choose)
        self.curves.bands.toggled.connect(lambda _: self.model.set_drawn(self.curves.drawn))
        studio.document_changed.connect(lambda: None if self.store.whole else self.store.ask())
        self.refresh()

    def _build(self) -> None:
        self.search = SearchField(f"Filter: words, or {EXAMPLE}")
        self.search.setToolTip(
            "Words are looked for everywhere; lr<0.01, state:done, tag:baseline, -optimizer:SGD, duration>1h and is:archived are conditions"
        )
        self.search.changed.connect(lambda _: self._soon.start())
        self.search.accepted.connect(self._filter)
        self.scope = Segmented(["All projects", "This project"], "Whose runs")
        self.scope.part(0).setToolTip("The runs of every project")
        self.scope.part(1).setToolTip("The runs of the project in front")
        self.scope.chosen.connect(self._set_scope)
        self.away = describe(QCheckBox("Archived"), "Archived", "Show the archived and the hidden runs too")
        self.away.toggled.connect(self._set_away)
        self.columns = describe(button("Columns"), "Columns", "Which settings and figures are shown")
        menu = QMenu(self.columns)
        menu.aboutToShow.connect(lambda: self._fill_columns(menu))
        self.columns.setMenu(menu)
        self.fault = label("", "error", wrap=True)
        self.count = label("", "small")
        self.state = label("", "small")
        self.table = self._make_table()
        self.empty = EmptyState("runs", NOTHING)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.again = button("Run again", icon="repeat", done=self.run_actions.run_again)
        self.again.setToolTip("Open the project as the run began with it, and train it with the same seeds")
        self.check = button("Verify", icon="check", done=self.run_actions.verify)
        self.check.setToolTip(AGAIN)
        self.more = describe(button("More"), "More", "What else can be done with the chosen runs")
        more = QMenu(self.more)
        more.aboutToShow.connect(more.clear)
        more.aboutToShow.connect(lambda: self.run_actions.fill(more))
        self.more.setMenu(more)
        foot = row(self.again, self.check, self.more, (self.state, 1), self.count, margins=(8, 4, 8, 6), spacing=6)
        left = QWidget()
        head = row(self.scope, STRETCH, self.away, self.columns, margins=(8, 2, 8, 4), spacing=8)
        column(head, (self.stack, 1), foot, spacing=0, parent=left)
        self.side = Segmented(list(SIDES), "What is seen of the chosen runs")
        for at, tip in enumerate(SIDES.values()):
            self.side.part(at).setToolTip(tip)
        self.side.chosen.connect(self._show_side)
        self.sides = QStackedWidget()
        for one in (self.curves, self.settings, self.pair, self.notes):
            self.sides.addWidget(one)
        right = QWidget()
        column(row(self.side, STRETCH, margins=(8, 2, 8, 0)), (self.sides, 1), spacing=0, parent=right)
        halves = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        halves.addWidget(left)
        halves.addWidget(right)
        halves.setSizes([560, 520])
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 1)
        self.title = label("All runs", "title")
        top = row(self.title, (self.search, 1), margins=(12, 10, 12, 4), spacing=16)
        told = row(self.fault, margins=(12, 0, 12, 2))
        column(top, told, (halves, 1), spacing=0, parent=self)

    def _make_table(self) -> QTableView:
        table = describe(QTableView(showGrid=False, wordWrap=False), "All runs")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(fonts.px(26))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        header.sectionClicked.connect(self._sort)
        table.customContextMenuRequested.connect(self._menu)
        table.doubleClicked.connect(lambda _: self.run_actions.open_project())
        table.selectionModel().selectionChanged.connect(lambda *_: self.show_chosen())
        self.model.modelReset.connect(lambda: self._size_columns(table))
        self._size_columns(table)
        return table

    def _size_columns(self, table: QTableView) -> None:
        for at, name in enumerate(("run", *self.model.columns)):
            table.setColumnWidth(at, fonts.px(WIDTHS.get(name, 96)))

    # --- what is asked for ---------------------------------------------------------------------------------------------------

    def _filter(self) -> None:
        self._soon.stop()
        if self.search.text() != self.store.line:
            self.store.line = self.search.text()
            self.store.ask()

    def narrow(self, terms: tuple[Term, ...]) -> None:
        """Put conditions into the filter; those on the same field that compare the same way go."""
        try:
            before = parse_filter(self.search.text())
        except ValueError:
            before = ()
        new = {(term.field, term.compare) for term in terms}
        kept = tuple(term for term in before if (term.field, term.compare) not in new)
        self.search.edit.setText(spell_filter((*kept, *terms)))
        self._filter()

    def _set_scope(self, at: int) -> None:
        self.store.whole = at == 0
        self.store.ask()

    def _set_away(self, on: bool) -> None:
        self.store.put_away = on
        self.store.ask()

    def _sort(self, column: int) -> None:
        field = self.model.field(column)
        same = field == self.store.sort
        self.store.sort, self.store.descending = field, not self.store.descending if same else column == 0
        ways = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
        self.table.horizontalHeader().setSortIndicator(column, ways[self.store.descending])
        self.store.ask()

    def _fill_columns(self, menu: QMenu) -> None:
        menu.clear()
        for name in dict.fromkeys([*USUAL, *self.store.index.names()]):
            action = menu.addAction(visible(name))
            action.setCheckable(True)
            action.setChecked(name in self.model.columns)
            action.toggled.connect(lambda on, name=name: self._set_column(name, on))

    def _set_column(self, name: str, on: bool) -> None:
        kept = tuple(one for one in self.model.columns if one != name)
        self.model.set_columns((*kept, name) if on else kept)
        self._restore()

    # --- what is chosen ---------------------------------------------------------------------------------------------------------

    def chosen_rows(self) -> list[RunRow]:
        """The runs of the chosen rows, in the order of the table."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.row_at(at) for at in rows]

    def choose(self, run: str) -> None:
        """Choose a run and bring it into view."""
        at = self.model.row_of(run)
        if at is not None:
            self.table.selectRow(at)
            self.table.scrollTo(self.model.index(at, 0))

    def show_chosen(self) -> None:
        """Show at the right what is asked of the chosen runs."""
        rows = self.chosen_rows()
        self._chosen = [one.id for one in rows]
        one = len(rows) == 1
        self.again.setEnabled(one)
        self.check.setEnabled(one or self.run_actions.verifying)
        self.more.setEnabled(bool(rows))
        self._show_chosen(rows)

    def _show_chosen(self, rows: list[RunRow]) -> None:
        side = self.sides.currentWidget()
        if side is self.curves:
            self.curves.show_rows(rows)
            self.model.set_drawn(self.curves.drawn)
        elif side is self.pair:
            self.pair.show_pair(rows)
        elif side is self.notes:
            self.notes.show_run(rows[0] if len(rows) == 1 else None)

    def _show_side(self, at: int) -> None:
        self.sides.setCurrentIndex(at)
        if self.sides.currentWidget() is self.settings:
            self.settings.refresh()
        self._show_chosen(self.chosen_rows())

    def refresh(self) -> None:
        """Show the rows that are known now; what was chosen stays chosen."""
        self.fault.setText(capitalize_first(visible(self.store.trouble)))
        self.fault.setVisible(bool(self.store.trouble))
        rows = self.store.rows
        known = bool(rows)
        self.stack.setCurrentWidget(self.table if known else self.empty)
        self.empty.sentence.setText(NO_FIT if self.store.line or not self.store.whole else NOTHING)
        size = format_bytes(sum(one.size for one in rows))
        self.count.setText(f"{format_quantity(len(rows), 'run')} · {size} on disk" if known else "")
        self._restore()
        if not known:
            self.show_chosen()
        if self.sides.currentWidget() is self.settings:
            self.settings.refresh()

    def _restore(self) -> None:
        wanted = set(self._chosen)
        now = {one.id for one in self.chosen_rows()}
        if not wanted and self.model.rowCount():
            self.table.selectRow(0)
        elif wanted != now:
            selection, flags = self.table.selectionModel(), self.table.selectionModel().SelectionFlag
            rows = [at for at in range(self.model.rowCount()) if self.model.row_at(at).id in wanted]
            selection.blockSignals(True)
            selection.clearSelection()
            for at in rows:
                selection.select(self.model.index(at, 0), flags.Select | flags.Rows)
            selection.blockSignals(False)
            self.table.viewport().update()
            self.show_chosen()

    # --- words -----------------------------------------------------------------------------------------------------------------

    def _tell_looking(self, share: float) -> None:
        self.state.setText(
            "" if share >= 1.0 else f"Looking at the folders: {format_percent(share, 0)}" if share else ""
        )

    def _tell_verifying(self, words: str) -> None:
        self.state.setText(visible(words))
        self.check.setText("Stop" if words else "Verify")
        self.check.setToolTip("End the comparison" if words else AGAIN)
        self.check.setEnabled(bool(words) or len(self.chosen_rows()) == 1)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.run_actions.fill(menu)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.table.hasFocus():
            super().keyPressEvent(event)  # what a field leaves over, as Return, is not meant for the runs
        elif event.key() == Qt.Key.Key_Delete:
            self.run_actions.delete()
        elif event.key() == Qt.Key.Key_F2 and len(self.chosen_rows()) == 1:
            self.side.set_current(3)
            self._show_side(3)
            self.notes.set_focus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.run_actions.open_project()
        else:
            super().keyPressEvent(event)
