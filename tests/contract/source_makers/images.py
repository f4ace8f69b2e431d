"""Folders of small images."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.contract.source_makers import Made, maker


def draw(path: Path, seed: int, size: tuple[int, int] = (6, 5), mode: str = "RGB") -> Path:
    """An image of noise; its mode and its name's suffix say how it is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(noise).convert(mode).save(path)
    return path


@maker("image_folder")
def one_size(folder: Path) -> Made:
    for number in range(6):
        draw(folder / f"class {number % 2}" / f"{number}.png", number)
    return Made(folder, {}, 6)


@maker("image_folder")
def many_sizes_in_parts(folder: Path) -> Made:
    suffixes = (".png", ".jpg", ".bmp", ".webp", ".tif", ".gif")
    for number in range(12):
        part, kind = ("train", "val", "test")[number % 3], "ab"[number // 6]
        draw(folder / part / kind / f"{number}{suffixes[number % 6]}", number, (5 + number, 7))
    return Made(folder, {}, 12)


@maker("image_folder")
def without_labels(folder: Path) -> Made:
    for number in range(3):
        draw(folder / f"{number}.png", number, mode="L")
    return Made(folder, {"labels": "none"}, 3)


@maker("image_table")
def names_with_classes(folder: Path) -> Made:
    for number in range(6):
        draw(folder / "photos" / f"{number}.jpg", number)
    rows = "".join(
        f"{number}.jpg;{'cat' if number % 2 else 'dog'};p{number // 2};{'train' if number else 'test'}\n"
        for number in range(6)
    )
    (folder / "labels.csv").write_text("file;label;patient;split\n" + rows)
    return Made(folder, {}, 6)


@maker("image_table")
def stems_with_numbers(folder: Path) -> Made:
    for number in range(5):
        draw(folder / f"{number:03}.png", number)
    (folder / "ages.tsv").write_text("age\tid\n" + "".join(f"{20.5 + number}\t{number:03}\n" for number in range(5)))
    return Made(folder, {}, 5)


def draw_mask(path: Path, values: list[int], size: tuple[int, int] = (6, 5)) -> Path:
    """A mask of columns of these values, one after another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    row = np.array([values[x % len(values)] for x in range(width)], np.uint8)
    Image.fromarray(np.repeat(row[None], height, 0)).save(path)
    return path


@maker("image_masks")
def masks_in_a_folder(folder: Path) -> Made:
    for number in range(5):
        size = (5 + number, 6)
        draw(folder / "images" / f"{number}.jpg", number, size)
        draw_mask(folder / "masks" / f"{number}.png", [0, 1, 2, 255], size)
    return Made(folder, {}, 5)


@maker("image_masks")
def masks_beside_images(folder: Path) -> Made:
    for number in range(4):
        draw(folder / f"{number}.png", number)
        draw_mask(folder / f"{number}_mask.png", [0, 255])
    return Made(folder, {}, 4)


VOC = """<annotation><folder>x</folder><filename>{name}</filename><size><width>20</width><height>10</height><depth>3</depth></size>
{objects}</annotation>"""
OBJECT = """<object><name>{kind}</name><difficult>0</difficult>
<bndbox><xmin>{x}</xmin><ymin>1</ymin><xmax>{x2}</xmax><ymax>8.5</ymax></bndbox></object>"""


@maker("image_boxes")
def voc(folder: Path) -> Made:
    (folder / "Annotations").mkdir()
    for number in range(4):
        draw(folder / "JPEGImages" / f"{number}.jpg", number, (20, 10))
        objects = "".join(OBJECT.format(kind="dog" if at else "cat", x=at, x2=at + 5) for at in range(number))
        (folder / "Annotations" / f"{number}.xml").write_text(VOC.format(name=f"{number}.jpg", objects=objects))
    return Made(folder, {}, 4)


@maker("image_regions")
def voc_regions(folder: Path) -> Made:
    return Made(voc(folder).path, {"regions": 4, "crop": 16}, 16, is_guessed=False)


@maker("image_regions")
def yolo_regions(folder: Path) -> Made:
    return Made(yolo(folder).path, {"regions": 5, "crop": 16}, 30, is_guessed=False)


@maker("image_boxes")
def coco(folder: Path) -> Made:
    (folder / "annotations").mkdir()
    for part, numbers in (("train", range(3)), ("val", range(3, 5))):
        for number in numbers:
            draw(folder / part / f"{number}.png", number, (20 + number, 10))
        told = {
            "info": {"year": 2017},
            "images": [{"id": n, "file_name": f"{n}.png", "width": 20 + n, "height": 10} for n in numbers],
            "annotations": [
                {"id": n, "image_id": n, "category_id": 7 + n % 2, "bbox": [1, 2, 3.5, 4], "iscrowd": 0, "area": 14}
                for n in numbers
            ],
            "categories": [{"id": 8, "name": "dog"}, {"id": 7, "name": "cat"}],
        }
        (folder / "annotations" / f"instances_{part}2017.json").write_text(json.dumps(told))
    return Made(folder, {}, 5)


@maker("image_boxes")
def yolo(folder: Path) -> Made:
    for part in ("train", "val"):
        (folder / "labels" / part).mkdir(parents=True)
        for number in range(3):
            draw(folder / "images" / part / f"{number}.png", number, (20, 10))
            lines = "".join(f"{at} 0.5 0.5 0.25 0.5\n" for at in range(number))
            (folder / "labels" / part / f"{number}.txt").write_text(lines)
    (folder / "data.yaml").write_text("train: images/train\nnames:\n  0: cat\n  1: 'dog'\nnc: 2\n")
    return Made(folder, {}, 6)
