"""Weights that nodes had before the network was changed, with what their optimizer knew: kept to be put back when the drawing goes back.

They are held in memory and, where the run has a folder, in it: ``network-2/earlier.safetensors`` holds what the second change took out,
and ``earlier.json`` says of which nodes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from torch import Tensor

from visualnet.analysis.compare.weights_kept import EarlierWeights
from visualnet.analysis.facts import NodePath
from visualnet.core.storage.regular_files import open_regular, read_regular, write_all
from visualnet.training import checkpoints
from visualnet.training.checkpoints import BadCheckpoint

MOST_BYTES, MOST_NODES = 256 << 20, 1000
"""So much is kept at most; the oldest go first."""
MOST_JSON = 4 << 20
TENSORS, NODES = "earlier.safetensors", "earlier.json"


class NodeWeights(NamedTuple):
    """What one node had learned until ``step``, when change ``number`` took it out.

    ``data`` holds its tensors as ``weight.NAME``, the averaged copies as ``average.NAME``, gathered gradients as ``gradient.NAME``, and
    what the optimizer of ``learner`` knew of them as ``state.NAME.KEY``.
    """

    path: NodePath
    tensors: str
    step: int
    number: int
    learner: str
    data: Mapping[str, Tensor]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(tensor.nbytes for tensor in self.data.values())

    def part(self, start: str) -> dict[str, Tensor]:
        """What stands under names that begin so, without that beginning."""
        return {name.removeprefix(start): t for name, t in self.data.items() if name.startswith(start)}


class _Entry(msgspec.Struct, frozen=True):
    path: tuple[str, ...]
    tensors: str
    step: int
    learner: str = ""


class WeightStore:
    """What was taken out of a run's network so far, the newest for each node and its tensors."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[NodePath, str], NodeWeights] = {}

    def add(self, nodes: Iterable[NodeWeights]) -> None:
        """Keep these, and let the oldest go where they become too much."""
        for node in nodes:
            self._nodes.pop((node.path, node.tensors), None)
            self._nodes[node.path, node.tensors] = node
        total = sum(node.size for node in self._nodes.values())
        for key in list(self._nodes):
            if total <= MOST_BYTES and len(self._nodes) <= MOST_NODES:
                break
            total -= self._nodes.pop(key).size

    def find(self, path: NodePath, tensors: str) -> NodeWeights | None:
        """What this node had when it last had such tensors."""
        return self._nodes.get((path, tensors))

    def index(self) -> tuple[EarlierWeights, ...]:
        """What can be had back."""
        return tuple(EarlierWeights(node.path, node.tensors, node.step) for node in self._nodes.values())

    def read(self, folders: Mapping[int, Path]) -> list[str]:
        """Take in what the folders of these changes keep, instead of all that is here; what cannot be read is told."""
        self._nodes.clear()
        faults = []
        for number, folder in folders.items():
            try:
                self.add(_read(number, folder))
            except (BadCheckpoint, OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
                faults.append(f"the weights from before change {number} of the network cannot be had back ({error})")
        return faults

    def remove_unused(self, folders: Mapping[int, Path]) -> None:
        """Take files away that hold nothing which is still kept."""
        used = {node.number for node in self._nodes.values()}
        for number, folder in folders.items():
            if number not in used:
                for name in (TENSORS, NODES):
                    with contextlib.suppress(OSError):
                        (folder / name).unlink(missing_ok=True)


def write_nodes(folder: Path, nodes: Sequence[NodeWeights]) -> None:
    """Put into a folder what a change takes out of the network.

    Raises:
        OSError: it cannot be written.
    """
    if not nodes:
        return
    tensors = {f"{at}.{name}": tensor for at, node in enumerate(nodes) for name, tensor in node.data.items()}
    checkpoints.save_weights(folder / TENSORS, tensors)
    entries = [_Entry(node.path, node.tensors, node.step, node.learner) for node in nodes]
    with open_regular(folder / NODES, "wb", buffering=0) as file:
        write_all(file.fileno(), msgspec.json.format(msgspec.json.encode(entries), indent=2))
        os.fsync(file.fileno())


def _read(number: int, folder: Path) -> list[NodeWeights]:
    if not (folder / NODES).exists():
        return []
    entries = msgspec.json.decode(read_regular(folder / NODES, MOST_JSON), type=list[_Entry])
    found = checkpoints.read_tensors(folder / TENSORS, checkpoints.read_header(folder / TENSORS))
    parts: list[dict[str, Tensor]] = [{} for _ in entries]
    for full, tensor in found.items():
        at, _, name = full.partition(".")
        if not at.isdecimal() or int(at) >= len(parts):
            raise BadCheckpoint(f"{TENSORS} holds {full}, which belongs to no node")
        parts[int(at)][name] = tensor
    return [
        NodeWeights(entry.path, entry.tensors, entry.step, number, entry.learner, data)
        for entry, data in zip(entries, parts, strict=True)
    ]
