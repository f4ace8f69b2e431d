"""Every shipped network against its twin, at the published size: the greatest difference between the answers, or the same bits.

``python -m tests.benchmarks bench_twins`` prints it. What is compared with what stands in tests/twins/table.py.
"""

from __future__ import annotations

import gc
from itertools import groupby

from tests.twins.comparing import TOLERANCE, Twin, compare
from tests.twins.libraries import library
from tests.twins.table import BY_HAND, HAND, PUBLISHED

Result = tuple[str, float | str, str, str]
HOMES = {"torchvision": "torchvision.models", "timm": "timm", "transformers": "transformers"}


def run() -> list[Result]:
    """A row for each twin, and how many agree."""
    rows: list[Result] = []
    good = same = 0
    order = sorted([*PUBLISHED, *BY_HAND], key=lambda t: t.source == HAND)
    for source, twins in groupby(order, key=lambda t: t.source):
        if missing := _missing(source):
            rows.append((f"{source}: not compared", "", "", missing))
            continue
        for twin in twins:
            row, fine, exact = _row(twin)
            rows.append(row)
            good, same = good + fine, same + exact
    head: Result = (
        "networks equal to their twins",
        f"{good} of {len([r for r in rows if r[2]])}",
        "twins",
        f"{same} of them to the bit; promise ≤ {TOLERANCE:g} of the largest number in the answer",
    )
    return [head, *rows]


def _missing(source: str) -> str:
    try:
        if source in HOMES:
            library(HOMES[source])
    except (ImportError, RuntimeError) as error:
        return str(error)
    return ""


def _row(twin: Twin) -> tuple[Result, bool, bool]:
    name = f"{twin.template} and its twin {'by hand' if twin.source == HAND else f'in {twin.source}'}"
    try:
        found = compare(twin, twin.sizes if twin.source == HAND else {})
    except (AssertionError, RuntimeError) as error:
        return (name, "failed", "of the largest", str(error)[:200]), False, False
    finally:
        gc.collect()
    bits = "the same to the bit" if found.same_bits else ""
    note = ", ".join(filter(None, (f"{found.parameters:,} parameters", bits)))
    return (name, f"{found.difference:.1e}", "of the largest", note), found.difference <= TOLERANCE, found.same_bits


if __name__ == "__main__":
    for result in run():
        print(*result, sep=" | ")
