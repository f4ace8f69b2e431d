"""What is to be built and in which order, before torch is asked for anything.

A ``PlanSheet`` is one graph in one place with its live nodes as ``Step``s; a block's step holds the sheet of each repetition. The module is
built and the source is printed from the same plan, so that both have the same names.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from visualnet.analysis import Analysis, GraphFacts, NodeFacts, infer
from visualnet.analysis.facts import NodePath
from visualnet.analysis.inference import graph_checks
from visualnet.compiling.names import safe_name, variable_name
from visualnet.core import expressions
from visualnet.core.graph import Node, Port, Value
from visualnet.core.project import MAIN, Project
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.format import format_bytes
from visualnet.layers.declaration.calls import Expr, ModuleCall, OwnModule, Ref
from visualnet.layers.recipe.setting_values import loss_params

MEMORY_SHARE = 0.8


class GraphError(ValueError):
    """The graph cannot be built; the words say why, one problem a line."""


class SharedWeights(NamedTuple):
    """Weights that a module takes over from another one of the same sheet: which, and that module's name."""

    owner: str
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PlanStep:
    """A live node of a sheet. ``name`` is unique among its attributes and safe in code; ``module`` is the attribute whose module it
    applies (another node's when the two share all), empty for a plain function. ``args`` says which port feeds each input port.
    ``variable`` is what the result is called in printed code, and an input as an argument.
    """

    facts: NodeFacts
    name: str
    variable: str
    args: Mapping[str, Port | None]
    used: frozenset[str]
    module: str = ""
    make: ModuleCall | None = None
    tie: SharedWeights | None = None
    inside: tuple[PlanSheet, ...] = ()

    @property
    def id(self) -> str:
        return self.facts.node.id

    @property
    def role(self) -> str:
        return self.facts.layer.role if self.facts.layer is not None else ""

    def forward(self, used: frozenset[str]) -> Mapping[str, Expr]:
        """What it computes at each used output port."""
        layer = self.facts.layer
        assert layer is not None
        refs = [Ref(port) if source is not None else None for port, source in self.args.items()]
        exprs = layer.forward(OwnModule(), *refs, used=used)
        if not isinstance(exprs, Mapping):
            exprs = {next(iter(layer.outputs())): exprs}
        return {port: exprs[port] for port in layer.outputs() if port in used}

    def counts(self) -> Expr | None:
        """What adds up of its value from batch to batch; None if every sample counts alike."""
        layer = self.facts.layer
        return layer.counts(*map(Ref, self.args)) if layer is not None else None


@dataclass(frozen=True, eq=False)
class PlanSheet:
    """A graph in one place. ``inputs`` are its arguments, ``steps`` what is computed (in order), ``outputs`` what it answers, by name.

    ``modules`` are the steps that own a module, in the order in which they are made.
    """

    block: str
    facts: GraphFacts
    inputs: tuple[PlanStep, ...]
    steps: tuple[PlanStep, ...]
    outputs: Mapping[str, Port]
    modules: tuple[PlanStep, ...]
    scope: Mapping[str, Any]
    """A block's parameters, as this place sets them."""

    @cached_property
    def by_id(self) -> Mapping[str, PlanStep]:
        return {step.id: step for step in (*self.inputs, *self.steps)}

    def sinks(self, role: str) -> list[PlanStep]:
        """The steps with this role, in file order."""
        return [self.by_id[f.node.id] for f in self.facts.sinks(role) if f.node.id in self.by_id]

    def needed(self, ports: Iterable[Port]) -> set[str]:
        """The ids of all that must be computed for these ports."""
        seen: set[str] = set()
        todo = [port.node for port in ports]
        while todo:
            node_id = todo.pop()
            if node_id not in seen:
                seen.add(node_id)
                todo += [source.node for source in self.by_id[node_id].args.values() if source is not None]
        return seen


class Plan(NamedTuple):
    """The whole network. ``answers`` are the ports that the network returns, by name; ``losses`` each with its weight."""

    project: Project
    analysis: Analysis
    main: PlanSheet
    answers: Mapping[str, Port]
    fields: Mapping[str, str]
    """Which data field feeds each live input and target, by node id."""
    given: Mapping[str, Value] = {}
    """What losses take where neither their nodes nor the recipe say it."""

    @property
    def net_inputs(self) -> list[PlanStep]:
        """What the network must be given for its answers, in file order: inputs, then targets if an answer rests on one."""
        needed = self.main.needed(self.answers.values())
        return [step for step in self.main.inputs if step.id in needed]

    @property
    def losses(self) -> list[tuple[PlanStep, float]]:
        return [(s, float(s.facts.layer.values().get("weight", 1.0))) for s in self.main.sinks("loss") if s.facts.layer]


