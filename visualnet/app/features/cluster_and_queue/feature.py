"""Declares the actions that train a network on a cluster or put it into the queue."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Feature, lazy
from visualnet.app.state.studio import Studio

SUBMENU = "Elsewhere or later"


def can_train(studio: Studio) -> bool:
    """Whether there is a network without errors."""
    return not studio.analysis.errors() and bool(studio.project.graph.nodes)


# A table: an action is a row.
# fmt: off
ACTIONS = (
    ActionSpec("train.export_cluster", 40, "Export for a cluster…",
               "Write a folder that trains this network on many processes: project, script, requirements and a job for Slurm",
               "code", "", lazy("visualnet.app.features.cluster_and_queue.cluster_dialog:show"), can_train, submenu=SUBMENU),
    ActionSpec("train.queue_add", 41, "Put into the queue",
               "Keep a training of this network, as it is now, for when the runs before it are done",
               "runs", "", lazy("visualnet.app.features.cluster_and_queue.queue_dialog:add"), can_train, submenu=SUBMENU),
    ActionSpec("train.queue", 41, "Queue…", "See which runs wait on this machine, and have them trained one after the other",
               "runs", "", lazy("visualnet.app.features.cluster_and_queue.queue_dialog:show"), submenu=SUBMENU),
)
# fmt: on
FEATURE = Feature(
    "elsewhere",
    "Trains a network on a cluster, or later, when the runs before it are done.",
    actions=ACTIONS,
)
