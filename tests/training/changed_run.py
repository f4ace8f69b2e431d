"""A short run whose network and settings are changed while it goes on."""

from __future__ import annotations

from pathlib import Path

from tests.training.by_hand import tiny
from tests.training.nets import chain
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.loop.session import Session
from visualnet.training.recipe.live_settings import Setting
from visualnet.training.run_records.create_run_folder import begin_run

WIDTHS = (8, 12, 5)
"""Of the middle layer: as it begins, from the second epoch on, and from the third one on."""


def three() -> Project:
    """2 → 8 → 8 → 2 on 100 points."""
    rows = [("linear", {"out_features": 8}), ("tanh", {}), ("linear", {"out_features": WIDTHS[0]}), ("tanh", {})]
    source = ("input", {"field": "point", "size": (2,)})
    given = tiny(lr=0.01)
    rows.append(("linear", {"out_features": 2}))
    return chain(rows, given.data, given.recipe, source, ("target", {}), "cross_entropy", "accuracy")


def hidden(project: Project) -> str:
    """The id of the layer that is changed."""
    return project.graph.named("linear_2").id


def train_changed(folder: Path, changes: int = 1, settings: bool = True) -> Project:
    """Train four epochs; in each from the second on another width comes (``changes`` times), and with ``settings`` another rate first, and
    in the end the layer is frozen. The project that it began with."""
    project, control = three(), Control()
    begin_run(project, folder)

    def hear(event: events.Event) -> None:
        if not isinstance(event, events.EpochDone):
            return
        if settings and event.epoch < 3:
            control.change({Setting("lr"): 0.01 * (1 + event.epoch)})
        if event.epoch <= changes:
            drawing = edits.set_params(project, MAIN, [hidden(project)], {"out_features": WIDTHS[event.epoch]})
            control.change_network(drawing)
        elif settings:
            control.change({Setting("trainable", sheet=MAIN, node=hidden(project)): False})

    assert Session(project, load(project.data), hear, control, folder=folder, threads=1).run() == "done"
    return project
