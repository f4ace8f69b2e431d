"""What was changed in a run since it began: by the run's own record, and by a project that is to go on with it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from visualnet.core.project import Project
from visualnet.core.storage.regular_files import open_regular
from visualnet.layers.recipe.live_settings import is_live, set_values
from visualnet.layers.recipe.settings import known_options
from visualnet.training import events
from visualnet.training.runs.run_model import LOG, MAX_LINE, read_project

_CHANGING = (b'{"event":"changed"', b'{"event":"started"')


def read_changes(folder: Path) -> list[events.Changed]:
    """What was changed in a run, as its log tells it."""
    found: list[events.Changed] = []
    try:
        with open_regular(folder / LOG) as file:
            while line := file.readline(MAX_LINE):
                if line.startswith(_CHANGING):
                    with contextlib.suppress(ValueError):
                        event = events.decode(line)
                        if isinstance(event, events.Changed):
                            found.append(event)
                        elif isinstance(event, events.Started):
                            del found[max(event.changes, 0) :]
    except OSError:
        pass
    return found


def with_data_of_run(project: Project, folder: Path) -> Project:
    """The project that a run began with, with the data that it learned from last: some can be changed while it goes on."""
    made = {one.setting: one.after for event in read_changes(folder) for one in event.changes}
    return set_values(
        project, {setting: v for setting, v in made.items() if setting.data and is_live(project, setting)}
    )


def find_differences(folder: Path, project: Project) -> list[str]:
    """What of the project differs from what the run began with, makes its numbers others, and cannot be changed while it goes on:
    ``seed`` … The device may change in a run, and another network is told by an event of its own."""
    before = read_project(folder)
    if before is None:
        return []
    old, new = before.recipe, project.recipe
    told = ["seed"] if old.seed != new.seed else []
    who = [[(one.name, one.optimizer, one.steps) for one in recipe.learners] for recipe in (old, new)]
    told += ["learners"] if who[0] != who[1] else []
    params = known_options()
    fixed = [name for name in {**old.options, **new.options} if name not in params or not params[name].live]
    return told + [name for name in fixed if old.options.get(name) != new.options.get(name)]
