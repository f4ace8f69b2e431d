"""Sounds as arrays: cut, and as spectrograms on the mel scale. Every sample by itself, so that its result is the same in any batch."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = Array | list[Array]
FLOOR = 1e-6
"""No power counts as less: the logarithm of silence is finite."""


def cut_to_length(sounds: Arrays, length: int, part: str) -> Array:
    """Sounds of one length: (sample, channel, length)."""
    found = []
    for sound in sounds:
        spare = sound.shape[-1] - length
        start = {"begin": 0, "centre": spare // 2, "end": spare}[part] if spare > 0 else 0
        kept = sound[..., start : start + length]
        found.append(np.pad(kept, ((0, 0), (0, length - kept.shape[-1]))))
    return np.stack(found).astype(np.float32, copy=False)


def log_mel(sounds: Arrays, rate: int, bands: int, window: int, hop: int) -> Array:
    """Logarithms of the power in each band and window: (sample, channel, band, window)."""
    shape = np.hanning(window + 1)[:-1]  # the periodic Hann window, whose copies overlap without a seam
    weights = mel_weights(rate, bands, window)
    found = []
    for sound in sounds:
        frames = np.lib.stride_tricks.sliding_window_view(sound.astype(np.float64), window, axis=-1)[..., ::hop, :]
        power = np.abs(np.fft.rfft(frames * shape, axis=-1)) ** 2 / window
        found.append(np.log(np.maximum(np.swapaxes(power @ weights, -1, -2), FLOOR)))
    return np.stack(found).astype(np.float32)


@lru_cache(maxsize=8)
def mel_weights(rate: int, bands: int, window: int) -> Array:
    """How much each frequency counts for each band: triangles whose tops are evenly spaced on the mel scale (O'Shaughnessy 1987).

    A band that is narrower than the step between two frequencies takes the nearest one.
    """
    frequencies = np.fft.rfftfreq(window, 1 / rate)
    ends = _to_hertz(np.linspace(0, _to_mel(rate / 2), bands + 2))
    low, top, high = ends[:-2], ends[1:-1], ends[2:]
    rising = (frequencies[:, None] - low) / (top - low)
    falling = (high - frequencies[:, None]) / (high - top)
    weights: Array = np.maximum(0, np.minimum(rising, falling))
    empty = np.flatnonzero(~weights.any(0))
    weights[np.abs(frequencies[:, None] - top[empty]).argmin(0), empty] = 1
    return weights


def _to_mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _to_hertz(mel: Array) -> Array:
    found: Array = 700 * (10 ** (mel / 2595) - 1)
    return found
