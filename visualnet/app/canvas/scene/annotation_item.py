"""Frames and notes behind the network."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextDocument

from visualnet.app.theme import fonts
from visualnet.app.theme.tokens import Theme
from visualnet.core.graph import Annotation

TITLE = 30.0
CORNER = 16.0
PAD = 12.0
READABLE = 0.35
"""Below this scale, at the normal text size, a note has no room for words that can be read: grey strokes stand for them."""
FAMILY = {"blue": "pooling", "green": "recurrent", "yellow": "dense", "red": "attention", "violet": "normalization"}
Part = Literal["body", "corner"]


class AnnotationItem:
    """One frame or note. ``area`` is where it stands now, also while it is dragged."""

    __slots__ = ("_document", "annotation", "area")

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.area = QRectF(*annotation.area)
        self._document: QTextDocument | None = None

    @property
    def id(self) -> str:
        return self.annotation.id

    @property
    def grip(self) -> QRectF:
        """Where it is taken: a note anywhere, a frame by its title."""
        frame = self.annotation.kind == "frame"
        return QRectF(self.area.x(), self.area.y(), self.area.width(), TITLE if frame else self.area.height())

    def part_at(self, at: QPointF) -> Part | None:
        """What of it is at a point of the scene."""
        corner = QRectF(self.area.bottomRight() - QPointF(CORNER, CORNER), self.area.bottomRight())
        return "corner" if corner.contains(at) else "body" if self.grip.contains(at) else None

    def forget(self) -> None:
        """Lay the words out anew when they are next shown."""
        self._document = None

    def document(self, larger: float = 1.0) -> QTextDocument:
        """A note's words, wrapped for being painted so many times ``larger``.

        Markdown without HTML: nothing of a file is run, loaded or linked to.
        """
        if self._document is None:
            features = QTextDocument.MarkdownFeature
            self._document = _InertDocument(defaultFont=fonts.sans(13), documentMargin=0)
            self._document.setMarkdown(
                self.annotation.text, features.MarkdownDialectCommonMark | features.MarkdownNoHTML
            )
        self._document.setTextWidth(max(20.0, (self.area.width() - 2 * PAD) / larger))
        return self._document

    def colour(self, theme: Theme) -> str:
        """Its tint as the theme has it."""
        return theme.family(FAMILY[self.annotation.colour]) if self.annotation.colour in FAMILY else theme.outline


class _InertDocument(QTextDocument):
    """A document that loads nothing, whatever its words point to."""

    def loadResource(self, kind: int, name: object) -> object:
        return None
