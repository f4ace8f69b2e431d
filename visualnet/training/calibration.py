"""A few figures of this machine, measured once in half a second, from which the time of any network's step is forecast."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec
import torch
from torch import nn

from visualnet.analysis.pace import MOVES, PASSES, Pace
from visualnet.core import files
from visualnet.core.errors import FileError
from visualnet.core.folders import data_dir
from visualnet.core.project import Recipe
from visualnet.training.optimizers import make

ROUNDS, WARM_UP = 5, 2
FILE = "pace.json"
MOST_BYTES = 64 << 10


def measure(device: torch.device) -> Pace:
    """Measure a device. The generators of the run that waits for it are left as they were."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        return _measure(device)


def _measure(device: torch.device) -> Pace:
    def timed(work: Callable[[], object]) -> float:
        found = []
        for number in range(ROUNDS + WARM_UP):
            begin = time.perf_counter()
            work()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if number >= WARM_UP:
                found.append(time.perf_counter() - begin)
        return max(median(found), 1e-9)

    def there_and_back(module: nn.Module, x: torch.Tensor) -> float:
        x.requires_grad_()
        return timed(lambda: module(x).sum().backward())

    layers = 48
    small = nn.Sequential(*(m for _ in range(layers // 2) for m in (nn.Linear(8, 8), nn.ReLU()))).to(device)
    call = there_and_back(small, torch.rand(8, 8, device=device)) / layers
    width, batch = 512, 64
    matrix = there_and_back(nn.Linear(width, width).to(device), torch.rand(batch, width, device=device)) - call
    channels, side = 24, 16  # as a small network has them; wide ones fill the machine better
    filters = nn.Conv2d(channels, channels, 3, padding=1).to(device)
    sliding = there_and_back(filters, torch.rand(batch, channels, side, side, device=device)) - call
    numbers = 1 << 20
    # What moves much and multiplies little: half of it is an activation, half a normalization.
    plain = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(16)).to(device)
    moved = there_and_back(plain, torch.rand(16, 16, 64, numbers >> 14, device=device)) / 2 - call
    few, many = _optimizing(64, 16, device, timed), _optimizing(4, numbers // 4, device, timed)
    return Pace(
        call_s=call,
        matrix_macs=PASSES * batch * width * width / max(matrix, 1e-9),
        sliding_macs=PASSES * batch * channels * channels * 9 * side * side / max(sliding, 1e-9),
        bytes=MOVES * 4 * numbers / max(moved, 1e-9),
        tensor_s=few / 64,
        number_s=max(many - few / 16, 0.0) / numbers,
        step_s=2 * call,
    )


def _optimizing(tensors: int, size: int, device: torch.device, timed: Callable[[Callable[[], object]], float]) -> float:
    """A step of Adam over so many tensors."""
    parameters = [nn.Parameter(torch.rand(size, device=device)) for _ in range(tensors)]
    for parameter in parameters:
        parameter.grad = torch.rand_like(parameter)
    optimizer = make(Recipe(), parameters, device)
    return timed(optimizer.step)


# --- kept ----------------------------------------------------------------------------------------------------------------------------


def machine(device: torch.device | str) -> str:
    """What figures hold for: another device, processor or torch has others."""
    device = torch.device(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()
    return f"{device.type}, {name}, torch {torch.__version__}, {torch.get_num_threads()} threads"


def kept(path: Path | None = None) -> dict[str, Pace]:
    """What was measured on this machine, by device; nothing where it cannot be read."""
    path = path or data_dir() / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, Pace])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {name: pace for name, pace in found.items() if _sound(pace)}


def _sound(pace: Pace) -> bool:
    """Whether these can be figures of a machine."""
    rates = (pace.matrix_macs, pace.sliding_macs, pace.bytes)
    times = (pace.call_s, pace.tensor_s, pace.number_s, pace.step_s)
    return all(1 < r < 1e20 for r in rates) and all(0 <= t < 10 for t in times)


def known(device: torch.device, path: Path | None = None) -> Pace:
    """The figures of a device; measured now if they never were, and kept."""
    path = path or data_dir() / FILE
    name = machine(device)
    found = kept(path)
    if name not in found:
        found[name] = measure(device)
        # Where it cannot be kept, it will be measured again.
        with contextlib.suppress(OSError, FileError):
            files.write(path, msgspec.json.encode(found))
    return found[name]
