"""Shapes, weights and problems of a whole project, by formula; only what an edit changed, and what follows from it, is computed again.

A node's facts are kept while the node is the same object and the same specs arrive, so the wave of an edit stops where shapes are equal. A
block is computed once for each distinct set of parameters and arriving specs, however often it stands on the canvas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from visualnet.analysis import lints
from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, Path, Problem
from visualnet.core import expressions
from visualnet.core.expressions import Derived
from visualnet.core.graph import Graph, Node, Port, Topology
from visualnet.core.project import MAIN, Block, Project
from visualnet.layers.declare import LAYERS, BadParams, Fault, Layer, Misfit, Pattern, Spec
from visualnet.layers.formulas import unread

MAX_NESTING = 32
MAX_REPEAT = 1_000
MAX_SIZE = 1 << 44
"""No tensor of more numbers than this is inferred: what is larger is a mistake or a trap, never a network."""

_ANY = Pattern(("*",), "any")


def infer(project: Project, previous: Analysis | None = None, fields: Mapping[str, Spec] | None = None) -> Analysis:
    """What is true of the project. ``previous`` lends what still holds; ``fields`` are the data set's, to hold the inputs against."""
    return _Inference(project, previous, fields).run()


class _Inference:
    """One pass over a project."""

    def __init__(self, project: Project, previous: Analysis | None, fields: Mapping[str, Spec] | None) -> None:
        self.project, self.fields = project, fields
        self.old_main = previous.main if previous else None
        self.old_scope = previous.project.constants if previous else None
        self.old_cache: Mapping[Any, Any] = previous.cache if previous else {}
        self.cache: dict[Any, GraphFacts] = {}
        self.closures: dict[str, tuple[Block, ...]] = {}
        self.active: list[str] = []

    def run(self) -> Analysis:
        same_scope = self.old_scope == self.project.constants
        old = self.old_main if same_scope else None
        main = self.graph(self.project.graph, MAIN, dict(self.project.constants), {}, old)
        own = (*lints.whole(main, MAIN), *lints.sources(main, self.fields, self.project.data.name))
        problems = (*self._collect(main), *own)
        order = {"error": 0, "warning": 1, "hint": 2}
        return Analysis(self.project, main, tuple(sorted(problems, key=lambda p: order[p.severity])), self.cache)

    def _collect(self, main: GraphFacts) -> list[Problem]:
        """Every node's problems, once for each definition, with the path of the first instance."""
        found: dict[tuple[str, ...], Problem] = {}
        entered: set[int] = set()
        todo: list[tuple[Path, GraphFacts]] = [((), main)]
        while todo:
            path, graph = todo.pop(0)
            if id(graph) in entered:
                continue
            entered.add(id(graph))
            for problem in graph.problems:
                found.setdefault(
                    (problem.sheet, problem.node, problem.at, problem.words),
                    problem._replace(path=(*path, problem.node)),
                )
            for node_id, facts in graph.nodes.items():
                for p in facts.problems:
                    found.setdefault((p.sheet, p.node, p.at, p.words), p._replace(path=(*path, node_id)))
                todo += [((*path, node_id), inside) for inside in facts.inside[:1] + facts.inside[-1:]]
        return list(found.values())

    # --- one graph -----------------------------------------------------------------------------------------------------------------

    def graph(
        self,
        graph: Graph,
        sheet: str,
        scope: Mapping[str, Any],
        given: Mapping[str, Spec | None],
        old: GraphFacts | None,
    ) -> GraphFacts:
        """The facts of a graph. ``given`` are the specs that a block's instance brings to its input nodes, by node name."""
        same_wires = old is not None and old.graph.wires is graph.wires and old.graph.nodes.keys() == graph.nodes.keys()
        topology = old.topology if old is not None and same_wires else Topology(graph)
        nodes: dict[str, NodeFacts] = {}
        specs: dict[Port, Spec] = {}
        behind_cycle = (
            [i for i in graph.nodes if i not in set(topology.order)] if len(topology.order) < len(graph.nodes) else []
        )
        for node_id in (*topology.order, *behind_cycle):
            node = graph.nodes[node_id]
            before = old.nodes.get(node_id) if old is not None else None
            facts = self.node(node, graph, sheet, scope, specs, given, before, node_id in topology.cyclic)
            nodes[node_id] = facts
            for port, spec in facts.leaving.items():
                specs[Port(node_id, port)] = spec
        # What a shared weight depends on is known only when both nodes are.
        if any(node.shares for node in graph):
            nodes = {i: lints.share(f, nodes, sheet) if f.node.shares else f for i, f in nodes.items()}
        return GraphFacts(graph, topology, nodes, tuple(lints.structure(graph, topology, nodes, sheet)))

    def node(
        self,
        node: Node,
        graph: Graph,
        sheet: str,
        scope: Mapping[str, Any],
        specs: Mapping[Port, Spec],
        given: Mapping[str, Spec | None],
        before: NodeFacts | None,
        cyclic: bool,
    ) -> NodeFacts:
        """The facts of one node, the old ones if nothing that they rest on has changed."""
        wires, node_id = graph.wires, node.id
        if before is not None and before.node is node and not node.shares:
            arriving = tuple(specs.get(wires.get(Port(node_id, port))) for port in before.inputs)  # type: ignore[arg-type]
            missing = any(p.code == "unconnected" for p in before.problems)
            if arriving == before.arriving and not given and node.block is None and not missing and not cyclic:
                return before
        fault = _Faults(node, sheet)
        if node.block is not None:
            return self.block(node, graph, scope, specs, before, fault)
        kind = LAYERS.get(node.kind)
        if kind is None:
            return _placeholder(node, graph, specs, fault)
        known = before.layer if before is not None and before.node is node else None
        if known is not None and not known.__dict__["unknown"] and known.role != "input":
            return _layer_facts(node, known, graph, _arriving(node, graph, known, specs), fault)
        layer, ports = _resolve(kind, node, scope, fault)
        arriving = _arriving(node, graph, ports, specs)
        if layer is None:
            return NodeFacts(node, None, ports.inputs(), ports.outputs(), arriving, {}, fault.found())
        if layer.role == "input" and node.name in given:
            spec = given[node.name]
            leaving = {next(iter(layer.outputs())): spec} if spec is not None else {}
            return NodeFacts(node, layer, {}, layer.outputs(), (), leaving, fault.found())
        return _layer_facts(node, layer, graph, arriving, fault)

    # --- blocks --------------------------------------------------------------------------------------------------------------------

    def closure(self, name: str) -> tuple[Block, ...]:
        """The block and every block it uses, directly or not: its facts hold while none of these has changed."""
        if name not in self.closures:
            seen: dict[str, Block] = {}
            todo = [name]
            while todo:
                one = todo.pop()
                if one not in seen and one in self.project.blocks:
                    seen[one] = self.project.blocks[one]
                    todo += [n.block for n in seen[one].graph if n.block is not None]
            self.closures[name] = tuple(seen.values())
        return self.closures[name]

    def inside(self, name: str, scope: Mapping[str, Any], given: Mapping[str, Spec | None]) -> GraphFacts:
        """A block's facts for these parameters and arriving specs, from the cache if they are known."""
        key = (name, tuple(scope.items()), tuple(given.items()), tuple(map(id, self.closure(name))))
        if key not in self.cache:
            known = self.old_cache.get(key)
            if known is None:
                self.active.append(name)
                known = self.graph(self.project.blocks[name].graph, name, scope, given, None)
                self.active.pop()
            self.cache[key] = known
        return self.cache[key]

    def block(
        self,
        node: Node,
        graph: Graph,
        scope: Mapping[str, Any],
        specs: Mapping[Port, Spec],
        before: NodeFacts | None,
        fault: _Faults,
    ) -> NodeFacts:
        name = node.block or ""
        block = self.project.blocks.get(name)
        if block is None:
            fault.add("unknown-block", f"there is no block “{name}” in this project", "kind")
            return _placeholder(node, graph, specs, fault, told=True)
        inputs, outputs = block_ports(block.graph)
        arriving = {port: specs.get(graph.wires.get(Port(node.id, port))) for port in inputs}  # type: ignore[arg-type]
        _check_wired(node, graph, inputs, tuple(arriving.values()), fault)
        if name in self.active or len(self.active) >= MAX_NESTING:
            words = "contains itself" if name in self.active else f"is nested deeper than {MAX_NESTING} blocks"
            fault.add("recursion", f"the block “{name}” {words}; take that instance out", "kind")
            return NodeFacts(node, None, inputs, outputs, tuple(arriving.values()), {}, fault.found())
        inner = _block_scope(node, block, scope, self.project.constants, fault)
        times = _repeat(node, scope, fault)
        if inner is None or times is None or (times > 1 and len(inputs) != 1):
            if times is not None and times > 1 and len(inputs) != 1:
                fault.add(
                    "repeat", f"only a block with one input can be repeated; “{name}” has {len(inputs)}", "repeat"
                )
            return NodeFacts(node, None, inputs, outputs, tuple(arriving.values()), {}, fault.found())
        chain, leaving = self.chain(name, inner, dict(arriving), inputs, outputs, times, fault)
        inside_errors = (
            any(p.severity == "error" for g in chain for f in g.nodes.values() for p in f.problems)
            if len(chain) < 4
            else False
        )
        if not inside_errors:
            inside_errors = any(not f.known for g in {id(g): g for g in chain}.values() for f in g.nodes.values())
        if inside_errors and all(s is not None for s in arriving.values()):
            fault.add("inside", f"something inside “{name}” does not fit; open the block to see what", "", "error")
        macs = sum(g.macs for g in chain)
        return NodeFacts(
            node, None, inputs, outputs, tuple(arriving.values()), leaving, fault.found(), macs=macs, inside=chain
        )

    def chain(
        self,
        name: str,
        scope: Mapping[str, Any],
        arriving: dict[str, Spec | None],
        inputs: Mapping[str, Pattern],
        outputs: Mapping[str, Pattern],
        times: int,
        fault: _Faults,
    ) -> tuple[tuple[GraphFacts, ...], dict[str, Spec]]:
        """The block behind itself, ``times`` over. When what leaves equals what arrived, the rest of the chain is the same again."""
        if times > 1 and len(outputs) != 1:
            fault.add("repeat", f"only a block with one output can be repeated; “{name}” has {len(outputs)}", "repeat")
            times = 1
        graphs: list[GraphFacts] = []
        leaving: dict[str, Spec] = {}
        for _ in range(times):
            facts = self.inside(name, scope, arriving)
            leaving = _leaving(facts, outputs)
            graphs.append(facts)
            if times > 1:
                following = {next(iter(inputs)): leaving.get(next(iter(outputs)))}
                if following == arriving:
                    graphs += [facts] * (times - len(graphs))
                    break
                arriving = following
        return tuple(graphs), leaving


