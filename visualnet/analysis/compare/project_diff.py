"""What sets two projects apart, in the words of networks: nodes that came, went and changed, their shapes and parameters before and after.

A semantic diff: where cards stand, ids and the order in a file do not count. Two files that share no history are held against each
other too, so nodes are paired by more than their ids (``pair``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts
from visualnet.core.graph import Graph, Node, Port, Wire
from visualnet.core.project import MAIN, DataChoice, LearnerSpec, Project, Recipe, SearchSpec
from visualnet.layers.declaration.layer import LAYERS

ADDED, REMOVED, CHANGED, FOLLOWS = "added", "removed", "changed", "follows"
SIGNS = {ADDED: "+", REMOVED: "−", CHANGED: "~", FOLLOWS: "·"}
"""``follows``: nothing of the node itself changed, but the shape or the count that it has as a consequence."""


class ProjectChange(NamedTuple):
    """One thing that is other than it was: ``kernel_size: 5×5 → 3×3``."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


class NodeDifference(NamedTuple):
    """A node that came, went, changed, or follows a change. ``before`` and ``after`` are None where it is not.

    ``changes`` were made to it; ``shapes`` came of that, a line for each output port; ``parameters`` and ``macs`` are before and after.
    """

    sheet: str
    status: str
    before: Node | None
    after: Node | None
    changes: tuple[ProjectChange, ...] = ()
    shapes: tuple[ProjectChange, ...] = ()
    parameters: tuple[int, int] = (0, 0)
    macs: tuple[int, int] = (0, 0)

    @property
    def node(self) -> Node:
        """The node as it is now, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found


class WireDifference(NamedTuple):
    """A wire that came or went. Ids are those of the project that has it; ``text`` names it as a person reads it."""

    sheet: str
    status: str
    wire: Wire
    text: str


class Differences(NamedTuple):
    """All that sets one project apart from another. ``settings`` are constants, data and recipe; ``totals`` those of the whole network."""

    nodes: tuple[NodeDifference, ...] = ()
    wires: tuple[WireDifference, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    settings: tuple[ProjectChange, ...] = ()
    totals: tuple[ProjectChange, ...] = ()

    def __bool__(self) -> bool:
        return any(self)

    def on(self, sheet: str) -> list[NodeDifference]:
        """The nodes of one sheet."""
        return [d for d in self.nodes if d.sheet == sheet]


def differences(before: Analysis, after: Analysis) -> Differences:
    """What leads from one project to the other, both inferred."""
    old, new = before.project, after.project
    nodes: list[NodeDifference] = []
    wires: list[WireDifference] = []
    blocks: list[tuple[str, str]] = []
    paired = {MAIN: pair(old.graph, new.graph)}
    for sheet in dict.fromkeys([MAIN, *old.blocks, *new.blocks]):
        had, has = sheet == MAIN or sheet in old.blocks, sheet == MAIN or sheet in new.blocks
        if not (had and has):
            blocks.append((ADDED if has else REMOVED, sheet))
        was, now = (old.sheet(sheet) if had else Graph()), (new.sheet(sheet) if has else Graph())
        pairs = paired.setdefault(sheet, pair(was, now))
        facts = _seen(before, after, sheet, paired)
        nodes += _nodes(sheet, was, now, pairs, facts)
        wires += _wires(sheet, was, now, pairs)
    return Differences(
        tuple(nodes), tuple(wires), tuple(blocks), tuple(_settings(old, new)), tuple(_totals(before, after))
    )


def _seen(
    before: Analysis, after: Analysis, sheet: str, paired: dict[str, dict[str, str]]
) -> tuple[GraphFacts | None, GraphFacts | None]:
    """A sheet's facts in both; a block's as seen through the same instance, since its shapes depend on where it stands."""
    path = next((p for p, f in before.walk() if f.node.block == sheet and f.inside), ()) if sheet != MAIN else ()
    there: list[str] = []
    at = MAIN
    for node_id in path:
        if at not in paired:
            paired[at] = pair(before.project.sheet(at), after.project.sheet(at)) if at in after.project.blocks else {}
        there.append(paired[at].get(node_id, ""))
        at = before.project.sheet(at).nodes[node_id].block or ""
    try:
        facing = after.sheet(sheet, tuple(there)) if sheet == MAIN or sheet in after.project.blocks else None
    except KeyError:
        facing = after.sheet(sheet)
    return before.sheet(sheet, path) if sheet == MAIN or sheet in before.project.blocks else None, facing


# --- which node is which -------------------------------------------------------------------------------------------------------------


def pair(before: Graph, after: Graph) -> dict[str, str]:
    """Ids of the first graph to ids of the second: the same node in both.

    Surest first: the same id and name; the same name and kind; the same id and kind (renamed); the same id, or the same name, of
    another kind (changed in place); at last, of one kind and beside a pair in the same way, along the wires.
    """
    pairs: dict[str, str] = {}
    taken: set[str] = set()

    def match(old: str, new: str) -> None:
        pairs[old] = new
        taken.add(new)

    by_name = {n.name: n for n in after}
    rules: tuple[Callable[[Node], Node | None], ...] = (
        lambda n: m if (m := after.nodes.get(n.id)) is not None and m.name == n.name else None,
        lambda n: m if (m := by_name.get(n.name)) is not None and m.kind == n.kind else None,
        lambda n: m if (m := after.nodes.get(n.id)) is not None and m.kind == n.kind else None,
    )
    for rule in rules:
        for node in before:
            if node.id not in pairs and (other := rule(node)) is not None and other.id not in taken:
                match(node.id, other.id)
    _spread(before, after, pairs, taken, match)
    for node in before:  # a change of kind in place, when nothing else claims either
        if node.id in pairs:
            continue
        same = by_name.get(node.name)
        if same is not None and same.id not in taken:
            match(node.id, same.id)
    return pairs


def _spread(
    before: Graph, after: Graph, pairs: dict[str, str], taken: set[str], match: Callable[[str, str], None]
) -> None:
    """From each pair along the wires: what stands at the same port, is of the same kind, and has no partner yet."""
    out_of: dict[Port, list[Port]] = {}
    for target, source in after.wires.items():
        out_of.setdefault(source, []).append(target)
    consumers: dict[str, list[Wire]] = {}
    sources: dict[str, list[Wire]] = {}
    for target, source in before.wires.items():
        consumers.setdefault(source.node, []).append(Wire(source, target))
        sources.setdefault(target.node, []).append(Wire(source, target))

    def fits(old: str, new: str) -> bool:
        a, b = before.nodes.get(old), after.nodes.get(new)
        return a is not None and b is not None and old not in pairs and new not in taken and a.kind == b.kind

    todo = list(pairs)
    while todo:
        old = todo.pop()
        new = pairs[old]
        near = [
            (w.target.node, t.node) for w in consumers.get(old, ()) for t in out_of.get(Port(new, w.source.port), ())
        ]
        for wire in sources.get(old, ()):
            other = after.wires.get(Port(new, wire.target.port))
            if other is not None:
                near.append((wire.source.node, other.node))
        for a, b in near:
            if fits(a, b):
                match(a, b)
                todo.append(a)


def place_beside_nearest(before: Graph, node_id: str, now: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    """Where a node that is gone would stand: beside the nearest of those that stay, whose places ``now`` are given by their old ids."""
    x, y = before.places.get(node_id, (0.0, 0.0))
    if not now:
        return x, y
    was = {i: before.places.get(i, (0.0, 0.0)) for i in now}
    near = min(now, key=lambda i: abs(was[i][0] - x) + abs(was[i][1] - y))
    return now[near][0] + x - was[near][0], now[near][1] + y - was[near][1]


# --- what differs --------------------------------------------------------------------------------------------------------------------


def _nodes(
    sheet: str,
    was: Graph,
    now: Graph,
    pairs: Mapping[str, str],
    facts: tuple[GraphFacts | None, GraphFacts | None],
) -> Iterator[NodeDifference]:
    back = {new: old for old, new in pairs.items()}
    for node in now:
        known = _facts(facts[1], node.id)
        before = was.nodes.get(back.get(node.id, ""))
        if before is None:
            yield NodeDifference(sheet, ADDED, None, node, (), _shapes(None, known), *_counts(None, known))
            continue
        knew = _facts(facts[0], before.id)
        changes = tuple(_changes(before, node, was, now, pairs))
        shapes, (parameters, macs) = _shapes(knew, known), _counts(knew, known)
        if changes or shapes or parameters[0] != parameters[1]:
            yield NodeDifference(
                sheet, CHANGED if changes else FOLLOWS, before, node, changes, shapes, parameters, macs
            )
    for node in was:
        if node.id not in pairs:
            knew = _facts(facts[0], node.id)
            yield NodeDifference(sheet, REMOVED, node, None, (), _shapes(knew, None), *_counts(knew, None))


def _facts(graph: GraphFacts | None, node_id: str) -> NodeFacts | None:
    return graph.nodes.get(node_id) if graph is not None else None


def _counts(before: NodeFacts | None, after: NodeFacts | None) -> tuple[tuple[int, int], tuple[int, int]]:
    both = [(int(f.parameters), int(f.macs)) if f is not None else (0, 0) for f in (before, after)]
    return (both[0][0], both[1][0]), (both[0][1], both[1][1])


def _shapes(before: NodeFacts | None, after: NodeFacts | None) -> tuple[ProjectChange, ...]:
    """The output ports whose shapes differ."""
    told = [{p: _shape(f, p) for p in f.outputs} if f is not None else {} for f in (before, after)]
    ports = dict.fromkeys([*told[0], *told[1]])
    return tuple(ProjectChange(p, a, b) for p in ports if (a := told[0].get(p, "")) != (b := told[1].get(p, "")))


def _shape(facts: NodeFacts, port: str) -> str:
    spec = facts.leaving.get(port)
    return "?" if spec is None else "×".join(str(int(extent)) for extent in spec.shape) or "1"


def _changes(before: Node, after: Node, was: Graph, now: Graph, pairs: Mapping[str, str]) -> Iterator[ProjectChange]:
    """What somebody changed of one node."""
    if before.name != after.name:
        yield ProjectChange("name", before.name, after.name)
    if before.kind != after.kind:
        yield ProjectChange("kind", before.kind, after.kind)
    for name in dict.fromkeys([*before.params, *after.params]):
        a, b = _param(before, name), _param(after, name)
        if a != b:
            yield ProjectChange(name, a, b)
    fields = (
        ("repeat", str(before.repeat), str(after.repeat)),
        ("trainable", "yes" if before.trainable else "no", "yes" if after.trainable else "no"),
        ("statistics when frozen", before.statistics, after.statistics),
        ("initialisation", _init(before), _init(after)),
        ("mode", before.mode or "works", after.mode or "works"),
    )
    yield from (ProjectChange(*field) for field in fields if field[1] != field[2])
    if pairs.get(before.shares or "", before.shares) != after.shares:
        yield ProjectChange("shares weights of", _name(was, before.shares), _name(now, after.shares))


def _init(node: Node) -> str:
    return ", ".join([node.init.kind, *(f"{name} {_plain(value)}" for name, value in node.init.params.items())])


def _name(graph: Graph, node_id: str | None) -> str:
    node = graph.nodes.get(node_id or "")
    return node.name if node is not None else "none"


def _param(node: Node, name: str) -> str:
    """A parameter as a person reads it; the layer's default where the file says nothing."""
    param = LAYERS[node.kind].params.get(name) if node.kind in LAYERS else None
    if name not in node.params:
        value = param.default if param is not None else "–"
    else:
        value = node.params[name]
        if param is not None:
            with contextlib.suppress(ValueError):  # an expression stays as it is written
                value = param.read(value, {})
    return "×".join(map(str, value)) if isinstance(value, tuple | list) else _plain(value)


