"""Declares the panel *Training*."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio
from visualnet.core.user.settings import UserSetting


def make_overlay(studio: Studio, canvas: CanvasBase) -> QObject:
    from visualnet.app.features.training.pinned_picture import PinnedPicture

    assert studio.settings is not None
    return PinnedPicture(studio, canvas, studio.settings.section(TRAINING_VIEW))


def toggle_picture(studio: Studio) -> None:
    """Put what the network says on the canvas, or take it away."""
    from visualnet.app.features.training.pinned_picture import PinnedPicture

    if isinstance(pinned := studio.shell.overlay("training"), PinnedPicture):
        pinned.pin(not pinned.pinned)


def ask_network(studio: Studio) -> bool:
    """Bring the question to the front with which network the run goes on, and its answer to the keyboard."""
    if (panel := studio.shell.show_panel(FEATURE.id)) is None:
        return False
    panel.question.ask()
    return True


TRAINING_VIEW: UserSetting[dict[str, Any]] = UserSetting(
    "training",
    {},
    "How curves and prediction are seen.",
    {
        "smoothing": "Where the slider of smoothing stands, 0 to 100.",
        "log": "Whether the loss is drawn over a logarithmic scale.",
        "unit": "Whether curves run over epochs (0) or steps (1).",
        "on_canvas": "Whether the prediction stands on the canvas.",
        "picture_at": "Where on the canvas, from its output node.",
        "picture_size": "How large it is there.",
    },
)

FEATURE = Feature(
    "training",
    "How the training goes: curves, and what the network says of one sample; the picture can be put on the canvas.",
    dock=Dock(
        "Training",
        lazy("visualnet.app.features.training.panel:TrainingPanel"),
        "Show the curves and what the network says",
        "training",
        area="bottom",
        workspaces={"train": True, "inspect": True},
        shows_run=True,
    ),
    actions=(
        ActionSpec(
            "train.change_network",
            10,
            "Go on with the changed network",
            "Train the network as it is drawn now; layers that did not change keep what they learned",
            "resume",
            "Ctrl+Shift+F5",
            run=lambda studio: studio.runner.network.accept(),
            enabled=lambda studio: studio.runner.network.kept is not None and not studio.runner.network.answered,
        ),
        ActionSpec(
            "train.keep_network",
            10,
            "Go on with the old network",
            "Train the network as it was before its drawing was changed",
            "resume",
            "Ctrl+Alt+F5",
            run=lambda studio: studio.runner.network.decline(),
            enabled=lambda studio: studio.runner.network.open and not studio.runner.network.answered,
        ),
        ActionSpec(
            "train.picture",
            40,
            "Prediction on the canvas",
            "Put what the network says on the canvas, beside its output, or take it away",
            "picture",
            run=toggle_picture,
        ),
    ),
    overlay=make_overlay,
    ask_network=ask_network,
    settings=(TRAINING_VIEW,),
)
