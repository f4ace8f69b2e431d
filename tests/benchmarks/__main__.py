"""Run the benchmarks: ``python -m tests.benchmarks [NAME …] [--write]``.

Each ``bench_*.py`` beside this file has ``run()``, which gives rows (name, value, unit, note). Every file runs in a process of its own,
one after the other, so that none warms or burdens another. ``--write`` puts the table into RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
TITLES = {
    "bench_training": "Training steps per second, against a tight hand-written loop",
    "bench_compile": "Compiled graph against hand-written module, forward and backward",
    "bench_window": "The window while it trains",
    "bench_canvas": "Canvas: frames, drags, edits",
    "bench_quick_add": "Quick add: a key",
    "bench_beside": "Canvas beside NodeGraphQt: the same graph, the same gestures",
    "bench_infer": "Inference by formula",
    "bench_files": "Opening, saving, edits",
    "bench_plots": "Live pictures",
    "bench_start": "Start to window",
    "bench_cost": "Memory and time: forecast against measurement",
    "bench_scale": "Deep networks",
}


def names() -> list[str]:
    """Every benchmark, in the order of TITLES."""
    found = {p.stem for p in HERE.glob("bench_*.py")}
    return [n for n in TITLES if n in found] + sorted(found - TITLES.keys())


def measure(name: str) -> list[list[object]]:
    """Run one file in a fresh process."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name]
    done = subprocess.run(
        command, env=env, cwd=HERE.parent.parent, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode:
        tail = (done.stderr.strip().splitlines() or ["no words"])[-1]
        return [[f"{name} failed", "", "", tail]]
    rows: list[list[object]] = json.loads(done.stdout.strip().splitlines()[-1])
    return rows


def table(name: str, rows: list[list[object]]) -> str:
    """The rows as Markdown."""
    lines = [f"### {TITLES.get(name, name)}", "", "| what | measured | | |", "|---|---:|---|---|"]
    for what, value, unit, note in rows:
        shown = (
            f"{value:.3g}"
            if isinstance(value, float) and abs(value) < 1000
            else f"{value:,.0f}"
            if isinstance(value, float)
            else value
        )
        lines.append(f"| {what} | {shown} | {unit} | {note} |")
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What it was measured on."""
    parts = [f"{os.cpu_count()} cores", platform.machine(), f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name).partition('+')[0]}" for name in ("torch", "PySide6-Essentials")]
    return ", ".join(parts)


def main() -> int:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", help="bench_training, bench_canvas … (all, if none is named)")
    parser.add_argument("--write", action="store_true", help="write RESULTS.md")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps([list(row) for row in import_module(f"tests.benchmarks.{options.one}").run()]))
        return 0
    parts = []
    for name in options.names or names():
        part = table(name, measure(name))
        print(part, flush=True)
        parts.append(part)
    if options.write:
        words = (
            "# What was measured\n\nMade by `python -m tests.benchmarks --write`. Ratios are taken side by side in one run; "
            f"times depend on the machine.\n\n{time.strftime('%Y-%m-%d')}, {machine()}.\n\n"
        )
        path = HERE / "RESULTS.md"
        kept = path.read_text("utf-8").partition("\n## ")[2] if path.exists() else ""
        path.write_text(words + "\n".join(parts) + (f"\n## {kept}" if kept else ""), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
