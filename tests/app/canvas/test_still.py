"""A shifted picture is the picture that painting anew would give; anything that changes makes it anew."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainterPath
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.app.canvas.conftest import Hands
from visualnet.analysis.geometry.boxes import overlap
from visualnet.analysis.geometry.label_placement import LabelPlacement
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.view import CanvasView
from visualnet.cli.common import open_project
from visualnet.core import edits
from visualnet.core.edits.annotate import add_annotation
from visualnet.core.graph import Port
from visualnet.core.project import Project
from visualnet.layers.shorthand import TypedParameters


def shown(view: CanvasView) -> QImage:
    """What is on the screen now."""
    return view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def anew(view: CanvasView) -> QImage:
    """The same, painted from nothing."""
    still, layer = view.frame_cache, view.canvas
    view.frame_cache, hurry, layer.hurry = Painted(), layer.hurry, False  # type: ignore[assignment]
    found = shown(view)
    view.frame_cache, layer.hurry = still, hurry
    return found


class Painted:
    """Keeps nothing."""

    def paint(self) -> bool:
        return False

    def mark_blurred(self) -> None:
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
    view.canvas.hurry = False
    for _ in range(20):
        shown(view)
    view._rest.stop()


@pytest.fixture
def hands_on(make: Callable[[Project], Hands], monkeypatch: pytest.MonkeyPatch) -> Hands:
    monkeypatch.setattr(
        "visualnet.app.canvas.scene.layers.node_layer.BUDGET_S", 10.0
    )  # every card sharp, however slow the machine is
    return make(open_project("lenet5-28"))


@pytest.mark.few(2)
@pytest.mark.parametrize("zoom", [0.12, 0.3, 0.5, 1.0, 1.5])
def test_shifting_shows_what_painting_anew_shows(hands_on: Hands, zoom: float) -> None:
    view, rng = hands_on.view, random.Random(round(zoom * 100))
    ready(view, zoom)
    hands_on.studio.select([next(iter(view.canvas.cards))])
    for _ in range(2):
        view.pan(QPoint(1, 1))
        view._rest.stop()
        shown(view)
    before = view.frame_cache.strips
    for _ in range(12):
        view.pan(QPoint(rng.randint(-60, 60), rng.randint(-40, 40)))
        view._rest.stop()
        image = shown(view)
    assert view.frame_cache.strips == before + 12, "no frame was painted anew"
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
    assert view.frame_cache.picture is not None, "what stands is kept"
    assert canvas.moving_cards == set(ids)
    assert differing(image, anew(view)) < 0.0012
    view.pan(QPoint(31, -17))
    view._rest.stop()
    assert differing(shown(view), anew(view)) < 0.0012
    canvas.settle()
    canvas.routes.finish()
    assert not canvas.moving_cards and not canvas.moving_wires
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
    assert view.frame_cache.picture is not None
    view._rested()
    QApplication.processEvents()
    shown(view)
    assert view.frame_cache.picture is None


def labels_in(view: CanvasView, area: QRectF) -> dict[Port, tuple[float, float]]:
    """Where the labels of the wires in an area lie."""
    return {w.target: p[:2] for w, p in view.canvas.labels.place(view.canvas.wires_in(area))}


@pytest.fixture
def crowded(make: Callable[[Project], Hands], monkeypatch: pytest.MonkeyPatch) -> Hands:
    """So many wires side by side that not every label has room."""
    monkeypatch.setattr("visualnet.app.canvas.scene.layers.node_layer.BUDGET_S", 10.0)
    project = Project()
    for n in range(7):
        project = edits.add_node(project, "", "input", at=(n * 9, n * 14), name=f"x{n}", params={"size": (8, 9, 9)})
    project = edits.add_node(project, "", "concat", at=(700, 60), params={"inputs": 7})
    (concat,) = (n.id for n in project.graph if n.kind == "concat")
    for n in range(7):
        source = Port(project.graph.named(f"x{n}").id, "x")
        project = edits.connect(project, "", source, Port(concat, f"x{n + 1}"))
    return make(project)


def test_labels_lie_where_they_lie_whatever_is_in_view(crowded: Hands) -> None:
    view, canvas = crowded.view, crowded.scene
    canvas.routes.finish()
    whole = labels_in(view, canvas.picture_area())
    some = [w for w in canvas.wires.values() if w.pills]
    assert 0 < len(whole) < len(some), "not all have room, or there is nothing to choose"
    area = canvas.picture_area()
    for way in (1, -1):
        canvas.labels = LabelPlacement(canvas)
        for wire in canvas.wires.values():
            canvas.labels.changed(wire.target)
        for n in range(40)[::way]:
            strip = QRectF(area.left(), area.top() + n * area.height() / 40, area.width(), area.height() / 40)
            for target, at in labels_in(view, strip).items():
                assert whole.get(target) == at


def test_labels_stay_while_the_view_is_shifted(crowded: Hands) -> None:
    view = crowded.view
    ready(view, 1.0)
    for _ in range(2):
        view.pan(QPoint(1, 1))
        view._rest.stop()
        shown(view)
    strips = view.frame_cache.strips
    for n in range(24):
        view.pan(QPoint(0, -37 if n < 12 else 37))
        view._rest.stop()
        image = shown(view)
        if n % 6 == 5:
            assert differing(image, anew(view)) < 0.0005
    assert view.frame_cache.strips == strips + 24


def test_labels_of_what_stands_stay_while_cards_are_dragged(crowded: Hands) -> None:
    view, canvas, rng = crowded.view, crowded.scene, random.Random(4)
    canvas.routes.finish()
    before = labels_in(view, canvas.picture_area())
    card = crowded.id("x3")
    x, y = canvas.cards[card].x, canvas.cards[card].y
    for _ in range(8):
        canvas.shift({card: (x + rng.randint(-90, 200), y + rng.randint(-80, 80))})
        found = canvas.labels.place(canvas.wires.values())
        pills = [pill for _, pill in found]
        assert not any(overlap(a, b) for n, a in enumerate(pills) for b in pills[:n])
        now = {w.target: p[:2] for w, p in found if w.target not in canvas.moving_wires}
        assert now == {t: at for t, at in before.items() if t not in canvas.moving_wires}
    canvas.settle()
    canvas.routes.finish()
    assert labels_in(view, canvas.picture_area()) == before


def test_what_stands_under_dragged_cards_becomes_sharp(
    make: Callable[[Project], Hands], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    view = make(open_project("lenet5-28")).view
    sprites = view.canvas.card_layer.sprites
    ready(view, 0.8)
    monkeypatch.setattr("visualnet.app.canvas.scene.layers.node_layer.BUDGET_S", 0.0)  # a frame has time for no card …
    view.look(Pose(*view.pose()[:2], 1.0))
    shown(view)
    one = next(iter(view.canvas.cards))
    view.canvas.shift({one: (view.canvas.cards[one].x + 24, view.canvas.cards[one].y)})
    view._rested()
    for _ in range(2):
        shown(view)
    assert view.frame_cache.picture is not None and view.canvas.moving_cards
    assert all(kept[1] != 1.0 for kept in sprites.full.values())
    monkeypatch.setattr("visualnet.app.canvas.scene.layers.node_layer.BUDGET_S", 0.001)  # … and then for a few
    seen = view.canvas.ids_in(view.mapToScene(view.viewport().rect()).boundingRect())
    qtbot.waitUntil(lambda: all(sprites.full[i][1] == 1.0 for i in seen), timeout=30_000)  # a tenth of a second each


def test_what_was_put_down_is_no_longer_lifted(hands_on: Hands) -> None:
    view, canvas = hands_on.view, hands_on.scene
    ready(view, 0.8)
    at = next(iter(canvas.cards.values())).rect.center()
    hands_on.drag(at, at + QPointF(80, 160))
    assert hands_on.studio.document.undo_label.startswith("Move")
    assert not canvas.moving_cards
    assert not canvas.moving_wires
    canvas.routes.finish()
    for _ in range(3):
        image = shown(view)
    assert view.frame_cache.picture is None, "at rest nothing is kept"
    assert differing(image, anew(view)) < 0.0005


def test_the_path_of_the_selected_card_goes_along(hands_on: Hands) -> None:
    """Tidying lets cards glide that are not selected, on whose wires the selected one's path lies."""
    view, canvas = hands_on.view, hands_on.scene
    ready(view, 0.6)
    first, *others = canvas.cards
    hands_on.studio.select([first])
    assert len(canvas.marks.flow) > 5
    start = {i: (canvas.cards[i].x, canvas.cards[i].y) for i in others}
    for step in range(6):
        canvas.shift({i: (x + 10 * step, y + 26 * step) for i, (x, y) in start.items()})
        image = shown(view)
    assert view.frame_cache.picture is not None
    assert differing(image, anew(view)) < 0.0015
    canvas.settle()


