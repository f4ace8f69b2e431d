"""From plain values to a project: every field is checked, then built; what this version does not know is kept.

Each function takes what the file says and gives the value, or raises ``Refused`` with the place below it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from visualnet.core.graph import BLOCK_PREFIX, DIRECTIONS, MODES, STATISTICS, Graph, Init, Node, Port
from visualnet.core.names import ID, MAX_NAME, fault_in_name, free, to_name
from visualnet.core.project import Block, LearnerSpec, ParameterDescription, Project, Recipe, RunRef
from visualnet.core.storage.decoding import decode_annotations
from visualnet.core.storage.decoding.decode_data import MAX_SEED, data_choice
from visualnet.core.storage.decoding.decode_search import decode_search
from visualnet.core.storage.decoding.values import (
    as_choice,
    as_flag,
    as_items,
    as_line,
    as_list,
    as_number,
    as_numbers,
    as_object,
    as_params,
    as_text,
    as_title,
    as_whole,
    as_word,
    at,
    missing,
    rest,
    wrong,
)
from visualnet.core.storage.safe_json import RefusedJson
from visualnet.core.text.hidden_characters import visible
from visualnet.core.validation import FAR, KIND

MAX_NODES = 20_000
MAX_WIRES = 80_000
MAX_LEARNERS, MAX_STEPS = 32, 1000
"""Learners of a recipe, and steps that one of them may make in a round."""

_NOTHING: Mapping[str, Any] = {}


def project(tree: Any) -> Project:
    """The project that a whole file describes (format 1, or what can be read of a newer one)."""
    fields = as_object(tree)
    graph = at("graph", read_graph, fields.get("graph", {}))
    blocks = at("blocks", _blocks, fields.get("blocks", {}))
    _check_amount([graph, *(b.graph for b in blocks.values())])
    return Project(
        name=at("name", as_title, fields.get("name", "untitled")),
        note=at("note", as_text, fields.get("note", "")),
        graph=graph,
        blocks=blocks,
        constants=at("constants", as_numbers, fields.get("constants", {})),
        data=at("data", data_choice, fields.get("data", {})),
        recipe=at("recipe", recipe, fields.get("recipe", {})),
        runs=at("runs", _runs, fields.get("runs", [])),
        search=at("search", decode_search, fields["search"]) if "search" in fields else None,
        extra=rest(fields, _PROJECT),
    )


_PROJECT = frozenset(
    ["program", "format", "name", "note", "graph", "blocks", "constants", "data", "recipe", "runs", "search"]
)


def _check_amount(graphs: list[Graph]) -> None:
    nodes, wires = sum(len(g.nodes) for g in graphs), sum(len(g.wires) for g in graphs)
    if nodes > MAX_NODES:
        raise RefusedJson(f"it has {nodes:,} nodes; {MAX_NODES:,} are allowed", "graph", "nodes")
    if wires > MAX_WIRES:
        raise RefusedJson(f"it has {wires:,} wires; {MAX_WIRES:,} are allowed", "graph", "wires")


# --- graphs ---------------------------------------------------------------------------------------------------------------------------


def read_graph(raw: Any) -> Graph:
    """A sheet: its nodes, wires and places."""
    fields = as_object(raw)
    listed = at("nodes", as_list, fields.get("nodes", []))
    if len(listed) > MAX_NODES:
        raise RefusedJson(f"it has {len(listed):,} nodes; {MAX_NODES:,} are allowed", "nodes")
    nodes: dict[str, Node] = {}
    names: set[str] = set()
    for index, item in enumerate(listed):
        try:
            node = _node(item)
            if node.id in nodes:
                raise RefusedJson(f"another node has the id “{node.id}”", "id")
            if node.name in names:
                raise RefusedJson(f"another node is called “{node.name}”; “{free(node.name, names)}” is free", "name")
        except RefusedJson as fault:
            raise fault.under("nodes", index) from None
        nodes[node.id] = node
        names.add(node.name)
    for index, node in enumerate(nodes.values()):
        if node.shares is not None and (node.shares not in nodes or node.shares == node.id):
            name = node.shares if len(node.shares) <= MAX_NAME else f"{node.shares[:MAX_NAME]}…"
            raise RefusedJson(
                f"there is no other node “{visible(name)}” to share weights with", "nodes", index, "shares"
            )
    graph = Graph(
        nodes,
        at("wires", _wires, fields.get("wires", []), nodes),
        at("layout", _places, fields.get("layout", {}), nodes),
        at("spent", _spent, fields.get("spent", 0), nodes),
        extra=rest(fields, _GRAPH),
    )
    return _dressed(graph, fields) if fields.keys() & _DRESS else graph


def _dressed(graph: Graph, fields: Mapping[str, Any]) -> Graph:
    """The graph with what only the eye needs: bends, annotations, bookmarks."""
    bends = at("bends", decode_annotations.decode_bends, fields.get("bends", {}), graph.wires)
    annotations = at("remarks", decode_annotations.decode_annotations, fields.get("remarks", []))
    bookmarks = at("bookmarks", decode_annotations.decode_bookmarks, fields.get("bookmarks", {}))
    direction = at("direction", as_choice, fields.get("direction", "right"), DIRECTIONS)
    return replace(graph, bends=bends, annotations=annotations, bookmarks=bookmarks, direction=direction)


_DRESS = frozenset(["bends", "remarks", "bookmarks", "direction"])
_GRAPH = frozenset(["nodes", "wires", "layout", "spent"]) | _DRESS
_NODE = frozenset(Node.__struct_fields__) - {"collapsed", "extra"} | {"folded"}


def _node(raw: Any) -> Node:
    if type(raw) is not dict:
        wrong(raw, "an object {…} that describes a node")
    for key in ("id", "kind", "name"):
        if type(raw.get(key)) is not str:
            wrong(raw[key], "a text", key) if key in raw else missing(key)
    if not ID.match(raw["id"]):
        raise RefusedJson(f"“{visible(raw['id'][:80])}” is no id; ids are n1, n2 … n999999999", "id")
    if fault := fault_in_name(raw["name"]):
        raise RefusedJson(f"{fault}; “{to_name(raw['name'])}” could be taken", "name")
    params, init, shares, repeat = raw.get("params", _NOTHING), raw.get("init"), raw.get("shares"), raw.get("repeat", 1)
    trainable = raw.get("trainable", True)
    if type(trainable) is not bool:
        wrong(trainable, "true or false", "trainable")
    collapsed = raw.get("folded", False)
    if type(collapsed) is not bool:
        wrong(collapsed, "true or false", "folded")
    if shares is not None and type(shares) is not str:
        wrong(shares, "the id of a node", "shares")
    if type(repeat) not in (int, str):
        wrong(repeat, "a whole number or an expression", "repeat")
    return Node(
        id=raw["id"],
        kind=at("kind", _kind, raw["kind"]),
        name=raw["name"],
        params=at("params", as_params, params) if params else {},
        trainable=trainable,
        statistics=at("statistics", as_choice, raw["statistics"], STATISTICS) if "statistics" in raw else "fixed",
        init=at("init", _init, init) if init is not None else Init(),
        training=at("training", as_params, raw["training"]) if "training" in raw else {},
        shares=shares,
        repeat=repeat,
        mode=at("mode", as_choice, raw["mode"], MODES) if "mode" in raw else "",
        collapsed=collapsed,
        extra=rest(raw, _NODE),
    )


def _kind(raw: str) -> str:
    if raw.startswith(BLOCK_PREFIX):
        if fault := fault_in_name(raw[len(BLOCK_PREFIX) :]):
            raise RefusedJson(fault)
    elif not KIND.match(raw):
        raise RefusedJson(f"“{visible(raw[:80])}” is no kind of node; a kind is a word such as conv2d, or block:NAME")
    return raw


def _init(raw: Any) -> Init:
    fields = as_object(raw)
    kind = fields.get("kind", "default")
    if type(kind) is not str:
        wrong(kind, "a text", "kind")
    if not KIND.match(kind):
        raise RefusedJson(
            f"“{visible(kind[:80])}” is no way to start weights; it is a word such as kaiming_normal", "kind"
        )
    return Init(kind, as_params({k: v for k, v in fields.items() if k != "kind"}))


def _wires(raw: Any, nodes: Mapping[str, Node]) -> dict[Port, Port]:
    wires: dict[Port, Port] = {}
    if len(as_list(raw)) > MAX_WIRES:
        raise RefusedJson(f"it has {len(raw):,} wires; {MAX_WIRES:,} are allowed")
    for index, item in enumerate(raw):
        if type(item) is not list or len(item) != 2 or type(item[0]) is not str or type(item[1]) is not str:
            raise RefusedJson('a wire is written ["n1.y", "n2.x"]: from an output port to an input port', index)
        ends = []
        for end, text in enumerate(item):
            node_id, _, port = text.partition(".")
            if node_id not in nodes:
                raise RefusedJson(f"“{visible(text[:80])}” names no node of this sheet", index, end)
            if not port.isidentifier() or len(port) > MAX_NAME:
                raise RefusedJson(f"“{visible(text[:80])}” names no port; a wire's end is written n1.x", index, end)
            ends.append(Port(node_id, port))
        source, target = ends
        if source.node == target.node:
            raise RefusedJson("the wire ends at the node where it begins", index)
        if target in wires:
            raise RefusedJson(f"two wires end at “{item[1]}”; an input port takes one", index, 1)
        wires[target] = source
    return wires


def _places(raw: Any, nodes: Mapping[str, Node]) -> dict[str, tuple[float, float]]:
    places: dict[str, tuple[float, float]] = {}
    for node_id, place in as_object(raw).items():
        if node_id not in nodes:
            raise RefusedJson("there is no such node on this sheet", node_id)
        if type(place) is not list or len(place) != 2:
            wrong(place, "two numbers [x, y]", node_id)
        x, y = place
        for value in place:
            if type(value) not in (int, float) or not -FAR <= value <= FAR:
                wrong(value, f"a number between −{FAR:,.0f} and {FAR:,.0f}", node_id)
        places[node_id] = (round(x * 2) / 2, round(y * 2) / 2)
    return places


def _spent(raw: Any, nodes: Mapping[str, Node]) -> int:
    spent = as_whole(raw, "", 0, 999_999_999)
    return spent if spent and all(int(i[1:]) < spent for i in nodes) else 0


def _blocks(raw: Any) -> dict[str, Block]:
    blocks = {}
    for name, item in as_object(raw).items():
        if fault := fault_in_name(name):
            raise RefusedJson(fault, visible(name[:80]))
        blocks[name] = at(name, read_block, item)
    return blocks


def read_block(raw: Any) -> Block:
    """A block's definition."""
    fields = as_object(raw)
    params = at("params", as_numbers, fields.get("params", {}))
    return Block(
        graph=at("graph", read_graph, fields.get("graph", {})),
        params=params,
        note=at("note", as_text, fields.get("note", "")),
        extra=rest(fields, frozenset(("graph", "params", "note", "about"))),
        about=at("about", _abouts, fields.get("about", {}), params),
    )


