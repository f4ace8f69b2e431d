"""Which tensors of a graph live how long: the walk on which the costs in memory rest. Sizes are in bytes for one sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from visualnet.analysis.cost.saved_tensors import BYTES, SavedTensors, find_saved
from visualnet.analysis.facts import GraphFacts, NodeFacts
from visualnet.analysis.inference import muting
from visualnet.core.graph import Port

Root = Port | str
"""A tensor's own memory: the port that made it, or the name of the block's input through which it comes in."""


class Tensor(NamedTuple):
    """What comes out of a port: whose memory it is, how large, whether a gradient flows back through it."""

    root: Root
    size: int
    grad: bool


class TensorLifetimes:
    """One graph for one kind of arriving tensors.

    ``kept`` are the memories made here that some layer here keeps, ``reads`` the arriving ones. ``inner`` counts what is kept inside
    blocks and never leaves them, ``fixed`` the bytes that no batch enlarges. ``peak`` is the fullest moment without training.
    """

    def __init__(self, graph: GraphFacts) -> None:
        self.graph = graph
        self.tensors_at: dict[Port, Tensor] = {}
        self.sizes: dict[Root, int] = {}
        self.kept: set[Root] = set()
        self.extras: dict[str, tuple[int, int]] = {}
        self.chains: dict[str, tuple[TensorLifetimes, ...]] = {}
        self.outs: dict[str, Tensor] = {}
        self.depth = self.peak = self.made = self.largest = self.tensors = self.fixed = self.inner = 0

    @property
    def reads(self) -> frozenset[str]:
        """The arriving tensors that are kept for the way back."""
        return frozenset(r for r in self.kept if isinstance(r, str))

    @property
    def kept_inside(self) -> int:
        """What is kept, without what arrives and without what leaves (whoever reads that counts it)."""
        leaving = {t.root for t in self.outs.values()}
        return self.inner + sum(self.sizes[r] for r in self.kept if not isinstance(r, str) and r not in leaving)

    @property
    def kept_in_all(self) -> int:
        """What is kept of a main graph."""
        return self.inner + sum(self.sizes[r] for r in self.kept)

    def kept_links(self, node_id: str, held: frozenset[str]) -> frozenset[str]:
        """The output ports of a block's first repetition whose tensors someone behind it keeps."""
        links = self.chains[node_id]
        if len(links) > 1:
            first = next(iter(self.graph.nodes[node_id].inputs), "")
            return frozenset(links[0].outs) if first in links[1].reads else frozenset()
        everywhere = self.kept | {t.root for n, t in self.outs.items() if n in held}
        tensors = ((port, self.tensors_at.get(Port(node_id, port))) for port in links[0].outs)
        return frozenset(port for port, t in tensors if t is not None and t.root in everywhere)

    def node(self, node_id: str, held: frozenset[str]) -> tuple[int, int, int]:
        """A node's made and kept bytes, and its fixed ones. ``held`` are the outputs of this graph that are kept outside."""
        own = {r for r in self.sizes if isinstance(r, Port) and r.node == node_id}
        everywhere = self.kept | {t.root for n, t in self.outs.items() if n in held}
        extra, fixed = self.extras.get(node_id, (0, 0))
        made = sum(self.sizes[r] for r in own)
        if node_id in self.chains:
            made = sum(link.made for link in self.chains[node_id])
        return made, extra + sum(self.sizes[r] for r in own & everywhere), fixed


class LifetimeAnalysis:
    """Walks through graphs, and through each block once for each kind of arrival."""

    def __init__(self) -> None:
        self._known: dict[Any, TensorLifetimes] = {}

    def walk(self, graph: GraphFacts, grads: Mapping[str, bool] | None = None, learns: bool = True) -> TensorLifetimes:
        """Walk through a graph. ``grads`` says through which block inputs gradients flow back; None for a main graph."""
        key = (id(graph), None if grads is None else tuple(grads.items()), learns)
        if key not in self._known:
            walk = TensorLifetimes(graph)
            self._known[key] = walk
            _Course(self, walk, grads, learns).run()
        return self._known[key]


