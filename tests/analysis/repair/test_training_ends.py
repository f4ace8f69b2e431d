"""The task is guessed from what the network answers and what the data holds."""

from __future__ import annotations

import pytest

from visualnet.analysis.inference.infer import infer
from visualnet.analysis.repair.training_ends import NodesByRole, plan_training_ends
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.data.registry import fields_or_none


def network(data: str, field: str, size: tuple[int, ...], outputs: int, end: str = "") -> Project:
    """Input, flatten, linear, and an activation if one is named."""
    project = edits.set_data(Project(), name=data)
    project = edits.add_node(project, MAIN, "input", id="n1", params={"size": size, "field": field})
    project = edits.add_node(project, MAIN, "flatten", id="n2")
    project = edits.add_node(project, MAIN, "linear", id="n3", params={"out_features": outputs})
    project = edits.connect(project, MAIN, Port("n1", "x"), Port("n2", "x"))
    project = edits.connect(project, MAIN, Port("n2", "y"), Port("n3", "x"))
    if end:
        project = edits.add_node(project, MAIN, end, id="n4")
        project = edits.connect(project, MAIN, Port("n3", "y"), Port("n4", "x"))
    return project


@pytest.mark.parametrize(
    ("project", "loss", "metric", "field", "judged"),
    [
        (network("mnist5k", "image", (1, 28, 28), 10), "cross_entropy", "accuracy", "label", "n3"),
        (network("digits8x8", "image", (1, 8, 8), 10, "softmax"), "cross_entropy", "accuracy", "label", "n3"),
        (network("points", "point", (2,), 2), "cross_entropy", "accuracy", "label", "n3"),
        (network("points", "point", (2,), 1, "sigmoid"), "bce_with_logits", "binary_accuracy", "y", "n3"),
        (network("curve", "x", (1,), 1), "mse", "mae", "y", "n3"),
        (network("curve", "x", (1,), 1, "relu"), "mse", "mae", "y", "n4"),
    ],
)
def test_what_judges_a_network_follows_from_its_answer_and_the_data(
    project: Project, loss: str, metric: str, field: str, judged: str
) -> None:
    fields = fields_or_none(project.data)
    plan = plan_training_ends(project, infer(project, None, fields).main, fields)
    after, added = plan.add(project)
    kinds = {after.graph.nodes[i].kind for i in added}
    assert kinds == {loss, metric, "target", "output"}
    assert plan.field == field and plan.judged.node == judged, "losses on scores read them before softmax or sigmoid"
    facts = infer(after, None, fields)
    assert not facts.problems and NodesByRole.of(facts.main).whole


def test_only_what_is_missing_is_added() -> None:
    """A loss that is there stays and gets its target; where all is there, or nothing to judge, it is said."""
    project = network("mnist5k", "image", (1, 28, 28), 10)
    project = edits.add_node(project, MAIN, "cross_entropy", id="n9")
    project = edits.connect(project, MAIN, Port("n3", "y"), Port("n9", "logits"))
    fields = fields_or_none(project.data)
    plan = plan_training_ends(project, infer(project, None, fields).main, fields)
    assert plan.words == "Add target and accuracy: Cross-entropy against “label”"
    after, added = plan.add(project)
    assert {after.graph.nodes[i].kind for i in added} == {"accuracy", "target", "output"}
    assert after.graph.wires[Port("n9", "target")].node in added
    with pytest.raises(ValueError, match="already"):
        plan_training_ends(after, infer(after, None, fields).main, fields)
    with pytest.raises(ValueError, match="nothing to judge"):
        plan_training_ends(Project(), infer(Project()).main, fields)
