"""What a network finds in the scenes of a part, held against the true boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.data.regions.region_samples import PICTURE, RegionSamples, Scene, find_regions
from visualnet.data.samples import BrokenSample
from visualnet.training.detection.detector import CropPreparation, DetectionLimits, Detections, detect, make_forward
from visualnet.training.detection.heads import CannotDetect
from visualnet.training.evaluation.metrics.boxes import match_boxes
from visualnet.training.evaluation.prediction_set import PredictionSet

Array = NDArray[Any]
NAME = "objects in scenes"
SPLIT = (
    "Objects in whole scenes are not judged: regions of one scene stand in several parts, so that the network was trained on parts of what "
    f"it would be judged by. Divide the data by groups, by the column “{PICTURE}” (in the recipe, under Data), and train anew."
)


def whole_scenes(regions: RegionSamples, index: Array) -> Array:
    """The scenes all of whose regions are among these samples."""
    scene, count = np.unique(np.asarray(index) // regions.regions, return_counts=True)
    return np.asarray(scene[count == regions.regions])


def judge_scenes(model: Model, data: Loaded, index: Array, check: Callable[[float], None]) -> PredictionSet | None:
    """The objects found in the scenes of a part, surest first, beside the true ones. None where the data are no regions of scenes, the
    network does not tell their classes, or no scene stands in the part as a whole.

    ``samples`` are the first sample of each scene.
    """
    regions = find_regions(data.samples)
    scenes = whole_scenes(regions, index) if regions is not None else np.zeros(0, np.int64)
    if regions is None or not len(scenes):
        return None
    try:
        forward, heads = make_forward(model, CropPreparation(data.preparation, data.mean, data.std))
    except CannotDetect:
        return None
    found: list[tuple[int, Scene, Detections]] = []
    for number, at in enumerate(scenes.tolist()):
        check(number / len(scenes))
        try:
            scene = regions.scene(at)
            said = detect(scene.image, regions.cutter, forward, heads.kind, DetectionLimits(), regions.proposals(at))
        except (BrokenSample, OSError):
            continue  # a scene that cannot be read is left out, as samples are
        found.append((at, scene, said))
    if not found:
        return None
    first = np.array([at * regions.regions for at, _, _ in found], np.int64)
    return PredictionSet(NAME, "boxes", first, tuple(data.classes[1:]), _arrays(found))


def _arrays(found: list[tuple[int, Scene, Detections]]) -> dict[str, Array]:
    """The boxes of all scenes in arrays of one size, with what is there (see the task *boxes*)."""
    said_most = max(1, *(len(said.boxes) for _, _, said in found))
    true_most = max(1, *(len(scene.boxes) for _, scene, _ in found))
    count = len(found)
    arrays: dict[str, Array] = {
        "said": np.zeros((count, said_most, 4), np.float32),
        "sure": np.zeros((count, said_most), np.float32),
        "said_labels": np.zeros((count, said_most), np.int32),
        "said_there": np.zeros((count, said_most), bool),
        "truth": np.zeros((count, true_most, 4), np.float32),
        "true_labels": np.zeros((count, true_most), np.int32),
        "true_there": np.zeros((count, true_most), bool),
        "badness": np.zeros(count),
    }
    for row, (_, scene, said) in enumerate(found):
        n, m = len(said.boxes), len(scene.boxes)
        arrays["said"][row, :n], arrays["sure"][row, :n] = said.boxes, said.scores
        arrays["said_labels"][row, :n], arrays["said_there"][row, :n] = said.labels, True
        arrays["truth"][row, :m], arrays["true_labels"][row, :m] = scene.boxes, scene.labels
        arrays["true_there"][row, :m] = True
        arrays["badness"][row] = _badness(scene, said)
    return arrays


def _badness(scene: Scene, said: Detections) -> float:
    """The share of the true boxes that no box of their class covers that is surer than one half."""
    hits, sure = 0, said.scores > 0.5
    for kind in np.unique(scene.labels):
        mine = sure & (said.labels == kind)
        hits += int(match_boxes(said.boxes[mine], said.scores[mine], scene.boxes[scene.labels == kind], 0.5).sum())
    return 1 - hits / len(scene.boxes) if len(scene.boxes) else 0.0
