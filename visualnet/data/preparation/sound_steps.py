"""Steps that change sounds: their length, and the picture of their pitches over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visualnet.core.graph import Value
from visualnet.data.preparation.field_checks import get_sound
from visualnet.data.preparation.step import Fitted, Specs, Step, step
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, field, real

if TYPE_CHECKING:
    from visualnet.data.samples import Batch

SOUND, SPECTROGRAM = "sound", "spectrogram"
LONGEST = 10_000_000
"""So many samples may a sound have behind a step."""


@step("cut_sound", "Cut to length", "sound")
class CutSound(Step):
    """Bring sounds to one length: silence fills up what is shorter, what is longer is cut off."""

    field: str = field(SOUND, "The sounds.")
    seconds: float = real(1.0, "Length behind the step.", low=0.001, high=3600.0, unit="s")
    rate: int = count(16_000, "Samples a second of these sounds.", high=384_000, unit="Hz")
    part: str = choice(
        "begin",
        "Which part of a longer sound is kept.",
        {"begin": "its beginning", "centre": "its middle", "end": "its end"},
    )

    @property
    def length(self) -> int:
        """Samples behind the step."""
        return max(1, round(self.seconds * self.rate))

    def specs(self, fields: Specs) -> dict[str, Spec]:
        sound = get_sound(fields, self.field)
        if self.length > LONGEST:
            raise ValueError(f"{self.length:,} samples are too many; {LONGEST:,} are allowed: choose fewer seconds")
        return {**fields, self.field: sound._replace(shape=(sound.shape[0], self.length))}

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        from visualnet.data.preparation.arrays import sound_arrays  # not at start-up: it computes

        return {**batch, self.field: sound_arrays.cut_to_length(batch[self.field], self.length, self.part)}


@step("log_mel", "Log-mel spectrogram", "sound")
class LogMel(Step):
    """The loudness of each pitch over time, as the ear tells pitches apart (mel) and loudness (logarithm): a picture of one channel."""

    field: str = field(SOUND, "The sounds; “spectrogram” stands in their place behind the step.")
    rate: int = count(16_000, "Samples a second of these sounds.", high=384_000, unit="Hz")
    bands: int = count(64, "Bands of pitch: the height of the picture.", high=1024)
    window_ms: float = real(
        25.0, "Each column of the picture sums up so much time.", low=1.0, high=1000.0, unit="milliseconds"
    )
    hop_ms: float = real(
        10.0, "A column begins so long after the one before.", low=1.0, high=1000.0, unit="milliseconds"
    )

    @property
    def window(self) -> int:
        """Samples of a window."""
        return max(2, round(self.window_ms * self.rate / 1000))

    @property
    def hop(self) -> int:
        """Samples from one window to the next."""
        return max(1, round(self.hop_ms * self.rate / 1000))

    @classmethod
    def suggest(cls, spec: Spec) -> dict[str, Value]:
        return {"rate": max(1, spec.shape[-1] * 10)} if spec.shape and spec.shape[-1] else {}

    def specs(self, fields: Specs) -> dict[str, Spec]:
        sound = get_sound(fields, self.field)
        channels, length = sound.shape
        if not length:
            raise ValueError(f"the sounds of “{self.field}” differ in length: cut them to one length before")
        if length < self.window:
            raise ValueError(
                f"a window of {self.window} samples is longer than the sounds, which have {length}: shorten it"
            )
        if SPECTROGRAM in fields:
            raise ValueError(f"the data have a field “{SPECTROGRAM}” already: leave this step out")
        picture = Spec((channels, self.bands, 1 + (length - self.window) // self.hop), ("C", "F", "T"))
        return {
            SPECTROGRAM if name == self.field else name: picture if name == self.field else s
            for name, s in fields.items()
        }

    def apply(self, batch: Batch, fitted: Fitted) -> Batch:
        from visualnet.data.preparation.arrays import sound_arrays

        found: Batch = {name: values for name, values in batch.items() if name != self.field}
        found[SPECTROGRAM] = sound_arrays.log_mel(batch[self.field], self.rate, self.bands, self.window, self.hop)
        return found
