"""A run of 200,000 real steps with a window's curves beside it: what it keeps in memory, and how large its log becomes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.training.by_hand import EACH
from visualnet.training.event_log.thinning import largest_log

STEPS = 200_000
MIB = 1 << 20


def run() -> list[tuple[str, float, str, str]]:
    """Train in a process of its own, as `tests.training.event_log.long_run` does."""
    with tempfile.TemporaryDirectory() as kept:
        command = [sys.executable, "-m", "tests.training.event_log.long_run", f"{kept}/run", str(STEPS), "followed"]
        told = subprocess.run(
            command, cwd=Path(__file__).parents[2], env=os.environ, capture_output=True, text=True, check=True
        )
    return rows(json.loads(told.stdout))


def rows(found: dict[str, Any]) -> list[tuple[str, float, str, str]]:
    """The table, of what that process prints."""
    taken = [size for _, size in found["resident"]]
    bound = largest_log(STEPS, 2, STEPS // EACH) / MIB
    return [
        (
            f"memory after {STEPS:,} steps, more than after a twentieth of them",
            (max(taken) - taken[0]) / MIB,
            "MiB",
            "training, its socket and the curves of a window in one process; promise: below 20",
        ),
        ("memory from the middle to the end", (taken[-1] - taken[len(taken) // 2 - 1]) / MIB, "MiB", ""),
        ("its log", found["log"] / MIB, "MiB", f"stated bound: {bound:.1f}"),
    ]
