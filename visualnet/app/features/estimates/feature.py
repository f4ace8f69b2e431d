"""Declares what can be found out before a training."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.dialogs.modal import answer_of

SUBMENU = "Find and compare"


def find_rate(studio: Studio) -> None:
    """Test learning rates on a copy of the network, and propose one."""
    from visualnet.app.features.estimates.rate_dialog import RateDialog

    answer_of(RateDialog(studio, studio.shell.dialog_parent()))


def find_batch(studio: Studio) -> None:
    """Try larger and larger batches on a copy of the network."""
    from visualnet.app.features.estimates.batch_dialog import BatchDialog

    answer_of(BatchDialog(studio, studio.shell.dialog_parent()))


def can_find(studio: Studio) -> bool:
    """Whether there is a network, and no training to be disturbed."""
    return bool(studio.graph.nodes) and not (studio.has_runner and studio.runner.busy)


FEATURE = Feature(
    "finding",
    "Finds a good learning rate and the largest batch that fits before you train, by real steps on a copy of the network.",
    actions=(
        ActionSpec(
            "train.find_rate",
            21,
            "Find a learning rate…",
            "Let the learning rate rise over some steps on a copy of the network, and see where the loss falls",
            "search",
            "",
            find_rate,
            can_find,
            submenu=SUBMENU,
        ),
        ActionSpec(
            "train.find_batch",
            22,
            "Find the largest batch…",
            "Try larger and larger batches on a copy of the network, and see what they take and how fast they are",
            "search",
            "",
            find_batch,
            can_find,
            submenu=SUBMENU,
        ),
    ),
)
