"""Experiments without a window: progress, the table at the end, and files of what came out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from visualnet.core.process.exit_signals import exit_code, on_ending
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_percent, format_quantity
from visualnet.core.text.tables import csv_of
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.svg import svg_of
from visualnet.training import events
from visualnet.training.experiments import curves, experiment_folder, results
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.model import ExperimentModel
from visualnet.training.experiments.runner import (
    ExperimentMessage,
    ExperimentRunStarted,
    StopControl,
    TrialEvent,
    run_experiment,
)
from visualnet.training.experiments.trials import describe_trial

FINE, FAULTY, STOPPED = 0, 1, 130
BAR = 24


@dataclass(frozen=True)
class ExperimentOptions:
    """What the command line may say: seeds in the place of the experiment's own, where all is kept, and JSON instead of text."""

    seeds: tuple[int, ...] = ()
    folder: Path | None = None
    json: bool = False


def run(experiment: Experiment, options: ExperimentOptions, own: Any = None) -> int:
    """Train an experiment and tell what came out; the exit code.

    0: done. 1: a run cannot be trained. 130, 143, 129: stopped by Ctrl+C, SIGTERM, SIGHUP; the same command goes on from there where a
    folder is named.

    Raises:
        OSError, FileError: the results cannot be written.
    """
    seeds = options.seeds or experiment.seeds
    folder = options.folder if options.folder is not None else experiment_folder.new_folder(experiment)
    model = ExperimentModel(experiment, seeds, folder)
    stop_control, heard = StopControl(), list[int]()
    printer = None if options.json else ExperimentPrinter(model, sys.stdout)

    def put(message: ExperimentMessage) -> None:
        model.consume(message)
        if printer is not None:
            printer(message)

    def stop(number: int) -> None:
        heard.append(number)
        stop_control.stop()

    with on_ending(stop, impatient=True):
        reason = run_experiment(experiment, seeds, folder, stop_control, put, own)
    if printer is not None:
        printer.clear()
    if model.runs and folder.is_dir():
        write(model, folder)
    if options.json:
        print(json.dumps({**results.as_json(model), **({"words": model.words} if model.words else {})}), flush=True)
    elif model.runs:
        print("\n".join(report(model)), flush=True)
    if reason == "failed":
        print(f"visualnet: {model.words}", file=sys.stderr)
        return FAULTY
    return exit_code(heard[0]) if heard and reason == "stopped" else {"done": FINE}.get(reason, STOPPED)


def report(model: ExperimentModel) -> Iterator[str]:
    """What came out, for people, in lines: the table, the verdicts, where it is kept."""
    yield ""
    rows = results.table(model)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for number, row in enumerate(rows):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        if not number:
            yield "  ".join("─" * width for width in widths)
    yield ""
    yield from results.verdicts(model)
    if model.experiment.why:
        yield ""
        yield model.experiment.why
    if model.folder is not None:
        yield ""
        yield f"Kept in {model.folder}"


def write(model: ExperimentModel, folder: Path) -> None:
    """Write what came out beside the runs: ``results.csv``, ``results.json``, ``curves.svg`` and a picture for each observation.

    Raises:
        FileError: the place refuses it.
    """
    name, part, _ = curves.list_curves(model)[0]
    pictures: dict[str, Chart] = {"curves": curves.draw(model, name, part)}
    for (variant, look), seen in sorted(model.seen.items()):
        if not isinstance(seen, str):
            observed = f"{model.experiment.observations[look].observation}-{variant + 1}"
            pictures[observed] = seen.chart
    project_file.write(folder / "results.csv", csv_of(results.records(model)).encode())
    project_file.write(folder / "results.json", json.dumps(results.as_json(model), indent=1).encode())
    for called, chart in pictures.items():
        project_file.write(folder / f"{called}.svg", svg_of(chart).encode())


class ExperimentPrinter:
    """A line for each run that is over, and on a terminal a bar that moves."""

    def __init__(self, model: ExperimentModel, out: TextIO) -> None:
        self.model, self.out = model, out
        self.live = out.isatty()
        self._width = 0

    def __call__(self, message: ExperimentMessage) -> None:
        """Say what has happened, if it is worth a line."""
        if isinstance(message, ExperimentRunStarted) and self.model.done:
            self._bar()
        elif isinstance(message, TrialEvent) and isinstance(message.event, events.Finished | events.Failed):
            self._line(message)
        elif isinstance(message, TrialEvent) and self.live:
            self._bar()

    def clear(self) -> None:
        """Take the bar away."""
        if self._width:
            self.out.write("\r" + " " * self._width + "\r")
            self._width = 0

    def _line(self, message: TrialEvent) -> None:
        model = self.model
        score = model.score(message.trial)
        figure = model.experiment.figure.title
        told = f"{figure} {score:.4g}" if score is not None else getattr(message.event, "words", "stopped")
        self.clear()
        count = f"{model.done}/{len(model.trials)}"
        print(f"{count}  {describe_trial(model.experiment, message.trial)}: {told}", file=self.out, flush=True)

    def _bar(self) -> None:
        if not self.live:
            return
        share = self.model.share
        runs = format_quantity(len(self.model.trials), "run")
        line = f"{'█' * int(BAR * share)}{'░' * (BAR - int(BAR * share))} {format_percent(share, 0)} of {runs}"
        self.out.write("\r" + line.ljust(self._width))
        self.out.flush()
        self._width = len(line)
