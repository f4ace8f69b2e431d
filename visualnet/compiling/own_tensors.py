"""The tensors of a model by the node that they belong to, so that weights can be taken over from one model to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor, nn

from visualnet.analysis.compare.weights_kept import repetition
from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.plan import PlanSheet


def own_tensors(model: Model) -> dict[NodePath, Mapping[str, Tensor]]:
    """Weights and buffers of each layer by the name that they have in its module; those that it uses of another one are left out."""
    return dict(_walk(model.plan.main, model.net, ()))


def _walk(sheet: PlanSheet, root: nn.Module, above: NodePath) -> Iterator[tuple[NodePath, Mapping[str, Tensor]]]:
    for step in sheet.modules:
        module = root.get_submodule(step.module)
        if step.inside:
            parts = list(module.children()) if len(step.inside) > 1 else [module]
            for at, (inside, part) in enumerate(zip(step.inside, parts, strict=True)):
                yield from _walk(inside, part, (*above, repetition(step.id, at)))
        else:
            lent = step.tie.names if step.tie is not None else ()
            tensors = module.state_dict(keep_vars=True)
            yield (*above, step.id), {name: tensor for name, tensor in tensors.items() if name not in lent}
