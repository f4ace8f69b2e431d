"""The vocabulary: every layer type, declared once. Importing this package fills ``LAYERS``; torch is not needed."""

from visualnet.layers import activation, convolution, data, dense, loss, pooling, shaping  # noqa: F401
from visualnet.layers.declare import FAMILIES, LAYERS, Layer, Spec

__all__ = ["FAMILIES", "LAYERS", "Layer", "Spec"]
