"""A loudspeaker and microphones that the tests turn by hand."""

from __future__ import annotations

import numpy as np

from visualnet.data.examination.sound import Sound


class FakeDevices:
    """Remembers what was played; ``at`` is how far it is, and ``heard`` what the microphone hears."""

    def __init__(self, microphones: tuple[str, ...] = ("Built-in", "Headset"), silent: str = "") -> None:
        self.names, self.silent = microphones, silent
        self.played: list[Sound] = []
        self.at: float | None = None
        self.heard = Sound(np.zeros(0, np.float32), 8_000)
        self.recording = ""

    def why_silent(self) -> str:
        return self.silent

    def play(self, sound: Sound) -> None:
        self.played.append(sound)
        self.at = 0.0

    def position(self) -> float | None:
        return self.at

    def stop(self) -> None:
        self.at = None

    def microphones(self) -> tuple[str, ...]:
        return self.names

    def record(self, microphone: str) -> None:
        if microphone == "broken":
            raise OSError("“broken” cannot be opened.")
        self.recording = microphone

    def recorded(self) -> Sound:
        return self.heard

    def end_recording(self) -> Sound:
        self.recording = ""
        return self.heard
