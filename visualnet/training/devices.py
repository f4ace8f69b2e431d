"""On which device a run trains, with how many threads, and what it cannot do."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.process.machine_memory import cores as cores
from visualnet.core.text.format import format_quantity

if TYPE_CHECKING:
    import torch


class DeviceChoice(NamedTuple):
    """A device and what people call it. ``exact`` tells that the same seed gives the same bits."""

    device: torch.device
    words: str
    threads: int
    exact: bool


def prepare() -> None:
    """Say how many threads torch shall start, before it is imported: all cores but one, which is left for the window."""
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores() - 1)))


def allot(threads: int | None) -> int:
    """How many threads a run gets that wishes for so many; more than there are cores counts as no wish."""
    return max(1, cores() - 1) if threads is None or threads > cores() else max(1, threads)


def place(wish: str = "auto", threads: int | None = None) -> DeviceChoice:
    """The device for this wish, and set the calling thread's share of cores. Call it in the thread that trains.

    ``threads`` beyond what this machine has counts as no wish: all cores but one, which is left for the window.

    Raises:
        ValueError: there is no such device here.
    """
    import torch

    device = device_of(wish)
    threads = allot(threads)
    if device.type == "cpu" and torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    if device.type == "cuda":
        # Bits are not promised here, so speed may be taken: the same choice that torch makes for convolutions.
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    return DeviceChoice(device, _words(device, threads), threads, device.type == "cpu")


def find_missing(device: torch.device) -> dict[str, dict[Any, str]]:
    """What the switches of a recipe cannot be set to on this device: by setting and value, why, and what would do."""
    import torch

    found: dict[str, dict[Any, str]] = {"precision": {}, "compile": {}}
    if device.type == "cpu" and not _has_fp16():
        words = "this processor has no arithmetic for it, and a step would take many times as long"
        found["precision"]["fp16"] = f"{words}; choose bf16 or float32, or train on a GPU"
    elif device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        found["precision"]["bf16"] = "this GPU has no arithmetic for it; choose fp16 or float32"
    if not hasattr(torch, "compile"):
        found["compile"][True] = "this PyTorch has no torch.compile"
    elif device.type == "cuda" and importlib.util.find_spec("triton") is None:
        found["compile"][True] = "Triton is not installed, which writes code for the GPU"
    elif device.type == "cpu" and not any(shutil.which(name) for name in _COMPILERS):
        found["compile"][True] = "there is no C++ compiler here; install g++ or clang++"
    elif device.type not in ("cpu", "cuda"):
        found["compile"][True] = "torch.compile writes no code for this GPU"
    return {name: values for name, values in found.items() if values}


def mixed_precision(device: torch.device) -> str:
    """The mixed precision that this device computes in: bf16 where it can, for nothing overflows in it that would not in float32."""
    return "fp16" if "bf16" in find_missing(device).get("precision", {}) else "bf16"


_COMPILERS = (*filter(None, [os.environ.get("CXX")]), "g++", "clang++", "c++", "cl")


def _has_fp16() -> bool:
    """Whether the processor computes with float16 itself."""
    import torch

    check = getattr(torch.ops.mkldnn, "_is_mkldnn_fp16_supported", None)
    return check is not None and bool(check())


def devices() -> list[str]:
    """What ``device`` of a recipe can be on this machine, ``auto`` first."""
    import torch

    found = ["auto", "cpu"]
    if torch.cuda.is_available():
        found += ["cuda", *(f"cuda:{i}" for i in range(1, torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        found.append("mps")
    return found


def device_of(wish: str) -> torch.device:
    """The device that a recipe means.

    Raises:
        ValueError: this machine has none of that name.
    """
    import torch

    offered = devices()
    if wish == "auto":
        return torch.device(next((name for name in ("cuda", "mps") if name in offered), "cpu"))
    if wish in offered or (wish == "cuda:0" and "cuda" in offered):
        return torch.device(wish)
    raise ValueError(f"there is no device “{wish}” here; there are {', '.join(offered)}")


def _words(device: torch.device, threads: int) -> str:
    import torch

    if device.type == "cuda":
        return f"GPU {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "Apple GPU"
    return f"CPU {platform.machine()}, {format_quantity(threads, 'thread')}"
