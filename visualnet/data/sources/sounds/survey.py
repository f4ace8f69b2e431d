"""What the headers of many sounds tell together."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

from visualnet.core.text.format import format_duration, format_percent
from visualnet.core.text.hidden_characters import visible
from visualnet.data.sources.common.files import list_findings
from visualnet.data.sources.sounds.decode import SoundHeader, read_header
from visualnet.data.sources.sounds.resample import resampled_length
from visualnet.data.sources.source import Finding


class SoundSurvey:
    """Headers, one after the other."""

    def __init__(self) -> None:
        self.headers: list[SoundHeader] = []
        self.broken: list[int] = []
        self._wrong: list[tuple[str, str]] = []
        self._cut_short: list[tuple[str, str]] = []

    def look_at(self, at: int, file: str, path: Path) -> None:
        """Read the header of the next file."""
        try:
            header = read_header(path)
        except (OSError, ValueError) as error:
            self.broken.append(at)
            self._wrong.append((visible(file), f"left out: {error}"))
            return
        self.headers.append(header)
        if header.missing:
            words = f"the file is cut short: {format_percent(header.missing, 0)} of its samples are missing; what is there is used"
            self._cut_short.append((visible(file), words))

    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with files."""
        return (*list_findings("warning", self._wrong), *list_findings("warning", self._cut_short))

    def lengths(self, rate: int) -> list[int]:
        """Samples of each sound at this rate."""
        return [resampled_length(header.frames, header.rate, rate) for header in self.headers]

    def usual_seconds(self) -> float:
        """Nine of ten sounds last at most so long; in tenths of a second."""
        seconds = sorted(header.seconds for header in self.headers)
        return math.ceil(10 * seconds[math.ceil(0.9 * len(seconds)) - 1] - 1e-9) / 10

    def figures(self) -> tuple[tuple[str, str], ...]:
        """Lengths, rates, channels and formats."""
        seconds = sorted(header.seconds for header in self.headers)
        middle = seconds[len(seconds) // 2]
        length = f"{format_duration(seconds[0], 2)} to {format_duration(seconds[-1], 2)}, half at most {format_duration(middle, 2)}"
        rates = Counter(f"{header.rate:,} Hz" for header in self.headers)
        channels = Counter({1: "mono", 2: "stereo"}.get(h.channels, f"{h.channels} channels") for h in self.headers)
        formats = Counter(header.subtype.replace("_", " ").lower() for header in self.headers)
        return (
            ("length", length),
            ("rate", _list_counts(rates)),
            ("channels", _list_counts(channels)),
            ("format", _list_counts(formats)),
        )


def _list_counts(counts: Counter[str]) -> str:
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{name}: {number:,}" for name, number in counts.most_common(6))
