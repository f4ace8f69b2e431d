"""From the graph to PyTorch: one plan, from which the module is built and the source is printed."""

from visualnet.compiling.plan import GraphError

__all__ = ["GraphError"]
