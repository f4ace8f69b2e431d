"""What inference finds out, as values: of each node, of each graph, and the problems in words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from visualnet.analysis.block_nesting import Nesting
from visualnet.core.graph import Graph, Node, Topology
from visualnet.core.project import MAIN, Project
from visualnet.layers.declaration.initialization import Initialization
from visualnet.layers.declaration.layer import Layer, Pattern, Shape, Sized, Spec
from visualnet.layers.declaration.notation import Derivation
from visualnet.layers.initialization import Default

SEVERITIES = ("error", "warning", "hint")

FIRST = Default()
"""How weights start where nothing is said, or where it cannot be read."""

NodePath = tuple[str, ...]
"""Ids from the main sheet down through blocks; the last one is the node itself."""


class Problem(NamedTuple):
    """Something wrong at a place. ``sheet`` is where the node is edited (``""`` is the main graph), ``at`` the port or parameter.

    ``code`` names the kind of problem for tests and for the repair finder; ``words`` are for a student. ``formula`` is its arithmetic
    as text, ``derivation`` the same to be typeset, where it was computed.
    """

    code: str
    severity: str
    words: str
    node: str = ""
    sheet: str = MAIN
    path: NodePath = ()
    at: str = ""
    formula: str = ""
    derivation: Derivation | None = None


class NodeFacts(NamedTuple):
    """What is known of one node, in one place of the project.

    ``layer`` is None for a block, a placeholder, or when parameters cannot be read. ``inputs`` and ``outputs`` are the ports;
    ``arriving`` the specs at the input ports (None where nothing arrives), ``leaving`` those of the outputs, as far as known.
    ``weights`` and ``buffers`` are the node's own tensors (those shared from another node are left out, in ``shared``), ``parameters``
    and ``buffered`` how many numbers they hold, whether trained or frozen. ``inside`` holds a block's graph once for each repetition,
    and ``layers`` says how many nodes those are in all. ``init`` is how its weights start, ``training`` what the node itself says of how
    they are trained, as figures.
    """

    node: Node
    layer: Layer | None
    inputs: Mapping[str, Pattern]
    outputs: Mapping[str, Pattern]
    arriving: tuple[Spec | None, ...]
    leaving: Mapping[str, Spec]
    problems: tuple[Problem, ...] = ()
    weights: Mapping[str, Sized] = {}
    buffers: Mapping[str, Sized] = {}
    shared: frozenset[str] = frozenset()
    macs: int = 0
    inside: tuple[GraphFacts, ...] = ()
    parameters: int = 0
    buffered: int = 0
    layers: int = 0
    init: Initialization = FIRST
    training: Mapping[str, Any] = {}

    @property
    def shapes(self) -> tuple[Shape | None, ...]:
        """The arriving shapes, as a layer's methods take them."""
        return tuple(s.shape if s is not None else None for s in self.arriving)

    @property
    def known(self) -> bool:
        """Whether the layer itself gives every output a shape: a muted one hands on what arrives, whether it fits or not."""
        return not self.node.mode and all(port in self.leaving for port in self.outputs)

    @property
    def borrows(self) -> bool:
        """Whether this is a second use of a block, with all weights of another node."""
        return bool(self.inside and self.shared)

    @property
    def trainable(self) -> int:
        """Learned numbers that training changes."""
        if not self.node.trainable or self.borrows:
            return 0
        return sum(graph.trainable for graph in self.inside) if self.inside else self.parameters

    @property
    def counters(self) -> int:
        """Of the buffered numbers those that only count (batches seen): buffers without an axis."""
        if self.borrows:
            return 0
        if self.inside:
            return sum(graph.counters for graph in self.inside)
        return sum(not b for b in self.buffers.values()) if self.buffered else 0

    @property
    def statistics(self) -> int:
        """Running statistics: the buffered numbers without the counters."""
        return self.buffered - self.counters

    @property
    def counted(self) -> int:
        """Parameters and running statistics, as Keras and many a course count them."""
        return self.parameters + self.statistics


class Outline(NamedTuple):
    """What follows from wires, kinds and names alone: structural problems, the nodes of each role, and those that are blocks.

    ``live`` are the nodes that lead to an output (on the main sheet also to a loss or a metric): only these are computed. While nothing
    leads anywhere, all are. ``lent`` are others whose weights live nodes use: they are made, but not run.
    """

    problems: tuple[Problem, ...]
    ends: Mapping[str, tuple[str, ...]]
    blocks: tuple[str, ...]
    live: frozenset[str]
    lent: frozenset[str]


