"""The problems: what does not fit, where, why, and what would mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from visualnet.analysis.facts import Problem
from visualnet.analysis.repairs import Repair, repairs
from visualnet.app.studio import Studio
from visualnet.app.widgets.basic import EmptyState, IconLabel, button, label, restyle
from visualnet.core.project import MAIN

SHOWN = 60
"""More rows than this help nobody; a line says how many are left out."""
SEARCH_MS = 120


class ProblemsPanel(QWidget):
    """A row for each problem; the current one unfolds its formula and its repairs."""

    count_changed = Signal(int, str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.problems: tuple[Problem, ...] = ()
        self.current: Problem | None = None
        self.walked = False
        """Whether the current problem was gone to, by click or key; else the first F8 goes to it, not past it."""
        self.rows: list[ProblemRow] = []
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        holder = QWidget()
        self.list = QVBoxLayout(holder)
        self.list.setContentsMargins(8, 4, 8, 4)
        self.list.setSpacing(2)
        self.list.addStretch(1)
        self.scroll.setWidget(holder)
        self.empty = EmptyState("ok", "Everything fits.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self.scroll)
        # Repairs are searched a moment after the edits pause, never while a number is being dragged.
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SEARCH_MS)
        self.timer.timeout.connect(self._search)
        studio.analysed.connect(lambda _: self.refresh())
        studio.runtime_problem_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the problems as they are now; the current one stays current while it lasts."""
        problems = self.studio.problems()
        if problems == self.problems and self.rows:
            return
        self.problems = problems
        if self.current is not None:
            self.current = next((p for p in problems if _key(p) == _key(self.current)), None)
        self._rows()
        worst = problems[0].severity if problems else ""
        self.count_changed.emit(len([p for p in problems if p.severity != "hint"]), worst)
        self.empty.setVisible(not problems)
        self.scroll.setVisible(bool(problems))
        empty = not self.studio.project.graph.nodes
        self.empty.sentence.setText("Nothing is drawn yet." if empty else "Everything fits.")
        if self.current is None:
            self.walked = False
            if problems and problems[0].severity == "error":
                self.current = problems[0]
        self._mark()

    def _rows(self) -> None:
        shown = self.problems[:SHOWN]
        while len(self.rows) > len(shown):
            row = self.rows.pop()
            self.list.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(shown):
            row = ProblemRow(self.studio)
            row.clicked.connect(self.choose)
            self.rows.append(row)
            self.list.insertWidget(self.list.count() - 1, row)
        for row, problem in zip(self.rows, shown, strict=True):
            row.show_problem(problem)

    def choose(self, problem: Problem) -> None:
        """Make a problem the current one and jump to its node."""
        self.current, self.walked = problem, True
        self._mark()
        self.studio.reveal(problem)

    def step(self, way: int) -> None:
        """F8 and Shift+F8: to the next or previous problem, round and round."""
        if not self.problems:
            self.studio.message.emit("ok", "There are no problems.")
            return
        started = self.walked and self.current in self.problems
        at = self.problems.index(self.current) + way if started else 0  # type: ignore[arg-type]
        self.choose(self.problems[at % len(self.problems)])

    def _mark(self) -> None:
        for row in self.rows:
            row.set_current(row.problem == self.current)
        self.timer.start()

    def _search(self) -> None:
        row = next((r for r in self.rows if r.problem == self.current), None)
        if row is None or self.current is None or not self.isVisible() or self.current.code == "run_failed":
            return
        studio = self.studio
        found = repairs(studio.project, self.current, studio.analysis, fields=studio.fields)
        row.offer(found)
        self.scroll.ensureWidgetVisible(row, 0, 8)


def _key(problem: Problem) -> tuple[str, str, str, str]:
    """What makes it the same problem while its figures change."""
    return problem.code, problem.sheet, problem.node, problem.at


class ProblemRow(QFrame):
    """Severity, node, words; when current also formula and repairs."""

    clicked = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.problem: Problem | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("choice", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 5, 8, 5)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        self.icon = IconLabel("hint", 16, "hint")
        self.where = label("", "section")
        self.words = label("", wrap=True)
        self.formula = label("", "mono", wrap=True)
        self.buttons = QVBoxLayout()
        self.buttons.setSpacing(4)
        grid.addWidget(self.icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.where, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.words, 0, 2)
        grid.addWidget(self.formula, 1, 2)
        grid.addLayout(self.buttons, 2, 2)
        grid.setColumnStretch(2, 1)
        grid.setColumnMinimumWidth(1, 88)

    def show_problem(self, problem: Problem) -> None:
        """Show another problem; repairs of the old one go."""
        if problem == self.problem:
            return
        self.problem = problem
        self.icon.set_icon(problem.severity, problem.severity)
        try:
            node = self.studio.project.sheet(problem.sheet).nodes.get(problem.node)
        except KeyError:
            node = None
        place = f"{problem.sheet} / " if problem.sheet != MAIN else ""
        self.where.setText(place + (node.name if node else "whole network"))
        self.words.setText(problem.words)
        self.formula.setText(problem.formula)
        self.setAccessibleName(f"{problem.severity}: {self.where.text()}: {problem.words}")
        self.offer([])

    def set_current(self, current: bool) -> None:
        """Unfold or fold."""
        self.formula.setVisible(current and bool(self.problem and self.problem.formula))
        for number in range(self.buttons.count()):
            item = self.buttons.itemAt(number)
            if item is not None and item.widget() is not None:
                item.widget().setVisible(current)
        if bool(self.property("current")) != current:
            restyle(self, current=current)

    def offer(self, found: list[Repair]) -> None:
        """A button for each repair, the best first."""
        while (item := self.buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, repair in enumerate(found):
            rest = "" if not repair.after else f"   ({repair.after} other problem{'s' * (repair.after > 1)} left)"
            one = button(repair.words + rest, "primary" if number == 0 else "", done=lambda r=repair: self._mend(r))
            one.setToolTip("Make this change; Ctrl+Z takes it back.")
            line = QHBoxLayout()
            line.setContentsMargins(0, 0, 0, 0)
            holder = QWidget()
            holder.setLayout(line)
            line.addWidget(one)
            line.addStretch(1)
            self.buttons.addWidget(holder)

    def _mend(self, repair: Repair) -> None:
        self.studio.do(repair.words, repair.edit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.problem is not None:
            self.clicked.emit(self.problem)

    def keyPressEvent(self, event: object) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.problem is not None:  # type: ignore[attr-defined]
            self.clicked.emit(self.problem)
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]
