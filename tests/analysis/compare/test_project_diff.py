"""The semantic diff: what came, went, changed and follows; told apart from ids, order and layout."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graphs import random_project
from tests.sampling import examples
from visualnet.analysis import infer
from visualnet.analysis.compare.difference_text import as_data, lines
from visualnet.analysis.compare.project_diff import Differences, differences, pair
from visualnet.cli.common import open_project, template_names
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.graph import Graph, Port
from visualnet.core.project import Project
from visualnet.core.storage import project_file


def between(before: Project, after: Project) -> Differences:
    return differences(infer(before), infer(after))


def lenet() -> Project:
    return open_project("lenet5-28")


def ident(project: Project, name: str) -> str:
    return project.graph.named(name).id


def renumbered(project: Project, seed: int = 3) -> Project:
    """The same network with other ids, in another order, laid out elsewhere."""
    graph = project.graph
    order = list(graph.nodes)
    random.Random(seed).shuffle(order)
    ids = {old: f"n{900 + i}" for i, old in enumerate(order)}
    nodes = {
        ids[i]: msgspec.structs.replace(
            graph.nodes[i], id=ids[i], shares=ids.get(graph.nodes[i].shares or "", graph.nodes[i].shares)
        )
        for i in order
    }
    wires = {Port(ids[t.node], t.port): Port(ids[s.node], s.port) for t, s in graph.wires.items()}
    places = {ids[i]: (float(k), 0.0) for k, i in enumerate(order)}
    return msgspec.structs.replace(project, graph=Graph(nodes, wires, places))


def test_a_project_does_not_differ_from_itself_laid_out_and_numbered_otherwise() -> None:
    for name in template_names():
        project = open_project(name)
        assert not between(project, project), name
        assert not between(project, renumbered(project)), name
    assert lines(Differences()) == ["no difference but in how it is laid out"]


def test_a_changed_parameter_and_what_follows_from_it() -> None:
    before = lenet()
    c1 = ident(before, "c1")
    after = edits.set_params(before, "", [c1], {"out_channels": 12})
    found = between(before, after)
    of = {d.node.name: d for d in found.nodes}
    assert of["c1"].status == "changed"
    assert [tuple(c) for c in of["c1"].changes] == [("out_channels", "6", "12")]
    assert [tuple(c) for c in of["c1"].shapes] == [("features", "6×28×28", "12×28×28")]
    assert of["c1"].parameters == (6 * 26, 12 * 26)
    followers = [d for d in found.nodes if d.status == "follows"]
    assert followers and all(not d.changes for d in followers)
    assert of["c3"].status == "follows" and of["c3"].parameters == (16 * (6 * 25 + 1), 16 * (12 * 25 + 1))
    grown = sum(d.parameters[1] - d.parameters[0] for d in found.nodes)
    total = next(c for c in found.totals if c.what == "parameters")
    assert total.after.endswith(f"({grown:+,})")


def test_the_same_value_written_otherwise_is_no_difference() -> None:
    before = lenet()
    c1 = ident(before, "c1")
    assert not between(before, edits.set_params(before, "", [c1], {"kernel_size": (5, 5)}))
    assert not between(before, edits.set_params(before, "", [c1], {"stride": 1}))


def test_nodes_and_wires_that_came_and_went_are_found_without_their_ids() -> None:
    before = lenet()
    after, copies = edits.duplicate(before, "", [ident(before, "c1")], (40, 40))
    found = between(before, after)
    assert [(d.status, d.node.id) for d in found.nodes] == [("added", copies[0])]
    gone = between(after, before)
    assert [(d.status, d.node.id) for d in gone.nodes] == [("removed", copies[0])]
    wire = next(t for t, s in before.graph.wires.items() if before.graph.nodes[s.node].name == "c1")
    cut = between(before, edits.disconnect(before, "", wire))
    assert [(w.status, w.wire.target) for w in cut.wires] == [("removed", wire)]
    assert "c1.features" in cut.wires[0].text


def test_a_renamed_and_a_replaced_node_are_the_same_nodes() -> None:
    before = lenet()
    renamed = between(before, edits.rename(before, "", ident(before, "c1"), "first"))
    assert [(d.status, str(d.changes[0])) for d in renamed.nodes] == [("changed", "name: c1 → first")]
    graph = before.graph
    node = next(n for n in graph if n.kind == "max_pool2d") if any(n.kind == "max_pool2d" for n in graph) else None
    node = node or next(n for n in graph if n.kind == "avg_pool2d")
    other = "max_pool2d" if node.kind == "avg_pool2d" else "avg_pool2d"
    nodes = {**graph.nodes, node.id: msgspec.structs.replace(node, kind=other)}
    swapped = between(before, msgspec.structs.replace(before, graph=msgspec.structs.replace(graph, nodes=nodes)))
    assert [(d.status, str(d.changes[0])) for d in swapped.nodes] == [("changed", f"kind: {node.kind} → {other}")]


def test_nodes_without_a_common_name_or_id_are_found_along_the_wires() -> None:
    before = lenet()
    stranger = renumbered(before)
    nodes = {
        i: msgspec.structs.replace(n, name=f"x{i}") if n.kind not in ("input", "target") else n
        for i, n in stranger.graph.nodes.items()
    }
    stranger = msgspec.structs.replace(stranger, graph=msgspec.structs.replace(stranger.graph, nodes=nodes))
    pairs = pair(before.graph, stranger.graph)
    assert len(pairs) == len(before.graph.nodes)
    assert all(before.graph.nodes[a].kind == stranger.graph.nodes[b].kind for a, b in pairs.items())


def test_blocks_constants_data_and_recipe_are_told() -> None:
    found = between(open_project("resnet-18"), open_project("resnet-50"))
    assert ("removed", "basic") in found.blocks and ("added", "bottleneck") in found.blocks
    text = "\n".join(lines(between(open_project("alexnet"), open_project("alexnet-course"))))
    for part in (
        "~ constant classes: 1000 → 10",
        "+ bn1 (batch_norm2d)",
        "− lrn1",
        "kernel_size: 3×3 → 1×1",
        "~ recipe lr",
    ):
        assert part in text, part


@settings(max_examples=examples(20, wide=40), deadline=None)
@given(st.integers(0, 10_000))
def test_there_and_back_mirror_each_other(seed: int) -> None:
    """Whatever the edit, the way back has the same nodes and wires with the signs turned round."""
    rng = random.Random(seed)
    before = random_project(seed)
    after = before
    for _ in range(rng.randint(1, 4)):
        ids = list(after.graph.nodes)
        what = rng.randint(0, 3)
        node = rng.choice(ids)
        if what == 0 and len(ids) > 3:
            after = edits.remove(after, "", [node])
        elif what == 1:
            after, _ids = edits.duplicate(after, "", [node], (10, 10))
        elif what == 2:
            after = edits.rename(after, "", node, f"other{rng.randint(0, 999)}")
        elif after.graph.wires:
            after = edits.disconnect(after, "", rng.choice(list(after.graph.wires)))
    there, back = between(before, after), between(after, before)
    turned = {"added": "removed", "removed": "added"}
    assert sorted((turned.get(d.status, d.status), d.node.kind) for d in there.nodes) == sorted(
        (d.status, d.node.kind) for d in back.nodes
    )
    assert len(there.wires) == len(back.wires)
    assert bool(there) == bool(back)


def test_the_command_line_tells_them(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    ours = tmp_path / "mine.vnet"
    project = lenet()
    project_file.save(ours, edits.set_params(project, "", [ident(project, "c1")], {"out_channels": 8}))
    assert main(["diff", "lenet5-28", str(ours)]) == 0
    assert "~ c1 (conv2d)  out_channels: 6 → 8; 6×28×28 → 8×28×28; +52 parameters" in capsys.readouterr().out
    assert main(["diff", "lenet5-28", str(ours), "--exit-code"]) == 1
    capsys.readouterr()
    assert main(["diff", "lenet5-28", "lenet5-28", "--exit-code"]) == 0
    capsys.readouterr()
    assert main(["diff", "lenet5-28", str(ours), "--json"]) == 0
    told = msgspec.json.decode(capsys.readouterr().out)
    assert told == msgspec.json.decode(msgspec.json.encode(as_data(between(project, project_file.load(ours)))))
    assert main(["diff", "lenet5-28", "nothing-of-that-name"]) == 2
