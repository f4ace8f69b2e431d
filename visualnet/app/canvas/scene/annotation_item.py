"""Frames and notes behind the network."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPalette,
    QPen,
    QTextDocument,
)
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from visualnet.app.canvas.scene.highlights import Layer
from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import RADIUS, Theme, mix
from visualnet.core.graph import Remark

TITLE = 30.0
CORNER = 16.0
PAD = 12.0
READABLE = 0.35
"""Below this scale a note's words are grey to the eye, and a frame's title is written larger."""
FAMILY = {"blue": "pooling", "green": "recurrent", "yellow": "dense", "red": "attention", "violet": "normalization"}
Part = Literal["body", "corner"]


class RemarkItem:
    """One frame or note. ``area`` is where it stands now, also while it is dragged."""

    __slots__ = ("_document", "area", "remark")

    def __init__(self, remark: Remark) -> None:
        self.remark = remark
        self.area = QRectF(*remark.area)
        self._document: QTextDocument | None = None

    @property
    def id(self) -> str:
        return self.remark.id

    @property
    def grip(self) -> QRectF:
        """Where it is taken: a note anywhere, a frame by its title."""
        return (
            self.area
            if self.remark.kind == "note"
            else QRectF(self.area.topLeft(), self.area.size()).adjusted(0, 0, 0, TITLE - self.area.height())
        )

    def part_at(self, at: QPointF) -> Part | None:
        """What of it is at a point of the scene."""
        corner = QRectF(self.area.right() - CORNER, self.area.bottom() - CORNER, CORNER, CORNER)
        return "corner" if corner.contains(at) else "body" if self.grip.contains(at) else None

    def forget(self) -> None:
        """Lay the words out anew when they are next shown."""
        self._document = None

    def document(self, theme: Theme) -> QTextDocument:
        """A note's words. Markdown without HTML: nothing of a file is run, loaded or linked to."""
        if self._document is None:
            made = _Still()
            made.setDefaultFont(fonts.sans(13))
            made.setDocumentMargin(0)
            made.setMarkdown(
                self.remark.text,
                QTextDocument.MarkdownFeature.MarkdownDialectCommonMark | QTextDocument.MarkdownFeature.MarkdownNoHTML,
            )
            self._document = made
        self._document.setTextWidth(max(20.0, self.area.width() - 2 * PAD))
        return self._document

    def colour(self, theme: Theme) -> str:
        """Its tint as the theme has it."""
        return theme.family(FAMILY[self.remark.colour]) if self.remark.colour in FAMILY else theme.outline


class _Still(QTextDocument):
    """A document that loads nothing, whatever its words point to."""

    def loadResource(self, kind: int, name: object) -> object:
        return None


class RemarkLayer(Layer):
    """All frames and notes, under the wires and the cards."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.canvas.remarks:
            self.draw(painter, option.exposedRect, option.levelOfDetailFromTransform(painter.worldTransform()))

    def draw(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Paint the remarks that meet the area, frames first."""
        shown = [r for r in self.canvas.remarks.values() if r.area.intersects(area)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in sorted(shown, key=lambda r: r.remark.kind != "frame"):
            chosen = item.id in self.canvas.marks.remarks
            (self._frame if item.remark.kind == "frame" else self._note)(painter, item, scale, chosen)
        painter.restore()

    def _frame(self, painter: QPainter, item: RemarkItem, scale: float, chosen: bool) -> None:
        theme, colour = self.canvas.theme, item.colour(self.canvas.theme)
        fill = QColor(colour)
        fill.setAlpha(20 if theme.dark else 26)
        painter.setPen(_edge(theme.accent if chosen else mix(theme.canvas, colour, 0.55), 2.0 if chosen else 1.0))
        painter.setBrush(fill)
        painter.drawRoundedRect(item.area, RADIUS + 4, RADIUS + 4)
        px = 13 if scale >= READABLE else min(64, round(11 / scale))
        font = fonts.sans(px, QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        words = metrics.elidedText(
            item.remark.text or "Frame", Qt.TextElideMode.ElideRight, item.area.width() - 2 * PAD
        )
        painter.setFont(font)
        painter.setPen(QColor(theme.text if item.remark.text else theme.muted))
        rise = metrics.ascent() + (8 if px == 13 else 2)
        painter.drawText(QPointF(item.area.left() + PAD, item.area.top() + rise), words)
        self._corner(painter, item, scale)

    def _note(self, painter: QPainter, item: RemarkItem, scale: float, chosen: bool) -> None:
        theme, colour = self.canvas.theme, item.colour(self.canvas.theme)
        ground = mix(theme.surface, colour, 0.12) if item.remark.colour else theme.surface
        painter.setPen(_edge(theme.accent if chosen else mix(theme.canvas, colour, 0.5), 2.0 if chosen else 1.0))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(item.area, RADIUS, RADIUS)
        painter.save()
        painter.setClipRect(item.area.adjusted(PAD / 2, PAD / 2, -PAD / 2, -PAD / 2), Qt.ClipOperation.IntersectClip)
        painter.translate(item.area.left() + PAD, item.area.top() + PAD)
        if scale >= READABLE:
            context = QAbstractTextDocumentLayout.PaintContext()
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.Link):
                context.palette.setColor(role, QColor(theme.text))
            item.document(theme).documentLayout().draw(painter, context)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(ground, theme.muted, 0.5)))
            for line in range(max(1, min(12, round((item.area.height() - 2 * PAD) / 20)))):
                painter.drawRect(
                    QRectF(0, line * 20 + 4, (item.area.width() - 2 * PAD) * (0.9, 0.75, 0.85)[line % 3], 7)
                )
        painter.restore()
        self._corner(painter, item, scale)

    def _corner(self, painter: QPainter, item: RemarkItem, scale: float) -> None:
        """Two strokes where it can be stretched."""
        if scale < READABLE:
            return
        painter.setPen(_edge(self.canvas.theme.outline, 1.2))
        right, bottom = item.area.right() - 4, item.area.bottom() - 4
        for size in (9.0, 5.0):
            painter.drawLine(QPointF(right - size, bottom), QPointF(right, bottom - size))


def _edge(colour: str, width: float) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    return pen
