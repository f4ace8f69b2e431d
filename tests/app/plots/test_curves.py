"""Live curves, driven by a real mouse on a real widget."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from visualnet.app.plots.charts.curves import CurvesPlot
from visualnet.app.plots.charts.legend import LegendText
from visualnet.app.plots.export import save_picture
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.training.runs.change_marks import RunMark
from visualnet.training.runs.epoch_scale import EpochScale
from visualnet.training.runs.series import Series


@pytest.fixture
def plot(qtbot: QtBot) -> CurvesPlot:
    widget = CurvesPlot()
    widget.title = "Loss"
    qtbot.addWidget(widget)
    widget.resize(600, 300)
    widget.set_theme(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def learn(plot: CurvesPlot, steps: int = 500) -> tuple[Series, Series]:
    x = np.arange(1, steps + 1)
    loss = Series(x, 2 * np.exp(-x / 80) + 0.1 + 0.05 * np.sin(x * 1.7))
    held = Series(x[49::50], 2 * np.exp(-x[49::50] / 80) + 0.12)
    plot.set_curve("train", loss, color_index=0)
    plot.set_curve("validation", held, color_index=1, dashed=True, best="min")
    plot.refresh()
    return loss, held


def view(plot: CurvesPlot) -> list[list[float]]:
    return [list(side) for side in plot.plot_view.view_box.viewRange()]


def view_point(plot: CurvesPlot, step: float, value: float) -> QPoint:
    """Where a point of the data lies on the stage, in its pixels."""
    return plot.plot_view.mapFromScene(plot.plot_view.view_box.mapViewToScene(QPointF(step, value)))


def action_named(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def drag(pane: QWidget, start: QPoint, end: QPoint) -> None:
    """Press, move in steps with the button held, release."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    kinds = [(QEvent.Type.MouseButtonPress, left, start), (QEvent.Type.MouseButtonRelease, left, end)]
    kinds[1:1] = [(QEvent.Type.MouseMove, none, start + (end - start) * step / 6) for step in range(1, 7)]
    for kind, button, at in kinds:
        held = none if kind == QEvent.Type.MouseButtonRelease else left
        where, world = QPointF(at), QPointF(pane.mapToGlobal(at))
        QApplication.sendEvent(pane, QMouseEvent(kind, where, world, button, held, Qt.KeyboardModifier.NoModifier))


def inks(plot: CurvesPlot) -> set[str]:
    image = plot.plot_view.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_empty_then_curves(plot: CurvesPlot) -> None:
    before = inks(plot)
    learn(plot)
    after = inks(plot)
    assert DARK.plot_lines[1] in after
    assert DARK.plot_lines[1] not in before
    plot.clear()
    assert DARK.plot_lines[1] not in inks(plot)


def test_curve_is_drawn_where_its_value_is(plot: CurvesPlot) -> None:
    flat = Series(range(0, 1001, 10), [1.0] * 101)
    plot.set_curve("train", flat, color_index=0)
    plot.set_curve("low", Series([0, 1000], [0.0, 0.0]), color_index=2)
    plot.refresh()
    image = plot.plot_view.grab().toImage()
    at = view_point(plot, 500, 1.0)
    wanted = QColor(DARK.plot_lines[0])

    def far(dy: int) -> int:
        seen = image.pixelColor(at.x(), at.y() + dy)
        return max(abs(seen.red() - wanted.red()), abs(seen.blue() - wanted.blue()))

    assert min(far(dy) for dy in (-1, 0, 1)) < 12
    assert min(far(dy) for dy in (20, 40)) > 60


@pytest.mark.parametrize("log", [False, True])
def test_a_single_spike_among_a_million_is_drawn(plot: CurvesPlot, log: bool) -> None:
    values = np.full(10**6, 1.0)
    values[123_456] = 1.7
    plot.set_curve("train", Series(np.arange(10**6), values), color_index=0)
    plot.set_log(log)
    plot.refresh()
    shown = plot._curves["train"].line.getData()[1]
    assert np.nanmax(shown) == pytest.approx(math.log10(1.7) if log else 1.7)
    assert view(plot)[1][1] > np.nanmax(shown)


