"""How a process ended that said nothing more: in words, and as the last event of the run's log."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events
from visualnet.training.loop.sinks import EventLog
from visualnet.training.process import address
from visualnet.training.runs.run_model import LOG, PROJECT, read_ends

STDERR = "process.log"
HOLD_S = 0.2
"""So long for another window that looks whether the run goes on."""
TAIL = 16_000
LINES = 12
_CAUSES = {
    "SIGKILL": "somebody ended it, or the system did, as memory ran out: try a smaller batch",
    "SIGSEGV": "a segmentation fault, in an extension or in the driver of the device",
    "SIGABRT": "a library gave up",
    "SIGBUS": "memory that is not there: the disk behind it may be full",
    "SIGILL": "an instruction that this processor does not know",
    "SIGFPE": "an arithmetic fault in an extension",
}


def last_words(folder: Path) -> str:
    """The last lines of what the process wrote to its standard error."""
    try:
        with open_regular(folder / STDERR) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - TAIL, 0))
            text = file.read(TAIL).decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(line for line in text.splitlines() if line.strip())


def describe(code: int | None, stderr: str, kept: bool) -> events.Failed:
    """The event for a process that ended with this exit code (negative: by that signal; None: nobody knows)."""
    if code is None:
        words = "its process ended without a word; somebody ended it, the system did (memory ran out), or it crashed"
    elif code < 0:
        name = _signal_name(-code)
        cause = _CAUSES.get(name)
        words = f"its process was ended by {name}" + (f" ({cause})" if cause else "")
    else:
        words = f"its process ended by itself with exit code {code}, in the middle of the run: custom code may have called os._exit"
    lines = stderr.splitlines()
    crash = next((line for line in lines if line.startswith("Fatal Python error:")), "")
    if crash and code is None:
        words = f"its process crashed ({crash.removeprefix('Fatal Python error:').strip().lower()})"
    words += ". Resume goes on from the last checkpoint." if kept else ". It had no checkpoint yet: start it again."
    return events.Failed(
        kind="process", words=words, traceback="\n".join(lines[-LINES:] if not crash else lines)[-TAIL:]
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"the signal {number}"


def record_lost_ending(folder: Path, code: int | None = None) -> events.Failed | None:
    """If the process of this run is gone and the log does not tell how the run ended: write that down, and say it.

    None where the run goes on, has ended in good order, or was concluded by somebody else; and where another machine trains it, whose
    processes nobody sees from here.
    """
    if code is None and (not os.path.lexists(folder / address.FILE) or address.is_elsewhere(folder)):
        return None
    with contextlib.suppress(OSError):
        if (held := address.acquire_lock(folder, HOLD_S)) is not None:
            try:
                return _conclude(folder, code)
            finally:
                held.close()
    return None


def _conclude(folder: Path, code: int | None) -> events.Failed | None:
    try:
        known = address.read(folder)
    except address.Unreachable:
        known = None
    address.remove(folder, known)
    if not (folder / PROJECT).is_file() or (code is None and _is_over(folder)):
        return None
    kept = any((folder / name / "state.json").is_file() for name in ("last", "before-last"))
    failed = describe(code, last_words(folder), kept)
    log = EventLog(folder / LOG, lambda event: None)
    try:
        log(failed)
    finally:
        log.close()
    return failed


def _is_over(folder: Path) -> bool:
    """Whether the log's last word is that the run ended."""
    for line in reversed(read_ends(folder / LOG)[1]):
        try:
            event = events.decode(line)
        except (ValueError, OverflowError):
            continue
        return isinstance(event, events.Finished | events.Failed)
    return False
