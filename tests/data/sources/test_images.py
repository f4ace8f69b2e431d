"""Folders of images: pixels as they are seen, labels from folders, and words for every file that cannot be read."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.contract.source_makers.images import draw, names_with_classes, stems_with_numbers
from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.registry import make_data_set
from visualnet.data.samples import BrokenSample, Samples
from visualnet.data.sources.common import files, first_entries
from visualnet.data.sources.images import survey
from visualnet.data.sources.images.decode import decode_image, read_header
from visualnet.data.sources.images.image_folder import ImageFolder
from visualnet.data.sources.registry import guess_sources
from visualnet.data.sources.source import Finding, SourceScan


def look(folder: Path, **options: str) -> tuple[DataChoice, SourceScan, Samples]:
    """What is found in the folder, and its samples."""
    chosen, found = choose("image_folder", folder, options)
    return chosen, found, make_data_set(chosen).open()


def words_of(found: SourceScan) -> dict[str, str]:
    """The words of the findings by their file."""
    return {finding.file: finding.words for finding in found.findings}


def huge_png(path: Path, width: int, height: int) -> None:
    """A PNG whose header claims so many pixels, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


# --- pixels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_kind_of_colour_is_decoded_to_numbers_from_0_to_1(tmp_path: Path, mode: str, channels: int) -> None:
    path = draw(tmp_path / ("a.tif" if mode == "CMYK" else "a.png"), 1, (4, 3), mode)
    values = decode_image(str(path), channels)
    assert values.shape == (channels, 3, 4) and values.dtype == np.float32
    assert values.min() >= 0 and values.max() <= 1
    with Image.open(path) as image:
        wanted = np.asarray(image.convert("L" if channels == 1 else "RGB"), np.float32) / 255
    assert np.allclose(values[0], wanted if channels == 1 else wanted[..., 0], atol=1e-6)


def test_16_bits_keep_their_steps(tmp_path: Path) -> None:
    deep = np.array([[0, 1, 300], [65535, 40000, 2]], np.uint16)
    for name in ("a.png", "a.tif"):
        Image.fromarray(deep).save(tmp_path / name)
        assert np.array_equal(decode_image(str(tmp_path / name), 1)[0], deep.astype(np.float32) / np.float32(65535))
        assert read_header(str(tmp_path / name)).channels == 1


def test_real_numbers_are_taken_where_they_are_pixels(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0.25, 1.0]], np.float32)).save(tmp_path / "a.tif")
    assert decode_image(str(tmp_path / "a.tif"), 1).tolist() == [[[0.25, 1.0]]]
    Image.fromarray(np.array([[0.25, 7.0]], np.float32)).save(tmp_path / "b.tif")
    with pytest.raises(ValueError, match="not between 0 and 1"):
        decode_image(str(tmp_path / "b.tif"), 1)


def test_transparent_pixels_show_the_background(tmp_path: Path) -> None:
    Image.fromarray(np.array([[[255, 0, 0, 0], [255, 0, 0, 255]]], np.uint8)).save(tmp_path / "a.png")
    path = str(tmp_path / "a.png")
    assert decode_image(path, 3, "white")[:, 0].T.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert decode_image(path, 3, "black")[:, 0].T.tolist() == [[0, 0, 0], [1, 0, 0]]


def test_an_image_stands_as_the_camera_was_held(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[10, 20, 30], [40, 50, 60]], np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.png", exif=exif)
    header = read_header(str(tmp_path / "a.png"))
    assert (header.width, header.height, header.is_turned) == (2, 3, True)
    turned = decode_image(str(tmp_path / "a.png"), 1)[0] * 255
    assert np.rint(turned).tolist() == [[40, 10], [50, 20], [60, 30]]


def test_the_first_picture_of_an_animation_is_taken_and_it_is_said(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), value) for value in (40, 200)]
    draw(tmp_path / "a" / "still.png", 1)
    (tmp_path / "b").mkdir()
    frames[0].save(tmp_path / "b" / "moving.gif", save_all=True, append_images=frames[1:])
    _, found, samples = look(tmp_path)
    assert "animated" in words_of(found)["b/moving.gif"]
    assert np.rint(np.asarray(samples.fetch(np.array([1]), ("image",))["image"][0]) * 255).max() == 40


# --- labels -----------------------------------------------------------------------------------------------------------


