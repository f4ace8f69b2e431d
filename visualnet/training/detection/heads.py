"""The two answers of a network that judges regions: which class, and how the box is to be moved."""

from __future__ import annotations

from typing import NamedTuple

from visualnet.compiling.plan import Plan, PlanStep
from visualnet.core.graph import Port

OF_CLASSES = ("logits", "log_probabilities")
NO_CLASSES = "no loss of this network tells the classes of regions apart: lead its scores and the target “label” into a cross-entropy"


class DetectionHeads(NamedTuple):
    """Where the scores of the classes leave (K + 1 with the background, which is class 0), as what they are (``kind``, see
    `Layer.answer_kind`), and where the four numbers leave that move the box; None where the network has no such head: then proposals stay
    as they are."""

    scores: Port
    kind: str
    refinement: Port | None


class CannotDetect(ValueError):
    """The network, or its data, are not such that objects can be found; the words say why."""


def find_heads(plan: Plan) -> DetectionHeads:
    """The heads of a network, by what its losses hold against the fields ``label`` and ``refinement``.

    Raises:
        CannotDetect: nothing of it tells classes of regions apart.
    """
    losses = [step for step, _ in plan.losses]
    scores = next((step for step in losses if _kind(step) in OF_CLASSES and _field(plan, step) == "label"), None)
    if scores is None:
        raise CannotDetect(NO_CLASSES)
    moves = next((step for step in losses if _kind(step) == "numbers" and _field(plan, step) == "refinement"), None)
    return DetectionHeads(_prediction(scores), _kind(scores), _prediction(moves) if moves is not None else None)


def _kind(step: PlanStep) -> str:
    return step.facts.layer.answer_kind if step.facts.layer is not None else ""


def _field(plan: Plan, step: PlanStep) -> str:
    """The field of the data that a loss's target reads."""
    target = step.args.get("target")
    return plan.fields.get(target.node, "") if target is not None else ""


def _prediction(step: PlanStep) -> Port:
    found = next(iter(step.args.values()))
    assert found is not None
    return found