def test_log_axis_survives_zero_negative_and_nothing(plot: CurvesPlot) -> None:
    plot.set_log(True)
    for values in ([0.0, -1.0, 0.1, 10.0, math.nan, 1.0], [0.0, -3.0], [math.nan], []):
        plot.set_curve("train", Series(range(len(values)), values), color_index=0)
        plot.refresh()
        plot.grab()
        assert np.isfinite(view(plot)).all()
        drawn = plot._curves["train"].line.getData()[1]
        assert drawn is None or not np.isinf(drawn).any()


def test_smoothing_spares_validation_and_keeps_the_raw_curve(plot: CurvesPlot) -> None:
    loss, held = learn(plot)
    plot.set_smoothing(0.9)
    plot.refresh()
    train, validation = plot._curves["train"], plot._curves["validation"]
    np.testing.assert_array_equal(validation.line.getData()[1], held.values)
    np.testing.assert_array_equal(train.raw.getData()[1], loss.values)
    np.testing.assert_array_equal(train.line.getData()[1], loss.smoothed(0.9).values)
    assert train.raw.isVisible()
    assert not validation.raw.isVisible()


def test_wheel_zooms_drag_pans_double_click_resets(plot: CurvesPlot, qtbot: QtBot) -> None:
    learn(plot)
    QApplication.processEvents()
    whole = view(plot)
    pane, middle = plot.plot_view.viewport(), view_point(plot, 250, 1.0)
    wheel = QWheelEvent(
        QPointF(middle),
        QPointF(pane.mapToGlobal(middle)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, wheel)
    near = view(plot)
    assert near[0][1] - near[0][0] < whole[0][1] - whole[0][0]
    plot.refresh()
    assert view(plot) == near, "a zoomed view must stay while the run goes on"
    drag(pane, middle, middle + QPoint(60, 0))
    moved = view(plot)
    assert moved[0][0] < near[0][0] - 1
    assert moved[0][1] - moved[0][0] == pytest.approx(near[0][1] - near[0][0])
    plot.reset_view()
    assert view(plot) == whole


def test_double_click_shows_all_again(plot: CurvesPlot, qtbot: QtBot) -> None:
    learn(plot)
    QApplication.processEvents()
    whole = view(plot)
    plot.plot_view.view_box.setRange(xRange=(100, 120), padding=0)
    plot._moved()
    assert view(plot)[0] == [100, 120]
    pane, middle = plot.plot_view.viewport(), plot.plot_view.viewport().rect().center()
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton, pos=middle)
    assert view(plot) == whole


def test_hover_tells_the_values_at_x(plot: CurvesPlot, qtbot: QtBot) -> None:
    loss, _ = learn(plot)
    QApplication.processEvents()
    at = view_point(plot, 200, 1.0)
    qtbot.mouseMove(plot.plot_view.viewport(), at)
    entry = next(e for e in plot.legend._entries if e.name == "train")
    step = round(plot.plot_view.data_point(at).x())
    assert entry.value == f"{loss.values[step - 1]:.3g}"
    QApplication.sendEvent(plot.plot_view, QEvent(QEvent.Type.Leave))
    entry = next(e for e in plot.legend._entries if e.name == "train")
    assert entry.value == f"{loss.values[-1]:.3g}"


def test_click_in_the_legend_hides_a_curve(plot: CurvesPlot, qtbot: QtBot) -> None:
    learn(plot)
    spot = next(rect.center().toPoint() for rect, entry in plot.legend._places if entry.name == "validation")
    qtbot.mouseClick(plot.legend, Qt.MouseButton.LeftButton, pos=spot)
    assert not plot._curves["validation"].line.isVisible()
    qtbot.mouseClick(plot.legend, Qt.MouseButton.LeftButton, pos=spot)
    assert plot._curves["validation"].line.isVisible()


