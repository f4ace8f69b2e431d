"""Which values count nothing but samples on the data that there are, though their layers could leave some out."""

from __future__ import annotations

import numpy as np
import torch

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded

MOST_KINDS = 4096
"""So many kinds of samples are looked at one by one; with more a value is taken to count as it declares."""


def counts_of_samples(model: Model, data: Loaded) -> set[str]:
    """The losses and metrics (and ``loss``, of a single one) whose count is 1 for every sample that is trained or validated on."""
    graph = model.counting.graph
    if any(node.op in ("call_module", "get_attr") for node in graph.nodes):
        return set()
    read = [node.target for node in graph.nodes if node.op == "placeholder" and node.users]
    fields = [name for name, argument in zip(model.fields, _arguments(model), strict=True) if argument in read]
    if len(fields) != 1:
        return set()
    index = np.concatenate([data.train, data.validation])
    kinds = np.unique(data.arrays[fields[0]][index], axis=0)
    if len(kinds) > MOST_KINDS:
        return set()
    keys = set(model.counted.values())
    for kind in kinds:
        sample = torch.from_numpy(np.array(kind)[None])
        counts = model.counting(*[sample if name == fields[0] else None for name in model.fields])
        keys = {key for key in keys if counts[key].numel() == 1 and counts[key].item() == 1}
        if not keys:
            break
    found = {name for name, key in model.counted.items() if key in keys}
    return found | ({"loss"} if len(model.losses) == 1 and model.losses[0] in found else set())


def _arguments(model: Model) -> list[str]:
    """What the fields are called as arguments, in the order of ``fields``."""
    return [str(node.target) for node in model.counting.graph.nodes if node.op == "placeholder"]
