"""Counts how often a run was evaluated on its test part: who chooses by it has no independent test any more."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from visualnet.core.errors import FileError
from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import read_text
from visualnet.core.text.format import format_quantity
from visualnet.training.evaluation.prediction_files import FOLDER

FILE = "openings.json"
MOST_BYTES = 1 << 20
MOST = 10_000

WHAT_IT_MEANS = (
    "The test part was held back: neither training nor your choices have seen it. It tells how good the network will be on new data — "
    "as long as you do not choose by it. Look at it when you are done, and as seldom as you can: the program counts."
)


def count_uses(run: Path) -> int:
    """How often the test part was opened."""
    return len(_read(run))


def note_use(run: Path, weights: str) -> int:
    """Count that the test part is opened now, with these weights; how often it was, this time included."""
    known = [*_read(run), {"time": round(time.time()), "weights": weights[:16]}][-MOST:]
    with contextlib.suppress(OSError, FileError):
        (run / FOLDER).mkdir(exist_ok=True)
        project_file.write(run / FOLDER / FILE, json.dumps(known).encode())
    return len(known)


def describe_uses(count: int) -> str:
    """What is said of so many openings."""
    if count == 0:
        return "The test part was never opened."
    if count == 1:
        return "The test part was opened once."
    return f"The test part was opened {format_quantity(count, 'time')}: the more often one chooses by it, the less it says."


def _read(run: Path) -> list[object]:
    path = run / FOLDER / FILE
    if not path.is_file():
        return []
    try:
        found = json.loads(read_text(path, MOST_BYTES))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
