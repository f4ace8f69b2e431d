"""Sounds brought to another rate: an ideal low pass, cut off by a Kaiser window, as a bank of polyphase filters."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

CROSSINGS = 32
"""Zero crossings of the sinc on each side: a tenth above half of the lower rate a tone is damped to a thousandth, a tenth below it kept."""
BETA = 8.0
"""Of the Kaiser window (Kaiser 1974): side lobes 80 dB down."""
BLOCK = 1 << 15
"""So many windows are multiplied at once."""


def resample(sound: Array, rate: int, wanted: int) -> Array:
    """A sound (samples) of one rate as it is at another, in float32; it lasts as long, and what is too high for the new rate is gone."""
    if rate == wanted or not len(sound):
        return sound.astype(np.float32, copy=False)
    common = math.gcd(rate, wanted)
    up, down = wanted // common, rate // common
    filters, before = _filters(up, down)
    taps = filters.shape[1]
    length = resampled_length(len(sound), rate, wanted)
    padded = np.concatenate([np.zeros(before), sound.astype(np.float64), np.zeros(taps)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, taps)
    found = np.empty(length, np.float32)
    for phase in range(min(up, length)):
        # Samples of one phase lie at a fixed place between two of the old ones: the same filter makes them all.
        where = np.arange(phase, length, up)
        begin = where * down // up
        for at in range(0, len(where), BLOCK):
            part = slice(at, at + BLOCK)
            found[where[part]] = windows[begin[part]] @ filters[phase]
    return found


def resampled_length(length: int, rate: int, wanted: int) -> int:
    """Samples that a sound has at another rate."""
    return -(-length * wanted // rate)


@lru_cache(maxsize=8)
def _filters(up: int, down: int) -> tuple[Array, int]:
    """The filter of each phase, (up, taps), and how many samples of the past each begins with."""
    cutoff = min(1.0, up / down)
    before = math.ceil(CROSSINGS / cutoff)
    taps = 2 * before + 1
    fraction = (np.arange(up) * down % up) / up
    distance = np.arange(taps)[None, :] - before - fraction[:, None]
    inside = np.clip(1 - (distance * cutoff / CROSSINGS) ** 2, 0, None)
    filters = cutoff * np.sinc(distance * cutoff) * np.i0(BETA * np.sqrt(inside)) / np.i0(BETA)
    filters[np.abs(distance * cutoff) > CROSSINGS] = 0
    return filters / filters.sum(1, keepdims=True), before
