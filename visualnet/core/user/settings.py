"""What the program remembers for a person between starts: theme, recent files, window, shortcuts, last choices."""

from __future__ import annotations

import json
from collections import UserDict
from pathlib import Path
from typing import Any, NamedTuple

from visualnet.core.storage.paths import settings_path
from visualnet.core.storage.regular_files import read_regular, write_all
from visualnet.core.storage.temporaries import ReplacementFile

RECENT = 12


class RecentFile(NamedTuple):
    """A file of the list: whether it is kept at its head, and whether it is still there."""

    path: Path
    pinned: bool
    there: bool


class Settings(UserDict[str, Any]):
    """A JSON file that behaves like a dictionary. A file that cannot be read counts as empty; it never keeps the program from starting."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings_path()
        self.data = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(read_regular(self.path))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def __setitem__(self, key: str, value: Any) -> None:
        if self.data.get(key) != value:
            self.data[key] = value
            self.save()

    def __delitem__(self, key: str) -> None:
        del self.data[key]
        self.save()

    def typed(self, key: str, default: Any) -> Any:
        """The value, if it is of the default's type; a file that was edited by hand may hold anything."""
        value = self.data.get(key, default)
        return value if isinstance(value, type(default)) else default

    def section(self, key: str) -> Section:
        """A dictionary within, saved with the rest."""
        return Section(self, key)

    def files(self) -> list[RecentFile]:
        """The files opened lately, those that are pinned first; of the others the newest first. Missing ones among them."""
        pinned = self._names("pinned")
        names = [*pinned, *(p for p in self._names("recent") if p not in pinned)]
        return [RecentFile(Path(p), p in pinned, Path(p).is_file()) for p in names]

    def remember_file(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        name = str(path.resolve())
        self["recent"] = [name, *(p for p in self._names("recent") if p != name)][:RECENT]

    def pin_file(self, path: Path, state: bool) -> None:
        """Keep a file at the head of the list, or no longer."""
        others = [p for p in self._names("pinned") if p != str(path)]
        self["pinned"] = [*others, str(path)] if state else others

    def forget_file(self, path: Path) -> None:
        """Take a file off the list; the file itself stays."""
        self["pinned"] = [p for p in self._names("pinned") if p != str(path)]
        self["recent"] = [p for p in self._names("recent") if p != str(path)]

    def finished_lessons(self) -> list[str]:
        """The lessons that were gone through to their last step."""
        return self._names("lessons")

    def finish_lesson(self, name: str) -> None:
        """Remember that a lesson was gone through."""
        self["lessons"] = [*(n for n in self._names("lessons") if n != name), name]

    def _names(self, key: str) -> list[str]:
        return [p for p in self.typed(key, []) if isinstance(p, str)]

    def save(self) -> None:
        """Write the file aside, then put it in place. A full or read-only disk costs the memory, not the session."""
        try:
            with ReplacementFile(self.path) as aside:
                write_all(aside.handle, json.dumps(self.data, indent=1, sort_keys=True).encode())
                aside.put_in_place()
        except OSError:
            return


class Section(UserDict[str, Any]):
    """A part of the settings that others may write into (the keys of shortcuts, say)."""

    def __init__(self, settings: Settings, key: str) -> None:
        self._settings, self._key = settings, key

    @property
    def data(self) -> dict[str, Any]:  # type: ignore[override]
        """What it holds now: other parts of the program may hold the same section."""
        return dict(self._settings.typed(self._key, {}))

    def __setitem__(self, key: str, value: Any) -> None:
        self._settings[self._key] = {**self.data, key: value}

    def __delitem__(self, key: str) -> None:
        rest = self.data
        del rest[key]
        self._settings[self._key] = rest
