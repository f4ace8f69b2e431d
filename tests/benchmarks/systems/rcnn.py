"""R-CNN: objects found in scenes that were held out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

import visualnet as vn
from tests.benchmarks.systems.system import System, Wanted
from visualnet.core.storage import project_file
from visualnet.data.regions.box_geometry import box_overlaps
from visualnet.data.regions.region_samples import find_regions
from visualnet.resources import resource
from visualnet.training.evaluation.evaluation import Evaluation, evaluate

TRAINING, VALIDATION, TEST = 240, 60, 60
"""Scenes: the template has the first two, and the last are made for the evaluation alone."""


def measure(seed: int) -> Mapping[str, float]:
    """The template, with other scenes and another start for each seed; the scenes are searched anew."""
    project = project_file.load(resource("templates", "rcnn.vnet"))
    parts = (TRAINING, VALIDATION, TEST)
    scenes = sum(parts)
    options = {**project.data.options, "n": scenes, "seed": seed}
    data = replace(project.data, options=options, seed=seed, split=tuple(part / scenes for part in parts))
    project = replace(project, data=data, recipe=replace(project.recipe, seed=seed))
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        begun = time.process_time()
        vn.train(project, folder=run).finish()
        spent = time.process_time() - begun
        found = evaluate(run, "test")
    figures = found.figures[0]
    return {
        "mAP@0.5": figures["map_50"].value,
        "mAP@0.5:0.95": figures["map"].value,
        "proposals reach": _reached(found),
        "scenes": float(found.predictions[0].size),
        "processor_seconds": spent,
    }


def _reached(found: Evaluation) -> float:
    """The share of the true boxes of the held-out scenes that a proposal covers by half: more cannot be found."""
    regions = find_regions(found.loaded.samples)
    assert regions is not None
    reached, every = 0, 0
    for sample in found.predictions[0].samples.tolist():
        at = sample // regions.regions
        truth = regions.scene(at).boxes
        reached += int((box_overlaps(truth, regions.proposals(at)).max(1) >= 0.5).sum()) if len(truth) else 0
        every += len(truth)
    return reached / every


SYSTEM = System(
    "rcnn",
    "R-CNN on scenes of digits and shapes",
    {
        "mAP@0.5": Wanted(least=0.7),
        "mAP@0.5:0.95": Wanted(),
        "proposals reach": Wanted(),
        "scenes": Wanted(),
        "processor_seconds": Wanted(most=300, unit="s"),
    },
    measure,
)
