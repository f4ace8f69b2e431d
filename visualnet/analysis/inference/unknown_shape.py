"""Why a shape is not known: the node whose fault hides it."""

from __future__ import annotations

from visualnet.analysis.facts import GraphFacts, NodeFacts


def cause_of_unknown(graph: GraphFacts, node_id: str) -> NodeFacts | None:
    """The nearest node, this one or one upstream, whose error leaves a shape unknown; None where all is known.

    The search goes on only through nodes whose own shapes are unknown: what stands before the fault is not to blame.
    """
    seen, queue = {node_id}, [node_id]
    for each in queue:
        facts = graph.nodes.get(each)
        if facts is None or (each != node_id and facts.known):
            continue
        hides = not facts.known or any(spec is None for spec in facts.arriving)
        if hides and any(p.severity == "error" for p in facts.problems):
            return facts
        fresh = [w.source.node for w in graph.topology.into[each] if w.source.node not in seen]
        seen.update(fresh)
        queue += fresh
    return None
