"""The template that the open network was made from, and its small version where the published one has no data here to learn from."""

from __future__ import annotations

from functools import lru_cache

from visualnet.core.project import Project
from visualnet.data.registry import DATASETS
from visualnet.templates.index import Template, origin, template_list

OPEN_SMALL = "Open the small version"
TRAIN_SMALL = "Train the small version"
SMALL_TIP = "The same blocks with smaller numbers: it trains here, on data that comes along"


def template_of(project: Project) -> Template | None:
    """The template that a project was made from; None for one's own."""
    return _template_of(project.name, project.note)


@lru_cache(maxsize=8)
def _template_of(name: str, note: str) -> Template | None:
    return origin(name, note)


def small_version(project: Project) -> Template | None:
    """The small version of a published network whose data does not come with the program; None where there is nothing to offer."""
    if project.data.name in DATASETS:
        return None
    found = template_of(project)
    if found is None or found.trains:
        return None
    return next((t for t in template_list() if t.name == found.small), None)
