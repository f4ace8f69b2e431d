"""Write a frame's title or a note's Markdown where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.theme import fonts
from visualnet.core.document import Document
from visualnet.core.edits import annotate


class AnnotationEditor(QPlainTextEdit):
    """Ctrl+Enter or a click elsewhere keeps the words (in a title Enter alone does), Esc leaves them as they were."""

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view)
        self.view = view
        self.annotation = ""
        self._home: tuple[Document, str] | None = None
        """The project and the sheet that hold the annotation: another one may be in front by the time the words are kept."""
        self.setAccessibleName("Words of the frame or note")
        self.setToolTip("Markdown. Ctrl+Enter keeps it, Esc leaves it as it was")
        view.studio.document_changed.connect(self.keep)
        view.studio.sheet_changed.connect(self.keep)
        self.hide()

    def open(self, annotation: str) -> None:
        """Stand over the annotation, with its words selected."""
        item = self.view.canvas.annotations[annotation]
        self.annotation, self._home = annotation, (self.view.studio.document, self.view.studio.sheet)
        self.setFont(fonts.sans(13))
        title = item.annotation.kind == "frame"
        self.setPlaceholderText("Title" if title else "Note, in Markdown")
        bars = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOff if title else bars.ScrollBarAsNeeded)
        self.place()
        self.setPlainText(item.annotation.text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Follow the annotation, which the camera or an edit moves; a title takes no more room than a long name needs."""
        item = self.view.canvas.annotations.get(self.annotation)
        if item is None:
            return
        corner = self.view.mapFromScene(item.area.topLeft())
        width, height = round(item.area.width() * self.view.zoom), round(item.area.height() * self.view.zoom)
        title = item.annotation.kind == "frame"
        width, height = (min(width, fonts.px(320)), fonts.px(34)) if title else (width, max(90, height))
        self.setGeometry(corner.x(), corner.y(), max(180, width), height)

    def keep(self) -> None:
        """Take the words over and close."""
        if self._home is None:
            return
        annotation, words, (document, sheet) = self.annotation, self.toPlainText(), self._home
        self.leave()
        sheets = dict(document.project.sheets())
        if sheet not in sheets or annotation not in sheets[sheet].annotations:
            return
        kind = sheets[sheet].annotations[annotation].kind
        words = words.replace("\n", " ").strip() if kind == "frame" else words
        try:
            document.do(f"Write {kind}", lambda p: annotate.set_annotations(p, sheet, [annotation], text=words))
        except ValueError as error:
            self.view.studio.message.emit("error", str(error))

    def leave(self) -> None:
        """Close; what was typed is forgotten."""
        self.annotation, self._home = "", None
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
        item = self.view.canvas.annotations.get(self.annotation)
        title = item is not None and item.annotation.kind == "frame"
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif enter and (title or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.keep()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.annotation and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.keep()
