"""The vocabulary: every layer type, declared once. Importing this package fills ``LAYERS``; torch is not needed."""

# In this order the palette and the reference list what stands in one family.
# isort: off
import visualnet.layers.catalog.activation.rectifiers
import visualnet.layers.catalog.activation.sigmoids
import visualnet.layers.catalog.arithmetic
import visualnet.layers.catalog.attention
import visualnet.layers.catalog.convolution
import visualnet.layers.custom.layer
import visualnet.layers.catalog.data
import visualnet.layers.catalog.dense
import visualnet.layers.catalog.dense_variants
import visualnet.layers.catalog.loss.classification
import visualnet.layers.catalog.loss.distributions
import visualnet.layers.catalog.loss.embedding
import visualnet.layers.catalog.loss.metrics
import visualnet.layers.catalog.normalization
import visualnet.layers.catalog.normalization_variants
import visualnet.layers.catalog.pooling.images
import visualnet.layers.catalog.pooling.lines_volumes
import visualnet.layers.catalog.recurrent
import visualnet.layers.catalog.recurrent_cells
import visualnet.layers.catalog.reduction
import visualnet.layers.catalog.resampling
import visualnet.layers.catalog.shape.reshaping
import visualnet.layers.catalog.shape.slicing
import visualnet.layers.catalog.transformer.layers
import visualnet.layers.catalog.transformer.stacks  # noqa: F401

# isort: on
from visualnet.layers.declaration.layer import FAMILIES, LAYERS, Layer, Spec

__all__ = ["FAMILIES", "LAYERS", "Layer", "Spec"]


def _order() -> None:
    """Families as the palette shows them; within a family as declared, rarely used ones last, whatever the order of the imports."""
    rank = {family: i for i, family in enumerate(FAMILIES)}
    for tag in sorted(LAYERS, key=lambda tag: (rank[LAYERS[tag].family], LAYERS[tag].rare)):
        LAYERS[tag] = LAYERS.pop(tag)


_order()
