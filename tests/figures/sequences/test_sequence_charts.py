"""Charts of sequences and embeddings: what stands where, and what is left out where there is no room."""

from __future__ import annotations

import numpy as np
import pytest

from visualnet.figures.charts.marks import Dots, HitRegion, Label, Pixels, Stroke
from visualnet.figures.sequences.align_components import align_signs
from visualnet.figures.sequences.embedding_map import EmbeddingMap
from visualnet.figures.sequences.heat_map import HeatMaps, Panel
from visualnet.figures.sequences.word_lines import FAINT, LINE, MOST_LINES, TOP, WordLines


def weights(heads: int, queries: int, sources: int) -> np.ndarray:
    raw = np.exp(np.random.default_rng(0).normal(size=(heads, queries, sources)) * 2)
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


def test_lines_are_the_strongest_and_go_from_word_to_word() -> None:
    chart = WordLines(weights(2, 5, 7), numbers(5), numbers(7))
    lines = chart.lines(400)
    expected = {(h, q, s) for h, q, s in np.ndindex(2, 5, 7) if chart.weights[h, q, s] >= FAINT}
    assert {line[:3] for line in lines} == expected
    assert [line[3] for line in lines] == sorted(line[3] for line in lines), "the strongest is drawn last"
    drawing = chart.lay_out(500, 400)
    strokes = [mark for mark in drawing.marks if isinstance(mark, Stroke)]
    head, query, source, weight = lines[-1]
    last = strokes[len(lines) - 1]
    assert last.colour == f"curve:{head}" and last.alpha == pytest.approx(weight**0.5)
    left, right = chart.columns(500)
    assert last.points == ((left, TOP + (query + 0.5) * LINE), (right, TOP + (source + 0.5) * LINE))

    scrolled = WordLines(weights(2, 60, 60), numbers(60), numbers(60), query=20, first=20).lay_out(500, 200)
    begun = [mark for mark in scrolled.marks if isinstance(mark, Stroke)]
    assert len(begun) > 10
    ends = [y for mark in begun for _, y in mark.points]
    assert min(ends) >= TOP - 2 and max(ends) <= 200, "lines to words out of sight are cut, and lead there"
    assert {round(mark.points[0][1]) for mark in begun} == {round(TOP + 0.5 * LINE)}

    many = WordLines(weights(12, 300, 300), numbers(300), numbers(300))
    found = many.lines(2000)
    assert len(found) == MOST_LINES
    seen = many.weights[:, : many.visible(2000)]
    assert min(line[3] for line in found) == pytest.approx(np.sort(seen.ravel())[-MOST_LINES])


def test_lines_of_one_word_from_either_side_and_of_some_heads() -> None:
    base = weights(3, 40, 40)
    asked = WordLines(base, numbers(40), numbers(40), frozenset({1}), query=30)
    assert {line[:2] for line in asked.lines(300)} == {(1, 30)}
    heard = WordLines(base, numbers(40), numbers(40), source=7)
    assert {line[2] for line in heard.lines(300)} == {7}
    assert {line[1] for line in heard.lines(300)} == {
        int(q) for q in np.flatnonzero((base[:, :, 7] >= FAINT).any(0))
    }, "words out of sight too"
    broken = base.copy()
    broken[0, 0, 0] = np.nan
    assert all(line[:3] != (0, 0, 0) for line in WordLines(broken, numbers(40), numbers(40)).lines(300))


def test_heat_maps_keep_extremes_where_cells_are_smaller_than_pixels() -> None:
    values = np.zeros((3000, 2000), np.float32)
    values[1234, 777] = -5
    chart = HeatMaps((Panel("", values, -5, 5, True),), "unit", "step")
    drawing = chart.lay_out(400, 300)
    pixels = next(mark for mark in drawing.marks if isinstance(mark, Pixels))
    assert max(pixels.values.shape) < 800
    assert (pixels.values == 0).sum() == 1, "the one great value is one pixel"
    assert len(drawing.regions) == 2000
    assert "-5 to 0" in drawing.regions[777].words.replace("−", "-")


