"""Declares the panel *Points*, and the hidden layer that it proposes."""

from __future__ import annotations

from visualnet.analysis.connect.hidden_layer import add_hidden_layer, is_linear
from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio


def add_layer(studio: Studio) -> None:
    """Put a hidden layer before the only layer of the network."""
    analysis = studio.analysis
    if studio.do("Add a hidden layer", lambda project: add_hidden_layer(project, analysis)):
        studio.message.emit(
            "ok", "A hidden layer was added: six units, each with a line of its own. Train to see them bend the plane."
        )


FEATURE = Feature(
    "points",
    "The plane with its points and what the network makes of it. Click to set a point, drag to move one, right-click to take one away: "
    "a training that goes on takes the new points with its next epoch. Beside it the plane as a hidden layer sees it.",
    dock=Dock(
        "Points",
        lazy("visualnet.app.features.points.panel:PointsPanel"),
        "Set points in the plane by hand, and see how the network divides and bends it",
        "data",
        submenu="Inside the network",
    ),
    actions=(
        ActionSpec(
            "graph.add_hidden_layer",
            20,
            "Add a hidden layer",
            "Put a dense layer and a tanh before a network that can only draw straight lines",
            "plus",
            run=add_layer,
            enabled=lambda studio: is_linear(studio.analysis),
            submenu="Nodes and wires",
            unavailable="This is for a network with one layer of weights over points.",
        ),
    ),
)
