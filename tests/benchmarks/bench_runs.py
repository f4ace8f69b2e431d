"""Ten thousand run folders: how long the list of them takes to open, sort, filter, search, and to take in one new run; fifty overlaid.

The folders are written as the Session writes them (record, log), with settings and figures drawn by seed.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.bench_plots import Row
from visualnet.training import events
from visualnet.training.run_index.filter_line import parse_filter
from visualnet.training.run_index.index import RunIndex
from visualnet.training.run_index.query import Scope
from visualnet.training.run_records.annotations import annotate
from visualnet.training.run_records.record import RunRecord, write_record
from visualnet.training.runs.run_model import LOG

RUNS, REPEATS = 10_000, 5
OVERLAID, STEPS = 50, 10_000
WANTED_MS = 100


def make_run(root: Path, number: int, rng: random.Random) -> Path:
    """A folder of a run that is over."""
    folder = root / f"20261101-{number:06d}-net-{number % 40}"
    folder.mkdir()
    loss = rng.random()
    recipe = {
        "optimizer": rng.choice(("Adam", "SGD", "AdamW")),
        "lr": 10 ** rng.uniform(-5, 0),
        "momentum": 0.9,
        "batch_size": rng.choice((16, 32, 64, 128)),
        "epochs": 10,
        "seed": number % 5,
        "schedule": "cosine",
        "data": "digits",
        **{f"constant.width{i}": rng.randrange(8, 256) for i in range(6)},
    }
    figures = {
        "loss": loss,
        "accuracy": 1 - loss / 2,
        "validation_loss": loss * 1.1,
        "validation_accuracy": 1 - loss / 1.8,
    }
    record = RunRecord(
        id=folder.name,
        project=f"net {number % 40}",
        network=f"{number % 400:016x}",
        parameters=61_706,
        recipe=recipe,
        data_name="digits",
        data=f"{number % 3:064x}",
        sizes=(60_000, 5_000, 10_000),
        seeds={"recipe": number % 5, "data": 0},
        versions={"visualnet": "0.1.0", "torch": "2.13.0", "python": "3.11.7"},
        device="CPU x86_64, 2 threads",
        started=1_795_000_000.0 + number,
        ended=1_795_000_100.0 + number,
        duration=rng.uniform(5, 5_000),
        state=rng.choice(("done", "done", "done", "stopped", "failed")),
        epochs=10,
        planned_epochs=10,
        steps=9_380,
        best_epoch=9,
        best=figures,
        last=figures,
        metrics=("accuracy",),
    )
    ended = events.Finished(reason="done", step=9_380, epoch=10, seconds=record.duration)
    (folder / LOG).write_bytes(events.encode(ended) + b"\n")
    write_record(folder, record)
    if number % 10 == 0:
        annotate(folder, tags=("baseline",), notes=f"Try number {number}, with a narrow bottleneck.")
    return folder


def run() -> list[Row]:
    """The rows."""
    rng = random.Random(0)
    with tempfile.TemporaryDirectory(prefix="visualnet-bench-") as place:
        root, file = Path(place) / "runs", Path(place) / "index" / "runs.sqlite"
        root.mkdir()
        for number in range(RUNS):
            make_run(root, number, rng)
        time.sleep(2.1)  # what was written a moment ago is looked at again
        index = RunIndex(root, file)
        built = _seconds(index.refresh)
        index.close()

        def open_all() -> None:
            opened = RunIndex(root, file)
            assert len(opened.rows()) == RUNS
            opened.close()

        opening = _median(open_all)
        index = RunIndex(root, file)
        narrow = parse_filter("lr<0.01 state:done tag:baseline")
        found = {
            "open: the file, and every run as a row": opening,
            "refresh: nothing new": _median(index.refresh),
            "sort all by a hyper-parameter (lr)": _median(lambda: index.rows(sort="lr", descending=False)),
            "filter: lr<0.01 state:done tag:baseline": _median(lambda: index.rows(narrow, sort="validation_loss")),
            "filter: lr<0.01": _median(lambda: index.rows(parse_filter("lr<0.01"))),
            "search: a word of the notes": _median(lambda: index.rows(parse_filter("bottleneck"))),
            "the runs of one project": _median(lambda: index.rows(scope=Scope(project="net 7"))),
            "a further column": _median(lambda: index.values("batch_size")),
        }
        new = []
        for number in range(RUNS, RUNS + REPEATS):
            make_run(root, number, rng)
            new.append(_seconds(index.refresh))
        found["refresh after one new run"] = statistics.median(new)
        index.close()
    wanted = f"at most {WANTED_MS} ms wanted"
    told = [Row("index made of the folders (once)", round(built, 2), "s", f"{RUNS:,} runs")]
    found |= overlay()
    return told + [Row(name, round(seconds * 1_000, 1), "ms", wanted) for name, seconds in found.items()]


def overlay() -> dict[str, float]:
    """Seconds to draw fifty runs over each other anew, painting included: what the page does when smoothing or the curve is changed."""
    import numpy as np
    from PySide6.QtWidgets import QApplication

    from visualnet.app.plots.charts.chart_view import ChartView
    from visualnet.app.theme.tokens import DARK
    from visualnet.training.run_index.overlay import ShownRun, draw_overlay
    from visualnet.training.runs.run_model import RunModel
    from visualnet.training.runs.series import Series

    app = QApplication.instance() or QApplication([])
    rng, shown = np.random.default_rng(0), []
    fall = np.exp(-np.arange(STEPS) / STEPS * 5)
    for number in range(OVERLAID):
        model = RunModel(f"run {number}")
        model.steps["loss"] = Series(np.arange(STEPS), fall + 0.02 * number + rng.normal(size=STEPS) * 0.1)
        shown.append(ShownRun(f"run {number}", model, f"lr {number % 10}"))
    chart = ChartView()
    chart.resize(680, 420)
    chart.set_theme(DARK)
    chart.show()
    app.processEvents()  # before the first expose a repaint paints nothing

    def draw(smoothing: float, bands: bool) -> None:
        chart.show_chart(draw_overlay(shown, "loss", "train", "step", smoothing, bands))
        chart.repaint()

    name = f"overlay of {OVERLAID} runs of {STEPS:,} steps"
    weights = iter((0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96))
    found = {
        f"{name}": _median(lambda: draw(0.0, False)),
        f"{name}, smoothing that changes": _median(lambda: draw(next(weights), False)),
        f"{name}, as ten bands over seeds, smoothing 0.9": _median(lambda: draw(0.9, True)),
    }
    chart.close()
    chart.deleteLater()
    return found


def _seconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _median(act: Callable[[], object]) -> float:
    return statistics.median(_seconds(act) for _ in range(REPEATS))
