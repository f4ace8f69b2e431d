"""Which layers of a network work otherwise in evaluation mode than in training, in words."""

from __future__ import annotations

from visualnet.compiling.module import Model


def describe_evaluation_mode(model: Model) -> tuple[str, ...]:
    """A sentence for each kind of layer that works otherwise in training: dropout, and normalization over batches."""
    kinds = [type(module).__name__ for module in model.objective.modules()]
    found = []
    if any("Drop" in kind for kind in kinds):
        found.append("Dropout is at rest here.")
    if any("BatchNorm" in kind for kind in kinds):
        found.append("Batch normalization takes its running mean and variance here, not those of a batch.")
    return tuple(found)
