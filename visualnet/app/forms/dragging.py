"""A field that is dragged by its name: sideways its number changes, up or down it is carried to where it can be dropped."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QPointF, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

MIME = "application/x-visualnet-parameter"


class FieldDrag(QObject):
    """Watches the name of a field. It belongs to the name."""

    def __init__(self, handle: QWidget, param: str) -> None:
        super().__init__(handle)
        self.handle, self.param = handle, param
        self._from: QPointF | None = None
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position()
        elif event.type() == QEvent.Type.MouseMove and self._from is not None:
            way = event.position() - self._from
            if abs(way.x()) >= QApplication.startDragDistance():
                self._from = None  # sideways: the number changes
            elif abs(way.y()) > QApplication.startDragDistance() + 4:
                self._from = None
                self.carry()
                return True
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._from = None
        return False

    def carry(self) -> None:
        """Carry the field's name until it is dropped."""
        mime = QMimeData()
        mime.setData(MIME, QByteArray(self.param.encode()))
        drag = QDrag(self.handle)
        drag.setMimeData(mime)
        drag.setPixmap(self.handle.grab())
        # The release goes to where it is dropped; whoever scrubs with the name must not wait for it.
        self.handle.removeEventFilter(self)
        spot, none = QPointF(self.handle.rect().center()), Qt.MouseButton.NoButton
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        where = QPointF(self.handle.mapToGlobal(spot))
        QApplication.sendEvent(self.handle, QMouseEvent(QEvent.Type.MouseButtonRelease, spot, where, left, none, plain))
        self.handle.installEventFilter(self)
        drag.exec(Qt.DropAction.CopyAction)


def carried(mime: QMimeData) -> str:
    """The parameter that is carried; empty if it is something else."""
    return bytes(mime.data(MIME).data()).decode("utf-8", "replace") if mime.hasFormat(MIME) else ""
