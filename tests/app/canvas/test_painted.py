"""What is painted when: nothing that changed stays as it was on the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.app.canvas.conftest import Hands


class Painting(QObject):
    """Notes which parts of a widget are painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.parts: list[QRect] = []
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.parts.append(event.rect())
        return False


def test_what_changed_is_painted_though_a_part_is_painted_before(hands: Hands) -> None:
    view = hands.view
    QApplication.processEvents()
    painting = Painting(view.viewport())
    view.canvas.update()
    view.viewport().repaint(0, 0, 40, 10)  # as a label on the view does that has other words
    QApplication.processEvents()
    assert painting.parts[-1].contains(view.viewport().rect()), painting.parts
