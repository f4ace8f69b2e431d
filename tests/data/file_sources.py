"""A source of own data for tests: a folder of small arrays, a file each, decoded when they are fetched."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from visualnet.core.project import DataChoice, DataFacts, FieldFacts
from visualnet.data import loading
from visualnet.data.samples import Batch, Samples
from visualnet.data.sources.source import SOURCES, FileSource, source

EDGE, CLASSES = 8, 3


PARSING = threading.Lock()
"""NumPy parses a header with `ast`, which in early versions of Python 3.11 may fail in several threads at once (gh-106905)."""


class FolderSamples(Samples):
    """Files ``0.npy``, ``1.npy`` …; the label is the number modulo the classes. ``before`` is called with each that is read."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size, self.fingerprint = path, size, f"folder {size}"
        self.labels = np.arange(size, dtype=np.int64) % CLASSES
        self.before: Callable[[int], object] = lambda sample: None
        self.read: list[int] = []
        """Every sample that was read, in that order."""

    def fetch(self, index: Any, fields: Sequence[str]) -> Batch:
        images = []
        for sample in index:
            self.read.append(int(sample))
            self.before(int(sample))
            try:
                with PARSING:
                    images.append(np.load(self.path / f"{sample}.npy", allow_pickle=False))
            except ValueError:
                raise ValueError(f"{sample}.npy: it is torn") from None
        found: Batch = {"image": np.stack(images), "label": self.labels[index]}
        return {name: found[name] for name in fields}

    def column(self, name: str) -> Any:
        columns = {"label": self.labels, "person": self.labels // 2, "day": np.arange(self.size)[::-1].copy()}
        return columns.get(name)

    def describe(self, sample: int) -> str:
        return f"{sample}.npy"


@contextmanager
def folder_source() -> Iterator[None]:
    """While it lasts, there is the source ``test_folder``."""

    @source("test_folder", "Folder for tests", "image", picks="folder")
    class Folder(FileSource):
        """A folder of arrays."""

        def open(self) -> Samples:
            self.check_place()
            return FolderSamples(self.path, self.size)

    loading._kept.clear()
    loading._prepared.clear()
    try:
        yield
    finally:
        del SOURCES["test_folder"]
        loading._kept.clear()
        loading._prepared.clear()


def write_folder(path: Path, size: int = 60, seed: int = 0) -> DataChoice:
    """Write a folder of so many samples; the choice of it."""
    path.mkdir()
    generator = np.random.default_rng(seed)
    for sample in range(size):
        np.save(path / f"{sample}.npy", generator.random((1, EDGE, EDGE), np.float32) + sample % CLASSES)
    facts = DataFacts(
        size=size,
        fields={
            "image": FieldFacts(shape=(1, EDGE, EDGE), axes=("C", "H", "W")),
            "label": FieldFacts(dtype="int", classes=CLASSES),
        },
        classes=("a", "b", "c"),
        columns=("label", "person", "day"),
        fingerprint=f"{path}",
    )
    return DataChoice(name="test_folder", path=path.as_posix(), facts=facts, seed=1)
