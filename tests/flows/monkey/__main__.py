"""Let the monkey work and tell what came of it: ``python -m tests.flows.monkey --seed 7 --gestures 10000 --report``."""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict, deque
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
HOME = Path(tempfile.mkdtemp(prefix="visualnet-monkey-"))
os.environ["VISUALNET_HOME"] = str(HOME / "home")

from PySide6.QtWidgets import QApplication  # noqa: E402

from tests.flows.monkey.gestures import Done, make, whole  # noqa: E402
from tests.flows.monkey.watch import Beats, Faults, Gap, python_objects, qt_objects, resident_mb, threads, trim  # noqa: E402
from visualnet.app.shell.window import Window  # noqa: E402
from visualnet.app.theme.apply import ThemeKeeper  # noqa: E402
from visualnet.core.user.settings import Settings  # noqa: E402

LAST = 40


def main(argv: list[str] | None = None) -> int:
    """Work, print, and say by the status whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.flows.monkey", description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=int.from_bytes(os.urandom(3)), help="what it does; a new one each time"
    )
    parser.add_argument("--gestures", type=int, default=10_000)
    parser.add_argument(
        "--first", type=int, default=2_000, help="memory and objects are noted after so many, and at the end"
    )
    parser.add_argument("--seconds", type=float, default=0, help="end after so many seconds")
    parser.add_argument("--only", default="", help="only these kinds of gesture, with commas")
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--report", action="store_true", help="times of each kind, the slow ones, objects that stayed")
    parser.add_argument("--stacks", action="store_true", help="note what ran in the slow ones; slows everything down")
    parser.add_argument("--json", type=Path, help="write the figures here")
    how = parser.parse_args(argv)
    print(f"seed {how.seed}, {how.gestures:,} gestures", flush=True)
    faulthandler.enable()
    try:
        return _work(how)
    finally:
        shutil.rmtree(HOME, ignore_errors=True)


def _work(how: argparse.Namespace) -> int:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    done: list[Done] = []
    notes: list[dict[str, Any]] = []
    log: deque[str] = deque(maxlen=LAST)
    with Faults() as faults, Beats(stacks=how.stacks) as beats:
        window = Window(Settings(HOME / "settings.json"), ThemeKeeper(app, "dark"))
        window.resize(1440, 900)
        window.show()
        monkey, answers = make(window, how.seed, beats, HOME / "files")
        monkey.trains = not how.no_training
        only, known, began = frozenset(filter(None, how.only.split(","))), 0, time.monotonic()
        with answers:
            monkey.load_libraries()
            notes.append(_note(monkey, 0))
            while monkey.number < how.gestures and not (how.seconds and time.monotonic() - began > how.seconds):
                made = monkey.act(only)
                done.append(made)
                log.append(f"{made.number} {made.name} {made.what}")
                if made.number % 100 == 0:
                    try:
                        whole(window)
                    except AssertionError:
                        faults.found.append(f"[whole] {traceback.format_exc()}")
                if len(faults.found) > known:
                    known = len(faults.found)
                    print(
                        f"--- fault at gesture {made.number} ({made.name} {made.what})\n{faults.found[-1]}", flush=True
                    )
                    if known == 1:
                        print("the last gestures:\n  " + "\n  ".join(log), flush=True)
                if made.number == how.first or made.number % 2000 == 0:
                    notes.append(_note(monkey, made.number))
                    print(_line(notes[-1]), f"{time.monotonic() - began:.0f} s", flush=True)
            if notes[-1]["after"] != monkey.number:
                notes.append(_note(monkey, monkey.number))
                print(_line(notes[-1]), flush=True)
            seconds = time.monotonic() - began
            monkey.unhook()
            window.close()
        window.deleteLater()
        app.processEvents()
    left = [t for t in threads() if t != "MainThread"]
    _tell(how, done, notes, beats)
    print(
        f"seed {how.seed}: {len(done):,} gestures in {seconds:.0f} s, {len(faults.found)} faults, threads left: {left or 'none'}"
    )
    if how.json:
        how.json.write_text(json.dumps(_figures(how, done, notes, faults.found, left), indent=1))
    return 1 if faults.found or left else 0


def _note(monkey: Any, after: int) -> dict[str, Any]:
    """With every tab closed: memory, threads, objects."""
    monkey.close_all()
    objects = python_objects()
    qt = qt_objects(monkey.window)
    resident = resident_mb()
    trim()
    return {
        "after": after, "mb": resident, "trimmed_mb": resident_mb(), "threads": threads(), "objects": objects, "qt": qt,
    }  # fmt: skip


def _line(note: dict[str, Any]) -> str:
    return (
        f"after {note['after']:,}: {note['mb']:.0f} MB ({note['trimmed_mb']:.0f} trimmed), {len(note['threads'])} threads, "
        f"{note['objects']['python objects']:,} objects, {sum(note['qt'].values()):,} QObjects"
    )


def _quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(int(part * len(values)), len(values) - 1)] if values else 0.0


def _figures(
    how: argparse.Namespace, done: list[Done], notes: list[Any], faults: list[str], left: list[str]
) -> dict[str, Any]:
    wall, cpu = [d.gap.wall_ms for d in done], [d.gap.cpu_ms for d in done]
    return {
        "seed": how.seed, "gestures": len(done), "faults": faults, "threads_left": left,
        "notes": [{k: n[k] for k in ("after", "mb", "trimmed_mb", "threads")} for n in notes],
        "wall_p99": _quantile(wall, 0.99), "wall_max": max(wall, default=0),
        "cpu_p99": _quantile(cpu, 0.99), "cpu_max": max(cpu, default=0),
        "slow": Counter(f"{d.name} {d.what}" for d in done if d.gap.cpu_ms > 100).most_common(40),
        "cpu_over_100": sum(c > 100 for c in cpu), "cpu_over_500": sum(c > 500 for c in cpu),
    }  # fmt: skip


def _tell(how: argparse.Namespace, done: list[Done], notes: list[dict[str, Any]], beats: Beats) -> None:
    kinds: defaultdict[str, list[Gap]] = defaultdict(list)
    for made in done:
        kinds[made.name].append(made.gap)
    wall, cpu = [d.gap.wall_ms for d in done], [d.gap.cpu_ms for d in done]
    print(f"answered within, ms: p99 {_quantile(wall, 0.99):.0f}, most {max(wall, default=0):.0f}"
          f" (own work of the window: p99 {_quantile(cpu, 0.99):.0f}, most {max(cpu, default=0):.0f},"
          f" over 100: {sum(c > 100 for c in cpu)}, over 500: {sum(c > 500 for c in cpu)})")  # fmt: skip
    pauses = [ms for _, ms in beats.collections]
    print(
        f"garbage collections: {len(pauses)}, the longest {max(pauses, default=0):.0f} ms, over 50 ms: {sum(p > 50 for p in pauses)}"
    )
    if not how.report:
        return
    for name, gaps in sorted(kinds.items()):
        w, c = [g.wall_ms for g in gaps], [g.cpu_ms for g in gaps]
        own = f"own p99 {_quantile(c, 0.99):6.0f} most {max(c):6.0f}"
        print(f"  {name:14} {len(gaps):6,}  wall p99 {_quantile(w, 0.99):6.0f} most {max(w):6.0f}   {own}")
    print("the slowest gestures:")
    for made in sorted(done, key=lambda d: -d.gap.cpu_ms)[:60]:
        if made.gap.cpu_ms > 60:
            print(
                f"  {made.number} {made.name} {made.what}: {made.gap.wall_ms:.0f} ms, own work {made.gap.cpu_ms:.0f} ms"
            )
            for stack, count in Counter(made.seen).most_common(4):
                print(f"      {count}x " + " < ".join(stack))
    early, late = next((n for n in notes if n["after"] == how.first), notes[0]), notes[-1]
    print(f"what there is more of after {late['after']:,} than after {early['after']:,}:")
    for group in ("objects", "qt"):
        for name in sorted(late[group], key=lambda n: early[group][n] - late[group][n]):
            more = late[group][name] - early[group][name]
            if more > 0:
                print(f"  {group}: {name} {early[group][name]:,} -> {late[group][name]:,}")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        raise SystemExit(main())
