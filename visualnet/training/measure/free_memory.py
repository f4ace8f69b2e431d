"""How much memory is free: of the machine, within the bounds that a container sets, and of a device. The machine's needs no torch."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from visualnet.core.storage.regular_files import read_regular

if TYPE_CHECKING:
    import torch

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
MOST_BYTES = 1 << 16


def free_memory(device: torch.device | None = None) -> int:
    """Bytes that can be taken without anything else being put aside: of the machine, or of a GPU."""
    if device is not None and device.type == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        # What torch keeps for later is free for whoever asks torch.
        return int(free) + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return machine_memory()


def machine_memory(meminfo: Path = MEMINFO, cgroup: Path = CGROUP) -> int:
    """Bytes of the machine's memory that are free. Swap is not counted; where the system does not say, half of all is taken to be free."""
    found = _available(meminfo)
    with contextlib.suppress(OSError, ValueError):
        most = int(_read(cgroup / "memory.max"))
        now = int(_read(cgroup / "memory.current"))
        found = min(found, max(most - now + _reclaimable(cgroup / "memory.stat"), 0))
    return found


def _read(path: Path) -> str:
    return read_regular(path, MOST_BYTES).decode("ascii", "replace")


def _available(meminfo: Path) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in _read(meminfo).splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows()
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) // 2


def _reclaimable(stat: Path) -> int:
    """Of files that were read and can be read again."""
    for line in _read(stat).splitlines():
        if line.startswith("inactive_file "):
            return int(line.split()[1])
    return 0


def _windows() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "free", "files", "free_files", "own", "free_own", "more")
            ),
        )

    status = Status(length=ctypes.sizeof(Status))
    getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # noqa: B009
    return int(status.free)
