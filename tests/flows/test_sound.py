"""Sounds are heard and recorded: on the Data page, beside the charts of Evaluate, in Try it."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.app.fake_sound import FakeDevices
from tests.flows.hands import LEFT, NONE, Hands
from visualnet.app.services.sound.devices import NO_MICROPHONE, NoSound, set_devices
from visualnet.app.shell.window import Window
from visualnet.data.examination.sound import Sound
from visualnet.data.inspect_source import choose

RATE = 8_000


@pytest.fixture
def devices() -> Iterator[FakeDevices]:
    """Devices that the test turns by hand."""
    fake = FakeDevices()
    set_devices(fake)
    yield fake
    set_devices(None)


def open_sounds(window: Window, folder: Path) -> None:
    """Take a folder of twelve tones as the data of a project."""
    for number in range(12):
        path = folder / ("low", "high")[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        tone = np.sin(2 * np.pi * 300 * (1 + number % 2) * np.arange(RATE) / RATE) * 0.5
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((tone * 32767).astype("<i2").tobytes())
    window.project_files.open_template("perceptron-points")
    chosen, _ = choose("sound", folder, {"rate": RATE})
    window.studio.do("Data", lambda p: msgspec.structs.replace(p, data=chosen))


@pytest.mark.wide
def test_a_sound_of_the_data_is_heard_and_stopped(
    window: Window, hands: Hands, tmp_path: Path, devices: FakeDevices
) -> None:
    open_sounds(window, tmp_path / "sounds")
    window.show_space("data")
    page = window.panel("data")
    grid, viewer = page.samples.grid, page.samples.viewer
    hands.until(lambda: grid.samples.rowCount() == 12, what="the samples")
    QTest.mouseClick(grid.viewport(), LEFT, NONE, grid.visualRect(grid.samples.index(1)).center())
    player = viewer.display.player
    hands.until(lambda: player.sound is not None, what="the sound")
    assert player.isVisible() and player.play.isVisible() and player.time.text() == "1.0 s"

    QTest.mouseClick(player.play, LEFT)
    (played,) = devices.played
    assert played.rate == RATE and len(played.samples) == RATE and player.play.accessibleName() == "Stop"
    devices.at = 0.25
    hands.until(lambda: viewer.display.picture.position == 0.25, what="the line on the waveform")
    assert player.time.text() == "0.2 s of 1.0 s"
    QTest.keyClick(viewer, Qt.Key.Key_Space)
    assert devices.at is None and viewer.display.picture.position is None and player.play.accessibleName() == "Play"

    # It ends by itself, and when another sample is looked at.
    QTest.keyClick(viewer, Qt.Key.Key_Space)
    devices.at = None
    hands.until(lambda: not player.playing, what="the end")
    QTest.keyClick(viewer, Qt.Key.Key_Space)
    QTest.keyClick(viewer, Qt.Key.Key_Right)
    hands.until(lambda: devices.at is None and not player.playing, what="silence")
    assert len(devices.played) == 3

    # Where nothing can be heard there is no dead button, but words.
    for trouble in (NoSound("pip install it"), FakeDevices(silent="There is no loudspeaker.")):
        set_devices(trouble)
        QTest.keyClick(viewer, Qt.Key.Key_Right)
        words = trouble.silent if isinstance(trouble, FakeDevices) else "pip install it"
        hands.until(lambda words=words: player.words.text() == words, what="words")
        assert player.words.isVisible() and not player.play.isVisible()
        QTest.keyClick(viewer, Qt.Key.Key_Space)
        assert not player.playing


def test_a_sound_is_recorded_in_try_it(window: Window, hands: Hands, tmp_path: Path, devices: FakeDevices) -> None:
    import torch  # noqa: F401  # what the window does in the background

    open_sounds(window, tmp_path / "sounds")
    panel, probes = window.show_panel("try_it"), window.runner.probes
    hands.until(lambda: "sound" in panel.editors, what="a place for a sound")
    editor = panel.editors["sound"]
    hands.rest(0.1)
    recorder = editor.recorder
    assert recorder.record.isVisible() and recorder.microphone.count() == 2 and not editor.player.isVisible()
    recorder.microphone.setCurrentIndex(1)
    QTest.mouseClick(recorder.record, LEFT)
    assert devices.recording == "Headset"
    devices.heard = Sound(np.sin(np.arange(22_050) / 20).astype(np.float32) * 0.3, 44_100)
    hands.until(lambda: editor.wave.contents and "0.5 s" in recorder.record.text(), what="the curve that grows")
    assert editor.value() is None
    QTest.mouseClick(recorder.record, LEFT)
    assert not devices.recording and editor.value() is not None and editor.value().shape == (1, RATE)
    hands.until(lambda: probes.own is not None, what="an answer to it")
    assert editor.player.isVisible()
    QTest.keyClick(editor, Qt.Key.Key_Space)
    assert devices.played[-1].rate == RATE and editor.player.playing
    QTest.keyClick(editor, Qt.Key.Key_Space)
    assert devices.at is None

    # A microphone that fails, none at all, and no Qt Multimedia: words, and no dead button.
    devices.names = ("broken",)
    recorder.refresh()
    assert not recorder.microphone.isVisible()
    QTest.mouseClick(recorder.record, LEFT)
    assert "cannot be opened" in recorder.words.text() and not recorder.recording
    devices.names = ()
    recorder.refresh()
    assert recorder.words.text() == NO_MICROPHONE and not recorder.record.isVisible()
    set_devices(NoSound("pip install it"))
    recorder.refresh()
    assert recorder.words.text() == "pip install it" and not recorder.record.isVisible()