def _abouts(raw: Any, params: Mapping[str, int | float]) -> dict[str, ParameterDescription]:
    found = {}
    for name, item in as_object(raw).items():
        if name not in params:
            raise RefusedJson("the block has no parameter of this name", visible(name[:80]))
        found[name] = at(name, _about, item)
    return found


def _about(raw: Any) -> ParameterDescription:
    fields = as_object(raw)
    bounds = as_numbers({k: fields[k] for k in ("low", "high") if k in fields})
    if bounds.get("low", 0) > bounds.get("high", bounds.get("low", 0)):
        raise RefusedJson(f"the least number {bounds['low']:,} is larger than the greatest, {bounds['high']:,}")
    note = at("note", as_text, fields.get("note", ""))
    return ParameterDescription(note=note, **bounds, extra=rest(fields, frozenset(("note", "low", "high"))))


# --- data, recipe, runs ---------------------------------------------------------------------------------------------------------------


START_FROM = re.compile(r"|runs/(?!\.+/)[^/\\:]+/(best|last)|weights/(?!\.+$)[^/\\:]+|trained/[a-z0-9][a-z0-9.-]*")
"""Names of weights among the person's own, and of those that come with the program."""
START_FROM_FORMS = (
    "a training starts from runs/FOLDER/best, runs/FOLDER/last, weights/NAME or trained/TEMPLATE, never a path"
)


