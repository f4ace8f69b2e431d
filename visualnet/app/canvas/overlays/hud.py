"""What lies over the canvas: the minimap, the line of totals, the words on an empty sheet."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from visualnet.app.canvas.base import CanvasBase
from visualnet.app.canvas.scene.painting import blank_pixmap, translucent
from visualnet.app.canvas.scene.sheet_index import box_of
from visualnet.app.theme import fonts, icons
from visualnet.app.theme.child_objects import find_children
from visualnet.app.theme.tokens import Theme

SIZE = QSize(112, 76)
SMALL = QSize(22, 22)
INSET = 7.0
EDGE = 12
FADED = 0.15
"""How much is seen of a map that would hide what is being worked on."""
LEAST_CARDS = 2


class Minimap(QWidget):
    """The whole sheet in small; a click or a drag goes there, a click on its sign collapses it."""

    collapsed_changed = Signal(bool)

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view)
        self.view = view
        self.kept: MutableMapping[str, Any] = {}
        """Where it is remembered whether it is collapsed; the window puts its settings here."""
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Minimap")
        self._picture: QPixmap | None = None
        self.held = False
        self._faded = False
        self._update_size()
        view.viewport().installEventFilter(self)
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self.refresh)

    def refresh_soon(self) -> None:
        """Draw anew in a moment: a drag changes the sheet with every move."""
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Draw anew."""
        self._picture = None
        self.appear()
        self.update()

    @property
    def collapsed(self) -> bool:
        """Whether only a small button is left of it."""
        return self.kept.get("minimap") is False

    def remember(self, kept: MutableMapping[str, Any]) -> None:
        """Keep there from now on whether it is collapsed."""
        self.kept = kept
        self._update_size()

    def collapse(self, collapsed: bool) -> None:
        """Leave only a small button, or show the map again."""
        self.kept["minimap"] = not collapsed
        self._update_size()
        self.appear()
        self.collapsed_changed.emit(collapsed)

    def _update_size(self) -> None:
        self.setFixedSize(SMALL if self.collapsed else SIZE)
        self.setToolTip("Show the map" if self.collapsed else "The whole sheet; click or drag to go there")
        self._picture = None
        self.place()
        self.update()

    def place(self) -> None:
        """Stand in the corner where it hides the fewest cards and nothing else that lies over the canvas: at the lower right if it can."""
        if not self.held:
            self.move(min(self._corners(), key=self._hides))

    def _corners(self) -> list[QPoint]:
        right, low = self.view.width() - self.width() - EDGE, self.view.height() - self.height() - EDGE
        return [QPoint(right, low), QPoint(EDGE, low), QPoint(right, EDGE), QPoint(EDGE, EDGE)]

    def _hides(self, corner: QPoint) -> int:
        """How many cards and other things lie under it in a corner."""
        view, area = self.view, QRect(corner, self.size())
        under = view.viewportTransform().inverted()[0].mapRect(QRectF(area))
        others = find_children(view, QWidget)
        others = [
            w for w in others if w not in (self, view.viewport()) and w.isVisible() and w.geometry().intersects(area)
        ]
        return view.canvas.count_under(box_of(under)) + 2 * len(others)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # While something is dragged below it, the map must not hide where that goes.
        if isinstance(event, QMouseEvent):
            moves = event.type() == QEvent.Type.MouseMove and self.view.tool is not None
            faded = moves and self.geometry().contains(event.position().toPoint())
            if faded != self._faded:
                self._faded = faded
                self.update()
        return False

    def appear(self) -> None:
        """Be there where it helps: not while the whole sheet is in view."""
        canvas = self.view.canvas
        self.setVisible(len(canvas.cards) >= LEAST_CARDS and not self.view.seen.contains(canvas.contents()))

    def _collapse_sign(self) -> QRectF:
        """Where it is collapsed."""
        return QRectF(self.width() - 17, 3, 14, 14)

    def _scale(self) -> tuple[float, QPointF]:
        """From the scene to here."""
        area = self.view.canvas.contents()
        room = QRectF(self.rect()).adjusted(INSET, INSET, -INSET, -INSET)
        scale = min(room.width() / max(area.width(), 1), room.height() / max(area.height(), 1), 0.14)
        return scale, room.center() - area.center() * scale

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self.view.canvas.theme
        p = QPainter(self)
        p.setOpacity(FADED if self._faded else 1.0)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(QColor(theme.line), 1))
        p.setBrush(QColor(theme.surface))
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        if self.collapsed:
            icons.paint(p, "chevron-left", QRectF(4, 4, 14, 14), theme.muted)
            return
        scale, shift = self._scale()
        if self._picture is None:
            self._picture = self._draw(scale, shift)
        p.drawPixmap(0, 0, self._picture)
        seen = self.view.seen
        frame = QRectF(seen.topLeft() * scale + shift, seen.bottomRight() * scale + shift)
        frame = frame.intersected(QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5))
        p.setPen(QPen(QColor(theme.accent), 1.2))
        p.setBrush(translucent(theme.accent, 20))
        p.drawRoundedRect(frame, 4, 4)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(theme.surface))
        p.drawRoundedRect(self._collapse_sign(), 4, 4)
        icons.paint(p, "chevron-right", self._collapse_sign().adjusted(1, 1, -1, -1), theme.muted)

    def _draw(self, scale: float, shift: QPointF) -> QPixmap:
        ratio, canvas = self.devicePixelRatioF(), self.view.canvas
        picture = blank_pixmap(round(self.width() * ratio), round(self.height() * ratio), ratio)
        p = QPainter(picture)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, len(canvas.cards) < 500)
        p.setPen(Qt.PenStyle.NoPen)
        for colour, areas in canvas.blocks().items():
            p.setBrush(QColor(colour))
            sizes = (QSizeF(max(1.5, a.width() * scale), max(1.5, a.height() * scale)) for a in areas)
            rects = [QRectF(a.topLeft() * scale + shift, size) for a, size in zip(areas, sizes, strict=True)]
            if rects[0].width() <= 5:
                p.drawRects(rects)
                continue
            for rect in rects:
                p.drawRoundedRect(rect, 2, 2)
        p.end()
        return picture

    def _center_on(self, event: QMouseEvent) -> None:
        scale, shift = self._scale()
        there = (event.position() - shift) / scale
        self.view.stop()
        self.view.look(self.view.pose()._replace(x=there.x(), y=there.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if self.collapsed or self._collapse_sign().contains(event.position()):
                self.collapse(not self.collapsed)
            else:
                self.held = True
                self._center_on(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.held = False
        self.appear()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.held:
            self._center_on(event)


class HudLabel(QLabel):
    """Plain words over the canvas that let every click through."""

    def __init__(self, view: CanvasBase, name: str) -> None:
        super().__init__(view)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(name)
        self.setFont(fonts.sans(fonts.px(12)))

    def apply_theme(self, theme: Theme) -> None:
        """Take a theme's colours; the ground keeps the words readable over cards."""
        self.setFont(fonts.sans(fonts.px(12)))
        style = f"QLabel {{ color: {theme.muted}; background: {theme.canvas}; border-radius: 6px; padding: 3px 8px; }}"
        if style != self.styleSheet():
            self.setStyleSheet(style)

    def event(self, event: QEvent) -> bool:
        # A new style or text changes the size that the words need.
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PolishRequest):
            self.adjustSize()
        return super().event(event)
