"""What a changed network keeps of what it learned: told for every node once, in words, and just as torch's tensors have it."""

from __future__ import annotations

import random

import pytest

from tests.analysis.drawing import graph, project
from tests.analysis.test_incremental import any_edit
from tests.graphs import random_project
from visualnet.analysis import Analysis, infer
from visualnet.analysis.block_ports import ends
from visualnet.analysis.compare.weights_kept import (
    ADDED,
    ANEW,
    BACK,
    GONE,
    KEPT,
    EarlierWeights,
    WeightsKept,
    describe_tensors,
    find_weights_kept,
    walk_layers,
)
from visualnet.compiling.module import compile_project
from visualnet.compiling.own_tensors import own_tensors
from visualnet.compiling.plan import GraphError
from visualnet.core import edits
from visualnet.core.edits import grouping
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Block, Project

STEPS = 12


def hold(before: Analysis, after: Analysis, kept: WeightsKept) -> None:
    """Every node of the new network once, of the old one each as a source or as gone; what is kept has the very same tensors."""
    old, new = ([path for path, _, _ in walk_layers(one.main)] for one in (before, after))
    assert [node.path for node in kept.nodes if node.fate != GONE] == new
    sources = [node.source for node in kept.nodes if node.fate == KEPT]
    assert len(set(sources)) == len(sources) and set(sources) <= set(old)
    gone = {node.path for node in kept.nodes if node.fate == GONE}
    assert gone == set(old) - set(sources) - set(new)
    assert kept.summary and not any(node.words for node in kept.nodes if node.fate == KEPT)
    if before.errors() or after.errors():
        return
    try:
        was, now = (own_tensors(compile_project(one.project, one, device="meta")) for one in (before, after))
    except (
        GraphError
    ) as error:  # an edit by chance of what a layer of one's own tells: its class is asked when it is compiled
        if "its class holds other tensors" not in str(error):
            raise
        return
    for node in kept.nodes:
        tensors = now.get(node.path, {})
        assert node.learns >= bool(tensors) or node.fate == GONE
        if node.fate == KEPT:
            assert {n: t.shape for n, t in tensors.items()} == {n: t.shape for n, t in was.get(node.source, {}).items()}


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(32))
def test_every_node_is_told_once_whatever_was_edited(seed: int) -> None:
    rng = random.Random(seed)
    drawing = random_project(seed)
    past = [infer(drawing)]
    for _ in range(STEPS):
        try:
            drawing = any_edit(rng, rng.choice((drawing, past[-1].project)))
        except ValueError:
            continue
        analysis = infer(drawing)
        before = rng.choice(past)
        earlier = [EarlierWeights(p, describe_tensors(f), 7) for p, _, f in walk_layers(rng.choice(past).main)]
        for one, other in ((before, analysis), (analysis, before)):
            hold(one, other, find_weights_kept(one, other, earlier))
        if not analysis.errors():
            past.append(analysis)
    assert find_weights_kept(past[0], past[0]).of(KEPT, False) == list(find_weights_kept(past[0], past[0]).nodes)


def drawn(**params: dict[str, object]) -> Project:
    """Image → a → r → b → flat → top → out."""
    sizes = {
        "x": {"size": (1, 8, 8)},
        "a": {"out_channels": 4, "kernel_size": (3, 3)},
        "b": {"out_channels": 3, "kernel_size": (3, 3)},
        "top": {"out_features": 2},
    }
    text = "x:input a:conv2d r:relu b:conv2d flat:flatten top:linear out:output x>a a>r r>b b>flat flat>top top>out"
    return project(text, **{name: {**sizes.get(name, {}), **params.get(name, {})} for name in (*sizes, *params)})


def fates(before: Project, after: Project, *earlier: EarlierWeights) -> dict[str, str]:
    kept = find_weights_kept(infer(before), infer(after), earlier)
    return {node.name: node.fate for node in kept.nodes}