class _Course:
    """One walk while it is under way."""

    def __init__(
        self, walker: LifetimeAnalysis, walk: TensorLifetimes, grads: Mapping[str, bool] | None, learns: bool
    ) -> None:
        self.walker, self.walk, self.grads, self.learns = walker, walk, grads, learns
        self.depths: dict[Port, int] = {}
        self.bursts: dict[str, int] = {}
        """What a node needs besides its outputs while it runs (the inside of a block)."""

    def run(self) -> None:
        graph = self.walk.graph
        for node_id in graph.topology.order:
            facts = graph.nodes[node_id]
            if muting.mode(facts.node) or node_id not in graph.outline.live:
                continue  # muted, off, or it leads nowhere: nothing runs there
            if facts.inside:
                self._block(facts)
            elif facts.layer is not None:
                self._layer(facts)
        self._live()
        self.walk.depth = max(self.depths.values(), default=0)

    # --- one node ------------------------------------------------------------------------------------------------------------------

    def _arriving(self, facts: NodeFacts) -> dict[str, Tensor]:
        wires, at = self.walk.graph.graph.wires, self.walk.tensors_at
        sources = ((port, wires.get(Port(facts.node.id, port))) for port in facts.inputs)
        return {port: at[source] for port, source in sources if source is not None and source in at}

    def _deep(self, facts: NodeFacts) -> int:
        wires = self.walk.graph.topology.into[facts.node.id]
        return max((self.depths.get(w.source, 0) for w in wires), default=0)

    def _layer(self, facts: NodeFacts) -> None:
        assert facts.layer is not None
        walk, node, role = self.walk, facts.node, facts.layer.role
        arriving = self._arriving(facts)
        if role == "output":
            if arriving and self.grads is not None:
                walk.outs[node.name] = next(iter(arriving.values()))
            return
        if role == "input" and self.grads is not None:
            for port, spec in facts.leaving.items():
                self._come(Port(node.id, port), Tensor(node.name, _bytes(spec), self.grads.get(node.name, False)), 0)
            return
        learns = self._learns(facts)
        grad = role != "target" and (learns or any(t.grad for t in arriving.values()))
        law = (
            find_saved(facts.layer, facts.arriving, tuple(facts.leaving.items()), self._used(facts))
            if facts.known
            else SavedTensors()
        )
        if grad:
            needed = law.inputs | (law.factors if learns else frozenset())
            grads = sum(t.grad for t in arriving.values())
            walk.kept |= {
                t.root for port, t in arriving.items() if port in needed or (port in law.products and grads > t.grad)
            }
            walk.extras[node.id] = (law.extra, law.fixed)
            walk.inner += law.extra
            walk.fixed += law.fixed
            walk.tensors += len(facts.weights) if learns else 0
        depth = self._deep(facts) + (bool(facts.macs) and bool(facts.weights or facts.shared))
        first = next(iter(arriving.values()), None)
        for port, spec in facts.leaving.items():
            size = _bytes(spec) if port == next(iter(facts.leaving)) or port in self._used(facts) else 0
            if law.view and first is not None:
                self._come(Port(node.id, port), first._replace(grad=grad), depth)
                continue
            walk.made += size
            self._come(Port(node.id, port), Tensor(Port(node.id, port), size, grad and spec.dtype == "float"), depth)
            if grad and law.outputs:
                walk.kept.add(Port(node.id, port))
        walk.largest = max(
            walk.largest, sum(t.size for t in arriving.values() if t.grad) + sum(map(_bytes, facts.leaving.values()))
        )

    def _learns(self, facts: NodeFacts) -> bool:
        owner = self.walk.graph.graph.nodes.get(facts.node.shares or "", facts.node)
        return self.learns and owner.trainable and bool(facts.weights or facts.shared)

    def _used(self, facts: NodeFacts) -> frozenset[str]:
        return frozenset(w.source.port for w in self.walk.graph.topology.out_of[facts.node.id])

    def _come(self, port: Port, tensor: Tensor, depth: int) -> None:
        self.walk.tensors_at[port] = tensor
        self.walk.sizes.setdefault(tensor.root, tensor.size)
        self.depths[port] = depth

    def _block(self, facts: NodeFacts) -> None:
        """A block's repetitions, each reading what the one before it made."""
        walk, node = self.walk, facts.node
        learns = self.learns and walk.graph.graph.nodes.get(node.shares or "", node).trainable
        arriving = self._arriving(facts)
        links: list[TensorLifetimes] = []
        depth, burst, resting, extra, fixed = self._deep(facts), 0, 0, 0, 0
        for number, graph in enumerate(facts.inside):
            inside = self.walker.walk(graph, {p: t.grad for p, t in arriving.items()}, learns)
            links.append(inside)
            for port in inside.reads & arriving.keys():
                walk.kept.add(arriving[port].root)
            leaving = {port: self._out(facts, number, tensor, arriving, inside) for port, tensor in inside.outs.items()}
            last = number == len(facts.inside) - 1
            if not last:  # The next repetition is the only one that reads it.
                arriving = {**arriving, **dict(zip(facts.inputs, leaving.values(), strict=False))}
            extra, fixed = extra + inside.kept_inside, fixed + inside.fixed
            walk.tensors += 0 if facts.borrows else inside.tensors
            walk.made += inside.made
            walk.largest = max(walk.largest, inside.largest)
            burst = max(burst, inside.peak + resting)
            resting = sum(t.size for t in leaving.values())
            depth += inside.depth
        walk.chains[node.id] = tuple(links)
        walk.extras[node.id] = (extra, fixed)
        walk.inner += extra
        walk.fixed += fixed
        self.bursts[node.id] = burst
        for port, tensor in leaving.items() if facts.inside else ():
            self._come(Port(node.id, port), tensor, depth)

    def _out(
        self, facts: NodeFacts, number: int, tensor: Tensor, arriving: Mapping[str, Tensor], inside: TensorLifetimes
    ) -> Tensor:
        """What leaves one repetition, as this sheet knows it."""
        if isinstance(tensor.root, str):
            return arriving.get(tensor.root, tensor)
        root = Port(facts.node.id, f"{number}:{tensor.root.node}:{tensor.root.port}")
        self.walk.sizes[root] = tensor.size
        if tensor.root in inside.kept:
            self.walk.kept.add(root)
        return tensor._replace(root=root)

    # --- without training ------------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """The fullest moment: each memory lives from its maker to its last reader."""
        walk, graph = self.walk, self.walk.graph
        order = graph.topology.order
        last: dict[Root, int] = {}
        for number, node_id in enumerate(order):
            for wire in graph.topology.into[node_id]:
                tensor = walk.tensors_at.get(wire.source)
                if tensor is not None:
                    last[tensor.root] = number
        ending: dict[int, list[Root]] = {}
        for root, number in last.items():
            ending.setdefault(number, []).append(root)
        leaving = {t.root for t in walk.outs.values()}
        alive: set[Root] = set()
        total = 0
        for number, node_id in enumerate(order):
            before = total
            for port in graph.nodes[node_id].outputs:
                tensor = walk.tensors_at.get(Port(node_id, port))
                if tensor is not None and tensor.root not in alive and not isinstance(tensor.root, str):
                    alive.add(tensor.root)
                    total += walk.sizes[tensor.root]
            walk.peak = max(walk.peak, total, before + self.bursts.get(node_id, 0))
            for root in ending.get(number, ()):
                if root in alive and root not in leaving:
                    alive.discard(root)
                    total -= walk.sizes[root]


def _bytes(spec: Any) -> int:
    return int(spec.size) * BYTES[spec.dtype] if spec.batched else 0
