"""A loaded data set as tensors on the training device: there as a whole and normalised once, or read batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from visualnet.data.loading import Loaded
from visualnet.data.samples import Batch, Samples
from visualnet.data.streaming.cache import TYPES, CachedSamples
from visualnet.data.streaming.read_ahead import ReadAhead
from visualnet.data.streaming.readable import DataLost, Readable, SkippedSamples, fetch_readable

SHARE_OF_DEVICE = 0.5
"""Data may take so much of a device's free memory; what is larger stays in the machine's and is sent batch by batch."""
AHEAD_BYTES = 256 << 20
"""So much memory batches take that are read ahead, as long as these are more than two."""


class Tensors:
    """The fields that a network reads, in the order of its arguments. ``batch`` gives the samples at some indices.

    What is in memory, or all kept there after the first epoch, lies on the device as a whole. Anything else is decoded when it is asked
    for, or ahead of that where `expect` told the order; ``left_out`` then says what becomes of samples that cannot be read, and
    ``leaves`` whether a batch is still waited for.

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
        self.left_out = SkippedSamples(data.choice)
        self.salt = 0
        """Where several processes augment parts of a batch, the number of this one: each draws its own."""
        self.leaves: Callable[[], bool] = lambda: False
        self._stream = data.samples if isinstance(data.samples, CachedSamples) else None
        self._ahead: ReadAhead[_Read] | None = None
        # What augmentation changes is normalised after it: its steps speak of pixels from 0 to 1, of amplitudes, of degrees.
        self._is_late = bool(self._augmentation) or self._stream is not None
        self._all: list[Tensor] = []
        self._held = np.zeros(0, np.bool_)
        self.resident = False
        if self._stream is None:
            arrays = {name: self._ready(name) for name in self.names}
            size = sum(array.nbytes for array in arrays.values())
            self.resident = device.type == "cpu" or fits_on_device(size, device)
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
        return tensor.to(self.device) if self.resident else self._pinned(tensor)

    def _pinned(self, tensor: Tensor) -> Tensor:
        return tensor.pin_memory() if self.device.type == "cuda" else tensor

    def indices(self, index: np.ndarray) -> Tensor:
        """Indices as a tensor where ``batch`` wants them."""
        if self._stream is not None and self._all:
            self._complete(index)
        tensor = torch.from_numpy(np.array(index, np.int64))
        return tensor.to(self.device) if self.resident else tensor

    def expect(
        self, order: np.ndarray, size: int, part: Callable[[np.ndarray], np.ndarray] = lambda index: index
    ) -> None:
        """Batches of ``size`` samples will be asked for, in this order, or this ``part`` of each: what is not in memory is read ahead.

        Once all samples that a run reads are kept in memory, they go to the device as a whole, if they fit there.
        """
        if self._stream is None or self._all:
            return
        every = np.concatenate([self._data.train, self._data.validation])
        if self._stream.keeps_all and self._stream.held(every[self.left_out.keep(every)]).all():
            self.close()
            self._go_resident(self._stream)
            return
        if self._ahead is None:
            self._ahead = ReadAhead(self._read, self._stream.workers)
        # Twice as many as are decoded at once, as long as they take no more memory than a few batches do anyway.
        least, most = 2, 2 * self._stream.workers
        ahead = max(least, min(most, AHEAD_BYTES // max(size * self._stream.sample_bytes, 1)))
        self._ahead.begin((part(order[at : at + size]) for at in range(0, len(order), size)), ahead)

    def close(self) -> None:
        """Nothing more is asked for: let go of the threads that read."""
        if self._ahead is not None:
            self._ahead.close()
            self._ahead = None

    def batch(self, index: Tensor) -> list[Tensor]:
        """The samples at these indices that are not left out (there may be none), one tensor for each field, on the device; normalised, not
        augmented.

        Raises:
            ValueError: a sample cannot be read; in batches that were expected: `UnreadableSample` or `DataLost`.
            WaitEnded: ``leaves`` said so.
        """
        found = self._raw(index)
        return [self._normalised(name, tensor) for name, tensor in self._named(found)] if self._is_late else found

    def training_batch(self, index: Tensor, step: int) -> list[Tensor]:
        """Like ``batch``, augmented. The same step of the same data draws the same, whatever ran before it. In place of a batch of which
        no sample can be read others are drawn, so that a run goes on.

        Raises:
            ValueError: as `batch`.
        """
        raw = self._raw(index)
        if not len(raw[0]):
            raw = self._draw_others(step, len(index))
        found = dict(self._named(raw))
        if not self._augmentation:
            return [self._normalised(name, found[name]) if self._is_late else found[name] for name in self.names]
        drawn_from = (self._data.choice.seed, step, *((self.salt,) if self.salt else ()))
        generator = torch.Generator().manual_seed(hash(drawn_from) % (1 << 63))
        for augmentation in self._augmentation:
            found = augmentation.augment(found, self._data.fields, generator)
        return [self._normalised(name, found[name]) for name in self.names]

    def named(self, index: Tensor) -> dict[str, Tensor]:
        """Like ``batch``, by the field's name."""
        return dict(self._named(self.batch(index)))

    def _raw(self, index: Tensor) -> list[Tensor]:
        if self._all:
            if self.left_out.samples:
                index = index[torch.from_numpy(self.left_out.keep(index.cpu().numpy())).to(index.device)]
            found = [tensor.index_select(0, index) for tensor in self._all]
            return found if self.resident else self._sent(found)
        return self._sent(self._streamed(index.numpy()))

    def _sent(self, tensors: list[Tensor]) -> list[Tensor]:
        return [tensor.to(self.device, non_blocking=True) for tensor in tensors]

    # --- what is decoded when it is asked for ------------------------------------------------------------------------

    def _streamed(self, index: np.ndarray) -> list[Tensor]:
        if self._ahead is None or not self._ahead.is_next(index):
            asked = index[self.left_out.keep(index)]
            if not len(asked):
                return [torch.from_numpy(self._empty(name)) for name in self.names]
            found = self._data.fetch(asked, self.names)
            return [torch.from_numpy(found[name]) for name in self.names]
        read = self._ahead.take(self.leaves)
        return self._without_left_out(index, read)

    def _without_left_out(self, index: np.ndarray, read: _Read) -> list[Tensor]:
        """The samples of a batch that are not left out; there may be none."""
        self.left_out.note(read.found)
        places = read.found.places
        if not len(places):
            return [torch.from_numpy(self._empty(name)) for name in self.names]
        keep = self.left_out.keep(index[places])
        return read.tensors if keep.all() else [tensor[torch.from_numpy(keep)] for tensor in read.tensors]

    def _empty(self, name: str) -> np.ndarray:
        spec = self._data.fields[name]
        return np.zeros((0, *spec.shape), TYPES[spec.dtype])

    def _draw_others(self, step: int, count: int) -> list[Tensor]:
        """As many training samples as can be had in place of a batch of which none can be read: the same ones for the same step.

        Raises:
            DataLost: no training sample can be read.
        """
        generator = np.random.default_rng((self._data.choice.seed, step))
        train = self._data.train
        while len(kept := train[self.left_out.keep(train)]):
            chosen = np.sort(generator.choice(kept, min(count, len(kept)), replace=False))
            if self._all:
                return self._raw(self.indices(chosen))
            found = self._without_left_out(chosen, self._read(chosen, lambda: False))
            if len(found[0]):
                return self._sent(found)
        raise DataLost("no sample that is trained on can be read: look the data through again")

    def _read(self, index: np.ndarray, ended: Callable[[], bool]) -> _Read:
        """Runs in the threads that read."""
        assert self._stream is not None
        found = fetch_readable(_Until(self._stream, ended), index, self.names)
        tensors = [self._pinned(torch.from_numpy(found.batch[name])) for name in self.names] if found.batch else []
        return _Read(found, tensors)

    def _go_resident(self, stream: CachedSamples) -> None:
        arrays = stream.whole_arrays()
        if self.device.type != "cpu" and not fits_on_device(
            sum(arrays[name].nbytes for name in self.names), self.device
        ):
            return
        self.resident = True
        self._all = [torch.from_numpy(arrays[name]).to(self.device) for name in self.names]
        self._held = stream.held(np.arange(stream.size))

    def _complete(self, index: np.ndarray) -> None:
        """Decode those of these samples that the whole lacks: of a part that the run does not read."""
        assert self._stream is not None
        index = index[self.left_out.keep(index)]
        missing = np.unique(index[~self._held[index]])
        if len(missing):
            found = self._stream.fetch(missing, self.names)
            for name, tensor in zip(self.names, self._all, strict=True):
                tensor[torch.from_numpy(missing).to(self.device)] = torch.from_numpy(found[name]).to(self.device)
            self._held[missing] = True

    def _named(self, tensors: list[Tensor]) -> Iterable[tuple[str, Tensor]]:
        return zip(self.names, tensors, strict=True)

    def _normalised(self, name: str, tensor: Tensor) -> Tensor:
        if name not in self._figures:
            return tensor
        mean, std = self._figures[name]
        return (tensor - mean) / std


class _Read(NamedTuple):
    """A batch as it was read: what could be read of it, and its fields."""

    found: Readable
    tensors: list[Tensor]


class _Until(Samples):
    """Kept samples, read in the thread that asks until nobody waits any more."""

    def __init__(self, stream: CachedSamples, ended: Callable[[], bool]) -> None:
        self.stream, self.ended, self.size = stream, ended, stream.size

    @property
    def uncached(self) -> Samples:
        return self.stream.uncached

    def fetch(self, index: np.ndarray, fields: Sequence[str]) -> Batch:
        return self.stream.fetch_until(index, fields, self.ended)


def fits_on_device(size: int, device: torch.device) -> bool:
    """Whether so many bytes are a small enough part of the device's free memory."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return size <= SHARE_OF_DEVICE * free
    return size <= 1 << 30


class Sampler:
    """Draws every training sample once an epoch, in an order of its own generator. With ``weights``, one for each sample, it draws as many
    in an epoch, each time one by its share of the weights: some come several times, some not at all.

    A last batch of one sample is left out where there are others (batch normalization cannot take it); it is another
    sample in each epoch.
    """

    def __init__(self, size: int, batch_size: int, seed: int, weights: Tensor | None = None) -> None:
        self.size, self.batch_size = size, min(batch_size, size)
        full, rest = divmod(size, self.batch_size)
        self.steps = full + (rest > 1 or full == 0)
        self.generator = torch.Generator().manual_seed(seed)
        self.order = torch.arange(size)
        self.weights = weights
        self._ends = weights.double().cumsum(0) if weights is not None else None

    def shuffle(self) -> Tensor:
        """A new order for a new epoch."""
        if self._ends is None:
            self.order = torch.randperm(self.size, generator=self.generator)
        else:
            drawn = torch.rand(self.size, generator=self.generator, dtype=torch.float64) * self._ends[-1]
            self.order = torch.searchsorted(self._ends, drawn, right=True).clamp(max=self.size - 1)
        return self.order
