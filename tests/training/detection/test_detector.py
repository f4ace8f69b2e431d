"""From proposals to objects: what a network that is always right finds, and the mean average precision against COCO's own program."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

import visualnet as vn
from tests.training.evaluation import answers
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.data.generators.scenes import make_scenes
from visualnet.data.regions import region_samples
from visualnet.data.regions.box_geometry import box_overlaps, encode_refinement
from visualnet.data.regions.crops import RegionCropper
from visualnet.data.regions.region_samples import Scene, draw_regions
from visualnet.resources import resource
from visualnet.training.control import Control
from visualnet.training.detection.detector import DetectionLimits, Detections, detect
from visualnet.training.detection.heads import CannotDetect, find_heads
from visualnet.training.evaluation.evaluation import evaluate
from visualnet.training.evaluation.metrics import METRICS
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.scenes.judging import NAME, SPLIT, _arrays
from visualnet.training.training_job import train

Array = np.ndarray


def always_right(scene: Scene, proposals: Array, sure: float = 12.0) -> Detections:
    """What is found where the network says of each proposal what is true of it."""
    shared = box_overlaps(proposals, scene.boxes)
    best, there = shared.argmax(1), shared.max(1) >= 0.5
    scores = np.zeros((len(proposals), 14), np.float32)
    scores[np.arange(len(proposals)), np.where(there, scene.labels[best] + 1, 0)] = sure
    steps = encode_refinement(proposals, scene.boxes[best]) * there[:, None]
    return detect(
        scene.image, RegionCropper(3, 16), lambda crops: (scores, steps), "logits", DetectionLimits(), proposals
    )


def test_a_network_that_is_always_right_finds_each_thing_once() -> None:
    made, cutter = make_scenes(6, 96, 1.0, 1), RegionCropper(3, 16)
    found = []
    for image, boxes, labels in zip(made["image"], made["boxes"], made["box_labels"], strict=True):
        scene = Scene(image, boxes[labels >= 0], labels[labels >= 0])
        proposals = np.concatenate(
            [cutter.proposals(image), scene.boxes]
        )  # so that none is missed for want of a proposal
        said = always_right(scene, proposals)
        assert len(said.boxes) == len(scene.boxes)
        order = box_overlaps(said.boxes, scene.boxes).argmax(1)
        assert sorted(order) == list(range(len(scene.boxes)))
        assert np.allclose(said.boxes, scene.boxes[order], atol=1e-2)
        assert np.array_equal(said.labels, scene.labels[order]) and (said.scores > 0.99).all()
        found.append((len(found), scene, said))
    predictions = PredictionSet(NAME, "boxes", np.arange(6), tuple("0123456789abc"), _arrays(found))
    assert METRICS["map_50"].values(predictions, np.ones((1, 6)))[0] == pytest.approx(1)
    assert not predictions.badness.any()


def test_a_picture_without_a_proposal_holds_nothing() -> None:
    image, none = np.zeros((3, 20, 20), np.float32), np.zeros((0, 4), np.float32)
    found = detect(
        image, RegionCropper(3, 16), lambda crops: pytest.fail("nothing to look at"), "logits", DetectionLimits(), none
    )
    assert all(len(part) == 0 for part in found)


def test_of_scenes_without_boxes_and_without_finds_nothing_is_wrong() -> None:
    image, none = np.zeros((3, 20, 20), np.float32), np.zeros((0, 4), np.float32)
    said = detect(
        image,
        RegionCropper(3, 16),
        lambda crops: (np.zeros((1, 3)), None),
        "logits",
        DetectionLimits(0.9),
        image[0, :1, :4],
    )
    arrays = _arrays([(0, Scene(image, none, np.zeros(0, np.int64)), said)])
    assert not arrays["true_there"].any() and not arrays["said_there"].any() and arrays["badness"].tolist() == [0]


# --- mean average precision -------------------------------------------------------------------------------------------


def by_coco(predictions: PredictionSet) -> tuple[float, float]:
    """mAP at IoU 0.5, and at 0.5 to 0.95, as pycocotools counts (which torchmetrics calls)."""
    a = predictions.arrays
    truth, said = [], []
    for row in range(predictions.size):
        for number in np.flatnonzero(a["true_there"][row]):
            x0, y0, x1, y1 = a["truth"][row, number].astype(float)
            box = [x0, y0, x1 - x0, y1 - y0]
            truth.append(
                {"id": len(truth) + 1, "image_id": row, "category_id": int(a["true_labels"][row, number]), "bbox": box}
                | {"area": box[2] * box[3], "iscrowd": 0}
            )
        for number in np.flatnonzero(a["said_there"][row]):
            x0, y0, x1, y1 = a["said"][row, number].astype(float)
            said.append(
                {"image_id": row, "category_id": int(a["said_labels"][row, number]), "bbox": [x0, y0, x1 - x0, y1 - y0]}
                | {"score": float(a["sure"][row, number])}
            )
    kinds = sorted({one["category_id"] for one in truth})
    said = [one for one in said if one["category_id"] in kinds]
    if not said:  # which pycocotools does not take
        return 0.0, 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": row} for row in range(predictions.size)],
            "annotations": truth,
            "categories": [{"id": kind} for kind in kinds],
        }
        coco.createIndex()
        found = COCOeval(coco, coco.loadRes(said), "bbox")
        # A recall that is just reached counts; COCO loses some of those to rounding.
        found.params.recThrs = found.params.recThrs - 1e-12
        found.evaluate()
        found.accumulate()
        found.summarize()
    return float(found.stats[1]), float(found.stats[0])


@given(st.integers(0, 10_000), st.integers(2, 10), st.integers(1, 6))
def test_map_is_that_of_coco(seed: int, size: int, most: int) -> None:
    predictions = answers.draw_boxes(seed, size, most)
    if not predictions.arrays["true_there"].any():
        return
    ones = np.ones((1, size))
    wanted = by_coco(predictions)
    found = [float(METRICS[name].values(predictions, ones)[0]) for name in ("map_50", "map")]
    assert found == pytest.approx(wanted, abs=1e-6)


# --- a training in small ----------------------------------------------------------------------------------------------


def small() -> Project:
    """The template with few scenes."""
    project = project_file.load(resource("templates", "rcnn.vnet"))
    data = msgspec.structs.replace(project.data, options={"n": 40, "regions": 16})
    return msgspec.structs.replace(project, data=data)


@pytest.mark.wide
def test_training_finds_more_and_a_run_can_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small()
    vn.train(project, folder=tmp_path / "short", epochs=1, lr=1e-7).finish()
    vn.train(project, folder=tmp_path / "long", epochs=5, lr=0.002, batch_size=16).finish()
    short, long = (evaluate(tmp_path / name, "validation") for name in ("short", "long"))
    assert long.predictions[0].name == NAME and long.predictions[0].size == 8
    before, after = (one.figures[0]["map_50"].value for one in (short, long))
    assert before < 0.1 and after > before + 0.15, (before, after)
    scenes = long.predictions[0]
    assert {int(sample) // 16 for sample in scenes.samples} == {int(s) // 16 for s in long.predictions[1].samples}
    moved = next(predictions for predictions in long.predictions if predictions.name == "box")
    assert moved.size < long.predictions[1].size, "only regions of objects have a true box"

    _ask(tmp_path, scenes.classes, capsys)


def _ask(tmp_path: Path, classes: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """From Python and on the command line, with pictures and with what is none."""
    run = vn.load_run(tmp_path / "long")
    scene = make_scenes(40, 96, 1.0, 0)["image"][0]
    found = run.find_objects(scene, least=0.2)
    assert found and all(one.score >= 0.2 and one.label in classes for one in found)
    assert found == sorted(found, key=lambda one: -one.score)
    with pytest.raises(ValueError, match="wanted are channels, height and width, with 3 channels"):
        run.find_objects(scene[0])
    with pytest.raises(ValueError, match="no file that is there"):
        run.find_objects(tmp_path / "nothing.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"“broken\.png” cannot be read"):
        run.find_objects(tmp_path / "broken.png")
    Image.fromarray((scene.transpose(1, 2, 0) * 255).astype(np.uint8)).save(tmp_path / "scene.png")
    Image.new("RGB", (30, 20)).save(tmp_path / "empty.png")
    capsys.readouterr()
    assert (
        main(["predict", str(tmp_path / "long"), str(tmp_path / "scene.png"), str(tmp_path / "empty.png"), "--json"])
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    wanted = run.find_objects(tmp_path / "scene.png")
    assert [(one["label"], one["score"]) for one in told] == [(one.label, one.score) for one in wanted]
    assert main(["predict", str(tmp_path / "long"), str(tmp_path / "empty.png")]) == 0
    assert capsys.readouterr().out.endswith("empty.png: nothing was found that the network is sure of\n")
    assert main(["predict", str(tmp_path / "long"), "3"]) == 2
    assert "looks for objects in pictures" in capsys.readouterr().err


@pytest.mark.wide
def test_scenes_that_are_split_between_parts_are_not_judged_and_it_is_said(tmp_path: Path) -> None:
    project = small()
    data = msgspec.structs.replace(project.data, division="shares", division_options={}, options={"n": 20})
    vn.train(msgspec.structs.replace(project, data=data), folder=tmp_path / "run", epochs=1).finish()
    found = evaluate(tmp_path / "run", "validation")
    assert NAME not in [predictions.name for predictions in found.predictions] and SPLIT in found.note


def test_a_network_without_a_head_for_classes_is_told_so() -> None:
    project = small()
    loss = next(node.id for node in project.graph if node.name == "class_loss")
    without = edits.remove(project, MAIN, [loss])
    from visualnet.compiling.module import compile_project

    with pytest.raises(CannotDetect, match="tells the classes of regions apart"):
        find_heads(compile_project(without).plan)


def test_a_batch_without_any_object_has_no_box_loss_and_is_no_failure() -> None:
    import torch

    from visualnet.compiling.module import compile_project

    model = compile_project(small(), seed=0)
    batch = {
        "image": torch.randn(4, 3, 28, 28),
        "label": torch.zeros(4, dtype=torch.long),
        "refinement": torch.zeros(4, 4),
        "is_object": torch.zeros(4),
    }
    node = next(node.id for node in model.project.graph if node.name == "box_loss")
    (loss,) = model.view([((node,), "loss")])(*(batch[name] for name in model.fields))
    assert float(loss.detach()) == 0
    loss.backward()
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in model.objective.parameters())


def test_a_training_that_is_stopped_while_scenes_are_searched_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, searched, told = Control(), [], []

    def search(*given: Any) -> Any:
        searched.append(1)
        control.stop()
        return draw_regions(*given)

    monkeypatch.setattr(region_samples, "draw_regions", search)
    project = small()
    data = msgspec.structs.replace(project.data, options={"n": 20, "regions": 7})
    train(msgspec.structs.replace(project, data=data), tmp_path, False, control, told.append)
    assert len(searched) == 1 and not told
