"""Declares the learner map: a switch in the View menu."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, call_overlay, lazy_overlay
from visualnet.core.user.settings import UserSetting

LEARNER_MAP = UserSetting("learner_map", False, "Whether cards are tinted by the learner that trains them.")

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
            check=call_overlay("learner_map", "show_learners"),
            submenu="Dashboard",
        ),
    ),
    overlay=lazy_overlay("visualnet.app.features.learner_map.overlay:LearnerMap", settings=True),
    settings=(LEARNER_MAP,),
)
