"""What a place sees is what moves it: the composed windows are held against torch's gradients."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graphs import graph
from visualnet.analysis import infer
from visualnet.analysis.block_ports import ends
from visualnet.analysis.receptive_field import AxisField, receptive
from visualnet.core import edits
from visualnet.core.edits import grouping
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
from visualnet.resources import resource

WINDOWS = st.fixed_dictionaries(
    {
        "kernel_size": st.tuples(st.integers(1, 4), st.integers(1, 4)),
        "stride": st.tuples(st.integers(1, 2), st.integers(1, 3)),
        "padding": st.tuples(st.integers(0, 2), st.integers(0, 1)),
        "dilation": st.tuples(st.integers(1, 2), st.integers(1, 2)),
    }
)


def chain(windows: list[dict[str, Any]]) -> Project:
    nodes: list[Any] = [("image", "input", {"size": (1, 17, 15)})]
    nodes += [(f"conv{i}", "conv2d", {**w, "out_channels": 1, "bias": False}) for i, w in enumerate(windows)]
    nodes += [("out", "output", {})]
    names = [n for n, _, _ in nodes]
    wires = ["image.x -> conv0.image"]
    wires += [f"conv{i}.features -> conv{i + 1}.image" for i in range(len(windows) - 1)]
    return Project(graph=graph(nodes, [*wires, f"{names[-2]}.features -> out.x"]))


@settings(max_examples=30)
@given(st.lists(WINDOWS, min_size=1, max_size=3), st.data())
def test_a_place_sees_exactly_what_moves_it(windows: list[dict[str, Any]], data: st.DataObject) -> None:
    import torch

    project = chain(windows)
    analysis = infer(project)
    if analysis.errors():
        return
    last = f"n{len(windows) + 1}"
    (field,) = receptive(analysis, (last,))
    place = tuple(data.draw(st.integers(0, n - 1)) for n in field.places)
    x = torch.zeros(1, 1, 17, 15, requires_grad=True)
    y = x
    for w in windows:
        layer = torch.nn.Conv2d(1, 1, bias=False, **w)
        torch.nn.init.ones_(layer.weight)
        y = layer(y)
    assert tuple(y.shape[2:]) == field.places
    (moves,) = torch.autograd.grad(y[0, 0, place[0], place[1]], x)
    seen = field.seen(place)
    hit = moves[0, 0].nonzero()
    for axis, (first, behind) in enumerate(seen):
        if len(hit):
            low, high = int(hit[:, axis].min()), int(hit[:, axis].max()) + 1
            assert first <= low
            assert high <= behind
            # With dilation the outermost taps may lie in the padding; without it the bounds are met exactly.
            if all(w["dilation"][axis] == 1 for w in windows):
                assert (first, behind) == (low, high)


def lenet() -> Project:
    return project_file.load(resource("templates", "lenet5.vnet"))


def test_lenet_s_second_convolution_sees_fourteen_cells() -> None:
    project = lenet()
    convs = [n for n in project.graph if n.kind == "conv2d"]
    (first,), (second,) = (receptive(infer(project), (n.id,)) for n in convs)
    assert (first.size, first.jump) == ((5, 5), (1, 1))
    assert (second.size, second.jump) == ((14, 14), (2, 2))


def test_behind_a_flattening_everything_is_seen() -> None:
    project = lenet()
    (field,) = receptive(infer(project), (project.graph.named("fc1").id,))
    assert field.whole


def test_a_block_sees_what_its_inside_sees() -> None:
    project = lenet()
    conv = next(n for n in project.graph if n.kind == "conv2d")
    reader = next(t.node for t, s in project.graph.wires.items() if s.node == conv.id)
    after, instance = grouping.group(project, MAIN, [conv.id, reader], ends())
    assert receptive(infer(after), (instance,)) == receptive(infer(project), (reader,))
    inner = next(n for n in after.blocks["block"].graph if n.kind == "conv2d")
    assert receptive(infer(after), (instance, inner.id)) == receptive(infer(project), (conv.id,))


def test_a_block_whose_last_input_was_cut_sees_nothing() -> None:
    project = lenet()
    conv = next(n for n in project.graph if n.kind == "conv2d")
    reader = next(t.node for t, s in project.graph.wires.items() if s.node == conv.id)
    after, instance = grouping.group(project, MAIN, [conv.id, reader], ends())
    inputs = [n.id for n in after.blocks["block"].graph if n.kind == ends().input]
    cut = infer(edits.remove(after, "block", inputs))
    assert not cut.main.nodes[instance].inputs
    assert receptive(cut, (instance,)) == []


def test_two_ways_are_taken_together() -> None:
    made = graph(
        [("image", "input", {"size": (1, 16, 16)}),
         ("a", "conv2d", {"out_channels": 1, "kernel_size": (3, 3), "padding": (1, 1)}),
         ("b", "conv2d", {"out_channels": 1, "kernel_size": (5, 5), "padding": (2, 2)}),
         ("add", "add", {}), ("out", "output", {})],
        ["image.x -> a.image", "image.x -> b.image", "a.features -> add.x1", "b.features -> add.x2", "add.y -> out.x"],
    )  # fmt: skip
    project = Project(graph=made)
    (field,) = receptive(infer(project), ("n4",))
    assert (field.size, field.start, field.whole) == ((5, 5), (-2, -2), False)


def test_ways_at_different_paces_see_everything_together() -> None:
    made = graph(
        [("image", "input", {"size": (1, 16, 16)}), ("pool", "max_pool2d", {}),
         ("grow", "conv2d", {"out_channels": 1, "kernel_size": (1, 1), "padding": (4, 4)}),
         ("a", "conv2d", {"out_channels": 1, "kernel_size": (1, 1)}), ("add", "add", {}), ("out", "output", {})],
        ["image.x -> pool.image", "pool.features -> grow.image", "image.x -> a.image", "grow.features -> add.x1",
         "a.features -> add.x2", "add.y -> out.x"],
    )  # fmt: skip
    analysis = infer(Project(graph=made))
    assert analysis.main["n5"].known
    (field,) = receptive(analysis, ("n5",))
    assert field.whole
    assert field.seen((0, 0)) == ((0, 16), (0, 16))


def test_what_a_place_sees_is_said_in_figures() -> None:
    field = AxisField("image", (16, 16), (8, 8), size=(3, 3), jump=(2, 2), start=(-1, -1))
    assert field.describe((2, 2)) == "Place 3, 3 sees 3×3 cells of “image”; its neighbour the same 2 cells on."
    assert "3×3 cells of “image” (here 2×2, the rest is padding)" in field.describe((0, 0))
    assert field._replace(jump=(2, 1)).describe((2, 2)).endswith("the same 2×1 cells on.")
    assert field._replace(whole=True).describe((0, 0)).startswith("A place here may see all of “image”")
    assert field._replace(whole=True, places=(1, 1)).describe((0, 0)) == "Every number here sees all of “image”."


def branched(second: bool) -> Project:
    """Three convolutions, the last of them added to the first."""
    conv = {"out_channels": 1, "kernel_size": (3, 3), "padding": (1, 1)}
    wires = ["image.x -> a.image", "a.features -> b.image", "b.features -> c.image", "c.features -> add.x1"]
    made = graph(
        [("image", "input", {"size": (1, 16, 16)}), ("a", "conv2d", conv), ("b", "conv2d", conv), ("c", "conv2d", conv),
         ("add", "add", {}), ("relu", "relu", {}), ("out", "output", {})],
        [*wires, *(["a.features -> add.x2"] if second else []), "add.y -> relu.x", "relu.y -> out.x"],
    )  # fmt: skip
    return Project(graph=made)


def test_an_open_port_on_the_way_is_no_sight_of_all_of_the_input() -> None:
    (known,) = receptive(infer(branched(second=True)), ("n5",))
    assert (known.size, known.whole, known.unknown) == ((7, 7), False, "")
    analysis = infer(branched(second=False))
    for node in ("n5", "n6", "n7"):
        (field,) = receptive(analysis, (node,))
        assert field.describe(()) == "Not known yet: nothing is connected to the input “x2” of “add”."


def test_a_fault_on_the_way_is_no_sight_of_all_of_the_input() -> None:
    project = branched(second=True)
    broken = edits.set_params(project, MAIN, ["n3"], {"kernel_size": (40, 40)})
    (field,) = receptive(infer(broken), ("n4",))
    assert field.describe(()) == "Not known yet: the shape is unknown because of “b”."
