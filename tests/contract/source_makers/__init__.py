"""Small data for every source of own files, made by its maker: `test_sources.py` holds each source against them.

A new source adds a maker: a function that writes files into a folder and gives what a person would choose. It stands in a module here,
which `load_makers` imports by its name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from visualnet.core.graph import Value


class Made(NamedTuple):
    """What a maker made: the path to choose, the options, and how many samples there are."""

    path: Path
    options: Mapping[str, Value]
    size: int
    is_guessed: bool = True
    """Whether the source must be the first guess for the path."""
    is_damaged_by_more: bool = False
    """Whether a byte at its end makes the first file unreadable."""


Maker = Callable[[Path], Made]
MAKERS: dict[tuple[str, str], Maker] = {}
"""By the name of the source and what is special about the data."""


def maker(source: str) -> Callable[[Maker], Maker]:
    """Register a maker of data for a source."""

    def register(make: Maker) -> Maker:
        MAKERS[source, make.__name__] = make
        return make

    return register


def load_makers() -> dict[tuple[str, str], Maker]:
    """All makers."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return MAKERS
