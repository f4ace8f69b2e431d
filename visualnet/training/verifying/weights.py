"""The weights of a run and of its repetition, tensor by tensor, by digest."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from visualnet.core.text.format import format_quantity
from visualnet.core.text.hidden_characters import visible
from visualnet.training import checkpoints
from visualnet.training.checkpoints import BadCheckpoint
from visualnet.training.loop.checkpointer import Checkpointer
from visualnet.training.loop.run_state import RunState
from visualnet.training.transfer.weight_files import read_weights

Digests = Mapping[str, str]
"""Of each tensor by its name."""
MOST_NAMED = 3


class Repeated(Protocol):
    """A run that is repeated: what ``TrainingLoop`` is here."""

    state: RunState
    checkpointer: Checkpointer


class WeightWitness(Checkpointer):
    """Where a run puts its checkpoints, of which a repetition keeps the digests alone: those of each best epoch, and of the end."""

    def __init__(self, loop: Repeated) -> None:
        old = loop.checkpointer
        super().__init__(None, old.emit, old.data)
        self.restores, self._state = old.restores, loop.state
        self.best: dict[int, Digests] = {}
        """By epoch."""
        self.last: Digests = {}
        self.average: Digests = {}
        self.last_step = -1

    @property
    def saves(self) -> bool:
        return True

    def keep_best(self, net: nn.Module) -> None:
        super().keep_best(net)
        self.best[self._state.epoch] = digest(checkpoints.weights(net))

    def save(
        self,
        state: checkpoints.State,
        net: nn.Module,
        optimizers: Mapping[str, torch.optim.Optimizer],
        generators: Mapping[str, Tensor],
        last: bool = False,
    ) -> None:
        if last:
            self.last, self.last_step = digest(checkpoints.weights(net)), state.step

    def save_average(self, net: nn.Module) -> None:
        self.average = digest(checkpoints.weights(net))


def digest(tensors: Mapping[str, Tensor]) -> Digests:
    """A digest of each tensor: of its type, its shape and its bits."""
    found = {}
    for name, tensor in tensors.items():
        bits = tensor.detach().to("cpu").contiguous()
        told = sha256(f"{bits.dtype} {tuple(bits.shape)}".encode())
        told.update(bits.reshape(-1).view(torch.uint8).numpy().data)
        found[name] = told.hexdigest()
    return found


def find_departures(folder: Path, witness: WeightWitness, network: str) -> tuple[list[str], list[str]]:
    """Hold the weights in a run's folder against those of its repetition, where both have them of the same epoch or step.

    Args:
        network: the folder in that of the run which has the best weights of the network that was repeated; empty for the run's own.

    Returns:
        What was compared (``of the best epoch``, ``of the end``), and a sentence for each that is not the same.
    """
    compared, departures = [], []
    kept = _state_of(folder)
    best = folder / network / checkpoints.BEST
    epoch = max(witness.best, default=0)
    if best.is_file() and epoch and (network or (kept is not None and kept.best_epoch == epoch)):
        compared.append("of the best epoch")
        departures += _differ(f"the best epoch ({epoch:,})", best, witness.best[epoch])
    last = folder / checkpoints.LAST / "weights.safetensors"
    if last.is_file() and not network and kept is not None and kept.step == witness.last_step:
        compared.append("of the end")
        departures += _differ(f"the end (step {kept.step:,})", last, witness.last)
        average = folder / checkpoints.AVERAGE
        if average.is_file() and witness.average:
            compared.append("of their average")
            departures += _differ("the average at the end", average, witness.average)
    return compared, departures


def _state_of(folder: Path) -> checkpoints.State | None:
    try:
        return checkpoints.read_state(folder / checkpoints.LAST)
    except BadCheckpoint:
        return None


def _differ(which: str, path: Path, again: Digests) -> list[str]:
    try:
        kept = digest(read_weights(path))
    except BadCheckpoint as error:
        return [f"The weights of {which} cannot be read: {error}."]
    names = [name for name in {**again, **kept} if kept.get(name) != again.get(name)]
    if not names:
        return []
    named = ", ".join(visible(name) for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    count = format_quantity(len({**again, **kept}), "tensor")
    return [
        f"The kept weights of {which} are others than those trained now, in {len(names):,} of {count}: {named}{more}."
    ]
