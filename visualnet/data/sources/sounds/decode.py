"""What the header of a sound file tells, and its samples as one channel at one rate. libsndfile reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.text.format import format_duration, format_quantity
from visualnet.data.sources.sounds.resample import resample

Array = NDArray[Any]

LONGEST_S = 600
"""A longer sound is left out: it is held whole while it is prepared."""
_CUT_SHORT = re.compile(r"^data : (\d+) \(should be (\d+)\)", re.MULTILINE)


class SoundHeader(NamedTuple):
    """What is known of a sound without its samples. ``missing`` is the share that the header tells of and the file has not."""

    frames: int
    rate: int
    channels: int
    subtype: str
    missing: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / self.rate


@contextmanager
def _open_sound(path: Path) -> Iterator[Any]:
    """The file, opened by libsndfile.

    Raises:
        ValueError: it is no sound that can be read, or there is no library to read it.
        OSError: it cannot be opened.
    """
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise ValueError(f"sounds cannot be read here, since the package soundfile is missing ({error})") from None
    with open_regular(path) as file:
        try:
            with soundfile.SoundFile(file) as sound:
                yield sound
        except (RuntimeError, TypeError) as error:
            reason = str(getattr(error, "error_string", error)).strip().rstrip(".").removeprefix("Error : ")
            raise ValueError(reason[:1].lower() + reason[1:]) from None


def read_header(path: Path) -> SoundHeader:
    """What the header tells.

    Raises:
        ValueError: it is no sound, has no samples or is too long; the words say which.
        OSError: it cannot be opened.
    """
    with _open_sound(path) as sound:
        found = SoundHeader(sound.frames, sound.samplerate, sound.channels, sound.subtype)
        cut = _CUT_SHORT.search(sound.extra_info)
    if cut is not None and int(cut[1]) > int(cut[2]):
        found = found._replace(missing=1 - int(cut[2]) / int(cut[1]))
    if found.frames <= 0:
        raise ValueError("there is no sound in it: its length is 0")
    if found.seconds > LONGEST_S:
        raise ValueError(
            f"it lasts {format_duration(found.seconds)}; {format_duration(LONGEST_S)} are allowed: cut it into shorter sounds"
        )
    return found


def read_sound(path: Path, rate: int) -> Array:
    """The sound as (1, samples) in float32: the mean of its channels, at this rate.

    Raises:
        ValueError: it is no sound, is shorter than its header says, or holds something else than numbers.
        OSError: it cannot be opened.
    """
    read_header(path)
    with _open_sound(path) as sound:
        wanted, own_rate = sound.frames, sound.samplerate
        values = sound.read(dtype="float32", always_2d=True)
    if len(values) < wanted:
        raise ValueError(f"it ends after {format_quantity(len(values), 'sample')} of {wanted:,}: the file is cut short")
    mono = values.mean(1, dtype=np.float64) if values.shape[1] > 1 else values[:, 0]
    if not np.isfinite(mono).all():
        raise ValueError("some of its samples are no numbers (NaN or infinite)")
    return resample(mono, own_rate, rate)[None]
