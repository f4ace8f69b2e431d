"""Wires go round cards and ports, and their labels lie free: held against every template, as drawn, folded, and turned."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath

from tests.sampling import one_in
from visualnet.analysis import infer
from visualnet.analysis.facts import Analysis
from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.analysis.geometry.boxes import overlap
from visualnet.analysis.geometry.card_size import port_offsets
from visualnet.app.canvas.scene import wire_routes
from visualnet.app.canvas.scene.node_item import sizes
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.canvas.scene.wire_item import WireItem
from visualnet.app.shell.project_files import templates
from visualnet.core import edits
from visualnet.core.edits import annotate
from visualnet.core.graph import Graph, Node, Port
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.data import registry

Hands = Any
TEMPLATES = sorted(templates())
SOME = ("inception-v1", "resnet-small", "transformer", "unet", "wavenet", "vae")


@functools.cache
def opened(name: str) -> tuple[Project, Analysis]:
    project = project_file.load(templates()[name])
    return project, infer(project, None, registry.fields_or_none(project.data))


def drawn(name: str, sheet: str, how: str) -> CanvasScene:
    """A template's sheet, its wires all found."""
    project, analysis = opened(name)
    scene = CanvasScene()
    scene.show_sheet(project, sheet)
    scene.show_facts(analysis.sheet(sheet), analysis.problems)
    after = project
    if how == "folded":
        after = annotate.collapse(project, sheet, list(scene.cards))
    elif how == "down":
        found = sizes(scene.cards, "down")
        room = {i: size[:2] for i, size in found.items()}
        places = tidy(project.sheet(sheet), room, "down", wrap_width=1600, offsets=port_offsets(found))
        after = annotate.set_direction(edits.move(project, sheet, places), sheet, "down")
    scene.apply(project, after)
    scene.routes.finish()
    return scene


def faults(scene: CanvasScene) -> list[str]:
    """What is hidden: cards that a wire runs through, ports that it lies on, labels over cards or labels."""
    found = []
    for target, wire in scene.wires.items():
        count = max(24, int(wire.path.length() / 5))
        points = [wire.path.pointAtPercent(i / count) for i in range(1, count)]
        for node_id in scene.ids_in(wire.bounds):
            card = scene.cards[node_id]
            inset = 8 if node_id in (target.node, wire.source.node) else 1
            inside = card.rect.adjusted(inset, inset, -inset, -inset)
            found += [f"{target} through {card.content.name}"] * any(inside.contains(p) for p in points)
            for port, out in [(p, False) for p in card.inputs] + [(p, True) for p in card.outputs]:
                if (node_id, port) not in (target, wire.source):
                    at = card.anchor(port, out)
                    found += [f"{target} on {port}"] * any((at - p).manhattanLength() < 6 for p in points)
    placed = scene.labels.place(scene.wires.values())
    for number, (wire, pill) in enumerate(placed):
        found += [f"label of {wire.target} on a card"] * scene.covered(pill)
        found += [f"two labels at {wire.target}"] * any(overlap(pill, other) for _, other in placed[:number])
    return found


@pytest.mark.few(18)
@pytest.mark.parametrize(
    "case",
    [
        *one_in(3, [(n, "drawn") for n in TEMPLATES], "-".join),
        *one_in(1, [(n, how) for n in SOME for how in ("folded", "down")], "-".join),
    ],
)
def test_no_wire_hides_a_card_a_port_or_a_label(qapp: object, case: tuple[str, str]) -> None:
    name, how = case
    for sheet, _ in opened(name)[0].sheets():
        scene = drawn(name, sheet, how)
        assert faults(scene) == []
    if how == "down":
        assert any(w.pills for w in scene.wires.values()), "labels are shown where there is room"


# --- edits ----------------------------------------------------------------------------------------------------------------


def meets(path: QPainterPath, area: QRectF) -> bool:
    return any(area.contains(path.pointAtPercent(i / 400)) for i in range(401))


def test_a_card_dropped_on_a_wire_pushes_it_aside_and_lets_it_back(hands: Hands) -> None:
    hands.studio.do(
        "Far", lambda p: edits.disconnect(edits.disconnect(p, MAIN, hands.end("relu1")), MAIN, hands.end("flatten"))
    )
    hands.studio.do("Long", lambda p: edits.connect(p, MAIN, Port(hands.id("conv1"), "features"), hands.end("flatten")))
    wire = hands.scene.wires[hands.end("flatten")]
    relu = hands.scene.cards[hands.id("relu1")]
    assert not meets(wire.path, relu.rect)
    hands.studio.do("Away", lambda p: edits.move(p, MAIN, {relu.id: (512, -400)}))
    assert wire.path.boundingRect().height() < 1, "the way is free again"
    hands.studio.do("Back", lambda p: edits.move(p, MAIN, {relu.id: (512, 0)}))
    assert not meets(wire.path, relu.rect)


def mess(count: int) -> Project:
    """Cards in a lattice, each fed by two of the others."""
    nodes = {f"n{i}": Node(id=f"n{i}", kind="add", name=f"a{i}") for i in range(count)}
    places = {f"n{i}": (i % 25 * 300.0, i // 25 * 170.0) for i in range(count)}
    wires = {
        Port(f"n{i}", port): Port(f"n{(i * k + 7) % count}", "y")
        for i in range(count)
        for port, k in (("x1", 3), ("x2", 11))
        if (i * k + 7) % count != i
    }
    return Project(graph=Graph(nodes, wires, places))


@pytest.mark.wide
def test_finding_ways_never_holds_an_edit_up(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way is made to take a quarter of the time there is, by a clock of the test's own."""
    project, now, found = mess(500), [0.0], [0]
    find = WireItem.route

    def take_time(wire: WireItem, cards: Any, near: Any = None) -> bool:
        if near is not None:
            now[0] += wire_routes.DETOURS_S / 4
            found[0] += 1
        return find(wire, cards, near)

    monkeypatch.setattr(WireItem, "route", take_time)
    monkeypatch.setattr(wire_routes, "perf_counter", lambda: now[0])
    scene = CanvasScene()
    scene.show_sheet(project, MAIN)
    assert not scene.routes.settled, "the rest of the ways come later"
    scene.routes.finish()
    found[0] = 0
    scene.apply(project, edits.move(project, MAIN, {"n250": (40.0, 40.0)}))
    assert found[0] == 4, "few ways are found at once"
    assert not scene.routes.settled
    scene.routes.finish()
    assert scene.routes.settled


def test_after_a_drag_that_was_let_go_every_wire_is_where_it_was(hands: Hands) -> None:
    ways = {t: [w.path.pointAtPercent(i / 20) for i in range(21)] for t, w in hands.scene.wires.items()}
    hands.press(hands.card("conv1"))
    hands.move(hands.card("conv1") + QPointF(200, 60))
    hands.move(hands.card("conv1") + QPointF(60, 60))
    assert not hands.scene.routes.settled
    hands.key(Qt.Key.Key_Escape)
    hands.scene.routes.finish()
    assert hands.scene.routes.settled
    for target, points in ways.items():
        path = hands.scene.wires[target].path
        assert all((path.pointAtPercent(i / 20) - p).manhattanLength() < 0.01 for i, p in enumerate(points))


def test_after_a_glide_every_wire_goes_round(hands: Hands, qtbot: Any) -> None:
    hands.view.choose_motion("on")
    hands.view.tidy()
    qtbot.waitUntil(lambda: not hands.view.animation.running)
    hands.scene.routes.finish()
    assert hands.scene.routes.settled
    assert faults(hands.scene) == []
