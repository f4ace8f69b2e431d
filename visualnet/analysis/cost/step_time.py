"""How long a training step will take, by formula, from a few figures measured once on the machine (``training/measure/machine_speed.py``).

The model, in words. Each layer costs its call, its multiplications at the machine's rate (one rate for matrices, one for filters that
slide), and moving its outputs through memory. The way back multiplies twice as much as the way there. The optimizer goes over every trained
number, with a call for each tensor. What it does not know: caches, how well a small product fills the machine, and layers that step
through a sequence inside. ``tests/benchmarks/bench_cost.py`` says how far off it is.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from visualnet.analysis.cost.totals import Costs
from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts

PASSES = 3
"""One product on the way there, two on the way back: for the inputs' gradient and for the weights'."""
MOVES = 5
"""How often a tensor is read or written: made and read, and on the way back two reads and a write."""


class DeviceSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of one device. Times in seconds, rates per second."""

    call_s: float
    """A small layer, there and back."""
    matrix_macs: float
    sliding_macs: float
    bytes: float
    """Moved through memory."""
    tensor_s: float
    """The optimizer, for each tensor,"""
    number_s: float
    """and for each trained number."""
    step_s: float = 0.0
    """What a step costs whatever the network is."""


class SampleWork(NamedTuple):
    """What there is to do for one sample: calls of layers, multiplications with matrices and with sliding filters."""

    calls: int = 0
    matrix: int = 0
    sliding: int = 0

    def plus(self, other: SampleWork) -> SampleWork:
        """Both."""
        return SampleWork(self.calls + other.calls, self.matrix + other.matrix, self.sliding + other.sliding)


def work(graph: GraphFacts) -> SampleWork:
    """All that a graph does, blocks and their repetitions included; a definition is counted once for each kind of use."""
    known: dict[int, SampleWork] = {}
    waiting: list[GraphFacts] = [graph]
    while waiting:
        top = waiting[-1]
        inner = [g for f in top.nodes.values() for g in f.inside if id(g) not in known]
        if inner:
            waiting += inner
            continue
        known[id(waiting.pop())] = _sum(top, known)
    return known[id(graph)]


def _sum(graph: GraphFacts, known: dict[int, SampleWork]) -> SampleWork:
    total = SampleWork()
    for facts in graph.nodes.values():
        if facts.inside:
            for link in facts.inside:
                total = total.plus(known[id(link)])
        elif facts.layer is not None and facts.layer.role in ("", "loss"):
            total = total.plus(_own(facts))
    return total


def _own(facts: NodeFacts) -> SampleWork:
    macs = int(facts.macs)
    slides = any(len(w) > 2 for w in facts.weights.values())
    return SampleWork(1, 0 if slides else macs, macs if slides else 0)


def step_seconds(analysis: Analysis, pace: DeviceSpeed, batch: int | None = None) -> float:
    """A training step's time in seconds at the batch size (the recipe's if none is given)."""
    cost = Costs(analysis, batch).whole()
    todo = work(analysis.main)
    tensors = sum(1 for _ in _learned(analysis.main))
    return (
        pace.step_s
        + pace.call_s * todo.calls
        + PASSES * cost.batch * (todo.matrix / pace.matrix_macs + todo.sliding / pace.sliding_macs)
        + MOVES * cost.made / pace.bytes
        + pace.tensor_s * tensors
        + pace.number_s * cost.trainable
    )


def _learned(graph: GraphFacts) -> list[str]:
    """A name for every trained tensor (of a block's repetitions too)."""
    found: list[str] = []
    todo = [graph]
    while todo and len(found) < 100_000:
        for facts in todo.pop().nodes.values():
            if facts.node.trainable and not facts.borrows:
                todo += facts.inside
                found += [] if facts.inside else list(facts.weights)
    return found
