"""Which weights of a network there are to look at: found by formula, torch is not needed."""

from __future__ import annotations

from collections.abc import Callable

from visualnet.analysis import Analysis
from visualnet.analysis.facts import NodeFacts
from visualnet.training.observations.observation import Subject
from visualnet.training.observations.subjects import MOST_REPETITIONS


def weights_of(
    analysis: Analysis, wanted: Callable[[NodeFacts, str], bool] = lambda facts, name: True
) -> list[Subject]:
    """The parameters that nodes own, in the order of the drawing, each repetition of a block by itself."""
    found: list[Subject] = []
    for path, facts in analysis.walk():
        names = [name for name in facts.weights if not facts.inside and wanted(facts, name)]
        if names and not any(analysis.at(path[:depth]).borrows for depth in range(1, len(path))):
            found += [(each, name) for each in analysis.repetitions(path, MOST_REPETITIONS) for name in names]
    return found


def is_filter(facts: NodeFacts, name: str) -> bool:
    """Whether a weight slides over a line, an image or a volume: two axes of channels, then one for each axis that it slides along."""
    spatial = facts.layer.spatial if facts.layer is not None else ""
    return bool(spatial) and len(facts.weights[name]) == 2 + len(spatial)