def beneath(plot: CurvesPlot, name: str, series: Series, **more: Any) -> None:
    """A curve of an earlier run."""
    plot.set_curve(name, series, color_index=2, words=LegendText(name, name, f"{name}, training"), beneath=True, **more)


def test_epochs_end_and_best(plot: CurvesPlot) -> None:
    learn(plot)
    plot.set_x_unit("epoch", EpochScale([(0, 50)]))
    plot.set_x_end(1000)
    plot.set_progress(500)
    plot.refresh()
    assert view(plot)[0] == pytest.approx([0, 20], abs=0.5)
    assert plot._now.value() == 10
    note = next(e.note for e in plot.legend._entries if e.name == "validation")
    assert note.startswith("best ")
    assert note.endswith("at epoch 10")


def test_the_last_epoch_has_a_tick_and_the_ring_of_the_best_one_is_whole(plot: CurvesPlot) -> None:
    held = Series([100, 200, 300, 400, 500], [0.9, 0.7, 0.6, 0.5, 0.4])
    plot.set_curve("validation", held, color_index=1, dashed=True, best="min")
    plot.set_x_unit("epoch", EpochScale([(0, 100)]))
    plot.set_x_end(500)
    plot.resize(380, 300)
    QApplication.processEvents()
    plot.refresh()
    axis, box = plot.plot_view.bottom, plot.plot_view.view_box
    ((_, ticks),) = axis.tickValues(*view(plot)[0], box.width())
    assert ticks[-1] == 5 and ticks[:3] == [0, 2, 4] and axis.tickStrings(ticks, 1, 1)[-1] == "5"
    assert box.width() - box.mapFromView(QPointF(5, 0.4)).x() >= 6, "half of a ring"


def test_a_run_beneath_has_its_own_epochs_and_stands_behind_in_the_legend(plot: CurvesPlot) -> None:
    beneath(plot, "lr 0.1", Series([10, 20], [1.0, 0.5]), scale=EpochScale([(0, 10)]))
    learn(plot)
    plot.set_x_unit("epoch", EpochScale([(0, 50)]))
    plot.refresh()
    assert plot._curves["lr 0.1"].line.getData()[0].tolist() == [1, 2], "two epochs of ten steps"
    assert [entry.name for entry in plot.legend._entries] == ["train", "validation", "lr 0.1"]
    plot.set_smoothing(0.9)
    plot.refresh()
    assert plot._curves["train"].raw.isVisible() and not plot._curves["lr 0.1"].raw.isVisible()
    plot.set_x_unit("step")
    plot.refresh()
    assert plot._curves["lr 0.1"].line.getData()[0].tolist() == [10, 20]


def test_resting_on_a_curve_tells_its_run_and_value(plot: CurvesPlot, qtbot: QtBot) -> None:
    beneath(plot, "lr 0.1", Series([0, 250, 500], [0.0, 1.0, 2.0]))
    plot.set_curve("train", Series([0, 500], [2.0, 2.0]), color_index=0)
    plot.refresh()
    QApplication.processEvents()
    qtbot.mouseMove(plot.plot_view.viewport(), view_point(plot, 250, 1.0))
    assert plot._overlay._pointed == ("lr 0.1, training: 1",)
    qtbot.mouseMove(plot.plot_view.viewport(), view_point(plot, 250, 2.0))
    assert plot._overlay._pointed == ("train: 2",)
    qtbot.mouseMove(plot.plot_view.viewport(), view_point(plot, 250, 1.5))
    assert plot._overlay._pointed == ()


def test_peak_beyond_the_view_is_told(plot: CurvesPlot) -> None:
    values = np.sin(np.arange(2000.0))
    values[700] = 1e5
    plot.set_curve("train", Series(range(2000), values), color_index=0)
    plot.refresh()
    assert view(plot)[1][1] < 100
    assert plot._y.note == "peak 100,000 above the view"


