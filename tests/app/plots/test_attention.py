"""Attention: the sentence tells the truth, and mouse and keys ask it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.plots.attention import AttentionView
from visualnet.app.theme.tokens import DARK, LIGHT


@pytest.fixture
def view(qtbot: QtBot) -> AttentionView:
    widget = AttentionView()
    qtbot.addWidget(widget)
    widget.resize(760, 420)
    widget.set_theme(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def weights(heads: int, queries: int, sources: int) -> np.ndarray:
    raw = np.exp(np.random.default_rng(0).normal(size=(heads, queries, sources)) * 2)
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def test_patch_under_the_mouse_becomes_the_query(view: AttentionView, qtbot: QtBot) -> None:
    shown = weights(3, 17, 17)
    view.set_attention(shown, image=np.eye(28, dtype=np.float32), grid=(4, 4), extra_tokens=1, step=1200)
    QApplication.processEvents()
    pane = view._canvas.viewport()
    spot = view._canvas.source_rect(1 + 2 * 4 + 3).center().toPoint()
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=spot)
    assert view._canvas.query == 12
    best = int(shown[0, 12].argmax())
    name = "class token" if best == 0 else f"patch ({(best - 1) // 4}, {(best - 1) % 4})"
    assert view.words().startswith(f"Step 1,200, head 0: query patch (2, 3) looks at {name} {shown[0, 12, best]:.2f}")
    assert view.words().endswith("Row sum 1.00.")


def test_row_of_another_head_selects_both(view: AttentionView, qtbot: QtBot) -> None:
    view.set_attention(weights(4, 9, 9))
    QApplication.processEvents()
    pane = view._canvas.viewport()
    rect = view._canvas.map_rect(2)
    row_6 = QPointF(rect.center().x(), rect.top() + 6.5 / 9 * rect.height()).toPoint()
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=row_6)
    assert (view._canvas.head, view._canvas.query) == (2, 6)
    assert "query position 6 looks at" in view.words()


def test_each_head_over_the_image(view: AttentionView, qtbot: QtBot) -> None:
    shown = np.full((2, 5, 5), 0.0, np.float32)
    shown[0, :, 1 + 0], shown[1, :, 1 + 3] = 1, 1
    view.set_attention(shown, image=np.zeros((8, 8)), grid=(2, 2), extra_tokens=1)
    QApplication.processEvents()
    pane = view._canvas.viewport()
    qtbot.mouseClick(view._over, Qt.MouseButton.LeftButton)
    image = pane.grab().toImage()

    def light(head: int, row: int, column: int) -> int:
        rect = view._canvas.map_rect(head)
        at = rect.left() + rect.width() * (0.25 + 0.5 * column), rect.top() + rect.height() * (0.25 + 0.5 * row)
        return image.pixelColor(int(at[0]), int(at[1])).lightness()

    assert light(0, 0, 0) > light(0, 1, 1)
    assert light(1, 1, 1) > light(1, 0, 0)
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=view._canvas.map_rect(1).center().toPoint())
    assert view._canvas.head == 1
    view.set_attention(shown)
    assert view._over.isHidden()


def test_keys_move_query_and_head(view: AttentionView, qtbot: QtBot) -> None:
    view.set_attention(weights(2, 17, 17), grid=(4, 4), extra_tokens=1)
    view._canvas.choose(query=6)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown):
        qtbot.keyClick(view._canvas, key)
    assert (view._canvas.head, view._canvas.query) == (1, 11)
    view._canvas.choose(query=0)
    qtbot.keyClick(view._canvas, Qt.Key.Key_Left)
    assert view._canvas.query == 0
    assert "query class token" in view.words()


def test_query_stays_while_the_weights_change(view: AttentionView) -> None:
    view.set_attention(weights(2, 5, 5), step=1)
    view._canvas.choose(query=4)
    view._canvas.choose(head=1)
    before = view.grab().toImage()
    view.set_attention(weights(2, 5, 5)[::-1].copy(), step=2)
    assert (view._canvas.head, view._canvas.query) == (1, 4)
    assert view.grab().toImage() != before


@pytest.mark.parametrize("shape", [(1, 1, 1), (12, 197, 197), (8, 5, 40), (16, 64, 3)])
def test_any_size_is_drawn(view: AttentionView, shape: tuple[int, int, int]) -> None:
    blank = view.grab().toImage()
    for theme in (DARK, LIGHT):
        view.set_theme(theme)
        view.set_attention(weights(*shape))
        assert view.grab().toImage() != blank


def test_not_finite_is_said(view: AttentionView) -> None:
    bad = weights(1, 3, 3)
    bad[0, 0, 1] = np.nan
    view.set_attention(bad)
    view.grab()
    assert "not finite" in view.words()
    with pytest.raises(ValueError, match="heads, queries, sources"):
        view.set_attention(np.zeros((3, 3)))
