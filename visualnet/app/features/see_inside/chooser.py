"""Offers the observations, a menu for each family; those that a network has nothing for say why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from visualnet.analysis import Analysis
from visualnet.training.observations.observation import Observation, Subject, find_observations

if TYPE_CHECKING:
    from visualnet.app.state.studio import Studio

FIRST = (
    "unit_regions",
    "feature_maps",
    "attention_lines",
    "state_over_time",
    "saliency",
    "activation_spread",
    "predictions",
)
"""What is shown at first of what a network has something for, at most `MOST_FIRST` of them."""
MOST_FIRST = 3
CANVAS_ONLY = "sheet"


def offered() -> list[type[Observation]]:
    """Every observation that a panel can show; those of a whole sheet are seen on the canvas."""
    return [kind for kind in find_observations().values() if kind.about != CANVAS_ONLY]


def fill_menu(menu: QMenu, analysis: Analysis, choose: Callable[[str], object]) -> None:
    """One entry for each observation, in a submenu for each family."""
    menu.clear()
    menu.setToolTipsVisible(True)
    families: dict[str, QMenu] = {}
    for kind in offered():
        inner = families.get(kind.family)
        if inner is None:
            inner = families[kind.family] = menu.addMenu(kind.family)
            inner.setToolTipsVisible(True)
        action = inner.addAction(kind.title, partial(choose, kind.name))
        there = bool(kind.subjects(analysis))
        action.setEnabled(there)
        action.setToolTip(kind.summary() if there else kind.why_none)


def suggest(analysis: Analysis) -> list[str]:
    """The observations to begin with for this network."""
    kinds = find_observations()
    wanted: Iterable[str] = (name for name in FIRST if name in kinds and kinds[name].subjects(analysis))
    return list(wanted)[:MOST_FIRST]


def subject_for(kind: type[Observation], analysis: Analysis, studio: Studio, before: Subject | None) -> Subject | None:
    """What to look at: what is selected, if it is of that kind; else what was looked at; else the first there is."""
    subjects = kind.subjects(analysis)
    chosen = [node_id for node_id in studio.selection if node_id in studio.graph.nodes]
    for node_id in reversed(chosen):
        for subject in subjects:
            path = tuple(part.partition("#")[0] for part in subject[0])
            if node_id in path[-1:] or node_id in path:
                return subject
    if before in subjects:
        return before
    inside = (subject for subject in subjects if not is_input(subject, analysis))
    return next(inside, next(iter(subjects), None))


def is_input(subject: Subject, analysis: Analysis) -> bool:
    """Whether it is where the data enter: there is nothing to see there that the sample does not show itself."""
    facts = analysis.find(subject[0]) if subject[0] else None
    return facts is not None and facts.layer is not None and facts.layer.role == "input"


def describe_subject(subject: Subject, analysis: Analysis, alone: bool) -> str:
    """A node by its name, with its port or parameter where that does not go without saying."""
    path, part = subject
    name = analysis.name_of(path)
    return f"{name} · {part}" if part and not alone else name
