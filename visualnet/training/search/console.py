"""Searches without a window: a line for each trial that is over, the best at the end, and files of what came out.

``python -m`` this module is what a process does that `workers.start_workers` has started: it searches until that one ends, or lets it go.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from visualnet.core.process.exit_signals import exit_code, on_ending
from visualnet.core.process.parent_process import when_orphaned
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_percent, format_quantity
from visualnet.core.text.tables import csv_of
from visualnet.core.user import trusted_code
from visualnet.figures.charts.svg import svg_of
from visualnet.training.experiments.runner import StopControl
from visualnet.training.search import charts, workers
from visualnet.training.search import folder as kept
from visualnet.training.search.apply_values import apply
from visualnet.training.search.importance import find_importances
from visualnet.training.search.study import Study, TrialView, counts, find_best, is_over
from visualnet.training.search.worker import TrialEnded, work

FINE, FAULTY, STOPPED = 0, 1, 130
LOOK_S = 0.25


@dataclass(frozen=True)
class SearchOptions:
    """In how many processes the search goes on, where the project with the best values is written, JSON instead of text, and whether this
    process is one of several that another has started: it stops when that one is gone."""

    workers: int = 1
    best: Path | None = None
    json: bool = False
    owned: bool = False


def run(project: Project, folder: Path, options: SearchOptions) -> int:
    """Search in a folder, or go on there; the exit code.

    0: done. 1: it cannot be trained. 130, 143, 129: stopped by Ctrl+C, SIGTERM, SIGHUP; the same command goes on from there.

    Raises:
        ValueError: the folder holds another search, or the project cannot take what is varied.
        OSError, FileError: something cannot be written.
    """
    kept.begin(folder, project)
    stop_control, heard = StopControl(), list[int]()
    if options.owned:
        when_orphaned(stop_control.stop)
    else:
        kept.forget_stop(folder)
    study = Study(folder)
    printer = SearchPrinter(study, options.json)

    def stop(number: int) -> None:
        heard.append(number)
        stop_control.stop()

    with on_ending(stop, impatient=True):
        if options.workers > 1:
            reason, words = _run_many(study, options, stop_control, printer)
        else:
            reason, words = _run_one(folder, stop_control, printer)
    trials = study.trials()
    write(study, trials, folder)
    best = find_best(trials, study.figure.better)
    if options.best is not None and best is not None:
        project_file.save(options.best, apply(project, best.values))
    printer.tell(trials, best, options.best, words)
    if reason == "failed":
        print(f"visualnet: {words}", file=sys.stderr)
        return FAULTY
    return exit_code(heard[0]) if heard and reason == "stopped" else {"done": FINE}.get(reason, STOPPED)


def _run_one(folder: Path, stop_control: StopControl, printer: SearchPrinter) -> tuple[str, str]:
    told: list[str] = []

    def put(message: object) -> None:
        if isinstance(message, TrialEnded):
            printer(message.trial)
        told.append(getattr(message, "words", ""))

    reason = work(folder, stop_control, put)
    return reason, told[-1]


def _run_many(
    study: Study, options: SearchOptions, stop_control: StopControl, printer: SearchPrinter
) -> tuple[str, str]:
    """Other processes train; this one tells what they do, and has them stop."""
    over = {trial.number for trial in study.trials() if is_over(trial)}
    processes = workers.start_workers(study.folder, options.workers)
    asked = False
    try:
        while True:
            ended = all(process.poll() is not None for process in processes)
            for trial in study.trials():
                if is_over(trial) and trial.number not in over:
                    over.add(trial.number)
                    printer(trial)
            if stop_control.stopping and not asked:
                kept.ask_to_stop(study.folder)
                asked = True
            if ended:
                return _ended(study, processes)
            time.sleep(LOOK_S)
    finally:
        workers.let_go(processes)


def _ended(study: Study, processes: list[subprocess.Popen[bytes]]) -> tuple[str, str]:
    trials = study.trials()
    if kept.is_to_stop(study.folder):
        return "stopped", ""
    if any(process.returncode for process in processes):
        told = workers.read_words(study.folder)
        killed = sum(process.returncode != FAULTY and process.returncode != FINE for process in processes)
        words = told or f"{format_quantity(killed, 'process', 'processes')} of the search ended without a word"
        if sum(map(counts, trials)) < study.planned or any(not is_over(trial) for trial in trials):
            return "failed", words
    return "done", ""


def records(study: Study, trials: list[TrialView]) -> Iterator[list[Any]]:
    """The trials as a table with a head."""
    addresses = [one.entry.address for one in study.space]
    yield ["trial", "state", *addresses, study.figure.title, "seconds", "run", "words"]
    for trial in trials:
        values = [trial.values.get(address, "") for address in addresses]
        value = "" if trial.value is None else trial.value
        yield [
            trial.number,
            trial.state,
            *values,
            value,
            round(trial.seconds, 3),
            kept.place_of(study.folder, trial.number).name,
            trial.words,
        ]


def as_json(study: Study, trials: list[TrialView]) -> dict[str, Any]:
    """What came out, for programs."""
    best = find_best(trials, study.figure.better)
    figure = {"name": study.figure.name, "part": study.figure.part, "better": study.figure.better}
    return {
        "folder": str(study.folder),
        "figure": figure,
        "trials": [json_of(trial, study.folder) for trial in trials],
        "best": json_of(best, study.folder) if best is not None else None,
        "importances": find_importances(study, trials),
    }


def json_of(trial: TrialView, folder: Path) -> dict[str, Any]:
    """A trial, for programs."""
    told: dict[str, Any] = {"trial": trial.number, "state": trial.state, "values": trial.values, "value": trial.value}
    return {
        **told,
        "run": str(kept.place_of(folder, trial.number)),
        "seconds": round(trial.seconds, 3),
        **({"words": trial.words} if trial.words else {}),
    }


def write(study: Study, trials: list[TrialView], folder: Path) -> None:
    """Write what came out beside the runs: ``trials.csv``, ``trials.json`` and pictures.

    Raises:
        FileError: the place refuses it.
    """
    if not folder.is_dir():
        return
    outcome = charts.TrialOutcome(study.spec, study.figure, trials, find_importances(study, trials))
    project_file.write(folder / "trials.csv", csv_of(list(records(study, trials))).encode())
    project_file.write(folder / "trials.json", json.dumps(as_json(study, trials), indent=1).encode())
    drawn = {"best": charts.draw_best, "parallel": charts.draw_parallel, "importances": charts.draw_importances}
    for name, draw in drawn.items():
        chart = draw(outcome)
        if chart is not None:
            project_file.write(folder / f"{name}.svg", svg_of(chart).encode())


class SearchPrinter:
    """A line for each trial that is over, and what came out at the end."""

    def __init__(self, study: Study, as_lines_of_json: bool) -> None:
        self.study, self.json = study, as_lines_of_json

    def __call__(self, trial: TrialView) -> None:
        """Say how a trial has ended, or that it was stopped."""
        if self.json:
            print(json.dumps(json_of(trial, self.study.folder)), flush=True)
            return
        count = sum(counts(one) and is_over(one) for one in self.study.trials())
        told = charts.describe_trial(trial)
        if trial.value is None:
            told += f": {trial.state}{f' ({trial.words})' if trial.words else ''}"
        print(f"{count}/{self.study.planned}  {told}", flush=True)

    def tell(self, trials: list[TrialView], best: TrialView | None, path: Path | None, words: str) -> None:
        """Say what came out."""
        if self.json:
            told = as_json(self.study, trials) | ({"words": words} if words else {})
            print(json.dumps({key: value for key, value in told.items() if key != "trials"}), flush=True)
            return
        if best is None:
            print("No trial has reached its end.", flush=True)
        else:
            print(f"\nBest {self.study.figure.title}: {charts.describe_trial(best)}")
            for name, share in find_importances(self.study, trials).items():
                print(f"  {format_percent(share, 0):>5}  {name}")
            if path is not None:
                print(f"Written to {path}")
        print(f"Kept in {self.study.folder}", flush=True)


def main(folder: Path) -> int:
    """Search in a folder for the process that has started this one, which says first what code the person trusts; the exit code."""
    trusted_code.take_marks_for_now(msgspec.json.decode(_first_line(), type=list[str]))
    try:
        return run(kept.read(folder), folder, SearchOptions(owned=True))
    except (ValueError, OSError) as error:
        print(f"visualnet: {error}", file=sys.stderr)
        return FAULTY


def _first_line() -> bytes:
    """What the standard input says first; nothing behind it is read."""
    said = b""
    while not said.endswith(b"\n") and (piece := os.read(0, 1)):
        said += piece
    return said or b"[]"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
