"""Declares the panel *Inspector*."""

from __future__ import annotations

from visualnet.app.actions.registry import EDIT_PARAMETERS, ActionSpec
from visualnet.app.features.feature import Dock, Feature, has_selected_node, lazy
from visualnet.app.state.studio import Studio


def explain(studio: Studio) -> None:
    """Show the formulas of the selected node large."""
    if not has_selected_node(studio):
        studio.message.emit("hint", "Select one layer to have its figures explained.")
    elif (panel := studio.shell.show_panel("inspector")) is not None:
        panel.node_page.enlarge()


def edit_parameters(studio: Studio) -> None:
    """Give the keyboard to the first parameter of what is selected."""
    if not studio.active.selection:
        studio.message.emit("hint", "Select a layer to edit its parameters.")
    elif (panel := studio.shell.show_panel("inspector")) is not None:
        panel.node_page.edit_parameters()


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("help.explain", 15, "Explain in large",
               "The formulas and the drawing of the selected layer as large as the window", "help", "Shift+F1",
               explain, anywhere=True),
    ActionSpec(EDIT_PARAMETERS, 41, "Edit parameters", "Go to the first parameter of the selected layers in the Inspector",
               "inspector", "E", edit_parameters, lambda studio: bool(studio.active.selection), {"node": 50},
               context="canvas", submenu="Nodes and wires", submenus={"node": "More"}),
)
# fmt: on
FEATURE = Feature(
    "inspector",
    "Parameters, formulas, weights and cost of what is selected; of the whole network when nothing is.",
    dock=Dock(
        "Inspector",
        lazy("visualnet.app.features.inspector.panel:InspectorPanel", active=True),
        "Show what the selection is made of",
        "inspector",
        workspaces={"build": True, "train": False, "inspect": False},
        eager=True,
    ),
    actions=ACTIONS,
)
