"""Short sounds."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from tests.contract.source_makers import Made, maker


def write_noise(path: Path, seed: int, length: int = 800, rate: int = 16_000) -> Path:
    """A WAV file of 16-bit noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(-20_000, 20_000, length).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(noise.tobytes())
    return path


@maker("sound")
def one_length(folder: Path) -> Made:
    for at in range(4):
        write_noise(folder / "ab"[at % 2] / f"{at}.wav", at)
    return Made(folder, {}, 4)


@maker("sound")
def many_lengths_and_rates_with_a_table(folder: Path) -> Made:
    for at in range(4):
        write_noise(folder / f"{at}.wav", at, 500 + 90 * at, (8000, 44_100)[at % 2])
    lines = ["file;kind;speaker", *(f"{at}.wav;{'ab'[at % 2]};{at // 2}" for at in range(4))]
    (folder / "labels.csv").write_text("\n".join(lines), "utf-8")
    return Made(folder, {"label_column": "kind"}, 4, is_guessed=False)
