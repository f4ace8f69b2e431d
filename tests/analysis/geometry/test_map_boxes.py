"""Boxes of feature maps: to scale where that can be seen, raised to one power where it cannot; and what is drawn as what."""

from __future__ import annotations

from itertools import pairwise

import pytest

from visualnet.analysis import infer
from visualnet.analysis.geometry.map_boxes import MOST, MOST_RATIO, Extent, MapScale, extent, scale_of
from visualnet.core.storage import project_file
from visualnet.resources import resource


def extents(template: str) -> dict[str, Extent]:
    """What is drawn of a template's main sheet, by the names of its nodes."""
    facts = infer(project_file.load(resource("templates", f"{template}.vnet"))).main
    found = {each.node.name: extent(each) for each in facts.nodes.values()}
    return {name: drawn for name, drawn in found.items() if drawn is not None}


def test_lenets_maps_are_to_scale_and_its_vectors_are_bars() -> None:
    drawn = extents("lenet5")
    scale = scale_of(drawn.values())
    assert drawn["pool2"] == Extent("volume", 16, 5, 5) and drawn["fc1"] == Extent("bar", 120, 1, 1)
    assert "loss" not in drawn and "accuracy" not in drawn, "one number for the batch has no size"
    boxes = {name: scale.box(each) for name, each in drawn.items()}
    assert scale.words == "to scale" and boxes["conv1"].high == MOST
    assert boxes["conv1"].high / boxes["pool2"].high == pytest.approx(28 / 5)
    assert boxes["conv1"].high / boxes["conv1"].back == pytest.approx(boxes["pool2"].high / boxes["pool2"].back)
    assert boxes["image"].wide < boxes["conv1"].wide < boxes["conv2"].wide, "more channels are deeper"
    assert boxes["logits"].high < boxes["fc2"].high < boxes["fc1"].high < boxes["flatten"].high <= MOST


def test_what_is_too_small_to_be_seen_is_raised_and_keeps_its_order() -> None:
    drawn = extents("unet")
    scale = scale_of(drawn.values())
    assert scale.words == "572 : 28 drawn as 8 : 1" and scale.power < 1
    sides = sorted({each.high for each in drawn.values() if each.form == "volume"})
    highs = [scale.box(Extent("volume", 1, side, side)).high for side in sides]
    assert highs[-1] == MOST and highs[-1] / highs[0] == pytest.approx(MOST_RATIO)
    assert all(low < high for low, high in pairwise(highs))
    assert scale.box(Extent("volume", 100_000, 572, 572)).wide == scale.box(Extent("volume", 10_000, 572, 572)).wide


def test_sequences_are_plates_whichever_axis_holds_their_features() -> None:
    drawn = extents("vit-small")
    assert drawn["encoder"] == Extent("plate", 64, 49, 1), "tokens before features"
    facts = infer(project_file.load(resource("templates", "wavenet-small.vnet"))).main
    leaving = [(each, next(iter(each.leaving.values()))) for each in facts.nodes.values() if each.leaving]
    waves = [(each, spec.shape) for each, spec in leaving if spec.axes == ("C", "L")]
    assert waves
    for each, (channels, length) in waves:
        assert extent(each) == Extent("plate", channels, length, 1), "channels before time"


def test_nothing_to_draw_has_a_scale_too() -> None:
    assert scale_of(()) == MapScale(1, 1, 1, 1) and extent(None) is None
    assert scale_of(()).box(Extent("bar", 1, 1, 1)).high > 0
