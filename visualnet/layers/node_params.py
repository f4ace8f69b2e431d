"""The parameters of a node: those that its layer declares, or those of its block."""

from __future__ import annotations

from typing import Any

from visualnet.core.graph import Node
from visualnet.core.project import Block, ParameterDescription, Project
from visualnet.layers import LAYERS
from visualnet.layers.declaration.params import Code, Float, Int, Param


def form_params(project: Project, node: Node) -> tuple[Any, list[Param]]:
    """The parameters that a form shows, and a key that is the same while they are."""
    kind = LAYERS.get(node.kind)
    if kind is not None:
        return node.kind, [p for p in kind.params.values() if not isinstance(p, Code)]
    block = project.blocks.get(node.block or "")
    if block is None:
        return None, []
    about = tuple((k, a.note, a.low, a.high) for k, a in block.about.items())
    return (node.kind, tuple(block.params.items()), about), params_of(block)


def params_of(block: Block) -> list[Param]:
    """A block's parameters as declared ones, with what is told of them."""
    params: list[Param] = []
    for name, default in block.params.items():
        about = block.about.get(name, ParameterDescription())
        kind: type[Int] | type[Float] = Int if isinstance(default, int) else Float
        low = -(10**9) if about.low is None else about.low
        high = 10**9 if about.high is None else about.high
        param = kind(default, about.note or "A parameter of the block.", low=low, high=high)  # type: ignore[arg-type]
        param.name = name
        params.append(param)
    return params


def default_value(project: Project, node: Node, name: str) -> Any:
    """What a parameter of a node is where nothing is set: the layer's default, or the block's."""
    kind = LAYERS.get(node.kind)
    if kind is not None:
        return kind.params[name].default if name in kind.params else None
    block = project.blocks.get(node.block or "")
    return block.params.get(name) if block else None
