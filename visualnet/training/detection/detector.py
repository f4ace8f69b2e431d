"""From a picture to boxes with classes: proposals, the network, refinement, non-maximum suppression (Girshick et al. 2014)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from visualnet.compiling.module import Model
from visualnet.data.preparation.fitted_state import FittedPreparation
from visualnet.data.regions.box_geometry import apply_refinement, suppress
from visualnet.data.regions.crops import RegionCropper
from visualnet.training.detection.heads import CannotDetect, DetectionHeads, find_heads

Array = NDArray[Any]
Forward = Callable[[Array], tuple[Array, Array | None]]
"""What a network says of crops (n, C, S, S): scores (n, K + 1), and the refinement (n, 4) where it has a head for it."""
AT_ONCE = 256


class DetectionLimits(NamedTuple):
    """Boxes with a smaller ``score`` are left out; of two of one class that share more than ``overlap`` (IoU) the less sure one; and of all
    those behind the ``most`` surest."""

    score: float = 0.05
    overlap: float = 0.3
    most: int = 50


class Detections(NamedTuple):
    """What was found in a picture, the surest first: ``boxes`` (n, 4) in px, ``labels`` (n,) counted without the background, ``scores``
    (n,) from 0 to 1; and the ``proposals`` (m, 4) that were looked at, with what the ``looks`` (m,) of each came to: how sure the
    network is that it is no background."""

    boxes: Array
    labels: Array
    scores: Array
    proposals: Array
    looks: Array


def detect(
    image: Array,
    cutter: RegionCropper,
    forward: Forward,
    kind: str,
    limits: DetectionLimits,
    proposals: Array | None = None,
) -> Detections:
    """Objects in a picture (C, H, W) with values from 0 to 1; its ``proposals`` where they are known already.

    Raises:
        ValueError: the picture is empty, or holds what is no number.
    """
    height, width = image.shape[1:]
    boxes = cutter.proposals(image) if proposals is None else proposals
    if not len(boxes):
        none = np.zeros((0, 4), np.float32)
        return Detections(none, np.zeros(0, np.int64), np.zeros(0, np.float32), none, np.zeros(0, np.float32))
    scores, steps = forward(cutter.crops(image, boxes))
    shares = np.exp(scores) if kind == "log_probabilities" else _softmax(scores)
    moved = boxes if steps is None else apply_refinement(boxes, steps, width, height)
    return _keep_best(moved, shares, boxes, limits)


def _softmax(scores: Array) -> Array:
    return torch.softmax(torch.from_numpy(np.ascontiguousarray(scores, np.float32)), 1).numpy()


def _keep_best(moved: Array, shares: Array, proposals: Array, limits: DetectionLimits) -> Detections:
    """Of each class the surest boxes that do not cover each other."""
    sides = (moved[:, 2:] - moved[:, :2]).min(1)
    places, labels = [], []
    for kind in range(1, shares.shape[1]):
        sure = np.flatnonzero((shares[:, kind] >= limits.score) & (sides > 0))
        kept = sure[suppress(moved[sure], shares[sure, kind], limits.overlap)]
        places.append(kept)
        labels.append(np.full(len(kept), kind - 1, np.int64))
    place = np.concatenate(places) if places else np.zeros(0, np.int64)
    label = np.concatenate(labels) if labels else np.zeros(0, np.int64)
    score = shares[place, label + 1]
    order = np.argsort(-score, kind="stable")[: limits.most]
    return Detections(
        np.asarray(moved[place[order]], np.float32),
        label[order],
        np.asarray(score[order], np.float32),
        np.asarray(proposals, np.float32),
        np.asarray(1 - shares[:, 0], np.float32),
    )


class CropPreparation(NamedTuple):
    """What the data of a network do to each crop before it is read: their preparation, and mean and deviation by field."""

    preparation: FittedPreparation | None
    mean: Mapping[str, Array]
    std: Mapping[str, Array]

    def crops(self, crops: Array, field: str) -> Array:
        """The crops (n, C, S, S) as the network is given them.

        Raises:
            CannotDetect: the preparation makes the crops of something else than the crops.
        """
        found = crops
        if self.preparation is not None:
            try:
                found = self.preparation.prepare({"image": crops})[field]
            except (KeyError, ValueError) as error:
                raise CannotDetect(
                    f"the preparation of the data does not take regions by themselves: {error}"
                ) from None
        if field in self.mean:
            found = (found - self.mean[field]) / self.std[field]
        return np.asarray(found, np.float32)


def input_field(model: Model) -> str:
    """The field that the network is shown.

    Raises:
        CannotDetect: it is shown several.
    """
    fields = [model.plan.fields[step.id] for step in model.plan.net_inputs]
    if len(fields) != 1:
        raise CannotDetect(
            f"the network has {len(fields)} inputs; to look at regions it must have one, the region's image"
        )
    return fields[0]


def make_forward(model: Model, taken: CropPreparation) -> tuple[Forward, DetectionHeads]:
    """What the network of a model says of crops, in evaluation mode, and its heads.

    Raises:
        CannotDetect: the network has no head for classes, or more than one input.
    """
    heads, field = find_heads(model.plan), input_field(model)
    ports = [heads.scores, *([heads.refinement] if heads.refinement is not None else [])]
    view = model.view([((port.node,), port.port) for port in ports])
    view.eval()

    def forward(crops: Array) -> tuple[Array, Array | None]:
        parts = []
        with torch.inference_mode():
            for at in range(0, len(crops), AT_ONCE):
                given = torch.from_numpy(taken.crops(crops[at : at + AT_ONCE], field)).to(model.device)
                said = view(*(given if name == field else None for name in model.fields))
                parts.append([np.asarray(value.float().cpu().numpy()) for value in said])
        found = [np.concatenate(values) for values in zip(*parts, strict=True)]
        return found[0], found[1] if len(found) > 1 else None

    return forward, heads
