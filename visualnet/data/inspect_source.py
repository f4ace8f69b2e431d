"""From a file or folder to a choice of data: look it through, and say what was found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from visualnet.core.graph import Value
from visualnet.core.project import DataChoice
from visualnet.data.sources.registry import SOURCES
from visualnet.data.sources.source import Check, SourceScan


def choose(
    kind: str, path: Path, options: Mapping[str, Value], check: Check = lambda share: None
) -> tuple[DataChoice, SourceScan]:
    """Look own data through, and give the choice of data for a project: with what was found, and the preparation and
    the division that it wants.

    Raises:
        ValueError: nothing can be read; the words say why and what to do.
        Cancelled: from ``check``.
    """
    place = path.absolute().as_posix()
    found = SOURCES[kind](options, place).look_through(check)
    source = SOURCES[kind](options, place, found.facts)
    division, settings = source.propose_division(found.facts)
    choice = DataChoice(
        name=kind,
        options=dict(options),
        path=place,
        facts=found.facts,
        preparation=source.propose(found.facts),
        division=division,
        division_options=dict(settings),
    )
    return choice, found
