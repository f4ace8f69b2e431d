"""The nodes that are selected on a sheet, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from visualnet.analysis.facts import GraphFacts, NodeFacts
from visualnet.core.graph import Graph, Node
from visualnet.layers.declaration.layer import LAYERS, Layer


class SelectedNodes(NamedTuple):
    """The selected nodes and what is known of the first; there may be none."""

    nodes: Sequence[Node] = ()
    first: NodeFacts | None = None

    @classmethod
    def of(cls, graph: Graph, facts: GraphFacts | None, ids: Iterable[str]) -> SelectedNodes:
        """Those of these nodes that are in the graph; its facts may not be known."""
        nodes = [graph.nodes[i] for i in ids if i in graph.nodes]
        return cls(nodes, facts.nodes.get(nodes[0].id) if nodes and facts is not None else None)

    @property
    def ids(self) -> list[str]:
        """The ids of the nodes."""
        return [node.id for node in self.nodes]

    @property
    def node(self) -> Node | None:
        """The node, if it is one."""
        return self.nodes[0] if len(self.nodes) == 1 else None

    @property
    def facts(self) -> NodeFacts | None:
        """What is known of the node, if it is one."""
        return self.first if len(self.nodes) == 1 else None

    @property
    def alike(self) -> bool:
        """Whether all are of one kind."""
        return len({node.kind for node in self.nodes}) == 1

    @property
    def kind(self) -> type[Layer] | None:
        """The layer type of the first."""
        return LAYERS.get(self.nodes[0].kind) if self.nodes else None


NOTHING = SelectedNodes()
