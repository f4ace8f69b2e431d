"""How a system of the course is declared for its benchmark, and how what it reached is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

HERE = Path(__file__).parent
KEPT = HERE / "measured.json"
"""What was measured, by system and seed."""
TIMES = {"processor_seconds": "processor time", "seconds": "time by the clock"}
"""What is measured of every system, and how the table calls it."""


class Wanted(NamedTuple):
    """What a figure must reach: at least ``least``, at most ``most``; where both are None it is only stated.

    ``seeds``: with so many of the five seeds (0: with all).
    """

    least: float | None = None
    most: float | None = None
    unit: str = ""
    seeds: int = 0

    def is_met(self, value: float) -> bool:
        """Whether this value reaches it."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def words(self) -> str:
        """As a table says it."""
        found = [f"≥ {self.least:g}"] if self.least is not None else []
        found += [f"≤ {self.most:g}"] if self.most is not None else []
        bound = " and ".join(found) or "stated"
        return f"{bound}{f' for {self.seeds} of 5 seeds' if self.seeds else ''}"


class System(NamedTuple):
    """One system: its name, a title, what each of its figures must reach, and the training that gives them for a seed.

    ``measure(seed)`` trains on the CPU, from the shipped template and data, and gives a value for each name in ``wanted``; it may print
    how far it is. Its time is taken by who calls it: ``seconds`` by the clock, which are stated, and ``processor_seconds``, which are
    judged where a time is wanted: beside other work the clock runs several times as fast. It may give its own, of a part of its work.
    """

    name: str
    title: str
    wanted: Mapping[str, Wanted]
    measure: Callable[[int], Mapping[str, float]]


def systems() -> dict[str, System]:
    """Every system, by name."""
    names = sorted(p.stem for p in HERE.glob("*.py") if p.stem not in ("__init__", "__main__", "system"))
    found = [import_module(f"tests.benchmarks.systems.{name}").SYSTEM for name in names]
    return {system.name: system for system in found}


def read_kept() -> dict[str, dict[str, dict[str, Any]]]:
    """What was measured: for each system and each seed its figures, with ``seconds``, ``processor_seconds`` and ``date``."""
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return found


def keep(system: str, seed: int, figures: Mapping[str, Any]) -> None:
    """Put this in the place of what was measured for this system and seed."""
    kept = read_kept()
    kept.setdefault(system, {})[str(seed)] = dict(figures)
    text = json.dumps({k: dict(sorted(v.items())) for k, v in sorted(kept.items())}, indent=1)
    KEPT.write_text(text + "\n", "utf-8")


def rows(system: System, kept: Mapping[str, Mapping[str, Any]]) -> list[list[object]]:
    """The rows of the table: for each figure the median of the seeds, all of them, and whether that is enough."""
    found: list[list[object]] = []
    times = {name: system.wanted.get(name, Wanted(unit="s")) for name in TIMES}
    for name, wanted in {**system.wanted, **times}.items():
        values = [one[name] for one in kept.values() if name in one]
        title = f"{system.title}: {TIMES.get(name, name)}"
        if not values:
            found.append([title, "–", wanted.unit, "not measured"])
            continue
        met = sum(map(wanted.is_met, values))
        enough = met >= (wanted.seeds or len(values))
        of = f"with {met} of {len(values)} seeds"
        stated = wanted.least is None and wanted.most is None
        verdict = "stated" if stated else f"wanted {wanted.words}: {'reached' if enough else '**not reached**'} {of}"
        by_seed = ", ".join(f"{seed}: {one[name]:.3g}" for seed, one in kept.items() if name in one)
        found.append([title, float(median(values)), wanted.unit, f"{verdict} ({by_seed})"])
    return found
