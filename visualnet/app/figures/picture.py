"""A network as a picture: what of it is shown, in which style, and how it is painted. `writers` makes files of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import QApplication

from visualnet.analysis import infer
from visualnet.analysis.facts import Analysis
from visualnet.analysis.geometry.auto_layout import tidy
from visualnet.analysis.geometry.card_size import port_offsets
from visualnet.app.canvas.scene.node_item import sizes
from visualnet.app.canvas.scene.node_painter import paint_card
from visualnet.app.canvas.scene.scene import CanvasScene
from visualnet.app.theme.fonts import load_fonts
from visualnet.app.theme.tokens import LIGHT, THEMES, Theme, mix
from visualnet.core import edits
from visualnet.core.edits.clipboard import cut_out
from visualnet.core.project import MAIN, Project
from visualnet.data import registry

MARGIN = 32.0
WHITE = "#ffffff"
PRINT = replace(
    LIGHT,
    name="print",
    fine=True,
    ground=WHITE,
    canvas=WHITE,
    surface=WHITE,
    raised=WHITE,
    shadow=WHITE,
    hover=WHITE,
    field=WHITE,
    line="#8b909b",
    outline="#5a5f6a",
    text="#000000",
    muted="#3a3f49",
    wire="#3a3f49",
    families=MappingProxyType({name: mix(colour, "#000000", 0.35) for name, colour in LIGHT.families.items()}),
)
"""White ground, thin lines, no shadows: little ink, and clear in grey."""

STYLES = ("light", "dark", "print", "publication")
AT_ONCE = 40
MOST_PIECES = 1_500


class PictureOptions(NamedTuple):
    """What of a network is shown, and how. ``ids`` are the nodes to show, ``area`` the part of the canvas; neither means all."""

    style: str = "light"
    sheet: str = MAIN
    ids: frozenset[str] | None = None
    area: tuple[float, float, float, float] | None = None


class StepwiseDrawing(Protocol):
    """Something that can be painted on any device, a step at a time."""

    area: QRectF
    ground: str

    def paint(self, painter: QPainter) -> Iterator[float]:
        """Draw all of it in its own coordinates; yields the share that is done."""


class CanvasDrawing:
    """The cards and wires as the canvas shows them."""

    def __init__(self, project: Project, look: PictureOptions, analysis: Analysis) -> None:
        theme = THEMES.get(look.style, PRINT)
        self.scene = _scene(_part(project, look), look.sheet, theme, analysis)
        self.scene.routes.finish()
        whole = self.scene.picture_area().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.area = QRectF(*look.area).intersected(whole) if look.area else whole
        self.ground = theme.canvas

    def paint(self, painter: QPainter) -> Iterator[float]:
        """Annotations, wires, then the cards, some at a time."""
        scene, area = self.scene, self.area
        painter.setPen(Qt.PenStyle.NoPen)
        scene.annotation_layer.draw(painter, area, 1.0)
        scene.wire_layer.draw(painter, area, 1.0, cosmetic=False)
        ids = scene.ids_in(area, MARGIN)
        for number, node_id in enumerate(ids):
            card = scene.cards[node_id]
            painter.save()
            painter.translate(QPointF(card.x, card.y))
            paint_card(painter, card, scene.theme)
            painter.restore()
            if number % AT_ONCE == 0:
                yield number / len(ids)


def make_drawing(project: Project, look: PictureOptions, analysis: Analysis | None = None) -> StepwiseDrawing:
    """What is to be painted. A graph whose cards have no places is laid out first.

    Raises:
        ValueError: the style or the sheet is unknown, or there is nothing to show.
    """
    if look.style not in STYLES and look.style not in THEMES:
        raise ValueError(f"there is no style “{look.style}”; there are {', '.join(STYLES)}")
    if look.sheet != MAIN and look.sheet not in project.blocks:
        raise ValueError(f"there is no block “{look.sheet}” in this project")
    nodes = project.sheet(look.sheet).nodes
    if not nodes or (look.ids is not None and not look.ids & nodes.keys()):
        raise ValueError("there is nothing on this sheet to make a picture of")
    if look.area is not None and not all(side > 0 for side in look.area[2:]):
        raise ValueError("no part of the canvas is seen: show it, or choose the whole sheet")
    load_fonts()
    analysis = analysis or infer(project, None, registry.fields_or_none(project.data))
    facts = analysis.sheet(look.sheet)
    if look.style != "publication" or facts is None:
        return CanvasDrawing(project, look, analysis)
    from visualnet.app.figures.paper_figure import Figure
    from visualnet.figures.paper_content import content

    shown = content(project, facts, look.ids)
    if not shown.pieces:
        raise ValueError("only targets, outputs and losses are chosen: a figure shows what is computed from them")
    if len(shown.pieces) > MOST_PIECES:
        count = f"{len(shown.pieces):,} pieces"
        raise ValueError(f"a figure of {count} is more than anyone can read: select some nodes, or show a block")
    return Figure(shown)


def application() -> object:
    """The application that fonts and painting need; one without a screen if there is none."""
    running = QGuiApplication.instance()
    if running is None:
        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        running = QApplication([])
    load_fonts()
    return running


def _part(project: Project, look: PictureOptions) -> Project:
    if look.ids is None:
        return project
    return project.with_sheet(look.sheet, cut_out(project.sheet(look.sheet), look.ids))


def _scene(project: Project, sheet: str, theme: Theme, analysis: Analysis) -> CanvasScene:
    scene = CanvasScene(theme)
    scene.show_sheet(project, sheet)
    scene.show_facts(analysis.sheet(sheet), analysis.problems)
    graph = project.sheet(sheet)
    if len(graph.nodes) > 1 and len({graph.places.get(i, (0.0, 0.0)) for i in graph.nodes}) == 1:
        found = sizes(scene.cards, graph.direction)
        room = {i: size[:2] for i, size in found.items()}
        places = tidy(graph, room, graph.direction, wrap_width=1600, offsets=port_offsets(found))
        scene.apply(project, edits.move(project, sheet, places))
    return scene
