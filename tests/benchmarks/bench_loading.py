"""Epochs over images in files: read ahead by the program, beside a torch DataLoader with as many workers and everything resident.

The same network, recipe and files on all sides, taking turns; the DataLoader's side is the loop that people write. The first epoch decodes
every file on both sides; later ones find in memory what the limit allows.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from tests.training.nets import chain
from visualnet.core.project import DataChoice, DataFacts, FieldFacts, Project, Recipe
from visualnet.data import loading
from visualnet.data.loading import load
from visualnet.data.samples import ArraySamples, Batch, Samples
from visualnet.data.sources.source import FileSource, source
from visualnet.training.loop.session import Session

Row = tuple[str, float | str, str, str]
SIZE, EDGE, STORED, CLASSES, WORKERS, BATCH, EPOCHS, ROUNDS = 1500, 64, 160, 10, 2, 64, 3, 3
MANY = 100_000


def _decode(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        small = image.convert("RGB").resize((EDGE, EDGE), Image.Resampling.BILINEAR)
    return np.asarray(small, np.float32).transpose(2, 0, 1) / 255


class _Files(Samples):
    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size, self.fingerprint = path, size, "files"
        self.labels = np.arange(size, dtype=np.int64) % CLASSES

    def fetch(self, index: Any, fields: Sequence[str]) -> Batch:
        found = {"image": np.stack([_decode(self.path / f"{i}.jpg") for i in index]), "label": self.labels[index]}
        return {name: found[name] for name in fields}

    def column(self, name: str) -> Any:
        return self.labels if name == "label" else None


@source("bench_files", "Files of the benchmark", "image", picks="folder")
class _Source(FileSource):
    """JPEG files that are called by their number."""

    def open(self) -> Samples:
        return _Files(self.path, self.size)


class _Set(Dataset[Any]):
    def __init__(self, path: Path, index: np.ndarray) -> None:
        self.path, self.index = path, index

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, at: int) -> Any:
        number = int(self.index[at])
        image = (torch.from_numpy(_decode(self.path / f"{number}.jpg")) - 0.5) / 0.25
        return image, number % CLASSES


def _write(folder: Path) -> DataChoice:
    generator = np.random.default_rng(0)
    for number in range(SIZE):
        coarse = Image.fromarray(generator.integers(0, 255, (16, 16, 3), np.uint8))
        coarse.resize((STORED, STORED), Image.Resampling.BICUBIC).save(folder / f"{number}.jpg", quality=90)
    fields = {"image": FieldFacts(shape=(3, EDGE, EDGE)), "label": FieldFacts(dtype="int", classes=CLASSES)}
    facts = DataFacts(size=SIZE, fields=fields, classes=tuple(map(str, range(CLASSES))), fingerprint=str(folder))
    return DataChoice(name="bench_files", path=str(folder), facts=facts, split=(1.0, 0.0, 0.0), normalise=False)


def _project(data: DataChoice, megabytes: int | None) -> Project:
    rows = [
        ("conv2d", {"out_channels": 8, "kernel_size": (3, 3), "stride": (2, 2)}),
        ("relu", {}),
        ("max_pool2d", {}),
        ("flatten", {}),
        ("linear", {"out_features": CLASSES}),
    ]
    recipe = Recipe(epochs=EPOCHS, batch_size=BATCH, options={"data_workers": WORKERS, "data_cache": megabytes})
    return chain(rows, data, recipe, ("input", {"size": (3, EDGE, EDGE)}), ("target", {}), "cross_entropy")


def _session(project: Project, data: Any) -> list[float]:
    """Seconds of each epoch."""
    marks: list[float] = []

    def note(event: object) -> None:
        if type(event).__name__ in ("Started", "EpochDone"):
            marks.append(time.perf_counter())

    assert Session(project, data, note, threads=1).run() == "done"
    return list(np.diff(marks))


def _data_loader(path: Path, train: np.ndarray) -> list[float]:
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 15 * 15, CLASSES)
    )
    loss_of, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam(net.parameters(), lr=1e-3)
    loader = DataLoader(_Set(path, train), BATCH, shuffle=True, num_workers=WORKERS, persistent_workers=True)
    seconds = []
    for _ in range(EPOCHS):
        begin = time.perf_counter()
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_of(net(images), labels)
            loss.backward()
            optimizer.step()
        seconds.append(time.perf_counter() - begin)
    return seconds


def _resident(data: Any) -> Any:
    every = np.arange(data.samples.size)
    return data._replace(samples=ArraySamples({n: data.fetch(every, (n,))[n].copy() for n in ("image", "label")}))


def _fresh(choice: DataChoice) -> Any:
    loading._kept.clear()
    loading._prepared.clear()
    return load(choice)


def _open_many() -> float:
    """Seconds until so many images can be asked for; no file is decoded."""
    fields = {"image": FieldFacts(shape=(3, EDGE, EDGE)), "label": FieldFacts(dtype="int", classes=CLASSES)}
    facts = DataFacts(size=MANY, fields=fields, classes=tuple(map(str, range(CLASSES))), fingerprint="many")
    choice = DataChoice(name="bench_files", path="nowhere", facts=facts, normalise=False)
    begin = time.perf_counter()
    _fresh(choice)
    return time.perf_counter() - begin


def _memory_under_limit(choice: DataChoice, megabytes: int) -> float:
    """The greatest share of the limit that Python's memory took while all samples were fetched, beside what one fetch takes."""
    tracemalloc.start()
    data = _fresh(choice)
    data.samples.set_reading(1, megabytes)
    one = BATCH * data.samples.sample_bytes
    tracemalloc.reset_peak()
    for at in range(0, SIZE, BATCH):
        data.fetch(np.arange(at, min(at + BATCH, SIZE)), ("image",))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (peak - 2 * one) / (megabytes * 1_000_000)


