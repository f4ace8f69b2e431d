"""The colour family of every node: a layer's own, and of a block that of what it holds most. The one rule for every card and picture.

A plain count of nodes would call a transformer block dense: it has one attention layer and two dense ones. So what learns is
weighed by the matrices that it multiplies by. A dense layer has one. An attention layer has four (query, key, value, output) and
multiplies twice more, scores and weighted values: six. A recurrent layer has an input and a recurrent matrix for each gate, of
which a GRU has three: six. A convolution mixes positions as well as features: two. All that, with the repetitions and what nested
blocks hold, is summed; where two are equal, the one listed first wins, since it is the rarer and tells more. A block in which
nothing learns is known by what it does to its tensors.
"""

from __future__ import annotations

from collections.abc import Mapping

from visualnet.analysis.block_nesting import Nesting
from visualnet.core.caches import clear_with_caches
from visualnet.core.graph import Graph, Node
from visualnet.core.project import Block, Project
from visualnet.layers.declaration.layer import LAYERS

WEIGHTS: Mapping[str, int] = {"attention": 6, "recurrent": 6, "convolution": 2, "dense": 1}
"""What learns, by the matrices that one layer multiplies by."""
QUIETER = ("pooling", "loss", "normalization", "activation", "shape")
"""What a block is known by where nothing in it learns, the most telling first. Its ports tell nothing."""
EMPTY = "block"
"""The family of a block that holds nothing but ports, or that is not there."""
_MOST_CACHED = 8

_cached: dict[int, tuple[Mapping[str, Block], dict[str, str]]] = {}
clear_with_caches(_cached.clear)


def family_of(node: Node, project: Project) -> str:
    """The family of a node of this project; "shape" for a layer that this version does not know."""
    kind = LAYERS.get(node.kind)
    if kind is not None:
        return kind.family
    return block_families(project.blocks).get(node.block, EMPTY) if node.block is not None else "shape"


def block_families(blocks: Mapping[str, Block]) -> Mapping[str, str]:
    """The family of every block. Definitions never change, so the last few sets are remembered."""
    known = _cached.get(id(blocks))
    if known is not None and known[0] is blocks:
        return known[1]
    nesting = Nesting(blocks)
    held: dict[str, dict[str, int]] = {}
    # What a block uses is lower than it; blocks that contain each other, which is an error, do not count each other.
    for name in sorted(blocks, key=lambda name: nesting.height[name]):
        below = {used: held[used] for used in nesting.uses[name] if used in held and not nesting.recursive(name, used)}
        held[name] = _count_held(blocks[name].graph, below)
    found = {name: _heaviest(counts) for name, counts in held.items()}
    while len(_cached) >= _MOST_CACHED:
        del _cached[next(iter(_cached))]
    _cached[id(blocks)] = blocks, found
    return found


def _count_held(graph: Graph, below: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """How many layers of each family a graph holds, repetitions counted; an expression for their number counts as one."""
    counts: dict[str, int] = {}
    for node in graph:
        times = node.repeat if isinstance(node.repeat, int) else 1
        kind = LAYERS.get(node.kind)
        inner = {kind.family: 1} if kind is not None else below.get(node.block or "", {})
        for family, count in inner.items():
            counts[family] = counts.get(family, 0) + times * count
    return counts


def _heaviest(counts: Mapping[str, int]) -> str:
    learning = [family for family in WEIGHTS if family in counts]
    if learning:
        return max(learning, key=lambda family: WEIGHTS[family] * counts[family])
    return next((family for family in QUIETER if family in counts), EMPTY)