def test_the_folder_is_the_class_and_numbers_are_in_order(tmp_path: Path) -> None:
    for kind in ("10", "9", "cat"):
        draw(tmp_path / kind / "deep" / "a.png", 1)
    chosen, _, samples = look(tmp_path)
    assert chosen.facts is not None
    assert chosen.facts.classes == ("9", "10", "cat")
    label, folder = samples.column("label"), samples.column("folder")
    assert label is not None and folder is not None
    assert dict(zip(folder.tolist(), label.tolist(), strict=True)) == {"10/deep": 1, "9/deep": 0, "cat/deep": 2}


def test_parts_above_the_classes_are_a_column(tmp_path: Path) -> None:
    for part in ("Train", "val", "testing"):
        for kind in "ab":
            draw(tmp_path / part / kind / "1.png", 1)
    draw(tmp_path / "other" / "x" / "1.png", 2)
    chosen, found, samples = look(tmp_path)
    part = samples.column("part")
    assert part is not None and part.tolist() == ["train", "train", "test", "test", "validation", "validation"]
    assert chosen.facts is not None and chosen.facts.classes == ("a", "b")
    assert "no folder of a class" in words_of(found)["other/x/1.png"]


def test_many_sizes_want_one_size_and_one_size_is_kept(tmp_path: Path) -> None:
    for number in range(3):
        draw(tmp_path / "a" / f"{number}.png", number, (100, 80))
    chosen, _, _ = look(tmp_path)
    assert chosen.facts is not None
    assert chosen.facts.fields["image"].shape == (3, 80, 100) and chosen.preparation == ()
    draw(tmp_path / "b" / "odd.png", 9, (20, 30))
    chosen, found, _ = look(tmp_path)
    assert chosen.facts is not None
    assert chosen.facts.fields["image"].shape == (3, 0, 0)
    (step,) = chosen.preparation
    assert step.kind == "resize" and step.options == {"field": "image", "height": 64, "width": 80}
    assert dict(found.figures)["Sizes"] == "100 × 80: 3, 20 × 30: 1"


def test_where_no_size_is_usual_a_square_of_the_middle_one_is_proposed(tmp_path: Path) -> None:
    for at in range(9):
        path = tmp_path / "ab"[at % 2] / f"{at}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (40 + 7 * at, 101 - 6 * at)).save(path)
    (step,) = look(tmp_path)[0].preparation
    assert step.options == {"field": "image", "height": 56, "width": 56}


def test_grey_images_have_one_channel_and_one_of_colour_makes_three(tmp_path: Path) -> None:
    draw(tmp_path / "a" / "1.png", 1, mode="L")
    draw(tmp_path / "b" / "2.png", 2, mode="L")
    chosen, _, _ = look(tmp_path)
    assert chosen.facts is not None and chosen.facts.fields["image"].shape[0] == 1
    draw(tmp_path / "b" / "3.png", 3)
    chosen, _, samples = look(tmp_path)
    assert chosen.facts is not None and chosen.facts.fields["image"].shape[0] == 3
    assert np.asarray(samples.fetch(np.arange(3), ("image",))["image"]).shape == (3, 3, 5, 6)


def test_a_guess_looks_at_some_of_many_folders_and_counts_all(tmp_path: Path) -> None:
    image = draw(tmp_path / "first.png", 1).read_bytes()
    for number in range(40):
        (tmp_path / "all" / f"{number:02}").mkdir(parents=True)
        (tmp_path / "all" / f"{number:02}" / "1.png").write_bytes(image)
    guess = ImageFolder.guess(tmp_path / "all")
    assert guess is not None and guess.words.startswith("40 folders")


# --- a table of labels ------------------------------------------------------------------------------------------------


def look_at_table(folder: Path, **options: str) -> tuple[DataChoice, SourceScan, Samples]:
    chosen, found = choose("image_table", folder, options)
    return chosen, found, make_data_set(chosen).open()


def test_a_table_gives_labels_parts_and_columns(tmp_path: Path) -> None:
    names_with_classes(tmp_path)
    chosen, found, samples = look_at_table(tmp_path)
    assert chosen.facts is not None and chosen.facts.classes == ("cat", "dog")
    assert set(chosen.facts.columns) == {"label", "patient", "part"} and not found.findings[1:]
    label, patient, part = (samples.column(name) for name in ("label", "patient", "part"))
    assert label is not None and label.tolist() == [1, 0, 1, 0, 1, 0]
    assert patient is not None and patient.tolist() == ["p0", "p0", "p1", "p1", "p2", "p2"]
    assert part is not None and part.tolist() == ["test"] + ["train"] * 5


