"""The problems: what does not fit, where, why, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from visualnet.analysis.facts import Problem
from visualnet.analysis.repairs import repairs
from visualnet.app.panels.problem_row import ProblemRow
from visualnet.app.studio import Studio
from visualnet.app.widgets.basic import IconLabel, label

SHOWN = 60
"""More rows than this help nobody; a line says how many are left out."""
SEARCH_MS = 120
ORDER = {"error": 0, "warning": 1, "hint": 2}


class Row(NamedTuple):
    """What one row tells: a problem, and the axes for which the same is true."""

    problem: Problem
    words: str


def joined(problems: Iterable[Problem]) -> list[Row]:
    """Errors, warnings, hints; what is the same along several axes (``H: …``, ``W: …``) is one row."""
    found: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda p: ORDER.get(p.severity, 3)):
        axis, colon, rest = problem.words.partition(": ")
        same = rest.partition(":")[0] if colon and len(axis) == 1 else problem.words
        key = (problem.severity, problem.code, problem.sheet, problem.node, problem.at, problem.formula, same)
        found.setdefault(key, []).append(problem)
    rows = []
    for first, *others in found.values():
        axes = [o.words.partition(": ")[0] for o in others if o.words != first.words]
        words = first.words + (f"; {', '.join(axes)} likewise" if axes else "")
        rows.append(Row(first, words[:1].upper() + words[1:]))
    return rows


class ProblemsPanel(QWidget):
    """A row for each problem; the current one unfolds its formula and its repairs."""

    count_changed = Signal(int, str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.problems: tuple[Problem, ...] | None = None
        self.shown: list[Row] = []
        self.current: Problem | None = None
        self.walked = False
        """Whether the current problem was gone to, by click or key; else the first F8 goes to it, not past it."""
        self.rows: list[ProblemRow] = []
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        self.list = QVBoxLayout(holder)
        self.list.setContentsMargins(8, 2, 8, 4)
        self.list.setSpacing(2)
        self.rest = label("", "muted")
        self.list.addWidget(self.rest)
        self.list.addStretch(1)
        self.scroll.setWidget(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._nothing())
        column.addWidget(self.scroll, 1)
        self.filler = QWidget()
        column.addWidget(self.filler, 1)
        # Repairs are searched a moment after the edits pause, never while a number is being dragged.
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SEARCH_MS)
        self.timer.timeout.connect(self._search)
        studio.analysed.connect(lambda _: self.refresh())
        studio.runtime_problem_changed.connect(self.refresh)
        studio.document_changed.connect(self._forget)
        self.refresh()

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
        self.current, self.walked = None, False

    def refresh(self) -> None:
        """Show the problems as they are now; the current one stays current while it lasts."""
        problems = self.studio.problems()
        empty = not self.studio.project.graph.nodes
        self.sentence.setText("Nothing is drawn yet." if empty else "Everything fits.")
        self.tick.set_icon("hint" if empty else "ok", "muted" if empty else "ok")
        if problems == self.problems:
            return
        self.problems = problems
        self.shown = joined(problems)
        if self.current is not None:
            self.current = next((r.problem for r in self.shown if _key(r.problem) == _key(self.current)), None)
        self._rows()
        self.count_changed.emit(len(self.shown), self.shown[0].problem.severity if self.shown else "")
        self.empty.setVisible(not problems)
        self.filler.setVisible(not problems)
        self.scroll.setVisible(bool(problems))
        if self.current is None:
            self.walked = False
            if self.shown and self.shown[0].problem.severity == "error":
                self.current = self.shown[0].problem
        self._mark()

    def _rows(self) -> None:
        shown = self.shown[:SHOWN]
        left = len(self.shown) - len(shown)
        self.rest.setText(f"and {left:,} more")
        self.rest.setVisible(left > 0)
        while len(self.rows) > len(shown):
            row = self.rows.pop()
            self.list.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(shown):
            row = ProblemRow(self.studio)
            row.clicked.connect(self.choose)
            self.list.insertWidget(len(self.rows), row)
            self.rows.append(row)
        for row, (problem, words) in zip(self.rows, shown, strict=True):
            row.show_problem(problem, words)

    def choose(self, problem: Problem) -> None:
        """Make a problem the current one and jump to its node."""
        self.current, self.walked = problem, True
        self._mark()
        self.studio.reveal(problem)

    def step(self, way: int) -> None:
        """F8 and Shift+F8: to the next or previous problem, round and round."""
        problems = [row.problem for row in self.shown]
        if not problems:
            self.studio.message.emit("ok", "There are no problems.")
            return
        started = self.walked and self.current in problems
        at = problems.index(self.current) + way if started else 0 if way > 0 else -1  # type: ignore[arg-type]
        self.choose(problems[at % len(problems)])

    def _mark(self) -> None:
        for row in self.rows:
            row.set_current(row.problem == self.current)
        self.timer.start()

    def _search(self) -> None:
        row = next((r for r in self.rows if r.problem == self.current), None)
        if row is None or self.current is None or not self.isVisible():
            return
        studio = self.studio
        if self.current.code != "runtime":
            row.offer(repairs(studio.project, self.current, studio.analysis, fields=studio.fields))
        # The layout must have taken the buttons in before it is known where the row ends.
        self.scroll.widget().layout().activate()  # type: ignore[union-attr]
        self.scroll.ensureWidgetVisible(row, 0, 8)


def _key(problem: Problem) -> tuple[str, str, str, str]:
    """What makes it the same problem while its figures change."""
    return problem.code, problem.sheet, problem.node, problem.at
