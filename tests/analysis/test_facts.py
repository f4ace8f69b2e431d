"""Nodes by their path: through blocks, each repetition by itself, and when they are gone."""

from __future__ import annotations

from tests.analysis.drawing import graph, look
from visualnet.analysis import infer
from visualnet.analysis.facts import Analysis, plain_path
from visualnet.cli.common import open_project
from visualnet.core.project import Block
from visualnet.data.registry import fields_or_none, image_field


def analysis_of(template: str) -> Analysis:
    project = open_project(template)
    return infer(project, fields=fields_or_none(project.data))


def test_every_repetition_of_a_block_has_its_path_and_its_name() -> None:
    analysis = analysis_of("vit-small")
    path = next(path for path, facts in analysis.walk() if len(path) == 2 and "weights" in facts.leaving)
    found = analysis.repetitions(path, 64)
    assert [each[0].partition("#")[2] for each in found] == ["", "1", "2"]
    assert {plain_path(each) for each in found} == {path}
    names = [analysis.name_of(each) for each in found]
    assert [name.split(" › ")[0][-2:] for name in names] == [" 1", " 2", " 3"]
    assert analysis.find(found[2]) is analysis.at(path)
    assert len(analysis.repetitions(path, 2)) == 2


def test_what_is_gone_is_not_found() -> None:
    analysis = analysis_of("lenet5")
    assert analysis.find(("gone",)) is None
    assert analysis.find(()) is None
    assert analysis.find((next(iter(analysis.main.nodes)), "inside")) is None
    assert analysis.name_of(("gone",)) == "gone"


def test_the_fields_that_a_network_answers_and_the_one_that_is_a_picture() -> None:
    analysis = analysis_of("lenet5")
    data = analysis.project.data
    assert analysis.target_fields() == ["label"]
    assert image_field(data, fields_or_none(data)) == "image"
    assert image_field(data, None) is None


def test_a_hint_inside_a_block_is_among_the_problems_though_the_block_itself_has_none() -> None:
    inside = Block(graph=graph("x:input f:linear y:output x>f f>y", x={"size": (1, 28, 28)}))
    analysis = look("i:input b:block:part o:output i>b.x b.y>o", {"part": inside})
    (block,) = (f for f in analysis.main.nodes.values() if f.node.block)
    assert not block.problems and block.node.id in analysis.main.faulty
    assert [p.path for p in analysis.problems if p.code == "doubtful"] == [(block.node.id, "n2")]
