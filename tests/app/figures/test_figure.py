"""Figures for papers: what is drawn is what the tensors are, in the order of the flow."""

from __future__ import annotations

import inspect
import re
from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from visualnet.analysis import infer
from visualnet.app.figures.paper import content as pieces
from visualnet.app.figures.paper import figure
from visualnet.app.figures.paper import layout as placing
from visualnet.app.figures.paper.content import Content, content
from visualnet.app.figures.paper.figure import Figure
from visualnet.app.figures.paper.layout import sheets
from visualnet.cli.common import open_project
from visualnet.core.project import MAIN
from visualnet.data.registry import fields_or_none
from visualnet.layers.declaration.layer import LAYERS

TEMPLATES = ("lenet5-32", "alexnet", "vgg-d", "unet", "resnet-18", "transformer", "inception-v1", "vae", "gru-rows")


def of(template: str, sheet: str = MAIN) -> Content:
    project = open_project(template)
    facts = infer(project, fields=fields_or_none(project.data)).sheet(sheet)
    assert facts is not None
    return content(project, facts)


def sizes(shown: Content) -> list[str]:
    return [p.size for p in shown.pieces.values()]


def test_lenet_shows_the_published_maps(qapp: QApplication) -> None:
    shown = of("lenet5-32")
    maps = ["1@32×32", "6@28×28", "6@14×14", "16@10×10", "16@5×5"]
    assert sizes(shown) == [*maps, "120", "84", "10"]
    forms = [p.form for p in shown.pieces.values()]
    assert forms == ["sheets"] * 5 + ["bar"] * 3
    first = list(shown.pieces.values())[1]
    assert first.title == "Conv 5×5" and first.notes == ("Tanh",)
    assert first.kernel == (5 / 32, 5 / 32)


def test_alexnet_shows_the_published_volumes(qapp: QApplication) -> None:
    shown = of("alexnet")
    assert [p.extent[1] for p in shown.pieces.values() if p.form == "box"] == [224, 55, 27, 27, 13, 13, 13, 13, 6]
    assert sizes(shown)[-3:] == ["4096", "4096", "1000"]
    assert "Conv 11×11, /4" in [p.title for p in shown.pieces.values()]


def test_a_unet_is_a_u_and_what_is_cropped_stands_on_the_way(qapp: QApplication) -> None:
    shown = of("unet")
    drawn = Figure(shown).layout
    assert drawn.u
    assert [k.words for k in shown.links].count("crop") == 4
    middles = [drawn.spots[i].y for i in shown.pieces]
    lowest = max(middles)
    bottom = next(i for i, p in shown.pieces.items() if p.size == "1024@28×28")
    assert drawn.spots[bottom].y == lowest
    assert len(set(middles)) == 5
    joined = [p for p in shown.pieces.values() if p.parts]
    assert [p.parts for p in joined] == [(0.5, 0.5)] * 4


def test_a_shortcut_has_its_sign_and_an_encoder_its_count(qapp: QApplication) -> None:
    block = of("resnet-18", "basic_down")
    assert [p.title for p in block.pieces.values() if p.form == "sign"] == ["+"]
    words = of("transformer")
    assert "encoder ×6" in [p.title for p in words.pieces.values()]
    assert {p.form for p in words.pieces.values()} == {"label"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_overlaps_and_all_is_on_the_picture(template: str, qapp: QApplication) -> None:
    drawn = Figure(of(template))
    layout = drawn.layout
    bodies = [QRectF(s.x, s.top, s.body.full, s.floor - s.top) for s in layout.spots.values()]
    for number, one in enumerate(bodies):
        assert drawn.area.contains(one)
        assert not any(one.intersects(other) for other in bodies[:number])
    for way in layout.ways:
        source, target = layout.spots[way.link.source], layout.spots[way.link.target]
        assert source.column <= target.column
        for (x0, y0), (x1, y1) in pairwise(way.points):
            assert x0 == x1 or y0 == y1, "links run upright or level"
            line = QRectF(min(x0, x1), min(y0, y1), abs(x1 - x0) + 0.1, abs(y1 - y0) + 0.1)
            others = [s for s in layout.spots.values() if s not in (source, target)]
            fronts = [QRectF(s.x, s.y - s.body.high / 2, s.body.wide, s.body.high) for s in others]
            words = [QRectF(s.middle - s.body.text / 2, s.caption + 6, s.body.text, s.foot - s.caption) for s in others]
            inner = [r.adjusted(3, 3, -3, -3) for r in (*fronts, *words) if r.width() > 6 and r.height() > 6]
            assert not any(line.intersects(body) for body in inner)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_drawn_node_is_linked_as_in_the_graph(template: str) -> None:
    shown = of(template)
    fed = {k.target for k in shown.links}
    roots = [p for p in shown.pieces.values() if p.id not in fed]
    assert all(p.family == "data" for p in roots)
    assert all(k.source in shown.pieces and k.target in shown.pieces for k in shown.links)


def test_sizes_grow_with_the_tensors(qapp: QApplication) -> None:
    layout = Figure(of("vgg-d")).layout
    boxes = [s for s in layout.spots.values() if s.piece.form == "box"]
    for one in boxes:
        for other in boxes:
            if one.piece.extent[0] > other.piece.extent[0]:
                assert one.body.wide > other.body.wide
            if one.piece.extent[1] > other.piece.extent[1]:
                assert one.body.high > other.body.high
    assert [sheets(n) for n in (1, 3, 6, 16, 512)] == [1, 3, 6, 9, 12]


def test_it_paints_ink(qapp: QApplication) -> None:
    drawn = Figure(of("lenet5-32"))
    image = QImage(drawn.area.size().toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.translate(-drawn.area.topLeft())
    shares = list(drawn.paint(painter))
    painter.end()
    assert shares == sorted(shares) and shares[-1] == 1.0
    for spot in drawn.layout.spots.values():
        at = spot.x + spot.body.full - spot.body.wide / 2 - drawn.area.x(), spot.y - drawn.area.y()
        assert image.pixelColor(int(at[0]), int(at[1])) != QColor("white"), spot.piece.size


def test_no_layer_is_known_by_its_kind() -> None:
    source = "".join(inspect.getsource(module) for module in (pieces, placing, figure))
    words = set(re.findall(r"[\"']([a-z_0-9]+)[\"']", source))
    families = {c.family for c in LAYERS.values()} | {c.role for c in LAYERS.values()}
    assert not (words & LAYERS.keys()) - families