def run() -> list[Row]:
    """Epochs of all sides, the median of rounds in turn."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        choice = _write(Path(folder))
        resident = _resident(_fresh(choice))
        sides: dict[str, list[list[float]]] = {name: [] for name in ("disk", "cache", "loader", "resident")}
        for _ in range(ROUNDS):
            sides["disk"].append(_session(_project(choice, 0), _fresh(choice)))
            sides["loader"].append(_data_loader(Path(folder), resident.train))
            sides["cache"].append(_session(_project(choice, None), _fresh(choice)))
            sides["resident"].append(_session(_project(choice, None), resident))
        share = _memory_under_limit(choice, 16)
    first = {name: statistics.median(epochs[0] for epochs in found) for name, found in sides.items()}
    later = {name: statistics.median(t for epochs in found for t in epochs[1:]) for name, found in sides.items()}
    what = f"{SIZE:,} JPEG {STORED}×{STORED} to {EDGE}×{EDGE}, batch {BATCH}, {WORKERS} workers, small convolutional network"
    return [
        (
            "an epoch from disk, nothing kept: DataLoader ÷ ours",
            later["loader"] / later["disk"],
            "×",
            f"≥ 1.00; {what}",
        ),
        (
            "the first epoch: DataLoader ÷ ours",
            first["loader"] / first["cache"],
            "×",
            "≥ 1.00; threads against processes",
        ),
        ("a later epoch, kept in memory: DataLoader ÷ ours", later["loader"] / later["cache"], "×", "within the limit"),
        (
            "a later epoch, kept in memory ÷ everything resident",
            later["cache"] / later["resident"],
            "×",
            "1 is as fast",
        ),
        ("samples a second from disk, nothing kept", SIZE / later["disk"], "", ""),
        ("samples a second, DataLoader", SIZE / later["loader"], "", ""),
        ("samples a second, kept in memory", SIZE / later["cache"], "", ""),
        ("samples a second, everything resident", SIZE / later["resident"], "", ""),
        ("memory of kept samples ÷ their limit", share, "×", "≤ 1"),
        (f"{MANY:,} images opened, none decoded", _open_many(), "s", "≤ 2"),
    ]


if __name__ == "__main__":
    for row in run():
        print(f"{row[0]:60} {row[1]:8.3f} {row[2]:2} {row[3]}")
