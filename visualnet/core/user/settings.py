"""What the program remembers for a person between starts: theme, recent files, window, shortcuts, last choices."""

from __future__ import annotations

import json
from collections import UserDict
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from visualnet.core.storage.paths import settings_path
from visualnet.core.storage.regular_files import read_regular, write_all
from visualnet.core.storage.temporaries import ReplacementFile

RECENT = 12
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class UserSetting(Generic[T]):
    """One thing that is remembered: its key in the file, what it is at first, and what it means.

    One whose default is ``{}`` is a section. ``parts`` tells what each of its keys means; where there are none, the keys are names that
    the person or the program gives (of actions, say).
    """

    key: str
    default: T
    meaning: str
    parts: Mapping[str, str] = field(default_factory=dict)


FOLDER = UserSetting("folder", "", "The folder in which a file was opened or written last; file dialogs begin there.")
RECENT_FILES: UserSetting[list[Any]] = UserSetting("recent", [], "The files opened lately, the newest first.")
PINNED_FILES: UserSetting[list[Any]] = UserSetting("pinned", [], "The files that are kept at the head of that list.")
FINISHED_LESSONS: UserSetting[list[Any]] = UserSetting(
    "lessons", [], "The lessons that were gone through to their last step."
)
OWN_SETTINGS = (FOLDER, RECENT_FILES, PINNED_FILES, FINISHED_LESSONS)
"""What has a method here."""


class RecentFile(NamedTuple):
    """A file of the list: whether it is kept at its head, and whether it is still there."""

    path: Path
    pinned: bool
    there: bool


class Settings:
    """A JSON file, read and written by declared settings: ``settings[FOLDER]``.

    A file that cannot be read counts as empty; it never keeps the program from starting. A value of another type than the default's
    (the file may have been edited by hand) counts as the default.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings_path()
        self.data = self._read()
        """All that the file holds, by key; also what this version does not know."""

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(read_regular(self.path))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def __getitem__(self, setting: UserSetting[T]) -> T:
        value = self.data.get(setting.key)
        return value if isinstance(value, type(setting.default)) else copy(setting.default)

    def __setitem__(self, setting: UserSetting[T], value: T) -> None:
        if self.data.get(setting.key) != value:
            self.data[setting.key] = value
            self.save()

    def section(self, setting: UserSetting[dict[str, Any]]) -> SettingsSection:
        """A dictionary within, saved with the rest."""
        return SettingsSection(self, setting)

    @property
    def folder(self) -> Path:
        """Where file dialogs begin: the folder used last, or the person's own."""
        return Path(self[FOLDER] or Path.home())

    def remember_folder(self, folder: Path) -> None:
        """File dialogs begin in this folder from now on."""
        self[FOLDER] = str(folder)

    def files(self) -> list[RecentFile]:
        """The files opened lately, those that are pinned first; of the others the newest first. Missing ones among them."""
        pinned = self._names(PINNED_FILES)
        names = [*pinned, *(p for p in self._names(RECENT_FILES) if p not in pinned)]
        return [RecentFile(Path(p), p in pinned, Path(p).is_file()) for p in names]

    def remember_file(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        name = str(path.resolve())
        self[RECENT_FILES] = [name, *(p for p in self._names(RECENT_FILES) if p != name)][:RECENT]

    def pin_file(self, path: Path, state: bool) -> None:
        """Keep a file at the head of the list, or no longer."""
        others = [p for p in self._names(PINNED_FILES) if p != str(path)]
        self[PINNED_FILES] = [*others, str(path)] if state else others

    def forget_file(self, path: Path) -> None:
        """Take a file off the list; the file itself stays."""
        self[PINNED_FILES] = [p for p in self._names(PINNED_FILES) if p != str(path)]
        self[RECENT_FILES] = [p for p in self._names(RECENT_FILES) if p != str(path)]

    def finished_lessons(self) -> list[str]:
        """The lessons that were gone through to their last step."""
        return self._names(FINISHED_LESSONS)

    def finish_lesson(self, name: str) -> None:
        """Remember that a lesson was gone through."""
        self[FINISHED_LESSONS] = [*(n for n in self._names(FINISHED_LESSONS) if n != name), name]

    def _names(self, setting: UserSetting[list[Any]]) -> list[str]:
        return [p for p in self[setting] if isinstance(p, str)]

    def save(self) -> None:
        """Write the file aside, then put it in place. A full or read-only disk costs the memory, not the session."""
        try:
            with ReplacementFile(self.path) as aside:
                write_all(aside.handle, json.dumps(self.data, indent=1, sort_keys=True).encode())
                aside.put_in_place()
        except OSError:
            return


class SettingsSection(UserDict[str, Any]):
    """A part of the settings that others may write into (the keys of shortcuts, say).

    Raises ValueError for a key that is none of its setting's parts, where those are declared.
    """

    def __init__(self, settings: Settings, setting: UserSetting[dict[str, Any]]) -> None:
        self._settings, self._setting = settings, setting

    @property
    def data(self) -> dict[str, Any]:  # type: ignore[override]
        """What it holds now: other parts of the program may hold the same section."""
        held: dict[str, Any] = self._settings[self._setting]
        return dict(held)

    def _check(self, key: str) -> None:
        if (parts := self._setting.parts) and key not in parts:
            raise ValueError(f"the setting {self._setting.key!r} declares no part {key!r}, only {', '.join(parts)}")

    def __getitem__(self, key: str) -> Any:
        self._check(key)
        return self.data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._check(key)
        self._settings[self._setting] = {**self.data, key: value}

    def __delitem__(self, key: str) -> None:
        rest = self.data
        del rest[key]
        self._settings[self._setting] = rest
