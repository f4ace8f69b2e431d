"""A field that is dragged by its name: sideways its number changes, up or down it is dragged_param to where it can be dropped."""

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
        self._press = QPointF()
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._from = self._press = event.position()
        elif event.type() == QEvent.Type.MouseMove and self._from is not None:
            way = event.position() - self._from
            if max(abs(way.x()), abs(way.y())) >= QApplication.startDragDistance():
                self._from = None
                if abs(way.y()) > abs(way.x()):
                    self.start_drag()
                    return True
                # sideways: the number changes
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._from = None
        return False

    def start_drag(self) -> None:
        """Carry the field's name until it is dropped."""
        mime = QMimeData()
        mime.setData(MIME, QByteArray(self.param.encode()))
        drag = QDrag(self.handle)
        drag.setMimeData(mime)
        drag.setPixmap(self.handle.grab())
        # The release goes to where it is dropped; whoever scrubs with the name must not wait for it.
        self.handle.removeEventFilter(self)
        # Back to where it was pressed first: a hand that goes down goes a little sideways too, which is no change.
        left, none, plain = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        where = QPointF(self.handle.mapToGlobal(self._press))
        for kind, button, held in ((QEvent.Type.MouseMove, none, left), (QEvent.Type.MouseButtonRelease, left, none)):
            QApplication.sendEvent(self.handle, QMouseEvent(kind, self._press, where, button, held, plain))
        self.handle.installEventFilter(self)
        drag.exec(Qt.DropAction.CopyAction)


def dragged_param(mime: QMimeData) -> str:
    """The parameter that is dragged_param; empty if it is something else."""
    return bytes(mime.data(MIME).data()).decode("utf-8", "replace") if mime.hasFormat(MIME) else ""
