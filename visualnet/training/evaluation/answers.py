"""What a network can be judged by: the tensors that its losses, or else its metrics, hold against a target."""

from __future__ import annotations

from typing import Any, NamedTuple

from visualnet.compiling.plan import Plan, PlanStep
from visualnet.core.graph import Port
from visualnet.training.decoding.scores import Scores


class Answer(NamedTuple):
    """One tensor of a network and the target that it is held against.

    ``kind`` is what the layer declares (``Layer.answer_kind``); the shapes are those of a sample; ``field`` is the one of the data
    that the target reads, empty where it is computed. Targets that equal ``ignored`` are not asked.
    """

    name: str
    kind: str
    prediction: Port
    target: Port
    prediction_shape: tuple[int, ...]
    target_shape: tuple[int, ...]
    target_dtype: str
    field: str
    ignored: int = -100
    are_flags: bool = False
    """The target holds nothing but 0 and 1 (and what is not asked): several labels for each sample, not amounts."""


TOKEN_KINDS = ("logits", "log_probabilities", "scores")
"""What a layer is given that tells the likeliest of several classes, at each place one."""


def scores_of(answer: Answer) -> Scores | None:
    """Where this answer scores the tokens of a text; None where it scores none."""
    if answer.kind not in TOKEN_KINDS or len(answer.target_shape) != 1 or len(answer.prediction_shape) != 2:
        return None
    if answer.target_dtype != "int" or not answer.field:
        return None
    port = (answer.prediction.node,), answer.prediction.port
    tokens, places = answer.prediction_shape
    return Scores(port, answer.kind, tokens, places, answer.field, answer.ignored)


def find_answers(plan: Plan) -> tuple[Answer, ...]:
    """The answers of a network, in the order of its losses; by its metrics where no loss says what it is given.

    Raises:
        ValueError: nothing can be judged; the words say why.
    """
    for steps in ([step for step, _ in plan.losses], plan.main.sinks("metric")):
        found: dict[tuple[Any, Any], Answer] = {}
        for step in steps:
            if (answer := _answer_of(plan, step)) is not None:
                found.setdefault((answer.prediction, answer.target), answer)
        if found:
            return tuple(found.values())
    raise ValueError(
        "nothing of this network can be judged: no loss or metric of it holds an answer against a target of the data. "
        "Lead the answer and its target into a loss (cross-entropy, squared error …) or into a metric"
    )


def _answer_of(plan: Plan, step: PlanStep) -> Answer | None:
    layer = step.facts.layer
    if layer is None or not layer.answer_kind:
        return None
    prediction, target = next(iter(step.args.values()), None), step.args.get("target")
    if prediction is None or target is None:
        return None
    nodes = plan.analysis.main.nodes
    said, true = nodes[prediction.node].leaving.get(prediction.port), nodes[target.node].leaving.get(target.port)
    if said is None or true is None or not true.batched:
        return None
    return Answer(
        _name_of(plan, prediction, step),
        layer.answer_kind,
        prediction,
        target,
        tuple(map(int, said.shape)),
        tuple(map(int, true.shape)),
        true.dtype,
        plan.fields.get(target.node, ""),
        layer.values().get("ignore_index", -100),
    )


def _name_of(plan: Plan, prediction: Port, step: PlanStep) -> str:
    """The output that tells the same tensor, else the node that computes it."""
    outputs = [name for name, port in plan.answers.items() if port == prediction]
    return outputs[0] if outputs else plan.analysis.main.nodes[prediction.node].node.name or step.facts.node.name