def _plain(raw: Any) -> str:
    if isinstance(raw, bool) or raw is None:
        return {True: "yes", False: "no", None: "none"}[raw]
    return f"{raw:g}" if isinstance(raw, float) else str(raw)


def _wires(sheet: str, was: Graph, now: Graph, pairs: Mapping[str, str]) -> Iterator[WireDifference]:
    """Wires between nodes that are in both; those of a node that came or went come and go with it."""
    back = {new: old for old, new in pairs.items()}

    def text(graph: Graph, wire: Wire) -> str:
        ends = [f"{_name(graph, end.node)}.{end.port}" for end in (wire.source, wire.target)]
        return " → ".join(ends)

    for target, source in was.wires.items():
        if target.node in pairs and source.node in pairs:
            there = now.wires.get(Port(pairs[target.node], target.port))
            if there != Port(pairs[source.node], source.port):
                wire = Wire(source, target)
                yield WireDifference(sheet, REMOVED, wire, text(was, wire))
    for target, source in now.wires.items():
        if target.node in back and source.node in back:
            there = was.wires.get(Port(back[target.node], target.port))
            if there != Port(back[source.node], source.port):
                wire = Wire(source, target)
                yield WireDifference(sheet, ADDED, wire, text(now, wire))


def _settings(old: Project, new: Project) -> Iterator[ProjectChange]:
    """Constants, block parameters, data, recipe and search."""
    yield from _mapping("constant ", old.constants, new.constants)
    for name in (name for name in old.blocks if name in new.blocks):
        yield from _mapping(f"block {name}, ", old.blocks[name].params, new.blocks[name].params)
    yield from _mapping("data ", _fields(old.data), _fields(new.data))
    yield from _mapping("recipe ", _fields(old.recipe), _fields(new.recipe))
    left, right = (
        {learner.name: _fields(learner, "name") for learner in project.recipe.learners} for project in (old, new)
    )
    for name in dict.fromkeys([*left, *right]):
        yield from _mapping(f"learner {name}, ", left.get(name, {}), right.get(name, {}))
    yield from _mapping("search ", _search_fields(old.search), _search_fields(new.search))


