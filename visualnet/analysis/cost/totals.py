"""What a network costs: numbers, multiplications, and memory at a batch size. By formula; nothing is allocated.

The model of memory, in words. A number takes 4 bytes (whole ones 8, yes or no 1). *Forward* (without training) a tensor lives from when it
is made until its last reader has run; what matters is the fullest moment. *For training* a tensor lives until the backward pass has used
it, if some layer's gradient needs it (``keeping``); each is counted once, however many layers need it, and a view of it not at all. A
layer that leads from no learning weight keeps nothing. On top come the weights and what is saved beside them, a gradient for every trained
number, the optimizer's own numbers, and, at the fullest moment of the backward pass, the gradients that flow through one layer. What
libraries use to work in (cuDNN) and what allocators round up is not counted. In mixed precision only some layers keep numbers of 2 bytes:
what a step keeps and passes back is a share of that (``MIXED_SHARE``), and each weight has a copy of 2 bytes besides.

Blocks are computed once for each definition, sizes and frozen state, and added up as whole numbers: 2⁴⁰ instances cost no more than 40.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from visualnet.analysis.cost.tensor_lifetimes import LifetimeAnalysis, TensorLifetimes
from visualnet.analysis.facts import Analysis, GraphFacts, NodeFacts, NodePath
from visualnet.analysis.inference.learners import LearnerPart, learner_parts
from visualnet.core.project import Recipe
from visualnet.layers.recipe.guards import GUARDS
from visualnet.layers.recipe.machine import MACHINE
from visualnet.layers.recipe.optimizers import OPTIMIZERS
from visualnet.layers.recipe.setting_values import raw_value

MIXED_SHARE = 0.6
"""What a step in mixed precision keeps, as a share of what it keeps in float32: measured on 30 small networks, half have 0.5 to 0.65."""


class NodeCost(NamedTuple):
    """One node's costs, a block's with all that is inside and all its repetitions. Memory is in bytes at the batch size.

    ``statistics`` are the buffers without counters of batches.
    ``render_bytes`` is the memory of its outputs; ``kept`` what training keeps of them, and of masks and the like, for the way back.
    """

    parameters: int
    trainable: int
    buffers: int
    macs: int
    made: int
    kept: int
    statistics: int = 0

    @property
    def frozen(self) -> int:
        """Learned numbers that training leaves alone."""
        return self.parameters - self.trainable

    @property
    def flops(self) -> int:
        """Floating-point operations for one sample: a multiplication and an addition for each MAC."""
        return 2 * self.macs


class Cost(NamedTuple):
    """A whole graph's costs at a batch size, memory in bytes. ``depth`` counts the layers that multiply by weights on the longest way."""

    batch: int
    parameters: int
    trainable: int
    buffers: int
    macs: int
    depth: int
    made: int
    """All outputs together."""
    forward: int
    """Activations at the fullest moment of a forward pass without training."""
    kept: int
    """Activations that training keeps for the way back."""
    passing: int
    """The gradients that flow through the largest layer."""
    optimizer: int

    @property
    def frozen(self) -> int:
        """Learned numbers that training leaves alone."""
        return self.parameters - self.trainable

    @property
    def flops(self) -> int:
        """Floating-point operations for one sample."""
        return 2 * self.macs

    @property
    def weights(self) -> int:
        """Weights, and what is saved beside them."""
        return 4 * (self.parameters + self.buffers)

    @property
    def gradients(self) -> int:
        """A gradient for every trained number."""
        return 4 * self.trainable

    @property
    def inference(self) -> int:
        """All memory that answering takes."""
        return self.weights + self.forward

    @property
    def training(self) -> int:
        """All memory that a training step takes at its fullest moment."""
        return self.weights + self.gradients + self.optimizer + self.kept + self.passing


