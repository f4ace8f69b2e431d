"""The last steps of a document as plain values, so that a recovered document can take them back.

A step is kept as what sets the text of the project before it apart from the text after it: both files agree but for a few lines. Reading
goes backwards from the recovered project; every project on the way passes the validator of files, and the first that does not ends it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from visualnet.core.document import HistoryStep
from visualnet.core.errors import FileError
from visualnet.core.names import MAX_SOURCE
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.hidden_characters import visible

Lines = list[str]

MOST = 100
"""So many steps are kept."""
MOST_TEXT = 1 << 20
"""So many letters may set them apart, all together."""
MOST_LINES = 4000
"""Of texts that differ over more lines only the whole of that is kept: to compare them line by line would take too long."""
LONGEST_LABEL = 200
READING_S = 2.0
"""A recovery does not wait longer for its steps; older ones are left out."""


class StepWriter:
    """Describes steps; what was described before is not worked out again. Used by one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[HistoryStep, dict[str, Any]]] = {}

    def describe(self, past: Sequence[HistoryStep]) -> list[dict[str, Any]]:
        """The last steps, the newest first, as far as there is room for them."""
        texts: dict[int, Lines] = {}
        known, found, room = {}, [], MOST_TEXT
        for step in reversed(past[-MOST:]):
            held = self._known.get(id(step))
            row = held[1] if held is not None else _describe(step, texts)
            sizes = [len(line) for *_, lines in row["parts"] for line in lines]
            room -= sum(sizes) + len(row["label"])
            if room < 0 or max(sizes, default=0) > MAX_SOURCE:  # a longer text no file may hold
                break
            known[id(step)] = step, row
            found.append(row)
        self._known = known
        return found


def _describe(step: HistoryStep, texts: dict[int, Lines]) -> dict[str, Any]:
    before, after = _lines(step.before, texts), _lines(step.after, texts)
    label = step.label[:LONGEST_LABEL].encode("utf-8", "replace").decode("utf-8")
    return {"label": label, "time": step.time, "parts": _set_apart(before, after)}


def _set_apart(before: Lines, after: Lines) -> list[list[Any]]:
    """Which lines of the later text are to be replaced, ``[from, to]``, and the earlier ones that stood there."""
    start = _count_common(before, after)
    end = _count_common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) + len(new) > MOST_LINES:
        return [[start, start + len(new), old]]
    found = SequenceMatcher(None, new, old, autojunk=False).get_opcodes()
    return [[start + i, start + j, old[k:m]] for what, i, j, k, m in found if what != "equal"]


def _lines(project: Project, texts: dict[int, Lines]) -> Lines:
    if id(project) not in texts:
        texts[id(project)] = project_file.dumps(project).decode("utf-8").split("\n")
    return texts[id(project)]


def _count_common(one: Lines, other: Lines) -> int:
    """How many lines two texts have in common at their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


class ReadSteps(NamedTuple):
    """The steps that could be read, the oldest first, and how many there were before them."""

    past: tuple[HistoryStep, ...] = ()
    forgotten: int = 0


def read_steps(rows: Any, earlier: Any, project: Project) -> ReadSteps:
    """The steps that led to a project. What is damaged, or would take too long, ends them: those behind it stand."""
    if not isinstance(rows, list | tuple):
        return ReadSteps()
    until, past = time.monotonic() + READING_S, []
    after, lines = project, project_file.dumps(project).decode("utf-8").split("\n")
    for row in rows[:MOST]:
        step = _read_step(row, after, lines) if time.monotonic() < until else None
        if step is None:
            break
        found, lines = step
        past.append(found)
        after = found.before
    before = earlier if type(earlier) is int and 0 <= earlier < 1 << 31 else 0
    return ReadSteps(tuple(reversed(past)), before + len(rows) - len(past) if past else 0)


def _read_step(row: Any, after: Project, lines: Lines) -> tuple[HistoryStep, Lines] | None:
    """The step that a row describes, and the text of the project before it; None if it describes none."""
    if not isinstance(row, dict):
        return None
    label, moment, older = row.get("label"), row.get("time"), _put_together(row.get("parts"), lines)
    if not isinstance(label, str) or not label or older is None:
        return None
    if not isinstance(moment, int | float) or not math.isfinite(moment) or not 0 <= moment < 1 << 33:
        return None
    try:
        before = project_file.loads("\n".join(older).encode("utf-8"), "an earlier step")
    except (FileError, ValueError):
        return None
    if before.readonly:
        return None
    return HistoryStep(visible(label[:LONGEST_LABEL]), before, after, "", float(moment)), older


def _put_together(parts: Any, lines: Lines) -> Lines | None:
    """The earlier text, from the later one and what sets it apart; None if that does not fit together."""
    if not isinstance(parts, list | tuple):
        return None
    older: Lines = []
    at = 0
    for part in parts:
        if not isinstance(part, list | tuple) or len(part) != 3:
            return None
        start, end, own = part
        if type(start) is not int or type(end) is not int or not at <= start <= end <= len(lines):
            return None
        if not isinstance(own, list | tuple) or not all(isinstance(line, str) for line in own):
            return None
        older += [*lines[at:start], *own]
        at = end
    return older + lines[at:]
