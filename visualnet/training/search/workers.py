"""The processes of a search: how they are started in its folder, and ended with the one that has started them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from visualnet.core.storage.regular_files import open_regular
from visualnet.core.user import trusted_code
from visualnet.training.search import folder as kept

COMMAND = ("-m", "visualnet.training.search.console")
ROOT = Path(__file__).resolve().parents[3]
"""Where the package lies."""
MOST = 64
"""So many processes at once."""
MOST_WORDS = 2_000
WAIT_S = 0.05


def start_workers(folder: Path, count: int) -> list[subprocess.Popen[bytes]]:
    """Start processes that train the trials of the search in a folder. They stop when this one ends, however it ends, or lets them go;
    what is trained then is kept, to be gone on with.

    Raises:
        OSError: one cannot be started.
    """
    kept.forget_stop(folder)
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    trusted = msgspec.json.encode(sorted(trusted_code.marks_for_now())) + b"\n"
    found = []
    for number in range(1, count + 1):
        with open_regular(folder / kept.WORKERS / f"{number}.log", "wb") as words:
            process = subprocess.Popen(
                [sys.executable, *COMMAND, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=words,
                env=surroundings,
                start_new_session=os.name != "nt",  # Ctrl+C is for who started them, who asks them to stop
            )
        found.append(process)
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # it has ended already
            process.stdin.write(trusted)
            process.stdin.flush()
    return found


def let_go(processes: list[subprocess.Popen[bytes]]) -> None:
    """Hold them no longer: those that still train stop."""
    for process in processes:
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()


def read_words(folder: Path) -> str:
    """What the processes that were started last had to say before they ended; empty if nothing."""
    told = []
    with contextlib.suppress(OSError):
        for path in sorted((folder / kept.WORKERS).glob("*.log")):
            with open_regular(path) as file:
                told.append(file.read(MOST_WORDS).decode(errors="replace").strip())
    return "\n".join(dict.fromkeys(filter(None, told))).replace("visualnet: ", "")


def wait_all(processes: list[subprocess.Popen[bytes]], seconds: float) -> bool:
    """Wait so long at most until all have ended; whether they have."""
    until = time.monotonic() + seconds
    while any(process.poll() is None for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(WAIT_S)
    return True
