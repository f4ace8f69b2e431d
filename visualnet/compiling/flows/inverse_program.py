"""The way back through a compiled flow: a program from the latent to what went in, over the very modules that are trained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torch import fx

from visualnet.analysis.facts import NodePath
from visualnet.analysis.flows.inverse_order import InverseOrder, inner_ports
from visualnet.analysis.flows.problems import Flow
from visualnet.compiling.fx_emitter import Emitter
from visualnet.compiling.module import Model
from visualnet.compiling.module_tree import add_placeholder
from visualnet.compiling.plan import GraphError, PlanSheet, PlanStep
from visualnet.core.graph import Port
from visualnet.layers.declaration.calls import OwnModule, Ref


def build_inverse(model: Model, flow: Flow, wanted: Iterable[Port] = ()) -> fx.GraphModule:
    """A module that maps a latent (N, …), and the fields of ``model.fields`` that steer the flow, to a tuple with the values at these
    ports of the main sheet; of the flow's inputs, if none are told.

    Raises:
        GraphError: the way does not lead there; the words say so.
    """
    ports = tuple(wanted) or flow.inputs
    missing = [port for port in ports if port not in flow.way.known]
    if missing:
        names = ", ".join(f"“{flow.way.facts.nodes[port.node].node.name}”" for port in missing)
        raise GraphError(f"the flow has no way back from its latent to {names}")
    graph = fx.Graph()
    emitter = _BackEmitter(graph)
    env: dict[Port, Any] = {flow.latent: add_placeholder(graph, "latent", (flow.latent.node,))}
    given = {port.node: port for port in flow.way.start if port != flow.latent}
    for name in model.fields:
        field = add_placeholder(graph, f"field_{name}" if name.isidentifier() else "field", (), optional=True)
        env |= {given[i]: field for i, each in model.plan.fields.items() if each == name and i in given}
    emitter.back(flow.way.to(ports), model.plan.main, env, (), "")
    graph.output(tuple(env[port] for port in ports))
    return model.over_own_modules(graph, "InverseOrder")


class _BackEmitter(Emitter):
    """Writes moves: nodes as ever, and nodes undone."""

    def __init__(self, graph: fx.Graph) -> None:
        super().__init__(graph, inline=True)

    def back(self, way: InverseOrder, sheet: PlanSheet, env: dict[Port, Any], path: NodePath, prefix: str) -> None:
        """Write the moves of a sheet; ``env`` holds what is known and is filled."""
        for move in way.moves:
            step = sheet.by_id[move.node]
            args = {port: env.get(source) if source is not None else None for port, source in step.args.items()}
            if not move.backwards:
                here = (*path, step.id)
                found = self._block(step, args, here, prefix) if step.inside else self._layer(step, args, here, prefix)
                env.update({Port(step.id, port): value for port, value in found.items()})
                continue
            outputs = {name: env[port] for name in step.facts.outputs if (port := Port(step.id, name)) in env}
            if step.inside:
                found = self._block_back(step, move.inside, args, outputs, path, prefix)
            else:
                found = self._layer_back(step, args, outputs, path, prefix)
            for name, value in found.items():
                source = step.args[name]
                if source is not None:
                    env.setdefault(source, value)

    def _layer_back(
        self, step: PlanStep, args: Mapping[str, Any], outputs: Mapping[str, Any], path: NodePath, prefix: str
    ) -> dict[str, Any]:
        layer = step.facts.layer
        how = layer.undoing() if layer is not None else None
        assert layer is not None and how is not None, step.name
        given = {name: outputs[name] if name in step.facts.outputs else args[name] for name in how.reads}
        shapes: Any = step.facts.shapes
        exprs = layer.inverse(OwnModule(), {name: Ref(name) for name in how.reads}, *shapes)
        memo: dict[int, Any] = {}
        here = (*path, step.id)
        return {
            name: self._expr(expr, given, memo, prefix + step.module, f"{step.name}_back", here)
            for name, expr in exprs.items()
        }

    def _block_back(
        self,
        step: PlanStep,
        ways: tuple[InverseOrder, ...],
        args: Mapping[str, Any],
        outputs: Mapping[str, Any],
        path: NodePath,
        prefix: str,
    ) -> dict[str, Any]:
        values, found = dict(outputs), {}
        last = len(step.inside) - 1
        for at, way in zip(range(last, -1, -1), ways, strict=True):
            sheet = step.inside[at]
            ins, outs = inner_ports(sheet.facts, "input"), inner_ports(sheet.facts, "output")
            first = next(iter(ins), "")
            env = {outs[name]: value for name, value in values.items() if name in outs}
            env |= {
                port: args[name]
                for name, port in ins.items()
                if args.get(name) is not None and not (at and name == first)
            }
            here = (*path, step.id) if at == 0 else (*path, f"{step.id}#{at}")
            inner = f"{prefix}{step.module}." if last == 0 else f"{prefix}{step.module}.{at}."
            self.back(way, sheet, env, here, inner)
            found = {name: env[port] for name, port in ins.items() if port in env and args.get(name) is None}
            values = {name: env[ins[first]] for name in outs if ins.get(first) in env}
        return found
