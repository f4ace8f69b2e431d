"""Shapes, weights and problems of a whole project, by formula; only what an edit changed, and what follows from it, is computed again.

A node's facts rest on the node itself, on its wires, and on what arrives over them. So the wave of an edit runs down the wires and stops
where shapes are equal. A block is computed once for each distinct set of parameters and arriving specs, however often it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from visualnet.analysis.block_nesting import Nesting
from visualnet.analysis.facts import Analysis, GraphFacts, GraphTotals, NodeFacts, collect_problems
from visualnet.analysis.flows import problems as flows
from visualnet.analysis.inference import first_loss, graph_checks, infer_block, learners, linear_rows, muting
from visualnet.analysis.inference.first_weights import first_weights
from visualnet.analysis.inference.infer_block import MAX_LAYERS
from visualnet.analysis.inference.infer_node import Arriving, Faults, Ports, layer_facts, ports, resolve
from visualnet.analysis.inference.node_training import node_training
from visualnet.core.expressions import Derived
from visualnet.core.graph import Graph, Node, Port, Topology
from visualnet.core.project import MAIN, Project
from visualnet.layers.declaration.layer import LAYERS, Spec

MAX_NESTING = 64
MAX_CACHE = 500
"""So many blocks' facts are carried on to the next pass."""

Scope = Mapping[str, Any]
PresetDivision = Mapping[str, Spec | None]


def infer(project: Project, previous: Analysis | None = None, fields: Mapping[str, Spec] | None = None) -> Analysis:
    """What is true of the project. ``previous`` lends what still holds; ``fields`` are the data set's, to hold the inputs against."""
    if previous is not None and infer_block.has_too_many_layers(previous.main):
        previous = None
    return _Inference(project, previous).run(fields)


