"""What is seen of data before training: contents of samples, figures, copies and their repairs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.data.pictures_source import KIND
from visualnet.core import edits
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, Project
from visualnet.core.storage import project_file
from visualnet.data.declare import DATASETS, DataSet
from visualnet.data.division.registry import divide
from visualnet.data.examination.copies import across_parts, find_copies, keep_together, leave_out
from visualnet.data.examination.measure import describe_column, measure_data
from visualnet.data.examination.sample_content import SampleContent, column_titles, read_contents, thin_curves
from visualnet.data.inspect_source import choose
from visualnet.data.loading import open_samples
from visualnet.data.samples import ArraySamples
from visualnet.layers.declaration.layer import Column, Spec


class Typed(DataSet):
    """A data set that holds what it is given."""

    name, title, inputs = "typed", "Typed", ("series",)

    def __init__(self, specs: dict[str, Spec], inputs: tuple[str, ...], classes: tuple[str, ...] = ()) -> None:
        self._specs, self.inputs, self._classes = specs, inputs, classes  # type: ignore[misc]

    def fields(self) -> dict[str, Spec]:
        return dict(self._specs)

    def class_names(self) -> tuple[str, ...]:
        return self._classes


def test_the_face_of_a_picture_keeps_its_size_and_shows_mask_and_boxes() -> None:
    specs = {
        "image": Spec((3, 8, 4), ("C", "H", "W"), "float"),
        "mask": Spec((8, 4), ("H", "W"), "int", classes=2),
        "boxes": Spec((2, 4), ("N", "4"), "float"),
        "box_labels": Spec((2,), ("N",), "int", classes=2),
    }
    image = np.zeros((1, 3, 8, 4), np.float32)
    image[0, 0, :4] = 1.0
    mask = np.zeros((1, 8, 4), np.int64)
    mask[0, 4:] = 1
    boxes = np.array([[[1, 2, 3, 6], [0, 0, 0, 0]]], np.float32)
    samples = ArraySamples({"image": image, "mask": mask, "boxes": boxes, "box_labels": np.array([[1, -100]])})
    (content,) = read_contents(Typed(specs, ("image",)), samples, DataChoice(), [0], most_px=4)
    assert isinstance(content, SampleContent) and content.kind == "image" and content.size == (8, 4)
    assert content.pixels is not None and content.pixels.shape == (4, 2, 3)
    assert content.pixels[0, 0].tolist() == [255, 0, 0] and content.pixels[3, 0].tolist() == [0, 0, 0]
    assert content.mask is not None and content.mask[:, 0].tolist() == [0, 0, 1, 1]
    assert content.boxes == ((0.25, 0.25, 0.75, 0.75, 1),), "what only pads is no box"


def test_texts_are_words_sounds_and_series_curves_and_rows_have_their_titles() -> None:
    words = np.array([[ord(c) for c in "Grüße"]])
    (text,) = read_contents(
        Typed({"text": Spec((0,), ("T",), "int")}, ("text",)), ArraySamples({"text": words}), DataChoice(), [0]
    )
    assert isinstance(text, SampleContent) and (text.kind, text.words) == ("text", "Grüße")
    for name, words in (("opinions", "the"), ("masked_words", "is"), ("letters", "the")):
        source, samples = open_samples(DataChoice(name=name))
        contents = [
            content
            for content in read_contents(source, samples, DataChoice(name=name), list(range(20)))
            if isinstance(content, SampleContent)
        ]
        assert len(contents) == 20 and any(f" {words} " in f" {content.words} " for content in contents), name
    source, samples = open_samples(DataChoice(name="waves"))
    (tones,) = read_contents(source, samples, DataChoice(name="waves"), [0])
    assert isinstance(tones, SampleContent) and tones.kind == "curves", "a sound in levels is a curve as well"
    wave = np.zeros((1, 1, 50_000), np.float32)
    wave[0, 0, 31_234] = 0.9
    (sound,) = read_contents(
        Typed({"sound": Spec((1, 0), ("C", "T"), "float")}, ("sound",)),
        ArraySamples({"sound": wave}),
        DataChoice(),
        [0],
    )
    assert isinstance(sound, SampleContent) and sound.curves is not None
    assert sound.curves.shape == (1, 600) and sound.curves.max() == np.float32(0.9), "the one peak is not lost"
    row = ArraySamples({"features": np.array([[41.0, np.nan]], np.float32), "label": np.array([1])})
    titles = (Column("age"), Column("height"))
    specs = {"features": Spec((2,), ("D",), "float", columns=titles), "label": Spec((), (), "int", classes=2)}
    (shown,) = read_contents(Typed(specs, ("features",), ("no", "yes")), row, DataChoice(), [0])
    assert (
        isinstance(shown, SampleContent)
        and shown.row == (("age", "41"), ("height", "missing"))
        and shown.label == "yes"
    )
    assert column_titles(specs["features"], 3) == ("column 1", "column 2", "column 3"), (
        "titles of other data are not taken"
    )
    assert thin_curves(np.zeros((2, 5))).shape == (2, 5)


@pytest.mark.few(4)
@pytest.mark.parametrize("name", list(DATASETS))
def test_every_shipped_data_set_shows_its_samples_and_is_measured(name: str) -> None:
    choice = DataChoice(name=name)
    source, samples = open_samples(choice)
    contents = read_contents(source, samples, choice, [0, samples.size - 1], most_px=64)
    assert all(isinstance(content, SampleContent) for content in contents)
    parts = divide(samples, choice)
    figures = measure_data(source, samples, parts)
    assert sum(each.total for each in figures.classes) in (0, samples.size)
    assert figures.looked_at == min(len(parts[0]), 2000)
    assert all(c.low <= c.mean <= c.high and sum(c.counts) == c.number for c in figures.columns)


def test_figures_leave_out_what_is_missing_and_count_classes_by_part(pictures: Path) -> None:
    found = describe_column("age", np.array([1.0, np.nan, 3.0, np.inf]))
    assert (found.number, found.missing, found.mean, found.low, found.high) == (2, 2, 2.0, 1.0, 3.0)
    choice, _ = choose(KIND, pictures, {})
    source, samples = open_samples(choice)
    (pictures / "cat" / "004.png").write_bytes(b"no picture")
    parts = divide(samples, choice)
    figures = measure_data(source, samples, parts)
    assert [(c.name, c.counts) for c in figures.classes] == [("cat", (24, 6, 0)), ("dog", (16, 4, 0))]
    assert [c.title for c in figures.columns] == ["image, red", "image, green", "image, blue"]
    broken = ("cat/004.png cannot be read",) if 4 in parts[0] else ()
    assert figures.unreadable == broken and figures.looked_at == 40 - len(broken)
    contents = read_contents(source, samples, choice, [3, 4, 5])
    assert [isinstance(content, SampleContent) for content in contents] == [True, False, True] and "004.png" in str(
        contents[1]
    )


def test_copies_are_found_by_content_and_pictures_also_where_they_are_nearly_the_same(pictures: Path) -> None:
    shutil.copy(pictures / "cat" / "001.png", pictures / "dog" / "copy.png")
    with Image.open(pictures / "cat" / "002.png") as picture:
        photo = picture.resize((90, 60), Image.Resampling.BICUBIC)
    photo.save(pictures / "cat" / "photo.png")
    photo.resize((60, 40), Image.Resampling.LANCZOS).quantize(64).convert("RGB").save(pictures / "cat" / "smaller.png")
    choice, _ = choose(KIND, pictures, {})
    source, samples = open_samples(choice)
    groups = {tuple(samples.describe(s) for s in g.samples): g.exact for g in find_copies(source, samples)}
    assert groups == {("cat/001.png", "dog/copy.png"): True, ("cat/photo.png", "cat/smaller.png"): False}


def test_a_flat_picture_is_a_copy_only_of_the_very_same(tmp_path: Path, pictures_source: str) -> None:
    folder = tmp_path / "flat"
    (folder / "a").mkdir(parents=True)
    for shade in (10, 11, 200):
        Image.new("RGB", (9, 9), (shade, shade, shade)).save(folder / "a" / f"{shade}.png")
    choice, _ = choose(KIND, folder, {})
    assert find_copies(*open_samples(choice)) == ()


def test_copies_in_two_parts_are_brought_into_one_or_left_out(pictures: Path) -> None:
    for at in range(12):
        shutil.copy(pictures / "cat" / f"{at:03}.png", pictures / "cat" / f"{at:03}-again.png")
    choice, _ = choose(KIND, pictures, {})
    source, samples = open_samples(choice)
    groups = find_copies(source, samples)
    assert len(groups) == 12
    parts = divide(samples, choice)
    across = across_parts(groups, parts)
    assert across, "some are in training and validation"

    project = edits.choose_data(Project(), choice)
    together = edits.set_data(project, facts=keep_together(choice, groups))
    together = project_file.loads(project_file.dumps(together)) if hasattr(project_file, "dumps") else together
    kept = divide(samples, together.data)
    assert across_parts(groups, kept) == ()
    assert sorted(np.concatenate(kept).tolist()) == list(range(samples.size)), "every sample is still in one part"

    without = divide(samples, edits.set_data(project, facts=leave_out(choice, groups)).data)
    left = np.concatenate(without)
    assert len(left) == samples.size - 12 and all(np.isin(g.samples, left).sum() == 1 for g in groups)
    odd = DataChoice(facts=DataFacts(extra={"together": 7, "left_out": "x"}))
    assert [p.tolist() for p in divide(samples, odd)] == [p.tolist() for p in divide(samples, choice)]


def test_choosing_data_keeps_what_is_said_of_any_data_and_drops_what_was_said_of_the_old() -> None:
    old = Project(data=DataChoice(split=(0.6, 0.2, 0.2), seed=5, normalise=False, division_options={"column": "site"}))
    facts = DataFacts(size=3, fields={"x": FieldFacts(shape=(2,), axes=("D",))})
    new = edits.choose_data(old, DataChoice(name="digits", facts=facts)).data
    assert (new.name, new.split, new.seed, new.normalise) == ("digits", (0.6, 0.2, 0.2), 5, False)
    assert new.division_options == {} and new.facts == facts
