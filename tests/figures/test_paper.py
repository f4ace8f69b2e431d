"""Figures for papers: what is drawn is what the tensors are, in the order of the flow. Nothing here needs a window."""

from __future__ import annotations

import inspect
import re
from itertools import pairwise
from typing import NamedTuple

import pytest

from visualnet.analysis import infer
from visualnet.cli.common import open_project
from visualnet.core.project import MAIN
from visualnet.data.registry import fields_or_none
from visualnet.figures import paper_content, paper_layout
from visualnet.figures.paper_content import Content, content
from visualnet.figures.paper_layout import PaperLayout, bounds, place, sheets
from visualnet.layers.declaration.layer import LAYERS

TEMPLATES = ("lenet5-32", "alexnet", "vgg-d", "unet", "resnet-18", "transformer", "inception-v1", "vae", "gru-rows")


class Area(NamedTuple):
    """Left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    def contains(self, other: Area) -> bool:
        return self.x0 <= other.x0 and self.y0 <= other.y0 and other.x1 <= self.x1 and other.y1 <= self.y1

    def meets(self, other: Area) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


def laid_out(shown: Content) -> PaperLayout:
    """With letters of one width, as typewriters have them."""
    words = {w for p in shown.pieces.values() for w in (p.size, p.title, *p.notes)}
    return place(shown, {word: 6.2 * len(word) for word in words})


def of(template: str, sheet: str = MAIN) -> Content:
    project = open_project(template)
    facts = infer(project, fields=fields_or_none(project.data)).sheet(sheet)
    assert facts is not None
    return content(project, facts)


def sizes(shown: Content) -> list[str]:
    return [p.size for p in shown.pieces.values()]


def test_lenet_shows_the_published_maps() -> None:
    shown = of("lenet5-32")
    maps = ["1@32×32", "6@28×28", "6@14×14", "16@10×10", "16@5×5"]
    assert sizes(shown) == [*maps, "120", "84", "10"]
    forms = [p.form for p in shown.pieces.values()]
    assert forms == ["sheets"] * 5 + ["bar"] * 3
    first = list(shown.pieces.values())[1]
    assert first.title == "Conv 5×5" and first.notes == ("Tanh",)
    assert first.kernel == (5 / 32, 5 / 32)


def test_alexnet_shows_the_published_volumes() -> None:
    shown = of("alexnet")
    assert [p.extent[1] for p in shown.pieces.values() if p.form == "box"] == [224, 55, 27, 27, 13, 13, 13, 13, 6]
    assert sizes(shown)[-3:] == ["4096", "4096", "1000"]
    assert "Conv 11×11, /4" in [p.title for p in shown.pieces.values()]


def test_a_unet_is_a_u_and_what_is_cropped_stands_on_the_way() -> None:
    shown = of("unet")
    drawn = laid_out(shown)
    assert drawn.u
    assert [k.words for k in shown.links].count("crop") == 4
    middles = [drawn.spots[i].y for i in shown.pieces]
    lowest = max(middles)
    bottom = next(i for i, p in shown.pieces.items() if p.size == "1024@28×28")
    assert drawn.spots[bottom].y == lowest
    assert len(set(middles)) == 5
    joined = [p for p in shown.pieces.values() if p.parts]
    assert [p.parts for p in joined] == [(0.5, 0.5)] * 4


def test_a_shortcut_has_its_sign_and_an_encoder_its_count() -> None:
    block = of("resnet-18", "basic_down")
    assert [p.title for p in block.pieces.values() if p.form == "sign"] == ["+"]
    words = of("transformer")
    assert "encoder ×6" in [p.title for p in words.pieces.values()]
    assert {p.form for p in words.pieces.values()} == {"label"}


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_overlaps_and_all_is_on_the_picture(template: str) -> None:
    layout = laid_out(of(template))
    whole = Area(*bounds(layout))
    bodies = [Area(s.x, s.top, s.x + s.body.full, s.bottom) for s in layout.spots.values()]
    for number, one in enumerate(bodies):
        assert whole.contains(one)
        assert not any(one.meets(other) for other in bodies[:number])
    for route in layout.routes:
        source, target = layout.spots[route.link.source], layout.spots[route.link.target]
        assert source.column <= target.column
        for (x0, y0), (x1, y1) in pairwise(route.points):
            assert x0 == x1 or y0 == y1, "links run upright or level"
            line = Area(min(x0, x1), min(y0, y1), max(x0, x1) + 0.1, max(y0, y1) + 0.1)
            others = [s for s in layout.spots.values() if s not in (source, target)]
            fronts = [Area(s.x, s.y - s.body.high / 2, s.x + s.body.wide, s.y + s.body.high / 2) for s in others]
            words = [
                Area(s.middle - s.body.text / 2, s.caption + 6, s.middle + s.body.text / 2, s.words_bottom + 6)
                for s in others
            ]
            inner = [Area(r.x0 + 3, r.y0 + 3, r.x1 - 3, r.y1 - 3) for r in (*fronts, *words)]
            assert not any(line.meets(body) for body in inner if body.x0 < body.x1 and body.y0 < body.y1)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_drawn_node_is_linked_as_in_the_graph(template: str) -> None:
    shown = of(template)
    fed = {k.target for k in shown.links}
    roots = [p for p in shown.pieces.values() if p.id not in fed]
    assert all(p.family == "data" for p in roots)
    assert all(k.source in shown.pieces and k.target in shown.pieces for k in shown.links)


def test_sizes_grow_with_the_tensors() -> None:
    layout = laid_out(of("vgg-d"))
    boxes = [s for s in layout.spots.values() if s.piece.form == "box"]
    for one in boxes:
        for other in boxes:
            if one.piece.extent[0] > other.piece.extent[0]:
                assert one.body.wide > other.body.wide
            if one.piece.extent[1] > other.piece.extent[1]:
                assert one.body.high > other.body.high
    assert [sheets(n) for n in (1, 3, 6, 16, 512)] == [1, 3, 6, 9, 12]


def test_no_layer_is_known_by_its_kind() -> None:
    source = "".join(inspect.getsource(module) for module in (paper_content, paper_layout))
    words = set(re.findall(r"[\"']([a-z_0-9]+)[\"']", source))
    families = {c.family for c in LAYERS.values()} | {c.role for c in LAYERS.values()}
    assert not (words & LAYERS.keys()) - families
