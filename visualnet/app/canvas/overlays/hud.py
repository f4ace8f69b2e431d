"""What lies over the canvas: the minimap, the line of totals, the words on an empty sheet."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from visualnet.analysis.facts import GraphFacts, Problem
from visualnet.analysis.problem_list import joined
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.theme import fonts, icons
from visualnet.core.text.format import format_quantity, shorten_count

SIZE = QSize(112, 76)
SMALL = QSize(22, 22)
INSET = 7.0
LEAST_CARDS = 2


class Minimap(QWidget):
    """The whole sheet in small; a click or a drag goes there, a click on its sign folds it."""

    folded_changed = Signal(bool)

    def __init__(self, view: CanvasBase) -> None:
        super().__init__(view)
        self.view = view
        self.kept: MutableMapping[str, Any] = {}
        """Where it is remembered whether it is folded; the window puts its settings here."""
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Minimap")
        self._take_size()
        self._picture: QPixmap | None = None
        self.held = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
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
    def folded(self) -> bool:
        """Whether only a small button is left of it."""
        return self.kept.get("minimap") is False

    def remember(self, kept: MutableMapping[str, Any]) -> None:
        """Keep there from now on whether it is folded."""
        self.kept = kept
        self._take_size()

    def fold(self, folded: bool) -> None:
        """Leave only a small button, or show the map again."""
        self.kept["minimap"] = not folded
        self._take_size()
        self.appear()
        self.folded_changed.emit(folded)

    def _take_size(self) -> None:
        self.setFixedSize(SMALL if self.folded else SIZE)
        self.setToolTip("Show the map" if self.folded else "The whole sheet; click or drag to go there")
        self._picture = None
        self.place()
        self.update()

    def place(self) -> None:
        """Stand in the corner."""
        view = self.view
        self.move(view.width() - self.width() - 12, view.height() - self.height() - 12)

    def appear(self) -> None:
        """Be there where it helps: not while the whole sheet is in view."""
        canvas = self.view.canvas
        seen = self.view.mapToScene(self.view.viewport().rect()).boundingRect()
        wanted = len(canvas.cards) >= LEAST_CARDS and not seen.contains(canvas.contents())
        if wanted != self.isVisibleTo(self.view):
            self.setVisible(wanted)

    def _sign(self) -> QRectF:
        """Where it is folded."""
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
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(QColor(theme.line), 1))
        p.setBrush(QColor(theme.surface))
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        if self.folded:
            icons.paint(p, "chevron-left", QRectF(4, 4, 14, 14), theme.muted)
            return
        scale, shift = self._scale()
        if self._picture is None:
            self._picture = self._draw(scale, shift)
        p.drawPixmap(0, 0, self._picture)
        seen = self.view.mapToScene(self.view.viewport().rect()).boundingRect()
        frame = QRectF(seen.topLeft() * scale + shift, seen.bottomRight() * scale + shift)
        frame = frame.intersected(QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5))
        p.setPen(QPen(QColor(theme.accent), 1.2))
        tint = QColor(theme.accent)
        tint.setAlpha(20)
        p.setBrush(tint)
        p.drawRoundedRect(frame, 4, 4)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(theme.surface))
        p.drawRoundedRect(self._sign(), 4, 4)
        icons.paint(p, "chevron-right", self._sign().adjusted(1, 1, -1, -1), theme.muted)

    def _draw(self, scale: float, shift: QPointF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        canvas = self.view.canvas
        p = QPainter(picture)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, len(canvas.cards) < 500)
        p.setPen(Qt.PenStyle.NoPen)
        groups: dict[str, list[QRectF]] = {}
        for colour, areas in canvas.blocks().items():
            corners = ((a.topLeft() * scale + shift, a) for a in areas)
            groups[colour] = [
                QRectF(c.x(), c.y(), max(1.5, a.width() * scale), max(1.5, a.height() * scale)) for c, a in corners
            ]
        for colour, rects in groups.items():
            p.setBrush(QColor(colour))
            if rects[0].width() > 5:
                for rect in rects:
                    p.drawRoundedRect(rect, 2, 2)
            else:
                p.drawRects(rects)
        p.end()
        return picture

    def _go(self, event: QMouseEvent) -> None:
        scale, shift = self._scale()
        there = (event.position() - shift) / scale
        self.view.stop()
        self.view.look(self.view.pose()._replace(x=there.x(), y=there.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if self.folded or self._sign().contains(event.position()):
                self.fold(not self.folded)
            else:
                self.held = True
                self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.held = False
        self.appear()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.held:
            self._go(event)


class HudLabel(QLabel):
    """Plain words over the canvas that let every click through."""

    def __init__(self, view: CanvasBase, name: str) -> None:
        super().__init__(view)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(name)
        self.setFont(fonts.sans(fonts.px(12)))

    def wear(self, ground: str, ink: str) -> None:
        """Take a theme's colours; the ground keeps the words readable over cards."""
        self.setFont(fonts.sans(fonts.px(12)))
        wanted = f"QLabel {{ color: {ink}; background: {ground}; border-radius: 6px; padding: 3px 8px; }}"
        if self.styleSheet() != wanted:
            self.setStyleSheet(wanted)

    def event(self, event: QEvent) -> bool:
        # A new style or text changes the size that the words need.
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PolishRequest):
            self.adjustSize()
        return super().event(event)


def totals(facts: GraphFacts | None, problems: tuple[Problem, ...]) -> str:
    """The line at the bottom left."""
    if facts is None or not facts.nodes:
        return ""
    parts = [f"{facts.parameters:,} parameters"]
    if facts.trainable != facts.parameters:
        parts.append(f"{facts.trainable:,} trained")
    if facts.macs:
        parts.append(f"{shorten_count(facts.macs)} MACs")
    rows = joined(problems)  # as the list of problems counts them
    counts = {s: sum(r.problem.severity == s for r in rows) for s in ("error", "warning", "hint")}
    found = [format_quantity(n, word) for word, n in counts.items() if n]
    parts.append(", ".join(found) if found else "no problems")
    return " · ".join(parts)
