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
    means = {name: key for name, key in model.counted.items() if name not in model.settled}
    keys = {key for key in set(means.values()) if _counts_samples(model, key, data)}
    found = {name for name, key in means.items() if key in keys}
    single = len(model.losses) == 1 and model.losses[0] in found
    return found - {"loss"} | (
        {"loss"} if single else set()
    )  # what is called so is the sum, whatever a node of that name counts


def _counts_samples(model: Model, key: str, data: Loaded) -> bool:
    counting = model.counting(key)
    nodes = list(counting.graph.nodes)
    arguments = [node for node in nodes if node.op == "placeholder"]
    read = [at for at, node in enumerate(arguments) if node.users]
    if len(read) != 1 or any(node.op in ("call_module", "get_attr") for node in nodes):
        return False
    values = data.known(model.fields[read[0]])
    if values is None:
        return False
    kinds = np.unique(values[np.concatenate([data.train, data.validation])], axis=0)
    if len(kinds) > MOST_KINDS:
        return False
    for kind in kinds:
        count = counting(
            *[torch.from_numpy(np.array(kind)[None]) if at in read else None for at in range(len(arguments))]
        )
        if count.numel() != 1 or count.item() != 1:
            return False
    return True
