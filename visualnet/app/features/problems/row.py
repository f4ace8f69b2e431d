"""One problem in the list: severity, node, words; when it is the current one also formula, repairs and details."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QPlainTextEdit, QWidget

from visualnet.analysis.facts import Problem
from visualnet.analysis.problem_list import name_place
from visualnet.analysis.repair.search import Repair
from visualnet.app.canvas.repairs.hover_preview import HoverPreview
from visualnet.app.features.inspector.formula_label import FormulaLabel
from visualnet.app.features.inspector.typeset_label import TypesetLabel
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import ElidedLabel, IconLabel, button, label, restyle
from visualnet.app.widgets.layouts import STRETCH, FlowLayout, column, row
from visualnet.core.text.format import format_quantity

WHERE, WIDEST = 120, 280
"""How wide the names of the nodes stand, in px: all alike, and as wide as they need."""
TOP = Qt.AlignmentFlag.AlignTop
TIP = "Go to the node (Enter); F8 goes to the next problem, Ctrl+. to the repairs of this one"


class ProblemRow(QFrame):
    """Click, Enter or Space go to the node."""

    def __init__(self, studio: Studio, choose: Callable[[Problem], None]) -> None:
        super().__init__()
        self.studio, self.choose = studio, choose
        self.problem: Problem | None = None
        self.current = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("choice", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.low = False
        self.icon = IconLabel("hint", 16, "hint")
        self.where = ElidedLabel("", "section")
        self.where.setFixedWidth(WHERE)
        self.words = label("", wrap=True)
        self.formula = Formula()
        self.formula.hide()
        self.repair_bar = QWidget()
        self.repair_bar.hide()
        self.buttons = FlowLayout(self.repair_bar, gap=6)
        self.offered: list[Repair] = []
        self._repair_buttons: list[QWidget] = []
        self.hover_preview = HoverPreview(studio, self)
        self.details: Details | None = None
        """Made when there are any: a text field costs more than all the rest of a row."""
        self.grid = QGridLayout(self)
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(4)
        self.grid.setContentsMargins(8, 4, 8, 4)
        self.grid.addWidget(self.icon, 0, 0, TOP)
        self.grid.addWidget(self.where, 0, 1, TOP)
        self.grid.addWidget(self.words, 0, 2)
        self.grid.addWidget(self.formula, 1, 2)
        self.grid.addWidget(self.repair_bar, 2, 2, 1, 2)
        self.grid.setColumnStretch(2, 1)

    def set_low(self, low: bool) -> None:
        """In a low list the formula stands beside the words, not under them, so that the repairs are seen."""
        if low != self.low:
            self.low = low
            self.formula.set_low(low)
            self.grid.removeWidget(self.formula)
            self.grid.addWidget(self.formula, *((0, 3, 3, 1, TOP) if low else (1, 2)))
            self.grid.setVerticalSpacing(2 if low else 4)
            # Beside the formula, not under it, the repairs are higher up.
            self.grid.removeWidget(self.repair_bar)
            self.grid.addWidget(self.repair_bar, *((2, 2, 1, 1) if low else (2, 2, 1, 2)))
            self._share_width()

    def _share_width(self) -> None:
        """Only a formula that is seen takes room from the words."""
        beside = self.low and not self.formula.isHidden()
        self.grid.setColumnStretch(2, 4 if beside else 1)
        self.grid.setColumnStretch(3, int(beside))

    def show_problem(self, problem: Problem, words: str) -> None:
        """Show another problem; repairs of the old one go."""
        if problem == self.problem and words == self.words.text():
            self.name()
            return
        self.problem = problem
        self.icon.set_icon(problem.severity, problem.severity)
        self.words.setText(words)
        self.name()
        self.formula.show_problem(problem)
        self.offer([])

    def name(self) -> None:
        """Say where it is; nodes are renamed while a problem lasts."""
        if self.problem is None:
            return
        place = name_place(self.problem, self.studio.project)
        if place != self.where.full_text:
            self.where.setText(place)
        self.setAccessibleName(f"{self.problem.severity}: {place}: {self.words.text()}")
        self.setToolTip(TIP if self.problem.node else "")

    @property
    def wanted(self) -> int:
        """How wide the node's name is."""
        return self.where.sizeHint().width()

    def set_current(self, current: bool) -> None:
        """Open or collapse."""
        if current != self.current:
            self.current = current
            restyle(self, current=current)
        self._unfold()

    def _unfold(self) -> None:
        self.formula.setVisible(self.current and self.formula.says_something)
        self._share_width()
        self.repair_bar.setVisible(self.current and self.buttons.count() > 0)
        runtime = self.problem is not None and self.problem.code == "runtime"
        detailed = self.current and runtime and bool(self.studio.runtime_trace)
        if detailed and self.details is None:
            self.details = Details(self.studio)
            self.grid.addWidget(self.details, 3, 2, 1, 2)
        if self.details is not None:
            self.details.setVisible(detailed)

    def offer(self, found: list[Repair]) -> None:
        """A button for each repair, the best first. Where the same are found again, the buttons stay, with the keyboard and the pointer."""
        texts = [_button_text(repair) for repair in found]
        if texts != [_button_text(repair) for repair in self.offered]:
            self._remove_buttons()
            for at, text in enumerate(texts):
                one = button(text, "" if at else "primary", done=partial(self._take, at))
                one.setObjectName("repair")
                one.setToolTip(f"Make this change ({at + 1}); Ctrl+Z takes it back. Rest here to see what comes of it.")
                self.buttons.addWidget(one)
                self._repair_buttons.append(one)
        self.offered = found
        self.hover_preview.watch(self.problem, dict(zip(self._repair_buttons, found, strict=True)))
        self._unfold()

    @property
    def first_repair(self) -> QWidget | None:
        """The button of the best repair, if it is shown."""
        return self._repair_buttons[0] if self._repair_buttons and self.current else None

    def focus_repairs(self) -> bool:
        """Give the keyboard to the first repair; False where there is none."""
        if (first := self.first_repair) is None:
            return False
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _take(self, at: int) -> None:
        if at < len(self.offered):  # a button that has gone may still be pressed before Qt throws it away
            self.studio.do(self.offered[at].words, self.offered[at].edit)

    def _remove_buttons(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self.repair_bar.isAncestorOf(focus):
            self.setFocus()
        self._repair_buttons.clear()
        while (item := self.buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.problem is not None:
            self.choose(self.problem)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.problem is not None:
            self.choose(self.problem)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif self.current and 0 <= event.key() - Qt.Key.Key_1 < len(self.offered):
            self._take(event.key() - Qt.Key.Key_1)
        else:
            super().keyPressEvent(event)


def _button_text(repair: Repair) -> str:
    rest = f"   ({format_quantity(repair.after, 'other problem')} left)" if repair.after else ""
    return repair.words + rest


class Formula(QWidget):
    """The arithmetic of a problem, typeset as in the inspector; as text where there is nothing to typeset, or no room."""

    def __init__(self) -> None:
        super().__init__()
        self.typeset, self.lines = TypesetLabel(), FormulaLabel()
        self.problem: Problem | None = None
        self.low = False
        self.typeset.can_enlarge = False
        self.typeset.setToolTip("Ctrl+C copies it as text, the right button as LaTeX too")
        column(self.typeset, self.lines, parent=self)

    @property
    def says_something(self) -> bool:
        """Whether the problem has a formula."""
        return bool(self.lines.formulas)

    def show_problem(self, problem: Problem) -> None:
        """Show the formula of another problem."""
        self.problem = problem
        self.lines.show_formulas((problem.formula,) if problem.formula else ())
        made = problem.derivation
        # In a low panel there is room for one line: the one with the figures, which needs no legend.
        self.typeset.show_derivation(
            made._replace(lettered=False, legend=()) if made is not None and self.low else made, problem.formula
        )
        self._fit()

    def set_low(self, low: bool) -> None:
        """Be content with one line."""
        self.low = low
        if self.problem is not None:
            self.show_problem(self.problem)

    def _fit(self) -> None:
        self.typeset.fit(self.width())
        self.typeset.setVisible(self.typeset.sheet is not None)
        self.lines.setVisible(self.typeset.sheet is None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()


class Details(QWidget):
    """Python's own words about a failed run, collapsed away until they are wanted."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.toggle = button("Show details", "quiet", "code", self._toggle)
        self.copy = button("Copy", "quiet", "copy", self._copy)
        self.text = QPlainTextEdit(readOnly=True, lineWrapMode=QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setProperty("mono", True)
        self.text.setAccessibleName("Details of the failure")
        self.text.setFixedHeight(160)
        self.text.hide()
        column(row(self.toggle, self.copy, STRETCH), self.text, parent=self)

    def _toggle(self) -> None:
        opened = self.text.isHidden()
        self.text.setPlainText(self.studio.runtime_trace)
        self.text.setVisible(opened)
        self.toggle.setText("Hide details" if opened else "Show details")

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.studio.runtime_trace)
        self.studio.message.emit("ok", "The details are on the clipboard.")
