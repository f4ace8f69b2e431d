"""What is remembered survives; what was damaged is forgotten, and never keeps the program from starting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from visualnet.core.user.settings import RECENT, Settings, UserSetting

THEME = UserSetting("theme", "system", "Which theme is shown.")
SHORTCUTS: UserSetting[dict[str, Any]] = UserSetting("shortcuts", {}, "The keys of actions.")
VIEW: UserSetting[dict[str, Any]] = UserSetting(
    "view", {}, "How it is seen.", {"log": "Whether the scale is logarithmic."}
)


def test_values_survive_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings(path)[THEME] = "light"
    assert Settings(path)[THEME] == "light"


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"theme": 7}', "[" * 100_000, "\x00\xff"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, "utf-8")
    settings = Settings(path)
    assert settings[THEME] == "system"
    settings[THEME] = "dark"
    assert Settings(path)[THEME] == "dark"


def test_a_disk_that_cannot_be_written_costs_the_memory_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(tmp_path / "settings.json")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    settings[THEME] = "dark"
    assert settings[THEME] == "dark"
    assert not (tmp_path / "settings.json").exists()


def test_sections_are_kept_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    keys = Settings(path).section(SHORTCUTS)
    keys["edit.undo"] = ["Ctrl+U"]
    assert dict(Settings(path).section(SHORTCUTS)) == {"edit.undo": ["Ctrl+U"]}
    del Settings(path).section(SHORTCUTS)["edit.undo"]
    assert not Settings(path).section(SHORTCUTS)


def test_a_section_takes_the_parts_that_are_declared(tmp_path: Path) -> None:
    view = Settings(tmp_path / "settings.json").section(VIEW)
    view["log"] = True
    assert view.get("log") is True
    for wrong in (lambda: view.get("lg"), lambda: view.update(lg=True)):
        with pytest.raises(ValueError, match="declares no part 'lg', only log"):
            wrong()


def test_a_default_is_nobodys_to_change(tmp_path: Path) -> None:
    names: UserSetting[list[str]] = UserSetting("names", [], "Some names.")
    Settings(tmp_path / "settings.json")[names].append("one")
    assert names.default == []


def test_the_folder_of_dialogs_is_the_one_used_last(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    assert settings.folder == Path.home()
    settings.remember_folder(tmp_path)
    assert Settings(settings.path).folder == tmp_path


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
