"""How large the logits are before any training, and so what the first loss will be: forecast from how weights are drawn, without torch.

Only what a loss rests on is looked at, and only back to the last normalization. Where a layer cannot say (attention, recurrence, data that
is not normalised), nothing is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visualnet.analysis.facts import GraphFacts, NodeFacts, Problem
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project
from visualnet.layers.declaration.initial_moments import NORMAL, InitialState, Moments

SAID_FROM, SAID_ABOVE = 1.3, 0.5
"""So many times what guessing gives, and so much above it, a forecast must be before it is told. Layers that PyTorch draws stay below:
of 200 random networks 16 were told of, one of them wrongly, and the first loss was 0.8 to 1.8 times the forecast."""
MOST_NODES = 400
"""So many layers are followed, repetitions counted; beyond that nothing is told: it is asked again with every edit (some µs a layer)."""

Known = Mapping[Port, Moments | None]


class TooManyLayers(Exception):
    """More layers than are followed."""


def problems(main: GraphFacts, project: Project) -> Iterator[Problem]:
    """A hint for each loss that will begin far above what guessing gives."""
    if main.first_error() is not None:
        return
    walk: _Walk | None = None
    for loss in main.sinks("loss"):
        if loss.node.mode or loss.layer is None or not _asks(loss):
            continue
        walk = walk or _Walk(project)
        try:
            known = walk.graph(main, {}, _needed(main, loss.node.id))
        except TooManyLayers:
            return
        found = loss.layer.first_loss(walk.start(main, loss, known))
        if found is None or found[1] < max(SAID_FROM * found[0], SAID_ABOVE + found[0]):
            continue
        guess, forecast = found
        yield Problem("large-start", "hint", _words(main, loss, guess, forecast), loss.node.id, MAIN, (loss.node.id,))


def _asks(loss: NodeFacts) -> bool:
    """Whether this loss can say anything of its beginning."""
    layer = loss.layer
    return layer is not None and layer.first_loss(InitialState((NORMAL,), loss.shapes, {}, loss.init)) is not None


def _words(main: GraphFacts, loss: NodeFacts, guess: float, forecast: float) -> str:
    last = [f"“{main.nodes[i].node.name}”" for i in last_layers(main, loss.node.id)]
    begins = f"; let {' and '.join(last)} begin as PyTorch has it, or smaller" if last else ""
    return (
        f"the logits begin large: the first loss will be about {forecast:.1f}, where guessing gives {guess:.2f}{begins}"
    )


def last_layers(main: GraphFacts, loss: str) -> list[str]:
    """The nearest layers with drawn weights above a loss: those whose beginning sets the logits' size."""
    found: list[str] = []
    seen, todo = {loss}, [loss]
    for node_id in todo:
        for wire in main.topology.into[node_id]:
            facts = main.nodes[wire.source.node]
            if facts.node.id in seen:
                continue
            seen.add(facts.node.id)
            drawn = facts.layer is not None and any(len(w) >= 2 for w in facts.weights.values())
            if drawn or facts.inside:
                found += [facts.node.id] if drawn else []
            elif facts.layer is not None and not facts.layer.role:
                todo.append(facts.node.id)
    return found


def _needed(graph: GraphFacts, end: str) -> set[str]:
    """The nodes above this one, back to the last normalizations.

    Raises:
        TooManyLayers: there are more than are followed.
    """
    seen, todo, count = {end}, [end], 0
    while todo:
        facts = graph.nodes[todo.pop()]
        count += 1 + len(facts.inside)
        if count <= MOST_NODES:
            count += sum(len(inside.nodes) for inside in facts.inside)
        if count > MOST_NODES:
            raise TooManyLayers
        if facts.layer is not None and facts.layer.settles:
            continue
        for wire in graph.topology.into[facts.node.id]:
            if wire.source.node not in seen:
                seen.add(wire.source.node)
                todo.append(wire.source.node)
    return seen


class _Walk:
    """Carries moments through graphs; a block with the same moments coming in is reckoned once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.left = MOST_NODES
        self.blocks: dict[tuple[int, tuple[Moments | None, ...]], tuple[Moments | None, ...]] = {}

    def start(self, graph: GraphFacts, facts: NodeFacts, known: Known) -> InitialState:
        """What a node begins with."""
        sources = (graph.graph.wires.get(Port(facts.node.id, port)) for port in facts.inputs)
        arriving = tuple(known.get(source) if source is not None else None for source in sources)
        return InitialState(arriving, facts.shapes, facts.weights, facts.init)

    def graph(self, graph: GraphFacts, given: Mapping[str, Moments | None], needed: set[str] | None = None) -> Known:
        """The moments at every output port, as far as known; only of ``needed`` nodes."""
        known: dict[Port, Moments | None] = {}
        for node_id in graph.topology.order:
            if needed is not None and node_id not in needed:
                continue
            self.left -= 1
            if self.left < 0:
                raise TooManyLayers
            facts = graph.nodes[node_id]
            leaving = self.node(graph, facts, known, given)
            known.update({Port(node_id, p): m for p, m in zip(facts.outputs, leaving, strict=False)})
        return known

    def node(
        self, graph: GraphFacts, facts: NodeFacts, known: Known, given: Mapping[str, Moments | None]
    ) -> tuple[Moments | None, ...]:
        """The moments of its outputs, first output first; of a layer only the first is known."""
        start = self.start(graph, facts, known)
        if facts.node.mode:
            return (start.first,)
        if facts.inside:
            return self.block(facts, start.arriving)
        if facts.layer is None:
            return ()
        if facts.layer.role == "input":
            return (given[facts.node.name] if facts.node.name in given else self.data(facts),)
        if facts.shared:  # drawn as its owner is
            owner = graph.nodes[facts.node.shares or ""]
            start = start._replace(weights={**owner.weights, **facts.weights}, init=owner.init)
        return (facts.layer.begins(start),)

    def data(self, facts: NodeFacts) -> Moments | None:
        """What the data bring: mean 0 and deviation 1 where it is normalised."""
        (spec,) = facts.leaving.values()
        return NORMAL if spec.dtype == "float" and self.project.data.normalise else None

    def block(self, facts: NodeFacts, arriving: tuple[Moments | None, ...]) -> tuple[Moments | None, ...]:
        """What leaves a block, the last of its repetitions."""
        leaving: tuple[Moments | None, ...] = ()
        for inside in facts.inside:
            key = (id(inside), arriving)
            if key not in self.blocks:
                known = self.graph(inside, dict(zip(facts.inputs, arriving, strict=True)))
                wires = inside.graph.wires
                sources = [
                    next((s for t, s in wires.items() if t.node == end.node.id), None) for end in inside.sinks("output")
                ]
                self.blocks[key] = tuple(known.get(s) if s is not None else None for s in sources)
            leaving = self.blocks[key]
            if leaving == arriving[:1]:
                break
            arriving = (leaving[0] if leaving else None, *arriving[1:])
        return leaving
