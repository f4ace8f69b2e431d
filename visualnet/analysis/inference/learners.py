"""Which learner of a recipe lowers which losses and trains which weights, what each needs computed, and what of that cannot be.

A loss names its learner. A layer's weights are trained by the learner that it names itself, else by the one that the innermost block
around it names; those of which nothing is said by the first learner that no node names and whose losses reach them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from visualnet.analysis.facts import GraphFacts, NodeFacts, NodePath, Problem
from visualnet.core.graph import LEARNER
from visualnet.core.project import MAIN, LearnerSpec
from visualnet.core.text.hidden_characters import visible

AT = f"training.{LEARNER}"
UNKNOWN, UNLOWERED, UNREACHED, UNTRAINED, IDLE = (
    "learner-unknown",
    "learner-unlowered",
    "learner-unreached",
    "learner-untrained",
    "learner-idle",
)
CODES = (UNKNOWN, UNLOWERED, UNREACHED, UNTRAINED, IDLE)
"""What the problems of learners are called."""


class LearnerPart(NamedTuple):
    """What one learner does: ids of nodes on the main sheet, and paths of the layers whose weights it trains.

    ``needed`` is all that is computed for its ``losses``; ``metrics`` are those that read nothing else. ``reached`` are the nodes to which
    gradients of its losses come.
    """

    name: str
    losses: tuple[str, ...]
    metrics: tuple[str, ...]
    needed: frozenset[str]
    reached: frozenset[str]
    trains: tuple[NodePath, ...]


class _Trained(NamedTuple):
    """A layer with weights that are to be trained, and who says by whom."""

    path: NodePath
    facts: NodeFacts
    name: str
    said_at: NodePath
    sheet: str
    """Where the node stands that says it."""


def learner_parts(main: GraphFacts, learners: tuple[LearnerSpec, ...]) -> tuple[LearnerPart, ...]:
    """What each learner does, in the order of a round."""
    trained = list(_trained(main, (), "", (), MAIN))
    named = {layer.name for layer in trained}
    parts: list[LearnerPart] = []
    taken: set[NodePath] = set()
    for learner in learners:
        losses = tuple(f.node.id for f in main.sinks("loss") if _lowers(f, learner.name, len(learners)))
        needed = frozenset[str]().union(*(main.topology.upstream(i) for i in losses))
        reached = _reached(main, losses)
        if learner.name in named:
            trains = [layer.path for layer in trained if layer.name == learner.name]
        else:
            free = [layer.path for layer in trained if not layer.name and layer.path not in taken]
            trains = [path for path in free if _reaches(main, reached, path)]
            taken.update(trains)
        seen = {i for part in parts for i in part.metrics}
        metrics = tuple(
            f.node.id
            for f in main.sinks("metric")
            if f.node.id not in seen and main.topology.upstream(f.node.id) - {f.node.id} <= needed
        )
        parts.append(LearnerPart(learner.name, losses, metrics, needed, reached, tuple(trains)))
    return tuple(parts)


def _lowers(loss: NodeFacts, name: str, learners: int) -> bool:
    said = loss.training.get(LEARNER, "")
    return bool(said == name or (not said and learners == 1))


def _trained(
    graph: GraphFacts, path: NodePath, said: str, said_at: NodePath, sheet: str, said_in: str = MAIN
) -> Iterator[_Trained]:
    """Each layer with weights of its own that training changes."""
    for facts in graph.nodes.values():
        if not facts.trainable or (facts.node.id not in graph.outline.live and facts.node.id not in graph.outline.lent):
            continue
        here, own = (*path, facts.node.id), facts.training.get(LEARNER, "")
        place = (own, here, sheet) if own else (said, said_at, said_in)
        if facts.inside:
            yield from _trained(facts.inside[0], here, place[0], place[1], facts.node.block or "", place[2])
        else:
            yield _Trained(here, facts, *place)


def _reached(main: GraphFacts, losses: tuple[str, ...]) -> frozenset[str]:
    """The nodes to which the gradients of these losses come: not through whole numbers, and not through what detaches."""
    seen: set[str] = set()
    todo = list(losses)
    while todo:
        node_id = todo.pop()
        if node_id in seen:
            continue
        seen.add(node_id)
        for wire in main.topology.into[node_id]:
            source = main.nodes[wire.source.node]
            spec = source.leaving.get(wire.source.port)
            stops = source.layer is not None and source.layer.detaches
            if not stops and (spec is None or spec.dtype == "float"):
                todo.append(wire.source.node)
    return frozenset(seen)


def _reaches(main: GraphFacts, reached: frozenset[str], path: NodePath) -> bool:
    """Whether gradients come to a layer, or to another that uses its weights."""
    top = path[0]
    return top in reached or any(main.nodes[i].node.shares == top for i in reached if i in main.nodes)


# --- what cannot be -------------------------------------------------------------------------------------------------------------------


def problems(main: GraphFacts, learners: tuple[LearnerSpec, ...]) -> list[Problem]:
    """What of this recipe's learners does not fit the network. Without learners, nothing."""
    if not learners or not main.graph.nodes:
        return []
    parts = {part.name: part for part in learner_parts(main, learners)}
    there = " and ".join(f"“{name}”" for name in parts)
    found = [*_problems_of_losses(main, parts, there), *_problems_of_weights(main, parts, there)]
    if not any(problem.severity == "error" for problem in found):  # else it may be no more than what follows from it
        found += _idle(main, parts)
    return found


