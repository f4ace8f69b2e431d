"""Markdown in a narrow column."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase
from pytestqt.qtbot import QtBot

from visualnet.app.theme.fonts import load_fonts, sans
from visualnet.app.widgets.markdown_page import MarkdownPage


def test_headings_are_of_a_face_that_is_there(qtbot: QtBot) -> None:
    """For a weight above the heaviest face Qt draws the strokes twice."""
    load_fonts()
    heaviest = max(QFontDatabase.weight("Inter", style) for style in QFontDatabase.styles("Inter"))
    page = MarkdownPage("Note")
    qtbot.addWidget(page)
    page.setFont(sans())
    page.show_markdown("# Title\n\nWords.\n\n## Section\n\n- one\n\n### Part\n\nMore words.")
    block, weights = page.document().begin(), {}
    while block.isValid():
        weights[block.text()] = block.begin().fragment().charFormat().fontWeight()
        block = block.next()
    assert weights["Title"] == weights["Section"] == weights["Part"] == heaviest == QFont.Weight.DemiBold
    assert weights["Words."] == QFont.Weight.Normal


def test_html_stays_text_and_nothing_is_loaded(qtbot: QtBot) -> None:
    page = MarkdownPage("Note")
    qtbot.addWidget(page)
    page.show_markdown("<b>no</b> ![x](file:///etc/hostname)")
    assert "<b>no</b>" in page.toPlainText()
    assert not page.openLinks() and not page.openExternalLinks()
