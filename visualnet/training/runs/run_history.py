"""The history of runs that travels with a project: what a line of it says, and how it is changed. Plain edits, no Qt."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from visualnet.core.project import Project, RunRef
from visualnet.core.storage.paths import runs_dir
from visualnet.core.text.format import format_number
from visualnet.core.user.followed_runs import find_followed
from visualnet.training.runs.network_mark import KEY, mark_of
from visualnet.training.runs.run_model import RunModel

Edit = Callable[[Project], Project]


def folder_of(run: RunRef) -> Path | None:
    """The run's folder on this machine, if it is here. Only a plain name is followed, never a path."""
    name = run.folder
    if not name or re.search(r"[/\\:]", name) or name in (".", ".."):
        return None
    folder = runs_dir() / name
    return folder if folder.is_dir() else find_followed(name)


def has_checkpoint(run: RunRef) -> bool:
    """Whether the run can be gone on with."""
    folder = folder_of(run)
    return folder is not None and any((folder / name / "state.json").is_file() for name in ("last", "before-last"))


def can_resume(project: Project, run: RunRef) -> bool:
    """Whether the run has a checkpoint here, and epochs that are still to be done."""
    return has_checkpoint(run) and (run.state != "done" or run.epochs < project.recipe.epochs)


def find_resumable(project: Project, chosen: RunRef | None) -> RunRef | None:
    """The run to go on with: the chosen one, or else the last; None if that cannot be."""
    run = find(project, chosen.id) if chosen is not None else None
    run = run or next(reversed(project.runs), None)
    return run if run is not None and can_resume(project, run) else None


def find_newest(project: Project) -> RunRef | None:
    """The newest run whose folder is on this machine."""
    return next((run for run in reversed(project.runs) if folder_of(run)), None)


def new_run(project: Project, folder: Path) -> RunRef:
    """The line for a run that begins now in this folder."""
    return RunRef(
        id=folder.name,
        folder=folder.name,
        started=datetime.now().replace(microsecond=0).isoformat(),
        state="running",
        summary={"lr": project.recipe.lr},
        extra={"optimizer": project.recipe.optimizer, "data": project.data.name, KEY: mark_of(project)},
    )


def update(run: RunRef, model: RunModel | None, goes_on: bool) -> RunRef:
    """The line for a run as it stands now."""
    if model is None:
        return replace(run, state="running" if goes_on else "stopped")
    state = "running" if goes_on else model.state if model.over else "stopped"
    summary = {**run.summary, **model.ref().summary}
    if model.lr.last is not None:
        summary["lr"] = model.lr.last[1]
    if model.finished is not None:
        summary |= {"seconds": model.finished.seconds, "step": float(model.finished.step)}
    if model.best is not None:
        summary["best_epoch"] = float(model.best.epoch)
    extra = dict(run.extra)
    if model.started is not None:
        extra |= {"device": model.started.device, "best_by": model.started.best_by, "best_is": model.started.best_is}
    return replace(run, state=state, epochs=model.epochs_done, summary=finite_figures(summary), extra=extra)


def title(run: RunRef) -> str:
    """The name that the person gave it, else when it began."""
    return name_of(run) or format_begin(run)


def name_of(run: RunRef) -> str:
    """The name that the person gave it, as the project has it; empty where it has none."""
    return text(run, "name")


def format_begin(run: RunRef) -> str:
    """When it began, in few characters: “21 Nov 03:12”."""
    try:
        return f"{datetime.fromisoformat(run.started):%d %b %H:%M}".lstrip("0")
    except ValueError:
        return run.started or f"{run.id}, time unknown"


def titles(runs: Sequence[RunRef]) -> dict[str, str]:
    """The title of each of some runs, by id. Where two began within a minute, all are told to the second; those still alike get numbers."""
    found = {run.id: title(run) for run in runs}
    minutes = [format_begin(run) for run in runs if found[run.id] == format_begin(run)]
    if len(set(minutes)) < len(minutes):
        found = {run.id: _to_the_second(run, found[run.id]) for run in runs}
    counts, seen = Counter(found.values()), Counter[str]()
    for run in runs:
        name = found[run.id]
        seen[name] += 1
        if counts[name] > 1 and seen[name] > 1:
            found[run.id] = f"{name} ({seen[name]})"
    return found


def _to_the_second(run: RunRef, name: str) -> str:
    try:
        return f"{name}:{datetime.fromisoformat(run.started):%S}" if name == format_begin(run) else name
    except ValueError:
        return name


def contrast(runs: Sequence[RunRef], among: Sequence[RunRef]) -> dict[str, str]:
    """What sets each of these runs apart from the others, in few words, by id: its title among those of the project, and the learning
    rate, optimizer or data in which they differ."""
    names, differing = titles(among), _differing_facts(runs)
    return {run.id: ", ".join((names.get(run.id) or title(run), *differing[run.id])) for run in runs}


def short_names(runs: Sequence[RunRef], among: Sequence[RunRef]) -> dict[str, str]:
    """The fewest words that tell these runs apart, by id: a name that the person gave, else what differs (“lr 0.02”); where that is not
    enough, all that `contrast` says."""
    whole, names = contrast(runs, among), titles(among)
    short = {key: ", ".join(facts) for key, facts in _differing_facts(runs).items()}
    short |= {run.id: names.get(run.id) or title(run) for run in runs if title(run) != format_begin(run)}
    counts = Counter(short.values())
    return {key: name if name and counts[name] == 1 else whole[key] for key, name in short.items()}


def _differing_facts(runs: Sequence[RunRef]) -> dict[str, list[str]]:
    facts = {run.id: _facts(run) for run in runs}
    differing = [at for at in range(3) if len({fact[at] for fact in facts.values()}) > 1]
    return {key: [fact[at] for at in differing if fact[at]] for key, fact in facts.items()}


def _facts(run: RunRef) -> tuple[str, str, str]:
    rate = run.summary.get("lr")
    return f"lr {format_number(rate, 3)}" if rate is not None else "", text(run, "optimizer"), text(run, "data")


def text(run: RunRef, key: str) -> str:
    """A word that was kept beside the run: ``optimizer``, ``device``, ``best_by``."""
    value = run.extra.get(key)
    return value if isinstance(value, str) else ""


def find(project: Project, run_id: str) -> RunRef | None:
    """The line of this run."""
    return next((run for run in project.runs if run.id == run_id), None)


def put_run(run: RunRef) -> Edit:
    """Add a line, or put it in the place of the one with its id."""

    def edit(project: Project) -> Project:
        if find(project, run.id) is None:
            return replace(project, runs=(*project.runs, run))
        return replace(project, runs=tuple(run if old.id == run.id else old for old in project.runs))

    return edit


def remove(run_id: str) -> Edit:
    """Take a line away."""

    def edit(project: Project) -> Project:
        kept = tuple(run for run in project.runs if run.id != run_id)
        return replace(project, runs=kept) if len(kept) < len(project.runs) else project

    return edit


def rename(run_id: str, name: str) -> Edit:
    """Give a run a name of its own; an empty one takes it away."""

    def edit(project: Project) -> Project:
        run = find(project, run_id)
        if run is None:
            return project
        extra = {k: v for k, v in run.extra.items() if k != "name"} | ({"name": name} if name else {})
        return put_run(replace(run, extra=extra))(project) if extra != dict(run.extra) else project

    return edit


def finite_figures(values: Mapping[str, Any]) -> dict[str, float]:
    """What of some values a file can hold: finite numbers by name."""
    return {k: float(v) for k, v in values.items() if isinstance(v, int | float) and math.isfinite(v)}
