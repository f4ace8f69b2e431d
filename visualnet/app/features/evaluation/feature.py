"""Declares the panel *Evaluate*."""

from __future__ import annotations

from visualnet.app.actions.registry import ActionSpec
from visualnet.app.features.feature import Dock, Feature, lazy
from visualnet.app.state.studio import Studio


def evaluate(studio: Studio) -> None:
    """Bring the panel to the front, and judge the run in front on its validation part."""
    if (panel := studio.shell.show_panel("evaluation")) is not None:
        panel.evaluate()


def has_run(studio: Studio) -> bool:
    """Whether there is a run to be judged."""
    return studio.has_runner and studio.runner.run is not None


FEATURE = Feature(
    "evaluation",
    "How good is the trained network, and where is it wrong? Metrics with intervals, charts whose places open their samples, a fair look "
    "at the test part, and two runs held against each other.",
    dock=Dock(
        "Evaluate",
        lazy("visualnet.app.features.evaluation.panel:EvaluationPanel"),
        "Show how good the trained network is, and where it is wrong",
        "metric",
        area="bottom",
        workspaces={"train": False, "inspect": False},
    ),
    actions=(
        ActionSpec(
            "train.evaluate",
            23,
            "Judge the run",
            "Evaluate the run in front on the validation part: metrics with intervals, and where it is wrong",
            "metric",
            "",
            evaluate,
            has_run,
        ),
    ),
)