def test_a_size_costs_the_weights_that_it_is_of_and_nothing_else_does() -> None:
    before = drawn()
    other = drawn(a={"kernel_size": (2, 2)})
    kept = find_weights_kept(infer(before), infer(other))
    assert [(n.name, n.words) for n in kept.of(ANEW)] == [
        ("a", "its weight was 4×1×3×3, and is 4×1×2×2"),
        ("top", "its weight was 2×48, and is 2×75"),
    ]
    assert kept.summary == "a and top begin anew; 1 other layer keeps what it learned"
    renamed = edits.rename(before, MAIN, before.graph.named("a").id, "first")
    assert set(fates(before, renamed).values()) == {KEPT}
    padded = drawn(a={"padding": (1, 1)}, b={"padding": (1, 1), "stride": (2, 2)})
    assert fates(before, padded) | {"top": KEPT} == fates(before, before), (
        "only what a flattened map feeds has other sizes"
    )
    assert find_weights_kept(infer(before), infer(before)).summary == "all 3 layers keep what they learned"


def test_what_comes_and_goes_is_named_and_can_come_back() -> None:
    before = drawn()
    a, b = (before.graph.named(name).id for name in "ab")
    less = edits.connect(
        edits.remove(before, MAIN, [before.graph.named("r").id]), MAIN, Port(a, "features"), Port(b, "image")
    )
    assert find_weights_kept(infer(before), infer(less)).summary == "all 3 layers keep what they learned"
    assert fates(before, less)["r"] == GONE and fates(less, before)["r"] == ADDED
    muted = edits.set_node(before, MAIN, [b], mode="mute")
    kept = find_weights_kept(infer(before), infer(muted))
    assert [(n.name, n.words) for n in kept.of(GONE)] == [("b", "it is muted")]
    facts = {path: facts for path, _, facts in walk_layers(infer(before).main)}
    earlier = [EarlierWeights((b,), describe_tensors(facts[b,]), step) for step in (3, 1240)]
    back = find_weights_kept(infer(muted), infer(before), earlier)
    assert [(n.name, n.fate, n.words, n.step) for n in back.nodes if n.learns and n.fate != KEPT] == [
        ("b", BACK, "its weights from step 1,240", 1240),
        ("top", ANEW, "its weight was 2×144, and is 2×48", 0),
    ]
    assert (
        back.summary == "top begins anew; b gets back its weights from step 1,240; 1 other layer keeps what it learned"
    )
    bare = edits.set_params(before, MAIN, [b], {"bias": False})
    assert {n.words for n in find_weights_kept(infer(before), infer(bare)).of(ANEW)} == {"it has no bias any more"}


def test_into_a_block_and_out_of_it_is_no_loss() -> None:
    before = drawn()
    ids = [before.graph.named(name).id for name in ("r", "b")]
    grouped, instance = grouping.group(before, MAIN, ids, ends(), "Body")
    kept = find_weights_kept(infer(before), infer(grouped))
    assert [n.name for n in kept.of(KEPT)] == ["a", f"{grouped.graph.nodes[instance].name} › b", "top"]
    apart, _ = grouping.ungroup(grouped, MAIN, [instance], ends())
    assert not find_weights_kept(infer(grouped), infer(apart)).of(ANEW)
    twice = edits.set_node(grouped, MAIN, [instance], repeat=1)
    assert not find_weights_kept(infer(grouped), infer(twice)).of(ANEW)


def test_of_a_repeated_block_the_first_repetitions_stay() -> None:
    body = Block(graph=graph("x:input l:linear y:output x>l l>y", l={"out_features": 4}))
    two, three = (
        project("x:input s:block:Body out:output x>s.x s.y>out", {"Body": body}, x={"size": (4,)}, s={"_repeat": many})
        for many in (2, 3)
    )
    kept = find_weights_kept(infer(two), infer(three))
    assert {n.name: n.fate for n in kept.nodes if n.learns} == {"s 1 › l": KEPT, "s 2 › l": KEPT, "s 3 › l": ANEW}
    assert [n.name for n in find_weights_kept(infer(three), infer(two)).of(GONE)] == ["s 3 › l"]
