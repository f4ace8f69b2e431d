"""What ``python -m tests.benchmarks.systems`` measured of the systems of the course, and kept: training them takes too long for here."""

from __future__ import annotations

from tests.benchmarks.systems.system import read_kept, rows, systems


def run() -> list[list[object]]:
    """The rows of all that is kept."""
    kept = read_kept()
    return [row for name, system in systems().items() for row in rows(system, kept.get(name, {}))]