def test_pictures_and_data_can_be_taken_away(plot: CurvesPlot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loss, held = learn(plot)
    save_picture(plot, tmp_path / "c.png")
    save_picture(plot, tmp_path / "c.svg")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "c.svg").read_text()
    menu = plot.menu()
    action_named(menu, "Copy picture").trigger()
    assert QGuiApplication.clipboard().pixmap().width() == 2 * plot.width()
    target = str(tmp_path / "c")
    monkeypatch.setattr(
        "visualnet.app.widgets.dialogs.save_dialog.QFileDialog.getSaveFileName", lambda *_: (target, "CSV (*.csv)")
    )
    action_named(menu, "Save data…").trigger()
    with open(tmp_path / "c.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:2] == ["curve", "step"]
    assert len(rows) == 1 + len(loss) + len(held)
    assert float(rows[1][3]) == loss.values[0]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_right_click_offers_the_menu(plot: CurvesPlot, qtbot: QtBot) -> None:
    learn(plot)
    pane = plot.plot_view.viewport()
    qtbot.mouseClick(pane, Qt.MouseButton.RightButton, pos=view_point(plot, 250, 1.0))
    (menu,) = plot.findChildren(QMenu)
    assert menu.isVisible()
    action_named(menu, "Log axis").trigger()
    assert plot.legend._title == "Loss (log)"
    menu.close()
    qtbot.waitUntil(lambda: not plot.findChildren(QMenu))


def test_light_theme_repaints(plot: CurvesPlot) -> None:
    learn(plot)
    plot.set_theme(LIGHT)
    assert LIGHT.surface in inks(plot)
    assert DARK.surface not in inks(plot)


def test_the_legend_keeps_to_one_line(plot: CurvesPlot, qtbot: QtBot) -> None:
    height = plot.legend.height()
    for number in range(6):
        beneath(plot, f"run {number}", Series([1, 2], [1.0, 0.5]))
    learn(plot)
    heard: list[str] = []
    plot.legend.toggled.connect(heard.append)
    for width in (900, 300, 200):
        plot.resize(width, 300)
        plot.refresh()
        assert plot.legend.height() == height
        assert all(rect.right() <= plot.legend.width() for rect, _ in plot.legend._places)
        assert len(plot.legend._places) + len(plot.legend._rest[1]) == 8
        assert all(entry.label for _, entry in plot.legend._places), "no sample of a line without a word"
        assert [entry.name for _, entry in plot.legend._places][:2] == ["train", "validation"], "the run in front"
    menu = plot.legend.menu()
    assert [action.text().split("  ")[0] for action in menu.actions()] == [e.words.full for e in plot.legend._rest[1]]
    sample = menu.actions()[-1].icon().pixmap(18, 12).toImage()
    wanted = DARK.plot_lines[2]
    assert sample.pixelColor(sample.width() // 2, sample.height() // 2).name() == wanted
    menu.actions()[-1].trigger()
    assert heard == ["run 5"] and not plot._curves["run 5"].shown
    menu.close()


def test_what_was_changed_is_marked_and_told_at_the_pointer(plot: CurvesPlot) -> None:
    learn(plot)
    before = inks(plot)
    plot.set_marks([RunMark(100, "A", "learning rate 0.1 → 0.01"), RunMark(400, "B", "“conv1” frozen")])
    plot.refresh()
    assert inks(plot) - before, "lines in a colour of their own"
    assert "A at step 100: learning rate 0.1 → 0.01" in plot.accessibleDescription()
    bare = plot.plot_view.grab().toImage()
    spot = QPointF(view_point(plot, 400, 1.0))
    none = Qt.MouseButton.NoButton
    world = QPointF(plot.plot_view.viewport().mapToGlobal(spot.toPoint()))
    moved = QMouseEvent(QEvent.Type.MouseMove, spot, world, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot.plot_view.viewport(), moved)
    overlay = plot._overlay
    (near,) = [g for g in overlay._groups(QRectF(overlay.rect())) if "“conv1” frozen" in g.lines[0]]
    assert near.lines == ("step 400: “conv1” frozen",)
    assert plot.plot_view.grab().toImage() != bare
    plot.clear()
    assert plot.plot_view.grab().toImage() != bare and not overlay._groups(QRectF(overlay.rect()))
