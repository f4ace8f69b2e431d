"""Masks and boxes: the values and corners as they were written, and words for what does not fit together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

import visualnet as vn
from tests.contract.source_makers.images import coco, draw, draw_mask, masks_in_a_folder, voc, yolo
from visualnet.analysis import infer
from visualnet.analysis.repair.search import repairs
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import DataChoice, PreparationStep
from visualnet.data.inspect_source import choose
from visualnet.data.registry import fields, make_data_set
from visualnet.data.samples import BrokenSample, Samples
from visualnet.data.sources.images.annotations import read_class_names
from visualnet.data.sources.source import Finding, SourceScan


def look(kind: str, folder: Path, **options: Value) -> tuple[DataChoice, SourceScan, Samples]:
    """What is found in the folder, and its samples."""
    chosen, found = choose(kind, folder, options)
    return chosen, found, make_data_set(chosen).open()


def has(found: SourceScan, words: str, file: str = "") -> Finding:
    """The finding with these words."""
    (one,) = [finding for finding in found.findings if words in finding.words and file in finding.file]
    return one


# --- masks ------------------------------------------------------------------------------------------------------------


def test_a_mask_is_class_numbers_and_what_counts_for_nothing(tmp_path: Path) -> None:
    masks_in_a_folder(tmp_path)
    chosen, found, samples = look("image_masks", tmp_path)
    assert chosen.facts is not None and chosen.facts.classes == ("0", "1", "2")
    assert chosen.facts.fields["mask"].classes == 3
    assert np.asarray(samples.fetch(np.array([0]), ("mask",))["mask"][0])[0].tolist() == [0, 1, 2, -100, 0]
    assert "255" in has(found, "count for nothing").words
    _, _, plain = look("image_masks", tmp_path, ignore="none", names="sky, road, car, edge")
    assert np.asarray(plain.fetch(np.array([0]), ("mask",))["mask"][0])[0].tolist() == [0, 1, 2, 3, 0]


def test_black_and_white_masks_are_two_classes(tmp_path: Path) -> None:
    draw(tmp_path / "a.png", 1)
    draw_mask(tmp_path / "a_mask.png", [255, 0])
    chosen, _, samples = look("image_masks", tmp_path)
    assert chosen.facts is not None and chosen.facts.classes == ("0", "255")
    assert np.asarray(samples.fetch(np.array([0]), ("mask",))["mask"])[0, 0].tolist() == [1, 0, 1, 0, 1, 0]


def test_palettes_count_and_colours_have_an_order(tmp_path: Path) -> None:
    draw(tmp_path / "images" / "a.png", 1, (2, 1))
    (tmp_path / "masks").mkdir()
    palette = Image.fromarray(np.array([[3, 1]], np.uint8), mode="P")
    palette.putpalette([9, 9, 9] * 4)
    palette.save(tmp_path / "masks" / "a.png")
    _, _, samples = look("image_masks", tmp_path)
    assert np.asarray(samples.fetch(np.array([0]), ("mask",))["mask"]).tolist() == [[[1, 0]]]
    Image.fromarray(np.array([[[255, 0, 0], [0, 0, 16]]], np.uint8)).save(tmp_path / "masks" / "a.png")
    chosen, _, samples = look("image_masks", tmp_path, values="#ff0000 #000010", names="fire,sea")
    assert chosen.facts is not None and chosen.facts.classes == ("fire", "sea")
    assert np.asarray(samples.fetch(np.array([0]), ("mask",))["mask"]).tolist() == [[[0, 1]]]


def test_what_has_no_partner_is_left_out_and_named(tmp_path: Path) -> None:
    masks_in_a_folder(tmp_path)
    (tmp_path / "masks" / "3.png").unlink()
    (tmp_path / "images" / "0.jpg").unlink()
    _, found, samples = look("image_masks", tmp_path)
    assert samples.size == 3
    assert has(found, "it has no mask").file == "images/3.jpg"
    assert has(found, "a mask without its image").file == "masks/0.png"
    for mask in (tmp_path / "masks").iterdir():
        mask.unlink()
    with pytest.raises(ValueError, match=r"no image in .* has a mask .*_mask"):
        look("image_masks", tmp_path)


def test_a_mask_of_another_size_or_with_other_values_is_named(tmp_path: Path) -> None:
    masks_in_a_folder(tmp_path)
    _, _, samples = look("image_masks", tmp_path)
    draw_mask(tmp_path / "masks" / "1.png", [0], (3, 3))
    with pytest.raises(BrokenSample, match=r"images/1\.jpg.* has 6 × 6 pixels, and its mask .*masks/1\.png.* 3 × 3"):
        samples.fetch(np.array([1]), ("image", "mask"))
    draw_mask(tmp_path / "masks" / "2.png", [0, 77], (7, 6))
    with pytest.raises(BrokenSample, match=r"masks/2\.png.* holds the value 77"):
        samples.fetch(np.array([2]), ("mask",))


def test_a_value_in_one_of_many_masks_that_is_no_class_is_told_before_a_run(tmp_path: Path) -> None:
    for number in range(230):
        draw(tmp_path / "images" / f"{number:03}.png", number)
        draw_mask(tmp_path / "masks" / f"{number:03}.png", [0, 1])
    draw_mask(tmp_path / "masks" / "101.png", [0, 7])
    _, found, _ = look("image_masks", tmp_path, values="0 1")
    told = has(found, "none of the classes")
    assert told.severity == "error" and told.file == "masks/101.png" and "7 in “masks/101.png”" in told.words
    assert not [finding for finding in found.findings if "were looked at" in finding.words], "all of them"


@pytest.mark.parametrize(("kind", "field"), [("image_masks", "mask"), ("image_boxes", "box_labels")])
def test_classes_in_files_are_held_against_those_of_the_network(tmp_path: Path, kind: str, field: str) -> None:
    """Three values in masks, or two classes of boxes, and a last layer with one less: a problem with repairs, before anything is read."""
    if kind == "image_masks":
        masks_in_a_folder(tmp_path)
    else:
        coco(tmp_path)
    steps = (PreparationStep(kind="resize", options={"height": 6, "width": 6}),)
    choice = replace(choose(kind, tmp_path, {})[0], preparation=steps)
    classes = fields(choice)[field].classes
    net = vn.Graph("seen")
    image = net.input(3, 6, 6)
    if kind == "image_masks":
        net.cross_entropy(net.conv2d(image, classes - 1, 1), net.target("mask", 6, 6))
    else:
        count = fields(choice)[field].shape[0]
        scores = net.reshape(net.linear(net.flatten(image), (classes - 1) * count), classes - 1, count)
        net.cross_entropy(scores, net.target("box_labels", count))
    project = edits.choose_data(net.project, choice)
    analysis = infer(project, None, fields(choice))
    (problem,) = [one for one in analysis.errors() if one.code == "labels"]
    assert f"“{field}” of the data set “{tmp_path.name}” counts from 0 to {classes - 1}" in problem.words
    found = repairs(project, problem, analysis, fields=fields(choice), seconds=5.0)
    assert found and not [
        one for one in infer(found[0].edit(project), None, fields(choice)).errors() if one.code == "labels"
    ]


def test_photographs_are_no_masks(tmp_path: Path) -> None:
    draw(tmp_path / "images" / "a.png", 1, (60, 60))
    draw(tmp_path / "masks" / "a.jpg", 1, (60, 60))
    with pytest.raises(ValueError, match="are they masks"):
        look("image_masks", tmp_path)


@pytest.mark.parametrize("options", [{"values": "0 x"}, {"values": "1 1"}, {"ignore": "1 2"}, {"values": "-1"}])
def test_options_of_masks_that_cannot_be_read_say_why(tmp_path: Path, options: dict[str, Value]) -> None:
    masks_in_a_folder(tmp_path)
    with pytest.raises(ValueError, match=next(iter(options))):
        look("image_masks", tmp_path, **options)


# --- boxes ------------------------------------------------------------------------------------------------------------


def test_voc_boxes_are_corners_in_pixels(tmp_path: Path) -> None:
    voc(tmp_path)
    chosen, found, samples = look("image_boxes", tmp_path)
    assert chosen.facts is not None and chosen.facts.classes == ("cat", "dog")
    assert chosen.facts.fields["boxes"].shape == (3, 4)
    batch = samples.fetch(np.array([2, 0]), ("boxes", "box_labels"))
    assert np.asarray(batch["boxes"])[0].tolist() == [[0, 1, 5, 8.5], [1, 1, 6, 8.5], [0, 0, 0, 0]]
    assert np.asarray(batch["box_labels"]).tolist() == [[0, 1, -100], [-100, -100, -100]]
    assert has(found, "without a box").samples == (0,)


def test_coco_boxes_have_the_order_of_their_categories(tmp_path: Path) -> None:
    coco(tmp_path)
    chosen, _, samples = look("image_boxes", tmp_path)
    assert chosen.facts is not None and chosen.facts.classes == ("cat", "dog")
    batch = samples.fetch(np.arange(2), ("boxes", "box_labels"))
    assert np.asarray(batch["boxes"])[0].tolist() == [[1, 2, 4.5, 6]]
    assert np.asarray(batch["box_labels"]).tolist() == [[0], [1]]
    part = samples.column("part")
    assert part is not None and part.tolist() == ["train"] * 3 + ["validation"] * 2


def test_yolo_boxes_are_scaled_to_the_image(tmp_path: Path) -> None:
    yolo(tmp_path)
    chosen, _, samples = look("image_boxes", tmp_path)
    assert chosen.facts is not None and chosen.facts.classes == ("cat", "dog")
    batch = samples.fetch(np.array([1]), ("boxes",))
    assert np.asarray(batch["boxes"])[0].tolist() == [[7.5, 2.5, 12.5, 7.5], [0, 0, 0, 0]]


def test_a_line_that_is_no_box_is_named(tmp_path: Path) -> None:
    yolo(tmp_path)
    bad = tmp_path / "labels" / "train" / "1.txt"
    bad.write_text("0 0.5 0.5 0.2 0.2\n\n0 0.5 0.5\n-1 0.5 0.5 0.1 0.1\n0 nan 0.5 0.1 0.1\n")
    _, found, _ = look("image_boxes", tmp_path)
    assert [finding.line for finding in found.findings if finding.file == "labels/train/1.txt"] == [3, 4, 5]
    (tmp_path / "labels" / "train" / "2.txt").write_text("7 0.5 0.5 0.2 0.2\n")
    with pytest.raises(ValueError, match=r"“labels/train/2\.txt” has a box of class 7; “data.yaml” names 2 \(0 to 1\)"):
        look("image_boxes", tmp_path)


def test_boxes_out_of_the_image_are_cut_and_empty_ones_left_out(tmp_path: Path) -> None:
    coco(tmp_path)
    path = tmp_path / "annotations" / "instances_val2017.json"
    told = json.loads(path.read_text())
    told["annotations"][0]["bbox"] = [-5, 2, 100, 4]
    told["annotations"][1]["bbox"] = [1, 1, 0, 5]
    told["images"][0]["width"] = 10
    told["annotations"].append({"image_id": 4, "category_id": 7, "bbox": [1, 1, 2, 2], "iscrowd": 1})
    told["images"].append({"id": 99, "file_name": "gone.png"})
    path.write_text(json.dumps(told))
    _, found, samples = look("image_boxes", tmp_path)
    assert np.asarray(samples.fetch(np.array([3]), ("boxes",))["boxes"]).tolist() == [[[0, 2, 10, 6]]]
    assert has(found, "reach out of the image").file == "val/3.png"
    assert has(found, "without an area").file == "val/4.png"
    assert has(found, "crowds").severity == "hint"
    assert has(found, "not there").file == "gone.png"
    assert "10 × 10 pixels; the image has 23 × 10" in has(found, "the boxes are for").words


BOMB = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><annotation><filename>&c;</filename></annotation>"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BOMB, "document type or entities"),
        ("<annotation><object><name>a</name></object></annotation>", "no box of xmin"),
        ("<annotation>" * 40, "nested too deep"),
        ("<annotation><object>", "no element found"),
    ],
)
def test_xml_that_is_wrong_or_a_bomb_is_named(tmp_path: Path, content: str, words: str) -> None:
    voc(tmp_path)
    (tmp_path / "Annotations" / "2.xml").write_text(content)
    _, found, samples = look("image_boxes", tmp_path)
    assert samples.size == 3
    assert words in has(found, "no Pascal VOC file").words and has(found, "no Pascal VOC file").file.endswith("2.xml")


@pytest.mark.parametrize(
    "content",
    ['{"images": 3}', '{"images": [], "annotations"', '{"images": [{"id": 1}], "annotations": [], "categories": []}'],
)
def test_json_that_is_no_coco_is_named(tmp_path: Path, content: str) -> None:
    coco(tmp_path)
    (tmp_path / "annotations" / "instances_val2017.json").write_text(content)
    with pytest.raises(ValueError, match=r"instances_val2017\.json.* is no COCO file"):
        look("image_boxes", tmp_path)


def test_empty_files_of_boxes_are_broken_but_yolos(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    voc(tmp_path / "v")
    (tmp_path / "v" / "Annotations" / "2.xml").write_text("")
    _, found, samples = look("image_boxes", tmp_path / "v")
    assert samples.size == 3 and "empty" in has(found, "empty", "2.xml").words
    yolo(tmp_path)
    (tmp_path / "labels" / "val" / "2.txt").write_text("")
    _, found, samples = look("image_boxes", tmp_path, format="yolo")
    assert not [finding for finding in found.findings if finding.file.endswith(".txt")]


def test_images_without_files_of_boxes_say_what_is_wanted(tmp_path: Path) -> None:
    draw(tmp_path / "a.png", 1)
    with pytest.raises(ValueError, match=r"no files of boxes .*\.json.*\.xml.*\.txt"):
        look("image_boxes", tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "names: [cat, 'dog']  # two\n",
        "nc: 2\nnames:\n- cat\n- dog\npath: x\n",
        "names: {0: cat, 1: dog}",
        "names: [cat,\n  dog]\n",
    ],
)
def test_names_of_classes_are_read_as_tools_write_them(tmp_path: Path, content: str) -> None:
    (tmp_path / "data.yaml").write_text(content)
    assert read_class_names(str(tmp_path / "data.yaml"), "data.yaml") == ("cat", "dog")
