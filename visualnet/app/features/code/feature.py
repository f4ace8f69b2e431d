"""Declares the panel *Code*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio
from visualnet.core.user.settings import UserSetting


def can_export(studio: Studio) -> bool:
    """Whether the network can be written as Python: something is drawn, and it has no errors."""
    return not studio.analysis.errors() and bool(studio.project.graph.nodes)


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("file.export_code", 30, "Export PyTorch code…", "Write the network as a Python module that needs only PyTorch",
               "code", "Ctrl+E", lazy("visualnet.app.features.code.export:export_code"), can_export),
    ActionSpec("train.export_script", 40, "Export training script…",
               "Write a script that trains the network as the recipe says, and its data: it needs only PyTorch and NumPy",
               "code", "", lazy("visualnet.app.features.code.export:export_training"), can_export,
               submenu="Elsewhere or later"),
)
# fmt: on
LISTING = UserSetting("code_listing", "model", "Which listing is shown: the module, or what trains it.")

FEATURE = Feature(
    "code",
    "The network, or its training, as Python that needs only PyTorch, as it is now.",
    dock=Dock(
        "Code",
        lazy("visualnet.app.features.code.panel:CodePanel"),
        "Show the network as Python",
        "code",
        "Ctrl+Shift+C",
    ),
    actions=ACTIONS,
    settings=(LISTING,),
)