def test_many_numbers_are_to_be_predicted_and_the_guess_can_be_corrected(tmp_path: Path) -> None:
    stems_with_numbers(tmp_path)
    chosen, _, samples = look_at_table(tmp_path)
    assert chosen.facts is not None and chosen.facts.fields["y"].shape == (1,) and not chosen.facts.classes
    assert np.asarray(samples.fetch(np.array([2, 0]), ("y",))["y"]).tolist() == [[22.5], [20.5]]
    chosen, _, _ = look_at_table(tmp_path, target="classes")
    assert chosen.facts is not None and len(chosen.facts.classes) == 5
    with pytest.raises(ValueError, match=r"no column “weight”.*age, id"):
        look_at_table(tmp_path, label_column="weight")
    with pytest.raises(ValueError, match=r"no table “other\.csv”.*ages\.tsv"):
        look_at_table(tmp_path, table="other.csv")


def test_rows_and_images_without_partner_are_named_with_their_line(tmp_path: Path) -> None:
    names_with_classes(tmp_path)
    table = tmp_path / "labels.csv"
    table.write_text(table.read_text() + "gone.jpg;cat;p9;train\n1.jpg;dog;p0;train\n4.jpg\n")
    draw(tmp_path / "photos" / "lone.jpg", 9)
    lines = table.read_text().splitlines()
    lines[3] = "2.jpg;;p1;train"
    table.write_text("\n".join(lines) + "\n")
    _, found, samples = look_at_table(tmp_path)
    told = {(finding.file, finding.line): finding.words for finding in found.findings}
    assert "gone.jpg” is not there" in told["labels.csv", 8]
    assert "has a row already" in told["labels.csv", 9]
    assert "another number of cells" in told["labels.csv", 10]
    assert "no label" in told["labels.csv", 4]
    assert "no row names it" in told["photos/lone.jpg", 0]
    assert samples.size == 5
    table.write_text("a;b\nred;2x\n")
    with pytest.raises(ValueError, match=r"no column of “labels\.csv” names the images"):
        look_at_table(tmp_path)


# --- bad input --------------------------------------------------------------------------------------------------------


def test_every_broken_file_is_left_out_with_its_reason(tmp_path: Path) -> None:
    for number in range(4):
        draw(tmp_path / "a" / f"{number}.png", number)
        draw(tmp_path / "b" / f"{number}.png", number)
    folder = tmp_path / "b"
    (folder / "empty.png").touch()
    (folder / "words.jpg").write_text("this is no image")
    huge_png(folder / "huge.png", 30_000, 30_000)
    huge_png(folder / "bomb.png", 9_000, 9_000)
    (folder / "notes.txt").write_text("…")
    (folder / "loop").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.png")
    chosen, found, samples = look(tmp_path)
    words = words_of(found)
    assert samples.size == 8 and chosen.facts is not None and chosen.facts.size == 8
    assert "empty" in words["b/empty.png"]
    assert "no image" in words["b/words.jpg"]
    assert "at most 50,000,000" in words["b/huge.png"] and "9,000 × 9,000 pixels" in words["b/bomb.png"]
    assert "a pipe" in words["b/pipe.png"]
    assert "links are not followed" in words["b/loop"]
    assert any(".txt 1" in finding.words for finding in found.findings)
    severities = [finding.severity for finding in found.findings]
    assert severities == sorted(severities, key=("error", "warning", "hint").index)


