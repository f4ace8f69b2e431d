"""The vocabulary: every layer type, declared once. Importing this package fills ``LAYERS``; torch is not needed."""

from visualnet.layers import (  # noqa: F401
    activation,
    activation_more,
    arithmetic,
    attention,
    convolution,
    custom,
    data,
    dense,
    dense_more,
    loss,
    loss_more,
    loss_rare,
    metrics,
    normalization,
    normalization_more,
    pooling,
    pooling_more,
    recurrent,
    recurrent_cells,
    reducing,
    resampling,
    shaping,
    shaping_more,
    transformer,
    transformer_stack,
)
from visualnet.layers.declare import FAMILIES, LAYERS, Layer, Spec

__all__ = ["FAMILIES", "LAYERS", "Layer", "Spec"]


def _order() -> None:
    """Families as the palette shows them; within a family as declared, rarely used ones last, whatever the order of the imports."""
    rank = {family: i for i, family in enumerate(FAMILIES)}
    for tag in sorted(LAYERS, key=lambda tag: (rank[LAYERS[tag].family], LAYERS[tag].rare)):
        LAYERS[tag] = LAYERS.pop(tag)


_order()