class _Inference:
    """One pass over a project."""

    def __init__(self, project: Project, previous: Analysis | None) -> None:
        self.project = project
        self.old_main = previous.main if previous else None
        self.nesting: Nesting
        self.edited: frozenset[str] = frozenset()
        self.stale: Mapping[Any, GraphFacts] = {}
        self.cache: dict[Any, GraphFacts] = {}
        self.room = MAX_LAYERS
        """How many nodes of blocks may still be computed. There are no more of them than layers: it ends only where those are too many."""
        if previous is None:
            self.nesting = Nesting(project.blocks)
            return
        old = previous.project.blocks
        if old is project.blocks:
            self.nesting = previous.nesting
        else:
            self.nesting = Nesting(project.blocks)
            names = {**old, **project.blocks}
            self.edited = self.nesting.reached(n for n in names if old.get(n) is not project.blocks.get(n))
        self.stale = previous.cache
        if len(self.stale) <= MAX_CACHE:
            edited = self.edited
            self.cache = {k: g for k, g in self.stale.items() if k[0] not in edited} if edited else dict(self.stale)

    def run(self, fields: Mapping[str, Spec] | None) -> Analysis:
        main = self.graph(self.project.graph, MAIN, self.project.constants, {}, self.old_main)
        own = (
            *graph_checks.whole(main, MAIN),
            *graph_checks.amount(main, MAIN),
            *graph_checks.sources(main, fields, self.project.data.called),
            *graph_checks.labels(main, fields, self.project.data.called, bool(self.project.data.path)),
            *graph_checks.part_weights(main, MAIN),
            *graph_checks.unused_settings(main, self.project.recipe, MAIN),
            *first_loss.problems(main, self.project),
            *linear_rows.problems(main),
            *learners.problems(main, self.project.recipe.learners),
            *flows.problems(main),
        )
        order = {"error": 0, "warning": 1, "hint": 2}
        problems = sorted((*collect_problems(main), *own), key=lambda p: order[p.severity])
        return Analysis(self.project, main, tuple(problems), self.cache, self.nesting)

    # --- one graph -----------------------------------------------------------------------------------------------------------------

    def graph(
        self, graph: Graph, sheet: str, scope: Scope, given: PresetDivision, old: GraphFacts | None
    ) -> GraphFacts:
        """The facts of a graph. ``given`` are the specs that a block's instance brings to its input nodes, by node name."""
        if old is not None and old.scope != scope:
            old = None
        graph = muting.effective_graph(graph, self.project)
        topology = _topology(graph, old)
        loose = _loose(graph, topology)
        dirty = set(graph.nodes) if old is None else self._dirty(graph, topology, loose, given, old)
        same_order = old is not None and topology is old.topology
        nodes: dict[str, NodeFacts] = dict(old.nodes) if old is not None and same_order else {}
        raw: dict[str, NodeFacts] = {}
        changed: list[tuple[NodeFacts | None, NodeFacts]] = []
        known: Mapping[str, NodeFacts] = old.nodes if old is not None else {}
        lent: Mapping[str, NodeFacts] = old.raw if old is not None else {}
        for node_id in (*topology.order, *loose):
            if node_id not in dirty:
                if not same_order:
                    nodes[node_id] = known[node_id]
                if node_id in lent:
                    raw[node_id] = lent[node_id]
                continue
            before = lent.get(node_id) or known.get(node_id)
            facts = self.node(graph.nodes[node_id], graph, topology, sheet, scope, given, nodes, before, loose)
            nodes[node_id] = facts
            changed.append((known.get(node_id), facts))
            if facts.node.shares:
                raw[node_id] = facts
            if before is None or not _alike(before.leaving, facts.leaving):
                dirty.update(wire.target.node for wire in topology.out_of[node_id])
        # What a shared weight depends on is known only when both nodes are.
        for node_id, alone in raw.items():
            nodes[node_id] = graph_checks.share(alone, nodes, sheet)
        return self._graph_facts(graph, topology, nodes, sheet, scope, given, raw, old, changed)

    def _graph_facts(
        self,
        graph: Graph,
        topology: Topology,
        nodes: dict[str, NodeFacts],
        sheet: str,
        scope: Scope,
        given: PresetDivision,
        raw: Mapping[str, NodeFacts],
        old: GraphFacts | None,
        changed: Iterable[tuple[NodeFacts | None, NodeFacts]],
    ) -> GraphFacts:
        """Put together what was found; totals are carried on by their differences."""
        kept = old is not None and topology is old.topology
        if old is not None and kept and all(b is not None and _same_outline(b, f) for b, f in changed):
            outline = old.outline
        else:
            outline = graph_checks.outline(graph, topology, nodes, sheet)
        if old is None or not kept or outline is not old.outline:
            sums = GraphTotals.of(nodes.values(), outline)
        else:
            touched = dict.fromkeys([*(f.node.id for _, f in changed), *raw])
            less = GraphTotals.of((old.nodes[i] for i in touched), outline)
            more = GraphTotals.of((nodes[i] for i in touched), outline)
            sums = GraphTotals(*(t - a + b for t, a, b in zip(old.sums, less, more, strict=True)))
        return GraphFacts(graph, topology, nodes, outline, scope, given, raw, sums)

    def _dirty(
        self, graph: Graph, topology: Topology, loose: Mapping[str, None], given: PresetDivision, old: GraphFacts
    ) -> set[str]:
        """The nodes whose facts cannot be taken over, besides those that the wave will reach."""
        before = old.graph
        dirty: set[str] = set()
        if graph.nodes is not before.nodes:
            dirty |= {i for i, node in graph.nodes.items() if before.nodes.get(i) is not node}
        if topology is not old.topology:
            for target, source in _moved(before.wires, graph.wires):
                # A placeholder's outputs are those that its wires use.
                dirty |= {target.node, source.node}
            ran_loose = _loose(before, old.topology)
            for node_id in loose.keys() ^ ran_loose.keys():
                dirty.add(node_id)
                dirty |= {w.target.node for w in topology.out_of.get(node_id, ())}
        if self.edited:
            dirty |= {i for i in old.outline.blocks if i in graph.nodes and graph.nodes[i].block in self.edited}
        if given or old.given:
            for node_id in old.outline.ends.get("input", ()):
                name = old.nodes[node_id].node.name
                if (name in given) != (name in old.given) or given.get(name) != old.given.get(name):
                    dirty.add(node_id)
        return dirty & graph.nodes.keys()

    # --- one node ------------------------------------------------------------------------------------------------------------------

    def node(
        self,
        node: Node,
        graph: Graph,
        topology: Topology,
        sheet: str,
        scope: Scope,
        given: PresetDivision,
        nodes: Mapping[str, NodeFacts],
        before: NodeFacts | None,
        loose: Mapping[str, None],
    ) -> NodeFacts:
        """The facts of one node. ``loose`` are those on or behind a circle: nothing is known of what they bring each other."""
        fault = Faults(node, sheet)
        wires = {wire.target.port: wire.source for wire in topology.into[node.id]}
        fed = {p: s for p, s in wires.items() if s.node not in loose} if node.id in loose else wires

        def arriving(inputs: Ports) -> Arriving:
            return tuple(nodes[s.node].leaving.get(s.port) if (s := fed.get(port)) else None for port in inputs)

        if node.mode and (quiet := muting.mode(node)):
            return self.quiet(node, graph, scope, quiet, arriving)
        training = node_training(node, scope, fault) if node.training else {}
        if node.block is not None:
            found = self.block(node, graph, sheet, scope, wires, arriving, before, fault)
            return found._replace(training=training) if training else found
        kind = LAYERS.get(node.kind)
        if kind is None:
            words = f"this version knows no layer “{node.kind}”; it is kept as it is and cannot be computed"
            fault.add("unknown-kind", words, "kind")
            return infer_block.placeholder(node, graph, arriving, fault)
        layer = told = before.layer if before is not None and before.node is node else None
        if layer is None or told is None:
            layer, told = resolve(kind, node, scope, fault)
        inputs, outputs = ports(told)
        arrived = arriving(inputs)
        if layer is None:
            return NodeFacts(node, None, inputs, outputs, arrived, {}, fault.found())
        if layer.role == "input" and node.name in given:
            spec = given[node.name]
            fault.take("parameter", layer.__dict__["unknown"])
            return NodeFacts(
                node, layer, {}, outputs, (), {} if spec is None else {next(iter(outputs)): spec}, fault.found()
            )
        init = first_weights(node, scope, fault)
        facts = layer_facts(node, layer, arrived, tuple(port in wires for port in inputs), fault)
        return facts._replace(init=init, training=training) if init is not facts.init or training else facts

    def quiet(self, node: Node, graph: Graph, scope: Scope, mode: str, arriving: Any) -> NodeFacts:
        """The facts of a node that is muted or off: its ports, what arrives, and what it hands on; it has no problems and no weights."""
        fault = Faults(node, "")
        kind, block = LAYERS.get(node.kind), self.project.blocks.get(node.block or "")
        layer = None
        if kind is not None:
            layer, told = resolve(kind, node, scope, fault)
            inputs, outputs = ports(told)
        elif block is not None:
            inputs, outputs = infer_block.block_ports(block.graph)
        else:
            return infer_block.placeholder(node, graph, arriving, fault)._replace(problems=())
        arrived: Arriving = arriving(inputs)
        passed = arrived[0] if arrived and mode == "mute" else None
        leaving = {next(iter(outputs)): passed} if passed is not None and outputs else {}
        return NodeFacts(node, layer, inputs, outputs, arrived, leaving)

    # --- blocks --------------------------------------------------------------------------------------------------------------------

    def block(
        self,
        node: Node,
        graph: Graph,
        sheet: str,
        scope: Scope,
        wires: Mapping[str, Port],
        arriving: Any,
        before: NodeFacts | None,
        fault: Faults,
    ) -> NodeFacts:
        """The facts of a block's instance, with its inside."""
        name = node.block or ""
        block = self.project.blocks.get(name)
        if block is None:
            fault.add("unknown-block", f"there is no block “{name}” in this project", "kind")
            return infer_block.placeholder(node, graph, arriving, fault)
        inputs, outputs = infer_block.block_ports(block.graph)
        arrived: Arriving = arriving(inputs)
        infer_block.check_wired(inputs, wires, fault)
        if self.nesting.recursive(sheet, name):
            words = f"the block “{name}” would contain itself here; take this instance out"
            fault.add("recursion", words, "kind")
        elif self.nesting.height[name] > MAX_NESTING:
            words = f"the block “{name}” holds blocks in blocks, more than {MAX_NESTING} deep; unpack some of them"
            fault.add("recursion", words, "kind")
        inner = infer_block.inner_scope(node, block, scope, self.project.constants, fault)
        times = infer_block.repeats(node, scope, inputs, outputs, fault)
        facts = NodeFacts(node, None, inputs, outputs, arrived, {}, fault.found())
        if inner is None or times is None or any(p.code == "recursion" for p in facts.problems):
            return facts
        lent = before.inside if before is not None and before.node.block == name else ()
        chain, leaving = self.chain(name, inner, arrived, inputs, outputs, times, lent)
        if len(chain) < times:  # only where there are too many layers is there no room for them
            return facts._replace(inside=chain, layers=MAX_LAYERS + 1)
        if wrong := next((p for g in {id(g): g for g in chain}.values() if (p := g.first_error())), None):
            fault.add("inside", infer_block.inside_words(self.project, name, wrong), "")
        parameters, _, buffered, macs, layers = (sum(column) for column in zip(*(g.sums for g in chain), strict=True))
        return facts._replace(
            leaving=leaving,
            problems=fault.found(),
            inside=chain,
            parameters=parameters,
            buffered=buffered,
            macs=macs,
            layers=layers,
        )

    def chain(
        self,
        name: str,
        scope: Scope,
        arrived: Arriving,
        inputs: Ports,
        outputs: Ports,
        times: int,
        lent: tuple[GraphFacts, ...],
    ) -> tuple[tuple[GraphFacts, ...], dict[str, Spec]]:
        """The block behind itself, ``times`` over, or fewer where there is no room for so many.

        When what leaves equals what arrived, the rest of the chain is the same again.
        """
        graphs: list[GraphFacts] = []
        leaving: dict[str, Spec] = {}
        facts: GraphFacts | None = None
        for number in range(times):
            given = {port: _plain(spec) for port, spec in zip(inputs, arrived, strict=True)}
            facts = self.inside(name, scope, given, lent[number] if number < len(lent) else facts)
            if facts is None:
                break
            leaving = infer_block.block_outputs(facts, outputs)
            graphs.append(facts)
            if times > 1:
                # What leaves feeds the first input of the next one; the other inputs are the same for each.
                following = (leaving.get(next(iter(outputs))), *arrived[1:])
                if following == arrived:
                    graphs += [facts] * (times - len(graphs))
                    break
                arrived = following
        return tuple(graphs), leaving

    def inside(self, name: str, scope: Scope, given: PresetDivision, lent: GraphFacts | None) -> GraphFacts | None:
        """A block's facts for these parameters and arriving specs, from the cache if they are known; None without room for more."""
        key = (name, tuple(scope.items()), tuple(given.items()))
        known = self.cache.get(key)
        if known is None:
            self.room -= len(self.project.blocks[name].graph.nodes)
            if self.room < 0:
                return None
            known = self.graph(self.project.blocks[name].graph, name, scope, given, self.stale.get(key) or lent)
            self.cache[key] = known
        return known


