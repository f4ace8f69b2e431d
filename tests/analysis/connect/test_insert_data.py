"""A new input or target reads what the project's data hold."""

from __future__ import annotations

import pytest

from visualnet.analysis import infer
from visualnet.analysis.connect.insert_node import insert_node
from visualnet.core.graph import Graph, Node, Value
from visualnet.core.project import MAIN, Block, DataChoice, Project
from visualnet.data.registry import DATASETS, fields_or_none
from visualnet.layers.shorthand import TypedParameters


def added(project: Project, kind: str, **given: Value) -> tuple[Project, Node]:
    fields = fields_or_none(project.data)
    analysis = infer(project, fields=fields)
    project, new = insert_node(
        project, MAIN, (), analysis, kind, (0.0, 0.0), given=TypedParameters(params=given), fields=fields
    )
    return project, project.graph.nodes[new]


@pytest.mark.parametrize("data", DATASETS)
def test_a_new_input_and_a_new_target_fit_every_data_set(data: str) -> None:
    project = Project(data=DataChoice(name=data))
    for kind in ("input", "target"):
        project, _ = added(project, kind)
    found = infer(project, fields=fields_or_none(project.data)).problems
    assert not [p for p in found if p.code in ("no-field", "field-size", "field-type")]


def test_which_field_is_read() -> None:
    points = Project(data=DataChoice(name="points"))
    assert dict(added(points, "input")[1].params) == {"field": "point", "size": (2,)}
    assert dict(added(points, "target")[1].params) == {}, "label, as every target"
    assert dict(added(points, "input", size=(5,))[1].params) == {"size": (5,)}, "what was asked for holds"
    pairs, first = added(Project(data=DataChoice(name="reversal")), "input")
    _, second = added(pairs, "input")
    assert (first.params["field"], second.params["field"]) == ("source", "written")
    _, target = added(pairs, "target")
    assert target.params["field"] == "translation"
    digits, _ = added(Project(), "input")
    assert dict(added(digits, "input")[1].params) == {}, "a second one reads the only picture again"


def test_an_input_of_a_block_reads_no_data() -> None:
    points = Project(data=DataChoice(name="points"), blocks={"inner": Block(graph=Graph())})
    fields = fields_or_none(points.data)
    analysis = infer(points, fields=fields)
    project, new = insert_node(points, "inner", (), analysis, "input", (0.0, 0.0), fields=fields)
    assert dict(project.blocks["inner"].graph.nodes[new].params) == {}
