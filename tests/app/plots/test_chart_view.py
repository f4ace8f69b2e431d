"""A chart in the window: places that tell and open, keys that reach them, and the ways out of it."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.plots.charts import chart_view
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.plots.export import save_picture, save_rows
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.figures.charts.bars import Bar, BarChart
from visualnet.figures.charts.colours import contrast, read, resolve
from visualnet.figures.charts.marks import Label, Rectangle
from visualnet.figures.charts.matrix import MatrixChart
from visualnet.figures.charts.spread.bands import Band, BandChart
from visualnet.figures.charts.svg import CURVES
from visualnet.figures.charts.svg import LIGHT as PAPER

MATRIX = MatrixChart(
    ("cat", "dog"),
    {(0, 0): 8, (0, 1): 2, (1, 1): 5},
    {(0, 0): tuple(range(8)), (0, 1): (8, 9), (1, 1): tuple(range(10, 15))},
    (0, 1),
)
BARS = BarChart(("cat", "dog"), (("F1", (Bar(0.5, 0.4, 0.6, (3,)), Bar(0.9, samples=(4,)))),), "share")


def shown(qtbot: QtBot, chart: MatrixChart | BarChart) -> ChartView:
    view = ChartView()
    qtbot.addWidget(view)
    view.set_theme(DARK)
    view.resize(420, 260)
    view.show_chart(chart, "confusion")
    view.show()
    return view


def test_a_click_opens_the_samples_of_a_cell_and_nothing_where_there_are_none(qtbot: QtBot) -> None:
    view = shown(qtbot, MATRIX)
    chosen: list[tuple[tuple[int, ...], str]] = []
    view.samples_chosen.connect(lambda samples, words: chosen.append((samples, words)))
    drawing = view.drawing
    assert drawing is not None
    for region in drawing.regions:
        QTest.mouseClick(
            view, Qt.MouseButton.LeftButton, pos=QPoint(round(region.x + region.width / 2), round(region.y + 4))
        )
    assert [samples for samples, _ in chosen] == [MATRIX.samples[cell] for cell in ((0, 0), (0, 1), (1, 1))]
    assert chosen[1][1] == "2 samples of “cat” answered as “dog” (20.0 % of “cat”)"
    assert view.region_at(QPointF(1, 1)) is None


def test_keys_reach_every_place_that_holds_samples(qtbot: QtBot) -> None:
    view = shown(qtbot, BARS)
    chosen: list[tuple[int, ...]] = []
    view.samples_chosen.connect(lambda samples, words: chosen.append(samples))
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Return,
        Qt.Key.Key_Right,
        Qt.Key.Key_Return,
        Qt.Key.Key_Right,
        Qt.Key.Key_Space,
    ):
        QTest.keyClick(view, key)
    assert chosen == [(3,), (4,), (3,)]
    assert "cat" in view.accessibleDescription()


def test_arrow_keys_go_from_cell_to_cell_and_say_what_is_there(qtbot: QtBot) -> None:
    cells = {(row, column): 10 * row + column + 1 for row in range(3) for column in range(3)}
    names = ("cat", "dog", "hen")
    view = shown(qtbot, MatrixChart(names, cells, {at: (count,) for at, count in cells.items()}, (0, 1, 2)))
    reached: list[QRect] = []
    view.reached.connect(reached.append)
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    keys = "Down", "Right", "Down", "Left", "Up", "Up"
    said = [view.accessibleDescription()]
    for key in keys:
        QTest.keyClick(view, getattr(Qt.Key, f"Key_{key}"))
        said.append(view.accessibleDescription())
    wanted = (
        ("cat", "cat"),
        ("dog", "cat"),
        ("dog", "dog"),
        ("hen", "dog"),
        ("hen", "cat"),
        ("dog", "cat"),
        ("cat", "cat"),
    )
    assert [words.partition(" (")[0].partition(" of ")[2] for words in said] == [
        f"“{t}” answered as “{a}”" for t, a in wanted
    ]
    assert len(reached) == 7 and all(view.rect().contains(room) for room in reached)


def test_a_low_chart_still_names_every_class_and_counts_every_cell() -> None:
    cells = {(row, (row * step) % 10): 100 + row * step for row in range(10) for step in (1, 3)}
    chart = MatrixChart(tuple("0123456789"), cells, {at: (1,) for at in cells}, tuple(range(10)))
    drawing = chart.lay_out(760, 165)
    words = [mark for mark in drawing.marks if isinstance(mark, Label)]
    boxes = [mark for mark in drawing.marks if isinstance(mark, Rectangle)]
    assert {mark.text for mark in words} >= {f"{count:,}" for count in cells.values()}
    assert [sum(mark.text == name for mark in words) for name in chart.names] == [
        2
    ] * 10  # at its row and at its column
    assert min(box.height for box in boxes) >= 13 and max(box.y + box.height for box in boxes) <= 165
    # Beside it stand the mistakes, the most frequent first, and they lead to samples as the cells do.
    wrong = max((at for at in cells if at[0] != at[1]), key=lambda at: cells[at])
    listed = next(region for region in drawing.regions if region.height > 15)
    assert f"“{chart.names[wrong[0]]}” answered as “{chart.names[wrong[1]]}”" in listed.words and listed.samples

    # More than there is room for is scrolled, not shrunk; long names of columns hang.
    many = tuple(f"class number {at}" for at in range(30))
    large = MatrixChart(many, {(at, at): 5 for at in range(30)}, {}, tuple(range(30)))
    width, height = large.least_size()
    assert width >= 30 * 14 and height >= 30 * 14
    names = [mark for mark in large.lay_out(width, height).marks if isinstance(mark, Label) and mark.upward]
    assert len(names) == 31 and all(mark.y <= height for mark in names)


def test_a_chart_is_painted_in_the_theme_and_saved_as_png_svg_and_csv(qtbot: QtBot, tmp_path: Path) -> None:
    view = shown(qtbot, BARS)
    dark = view.grab().toImage()
    view.set_theme(LIGHT)
    assert view.grab().toImage() != dark
    save_picture(view, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    save_picture(view, tmp_path / "a.svg")
    assert len(list(ElementTree.parse(tmp_path / "a.svg").iter())) > 10
    save_rows(tmp_path / "a.csv", view.rows())
    rows = list(csv.reader((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [["", "F1", "F1 low", "F1 high"], ["cat", "0.5", "0.4", "0.6"], ["dog", "0.9", "", ""]]


def test_words_on_every_amount_can_be_read() -> None:
    for step in range(101):
        ground = resolve(f"amount:{step / 100}", PAPER, CURVES)
        words = resolve(f"on amount:{step / 100}", PAPER, CURVES)
        assert contrast(read(ground), read(words)) >= 4.5, step


def test_a_long_line_is_painted_in_pieces_as_it_is_whole(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    x = tuple(map(float, range(200)))
    y = tuple(math.sin(at / 9) for at in x)
    for dash in (0, 1):
        view = ChartView()
        qtbot.addWidget(view)
        view.set_theme(LIGHT)
        view.resize(420, 260)
        view.show_chart(BandChart((Band("run", x, y, y, y, 0, dash),), "step", "loss"))
        pieces = view.grab().toImage()
        monkeypatch.setattr(chart_view, "LONG", 10**6)
        whole = view.grab().toImage()
        monkeypatch.undo()
        one, other = (
            numpy.array(image.convertToFormat(image.Format.Format_Grayscale8).constBits()) for image in (pieces, whole)
        )
        differing = numpy.abs(one.astype(int) - other.astype(int)) > 96
        assert (one < 200).sum() > 400 and differing.mean() < 0.002
