"""What was changed in a run since it began: by the run's own record, and by a project that is to go on with it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from visualnet.core.project import Project
from visualnet.core.storage.regular_files import open_regular
from visualnet.layers.recipe.live_settings import with_live_settings
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


def find_differences(folder: Path, project: Project) -> list[str]:
    """What of the project differs from what the run began with, makes its numbers others, and cannot be changed while it goes on:
    ``network``, ``seed`` … The device may change in a run."""
    before = read_project(folder)
    if before is None:
        return []
    before = with_live_settings(before, project)

    def network(one: Project) -> object:
        sheets = [(name, dict(g.nodes), dict(g.wires)) for name, g in one.sheets()]
        return sheets, dict(one.constants), {name: dict(b.params) for name, b in one.blocks.items()}

    old, new = before.recipe, project.recipe
    told = ["network"] if network(before) != network(project) else []
    told += ["seed"] if old.seed != new.seed else []
    who = [[(one.name, one.optimizer, one.steps) for one in recipe.learners] for recipe in (old, new)]
    told += ["learners"] if who[0] != who[1] else []
    params = known_options()
    fixed = [name for name in {**old.options, **new.options} if name not in params or not params[name].live]
    return told + [name for name in fixed if old.options.get(name) != new.options.get(name)]
