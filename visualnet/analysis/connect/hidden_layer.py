"""Adds a hidden layer with a nonlinearity to a linear network, which divides a plane by one straight line only."""

from __future__ import annotations

from visualnet.analysis.facts import Analysis, NodeFacts
from visualnet.analysis.families import family_of
from visualnet.analysis.repair.free_place import place_between
from visualnet.core import edits
from visualnet.core.graph import Port
from visualnet.core.project import MAIN, Project

UNITS = 6
"""Units of the new layer: a closed region of the plane takes three, and some begin where they are of no use."""


def is_linear(analysis: Analysis) -> bool:
    """Whether the network is one layer of weights over its only input of points: it can divide them by straight lines alone."""
    return _entry(analysis) is not None


def _entry(analysis: Analysis) -> Port | None:
    """Where the input of such a network leaves."""
    import networkx as nx

    main, project = analysis.main, analysis.project
    inputs = main.sinks("input")
    if len(inputs) != 1:
        return None
    (port,) = inputs[0].outputs
    spec = inputs[0].leaving.get(port)
    if spec is None or len(spec.shape) != 1 or spec.dtype != "float":
        return None
    drawn = nx.DiGraph((source.node, target.node) for target, source in main.graph.wires.items())
    if inputs[0].node.id not in drawn:
        return None
    behind = {i: main.nodes[i] for i in nx.descendants(drawn, inputs[0].node.id)}
    weighted = {i for i, facts in behind.items() if facts.parameters}
    if not weighted or any(facts.inside for facts in behind.values()):
        return None
    bent = {i for i, facts in behind.items() if _bends(facts, project)}
    if any(weighted & nx.descendants(drawn, i) for i in bent | weighted):
        return None
    return Port(inputs[0].node.id, port)


def _bends(facts: NodeFacts, project: Project) -> bool:
    return family_of(facts.node, project) == "activation"


def add_hidden_layer(project: Project, analysis: Analysis, units: int = UNITS) -> Project:
    """The project with a dense layer and a tanh between the input and all that read it.

    Raises:
        ValueError: the network is not one layer over points.
    """
    source = _entry(analysis)
    if source is None:
        raise ValueError("a hidden layer is added where one layer of weights reads points; this network is another one")
    readers = [target for target, at in project.graph.wires.items() if at == source]
    for kind, name, params in (("linear", "hidden", {"out_features": units}), ("tanh", "bend", {})):
        graph = project.graph
        at, places = place_between(graph, source.node, readers[0].node)
        node_id = edits.new_id(graph)
        if places:
            project = edits.move(project, MAIN, places)
        project = edits.add_node(project, MAIN, kind, at=at, id=node_id, name=name, params=params)
        project = edits.connect(project, MAIN, source, Port(node_id, "x"))
        source = Port(node_id, "y")
        for reader in readers:
            project = edits.connect(project, MAIN, source, reader)
    return project
