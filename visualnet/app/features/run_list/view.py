"""All that the page shows: the filter, the table of runs, and at its right curves, settings, difference or notes of the chosen ones."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLayout, QMenu, QWidget

from visualnet.app.features.lazy_page import PageView
from visualnet.app.features.run_list.run_actions import RunActions
from visualnet.app.features.run_list.run_store import RunStore
from visualnet.app.features.run_list.sides.curves_view import CurvesView
from visualnet.app.features.run_list.sides.difference_view import DifferenceView
from visualnet.app.features.run_list.sides.notes_view import NotesView
from visualnet.app.features.run_list.sides.parallel_view import ParallelView
from visualnet.app.features.run_list.table import RunTable
from visualnet.app.features.run_list.table_model import TITLES, USUAL, RunTableModel
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import EmptyState, button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, split, stack
from visualnet.app.widgets.search_field import SearchField
from visualnet.app.widgets.segmented import Segmented
from visualnet.core.text.format import capitalize_first, format_bytes, format_percent, format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training.run_index.facts import RunRow
from visualnet.training.run_index.filter_line import EXAMPLE, Term, parse_filter, spell_filter
from visualnet.training.run_index.groups import FIELDS
from visualnet.training.run_records.record import RUNNING

WAIT_MS = 150
LOOK_MS, REST_MS = 2_000, 10_000
"""How often the folders are looked at while the page is seen: where a run of another process goes on, and where none does."""
AGAIN = "Train the run again, aside, and tell whether it comes out the same to the bit"
SIDES = {
    "Curves": "Their curves over each other",
    "Settings": "Settings and outcome of all listed runs",
    "Difference": "What sets two of them apart",
    "Notes": "Name, tags and notes of one",
}
NOTHING = "No runs yet: press Train in a project. Each run is kept here with its settings, curves and weights."
NO_FIT = "No run fits the filter. Take a condition away, or show the archived runs too."


class RunListView(PageView):
    """The table at the left, what is seen of the chosen runs at the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.store = RunStore(studio, self)
        self.model = RunTableModel(self.store)
        self.run_edits = self.store.run_edits
        self.run_actions = RunActions(self.store, self.chosen_rows, self)
        self.curves, self.settings = CurvesView(self.store), ParallelView(self.store)
        self.pair, self.notes = DifferenceView(self.store), NotesView(self.store)
        self._chosen: list[str] = []
        self._group = ""
        self._looking = QTimer(self, interval=REST_MS)
        self._looking.timeout.connect(self.store.refresh)
        self._soon = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._soon.timeout.connect(self._filter)
        self._build()
        self.store.changed.connect(self.refresh)
        self.store.looking.connect(self._tell_looking)
        self.run_actions.told.connect(self._tell_verifying)
        self.settings.narrowed.connect(self.narrow)
        self.settings.run_chosen.connect(self.choose)
        self.model.modelReset.connect(self._restore)
        self.run_edits.changed.connect(self._take_change)
        studio.runner.state_changed.connect(self._look_soon)
        self.curves.bands.toggled.connect(lambda _: self.model.set_drawn(self.curves.drawn))
        studio.document_changed.connect(lambda: None if self.store.whole else self.store.ask())
        self._show_group()
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
        self._make_menus()
        self.undo = icon_button("undo", "Undo", "", self.run_edits.undo)
        self.redo = icon_button("redo", "Redo", "", self.run_edits.redo)
        self.fault = label("", "error", wrap=True)
        self.count = label("", "small")
        self.state = label("", "small")
        self.table = RunTable(self.model)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.doubleClicked.connect(lambda _: self.run_actions.open_project())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.show_chosen())
        self.empty = EmptyState("runs", NOTHING)
        self.stack = stack(self.table, self.empty)
        left, right = QWidget(), QWidget()
        head = row(self.scope, STRETCH, self.away, self.grouping, self.columns, margins=(8, 2, 8, 4), spacing=8)
        column(head, (self.stack, 1), self._make_foot(), spacing=0, parent=left)
        self._make_sides(right)
        halves = split((left, 1), (right, 1), sizes=(560, 520))
        self.title = label("All runs", "title")
        steps = row(self.undo, self.redo, spacing=4)
        top = row(self.title, (self.search, 1), steps, margins=(12, 10, 12, 4), spacing=16)
        told = row(self.fault, margins=(12, 0, 12, 2))
        column(top, told, (halves, 1), spacing=0, parent=self)

    def _make_menus(self) -> None:
        self.columns = describe(button("Columns"), "Columns", "Which settings and figures are shown")
        menu = QMenu(self.columns)
        menu.aboutToShow.connect(lambda: self._fill_columns(menu))
        self.columns.setMenu(menu)
        self.grouping = describe(
            button("Group by"), "Group by", "Put the runs into groups, each with its best, mean and spread"
        )
        groups = QMenu(self.grouping)
        groups.aboutToShow.connect(lambda: self._fill_groups(groups))
        self.grouping.setMenu(groups)

    def _make_foot(self) -> QLayout:
        self.follow = button("Follow", "primary", "eye", self.run_actions.follow)
        self.follow.setToolTip(
            "Show the training that goes on in another process: its curves, a look inside, pause and stop"
        )
        self.again = button("Run again", icon="repeat", done=self.run_actions.run_again)
        self.again.setToolTip("Open the project as the run began with it, and train it with the same seeds")
        self.check = button("Verify", icon="check", done=self.run_actions.verify)
        self.check.setToolTip(AGAIN)
        self.more = describe(button("More"), "More", "What else can be done with the chosen runs")
        more = QMenu(self.more)
        more.aboutToShow.connect(more.clear)
        more.aboutToShow.connect(lambda: self.run_actions.fill(more))
        self.more.setMenu(more)
        return row(
            self.follow, self.again, self.check, self.more, (self.state, 1), self.count, margins=(8, 4, 8, 6), spacing=6
        )

    def _make_sides(self, parent: QWidget) -> None:
        self.side = Segmented(list(SIDES), "What is seen of the chosen runs")
        for at, tip in enumerate(SIDES.values()):
            self.side.part(at).setToolTip(tip)
        self.side.chosen.connect(self._show_side)
        self.sides = stack(self.curves, self.settings, self.pair, self.notes)
        column(row(self.side, STRETCH, margins=(8, 2, 8, 0)), (self.sides, 1), spacing=0, parent=parent)

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
        self._show_order(column)
        self.store.ask()

    def _show_order(self, column: int) -> None:
        ways = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
        self.table.horizontalHeader().setSortIndicator(column, ways[self.store.descending])

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
        fields = ("started", *self.model.columns)
        self._show_order(fields.index(self.store.sort) if self.store.sort in fields else -1)
        self._restore()

    def _fill_groups(self, menu: QMenu) -> None:
        menu.clear()
        line = menu.addAction("No groups", lambda: self.set_group(""))
        line.setCheckable(True)
        line.setChecked(not self.model.group_by)
        menu.addSeparator()
        known = set(self.store.index.names())
        further = sorted({*self.model.columns, self.model.group_by} & known - set(FIELDS))
        for name in [*FIELDS, *further]:
            line = menu.addAction(visible(TITLES.get(name, name)), partial(self.set_group, name))
            line.setCheckable(True)
            line.setChecked(name == self.model.group_by)
        others = menu.addMenu("Another setting or figure")
        for name in sorted(known - {*FIELDS, *further, "id", "name", "notes", "words"}):
            others.addAction(visible(name), partial(self.set_group, name))
        others.setEnabled(not others.isEmpty())
        menu.addSeparator()
        for words, folded in (("Open all groups", False), ("Close all groups", True)):
            menu.addAction(words, partial(self.model.set_folded, folded)).setEnabled(bool(self.model.group_by))

    def set_group(self, field: str) -> None:
        """Group the runs by this column; empty: not at all."""
        self.model.set_group(field)
        self._show_group()

    def _show_group(self) -> None:
        name = self.model.group_by
        self.grouping.setText(f"By {visible(TITLES.get(name, name))[:16]}" if name else "Group by")

    # --- what is chosen ---------------------------------------------------------------------------------------------------------

    def chosen_rows(self) -> list[RunRow]:
        """The chosen runs, in the order of the table."""
        return self.table.chosen_rows()

    def choose(self, run: str) -> None:
        """Choose a run and bring it into view."""
        self.table.choose(run)

    def show_chosen(self) -> None:
        """Show at the right what is asked of the chosen runs."""
        rows = self.chosen_rows()
        self._chosen = [one.id for one in rows]
        group = self.table.chosen_group()
        self._group = group.value if group is not None else ""
        self._enable(rows)
        self._show_chosen(rows)

    def _enable(self, rows: list[RunRow]) -> None:
        one = len(rows) == 1
        followed = one and self.run_actions.can_follow(rows[0])
        self.follow.setVisible(followed)
        self.again.setVisible(not followed)
        self.again.setEnabled(one)
        self.check.setEnabled(one or self.run_actions.verifying)
        self.more.setEnabled(bool(rows))

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

    def page_shown(self) -> None:
        """Look at the folders again."""
        self.store.refresh()
        self.show_chosen()
        self._looking.start()

    def page_hidden(self) -> None:
        """Let go of the logs, which may be large."""
        self._looking.stop()
        self.store.read_curves(())

    def refresh(self) -> None:
        """Show the rows that are known now; what was chosen stays chosen."""
        self.fault.setText(capitalize_first(visible(self.store.trouble)))
        self.fault.setVisible(bool(self.store.trouble))
        rows = self.store.rows
        known = bool(rows)
        self.stack.setCurrentWidget(self.table if known else self.empty)
        narrowed = (self.store.line or not self.store.whole) and bool(self.store.index.ids())
        self.empty.sentence.setText(NO_FIT if narrowed else NOTHING)
        size = format_bytes(sum(one.size for one in rows))
        self.count.setText(f"{format_quantity(len(rows), 'run')} · {size} on disk" if known else "")
        self._restore()
        self._enable(self.chosen_rows())
        self._show_steps()
        self._looking.setInterval(LOOK_MS if any(one.state == RUNNING for one in rows) else REST_MS)
        if not known:
            self.show_chosen()
        if self.sides.currentWidget() is self.settings:
            self.settings.refresh()

    def _restore(self) -> None:
        wanted = set(self._chosen)
        now = {one.id for one in self.chosen_rows()}
        if not wanted and self.model.rowCount():
            groups = self.model.group_rows()
            self.table.selectRow(1 if groups and not self.model.is_folded_at(0) else 0)
        elif wanted != now:
            self.table.choose_again(wanted, self._group)
            self.show_chosen()

    # --- what becomes different beside the page -------------------------------------------------------------------------

    def _look_soon(self) -> None:
        if self.isVisible():
            self.store.refresh()

    def _take_change(self) -> None:
        if self.isVisible():
            self.store.look_again()
            self.notes.show_again()
        self._show_steps()

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

    def _show_steps(self) -> None:
        for one, name, step, keys in (
            (self.undo, "Undo", self.run_edits.undo_label, "Ctrl+Z"),
            (self.redo, "Redo", self.run_edits.redo_label, "Ctrl+Shift+Z"),
        ):
            one.setEnabled(bool(step))
            one.setToolTip(f"{name}: {visible(step)} ({keys})" if step else f"Nothing to {name.lower()} on this page")

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.run_actions.fill(menu)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z is the window's; on this page it takes back what was done to runs. A field in which somebody writes comes first.
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.run_edits.step_of(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (step := self.run_edits.step_of(event)) is not None:
            step()
            return
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
