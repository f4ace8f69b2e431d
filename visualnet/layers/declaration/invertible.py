"""Layers that can be undone: which ports the way back reads and finds, and where the log-determinant is carried.

A flow is drawn of plain layers. From what each declares here, `analysis/inference/way_back.py` finds the inverse of the whole drawing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from visualnet.layers.declaration.calls import Expr, fn

LOG_DET = "log_det"
"""The port that carries, for each sample, the sum of log|det ∂y/∂x| so far: what arrives there and what the layer itself adds leaves
at the output of the same name. A layer without it keeps volumes."""


class Undoing(NamedTuple):
    """``reads`` are the ports whose values must be known (outputs, and inputs that steer what is done), ``finds`` the input ports whose
    values follow from them."""

    reads: tuple[str, ...]
    finds: tuple[str, ...]


UNARY = Undoing(("y",), ("x",))


def add_log_det(arrived: Any, own: Expr) -> Expr:
    """What leaves at the port ``log_det``."""
    return own if arrived is None else fn("torch.add", arrived, own)


Known = Mapping[str, Expr]
"""The values of the ports that ``Undoing.reads`` names."""
