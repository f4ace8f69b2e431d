"""A shifted picture is the picture that painting anew would give; anything that changes makes it anew."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from tests.app.canvas.conftest import Hands
from visualnet.app.canvas.camera import Pose
from visualnet.app.canvas.view import CanvasView
from visualnet.cli import open_project
from visualnet.core import edits
from visualnet.core.project import Project


def shown(view: CanvasView) -> QImage:
    """What is on the screen now."""
    return view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def anew(view: CanvasView) -> QImage:
    """The same, painted from nothing."""
    still, layer = view.still, view.canvas.card_layer
    view.still, hurry, layer.hurry = Painted(), layer.hurry, False  # type: ignore[assignment]
    found = shown(view)
    view.still, layer.hurry = still, hurry
    return found


class Painted:
    """Keeps nothing."""

    def paint(self) -> bool:
        return False

    def blurred(self) -> None:
        pass


def differing(a: QImage, b: QImage) -> float:
    """The share of pixels that differ visibly."""
    assert a.size() == b.size()
    one, other = (memoryview(i.constBits()).cast("B") for i in (a, b))  # type: ignore[arg-type]
    wrong = sum(abs(x - y) > 24 for x, y in zip(one[::4], other[::4], strict=True))
    return wrong / (a.width() * a.height())


def ready(view: CanvasView, zoom: float) -> None:
    """Look at the middle of the sheet with every sprite sharp."""
    view.canvas.routes.finish()
    centre = view.canvas.contents().center()
    view.look(Pose(centre.x(), centre.y(), zoom))
    view._rest.stop()
    view.canvas.card_layer.hurry = False
    for _ in range(20):
        shown(view)
    view._rest.stop()


@pytest.fixture
def hands_on(make: Callable[[Project], Hands], monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr("visualnet.app.canvas.layers.BUDGET_S", 10.0)  # every card sharp, however slow the machine is
    return make(open_project("lenet5-28"))


@pytest.mark.parametrize("zoom", [0.12, 0.3, 0.5, 1.0, 1.5])
def test_shifting_shows_what_painting_anew_shows(hands_on: Hands, zoom: float) -> None:
    view, rng = hands_on.view, random.Random(round(zoom * 100))
    ready(view, zoom)
    hands_on.studio.select([next(iter(view.canvas.cards))])
    for _ in range(2):
        view.pan(QPoint(1, 1))
        view._rest.stop()
        shown(view)
    before = view.still.strips
    for _ in range(12):
        view.pan(QPoint(rng.randint(-60, 60), rng.randint(-40, 40)))
        view._rest.stop()
        image = shown(view)
    assert view.still.strips == before + 12, "no frame was painted anew"
    assert differing(image, anew(view)) < 0.0005


def test_dragged_cards_lie_above_what_stands(hands_on: Hands) -> None:
    view, canvas = hands_on.view, hands_on.view.canvas
    ready(view, 0.8)
    ids = list(canvas.cards)[2:5]
    hands_on.studio.select(ids)
    start = {i: (canvas.cards[i].x, canvas.cards[i].y) for i in ids}
    for step in range(5):
        canvas.shift({i: (x + 7 * step, y - 11 * step) for i, (x, y) in start.items()})
        image = shown(view)
    assert view.still.picture is not None, "what stands is kept"
    assert canvas.lifted == set(ids)
    assert differing(image, anew(view)) < 0.003
    view.pan(QPoint(31, -17))
    view._rest.stop()
    assert differing(shown(view), anew(view)) < 0.003
    canvas.settle()
    canvas.routes.finish()
    assert not canvas.lifted and not canvas.loose
    assert differing(shown(view), anew(view)) < 0.0005


def test_a_change_is_seen_at_once(hands_on: Hands) -> None:
    view, studio = hands_on.view, hands_on.studio
    ready(view, 0.6)
    view.pan(QPoint(3, 0))
    view._rest.stop()
    first = shown(view)
    ids = list(view.canvas.cards)
    studio.do("Delete", lambda p: edits.remove(p, "", ids[:4]))
    view._rest.stop()
    second = shown(view)
    assert differing(first, second) > 0.001
    assert differing(second, anew(view)) < 0.005, "but for cards that are not sharp yet"
    studio.select(ids[5:6])
    third = shown(view)
    assert differing(second, third) > 0.0001


def test_at_rest_nothing_is_kept(hands_on: Hands) -> None:
    view = hands_on.view
    ready(view, 0.5)
    for _ in range(2):
        view.pan(QPoint(5, 5))
        view._rest.stop()
        shown(view)
    assert view.still.picture is not None
    view._rested()
    QApplication.processEvents()
    shown(view)
    assert view.still.picture is None
