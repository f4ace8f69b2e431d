"""Layers that mix features linearly, one straight behind another: together they compute no more than one of them can."""

from __future__ import annotations

from collections.abc import Iterator

from visualnet.analysis.facts import GraphFacts, NodeFacts, Problem
from visualnet.core.project import MAIN
from visualnet.layers.declaration.layer import Spec

CODE = "linear-row"
WORDS = "two linear layers in a row compute what one can: put an activation between"


def problems(main: GraphFacts) -> Iterator[Problem]:
    """A hint at each second one of two, unless the way between them is narrow: then it is a bottleneck, and meant."""
    for node_id, facts in main.nodes.items():
        if not _mixes(facts):
            continue
        wire = main.topology.into[node_id][0] if main.topology.into[node_id] else None
        if wire is None or not _mixes(before := main.nodes[wire.source.node]):
            continue
        alone = len(main.topology.out_of[wire.source.node]) == 1
        narrow = _leaving(before) < min(_arriving(before), _leaving(facts))
        if alone and not narrow and _arriving(before):
            yield Problem(CODE, "hint", WORDS, node_id, MAIN, (node_id,), wire.target.port)


def _mixes(facts: NodeFacts) -> bool:
    """Whether a node is such a layer, with weights of its own that are learned."""
    node = facts.node
    return facts.layer is not None and facts.layer.linear_map and node.trainable and not node.shares and not node.mode


def _arriving(facts: NodeFacts) -> int:
    """How many features arrive at a node; 0 where that is not known."""
    return _features(facts.arriving[0])


def _leaving(facts: NodeFacts) -> int:
    return _features(next(iter(facts.leaving.values()), None))


def _features(spec: Spec | None) -> int:
    return int(spec.shape[-1]) if spec is not None and spec.shape else 0