class GraphTotals(NamedTuple):
    """What the nodes of a graph add up to; ``layers`` counts those inside blocks once for each repetition."""

    parameters: int
    trainable: int
    buffered: int
    macs: int
    layers: int

    @classmethod
    def of(cls, facts: Iterable[NodeFacts], outline: Outline) -> GraphTotals:
        """What is computed and made; a node that leads nowhere is neither, and counts only as a layer."""
        parameters = trainable = buffered = macs = layers = 0
        for f in facts:
            layers += 1 + f.layers
            live = f.node.id in outline.live
            if live:
                macs += f.macs
            if (f.parameters or f.buffered) and (live or f.node.id in outline.lent):
                parameters += f.parameters
                trainable += f.trainable
                buffered += f.buffered
        return cls(parameters, trainable, buffered, macs, layers)


class GraphFacts:
    """What is known of one graph in one place: facts by node id, in an order in which they can be computed.

    ``scope`` and ``given`` are what they were computed for: the names known to expressions, and the specs that a block's instance brings
    to its input nodes. ``raw`` are the facts of nodes that share weights, as they would be alone.
    """

    def __init__(
        self,
        graph: Graph,
        topology: Topology,
        nodes: Mapping[str, NodeFacts],
        outline: Outline,
        scope: Mapping[str, Any],
        given: Mapping[str, Spec | None],
        raw: Mapping[str, NodeFacts],
        sums: GraphTotals,
    ) -> None:
        self.graph, self.topology, self.nodes, self.outline = graph, topology, nodes, outline
        self.scope, self.given, self.raw = scope, given, raw
        self.sums = sums
        self.parameters, self.trainable, self.buffered, self.macs, self.layers = sums
        self.problems = outline.problems
        self.faulty: tuple[str, ...] = tuple(
            i for i, f in nodes.items() if f.problems or (f.inside and any(g.faulty or g.problems for g in f.inside))
        )

    def __getitem__(self, node_id: str) -> NodeFacts:
        return self.nodes[node_id]

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Parameters, trainable ones, buffered numbers, and MACs."""
        return self.parameters, self.trainable, self.buffered, self.macs

    @cached_property
    def counters(self) -> int:
        """Of the buffered numbers those that only count batches."""
        return sum(facts.counters for facts in self.nodes.values())

    @property
    def statistics(self) -> int:
        """Running statistics: the buffered numbers without the counters."""
        return self.buffered - self.counters

    @property
    def counted(self) -> int:
        """Parameters and running statistics, as Keras and many a course count them."""
        return self.parameters + self.statistics

    def first_error(self) -> Problem | None:
        """The first error on this sheet or inside its blocks (as the block tells it)."""
        own = (p for i in self.faulty for p in self.nodes[i].problems if p.severity == "error")
        return next(own, None) or next((p for p in self.problems if p.severity == "error"), None)

    def sinks(self, role: str) -> list[NodeFacts]:
        """The nodes with this role (``input``, ``target``, ``output``, ``loss``, ``metric``), in file order."""
        return [f for i in self.outline.ends.get(role, ()) if (f := self.nodes[i]).layer is not None]


def plain_path(path: NodePath) -> NodePath:
    """The path through the first repetition of each block."""
    return tuple(step.partition("#")[0] for step in path)


class Analysis:
    """Everything that is true of a project, as far as its formulas tell.

    ``main`` holds the main graph's facts; a block's are reached through its instances, or by ``sheet``.
    """

    def __init__(
        self,
        project: Project,
        main: GraphFacts,
        problems: tuple[Problem, ...],
        cache: Mapping[Any, GraphFacts],
        nesting: Nesting,
    ) -> None:
        self.project, self.main, self.problems = project, main, problems
        self.cache, self.nesting = cache, nesting

    def errors(self) -> list[Problem]:
        """The problems that keep the graph from being compiled."""
        return [p for p in self.problems if p.severity == "error"]

    def inside(self, path: NodePath) -> GraphFacts:
        """The facts of the sheet in the block at this path, in the repetitions that its steps tell (``n3#2``: the third), else in the
        first; of the main sheet where the path is empty.

        Raises:
            KeyError: no block is there, or it is not repeated so often.
        """
        graph = self.main
        for step in path:
            node_id, _, number = step.partition("#")
            try:
                graph = graph.nodes[node_id].inside[int(number or 0)]
            except (IndexError, ValueError):
                raise KeyError(path) from None
        return graph

    def at(self, path: NodePath) -> NodeFacts:
        """The facts of the node at this path, in the repetitions that its steps tell, else in the first of each block.

        Of one repetition of a block (a last step ``n3#2``) ``leaving`` is what leaves that repetition.

        Raises:
            KeyError: nothing is there.
        """
        node_id, mark, _ = path[-1].partition("#")
        facts = self.inside(path[:-1]).nodes[node_id]
        if not mark:
            return facts
        ends = {end.node.name: end.arriving[0] for end in self.inside(path).sinks("output")}
        return facts._replace(leaving={port: spec for port in facts.outputs if (spec := ends.get(port)) is not None})

    def find(self, path: NodePath) -> NodeFacts | None:
        """The facts of the node at this path, as `at` tells them; None if it is gone."""
        try:
            return self.at(path)
        except (KeyError, IndexError):
            return None

    def scope(self, sheet: str, path: NodePath) -> dict[str, Any]:
        """The names that an expression on a sheet may use, with the values of the instance at the path."""
        scope = dict(self.project.constants)
        if sheet == MAIN:
            return scope
        if (block := self.project.blocks.get(sheet)) is not None:
            scope |= block.params
        instance = self.find(path) if path else None
        given = instance.node.params if instance is not None else {}
        return scope | {name: raw for name, raw in given.items() if isinstance(raw, int | float) and name in scope}

    def name_of(self, path: NodePath) -> str:
        """The names from the main sheet down, with the number of each repetition: “encoder 2 › attention”."""
        names = []
        for depth, step in enumerate(path):
            plain, _, number = step.partition("#")
            facts = self.find(path[: depth + 1])
            repeated = facts is not None and len(facts.inside) > 1
            name = facts.node.name if facts is not None else plain
            names.append(f"{name} {int(number or 0) + 1}" if repeated else name)
        return " › ".join(names)

    def repetitions(self, path: NodePath, most: int) -> list[NodePath]:
        """The path once for each repetition of the blocks on the way; so many at the most."""
        found: list[NodePath] = [()]
        for depth, node_id in enumerate(path):
            times = len(self.at(path[: depth + 1]).inside)
            steps = [node_id, *(f"{node_id}#{number}" for number in range(1, times))]
            found = [(*before, step) for before in found for step in steps][:most]
        return found

    def target_fields(self) -> list[str]:
        """The fields of the data that the network is to answer."""
        layers = [facts.layer.values() for facts in self.main.sinks("target") if facts.layer is not None]
        return [values["field"] for values in layers if "field" in values]

    def sheet(self, name: str, path: NodePath = ()) -> GraphFacts | None:
        """The facts of a sheet as the canvas shows it: at the given instance, else at the first one found; None if it is unused."""
        if name == MAIN:
            return self.main
        if path:
            inside = self.at(path).inside
            return inside[0] if inside else None
        return next((f.inside[0] for _, f in self.walk() if f.node.block == name and f.inside), None)

    def walk(self) -> Iterator[tuple[NodePath, NodeFacts]]:
        """Every node of the main graph and, below each block, those of its first repetition; a block's definition is entered once."""
        entered: set[int] = set()
        todo: list[tuple[NodePath, GraphFacts]] = [((), self.main)]
        while todo:
            path, graph = todo.pop()
            for node_id in graph.graph.nodes:
                facts = graph.nodes[node_id]
                yield (*path, node_id), facts
                if facts.inside and id(facts.inside[0]) not in entered:
                    entered.add(id(facts.inside[0]))
                    todo.append(((*path, node_id), facts.inside[0]))

    def instances(self) -> Iterator[tuple[NodePath, NodeFacts]]:
        """Every use of a block: those on the main sheet, then those inside the first repetition of each of these, and so on."""
        todo: deque[tuple[NodePath, GraphFacts]] = deque([((), self.main)])
        while todo:
            path, graph = todo.popleft()
            for node_id in graph.graph.nodes:
                facts = graph.nodes[node_id]
                if facts.inside:
                    yield (*path, node_id), facts
                    todo.append(((*path, node_id), facts.inside[0]))


def collect_problems(main: GraphFacts) -> list[Problem]:
    """Every node's problems, once for each definition, with the path of the first instance."""
    found: dict[tuple[str, ...], Problem] = {}
    entered: set[int] = {id(main)}
    todo: list[tuple[NodePath, GraphFacts]] = [((), main)]
    for path, graph in todo:
        own = [(p, p.node) for p in graph.problems]
        for p, node_id in own + [(p, i) for i in graph.faulty for p in graph.nodes[i].problems]:
            found.setdefault((p.sheet, p.node, p.at, p.words), p._replace(path=(*path, node_id)))
        for node_id in graph.faulty:
            for inside in graph.nodes[node_id].inside:
                if id(inside) not in entered:
                    entered.add(id(inside))
                    todo.append(((*path, node_id), inside))
    return list(found.values())