def test_a_truncated_jpeg_is_named_when_it_is_decoded(tmp_path: Path) -> None:
    for number in range(3):
        draw(tmp_path / "a" / f"{number}.jpg", number, (40, 40))
    whole = (tmp_path / "a" / "1.jpg").read_bytes()
    (tmp_path / "a" / "1.jpg").write_bytes(whole[: len(whole) // 2])
    _, _, samples = look(tmp_path)
    with pytest.raises(BrokenSample, match=r"a/1\.jpg.*cannot be read: .*truncated") as caught:
        samples.fetch(np.arange(3), ("image",))
    assert caught.value.sample == 1
    assert np.asarray(samples.fetch(np.array([0, 2]), ("image",))["image"]).shape == (2, 3, 40, 40)
    assert samples.fetch(np.arange(3), ("label",))["label"][1] == 0, "what needs no pixels is had all the same"


def test_files_that_vanish_or_change_are_named(tmp_path: Path) -> None:
    for number in range(3):
        draw(tmp_path / "a" / f"{number}.png", number)
    chosen, _, samples = look(tmp_path)
    draw(tmp_path / "a" / "1.png", 5, (9, 9))
    with pytest.raises(BrokenSample, match="9 × 9 pixels where all had 6 × 5"):
        samples.fetch(np.array([1]), ("image",))
    (tmp_path / "a" / "2.png").unlink()
    with pytest.raises(BrokenSample, match=r"a/2\.png.*No such file"):
        samples.fetch(np.array([2]), ("image",))
    with pytest.raises(ValueError, match="2 samples now; 3 were there"):
        make_data_set(chosen).open()


def test_a_folder_without_classes_says_what_to_do(tmp_path: Path) -> None:
    draw(tmp_path / "1.png", 1)
    with pytest.raises(ValueError, match="put them into folders"):
        choose("image_folder", tmp_path, {})
    (tmp_path / "1.png").unlink()
    (tmp_path / "a.txt").touch()
    with pytest.raises(ValueError, match=r"no images below .*\.txt 1"):
        choose("image_folder", tmp_path, {})


def test_a_class_of_one_and_a_class_alone_are_told(tmp_path: Path) -> None:
    draw(tmp_path / "a" / "1.png", 1)
    draw(tmp_path / "a" / "2.png", 2)
    _, found, _ = look(tmp_path)
    assert any("only one class" in finding.words for finding in found.findings)
    draw(tmp_path / "b" / "1.png", 1)
    _, found, _ = look(tmp_path)
    assert [f for f in found.findings if "class “b” has one sample" in f.words] == [
        Finding("warning", found.findings[0].words, samples=(2,))
    ]


def test_very_many_classes_are_told_and_too_many_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = draw(tmp_path / "first.png", 1).read_bytes()
    for number in range(1_200):
        folder = tmp_path / "all" / f"person {number}"
        folder.mkdir(parents=True)
        (folder / "1.png").write_bytes(image)
    _, found, _ = look(tmp_path / "all")
    assert any("1,200 classes" in finding.words for finding in found.findings)
    assert len(found.findings) < 40, "findings stay few"
    monkeypatch.setattr("visualnet.data.sources.common.classes.MOST_CLASSES", 1_000)
    with pytest.raises(ValueError, match="1,200 classes; 1,000 are allowed"):
        look(tmp_path / "all")


def test_of_very_many_images_a_sample_of_headers_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "MOST_HEADERS", 10)
    for number in range(40):
        draw(tmp_path / "ab"[number % 2] / f"{number:02}.png", number)
    (tmp_path / "a" / "01.png").write_text("broken, and not looked at")
    chosen, found, samples = look(tmp_path)
    assert chosen.facts is not None and chosen.facts.size == 41
    assert chosen.facts.fields["image"].shape == (3, 0, 0), "not all were seen to be of one size"
    assert any("10 of 41 images" in finding.words for finding in found.findings)
    with pytest.raises(BrokenSample, match=r"a/01\.png"):
        samples.fetch(np.arange(41), ("image",))


def test_of_very_many_findings_the_first_are_listed() -> None:
    found = files.list_findings("warning", [(f"{number}.png", "broken") for number in range(1_000)])
    assert len(found) == files.MOST_FINDINGS + 1
    assert found[-1].words == "and 800 more files like these"


def test_stranger_facts_do_not_fool_the_source(tmp_path: Path) -> None:
    """What a project's file says was left out may be anything."""
    draw(tmp_path / "a" / "1.png", 1)
    draw(tmp_path / "b" / "2.png", 2, (9, 9))
    chosen, _, _ = look(tmp_path)
    assert chosen.facts is not None
    for nonsense in (7, "a", {"a": 1}, [1, None, ["x"]]):
        extra = {"left_out": nonsense, "common_size": nonsense}
        wild = msgspec.structs.replace(chosen, facts=msgspec.structs.replace(chosen.facts, extra=extra))
        source = make_data_set(wild)
        assert source.open().size == 2
        assert source.propose(wild.facts)[0].options["height"] > 0


def test_a_folder_is_looked_at_once_though_every_source_guesses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("cat", "dog"):
        draw(tmp_path / kind / "0.png", 1)
    looked: list[str] = []
    look = first_entries._first_entries

    def note(folder: str, depth: int, is_late: Any) -> Any:
        looked.append(folder)
        return look(folder, depth, is_late)

    monkeypatch.setattr(first_entries, "_first_entries", note)
    assert guess_sources(tmp_path)[0][0].name == "image_folder"
    assert sorted(looked) == sorted([str(tmp_path), str(tmp_path / "cat"), str(tmp_path / "dog")])
    draw(tmp_path / "cow" / "0.png", 1)
    assert "3 folders" in guess_sources(tmp_path)[0][1].words, "another guess looks anew"
