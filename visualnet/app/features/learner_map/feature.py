"""Declares the learner map: a switch in the View menu."""

from __future__ import annotations

from PySide6.QtCore import QObject

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.canvas.base import CanvasBase
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio


def make_overlay(studio: Studio, canvas: CanvasBase) -> QObject:
    from visualnet.app.canvas.view import CanvasView
    from visualnet.app.features.learner_map.overlay import LearnerMap

    assert studio.settings is not None and isinstance(canvas, CanvasView)
    return LearnerMap(studio, canvas, studio.settings)


def show_learners(studio: Studio, shown: bool) -> None:
    """Tint the cards by their learners, or show them as they are."""
    from visualnet.app.features.learner_map.overlay import LearnerMap

    if studio.shell is not None and isinstance(learners := studio.shell.overlay("learner_map"), LearnerMap):
        learners.show_learners(shown)


FEATURE = Feature(
    "learner_map",
    "Tints and letters every card by the learner that trains its weights or lowers its loss, where the recipe has several.",
    actions=(
        ActionSpec(
            "view.learners",
            42,
            "Learners",
            "Tint the cards by the learner that trains them: networks that learn against or beside each other",
            "training",
            check=show_learners,
            submenu="Dashboard",
        ),
    ),
    overlay=make_overlay,
)
