"""From the plan's trees of calls to nodes of a ``torch.fx`` graph."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import fx, nn

from visualnet.analysis.facts import NodePath
from visualnet.compiling import custom_modules, extra_modules
from visualnet.compiling.plan import PlanSheet, PlanStep
from visualnet.core.graph import Port
from visualnet.layers.declaration.calls import Apply, Expr, Function, Item, Method, ModuleCall, Ref

_HOMES: Mapping[str, ModuleType] = {
    "torch": torch,
    "F": F,
    "nn": nn,
    "operator": operator,
    "extra_modules": extra_modules,
}
_NAME = re.compile(r"^(torch|F|nn|operator|extra_modules)\.([A-Za-z]\w*)$")


def resolve(name: str) -> Callable[..., Any]:
    """What ``nn.Conv2d``, ``F.relu``, ``torch.cat``, ``extra_modules.X`` or ``operator.add`` stands for.

    Only declarations name such things.
    """
    match = _NAME.match(name)
    assert match, name
    found: Callable[..., Any] = getattr(_HOMES[match[1]], match[2])
    return found


def plain(value: Any) -> Any:
    """Numbers without their derivations, in the same nesting."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, tuple | list):
        return (
            type(value)([plain(v) for v in value]) if type(value) in (tuple, list) else tuple(plain(v) for v in value)
        )
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def make_module(make: ModuleCall) -> nn.Module:
    """The torch module that a layer asks for."""
    if make.source:
        return custom_modules.build(make, plain(make.args), plain(dict(make.kwargs)))
    module = resolve(make.name)(*plain(make.args), **plain(dict(make.kwargs)))
    assert isinstance(module, nn.Module)
    return module


