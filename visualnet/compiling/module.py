"""The network as PyTorch runs it: ``torch.fx`` graph modules, built node by node from the plan, never traced.

``net``, ``objective`` and every ``view`` are different programs over one tree of modules: what one of them trains, all of them see.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import torch
from torch import fx, nn

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodePath
from visualnet.compiling import failing_node
from visualnet.compiling.fx_emitter import Emitter
from visualnet.compiling.module_tree import (
    BuiltSheet,
    add_placeholder,
    first_port,
    grow_modules,
    make_graph_module,
    only_port,
    tie_weights,
)
from visualnet.compiling.names import class_name, safe_name
from visualnet.compiling.plan import Plan, PlanStep, make_plan, memory_budget
from visualnet.compiling.source_code.argument_printer import ArgumentPrinter, Figures
from visualnet.compiling.weight_init import OwnGenerator
from visualnet.core.graph import Port, Value
from visualnet.core.project import Project
from visualnet.layers.declaration.calls import Ref
from visualnet.pytorch import start_no_threads

start_no_threads()


def compile_project(
    project: Project,
    analysis: Analysis | None = None,
    *,
    device: str | torch.device = "cpu",
    seed: int | None = None,
    budget: int | None = None,
    given: Mapping[str, Value] | None = None,
) -> Model:
    """The project as PyTorch. ``seed`` fixes the initial weights; ``device`` may be ``meta``, which allocates nothing. ``given`` is what
    losses take where neither their nodes nor the recipe say it.

    Raises:
        GraphError: the graph has errors, or its weights need more bytes than ``budget`` (80% of the machine's memory by default).
    """
    device = torch.device(device)
    if budget is None and device.type != "meta":
        budget = memory_budget()
    return Model(make_plan(project, analysis, budget, given), device, seed)


class Model:
    """A compiled project.

    ``net`` maps inputs (arguments named as the input nodes) to the answer: a tensor, or a dict by node name where there are several.
    ``objective`` maps the data's fields to a dict with ``loss`` and every loss, metric and output by node name. ``fields`` names what
    ``objective`` and every ``view`` take; ``inputs`` what ``net`` takes.
    """

    def __init__(self, plan: Plan, device: torch.device, seed: int | None = None) -> None:
        self._take_plan(plan)
        self.fields: tuple[str, ...] = tuple(dict.fromkeys(plan.fields.values()))
        self.inputs: tuple[str, ...] = tuple(step.variable for step in plan.net_inputs)
        self.outputs: tuple[str, ...] = tuple(plan.answers)
        self.losses: tuple[str, ...] = tuple(step.facts.node.name for step, _ in plan.losses)
        self.metrics: tuple[str, ...] = tuple(step.facts.node.name for step in plan.main.sinks("metric"))
        with _seeded(seed), torch.device("meta" if device.type == "meta" else "cpu"):
            self._children = grow_modules(plan.main, (), True)
        self._assemble_programs()
        self.net.to(device)
        tie_weights(plan.main, self._children)

    def _take_plan(self, plan: Plan) -> None:
        self.plan = plan
        self.project, self.analysis = plan.project, plan.analysis

    def _assemble_programs(self) -> None:
        self._parts: dict[frozenset[str], fx.GraphModule] = {}
        self.net = self._assemble(self._net_graph(), class_name(self.project.name))
        emitter, _, results = self._objective()
        emitter.graph.output(results)
        self.objective = self._assemble(emitter.graph, "Objective")

    def change_settings(self, project: Project, analysis: Analysis | None = None) -> None:
        """Follow a project of the same network with other settings: its weights stay the very same tensors.

        Without an ``analysis`` nothing but the recipe is another one, and no program is written anew.
        """
        if analysis is None:
            self._take_plan(self.plan._replace(project=project))
            return
        before = self.plan
        self._take_plan(make_plan(project, analysis, given=before.given))
        self._children = grow_modules(self.plan.main, (), True, BuiltSheet(before.main, self._children, True))
        self._assemble_programs()
        for program in ("paths", "trial", "counted", "settled"):
            self.__dict__.pop(program, None)

    @property
    def device(self) -> torch.device:
        """Where the weights are; the CPU if there are none."""
        return next((p.device for p in self.net.parameters()), torch.device("cpu"))

    @cached_property
    def paths(self) -> Mapping[fx.Node, NodePath]:
        """The node path (ids from the main sheet down) of each fx node of ``net`` and ``objective`` and of the blocks below."""
        modules = [m for gm in (self.net, self.objective) for m in gm.modules() if isinstance(m, fx.GraphModule)]
        return {node: node.meta["path"] for gm in modules for node in gm.graph.nodes if "path" in node.meta}

    def view(self, ports: Iterable[tuple[NodePath, str]], fed: Iterable[tuple[NodePath, str]] = ()) -> fx.GraphModule:
        """A module that maps the data's fields to a tuple with the tensors at these output ports, blocks included.

        It takes a tensor more for each ``fed`` port, in their order: that stands in for the port's value, and all that is downstream
        follows.

        A port is ``(path, port name)``; an id of a repeated block in a path may say which repetition: ``n3#2`` is the third. Fields that
        the ports do not rest on may be left out.

        Raises:
            KeyError: nothing is computed there.
        """
        wanted, replaced = tuple(ports), tuple(fed)
        graph, emitter = self._inlined(frozenset((*wanted, *replaced)), fed=replaced)
        for port in replaced:
            if port not in emitter.at:
                raise KeyError(port)
        graph.output(tuple(emitter.at[port] for port in wanted))
        _prune(graph)
        return self._assemble(graph, "View")

    def sort_ports(self, ports: Iterable[tuple[NodePath, str]]) -> list[tuple[NodePath, str]]:
        """These output ports in the order in which they are computed, blocks laid open; without those at which nothing is computed."""
        wanted = frozenset(ports)
        return [port for port in self._inlined(wanted)[1].at if port in wanted]

    def everything(self, only: Iterable[str] = ()) -> fx.GraphModule:
        """A module that computes every node (or what ``only`` these need), blocks laid open, and answers nothing; each fx node's
        ``meta["path"]`` says whose it is, ``meta["places"]`` at which ports (as for ``view``) its value is."""
        graph, emitter = self._inlined(
            frozenset(), self.plan.main.needed(Port(node_id, "") for node_id in only) or None
        )
        for place, node in emitter.at.items():
            node.meta.setdefault("places", []).append(place)
        graph.output(())
        return self._assemble(graph, "Everything")

    def guilty(
        self, error: BaseException | None, inputs: Mapping[str, torch.Tensor], only: Iterable[str] = ()
    ) -> tuple[NodePath, str] | None:
        """The node at which a run with these fields fails or first gives a number that is not finite, and what happened there.

        ``only``: losses and metrics (ids) that alone were computed, where not all were.
        With an error whose traceback tells the node, nothing is run again.
        """
        found = failing_node.from_traceback(error) if error is not None else None
        if found is None:
            replay = failing_node.replay(self.everything(only), [inputs.get(name) for name in self.fields])
            found = replay
        if found is None:
            return None
        path, words = found
        return path, f"{self._told(path)} {words}" if path else words

    def _told(self, path: NodePath) -> str:
        facts = self.analysis.at(path)
        names = " › ".join(self.analysis.at(path[: i + 1]).node.name for i in range(len(path)))
        kind = f" ({facts.layer.label})" if facts.layer is not None else ""
        return f"“{names}”{kind}"

    @cached_property
    def trial(self) -> fx.GraphModule:
        """Like ``objective``, and what was counted: a pair of dicts. Of the second, ``counted`` names what belongs to which value."""
        return self._counting("Trial")

    def part(self, losses: Iterable[str], metrics: Iterable[str] = ()) -> fx.GraphModule:
        """Like ``trial``, of these losses and metrics (ids) alone: it computes what they need and nothing else. A block is run whole."""
        key = frozenset((*losses, *metrics))
        if key not in self._parts:
            self._parts[key] = self._counting("Part", key)
        return self._parts[key]

    def counting(self, key: str) -> fx.GraphModule:
        """One of what ``trial`` counts, alone: of the network only what that rests on is computed."""
        emitter, env, _ = self._objective()
        emitter.graph.output(self._counts(emitter, env)[key])
        _prune(emitter.graph)
        return self._assemble(emitter.graph, "Counting")

    def _counting(self, name: str, only: frozenset[str] | None = None) -> fx.GraphModule:
        emitter, env, results = self._objective(only)
        emitter.graph.output((results, self._counts(emitter, env, only)))
        return self._assemble(emitter.graph, name)

    def _counts(self, emitter: Emitter, env: dict[Port, Any], only: frozenset[str] | None = None) -> dict[str, Any]:
        emitter.measuring = True
        measures = [step for step in self._measures() if only is None or step.id in only]
        counts: dict[str, Any] = {}
        for step in measures:
            key = self.counted.get(step.facts.node.name)
            if key is not None and key not in counts:
                counts[key] = emitter.counts(step, env)
        return counts

    @cached_property
    def counted(self) -> Mapping[str, str]:
        """For each loss or metric in whose mean not every sample counts alike: the first one that counts the same."""
        firsts: dict[str, str] = {}
        found = {}
        for step in self._measures():
            counts = step.counts()
            if counts is not None:
                told = ArgumentPrinter(Figures([{}]), "", {p: str(s) for p, s in step.args.items()}).of([counts])
                found[step.facts.node.name] = firsts.setdefault(told, step.facts.node.name)
        return found

    @cached_property
    def settled(self) -> Mapping[str, fx.GraphModule]:
        """For metrics that are no mean over samples: what makes their value from what was counted."""
        found = {}
        for step in self._measures():
            layer = step.facts.layer
            if layer is not None and (value := layer.settle(Ref("counts"))) is not None:
                graph = fx.Graph()
                counts = add_placeholder(graph, "counts", (step.id,))
                graph.output(Emitter(graph).expression(value, {"counts": counts}, step))
                found[step.facts.node.name] = make_graph_module(nn.Module(), graph, "Settled")
        return found

    @property
    def sums(self) -> bool:
        """Whether a loss grows with the batch, so that only batches of one size compare."""
        return any(s.facts.layer.values().get("reduction") == "sum" for s, _ in self.plan.losses if s.facts.layer)

    def _measures(self) -> list[PlanStep]:
        """The losses and metrics."""
        return [*(step for step, _ in self.plan.losses), *self.plan.main.sinks("metric")]

    def over_own_modules(self, graph: fx.Graph, name: str) -> fx.GraphModule:
        """Another program over the same modules: what one of them trains, all of them see."""
        return self._assemble(graph, name)

    # --- the programs --------------------------------------------------------------------------------------------------------------

    def _assemble(self, graph: fx.Graph, name: str) -> fx.GraphModule:
        """A graph module over the one tree, with the tree's order of modules."""
        root = nn.Module()
        root._modules.update(self._children)
        return make_graph_module(root, graph, name)

    def _net_graph(self) -> fx.Graph:
        graph, plan = fx.Graph(), self.plan
        env = {only_port(step): add_placeholder(graph, step.variable, (step.id,)) for step in plan.net_inputs}
        Emitter(graph).sheet(plan.main, env, (), "", plan.main.needed(plan.answers.values()))
        answers = {name: env[port] for name, port in plan.answers.items()}
        graph.output(next(iter(answers.values())) if len(answers) == 1 else answers)
        return graph

    def _objective(self, only: frozenset[str] | None = None) -> tuple[Emitter, dict[Port, Any], dict[str, Any]]:
        """Everything up to the losses' sum and the metrics, and what it answers, by name; or what ``only`` these need, and no answers."""
        graph, plan = fx.Graph(), self.plan
        env = self._arguments(graph)
        emitter = Emitter(graph)
        keep = None if only is None else plan.main.needed(Port(node_id, "") for node_id in only)
        emitter.sheet(plan.main, env, (), "", keep)
        emitter.measuring = False
        total: Any = None
        answers = plan.answers if only is None else {}
        results: dict[str, Any] = {name: env[port] for name, port in answers.items()}
        for step in plan.main.sinks("metric"):
            if only is None or step.id in only:
                results[step.facts.node.name] = env[first_port(step)]
        for step, weight in plan.losses:
            if only is not None and step.id not in only:
                continue
            value = env[first_port(step)]
            results[step.facts.node.name] = value
            weighted = value if weight == 1 else graph.call_function(operator.mul, (value, weight))
            total = weighted if total is None else graph.call_function(operator.add, (total, weighted))
        if total is not None:
            results.pop("loss", None)  # a node of that name gives way to the sum
        return emitter, env, {**({"loss": total} if total is not None else {}), **results}

    def _inlined(
        self,
        wanted: frozenset[tuple[NodePath, str]],
        keep: set[str] | None = None,
        fed: tuple[tuple[NodePath, str], ...] = (),
    ) -> tuple[fx.Graph, Emitter]:
        graph = fx.Graph()
        emitter = Emitter(graph, inline=True, wanted=wanted)
        env = self._arguments(graph, optional=True)
        emitter.fed = {port: add_placeholder(graph, f"fed_{at}", (), optional=True) for at, port in enumerate(fed)}
        for port in env:
            place = (port.node,), port.port
            env[port] = emitter.at[place] = emitter.fed.get(place, env[port])
        emitter.sheet(self.plan.main, env, (), "", keep)
        return graph, emitter

    def _arguments(self, graph: fx.Graph, optional: bool = False) -> dict[Port, Any]:
        """One argument for each field, though several nodes may read it; in the order of ``fields``, and named so where Python allows."""
        nodes: dict[str, fx.Node] = {}
        env: dict[Port, Any] = {}
        taken: set[str] = set()
        for step in self.plan.main.inputs:
            field = self.plan.fields[step.id]
            if field not in nodes:
                name = safe_name(field, taken)
                taken.add(name)
                nodes[field] = add_placeholder(graph, name, (step.id,), optional)
            env[only_port(step)] = nodes[field]
        return env


def _prune(graph: fx.Graph) -> None:
    """Take out what nothing reads."""
    for node in reversed(list(graph.nodes)):
        if not node.users and node.op not in ("placeholder", "output"):
            graph.erase_node(node)


@contextmanager
def _seeded(seed: int | None) -> Iterator[None]:
    """Draw the initial weights from this seed, and never from torch's own generator: a training may draw from that meanwhile."""
    if seed is None:
        yield
        return
    with OwnGenerator(seed):
        yield
