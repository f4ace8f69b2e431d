"""The person's presets: named parameters of a kind of node, and which of them new nodes begin with.

One JSON file in the person's folder, checked as a whole when it is read. What a preset holds is put into a project by the same edits as
anything typed, so it is held to the same bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import data_dir
from visualnet.core.storage.regular_files import read_regular
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import clean, visible
from visualnet.core.validation import check_kind, check_values, plain

MAX_BYTES = 1 << 20
MAX_EACH = 100
"""Presets of one kind."""
MAX_TITLE = 60


class PresetGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The presets of one kind by name; ``default`` names the one that new nodes begin with."""

    presets: dict[str, dict[str, Any]] = {}
    default: str = ""


def presets_path() -> Path:
    """Where the presets are kept; the file may not exist yet."""
    return data_dir() / "presets.json"


def preset_groups() -> dict[str, PresetGroup]:
    """All presets by kind.

    Raises:
        FileError: the file is there, but is no presets.
    """
    path = presets_path()
    try:
        found = path.stat()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileError(path.name, error.strerror or str(error)) from None
    return dict(_read(path, found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, _time_ns: int, size: int) -> Mapping[str, PresetGroup]:
    way_out = f"Move {path} away to begin anew."
    if size > MAX_BYTES:
        raise FileError(
            path.name, f"it has {format_bytes(size)}; presets have at most {format_bytes(MAX_BYTES)}", way_out=way_out
        )
    try:
        read = msgspec.json.decode(read_regular(path, MAX_BYTES), type=dict[str, PresetGroup])
        return {kind: _checked(kind, shelf) for kind, shelf in read.items()}
    except OSError as error:
        raise FileError(path.name, error.strerror or str(error), way_out=way_out) from None
    except (ValueError, RecursionError) as error:
        raise FileError(path.name, str(error), way_out=way_out) from None


def _checked(kind: str, shelf: PresetGroup) -> PresetGroup:
    check_kind(kind)
    if len(shelf.presets) > MAX_EACH:
        raise ValueError(f"{kind} has {len(shelf.presets):,} presets; {MAX_EACH} are allowed")
    for name, values in shelf.presets.items():
        _check_title(name)
        check_values(values)
    if shelf.default and shelf.default not in shelf.presets:
        raise ValueError(f"{kind} begins with “{visible(shelf.default[:80])}”, which is not there")
    return PresetGroup({name: plain(values) for name, values in shelf.presets.items()}, shelf.default)


def _check_title(name: str) -> None:
    if not name.strip() or name != name.strip() or clean(name) != name or len(name) > MAX_TITLE:
        raise ValueError(f"a preset's name has 1 to {MAX_TITLE} visible characters")


def presets_of(kind: str) -> PresetGroup:
    """The presets of a kind; none while the file cannot be read."""
    try:
        return preset_groups().get(kind, PresetGroup())
    except FileError:
        return PresetGroup()


def first_values(kind: str) -> dict[str, Any]:
    """What a new node of this kind begins with: the chosen preset's parameters, or nothing."""
    shelf = presets_of(kind)
    return dict(shelf.presets.get(shelf.default, {}))


def keep_preset(kind: str, name: str, values: Mapping[str, Any]) -> None:
    """Keep parameters under a name; one that is there already is replaced.

    Raises:
        ValueError: the name or a value cannot be kept, there are too many, or the file cannot be read or written.
    """
    name = name.strip()
    shelf = preset_groups().get(kind, PresetGroup())
    _put(kind, PresetGroup({**shelf.presets, name: dict(values)}, shelf.default))


def drop(kind: str, name: str) -> None:
    """Forget a preset.

    Raises:
        FileError: the file cannot be read or written.
    """
    shelf = preset_groups().get(kind, PresetGroup())
    rest = {n: v for n, v in shelf.presets.items() if n != name}
    _put(kind, PresetGroup(rest, "" if shelf.default == name else shelf.default))


def begin_with(kind: str, name: str) -> None:
    """Let new nodes of this kind begin with a preset; "" for the layer's own defaults.

    Raises:
        ValueError: there is no such preset, or the file cannot be read or written.
    """
    _put(kind, PresetGroup(preset_groups().get(kind, PresetGroup()).presets, name))


def _put(kind: str, shelf: PresetGroup) -> None:
    after = {**preset_groups(), kind: _checked(kind, shelf)}
    data = msgspec.json.format(msgspec.json.encode({k: s for k, s in after.items() if s.presets}), indent=1)
    if len(data) > MAX_BYTES:
        raise ValueError("the presets together are too large to be kept; delete some")
    project_file.write(presets_path(), data)
    _read.cache_clear()