def test_cards_do_not_shiver_in_a_pan(hands_on: Hands) -> None:
    """Halves of a px go the same way wherever the view is."""
    view, studio = hands_on.view, hands_on.studio
    graph = studio.graph
    studio.do("Move", lambda p: edits.move(p, "", {i: (x + 1, y + 1) for i, (x, y) in graph.places.items()}))
    ready(view, 0.5)
    for _ in range(4):
        view.pan(QPoint(1, 1))
        view._rest.stop()
        assert differing(shown(view), anew(view)) < 0.0005
    assert view.frame_cache.picture is not None


@pytest.mark.wide
@pytest.mark.parametrize("seed", [0, 1])
def test_whatever_happens_between_two_frames(hands_on: Hands, seed: int) -> None:
    """Pans, hovers, live pictures, selections, drags, undo and Esc in the middle of them: what is kept is what painting anew gives."""
    view, canvas, studio, dice = hands_on.view, hands_on.scene, hands_on.studio, random.Random(seed)
    studio.do("Frame", lambda p: add_annotation(p, "", "frame", (-20, -60, 600, 500), text="F")[0])
    ready(view, (0.65, 0.9)[seed])
    live = QImage(90, 90, QImage.Format.Format_RGB32)
    held: QPointF | None = None
    did: list[str] = []
    for _ in range(36):
        card = dice.choice(list(canvas.cards.values()))
        what = dice.choice(
            ["pan", "pan", "live", "undo", "hover", "select", "press", "press"] if held is None else MOVES
        )
        did.append(what)
        if what == "pan":
            view.pan(QPoint(dice.randint(-40, 40), dice.randint(-30, 30)))
        elif what == "live":
            live.fill(QColor(dice.randrange(255), 90, 120))
            view.set_thumbnail(card.id, QImage(live))
        elif what == "undo":
            studio.document.undo()
        elif what == "hover":
            hands_on.move(card.rect.center(), Qt.MouseButton.NoButton)
        elif what == "select":
            studio.select(dice.sample(list(canvas.cards), dice.choice([0, 1, 1, 3])))
        elif what == "press":
            held = card.rect.center()
            hands_on.press(held)
        elif what == "Esc":
            hands_on.key(Qt.Key.Key_Escape)
        else:
            held += QPointF(dice.randint(-60, 60), dice.randint(-50, 50))  # type: ignore[operator]
            hands_on.move(held)
            if what == "release":
                hands_on.release(held)
                held = None
        if held is None:
            canvas.routes.finish()
        view._rest.stop()
        assert differing(shown(view), anew(view)) < 0.002, did


