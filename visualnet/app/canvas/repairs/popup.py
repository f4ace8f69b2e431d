"""What would make a wire fit that does not: offered where it was dropped."""

from __future__ import annotations

import textwrap
from functools import partial

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from visualnet.analysis.facts import Problem
from visualnet.analysis.problem_list import wire_error
from visualnet.analysis.repair.search import Repair
from visualnet.app.canvas.repairs.hover_preview import HoverPreview
from visualnet.app.canvas.repairs.repair_search import RepairSearch
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, button, label, restyle
from visualnet.app.widgets.dialogs.popup import Popup
from visualnet.app.widgets.layouts import column, row
from visualnet.core import edits
from visualnet.core.graph import Port

SHOWN = 4
WIDTH = 440
LINE = 54
"""Letters that a button holds; longer words go on in a second line."""


class RepairPopup(Popup):
    """The fault in words and its repairs, the best first: Enter or a digit takes one, Esc leaves the wire red.

    Resting on a repair, or going to it with the arrow keys, shows what it would make of the network.
    """

    def __init__(self, parent: QWidget, studio: Studio) -> None:
        super().__init__(parent, "Repairs of this wire")
        self.studio = studio
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(WIDTH)
        self.target: Port | None = None
        self.problem: Problem | None = None
        self.found: list[Repair] = []
        self.buttons: list[QPushButton] = []
        self.at = 0
        """The repair that Enter takes: the first, or the one that the arrow keys have gone to."""
        self.hover_preview = HoverPreview(studio, self)
        self._place = QPoint()
        self.words = label("", wrap=True)
        self.hint = label("", "muted", wrap=True)
        head = row((IconLabel("problems", 16, "error"), 0, Qt.AlignmentFlag.AlignTop), (self.words, 1), spacing=8)
        self.column = column(head, self.hint, margins=(12, 10, 12, 10), spacing=6, parent=self)
        self._search = RepairSearch(studio, self, SHOWN)
        self._search.found.connect(self._answer)
        self._wish = 0
        """The repair that was asked for while they were still being searched."""
        studio.project_changed.connect(self.close_)
        studio.sheet_changed.connect(self.close_)
        self.hide()

    def open(self, at: QPoint, target: Port) -> bool:
        """Show it at a point of the parent for the wire that ends at ``target``; False if that wire has no fault."""
        studio = self.studio
        problem = wire_error(studio.analysis.problems, studio.sheet, target)
        if problem is None:
            return False
        self.target, self.problem, self._place, self._wish = target, problem, at + QPoint(12, 12), 0
        self.words.setText(problem.words)
        self._offer([], "Looking for repairs…")
        self.show_at(self._place, self)
        self._search.begin(problem)
        return True

    def _answer(self, found: list[Repair]) -> None:
        self._offer(found, "" if found else "No small change makes it fit. The wire stays red until something does.")
        if self._wish:
            self.take(self._wish)

    def _offer(self, found: list[Repair], hint: str) -> None:
        """A button for each repair, and one that takes the wire out."""
        for old in self.buttons:
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.found, self.buttons, self.at = found, [], 0
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        for number, repair in enumerate(found, 1):
            tip = f"{repair.words} ({number}); rest here to see what comes of it"
            kind = "primary" if number == 1 else ""
            self._add(button(f"{number}   {break_words(repair.words)}", kind, done=partial(self.take, number)), tip)
        self.hover_preview.watch(self.problem, dict(zip(self.buttons, found, strict=True)))
        self._add(button("Take the wire out", "quiet", done=self.take_out), "Remove this wire again (Del)")
        self.adjustSize()
        self.resize(WIDTH, self.heightForWidth(WIDTH))
        self.move_inside(self._place)

    def _add(self, made: QPushButton, tip: str) -> None:
        made.setToolTip(tip)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.column.addWidget(made)
        self.buttons.append(made)
        made.show()

    def go(self, way: int) -> None:
        """To the next or previous repair, and show what it would do."""
        if not self.found:
            return
        self.at = (self.at + way) % len(self.found)
        for number, made in enumerate(self.buttons[: len(self.found)]):
            restyle(made, kind="primary" if number == self.at else "")
        self.setAccessibleDescription(self.found[self.at].words)
        self.hover_preview.ask(self.buttons[self.at], at_once=True)

    def take(self, number: int) -> None:
        """Apply a repair, counted from 1; while they are being searched, when it is found."""
        if self._search.running:
            self._wish = number
        elif 0 < number <= len(self.found):
            repair = self.found[number - 1]
            self.close_()
            self.studio.do(repair.words, repair.edit)

    def take_out(self) -> None:
        """Remove the wire."""
        target, sheet = self.target, self.studio.sheet
        self.close_()
        if target is not None:
            self.studio.do("Disconnect", lambda p: edits.disconnect(p, sheet, target))

    def close_(self) -> None:
        self._forget()
        super().close_()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # While it is open its keys are its own.
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take(self.at + 1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.go(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.take_out()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.take(key - Qt.Key.Key_0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and self.isVisible():
            self._forget()
            self.hide()

    def _forget(self) -> None:
        """Search no further, and keep nothing of what was found: a repair holds the whole project."""
        self._search.stop()
        self.hover_preview.watch(None, {})
        self.problem = None
        self.found = []


def break_words(words: str) -> str:
    """Words in lines that a button can hold, broken between steps or words."""
    steps = words.replace("; ", ";\n").split("\n") if len(words) > LINE else [words]
    return "\n      ".join(
        line for step in steps for line in textwrap.wrap(step, LINE, break_long_words=False, break_on_hyphens=False)
    )
