"""A process that works through the queue, and goes on when the window that started it closes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from visualnet.core.storage.paths import log_dir
from visualnet.core.storage.regular_files import open_regular


def start_worker() -> int:
    """Start it; its process id. What it says goes to ``queue.log`` in the folder of logs.

    Raises:
        OSError: it cannot be started.
    """
    paths = [
        str(Path(__file__).parents[3]),
        *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
    ]
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    with open_regular(log_dir() / "queue.log", "ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "visualnet", "queue", "work"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))},
            start_new_session=True,
            creationflags=flags,
        )
    pid = started.pid
    started.returncode = 0  # it is not ours to wait for: else Python would complain that it was forgotten
    return pid
