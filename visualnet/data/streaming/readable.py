"""Reading samples of which some may not be readable: which those are, and what a run does about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.errors import first_line
from visualnet.core.project import DataChoice
from visualnet.data.samples import Batch, Samples

Index = NDArray[Any]

STREAK = 16
"""Behind so many samples in a row that cannot be read, so many others are tried: where none can be read, the drive or folder is gone."""


MAX_WORDS = 500


class UnreadableSample(ValueError):
    """A sample cannot be read, and the run is to stop there."""


class DataLost(ValueError):
    """The data as a whole cannot be read any more."""


class UnreadSample(NamedTuple):
    """A sample that could not be read, and why."""

    sample: int
    words: str


class Readable(NamedTuple):
    """What could be read of some samples: their fields, their places among those asked for, and what was wrong with the others. They are
    ``lost`` where no other sample can be read either."""

    batch: Batch
    places: NDArray[np.int64]
    faults: tuple[UnreadSample, ...] = ()
    lost: bool = False


def fetch_readable(samples: Samples, index: Index, fields: Sequence[str]) -> Readable:
    """Fetch those of these samples that can be read. Where the data are lost nothing more is tried behind `STREAK` faults in a row."""
    try:
        return Readable(samples.fetch(index, fields), np.arange(len(index)))
    except (ValueError, OSError):
        pass
    parts: list[Batch] = []
    places: list[int] = []
    faults: list[UnreadSample] = []
    streak, words, lost = 0, "", False
    for place, sample in enumerate(index):
        if not lost:
            try:
                parts.append(samples.fetch(index[place : place + 1], fields))
            except (ValueError, OSError) as error:
                words, streak = _describe(error), streak + 1
                is_last = place + 1 == len(index)
                if streak == STREAK or (is_last and (streak > 1 or not parts)):
                    lost, streak = _are_lost(samples, index, fields), 0
            else:
                places.append(place)
                streak = 0
                continue
        faults.append(UnreadSample(int(sample), words))
    batch: Batch = {name: join_values([part[name] for part in parts]) for name in fields} if parts else {}
    return Readable(batch, np.array(places, np.int64), tuple(faults), lost)


def _are_lost(samples: Samples, index: Index, fields: Sequence[str]) -> bool:
    """Whether none of some others, spread over all, can be read from their files. Where there are no others nothing is said."""
    others = np.setdiff1d(np.arange(samples.size), index)
    tried = others[np.unique(np.linspace(0, len(others) - 1, STREAK).astype(np.int64))] if len(others) else others
    for sample in tried:
        try:
            samples.uncached.fetch(np.array([sample]), fields)
        except (ValueError, OSError):
            continue
        return False
    return len(tried) > 0


def join_values(parts: Sequence[NDArray[Any] | list[NDArray[Any]]]) -> NDArray[Any] | list[NDArray[Any]]:
    """Values of a field, one part after the other: an array where all have one size, otherwise a list."""
    shapes = {value.shape for part in parts for value in part}
    if len(shapes) <= 1:
        return np.concatenate([np.stack(part) if isinstance(part, list) else part for part in parts])
    return [value for part in parts for value in part]


def _describe(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}" if error.filename else error.strerror.lower()
    return first_line(error)[:MAX_WORDS]


class SkippedSamples:
    """The samples that a run leaves out as they could not be read, by index, with the reason. With ``stops`` the first one ends the run.

    ``tell`` is called with a sentence for each sample that is left out from now on.
    """

    def __init__(
        self, choice: DataChoice, *, stops: bool = False, tell: Callable[[str], None] = lambda words: None
    ) -> None:
        self.samples: dict[int, str] = {}
        self.choice, self.stops, self.tell = choice, stops, tell

    def put_back(self, samples: Mapping[int, str]) -> None:
        """Leave out what an earlier session of the run left out."""
        self.samples = dict(samples)

    def keep(self, index: Index) -> NDArray[np.bool_]:
        """Which of these samples are not left out."""
        if not self.samples:
            return np.ones(len(index), np.bool_)
        return ~np.isin(index, list(self.samples))

    def note(self, read: Readable) -> None:
        """Take in what was wrong with samples of a batch.

        Raises:
            UnreadableSample: the run is to stop at one.
            DataLost: no sample can be read any more, or the path of the data is gone.
        """
        new = {fault.sample: fault.words for fault in read.faults if fault.sample not in self.samples}
        if not new:
            return
        first = next(iter(new.values()))
        if read.lost or (self.choice.path and not Path(self.choice.path).exists()):
            raise DataLost(
                f"the data cannot be read any more: {first}. Nothing of the run is lost: bring the files or their drive back, "
                "then go on with it"
            )
        if self.stops:
            raise UnreadableSample(
                f"a sample cannot be read: {first}. Mend or remove the file; or let the recipe leave out what cannot be read"
            )
        self.samples |= new
        for sample, words in new.items():
            self.tell(f"sample {sample:,} is left out, for it cannot be read: {words}")
