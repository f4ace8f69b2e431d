"""Write small tables and look them through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.registry import make_data_set
from visualnet.data.samples import ArraySamples
from visualnet.data.sources.source import SourceScan

FLOWERS = [
    "name,length,width,colour,day,species",
    *(
        f"f{n},{n / 10},{5 - n / 7:.3f},{('red', 'blue')[n % 2]},2024-03-{n + 1:02d},{('rose', 'iris')[n % 2]}"
        for n in range(24)
    ),
]


def write(path: Path, lines: list[str], encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def look(path: Path, **options: Any) -> tuple[DataChoice, SourceScan]:
    return choose("table", path, options)


def opened(choice: DataChoice) -> ArraySamples:
    samples = make_data_set(choice).open()
    assert isinstance(samples, ArraySamples)
    return samples


def words(found: SourceScan, severity: str = "") -> str:
    return "\n".join(f.words for f in found.findings if not severity or f.severity == severity)
