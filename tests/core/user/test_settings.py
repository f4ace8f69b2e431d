"""What is remembered survives; what was damaged is forgotten, and never keeps the program from starting."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from visualnet.core.user.settings import RECENT, Settings


def test_values_survive_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings(path)["theme"] = "light"
    assert Settings(path)["theme"] == "light"


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"theme": 7}', "[" * 100_000, "\x00\xff"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, "utf-8")
    settings = Settings(path)
    assert settings.typed("theme", "system") == "system"
    settings["theme"] = "dark"
    assert Settings(path)["theme"] == "dark"


def test_a_disk_that_cannot_be_written_costs_the_memory_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path / "settings.json")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    settings["theme"] = "dark"
    assert settings["theme"] == "dark"
    assert not (tmp_path / "settings.json").exists()


def test_sections_are_kept_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    keys = Settings(path).section("shortcuts")
    keys["edit.undo"] = ["Ctrl+U"]
    assert dict(Settings(path).section("shortcuts")) == {"edit.undo": ["Ctrl+U"]}
    del Settings(path).section("shortcuts")["edit.undo"]
    assert not Settings(path).section("shortcuts")


def test_recent_files_are_newest_first_and_tell_which_are_missing(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    files = [tmp_path / f"{i}.vnet" for i in range(RECENT + 3)]
    for file in files:
        file.touch()
        settings.remember_file(file)
    settings.remember_file(files[5])
    assert settings.files()[0].path == files[5]
    assert len(settings.files()) == RECENT
    files[5].unlink()
    assert not next(file for file in settings.files() if file.path == files[5]).there
