"""Whether a wire would fit, before it is drawn: asked of the same inference that judges it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, NodePath
from visualnet.analysis.inference.infer import infer
from visualnet.core import edits
from visualnet.core.graph import Graph, Node, Port, Value
from visualnet.core.project import MAIN, Block, Project
from visualnet.core.user import block_library
from visualnet.layers import LAYERS, Spec

OPEN = frozenset({"unconnected", "unused", "no-field", "field-size", "field-type", "unknown-kind"})
"""Problems that a single wire can neither cause nor mend."""

PROBE = "probe"


class WireVerdict(NamedTuple):
    """Whether the wire fits, and in words what would come out or why it does not."""

    fits: bool
    words: str


class Acceptance:
    """Answers for one gesture: the project does not change while a wire is drawn, so every answer is kept."""

    def __init__(
        self, project: Project, sheet: str, path: NodePath, analysis: Analysis, fields: Mapping[str, Spec] | None
    ) -> None:
        self.project, self.sheet, self.path = project, sheet, path
        self.analysis, self.fields = analysis, fields
        self.graph = project.sheet(sheet)
        self.facts = sheet_facts(analysis, sheet, path)
        self._verdicts: dict[tuple[Port, Port], WireVerdict] = {}
        self._likely: dict[tuple[Port, Port], bool] = {}

    @classmethod
    def after(
        cls, project: Project, sheet: str, path: NodePath, previous: Analysis, fields: Mapping[str, Spec] | None
    ) -> Acceptance:
        """Answers about a project that is not the analysed one (a wire has been picked up from it)."""
        return cls(project, sheet, path, infer(project, previous, fields), fields)

    def verdict(self, source: Port, target: Port) -> WireVerdict:
        """The answer of a full inference of the project with this wire in it."""
        key = (source, target)
        if key not in self._verdicts:
            self._verdicts[key] = self._infer(source, target)
        return self._verdicts[key]

    def _infer(self, source: Port, target: Port) -> WireVerdict:
        words = self.refused(source, target)
        if words:
            return WireVerdict(False, words)
        try:
            project = edits.connect(widen_inputs(self.project, self.sheet, target), self.sheet, source, target)
        except ValueError as error:
            return WireVerdict(False, str(error))
        facts = sheet_facts(infer(project, self.analysis, self.fields), self.sheet, self.path)
        if facts is None:
            return WireVerdict(True, "")
        return check_inputs(facts.nodes[target.node])

    def refused(self, source: Port, target: Port) -> str:
        """Why this wire can never be, whatever the shapes."""
        if source.node == target.node:
            return "a card cannot feed itself"
        if self.facts is not None and target.node in self.facts.topology.upstream(source.node):
            names = self.graph.nodes
            return f"“{names[target.node].name}” already leads to “{names[source.node].name}”: that would be a circle"
        return ""

    def knows(self, source: Port, target: Port) -> bool:
        """Whether ``likely`` has been answered before, so that it costs nothing."""
        return (source, target) in self._likely

    def likely(self, source: Port, target: Port) -> bool:
        """The same answer from the target node alone: cheap enough to ask of every port in view."""
        key = (source, target)
        if key not in self._likely:
            self._likely[key] = not self.refused(source, target) and self._probe(source, target)
        return self._likely[key]

    def _probe(self, source: Port, target: Port) -> bool:
        spec = self.spec(source)
        facts = self.facts.nodes.get(target.node) if self.facts is not None else None
        if facts is None:
            return True
        if spec is None:
            return True  # Nothing is known of what would arrive, so nothing speaks against it.
        arriving = dict(zip(facts.inputs, facts.arriving, strict=True))
        arriving[target.port] = spec
        node = self.graph.nodes[target.node]
        if facts.layer is not None:
            kept = {k: v for k, v in facts.layer.values().items() if k in node.params}
            node = _with(node, kept)
        return try_node(self.project, node, arriving).fits

    def spec(self, source: Port) -> Spec | None:
        """What leaves a port."""
        facts = self.facts.nodes.get(source.node) if self.facts is not None else None
        return facts.leaving.get(source.port) if facts is not None else None

    def free_port(self, source: Port, node_id: str) -> Port | None:
        """The first free input of a card that takes the tensor, else the first that takes it in place of its wire, else a further one.

        A further one comes only where none is free: beside an open input it takes anything.
        """
        facts = self.facts.nodes.get(node_id) if self.facts is not None else None
        if facts is None or node_id == source.node:
            return None
        ports = [Port(node_id, p) for p in facts.inputs]
        free = [p for p in ports if p not in self.graph.wires]
        further = further_port(self.graph.nodes[node_id], facts)
        others = [p for p in ports if p not in free] if further is None else [] if free else [further]
        wanted = [*free, *others]
        return next((p for p in wanted if self.verdict(source, p).fits), wanted[0] if wanted else None)

    def free_output(self, target: Port, node_id: str) -> Port | None:
        """The first output of a card that the port takes."""
        facts = self.facts.nodes.get(node_id) if self.facts is not None else None
        ports = [Port(node_id, p) for p in facts.outputs] if facts is not None else []
        return next((p for p in ports if self.likely(p, target)), ports[0] if ports else None)


def check_inputs(facts: NodeFacts) -> WireVerdict:
    """What a node says of what arrives at it."""
    for problem in facts.problems:
        if problem.severity == "error" and problem.code not in OPEN:
            return WireVerdict(False, problem.words)
    warning = next((p.words for p in facts.problems if p.severity == "warning" and p.code == "refused"), "")
    if warning:
        return WireVerdict(True, warning)
    first = next((facts.leaving[p] for p in facts.outputs if p in facts.leaving), None)
    if first is not None:
        return WireVerdict(True, f"→ {first.text}")
    arrived = next((s for s in facts.arriving if s is not None), None)
    waiting = any(p.code == "unconnected" for p in facts.problems)
    return WireVerdict(
        True, "fits; another input is still open" if waiting else f"takes {arrived.text}" if arrived else "fits"
    )


def try_node(project: Project, node: Node, arriving: Mapping[str, Spec | None]) -> WireVerdict:
    """Judge one node with these tensors arriving, in a graph of its own."""
    nodes = {node.id: _with(node, node.params, shares=None)}
    wires: dict[Port, Port] = {}
    for at, (port, spec) in enumerate(arriving.items()):
        if spec is None:
            continue
        probe = f"{PROBE}{at}"
        params: dict[str, Value] = {"size": tuple(int(n) for n in spec.shape), "dtype": spec.dtype}
        nodes[probe] = Node(id=probe, kind="input", name=probe, params=params)
        wires[Port(node.id, port)] = Port(probe, "x")
        if not spec.batched:
            number = f"{probe}n"
            nodes[number] = Node(id=number, kind="value_loss", name=number)
            wires[Port(number, "x")] = Port(probe, "x")
            wires[Port(node.id, port)] = Port(number, "loss")
    small = Project(graph=Graph(nodes, wires), blocks=project.blocks, constants=project.constants)
    return check_inputs(infer(small).main.nodes[node.id])


def _with(node: Node, params: Mapping[str, object], shares: str | None = None) -> Node:
    return Node(id=node.id, kind=node.kind, name=node.name, params=params, repeat=node.repeat, shares=shares)  # type: ignore[arg-type]


def further_port(node: Node, facts: NodeFacts) -> Port | None:
    """The input that a layer with a parameter ``inputs`` gets when that grows by one; None for others."""
    kind = LAYERS.get(node.kind)
    if kind is None or facts.layer is None or "inputs" not in kind.params:
        return None
    try:
        wider = kind({**facts.layer.values(), "inputs": facts.layer.values()["inputs"] + 1})
    except ValueError:
        return None
    new = [p for p in wider.inputs() if p not in facts.inputs]
    return Port(node.id, new[0]) if new else None


def widen_inputs(project: Project, sheet: str, target: Port) -> Project:
    """The project with the parameter ``inputs`` of the target's node raised, if only so the port exists."""
    node = project.sheet(sheet).nodes[target.node]
    kind = LAYERS.get(node.kind)
    if kind is None or "inputs" not in kind.params:
        return project
    have = node.params.get("inputs", kind.params["inputs"].default)
    if not isinstance(have, int) or target.port in kind({"inputs": have}).inputs():
        return project
    return edits.set_params(project, sheet, [node.id], {"inputs": have + 1})