def make_plan(
    project: Project,
    analysis: Analysis | None = None,
    budget: int | None = None,
    given: Mapping[str, Value] | None = None,
) -> Plan:
    """The plan of a project. ``budget`` is how many bytes the weights may take; None for no limit. ``given`` is what losses take where
    neither their nodes nor the recipe say it, by the name of their parameter.

    Raises:
        GraphError: the graph has errors, or its weights would be larger than the budget.
    """
    analysis = analysis if analysis is not None and analysis.project is project else infer(project)
    if errors := analysis.errors():
        raise GraphError("\n".join(f"{_place(analysis, p.path)}{p.words}" for p in errors))
    check_size(analysis, budget)
    main = _Planner(project, given or {}).sheet(analysis.main, MAIN, {})
    fields = {}
    for step in main.inputs:
        assert step.facts.layer is not None
        name = step.facts.layer.values()["field"]
        fields[step.id] = name
    return Plan(project, analysis, main, _answers(main), fields, given or {})


def check_size(analysis: Analysis, budget: int | None) -> None:
    """Refuse what no machine could hold, by arithmetic alone.

    Raises:
        GraphError: more bytes of weights than the budget.
    """
    size = 4 * (analysis.main.parameters + analysis.main.buffered)
    if budget is not None and size > budget:
        largest = max(analysis.main.nodes.values(), key=lambda f: f.parameters + f.buffered)
        raise GraphError(
            f"the weights would take {format_bytes(size)}, and this machine can spare {format_bytes(budget)}; "
            f"the most are in “{largest.node.name}” ({format_bytes(4 * (largest.parameters + largest.buffered))})"
        )


