"""What was changed in a run since it began, by its record and its folder; the project as it began, and those of its networks."""

from __future__ import annotations

import contextlib
from pathlib import Path

from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.core.storage.regular_files import open_regular
from visualnet.training import events
from visualnet.training.recipe.live_settings import is_live, set_values
from visualnet.training.recipe.settings import known_options
from visualnet.training.runs.network_mark import with_network_of
from visualnet.training.runs.run_model import LOG, MAX_LINE, PROJECT, read_project

_CHANGING = tuple(f'{{"event":"{kind}"'.encode() for kind in ("changed", "network", "started"))


def read_changes(folder: Path) -> list[events.Changed]:
    """The settings that were changed in a run, as its log tells it."""
    return [event for event in _read_all(folder) if isinstance(event, events.Changed)]


def count_networks(folder: Path) -> int:
    """How often a run's network was changed, as its log tells it."""
    return sum(isinstance(event, events.NetworkChanged) for event in _read_all(folder))


def _read_all(folder: Path) -> list[events.Changed | events.NetworkChanged]:
    """Settings and networks that were changed, in order; what a resumed run did not reach again is left out."""
    found: list[events.Changed | events.NetworkChanged] = []
    try:
        with open_regular(folder / LOG) as file:
            while line := file.readline(MAX_LINE):
                if line.startswith(_CHANGING):
                    with contextlib.suppress(ValueError):
                        event = events.decode(line)
                        if isinstance(event, events.Changed | events.NetworkChanged):
                            found.append(event)
                        elif isinstance(event, events.Started):
                            found = _in_force(found, event)
    except OSError:
        pass
    return found


def _in_force(
    found: list[events.Changed | events.NetworkChanged], started: events.Started
) -> list[events.Changed | events.NetworkChanged]:
    left = {events.Changed: started.changes, events.NetworkChanged: started.network}
    kept = []
    for event in found:
        left[type(event)] -= 1
        if left[type(event)] >= 0:
            kept.append(event)
    return kept


# --- projects of a run -----------------------------------------------------------------------------------------------------


def network_folder(run: Path, number: int) -> Path:
    """What a run keeps of the network that it trained from its change of this number on; 0 is the one that it began with."""
    return run / f"network-{number}"


def project_of_run(folder: Path, network: int = 0) -> Project:
    """The project as the run began with it: its first network, and all settings as they were before the first step.

    The project in the run's folder is that of its present network, and may hold settings that were changed while it went on.

    Args:
        network: the network that was trained from the change of this number on, as it was then, in the place of the first one.

    Raises:
        ValueError: it cannot be read, or the network is not kept.
    """
    project = read_project(folder)
    if project is None:
        raise ValueError(f"the project of the run in {folder} cannot be read")
    told = _read_all(folder)
    changes = [at for at, event in enumerate(told) if isinstance(event, events.NetworkChanged)]
    path = network_folder(folder, network) / PROJECT
    if path.is_file() or network != len(changes):
        try:
            project = with_network_of(project, project_file.load(path))
        except ValueError as error:
            which = f"from its change {network:,} on" if network else "first"
            raise ValueError(f"the network that the run trained {which} cannot be read: {error}") from None
    first = (changes or [len(told)])[0]
    values = {}
    for at, event in reversed(list(enumerate(told))):
        for one in event.changes if isinstance(event, events.Changed) else ():
            if not one.node or (not network and at < first):  # later ones are of nodes of another network
                values[one.setting] = one.before
    return set_values(project, {setting: value for setting, value in values.items() if is_live(project, setting)})


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
