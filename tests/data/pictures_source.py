"""A source for tests: a folder with a folder of PNG pictures for each class, as simple as a source can be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from visualnet.core.graph import Value
from visualnet.core.project import DataFacts, FieldFacts, PreparationStep
from visualnet.data.samples import Batch, Samples
from visualnet.data.sources.source import Check, FileSource, Finding, Guess, SourceScan
from visualnet.layers.declaration.params import flag

KIND = "test_pictures"


class FolderSamples(Samples):
    def __init__(self, root: Path, files: list[Path], labels: list[int]) -> None:
        self.root, self.files, self.labels = root, files, np.array(labels)
        self.size, self.fingerprint = len(files), "x"

    def fetch(self, index: Any, fields: Any) -> Batch:
        found: dict[str, Any] = {}
        if "image" in fields:
            found["image"] = [self._read(self.files[at]) for at in index]
        if "label" in fields:
            found["label"] = self.labels[np.asarray(index)]
        return found

    def _read(self, path: Path) -> Any:
        try:
            with Image.open(path) as picture:
                return np.asarray(picture.convert("RGB"), np.float32).transpose(2, 0, 1) / 255
        except OSError:
            raise ValueError(f"{path.relative_to(self.root).as_posix()} cannot be read") from None

    def column(self, name: str) -> Any:
        return self.labels if name == "label" else None

    def describe(self, sample: int) -> str:
        return self.files[sample].relative_to(self.root).as_posix()


class PictureFolder(FileSource):
    """Pictures, a folder for each class."""

    name, title, inputs, picks = KIND, "Test pictures", ("image",), "folder"
    reverse = flag(False, "Count the classes from the last.")

    def __init__(self, options: Mapping[str, Value], path: str = "", facts: DataFacts | None = None) -> None:
        super().__init__(options, path, facts)

    @classmethod
    def guess(cls, path: Path) -> Guess | None:
        folders = [p for p in path.iterdir() if p.is_dir()] if path.is_dir() else []
        return Guess(0.9, {}, f"{len(folders)} folders with pictures") if folders else None

    def _files(self) -> tuple[list[str], list[Path]]:
        classes = sorted((p.name for p in self.path.iterdir() if p.is_dir()), reverse=bool(self.reverse))
        return classes, [file for name in classes for file in sorted((self.path / name).glob("*.png"))]

    def look_through(self, check: Check) -> SourceScan:
        if not self.path.is_dir():
            raise ValueError(f"“{self.path.name}” is no folder")
        classes, files = self._files()
        digest = hashlib.sha256()
        findings = []
        good = 0
        for at, file in enumerate(files):
            check(at / len(files))
            digest.update(f"{file.name} {file.stat().st_size}".encode())
            if file.stat().st_size == 0:
                findings.append(Finding("warning", "is empty", file.relative_to(self.path).as_posix()))
            good += file.stat().st_size > 0
        if not good:
            raise ValueError(f"there are no pictures in “{self.path.name}”")
        fields = {
            "image": FieldFacts(shape=(3, 0, 0), axes=("C", "H", "W")),
            "label": FieldFacts(dtype="int", classes=len(classes)),
        }
        facts = DataFacts(size=good, fields=fields, classes=tuple(classes), fingerprint=digest.hexdigest())
        return SourceScan(facts, tuple(findings), (("formats", f"{good} PNG"),))

    def open(self) -> FolderSamples:
        classes, files = self._files()
        files = [file for file in files if file.stat().st_size]
        return FolderSamples(self.path, files, [classes.index(file.parent.name) for file in files])

    def propose(self, facts: DataFacts) -> tuple[PreparationStep, ...]:
        return ()


def write_pictures(folder: Path, classes: Mapping[str, int], seed: int = 0, side: int = 12) -> Path:
    """So many pictures for each class, all different, of two sizes."""
    chance = np.random.default_rng(seed)
    for name, number in classes.items():
        (folder / name).mkdir(parents=True)
        for at in range(number):
            blocks = chance.integers(0, 255, (4, 4, 3), np.uint8)
            picture = Image.fromarray(blocks).resize((side + at % 2 * 4, side), Image.Resampling.NEAREST)
            picture.save(folder / name / f"{at:03}.png")
    return folder
