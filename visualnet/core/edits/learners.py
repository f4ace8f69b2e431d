"""Learners of a recipe: added, renamed, put in another order, changed, taken away. What nodes say of them follows in the same edit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from visualnet.core.edits.nodes import set_recipe
from visualnet.core.graph import LEARNER, Graph
from visualnet.core.names import fault_in_name, free
from visualnet.core.project import LAST_EPOCH, LOSS, MAIN, STEP_FIELDS, LearnerSpec, Project, loss_of
from visualnet.core.text.hidden_characters import visible
from visualnet.core.validation import plain

FIRST, SECOND = "first", "second"
"""What learners are called until somebody finds a better name."""


def add_learner(project: Project, name: str = "", losses: Iterable[str] = (), *, of_run: Collection[str]) -> Project:
    """One more learner, behind the others, that makes its steps as the last one does.

    Where the recipe itself was the only learner it becomes the first, and lowers these ``losses`` (ids on the main sheet) as before. The
    sum of what several learners lower is lowered by none of them: from the second on the last epoch counts as the best, unless the recipe
    names another value, or ends early by it. ``of_run``: the options that are about the whole run, and stay with the recipe.
    """
    recipe = project.recipe
    learners = recipe.learners
    if not learners:
        said = {field: getattr(recipe, field) for field in STEP_FIELDS}
        said["options"] = {name: value for name, value in recipe.options.items() if name not in of_run}
        learners = (LearnerSpec(name=free(FIRST, {name}), **said),)
        named = {i: learners[0].name for i in losses}
        project = project.with_sheet(MAIN, _with_learners(project.graph, named)) if named else project
    taken = {learner.name for learner in learners}
    if name:
        _check_name(name, taken)
    added = replace(learners[-1], name=name or free(SECOND, taken), steps=1, extra={})
    follows = len(learners) == 1 and recipe.best_by == LOSS and recipe.options.get("patience") is None
    best_by = LAST_EPOCH if follows else recipe.best_by
    return set_recipe(project, learners=(*learners, added), best_by=best_by)


def rename_learner(project: Project, old: str, new: str) -> Project:
    """Call a learner otherwise; all nodes that name it follow, and the best epoch where its loss tells it."""
    at = index_of(project, old)
    if new == old:
        return project
    learners = project.recipe.learners
    _check_name(new, {learner.name for learner in learners})
    renamed = (*learners[:at], replace(learners[at], name=new), *learners[at + 1 :])
    told = project.recipe.best_by
    project = set_recipe(project, learners=renamed, best_by=loss_of(new) if told == loss_of(old) else told)
    return _rename_at_nodes(project, {old: new})


def remove_learner(project: Project, name: str, *, of_run: Collection[str]) -> Project:
    """Take a learner away, and its name at all nodes. Where one is left, the recipe itself is that one again.

    A best epoch that its loss told is the last one now, or where one learner is left told by the loss again. ``of_run`` as for
    `add_learner`.
    """
    at = index_of(project, name)
    best_by = project.recipe.best_by
    rest = project.recipe.learners[:at] + project.recipe.learners[at + 1 :]
    if len(rest) > 1:
        told = LAST_EPOCH if best_by == loss_of(name) else best_by
        return _rename_at_nodes(set_recipe(project, learners=rest, best_by=told), {name: ""})
    said: dict[str, Any] = {field: getattr(rest[0], field) for field in STEP_FIELDS} if rest else {}
    if best_by in (LAST_EPOCH, *(loss_of(learner.name) for learner in project.recipe.learners)):
        said["best_by"] = LOSS
    if rest:
        kept = {option: value for option, value in project.recipe.options.items() if option in of_run}
        said["options"] = {**rest[0].options, **kept}
    names = {learner.name: "" for learner in project.recipe.learners}
    return _rename_at_nodes(set_recipe(project, **said, learners=()), names)


def move_learner(project: Project, name: str, to: int) -> Project:
    """Put a learner at another place of the round."""
    at, learners = index_of(project, name), list(project.recipe.learners)
    learners.insert(to, learners.pop(at))
    return set_recipe(project, learners=tuple(learners))


def set_learner(project: Project, name: str, **fields: Any) -> Project:
    """Change how a learner makes its steps: ``optimizer``, ``lr``, ``steps`` …"""
    if unknown := fields.keys() - {*STEP_FIELDS, "steps"}:
        raise ValueError(f"a learner has no field “{sorted(unknown)[0]}” that can be set here")
    at, learners = index_of(project, name), project.recipe.learners
    changed = replace(learners[at], **{field: plain(value) for field, value in fields.items()})
    return set_recipe(project, learners=(*learners[:at], changed, *learners[at + 1 :]))


def set_steps(project: Project, **fields: Any) -> Project:
    """Change how steps are made where one learner makes them all: the recipe's own fields, or those of its only learner.

    Raises:
        ValueError: several learners make them.
    """
    learners = project.recipe.learners
    if len(learners) > 1:
        raise ValueError(f"{len(learners)} learners make the steps: say of which one")
    return set_learner(project, learners[0].name, **fields) if learners else set_recipe(project, **fields)


def index_of(project: Project, name: str) -> int:
    """Where in the round a learner stands.

    Raises:
        ValueError: the recipe has none of that name.
    """
    names = [learner.name for learner in project.recipe.learners]
    if name not in names:
        there = f"there are {', '.join(names)}" if names else "it has none"
        raise ValueError(f"the recipe has no learner “{visible(name[:80])}”; {there}")
    return names.index(name)


def _check_name(name: str, taken: Iterable[str]) -> None:
    taken = set(taken)
    if fault := fault_in_name(name):
        raise ValueError(f"{fault}; “{free(name, taken, 'learner')}” can be had")
    if name in taken:
        raise ValueError(f"another learner is called “{name}”; “{free(name, taken)}” is free")


def _rename_at_nodes(project: Project, names: Mapping[str, str]) -> Project:
    """The project whose nodes name learners otherwise, in all sheets; an empty name is taken away."""
    for sheet, graph in list(project.sheets()):
        said = {node.id: node.training.get(LEARNER) for node in graph if node.training}
        changed = {i: names[name] for i, name in said.items() if isinstance(name, str) and name in names}
        if changed:
            project = project.with_sheet(sheet, _with_learners(graph, changed))
    return project


def _with_learners(graph: Graph, names: Mapping[str, str]) -> Graph:
    """The graph with these nodes naming these learners."""
    nodes = dict(graph.nodes)
    for node_id, name in names.items():
        kept = {key: value for key, value in nodes[node_id].training.items() if key != LEARNER}
        nodes[node_id] = replace(nodes[node_id], training={**kept, LEARNER: name} if name else kept)
    return replace(graph, nodes=nodes)
