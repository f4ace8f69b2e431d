"""What the headers of many images tell: sizes, colours and formats, and which files are broken."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from visualnet.core.project import FieldFacts
from visualnet.core.text.format import format_quantity
from visualnet.data.sources.common.files import FolderScan, list_findings
from visualnet.data.sources.images.decode import read_header
from visualnet.data.sources.source import Check, Finding

MOST_HEADERS = 3_000
"""So many headers are read; of more images a sample that is spread evenly, the rest show what they are when they are decoded."""
MOST_SECONDS = 30.0
"""A slow disk: what was seen until then must do."""
CHECK_EVERY = 50


class ImageSurvey(NamedTuple):
    """What the headers that were read tell; ``broken`` are the relative paths of images that cannot be read, with the reason."""

    total: int
    seen: int
    sizes: Counter[tuple[int, int]]
    formats: Counter[str]
    modes: Counter[str]
    channels: int
    turned: tuple[str, ...]
    animated: tuple[str, ...]
    transparent: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    header_sizes: Mapping[int, tuple[int, int]]
    """Width and height by index in what was walked."""

    @property
    def is_whole(self) -> bool:
        """Whether every image was looked at."""
        return self.seen == self.total

    @property
    def common_size(self) -> tuple[int, int]:
        """Width and height that most images have; where no size is that of half of them, a square of their middle size, in steps of 8."""
        ((size, count),) = self.sizes.most_common(1)
        if 2 * count >= self.sizes.total():
            return size
        sides = sorted(min(size) for size in self.sizes.elements())
        side = max(8, round(sides[len(sides) // 2] / 8) * 8)
        return side, side

    def image_facts(self) -> FieldFacts:
        """The field of the images: of one size only where all were seen to have it."""
        one_size = self.is_whole and len(self.sizes) == 1
        width, height = self.common_size if one_size else (0, 0)
        return FieldFacts(shape=(self.channels, height, width), axes=("C", "H", "W"))

    def figures(self) -> tuple[tuple[str, str], ...]:
        """Sizes, formats and colours, in words."""
        seen = "" if self.is_whole else f" (of {self.seen:,} that were looked at)"
        return (
            ("Sizes", _share_out(Counter({f"{w} × {h}": n for (w, h), n in self.sizes.items()})) + seen),
            ("Formats", _share_out(self.formats) + seen),
            ("Colours", _share_out(self.modes) + seen),
        )

    def findings(self) -> tuple[Finding, ...]:
        """What a person should know."""
        found = list(list_findings("warning", [(file, f"left out: {words}") for file, words in self.broken]))
        if not self.is_whole:
            words = (
                f"the headers of {self.seen:,} of {self.total:,} images were read; "
                "a broken one among the rest is found when it is decoded"
            )
            found.append(Finding("hint", words))
        for files, words in (
            (self.animated, "{} animated: the first picture of each is taken"),
            (self.turned, "{} turned upright, as the camera was held (EXIF)"),
            (self.transparent, "{} transparent in places: laid on the background that the options name"),
        ):
            if files:
                found.append(Finding("hint", words.format(f"{format_quantity(len(files), 'image')}"), files[0]))
        return tuple(found)


def look_at_headers(walked: FolderScan, check: Check) -> ImageSurvey:
    """Read the headers of the images, or of a sample of them.

    Raises:
        ValueError: none of them can be read.
    """
    total = len(walked.files)
    chosen = range(total) if total <= MOST_HEADERS else [at * total // MOST_HEADERS for at in range(MOST_HEADERS)]
    sizes: Counter[tuple[int, int]] = Counter()
    formats: Counter[str] = Counter()
    modes: Counter[str] = Counter()
    kept: dict[str, list[str]] = {"turned": [], "animated": [], "transparent": []}
    broken: list[tuple[str, str]] = []
    header_sizes: dict[int, tuple[int, int]] = {}
    channels, seen, end = 1, 0, time.monotonic() + MOST_SECONDS
    for number, at in enumerate(chosen):
        if number % CHECK_EVERY == 0:
            check(number / len(chosen))
            if time.monotonic() > end:
                break
        seen += 1
        try:
            header = read_header(walked.files.absolute(at))
        except ValueError as error:
            broken.append((walked.files.relative(at), str(error)))
            continue
        sizes[header.width, header.height] += 1
        formats[header.format] += 1
        modes[COLOURS.get(header.mode, header.mode)] += 1
        channels = max(channels, header.channels)
        header_sizes[at] = header.width, header.height
        for name, files in kept.items():
            if getattr(header, f"is_{name}"):
                files.append(walked.files.relative(at))
    if not sizes:
        file, words = broken[0]
        raise ValueError(f"none of {format_quantity(total, 'image')} can be read; the first, “{file}”: {words}")
    found: dict[str, Any] = {name: tuple(files) for name, files in kept.items()}
    return ImageSurvey(
        total, seen, sizes, formats, modes, channels, broken=tuple(broken), header_sizes=header_sizes, **found
    )


COLOURS = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey, transparent",
    "P": "palette",
    "PA": "palette, transparent",
    "RGB": "RGB",
    "RGBA": "RGB, transparent",
    "I;16": "grey, 16 bits",
    "I;16B": "grey, 16 bits",
    "I": "grey, 32 bits",
    "F": "grey, real numbers",
}
"""Pillow's modes in words."""


def _share_out(counts: Counter[str], most: int = 4) -> str:
    if len(counts) == 1:
        return next(iter(counts))
    listed = [f"{name}: {n:,}" for name, n in counts.most_common(most)]
    more = len(counts) - most
    return ", ".join(listed) + (f", and {more:,} more" if more > 0 else "")
