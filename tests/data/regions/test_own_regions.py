"""One's own images with boxes as regions: from the folder to scenes that can be searched, divided and judged."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.regions.box_geometry import apply_refinement
from visualnet.data.regions.region_samples import find_regions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six images of two sizes with a bright square each, but for the last one; boxes as COCO writes them."""
    images, boxes = [], []
    for number in range(6):
        side = (48, 60)[number % 2]
        pixels = np.full((side, side, 3), 60, np.uint8)
        if number < 5:
            pixels[10 : 10 + 20, 8 : 8 + 24] = (250, 200, 40)
            box = {"id": number + 1, "image_id": number, "category_id": 3, "bbox": [8, 10, 24, 20]}
            boxes.append({**box, "iscrowd": 0, "area": 480})
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": side, "height": side})
    told = {"images": images, "annotations": boxes, "categories": [{"id": 3, "name": "square"}]}
    (tmp_path / "boxes.json").write_text(json.dumps(told))
    return tmp_path


def test_images_of_several_sizes_become_regions_divided_by_image(folder: Path) -> None:
    chosen, found = choose("image_regions", folder, {"regions": 8, "crop": 16})
    assert chosen.facts is not None and chosen.facts.classes == ("background", "square")
    assert (chosen.division, dict(chosen.division_options)) == ("group", {"column": "picture"})
    assert any("without a box" in one.words and one.samples == (40,) for one in found.findings), "its first region"
    data = load(chosen)
    regions = find_regions(data.samples)
    assert regions is not None and regions.scenes.size == 6
    assert not {int(s) // 8 for s in data.train} & {int(s) // 8 for s in data.validation}
    for at in range(6):
        drawn, scene = regions.drawn(at), regions.scene(at)
        moved = apply_refinement(drawn.boxes, drawn.refinement, scene.image.shape[2], scene.image.shape[1])
        there = drawn.is_object > 0
        assert there.any() == (at < 5)
        assert np.allclose(moved[there], [8, 10, 32, 30], atol=1e-3)
    labels = data.fetch(np.arange(48), ("label",))["label"]
    assert set(labels[:40]) == {0, 1} and set(labels[40:]) == {0}


def test_regions_that_were_set_otherwise_are_to_be_looked_through_again(folder: Path) -> None:
    chosen, _ = choose("image_regions", folder, {"regions": 8})
    with pytest.raises(ValueError, match="were set otherwise when it was looked through: look it through again"):
        load(replace(chosen, options={"regions": 16}))
