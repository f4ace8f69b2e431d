"""Lines between words: resting on a word lights its own, a click keeps them, a head's square shows that head alone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.app.plots.test_attention import weights
from visualnet.app.plots.attention_lines import NOBODY, AttentionLinesView
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.figures.sequences.word_lines import LINE, TOP, WordLines

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def lines(heads: int, queries: int, sources: int) -> WordLines:
    names = [f"word{at}" for at in range(max(queries, sources))]
    return WordLines(weights(heads, queries, sources), tuple(names[:queries]), tuple(names[:sources]))


@pytest.fixture
def view(qtbot: QtBot) -> AttentionLinesView:
    widget = AttentionLinesView()
    qtbot.addWidget(widget)
    widget.resize(500, 300)
    widget.set_theme(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def word(view: AttentionLinesView, line: int, is_query: bool) -> QPoint:
    """Where the word of a line stands."""
    return QPoint(20 if is_query else view.canvas.width() - 20, int(TOP + (line + 0.5) * LINE))


def head(view: AttentionLinesView, number: int) -> QPoint:
    """Where a head's square stands."""
    regions = view.canvas.drawing.regions
    region = next(region for region in regions if region.words == f"head {number}")
    return QPoint(int(region.x + region.width / 2), int(region.y + region.height / 2))


def drawn(view: AttentionLinesView) -> list[tuple[int, int, int]]:
    """Head, query and source of each line."""
    chart = view.canvas.chart
    assert isinstance(chart, WordLines)
    return [line[:3] for line in chart.lines(view.canvas.height())]


def test_a_word_and_a_head_show_their_lines_alone(view: AttentionLinesView) -> None:
    view.show_lines(lines(3, 6, 6))
    QApplication.processEvents()
    everything = drawn(view)
    assert {line[0] for line in everything} == {0, 1, 2}
    QTest.mouseMove(view.canvas, word(view, 2, True))
    QApplication.processEvents()
    assert {line[1] for line in drawn(view)} == {2}
    QTest.mouseMove(view.canvas, word(view, 4, False))
    QApplication.processEvents()
    assert {line[2] for line in drawn(view)} == {4}
    assert len({line[1] for line in drawn(view)}) > 1
    QTest.mouseMove(view.canvas, QPoint(view.canvas.width() // 2, 200))
    QApplication.processEvents()
    assert drawn(view) == everything

    QTest.mouseClick(view.canvas, LEFT, pos=word(view, 1, True))
    QTest.mouseMove(view.canvas, QPoint(view.canvas.width() // 2, 200))
    assert {line[1] for line in drawn(view)} == {1}, "a click keeps it"
    view.show_lines(lines(3, 6, 6))
    assert {line[1] for line in drawn(view)} == {1}, "the next look too"
    QTest.mouseClick(view.canvas, LEFT, pos=head(view, 2))
    assert {line[0] for line in drawn(view)} == {2}
    QTest.mouseClick(view.canvas, LEFT, CTRL, head(view, 0))
    assert {line[0] for line in drawn(view)} == {0, 2}
    QTest.mouseClick(view.canvas, LEFT, pos=head(view, 1))
    QTest.mouseClick(view.canvas, LEFT, pos=head(view, 1))
    assert {line[0] for line in drawn(view)} == {0, 1, 2}
    QTest.mouseClick(view.canvas, LEFT, pos=word(view, 1, True))
    assert view.canvas.pinned == NOBODY


def test_keys_reach_every_word_and_thousands_scroll(view: AttentionLinesView, qtbot: QtBot) -> None:
    view.show_lines(lines(2, 400, 400))
    QApplication.processEvents()
    assert view.bar.isVisible()
    for _ in range(20):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    assert view.canvas.pinned == (19, -1)
    assert {line[1] for line in drawn(view)} == {19}
    assert view.canvas.chart.first + view.canvas.chart.visible(view.canvas.height()) == 20, "it is scrolled into sight"
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert view.canvas.pinned == (-1, 19)
    qtbot.keyClick(view.canvas, Qt.Key.Key_PageDown)
    assert view.bar.value() > 10
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.canvas.pinned == NOBODY
    view.show_lines(lines(2, 4, 4))
    QApplication.processEvents()
    assert not view.bar.isVisible()


@pytest.mark.parametrize("shape", [(1, 1, 1), (64, 30, 5), (12, 3, 700)])
def test_any_size_is_drawn(view: AttentionLinesView, shape: tuple[int, int, int]) -> None:
    blank = view.grab().toImage()
    for theme in (DARK, LIGHT):
        view.set_theme(theme)
        view.show_lines(lines(*shape))
        assert view.grab().toImage() != blank
    assert len(list(view.rows())) == int(np.prod(shape)) + 1