class Emitter:
    """Writes steps into one fx graph. ``inline`` puts what is inside a block in the block's place, else the block is one call."""

    def __init__(
        self, graph: fx.Graph, inline: bool = False, wanted: frozenset[tuple[NodePath, str]] = frozenset()
    ) -> None:
        self.graph, self.inline, self.wanted = graph, inline, wanted
        self.at: dict[tuple[NodePath, str], fx.Node] = {}
        """The fx node of each output port of each node, by path (with ``#2`` for the third repetition of a block)."""
        self.fed: dict[tuple[NodePath, str], fx.Node] = {}
        """What stands in for the value of an output port, by path as in ``at``; all that is downstream reads it."""
        self.measuring = False
        """Whether a loss or a metric is being written: what several of them compute in common is then written once."""
        self._made: dict[tuple[Any, ...], fx.Node] = {}

    def sheet(
        self, sheet: PlanSheet, env: dict[Port, Any], path: NodePath, prefix: str, keep: set[str] | None = None
    ) -> None:
        """Write every step (only those whose ids are in ``keep``). ``env`` holds the arguments and is filled with the results."""
        for step in sheet.steps:
            if keep is not None and step.id not in keep:
                continue
            here = (*path, step.id)
            args = {port: env[source] if source is not None else None for port, source in step.args.items()}
            self.measuring = step.role in ("loss", "metric")
            results = self._block(step, args, here, prefix) if step.inside else self._layer(step, args, here, prefix)
            for port, value in results.items():
                env[Port(step.id, port)] = value = self.fed.get((here, port), value)
                self._mark(here, port, value)

    def _mark(self, path: NodePath, port: str, value: fx.Node) -> None:
        value.meta.setdefault("port", port)
        self.at[path, port] = value

    def _block(self, step: PlanStep, args: Mapping[str, Any], path: NodePath, prefix: str) -> dict[str, fx.Node]:
        if self.inline:
            return self._inlined(step, args, path, prefix)
        call = self._node("call_module", prefix + step.module, tuple(args.values()), {}, step.name, path)
        outputs = list(step.inside[-1].outputs)
        if len(outputs) == 1:
            return {outputs[0]: call}
        get = operator.getitem
        return {
            p: self._node("call_function", get, (call, i), {}, f"{step.name}_{p}", path) for i, p in enumerate(outputs)
        }

    def _inlined(self, step: PlanStep, args: Mapping[str, Any], path: NodePath, prefix: str) -> dict[str, fx.Node]:
        results: dict[str, Any] = {}
        values = list(args.values())
        for at, sheet in enumerate(step.inside):
            here = path if at == 0 else (*path[:-1], f"{path[-1]}#{at}")
            inner = f"{prefix}{step.module}." if len(step.inside) == 1 else f"{prefix}{step.module}.{at}."
            env: dict[Port, Any] = {}
            for source, value in zip(sheet.inputs, values, strict=True):
                (port,) = source.facts.outputs
                env[Port(source.id, port)] = value = self.fed.get(((*here, source.id), port), value)
                self.at[(*here, source.id), port] = value
            self.sheet(sheet, env, here, inner)
            end = here if at else (*path[:-1], f"{path[-1]}#0")
            results = {name: self.fed.get((end, name), env[port]) for name, port in sheet.outputs.items()}
            values = [*results.values(), *values[1:]]
            for name, value in results.items():
                self.at[end, name] = value
        return results

    def counts(self, step: PlanStep, env: Mapping[Port, Any]) -> fx.Node:
        """Write what a loss or a metric counts; what its value is computed from is already written, and used again."""
        args = {port: env[source] for port, source in step.args.items() if source is not None}
        return self.expression(step.counts(), args, step)

    def expression(self, expr: Expr | None, args: Mapping[str, Any], step: PlanStep) -> fx.Node:
        """Write one expression of a step; ``args`` are the tensors at its ports."""
        node: fx.Node = self._expr(expr, args, {}, step.module, f"{step.name}_counts", (step.id,))
        return node

    def _layer(self, step: PlanStep, args: Mapping[str, Any], path: NodePath, prefix: str) -> dict[str, fx.Node]:
        used = step.used | {port for place, port in self.wanted if place == path}
        memo: dict[int, Any] = {}
        exprs = step.forward(used)
        first = next(iter(exprs), "")
        results = {}
        for port, expr in exprs.items():
            name = step.name if port == first else f"{step.name}_{port}"
            results[port] = self._expr(expr, args, memo, prefix + step.module, name, path)
        return results

    def _expr(
        self, expr: Any, args: Mapping[str, Any], memo: dict[int, Any], module: str, name: str, path: NodePath
    ) -> Any:
        """The fx node of an expression; what is used twice is computed once."""
        if isinstance(expr, Ref):
            return args[expr.port]
        if not isinstance(expr, Expr):
            return self._nested(expr, args, memo, module, name, path)
        if id(expr) in memo:
            return memo[id(expr)]

        def inner(value: Any) -> Any:
            return self._expr(value, args, memo, module, f"{name}_in", path)

        if isinstance(expr, Item):
            made = self._node("call_function", operator.getitem, (inner(expr.of), plain(expr.index)), {}, name, path)
        elif isinstance(expr, Method):
            kwargs = {k: inner(v) for k, v in expr.kwargs.items()}
            made = self._node("call_method", expr.name, (inner(expr.of), *map(inner, expr.args)), kwargs, name, path)
        elif isinstance(expr, Function):
            kwargs = {k: inner(v) for k, v in expr.kwargs.items()}
            made = self._node("call_function", resolve(expr.name), tuple(map(inner, expr.args)), kwargs, name, path)
        else:
            assert isinstance(expr, Apply), expr
            kwargs = {k: inner(v) for k, v in expr.kwargs.items()}
            made = self._node("call_module", module, tuple(map(inner, expr.args)), kwargs, name, path)
        memo[id(expr)] = made
        return made

    def _nested(
        self, value: Any, args: Mapping[str, Any], memo: dict[int, Any], module: str, name: str, path: NodePath
    ) -> Any:
        if isinstance(value, tuple | list):
            return type(value)([self._expr(v, args, memo, module, f"{name}_in", path) for v in value])
        return plain(value)

    def _node(
        self, op: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str, path: NodePath
    ) -> fx.Node:
        key = (op, target, repr(args), repr(kwargs))
        if self.measuring and (known := self._made.get(key)):
            return known
        node = self.graph.create_node(op, target, args, kwargs, name=name)
        node.meta["path"] = tuple(part.partition("#")[0] for part in path)
        if self.measuring:
            self._made[key] = node
        return node
