"""A recorded sound takes the form of the data's own."""

from __future__ import annotations

import numpy as np

from visualnet.data.examination.sound import Sound
from visualnet.data.own_sample.recording import fit_recording


def test_a_recording_has_the_rate_and_the_length_of_the_data() -> None:
    at = np.arange(44_100)
    loud = np.where((at > 20_000) & (at < 30_000), 0.5, 0.01) * np.sin(2 * np.pi * 440 * at / 44_100)
    sound = Sound(loud.astype(np.float32), 44_100)
    assert fit_recording(sound, 16_000, 0).shape == (1, 16_000)
    short = fit_recording(sound, 16_000, 4_000)
    assert short.shape == (1, 4_000) and short.dtype == np.float32
    assert np.sqrt(np.mean(np.square(short))) > 0.25  # what was said, not the silence before it
    long = fit_recording(sound, 16_000, 20_000)
    assert long.shape == (1, 20_000) and not long[0, 16_000:].any()
