"""A loaded data set as tensors on the training device, normalised once; batches are drawn there by index."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from visualnet.data.loading import Loaded

SHARE_OF_DEVICE = 0.5
"""Data may take so much of a device's free memory; what is larger stays in the machine's and is sent batch by batch."""


class Tensors:
    """The fields that a network reads, in the order of its arguments. ``batch`` gives the samples at some indices.

    Fields in ``plain`` are left as they are, though the data set has a mean and a deviation for them (what is only a target).
    """

    def __init__(
        self, data: Loaded, fields: Iterable[str], device: torch.device, plain: frozenset[str] = frozenset()
    ) -> None:
        self.names, self.device = tuple(fields), device
        self._data, self._plain = data, plain
        self._augmentation = data.augmentation
        self._figures = {
            name: (torch.from_numpy(data.mean[name]).to(device), torch.from_numpy(data.std[name]).to(device))
            for name in self.names
            if name in data.mean and name not in plain
        }
        # What augmentation changes is normalised after it: its steps speak of pixels from 0 to 1, of amplitudes, of degrees.
        self._is_late = bool(self._augmentation)
        arrays = {name: self._ready(name) for name in self.names}
        size = sum(array.nbytes for array in arrays.values())
        self.resident = device.type == "cpu" or fits(size, device)
        self._all = [self._placed(array) for array in arrays.values()]

    def _ready(self, name: str) -> np.ndarray:
        values = self._data.whole(name)
        if name in self._figures and not self._is_late:
            values = (values - self._data.mean[name]) / self._data.std[name]
        return values

    def _placed(self, array: np.ndarray) -> Tensor:
        # A copy: the arrays of a data set are read-only, and torch warns of tensors over those.
        tensor = torch.from_numpy(np.array(array, order="C"))
        if self.device.type == "cpu":
            return tensor
        if self.resident:
            return tensor.to(self.device)
        return tensor.pin_memory() if self.device.type == "cuda" else tensor

    def indices(self, index: np.ndarray) -> Tensor:
        """Indices as a tensor where ``batch`` wants them."""
        tensor = torch.from_numpy(np.array(index, np.int64))
        return tensor.to(self.device) if self.resident else tensor

    def batch(self, index: Tensor) -> list[Tensor]:
        """The samples at these indices, one tensor for each field, on the device; normalised, not augmented."""
        found = self._raw(index)
        return [self._normalised(name, tensor) for name, tensor in self._named(found)] if self._is_late else found

    def training_batch(self, index: Tensor, step: int) -> list[Tensor]:
        """Like ``batch``, augmented. The same step of the same data draws the same, whatever ran before it."""
        if not self._augmentation:
            return self._raw(index)
        generator = torch.Generator().manual_seed(hash((self._data.choice.seed, step)) % (1 << 63))
        found = dict(self._named(self._raw(index)))
        for augmentation in self._augmentation:
            found = augmentation.augment(found, self._data.fields, generator)
        return [self._normalised(name, found[name]) for name in self.names]

    def named(self, index: Tensor) -> dict[str, Tensor]:
        """Like ``batch``, by the field's name."""
        return dict(self._named(self.batch(index)))

    def _raw(self, index: Tensor) -> list[Tensor]:
        found = [tensor.index_select(0, index) for tensor in self._all]
        return found if self.resident else [t.to(self.device, non_blocking=True) for t in found]

    def _named(self, tensors: list[Tensor]) -> Iterable[tuple[str, Tensor]]:
        return zip(self.names, tensors, strict=True)

    def _normalised(self, name: str, tensor: Tensor) -> Tensor:
        if name not in self._figures:
            return tensor
        mean, std = self._figures[name]
        return (tensor - mean) / std


def fits(size: int, device: torch.device) -> bool:
    """Whether so many bytes are a small enough part of the device's free memory."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return size <= SHARE_OF_DEVICE * free
    return size <= 1 << 30


class Sampler:
    """Draws every training sample once an epoch, in an order of its own generator.

    A last batch of one sample is left out where there are others (batch normalization cannot take it); it is another
    sample in each epoch.
    """

    def __init__(self, size: int, batch_size: int, seed: int) -> None:
        self.size, self.batch_size = size, min(batch_size, size)
        full, rest = divmod(size, self.batch_size)
        self.steps = full + (rest > 1 or full == 0)
        self.generator = torch.Generator().manual_seed(seed)
        self.order = torch.arange(size)

    def shuffle(self) -> Tensor:
        """A new order for a new epoch."""
        self.order = torch.randperm(self.size, generator=self.generator)
        return self.order
