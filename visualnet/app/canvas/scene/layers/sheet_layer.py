"""An item that covers the whole sheet and paints one kind of what is on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from visualnet.app.canvas.scene.sheet_index import SheetIndex
from visualnet.app.theme.tokens import Theme

EVERYWHERE = QRectF(-2e7, -2e7, 4e7, 4e7)
LABELS_FROM = 0.6
"""From this scale on small words are readable."""

ALL, STANDING, MOVING = "all", "standing", "moving"
"""What a layer paints: everything; what stays while cards are moved; those cards and their wires alone."""


class SheetLayer(QGraphicsItem):
    """An item that covers everything and paints what is exposed."""

    part = ALL

    def __init__(self, scene: SheetIndex) -> None:
        super().__init__()
        # Not called `scene`: that is Qt's own, and answers another thing while the item is taken out.
        self.canvas = scene
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self.draw(painter, option.exposedRect, option.levelOfDetailFromTransform(painter.worldTransform()))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint what meets the area."""

    @property
    def theme(self) -> Theme:
        return self.canvas.theme
