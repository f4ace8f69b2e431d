"""What the machine has for this process: free memory, within the bounds that a container sets, and cores."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from visualnet.core.storage.regular_files import read_regular

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
MOST_BYTES = 1 << 16


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


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
