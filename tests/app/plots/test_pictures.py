"""Predictions, decision regions, learned curves and the small pictures on cards."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.plots.charts.sparkline import compose_strip
from visualnet.app.plots.class_bars import GAP, HEAD, ClassBars
from visualnet.app.plots.colours import text_font
from visualnet.app.plots.decision_regions import DecisionView, RegressionView
from visualnet.app.theme.fonts import choose_size
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.figures.colours.maps import SEQUENTIAL
from visualnet.figures.prediction import Prediction


def shown_widget(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(380, 260)
    widget.set_theme(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def colours(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_prediction_in_words_and_bars(qtbot: QtBot) -> None:
    bars = shown_widget(qtbot, ClassBars())
    p = np.full(10, 0.02)
    p[3] = 0.82
    bars.set_prediction(np.eye(28), p, list("0123456789"), 3, "Sample #2043")
    assert DARK.accent in colours(bars)
    assert DARK.warning not in colours(bars)
    bars.set_prediction(np.eye(28)[None], p, list("0123456789"), 5, "Sample #2043")
    assert DARK.warning in colours(bars)


@pytest.mark.parametrize("size", [(380, 260), (300, 110), (420, 130)])
def test_all_ten_classes_stand_in_their_own_order(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    bars = shown_widget(qtbot, ClassBars())
    bars.resize(*size)
    drawn: list[tuple[str, QRectF]] = []
    draw = QPainter.drawText
    names = [f"c{i}" for i in range(10)]
    monkeypatch.setattr(
        "visualnet.app.plots.class_bars.QPainter.drawText",
        lambda self, rect, flags, text: (drawn.append((text, QRectF(rect))), draw(self, rect, flags, text)),
    )
    bars.set_prediction(np.eye(28), np.linspace(0.9, 0.1, 10)[::-1] / 5, names, 3, "x")
    bars.grab()
    rows = [(text, rect) for text, rect in drawn if text in names]
    assert [text for text, _ in rows] == names, "all of them, by class and not by probability"
    assert all(rect.top() >= 0 and rect.bottom() <= bars.height() + 1 for _, rect in rows), "none is cut off"


def test_many_classes_show_the_probable_and_the_true_one(qtbot: QtBot) -> None:
    bars = shown_widget(qtbot, ClassBars())
    p = np.linspace(0, 1, 1000)
    p /= p.sum()
    bars.set_prediction(np.zeros((3, 8, 8)), p, [f"class {i}" for i in range(1000)], 7, "x")
    bars.grab()


def test_rows_of_large_text_do_not_overlap(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    bars = shown_widget(qtbot, ClassBars())
    bars.resize(260, 150)
    bars.set_prediction(None, np.full(10, 0.1), list("0123456789"), 3, "x")
    asked: list[int] = []
    shown = Prediction.shown_classes
    monkeypatch.setattr(Prediction, "shown_classes", lambda self, rows: asked.append(rows) or shown(self, rows))
    try:
        for size in (100, 150, 200):
            choose_size(qapp, size)
            bars.grab()
            height = QFontMetricsF(text_font(bars.font(), 11)).tightBoundingRect("0123456789").height()
            rows = asked[-1] / 2  # ten classes stand in two columns here
            assert (bars.height() - HEAD - 2 * GAP) / rows >= height + 2, f"rows at {size} %"
    finally:
        choose_size(qapp, 100)


def test_bad_predictions_are_met(qtbot: QtBot) -> None:
    bars = shown_widget(qtbot, ClassBars())
    bars.set_prediction(None, [np.nan, 0.5], ["a", "<b>b</b>"], None, "x")
    bars.grab()
    with pytest.raises(ValueError, match="do not match"):
        bars.set_prediction(None, [0.5], ["a", "b"], None, "x")
    bars.clear()
    assert bars.is_empty()
    bars.grab()


def test_decision_regions_have_the_colours_of_their_classes(qtbot: QtBot) -> None:
    grid = np.tile(np.linspace(0, 1, 41), (20, 1))[None]
    view = shown_widget(qtbot, DecisionView())
    blank = colours(view)
    view.set_decision([[0.1, 0.5], [0.9, 0.5]], [0, 1], (0, 1, 0, 1), grid)
    after = colours(view)
    assert {DARK.plot_lines[0], DARK.plot_lines[1]} <= after
    assert not {DARK.plot_lines[0], DARK.plot_lines[1]} & blank
    with pytest.raises(ValueError, match="classes, rows, columns"):
        view.set_decision([[0, 0]], [0], (0, 1, 0, 1), np.zeros((3, 3)))


def test_decision_row_zero_is_at_the_bottom(qtbot: QtBot) -> None:
    view = shown_widget(qtbot, DecisionView())
    grid = np.zeros((2, 10, 10))
    grid[0, :5], grid[1, 5:] = 1, 1
    view.set_decision(np.zeros((0, 2)), [], (0, 1, 0, 1), grid)
    image = view.grab().toImage()
    low, high = image.pixelColor(200, 200), image.pixelColor(200, 50)
    assert low.blue() > low.red()
    assert high.red() > high.blue()


def test_decision_survives_not_finite(qtbot: QtBot) -> None:
    view = shown_widget(qtbot, DecisionView())
    view.set_decision([[0, 0]], [9], (-1, 1, -1, 1), np.full((3, 4, 4), np.nan))
    view.grab()


def test_regression_curve(qtbot: QtBot) -> None:
    view = shown_widget(qtbot, RegressionView())
    view.grab()
    view.set_curve([0, 1, 2], [0, 1, np.nan], [0, 2, 1], [0.0, 2.0, 1.0])
    assert view._curve[:, 0].tolist() == [0, 1, 2]
    assert len(view._points) == 2
    assert DARK.accent in colours(view)
    view.set_curve([1], [1], [], [])
    view.grab()
    view.set_curve([np.nan], [1], [np.nan], [1])
    view.grab()


@pytest.mark.parametrize("shape", [(6, 28, 28), (1, 28, 28), (400, 5, 5), (17, 64), (120,), (3, 1, 1), (0,)])
def test_strip_has_its_size(shape: tuple[int, ...]) -> None:
    for size in ((120, 18), (7, 5)):
        strip = compose_strip(np.random.default_rng(0).normal(size=shape), size, LIGHT)
        assert (strip.width(), strip.height()) == size


def test_strip_shows_channels_side_by_side() -> None:
    array = np.stack([np.zeros((4, 4)), np.ones((4, 4))])
    strip = compose_strip(array, (40, 8), DARK)
    low, high = (QColor(*(int(c) for c in SEQUENTIAL[i])).name() for i in (0, 255))
    assert strip.pixelColor(3, 3).name() == low
    assert strip.pixelColor(13, 3).name() == high
    assert strip.pixelColor(9, 3).alpha() == 0
    assert strip.pixelColor(30, 3).alpha() == 0