MOVES = ["move"] * 5 + ["pan", "live", "undo", "Esc", "release"]


def test_a_card_does_not_wear_the_ring_of_one_that_was_undone(hands_on: Hands) -> None:
    """The next card gets the same name; its ring is its own."""
    view, studio = hands_on.view, hands_on.studio
    ready(view, 1.0)
    middle = view.canvas.contents().center()
    at = (middle.x(), middle.y())
    assert view.add("conv2d", at, given=TypedParameters({"kernel_size": 5, "out_channels": 1024, "stride": 2}))
    (wide,) = studio.selection
    width = view.canvas.cards[wide].width
    shown(view)
    studio.document.undo()
    view.add("relu", at)
    assert studio.selection == (wide,)
    assert view.canvas.cards[wide].width < width
    image = shown(view)
    view.canvas.card_layer.sprites.clear()
    assert differing(image, shown(view)) < 0.00001


def test_wires_are_painted_where_they_go_once_a_card_has_grown(hands_on: Hands) -> None:
    """With its first live picture a card is taller, and wires below it go elsewhere: they too are painted anew."""
    view, canvas = hands_on.view, hands_on.scene
    ready(view, 0.7)
    live = QImage(200, 90, QImage.Format.Format_RGB32)
    live.fill(QColor("teal"))
    painted: list[QRectF] = []
    canvas.changed.connect(painted.extend)
    moved = 0
    for name in ("c1", "s2", "c3", "s4", "flatten"):
        before = {t: (QPainterPath(w.path), QRectF(w.bounds)) for t, w in canvas.wires.items()}
        QApplication.processEvents()
        painted.clear()
        view.set_thumbnail(hands_on.id(name), live)
        QApplication.processEvents()
        for target, (path, old) in before.items():
            if canvas.wires[target].path != path:
                moved += 1
                assert all(any(area.contains(b) for area in painted) for b in (old, canvas.wires[target].bounds))
    assert moved, "no wire had to make room"


def test_wires_of_what_is_dragged_go_behind_the_cards_that_stand(hands_on: Hands) -> None:
    view, canvas = hands_on.view, hands_on.scene
    ready(view, 0.8)
    card = canvas.cards[hands_on.id("c3")]
    hands_on.studio.select([card.id])
    x, y = card.x, card.y
    for step in range(1, 9):
        canvas.shift({card.id: (x + 60 * step, y + 44 * step)})
        image = shown(view)
        if step < 3:
            continue
        assert view.frame_cache.picture is not None
        other = anew(view)
        for stands in canvas.cards.values():
            inside = view.mapFromScene(stands.rect).boundingRect().adjusted(4, 4, -4, -4) & view.viewport().rect()
            under = stands.rect.intersects(card.rect.adjusted(-20, -20, 20, 20))
            assert under or inside.isEmpty() or image.copy(inside) == other.copy(inside), stands.content.name
        view.pan(QPoint(-9, 7))
        view._rest.stop()
    canvas.settle()
