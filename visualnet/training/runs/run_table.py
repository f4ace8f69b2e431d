"""The history of runs as a table: what stands in each column for a run, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from visualnet.analysis import Analysis
from visualnet.core.project import Project, RunRef
from visualnet.core.text.format import format_duration, format_number
from visualnet.training.runs import run_history as history
from visualnet.training.runs.network_mark import is_older
from visualnet.training.runs.run_status import EARLIER, format_metrics


def _best_loss(run: RunRef, analysis: Analysis) -> str:
    value = run.summary.get("validation_loss", run.summary.get("loss"))
    return "" if value is None else format_number(value)


COLUMNS: Mapping[str, Callable[[RunRef, Analysis], str]] = {
    "run": lambda run, _: history.title(run),
    "state": lambda run, _: run.state or "unknown",
    "epochs": lambda run, _: str(run.epochs),
    "best loss": _best_loss,
    "metric": lambda run, analysis: format_metrics(analysis, run),
    "optimizer": lambda run, _: history.text(run, "optimizer"),
    "lr": lambda run, _: f"{run.summary['lr']:g}" if "lr" in run.summary else "",
    "device": lambda run, _: history.text(run, "device"),
    "duration": lambda run, _: format_duration(run.summary["seconds"]) if "seconds" in run.summary else "",
    "curves": lambda run, _: "" if history.folder_of(run) else "not here",
}


def cell_text(run: RunRef, column: str, analysis: Analysis, live: bool, elsewhere: bool = False) -> str:
    """What stands in a column; ``live`` is whether this run goes on here, ``elsewhere`` whether another process trains it. What says
    that it runs, and does not, was interrupted."""
    if column != "state":
        return COLUMNS[column](run, analysis)
    state = COLUMNS[column](run, analysis)
    if elsewhere and not live:
        state = "training elsewhere"
    elif run.state == "running":
        state = "training" if live else "interrupted"
    return f"{state}, earlier drawing" if is_older(run, analysis.project) else state


def describe(run: RunRef, project: Project) -> str:
    """Some lines about a run of a project: its name, when it began, where it is kept, its best epoch, and what it trained."""
    best = run.summary.get("best_epoch")
    lines = [
        f"{history.title(run)} ({history.format_begin(run)})",
        f"folder: {run.folder}" if history.folder_of(run) else "its folder is not on this machine",
    ]
    lines += [f"best in epoch {best:.0f}"] if best is not None else []
    return "\n".join([*lines, f"It trained {EARLIER}."] if is_older(run, project) else lines)
