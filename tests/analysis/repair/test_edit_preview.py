"""What an edit would make of a project, before it is made."""

from __future__ import annotations

from collections.abc import Callable

from tests.analysis.drawing import project
from visualnet.analysis import infer
from visualnet.analysis.repair.preview import EditPreview, preview_edit, shape
from visualnet.core import edits
from visualnet.core.graph import BLOCK_PREFIX, Graph, Node, Port
from visualnet.core.project import MAIN, Block, Project

NET = project(
    "i:input f:flatten a:linear b:linear r:relu o:output i>f f>a a>b b>o",
    i={"size": (2, 3)},
    a={"out_features": 4},
    b={"out_features": 5},
)


def preview(edit: Callable[[Project], Project], made: Project = NET) -> EditPreview:
    found = preview_edit("do it", edit, infer(made))
    assert found is not None and found.words == "do it"
    return found


def test_what_cannot_be_made_or_changes_nothing_has_no_preview() -> None:
    assert preview_edit("", lambda p: p, infer(NET)) is None
    assert preview_edit("", lambda p: edits.rename(p, MAIN, "n2", ""), infer(NET)) is None


def test_what_changes_its_shape_on_the_way() -> None:
    change = preview(lambda p: edits.set_params(p, MAIN, ["n3"], {"out_features": 7})).on(MAIN)
    assert change is not None
    assert dict(change.reshaped) == {"n3": ("4", "7")}
    assert change.diff.changed == ("n3",) and change.touched == ("n3",) and change.mended == ()
    assert change.before is NET.graph and change.after.nodes["n3"].params["out_features"] == 7
    assert change.facts is not None and change.facts.nodes["n3"].leaving["y"].shape == (7,)
    longer = preview(lambda p: edits.set_params(p, MAIN, ["n1"], {"size": (2, 5)})).on(MAIN)
    assert longer is not None
    assert dict(longer.reshaped) == {"n1": ("2×3", "2×5"), "n2": ("6", "10")}  # and no further: what comes out stays


def test_both_ends_of_a_wire_that_comes_or_goes_are_touched() -> None:
    cut = preview(lambda p: edits.disconnect(p, MAIN, Port("n4", "x"))).on(MAIN)
    assert cut is not None and cut.touched == ("n3", "n4")
    assert dict(cut.reshaped)["n4"] == ("5", "?")
    joined = preview(lambda p: edits.connect(p, MAIN, Port("n3", "y"), Port("n5", "x"))).on(MAIN)
    assert joined is not None and set(joined.touched) == {"n3", "n5"}


def test_a_node_that_comes_is_touched_and_has_no_shape_to_change() -> None:
    change = preview(lambda p: edits.add_node(p, MAIN, "relu")).on(MAIN)
    assert change is not None
    (new,) = change.diff.added
    assert change.touched == (new,) and new not in change.reshaped
    gone = preview(lambda p: edits.remove(p, MAIN, ["n5"])).on(MAIN)
    assert gone is not None and gone.touched == ("n5",)


def test_what_would_have_no_error_any_more_is_mended() -> None:
    faulty = project("i:input c:conv2d o:output i>c c>o", i={"size": (1, 3, 3)}, c={"kernel_size": 9})
    found = preview(lambda p: edits.set_params(p, MAIN, ["n2"], {"kernel_size": 3}), faulty)
    change = found.on(MAIN)
    assert change is not None and change.mended == ("n2",)
    assert found.errors[0] > found.errors[1] == len(found.then.errors())
    still = preview(lambda p: edits.set_params(p, MAIN, ["n2"], {"kernel_size": 8}), faulty).on(MAIN)
    assert still is not None and still.mended == ()
    worse = preview(
        lambda p: edits.set_params(p, MAIN, ["n2"], {"kernel_size": 9}),
        edits.set_params(faulty, MAIN, ["n2"], {"kernel_size": 3}),
    )
    assert worse.on(MAIN).mended == () and worse.errors[1] > worse.errors[0]  # type: ignore[union-attr]


def test_a_sheet_that_comes_goes_or_is_not_there() -> None:
    part = Block(params={}, graph=project("x:input r:relu y:output x>r r>y").graph)
    with_part = Project(graph=NET.graph, blocks={"part": part})
    found = EditPreview("", infer(NET), infer(with_part))
    change = found.on("part")
    assert change is not None and set(change.diff.added) == set(part.graph.nodes) and change.reshaped == {}
    back = EditPreview("", infer(with_part), infer(NET)).on("part")
    assert back is not None and set(back.diff.removed) == set(part.graph.nodes)
    assert found.on("nowhere") is None


def test_a_block_is_seen_through_its_instance() -> None:
    part = Block(params={"n": 4}, graph=project("x:input f:linear y:output x>f f>y", f={"out_features": "n"}).graph)
    use = {"b": Node(id="b", kind=BLOCK_PREFIX + "part", name="b", params={"n": 6}), "i": NET.graph.nodes["n1"]}
    made = Project(
        graph=Graph({"n1": use["i"], "b": use["b"]}, {Port("b", "x"): Port("n1", "x")}), blocks={"part": part}
    )
    found = preview(lambda p: edits.set_params(p, MAIN, ["b"], {"n": 9}), made)
    inside, alone = found.on("part", ("b",)), found.on("part", ("no such instance",))
    assert inside is not None and dict(inside.reshaped)["n2"] == ("2×6", "2×9")
    assert alone is not None


def test_a_shape_in_words() -> None:
    facts = infer(NET).main.nodes
    assert [shape(facts[n]) for n in ("n1", "n2", "n5", "n6")] == ["2×3", "6", "?", ""]