def _arriving(node: Node, graph: Graph, layer: Layer, specs: Mapping[Port, Spec]) -> tuple[Spec | None, ...]:
    """What arrives at each of the layer's input ports."""
    sources = (graph.wires.get(Port(node.id, port)) for port in layer.inputs())
    return tuple(specs.get(source) if source is not None else None for source in sources)


class _Faults:
    """Collects a node's problems."""

    def __init__(self, node: Node, sheet: str) -> None:
        self.node, self.sheet = node, sheet
        self.problems: list[Problem] = []

    def add(self, code: str, words: str, at: str = "", severity: str = "error", formula: str = "") -> None:
        self.problems.append(Problem(code, severity, words, self.node.id, self.sheet, (), at, formula))

    def take(self, code: str, faults: Iterable[Fault]) -> bool:
        """Add what a layer found; True if an error was among it."""
        errors = False
        for f in faults:
            self.add(code, f.words, f.at, f.severity, f.formula)
            errors |= f.severity == "error"
        return errors

    def found(self) -> tuple[Problem, ...]:
        return tuple(self.problems)


def block_ports(graph: Graph) -> tuple[dict[str, Pattern], dict[str, Pattern]]:
    """A block's ports: its input and output nodes by name, from top to bottom as they stand on its sheet, else in file order."""
    inputs, outputs = {}, {}
    for node in graph:
        kind = LAYERS.get(node.kind)
        if kind is not None and kind.role == "input":
            inputs[node.name] = _ANY
        elif kind is not None and kind.role == "output":
            outputs[node.name] = Pattern(("*",), "same")
    return inputs, outputs


