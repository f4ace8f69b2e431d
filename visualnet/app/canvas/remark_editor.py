"""Write a frame's title or a note's Markdown where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from visualnet.app.theme import fonts
from visualnet.core import dressing

if TYPE_CHECKING:
    from visualnet.app.canvas.view import CanvasView


class RemarkEditor(QPlainTextEdit):
    """Ctrl+Enter or a click elsewhere keeps the words (in a title Enter alone does), Esc leaves them as they were."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.view = view
        self.remark = ""
        self.setAccessibleName("Words of the frame or note")
        self.setToolTip("Markdown. Ctrl+Enter keeps it, Esc leaves it as it was")
        self.setFont(fonts.sans(13))
        self.hide()

    def open(self, remark: str) -> None:
        """Stand over the remark, with its words selected."""
        item = self.view.canvas.remarks[remark]
        self.remark = remark
        title = item.remark.kind == "frame"
        corner = self.view.mapFromScene(item.area.topLeft())
        size = item.area.size() * self.view.zoom
        self.setPlaceholderText("Title" if title else "Note, in Markdown")
        height = 34 if title else max(90, round(size.height()))
        self.setGeometry(corner.x(), corner.y(), max(180, round(size.width())), height)
        self.setPlainText(item.remark.text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Take the words over and close."""
        remark, sheet, words = self.remark, self.view.studio.sheet, self.toPlainText()
        self.leave()
        if remark in self.view.canvas.remarks:
            kind = self.view.canvas.remarks[remark].remark.kind
            words = words.replace("\n", " ").strip() if kind == "frame" else words
            self.view.studio.do(f"Write {kind}", lambda p: dressing.set_remarks(p, sheet, [remark], text=words))

    def leave(self) -> None:
        """Close; what was typed is forgotten."""
        self.remark = ""
        if self.isVisible():
            self.hide()
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # Every key is for the words.
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        item = self.view.canvas.remarks.get(self.remark)
        title = item is not None and item.remark.kind == "frame"
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif enter and (title or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.keep()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.remark and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.keep()