class Costs:
    """The costs of a project's sheets, worked out when asked."""

    def __init__(self, analysis: Analysis, batch: int | None = None, recipe: Recipe | None = None) -> None:
        """At this batch size and with this recipe; those of the project where none is given."""
        self.analysis = analysis
        self.recipe = recipe or analysis.project.recipe
        precision = {name: raw_value(self.recipe, param) for name, param in _MIXED.params.items()}
        self._mixed = _MIXED.is_on(precision)
        self.batch = self.recipe.batch_size if batch is None else batch
        self._walker = LifetimeAnalysis()

    def whole(self) -> Cost:
        """The main graph's."""
        return self._cost(self.analysis.main, self._walker.walk(self.analysis.main))

    def sheet(self, path: NodePath = ()) -> Mapping[str, NodeCost]:
        """Every node's costs on the main sheet, or inside the block's instance at ``path`` (its first repetition).

        Raises:
            KeyError: there is no block at the path.
        """
        walk = self._walker.walk(self.analysis.main)
        graph, held = self.analysis.main, frozenset[str]()
        for node_id in path:
            inside = walk.chains.get(node_id.partition("#")[0])
            if not inside:
                raise KeyError(path)
            walk, held = inside[0], walk.kept_links(node_id.partition("#")[0], held)
            graph = walk.graph
        return {i: self._node(facts, walk, held) for i, facts in graph.nodes.items()}

    def _node(self, facts: NodeFacts, walk: TensorLifetimes, held: frozenset[str]) -> NodeCost:
        made, kept, fixed = walk.node(facts.node.id, held)
        return NodeCost(
            facts.parameters,
            facts.trainable,
            facts.buffered,
            int(facts.macs),
            self.batch * made,
            self._keep(self.batch * kept + fixed, facts.parameters),
            facts.statistics,
        )

    def _keep(self, size: int, parameters: int = 0) -> int:
        """What a step keeps in the recipe's precision of what it keeps in float32, with its copies of these weights."""
        return round(MIXED_SHARE * size) + 2 * parameters if self._mixed else size

    def _cost(self, graph: GraphFacts, walk: TensorLifetimes) -> Cost:
        return Cost(
            self.batch,
            graph.parameters,
            graph.trainable,
            graph.buffered,
            int(graph.macs),
            walk.depth,
            self.batch * walk.made,
            self.batch * walk.peak,
            self._keep(self.batch * walk.kept_in_all + walk.fixed, graph.parameters),
            self._keep(self.batch * walk.largest),
            self._optimizer_bytes(graph, walk),
        )

    def _optimizer_bytes(self, graph: GraphFacts, walk: TensorLifetimes) -> int:
        """What the optimizers keep: each learner's for the numbers that it trains."""
        learners = self.recipe.learners
        if not learners:
            return optimizer_bytes(self.recipe, graph.trainable, walk.tensors)
        numbers = count_trained(graph, learner_parts(graph, learners))
        return sum(optimizer_bytes(self.recipe.of_learner(each), numbers[each.name], walk.tensors) for each in learners)


def count_trained(main: GraphFacts, parts: Iterable[LearnerPart]) -> dict[str, int]:
    """How many numbers each learner trains, by its name. A block's, with all repetitions, are divided as those of its first one are."""
    found: dict[str, int] = {}
    for part in parts:
        total = 0.0
        for top, paths in groupby(part.trains, key=lambda path: path[0]):
            block = main.nodes[top]
            own = sum(_facts_at(main, path).trainable for path in paths)
            once = block.inside[0].trainable if block.inside else block.trainable
            total += block.trainable * own / max(once, 1)
        found[part.name] = round(total)
    return found


def _facts_at(graph: GraphFacts, path: NodePath) -> NodeFacts:
    for node_id in path[:-1]:
        graph = graph.nodes[node_id].inside[0]
    return graph.nodes[path[-1]]


_MIXED = MACHINE["mixed precision"]


def optimizer_bytes(recipe: Recipe, trainable: int, tensors: int) -> int:
    """What the optimizer of a recipe without learners, and the guards beside it, keep for so many trained numbers in so many tensors."""
    kind = OPTIMIZERS.get(recipe.optimizer, OPTIMIZERS["Adam"])
    values = {name: raw_value(recipe, param) for name, param in kind.params.items()}
    kept = sum(trainable if one.each else tensors for one in kind.keeps(values))
    options = {name: raw_value(recipe, param) for guard in GUARDS.values() for name, param in guard.params.items()}
    return 4 * (kept + trainable * sum(guard.copies for guard in GUARDS.values() if guard.is_on(options)))