def sheet_facts(analysis: Analysis, sheet: str, path: NodePath) -> GraphFacts | None:
    """The facts of a sheet seen through an instance; None for a block that nothing uses."""
    try:
        return analysis.sheet(sheet, path if sheet != MAIN else ())
    except KeyError:
        return analysis.sheet(sheet)


def known_spec(facts: GraphFacts | None, source: Port) -> Spec | None:
    """What leaves a port, as far as it is known."""
    known = facts.nodes.get(source.node) if facts is not None else None
    return known.leaving.get(source.port) if known is not None else None


def library_fitting(spec: Spec | None) -> list[str]:
    """The library's blocks that take such a tensor at their first input, with their default parameters."""
    found = []
    for entry in block_library.entries():
        instance = next(n for n in entry.project.graph if n.block == entry.name)
        ins, _ = entry_ports(entry.project, instance.kind)
        node = Node(id="new", kind=instance.kind, name="new")
        if ins and (spec is None or try_node(entry.project, node, {ins[0]: spec}).fits):
            found.append(block_library.PREFIX + entry.name)
    return found


def entry_ports(
    project: Project, kind: str, params: Mapping[str, object] = {}, scope: Mapping[str, object] = {}
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The inputs and outputs that a node of this kind has with these parameters; those of a fresh one where they cannot be read."""
    block = project.blocks.get(kind.partition(":")[2]) if kind not in LAYERS else None
    if isinstance(block, Block):
        facts = infer(
            Project(graph=Graph({"n1": Node(id="n1", kind=kind, name="probe")}), blocks=project.blocks)
        ).main.nodes["n1"]
        return tuple(facts.inputs), tuple(facts.outputs)
    try:
        layer = LAYERS[kind](params, scope)  # type: ignore[arg-type]
    except ValueError:
        layer = LAYERS[kind]()
    return tuple(layer.inputs()), tuple(layer.outputs())
