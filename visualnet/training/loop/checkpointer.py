"""Saves a run while it goes on: when, and what becomes of a disk that takes no more."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from visualnet.core.errors import FileError
from visualnet.data.loading import Loaded
from visualnet.training import checkpoints, events
from visualnet.training.loop.sinks import Sink
from visualnet.training.run_records.kept_weights import drop_epochs, epoch_file
from visualnet.training.runs.preparation_file import PREPARATION, write_preparation

CHECKPOINT_S = 5.0
CHECKPOINT_SHARE = 0.02
"""Large networks save less often: writing takes at most this share of the time."""
RETRY_S = 60.0
"""So long after a disk took no more it is tried again."""


class Checkpointer:
    """Puts all that is needed to go on, the weights of the best epoch, and how samples are prepared, into the run's folder (None: nothing
    is kept). Where the weights are divided over several processes (``shards``), all of them gather them for the one that has the folder."""

    def __init__(self, folder: Path | None, emit: Sink, data: Loaded, shards: bool = False) -> None:
        self.folder, self.emit, self.data, self._shards = folder, emit, data, shards
        self.restores = False
        """The best weights are wanted at the end, also where nothing is kept."""
        self.every: int | None = None
        """After so many epochs each the weights are kept once more; None: never."""
        self.saved_step = -1
        """The step whose state is on disk."""
        self.last_damaged = False
        """The newest checkpoint that is there cannot be used."""
        self._best: dict[str, Tensor] | None = None
        self._due = 0.0

    @property
    def saves(self) -> bool:
        """Whether a checkpoint is to be made ready for it."""
        return self.folder is not None or self._shards

    def start(self) -> None:
        """Training begins: how samples are prepared is kept, and the first checkpoint is due after a while. A full disk is told."""
        self._due = time.perf_counter() + CHECKPOINT_S
        if self.folder is not None and not (self.folder / PREPARATION).exists():
            try:
                write_preparation(self.folder, self.data)
            except FileError as error:
                self.emit(events.Trouble(words=f"how samples are prepared cannot be saved: {error}"))

    def due(self, now: float) -> bool:
        """Whether it is time to save again."""
        return self.folder is not None and now >= self._due

    def close_epoch(self, net: nn.Module, epoch: int, is_best: bool) -> None:
        """An epoch is over, so many in all: keep the weights where it is the best one, and where they are kept for their epoch. A full disk
        is told."""
        if is_best:
            self.keep_best(net)
        if self.every and epoch % self.every == 0 and self.saves:
            tensors = checkpoints.weights(net)
            if self._shards:
                tensors = checkpoints.gather(tensors)
            if self.folder is None:
                return
            try:
                checkpoints.save_weights(self.folder / epoch_file(epoch), tensors)
                drop_epochs(self.folder)
            except OSError as error:
                words = f"the weights of epoch {epoch:,} cannot be saved ({error.strerror or error}); training goes on"
                self.emit(events.Trouble(words=words))

    def keep_best(self, net: nn.Module) -> None:
        """The weights as they are now are the best; they are written with the next checkpoint."""
        if self.folder is not None or self.restores or self._shards:
            own = checkpoints.weights(net).items()
            self._best = {name: checkpoints.gather_tensor(tensor).to("cpu", copy=True) for name, tensor in own}

    def forget_best(self) -> None:
        """What was best so far is of another network."""
        self._best = None

    def restore_best(self, net: nn.Module) -> None:
        """Give the network the weights of the best epoch, if one is known. A file that cannot be read is told."""
        if self._best is not None:
            with torch.no_grad():
                for name, tensor in checkpoints.weights(net).items():
                    tensor.copy_(self._best[name])
        elif self.folder is not None and (self.folder / checkpoints.BEST).exists():
            try:
                checkpoints.load_weights(self.folder / checkpoints.BEST, net)
            except checkpoints.BadCheckpoint as fault:
                self.emit(events.Trouble(words=f"the network keeps its last weights: {fault}"))

    def save_average(self, net: nn.Module) -> None:
        """Keep the weights as they are now as the averaged ones. A full disk is told."""
        if self.folder is not None:
            try:
                checkpoints.save_weights(self.folder / checkpoints.AVERAGE, checkpoints.weights(net))
            except OSError as error:
                self.emit(events.Trouble(words=f"the averaged weights cannot be saved: {error.strerror or error}"))

    def save(
        self,
        state: checkpoints.State,
        net: nn.Module,
        optimizers: Mapping[str, torch.optim.Optimizer],
        generators: Mapping[str, Tensor],
        last: bool = False,
    ) -> None:
        """Save now. A full disk is told, and training goes on."""
        if not self.saves:
            return
        begin = time.perf_counter()
        tensors, learned = checkpoints.weights(net), checkpoints.optimizer_tensors(optimizers)
        if self._shards:  # before anything is written: where that fails, the others must not wait
            tensors, learned = checkpoints.gather(tensors), checkpoints.gather(learned)
        if self.folder is None:
            return
        try:
            if self._best is not None:
                checkpoints.save_weights(self.folder / checkpoints.BEST, self._best)
                self._best = None
            checkpoints.save(self.folder, state, tensors, learned, generators, self.last_damaged)
        except OSError as error:
            words = f"the state of the run cannot be saved in {self.folder} ({error.strerror or error})"
            gone = not self.folder.is_dir()
            way_out = "its folder is gone: put it back" if gone else "free some space"
            rest = (
                "What it learned last is not kept" if last else f"Training goes on; {way_out} to be able to resume it"
            )
            self.emit(events.Trouble(words=f"{words}. {rest}."))
            self._due = time.perf_counter() + RETRY_S
            return
        self.saved_step, self.last_damaged = state.step, False
        seconds = time.perf_counter() - begin
        self._due = time.perf_counter() + max(CHECKPOINT_S, seconds / CHECKPOINT_SHARE)
        self.emit(events.CheckpointSaved(step=state.step, epoch=state.epoch, seconds=seconds))
