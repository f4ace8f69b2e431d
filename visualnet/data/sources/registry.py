"""Every source of own data; importing this fills `SOURCES`."""

from __future__ import annotations

from pathlib import Path

from visualnet.data.sources import series, table
from visualnet.data.sources.arrays import array_source
from visualnet.data.sources.common.first_entries import share_first_entries
from visualnet.data.sources.images import image_boxes, image_folder, image_masks, image_regions, image_table
from visualnet.data.sources.sounds import sound
from visualnet.data.sources.source import SOURCES, FileSource, Guess
from visualnet.data.sources.texts import sentence_pairs, text
from visualnet.data.sources.torchvision_sets import torchvision_sets

__all__ = ["SOURCES", "guess_sources"]

DECLARED_IN = (
    image_folder,
    image_table,
    image_masks,
    image_boxes,
    image_regions,
    text,
    sentence_pairs,
    sound,
    table,
    series,
    array_source,
    torchvision_sets,
)
"""The modules whose import declares the sources."""


def guess_sources(path: Path) -> list[tuple[type[FileSource], Guess]]:
    """The sources that can read this file or folder, the likeliest first."""
    with share_first_entries():
        found = [(kind, kind.guess(path)) for kind in SOURCES.values()]
    return sorted(((k, g) for k, g in found if g is not None and g.score > 0), key=lambda pair: -pair[1].score)
