"""Declares the dialog in which weights to begin with are chosen."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.features.start_from.trained_button import can_use, use
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.modal import answer_of


def show(studio: Studio) -> None:
    """Choose the weights that the next training begins with."""
    from visualnet.app.features.start_from.dialog import StartFromDialog

    answer_of(StartFromDialog(studio, studio.shell.dialog_parent()))


FEATURE = Feature(
    "start_from",
    "Begin a training with the weights of an earlier run or of a file; what matches is shown before it is taken.",
    actions=(
        ActionSpec(
            "train.start_from",
            20,
            "Start from…",
            "Begin the next training with the weights of an earlier run or of a file",
            "open",
            "",
            show,
            lambda studio: bool(studio.graph.nodes),
        ),
        ActionSpec(
            "train.use_trained",
            20,
            "Use trained weights",
            "Look inside with the trained weights that come with this network, and begin the next training with them",
            "ok",
            "",
            use,
            can_use,
            unavailable="No trained weights come with this network, or it begins with them already. "
            "Start from… takes those of an earlier run or a file.",
        ),
    ),
)
