"""What is told of two projects that differ, as a page to be read: `python -m tests.analysis.compare.pairs`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.core.edits.changes import BASE, EDITS
from visualnet.analysis import infer
from visualnet.analysis.compare import table as networks
from visualnet.analysis.compare.difference_text import as_data, lines, summary, table
from visualnet.analysis.compare.project_diff import Differences, differences, pair, place_beside_nearest
from visualnet.analysis.repair.preview import EditPreview, column_boxes
from visualnet.core.project import Project

PAGE = Path(__file__).with_name("pairs.txt")


class Pair(NamedTuple):
    """Two projects and what leads from one to the other."""

    title: str
    before: Project
    after: Project


def pairs() -> Iterator[Pair]:
    """A project before and after each edit that changes it, and the other way round."""
    for edit in EDITS:
        try:
            result = edit.apply(BASE)
        except (ValueError, KeyError):
            continue
        after = result[0] if isinstance(result, tuple) else result
        if after is not BASE:
            yield Pair(edit.title, BASE, after)
            yield Pair(f"{edit.title}, undone", after, BASE)


def told(two: Pair) -> Iterator[str]:
    """All that is told of a pair."""
    before, after = infer(two.before), infer(two.after, None)
    found = differences(before, after)
    yield f"=== {two.title}"
    yield f"  {summary(found)}"
    yield from (f"  {line}" for line in lines(found))
    yield from (f"  | {' | '.join(line[:5])}".rstrip(" |") for line in table(found, 6))
    yield from (f"  data {line}" for line in _data(found))
    yield from (f"  {line}".rstrip() for line in _preview(two))
    yield ""


def _data(found: Differences) -> Iterator[str]:
    for key, values in as_data(found).items():
        for value in values:
            yield f"{key}: {', '.join(f'{v}' for v in value.values() if v not in ([], None, ''))}"


def _preview(two: Pair) -> Iterator[str]:
    """What a preview of the step would show on the main sheet."""
    change = EditPreview("", infer(two.before), infer(two.after)).on("")
    assert change is not None
    columns = change.columns(7)
    yield f"shows {columns} touched {list(change.touched)} mended {list(change.mended)}"
    shapes = [f"{i} {change.shape_of(i)}" for column in columns for i in column]
    yield f"shapes {', '.join(shapes)}; other {', '.join(f'{i} {a} → {b}' for i, (a, b) in change.reshaped.items())}"
    boxes = column_boxes(columns, (0.0, 0.0, 400.0, 200.0), (90.0, 40.0), (20.0, 10.0))
    yield " ".join(f"{i} {'/'.join(f'{n:g}' for n in (round(v, 1) for v in box))}" for i, box in boxes.items())
    same = pair(two.before.graph, two.after.graph)
    now = {old: two.after.graph.places.get(new, (0.0, 0.0)) for old, new in same.items()}
    for node in two.before.graph:
        if node.id not in same:
            yield f"{node.name} would stand at {place_beside_nearest(two.before.graph, node.id, now)}"


def page() -> str:
    """All pairs, then networks side by side."""
    return "\n".join([*(line for two in pairs() for line in told(two)), "=== side by side", *side_by_side(), ""])


def side_by_side() -> list[str]:
    """Three networks in one table."""
    by_title = {two.title: two.after for two in pairs()}
    chosen = [("base", BASE), ("wider", by_title["another constant"]), ("bypassed", by_title["bypass two in a row"])]
    return [f"  {line}".rstrip() for line in networks.table(networks.compare(chosen, 4)).splitlines()]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
