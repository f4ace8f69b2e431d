"""Which cards and ports of a sheet are observed: those that are computed, and give numbers that are real."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from visualnet.analysis import Analysis
from visualnet.analysis.facts import GraphFacts, NodeFacts, NodePath
from visualnet.layers.declaration.spec import Limits, Spec
from visualnet.training.observations.probe_targets import ProbePort

LEAVING_ROLES = ("", "input")
"""What stands between, and inputs: what losses, metrics and targets give is no value of the network."""
MOST_SHEETS = 1_000
"""Blocks inside blocks may be used far oftener than anybody opens them."""


def observed_sheets(analysis: Analysis) -> list[NodePath]:
    """The main sheet, and that of each block wherever it is used; so many at the most."""
    return [(), *(path for path, _ in islice(analysis.instances(), MOST_SHEETS))]


def observed_cards(facts: GraphFacts) -> Iterator[NodeFacts]:
    """The cards whose values are observed, in the order in which they are computed."""
    for node_id, node in facts.nodes.items():
        role = node.layer.role if node.layer is not None else ""
        if node_id in facts.outline.live and role in LEAVING_ROLES and (node.layer is not None or node.inside):
            yield node


def observed_ports(facts: GraphFacts, path: NodePath) -> list[ProbePort]:
    """The ports at which real numbers leave those cards: the first of each card, and every one that a wire begins at."""
    read = {(source.node, source.port) for source in facts.graph.wires.values()}
    found = []
    for node in observed_cards(facts):
        for number, (port, spec) in enumerate(node.leaving.items()):
            if spec.dtype == "float" and spec.batched and (number == 0 or (node.node.id, port) in read):
                found.append(((*path, node.node.id), port))
    return found


class ObservedActivation(NamedTuple):
    """An activation that levels off: the card of the sheet that it is, or that it is inside of, and where its values leave."""

    card: str
    port: ProbePort
    spec: Spec
    limits: Limits


def observed_activations(facts: GraphFacts, path: NodePath, card: str = "") -> Iterator[ObservedActivation]:
    """The activations of a sheet that level off, those inside blocks among them, each repetition by itself."""
    for node in observed_cards(facts):
        node_id, shown = node.node.id, card or node.node.id
        if node.layer is not None and any(limits := node.layer.limits()) and not node.node.mode:
            port, spec = next(iter(node.leaving.items()), ("", Spec(())))
            if port and spec.dtype == "float":
                yield ObservedActivation(shown, ((*path, node_id), port), spec, limits)
        for number, inside in enumerate(node.inside):
            step = f"{node_id}#{number}" if number else node_id
            yield from observed_activations(inside, (*path, step), shown)
