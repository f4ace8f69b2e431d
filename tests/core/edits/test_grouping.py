"""Blocks made and unmade: what is grouped and ungrouped at once is as it was, and nothing that is computed changes."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graphs import graph, random_project
from visualnet.analysis import infer
from visualnet.analysis.block_ports import ends, open_ports
from visualnet.core import edits
from visualnet.core.edits import annotate, definitions, grouping
from visualnet.core.graph import Graph, Port
from visualnet.core.names import free, names
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.storage import project_file


def by_name(graph: Graph) -> Any:
    """A graph as it is but for ids and order."""
    called = {i: n.name for i, n in graph.nodes.items()}
    nodes = {
        n.name: (
            n.kind,
            dict(n.params),
            n.trainable,
            n.init,
            called.get(n.shares or ""),
            n.repeat,
            n.mode,
            dict(n.extra),
        )
        for n in graph
    }
    wires = {(called[t.node], t.port): (called[s.node], s.port) for t, s in graph.wires.items()}
    bends = {(called[t.node], t.port): points for t, points in graph.bends.items()}
    annotations = Counter((r.kind, r.text, r.colour, r.area) for r in graph.annotations.values())
    return nodes, wires, {called[i]: at for i, at in graph.places.items()}, bends, annotations


def errors(project: Project) -> Counter[str]:
    return Counter(p.code for p in infer(project).errors())


def tamed(project: Project) -> Project:
    """The project with names that a file can hold: some random ones only inference takes."""
    for name in project.blocks:
        project = definitions.rename_block(project, name, free(name, set(project.blocks) - {name}))
    for sheet, sheet_graph in project.sheets():
        for node in sheet_graph:
            taken = names(project.sheet(sheet)) - {node.name}
            project = edits.rename(project, sheet, node.id, free(node.name, taken))
    return project


def spread(project: Project) -> Project:
    """The project with its cards at places of their own."""
    for sheet, sheet_graph in project.sheets():
        places = {i: (at % 7 * 213.0, at // 7 * 101.5) for at, i in enumerate(sheet_graph.nodes)}
        project = edits.move(project, sheet, places)
    return project


def dressed(project: Project, rng: random.Random) -> Project:
    """The project with bent wires, frames and notes here and there, some round a few cards."""
    for sheet, g in project.sheets():
        points = {t: [(rng.randint(-99, 999) / 2, rng.randint(-99, 999) / 2)] for t in g.wires if rng.random() < 0.4}
        project = annotate.set_waypoints(project, sheet, points)
        for number in range(rng.randint(0, 5)):
            area = (rng.randint(0, 6) * 213.0 - 8, rng.randint(0, 3) * 101.5 - 8, rng.choice([60, 200, 640]), 220.0)
            kind = rng.choice(["frame", "note"])
            project, _ = annotate.add_annotation(
                project, sheet, kind, area, f"annotation {number}", rng.choice(["", "red"])
            )
    return project


@given(st.integers(0, 400), st.integers(0, 10**6))
def test_group_and_ungroup_are_an_identity_and_change_nothing_that_is_computed(seed: int, choice: int) -> None:
    rng = random.Random(choice)
    project = dressed(spread(tamed(random_project(seed, 10))), rng)
    sheet = rng.choice([name for name, g in project.sheets() if g.nodes])
    ids = [i for i in project.sheet(sheet).nodes if rng.random() < 0.5]
    facts = infer(project).sheet(sheet)
    try:
        grouped, instance = grouping.group(project, sheet, ids, ends(), "part", *open_ports(facts, ids))
    except ValueError as refusal:
        words = str(refusal)
    else:
        words = ""
    if words:
        assert "select" in words or "weights" in words
        return
    assert errors(grouped) == errors(project)
    before, after = infer(project), infer(grouped)
    assert after.main.totals == before.main.totals
    assert project_file.loads(project_file.dumps(grouped)) == grouped
    back, new = grouping.ungroup(grouped, sheet, [instance], ends())
    assert by_name(back.sheet(sheet)) == by_name(project.sheet(sheet))
    assert set(new) <= set(back.sheet(sheet).nodes)
    assert definitions.unused_blocks(back) == [*definitions.unused_blocks(project), "part"]


def chain() -> Project:
    made = graph(
        [("image", "input", {}), ("conv", "conv2d", {}), ("act", "relu", {}), ("pool", "max_pool2d", {}),
         ("add", "add", {}), ("flat", "flatten", {}), ("out", "output", {})],
        ["image.x -> conv.image", "conv.features -> act.x", "act.y -> add.a", "conv.features -> add.b",
         "add.sum -> pool.image", "pool.features -> flat.x", "flat.y -> out.x"],
    )  # fmt: skip
    return Project(graph=made)


def test_ports_are_derived_and_named_as_what_they_feed() -> None:
    project, instance = grouping.group(chain(), MAIN, ["n2", "n3"], ends(), "stem")
    node = project.graph.nodes[instance]
    assert (node.kind, node.name) == ("block:stem", "stem")
    inside = project.blocks["stem"].graph
    assert [n.name for n in inside if n.kind == "input"] == ["image"]
    assert [n.name for n in inside if n.kind == "output"] == ["features", "y"]
    assert project.graph.wires[Port(instance, "image")] == Port("n1", "x")
    assert project.graph.wires[Port("n5", "a")] == Port(instance, "y")
    assert project.graph.wires[Port("n5", "b")] == Port(instance, "features")


def test_a_source_that_feeds_two_nodes_is_one_port() -> None:
    project, instance = grouping.group(chain(), MAIN, ["n3", "n5"], ends())
    assert [t.port for t in project.graph.wires if t.node == instance] == ["x"]


def test_what_would_go_in_a_circle_is_refused_with_words() -> None:
    with pytest.raises(ValueError, match="“act” stands between the selected nodes"):
        grouping.group(chain(), MAIN, ["n2", "n5"], ends())


def test_sources_and_answers_stay_outside() -> None:
    project, instance = grouping.group(chain(), MAIN, ["n1", "n2", "n7"], ends())
    assert {"n1", "n7", instance} <= set(project.graph.nodes)
    with pytest.raises(ValueError, match="stay outside"):
        grouping.group(chain(), MAIN, ["n1", "n7"], ends())


def test_shared_weights_are_not_torn_apart() -> None:
    project = edits.add_node(chain(), MAIN, "conv2d", name="twin")
    project = edits.set_node(project, MAIN, ["n8"], shares="n2")
    with pytest.raises(ValueError, match="“twin” uses the weights of “conv”"):
        grouping.group(project, MAIN, ["n2"], ends())


def test_open_ports_become_ports_too() -> None:
    project = edits.add_node(Project(), MAIN, "conv2d")
    facts = infer(project).main
    grouped, instance = grouping.group(project, MAIN, ["n1"], ends(), "block", *open_ports(facts, ["n1"]))
    found = infer(grouped).main[instance]
    assert (list(found.inputs), list(found.outputs)) == (["image"], ["features"])


def parametric(**instance: Any) -> Project:
    inside = graph(
        [("x", "input", {}), ("conv", "conv2d", {"out_channels": "2*width", "kernel_size": ("k", "k")}),
         ("y", "output", {})],
        ["x.x -> conv.image", "conv.features -> y.x"],
    )  # fmt: skip
    outer = graph(
        [("image", "input", {}), ("stage", "block:Stage", instance), ("out", "output", {})],
        ["image.x -> stage.x", "stage.y -> out.x"],
    )
    return Project(graph=outer, blocks={"Stage": Block(graph=inside, params={"width": 8, "k": 3})})


def test_ungrouping_fills_the_parameters_in() -> None:
    project, (new,) = grouping.ungroup(parametric(width=5), MAIN, ["n2"], ends())
    assert project.graph.nodes[new].params == {"out_channels": 10, "kernel_size": (3, 3)}
    project, (new,) = grouping.ungroup(parametric(width="classes + 1"), MAIN, ["n2"], ends())
    assert project.graph.nodes[new].params["out_channels"] == "2*(classes + 1)"


def test_ungrouping_a_repeated_block_lays_the_chain_out() -> None:
    project = parametric()
    project = edits.set_params(project, "Stage", ["n2"], {"padding": (1, 1)})
    project = edits.set_node(project, MAIN, ["n2"], repeat=3)
    before = infer(project).main
    after, new = grouping.ungroup(project, MAIN, ["n2"], ends())
    found = infer(after).main
    assert len(new) == 3
    assert [after.graph.nodes[i].name for i in new] == ["conv", "conv2", "conv3"]
    assert found.totals == before.totals
    assert found["n3"].arriving == before["n3"].arriving


def test_what_stands_among_the_nodes_goes_with_them() -> None:
    project = spread(chain())  # image, conv, act, pool … stand in a row, 213 px apart
    bends = {Port("n3", "x"): [(300.0, 40.0)], Port("n2", "image"): [(100.0, 7.0)], Port("n4", "image"): [(900.0, 9.0)]}
    project = annotate.set_waypoints(project, MAIN, bends)
    project, own = annotate.add_annotation(project, MAIN, "frame", (200.0, -20.0, 440.0, 130.0), "stem")
    project, wide = annotate.add_annotation(project, MAIN, "frame", (-20.0, -20.0, 2000.0, 300.0), "all")
    project, note = annotate.add_annotation(project, MAIN, "note", (220.0, 0.0, 60.0, 40.0), "why 3×3")
    grouped, instance = grouping.group(project, MAIN, ["n2", "n3"], ends(), "stem")
    inside = grouped.blocks["stem"].graph
    assert set(inside.annotations) == {own, note}
    assert set(grouped.graph.annotations) == {wide}
    assert inside.bends == {Port("n3", "x"): ((300.0, 40.0),), Port("n2", "image"): ((100.0, 7.0),)}
    assert grouped.graph.bends == {Port("n4", "image"): ((900.0, 9.0),)}
    assert project_file.loads(project_file.dumps(grouped)) == grouped
    away = edits.move(grouped, MAIN, {instance: tuple(at + 64 for at in grouped.graph.places[instance])})
    back, _ = grouping.ungroup(away, MAIN, [instance], ends())
    assert Counter(r.area for r in back.graph.annotations.values())[(264.0, 44.0, 440.0, 130.0)] == 1
    assert ((364.0, 104.0),) in back.graph.bends.values()


def test_a_block_with_a_memory_is_laid_out_with_the_memory_at_each() -> None:
    inside = graph(
        [("x", "input", {}), ("memory", "input", {}), ("add", "add", {}), ("act", "linear", {"out_features": 4}),
         ("y", "output", {})],
        ["x.x -> add.x1", "memory.x -> add.x2", "add.y -> act.x", "act.y -> y.x"],
    )  # fmt: skip
    outer = graph(
        [("a", "input", {"size": (4,)}), ("b", "input", {"size": (4,)}), ("stage", "block:Stage", {}), ("out", "output", {})],
        ["a.x -> stage.x", "b.x -> stage.memory", "stage.y -> out.x"],
        stage={"repeat": 3},
    )  # fmt: skip
    project = Project(graph=outer, blocks={"Stage": Block(graph=inside)})
    before = infer(project)
    assert not before.errors()
    after, new = grouping.ungroup(project, MAIN, ["n3"], ends())
    assert infer(after).main.totals == before.main.totals
    adds = [i for i in new if after.graph.nodes[i].kind == "add"]
    assert [after.graph.wires[Port(i, "x2")] for i in adds] == [Port("n2", "x")] * 3


def test_a_frozen_block_leaves_frozen_nodes() -> None:
    project = edits.set_node(parametric(), MAIN, ["n2"], trainable=False)
    project, (new,) = grouping.ungroup(project, MAIN, ["n2"], ends())
    assert not project.graph.nodes[new].trainable


def test_grouping_inside_a_block_hands_its_parameters_on() -> None:
    project = parametric(width=5)
    grouped, instance = grouping.group(project, "Stage", ["n2"], ends(), "core")
    assert grouped.blocks["core"].params == {"width": 8, "k": 3}
    assert grouped.blocks["Stage"].graph.nodes[instance].params == {"width": "width", "k": "k"}
    assert infer(grouped).main.totals == infer(project).main.totals


def test_make_unique_leaves_the_other_uses_alone() -> None:
    project = edits.add_node(parametric(), MAIN, "block:Stage")
    alone = definitions.make_unique(project, MAIN, "n4")
    assert alone.graph.nodes["n4"].block == "Stage2"
    assert alone.blocks["Stage2"] == alone.blocks["Stage"]
    with pytest.raises(ValueError, match="only use"):
        definitions.make_unique(alone, MAIN, "n4")


def test_renaming_a_block_takes_every_use_along() -> None:
    project, _ = grouping.group(parametric(), "Stage", ["n2"], ends(), "core")
    renamed = definitions.rename_block(project, "core", "heart")
    assert list(renamed.blocks) == ["Stage", "heart"]
    assert errors(renamed) == errors(project)
    assert definitions.rename_block(renamed, "heart", "core") == project
    for name in ("Stage", "for", "two words"):
        with pytest.raises(ValueError, match=r"is free|can be had"):
            definitions.rename_block(project, "core", name)


def test_only_what_nothing_uses_is_thrown_away() -> None:
    project, _ = grouping.group(parametric(), "Stage", ["n2"], ends(), "core")
    assert definitions.remove_unused(project) is project
    without = edits.remove(project, MAIN, ["n2"])
    assert definitions.remove_unused(without).blocks == {}
