"""Brings a recorded sound into the form that the data's own sounds have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.data.examination.sound import Sound
from visualnet.data.sources.sounds.resample import resample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def fit_recording(sound: Sound, rate: int, length: int) -> Array:
    """The sound at this rate, as (1, samples). Where all sounds have the same ``length``, the loudest stretch of so many samples, or the
    sound with silence behind it."""
    samples = resample(sound.samples, sound.rate, rate)
    if length and len(samples) > length:
        power = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
        first = int(np.argmax(power[length:] - power[:-length]))
        samples = samples[first : first + length]
    elif length:
        samples = np.pad(samples, (0, length - len(samples)))
    return np.asarray(samples, np.float32)[None]
