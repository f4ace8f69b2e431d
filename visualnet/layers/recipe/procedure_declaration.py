"""What a procedure declares: what a round of training does, in words, its settings, what it tells, and its rule.

The declarations themselves stand beside their rounds, a file for each, in `training/loop/procedures/kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from visualnet.layers.recipe.technique import Technique

SUPERVISED = "supervised"
"""The procedure of a recipe that names none."""


class ReportedValue(NamedTuple):
    """A value that a procedure tells beside losses and metrics: which way is better (``min``, ``max``, or neither), and what it means."""

    better: str
    words: str


@dataclass(frozen=True)
class ProcedureDeclaration(Technique):
    """What a round does. ``tells``: its own values by name, in training or on validation. ``plays``: it takes its samples from play in an
    environment, not from the data's training part."""

    tells: Mapping[str, ReportedValue] = field(default_factory=dict)
    plays: bool = False
