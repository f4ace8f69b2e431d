"""Mutation testing of core, layers and analysis: ``python -m tests.mutation --seed N --mutants 100``.

Cosmic Ray says what a mutant is; a random sample of its mutants is tried, each against the tests that execute its line. ``--map FILE``
keeps which test executes what, ``--log FILE`` has a JSON line for each mutant. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from difflib import unified_diff
from itertools import islice
from math import sqrt
from pathlib import Path

from tests.mutation.coverage_map import PACKAGES, ROOT, TESTS, CoverageMap, measure
from tests.mutation.sample import Mutant, draw
from tests.mutation.trial import Workshop


def main() -> None:
    """Read the options, measure or read the map, try the sample, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="which sample; the same seed draws the same mutants")
    parser.add_argument("--mutants", type=int, default=100, help="how many")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first of the sample, to go on with a run")
    parser.add_argument("--map", type=Path, help="where it is kept which test executes what; measured when absent")
    parser.add_argument("--log", type=Path, help="append a JSON line for each mutant")
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["OMP_NUM_THREADS"] = "1"
    coverage = _map(options.map)
    verdicts: list[tuple[str, str]] = []
    killers: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="visualnet-mutants-") as folder:
        workshop = Workshop(Path(folder), coverage)
        if failed := workshop.warm_up():
            raise SystemExit(f"A test fails without any mutant: {failed}")
        for mutant in islice(draw(options.seed, options.mutants), options.skip, None):
            outcome = workshop.try_(mutant)
            verdicts.append((mutant.package, outcome.verdict))
            killers.add(outcome.test)
            change = "" if outcome.verdict == "killed" else difference(mutant)
            print(
                f"{outcome.verdict:8} {mutant.file}:{mutant.line} {mutant.operator} {outcome.test}\n{change}",
                flush=True,
            )
            if options.log:
                with options.log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps({**asdict(mutant), **asdict(outcome), "diff": difference(mutant)}) + "\n")
        if failed := workshop.check(sorted(killers & coverage.seconds.keys())):
            raise SystemExit(f"A test that killed a mutant fails without one: {failed}")
    print(table(verdicts))


def _map(place: Path | None) -> CoverageMap:
    if place is not None and place.exists():
        return CoverageMap.read(place)
    coverage = measure([str(ROOT / "tests" / name) for name in TESTS])
    if place is not None:
        coverage.write(place)
    return coverage


def difference(mutant: Mutant) -> str:
    """Return the lines that a mutant changes."""
    before = (ROOT / mutant.file).read_text(encoding="utf-8").splitlines()
    lines = unified_diff(before, mutant.source().splitlines(), lineterm="", n=0)
    return "".join(f"    {line}\n" for line in lines if not line.startswith(("---", "+++", "@@")))


def table(verdicts: Iterable[tuple[str, str]]) -> str:
    """Return the figures of each package, with the 95 % interval of the share killed."""
    verdicts = list(verdicts)
    rows = [
        "| package | mutants | killed | timeout | survived | killed, with timeouts | 95 % interval |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for name in (*PACKAGES, "all"):
        seen = [verdict for package, verdict in verdicts if name in (package, "all")]
        killed, timeout, survived = (seen.count(verdict) for verdict in ("killed", "timeout", "survived"))
        if seen:
            low, high = wilson(killed + timeout, len(seen))
            share = (killed + timeout) / len(seen)
            rows.append(
                f"| {name} | {len(seen)} | {killed} | {timeout} | {survived} | {share:.1%} | {low:.1%} to {high:.1%} |"
            )
    return "\n".join(rows)


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval in which the share lies with 95 %, after Wilson (1927); it holds near 0 and 1 too."""
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - half, middle + half


if __name__ == "__main__":
    main()
