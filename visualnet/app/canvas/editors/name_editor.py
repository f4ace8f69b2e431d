"""Edit a card's name where it stands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from visualnet.analysis.geometry.card_size import PAD
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.theme import fonts
from visualnet.core import edits


class NameEditor(QLineEdit):
    """Enter keeps the new name, Esc the old one."""

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view)
        self.view = view
        self.node = ""
        self.setAccessibleName("Name of the node")
        self.setMaxLength(80)
        self.hide()

    def open(self, node_id: str) -> None:
        """Stand over the card's name, with the name selected."""
        item = self.view.canvas.cards[node_id]
        self.view.finish_motion()
        self.view.show_card(node_id)
        self.view.skip()
        self.node = node_id
        self.place()
        self.setText(item.node.name)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> None:
        """Follow the card, which the camera or an edit moves."""
        item = self.view.canvas.cards.get(self.node)
        if item is None:
            return
        zoom = max(0.6, min(1.6, self.view.zoom))
        self.setFont(fonts.sans(round(13 * zoom), QFont.Weight.DemiBold))
        area = QRectF(item.x + PAD, item.y + 5, item.width - PAD - 8, 26)
        corner = self.view.mapFromScene(area.topLeft())
        self.setGeometry(
            corner.x(), corner.y(), max(120, round(area.width() * self.view.zoom)), max(26, round(26 * zoom))
        )

    def _close(self) -> None:
        self.node = ""
        self.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _commit(self) -> None:
        node, name, sheet = self.node, self.text().strip(), self.view.studio.sheet
        if node and name and node in self.view.canvas.cards:
            same = name == self.view.canvas.cards[node].node.name
            if not same and not self.view.studio.do("Rename", lambda p: edits.rename(p, sheet, node, name)):
                self.selectAll()  # The words about why it cannot be had are out; the name stays to be mended.
                return
        self._close()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.node = ""
            self.hide()