def recipe(raw: Any) -> Recipe:
    """How to train. Whether the optimizer, the schedule and their options are known is for training to say."""
    fields = as_object(raw)
    plain = Recipe()
    values = _step_fields(fields)
    values["device"] = as_word(fields.get("device", plain.device), "device")
    for key, low, high in (("batch_size", 1, 10**9), ("epochs", 1, 10**9), ("seed", 0, MAX_SEED)):
        values[key] = as_whole(fields.get(key, getattr(plain, key)), key, low, int(high))
    values["best_by"] = as_line(fields.get("best_by", plain.best_by), "best_by")
    values["start_from"] = as_line(fields.get("start_from", ""), "start_from")
    if not START_FROM.fullmatch(values["start_from"]):
        raise RefusedJson(START_FROM_FORMS, "start_from")
    values["procedure"] = as_word(fields.get("procedure", plain.procedure), "procedure")
    values["learners"] = at("learners", _learners, fields.get("learners", []))
    return Recipe(**values, extra=rest(fields, frozenset(values)))


def _step_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """How a recipe or one of its learners makes steps."""
    plain = Recipe()
    values: dict[str, Any] = {k: as_word(fields.get(k, getattr(plain, k)), k) for k in ("optimizer", "schedule")}
    for key, high in (("lr", 1e6), ("momentum", 1), ("weight_decay", 1e6)):
        values[key] = float(as_number(fields.get(key, getattr(plain, key)), key, 0, high))
    values["nesterov"] = as_flag(fields.get("nesterov", False), "nesterov")
    return {**values, "options": at("options", as_params, fields.get("options", {}))}


