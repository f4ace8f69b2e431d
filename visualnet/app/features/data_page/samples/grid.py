"""The grid of samples: a cell each, with what the sample shows and its class."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from visualnet.app.features.data_page.samples.content_painting import paint_content
from visualnet.app.features.data_page.samples.sample_model import CONTENT, SAMPLE, SampleModel
from visualnet.app.theme import fonts, icons
from visualnet.app.widgets.basic import describe
from visualnet.app.widgets.painting import draw_line, draw_row_ground, fill_rounded
from visualnet.data.examination.sample_content import SampleContent

CELL, CAPTION, MARGIN = 104, 20, 4
WIDE_CELL = 220
"""The width of a cell whose samples are words, curves or rows."""


class SampleGrid(QListView):
    """Scrolls through any number of samples; ``opened`` tells the row of the one that a person wants to see large."""

    sample_opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        describe(self, "Samples")
        self.samples = SampleModel(self)
        self.setModel(self.samples)
        self.wide = False
        self.setItemDelegate(_CellPainter(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setDragEnabled(False)
        self.clicked.connect(lambda index: self.sample_opened.emit(index.row()))
        self.activated.connect(lambda index: self.sample_opened.emit(index.row()))
        self._set_cell()

    def set_wide(self, wide: bool) -> None:
        """Make room for words and curves, or for pictures."""
        if wide != self.wide:
            self.wide = wide
            self._set_cell()

    def _set_cell(self) -> None:
        width = fonts.px(WIDE_CELL if self.wide else CELL)
        self.setGridSize(QSize(width, fonts.px(CELL + CAPTION)))
        self.verticalScrollBar().setSingleStep(fonts.px(CELL) // 3)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._set_cell()


class _CellPainter(QStyledItemDelegate):
    """A cell: ground, content, class."""

    def __init__(self, grid: SampleGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self._grid.gridSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = icons.current_theme()
        area = QRectF(option.rect).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        state = option.state
        caption = fonts.px(CAPTION)
        current, hovered = bool(state & QStyle.StateFlag.State_Selected), bool(state & QStyle.StateFlag.State_MouseOver)
        draw_row_ground(painter, area.adjusted(-2, -2, 2, 2), theme, current, hovered)
        shown = QRectF(area.x(), area.y(), area.width(), area.height() - caption)
        below = QRectF(area.x(), shown.bottom(), area.width(), caption)
        content = index.data(CONTENT)
        small = fonts.sans(fonts.px(11))
        middle = Qt.AlignmentFlag.AlignHCenter
        if isinstance(content, SampleContent):
            if content.kind != "image":
                fill_rounded(painter, shown, theme.field, 4)
            paint_content(painter, shown, content, theme, small)
            words = content.label or f"{index.data(SAMPLE):,}"
            draw_line(painter, below, words, small, theme.muted, align=middle)
        elif content is not None:
            icons.paint(painter, "warning", QRectF(shown.center().x() - 12, shown.center().y() - 12, 24, 24), "warning")
            draw_line(painter, below, str(content), small, theme.muted, align=middle)
        else:
            fill_rounded(painter, shown, theme.field, 4)
