"""Data of one's own as verbs are given them: a path, the kind that they are read as, options."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from visualnet.cli.common import UsageError
from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.core.text.format import capitalize_first, format_percent
from visualnet.data.sources.registry import SOURCES, guess_sources
from visualnet.data.sources.source import SourceScan


def choice_options(verb: argparse.ArgumentParser) -> None:
    """How own data are read, where the guess is not what is meant."""
    verb.add_argument(
        "--kind", metavar="KIND", help="read it as this kind of data, instead of the one that it looks like"
    )
    verb.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="set an option of this kind of data; may be repeated",
    )


def choose_data(path: str, kind: str | None, settings: list[str]) -> tuple[DataChoice, SourceScan]:
    """The data at a path, looked through: as the kind that is asked for, or the one that they look like.

    Raises:
        UsageError: there is nothing, or it cannot be read so; the words say why.
    """
    from visualnet.data.inspect_source import choose

    place = Path(path)
    if not place.exists():
        raise UsageError(f"there is no file and no folder “{path}”")
    if kind is not None and kind not in SOURCES:
        raise UsageError(f"--kind {kind}: there is no such kind of data (there are {', '.join(SOURCES)})")
    guesses = {source.name: guess for source, guess in guess_sources(place)}
    chosen = kind or next(iter(guesses), "")
    if not chosen and ((place.is_file() and not place.stat().st_size) or (place.is_dir() and not any(place.iterdir()))):
        raise UsageError(f"“{path}” is empty: there is nothing to read in it")
    if not chosen:
        raise UsageError(f"“{path}” does not look like any kind of data that can be read; --kind says which it is")
    guessed: Mapping[str, Value] = guesses[chosen].options if chosen in guesses else {}
    try:
        return choose(chosen, place, {**guessed, **_read_options(chosen, settings)})
    except ValueError as error:
        raise UsageError(capitalize_first(str(error))) from None


def fetch_set(name: str, folder: str) -> None:
    """Fetch one of torchvision's sets into a folder; how far it is stands on the error output of a terminal.

    Raises:
        UsageError: it cannot be fetched; the words say why.
    """
    from visualnet.data.sources.torchvision_sets.download import download

    shown = -1

    def show(share: float) -> None:
        nonlocal shown
        if sys.stderr.isatty() and int(100 * share) > shown:
            shown = int(100 * share)
            print(f"\r{name}: {format_percent(share, 0)}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

    try:
        download(name, Path(folder), show)
    except (OSError, ValueError) as error:
        raise UsageError(f"--download {name}: {error}") from None


def _read_options(kind: str, settings: list[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals or name not in SOURCES[kind].params:
            known = ", ".join(SOURCES[kind].params) or "none"
            raise UsageError(f"--option {text}: NAME=VALUE with an option of “{kind}” is wanted (it has: {known})")
        found[name] = _value_of(value)
    return found


def _value_of(text: str) -> Value:
    """A number, yes or no, or the text itself."""
    try:
        read: object = json.loads(text)
    except ValueError:
        return text
    return read if isinstance(read, bool | int | float | str) else text
