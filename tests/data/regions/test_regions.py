"""Regions of scenes: boxes that are reckoned with, proposed, kept, cut out and drawn for training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualnet.core.storage.paths import data_dir
from visualnet.data.generators.scenes import MOST_THINGS, make_scenes
from visualnet.data.regions import kept_proposals
from visualnet.data.regions.box_geometry import apply_refinement, box_overlaps, encode_refinement, suppress
from visualnet.data.regions.crops import RegionCropper, crop_boxes
from visualnet.data.regions.grouping import Measures, bin_pixels, describe, group
from visualnet.data.regions.kept_proposals import find_proposals
from visualnet.data.regions.region_samples import RegionArrays, RegionSamples, Scene, draw_regions, find_regions
from visualnet.data.regions.selective_search import LARGEST_SIDE, SelectiveSearch, propose_boxes
from visualnet.data.samples import ArraySamples, BrokenSample

SIDE = 40
SEEDS = st.integers(0, 10_000)


def some_boxes(seed: int, count: int, side: int = SIDE) -> np.ndarray:
    """Boxes with whole corners and an area, within a picture."""
    rng = np.random.default_rng(seed)
    low = rng.integers(0, side - 4, (count, 2))
    high = np.minimum(low + rng.integers(2, side, (count, 2)), side)
    return np.concatenate([low, high], 1).astype(np.float32)


@given(SEEDS)
def test_what_leads_to_the_true_box_leads_there(seed: int) -> None:
    proposals, truth = some_boxes(seed, 12), some_boxes(seed + 1, 12)
    moved = apply_refinement(proposals, encode_refinement(proposals, truth), SIDE, SIDE)
    assert np.allclose(moved, truth, atol=1e-3)
    assert np.array_equal(apply_refinement(proposals, np.zeros((12, 4)), SIDE, SIDE), proposals)


@given(SEEDS)
def test_overlaps_are_those_of_counted_pixels(seed: int) -> None:
    a, b = some_boxes(seed, 3), some_boxes(seed + 1, 4)
    rows, columns = np.indices((SIDE, SIDE))
    inside = [
        [(columns >= x0) & (columns < x1) & (rows >= y0) & (rows < y1) for x0, y0, x1, y1 in boxes] for boxes in (a, b)
    ]
    counted = [[(p & q).sum() / (p | q).sum() for q in inside[1]] for p in inside[0]]
    assert np.allclose(box_overlaps(a, b), counted)


@given(SEEDS, st.floats(0.05, 0.95))
def test_a_box_is_left_out_where_a_surer_one_that_stays_covers_it_and_only_there(seed: int, overlap: float) -> None:
    boxes = some_boxes(seed, 15)
    scores = np.random.default_rng(seed).random(15)
    kept = suppress(boxes, scores, overlap)
    assert (np.diff(scores[kept]) <= 0).all()
    shared = box_overlaps(boxes, boxes)
    for at in range(15):
        covering = [k for k in kept if k != at and scores[k] >= scores[at] and shared[at, k] > overlap]
        assert (at in kept) == (not covering)


def test_nothing_is_suppressed_of_nothing() -> None:
    assert suppress(np.zeros((0, 4)), np.zeros(0), 0.3).shape == (0,)


def test_wild_steps_of_an_untrained_network_stay_numbers_within_the_picture() -> None:
    steps = np.array([[1e9, -1e9, 1e9, -1e9], [np.nan, np.inf, np.inf, -np.inf]], np.float32)
    moved = apply_refinement(some_boxes(0, 2), steps, SIDE, SIDE)
    assert np.isfinite(moved).all() and moved.min() >= 0 and moved.max() <= SIDE


# --- proposals --------------------------------------------------------------------------------------------------------


def two_things() -> np.ndarray:
    """A ground with a bright and a dark rectangle."""
    image = np.full((3, 60, 80), 0.5, np.float32)
    image[:, 10:30, 12:40] = 0.95
    image[:, 35:55, 50:70] = 0.05
    return image


def test_things_that_stand_out_are_proposed() -> None:
    boxes = propose_boxes(two_things(), SelectiveSearch())
    truth = np.array([[12, 10, 40, 30], [50, 35, 70, 55], [0, 0, 80, 60]], np.float32)
    assert (box_overlaps(truth, boxes).max(1) > 0.85).all()
    assert np.array_equal(boxes, propose_boxes(two_things(), SelectiveSearch())), "the same picture, the same boxes"
    assert len(np.unique(boxes, axis=0)) == len(boxes)
    assert len(propose_boxes(two_things(), SelectiveSearch(most=2))) == 2


@pytest.mark.parametrize("shape", [(1, 5, 7), (3, 30, 9), (1, 1, 1), (3, 30, LARGEST_SIDE + 100)])
def test_a_picture_of_one_shade_gives_all_of_it(shape: tuple[int, int, int]) -> None:
    boxes = propose_boxes(np.full(shape, 0.3, np.float32), SelectiveSearch())
    assert boxes.tolist() == [[0, 0, shape[2], shape[1]]]


@pytest.mark.parametrize(
    ("image", "words"), [(np.zeros((3, 0, 5)), "no pixels"), (np.full((1, 9, 9), np.nan), "no numbers")]
)
def test_no_picture_is_refused_in_words(image: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        propose_boxes(image, SelectiveSearch())


@given(SEEDS)
def test_segments_grow_together_until_one_is_left(seed: int) -> None:
    """A tree: n segments are joined n − 1 times, each box contains those that it was made of, the first is all of the picture."""
    rng = np.random.default_rng(seed)
    segments = np.repeat(np.repeat(np.arange(12).reshape(3, 4), 5, 0), 6, 1)
    boxes = group(describe(segments, bin_pixels(rng.random((15, 24, 3)))), Measures(texture=bool(seed % 2)))
    assert len(boxes) == 2 * 12 - 1
    assert boxes[0] == (0, 0, 24, 15)
    singles = {(6 * x, 5 * y, 6 * x + 6, 5 * y + 5) for x in range(4) for y in range(3)}
    assert set(boxes[-12:]) == singles


def test_what_was_searched_is_kept_and_a_broken_file_is_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    image, search = two_things(), SelectiveSearch()
    found = find_proposals(image, search)
    (path,) = (data_dir() / kept_proposals.FOLDER).iterdir()
    monkeypatch.setattr(kept_proposals, "propose_boxes", lambda *_: pytest.fail("it is searched again"))
    assert np.array_equal(find_proposals(image, search), found)
    monkeypatch.undo()
    for broken in (b"", b"123", np.full((2, 4), np.nan, "<f4").tobytes(), np.zeros((2, 4), "<f4").tobytes()):
        path.write_bytes(broken)
        assert np.array_equal(find_proposals(image, search), found)
        assert path.stat().st_size == found.nbytes
    assert len(find_proposals(image, SelectiveSearch(most=1))) == 1, "other settings, other boxes"


def test_kept_proposals_do_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept_proposals, "MOST_FILES", 10)
    for number in range(12):
        kept_proposals._keep(tmp_path / "proposals" / f"00{number}.boxes", some_boxes(number, 2))
    assert 1 <= len(list((tmp_path / "proposals").iterdir())) <= 10


def test_a_full_disk_keeps_nothing_and_finds_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_proposals, "ReplacementFile", full)
    assert len(find_proposals(two_things(), SelectiveSearch())) > 2


# --- crops ------------------------------------------------------------------------------------------------------------


def test_a_crop_shows_its_box_with_a_little_around() -> None:
    ramp = np.linspace(0, 1, 60, dtype=np.float32)
    image = np.stack([np.broadcast_to(ramp, (50, 60)), np.full((50, 60), 0.25, np.float32)])
    (crop,) = crop_boxes(image, np.array([[12, 10, 36, 34]], np.float32), 28)
    around = 2  # 16 of 227 px of a side of 28
    places = 12 + (np.arange(28) + 0.5 - around) * 24 / (28 - 2 * around)
    assert np.allclose(crop[0], np.broadcast_to((places - 0.5) / 59, (28, 28)), atol=1e-3)
    assert np.allclose(crop[1], 0.25)
    whole = crop_boxes(image, np.array([[0, 0, 60, 50]], np.float32), 28)
    assert np.isfinite(whole).all() and np.allclose(whole[0, 0, :, :2], 0, atol=0.02), "the edge goes on"


# --- regions ----------------------------------------------------------------------------------------------------------


@given(SEEDS, st.integers(0, 3), st.integers(0, 20), st.integers(4, 40))
def test_regions_are_what_their_true_boxes_say(seed: int, things: int, proposed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    truth, proposals = some_boxes(seed, things), some_boxes(seed + 7, proposed + (not things))
    scene = Scene(np.zeros((1, SIDE, SIDE)), truth, rng.integers(0, 5, things))
    found = draw_regions(scene, proposals, count, rng)
    assert all(len(values) == count for values in found)
    shared = box_overlaps(found.boxes, truth) if things else np.zeros((count, 1))
    assert np.array_equal(found.is_object, shared.max(1) >= 0.5)
    assert np.array_equal(found.labels > 0, found.is_object > 0)
    moved = apply_refinement(found.boxes, found.refinement, SIDE, SIDE)
    for at in np.flatnonzero(found.is_object):
        assert np.allclose(moved[at], truth[shared[at].argmax()], atol=1e-3)
        assert found.labels[at] == scene.labels[shared[at].argmax()] + 1
    assert not found.refinement[found.is_object == 0].any()


def scene_samples(n: int = 5) -> ArraySamples:
    return ArraySamples(make_scenes(n, 64, 1.0, 3))


def test_samples_are_the_regions_of_their_scenes() -> None:
    view = RegionSamples(scene_samples(), 8, RegionCropper(3, 16))
    arrays = RegionArrays(view)
    assert arrays.size == view.size == 40
    fields = ("image", "label", "refinement", "is_object")
    index = np.array([39, 0, 17, 0])
    fetched = view.fetch(index, fields)
    for name in fields:
        assert np.array_equal(fetched[name], arrays.fetch(index, (name,))[name]), name
    assert view.column("picture").tolist() == np.repeat(np.arange(5), 8).tolist()
    assert find_regions(arrays) is view
    assert find_regions(scene_samples()) is None
    at = int(np.flatnonzero(arrays.arrays["is_object"])[0])
    region = view.cutter.crops(view.scene(at // 8).image, view.region_box(at)[None])[0]
    assert np.array_equal(region, arrays.arrays["image"][at])


def test_a_scene_that_is_no_picture_names_its_region() -> None:
    scenes = make_scenes(3, 64, 1.0, 3)
    scenes["image"][1] = np.nan
    view = RegionSamples(ArraySamples(scenes), 8, RegionCropper(3, 16))
    view.fetch(np.arange(8), ("label",))
    with pytest.raises(BrokenSample, match="scene 1: the image holds values that are no numbers") as error:
        view.fetch(np.array([9]), ("label",))
    assert error.value.sample == 9


@given(st.integers(0, 50))
def test_scenes_hold_what_their_boxes_say(seed: int) -> None:
    made = make_scenes(2, 80, 1.0, seed)
    again = make_scenes(2, 80, 1.0, seed)
    assert all(np.array_equal(made[name], again[name]) for name in made)
    for boxes, labels in zip(made["boxes"], made["box_labels"], strict=True):
        there = labels >= 0
        assert 1 <= there.sum() <= MOST_THINGS and not boxes[~there].any()
        mine = boxes[there]
        assert (mine[:, 2:] - mine[:, :2] >= 3).all() and mine.min() >= 0 and mine.max() <= 80
        assert (box_overlaps(mine, mine) - np.eye(len(mine)) < 1e-9).all(), "no thing covers another"
    assert made["image"].min() >= 0 and made["image"].max() <= 1
