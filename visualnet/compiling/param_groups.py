"""Which weights are trained alike: torch's parameter groups, as the nodes and blocks of the drawing say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from torch import nn

from visualnet.analysis.facts import NodePath
from visualnet.compiling.module import Model
from visualnet.compiling.plan import PlanSheet
from visualnet.core.graph import LEARNER
from visualnet.layers.recipe.node_training import NODE_TRAINING


class ParamGroup(NamedTuple):
    """Weights that are trained alike, and what is said of them (``layers.recipe.node_training``; what is not said is left out).

    ``resting`` holds the modules whose running statistics stay as they are while the weights do.
    """

    training: Mapping[str, Any]
    parameters: list[nn.Parameter]
    resting: list[nn.Module]


def param_groups(model: Model, layers: Collection[NodePath] | None = None) -> list[ParamGroup]:
    """The trained weights of a model, or of these ``layers`` of it, in groups. The first holds those of which nothing is said, perhaps
    none; within a group the order is that of the model."""
    said: dict[int, Mapping[str, Any]] = {}
    resting: dict[tuple[Any, ...], list[nn.Module]] = {}
    wanted = None if layers is None else frozenset(layers)
    for path, module, own, training, rests in _modules(model.plan.main, model.net, {}, True):
        if wanted is not None and path not in wanted:
            continue
        for parameter in own:
            said[id(parameter)] = training
        if rests:
            resting.setdefault(_key(training), []).append(module)
    groups = {(): ParamGroup({}, [], [])}
    for parameter in model.objective.parameters():
        if parameter.requires_grad and (wanted is None or id(parameter) in said):
            training = said.get(id(parameter), {})
            key = _key(training)
            groups.setdefault(key, ParamGroup(training, [], resting.get(key, []))).parameters.append(parameter)
    return list(groups.values())


def _key(training: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted(training.items()))


def _modules(
    sheet: PlanSheet, root: nn.Module, outer: Mapping[str, Any], outer_rests: bool, above: NodePath = ()
) -> Iterator[tuple[NodePath, nn.Module, list[nn.Parameter], Mapping[str, Any], bool]]:
    """Each layer's path and module with the weights that are its own, what is said of them, and whether its statistics rest with them."""
    for step in sheet.modules:
        module, node, path = root.get_submodule(step.module), step.facts.node, (*above, step.id)
        # Who trains them makes no group: each learner has an optimizer of its own.
        training = {**outer, **{name: value for name, value in step.facts.training.items() if name != LEARNER}}
        # The node that says how long its weights stay frozen says what their statistics do; one frozen for good is fixed already.
        own_rests = node.statistics == "fixed" if "unfreeze_at" in step.facts.training else outer_rests
        rests = node.trainable and own_rests
        if step.inside:
            parts = list(module.children()) if len(step.inside) > 1 else [module]
            for inside, part in zip(step.inside, parts, strict=True):
                yield from _modules(inside, part, training, rests, path)
        else:
            lent = step.tie.names if step.tie is not None else ()
            own = [parameter for name, parameter in module.named_parameters() if name not in lent]
            # What is said as it is declared anyway makes no group: then it counts the same whether it was ever changed and changed back.
            said = {name: value for name, value in training.items() if value != NODE_TRAINING[name].default}
            yield path, module, own, said, rests
