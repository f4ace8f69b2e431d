"""Small JSON files of a run's folder: read within bounds into a checked struct, written whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import read_regular
from visualnet.core.storage.safe_json import RefusedJson, scan
from visualnet.core.text.format import format_bytes
from visualnet.core.text.hidden_characters import clean

MAX_BYTES = 256 << 10
MAX_ENTRIES = 1_000
"""Values that one mapping holds."""
MAX_WORDS = 1_000
"""Characters of a text that has no bound of its own."""
Plain = bool | int | float | str
"""What stands for a setting in a record."""
S = TypeVar("S", bound=msgspec.Struct)


def parse(data: bytes, kind: type[S], name: str) -> S:
    """The struct that these bytes describe; keys that it does not know are left out.

    Raises:
        ValueError: they describe none, or break a bound; the words begin with ``name``.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{name} has {format_bytes(len(data))}; at most {format_bytes(MAX_BYTES)} are read")
    try:
        return msgspec.convert(scan(data), kind)
    except RefusedJson as error:
        raise ValueError(f"{name} cannot be read: {error.reason}") from None
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from None


def read(path: Path, kind: type[S]) -> S:
    """The struct that a file holds.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read, or breaks a bound.
    """
    try:
        data = read_regular(path, MAX_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror or error}") from None
    return parse(data, kind, path.name)


def write(path: Path, value: msgspec.Struct) -> None:
    """Put a struct into a file that at every moment holds all of the old values or all of the new.

    Raises:
        FileError: it cannot be written.
    """
    project_file.write(path, msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def short_text(text: str, most: int = MAX_WORDS) -> str:
    """A text on one line, without characters that nobody sees, cut to so many."""
    return clean(text)[:most]


def plain_values(values: Mapping[str, Any]) -> dict[str, Plain]:
    """What a file can hold of some values: finite numbers, short texts, truth values, by short names."""
    found: dict[str, Plain] = {}
    for name, value in values.items():
        if len(found) >= MAX_ENTRIES:
            break
        if isinstance(value, str):
            found[short_text(name)] = short_text(value)
        elif isinstance(value, bool) or (
            isinstance(value, int | float) and math.isfinite(value) and abs(value) < 2**53
        ):
            found[short_text(name)] = value
        elif isinstance(value, list | tuple):
            found[short_text(name)] = short_text(", ".join(map(str, value)))
    return found


def finite_figures(values: Mapping[str, Any]) -> dict[str, float]:
    """The finite numbers among some values, by name."""
    return {
        name: float(value)
        for name, value in plain_values(values).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
