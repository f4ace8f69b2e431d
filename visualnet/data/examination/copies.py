"""Samples that are the same, by what they hold; pictures also where they are nearly the same (another size, another compression)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from visualnet.core.project import DataChoice, DataFacts
from visualnet.data.declare import DataSet
from visualnet.data.division.copies import LEFT_OUT, TOGETHER
from visualnet.data.examination.sample_content import is_picture, shown_field
from visualnet.data.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

CHUNK = 64
SIDE = 16
"""Pictures are compared as grey thumbnails with so many pixels a side; a hash of 64 bits keeps what is brighter than its neighbour."""
MOST_BITS = 8
"""So many bits of two hashes may differ. Candidates are those that have one of the four quarters of the hash in common: with three bits all
are found, with more most of them."""
LEAST_CORRELATION = 0.995
"""Two thumbnails that are nearly the same have this correlation; two handwritten ones have less."""
LEAST_CONTRAST = 4.0
"""What is flatter has a hash of noise."""
MOST_CANDIDATES = 40


class CopyGroup(NamedTuple):
    """Samples that are copies of one another: to the bit, or ``exact`` is false and they are nearly the same picture."""

    samples: tuple[int, ...]
    exact: bool

    def parts(self, parts: Sequence[Array]) -> tuple[int, ...]:
        """The parts of a division that hold one of them."""
        return tuple(at for at, part in enumerate(parts) if np.isin(self.samples, part).any())


def find_copies(
    source: DataSet, samples: Samples, check: Callable[[float], None] = lambda share: None
) -> tuple[CopyGroup, ...]:
    """The groups of copies, by the fields that a network is shown: what samples are labelled does not matter. All samples are decoded once;
    one that cannot be read is a copy of nothing."""
    specs = source.specs()
    fields = tuple(name for name in source.inputs if name in specs) or (shown_field(source, specs),)
    pictures = next((name for name in fields if is_picture(specs[name])), "")
    by_content: dict[bytes, list[int]] = defaultdict(list)
    thumbnails: dict[int, Array] = {}
    for at in range(0, samples.size, CHUNK):
        check(at / samples.size)
        for sample, values in _read(samples, range(at, min(at + CHUNK, samples.size)), fields):
            digest = hashlib.sha256()
            for name in fields:
                array = np.ascontiguousarray(values[name])
                digest.update(f"{name} {array.shape} ".encode() + array.tobytes())
            by_content[digest.digest()].append(sample)
            if pictures and len(by_content[digest.digest()]) == 1:
                thumbnails[sample] = _thumbnail(np.asarray(values[pictures]))
    exact = {members[0]: members for members in by_content.values()}
    nearly = _find_alike(thumbnails)
    joined = {first for group in nearly for first in group}
    groups = [CopyGroup(tuple(m), True) for first, m in exact.items() if len(m) > 1 and first not in joined]
    groups += [CopyGroup(tuple(sorted(s for first in group for s in exact[first])), False) for group in nearly]
    return tuple(sorted(groups))


def _read(samples: Samples, index: Sequence[int], fields: tuple[str, ...]) -> list[tuple[int, dict[str, Any]]]:
    try:
        batch = samples.fetch(np.asarray(index, np.int64), fields)
    except ValueError:
        return [found for one in index for found in _read(samples, [one], fields)] if len(index) > 1 else []
    return [(sample, {name: batch[name][at] for name in fields}) for at, sample in enumerate(index)]


def _thumbnail(picture: Array) -> Array:
    """Grey, SIDE × SIDE, 0 to 255; each pixel the mean of those that it stands for."""
    grey = picture[:3].mean(axis=0, dtype=np.float64)
    for axis in (0, 1):
        extent = grey.shape[axis]
        starts = np.arange(SIDE) * extent // SIDE
        ends = np.maximum((np.arange(SIDE) + 1) * extent // SIDE, starts + 1)
        sums = np.concatenate([np.zeros_like(grey.take([0], axis)), grey.cumsum(axis)], axis)
        shape = (-1, 1) if axis == 0 else (1, -1)
        grey = (sums.take(ends, axis) - sums.take(starts, axis)) / (ends - starts).reshape(shape)
    top = 1.0 if grey.max() <= 1.0 else float(grey.max())
    levels: Array = (grey / top * 255).clip(0, 255).astype(np.uint8)
    return levels


def _find_alike(thumbnails: dict[int, Array]) -> list[tuple[int, ...]]:
    """Groups of two or more pictures that are nearly the same."""
    clear = {sample: t for sample, t in thumbnails.items() if t.std() >= LEAST_CONTRAST}
    hashes = {sample: _bits(t) for sample, t in clear.items()}
    vectors = {sample: _centred(t) for sample, t in clear.items()}
    leader = {sample: sample for sample in clear}

    def find(sample: int) -> int:
        while leader[sample] != sample:
            sample = leader[sample]
        return sample

    for quarter in range(4):
        buckets: dict[int, list[int]] = defaultdict(list)
        for sample, bits in hashes.items():
            bucket = buckets[bits >> (16 * quarter) & 0xFFFF]
            for other in bucket[:MOST_CANDIDATES]:
                if (bits ^ hashes[other]).bit_count() <= MOST_BITS and _close(vectors[sample], vectors[other]):
                    leader[find(sample)] = find(other)
            bucket.append(sample)
    groups: dict[int, list[int]] = defaultdict(list)
    for sample in clear:
        groups[find(sample)].append(sample)
    return [tuple(sorted(group)) for group in groups.values() if len(group) > 1]


def _bits(thumbnail: Array) -> int:
    halves = thumbnail.reshape(8, 2, SIDE).mean(axis=1)[:, : SIDE - SIDE % 2].reshape(8, 8, 2).mean(axis=2)
    turned = np.concatenate([halves, halves[:, :1]], axis=1)
    return int.from_bytes(np.packbits(turned[:, 1:] > turned[:, :-1]).tobytes(), "big")


def _close(one: Array, other: Array) -> bool:
    return float(one @ other) >= LEAST_CORRELATION


def _centred(thumbnail: Array) -> Array:
    """As a vector of length 1 around its mean: two of them multiplied give the correlation."""
    values = thumbnail.reshape(-1).astype(np.float32)
    values = values - values.mean()
    length: Array = values / np.linalg.norm(values)
    return length


# --- repairs ------------------------------------------------------------------------------------------------------


def across_parts(groups: Sequence[CopyGroup], parts: Sequence[Array]) -> tuple[CopyGroup, ...]:
    """Those that have samples in two parts: what is measured there was seen in training."""
    return tuple(group for group in groups if len(group.parts(parts)) > 1)


def keep_together(choice: DataChoice, groups: Sequence[CopyGroup]) -> DataFacts:
    """What is known of the data, with the order that copies go into one part."""
    return _with(choice, {TOGETHER: [list(group.samples) for group in groups]})


def leave_out(choice: DataChoice, groups: Sequence[CopyGroup]) -> DataFacts:
    """What is known of the data, with the order that of each group the first alone is used."""
    return _with(choice, {LEFT_OUT: sorted(sample for group in groups for sample in group.samples[1:])})


def _with(choice: DataChoice, said: dict[str, Any]) -> DataFacts:
    facts = choice.facts or DataFacts()
    rest = {key: value for key, value in facts.extra.items() if key not in (TOGETHER, LEFT_OUT)}
    return msgspec.structs.replace(facts, extra={**rest, **said})
