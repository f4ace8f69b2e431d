"""Where sounds cannot be heard, words say why, and what helps."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.app.fake_sound import FakeDevices
from visualnet.app.services.sound import devices


@pytest.fixture(autouse=True)
def looked_for_anew() -> Iterator[None]:
    """Each test finds its own."""
    devices.set_devices(None)
    yield
    devices.set_devices(None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'PySide6.QtMultimedia'"), "pip install PySide6-Addons=="),
        (ImportError("libpulse.so.0: cannot open shared object file"), "libpulse.so.0"),
    ],
)
def test_without_qt_multimedia_it_says_what_helps(
    error: ImportError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def load(name: str) -> Any:
        asked.append(name)
        raise error

    monkeypatch.setattr(importlib, "import_module", load)
    for _ in range(2):
        with pytest.raises(devices.NoSound) as found:
            devices.find_devices()
        assert words in str(found.value)
    assert len(asked) == 1  # it is looked for once


def test_other_devices_take_their_place() -> None:
    fake = FakeDevices()
    devices.set_devices(fake)
    assert devices.find_devices() is fake
