"""How a run makes up for rare classes: their samples are drawn oftener, or count more in the losses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from visualnet.analysis import Analysis
from visualnet.core.graph import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualnet.data.loading import Loaded

WEIGHTS, SAMPLING = "weights", "sampling"
"""What ``DataChoice.balance`` can be beside nothing."""
CLASS_WEIGHTS = "class_weights"
"""The parameter of losses that says how much each class counts."""


def loss_settings(analysis: Analysis, data: Loaded) -> Mapping[str, Value]:
    """What losses take from the data where neither their nodes nor the recipe say it: weights by which every class counts alike.

    Raises:
        ValueError: no loss takes weights of these classes, or the samples have no classes.
    """
    if data.choice.balance in ("", SAMPLING):
        return {}
    if data.choice.balance != WEIGHTS:
        raise ValueError(
            f"the data are to be balanced by “{data.choice.balance}”; there are {WEIGHTS}, {SAMPLING}, or nothing"
        )
    weights = class_weights(data)
    takers = [
        facts
        for facts in analysis.main.sinks("loss")
        if facts.layer is not None and CLASS_WEIGHTS in facts.layer.params
    ]
    if not takers:
        raise ValueError(
            "no loss of this network takes weights of classes: use Cross-entropy, or draw rare classes oftener instead (Data, Rare classes)"
        )
    for facts in takers:
        spec = facts.arriving[0]
        if CLASS_WEIGHTS not in facts.node.params and spec is not None and spec.shape[:1] != (len(weights),):
            raise ValueError(
                f"“{facts.node.name}” tells {spec.shape[0]:,} classes apart, and the data have {len(weights):,}: make the last layer as "
                "wide, or let rare classes count as they come"
            )
    return {CLASS_WEIGHTS: weights}


def class_weights(data: Loaded) -> tuple[float, ...]:
    """For each class the samples that it would have if all had as many, by those that it has in training; 1 where it has none there."""
    import numpy as np  # not when the window starts, which asks what would keep a run from beginning

    labels = training_labels(data)
    counts = np.bincount(labels, minlength=len(data.classes))
    weights = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return tuple(np.where(counts > 0, weights, 1.0).tolist())


def training_labels(data: Loaded) -> NDArray[Any]:
    """The class of each training sample.

    Raises:
        ValueError: the samples have no class.
    """
    plain = [name for name, spec in data.fields.items() if spec.dtype == "int" and not spec.shape]
    name = "label" if "label" in plain else next(iter(plain), "")
    values = data.known(name) if name else None
    if values is None or values.dtype.kind not in "iu" or (values[data.train] < 0).any():
        raise ValueError("there are no classes to balance: the samples have no class number each (Data, Rare classes)")
    return values[data.train]
