"""Run the benchmarks: ``python -m tests.benchmarks [NAME …] [--write]``.

Each ``bench_*.py`` beside this file has ``run()``, which gives rows (name, value, unit, note). Every file runs in a process of its own,
one after the other, so that none warms or burdens another. ``--write`` puts the tables into RESULTS.md; those of benchmarks that were not
run stay as they were.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
TITLES = {
    "bench_training": "Training steps per second, against a tight hand-written loop",
    "bench_trainers": "Training steps per second, beside a DataLoader script, Lightning and Keras on torch",
    "bench_loading": "Data from files: epochs beside a DataLoader and beside everything resident",
    "bench_own_data": "A person's own data: many files, large tables, a stroke to its answer",
    "bench_compile": "Compiled graph against hand-written module, forward and backward",
    "bench_window": "The window while it trains",
    "bench_answers": "Answers of the window: theme, text size, another project",
    "bench_process": "Training in a process of its own: begin, speed, attach",
    "bench_long_run": "A run of 200,000 steps: memory and log",
    "bench_see_inside": "Eight pictures of See inside beside a training",
    "bench_canvas": "Canvas: frames, drags, edits",
    "bench_dashboard": "The dashboard on the canvas: painting, and looks",
    "bench_quick_add": "Quick add: a key",
    "bench_beside": "Canvas beside NodeGraphQt: the same graph, the same gestures",
    "bench_infer": "Inference by formula",
    "bench_files": "Opening, saving, edits",
    "bench_runs": "Ten thousand runs: opened, sorted, filtered, searched",
    "bench_plots": "Live pictures",
    "bench_attention": "Attention over a thousand tokens",
    "bench_start": "Start to window",
    "bench_cost": "Memory and time: forecast against measurement",
    "bench_epoch": "The time of an epoch: measured beforehand on a few steps, against a run",
    "bench_scale": "Deep networks",
    "bench_systems": "The systems of the course, trained from their templates: medians, and each seed",
    "bench_twins": "Answers held against torchvision, timm, transformers and modules written by hand",
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


def results(before: str, made: dict[str, str]) -> str:
    """RESULTS.md with these tables, the others as they stand in it, and the words below them."""
    tables, _, words = before.partition("\n## ")
    found = re.split(r"^(?=### )", tables, flags=re.MULTILINE)[1:]
    old = {part.partition("\n")[0].removeprefix("### "): part.rstrip() + "\n" for part in found}
    new = {TITLES.get(name, name): part for name, part in made.items()}
    order = [*(TITLES.get(name, name) for name in names()), *old]
    parts = [new.get(title) or old.get(title, "") for title in dict.fromkeys(order)]
    head = (
        "# What was measured\n\nMade by `python -m tests.benchmarks --write`. Ratios are taken side by side in one run; "
        f"times depend on the machine.\n\n{time.strftime('%Y-%m-%d')}, {machine()}.\n\n"
    )
    return head + "\n".join(filter(None, parts)) + (f"\n## {words}" if words else "")


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
    made = {}
    for name in options.names or names():
        made[name] = table(name, measure(name))
        print(made[name], flush=True)
    if options.write:
        path = HERE / "RESULTS.md"
        path.write_text(results(path.read_text("utf-8") if path.exists() else "", made), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
