"""What explains a way of showing the sheet, at the bottom right of the canvas: networks begin at the top."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from visualnet.app.canvas.view import CanvasView
from visualnet.app.theme import fonts
from visualnet.app.theme.child_objects import find_children
from visualnet.app.theme.tokens import Theme

EDGE = 12


class CornerLegend(QWidget):
    """A legend above the small map, and above the legends that are shown already."""

    wide, high = 224, 66
    """How large it is where text has its normal size."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.view = view
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        if view.findChild(_Corner) is None:
            _Corner(view)

    def show_if(self, shown: bool) -> None:
        """Show it, or hide it and let others have its place."""
        self.setVisible(shown)
        place_legends(self.view)
        self.update()

    def paint_ground(self, p: QPainter, theme: Theme) -> None:
        """The ground with its edge; what is painted after it grows with the text."""
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.scale(fonts.factor(), fonts.factor())
        p.setPen(QPen(QColor(theme.line), 1))
        p.setBrush(QColor(theme.surface))
        p.drawRoundedRect(QRectF(0, 0, self.wide, self.high).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


class _Corner(QObject):
    """Places the legends of a view anew when the view or its small map changes: one for all of them, as every event comes by here."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        for watched in (view.viewport(), view.minimap):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            place_legends(self._view)
        return False


def place_legends(view: CanvasView) -> None:
    """One above the other in the corner, whatever the size of the canvas and of the text."""
    port, minimap = view.viewport().geometry(), view.minimap
    there = not minimap.isHidden() and minimap.geometry().center().x() > port.center().x()
    there = there and minimap.geometry().center().y() > port.center().y()
    below = minimap.geometry().top() if there else port.bottom()
    for legend in find_children(view, CornerLegend):
        legend.setFixedSize(fonts.px(legend.wide), fonts.px(legend.high))
        if not legend.isHidden():
            below -= legend.height() + EDGE
            legend.move(port.right() - legend.width() - EDGE, below)
