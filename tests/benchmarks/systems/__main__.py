"""``python -m tests.benchmarks.systems [NAME …] [--seeds 0 1 2 3 4] [--write]``: train the systems of the course, a process for each.

What is measured is kept in ``measured.json``; ``--write`` puts all that is kept into RESULTS.md. ``--write --seeds`` without a number
only writes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

from tests.benchmarks.__main__ import HERE, results, table
from tests.benchmarks.systems.system import keep, read_kept, rows, systems

TABLE = "bench_systems"
THREADS = "2"


def measure(name: str, seed: int) -> dict[str, float]:
    """Train one system with one seed, in this process."""
    begun, spent = time.perf_counter(), time.process_time()
    figures = {key: float(value) for key, value in systems()[name].measure(seed).items()}
    figures.setdefault("processor_seconds", time.process_time() - spent)
    return {**figures, "seconds": time.perf_counter() - begun}


def measure_aside(name: str, seed: int) -> str:
    """The same in a fresh process; the words where it failed."""
    env = {**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", THREADS), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.benchmarks.systems", "--one", name, str(seed)]
    done = subprocess.run(command, env=env, cwd=HERE.parent.parent, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return f"failed with {done.returncode}"
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    keep(name, seed, {**figures, "date": time.strftime("%Y-%m-%d")})
    return ", ".join(f"{key} {value:.4g}" for key, value in figures.items())


def main() -> int:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.systems")
    parser.add_argument("names", nargs="*", help=f"{', '.join(systems())} (all, if none is named)")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--write", action="store_true", help="write RESULTS.md")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], int(options.one[1]))))
        return 0
    for name in options.names or systems():
        for seed in options.seeds:
            print(f"{name}, seed {seed}: {measure_aside(name, seed)}", flush=True)
    if options.write:
        kept = read_kept()
        lines = [row for name, system in systems().items() for row in rows(system, kept.get(name, {}))]
        path = HERE / "RESULTS.md"
        path.write_text(results(path.read_text("utf-8"), {TABLE: table(TABLE, lines)}), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
