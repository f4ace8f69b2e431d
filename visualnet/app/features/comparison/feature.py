"""Declares the dialog that holds networks against each other."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.modal import answer_of


def show(studio: Studio) -> None:
    """Networks side by side."""
    from visualnet.app.features.comparison.dialog import CompareDialog

    answer_of(CompareDialog(studio, studio.shell.dialog_parent()))


FEATURE = Feature(
    "comparison",
    "Several networks in one table: parameters, MACs, depth and memory; with the pairs of the course.",
    actions=(
        ActionSpec("view.compare", 40, "Compare networks…", "Hold networks against each other", "shape", "", show),
    ),
)
