"""What plays and records sounds. The window knows only this; tests put their own in its place."""

from __future__ import annotations

import importlib
from typing import Protocol

import PySide6

from visualnet.data.examination.sound import Sound

NO_OUTPUT = "There is no loudspeaker and no headphone to hear it with."
NO_MICROPHONE = "There is no microphone to record with."


class SoundDevices(Protocol):
    """The loudspeaker and the microphones of this machine. One sound at a time is played, one is recorded."""

    def why_silent(self) -> str:
        """Why nothing can be heard, in words; empty where it can."""

    def play(self, sound: Sound) -> None:
        """Play this from its beginning, in place of what plays.

        Raises:
            OSError: the device does not take it.
        """

    def position(self) -> float | None:
        """The seconds that were heard so far; None while nothing plays."""

    def stop(self) -> None:
        """Play no further."""

    def microphones(self) -> tuple[str, ...]:
        """The names of the microphones, the usual one first."""

    def record(self, microphone: str) -> None:
        """Record with this microphone.

        Raises:
            OSError: it cannot be opened.
        """

    def recorded(self) -> Sound:
        """What was recorded so far."""

    def end_recording(self) -> Sound:
        """Record no further; what was recorded."""


class NoSound(Exception):
    """Sounds can be neither heard nor recorded here; the words say why, and what helps."""


_found: SoundDevices | NoSound | None = None


def find_devices() -> SoundDevices:
    """What plays and records here, looked for once.

    Raises:
        NoSound: Qt Multimedia is not there, or something that it needs.
    """
    global _found
    if _found is None:
        _found = _load()
    if isinstance(_found, NoSound):
        raise _found
    return _found


def set_devices(devices: SoundDevices | NoSound | None) -> None:
    """Play and record with these; None looks for them anew."""
    global _found
    _found = devices


def _load() -> SoundDevices | NoSound:
    try:
        module = importlib.import_module("visualnet.app.services.sound.qt_devices")
    except ModuleNotFoundError:
        wanted = f"PySide6-Addons=={PySide6.__version__}"
        return NoSound(f"Sounds are heard where Qt Multimedia is installed: pip install {wanted}")
    except ImportError as error:  # a library of the system that it needs is missing, such as libpulse.so.0
        return NoSound(f"Sounds cannot be heard: Qt Multimedia does not load here ({error})")
    devices: SoundDevices = module.QtDevices()
    return devices
