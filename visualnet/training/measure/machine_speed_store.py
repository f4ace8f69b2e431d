"""What was measured of this machine, kept for the next start. Reading it needs no torch."""

from __future__ import annotations

import contextlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from visualnet.analysis.cost.step_time import DeviceSpeed
from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.core.storage.paths import data_dir
from visualnet.core.storage.regular_files import read_regular

FILE = "pace.json"
MOST_BYTES = 64 << 10


def key(wish: str) -> str:
    """What figures hold for: a device as the recipe names it, this machine, this torch."""
    return f"{wish} on {platform.node()}, {platform.machine()}, torch {_torch()}"


@cache
def _torch() -> str:
    # Read from the package's papers: 16 ms each time, and the window asks with every edit.
    return version("torch")


def load(path: Path | None = None) -> dict[str, DeviceSpeed]:
    """What was measured, by ``key``; nothing where it cannot be read."""
    path = path or data_dir() / FILE
    try:
        found = msgspec.json.decode(read_regular(path, MOST_BYTES), type=dict[str, DeviceSpeed])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {name: pace for name, pace in found.items() if is_plausible(pace)}


def save(wish: str, pace: DeviceSpeed, path: Path | None = None) -> None:
    """Keep the figures of a device; where they cannot be kept they will be measured again."""
    path = path or data_dir() / FILE
    with contextlib.suppress(OSError, FileError):
        project_file.write(path, msgspec.json.encode({**load(path), key(wish): pace}))


def is_plausible(pace: DeviceSpeed) -> bool:
    """Whether these can be figures of a machine."""
    rates = (pace.matrix_macs, pace.sliding_macs, pace.bytes)
    times = (pace.call_s, pace.tensor_s, pace.number_s, pace.step_s)
    return all(1 < r < 1e20 for r in rates) and all(0 <= t < 10 for t in times)
