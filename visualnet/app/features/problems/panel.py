"""The problems: what does not fit, where, why, and what would mend it."""

from __future__ import annotations

from collections.abc import MutableMapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from visualnet.analysis.facts import Analysis, Problem
from visualnet.analysis.problem_list import Group, Row, counts, grouped, joined, key, ordered, text, wanted, where
from visualnet.analysis.repair.search import Search
from visualnet.app.features.problems.filter_bar import GroupHead, ProblemBar
from visualnet.app.features.problems.row import WHERE, WIDEST, ProblemRow
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, button, label
from visualnet.core.text.format import format_quantity

SHOWN = 60
"""More rows than this help nobody; a line says how many are left out."""
SEARCH_MS = 120
SLICE_S = 0.012
"""So long at a time repairs are searched; then the window has its turn."""
LOW = 170
"""In so low a panel the filters stand beside the list, not above it."""
WIDE = 1000
"""From this width on a low panel has room for formulas beside the words."""


class ProblemsPanel(QWidget):
    """A row for each problem; the current one unfolds its formula and its repairs."""

    title_changed = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.problems: tuple[Problem, ...] | None = None
        self.all: list[Row] = []
        """Every row there is; ``shown`` are those that the filters let through."""
        self.shown: list[Row] = []
        self.groups: list[Group] = []
        self.current: Problem | None = None
        self.walked = False
        """Whether the current problem was gone to, by click or key; else the first F8 goes to it, not past it."""
        self.searched: Analysis | None = None
        """What the repairs that are offered were found for."""
        self.rows: list[ProblemRow] = []
        self.heads: list[GroupHead] = []
        self._laid: list[str] = []
        self.low = False
        self.kept: MutableMapping[str, Any] = studio.runner.settings.section("problems") if studio.has_runner else {}
        self.bar = ProblemBar(self.kept)
        self.bar.changed.connect(self._filter)
        self.bar.copy_asked.connect(self.copy_text)
        self.bar.search.accepted.connect(lambda: self.step(1))
        self.bar.search.moved.connect(lambda _: self._enter_list())
        self._build()
        # Repairs are searched a moment after the edits pause, never while a number is being dragged.
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SEARCH_MS)
        self.timer.timeout.connect(self._search)
        self._searching: Search | None = None
        self._working = QTimer(self)
        self._working.setInterval(0)
        self._working.timeout.connect(self._go_on)
        studio.analysed.connect(lambda _: self.refresh())
        studio.runtime_problem_changed.connect(self.refresh)
        studio.document_changed.connect(self._forget)
        studio.sheet_changed.connect(lambda _: self._filter())
        self.refresh()

    def _build(self) -> None:
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self.list = QVBoxLayout(holder)
        self.list.setContentsMargins(8, 2, 8, 2)
        self.list.setSpacing(2)
        self.rest = label("", "muted")
        self.list.addWidget(self.rest)
        self.list.addStretch(1)
        self.scroll.setWidget(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._nothing())
        self.beside = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self.beside.setSpacing(0)
        self.beside.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.addWidget(self._none_left())
        right.addWidget(self.scroll, 1)
        self.filler = QWidget()
        right.addWidget(self.filler, 1)
        self.beside.addLayout(right, 1)
        column.addLayout(self.beside, 1)

    def _none_left(self) -> QWidget:
        """What stands there when the filters leave nothing: say so, and offer the way back."""
        self.filtered = QWidget()
        row = QHBoxLayout(self.filtered)
        row.setContentsMargins(16, 4, 16, 4)
        self.filtered_words = label("", "muted")
        row.addWidget(self.filtered_words)
        row.addWidget(button("Show all", "quiet", done=self.show_all))
        row.addStretch(1)
        return self.filtered

    def _nothing(self) -> QWidget:
        """One quiet line: that all is well needs no room."""
        self.empty = QWidget()
        row = QHBoxLayout(self.empty)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        self.tick = IconLabel("ok", 16, "ok")
        self.sentence = label("", "muted")
        row.addWidget(self.tick)
        row.addWidget(self.sentence, 1)
        return self.empty

    def _forget(self) -> None:
        self.current, self.walked, self.searched = None, False, None
        self._leave()

    def refresh(self) -> None:
        """Show the problems as they are now; the current one stays current while it lasts."""
        problems = self.studio.problems()
        empty = not self.studio.project.graph.nodes
        self.sentence.setText("Nothing is drawn yet." if empty else "Everything fits.")
        self.tick.set_icon("hint" if empty else "ok", "muted" if empty else "ok")
        if problems == self.problems:
            self._name_rows()
            if self.studio.analysis is not self.searched:  # the same problem may have other repairs by now
                self.timer.start()
            return
        focus = QApplication.focusWidget()
        here = focus is not None and self.scroll.isAncestorOf(focus)
        self.problems = problems
        self.all = ordered(joined(problems), self.studio.project)
        if self.current is not None:
            self.current = next((r.problem for r in self.all if r.key == key(self.current)), None)
        self.title_changed.emit(f"Problems {len(self.all)}" if self.all else "Problems")
        self.empty.setVisible(not problems)
        self.bar.setVisible(bool(problems))
        self._filter()
        if here:
            self._keep_focus()

    def _keep_focus(self) -> None:
        """The keyboard stays in the list when the button that was pressed goes; else Qt would move it to a button elsewhere."""
        row = next((r for r in self.rows if r.current), None)
        (row or self._top() or self).setFocus()

    def _top(self) -> QWidget | None:
        """What the keyboard meets first in the list: a row; where every group is folded, a title."""
        return next(iter((*self.rows, *self.heads)), None)

    def _filter(self) -> None:
        """Show what is wanted of what there is."""
        studio = self.studio
        wish = self.bar.wish(studio.sheet)
        found = wanted(self.all, wish, studio.project)
        self.bar.show_counts(counts(found), bool(studio.project.blocks), studio.sheet)
        self.shown = [r for r in found if r.problem.severity not in wish.hidden]
        self.groups = grouped(self.shown, wish.grouping, studio.project)
        # What is walked is what is seen, in the order in which it is seen.
        self.shown = [row for group in self.groups for row in group.rows]
        if self.current is None or all(r.problem != self.current for r in self.shown):
            self.current, self.walked = None, False
            first = next((r.problem for r in self.shown if r.problem.severity == "error"), None)
            self.current = first
        left = len(self.all) - len(self.shown)
        self.filtered_words.setText(f"None of the {left:,} problems is shown by these filters.")
        self.filtered.setVisible(bool(self.all) and not self.shown)
        self.filler.setVisible(not self.shown)
        self.scroll.setVisible(bool(self.shown))
        self._arrange()
        self._mark()

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
            self._arrange()

    # --- the list --------------------------------------------------------------------------------------------------------------------

    def folded(self) -> set[str]:
        """The titles of the groups that are folded."""
        kept = self.kept.get("folded")
        return {t for t in kept if isinstance(t, str)} if isinstance(kept, list) else set()

    def fold(self, title: str, state: bool = True) -> None:
        """Fold a group, or open it."""
        titles = self.folded() - {title} | ({title} if state else set())
        self.kept["folded"] = sorted(titles)[-40:]
        self._arrange()
        self._mark()

    def _arrange(self) -> None:
        """Titles and rows from top to bottom. Widgets are kept, and moved only where the order of the two kinds changes."""
        folded = self.folded()
        titled = any(g.title in folded for g in self.groups) or (len(self.groups) > 1 and not self._plain())
        plan: list[Group | Row] = []
        for group in self.groups:
            plan += [group] if titled else []
            plan += [] if titled and group.title in folded else group.rows
        hidden = sum(isinstance(p, Row) for p in plan) - SHOWN
        while sum(isinstance(p, Row) for p in plan) > SHOWN or (len(plan) > SHOWN and isinstance(plan[-1], Group)):
            plan.pop()
        self.rest.setText(f"and {hidden:,} more")
        self.rest.setVisible(hidden > 0)
        laid = ["h" if isinstance(p, Group) else "r" for p in plan]
        self._pools(laid.count("h"), laid.count("r"))
        heads, rows = iter(self.heads), iter(self.rows)
        made = [next(heads) if kind == "h" else next(rows) for kind in laid]
        if laid != self._laid:
            for widget in (*self.heads, *self.rows):
                self.list.removeWidget(widget)
            for at, widget in enumerate(made):
                self.list.insertWidget(at, widget)
                widget.show()
            for before, after in pairwise(made):
                QWidget.setTabOrder(before, after)
            self._laid = laid
        for part, widget in zip(plan, made, strict=True):
            if isinstance(part, Group):
                assert isinstance(widget, GroupHead)
                widget.show_group(part.title, len(part.rows), part.title in folded)
            else:
                assert isinstance(widget, ProblemRow)
                widget.set_low(self.low and self.width() > WIDE)
                widget.show_problem(part.problem, part.words)
        self._line_up()

    def _line_up(self) -> None:
        """The words of all rows begin at one line, behind the longest name."""
        most = max(WHERE, min(WIDEST, self.width() // 4))
        wide = max(WHERE, min(most, max((row.wanted for row in self.rows), default=0)))
        for row in self.rows:
            row.where.setFixedWidth(wide)

    def _plain(self) -> bool:
        """Whether titles would take the room of what they stand over: the icons say the severity as well."""
        return self.low and self.bar.grouping.currentData() == "severity"

    def _pools(self, heads: int, rows: int) -> None:
        for pool, count in ((self.heads, heads), (self.rows, rows)):
            while len(pool) > count:
                old = pool.pop()
                self.list.removeWidget(old)
                old.hide()
                old.deleteLater()
                self._laid = []
        while len(self.heads) < heads:
            head = GroupHead()
            head.folded.connect(self.fold)
            self.heads.append(head)
        while len(self.rows) < rows:
            row = ProblemRow(self.studio)
            row.clicked.connect(self.choose)
            self.rows.append(row)

    def _name_rows(self) -> None:
        """A node may bear another name while its problem is the same."""
        for row in self.rows:
            row.name()

    def _enter_list(self) -> None:
        if (top := self._top()) is not None:
            top.setFocus(Qt.FocusReason.TabFocusReason)

    def copy_text(self) -> None:
        """Put what is shown on the clipboard."""
        QApplication.clipboard().setText(text(self.shown, self.studio.project))
        count = len(self.shown)
        self.studio.message.emit("ok", f"{format_quantity(count, 'problem is', 'problems are')} on the clipboard.")

    # --- walking ---------------------------------------------------------------------------------------------------------------------

    def choose(self, problem: Problem) -> None:
        """Make a problem the current one and jump to its node."""
        self.current, self.walked = problem, True
        group = next((g for g in self.groups if any(r.problem == problem for r in g.rows)), None)
        if group is not None and group.title in self.folded():
            self.fold(group.title, False)
        self._mark()
        self.studio.reveal(problem)

    def step(self, way: int) -> None:
        """F8 and Shift+F8: to the next or previous problem that is shown, round and round, into blocks and out again."""
        problems = [row.problem for row in self.shown]
        if not problems:
            hidden = f"None of the {len(self.all):,} problems is shown by these filters."
            self.studio.message.emit("hint" if self.all else "ok", hidden if self.all else "There are no problems.")
            return
        started = self.walked and self.current in problems
        at = problems.index(self.current) + way if started else 0 if way > 0 else -1  # type: ignore[arg-type]
        problem = problems[at % len(problems)]
        self.choose(problem)
        count = f"Problem {at % len(problems) + 1:,} of {len(problems):,}"
        self.setAccessibleDescription(f"{count}: {where(problem, self.studio.project)}")

    def _mark(self) -> None:
        for row in self.rows:
            row.set_current(row.problem == self.current)
        self._leave()
        self.timer.start()

    def _search(self) -> None:
        row = next((r for r in self.rows if r.problem == self.current), None)
        if row is None or self.current is None or not self.isVisible():
            return
        self._leave()
        studio = self.studio
        self.searched = studio.analysis
        if self.current.code != "runtime":
            self._searching = Search(studio.project, self.current, studio.analysis, fields=studio.fields)
            self._working.start()
        else:
            self._show_current(row)

    def _go_on(self) -> None:
        """Search in parts: in between, the window answers."""
        search, row = self._searching, next((r for r in self.rows if r.problem == self.current), None)
        if search is None or row is None or self.searched is not self.studio.analysis:
            self._leave()
        elif search.work(SLICE_S):
            self._leave()
            row.offer(search.repairs)
            self._show_current(row)

    def _leave(self) -> None:
        """Search no further: what is wrong, or what is looked at, is another thing now."""
        self._working.stop()
        self._searching = None

    def _show_current(self, row: ProblemRow) -> None:
        # The layout must have taken the buttons in before it is known where the row ends.
        self.scroll.widget().layout().activate()  # type: ignore[union-attr]
        self.scroll.ensureWidgetVisible(row, 0, 8)
