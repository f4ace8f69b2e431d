"""Feature maps: the right value in the right colour at the right place, under a real mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visualnet.app.plots.feature_maps import TilesView
from visualnet.app.theme.apply import ThemeKeeper
from visualnet.app.theme.tokens import DARK, LIGHT
from visualnet.figures.colours.maps import DIVERGING
from visualnet.figures.tiles import TileScale


@pytest.fixture
def tiles(qtbot: QtBot) -> TilesView:
    widget = TilesView()
    qtbot.addWidget(widget)
    widget.resize(500, 360)
    widget.set_theme(DARK)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def maps(channels: int = 12, size: int = 8) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(channels, size, size)).astype(np.float32)


def test_hover_click_and_double_click(tiles: TilesView, qtbot: QtBot) -> None:
    array = maps()
    tiles.set_maps(array, step=1500, title="conv1")
    QApplication.processEvents()
    pane = tiles._canvas.viewport()
    spot = tiles._canvas.tile_rect(5).center() + QPoint(2, 2)
    qtbot.mouseMove(pane, spot)
    assert tiles.facts() == f"channel 5 at (4, 4): {array[5, 4, 4]:.4g}".replace("-", "−")
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton, pos=spot)
    assert tiles._canvas.chosen == 5
    small = tiles._canvas.tile_rect(5).width()
    qtbot.mouseDClick(pane, Qt.MouseButton.LeftButton, pos=spot)
    assert tiles._canvas.tile_rect(5).width() > 2 * small
    qtbot.keyClick(tiles._canvas, Qt.Key.Key_Escape)
    assert tiles._canvas.tile_rect(5).width() == small


def test_a_map_that_is_alone_anyway_is_not_enlarged(tiles: TilesView, qtbot: QtBot) -> None:
    tiles.set_maps(maps(1), title="image")
    QApplication.processEvents()
    enlarged: list[bool] = []
    tiles._canvas.enlarged.connect(enlarged.append)
    spot = tiles._canvas.tile_rect(0).center()
    qtbot.mouseDClick(tiles._canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert not enlarged, "there is nothing to go back from"


def test_keys_move_the_choice_and_scroll_to_it(tiles: TilesView, qtbot: QtBot) -> None:
    tiles.set_maps(maps(600), title="conv")
    QApplication.processEvents()
    got: list[int | None] = []
    columns = tiles._canvas._grid.columns
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, *[Qt.Key.Key_Down] * 12):
        qtbot.keyClick(tiles._canvas, key)
        got.append(tiles._canvas.chosen)
    assert got[:4] == [0, 1, 1 + columns, columns]
    assert tiles._canvas.verticalScrollBar().value() > 0
    assert tiles._canvas.viewport().rect().contains(tiles._canvas.tile_rect(got[-1]).center())


def test_colour_of_a_pixel_is_the_colour_of_its_value(tiles: TilesView) -> None:
    array = np.zeros((4, 2, 2), np.float32)
    array[1, 0, 0], array[2, 1, 1] = 1.0, -1.0
    tiles.set_maps(array, title="x")
    image = tiles.grab().toImage()

    def seen(channel: int, row: int, column: int) -> str:
        rect = tiles._canvas.tile_rect(channel)
        across, down = int((column + 0.5) * rect.width() / 2), int((row + 0.5) * rect.height() / 2)
        at = rect.topLeft() + QPoint(across, down)
        return image.pixelColor(tiles._canvas.viewport().mapTo(tiles, at)).name()

    def ink(index: int) -> str:
        return "#" + "".join(f"{c:02x}" for c in DIVERGING[index])

    assert seen(1, 0, 0) == ink(255)
    assert seen(2, 1, 1) == ink(0)
    assert seen(3, 1, 0) in (ink(127), ink(128))


def test_dead_and_not_finite_are_said(tiles: TilesView) -> None:
    array = np.abs(maps(6))
    array[2] = 0
    array[4, 1, 1:4] = [np.nan, np.inf, -np.inf]
    tiles.set_maps(array, title="relu1", step=3)
    assert tiles.facts() == "6 channels · 8×8 · 1 all zero · 3 not finite"
    tiles.grab()
    tiles.set_maps(np.full((2, 3, 3), np.nan, np.float32), title="bad")
    assert "18 not finite" in tiles.facts()
    tiles.grab()


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "shape", [(7,), (5000,), (17, 64), (300, 900), (1, 1, 1), (1, 400, 3), (2048, 7, 7), (3, 900, 700)]
)
def test_every_shape_is_drawn_in_both_themes(tiles: TilesView, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    looks = set()
    for theme in (DARK, LIGHT):
        tiles.set_theme(theme)
        tiles.set_maps(array, title="x")
        image = tiles._canvas.viewport().grab().toImage()
        looks |= {image.pixelColor(x, y).name() for x in range(0, 480, 2) for y in range(0, 250)}
    assert len(looks) >= 3


def test_wrong_shapes_are_refused(tiles: TilesView) -> None:
    with pytest.raises(ValueError, match=r"wanted \(C H W\)"):
        tiles.set_maps(np.zeros((1, 2, 3, 4)), title="x")
    with pytest.raises(ValueError, match="cannot be drawn"):
        tiles.set_maps(np.zeros((0, 2, 3)), title="x")


def test_own_scale_uses_the_whole_map_in_each_tile(tiles: TilesView, qtbot: QtBot) -> None:
    array = np.abs(maps(4))
    array[3] *= 1e-3
    tiles.set_maps(array, title="x")
    common = tiles._canvas._scale
    assert float(common.high) == pytest.approx(array.max())
    qtbot.mouseClick(tiles._scale_button, Qt.MouseButton.LeftButton)
    own = tiles._canvas._scale
    np.testing.assert_allclose(own.high, array.reshape(4, -1).max(1))
    tiles.grab()


def test_the_colour_bar_stands_beside_its_maps(
    tiles: TilesView, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars: list[float] = []
    monkeypatch.setattr(
        "visualnet.app.plots.feature_maps.draw_colour_bar",
        lambda painter, bar, *_: bars.append(bar.left()),
    )
    for width, channels in ((900, 3), (500, 6), (300, 12)):
        tiles.resize(width, 300)
        tiles.set_maps(maps(channels), title="x")
        tiles.grab()
        last = max(tiles._canvas.tile_rect(i).right() for i in range(channels))
        assert 0 < bars[-1] - last <= 24, "however wide the panel is"
        assert bars[-1] + 60 <= width
    ThemeKeeper(qapp, "dark")
    plain = tiles._scale_button.grab().toImage()
    assert plain.pixelColor(plain.width() // 2, 0).name() == DARK.line.lower(), "a button has an edge"


def test_maps_may_have_names_and_a_scale_that_is_given(tiles: TilesView, qtbot: QtBot) -> None:
    array = np.abs(maps(3))
    tiles.set_maps(array, title="", scale=TileScale(False, 0.0, 100.0), names=("7", "2", "horse"))
    QApplication.processEvents()
    assert not tiles._title.isVisible()
    assert tiles._canvas._scale == TileScale(False, 0.0, 100.0)
    pane = tiles._canvas.viewport()
    for place, name in ((0, "channel 7"), (2, "horse")):
        qtbot.mouseMove(pane, tiles._canvas.tile_rect(place).center() + QPoint(2, 2))
        assert tiles.facts().startswith(f"{name} at (")
    tiles._scale_button.click()
    assert float(tiles._canvas._scale.of(0).high) < 100
    tiles.set_maps(array, title="conv")
    assert tiles._canvas._given is None