def _problems_of_losses(main: GraphFacts, parts: Mapping[str, LearnerPart], there: str) -> Iterator[Problem]:
    for loss in main.sinks("loss"):
        name, place = loss.training.get(LEARNER, ""), (loss.node.id, MAIN, (loss.node.id,), AT)
        if name and name not in parts:
            yield Problem(UNKNOWN, "error", _unknown(name, there), *place)
        elif not name and len(parts) > 1:
            words = f"no learner lowers “{loss.node.name}”: say which one does (there are {there})"
            yield Problem(UNLOWERED, "error", words, *place)


def _idle(main: GraphFacts, parts: Mapping[str, LearnerPart]) -> Iterator[Problem]:
    """Learners that can learn nothing."""
    for part in parts.values():
        if not part.losses:
            words = f"the learner “{part.name}” lowers no loss: choose one for it at a loss node, or remove the learner"
        elif not part.trains:
            words = (
                f"the learner “{part.name}” has nothing to train: name it at a node with weights, or remove the learner"
            )
        elif not any(_reaches(main, part.reached, path) for path in part.trains):
            words = f"no loss that the learner “{part.name}” lowers reaches anything that it trains: give it another loss, or other nodes"
        else:
            continue
        yield Problem(IDLE, "error", words, "", MAIN, (), part.name)


def _problems_of_weights(main: GraphFacts, parts: Mapping[str, LearnerPart], there: str) -> Iterator[Problem]:
    by_path = {path: part for part in parts.values() for path in part.trains}
    told: set[tuple[str, str]] = set()
    for layer in _trained(main, (), "", (), MAIN):
        part = by_path.get(layer.path)
        at = layer.said_at or layer.path[:1]
        sheet = layer.sheet if layer.said_at else MAIN
        if (sheet, at[-1]) in told:
            continue
        node = _node_at(main, at).node
        place = (node.id, sheet, at, AT)
        if layer.name and layer.name not in parts:
            problem = Problem(UNKNOWN, "error", _unknown(layer.name, there), *place)
        elif layer.name and part is not None and part.losses and not _reaches(main, part.reached, layer.path):
            words = f"the learner “{part.name}” is to train “{node.name}”, but no loss that it lowers reaches it: it would stay as it is"
            problem = Problem(UNREACHED, "warning", words, *place)
        elif part is None:
            words = f"no learner trains “{node.name}”: it stays as it is; name one (there are {there}), or freeze it"
            problem = Problem(UNTRAINED, "warning", words, *place)
        else:
            continue
        told.add((sheet, at[-1]))
        yield problem


def _unknown(name: str, there: str) -> str:
    return f"the recipe has no learner “{visible(name)}” (there are {there})"


def _node_at(main: GraphFacts, path: NodePath) -> NodeFacts:
    graph = main
    for node_id in path[:-1]:
        graph = graph.nodes[node_id].inside[0]
    return graph.nodes[path[-1]]
