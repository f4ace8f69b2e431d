"""What each edit changes in a file, line by line, as a page to be read: `python -m tests.core.edits.changes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core import edits
from visualnet.core.edits import annotate, block_parameters, bypass, definitions, grouping, learners
from visualnet.core.edits.block_parameters import promote_parameter
from visualnet.core.edits.clipboard import copy, duplicate, paste
from visualnet.core.graph import Annotation, Graph, Init, Node, Port
from visualnet.core.project import Block, ParameterDescription, Project
from visualnet.core.storage import project_file
from visualnet.training.recipe.settings import options_of_run

PAGE = Path(__file__).with_name("changes.txt")
ENDS = grouping.PortKinds("input", "x", "output", "x", frozenset({"input", "output", "target", "cross_entropy"}))


class Edit(NamedTuple):
    """An edit with its title; it may give the project alone or with what it tells besides."""

    title: str
    apply: Callable[[Project], Any]


def page() -> str:
    """All edits."""
    return "\n".join(line for edit in EDITS for line in lines(edit))


def lines(edit: Edit) -> Iterator[str]:
    """One edit: the lines of the file that go and that come, what is told besides, or why it cannot be."""
    yield f"=== {edit.title}"
    try:
        result = edit.apply(BASE)
    except (ValueError, KeyError) as error:
        yield f"  refused: {error}"
        yield ""
        return
    after, *told = result if isinstance(result, tuple) else (result,)
    if after is BASE:
        yield "  the same project"
    before, now = (project_file.dumps(p).decode().splitlines() for p in (BASE, after))
    for line in unified_diff(before, now, lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            yield f"  {line}"
    yield from (f"  tells {value}" for value in told)
    assert project_file.loads(project_file.dumps(after)) == after
    yield ""


def _node(number: int, kind: str, name: str, **fields: Any) -> Node:
    return Node(id=f"n{number}", kind=kind, name=name, **fields)


def _graph(nodes: list[Node], wires: str, **fields: Any) -> Graph:
    ends = [wire.split(">") for wire in wires.split()]
    return Graph(
        {n.id: n for n in nodes},
        {Port(*t.split(".")): Port(*s.split(".")) for s, t in ends},
        {n.id: (240.0 * at, 100.0 * (at % 2)) for at, n in enumerate(nodes)},
        **fields,
    )


PART = Block(
    graph=_graph(
        [
            _node(1, "input", "x", params={"size": (8,)}),
            _node(2, "linear", "dense", params={"out_features": "width*2"}),
            _node(3, "relu", "act"),
            _node(4, "output", "y"),
        ],
        "n1.x>n2.x n2.y>n3.x n3.y>n4.x",
        bends={Port("n3", "x"): ((300.0, 60.0),)},
    ),
    params={"width": 8, "depth": 2},
    about={"width": ParameterDescription(note="how wide", low=1, high=64)},
)
BASE = Project(
    name="base",
    graph=_graph(
        [
            _node(1, "input", "image", params={"size": (8,)}),
            _node(2, "linear", "first", params={"out_features": "features"}),
            _node(3, "relu", "act"),
            _node(4, "block:part", "part1", params={"width": "features//2"}, repeat=2),
            _node(5, "linear", "second", params={"out_features": 8}, shares="n2"),
            _node(6, "add", "sum"),
            _node(7, "block:part", "part2", params={"width": 4}),
            _node(8, "output", "answer"),
            _node(9, "dropout", "alone", mode="mute"),
        ],
        "n1.x>n2.x n2.y>n3.x n3.y>n4.x n4.y>n5.x n5.y>n6.x1 n3.y>n6.x2 n6.y>n7.x n7.y>n8.x",
        bends={Port("n6", "x2"): ((700.0, 250.0), (1000.0, 250.0)), Port("n3", "x"): ((400.0, 20.0),)},
        annotations={
            "r1": Annotation(id="r1", kind="frame", text="middle", area=(460.0, -40.0, 480.0, 260.0)),
            "r2": Annotation(id="r2", kind="note", text="look here", area=(480.0, -30.0, 100.0, 40.0)),
        },
        bookmarks={"start": (0.0, 0.0, 1.0)},
    ),
    blocks={"part": PART, "unused": Block(graph=_graph([_node(1, "block:deep", "d")], "")), "deep": Block()},
    constants={"features": 16, "unread": 3},
)


def _renamed(made: Project) -> Project:
    return definitions.rename_block(made, "part", "stage")


def _learning(made: Project) -> Project:
    """Two learners: one trains a layer and the inside of a block, the other lowers a loss."""
    made = learners.rename_learner(
        learners.add_learner(made, "critic", ["n8"], of_run=options_of_run()), "first", "actor"
    )
    made = edits.set_training(made, "", ["n2"], {"learner": "actor", "lr_factor": 0.5})
    return edits.set_training(made, "part", ["n2"], {"learner": "actor"})


def _three(project: Project) -> Project:
    """As `_learning`, and a third learner."""
    return learners.add_learner(_learning(project), of_run=options_of_run())


BENT = [(600.0, 0.0), (700.0, 250.0), (1000.0, 250.0), (1200.0, 100.0)]
"""The points of the bent wire, its ends among them."""

EDITS = [
    Edit("add a node", lambda p: edits.add_node(p, "", "relu", at=(10.2, 20.7), params={"inplace": True})),
    Edit("add a node of no kind", lambda p: edits.add_node(p, "", "no kind!")),
    Edit("remove a node whose weights are shared", lambda p: edits.remove(p, "", ["n2"])),
    Edit("remove nothing", lambda p: edits.remove(p, "", [])),
    Edit("remove the last node", lambda p: edits.remove(p, "", ["n9"])),
    Edit("rename", lambda p: edits.rename(p, "", "n2", "dense")),
    Edit("rename to a name that is taken", lambda p: edits.rename(p, "", "n2", "act")),
    Edit("rename to no name", lambda p: edits.rename(p, "", "n2", "2 b")),
    Edit("rename to the name that it has", lambda p: edits.rename(p, "", "n2", "first")),
    Edit("rename a block's input", lambda p: edits.rename(p, "part", "n1", "tensor")),
    Edit("rename a block's output", lambda p: edits.rename(p, "part", "n4", "answer")),
    Edit("set parameters, one of them back", lambda p: edits.set_params(p, "", ["n1", "n2"], {"size": edits.RESET, "bias": False})),
    Edit("freeze", lambda p: edits.set_node(p, "", ["n2", "n4"], trainable=False, statistics="updated")),
    Edit("share with itself", lambda p: edits.set_node(p, "", ["n2"], shares="n2")),
    Edit("share with one that shares", lambda p: edits.set_node(p, "", ["n6"], shares="n5")),
    Edit("begin as normal", lambda p: edits.set_node(p, "", ["n2"], init=Init("normal", {"std": 0.5}))),
    Edit("begin with too much", lambda p: edits.set_node(p, "", ["n2"], init=Init("normal", {"std": 2e6}))),
    Edit("an unknown mode", lambda p: edits.set_node(p, "", ["n2"], mode="loud")),
    Edit("repeat often", lambda p: edits.set_node(p, "", ["n4"], repeat="depth")),
    Edit("move one card", lambda p: edits.move(p, "", {"n3": (500, 300.26)})),
    Edit("move both ends of a bent wire by the same", lambda p: edits.move(p, "", {"n3": (490, 10), "n6": (1210, 110)})),
    Edit("move both ends of a bent wire back", lambda p: edits.move(p, "", {"n3": (470, -10), "n6": (1190, 90)})),
    Edit("move both ends of a bent wire by different ways", lambda p: edits.move(p, "", {"n3": (490, 10), "n6": (1200, 110)})),
    Edit("move a card nowhere", lambda p: edits.move(p, "", {"n1": (0, 0)})),
    Edit("connect", lambda p: edits.connect(p, "", Port("n1", "x"), Port("n9", "x"))),
    Edit("connect in place of a wire", lambda p: edits.connect(p, "", Port("n1", "x"), Port("n3", "x"))),
    Edit("connect as it is", lambda p: edits.connect(p, "", Port("n1", "x"), Port("n2", "x"))),
    Edit("connect to itself", lambda p: edits.connect(p, "", Port("n3", "y"), Port("n3", "x"))),
    Edit("connect from nowhere", lambda p: edits.connect(p, "", Port("n77", "y"), Port("n3", "x"))),
    Edit("disconnect a bent wire", lambda p: edits.disconnect(p, "", Port("n6", "x2"))),
    Edit("disconnect where no wire is", lambda p: edits.disconnect(p, "", Port("n9", "x"))),
    Edit("put a node into a wire", lambda p: edits.insert_on_wire(p, "", "n9", Port("n3", "x"))),
    Edit("bypass one", lambda p: bypass.bypass_nodes(p, "", ["n3"])),
    Edit("bypass two in a row", lambda p: bypass.bypass_nodes(p, "", ["n4", "n5"])),
    Edit("bypass the first", lambda p: bypass.bypass_nodes(p, "", ["n1"])),
    Edit("detach", lambda p: bypass.detach_nodes(p, "", ["n6"])),
    Edit("detach what is alone", lambda p: bypass.detach_nodes(p, "", ["n9"])),
    Edit("remove a selection", lambda p: bypass.remove_selection(p, "", ["n9"], [Port("n6", "x2")], ["r2"])),
    Edit("duplicate", lambda p: duplicate(p, "", ["n2", "n3", "n5"])),
    Edit("duplicate what shares", lambda p: duplicate(p, "", ["n5"], (0, 200))),
    Edit("copy and paste", lambda p: paste(p, "", copy(p, "", ["n3", "n4", "n6"]))),
    Edit("copy and paste at a place", lambda p: paste(p, "", copy(p, "", ["n3", "n4"]), (1000, 1000))),
    Edit("paste into an empty project", lambda p: paste(edits.set_name(Project(), "empty"), "", copy(p, "", ["n2", "n4"]))),
    Edit("paste into a block of its own", lambda p: paste(p, "part", copy(p, "", ["n4"]))),
    Edit("paste what is no copy", lambda p: paste(p, "", "hello")),
    Edit("paste where a block of the name is another", lambda p: paste(edits.set_note(p, "other", "part"), "", copy(p, "", ["n7"]))),
    Edit("group", lambda p: grouping.group(p, "", ["n3", "n4"], ENDS, "stage")),
    Edit("group one of two that share weights", lambda p: grouping.group(p, "", ["n3", "n4", "n5"], ENDS, "stage")),
    Edit("group with what uses constants", lambda p: grouping.group(p, "", ["n2", "n3", "n4", "n5"], ENDS)),
    Edit("group around a node that stays out", lambda p: grouping.group(p, "", ["n3", "n6"], ENDS)),
    Edit("group inputs only", lambda p: grouping.group(p, "", ["n1", "n8"], ENDS)),
    Edit("group with open ports", lambda p: grouping.group(p, "", ["n9"], ENDS, "part", [Port("n9", "x")], [Port("n9", "y")])),
    Edit("ungroup", lambda p: grouping.ungroup(p, "", ["n7"], ENDS)),
    Edit("ungroup what repeats", lambda p: grouping.ungroup(p, "", ["n4"], ENDS)),
    Edit("ungroup what is no block", lambda p: grouping.ungroup(p, "", ["n3"], ENDS)),
    Edit("give an instance a definition of its own", lambda p: definitions.make_unique(p, "", "n7")),
    Edit("give a layer a definition of its own", lambda p: definitions.make_unique(p, "", "n3")),
    Edit("rename a block", _renamed),
    Edit("rename a block to a name that is taken", lambda p: definitions.rename_block(p, "part", "deep")),
    Edit("remove unused blocks", definitions.remove_unused),
    Edit("which blocks are unused", lambda p: (p, definitions.unused_blocks(p))),
    Edit("remove a block that is used", lambda p: edits.remove_block(p, "part")),
    Edit("remove a block that is used by one that is not", lambda p: edits.remove_block(p, "deep")),
    Edit("set a block's parameters", lambda p: edits.set_block_params(p, "part", {"width": 16})),
    Edit("promote a parameter", lambda p: promote_parameter(p, "part", "n3", "slope", 0.5)),
    Edit("promote a parameter that has an expression", lambda p: promote_parameter(p, "part", "n2", "out_features", 16, "width")),
    Edit("promote a parameter under a name of its own", lambda p: promote_parameter(p, "part", "n2", "out_features", 16, "size")),
    Edit("promote what is no number", lambda p: promote_parameter(p, "part", "n2", "bias", True)),
    Edit("rename a block's parameter", lambda p: block_parameters.rename_number(p, "part", "width", "size")),
    Edit("rename a block's parameter to one that is there", lambda p: block_parameters.rename_number(p, "part", "width", "depth")),
    Edit("rename a constant", lambda p: block_parameters.rename_number(p, "", "features", "channels")),
    Edit("remove a parameter that is used", lambda p: block_parameters.remove_number(p, "part", "width")),
    Edit("remove a parameter and fill it in", lambda p: block_parameters.remove_number(p, "part", "width", True)),
    Edit("remove a constant and fill it in", lambda p: block_parameters.remove_number(p, "", "features", True)),
    Edit("remove a constant that nothing uses", lambda p: block_parameters.remove_number(p, "", "unread")),
    Edit("who uses a constant", lambda p: (p, block_parameters.quote_names(block_parameters.users(p, "", "features")))),
    Edit("who uses a block's parameter", lambda p: (p, block_parameters.quote_names(block_parameters.users(p, "part", "width")))),
    Edit("tell of a parameter", lambda p: block_parameters.set_about(p, "part", "depth", ParameterDescription(note="how deep", low=1))),
    Edit(
        "tell of a parameter with bounds that leave it out",
        lambda p: block_parameters.set_about(p, "part", "depth", ParameterDescription(low=5)),
    ),
    Edit("another default", lambda p: block_parameters.set_default(p, "part", "width", 32)),
    Edit("a default out of bounds", lambda p: block_parameters.set_default(p, "part", "width", 65)),
    Edit("another constant", lambda p: block_parameters.set_default(p, "", "features", 32)),
    Edit("collapse two cards", lambda p: annotate.collapse(p, "", ["n2", "n4"])),
    Edit("the sheet flows down", lambda p: annotate.set_direction(p, "", "down")),
    Edit("the sheet flows up", lambda p: annotate.set_direction(p, "", "up")),
    Edit("bend a wire", lambda p: annotate.set_waypoints(p, "", {Port("n2", "x"): [(100.3, 40.0)]})),
    Edit("straighten a wire", lambda p: annotate.set_waypoints(p, "", {Port("n6", "x2"): []})),
    Edit("bend where no wire is", lambda p: annotate.set_waypoints(p, "", {Port("n9", "x"): [(1, 2)]})),
    Edit("a waypoint more", lambda p: annotate.toggle_waypoint(p, "", Port("n6", "x2"), BENT, -1, (850, 260))),
    Edit("a waypoint at the end", lambda p: annotate.toggle_waypoint(p, "", Port("n6", "x2"), BENT, -1, (1150, 130))),
    Edit("a waypoint less", lambda p: annotate.toggle_waypoint(p, "", Port("n6", "x2"), BENT, 1, (0, 0))),
    Edit("a further note", lambda p: annotate.add_annotation(p, "", "note", (5.0, 5.0, 1.0, 1.0), text="new")),
    Edit("a remark in colour", lambda p: annotate.set_annotations(p, "", ["r1"], colour="blue", text="the middle")),
    Edit("a remark in no colour", lambda p: annotate.set_annotations(p, "", ["r1"], colour="plaid")),
    Edit("a remark elsewhere", lambda p: annotate.place_annotations(p, "", {"r2": (1.0, 2.0, 10.0, 10.0)})),
    Edit("no remarks", lambda p: annotate.remove_annotations(p, "", ["r1", "r2"])),
    Edit("a bookmark", lambda p: annotate.set_bookmark(p, "", "end", (900.0, 0.0, 2.0))),
    Edit("a bookmark without a name", lambda p: annotate.set_bookmark(p, "", "", (900.0, 0.0, 2.0))),
    Edit("a bookmark less", lambda p: annotate.set_bookmark(p, "", "start", None)),
    Edit("constants", lambda p: edits.set_constants(p, {"features": 8})),
    Edit("constants that are no numbers", lambda p: edits.set_constants(p, {"features": float("inf")})),
    Edit("data", lambda p: edits.set_data(p, name="digits", split=(0.5, 0.25, 0.25))),
    Edit("data that do not add up", lambda p: edits.set_data(p, split=(0.5, 0.25, 0.5))),
    Edit("a recipe", lambda p: edits.set_recipe(p, lr=0.5, optimizer="SGD")),
    Edit("a recipe that cannot be", lambda p: edits.set_recipe(p, epochs=0)),
    Edit("a second learner", lambda p: learners.add_learner(p, "critic", ["n8"], of_run=options_of_run())),
    Edit("a third learner", lambda p: learners.add_learner(_learning(p), of_run=options_of_run())),
    Edit("a learner whose name is taken", lambda p: learners.add_learner(_learning(p), "actor", of_run=options_of_run())),
    Edit("a learner without a name in Python", lambda p: learners.rename_learner(_learning(p), "actor", "a b")),
    Edit("rename a learner", lambda p: learners.rename_learner(_learning(p), "actor", "player")),
    Edit("remove one of two learners", lambda p: learners.remove_learner(_learning(p), "actor", of_run=options_of_run())),
    Edit("remove one of three learners", lambda p: learners.remove_learner(_three(p), "actor", of_run=options_of_run())),
    Edit("the order of learners", lambda p: learners.move_learner(_learning(p), "critic", 0)),
    Edit("a learner's rate and steps", lambda p: learners.set_learner(_learning(p), "critic", lr=0.5, steps=3)),
    Edit("a learner's epochs", lambda p: learners.set_learner(_learning(p), "critic", epochs=3)),
    Edit("too many steps of a learner", lambda p: learners.set_learner(_learning(p), "critic", steps=5000)),
    Edit("a learner that is not there", lambda p: learners.set_learner(p, "critic", lr=0.5)),
    Edit("a name", lambda p: edits.set_name(p, "  other\nname ")),
    Edit("a note on a block", lambda p: edits.set_note(p, "of two layers", "part")),
    Edit("an edit on a sheet that is not there", lambda p: edits.set_note(p, "of two layers", "gone")),
]  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
