"""A person's own data: opening many files and large tables, and *Try it* from a stroke to its answer.

Ratios are taken side by side, in turn: looking a folder through beside `os.scandir` of the same tree, a table beside `csv.reader` over the
same file, an answer beside the network's bare forward pass.
"""

from __future__ import annotations

import csv
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from visualnet.analysis import infer
from visualnet.compiling.module import compile_project
from visualnet.core.storage import project_file
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load, open_samples
from visualnet.data.own_sample.drawing import centre_drawing
from visualnet.data.own_sample.prepare import prepare_own
from visualnet.data.sources.registry import guess_sources
from visualnet.data.tensors import Tensors
from visualnet.resources import resource
from visualnet.training.control import OwnSample, ProbeRequest
from visualnet.training.observations.context import plain_fields
from visualnet.training.probes import Probe

Row = tuple[str, float | str, str, str]
IMAGES, CLASSES, ROUNDS = 100_000, 100, 3
ROWS, NARROW, WIDE, STROKES = 200_000, 12, 10_000, 60


def _write_images(folder: Path) -> None:
    """So many names in a folder per class; the files are links of one another, for a disk holds their names, not their pictures."""
    for kind in range(CLASSES):
        inner = folder / f"kind {kind:03}"
        inner.mkdir(parents=True)
        first = inner / "00000.png"
        Image.new("RGB", (32, 32), (kind, 0, 0)).save(first)
        for number in range(1, IMAGES // CLASSES):
            os.link(first, inner / f"{number:05}.png")


def _write_table(path: Path, rows: int, columns: int) -> None:
    draw = random.Random(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"column {at}" for at in range(columns - 1)), "kind"])
        for _ in range(rows):
            writer.writerow([*(f"{draw.gauss(0, 1):.4f}" for _ in range(columns - 1)), draw.choice(("a", "b", "c"))])


def _scan(folder: Path) -> int:
    """Every file with its size and time, as anybody must ask for them."""
    count = 0
    for inner in sorted(os.scandir(folder), key=lambda entry: entry.name):
        for entry in os.scandir(inner):
            entry.stat()
            count += 1
    return count


def _read_csv(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


class _Time(NamedTuple):
    """Seconds by the clock and of the processor."""

    wall: float
    used: float


def _times(*sides: Callable[[], object], rounds: int = ROUNDS) -> list[_Time]:
    """The time of each side, the median of rounds in turn."""
    found: list[list[_Time]] = [[] for _ in sides]
    for _ in range(rounds):
        for at, side in enumerate(sides):
            begin, used = time.perf_counter(), time.process_time()
            side()
            found[at].append(_Time(time.perf_counter() - begin, time.process_time() - used))
    return [_Time(*map(statistics.median, zip(*each, strict=True))) for each in found]


def _used(found: _Time) -> str:
    return f"{found.used:.2g} s of processor time"


def _bench_images(folder: Path) -> list[Row]:
    _write_images(folder)
    look, scan = _times(lambda: choose("image_folder", folder, {}), lambda: _scan(folder))
    choice, _ = choose("image_folder", folder, {})
    guess, opened = _times(lambda: guess_sources(folder), lambda: open_samples(choice)[0].open())
    what = f"{IMAGES:,} images in {CLASSES} folders"
    return [
        (f"{what}: guessed what it is", guess.wall * 1000, "ms", f"50 wanted; {_used(guess)}"),
        (
            f"{what}: looked through",
            look.wall,
            "s",
            f"2 wanted; {_used(look)}; of the files a sample of headers is read",
        ),
        (f"{what}: opened again in a later session", opened.wall, "s", f"2 wanted; {_used(opened)}"),
        (f"{what}: looked through ÷ os.scandir with stat", look.used / scan.used, "×", "processor time"),
    ]


def _bench_tables(folder: Path) -> list[Row]:
    rows: list[Row] = []
    for name, count, columns in (("long", ROWS, NARROW), ("wide", 300, WIDE)):
        path = folder / f"{name}.csv"
        _write_table(path, count, columns)
        choice, _ = choose("table", path, {})
        fresh = open_samples(choice)[0]
        guess, look, read, bare = _times(
            lambda path=path: guess_sources(path),
            lambda path=path: choose("table", path, {}),
            lambda fresh=fresh: fresh.open(),
            lambda path=path: _read_csv(path),
        )
        what = f"a table of {count:,} rows and {columns:,} columns ({path.stat().st_size / 1e6:.0f} MB)"
        rows += [
            (f"{what}: guessed what it is", guess.wall * 1000, "ms", f"50 wanted; {_used(guess)}"),
            (
                f"{what}: looked through ÷ csv.reader",
                look.used / bare.used,
                "×",
                f"what every column holds; {_used(look)}",
            ),
            (f"{what}: read into arrays ÷ csv.reader", read.used / bare.used, "×", _used(read)),
        ]
    return rows


def _bench_answers() -> list[Row]:
    """What happens between a stroke and its answer but for painting: the drawing centred, prepared, and shown to LeNet-5."""
    project = project_file.load(resource("templates", "lenet5.vnet"))
    data = load(project.data)
    model = compile_project(project, infer(project, None, data.fields))
    probe = Probe(model, data, Tensors(data, model.fields, model.device, plain_fields(model)))
    ports = tuple(((node.id,), "y") for node in project.graph if node.kind in ("conv2d", "linear"))
    ink = np.zeros((280, 280), np.float32)
    image = torch.zeros(1, 1, 28, 28)
    wall, own, forward = [], [], []
    with torch.no_grad():
        for stroke in range(STROKES):
            ink[20 + 3 * stroke : 40 + 3 * stroke, 60:90] = 1
            begin, used = time.perf_counter(), time.process_time()
            drawn = {"image": centre_drawing(ink, 28, 28)[None]}
            fields = prepare_own(data, drawn, 0)
            seen = probe.look(ProbeRequest(ports=ports, own=OwnSample(fields)), 0)
            wall.append(time.perf_counter() - begin)
            own.append(time.process_time() - used)
            assert seen.outputs and seen.own
            begin = time.perf_counter()
            model.net(image)
            forward.append(time.perf_counter() - begin)
    median, used, bare = (statistics.median(each) for each in (wall, own, forward))
    slow = statistics.quantiles(wall, n=20)[-1]
    return [
        (
            "Try it, LeNet-5 on the CPU: a stroke to its answer",
            median * 1000,
            "ms",
            f"50 wanted; 95th percentile {slow * 1000:.1f}",
        ),
        ("… processor time", used * 1000, "ms", "a drawing centred, prepared, the answer and all feature maps"),
        (
            "… ÷ the bare forward pass",
            median / bare,
            "×",
            "bound by the drawing's scaling and by what is looked at, not by the network",
        ),
    ]


def run() -> list[Row]:
    """Files first, then the answers."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        rows = _bench_images(Path(folder) / "images") + _bench_tables(Path(folder))
    return rows + _bench_answers()
