"""What is looked at: a port of the network, and a sample that a person made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

ProbePort = tuple[tuple[str, ...], str]
"""An output port: the path of its node from the main sheet down, and its name. ``n3#2`` in a path is the third repetition of a block."""


@dataclass(frozen=True, eq=False)
class OwnSample:
    """A sample that a person made: fields behind the preparation, without the axis of samples, not normalised. Each is another one."""

    fields: Mapping[str, NDArray[Any]]
