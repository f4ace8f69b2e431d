"""The vocabulary: every layer type, declared once. Importing this package fills ``LAYERS``; torch is not needed.

It may import `core`.

A layer type is one class with `@layer(...)`: `catalog/convolution.py`, `catalog/dense.py` and `catalog/loss/classification.py`
are models of it.

- Ports are text: `"query: T D, key?: S D -> output: T D, weights: heads T S"` (`?` optional, `@int/@any/@same` dtype, `*` any
  axes, `!` one number for the batch). The batch is always axis 0 and stands in no shape; recurrent and attention layers are
  batch_first.
- `shape()` returns extents that may be `Derived` ints, which carry their formula and its figures. `module()` returns a
  `Make("nn.Conv2d", ...)`; `forward()` a small tree (`declaration/calls.py`) that is both emitted as fx nodes and printed as
  Python.
- A module that torch lacks is a class of `compiling/extra_modules`, named `extra_modules.X` in `Make`.
- `Layer.role` (input, target, output, loss, metric) is the only thing that others may ask.
- `Layer.better` (`min`, `max`) of losses and metrics and `Recipe.best_by` say which epoch is the best; of two with the same value
  the one with the lesser loss, else the first. `Layer.counts` says what a loss or a metric counts, `settle` what such counts come
  to where that is no mean. A loss with `reduction` none has no role: it gives a value per sample.
"""

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
import visualnet.layers.catalog.own_rules.prototypes
import visualnet.layers.catalog.own_rules.energies
import visualnet.layers.catalog.loss.boundary_weights
import visualnet.layers.catalog.loss.classification
import visualnet.layers.catalog.loss.distributions
import visualnet.layers.catalog.loss.embedding
import visualnet.layers.catalog.loss.gradient_penalty
import visualnet.layers.catalog.loss.metrics
import visualnet.layers.catalog.normalization
import visualnet.layers.catalog.normalization_variants
import visualnet.layers.catalog.flow.steps
import visualnet.layers.catalog.flow.density
import visualnet.layers.catalog.pooling.images
import visualnet.layers.catalog.pooling.lines_volumes
import visualnet.layers.catalog.recurrent.whole_sequences
import visualnet.layers.catalog.recurrent.cells
import visualnet.layers.catalog.recurrent.spiking
import visualnet.layers.catalog.recurrent.turing
import visualnet.layers.catalog.reduction
import visualnet.layers.catalog.resampling
import visualnet.layers.catalog.shape.reshaping
import visualnet.layers.catalog.shape.slicing
import visualnet.layers.catalog.transformer.layers
import visualnet.layers.catalog.transformer.stacks
import visualnet.layers.initialization  # noqa: F401

# isort: on
from visualnet.layers.declaration.layer import FAMILIES, LAYERS, Layer, Spec

__all__ = ["FAMILIES", "LAYERS", "Layer", "Spec"]


def _order() -> None:
    """Families as the palette shows them; within a family as declared, rarely used ones last, whatever the order of the imports."""
    rank = {family: i for i, family in enumerate(FAMILIES)}
    for tag in sorted(LAYERS, key=lambda tag: (rank[LAYERS[tag].family], LAYERS[tag].rare)):
        LAYERS[tag] = LAYERS.pop(tag)


_order()
