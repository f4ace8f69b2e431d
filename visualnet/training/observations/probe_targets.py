"""What is looked at: a port of the network, and a sample that a person made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

ProbePort = tuple[tuple[str, ...], str]
"""An output port: the path of its node from the main sheet down, and its name. ``n3#2`` in a path is the third repetition of a block."""


class OwnScene(NamedTuple):
    """A whole picture (C, H, W) with values from 0 to 1, and the boxes (n, 4) in px that selective search proposes in it (none where it was
    not searched)."""

    image: NDArray[Any]
    proposals: NDArray[Any]


@dataclass(frozen=True, eq=False)
class OwnSample:
    """A sample that a person made: fields behind the preparation, without the axis of samples, not normalised. Each is another one."""

    fields: Mapping[str, NDArray[Any]]
    scene: OwnScene | None = None
    """The whole picture that the person opened, where the data are regions of pictures, or it is larger than what the network reads; the
    field is then all of it, warped."""
