"""The problems: what does not fit, where, why, and what would mend it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from itertools import pairwise
from typing import Any, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from visualnet.analysis.facts import Analysis, Problem
from visualnet.analysis.problem_list import ProblemGroup, ProblemList, Row, lines, name_place, text
from visualnet.analysis.repair.search import Repair
from visualnet.app.canvas.repairs.repair_search import RepairSearch
from visualnet.app.features.problems.feature import PROBLEM_LIST
from visualnet.app.features.problems.filter_bar import GroupHead, ProblemBar
from visualnet.app.features.problems.row import WHERE, WIDEST, ProblemRow
from visualnet.app.features.problems.training_ends import TEXT, add_training_ends
from visualnet.app.state.deferred_refresh import DeferredRefresh
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.app.widgets.layouts import STRETCH, add, column, row, scroll_area
from visualnet.core.text.format import format_quantity

Kind = TypeVar("Kind", bound=QWidget)
SHOWN = 30
"""More rows than this help nobody; a line says how many are left out."""
MOST_COLLAPSED = 40
"""Titles that are remembered as collapsed."""
SEARCH_MS = 120
LOW = 170
"""In so low a panel the filters stand beside the list, not above it."""
WIDE = 1000
"""From this width on a low panel has room for formulas beside the words."""


class ProblemsPanel(QWidget):
    """A row for each problem; the current one unfolds its formula and its repairs."""

    title_changed = Signal(str)
    nothing_changed = Signal(str)
    """Why there is nothing to show; no words where there are problems."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.problems: tuple[Problem, ...] | None = None
        self.model = ProblemList()
        self.searched: Analysis | None = None
        """What the repairs that are offered were found for."""
        self.rows: list[ProblemRow] = []
        self.heads: list[GroupHead] = []
        self._laid_out: list[QWidget] = []
        """Heads and rows in the order in which they stand."""
        self.low = False
        self._repairs_wanted = False
        """Whether the keyboard shall go to the repairs when they are found."""
        self.kept: MutableMapping[str, Any] = studio.runner.settings.section(PROBLEM_LIST) if studio.has_runner else {}
        self.bar = ProblemBar(self.kept)
        self.bar.changed.connect(self._filter)
        self.bar.copy_asked.connect(self.copy_text)
        self.bar.search.accepted.connect(lambda: self.step(1))
        self.bar.search.moved.connect(self._enter_list)
        self._build()
        # Repairs are searched a moment after the edits pause, never while a number is being dragged.
        self.timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self.timer.timeout.connect(self._begin_search)
        self._search = RepairSearch(studio, self)
        self._search.found.connect(self._offer)
        self._rows_due = DeferredRefresh(self, self._arrange_and_mark)
        due = DeferredRefresh(self, self.refresh, hidden=True)  # the title of the dock counts them
        studio.analysed.connect(due.ask)
        studio.runtime_problem_changed.connect(due.ask)
        studio.document_changed.connect(self._forget)
        studio.sheet_changed.connect(DeferredRefresh(self, self._filter).ask)
        self.refresh()

    def _build(self) -> None:
        self.tick, self.sentence = IconLabel("ok", 16, "ok"), label("", "muted")
        self.empty = QWidget()
        row(self.tick, (self.sentence, 1), margins=(16, 6, 16, 6), spacing=8, parent=self.empty)
        self.filtered, self.filtered_words = QWidget(), label("", "muted")
        show_all = button("Show all", "quiet", done=self.show_all)
        row(self.filtered_words, show_all, STRETCH, margins=(16, 4, 16, 4), parent=self.filtered)
        self.holder, self.rest = QWidget(), label("", "muted")
        self.list = column(self.rest, STRETCH, margins=(8, 2, 8, 2), spacing=2, parent=self.holder)
        self.scroll_area = scroll_area(self.holder, upright=True)
        self.filler = QWidget()
        self.beside = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.beside.setSpacing(0)
        right = column(self.filtered, (self.scroll_area, 1), (self.filler, 1))
        add(self.beside, (self.bar, 0, Qt.AlignmentFlag.AlignTop), (right, 1))
        self.complete = button(TEXT, "primary", "plus", lambda: add_training_ends(self.studio))
        self.complete.setToolTip("Add what training needs, wired to what the network answers; Ctrl+Z takes it back.")
        self.lacking = QWidget()
        row(self.complete, STRETCH, margins=(12, 6, 12, 2), parent=self.lacking)
        column(self.empty, self.lacking, (self.beside, 1), spacing=0, parent=self)

    def _forget(self) -> None:
        self.model.forget()
        self.searched = None
        self._search.stop()

    def refresh(self) -> None:
        """Show the problems as they are now; the current one stays current while it lasts."""
        problems = self.studio.problems()
        empty = not self.studio.project.graph.nodes
        self.sentence.setText("Nothing is drawn yet." if empty else "Everything fits.")
        self.tick.set_icon("hint" if empty else "ok", "muted" if empty else "ok")
        self.nothing_changed.emit(self.nothing)
        if problems == self.problems:
            for line in self.rows:
                line.name()  # a node may bear another name while its problem is the same
            if self.studio.analysis is not self.searched:  # the same problem may have other repairs by now
                self.timer.start()
            return
        focus = QApplication.focusWidget()
        here = focus is not None and self.scroll_area.isAncestorOf(focus)
        self.problems = problems
        self.model.update(problems, self.studio.project)
        self.title_changed.emit(f"Problems {len(self.model.all)}" if problems else "Problems")
        self.empty.setVisible(not problems)
        self.lacking.setVisible(any(problem.code == "no-loss" for problem in problems))
        self.bar.setVisible(bool(problems))
        self._filter()
        if here:
            # The keyboard stays in the list when the button that was pressed goes; else Qt would move it to a button elsewhere.
            (self._current_row() or self._top() or self).setFocus()

    @property
    def nothing(self) -> str:
        """Why there is nothing to show; empty where there are problems."""
        return "" if self.studio.problems() else self.sentence.text()

    def _current_row(self) -> ProblemRow | None:
        current = self.model.current
        return next((r for r in self.rows if current is not None and r.problem == current), None)

    def _top(self) -> QWidget | None:
        """What the keyboard meets first in the list: a row; where every group is collapsed, a title."""
        return next(iter((*self.rows, *self.heads)), None)

    def _filter(self) -> None:
        """Show what is wanted of what there is."""
        studio, model = self.studio, self.model
        counts = model.filter(self.bar.wish(studio.sheet), studio.project)
        self.bar.show_counts(counts, bool(studio.project.blocks), studio.sheet)
        self.filtered_words.setText(self._none_shown())
        self.filtered.setVisible(bool(model.all) and not model.shown)
        self.filler.setVisible(not model.shown)
        self.scroll_area.setVisible(bool(model.shown))
        self._rows_due.ask()

    def _none_shown(self) -> str:
        return f"None of the {len(self.model.all):,} problems is shown by these filters."

    def show_all(self) -> None:
        """Take every filter away."""
        self.bar.search.clear()
        for made in self.bar.severities.values():
            made.setChecked(True)
        self.bar.scope.setCurrentIndex(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < LOW
        if low != self.low:
            self.low = low
            ways = QBoxLayout.Direction
            self.beside.setDirection(ways.RightToLeft if low else ways.TopToBottom)
            self.bar.set_narrow(low)
            self._rows_due.ask()

    def collapsed(self) -> set[str]:
        """The titles of the groups that are collapsed."""
        kept = self.kept.get("folded")
        return {t for t in kept if isinstance(t, str)} if isinstance(kept, list) else set()

    def collapse(self, title: str, state: bool = True) -> None:
        """Collapse a group, or open it."""
        titles = self.collapsed() - {title} | ({title} if state else set())
        self.kept["folded"] = sorted(titles)[-MOST_COLLAPSED:]
        self._arrange_and_mark()

    def _arrange(self) -> None:
        """Titles and rows from top to bottom. Widgets are kept, and moved only where the order of the two kinds changes."""
        collapsed, groups = self.collapsed(), self.model.groups
        # In a low panel titles of severities would take the room of what they stand over: the icons say the severity as well.
        plain = self.low and self.bar.grouping.currentData() == "severity"
        titled = any(g.title in collapsed for g in groups) or (len(groups) > 1 and not plain)
        shown, hidden = lines(groups, collapsed, titled, SHOWN)
        self.rest.setText(f"and {hidden:,} more")
        self.rest.setVisible(hidden > 0)
        titles = [line for line in shown if isinstance(line, ProblemGroup)]
        rows = [line for line in shown if isinstance(line, Row)]
        self._fill(self.heads, len(titles), lambda: GroupHead(self.collapse))
        self._fill(self.rows, len(rows), lambda: ProblemRow(self.studio, self.choose))
        for head, group in zip(self.heads, titles, strict=True):
            head.show_group(group.title, len(group.rows), group.title in collapsed)
        for widget, problem in zip(self.rows, rows, strict=True):
            widget.set_low(self.low and self.width() > WIDE)
            widget.show_problem(problem.problem, problem.words)
        heads, widgets = iter(self.heads), iter(self.rows)
        self._lay_out([next(heads) if isinstance(line, ProblemGroup) else next(widgets) for line in shown])
        # The words of all rows begin at one line, behind the longest name.
        most = max(WHERE, min(WIDEST, self.width() // 4))
        wide = max(WHERE, min(most, max((r.wanted for r in self.rows), default=0)))
        for widget in self.rows:
            widget.where.setFixedWidth(wide)

    def _arrange_and_mark(self) -> None:
        self._arrange()
        self._mark()

    def _fill(self, pool: list[Kind], count: int, make: Callable[[], Kind]) -> None:
        """Have so many widgets of a kind."""
        while len(pool) > count:
            old = pool.pop()
            self.list.removeWidget(old)
            old.hide()
            old.deleteLater()
        while len(pool) < count:
            pool.append(make())

    def _lay_out(self, widgets: list[QWidget]) -> None:
        if widgets == self._laid_out:
            return
        pairs = zip(widgets, self._laid_out, strict=False)
        same = next(
            (at for at, (new, old) in enumerate(pairs) if new is not old), min(len(widgets), len(self._laid_out))
        )
        for widget in widgets[same:]:
            self.list.removeWidget(widget)
        for at, widget in enumerate(widgets[same:], same):
            self.list.insertWidget(at, widget)
            widget.show()
        for before, after in pairwise(widgets[max(same - 1, 0) :]):
            QWidget.setTabOrder(before, after)
        self._laid_out = widgets

    def _enter_list(self) -> None:
        if (top := self._top()) is not None:
            top.setFocus(Qt.FocusReason.TabFocusReason)

    def copy_text(self) -> None:
        """Put what is shown on the clipboard."""
        QApplication.clipboard().setText(text(self.model.shown, self.studio.project))
        count = len(self.model.shown)
        self.studio.message.emit("ok", f"{format_quantity(count, 'problem is', 'problems are')} on the clipboard.")

    def choose(self, problem: Problem) -> None:
        """Make a problem the current one and jump to its node."""
        title = self.model.choose(problem)
        if title in self.collapsed():
            self.collapse(title, False)
        self._mark()
        self.studio.reveal(problem)

    def step(self, way: int) -> None:
        """F8 and Shift+F8: to the next or previous problem that is shown, round and round, into blocks and out again."""
        shown = self.model.shown
        if not shown:
            hint = ("hint", self._none_shown()) if self.model.all else ("ok", "There are no problems.")
            self.studio.message.emit(*hint)
            return
        at = self.model.step(way)
        problem = shown[at].problem
        self.choose(problem)
        place = name_place(problem, self.studio.project)
        self.setAccessibleDescription(f"Problem {at + 1:,} of {len(shown):,}: {place}")

    def enter_repairs(self) -> None:
        """Give the keyboard to the first repair of the current problem, as soon as it is found."""
        if self.model.current is None or self._current_row() is None:
            self.step(1)
        if (line := self._current_row()) is not None and not line.focus_repairs():
            self._repairs_wanted = True
            self.timer.start()

    def _mark(self) -> None:
        self._repairs_wanted = False
        for line in self.rows:
            line.set_current(line.problem == self.model.current)
        self._search.stop()
        self.timer.start()

    def _begin_search(self) -> None:
        line = self._current_row()
        if line is None or line.problem is None or not self.isVisible():
            return
        self.searched = self.studio.analysis
        if line.problem.code != "runtime":
            self._search.begin(line.problem)
        else:
            self._show_row(line)

    def _offer(self, repairs: list[Repair]) -> None:
        if (line := self._current_row()) is not None:
            line.offer(repairs)
            self._show_row(line)
            if self._repairs_wanted and not line.focus_repairs():
                self.studio.message.emit("hint", "No small change mends this problem.")
        self._repairs_wanted = False

    def _show_row(self, line: ProblemRow) -> None:
        # The layout must have taken the buttons in before it is known where the row ends, and the list must have that height.
        self.list.activate()
        width = self.holder.width()
        self.holder.resize(width, max(self.scroll_area.viewport().height(), self.list.totalHeightForWidth(width)))
        self.list.activate()
        if line.height() + 8 < self.scroll_area.viewport().height():
            self.scroll_area.ensureWidgetVisible(line, 0, 8)
        else:  # what the problem is stands at its top
            self.scroll_area.verticalScrollBar().setValue(line.y())
        if (first := line.first_repair) is not None:
            self.scroll_area.ensureWidgetVisible(first, 0, 8)  # where the row is higher than the panel
