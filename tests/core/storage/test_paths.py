"""The person's folders are made on demand and can be moved."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from visualnet.core.storage import paths


def test_a_home_of_its_own_moves_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISUALNET_HOME", str(tmp_path / "elsewhere"))
    assert paths.data_dir() == tmp_path / "elsewhere"
    for made in (paths.runs_dir(), paths.journal_dir(), paths.log_dir()):
        assert made.is_dir() and made.parent == tmp_path / "elsewhere"
    assert paths.settings_path().parent.is_dir() and not paths.settings_path().exists()


def test_else_the_system_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VISUALNET_HOME")
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda name, appauthor: str(tmp_path / name))
    assert paths.data_dir() == tmp_path / "visualnet"
