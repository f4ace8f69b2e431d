"""Asking what a repair would make of the network, by resting on its button: on the canvas, and in a small picture beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QWidget

from visualnet.analysis.facts import Problem
from visualnet.analysis.repair.search import Repair
from visualnet.app.canvas.repairs.preview_picture import RepairPicture
from visualnet.app.state.studio import Studio

REST_MS = 90
"""A pointer that only passes over asks nothing."""
EDGE = 8


class HoverPreview(QObject):
    """Watches the buttons of the repairs of one problem. The pointer or the focus on a button asks; leaving it takes all back."""

    def __init__(self, studio: Studio, owner: QWidget) -> None:
        super().__init__(owner)
        self.studio, self.owner = studio, owner
        self.repairs: dict[QWidget, Repair] = {}
        self.problem: Problem | None = None
        self.asked: QWidget | None = None
        self.picture: RepairPicture | None = None
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(REST_MS)
        self.timer.timeout.connect(self._show)
        studio.foreseen.connect(self._other)

    def watch(self, problem: Problem | None, repairs: dict[QWidget, Repair]) -> None:
        """From now on these buttons, each with what it would do."""
        self.end()
        self.problem, self.repairs = problem, repairs
        for button in repairs:
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Enter, QEvent.Type.FocusIn) and watched in self.repairs:
            self.ask(watched)  # type: ignore[arg-type]
        elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut, QEvent.Type.Hide) and watched is self.asked:
            self.end()
        # Who sees what would come of it needs no words about that on top of the picture.
        return (
            kind == QEvent.Type.ToolTip
            and watched is self.asked
            and self.picture is not None
            and self.picture.isVisible()
        )

    def ask(self, button: QWidget, at_once: bool = False) -> None:
        """Show in a moment what this button would do."""
        self.asked = button
        if at_once:
            self.timer.stop()
            self._show()
        else:
            self.timer.start()

    def end(self) -> None:
        """Show what is."""
        self.timer.stop()
        asked, self.asked = self.asked, None
        if self.picture is not None:
            self.picture.hide()
        if asked is not None:
            self.studio.foresee()

    def _show(self) -> None:
        repair = self.repairs.get(self.asked) if self.asked is not None else None
        if repair is None or self.asked is None or self.problem is None or not self.asked.isVisible():
            return
        seen = self.studio.foresee(repair.words, repair.edit)
        if seen is None:
            return
        if self.picture is None:
            self.picture = RepairPicture(self.owner.window())
        self.picture.show_foresight(seen, self.problem.sheet, self.problem.path[:-1])
        self._place(self.picture, self.asked)

    def _place(self, picture: RepairPicture, button: QWidget) -> None:
        """To the right of all buttons and words; where there is no room, above them, or below."""
        window = self.owner.window()
        mine = QRect(self.owner.mapTo(window, QPoint(0, 0)), self.owner.size())
        taken = mine
        for other in self.repairs:
            at = QRect(other.mapTo(window, QPoint(0, 0)), other.size())
            taken = at if taken is mine else taken.united(at)
        room = window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        size = picture.size()
        middle = button.mapTo(window, QPoint(0, button.height() // 2)).y() - size.height() // 2
        spots = [
            QPoint(max(taken.right(), button.mapTo(window, QPoint(button.width(), 0)).x()) + EDGE, middle),
            QPoint(mine.left() - size.width() - EDGE, middle),
            QPoint(mine.right() - size.width() - EDGE, mine.top() - size.height() - 5 * EDGE),
            QPoint(mine.right() - size.width() - EDGE, mine.bottom() + EDGE),
        ]
        for spot in spots:
            spot.setY(min(max(spot.y(), room.top()), room.bottom() - size.height()))
            if room.contains(QRect(spot, size)) and not QRect(spot, size).intersects(taken):
                picture.move(spot)
                return
        picture.move(room.right() - size.width(), max(room.top(), taken.top() - size.height() - EDGE))

    def _other(self, seen: object) -> None:
        """Somebody else asked, or the project changed."""
        if self.asked is not None and seen is None and not self.timer.isActive():
            if self.picture is not None:
                self.picture.hide()
            self.asked = None