def memory_budget() -> int:
    """80% of the machine's memory (or of the container's, if it is held to less), in bytes."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        total = _windows_memory()
    try:
        limit = read_text("/sys/fs/cgroup/memory.max", 4096).strip()
        total = min(total, int(limit)) if limit.isdigit() else total
    except OSError:
        pass
    return int(total * MEMORY_SHARE)


def _windows_memory() -> int:
    import ctypes

    kernel = getattr(ctypes, "windll", None)
    kilobytes = ctypes.c_ulonglong(0)
    if kernel is None or not kernel.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)):
        return 8 << 30
    return kilobytes.value * 1024


def _place(analysis: Analysis, path: NodePath) -> str:
    try:
        names = [analysis.at(path[: i + 1]).node.name for i in range(len(path)) if path[i]]
    except KeyError:
        return ""
    return f"{' › '.join(names)}: " if names else ""


def _answers(main: PlanSheet) -> dict[str, Port]:
    """The outputs; where there are none, what the losses (else the metrics) look at."""
    if main.outputs:
        return dict(main.outputs)
    found: dict[Port, str] = {}
    for _, source in graph_checks.answers(main.facts):
        found.setdefault(source, main.by_id[source.node].name)
    answers: dict[str, Port] = {}
    for port, name in found.items():
        answers[name if name not in answers else f"{name}_{port.port}"] = port
    return answers


class _Planner:
    """Makes sheets; a block's facts that stand in several places are planned once."""

    def __init__(self, project: Project, given: Mapping[str, Value]) -> None:
        self.project = project
        self.known: dict[int, PlanSheet] = {}
        self.of_losses = {**given, **loss_params(project.recipe)}

    def sheet(self, facts: GraphFacts, block: str, scope: Mapping[str, Any]) -> PlanSheet:
        if id(facts) not in self.known:
            self.known[id(facts)] = self._sheet(facts, block, scope)
        return self.known[id(facts)]

    def _scope(self, node: Node, scope: Mapping[str, Any]) -> dict[str, Any]:
        """A block's parameters as its node sets them; the analysis has found nothing wrong with them."""
        inner: dict[str, Any] = dict(self.project.blocks[node.block or ""].params)
        outer = {**self.project.constants, **scope}
        for name in inner.keys() & node.params.keys():
            read = expressions.read_whole if isinstance(inner[name], int) else expressions.read_number
            inner[name] = read(node.params[name], outer)  # type: ignore[arg-type]
        return inner

    def _follow_recipe(self, facts: NodeFacts) -> NodeFacts:
        """A loss with what the recipe says for it where its node says nothing."""
        layer, said = facts.layer, facts.node.params
        given = {n: v for n, v in self.of_losses.items() if layer is not None and n in layer.params and n not in said}
        return facts._replace(layer=type(layer)({**layer.values(), **given})) if layer is not None and given else facts

    def _sheet(self, facts: GraphFacts, block: str, scope: Mapping[str, Any]) -> PlanSheet:
        graph, nodes = facts.graph, facts.nodes
        live = facts.outline.live
        inputs = [f.node.id for f in facts.sinks("input") if block != MAIN or f.node.id in live]
        targets = [f.node.id for f in facts.sinks("target") if f.node.id in live]
        names = _names(facts)
        used: dict[str, set[str]] = {}
        for target, source in graph.wires.items():
            if target.node in live:
                used.setdefault(source.node, set()).add(source.port)
        sources = {*inputs, *targets}
        outputs = {
            f.node.name: graph.wires[next(p for p in graph.wires if p.node == f.node.id)] for f in facts.sinks("output")
        }
        order = [i for i in _order(facts, live) if i not in sources and _role(nodes[i]) != "output"]
        steps = {i: self._step(nodes[i], facts, names, scope, frozenset(used.get(i, nodes[i].outputs))) for i in order}
        # The owner of shared weights may itself lead nowhere; its module is made all the same.
        owners = dict.fromkeys(owner for i in order if (owner := nodes[i].node.shares))
        lenders = [
            self._step(nodes[i], facts, names, scope, frozenset()) for i in owners if i in nodes and i not in steps
        ]
        modules = [s for s in (*steps.values(), *lenders) if s.make is not None or s.module == s.name]
        begin = tuple(
            self._step(nodes[i], facts, names, scope, frozenset(nodes[i].outputs)) for i in (*inputs, *targets)
        )
        computed = tuple(steps[i] for i in order)
        return PlanSheet(block, facts, begin, computed, outputs, tuple(modules), scope)

    def _step(
        self,
        facts: NodeFacts,
        graph: GraphFacts,
        names: Mapping[str, Names],
        scope: Mapping[str, Any],
        used: frozenset[str],
    ) -> PlanStep:
        node = facts.node
        if self.of_losses and facts.layer is not None and facts.layer.role == "loss":
            facts = self._follow_recipe(facts)
        args = {port: graph.graph.wires.get(Port(node.id, port)) for port in facts.inputs}
        name, variable = names[node.id]
        if facts.inside:
            inner = self._scope(node, scope)
            inside = tuple(self.sheet(g, node.block or "", inner) for g in facts.inside)
            module = names[node.shares].attribute if facts.borrows and node.shares else name
            return PlanStep(facts, name, variable, args, used, module=module, inside=inside)
        make = _make(facts)
        owner = graph.nodes.get(node.shares) if node.shares else None
        if make is None or owner is None:
            return PlanStep(facts, name, variable, args, used, module=name if make else "", make=make)
        theirs = names[owner.node.id].attribute
        if make == _make(owner):
            return PlanStep(facts, name, variable, args, used, module=theirs)
        common = sorted(facts.shared)
        if owner.node.kind == node.kind:
            common += [b for b in owner.buffers if b not in facts.buffers]
        return PlanStep(
            facts, name, variable, args, used, module=name, make=make, tie=SharedWeights(theirs, tuple(common))
        )


def _role(facts: NodeFacts) -> str:
    return facts.layer.role if facts.layer is not None else ""


def _make(facts: NodeFacts) -> ModuleCall | None:
    if facts.layer is None:
        return None
    shapes: Any = facts.shapes
    return facts.layer.module(*shapes)


def _order(facts: GraphFacts, live: Collection[str]) -> Iterator[str]:
    """The live nodes so that each stands behind what it reads, in file order where the wires leave a choice."""
    import networkx

    place = {node_id: at for at, node_id in enumerate(facts.graph.nodes)}
    graph = networkx.DiGraph()
    graph.add_nodes_from(live)
    for node_id in live:
        graph.add_edges_from((w.source.node, node_id) for w in facts.topology.into[node_id] if w.source.node in live)
    order: Iterator[str] = networkx.lexicographical_topological_sort(graph, place.__getitem__)
    return order


class Names(NamedTuple):
    """What a node is called: as an attribute of its module (and in ``state_dict`` keys), and as a variable."""

    attribute: str
    variable: str


def _names(facts: GraphFacts) -> dict[str, Names]:
    attributes: set[str] = set()
    variables: set[str] = set()
    names = {}
    for node in facts.graph:
        made = Names(safe_name(node.name, attributes), variable_name(node.name, variables))
        attributes.add(made.attribute)
        variables.add(made.variable)
        names[node.id] = made
    return names