def _learners(raw: Any) -> tuple[LearnerSpec, ...]:
    found: dict[str, LearnerSpec] = {}
    for index, learner in enumerate(as_items(raw, _learner, MAX_LEARNERS, "learners")):
        if learner.name in found:
            raise RefusedJson(
                f"another learner is called “{learner.name}”; “{free(learner.name, found)}” is free", index, "name"
            )
        found[learner.name] = learner
    return tuple(found.values())


def _learner(raw: Any) -> LearnerSpec:
    fields = as_object(raw)
    name = as_line(fields["name"], "name") if "name" in fields else missing("name")
    if fault := fault_in_name(name):
        raise RefusedJson(f"{fault}; “{to_name(name, 'learner')}” could be taken", "name")
    values = {"name": name, "steps": as_whole(fields.get("steps", 1), "steps", 1, MAX_STEPS), **_step_fields(fields)}
    return LearnerSpec(**values, extra=rest(fields, frozenset(values)))


def _runs(raw: Any) -> tuple[RunRef, ...]:
    return tuple([at(index, _run, item) for index, item in enumerate(as_list(raw))])


def _run(raw: Any) -> RunRef:
    fields = as_object(raw)
    values = {k: as_line(fields.get(k, ""), k) for k in ("id", "folder", "started", "state")}
    if not values["id"]:
        missing("id")
    # A file must not lead the program to a folder of its choice: only the name of one among the user's own runs.
    if re.search(r"[/\\:]", values["folder"]) or values["folder"] in (".", ".."):
        raise RefusedJson("it is the name of a folder among the runs, not a path", "folder")
    return RunRef(
        **values,
        epochs=as_whole(fields.get("epochs", 0), "epochs", 0, 10**9),
        summary=at("summary", _figures, fields.get("summary", {})),
        extra=rest(fields, frozenset((*values, "epochs", "summary"))),
    )


def _figures(raw: Any) -> dict[str, float]:
    return {as_line(k, k): as_number(v, k) for k, v in as_object(raw).items()}
