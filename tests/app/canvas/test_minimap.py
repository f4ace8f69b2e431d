"""The map in the corner, motion, long work, and faults seen from afar."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from tests.waiting import linger, settle
from visualnet.app.canvas import actions
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.commands import arrange
from visualnet.app.canvas.overlays.hud import SIZE, SMALL
from visualnet.app.state.frame_settings import CANVAS
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Project
from visualnet.core.user.settings import Settings

LEFT = Qt.MouseButton.LeftButton
Hands = Any


# --- the map ------------------------------------------------------------------------------------------------------------


def test_the_map_is_there_only_while_something_is_out_of_view(hands: Hands) -> None:
    small = hands.view.minimap
    hands.view.fit_at_once()
    assert not small.isVisible()
    hands.view.zoom_by(3.0)
    assert small.isVisible()
    assert small.width() * small.height() < 0.011 * 1280 * 720
    hands.view.fit_at_once()
    assert not small.isVisible()


def test_the_map_folds_and_is_remembered(hands: Hands, make: Any, tmp_path: Path) -> None:
    kept = Settings(tmp_path / "settings.json")
    actions.remember(hands.view, kept.section(CANVAS), {})
    hands.view.look(Pose(0, 0, 2.0))
    small = hands.view.minimap
    pose = hands.view.pose()
    QTest.mouseClick(small, LEFT, pos=small._collapse_sign().center().toPoint())
    assert small.size() == SMALL
    assert hands.view.pose() == pose, "folding it goes nowhere"
    other = make(hands.studio.project)
    actions.remember(other.view, Settings(tmp_path / "settings.json").section(CANVAS), {})
    assert other.view.minimap.collapsed
    QTest.mouseClick(small, LEFT, pos=QPoint(8, 8))
    assert small.size() == SIZE
    assert Settings(tmp_path / "settings.json")[CANVAS]["minimap"] is True


# --- motion -------------------------------------------------------------------------------------------------------------


def test_without_motion_everything_is_there_at_once(hands: Hands, tmp_path: Path) -> None:
    kept = Settings(tmp_path / "settings.json").section(CANVAS)
    actions.remember(hands.view, kept, {})
    menu = QMenu()
    actions.fill_motion(hands.view, menu)
    words = {a.text(): a for a in menu.actions()}
    words["Glide"].trigger()
    assert hands.view.motion
    words["No motion"].trigger()
    assert not hands.view.motion
    assert kept["view.motion"] == "off"
    arrange.tidy(hands.view)
    assert not hands.view.animation.running
    places = hands.studio.graph.places
    assert all((c.x, c.y) == places[i] for i, c in hands.scene.cards.items())


# --- work that takes long -----------------------------------------------------------------------------------------------


def large(count: int) -> Project:
    nodes = {f"n{i}": Node(id=f"n{i}", kind="add", name=f"a{i}") for i in range(1, count + 1)}
    places = {f"n{i}": (float(i * 37 % 4001), float(i * 91 % 3989)) for i in range(1, count + 1)}
    wires = {Port(f"n{i}", "x1"): Port(f"n{i - 1}", "y") for i in range(2, count + 1)}
    wires |= {Port(f"n{i}", "x2"): Port(f"n{i - 9}", "y") for i in range(10, count + 1, 3)}
    return Project(graph=Graph(nodes, wires, places))


def test_escape_stops_a_long_tidy_and_nothing_has_moved(make: Any) -> None:
    hands = make(large(1200))
    before = hands.studio.project
    hands.view.tidy()
    assert hands.view.tool is not None
    assert any(t.name == "canvas work" for t in threading.enumerate())
    hands.key(Qt.Key.Key_Escape)
    assert hands.view.tool is None
    assert not any(t.name == "canvas work" for t in threading.enumerate())
    linger(0.06)
    assert hands.studio.project is before


@pytest.mark.wide
def test_a_long_tidy_is_one_step_and_is_dropped_if_the_sheet_changed(
    make: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrange, "MANY", 40)
    hands = make(large(90))
    before = hands.studio.project
    hands.view.tidy()
    qtbot.waitUntil(lambda: hands.view.tool is None)
    assert hands.studio.project is not before
    hands.studio.document.undo()
    assert hands.studio.project is before
    hands.view.tidy()
    hands.studio.do("Edit", lambda p: edits.rename(p, MAIN, "n1", "first"))
    changed = hands.studio.project
    qtbot.waitUntil(lambda: hands.view.tool is None)
    assert hands.studio.project is changed


# --- from afar ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [0.05, 0.1, 0.2, 0.4])
def test_a_fault_is_told_by_a_shape_at_every_distance(hands: Hands, zoom: float) -> None:
    def picture() -> Any:
        hands.view.look(Pose(340, 40, zoom))
        settle(0.15)
        return hands.view.grab().toImage()

    hands.studio.do("Break", lambda p: edits.set_params(p, MAIN, [hands.id("conv1")], {"kernel_size": 999}))
    hands.studio.select([])
    image = picture()
    card = hands.scene.cards[hands.id("conv1")]
    middle = hands.px(card.rect.center())
    reach = range(-int(card.width * zoom / 2) - 2, int(card.width * zoom / 2) + 3)
    ground = hands.scene.theme.canvas
    row = [image.pixelColor(middle + QPoint(dx, dy)).name() for dx in reach for dy in (-3, 0, 3)]
    family = hands.scene.theme.error
    assert any(c == family for c in row), "the sign is red"
    dark = [c for c in row if c == ground or sum(int(c[i : i + 2], 16) for i in (1, 3, 5)) < 150]
    assert dark, "with a mark and a rim that can be told without colour"


def test_the_map_stands_where_it_hides_no_card_and_fades_over_what_is_dragged(hands: Hands) -> None:
    view, small = hands.view, hands.view.minimap
    home = QPoint(view.width() - small.width() - 12, view.height() - small.height() - 12)
    view.fit_at_once()
    card = next(iter(view.canvas.cards.values()))
    middle = view.mapToScene(view.viewport().rect().center())
    low = view.mapToScene(home + QPoint(20, 20))
    # A card that stands in the lower right corner of the view.
    view.look(Pose(card.x + middle.x() - low.x(), card.y + middle.y() - low.y(), view.zoom))
    view.zoom_by(1.001)
    settle(0.2)
    assert small.isVisible() and small.pos() != home
    under = view.viewportTransform().inverted()[0].mapRect(small.geometry().toRectF())
    assert not any(under.intersects(c.rect) for c in view.canvas.cards.values())
    # Dragged below the map, a card is seen.
    start = view.mapFromScene(card.rect.center())
    QTest.mousePress(view.viewport(), LEFT, pos=start)
    QTest.mouseMove(view.viewport(), start + QPoint(20, 20))
    QTest.mouseMove(view.viewport(), small.geometry().center())
    assert small._faded
    QTest.mouseRelease(view.viewport(), LEFT, pos=small.geometry().center())
    assert not small._faded
