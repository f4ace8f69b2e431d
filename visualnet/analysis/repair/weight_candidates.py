"""Repairs of how weights start and of how they are trained."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from visualnet.analysis.inference.first_loss import last_layers
from visualnet.analysis.repair.parameter_candidates import Candidate, ProblemPlace
from visualnet.core import edits
from visualnet.core.graph import Init
from visualnet.layers.declaration.initialization import INITIALIZATIONS


def initialization_candidates(place: ProblemPlace) -> Iterator[Candidate]:
    """Other first weights for the layers that give the logits."""
    last = last_layers(place.facts, place.problem.node)
    names = " and ".join(f"“{place.facts.nodes[i].node.name}”" for i in last)
    for how, init in (("as PyTorch has it", Init()), ("small (normal, deviation 0.01)", Init("normal", {"std": 0.01}))):
        edit = partial(edits.set_node, sheet=place.sheet, ids=last, init=init)
        yield Candidate(f"Let {names} begin {how}", edit, 0.2 if init == Init() else 0.5)


def readable_training(place: ProblemPlace) -> Iterator[Candidate]:
    """How weights are trained, with the value that cannot be read taken away; or all of them."""
    node, name = place.node.node, place.problem.at.partition(".")[2]
    edit = partial(edits.set_training, sheet=place.sheet, ids=[node.id], values={name: edits.RESET})
    yield Candidate(f"Train “{node.name}” without its own {name}", edit, 0.2)
    if len(node.training) > 1:
        edit = partial(edits.set_node, sheet=place.sheet, ids=[node.id], training={})
        yield Candidate(f"Train “{node.name}” as the recipe says", edit, 0.4)


def readable_inits(place: ProblemPlace) -> Iterator[Candidate]:
    """First weights that can be read: the nearest word or the value's default, and torch's own."""
    node = place.node.node
    name = place.problem.at.partition(".")[2]
    kind = INITIALIZATIONS.get(node.init.kind)
    if kind is None:
        for near in get_close_matches(node.init.kind.lower(), INITIALIZATIONS, 2, 0.5):
            edit = partial(edits.set_node, sheet=place.sheet, ids=[node.id], init=Init(near, node.init.params))
            yield Candidate(f"Let the weights of “{node.name}” start as {INITIALIZATIONS[near].label}", edit, 0.3)
    elif name in kind.params:
        left = {k: v for k, v in node.init.params.items() if k != name}
        edit = partial(edits.set_node, sheet=place.sheet, ids=[node.id], init=Init(node.init.kind, left))
        default = kind.params[name].short(kind.params[name].default)
        yield Candidate(f"Set {name} of the first weights of “{node.name}” to {default}", edit, 0.2)
        edit = partial(edits.set_node, sheet=place.sheet, ids=[node.id], init=Init(node.init.kind))
        yield Candidate(f"Give {kind.label} at “{node.name}” the values it has by itself", edit, 0.4)
    edit = partial(edits.set_node, sheet=place.sheet, ids=[node.id], init=Init())
    yield Candidate(f"Let the weights of “{node.name}” start as PyTorch has it", edit, 0.6)
