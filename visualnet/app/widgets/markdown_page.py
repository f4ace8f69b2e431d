"""Markdown that comes with the program, in a narrow column."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QFontInfo, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QTextBrowser

INDENT = 20
"""Of a list, in px."""


class MarkdownPage(QTextBrowser):
    """Text that follows no link and loads nothing; a click on a link is told by ``anchorClicked``."""

    def __init__(self, name: str, *, bare: bool = False) -> None:
        super().__init__(openLinks=False, openExternalLinks=False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setProperty("bare", bare)
        self.document().setIndentWidth(INDENT)

    def loadResource(self, _kind: int, _name: QUrl | str) -> None:
        return None

    def show_markdown(self, text: str) -> None:
        """Show a text from its beginning; HTML in it stays text."""
        features = QTextDocument.MarkdownFeature
        self.document().setMarkdown(text, features.MarkdownNoHTML | features.MarkdownDialectGitHub)
        self._format()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.ensureCursorVisible()

    def _format(self) -> None:
        """Headings of a narrow column: the title, and small heads with air above them."""
        cursor, block = QTextCursor(self.document()), self.document().begin()
        size = QFontInfo(self.font()).pixelSize()
        while block.isValid():
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            level, shape, face = block.blockFormat().headingLevel(), QTextBlockFormat(), QTextCharFormat()
            shape.setLineHeight(128, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if level:
                # The heaviest face that is shipped; for a heavier one Qt would draw its strokes twice.
                face.setFontWeight(QFont.Weight.DemiBold)
                face.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
                face.setProperty(QTextFormat.Property.FontPixelSize, round(size * (1.3 if level == 1 else 1)))
                shape.setTopMargin(0 if level == 1 else 14)
                shape.setBottomMargin(2)
            elif block.textList() is None:
                shape.setBottomMargin(6)
            cursor.mergeBlockFormat(shape)
            cursor.mergeCharFormat(face)
            block = block.next()
