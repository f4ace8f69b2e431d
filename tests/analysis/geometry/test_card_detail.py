"""What a card gives up as the zoom falls, and how large it is written."""

from __future__ import annotations

import pytest

from visualnet.analysis.geometry.card_detail import (
    EDGE,
    LABEL_FROM,
    LEAST_PX,
    LINE_HEIGHT,
    OVERVIEW_PX,
    PICTURES_FROM,
    ROWS_FROM,
    USUAL,
    abbreviate,
    card_detail,
    label_px,
    least_text_px,
)
from visualnet.analysis.geometry.card_size import HEIGHT, STRIP

SCALES = [ROWS_FROM + step * 0.01 for step in range(200)]


def width(text: str) -> float:
    """Every letter 10 wide."""
    return 10.0 * len(text)


@pytest.mark.parametrize("picture", [False, True])
def test_no_text_is_below_the_least_size_and_all_rows_fit(picture: bool) -> None:
    height = HEIGHT + (STRIP if picture else 0)
    for scale in SCALES:
        detail = card_detail(scale, height, picture)
        assert min(detail.name, detail.text, detail.weights) * scale >= LEAST_PX - 1e-6
        if detail.weights > USUAL.weights:
            rows = LINE_HEIGHT * (detail.name + detail.text * (2 if detail.parameters else 1))
            assert rows + detail.picture + 2 * EDGE <= height + 0.01, scale


def test_it_gives_up_the_picture_then_the_parameters_and_keeps_name_and_shape() -> None:
    assert card_detail(1.0, HEIGHT + STRIP, True) == USUAL
    shown = [card_detail(scale, HEIGHT + STRIP, True) for scale in SCALES]
    heights = [detail.picture for detail in shown]
    assert heights == sorted(heights), "the picture shrinks and never comes back"
    assert heights[0] == 0.0, "at last it goes"
    assert all(detail.parameters for detail in shown if detail.picture), "the picture goes first"
    low = card_detail(ROWS_FROM)
    assert not low.parameters and not low.counted
    assert LINE_HEIGHT * (low.name + low.text) + 2 * EDGE <= HEIGHT, "name and shape have room to the last"


def test_from_where_on_a_picture_has_room() -> None:
    high = HEIGHT + STRIP
    assert card_detail(PICTURES_FROM, high, True).picture > 0 == card_detail(PICTURES_FROM - 0.005, high, True).picture


def test_from_afar_all_blocks_are_labelled_in_one_size() -> None:
    sizes = [label_px(LABEL_FROM + step * 0.01) for step in range(31)]
    assert sizes == sorted(sizes) and sizes[0] == OVERVIEW_PX
    assert label_px(0.3) >= LEAST_PX - 1e-6
    assert least_text_px(0.5) >= LEAST_PX - 1e-6
    assert least_text_px(0.2) >= OVERVIEW_PX
    assert least_text_px(0.1) == 0.0


def test_a_short_name_keeps_the_number_at_its_end() -> None:
    assert abbreviate("conv12", 60, width) == "conv12"
    assert abbreviate("stage_relu12", 80, width) == "stage…12"
    assert abbreviate("conv12", 40, width) == "co12"
    assert abbreviate("dropout", 50, width) == "drop…"
    assert abbreviate("conv12", 10, width) == ""
