"""Repairs of which learner lowers a loss or trains weights."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from visualnet.analysis.inference import learners
from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace
from visualnet.core import edits
from visualnet.core.edits.learners import remove_learner
from visualnet.core.graph import LEARNER
from visualnet.core.project import MAIN
from visualnet.core.validation import nodes_of
from visualnet.layers.recipe.setting_values import OF_A_LEARNER


def learner_repairs(place: ProblemPlace) -> Iterator[Candidate]:
    """Another learner at the node, or none; at a learner without work: another loss for it, or its end."""
    if place.problem.code == learners.IDLE:
        yield from _idle(place)
        return
    (node,) = nodes_of(place.project.sheet(place.sheet), [place.problem.node])
    names = [learner.name for learner in place.project.recipe.learners]
    said = str(node.training.get(LEARNER, ""))
    near = get_close_matches(said, names, len(names), 0.5) if said else []
    is_loss = place.node.layer is not None and place.node.layer.role == "loss"
    for at, name in enumerate(sorted(names, key=lambda n: near.index(n) if n in near else len(names))):
        edit = partial(edits.set_training, sheet=place.sheet, ids=[node.id], values={LEARNER: name})
        words = f"Let “{name}” lower “{node.name}”" if is_loss else f"Let “{name}” train “{node.name}”"
        yield Candidate(words, edit, 0.2 + 0.1 * at)
    if said:
        edit = partial(edits.set_training, sheet=place.sheet, ids=[node.id], values={LEARNER: edits.RESET})
        yield Candidate(f"Name no learner at “{node.name}”", edit, 0.6)
    if not is_loss:
        edit = partial(edits.set_node, sheet=place.sheet, ids=[node.id], trainable=False)
        yield Candidate(f"Freeze “{node.name}”", edit, 0.7)


def _idle(place: ProblemPlace) -> Iterator[Candidate]:
    name = place.problem.at
    for loss in place.facts.sinks("loss"):
        if loss.training.get(LEARNER, "") != name:
            edit = partial(edits.set_training, sheet=MAIN, ids=[loss.node.id], values={LEARNER: name})
            yield Candidate(
                f"Let “{name}” lower “{loss.node.name}”", edit, 0.3 if not loss.training.get(LEARNER) else 0.5
            )
    of_run = place.project.recipe.options.keys() - OF_A_LEARNER
    yield Candidate(f"Remove the learner “{name}”", partial(remove_learner, name=name, of_run=of_run), 0.7)
