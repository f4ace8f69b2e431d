"""Networks that find objects in images."""

from __future__ import annotations

from architectures.sheet import Sheet
from visualnet.core.project import DataChoice, Project, Recipe


def rcnn() -> Project:
    s = Sheet()
    x = s.add("input", "region", field="image", size=(3, 28, 28))
    for number, channels in enumerate((16, 32), 1):
        x = s.add("relu", f"relu{number}", s.conv(f"conv{number}", x, channels, 3, padding=1))
        x = s.add("max_pool2d", f"pool{number}", x)
    x = s.dense("features", s.add("flatten", "numbers", x), 128, drop=0.3)
    scores = s.add("linear", "class_scores", x, out_features=14)
    steps = s.add("linear", "box_steps", x, out_features=4)
    label = s.add("target", "label")
    truth = s.add("target", "refinement", field="refinement", size=(4,), dtype="float")
    there = s.add("target", "is_object", field="is_object", size=(), dtype="float")
    s.add("cross_entropy", "class_loss", scores, label)
    # Smooth L1 is the Huber loss with δ = 1; the weight of a sample is 0 for background, which has no box to learn. Steps are about a
    # tenth of a box, so that their loss is about a hundredth of that of the classes.
    s.add("huber", "box_loss", steps, truth, there, sample_weights=True, weight=10)
    s.add("accuracy", "accuracy", scores, label)
    s.add("output", "classes", scores)
    s.add("output", "box", steps)
    return s.project(
        "R-CNN",
        "Selective search proposes regions of a scene, each is cut out and warped, and one network says what it is and how its box should "
        "move (Girshick et al. 2014). Three steps that later detectors made into one.",
        DataChoice(name="scene_regions", options={"n": 300}, division="group", division_options={"column": "picture"}),
        Recipe(optimizer="Adam", lr=0.001, batch_size=64, epochs=12),
        wrap=1400,
    )


TEMPLATES = {"rcnn": rcnn}
