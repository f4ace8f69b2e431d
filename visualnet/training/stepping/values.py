"""What both passes through a network and the optimizer's step gave, as plain values: nothing of torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from visualnet.analysis.facts import NodePath
from visualnet.layers.recipe.optimizers import Optimizer
from visualnet.layers.recipe.technique import Values

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class PortValue:
    """A tensor that stands at ports of the network. ``gradient`` is that of the loss with respect to it, from all that read it together;
    None where no gradient comes."""

    value: Array
    gradient: Array | None = None
    readers: int = 0
    """How many operations read it."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One node that computes something.

    ``inputs`` and ``outputs`` say for each port which of the pass's values stands there. ``given`` holds for each output the gradient
    that arrives, ``passed`` for each input and weight what this operation adds to its gradient. ``slopes`` are the local derivatives:
    for an input or a weight a matrix with a row for each number of the first output and a column for each number of its own.
    """

    path: NodePath
    name: str
    kind: str
    label: str
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]
    weights: Mapping[str, str]
    """The learned tensors by their name in the layer: under which name the network has them."""
    given: Mapping[str, Array] = field(default_factory=dict)
    passed: Mapping[str, Array] = field(default_factory=dict)
    slopes: Mapping[str, Array] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The first output port."""
        return next(iter(self.outputs))


@dataclass(frozen=True, eq=False)
class Weight:
    """A learned tensor before the step. ``gradient`` is None where it is frozen or nothing of the loss rests on it."""

    value: Array
    gradient: Array | None = None
    frozen: bool = False


@dataclass(frozen=True, eq=False)
class Update:
    """The optimizer's step for one tensor.

    ``gradient`` is that of the loss, ``used`` what the guards of the recipe (clipping, L1) left of it. ``before`` and ``after`` hold what
    the optimizer keeps, by the letter of its rule; ``values`` are its settings as they were in this step, ``step`` which one it was.
    """

    name: str
    old: Array
    new: Array
    gradient: Array
    used: Array
    before: Mapping[str, Array]
    after: Mapping[str, Array]
    values: Values
    step: int
    optimizer: Optimizer


@dataclass(frozen=True, eq=False)
class Passes:
    """One batch forward and backward through the network, and the step that follows."""

    operations: tuple[Operation, ...]
    values: tuple[PortValue, ...]
    weights: Mapping[str, Weight]
    loss: float
    loss_weights: Mapping[int, float]
    """The values that are losses, each with its share in the sum."""
    updates: tuple[Update, ...]
    samples: int
    step: int
    """Which step it is that is looked at, from 1 on."""
    places: Mapping[tuple[NodePath, str], int] = field(default_factory=dict)
    """Which value stands at each port, those of blocks included (``n3#1`` is the second repetition)."""
    sources: frozenset[int] = frozenset()
    """The values that no operation computes: inputs and targets."""
    notes: tuple[str, ...] = ()
    trained: bool = False
