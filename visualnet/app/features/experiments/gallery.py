"""The list of experiments: those that come with the program, and one's own."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import label
from visualnet.app.widgets.layouts import column
from visualnet.app.widgets.painting import fill_rounded
from visualnet.training.experiments.registry import find_experiments

OWN = ""
"""The name of the entry where one makes an experiment of one's own."""
NAME = Qt.ItemDataRole.UserRole
SENTENCE = Qt.ItemDataRole.UserRole + 1
WRAP = Qt.TextFlag.TextWordWrap


class ExperimentGallery(QWidget):
    """A title and a sentence for each experiment."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Experiments")
        self.list.setToolTip("Choose what is compared")
        self.list.setItemDelegate(_Entry(self.list))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for experiment in find_experiments().values():
            self._add(experiment.name, experiment.title, experiment.sentence)
        self._add(OWN, "Your own", "Two or more values for any setting of an open project.")
        self.list.currentItemChanged.connect(lambda item, _: self.chosen.emit(item.data(NAME)) if item else None)
        column(label("Experiments", "section"), (self.list, 1), margins=(12, 12, 0, 12), spacing=6, parent=self)
        self.setFixedWidth(fonts.px(268))

    def choose(self, name: str) -> None:
        """Choose the experiment of this name."""
        for at in range(self.list.count()):
            if self.list.item(at).data(NAME) == name:
                self.list.setCurrentRow(at)

    def _add(self, name: str, title: str, sentence: str) -> None:
        item = QListWidgetItem(title)
        item.setData(NAME, name)
        item.setData(SENTENCE, sentence)
        item.setToolTip(f"{title}\n{sentence}")
        self.list.addItem(item)


class _Entry(QStyledItemDelegate):
    """A bold title above a muted sentence, both wrapped."""

    EDGE = 8

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        room = fonts.px(268 - 12 - 4) - 2 * self.EDGE - 12
        heights = [
            self._height(option, str(index.data(role)), room, role == Qt.ItemDataRole.DisplayRole) for role in _ROLES
        ]
        return QSize(room, sum(heights) + 2 * self.EDGE + 2)

    def _height(self, option: QStyleOptionViewItem, text: str, room: int, bold: bool) -> int:
        font = QFont(option.font)
        font.setBold(bold)
        return QFontMetrics(font).boundingRect(0, 0, room, 1000, WRAP, text).height()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = icons.current_theme()
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            fill_rounded(
                painter, QRectF(option.rect).adjusted(1, 1, -1, -1), theme.colour("selection" if chosen else "hover"), 6
            )
        if chosen:
            painter.setBrush(QColor(theme.colour("accent")))
            painter.drawRoundedRect(
                QRectF(option.rect.left() + 1, option.rect.top() + 8, 3, option.rect.height() - 16), 1.5, 1.5
            )
        room = option.rect.adjusted(self.EDGE + 4, self.EDGE, -self.EDGE, -self.EDGE)
        for role, ink in zip(_ROLES, ("text", "muted"), strict=True):
            text = str(index.data(role))
            bold = role == Qt.ItemDataRole.DisplayRole
            high = self._height(option, text, room.width(), bold)
            font = QFont(option.font)
            font.setBold(bold)
            painter.setFont(font)
            painter.setPen(QColor(theme.colour(ink)))
            painter.drawText(room, WRAP, text)
            room.setTop(room.top() + high + 2)
        painter.restore()


_ROLES = (Qt.ItemDataRole.DisplayRole, SENTENCE)
