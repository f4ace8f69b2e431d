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
        self.timer = QTimer(self, singleShot=True, interval=REST_MS)
        self.timer.timeout.connect(self._show)
        studio.preview_changed.connect(self._other_preview)

    def watch(self, problem: Problem | None, repairs: dict[QWidget, Repair]) -> None:
        """From now on these buttons, each with what it would do."""
        self.end()
        self.problem, self.repairs = problem, repairs
        for button in repairs:
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if (
            kind in (QEvent.Type.Enter, QEvent.Type.FocusIn)
            and isinstance(watched, QWidget)
            and watched in self.repairs
        ):
            self.ask(watched)
        elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut, QEvent.Type.Hide) and watched is self.asked:
            self.end()
        # Who sees what would come of it needs no words about that on top of the picture.
        asked_for_words = kind == QEvent.Type.ToolTip and watched is self.asked
        return asked_for_words and self.picture is not None and self.picture.isVisible()

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
        asked = self.asked
        self._forget()
        if asked is not None:
            self.studio.preview()

    def _forget(self) -> None:
        self.timer.stop()
        self.asked = None
        if self.picture is not None:
            self.picture.hide()

    def _show(self) -> None:
        asked, problem = self.asked, self.problem
        if asked is None or problem is None or asked not in self.repairs or not asked.isVisible():
            return
        repair = self.repairs[asked]
        seen = self.studio.preview(repair.words, repair.edit)
        if seen is not None:
            self.picture = self.picture or RepairPicture(self.owner.window())
            self.picture.show_preview(seen, problem.sheet, problem.path[:-1])
            self.picture.move(self._place(self.picture, asked))

    def _place(self, picture: RepairPicture, button: QWidget) -> QPoint:
        """To the right of all buttons and words; where there is no room, above them, or below."""
        window = self.owner.window()

        def area(widget: QWidget) -> QRect:
            return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())

        own, here = area(self.owner), area(button)
        taken = QRect()
        for other in self.repairs:
            taken = taken.united(area(other))
        room, size = window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE), picture.size()
        middle = here.top() + here.height() // 2 - size.height() // 2
        left = own.right() - size.width() - EDGE
        spots = [
            QPoint(max(taken.right(), here.left() + here.width()) + EDGE, middle),
            QPoint(own.left() - size.width() - EDGE, middle),
            QPoint(left, own.top() - size.height() - 5 * EDGE),
            QPoint(left, own.bottom() + EDGE),
        ]
        for spot in spots:
            spot.setY(min(max(spot.y(), room.top()), room.bottom() - size.height()))
            if room.contains(QRect(spot, size)) and not QRect(spot, size).intersects(taken):
                return spot
        return QPoint(room.right() - size.width(), max(room.top(), taken.top() - size.height() - EDGE))

    def _other_preview(self, seen: object) -> None:
        """Somebody else asked, or the project changed."""
        if seen is None and not self.timer.isActive():
            self._forget()
