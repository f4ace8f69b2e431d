"""What all live pictures share: they follow the theme, and the right button takes them away as a picture or as numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QToolButton, QWidget

from visualnet.app.plots.colours import PlotColours, draw_empty, plot_colours, text_font
from visualnet.app.plots.export import picture_menu
from visualnet.app.theme.tokens import Theme


class Picture(QWidget):
    """A live picture. A subclass may have numbers for a table (`rows`), and repaint what it keeps when the colours change."""

    file_name = "picture"
    has_rows = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: PlotColours | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._colours = colours = plot_colours(theme)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, colours.surface)
        palette.setColor(QPalette.ColorRole.WindowText, colours.text)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        self.apply_colours(colours)
        self.update()

    def apply_colours(self, colours: PlotColours) -> None:
        """Hand the colours to the parts."""

    def rows(self) -> Iterable[Iterable[Any]]:
        """The numbers of the picture as a table."""
        return ()

    def menu(self) -> QMenu:
        """Copy picture, Save picture…, and Save data… where there are numbers."""
        return picture_menu(self, self.file_name, self.rows if self.has_rows else None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())


def text_button(text: str, tip: str, *, checkable: bool = False) -> QToolButton:
    """A button beside a picture, hidden until there is something to do."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.setProperty("framed", True)
    button.hide()
    return button


class PaintedPicture(Picture):
    """A picture painted in one go, or the sentence that stands where it will be."""

    empty_words = ""

    def is_empty(self) -> bool:
        """Whether there is nothing to paint yet."""
        raise NotImplementedError

    def draw(self, painter: QPainter, colours: PlotColours) -> None:
        """Paint it."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._colours.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_empty():
            painter.setFont(text_font(self.font(), 12))
            draw_empty(painter, QRectF(self.rect()).adjusted(12, 0, -12, 0), self._colours, self.empty_words)
        else:
            painter.setFont(text_font(self.font(), 11))
            self.draw(painter, self._colours)


class ScrollCanvas(QAbstractScrollArea):
    """A drawing that scrolls down where it has no room. A subclass places what it draws in `arrange`."""

    description_changed = Signal(str)
    """A sentence about what is pointed at or chosen."""

    def __init__(self, parent: QWidget, least: QSize, hint: QSize) -> None:
        super().__init__(parent)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumSize(least)
        self._hint = hint
        self._colours: PlotColours | None = None

    def set_ink(self, colours: PlotColours) -> None:
        """Take the theme's colours."""
        self._colours = colours
        self.viewport().update()

    def arrange(self) -> None:
        """Place what is drawn in the room that there is."""
        raise NotImplementedError

    def set_drawn_height(self, height: int) -> None:
        """Scroll over so much."""
        room = self.maximumViewportSize().height()
        self.verticalScrollBar().setRange(0, max(height - room, 0))
        self.verticalScrollBar().setPageStep(room)
        self.viewport().update()

    @property
    def scroll_offset(self) -> int:
        """How far it is scrolled down."""
        return self.verticalScrollBar().value()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def viewportSizeHint(self) -> QSize:
        return self._hint
