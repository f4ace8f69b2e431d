"""Loudspeaker and microphones by Qt Multimedia. Only `devices.py` imports this, when a sound is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QAudioSource, QMediaDevices

from visualnet.app.services.sound.devices import NO_MICROPHONE, NO_OUTPUT
from visualnet.data.examination.sound import Sound
from visualnet.data.sources.sounds.resample import resample

Array = NDArray[Any]

DTYPES: dict[QAudioFormat.SampleFormat, np.dtype[Any]] = {
    QAudioFormat.SampleFormat.Float: np.dtype("<f4"),
    QAudioFormat.SampleFormat.Int16: np.dtype("<i2"),
    QAudioFormat.SampleFormat.Int32: np.dtype("<i4"),
    QAudioFormat.SampleFormat.UInt8: np.dtype("u1"),
}

PLAYING = ("ActiveState", "SuspendedState")
"""States by their names: Qt 6.7 moved them from QAudio to QtAudio, and the two do not compare equal."""


class QtDevices:
    """The usual output, and the microphone that a person picks."""

    def __init__(self) -> None:
        self._sink: QAudioSink | None = None
        self._source: QAudioSource | None = None
        # Kept as long as the device reads and writes them: Qt holds only pointers.
        self._played, self._heard = QBuffer(), QBuffer()
        self._format = QAudioFormat()

    def why_silent(self) -> str:
        return NO_OUTPUT if QMediaDevices.defaultAudioOutput().isNull() else ""

    def play(self, sound: Sound) -> None:
        self.stop()
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            raise OSError(NO_OUTPUT)
        wanted = find_format(device, sound.rate)
        samples = resample(sound.samples, sound.rate, wanted.sampleRate())
        self._played = QBuffer()
        self._played.setData(QByteArray(encode(samples, wanted)))
        self._played.open(QIODevice.OpenModeFlag.ReadOnly)
        self._sink = QAudioSink(device, wanted)
        self._sink.start(self._played)
        if _has_failed(self._sink):
            self.stop()
            raise OSError(f"“{device.description()}” does not play it")

    def position(self) -> float | None:
        sink = self._sink
        if sink is None or sink.state().name not in PLAYING:
            return None
        return sink.processedUSecs() / 1e6

    def stop(self) -> None:
        if self._sink is not None:
            self._sink.stop()
            self._sink = None

    def microphones(self) -> tuple[str, ...]:
        usual = QMediaDevices.defaultAudioInput()
        others = [device for device in QMediaDevices.audioInputs() if device != usual]
        found = others if usual.isNull() else [usual, *others]
        return tuple(device.description() for device in found)

    def record(self, microphone: str) -> None:
        self.end_recording()
        device = next((d for d in QMediaDevices.audioInputs() if d.description() == microphone), None)
        if device is None:
            raise OSError(NO_MICROPHONE if not microphone else f"The microphone “{microphone}” is gone.")
        self._format = device.preferredFormat()
        self._heard = QBuffer()
        self._heard.open(QIODevice.OpenModeFlag.ReadWrite)
        self._source = QAudioSource(device, self._format)
        self._source.start(self._heard)
        if _has_failed(self._source):
            self._source = None
            raise OSError(f"“{microphone}” cannot be opened.")

    def recorded(self) -> Sound:
        return Sound(decode(bytes(self._heard.data().data()), self._format), max(self._format.sampleRate(), 1))

    def end_recording(self) -> Sound:
        if self._source is not None:
            self._source.stop()
            self._source = None
        return self.recorded()


def _has_failed(stream: QAudioSink | QAudioSource) -> bool:
    return bool(stream.error().name != "NoError")


def find_format(device: QAudioDevice, rate: int) -> QAudioFormat:
    """One channel of real numbers at this rate where the device takes that, else what it likes best."""
    wanted = QAudioFormat()
    wanted.setSampleRate(rate)
    wanted.setChannelCount(1)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Float)
    return wanted if device.isFormatSupported(wanted) else device.preferredFormat()


def encode(samples: Array, wanted: QAudioFormat) -> bytes:
    """Samples from -1 to 1 as the bytes of a format, the same in every channel."""
    dtype = DTYPES[wanted.sampleFormat()]
    held = np.clip(samples, -1, 1)
    if dtype.kind == "i":
        held = np.rint(held * np.iinfo(dtype).max)
    elif dtype.kind == "u":
        held = np.rint(held * 127 + 128)
    return np.repeat(held.astype(dtype), wanted.channelCount()).tobytes()


def decode(raw: bytes, given: QAudioFormat) -> Array:
    """The bytes of a format as samples from -1 to 1: the mean of its channels."""
    dtype, channels = DTYPES.get(given.sampleFormat()), given.channelCount()
    if dtype is None or not channels:
        return np.zeros(0, np.float32)
    frames = len(raw) // (dtype.itemsize * channels)
    found = np.frombuffer(raw, dtype, frames * channels).reshape(frames, channels).astype(np.float32)
    if dtype.kind == "i":
        found /= np.float32(np.iinfo(dtype).max)
    elif dtype.kind == "u":
        found = (found - np.float32(128)) / np.float32(127)
    return found.mean(axis=1, dtype=np.float32) if frames else np.zeros(0, np.float32)