def _leaving(facts: GraphFacts, outputs: Mapping[str, Pattern]) -> dict[str, Spec]:
    arrived = {f.node.name: f.arriving[0] for f in facts.sinks("output")}
    return {port: spec for port in outputs if (spec := arrived.get(port)) is not None}


def _placeholder(node: Node, graph: Graph, specs: Mapping[Port, Spec], fault: _Faults, told: bool = False) -> NodeFacts:
    """A node of a kind that this version does not know: its ports are those that its wires use."""
    if not told:
        fault.add(
            "unknown-kind",
            f"this version knows no layer “{node.kind}”; it is kept as it is and cannot be computed",
            "kind",
        )
    inputs = {t.port: _ANY for t in graph.wires if t.node == node.id}
    outputs = {s.port: _ANY for s in graph.wires.values() if s.node == node.id}
    arriving = tuple(specs.get(graph.wires[Port(node.id, port)]) for port in inputs)
    return NodeFacts(node, None, inputs, outputs, arriving, {}, fault.found())


def _resolve(kind: type[Layer], node: Node, scope: Mapping[str, Any], fault: _Faults) -> tuple[Layer | None, Layer]:
    """The layer with this node's parameters, and one that tells its ports (with defaults where the parameters cannot be read)."""
    try:
        layer = kind(node.params, scope)
    except BadParams as error:
        fault.take("parameter", error.faults)
        bad = {f.at for f in error.faults}
        return None, kind({k: v for k, v in node.params.items() if k not in bad}, scope)
    fault.take("parameter", layer.__dict__["unknown"])
    return layer, layer


