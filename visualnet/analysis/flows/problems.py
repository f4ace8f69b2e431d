"""Where a density is computed: the latent that it looks at, the inputs that it is a density of, and what is wrong with the way between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from visualnet.analysis.facts import GraphFacts, NodeFacts, Problem
from visualnet.analysis.flows.inverse_order import InverseOrder, Move, find_inverse_order, inner_ports
from visualnet.core.graph import Port
from visualnet.core.project import MAIN
from visualnet.layers.declaration.calls import LOG_DET

_INVERTIBLE = (
    "Affine coupling, ActNorm, Invertible 1×1 convolution, Permutation, Split, Concatenate, PixelUnshuffle, Flatten"
)


class Flow(NamedTuple):
    """A flow on the main sheet: the loss or metric that asks for its density, the ports of the latent, of the log-determinant, and of the
    inputs that follow from the latent; and the way back to them."""

    density: NodeFacts
    latent: Port
    log_det: Port | None
    inputs: tuple[Port, ...]
    way: InverseOrder

    @property
    def missing(self) -> tuple[Port, ...]:
        """The inputs to which the way does not lead."""
        return tuple(port for port in self.inputs if port not in self.way.known)


def find_flows(main: GraphFacts) -> Iterator[Flow]:
    """Every flow of a main sheet, one for each latent; losses first."""
    met: set[Port] = set()
    for facts in [*main.sinks("loss"), *main.sinks("metric")]:
        name = facts.layer.density_of if facts.layer is not None else ""
        latent = main.graph.wires.get(Port(facts.node.id, name)) if name else None
        if latent is None or latent in met:
            continue
        met.add(latent)
        above = main.topology.upstream(latent.node)
        sources = [(Port(f.node.id, next(iter(f.outputs))), f) for f in main.sinks("input") if f.node.id in above]
        inputs = tuple(port for port, f in sources if _is_real(f))
        given = [port for port, f in sources if not _is_real(f)]
        way = find_inverse_order(main, (latent, *given))
        yield Flow(facts, latent, main.graph.wires.get(Port(facts.node.id, LOG_DET)), inputs, way)


def _is_real(facts: NodeFacts) -> bool:
    """Whether an input is what the density is of; whole numbers (a class) steer it."""
    return all(spec.dtype == "float" for spec in facts.leaving.values())


def problems(main: GraphFacts) -> Iterator[Problem]:
    """What keeps the value of a density from being one."""
    for flow in find_flows(main):
        here = flow.density.node.id
        if any(node.problems for node in main.nodes.values() if any(p.severity == "error" for p in node.problems)):
            continue  # what is wrong there comes first
        if flow.missing:
            place, words = _ends(flow)
            yield Problem("not-invertible", "error", words, place or here, MAIN, (place or here,))
        else:
            for name in _uncounted(flow.way.to(flow.inputs)):
                words = (
                    f"the log-determinant of {name} is not counted, so this is no likelihood: "
                    f"wire its log_det on to the next layer's, and the last one here"
                )
                yield Problem("uncounted-volume", "warning", words, here, MAIN, (here,), LOG_DET)


def _ends(flow: Flow) -> tuple[str, str]:
    """The node of the main sheet at which the way back ends, and the words."""
    names = " and ".join(f"“{flow.way.facts.nodes[port.node].node.name}”" for port in flow.missing)
    at = _deepest(flow.way)
    if at is None:
        words = f"the likelihood of {names} cannot be told: the way from z back ends at once; wire the last layer of the flow to z"
        return "", words
    place, told, sizes = at
    words = (
        f"{told} cannot be undone{sizes}, and the likelihood of {names} needs a way back from z through every layer: "
        f"put it into the network of a coupling (what leads to its port net may be anything), or use layers with an inverse: {_INVERTIBLE}"
    )
    return place, words


def _deepest(way: InverseOrder) -> tuple[str, str, str] | None:
    """The node that the way is stuck at, by its id on this sheet, with its name through the blocks and its sizes."""
    for node_id in way.stuck:
        facts = way.facts.nodes[node_id]
        told = f"“{facts.node.name}”" + (f" ({facts.layer.label})" if facts.layer is not None else "")
        if facts.inside:
            graph = facts.inside[-1]
            known = {name for name in facts.outputs if Port(node_id, name) in way.known}
            ends = [p for n, p in inner_ports(graph, "output").items() if n in known]
            inner = _deepest(find_inverse_order(graph, ends))
            if inner is not None:
                return node_id, f"{inner[1]} in {told}", inner[2]
        return node_id, told, _sizes(facts)
    return None


def _sizes(facts: NodeFacts) -> str:
    came = " and ".join(spec.text for spec in facts.arriving if spec is not None)
    left = " and ".join(spec.text for spec in facts.leaving.values())
    return f" ({came} → {left})" if came and left else ""


def _uncounted(way: InverseOrder) -> Iterator[str]:
    """Names of the layers on the way that stretch volumes and whose log_det leads nowhere."""
    for move in way.moves:
        if not move.backwards:
            continue
        facts = way.facts.nodes[move.node]
        if facts.layer is not None and LOG_DET in facts.outputs and not _leads_on(way, move):
            yield f"“{facts.node.name}”"
        for inside in {id(w.facts): w for w in move.inside}.values():
            yield from (f"{name} in “{facts.node.name}”" for name in _uncounted(inside))


def _leads_on(way: InverseOrder, move: Move) -> bool:
    wires = way.facts.topology.out_of.get(move.node, ())
    return any(wire.source.port == LOG_DET for wire in wires)
