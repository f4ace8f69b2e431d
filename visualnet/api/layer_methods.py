"""Every layer type as a method of a graph.

What type checkers, editors and ``help`` know of them is written from the layers' declarations into ``layer_methods.pyi``:
``python -m visualnet.api.publish.method_stubs``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from visualnet.layers import LAYERS


class LayerMethods:
    """``net.conv2d(x, 6, kernel_size=5)`` for ``net.apply("conv2d", x, 6, kernel_size=5)``."""

    def apply(self, kind: str, *given: Any, name: str = "", **params: Any) -> Any:
        """Add a layer of this type; its first output."""
        raise NotImplementedError

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        if kind.startswith("_") or kind not in LAYERS:
            raise AttributeError(no_layer(kind))

        def add(*given: Any, name: str = "", **params: Any) -> Any:
            return self.apply(kind, *given, name=name, **params)

        add.__name__, add.__qualname__, add.__doc__ = kind, f"Graph.{kind}", LAYERS[kind].page()
        return add

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *LAYERS]


def no_layer(kind: str) -> str:
    """That there is no such layer, and which was meant."""
    near = difflib.get_close_matches(kind.lower(), LAYERS, n=3)
    return f"there is no layer “{kind}”" + (
        f"; did you mean {' or '.join(near)}?" if near else "; docs/layers.md lists them"
    )
