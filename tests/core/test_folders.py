"""The person's folders are made on demand and can be moved."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from visualnet.core import folders


def test_a_home_of_its_own_moves_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISUALNET_HOME", str(tmp_path / "elsewhere"))
    assert folders.data_dir() == tmp_path / "elsewhere"
    for made in (folders.runs_dir(), folders.journal_dir(), folders.log_dir()):
        assert made.is_dir() and made.parent == tmp_path / "elsewhere"
    assert folders.settings_path().parent.is_dir() and not folders.settings_path().exists()


def test_else_the_system_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VISUALNET_HOME")
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda name, appauthor: str(tmp_path / name))
    assert folders.data_dir() == tmp_path / "visualnet"
