"""What would make a wire fit that does not: offered where it was dropped."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from visualnet.analysis.connect.check import OPEN
from visualnet.analysis.facts import Problem
from visualnet.analysis.repair.search import Repair, Search
from visualnet.app.canvas.repairs.hover_preview import HoverPreview
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import IconLabel, button, label, restyle
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.data import registry

SHOWN = 4
WIDTH = 440
SLICE_S = 0.012
"""So long at a time repairs are searched; then the window has its turn."""
LINE = 54
"""Letters that a button holds; longer words go on in a second line."""


class RepairPopup(QFrame):
    """The fault in words and its repairs, the best first: Enter or a digit takes one, Esc leaves the wire red.

    Resting on a repair, or going to it with the arrow keys, shows what it would make of the network.
    """

    def __init__(self, parent: QWidget, studio: Studio) -> None:
        super().__init__(parent)
        self.studio = studio
        self.setObjectName("repairPopup")
        self.setAccessibleName("Repairs of this wire")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(WIDTH)
        self.target: Port | None = None
        self.problem: Problem | None = None
        self.found: list[Repair] = []
        self.buttons: list[QWidget] = []
        self.at = -1
        """The repair that the arrow keys have gone to; −1 before."""
        self.foreseeing = HoverPreview(studio, self)
        self._at = QPoint()
        self.words = label("", wrap=True)
        self.hint = label("", "muted", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel("problems", 16, "error"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.words, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 10)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        self.column.addWidget(self.hint)
        self._looking: Search | None = None
        self._wish = 0
        """The repair that was asked for while they were still being searched."""
        self._search = QTimer(self)
        self._search.setInterval(0)
        self._search.timeout.connect(self._find)
        studio.project_changed.connect(self._stale)
        studio.sheet_changed.connect(self._stale)
        self.hide()

    def open(self, at: QPoint, target: Port) -> bool:
        """Show it at a point of the parent for the wire that ends at ``target``; False if that wire has no fault."""
        problem = fault_of(self.studio, target)
        if problem is None:
            return False
        self.target, self.problem, self._at = target, problem, at
        self.words.setText(problem.words)
        self.hint.setText("Looking for repairs…")
        self._fill([])
        self._wear()
        self._place()
        self._looking, self._wish = None, 0
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self._search.start()
        return True

    def _find(self) -> None:
        if self.problem is None:
            self._search.stop()
            return
        studio = self.studio
        if self._looking is None:
            fields = registry.fields_or_none(studio.project.data)
            self._looking = Search(studio.project, self.problem, studio.analysis, limit=SHOWN, fields=fields)
        if not self._looking.work(SLICE_S):
            return
        self._search.stop()
        found = self._looking.repairs
        self.hint.setText("" if found else "No small change makes it fit. The wire stays red until something does.")
        self._fill(found)
        self._place()
        if self._wish:
            self.take(self._wish)

    def _fill(self, found: list[Repair]) -> None:
        for old in self.buttons:
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.found, self.buttons, self.at = found, [], -1
        for number, repair in enumerate(found, 1):
            made = button(
                f"{number}   {folded(repair.words)}",
                "primary" if number == 1 else "",
                done=lambda n=number: self.take(n),
            )
            made.setToolTip(f"{repair.words} ({number}); rest here to see what comes of it")
            self._add(made)
        self.foreseeing.watch(self.problem, dict(zip(self.buttons, found, strict=True)))
        out = button("Take the wire out", "quiet", done=self.take_out)
        out.setToolTip("Remove this wire again (Del)")
        self._add(out)
        self.hint.setVisible(bool(self.hint.text()))

    def _add(self, made: QWidget) -> None:
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setStyleSheet("text-align: left; padding-left: 10px;")
        self.column.addWidget(made)
        self.buttons.append(made)
        made.show()

    def _place(self) -> None:
        self.adjustSize()
        self.resize(WIDTH, self.heightForWidth(WIDTH) if self.hasHeightForWidth() else self.sizeHint().height())
        room = self.parentWidget().size()
        x = max(8, min(self._at.x() + 12, room.width() - self.width() - 8))
        y = max(8, min(self._at.y() + 12, room.height() - self.height() - 8))
        self.move(x, y)

    def _wear(self) -> None:
        t = self.studio.theme
        self.setStyleSheet(
            f"#repairPopup {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 10px; }}"
        )

    # --- answering --------------------------------------------------------------------------------------------------

    def go(self, way: int) -> None:
        """To the next or previous repair, and show what it would do."""
        if not self.found:
            return
        first = -1 if way > 0 else 0
        self.at = ((self.at if self.at >= 0 else first) + way) % len(self.found)
        for number, made in enumerate(self.buttons[: len(self.found)]):
            restyle(made, kind="primary" if number == self.at else "")
        self.setAccessibleDescription(self.found[self.at].words)
        self.foreseeing.ask(self.buttons[self.at], at_once=True)

    def take(self, number: int) -> None:
        """Apply a repair, counted from 1; while they are being searched, when it is found."""
        if self._search.isActive():
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

    def _stale(self, *_: object) -> None:
        self.close_()

    def close_(self) -> None:
        """Hide it and give the focus back."""
        self._forget()
        if self.isVisible():
            self.hide()
            self.parentWidget().setFocus(Qt.FocusReason.PopupFocusReason)

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
            self.take(max(self.at, 0) + 1)
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
        self.foreseeing.watch(None, {})
        self.problem = self._looking = None
        self.found = []


def folded(words: str) -> str:
    """Words in lines that a button can hold, broken between steps or words."""
    lines = [""]
    for part in words.replace("; ", "; \n").split("\n") if len(words) > LINE else [words]:
        for word in part.split(" "):
            if len(lines[-1]) + len(word) > LINE:
                lines.append("")
            lines[-1] += f"{word} "
        lines.append("")
    return "\n      ".join(line.rstrip() for line in lines if line.strip())


def fault_of(studio: Studio, target: Port) -> Problem | None:
    """The error that a wire brings to the card where it ends."""
    own = [
        p
        for p in studio.analysis.problems
        if p.severity == "error" and p.sheet == studio.sheet and p.node == target.node and p.code not in OPEN
    ]
    return next((p for p in own if p.at == target.port), own[0] if own else None)