def _fields(value: Recipe | DataChoice | LearnerSpec, without: str = "extra") -> dict[str, Any]:
    """Settings by name; of learners their names alone, in their order."""
    fields = msgspec.structs.asdict(value)
    fields.pop("extra")
    fields.update(fields.pop("options"))
    if isinstance(value, Recipe) and value.learners:
        fields["learners"] = tuple(learner.name for learner in value.learners)
    return {name: given for name, given in fields.items() if name != without and (name != "learners" or given)}


def _search_fields(search: SearchSpec | None) -> dict[str, Any]:
    """What a search says: each thing that it varies by its address, and its settings; nothing where there is none."""
    if search is None:
        return {}
    fields = {name: getattr(search, name) for name in search.__struct_fields__ if name not in ("entries", "extra")}
    return {f"over {entry.address}": entry.words for entry in search.entries} | fields


def _mapping(title: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ProjectChange]:
    for name in dict.fromkeys([*old, *new]):
        a, b = old.get(name), new.get(name)
        if a != b:
            told = [_plain(v) if not isinstance(v, tuple) else " / ".join(map(_plain, v)) for v in (a, b)]
            yield ProjectChange(title + name, "–" if name not in old else told[0], "–" if name not in new else told[1])


def _totals(before: Analysis, after: Analysis) -> Iterator[ProjectChange]:
    names = ("parameters", "trainable parameters", "buffers", "MACs a sample")
    for name, a, b in zip(names, before.main.totals, after.main.totals, strict=True):
        if a != b:
            yield ProjectChange(name, f"{int(a):,}", f"{int(b):,} ({int(b) - int(a):+,})")
