"""The tree of modules that the programs of a network share: made sheet by sheet from the plan, or used again with other settings."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import fx, nn
from torch.fx import graph_module

from visualnet.analysis.facts import NodePath
from visualnet.compiling import custom_modules, extra_modules
from visualnet.compiling.fx_emitter import Emitter, make_module
from visualnet.compiling.names import class_name, safe_name
from visualnet.compiling.plan import PlanSheet, PlanStep
from visualnet.compiling.weight_init import initialise
from visualnet.core.graph import Port


class BuiltSheet(NamedTuple):
    """The modules that a sheet has been grown to, of which plan, and whether they were to learn."""

    sheet: PlanSheet
    children: Mapping[str, nn.Module]
    trainable: bool

    def step(self, module: str) -> PlanStep:
        """What the module of this name was made for."""
        return next(step for step in self.sheet.modules if step.module == module)

    def inside(self, module: str) -> list[BuiltSheet]:
        """What the repetitions of a block have been grown to."""
        step, child = self.step(module), self.children[module]
        parts = [child] if len(step.inside) == 1 else list(child.children())
        learn = self.trainable and step.facts.node.trainable
        return [
            BuiltSheet(sheet, dict(part.named_children()), learn)
            for sheet, part in zip(step.inside, parts, strict=True)
        ]


def grow_modules(
    sheet: PlanSheet, path: NodePath, trainable: bool, grown: BuiltSheet | None = None
) -> dict[str, nn.Module]:
    """The modules of a sheet by name, blocks as graph modules with their own below; those that are ``grown`` are used again."""
    children: dict[str, nn.Module] = {}
    for step in sheet.modules:
        node = step.facts.node
        learns = trainable and node.trainable
        if step.inside:
            old = grown.inside(step.module) if grown is not None else [None] * len(step.inside)
            parts = [
                _block(inside, (*path, step.id), learns, one) for inside, one in zip(step.inside, old, strict=True)
            ]
            several = extra_modules.Chain if len(step.args) > 1 else nn.Sequential
            children[step.module] = parts[0] if len(parts) == 1 else several(*parts)
        elif grown is not None:
            children[step.module] = _use_again(grown, step, learns)
        else:
            assert step.make is not None
            module = make_module(step.make)
            if step.make.source:
                custom_modules.check(module, step)
            initialise(module, step.facts.init)
            if not learns:
                module.requires_grad_(False)
            children[step.module] = module
        if not node.trainable and node.statistics == "fixed":
            extra_modules.fix_statistics(children[step.module])
    tie_weights(sheet, children)
    return children


def _use_again(grown: BuiltSheet, step: PlanStep, learns: bool) -> nn.Module:
    """The module of a layer with the figures of another step for it; whether its weights learn, and its statistics, as that says."""
    module, before = grown.children[step.module], grown.step(step.module)
    assert step.make is not None
    if step.make != before.make:
        with torch.device("meta"):
            fresh = make_module(step.make)
        for part, new in zip(module.modules(), fresh.modules(), strict=True):
            for name, value in vars(new).items():
                if isinstance(value, int | float) and name != "training" and vars(part).get(name) != value:
                    setattr(part, name, value)
    if learns != (grown.trainable and before.facts.node.trainable):
        lent = step.tie.names if step.tie is not None else ()
        for name, parameter in module.named_parameters():
            if name not in lent:
                parameter.requires_grad_(learns)
    extra_modules.release_statistics(module)
    return module


def _block(sheet: PlanSheet, path: NodePath, trainable: bool, grown: BuiltSheet | None = None) -> fx.GraphModule:
    root = nn.Module()
    root._modules.update(grow_modules(sheet, path, trainable, grown))
    graph = fx.Graph()
    taken: set[str] = set()
    env: dict[Port, Any] = {}
    for step in sheet.inputs:
        name = safe_name(step.name, taken)
        taken.add(name)
        env[only_port(step)] = add_placeholder(graph, name, (*path, step.id))
    Emitter(graph).sheet(sheet, env, path, "")
    outputs = tuple(env[port] for port in sheet.outputs.values())
    graph.output(outputs[0] if len(outputs) == 1 else outputs)
    return make_graph_module(root, graph, class_name(sheet.block))


def tie_weights(sheet: PlanSheet, children: Mapping[str, nn.Module]) -> None:
    """Give modules the very tensors that they share with another. Once more after a move to a device, which copies buffers."""
    for step in sheet.modules:
        if step.tie is not None:
            for name in step.tie.names:
                path, _, leaf = name.rpartition(".")
                owner = children[step.tie.owner].get_submodule(path)
                setattr(children[step.module].get_submodule(path), leaf, getattr(owner, leaf))


def make_graph_module(root: nn.Module, graph: fx.Graph, name: str) -> fx.GraphModule:
    """A program over the modules of ``root``, all of them and in their order."""
    module = fx.GraphModule(root, graph, class_name=name)
    # GraphModule takes over only what its graph calls, in that order; state_dicts and optimizers want all, in the tree's order.
    module._modules.clear()
    module._modules.update(root._modules)
    # GraphModule wraps each call to print a failing line to stderr: it costs some µs, and Model.guilty tells it better.
    type(module).__call__ = nn.Module.__call__  # type: ignore[method-assign]
    for program in module.modules():
        if isinstance(program, fx.GraphModule):
            _forget_source_with(program)
    return module


def _forget_source_with(program: fx.GraphModule) -> None:
    """Have torch.fx keep the printed code of a program no longer than the program is there; so long the node is found by it at which it
    fails, also in code that is run while what calls it prints it anew.

    WORKAROUND: it keeps the code of every program for ever.
    """
    own = type(program)  # each program has a class of its own
    if "_printed" not in own.__dict__:
        own._printed = set()  # type: ignore[attr-defined]
        weakref.finalize(program, _forget_sources, own._printed).atexit = False  # type: ignore[attr-defined]
    own._printed.add(program.forward.__code__.co_filename)  # type: ignore[attr-defined]


def _forget_sources(names: Iterable[str]) -> None:
    for name in names:
        getattr(graph_module, "_loader").eval_cache.pop(name, None)  # noqa: B009  # no public name
        linecache.cache.pop(name, None)


def modules_by_path(sheet: PlanSheet, root: nn.Module) -> Mapping[NodePath, nn.Module]:
    """The module of each node that applies one, by path; two that share a module have the same. Of a repeated block, ``n3`` is all of it
    and ``n3#1`` its second repetition; what is inside ``n3`` is that of the first."""
    return dict(_walk(sheet, root, ()))


def _walk(sheet: PlanSheet, root: nn.Module, above: NodePath) -> Iterator[tuple[NodePath, nn.Module]]:
    for step in sheet.steps:
        if not step.module:
            continue
        module, path = root.get_submodule(step.module), (*above, step.id)
        yield path, module
        if len(step.inside) == 1:
            yield from _walk(step.inside[0], module, path)
        for at, (inside, part) in enumerate(zip(step.inside, module.children(), strict=False)):
            if len(step.inside) > 1:
                here = path if at == 0 else (*above, f"{step.id}#{at}")
                yield (*above, f"{step.id}#{at}"), part
                yield from _walk(inside, part, here)


def only_port(step: PlanStep) -> Port:
    """The output port of a step that has one."""
    (port,) = step.facts.outputs
    return Port(step.id, port)


def first_port(step: PlanStep) -> Port:
    """The first output port of a step."""
    return Port(step.id, next(iter(step.facts.outputs)))


def add_placeholder(graph: fx.Graph, name: str, path: NodePath, optional: bool = False) -> fx.Node:
    """An argument of a program, which says whose port it is."""
    node = graph.placeholder(name, default_value=None) if optional else graph.placeholder(name)
    node.meta["path"] = path
    node.meta["port"] = name
    return node
