"""What each step of preparation does, on samples small enough to be seen through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from visualnet.core.project import DataChoice, PreparationStep
from visualnet.data.declare import DATASETS
from visualnet.data.loading import load
from visualnet.data.preparation.prepared import prepare
from visualnet.data.preparation.registry import make_steps, prepared_specs
from visualnet.data.registry import fields
from visualnet.data.samples import ArraySamples
from visualnet.layers.declaration.layer import Column, Spec

NAN = float("nan")


def run(specs: dict[str, Spec], values: dict[str, Any], *steps: PreparationStep, train: Any = None) -> dict[str, Any]:
    """All samples behind the steps."""
    raw = ArraySamples({name: np.array(value) for name, value in values.items()})
    index = np.arange(raw.size)
    made = prepare(raw, specs, make_steps(steps), index if train is None else np.array(train))
    return dict(made.fetch(index, tuple(prepared_specs(specs, make_steps(steps)))))


def step(kind: str, **options: Any) -> PreparationStep:
    return PreparationStep(kind=kind, options=options)


def test_boxes_and_masks_follow_their_image() -> None:
    image = np.zeros((1, 1, 20, 40), np.float32)
    image[0, 0, 5:15, 10:20] = 1
    mask = (image[:, 0] > 0).astype(np.int64)
    boxes = np.array([[[10, 5, 20, 15], [30, 0, 40, 20], [0, 0, 0, 0]]], np.float32)
    labels = np.array([[2, 1, -100]])
    specs = {
        "image": Spec((1, 20, 40), ("C", "H", "W")),
        "mask": Spec((20, 40), ("H", "W"), "int"),
        "boxes": Spec((3, 4), ("N", "")),
        "box_labels": Spec((3,), ("N",), "int"),
    }
    values = {"image": image, "mask": mask, "boxes": boxes, "box_labels": labels}
    for fit, first, second in (
        ("stretch", [2.5, 2.5, 5, 7.5], [7.5, 0, 10, 10]),
        ("crop", [0, 2.5, 5, 7.5], None),
        ("pad", [2.5, 3.25, 5, 5.75], [7.5, 2, 10, 7]),
    ):
        found = run(specs, values, step("resize", height=10, width=10, fit=fit))
        assert found["image"].shape == (1, 1, 10, 10)
        assert np.allclose(found["boxes"][0, 0], first, atol=0.5), fit
        if second is None:
            assert found["box_labels"][0].tolist() == [2, -100, -100], "what was cut off is no box any more"
        else:
            assert np.allclose(found["boxes"][0, 1], second, atol=0.5), fit
            assert found["box_labels"][0].tolist() == [2, 1, -100]
        left, top, right, bottom = found["boxes"][0, 0]
        inside = found["mask"][0, round(top + 0.3) : round(bottom - 0.3), round(left + 0.3) : round(right - 0.3)]
        assert inside.size
        assert (inside == 1).all(), "the mask lies where the box lies"
        assert set(np.unique(found["mask"])) == {0, 1}
    cut = run(specs, values, step("crop", height=10, width=10, top=5, left=10))
    assert (cut["image"] == 1).all()
    assert (cut["mask"] == 1).all()
    assert cut["boxes"][0, 0].tolist() == [0, 0, 10, 10]
    padded = run(specs, values, step("pad", height=24, width=44, value=0.5))
    assert padded["image"][0, 0, 0, 0] == 0.5
    assert padded["boxes"][0, 0].tolist() == [12, 7, 22, 17]


def test_making_smaller_weighs_all_pixels() -> None:
    stripes = np.tile(np.array([0.0, 1.0], np.float32), (1, 1, 32, 16))
    found = run({"image": Spec((1, 32, 32), ("C", "H", "W"))}, {"image": stripes}, step("resize", height=8, width=8))
    assert np.allclose(found["image"], 0.5, atol=0.05), "a pixel alone would be 0 or 1"


def test_missing_values_are_filled_by_the_training_part_and_categories_become_columns() -> None:
    columns = (Column("age", missing=True), Column("colour", 3, missing=True))
    specs = {"features": Spec((2,), ("D",), columns=columns)}
    rows = np.array([[1, 0], [3, 0], [NAN, 1], [1000, 2], [NAN, NAN]], np.float32)
    filled = run(specs, {"features": rows}, step("fill_missing", indicator=True), train=[0, 1, 2])["features"]
    assert filled.tolist() == [[1, 0, 0, 0], [3, 0, 0, 0], [2, 1, 1, 0], [1000, 2, 0, 0], [2, 0, 1, 1]]
    steps = (step("fill_missing", numbers="constant", value=-1.0, categories="leave"), step("one_hot"))
    hot = run(specs, {"features": rows}, *steps, train=[0, 1, 2])["features"]
    assert hot.tolist() == [[1, 1, 0, 0], [3, 1, 0, 0], [-1, 0, 1, 0], [1000, 0, 0, 0], [-1, 0, 0, 0]], (
        "the training part has no third category, so nothing is learned of it"
    )
    behind = prepared_specs(specs, make_steps(steps))["features"]
    assert [column.name for column in behind.columns] == ["age", "colour 1", "colour 2", "colour 3"]
    coded = run(specs, {"features": rows}, step("ordinal"), step("fill_missing"), train=[0, 1, 2])["features"]
    assert coded[:, 1].tolist() == [0, 0, 1, 2, -1]
    scaled = run(
        specs, {"features": rows}, step("fill_missing", numbers="median"), step("standardise"), train=[0, 1, 2]
    )
    assert np.allclose(scaled["features"][:3, 0].mean(), 0, atol=1e-6)
    assert np.allclose(scaled["features"][:3, 0].std(), 1, atol=1e-6)
    assert scaled["features"][:, 1].tolist() == [0, 0, 1, 2, 0], "categories are no amounts"
    clipped = run(
        {"features": Spec((1,), ("D",))}, {"features": np.arange(101, dtype=np.float32)[:, None]}, step("clip_outliers")
    )
    assert (clipped["features"].min(), clipped["features"].max()) == (1, 99)
    with pytest.raises(ValueError, match=r"“id” has 30,000 categories.*leave it out, or give each category one number"):
        prepared_specs({"features": Spec((1,), ("D",), columns=(Column("id", 30_000),))}, make_steps([step("one_hot")]))


def test_texts_become_numbers_of_a_vocabulary_of_the_training_part() -> None:
    from visualnet.data.tokens import Vocabulary, to_codes

    class Texts(ArraySamples):
        def fetch(self, index: Any, names: Any) -> Any:
            return {"text": [texts[at] for at in index]}

    texts = [to_codes(text) for text in ("a cat, a mat", "a dog", "zebra cat")]
    specs = {"text": Spec((0,), ("T",), "int")}
    steps = make_steps([step("tokenise", length=4, next=True)])
    made = prepare(Texts({"at": np.arange(3)}), specs, steps, np.array([0, 1]))
    found = made.fetch(np.arange(3), ("text", "next"))
    words = Vocabulary.from_json(made.fitted[0])
    assert [words.decode(row) for row in np.asarray(found["text"])] == ["a cat , a", "a dog", "� cat"]
    asked = [row[row != -100] for row in np.asarray(found["next"])]
    assert [words.decode(row) for row in asked] == ["cat , a mat", "dog", "cat"]
    assert np.asarray(found["next"])[1].tolist()[1:] == [-100] * 3  # behind the end of a text nothing is asked
    assert steps[0].spell("text", np.asarray(found["text"])[0], made.fitted[0]) == "a·cat·,·a"
    assert steps[0].spell("next", np.asarray(found["next"])[1], made.fitted[0]) == "dog"
    assert steps[0].spell("label", np.asarray(found["text"])[0], made.fitted[0]) == ""


def test_a_tone_shows_in_the_band_of_its_pitch() -> None:
    from visualnet.data.preparation.arrays.sound_arrays import mel_weights

    time = np.arange(8000) / 16_000
    for pitch in (300, 1000, 4000):
        sound = np.sin(2 * np.pi * pitch * time).astype(np.float32)[None, None]
        specs = {"sound": Spec((1, 8000), ("C", "T"))}
        found = run(specs, {"sound": sound}, step("log_mel", bands=40))["spectrogram"]
        assert found.shape == (1, 1, 40, 1 + (8000 - 400) // 160)
        nearest = mel_weights(16_000, 40, 400)[round(pitch * 400 / 16_000)].argmax()
        assert (found[0, 0].argmax(0) == nearest).all()
    short = run(
        {"sound": Spec((1, 4), ("C", "T"))},
        {"sound": np.ones((2, 1, 4), np.float32)},
        step("cut_sound", seconds=0.006, rate=1000),
    )
    assert short["sound"].tolist() == [[[1, 1, 1, 1, 0, 0]]] * 2


def test_a_project_is_prepared_when_its_data_are_loaded() -> None:
    steps = (step("resize", height=12, width=10), step("rgb"))
    choice = DataChoice(name="digits8x8", preparation=steps)
    assert fields(choice)["image"].shape == (3, 12, 10)
    data = load(choice)
    image = data.fetch(data.train[:5], ("image",))["image"]
    assert image.shape == (5, 3, 12, 10)
    assert data.mean["image"].shape == (1, 3, 1, 1)
    assert data.fingerprint != load(DataChoice(name="digits8x8")).fingerprint
    assert "image" in DATASETS["digits8x8"].inputs
    raw = load(DataChoice(name="digits8x8")).samples
    cut = make_steps([step("crop", height=9, width=9)])
    made = prepare(raw, {"image": Spec((1, 0, 0), ("C", "H", "W"))}, cut, data.train)
    with pytest.raises(ValueError, match=r"sample 2: an image of 8×8 does not hold"):
        made.fetch(np.array([2]), ("image",))


def test_what_cannot_be_read_teaches_nothing_and_stops_nothing() -> None:
    class Broken(ArraySamples):
        def fetch(self, index: Any, names: Any) -> Any:
            if 1 in index:
                raise ValueError("row 1: torn")
            return super().fetch(index, names)

    rows = np.array([[1.0], [50.0], [3.0]], np.float32)
    made = prepare(
        Broken({"features": rows}), {"features": Spec((1,), ("D",))}, make_steps([step("standardise")]), np.arange(3)
    )
    assert made.fitted[0]["centre"] == [2.0]
    with pytest.raises(ValueError, match="row 1: torn"):
        made.fetch(np.array([0, 1]), ("features",))
