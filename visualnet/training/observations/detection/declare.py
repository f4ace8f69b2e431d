"""Objects in the scene that the chosen region is of, or in a picture that a person opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualnet.analysis import Analysis
from visualnet.data.regions.box_geometry import box_overlaps
from visualnet.figures.charts.observed.objects.detection_chart import DetectionChart, FoundBox, TrueBox, as_bytes
from visualnet.layers.declaration.params import count, flag, real
from visualnet.training.observations.observation import (
    NETWORK,
    CannotObserve,
    History,
    Observation,
    Result,
    Subject,
    observation,
)

if TYPE_CHECKING:
    from visualnet.training.detection.detector import Forward
    from visualnet.training.detection.heads import DetectionHeads
    from visualnet.training.observations.context import ObservationContext

Array = NDArray[Any]
NO_REGIONS = "The data are no regions of scenes: choose “Regions of scenes”, or your own images with boxes as regions, on the data page."
MARK = "refinement"
"""The field of a target by which a network is known to learn from regions."""


@observation("objects", "Objects in the scene", "Samples", about="network", drawn_by=frozenset({"score", "proposals"}))
class Objects(Observation):
    """What the network finds in the whole scene that the chosen region is of: proposals, classes with scores, refined boxes."""

    reading = (
        "Coloured boxes are what is left of all proposals: each was classified, its box refined, and of two of one class that cover each "
        "other the surer one stayed. Dashed boxes are true: one without a coloured box is missed, a coloured one without a dashed is a "
        "false alarm."
    )
    score: int = count(50, "Boxes with a smaller score, in percent, are left out.", low=1, high=100, unit="%")
    proposals: bool = flag(False, "Also draw what selective search proposed; strong where the network sees an object.")
    overlap: float = real(
        0.3, "Of two boxes of one class that share more than this (IoU) the less sure one is left out.", low=0, high=1
    )
    why_none = (
        f"No target of this network reads the field “{MARK}”, which moves a box: this is for networks that learn from regions of "
        "scenes, such as the template R-CNN."
    )

    @classmethod
    def subjects(cls, analysis: Analysis) -> list[Subject]:
        targets = [facts.layer for facts in analysis.main.sinks("target") if facts.layer is not None]
        return [NETWORK] if any(layer.values().get("field") == MARK for layer in targets) else []

    def compute(self, context: ObservationContext, subject: Subject) -> Result:
        from visualnet.data.regions.region_samples import find_regions
        from visualnet.training.detection.detector import DetectionLimits, detect
        from visualnet.training.detection.heads import CannotDetect

        regions = find_regions(context.data.samples)
        if regions is None:
            raise CannotObserve(NO_REGIONS)
        try:
            forward, heads = _lens_forward(context)
            at = context.place // regions.regions
            scene = None if context.scene is not None else regions.scene(at)
            image, proposals = context.scene or _scene_of(regions, at)
            found = detect(image, regions.cutter, forward, heads.kind, DetectionLimits(overlap=self.overlap), proposals)
        except (CannotDetect, ValueError) as error:
            raise CannotObserve(str(error)) from None
        arrays = {"image": as_bytes(image), **found._asdict()}
        if scene is not None:
            arrays |= {"true_boxes": scene.boxes, "true_labels": scene.labels}
        words = {"classes": tuple(context.class_names[1:])}
        note = (
            "" if heads.refinement is not None else "The network has no head that moves boxes: they are the proposals."
        )
        return Result(arrays, words, note)

    def draw(self, result: Result, history: History) -> DetectionChart:
        arrays, names = result.arrays, result.words["classes"]
        none: Array = np.zeros((0, 4), np.float32)
        true_boxes, true_labels = arrays.get("true_boxes", none), arrays.get("true_labels", np.zeros(0, np.int64))
        known = "true_boxes" in arrays
        shared = box_overlaps(arrays["boxes"], true_boxes) * (arrays["labels"][:, None] == true_labels[None])
        overlaps = shared.max(1) if shared.shape[1] else np.zeros(len(shared))
        found = tuple(
            FoundBox(tuple(box), int(kind), names[int(kind)], float(score), float(share) if known else None)
            for box, kind, score, share in zip(
                arrays["boxes"].tolist(), arrays["labels"], arrays["scores"], overlaps, strict=True
            )
        )
        truth = tuple(
            TrueBox(tuple(box), names[int(kind)]) for box, kind in zip(true_boxes.tolist(), true_labels, strict=True)
        )
        return DetectionChart(
            arrays["image"], found, truth, arrays["proposals"], arrays["looks"], self.score, self.proposals
        )


def _lens_forward(context: ObservationContext) -> tuple[Forward, DetectionHeads]:
    """What the observed network says of crops, with what a person feeds in it."""
    import torch

    from visualnet.training.detection.detector import CropPreparation, input_field
    from visualnet.training.detection.heads import find_heads
    from visualnet.training.observations.context import as_array

    heads, field = find_heads(context.model.plan), input_field(context.model)
    taken = CropPreparation(context.data.preparation, context.data.mean, context.data.std)
    ports = [((port.node,), port.port) for port in (heads.scores, heads.refinement) if port is not None]

    def forward(crops: Array) -> tuple[Array, Array | None]:
        batch = {field: torch.from_numpy(taken.crops(crops, field)).to(context.device)}
        said = context.values(ports, batch)
        scores, *steps = (as_array(said[port]) for port in ports)
        return scores, steps[0] if steps else None

    return forward, heads


def _scene_of(regions: Any, at: int) -> tuple[Any, Any]:
    """The image of a scene of the data, with what selective search proposes in it."""
    return regions.scene(at).image, regions.proposals(at)