# --- small parts -------------------------------------------------------------------------------------------------------------------


def _topology(graph: Graph, old: GraphFacts | None) -> Topology:
    """The old one, while wires and nodes stand in the same order."""
    if old is None:
        return Topology(graph)
    before = old.graph
    wires = graph.wires is before.wires or list(graph.wires.items()) == list(before.wires.items())
    same = wires and (graph.nodes is before.nodes or list(graph.nodes) == list(before.nodes))
    return old.topology if same else Topology(graph)


def _loose(graph: Graph, topology: Topology) -> Mapping[str, None]:
    """The nodes on a circle or behind one, in file order."""
    if len(topology.order) == len(graph.nodes):
        return {}
    ordered = set(topology.order)
    return {i: None for i in graph.nodes if i not in ordered}


def _moved(before: Mapping[Port, Port], after: Mapping[Port, Port]) -> list[tuple[Port, Port]]:
    """The wires of either graph that the other has not."""
    gone = [(t, s) for t, s in before.items() if after.get(t) != s]
    return gone + [(t, s) for t, s in after.items() if before.get(t) != s]


def _plain(spec: Spec | None) -> Spec | None:
    """The spec without the formulas by which its extents came about: what a block is computed for must not depend on them."""
    if spec is None or all(type(extent) is int for extent in spec.shape):
        return spec
    return spec._replace(shape=tuple(map(int, spec.shape)))


def _alike(a: Mapping[str, Spec], b: Mapping[str, Spec]) -> bool:
    """Whether two nodes give the same, and explain it in the same way."""
    if a is b:
        return True
    if a != b:
        return False
    pairs = ((n, m) for port in a for n, m in zip(a[port].shape, b[port].shape, strict=True))
    return all(n is m or _reason(n) == _reason(m) for n, m in pairs)


def _reason(extent: int) -> Any:
    return (extent.formula, extent.figures, extent.symbols) if isinstance(extent, Derived) else None


def _same_outline(a: NodeFacts, b: NodeFacts) -> bool:
    """Whether an edit left alone all that the outline of a graph is drawn from."""
    if a.node is not b.node and (
        _drawn(a.node) != _drawn(b.node) or graph_checks.role_of(a) != graph_checks.role_of(b)
    ):
        return False
    return (a.inputs is b.inputs or a.inputs.keys() == b.inputs.keys()) and (
        a.outputs is b.outputs or a.outputs.keys() == b.outputs.keys()
    )


def _drawn(node: Node) -> tuple[str, str, str, str | None]:
    return node.kind, node.name, node.mode, node.shares