def test_maps_that_would_be_flat_stand_beside_each_other_under_their_words() -> None:
    words = ("the", "acting", "was", "good")
    panels = tuple(Panel(f"gate {at}", np.full((6, 4), at / 6), 0, 1) for at in range(6))
    chart = HeatMaps(panels, "unit", "step", column_names=words)
    high = [mark for mark in chart.lay_out(700, 900).marks if isinstance(mark, Pixels)][:6]
    assert len({mark.x for mark in high}) == 1
    low = chart.lay_out(700, 300)
    flat = [mark for mark in low.marks if isinstance(mark, Pixels)][:6]
    assert len({mark.x for mark in flat}) > 1
    small = [mark for mark in chart.lay_out(290, 140).marks if isinstance(mark, Pixels)][:6]
    assert min(mark.height for mark in small) > 15, "in a narrow panel too"
    named = [mark for mark in low.marks if isinstance(mark, Label) and mark.text == "acting"]
    assert len(named) == len({mark.x for mark in flat}), "each column of maps has its words"
    assert chart.describe(panels[2], 5, 1) == "gate 2, unit 5, step 1 “acting”: 0.3333"
    region = low.regions[0]
    assert isinstance(region, HitRegion) and region.words.startswith("gate 0, unit 0, step 0 “the”")


def test_points_stand_by_class_and_outside_the_window_are_left_out() -> None:
    points = np.array([[0.0, 0], [1, 1], [2, 2], [3, 3]])
    chart = EmbeddingMap(points, np.array([0, 9, 0, 9]), tuple("abcdefghij"), (), np.array([5, 6, 7, 8]), "x", "y")
    drawing = chart.lay_out(600, 400)
    dots = [mark for mark in drawing.marks if isinstance(mark, Dots)]
    assert [len(mark.points) for mark in dots[:3]] == [2, 2, 2]
    assert dots[0].colour == "curve:0" and dots[1].colour == "curve:9" and dots[2].colour == "surface", "a ring"
    assert [region.samples for region in drawing.regions] == [(5,), (6,), (7,), (8,)]
    near = chart.seen(((0.5, 2.5), (0.5, 2.5)))
    assert [region.samples for region in near.lay_out(600, 400).regions] == [(6,), (7,)]
    assert list(near.rows())[1:] == [
        (5, 0.0, 0.0, "a", ""),
        (6, 1.0, 1.0, "j", ""),
        (7, 2.0, 2.0, "a", ""),
        (8, 3.0, 3.0, "j", ""),
    ]


def test_names_of_classes_that_lie_on_each_other_are_not_written_over_each_other() -> None:
    points = np.array([[0.0, 0], [0, 0.01], [4, 4]])
    chart = EmbeddingMap(points, np.array([0, 1, 2]), ("unfriendly", "friendly", "far"))
    bold = [mark.text for mark in chart.lay_out(600, 400).marks if isinstance(mark, Label) and mark.bold]
    assert set(bold) == {"unfriendly", "far"}
    for width in (600, 300):
        plain = [mark.text for mark in chart.lay_out(width, 250).marks if isinstance(mark, Label) and not mark.bold]
        assert {"unfriendly", "friendly", "far"} <= set(plain), "the colours are told in narrow panels too"
    assert "…" in [mark.text for mark in chart.lay_out(180, 250).marks if isinstance(mark, Label)]


def test_names_of_words_do_not_cover_each_other() -> None:
    points = np.stack([np.linspace(0, 0.001, 50), np.zeros(50)], 1)
    points[-1] = 5, 5
    chart = EmbeddingMap(points, None, (), tuple(f"word{at}\nmore" for at in range(50)), named=True)
    names = [mark.text for mark in chart.lay_out(600, 400).marks if isinstance(mark, Label) and "word" in mark.text]
    assert names == ["word0"] or names == ["word0", "word49"]
    assert chart.describe(3) == "word3\nmore"


def test_components_are_mirrored_back() -> None:
    points = np.random.default_rng(0).normal(size=(9, 2))
    assert np.array_equal(align_signs(points * [1, -1], points), points)
    assert align_signs(points, None) is points
