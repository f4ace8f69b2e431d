"""Single heads of an attention layer weakened or switched off, without a change of its weights.

What a head found is mixed with the others' by the columns of the layer's output projection; these columns times a factor are the head's
answer times that factor. The scaled projection stands in for the kept one during the call alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import fx, nn
from torch.func import functional_call

from visualnet.analysis.facts import NodePath, plain_path
from visualnet.training.observations.feeds.feed import Feed


class HeadScale(nn.Module):
    """Calls a module as it is, but for the heads of the attention in it: each counts as much as its factor in ``factors``."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.called = [module]
        """In a list, so that it is no part of this one."""
        self.factors: tuple[float, ...] = ()
        self.name, self.attention = find_attention(module)[0], [find_attention(module)[1]]

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module answers with its heads weakened."""
        (attention,), (module,) = self.attention, self.called
        weight = attention.out_proj.weight
        factors = torch.tensor(self.factors, dtype=weight.dtype, device=weight.device)
        columns = factors.repeat_interleave(weight.shape[1] // len(factors))
        scaled = {f"{self.name}.out_proj.weight".lstrip("."): weight * columns}
        return functional_call(module, scaled, args, kwargs)


def find_attention(module: nn.Module) -> tuple[str, nn.MultiheadAttention]:
    """The one attention in a module, with its name there.

    Raises:
        ValueError: there is none, or several.
    """
    found = [(name, part) for name, part in module.named_modules() if isinstance(part, nn.MultiheadAttention)]
    if len(found) != 1:
        words = "several attention layers" if found else "no attention layer with learned projections"
        raise ValueError(f"single heads cannot be fed here: there are {words} in it")
    return found[0]


def head_factors(feed: Feed, heads: int) -> tuple[float, ...]:
    """How much each head counts."""
    fed = [0.0 if feed.kind == "zeros" else feed.figure(head, 1.0) for head in range(heads)]
    blended = [1 + feed.share * (factor - 1) for factor in fed]
    return tuple(f if not feed.units or head in feed.units else 1.0 for head, f in enumerate(blended))


def scale_heads_in(view: fx.GraphModule, modules: Mapping[NodePath, nn.Module]) -> dict[NodePath, HeadScale]:
    """Let these nodes of a view, given with their modules, be called through a ``HeadScale``. Those that it does not compute are left
    out."""
    found: dict[NodePath, HeadScale] = {}
    for node in list(view.graph.nodes):
        if node.op != "call_module" or not isinstance(node.target, str):
            continue
        called = view.get_submodule(node.target)
        for path, module in modules.items():
            # Two nodes may share a module: of these only the one that is fed.
            if called is module and node.meta.get("path") == plain_path(path):
                found[path] = HeadScale(module)
                node.target = f"fed_heads_{len(found)}"
                view.add_module(node.target, found[path])
    if found:
        view.recompile()
    return found