def _block_scope(
    node: Node, block: Block, scope: Mapping[str, Any], constants: Mapping[str, Any], fault: _Faults
) -> dict[str, Any] | None:
    """The names that expressions inside the block may use: the project's constants and the block's parameters as this node sets them."""
    inner: dict[str, Any] = {**constants, **block.params}
    for name, raw in node.params.items():
        if name not in block.params:
            fault.add("parameter", f"the block has no parameter “{name}”", name, "warning")
            continue
        try:
            whole = isinstance(block.params[name], int)
            inner[name] = (expressions.whole if whole else expressions.real)(raw, scope)  # type: ignore[arg-type]
        except ValueError as error:
            fault.add("parameter", f"{name}: {error}", name)
            return None
    return inner


def _repeat(node: Node, scope: Mapping[str, Any], fault: _Faults) -> int | None:
    try:
        times = expressions.whole(node.repeat, scope)
        if not 1 <= times <= MAX_REPEAT:
            raise ValueError(f"repeat is {times:,}; it can be 1 to {MAX_REPEAT:,}")
    except ValueError as error:
        fault.add("repeat", str(error), "repeat")
        return None
    return times


def _check_wired(
    node: Node, graph: Graph, inputs: Mapping[str, Pattern], arriving: tuple[Spec | None, ...], fault: _Faults
) -> bool:
    """Whether every port that must be wired is, and something known arrives there."""
    complete = True
    for (port, pattern), spec in zip(inputs.items(), arriving, strict=True):
        wired = Port(node.id, port) in graph.wires
        if not wired and not pattern.optional:
            fault.add("unconnected", f"nothing is connected to “{port}”, which wants {pattern.text}", port)
        complete &= spec is not None or (pattern.optional and not wired)
    return complete


def _check_port(port: str, pattern: Pattern, spec: Spec, layer: Layer, fault: _Faults) -> bool:
    """Whether the tensor that arrives is of the rank and type that the port takes."""
    if not spec.batched:
        fault.add("rank", f"“{port}” wants a tensor per sample; one number for the whole batch arrives", port)
        return False
    if not pattern.fits_rank(len(spec.shape)):
        least = "at least " if "*" in pattern.axes else ""
        axes = len(pattern.axes) - ("*" in pattern.axes)
        fault.add(
            "rank",
            f"“{port}” wants {least}{_axes(axes)} ({pattern.text}); {spec.text} arrives, which has {_axes(len(spec.shape))}",
            port,
            formula=f"{pattern.text} ≠ {spec.text}",
        )
        return False
    if pattern.dtype not in ("any", "same", spec.dtype):
        names = {"float": "real numbers", "int": "whole numbers (classes, words)", "bool": "yes or no"}
        fault.add("dtype", f"“{port}” wants {names[pattern.dtype]}; {names[spec.dtype]} arrive", port)
        return False
    refused = layer.refuses.get(port, {}).get(spec.holds)
    if refused:
        fault.add("refused", refused, port, "warning")
    return True


def _axes(count: int) -> str:
    return "1 axis" if count == 1 else f"{count} axes"


def _layer_facts(
    node: Node, layer: Layer, graph: Graph, arriving: tuple[Spec | None, ...], fault: _Faults
) -> NodeFacts:
    """Hold the arriving specs against the ports, then ask the layer."""
    inputs, outputs = layer.inputs(), layer.outputs()
    complete = _check_wired(node, graph, inputs, arriving, fault)
    for (port, pattern), spec in zip(inputs.items(), arriving, strict=True):
        if spec is not None:
            complete &= _check_port(port, pattern, spec, layer, fault)
    bare = NodeFacts(node, layer, inputs, outputs, arriving, {})
    if not complete:
        return bare._replace(problems=fault.found())
    shapes: Any = bare.shapes
    try:
        if fault.take("misfit", layer.check(*shapes)):
            return bare._replace(problems=fault.found())
        leaving = layer.infer(arriving)
        weights, buffers, macs = layer.weights(*shapes), layer.buffers(*shapes), layer.macs(*shapes)
    except Misfit as error:
        fault.take("misfit", [error.fault])
        return bare._replace(problems=fault.found())
    for spec in leaving.values():
        if spec.size > MAX_SIZE:
            fault.add(
                "too-large",
                f"{spec.text} would hold {spec.size:,} numbers per sample; that is more than any machine has",
            )
            return bare._replace(problems=fault.found())
        for extent in spec.shape:
            if isinstance(extent, Derived) and (words := unread(extent)):
                fault.add("inexact", words, "", "hint", extent.filled)
    return bare._replace(leaving=leaving, weights=weights, buffers=buffers, macs=macs, problems=fault.found())
