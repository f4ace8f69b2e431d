"""Every shipped block has one colour, wherever it is drawn: card, card from afar, small picture, figure, repair, list, inspector, find."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from visualnet.analysis import infer
from visualnet.analysis.connect.layer_search import entries
from visualnet.analysis.families import block_families
from visualnet.analysis.repair.preview import preview_edit
from visualnet.analysis.selected import SelectedNodes
from visualnet.app.canvas.repairs.preview_picture import RepairPicture
from visualnet.app.canvas.scene.graph_thumbnail import paint_graph
from visualnet.app.canvas.scene.node_item import NodeItem
from visualnet.app.canvas.scene.node_painter import block_colour, paint_block, paint_card
from visualnet.app.features.inspector.node_page import NodePage
from visualnet.app.shell.bars.find_bar import FindBar
from visualnet.app.state.studio import Studio
from visualnet.app.theme.apply import apply_theme
from visualnet.app.theme.tokens import LIGHT
from visualnet.cli.common import open_project, template_names
from visualnet.core import edits
from visualnet.core.document import Document
from visualnet.core.graph import Graph, Node
from visualnet.core.project import MAIN, Project
from visualnet.core.user import block_library
from visualnet.figures.paper_content import content

COLOURS = {LIGHT.family(family): family for family in ("block", "data", *LIGHT.families)}
AFAR = {block_colour(LIGHT, family): family for family in COLOURS.values()}


@cache
def shipped() -> dict[str, tuple[Project, str]]:
    """`PROJECT BLOCK` → a project in which one instance of the block stands alone, and the block's family."""
    projects = {name: open_project(name) for name in template_names()}
    projects |= {f"library {e.name}": e.project for e in block_library.entries() if e.shipped}
    found = {}
    for title, project in projects.items():
        for name, family in block_families(project.blocks).items():
            node = Node(id="n1", kind=f"block:{name}", name="it")
            found[f"{title} {name}"] = replace(project, graph=Graph(nodes={"n1": node})), family
    return found


def drawn(image: QImage, known: dict[str, str] = COLOURS) -> set[str]:
    """The families whose very colour is in a picture."""
    names = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    return {known[name] for name in names & known.keys()}


def item(project: Project) -> NodeItem:
    made = NodeItem(project.graph.nodes["n1"], (0.0, 0.0))
    made.show(None, (), project, project.graph)
    return made


def on_card(project: Project) -> set[str]:
    image = QImage(240, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_card(painter, item(project), LIGHT)
    painter.end()
    return drawn(image)


def on_card_from_afar(project: Project) -> set[str]:
    image = QImage(240, 100, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_block(painter, item(project), LIGHT, 0.3)
    painter.end()
    return drawn(image, AFAR)


def in_small_picture(project: Project) -> set[str]:
    image = QImage(120, 60, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_graph(painter, QRectF(0, 0, 120, 60), project, LIGHT)
    painter.end()
    return drawn(image)


def in_figure(project: Project) -> set[str]:
    facts = infer(project).main
    return {piece.family for piece in content(project, facts).pieces.values()}


def in_list_of_what_can_be_added(project: Project) -> set[str]:
    kind = project.graph.nodes["n1"].kind
    return {entry.family for entry in entries(project, MAIN) if entry.kind == kind}


def in_repair_picture(project: Project) -> set[str]:
    kind = project.graph.nodes["n1"].kind
    bare = replace(project, graph=Graph())
    seen = preview_edit("Add it", lambda p: edits.add_node(p, MAIN, kind, name="it"), infer(bare))
    parent = QWidget()
    picture = RepairPicture(parent)
    picture.show_preview(seen, MAIN, ())
    found = drawn(picture.grab().toImage())
    parent.deleteLater()
    return found


RENDERERS = (
    on_card,
    on_card_from_afar,
    in_small_picture,
    in_figure,
    in_list_of_what_can_be_added,
    in_repair_picture,
)


@pytest.mark.wide
@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_renderer_gives_each_shipped_block_the_colour_of_its_family(
    renderer: Callable[[Project], set[str]], qapp: QApplication
) -> None:
    apply_theme(qapp, LIGHT)
    assert len(shipped()) > 80
    # Blocks with equal insides look the same; one of each name and family is drawn.
    alike = {(title.split()[-1], family): project for title, (project, family) in shipped().items()}
    found = {name: (renderer(project), family) for (name, family), project in alike.items()}
    assert {name: (seen, family) for name, (seen, family) in found.items() if seen != {family}} == {}


def test_the_inspector_and_the_find_bar_say_the_same_family(qtbot: QtBot) -> None:
    for name in ("library transformer_encoder transformer_encoder", "resnet-18 basic", "mlp-mixer mixer"):
        project, family = shipped()[name]
        studio = Studio(Document(project), LIGHT)
        page, bar = NodePage(studio), FindBar(studio)
        qtbot.addWidget(page)
        qtbot.addWidget(bar)
        page.refresh(SelectedNodes.of(studio.graph, studio.facts, ["n1"]))
        assert page.dot.role == f"family:{family}"
        bar._find_matches(family)
        assert bar.found == ["n1"]
