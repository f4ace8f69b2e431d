"""Values put into a project, and what of the project is compared."""

from __future__ import annotations

from collections.abc import Mapping

from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.graph import Value
from visualnet.core.project import Project, SearchSpec
from visualnet.data.registry import fields_or_none
from visualnet.training.experiments.declare import ComparedFigure
from visualnet.training.experiments.own import find_figure
from visualnet.training.experiments.places import find_place

CHOOSES = ("optimizer", "schedule", "procedure", "division")
"""What other settings depend on: such an address ends with it."""


def apply(project: Project, values: Mapping[str, Value]) -> Project:
    """The project with these values, by address. What chooses other settings (`CHOOSES`) goes first.

    Raises:
        ValueError: it has no such setting, or that cannot have this value; the words name it.
    """
    first = {address for address in values if address.rpartition(".")[2] in CHOOSES}
    for address in sorted(values, key=lambda one: one not in first):
        place, value = find_place(project, address), values[address]
        try:
            place.param.read(value, {})
            project = place.edit(project, value)
        except ValueError as error:
            raise ValueError(f"{address}: {error}") from None
    return project


def find_problem(project: Project) -> str:
    """Why the network cannot be trained as it is drawn, in the words of its first problem; empty if it can."""
    for problem in infer(project, fields=fields_or_none(project.data)).problems:
        if problem.severity == "error":
            nodes = project.sheet(problem.sheet).nodes
            return f"{nodes[problem.node].name}: {problem.words}" if problem.node in nodes else problem.words
    return ""


def objective_of(project: Project) -> ComparedFigure:
    """What the trials of a project's search are compared by."""
    spec = project.search or SearchSpec()
    if not spec.objective:
        return find_figure(project)
    return ComparedFigure(
        spec.objective, "train" if spec.part == "train" else "validation", "max" if spec.goal == "max" else "min"
    )


def without_search(project: Project) -> Project:
    """The project as a trial trains it: a run is one training, and keeps no history of others."""
    return edits.set_search(project, None)
