"""Weights divided over the processes (FSDP2): each keeps its part of every tensor, of its gradient and of what the optimizer keeps of it,
and has a layer's weights whole only while that layer computes.

Each layer is a unit of its own: what it gathers is let go after it. Rajbhandari et al. 2020, ZeRO: Memory Optimizations Toward Training
Trillion Parameter Models, SC20, arXiv:1910.02054; Zhao et al. 2023, PyTorch FSDP, VLDB 16(12), arXiv:2304.11277.
"""

from __future__ import annotations

import torch
from torch import fx, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.nn.utils.parametrize import is_parametrized

from visualnet.compiling.module import Model
from visualnet.core.project import Project
from visualnet.training.distributed.joint_statistics import keeps_parts, normalizes_parts
from visualnet.training.recipe.settings import recipe_of_run, settings

ELEMENTWISE = ("SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta", "Rprop")
"""Optimizers that move each number of a weight by itself; the others look at whole tensors."""
_OFF = {
    "accumulate": "gathers gradients",
    "ema_decay": "averages weights",
    "l1": "adds L1",
    "clip_value": "clips values",
    "patience": "ends early",
    "compile": "compiles",
    "channels_last": "lays out channels last",
}
WAY_OUT = "train it without --shard"


def check(project: Project) -> None:
    """Refuse a recipe that cannot be trained with divided weights.

    Raises:
        ValueError: the words name what, and a way out.
    """
    recipe = project.recipe
    if recipe.optimizer not in ELEMENTWISE:
        raise ValueError(
            f"{recipe.optimizer} looks at whole tensors, which --shard divides: choose {', '.join(ELEMENTWISE[:4])} …, or {WAY_OUT}"
        )
    values = settings(recipe_of_run(recipe))
    for name, words in _OFF.items():
        if values[name] not in (None, 0, 1 if name == "accumulate" else 0):
            raise ValueError(
                f"the recipe {words} ({name} {values[name]}), which cannot be done with --shard: switch it off, or {WAY_OUT}"
            )
    for sheet in (project.graph, *(block.graph for block in project.blocks.values())):
        for node in sheet:
            if node.training.get("unfreeze_at"):
                raise ValueError(
                    f"“{node.name}” begins to train in a later epoch, which cannot be done with --shard: {WAY_OUT}"
                )
    if values["precision"] == "fp16":
        raise ValueError(f"losses are not scaled for fp16 with --shard: choose bf16, or {WAY_OUT}")


def shard(model: Model, device: torch.device, size: int) -> None:
    """Divide the weights of a network over ``size`` processes, each on its ``device``. The optimizer is made afterwards.

    The network is on the CPU till then: a layer after the other is moved, and let go but for this process's part of it, so that none but
    the largest layer must fit the device whole.

    Raises:
        ValueError: one of its layers cannot be divided; the words name it.
    """
    if any(isinstance(parameter, DTensor) for parameter in model.objective.parameters()):
        return  # what trains it was made anew, as a setting was changed
    if normalizes_parts(model.net) or keeps_parts(model.net):
        kind = "batch" if normalizes_parts(model.net) else "instance"
        raise ValueError(
            f"{kind} normalization would keep other statistics in each process with --shard: add --sync-batchnorm, or {WAY_OUT}"
        )
    _check_programs(model)
    mesh = init_device_mesh(device.type, (size,))
    for name, module in model.objective.named_modules():
        own = [parameter for parameter in module._parameters.values() if parameter is not None]
        if not own:
            continue
        if isinstance(module, fx.GraphModule) or is_parametrized(module) or any(one.dim() == 0 for one in own):
            raise ValueError(f"the weights of “{name or 'the network'}” cannot be divided: {WAY_OUT}")
        fully_shard(module, mesh=mesh, reshard_after_forward=True)
    for module in model.objective.modules():
        for buffer in module._buffers.values():
            if buffer is not None:  # of layers without weights: the others' are there
                buffer.data = buffer.to(device)


def _check_programs(model: Model) -> None:
    """Refuse weights that are used by another layer than their own: they are whole only within that."""
    for module in (*model.net.modules(), *model.objective.modules(), *model.trial.modules()):
        if not isinstance(module, fx.GraphModule):
            continue
        for node in module.graph.nodes:
            if node.op == "get_attr" and isinstance(_attribute(module, str(node.target)), nn.Parameter):
                raise ValueError(
                    f"“{node.target}” is used outside of its own layer, which --shard does not allow: {WAY_OUT}"
                )
    seen: dict[int, str] = {}
    for name, parameter in model.objective.named_parameters(remove_duplicate=False):
        if seen.setdefault(id(parameter), name) != name:
            raise ValueError(
                f"“{name}” shares its weights with “{seen[id(parameter)]}”, which --shard does not allow: {WAY_OUT}"
            )


def _attribute(module: nn.Module, target: str) -> object:
    found: object = module
    for name in target.split("."):
        found = getattr(found, name, None)
    return found
